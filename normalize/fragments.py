"""Drawn tables as pages of a published one: their captions, titles and open sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from yusuan.extract.model import Cell, Edge, Line, RawPage, RawTable
from yusuan.normalize.captions import (
    Caption,
    is_caption_text,
    is_page_footer,
    read_lines,
)
from yusuan.normalize.column_fit import SAME_PLACE, Edges, Fit
from yusuan.normalize.model import CellKey

# Number, title (over two lines), publisher, unit.
MAX_CAPTION_LINES = 5
# Rows at the top of a grid in which title, name and unit may stand.
_CAPTION_ROWS = 3


@dataclass(frozen=True, slots=True)
class Fragment:
    """One drawn table with its caption read.

    ``keys``: title candidates, nearest the table first. ``fit`` maps its x onto the first
    fragment's. ``beside``: number of the fragment whose rows it continues to the right (a sheet
    too wide for the paper), None for one that continues below.
    """

    table: RawTable
    caption: Caption
    keys: tuple[str, ...] = ()
    fit: Fit = SAME_PLACE
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class TableGroup:
    """The drawn tables that make up one published table, in page order."""

    fragments: tuple[Fragment, ...]

    @property
    def first(self) -> Fragment:
        """The fragment with the title and the header."""
        return self.fragments[0]

    @property
    def last(self) -> Fragment:
        """The fragment that a continuation would follow."""
        return self.fragments[-1]


def read_fragment(table: RawTable, foot: Sequence[Line] = ()) -> Fragment:
    """Read the caption; a sheet whose title row is ruled too carries it inside the grid.

    ``foot``: the last lines of the page before. A caption may stand there alone, where the rows
    that must not be parted did not fit below it; then it has both a title and a unit.
    """
    lines = list(table.caption)
    top = [c for c in table.cells if c.row < _CAPTION_ROWS and c.lines] if table.n_cols > 2 else []
    for row in range(_CAPTION_ROWS):
        filled = sorted([c for c in top if c.row == row], key=lambda c: c.col)
        is_caption = all(is_caption_text("".join(line.text for line in c.lines)) for c in filled)
        told = filled if is_caption else [c for c in filled if c.col_span >= 0.8 * table.n_cols]
        if filled and not told:
            break  # the header begins; what is wide below it is a row of the table
        lines.extend(line for cell in told for line in cell.lines)
    caption, keys = read_lines(lines)
    if foot and not has_title(caption) and caption.unit is None:
        above, keys_above = read_lines(foot)
        if above.unit and above.title and has_title(above):
            return Fragment(table, above, keys_above)
    return Fragment(table, caption, keys)


def foot_of(page: RawPage) -> tuple[Line, ...]:
    """The lines below the last table of a page that may be the caption of the next page's."""
    bottom = max((table.box.bottom for table in page.tables), default=0.0)
    upwards = (ln for ln in reversed(page.lines) if ln.box.top >= bottom and not is_page_footer(ln))
    return tuple(islice(upwards, MAX_CAPTION_LINES))[::-1]


def has_title(caption: Caption) -> bool:
    """Whether the caption prints a table's number or title."""
    return bool(caption.table_no) or (
        caption.title is not None and caption.title_key.endswith(("表", "表（续）"))
    )


def same_title(of: Fragment, fragment: Fragment) -> bool:
    """Whether the fragment repeats its table's title (and does not name another body)."""
    first, own = of.caption, fragment.caption
    if own.title is None or own.title_key != first.title_key:
        return False
    return own.table_no == first.table_no and own.publisher in (None, first.publisher)


def open_edges(table: RawTable) -> frozenset[Edge]:
    """The sides on which some cell has no rule."""
    return frozenset[Edge]().union(*[c.open_edges for c in table.cells if c.open_edges])


def moved_edges(fragment: Fragment) -> Edges:
    """The x of the fragment's column edges on the scale of its table's first fragment, pt."""
    if fragment.fit.edges is not None:
        return np.asarray(fragment.fit.edges, dtype=np.float64)
    edges: Edges = np.asarray(fragment.table.col_edges, dtype=np.float64)
    return edges * fragment.fit.scale + fragment.fit.shift


def filled_cells(
    table: RawTable, texts: Mapping[CellKey, str], first: int, end: int | None = None
) -> list[tuple[Cell, str]]:
    """The filled cells anchored in rows ``first`` to ``end`` (not included), with their texts."""
    end = table.n_rows if end is None else end
    page, index = table.page, table.index
    return [
        (cell, texts[(page, index, cell.row, cell.col)])
        for cell in table.cells
        if first <= cell.row < end and cell.lines
    ]
