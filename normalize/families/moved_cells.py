"""Cells that a browser drew beside the wrong rows, put back to the rows that they stand for.

Where a row does not fit on a page, a browser with separate borders leaves a strip of the page
blank and begins the row on the next page. A cell that is merged over that row fills the strip,
too, and is drawn that much shorter on the next page: its lower rule stands inside a row, or above
rows that are its own, and the cell below it begins too early. A cell that has nothing left is not
drawn at all; the text beside it then seems to stand in one cell with the columns before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.codes import project_code
from yusuan.normalize.families.cut_rows import with_rest
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable

_OWN_ROLES: Final = frozenset({"indicator", "level3", "nature", "value", "measure_unit"})

_OWNER_ROLES: Final = frozenset({"project", "project_code", "project_name", "activity"})

# A strip lower than this is not seen as a row: the rules above and below it are taken for one.
_UNSEEN_STRIP_PT: Final = 4.0
# Two ends that are one rule are this near, in points.
_SAME_RULE_PT: Final = 1.5
# With room for this many lines below it a text has come to its end.
_LINES_OF_ROOM: Final = 2.0
# A text in the middle of its cell is this near to it, in points.
_MIDDLE_PT: Final = 3.0

Rows = list[list[LogicalCell]]


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of one page by the cells that are not merged over them.

    ``starts``: numbers of the rows in which such a cell begins, and the end; ``edges``: their y
    in points. ``strip``: height of the blank strip at the page's foot, 0 where there is none.
    """

    first: int
    end: int
    starts: tuple[int, ...]
    edges: tuple[float, ...]
    strip: float

    def nearest(self, y: float) -> int:
        """Number of the edge that is nearest to a height."""
        return min(range(len(self.edges)), key=lambda i: abs(self.edges[i] - y))

    def is_at_edge(self, y: float, tolerance: float = _UNSEEN_STRIP_PT) -> bool:
        """Whether a row begins or ends there."""
        return abs(self.edges[self.nearest(y)] - y) <= tolerance


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A cell of a column from ``top`` to ``bottom``, in points."""

    cell: LogicalCell
    top: float
    bottom: float


def settle_moved_cells(
    table: LogicalTable, roles: Sequence[str]
) -> tuple[LogicalTable, frozenset[int]]:
    """The table with each cell that is merged over rows in those that it stands for.

    ``roles``: of the table's columns. What begins in none of the columns of which each indicator
    has a cell of its own is no row. Only pages behind one with a blank strip at its foot are
    changed, unless the cells of most end with a row as they are drawn.

    Also the rows whose project or activity is another one than drawn while no cell of the table
    shows that it was drawn too short: those that end inside a row do.
    """
    witnesses = [col for col, role in enumerate(roles) if role in _OWN_ROLES]
    merged = [col for col, role in enumerate(roles) if role not in _OWN_ROLES]
    feet = (row for row, (a, b) in enumerate(pairwise(table.row_pages)) if a != b)
    if not witnesses or not any(_is_strip(c, witnesses) for row in feet for c in table.rows[row]):
        return table, frozenset()
    pages = _pages(table, witnesses)
    rows = [list(row) for row in table.rows]
    behind = [
        pages[: n + 1]
        for n in range(1, len(pages))
        if pages[n - 1].strip and len(pages[n].starts) > 1
    ]
    for page in (so_far[-1] for so_far in behind):
        for row in range(page.first, page.end):
            own = [_in_own_column(cell, table.columns) for cell in rows[row]]
            rows[row] = [c for c in own if not _is_gap(c, merged)]
    shorter = sum(_says_shorter(rows, so_far, col) for so_far in behind for col in merged)
    if shorter < 0:
        return table, frozenset()
    doubtful: set[int] = set()
    for so_far in behind:
        for col in merged:
            moved = _settle(rows, so_far, col)
            if not shorter and roles[col] in _OWNER_ROLES:
                doubtful.update(moved)
    settled = tuple(tuple(sorted(row, key=lambda c: c.col)) for row in rows)
    return replace(table, rows=settled), frozenset(doubtful)


def tell_doubtful(draft: Draft, n_rows: int, owner: str | None, cell: LogicalCell) -> None:
    """A finding for rows that belong to ``owner`` only if its cell was drawn too short."""
    draft.tell(
        "owner-ambiguous",
        f"{n_rows} indicator row(s) stand below the drawn end of the cell that they are said to "
        "belong to",
        cell.origins[0],
        after=owner,
        rule="behind a blank strip a cell is drawn shorter by the strip's height",
        evidence="no cell of the table ends inside a row, which would show it",
    )


def _pages(table: LogicalTable, witnesses: Collection[int]) -> list[_Page]:
    found = []
    for _, group in groupby(range(len(table.rows)), key=lambda r: table.row_pages[r]):
        numbers = list(group)
        own = [[c for c in table.rows[r] if _last_col(c) in witnesses] for r in numbers]
        starts = [r for r, cells in zip(numbers, own, strict=True) if cells]
        edges = [min(_top(c) for c in cells) for cells in own if cells]
        edges.append(max((_bottom(c) for cells in own for c in cells), default=0.0))
        end = numbers[-1] + 1
        is_strip = any(_is_strip(c, witnesses) for c in own[-1])
        strip = edges[-1] - edges[-2] if is_strip else 0.0
        found.append(_Page(numbers[0], end, (*starts, end), tuple(edges), strip))
    return found


def _is_strip(cell: LogicalCell, witnesses: Collection[int]) -> bool:
    """Whether it is a blank cell without a lower rule that fills all columns of a row's own."""
    covered = range(cell.col, cell.col + cell.col_span)
    is_bare = not cell.text and cell.row_span == 1 and "bottom" in cell.open_edges
    return is_bare and cell.col_span > 1 and set(witnesses) <= set(covered)


