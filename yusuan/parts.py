"""The published Parquet files of a table, each made of a run of documents.

Which documents go into which file depends on the documents alone, so that files can be written by
any number of processes in any order and are the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from yusuan.arrow import arrow_schema, findings_to_rows, layout_of, rows_to_table
from yusuan.head import file_name_of
from yusuan.inputs import Given
from yusuan.inputs.given import copies_findings, given_columns, given_findings
from yusuan.kept import read_head, read_piece
from yusuan.manifest import NOTHING_GIVEN
from yusuan.result import loaded_schemas

# Row groups of this size are read in parallel and skipped by statistics; a file holds several, so
# that a table of a whole country stays at files of some ten megabytes.
ROWS_PER_GROUP: Final = 1 << 17
ROWS_PER_FILE: Final = ROWS_PER_GROUP * 16


@dataclass(frozen=True, slots=True)
class Published:
    """A document of the dataset and what its inputs add to its rows.

    ``copies``: other sources with the same bytes, in text order, with what is said of them.
    """

    doc_id: str
    source: str
    given: Given = NOTHING_GIVEN
    copies: tuple[tuple[str, Given], ...] = ()


@dataclass(frozen=True, slots=True)
class PartTask:
    """One file to write: the ``number``-th of ``table``, below ``folder``. Picklable.

    ``kept``: the folder of the kept documents.
    """

    folder: Path
    kept: Path
    table: str
    number: int
    documents: Sequence[Published] = field(repr=False)

    @property
    def name(self) -> str:
        """The file's path below ``folder``."""
        return f"{self.table}/part-{self.number:05d}.parquet"


@dataclass(frozen=True, slots=True)
class PartDone:
    """A written file: path below the dataset's folder, sha256 (hex) of its bytes, rows."""

    name: str
    sha256: str
    n_rows: int


def kept_path(folder: Path, doc_id: str) -> Path:
    """Where the rows of a document are kept."""
    return folder / doc_id[:2] / f"{doc_id}.kept"


def bounds(rows_per_document: Iterable[int]) -> list[int]:
    """Where files of a table begin, as indices of documents: at most ROWS_PER_FILE rows in each.

    No document is divided, so one with more rows makes a larger file.
    """
    starts, in_file = [0], 0
    for index, n_rows in enumerate(rows_per_document):
        if in_file and in_file + n_rows > ROWS_PER_FILE:
            starts.append(index)
            in_file = 0
        in_file += n_rows
    return starts


def write_part(task: PartTask) -> PartDone:
    """Write one file; what a worker does. Raises OSError where it cannot be written."""
    schemas = loaded_schemas()
    schema = arrow_schema(schemas.tables[task.table], schemas.version)
    path = task.folder / task.name
    path.parent.mkdir(parents=True, exist_ok=True)
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(_tables(task), schema):
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
            n_rows += len(group)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return PartDone(task.name, digest, n_rows)


def _groups(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Whole row groups, then the rest; one without rows where there are none at all.

    Each column of a group is one array, for what Parquet makes of it depends on where arrays end.
    """
    waiting: list[pa.Table] = []
    n_waiting = n_groups = 0
    for table in tables:
        waiting.append(table)
        n_waiting += len(table)
        while n_waiting >= ROWS_PER_GROUP:
            n_waiting -= ROWS_PER_GROUP
            rest = [waiting[-1].slice(len(waiting[-1]) - n_waiting)]
            waiting[-1] = waiting[-1].slice(0, len(waiting[-1]) - n_waiting)
            yield _in_one(waiting, schema)
            n_groups += 1
            waiting = rest
    if n_waiting or not n_groups:
        yield _in_one(waiting, schema)


def _in_one(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    """Tables as one without chunks. Empties the list: no column is in memory twice but one."""
    columns = [
        [chunk for table in tables for chunk in table.column(i).chunks] for i in range(len(schema))
    ]
    tables.clear()
    arrays = []
    for column, kind in zip(columns, schema.types, strict=True):
        arrays.append(pa.chunked_array(column, kind).combine_chunks())
        column.clear()
    return pa.Table.from_arrays(arrays, schema=schema)


def _tables(task: PartTask) -> Iterator[pa.Table]:
    """The rows of each document, with what its inputs add."""
    for document in task.documents:
        path = kept_path(task.kept, document.doc_id)
        kept = read_head(path)
        if kept is None:
            raise OSError(f"{path} was removed or damaged meanwhile; give the same command again")
        if (piece := kept.pieces.get(task.table)) is not None:
            table = read_piece(path, piece)
            yield _described(table, document) if task.table == "documents" else table
        if task.table == "findings" and _has_more(document):
            printed = read_piece(path, kept.pieces["documents"])
            yield _given_findings(printed, document)


def _described(documents: pa.Table, document: Published) -> pa.Table:
    """The row of ``documents`` under this source: bytes once converted may have a new name now."""
    values: Mapping[str, object] = {
        "source": document.source,
        "file_name": file_name_of(document.source),
        "copies": [source for source, _ in document.copies] or None,
        **given_columns(document.given),
    }
    for column, value in values.items():
        index = documents.schema.get_field_index(column)
        of_column = documents.schema.field(index)
        documents = documents.set_column(index, of_column, pa.array([value], of_column.type))
    return documents


def _has_more(document: Published) -> bool:
    said = (document.given, *(given for _, given in document.copies))
    return any(given != NOTHING_GIVEN for given in said)


def _given_findings(documents: pa.Table, document: Published) -> pa.Table:
    """Where the list of inputs contradicts the document or itself."""
    (printed,) = documents.to_pylist()
    findings = [
        *given_findings(printed, document.given),
        *copies_findings(document.given, document.copies),
    ]
    schemas = loaded_schemas()
    rows = findings_to_rows(findings, document.doc_id)
    return rows_to_table(layout_of(schemas.tables["findings"], schemas.version), rows)
