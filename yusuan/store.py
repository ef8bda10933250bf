"""The dataset on disk: one folder of Parquet files per table, and what is needed to go on.

``OUT/_state/documents`` keeps each document's rows in one file, named by the sha256 of its bytes
and replaced as a whole; ``publish`` turns them into ``OUT/<table>/part-*.parquet`` in an order that
depends on the documents alone. So it does not matter in which order, by how many processes or in
how many attempts documents were converted: the same inputs give the same bytes.

Publishing writes everything beside the old tables first. Then the old manifest is taken away, then
all old tables, then all new ones are put in, the manifest last: at no moment do old and new tables
stand side by side, and a dataset with a manifest is whole. Whoever dies in between leaves a mark,
and the next run puts the rest in place.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yusuan.kept import Kept, MadeWith, file_of, read_head
from yusuan.manifest import (
    MANIFEST,
    SUMS,
    Entry,
    ManifestError,
    Recorded,
    first_entries,
    now,
    read_manifest,
    sums_text,
    write_manifest,
)
from yusuan.parts import PartDone, PartTask, Published, bounds, kept_path, write_part
from yusuan.result import DocumentResult
from yusuan.schemas.model import Schemas

WriteParts = Callable[[Sequence[PartTask]], Iterable[PartDone]]

_READY: Final = "READY"
# Seconds after which a temporary file belongs to nobody any more.
_STALE: Final = 24 * 3600


class StoreError(Exception):
    """The output folder cannot be used; the message says what to do."""


class WriteError(StoreError):
    """The disk refused in the middle of a run; what was done before is kept."""


def write_here(tasks: Sequence[PartTask]) -> Iterator[PartDone]:
    """Write the files one after the other in this process."""
    return map(write_part, tasks)


@dataclass(frozen=True, slots=True)
class Store:
    """A dataset in the folder ``root``."""

    root: Path
    schemas: Schemas

    @property
    def state(self) -> Path:
        """What resuming needs; not part of the data."""
        return self.root / "_state"

    @property
    def documents(self) -> Path:
        """The folder of the kept documents."""
        return self.state / "documents"

    def prepare(self) -> None:
        """Make the folder; finish what died while publishing.

        Raises StoreError where the folder holds something else than a dataset.
        """
        if self.root.exists() and not self.root.is_dir():
            raise StoreError(f"{self.root} is a file; give a folder to write to")
        try:
            if self.root.is_dir() and any(self.root.iterdir()) and not self.state.is_dir():
                raise StoreError(
                    f"{self.root} is not empty and not a dataset of yusuan; give a new or empty "
                    "folder"
                )
            self.documents.mkdir(parents=True, exist_ok=True)
            (self.state / "tmp").mkdir(exist_ok=True)
            self._drop_stale()
            with self._lock():
                self._put_in_place()
        except OSError as error:
            raise StoreError(f"{self.root} cannot be written: {error.strerror}") from error

    # One document ---------------------------------------------------------------------------

    def document_path(self, doc_id: str) -> Path:
        """Where the rows of a document are kept between runs."""
        return kept_path(self.documents, doc_id)

    def keep(self, result: DocumentResult, made: MadeWith) -> None:
        """Keep a document's rows; whole or not at all. Raises StoreError."""
        self._keep(result.doc_id, file_of(result, made, now()))

    def keep_encoded(self, doc_id: str, data: bytes) -> None:
        """Keep what ``kept.encode`` made of a document."""
        self._keep(doc_id, (data,))

    def _keep(self, doc_id: str, pieces: Iterable[bytes]) -> None:
        """Write the file of a document: temporary file, then rename."""
        path = self.document_path(doc_id)
        # Pids are no names: containers that share a disk may have the same, threads have.
        temporary = self.state / "tmp" / f"{doc_id}.{uuid.uuid4().hex}"
        try:
            path.parent.mkdir(exist_ok=True)
            with temporary.open("wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise WriteError(
                f"{self.root} cannot be written: {error.strerror}; what is done is kept, the same "
                "command goes on from there"
            ) from error

    def kept(self, doc_id: str) -> Kept | None:
        """What is kept of a document; None where nothing (readable) is."""
        return read_head(self.document_path(doc_id))

    def _drop_stale(self) -> None:
        """Temporary files of processes that died; those of others at work are younger."""
        for path in (self.state / "tmp").iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _STALE:
                    _remove(path)

    # The dataset ----------------------------------------------------------------------------

    def manifest(self) -> list[Recorded]:
        """The inputs that the dataset holds, by source. Raises StoreError."""
        try:
            return read_manifest(self.root / MANIFEST)
        except ManifestError as error:
            raise StoreError(str(error)) from error

    def foreign(self, sources: Iterable[str]) -> list[Entry]:
        """Entries whose rows have other columns and that these sources would not replace."""
        given, columns = set(sources), columns_digest(self.schemas)
        return [
            one.entry
            for one in self.manifest()
            if one.made.columns != columns and one.entry.source not in given
        ]

    def publish(
        self, entries: Iterable[Entry], write_parts: WriteParts = write_here
    ) -> list[Recorded]:
        """Write the tables: these inputs, and those of earlier runs that are not among them.

        An input replaces what the dataset had of the same source. Byte-identical inputs make one
        document, under the first source. ``write_parts`` may write files in any order, in other
        processes. Returns the new manifest. Raises StoreError.
        """
        with self._lock():
            self._put_in_place()
            old = {one.entry.source: one.entry for one in self.manifest()}
            new = old | {entry.source: entry for entry in entries}
            recorded, parts = self._plan([new[source] for source in sorted(new)])
            fresh = self.state / "publishing"
            shutil.rmtree(fresh, ignore_errors=True)
            try:
                fresh.mkdir()
                sums = sums_text({done.name: done.sha256 for done in write_parts(parts)})
                (fresh / SUMS).write_bytes(sums)
                write_manifest(fresh / MANIFEST, recorded, sums)
                _sync(fresh / SUMS, fresh / MANIFEST)
                (fresh / _READY).touch()
                _sync(fresh)
                self._put_in_place()
            except OSError as error:
                if not (fresh / _READY).exists():
                    shutil.rmtree(fresh, ignore_errors=True)  # the disk may be full of it
                raise WriteError(
                    f"{self.root} cannot be published: {_reason(error)}; the tables are as they "
                    "were, what was converted is kept: mend that and give the same command again"
                ) from error
            gone = {entry.doc_id for entry in old.values()} - {one.entry.doc_id for one in recorded}
            for doc_id in gone:
                self.document_path(doc_id).unlink(missing_ok=True)
        return recorded

    def _plan(self, entries: Sequence[Entry]) -> tuple[list[Recorded], list[PartTask]]:
        """The manifest, and the files to write: each a run of documents in the order of sources."""
        heads: dict[str, Recorded] = {}
        n_rows: dict[str, list[int]] = {name: [] for name in self.schemas.tables}
        recorded: list[Recorded] = []
        for entry in entries:
            if (known := heads.get(entry.doc_id)) is None:
                kept = self._kept_of(entry)
                known = heads[entry.doc_id] = Recorded.of(entry, kept)
                for name, counts in n_rows.items():
                    counts.append(piece.n_rows if (piece := kept.pieces.get(name)) else 0)
            recorded.append(Recorded(entry, known.status, known.error, known.made, known.made_at))
        full = [_published(inputs) for inputs in first_entries(recorded).values()]
        bare = [Published(document.doc_id, "") for document in full]
        tasks = []
        for name, counts in n_rows.items():
            documents = full if name in ("documents", "findings") else bare
            starts = bounds(counts)
            ends = (*starts[1:], len(documents))
            for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
                part = documents[start:end]
                tasks.append(
                    PartTask(self.state / "publishing", self.documents, name, number, part)
                )
        return recorded, tasks

    def _kept_of(self, entry: Entry) -> Kept:
        kept = self.kept(entry.doc_id)
        if kept is None:
            raise StoreError(
                f"what was kept of {entry.source} in {self.state} is missing or damaged; "
                "run again with this input"
            )
        return kept

    def _put_in_place(self) -> None:
        """Put tables that are ready in the place of the old ones; also after a death half-way.

        A table that is still beside marks what is to do: while any old one stands, none of the
        new ones has been moved.
        """
        fresh, away = self.state / "publishing", self.state / "replaced"
        if not (fresh / _READY).exists():
            return
        names = [MANIFEST, SUMS, *sorted(path.name for path in fresh.iterdir() if path.is_dir())]
        away.mkdir(exist_ok=True)
        for name in names:
            if (fresh / name).exists() and (self.root / name).exists():
                _remove(away / name)
                (self.root / name).rename(away / name)
        for name in reversed(names):
            if (fresh / name).exists():
                (fresh / name).rename(self.root / name)
        _sync(self.root)
        (fresh / _READY).unlink()
        shutil.rmtree(away)
        shutil.rmtree(fresh)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process publish at a time (several may convert shards into one folder)."""
        with (self.state / "lock").open("w") as file:
            try:
                import fcntl
            except ImportError:  # Windows: no shards into one folder there
                yield
                return
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def columns_digest(schemas: Schemas) -> str:
    """Tells whether kept rows fit the tables of today: names and types of all columns, in order."""
    columns = [
        f"{table.name}.{column.name} {column.type}"
        for table in schemas.tables.values()
        for column in table.columns
    ]
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()[:12]


def _published(inputs: Sequence[Entry]) -> Published:
    first, *others = inputs
    copies = tuple((other.source, other.given) for other in others)
    return Published(first.doc_id, first.source, first.given, copies)


def _reason(error: OSError) -> str:
    """What the system says, without what Arrow puts before it."""
    return re.sub(r".*\[errno \d+\] ", "", error.strerror or str(error), flags=re.S | re.I)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(*paths: Path) -> None:
    """Have files and folders on the disk before what follows."""
    for path in paths:
        try:
            handle = os.open(path, os.O_RDONLY)
        except OSError:  # folders cannot be opened on Windows
            continue
        try:
            os.fsync(handle)
        except OSError:  # nor be synced on some network disks
            pass
        finally:
            os.close(handle)