def _is_gap(cell: LogicalCell, merged: Collection[int]) -> bool:
    """Whether nothing is drawn in several columns: the cells there have come to their ends."""
    return not cell.text and cell.col_span > 1 and {cell.col, _last_col(cell)} <= set(merged)


def _last_col(cell: LogicalCell) -> int:
    return cell.col + cell.col_span - 1


def _top(cell: LogicalCell) -> float:
    return cell.origins[0].box.top


def _bottom(cell: LogicalCell) -> float:
    return cell.origins[-1].box.bottom


def _in_own_column(cell: LogicalCell, columns: Sequence[LeafColumn]) -> LogicalCell:
    """The cell in the last of its columns, if its text stands there and not in the middle of all.

    Where the cells before it have come to their ends, none of them parts it from theirs.
    """
    last = columns[_last_col(cell)]
    if cell.col_span == 1 or not cell.lines or looks_like_amount(cell.text):
        return cell
    box, x0 = cell.origins[0].box, columns[cell.col].x0
    scale = (last.x1 - x0) / max(box.x1 - box.x0, 1.0)
    left = x0 + (min(line.box.x0 for line in cell.lines) - box.x0) * scale
    right = x0 + (max(line.box.x1 for line in cell.lines) - box.x0) * scale
    is_middle = abs((left + right) - (x0 + last.x1)) <= 2 * _MIDDLE_PT
    if left < last.x0 - 1.0 or is_middle:
        return cell
    return cell._replace(col=_last_col(cell), col_span=1)


def _says_shorter(rows: Rows, pages: Sequence[_Page], col: int) -> int:
    """Whether the cell that goes on at the last page's head was drawn too short.

    1 where it ends inside a row, and with a row if what strips took is added; -1 where it ends
    with a row as it is drawn, and would not; 0 where nothing tells.
    """
    page = pages[-1]
    above, spent = _spent(rows, pages[:-1], col)
    held = next(iter(_drawn(_column(rows, page, col))), None)
    is_held = held is not None and above is not None and _is_held(held, above, page)
    if held is None or not is_held or held.bottom >= page.edges[-1] - _SAME_RULE_PT:
        return 0
    if page.is_at_edge(held.bottom, _SAME_RULE_PT):
        # It may have been drawn to there by chance; rules near each other are one.
        return 0 if any(page.is_at_edge(held.bottom + s) for s in spent if s) else -1
    return int(any(page.is_at_edge(held.bottom + s, _SAME_RULE_PT) for s in spent if s))


