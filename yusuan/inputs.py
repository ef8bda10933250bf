"""What was given to convert: files, folders, patterns, lists of paths -> one entry per document."""

from __future__ import annotations

import csv
import glob
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LIST_SUFFIXES = frozenset({".txt", ".csv"})
_PATH_COLUMNS = ("path", "file", "source", "url")


class InputError(ValueError):
    """The command line names something that is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Input:
    """A document to convert. ``source``: the path as given, ``error``: why there is none."""

    source: str
    error: str | None = None


def find_inputs(given: Iterable[str]) -> tuple[Input, ...]:
    """The documents meant, in text order, each source once.

    A folder gives its ``*.pdf`` at any depth; one without any is an Input with an error. Entries
    of a list that are not there are Inputs too (their document fails), whereas a name on the
    command line that is not there raises InputError.
    """
    found: dict[str, Input] = {}
    for name in given:
        for one in _expand(name):
            found.setdefault(one.source, one)
    return tuple(found[source] for source in sorted(found))


def shard_of(inputs: Iterable[Input], index: int, count: int) -> tuple[Input, ...]:
    """The ``index``-th (from 1) of ``count`` parts. An input's part depends on its source alone."""
    return tuple(one for one in inputs if _shard_number(one.source, count) == index)


def _shard_number(source: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:8]) % count + 1


def _expand(name: str) -> Iterator[Input]:
    path = Path(name)
    if path.is_dir():
        yield from _in_folder(name)
    elif path.exists():
        yield from _in_list(path) if path.suffix.lower() in LIST_SUFFIXES else [Input(name)]
    elif glob.has_magic(name):
        matches = glob.glob(name, recursive=True)  # noqa: PTH207 (absolute patterns)
        if not matches:
            raise InputError(f"no file matches {name}")
        for match in matches:
            yield from _expand(match)
    else:
        raise InputError(f"no such file or folder: {name}")


def _in_folder(name: str) -> Iterator[Input]:
    empty = True
    for folder, _, files in os.walk(name):
        for file in files:
            if file.lower().endswith(".pdf"):
                empty = False
                yield Input(str(Path(folder) / file))
    if empty:
        error = "the folder holds no PDF (*.pdf, at any depth); check the path."
        yield Input(name, error)


def _in_list(path: Path) -> Iterator[Input]:
    """The paths of a list: from the working folder or, where not there, from the list's folder."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="gb18030", errors="replace")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    names = _csv_paths(text) if path.suffix.lower() == ".csv" else _text_paths(text)
    if not names:
        raise InputError(f"{path} lists no files")
    for name in names:
        yield from _listed(name, path)


def _text_paths(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _csv_paths(text: str) -> list[str]:
    """The column named path, file, source or url; without such a header, the first column."""
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if not rows:
        return []
    header = [cell.strip().lower() for cell in rows[0]]
    column = next((header.index(name) for name in _PATH_COLUMNS if name in header), None)
    body = rows if column is None else rows[1:]
    cells = (row[column or 0].strip() for row in body if len(row) > (column or 0))
    return [cell for cell in cells if cell]


def _listed(name: str, path: Path) -> Iterator[Input]:
    if name.lower().startswith(("http://", "https://")):
        yield Input(name, "yusuan does not download; fetch the file and list its path.")
        return
    beside = path.parent / name
    there = name if Path(name).exists() else str(beside)
    if Path(there).is_dir():
        yield from _in_folder(there)
    elif Path(there).exists():
        yield Input(there)
    else:
        yield Input(name, f"no such file (listed in {path.name}).")
