"""From what the command line names to documents, in an order that depends on the names alone."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from yusuan.inputs.lists import LIST_SUFFIXES, DocumentList, read_list, read_names
from yusuan.inputs.model import Given, Input, InputError, recorded_source

# Two letters at least: C:/x.pdf is a path of Windows.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

_NOTHING: Final = Given()


def is_address(name: str) -> bool:
    """Whether a name is a URL (https://, s3://), not a path."""
    return _ADDRESS.match(name) is not None


def find_inputs(
    given: Iterable[str], tell: Callable[[str], None] = lambda told: None
) -> tuple[Input, ...]:
    """The documents meant, in text order, each source once.

    A folder gives its ``*.pdf`` at any depth; one without any is an Input with an error. Entries
    of a list that are not there are Inputs too (their document fails), whereas a name on the
    command line that is not there raises InputError, and so does a source of which two lists say
    different things. ``-`` is a list on stdin. Nothing is fetched here; folders and patterns of
    object storage are listed. ``tell`` gets what is worth a word: columns of lists that are not
    used, linked folders that are not entered.
    """
    found: dict[str, Input] = {}
    for name in given:
        for one in _expand(name, tell):
            found[one.source] = _merged(found.get(one.source), one)
    for source in found:
        if (recorded := recorded_source(source)) != source and recorded in found:
            raise InputError(
                f"{recorded} is the name of one file, and how the name of another is recorded that "
                "is no UTF-8; rename one of them"
            )
    return tuple(found[source] for source in sorted(found))


def shard_of(inputs: Iterable[Input], index: int, count: int) -> tuple[Input, ...]:
    """The ``index``-th (from 1) of ``count`` parts. An input's part depends on its source alone."""
    return tuple(one for one in inputs if _shard_number(one.source, count) == index)


def _shard_number(source: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(recorded_source(source).encode()).digest()[:8]) % count + 1


def _merged(before: Input | None, one: Input) -> Input:
    if before is None:
        return one
    if field := before.given.disagrees_with(one.given):
        first, second = getattr(before.given, field), getattr(one.given, field)
        raise InputError(f"{one.source} is listed with two values of {field}: {first} and {second}")
    return replace(before, given=before.given.filled_from(one.given))


def _expand(name: str, tell: Callable[[str], None]) -> Iterator[Input]:
    if is_address(name):
        yield from _at_address(name)
        return
    if name == "-":
        piped = sys.stdin.buffer.read() if sys.stdin is not None else b""  # None: it is closed
        yield from _listed(read_names(piped), Path("stdin"), Path(), tell)
        return
    path = Path(name)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise InputError(f"{name} cannot be looked up: {error.strerror}") from error
    if is_folder:
        yield from _in_folder(name, tell)
    elif is_there and path.suffix.lower() in LIST_SUFFIXES:
        yield from _listed(read_list(path), path, path.parent, tell)
    elif is_there:
        yield Input(name)
    elif glob.has_magic(name):
        matches = glob.glob(name, recursive=True)  # noqa: PTH207 (absolute patterns)
        if not matches:
            raise InputError(f"no file matches {name}")
        for match in matches:
            yield from _expand(match, tell)
    else:
        raise InputError(f"no such file or folder: {name}")


def _in_folder(name: str, tell: Callable[[str], None], given: Given = _NOTHING) -> Iterator[Input]:
    """Links to folders are not followed: they may lead round in a circle, or to a whole disk."""
    empty = True
    closed: list[OSError] = []
    for folder, folders, files in os.walk(name, onerror=closed.append):
        for link in (path for path in map(Path(folder).joinpath, folders) if path.is_symlink()):
            tell(f"{link}: a linked folder, not entered; name it too if it is meant")
        for file in files:
            if file.lower().endswith(".pdf"):
                empty = False
                yield Input(str(Path(folder) / file), given=given)
    for error in closed:
        yield Input(str(error.filename), f"the folder cannot be read: {error.strerror}.")
    if empty and not closed:
        yield Input(name, "the folder holds no PDF (*.pdf, at any depth); check the path.")


def _at_address(name: str, given: Given = _NOTHING) -> Iterator[Input]:
    """A web address or an object as it is; folders and patterns of object storage listed."""
    if name.lower().startswith(("http://", "https://")):
        yield Input(name, given=given)
        return
    from yusuan.fetch.model import FetchError
    from yusuan.fetch.objects import list_objects, means_one

    try:
        found = [name] if means_one(name) else list(list_objects(name))
    except FetchError as error:
        yield Input(name, error.message, code=error.code, given=given)
        return
    for address in found:
        yield Input(address, given=given)
    if not found:
        yield Input(name, "no such object, and no *.pdf below it; check the address.", given=given)


def _listed(
    listed: DocumentList, path: Path, folder: Path, tell: Callable[[str], None]
) -> Iterator[Input]:
    """Paths of a list are meant from the list's folder; where nothing is there, from ours."""
    if listed.unused:
        tell(f"{path}: columns that are not used: {', '.join(listed.unused)}")
    for entry in listed.entries:
        if is_address(entry.name):
            yield from _at_address(entry.name, entry.given)
            continue
        listed_at = f"(listed in {path.name}, line {entry.line})."
        try:
            beside = folder / entry.name
            there = beside if beside.exists() else Path(entry.name)
            is_folder, is_there = there.is_dir(), there.exists()
        except OSError as error:  # a name too long, a folder that may not be entered
            reason = f"it cannot be looked up: {error.strerror} {listed_at}"
            yield Input(entry.name, reason, given=entry.given)
            continue
        if is_folder:
            yield from _in_folder(str(there), tell, entry.given)
        elif is_there:
            yield Input(str(there), given=entry.given)
        else:
            yield Input(entry.name, f"no such file {listed_at}", given=entry.given)