def _settle(rows: Rows, pages: Sequence[_Page], col: int) -> list[int]:
    """Put the cells of a column on the last of these pages into the rows that they stand for.

    The rows that the cell at the page's head has gained from the one below it.
    """
    page = pages[-1]
    cells = _column(rows, page, col)
    drawn = _drawn(cells)
    gained: list[int] = []
    above, spent = _spent(rows, pages[:-1], col)
    if above is not None:
        held = drawn[0] if drawn and _is_held(drawn[0], above, page) else None
        end = held.bottom if held else page.edges[0]
        if end < page.edges[-1] - _SAME_RULE_PT:
            floor = _true_end(page, end, spent)
            gained = list(page.starts[page.nearest(end) : page.nearest(floor)])
            drawn = _with_first_to(floor, held, drawn[1:] if held else drawn, page)
    drawn = _joined_in_rows(drawn, page)
    for cell in cells:
        rows[cell.row].remove(cell)
    for item in drawn:
        start, end = page.nearest(item.top), page.nearest(item.bottom)
        if start >= end and not item.cell.text:
            continue
        start = min(start, len(page.edges) - 2)
        row, stop = page.starts[start], page.starts[max(end, start + 1)]
        rows[row].append(item.cell._replace(row=row, row_span=stop - row))
    return gained


def _drawn(cells: Sequence[LogicalCell]) -> list[_Drawn]:
    return [_Drawn(c, _top(c), _bottom(c)) for c in cells]


def _column(rows: Rows, page: _Page, col: int) -> list[LogicalCell]:
    """The cells of a column on a page, from top to bottom."""
    found = [c for row in rows[page.first : page.end] for c in row if c.col == col]
    return sorted(found, key=_top)


def _spent(
    rows: Rows, pages: Sequence[_Page], col: int
) -> tuple[LogicalCell | None, tuple[float, ...]]:
    """The cell that goes on over the end of the last page, and how much of it strips have taken.

    Of the strips of all pages that it goes over, of fewer, and none; in points.
    """
    above: LogicalCell | None = None
    spent = [0.0]
    for page in reversed(pages):
        last = next(iter(_column(rows, page, col)[::-1]), None)
        is_cut = last is not None and last.row + last.row_span == page.end
        if last is None or not is_cut or "bottom" not in last.open_edges or last.col_span > 1:
            break
        above = above or last
        spent.insert(0, spent[0] + page.strip)
        if last.row > page.first:
            break
    return above, tuple(spent)


def _is_held(first: _Drawn, above: LogicalCell, page: _Page) -> bool:
    """Whether the first cell of a column on a page is the rest of the one above it."""
    is_at_head = first.top <= page.edges[0] + _SAME_RULE_PT
    return is_at_head and not (first.cell.text and _is_whole(above, first.cell.text))


def _true_end(page: _Page, end: float, spent: Sequence[float]) -> float:
    """Where the cell ends that was drawn to ``end``, in points: with one of the page's rows."""
    ends = (page.edges[page.nearest(end + s)] for s in spent if page.is_at_edge(end + s))
    return next(ends, end)


def _with_first_to(
    floor: float, held: _Drawn | None, below: Sequence[_Drawn], page: _Page
) -> list[_Drawn]:
    """The cells of a column with the first one down to ``floor``.

    A text below its drawn end is its own: it is what did not fit.
    """
    found = [_Drawn(held.cell, held.top, floor)] if held else []
    for item in below:
        if item.bottom > floor + _SAME_RULE_PT:
            found.append(_Drawn(item.cell, max(item.top, floor), item.bottom))
        elif item.cell.text and found and found[-1].bottom == floor:
            found[-1] = _Drawn(with_rest(found[-1].cell, item.cell), found[-1].top, floor)
        elif item.cell.text:
            found.append(_Drawn(item.cell, page.edges[0], floor))
    return found


def _is_whole(above: LogicalCell, text: str) -> bool:
    """Whether the upper text is all of its cell's, so that ``text`` on the next page is another's.

    A browser fills the cell down to the page's end before the text goes on.
    """
    if project_code(above.text)[0] and project_code(text)[0]:
        return True
    if not above.lines:
        return False
    last = above.lines[-1].box
    return _bottom(above) - last.bottom > _LINES_OF_ROOM * (last.bottom - last.top)


def _joined_in_rows(drawn: Sequence[_Drawn], page: _Page) -> list[_Drawn]:
    """Cells with an end inside a row are one with the next one: the rule is another cell's end."""
    found: list[_Drawn] = []
    for item in drawn:
        held = found[-1] if found else None
        if held is None or page.is_at_edge(item.top) or held.bottom < item.top - _SAME_RULE_PT:
            found.append(item)
            continue
        cell = (
            with_rest(held.cell, item.cell)
            if held.cell.text and item.cell.text
            else (held.cell if held.cell.text else item.cell)
        )
        found[-1] = _Drawn(cell, held.top, item.bottom)
    return found
