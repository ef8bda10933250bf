"""Whether a dataset is what was written: nothing lost, changed, doubled, or of two runs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yusuan.files import digest_of_name
from yusuan.kept import read_head
from yusuan.manifest import (
    MANIFEST,
    SUMS,
    ManifestError,
    Recorded,
    first_entries,
    parse_sums,
    read_manifest,
    sums_digest,
)
from yusuan.parts import kept_path
from yusuan.schemas.model import Schemas

# A byte of a file's name that is no UTF-8, as sources have it; Python's name for it is a surrogate.
_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong. ``is_harmless``: the tables are right, only resuming will cost more."""

    told: str
    is_harmless: bool = False


def verify(root: Path, schemas: Schemas, with_inputs: bool = False) -> Iterator[Problem]:
    """What is wrong with a dataset, as it is found; nothing for one that is sound.

    ``with_inputs``: also whether the input files are still there with the same bytes.
    """
    if (root / "_state" / "publishing" / "READY").exists():
        yield Problem("publishing was interrupted half-way: give the command of the last run again")
        return
    if not (root / MANIFEST).is_file():
        yield Problem(f"there is no {MANIFEST}: the folder is not a dataset, or part of one")
        return
    try:
        recorded = read_manifest(root / MANIFEST)
        files = _sums(root)
    except (ManifestError, ValueError, OSError, pa.ArrowException) as error:
        yield Problem(str(error))
        return
    found = [*_check_files(root, files, schemas)]
    yield from found
    if not found:  # rows of damaged files tell nothing
        yield from _check_rows(root, recorded, schemas)
    yield from _check_kept(root, recorded)
    if with_inputs:
        yield from _check_inputs(recorded)


def damaged_files(root: Path, schemas: Schemas) -> Iterator[Problem]:
    """What is wrong with the files of tables and manifest."""
    try:
        yield from _check_files(root, _sums(root), schemas)
    except (ValueError, OSError, pa.ArrowException) as error:
        yield Problem(str(error))


def _sums(root: Path) -> dict[str, str]:
    """File -> digest. Raises ValueError where the list is not the manifest's."""
    try:
        text = (root / SUMS).read_bytes()
    except OSError as error:
        raise ValueError(f"{SUMS} is missing: copy the dataset as a whole") from error
    if hashlib.sha256(text).hexdigest() != sums_digest(root / MANIFEST):
        raise ValueError(
            f"{SUMS} and {MANIFEST} do not belong together: parts of two datasets were mixed, or "
            "one was changed; copy the dataset as a whole, or run again"
        )
    return parse_sums(text)


def _check_files(root: Path, files: dict[str, str], schemas: Schemas) -> Iterator[Problem]:
    for name, digest in files.items():
        path = root / name
        if not path.is_file():
            yield Problem(f"{name} is missing: give the command of the last run again")
        elif _digest(path) != digest:
            yield Problem(
                f"{name} was changed or damaged (its sha256 is another): give the command of the "
                "last run again"
            )
    there = {
        str(path.relative_to(root))
        for table in schemas.tables
        for path in (root / table).rglob("*")
        if path.is_file()
    }
    for name in sorted(there - files.keys()):
        yield Problem(f"{name} does not belong here, and would be read with the table: remove it")


def _check_rows(root: Path, recorded: list[Recorded], schemas: Schemas) -> Iterator[Problem]:
    """Whether the tables hold the documents of the manifest, each once, and of no others."""
    documents = pa.concat_tables(_read(root / "documents", "doc_id", "source", "status"))
    held = Counter(documents.column("doc_id").to_pylist())
    wanted = first_entries(recorded)
    for doc_id, count in held.items():
        if count > 1:
            yield Problem(f"document {doc_id} is held {count} times")
    if missing := wanted.keys() - held.keys():
        yield Problem(f"{len(missing)} documents of the manifest are not in the tables")
    if extra := held.keys() - wanted.keys():
        yield Problem(f"{len(extra)} documents of the tables are not in the manifest")
    statuses = {one.entry.doc_id: one.status for one in recorded}
    for row in documents.to_pylist():
        if row["status"] != statuses.get(row["doc_id"], row["status"]):
            yield Problem(f"{row['source']}: tables and manifest have another status")
    for name in schemas.tables:
        ids: set[str] = set()
        for rows in _read(root / name, "doc_id"):
            ids |= set(rows.column(0).unique().to_pylist())
        if strange := ids - held.keys():
            yield Problem(f"{name} has rows of {len(strange)} documents that are not in documents")


def _read(folder: Path, *columns: str) -> Iterator[pa.Table]:
    """Columns of a table, file by file. Not as a data set of Arrow's: that imports pandas."""
    for path in sorted(folder.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            yield file.read(columns=list(columns))


def _check_kept(root: Path, recorded: list[Recorded]) -> Iterator[Problem]:
    """What the next run would reuse; a dataset may be handed on without it."""
    folder = root / "_state" / "documents"
    if not folder.is_dir():
        return
    ids = {one.entry.doc_id for one in recorded}
    lost = sum(read_head(kept_path(folder, doc_id)) is None for doc_id in ids)
    if lost:
        yield Problem(
            f"{lost} of {len(ids)} documents have nothing kept in _state: give their inputs with "
            "the next run, which converts them again",
            is_harmless=True,
        )


def _check_inputs(recorded: list[Recorded]) -> Iterator[Problem]:
    for one in recorded:
        entry = one.entry
        if entry.size is None or entry.fetched is not None:
            continue
        if entry.doc_id == digest_of_name(entry.source):  # its bytes were not read
            continue
        if (path := _input_at(entry.source)) is None:
            yield Problem(f"{entry.source}: the input is not there any more", is_harmless=True)
        elif _digest(path) != entry.doc_id:
            yield Problem(
                f"{entry.source}: the input has changed since it was converted; run again"
            )


def _input_at(source: str) -> Path | None:
    """The file that a source names, also where its name is no text (``recorded_source``)."""
    as_bytes = _BYTE.sub(lambda match: chr(0xDC00 + int(match[1], 16)), source)
    for name in (source, as_bytes):
        if Path(name).is_file():
            return Path(name)
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
