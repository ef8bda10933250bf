"""Reading a dataset on disk again and again: footers once, a document's rows without the others'.

A document's rows stand together in each table, so it is enough to know where they begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from yusuan.arrow import arrow_schema
from yusuan.schemas.loader import load

_ROWS_PER_BATCH = 1 << 15
_File = tuple[str, int, int]  # path, time of the last change, size: another one is another file


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows ``start`` to ``stop`` of a file."""

    path: str
    start: int
    stop: int


def stored(root: Path, table: str) -> ds.Dataset:
    """A table of the dataset in ``root``, as its files are now.

    Without rows where an earlier version, which did not know the table, made the dataset.
    """
    files = _files(root, table)
    return _opened(files) if files else ds.dataset(_empty(table))


def rows_where(root: Path, table: str, wanted: pc.Expression) -> list[dict[str, Any]]:
    """The rows that fulfil a condition, where few do.

    The condition's columns are read of all rows, the others only of documents with such rows.
    """
    data = stored(root, table)
    documents = data.to_table(columns=["doc_id"], filter=wanted)["doc_id"].unique()
    if not len(documents):
        return []
    found: list[dict[str, Any]] = data.to_table(
        filter=wanted & pc.field("doc_id").isin(documents)
    ).to_pylist()
    return found


def batches(
    root: Path, table: str, columns: Sequence[str], wanted: pc.Expression | None = None
) -> Iterator[pa.Table]:
    """The columns of a table in pieces, so that no more than a piece of it is in memory.

    ``wanted`` is a condition on these columns.
    """
    for path, _, _ in _files(root, table):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_PER_BATCH, columns=list(columns)):
                rows = pa.Table.from_batches([batch])
                yield rows if wanted is None else rows.filter(wanted)


def rows_of(
    root: Path, table: str, doc_id: str, wanted: pc.Expression | None = None
) -> list[dict[str, Any]]:
    """The rows of one document in printed order, those that fulfil a condition if one is given."""
    own = table_of(root, table, doc_id)
    found: list[dict[str, Any]] = (own if wanted is None else own.filter(wanted)).to_pylist()
    return found


def table_of(root: Path, table: str, doc_id: str) -> pa.Table:
    """The rows of one document in printed order; those of the last documents are held in memory."""
    files = _files(root, table)
    return _own(files, doc_id) if files else _empty(table)


def _files(root: Path, table: str) -> tuple[_File, ...]:
    files = sorted((root / table).glob("*.parquet"))
    return tuple((str(file), (told := file.stat()).st_mtime_ns, told.st_size) for file in files)


def _empty(table: str) -> pa.Table:
    schemas = load()
    return arrow_schema(schemas.tables[table], schemas.version).empty_table()


@lru_cache(maxsize=64)
def _opened(files: tuple[_File, ...]) -> ds.Dataset:
    return ds.dataset([path for path, _, _ in files], format="parquet")


@lru_cache(maxsize=256)
def _own(files: tuple[_File, ...], doc_id: str) -> pa.Table:
    runs = _runs(files).get(doc_id)
    if not runs:
        return _opened(files).schema.empty_table()
    # A copy, for a slice would hold the whole row group.
    parts = [part.take(pa.array(range(len(part)))) for part in map(_read, runs)]
    return pa.concat_tables(parts).combine_chunks()


def _read(run: _Run) -> pa.Table:
    with pq.ParquetFile(run.path) as file:
        groups: list[int] = []
        first, before = 0, 0
        for number in range(file.num_row_groups):
            begin, before = before, before + file.metadata.row_group(number).num_rows
            if begin < run.stop and before > run.start:
                first = first if groups else begin
                groups.append(number)
        return file.read_row_groups(groups).slice(run.start - first, run.stop - run.start)


@lru_cache(maxsize=32)
def _runs(files: tuple[_File, ...]) -> Mapping[str, list[_Run]]:
    """Document -> where its rows are; reads nothing but the column of documents."""
    found: dict[str, list[_Run]] = {}
    for path, _, _ in files:
        column = pq.read_table(path, columns=["doc_id"], read_dictionary=["doc_id"])["doc_id"]
        for doc_id, places in runs(column).items():
            own = [_Run(path, start, start + n) for start, n in places]
            found.setdefault(doc_id, []).extend(own)
    return found


def runs(column: pa.ChunkedArray) -> dict[str, list[tuple[int, int]]]:
    """Value -> where it stands, as first row and number of rows; most stand in one place."""
    found: dict[str, list[tuple[int, int]]] = {}
    before = 0
    for chunk in column.chunks:
        told = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        names, codes = told.dictionary.to_pylist(), told.indices.to_numpy()
        starts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()] if len(codes) else []
        for start, stop in zip(starts, [*starts[1:], len(codes)], strict=False):
            found.setdefault(names[codes[start]], []).append((before + start, stop - start))
        before += len(codes)
    return found
