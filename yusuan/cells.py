"""The raw cells of a document as the table ``cells``, made in little memory.

They are most of what a document is: a thousand pages have some 200,000 of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from yusuan.arrow import Layout, Runs, columns_to_table, qualified
from yusuan.extract.model import Box, Cell, RawPage, RawTable
from yusuan.normalize.model import CellKey, CellUse

_Thing = TypeVar("_Thing")

# So many cells at a time are Python values before they are Arrow's: some megabytes.
_CELLS_AT_ONCE = 1 << 11


# Columns of cells whose texts, 70 bytes each, are those of the row above.
_SAME_IN_MOST_ROWS = frozenset({"doc_id", "table_id", "engine"})


def drained(things: list[_Thing]) -> Iterator[_Thing]:
    """The things in order; each is taken from the list, so that it can be let go once used."""
    things.reverse()
    while things:
        yield things.pop()


def cells_in_parts(
    layout: Layout,
    doc_id: str,
    pages: Iterable[RawPage],
    use_of: Callable[[CellKey], tuple[CellUse, str] | None],
    text_of: Callable[[CellKey], str | None],
    table_ids: Mapping[tuple[int, int], str],
) -> Iterator[pa.Table]:
    """Every raw cell of every page as a row of the table ``cells``, recognised table or not.

    Some thousand rows at a time, at least one part. ``use_of`` looks a cell up in the ledger of
    the recognised tables, ``text_of`` its unwrapped text; each cell is asked for once, in order.
    ``table_ids`` tells the published table that a raw table (page from 1, index on the page) is a
    part of. Raises DataError as ``columns_to_table`` does.
    """
    waiting: list[tuple[RawTable, int]] = []
    n_waiting = 0
    for page in pages:
        waiting += [(table, page.rotation) for table in page.tables]
        n_waiting += sum(len(table.cells) for table in page.tables)
        if n_waiting >= _CELLS_AT_ONCE:
            yield _cells_of(layout, doc_id, waiting, use_of, text_of, table_ids)
            waiting, n_waiting = [], 0
    yield _cells_of(layout, doc_id, waiting, use_of, text_of, table_ids)


def joined(parts: Iterable[pa.Table]) -> pa.Table:
    """The parts of ``cells`` as one table; a long text that all rows have is stored only once."""
    shared: dict[str, pa.Array] = {}
    return pa.concat_tables([_with_shared_columns(part, shared) for part in parts])


def _with_shared_columns(part: pa.Table, shared: dict[str, pa.Array]) -> pa.Table:
    """The part; a long text that all of its rows have is stored once for all parts.

    ``shared``: such columns of the parts before, by name; they are replaced by longer ones.
    """
    for at, name in enumerate(part.column_names):
        if name not in _SAME_IN_MOST_ROWS or not len(part):
            continue
        (own,) = part.column(at).chunks
        known = shared.get(name, own)
        n_both = min(len(own), len(known))
        if len(known) < len(own) or not own.slice(0, n_both).equals(known.slice(0, n_both)):
            shared[name] = known = own
        part = part.set_column(at, part.schema.field(at), known.slice(0, len(own)))
    return part


def _cells_of(
    layout: Layout,
    doc_id: str,
    turned: Sequence[tuple[RawTable, int]],
    use_of: Callable[[CellKey], tuple[CellUse, str] | None],
    text_of: Callable[[CellKey], str | None],
    table_ids: Mapping[tuple[int, int], str],
) -> pa.Table:
    """The cells of some drawn tables, each with the rotation of its page, degrees."""
    tables = [table for table, _ in turned]
    cells = [cell for table in tables for cell in table.cells]
    rows, cols, row_spans, col_spans, boxes, lines, *_ = _turned(cells, len(Cell._fields))
    x0, top, x1, bottom = _turned(boxes, len(Box._fields))
    starts = [f"{doc_id}:{table.page}:{table.index}" for table in tables]
    keys = [(t.page, t.index, cell[0], cell[1]) for t in tables for cell in t.cells]
    uses, reasons = _turned([use_of(key) or (None, "") for key in keys], 2)
    n_cells = [len(table.cells) for table in tables]
    named = [table_ids.get((table.page, table.index)) for table in tables]
    columns: dict[str, Sequence[Any] | Runs] = {
        "cell_id": [
            f"{start}:{cell[0]}:{cell[1]}"
            for start, table in zip(starts, tables, strict=True)
            for cell in table.cells
        ],
        "doc_id": Runs([doc_id], [len(cells)]),
        "table_id": Runs([local and qualified(doc_id, local) for local in named], n_cells),
        "page_no": Runs([table.page for table in tables], n_cells),
        "table_index": Runs([table.index for table in tables], n_cells),
        "row": rows,
        "col": cols,
        "row_span": row_spans,
        "col_span": col_spans,
        "x0": x0,
        "top": top,
        "x1": x1,
        "bottom": bottom,
        "page_rotation": Runs([rotation for _, rotation in turned], n_cells),
        "text": list(map(text_of, keys)),
        "lines": [[line.text for line in printed] for printed in lines],
        "use": uses,
        "use_reason": [reason or None for reason in reasons],
        "engine": Runs([table.engine for table in tables], n_cells),
    }
    return columns_to_table(layout, columns, len(cells))


def _turned(rows: Sequence[Sequence[Any]], n_columns: int) -> list[tuple[Any, ...]]:
    """Rows as columns."""
    return list(zip(*rows, strict=True)) or [()] * n_columns
