"""Stitched groups of drawn tables become logical tables: header tree, body rows, notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from yusuan.extract.model import Cell, Edge, RawPage
from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.common_grid import CommonGrid, Placed, common_grid
from yusuan.normalize.fragments import TableGroup
from yusuan.normalize.headers import HeaderReading
from yusuan.normalize.model import (
    CellKey,
    CellUse,
    Finding,
    LogicalCell,
    LogicalTable,
    Origin,
    Unit,
)
from yusuan.normalize.text import label_key

_NOTE = re.compile(
    r"^[（(]?(注|说明|备注|[本此]表|[本我](部门|单位|局|委|办).{0,12}(无|没有|未安排|空表))"
)
# A cell belongs to each leaf column of which it covers at least this share.
_COVER_SHARE = 0.5
# Between two glyphs there is less than that; no printer leaves less beside a text.
_EDGE_PT = 1.5
_SIDES = frozenset[Edge](("left", "right"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stitched table laid out and not read yet: its grid and the notes printed below it.

    ``number`` counts the document's published tables from 0. ``page_widths``: in pt, by page.
    """

    group: TableGroup
    number: int
    grid: CommonGrid
    notes: tuple[str, ...]
    page_widths: Mapping[int, float] = field(default_factory=dict)


_origin_of: Callable[[Iterable[object]], Origin] = partial(tuple.__new__, Origin)
_cell_of: Callable[[Iterable[object]], LogicalCell] = partial(tuple.__new__, LogicalCell)
"""``Origin._make`` and so on without a call into Python for each; a page has hundreds."""


@dataclass(frozen=True, slots=True)
class TableReading:
    """A logical table with the uses of its title, header and note cells.

    ``n_rows``: how many of its body rows print something.
    """

    table: LogicalTable
    n_rows: int
    uses: Mapping[CellKey, tuple[CellUse, str]]
    findings: tuple[Finding, ...] = ()


def lay_out(
    group: TableGroup,
    number: int,
    pages: Mapping[int, RawPage],
    texts: Mapping[CellKey, str],
) -> Sheet:
    """Put all pages of a stitched table on one grid."""
    widths = {f.table.page: pages[f.table.page].width for f in group.fragments}
    return Sheet(group, number, common_grid(group, texts), _notes_below(group, pages), widths)


def read_table(sheet: Sheet, header: HeaderReading, *, with_cells: bool = True) -> TableReading:
    """Put the body cells of a stitched table into the leaf columns of its header.

    The ``table_id`` is made of the table's number (and completed with the document id by the
    store). Without ``with_cells`` the rows stay empty, for a table of which nobody asks them.
    """
    group, grid = sheet.group, sheet.grid
    uses: dict[CellKey, tuple[CellUse, str]] = {key: (use, why) for key, use, why in header.uses}
    rows: list[tuple[LogicalCell, ...]] = []
    n_rows = 0
    notes: list[str] = list(sheet.notes)
    header_keys = {p.key for p in header.header_cells}
    mixed_rows = {p.row for p in header.header_cells}
    place = _places(grid, header, sheet.page_widths)
    for source_row in header.body_rows:
        placed: Sequence[Placed] = grid.rows[source_row]
        if source_row in mixed_rows:
            placed = [p for p in placed if p.key not in header_keys]
        note = _note_row(placed, len(grid.edges) - 1)
        if note is not None:
            notes.append(note)
            uses.update({p.key: ("note", "") for p in placed if p.text})
            placed = ()
        n_rows += any(p.text for p in placed)
        rows.append(tuple([place(p) for p in placed]) if with_cells else ())
    caption = group.first.caption
    unit, findings = _unit_of(group, header)
    table = LogicalTable(
        table_id=f"T{sheet.number:03d}",
        title=caption.title or "",
        table_no=caption.table_no,
        unit=unit,
        columns=header.columns,
        rows=tuple(rows),
        row_pages=tuple([grid.row_pages[row] for row in header.body_rows]),
        fragments=tuple((f.table.page, f.table.index) for f in group.fragments),
        notes=tuple(notes),
        publisher=caption.publisher,
        kind=caption.kind,
        title_year=caption.year,
    )
    return TableReading(table, n_rows, uses, findings)


def _places(
    grid: CommonGrid, header: HeaderReading, page_widths: Mapping[int, float]
) -> Callable[[Placed], LogicalCell]:
    """A function that gives a body cell its place: body rows, and leaf columns by overlap.

    Thousands of cells share a few dozen column ranges; each range is looked at once.
    """
    row_index = {row: i for i, row in enumerate(header.body_rows)}
    covers: dict[tuple[int, int], tuple[int, ...]] = {}

    def place(placed: Placed) -> LogicalCell:
        cell, (page, index), row, row_span, c0, c1, text = placed
        own_row, own_col, _, _, box, lines, edges, hidden = cell
        covered = covers.get((c0, c1))
        if covered is None:
            covered = covers[c0, c1] = _covered(placed, grid, header)
        first = row_index[row]
        last = row_index.get(row + row_span - 1, first) if row_span > 1 else first
        if text and len(covered) > 1:
            if looks_like_amount(text):
                covered = (_column_at_text_end(placed, covered, grid, header),)
            elif edges & _SIDES:
                covered = _column_of_text(placed, covered, grid, header) or covered
        if edges and not hidden:
            hidden = _is_cropped(cell, page_widths.get(page))
        origins = (_origin_of((page, index, own_row, own_col, box)),)
        col, n_rows, n_cols = covered[0], last - first + 1, len(covered)
        return _cell_of((first, col, n_rows, n_cols, text, origins, lines, edges, hidden))

    return place


