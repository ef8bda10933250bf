"""What is kept of documents, made again from the published tables of a dataset without its state.

Copies of a dataset (``--upload``, a folder handed on) hold tables and manifest alone. Each table
has the documents in the same order, the rows of each together; so all tables are read side by side,
a document at a time. What publishing adds is taken off again, and what the manifest tells (with
what and when it was made) completes it: published once more, these rows are the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yusuan.inputs.given import GIVEN_DIFFERS
from yusuan.kept import encode
from yusuan.manifest import Recorded
from yusuan.result import DocumentResult
from yusuan.schemas.model import Schemas
from yusuan.store import Store, StoreError
from yusuan.verify import damaged_files

_ROWS: Final = 1 << 16


def rebuild(root: Path, recorded: Sequence[Recorded], to: Path, schemas: Schemas) -> Store:
    """A store in ``to`` that keeps the documents of the dataset ``root``.

    ``recorded``: its manifest. Raises StoreError where files of it are missing or damaged.
    """
    for problem in damaged_files(root, schemas):
        raise StoreError(f"{root} cannot be merged: {problem.told}; copy it again")
    store = Store(to, schemas)
    store.prepare()
    of_document = {one.entry.doc_id: one for one in recorded}
    tables = {name: _by_document(root / name) for name in schemas.tables}
    ahead = {name: next(rows, None) for name, rows in tables.items()}
    while (document := ahead["documents"]) is not None:
        doc_id, _ = document
        if (one := of_document.pop(doc_id, None)) is None:
            raise StoreError(f"{root}: document {doc_id} is not in its manifest; copy it again")
        pieces = {}
        for name, found in ahead.items():
            if found is not None and found[0] == doc_id:
                pieces[name] = _as_kept(name, found[1])
                ahead[name] = next(tables[name], None)
        result = DocumentResult(doc_id, one.entry.source, one.status, one.error, pieces)
        store.keep_encoded(doc_id, encode(result, one.made, one.made_at))
    if of_document or any(ahead.values()):
        raise StoreError(f"{root}: its tables do not hold the documents of its manifest")
    return store


def _by_document(folder: Path) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each document of a table, by the names of its files."""
    waiting: list[pa.Table] = []
    current: str | None = None
    for path in sorted(folder.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS):
                for doc_id, rows in _runs(pa.Table.from_batches([batch])):
                    if doc_id != current and current is not None:
                        yield current, pa.concat_tables(waiting).combine_chunks()
                        waiting = []
                    current = doc_id
                    waiting.append(rows)
    if current is not None:
        yield current, pa.concat_tables(waiting).combine_chunks()


def _runs(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Pieces whose rows follow each other with the same document."""
    ends = pc.run_end_encode(rows.column("doc_id").combine_chunks())
    start = 0
    for end, doc_id in zip(ends.run_ends.to_pylist(), ends.values.to_pylist(), strict=True):
        yield doc_id, rows.slice(start, end - start)
        start = end


def _as_kept(name: str, rows: pa.Table) -> pa.Table:
    """Without what publishing adds; what it replaces may stay."""
    if name != "findings":
        return rows
    return rows.filter(pc.not_equal(rows.column("code"), GIVEN_DIFFERS))
