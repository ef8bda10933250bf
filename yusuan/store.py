"""The dataset on disk: one folder of Parquet files per table, and what is needed to go on.

``OUT/_state/documents`` keeps each document's rows in one file, named by the sha256 of its bytes
and replaced as a whole; ``publish`` turns them into ``OUT/<table>/part-*.parquet`` in an order that
depends on the documents alone. So it does not matter in which order, by how many processes or in
how many attempts documents were converted: the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq

from yusuan.arrow import arrow_schema
from yusuan.convert import DocumentResult, Status, file_name_of
from yusuan.schemas.model import Schemas

# Row groups of this size are read in parallel and skipped by statistics; a file holds several, so
# that a table of a whole country stays at files of some ten megabytes.
ROWS_PER_GROUP = 1 << 17
ROWS_PER_FILE = ROWS_PER_GROUP * 16

_MANIFEST = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("settings", pa.string(), nullable=False),
        pa.field("schema_version", pa.string(), nullable=False),
        pa.field("tool_version", pa.string(), nullable=False),
        pa.field("columns", pa.string(), nullable=False),
    ]
)


class StoreError(Exception):
    """The output folder cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One input of the dataset and the document that its bytes are; a row of the manifest.

    ``columns``: digest of the columns that its rows were made with (see ``columns_digest``).
    """

    source: str
    doc_id: str
    status: Status
    settings: str
    schema_version: str
    tool_version: str
    columns: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store knows of a kept document; ``key``: with which settings it was converted."""

    key: str
    status: Status
    error: str | None