def _is_cropped(cell: Cell, page_width: float | None) -> bool:
    """Whether a cell without a rule on that side has text up to the page's edge.

    Where a page was cropped, the rule and what else was printed are gone: 123.4 of 123.45.
    """
    if page_width is None or not cell.open_edges & _SIDES:
        return False
    return any(
        ("right" in cell.open_edges and line.box.x1 > page_width - _EDGE_PT)
        or ("left" in cell.open_edges and line.box.x0 < _EDGE_PT)
        for line in cell.lines
    )


def _covered(placed: Placed, grid: CommonGrid, header: HeaderReading) -> tuple[int, ...]:
    """The leaf columns that a cell covers, by overlap in points; the nearest where none is."""
    x0, x1 = float(grid.edges[placed.c0]), float(grid.edges[placed.c1])
    overlaps = [min(x1, c.x1) - max(x0, c.x0) for c in header.columns]
    covered = tuple(
        column.index
        for column, overlap in zip(header.columns, overlaps, strict=True)
        if overlap >= _COVER_SHARE * (column.x1 - column.x0)
    )
    return covered or (overlaps.index(max(overlaps)),)


def _column_at_text_end(
    placed: Placed, covered: Sequence[int], grid: CommonGrid, header: HeaderReading
) -> int:
    """The leaf column in which an amount over several columns ends.

    A spreadsheet lets a number that is too wide run over its empty left neighbour and draws no
    rule between them; amounts are aligned right, so the right end is in the amount's own column.
    """
    x0, x1 = float(grid.edges[placed.c0]), float(grid.edges[placed.c1])
    box = placed.cell.box
    share = (max(line.box.x1 for line in placed.cell.lines) - box.x0) / max(box.x1 - box.x0, 1.0)
    end = x0 + min(share, 1.0) * (x1 - x0) - 1.0
    return next(
        (i for i in covered if header.columns[i].x0 <= end < header.columns[i].x1), covered[-1]
    )


def _column_of_text(
    placed: Placed, covered: Sequence[int], grid: CommonGrid, header: HeaderReading
) -> tuple[int, ...]:
    """The leaf column in which all lines of a cell stand that has no rule on one of its sides.

    A browser ends the outer rule of a cell with the cell further out: what is left of the name
    beside it then reaches to the paper, under the header of the outer column too. Empty where a
    line stands in several columns.
    """
    x0, box = float(grid.edges[placed.c0]), placed.cell.box
    scale = (float(grid.edges[placed.c1]) - x0) / max(box.x1 - box.x0, 1.0)
    left = x0 + (min(line.box.x0 for line in placed.cell.lines) - box.x0) * scale
    right = x0 + (max(line.box.x1 for line in placed.cell.lines) - box.x0) * scale
    columns = (header.columns[i] for i in covered)
    return tuple(c.index for c in columns if c.x0 - 1.0 <= left and right <= c.x1 + 1.0)


def _note_row(placed: Sequence[Placed], width: int) -> str | None:
    """The text of a body row that is one wide note cell, else None."""
    filled = list(islice((p for p in placed if p.text), 2))
    if len(filled) != 1:
        return None
    cell = filled[0]
    is_wide = cell.c1 - cell.c0 >= 0.6 * width
    return cell.text if is_wide and width > 1 and _NOTE.match(label_key(cell.text)) else None


def _notes_below(group: TableGroup, pages: Mapping[int, RawPage]) -> tuple[str, ...]:
    """Note lines printed under each fragment, above the next table of the page."""
    notes: list[str] = []
    for fragment in group.fragments:
        page = pages[fragment.table.page]
        floor = min(
            (t.box.top for t in page.tables if t.box.top >= fragment.table.box.bottom),
            default=page.height,
        )
        below = [ln for ln in page.lines if fragment.table.box.bottom - 1 <= ln.box.top < floor]
        for position, line in enumerate(below):
            if not _NOTE.match(label_key(line.text)):
                continue
            note = [line.text]
            for following in below[position + 1 :]:
                close = following.box.top - line.box.bottom < 1.2 * max(line.size, 6.0)
                if not close or _NOTE.match(label_key(following.text)):
                    break
                note.append(following.text)
                line = following
            notes.append("".join(note))
    return tuple(notes)


def _unit_of(group: TableGroup, header: HeaderReading) -> tuple[Unit | None, tuple[Finding, ...]]:
    """The unit printed above the table (on any of its pages), else in its header."""
    printed = {f.caption.unit for f in group.fragments if f.caption.unit}
    if len(printed) > 1:
        words = " and ".join(sorted(printed))
        finding = Finding(
            code="unit-conflict",
            note=f"its pages print different units ({words}); none is applied",
            page=group.first.table.page,
        )
        return None, (finding,)
    return (printed.pop() if printed else _column_unit(header)), ()


def _column_unit(header: HeaderReading) -> Unit | None:
    """A unit that all header columns with a unit agree on (``金额（万元）``)."""
    units = {c.unit for c in header.columns if c.unit}
    return units.pop() if len(units) == 1 else None


def with_family(
    table: LogicalTable,
    family: str,
    fund_scope: str | None,
    kind: str | None,
    year: int | None,
) -> LogicalTable:
    """The table with its family settled."""
    settled = table.kind if kind is None else ("final" if kind == "final" else "budget")
    year = table.title_year or year
    return replace(table, family=family, fund_scope=fund_scope, kind=settled, year=year)
