"""Units merged over rows that a page's end cuts: the name may be printed on the later part only.

A spreadsheet draws a merged cell's text in its middle, which may lie on the next page. The part at
the page's foot is then blank, and its rows are of the unit below it, not of the one above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.model import LogicalCell, LogicalTable

_UNIT_ROLES = frozenset({"unit", "unit_code", "unit_name"})


def late_units(
    draft: Draft, lane: Sequence[int], attributes: Sequence[Attributes]
) -> dict[int, dict[int, LogicalCell]]:
    """The blank unit cells at the feet of pages with the text of their other part, by row, column.

    Only where the cell above, if there is one, is on the same page and filled, so that the blank
    cell is no rest of a part cut before, and where the rules say that both parts are one cell: the
    upper one is merged over rows or open at its foot, and what is above it is closed.
    """
    found: dict[int, dict[int, LogicalCell]] = {}
    for col in lane:
        if attributes[col].get("role") not in _UNIT_ROLES:
            continue
        cells = _column(draft.table, col)
        for above, blank, below in zip([None, *cells], cells, cells[1:], strict=False):
            if blank.text or not below.text or (above is not None and not above.text):
                continue
            if _is_cut(draft.table, above, blank, below):
                found.setdefault(blank.row, {})[col] = blank._replace(text=below.text)
                note = f"the unit of these rows is printed on the next page: {below.text}"
                draft.note("owner-inferred", note, blank)
    return found


def _column(table: LogicalTable, col: int) -> list[LogicalCell]:
    """The cells of a column from the top, those of total rows over several columns included."""
    cells: Mapping[tuple[int, int], LogicalCell] = {
        (c.row, c.col): c for row in table.rows for c in row if c.col == col
    }
    return [cells[key] for key in sorted(cells)]


def _is_cut(
    table: LogicalTable, above: LogicalCell | None, blank: LogicalCell, below: LogicalCell
) -> bool:
    """Whether a blank cell at a page's foot and the cell at the next page's top are one."""
    pages = table.row_pages
    last = blank.row + max(1, blank.row_span) - 1
    if last + 1 != below.row or last + 1 >= len(pages) or pages[last] == pages[last + 1]:
        return False
    if above is not None and pages[above.row] != pages[blank.row]:
        return False
    is_joined = "bottom" in blank.open_edges or "top" in below.open_edges
    is_apart = "top" not in blank.open_edges and (above is None or "bottom" not in above.open_edges)
    return is_apart and (is_joined or blank.row_span > 1)