@dataclass(frozen=True, slots=True)
class Store:
    """A dataset in the folder ``root``."""

    root: Path
    schemas: Schemas

    @property
    def state(self) -> Path:
        """What resuming needs; not part of the data."""
        return self.root / "_state"

    def prepare(self) -> None:
        """Make the folder. Raises StoreError where it holds something else than a dataset."""
        if self.root.exists() and not self.root.is_dir():
            raise StoreError(f"{self.root} is a file; give a folder to write to")
        if self.root.is_dir() and any(self.root.iterdir()) and not self.state.is_dir():
            raise StoreError(
                f"{self.root} is not empty and not a dataset of yusuan; give a new or empty folder"
            )
        try:
            (self.state / "documents").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.root} cannot be written: {error.strerror}") from error

    def document_path(self, doc_id: str) -> Path:
        """Where the rows of a document are kept between runs."""
        return self.state / "documents" / doc_id[:2] / f"{doc_id}.arrow"

    # One document ---------------------------------------------------------------------------

    def keep(self, result: DocumentResult, key: str) -> None:
        """Keep a document's rows; whole or not at all (temporary file, then rename).

        The file is one Arrow IPC stream per non-empty table, ``documents`` first. ``key`` tells
        with which settings and versions they were made.
        """
        path = self.document_path(result.doc_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        labels = {"key": key, "status": result.status, "error": result.error or ""}
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.OSFile(str(temporary), "wb") as sink:
            for name in ("documents", *(result.tables.keys() - {"documents"})):
                table = result.tables[name]
                if not len(table):
                    continue
                bare = _bare(table.schema, labels | {"table": name})
                with pa.ipc.new_stream(sink, bare, options=options) as writer:
                    writer.write_table(pa.Table.from_arrays(table.columns, schema=bare))
        temporary.replace(path)

    def kept(self, doc_id: str) -> Kept | None:
        """What is kept of a document; None where nothing (readable) is."""
        try:
            with pa.OSFile(str(self.document_path(doc_id))) as file:
                metadata = pa.ipc.open_stream(file).schema.metadata
        except (OSError, pa.ArrowInvalid):
            return None
        labels = {name.decode(): value.decode() for name, value in metadata.items()}
        return Kept(labels["key"], cast(Status, labels["status"]), labels["error"] or None)

    def read_kept(self, doc_id: str) -> Iterator[tuple[str, pa.Table]]:
        """The non-empty tables kept of a document, with their names."""
        with pa.memory_map(str(self.document_path(doc_id))) as file:
            while file.tell() < file.size():
                stream = pa.ipc.open_stream(file)
                yield stream.schema.metadata[b"table"].decode(), stream.read_all()

    # The dataset ----------------------------------------------------------------------------

    def manifest(self) -> list[Entry]:
        """The inputs that the dataset holds, by source."""
        path = self.root / "manifest.parquet"
        if not path.exists():
            return []
        return [Entry(**row) for row in pq.read_table(path).to_pylist()]

    def publish(self, entries: Iterable[Entry]) -> list[Entry]:
        """Write the tables: these inputs, and those of earlier runs that are not among them.

        An input replaces what the dataset had of the same source. Byte-identical inputs make one
        document, under the first source. Returns the new manifest.
        """
        with self._lock():
            old = {entry.source: entry for entry in self.manifest()}
            new = old | {entry.source: entry for entry in entries}
            manifest = [new[source] for source in sorted(new)]
            fresh = self.state / "publishing"
            shutil.rmtree(fresh, ignore_errors=True)
            self._write_tables(fresh, first_sources(manifest))
            _write_manifest(fresh / "manifest.parquet", manifest)
            self._swap_in(fresh)
            for doc_id in {e.doc_id for e in old.values()} - {e.doc_id for e in manifest}:
                self.document_path(doc_id).unlink(missing_ok=True)
        return manifest

    def foreign(self, sources: Iterable[str]) -> list[Entry]:
        """Entries whose rows have other columns and that these sources would not replace."""
        given, columns = set(sources), columns_digest(self.schemas)
        return [
            entry
            for entry in self.manifest()
            if entry.columns != columns and entry.source not in given
        ]

    def _write_tables(self, folder: Path, documents: Mapping[str, str]) -> None:
        writers = {
            name: PartWriter(folder / name, arrow_schema(table, self.schemas.version))
            for name, table in self.schemas.tables.items()
        }
        for doc_id, source in documents.items():
            for name, table in self.read_kept(doc_id):
                writers[name].write(_named(table, source) if name == "documents" else table)
        for writer in writers.values():
            writer.close()

    def _swap_in(self, fresh: Path) -> None:
        """Put the new tables in the place of the old ones, the manifest last."""
        old = self.state / "replaced"
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir()
        for name in self.schemas.tables:
            if (self.root / name).exists():
                (self.root / name).rename(old / name)
            (fresh / name).rename(self.root / name)
        (fresh / "manifest.parquet").replace(self.root / "manifest.parquet")
        shutil.rmtree(old)
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


def first_sources(manifest: Sequence[Entry]) -> dict[str, str]:
    """Each document and the first source (in text order) that has its bytes, by source."""
    sources: dict[str, str] = {}
    for entry in sorted(manifest, key=attrgetter("source")):
        sources.setdefault(entry.doc_id, entry.source)
    return sources


class PartWriter:
    """Writes a stream of Arrow tables as ``part-*.parquet`` files of bounded size.

    Where files and row groups end depends on the rows alone, not on how they were handed in.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        folder.mkdir(parents=True)
        self._folder, self._schema = folder, schema
        self._waiting: list[pa.Table] = []
        self._n_waiting = self._n_in_file = self._n_files = 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Take rows; full row groups are written at once."""
        self._waiting.append(pa.Table.from_arrays(table.columns, schema=self._schema))
        self._n_waiting += len(table)
        if self._n_waiting < ROWS_PER_GROUP:
            return
        rows = pa.concat_tables(self._waiting)
        whole = len(rows) - len(rows) % ROWS_PER_GROUP
        for start in range(0, whole, ROWS_PER_GROUP):
            self._write_group(rows.slice(start, ROWS_PER_GROUP))
        self._waiting, self._n_waiting = [rows.slice(whole)], len(rows) - whole

    def close(self) -> None:
        """Write what is left; a table without rows becomes one file with its schema."""
        rows = pa.concat_tables([*self._waiting, self._schema.empty_table()])
        if len(rows) or not self._n_files:
            self._write_group(rows)
        if self._writer is not None:
            self._writer.close()

    def _write_group(self, rows: pa.Table) -> None:
        if self._writer is not None and self._n_in_file >= ROWS_PER_FILE:
            self._writer.close()
            self._writer = None
        if self._writer is None:
            path = self._folder / f"part-{self._n_files:05d}.parquet"
            self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
            self._n_files, self._n_in_file = self._n_files + 1, 0
        self._writer.write_table(rows.combine_chunks(), row_group_size=ROWS_PER_GROUP)
        self._n_in_file += len(rows)


def _bare(schema: pa.Schema, metadata: Mapping[str, str]) -> pa.Schema:
    """The schema without labels, which would be repeated for every document."""
    return pa.schema([field.remove_metadata() for field in schema], metadata=metadata)


def _named(documents: pa.Table, source: str) -> pa.Table:
    """The row of ``documents`` under this source: bytes once converted may have a new name now."""
    for column, value in (("source", source), ("file_name", file_name_of(source))):
        index = documents.schema.get_field_index(column)
        array = pa.array([value] * len(documents), pa.string())
        documents = documents.set_column(index, documents.schema.field(index), array)
    return documents


def _write_manifest(path: Path, entries: Sequence[Entry]) -> None:
    columns = {field.name: [getattr(entry, field.name) for entry in entries] for field in _MANIFEST}
    pq.write_table(pa.table(columns, schema=_MANIFEST), path, compression="zstd")
