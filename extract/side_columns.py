"""The outer column of a continued table, on a page that draws no rule of it but one.

A cell merged over several pages has, on a page between, neither lid nor floor; where the table
has no outer rule either, nothing is drawn of its column but the rule that it shares with the next
one. The page before tells how wide the column is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .model import Box, Cell, Edge, Line, RawPage, RawTable

_SAME_PT = 1.0
"""Rules of one sheet stand at the same x on every page; producers round to less than this."""


def restore_side_columns(pages: Iterable[RawPage]) -> tuple[RawPage, ...]:
    """Give the first table of a page the outer column of the last one of the page before.

    Only where all its column rules stand where that table has one, that table has just one more
    at the left or at the right, and lines that are in no table stand in that column beside the
    rows. They become one cell over all rows, open but for the rule that is drawn.
    """
    done: list[RawPage] = []
    for page in pages:
        before = done[-1] if done else None
        is_next = before is not None and before.number == page.number - 1
        if before is not None and is_next and before.tables and page.tables:
            page = _restored(before.tables[-1], page)
        done.append(page)
    return tuple(done)


def _restored(before: RawTable, page: RawPage) -> RawPage:
    table = page.tables[0]
    side = _missing_side(before.col_edges, table.col_edges)
    if side is None:
        return page
    is_left = side == "left"
    edge = before.col_edges[0 if is_left else -1]
    x0, x1 = (edge, table.box.x0) if is_left else (table.box.x1, edge)
    mine = [line for line in page.lines if _is_in(line, Box(x0, table.box.top, x1,
                                                            table.box.bottom))]  # fmt: skip
    if not mine:
        return page
    rest = tuple(line for line in page.lines if line not in mine)
    widened = _with_column(table, edge, mine, is_left=is_left)
    return replace(page, tables=(widened, *page.tables[1:]), lines=rest)


def _missing_side(before: Sequence[float], own: Sequence[float]) -> Edge | None:
    """The side on which ``own`` lacks one column edge of ``before`` and no other."""
    if len(own) != len(before) - 1:
        return None
    if all(abs(a - b) <= _SAME_PT for a, b in zip(before[1:], own, strict=True)):
        return "left"
    if all(abs(a - b) <= _SAME_PT for a, b in zip(before[:-1], own, strict=True)):
        return "right"
    return None


def _is_in(line: Line, box: Box) -> bool:
    """Whether the line's middle is between top and bottom, and all of it between the sides."""
    middle = (line.box.top + line.box.bottom) / 2
    return (
        box.top <= middle <= box.bottom
        and line.box.x0 >= box.x0 - _SAME_PT
        and line.box.x1 <= box.x1 + _SAME_PT
    )


def _with_column(table: RawTable, edge: float, lines: Sequence[Line], *, is_left: bool) -> RawTable:
    cells = [c._replace(col=c.col + 1) for c in table.cells] if is_left else list(table.cells)
    box = table.box._replace(x0=edge) if is_left else table.box._replace(x1=edge)
    sides: tuple[Edge, ...] = ("left" if is_left else "right", "top", "bottom")
    cells.append(
        Cell(
            row=0,
            col=0 if is_left else table.n_cols,
            row_span=table.n_rows,
            col_span=1,
            box=Box(edge, box.top, table.box.x0, box.bottom)
            if is_left
            else Box(table.box.x1, box.top, edge, box.bottom),
            lines=tuple(lines),
            open_edges=frozenset(sides),
        )
    )
    edges = (edge, *table.col_edges) if is_left else (*table.col_edges, edge)
    return replace(
        table,
        box=box,
        n_cols=table.n_cols + 1,
        cells=tuple(sorted(cells, key=lambda c: (c.row, c.col))),
        col_edges=edges,
    )
