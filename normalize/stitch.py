"""Find which drawn tables are pages of one published table, and lay them on one column grid.

A spreadsheet or word processor cuts a long table at page ends. The next page may repeat title and
header, or start with the next row and draw only the columns that have rules there. Evidence for a
continuation: first table of its page, right after the last one of the page before, no title of
its own (or the same one), and column rules at the same x-positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from yusuan.extract.model import Cell, Edge, Line, RawPage, RawTable
from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.column_fit import (
    EDGE_TOLERANCE_PT,
    Edges,
    Fit,
    cluster_edges,
    fit_columns,
    shared_edges,
)
from yusuan.normalize.data_cells import is_data
from yusuan.normalize.fragments import (
    Fragment,
    TableGroup,
    filled_cells,
    foot_of,
    has_title,
    moved_edges,
    open_edges,
    read_fragment,
    same_title,
)
from yusuan.normalize.model import CellKey, Finding
from yusuan.normalize.text import header_key
from yusuan.normalize.unwrap import is_filled_up

# Fewer equal header cells than this may be chance (项目 | 金额).
MIN_NAMED_COLUMNS = 3
# How far down the first page the words of its header are looked for.
HEADER_ROWS_COMPARED = 6
# A table drawn in two boxes with a blank strip between them (an empty, unruled sheet row).
MAX_GAP_ON_PAGE_PT = 24.0
# A total row alone on a page is no header, though headers have these words too.
_TOTAL_ENDS = ("合计", "总计", "小计")
_YEAR = re.compile(r"20\d\d$")
_Named = tuple[int, int, str]
"""A filled cell: column, column span, header key."""


@dataclass(slots=True)
class _Growing:
    """A published table whose pages are being found: what the next drawn table is held against.

    ``header``: keys of the first page's first rows. ``below``: the last fragment that continues
    below. ``free``: the sides without rules of each fragment that nothing stands beside yet, by
    its number. ``further``: the column edges of those that stand beside others, each set once.
    ``top``: the filled cells of the first page's first row.
    """

    fragments: list[Fragment]
    header: frozenset[str]
    top: tuple[_Named, ...]
    below: Fragment
    free: dict[int, frozenset[Edge]]
    further: dict[tuple[float, ...], Edges] = field(default_factory=dict)
    _fits: dict[tuple[object, ...], Fit | None] = field(default_factory=dict)

    @classmethod
    def of(cls, fragment: Fragment, texts: Mapping[CellKey, str]) -> _Growing:
        """A table of one page so far."""
        cells = filled_cells(fragment.table, texts, 0, HEADER_ROWS_COMPARED)
        top = _named([(cell, text) for cell, text in cells if cell.row == 0])
        return cls([fragment], _keys(cells), top, fragment, {0: open_edges(fragment.table)})

    def add(self, fragment: Fragment) -> None:
        """Take in a fragment that continues below or beside another one."""
        if fragment.beside is None:
            self.free[len(self.fragments)] = open_edges(fragment.table)
            self.below = fragment
        else:
            del self.free[fragment.beside]
            edges = fragment.table.col_edges
            self.further[edges] = np.asarray(edges, dtype=np.float64)
        self.fragments.append(fragment)

    def fit(self, table: RawTable) -> Fit | None:
        """How a table's columns lie on those of the first page and of the last one below it.

        Most pages of a sheet draw the same columns: each set is held against each other once.
        """
        drawn = (self.below.table.col_edges, self.below.fit, table.col_edges)
        if drawn not in self._fits:
            moved = [moved_edges(f) for f in (self.fragments[0], self.below)]
            reference = cluster_edges(np.concatenate(moved), EDGE_TOLERANCE_PT)
            edges = np.asarray(table.col_edges, dtype=np.float64)
            self._fits[drawn] = fit_columns(reference, edges)
        return self._fits[drawn]


def stitch_pages(
    pages: Sequence[RawPage], texts: Mapping[CellKey, str], header_words: frozenset[str]
) -> tuple[tuple[TableGroup, ...], tuple[Finding, ...]]:
    """Group the document's drawn tables into published tables.

    ``texts``: unwrapped text by cell key. ``header_words``: their keys, used to tell a
    continuation with its own, different header. A finding tells each join and why.
    """
    groups: list[_Growing] = []
    findings: list[Finding] = []
    previous_page = 0
    foot: tuple[Line, ...] = ()
    for page in pages:
        for position, table in enumerate(page.tables):
            fragment = read_fragment(table, foot if position == 0 else ())
            reason: str | None = None
            if groups:
                fragment, reason = _continuation(
                    groups[-1], fragment, position == 0, previous_page, texts, header_words
                )
            if reason is None:
                groups.append(_Growing.of(fragment, texts))
                continue
            groups[-1].add(fragment)
            findings.append(
                Finding(
                    code="stitch-joined",
                    note=f"table {table.index} of page {table.page} continues the table that "
                    f"begins on page {groups[-1].fragments[0].table.page}",
                    page=table.page,
                    rule="same columns, no title of its own",
                    evidence=reason,
                )
            )
        if page.tables or page.n_glyphs:
            previous_page = page.number
            foot = foot_of(page)
    return tuple(TableGroup(tuple(group.fragments)) for group in groups), tuple(findings)


def _continuation(
    group: _Growing,
    fragment: Fragment,
    is_first_of_page: bool,
    previous_page: int,
    texts: Mapping[CellKey, str],
    header_words: frozenset[str],
) -> tuple[Fragment, str | None]:
    """Decide whether a drawn table continues the one before it: (fitted, evidence or None)."""
    last, first = group.fragments[-1].table, group.fragments[0]
    table = fragment.table
    if table.page == last.page:
        gap = table.box.top - last.box.bottom
        if table.caption or gap > MAX_GAP_ON_PAGE_PT:
            return fragment, None
    elif not is_first_of_page or last.page != previous_page:
        return fragment, None
    is_same_title = same_title(first, fragment)
    if has_title(fragment.caption) and not is_same_title:
        return fragment, None
    top = filled_cells(table, texts, 0, 1)
    if _begins_again(group.top, _named(top), header_words):
        return fragment, None
    own, theirs = _keys(top), group.header
    named = {key for key in own if not key.endswith(_TOTAL_ENDS)}
    known = named & header_words
    # A year alone, which may be a figure, is here more likely a header.
    has_data = any(is_data(text) and not _YEAR.match(text) for _, text in top)
    is_new = not own <= theirs and not has_data and not _is_rest(group, table, texts)
    has_other_header = len(known) >= max(0.6 * len(named), 1) and is_new
    beside = _beside(group, table, has_other_header=has_other_header)
    if beside is not None:
        moved = _moved_beside(group.fragments[beside], fragment, beside)
        return moved, "rows at the same places, further columns"
    fit = group.fit(table)
    if fit is None:
        fit = _fit_by_header(first.table, table, texts)
    # A total alone is no header, nor is a row below which nothing stands, or a row of a list in
    # which a word of a header happens to stand.
    has_words = table.n_rows > 1 and len(known) >= max(0.5 * len(named), 1)
    is_new_list = is_same_title and has_words and is_new
    if fit is None or has_other_header or is_new_list:
        return fragment, None
    evidence = "columns at the same places"
    if is_same_title:
        evidence += ", title and header repeated" if own <= theirs else ", title repeated"
    elif own and own <= theirs:
        evidence += ", header repeated"
    return replace(fragment, fit=fit), evidence


def _begins_again(
    first: Sequence[_Named], top: Sequence[_Named], header_words: frozenset[str]
) -> bool:
    """Whether a form begins anew: its first label again, with another value beside it.

    Forms of one kind follow each other without titles: 项目名称 | 甲 …, 项目名称 | 乙 …
    ``first``, ``top``: the first rows of the group's first page and of this one.
    """
    own, held = ([key for _, _, key in row] for row in (top, first))
    if len(own) not in (2, 4):
        return False
    if len(held) != len(own) or held[::2] != own[::2]:
        return False
    is_labelled = all(label in header_words for label in own[::2])
    return is_labelled and own[1] != held[1] and not {own[1], held[1]} & header_words


def _is_rest(group: _Growing, table: RawTable, texts: Mapping[CellKey, str]) -> bool:
    """Whether what stands at a page's head is the rest of what the page before has cut."""
    return _is_cut_open(group, table) or _is_rest_of_row(group.below.table, table, texts)


def _is_cut_open(group: _Growing, table: RawTable) -> bool:
    """Whether cells go on over the page's end without a rule, in a table that is ruled above.

    What stands at the page's head is then the rest of cells, or the next row, and no header.
    """
    first, above = group.fragments[0].table, group.below.table
    is_ruled = not any("top" in c.open_edges for c in first.cells if c.row == 0)
    is_open = any(
        "bottom" in c.open_edges for c in above.cells if c.row + c.row_span == above.n_rows
    )
    return is_ruled and is_open and any("top" in c.open_edges for c in table.cells if c.row == 0)


def _is_rest_of_row(above: RawTable, table: RawTable, texts: Mapping[CellKey, str]) -> bool:
    """Whether the first row of a page is the rest of the row that ends the page before.

    Then each of its texts stands below another one, which is full to its end unless the row has
    names only: a header has a word for most columns. 收入 at a page's head may be the end of
    四、上级补助收入.
    """
    last = {
        (cell.col, cell.col_span): (cell, text)
        for cell, text in filled_cells(above, texts, 0)
        if cell.row + cell.row_span == above.n_rows
    }
    columns = _columns_in(above, table)
    top = [
        (cell, text, last.get((first, columns.get(cell.col + cell.col_span, first) - first)))
        for cell, text in filled_cells(table, texts, 0, 1)
        for first in [columns.get(cell.col, -1)]
    ]
    # A name merged over rows may be printed on both pages.
    top = [(c, t, held) for c, t, held in top if not (c.row_span > 1 and held and held[1] == t)]
    held = [(*over, text) for _, text, over in top if over and not looks_like_amount(over[1])]
    if not top or len(held) < len(top):
        return False
    n_named = sum(cell.col_span for cell, _, _ in top)
    is_full = all(is_filled_up(cell.lines, text, cell.box) for cell, _, text in held)
    return is_full or 2 * n_named <= table.n_cols


def _columns_in(above: RawTable, table: RawTable) -> dict[int, int]:
    """For each column edge of ``table``, by number, the one of ``above`` at the same place.

    Where both have as many columns they are the same ones. A page on which no row parts 类|款|项
    draws fewer columns; what stands on none of the other page's edges is left out.
    """
    if above.n_cols == table.n_cols:
        return {edge: edge for edge in range(table.n_cols + 1)}
    reference, edges = (np.asarray(t.col_edges, dtype=np.float64) for t in (above, table))
    fit = fit_columns(reference, edges)
    if fit is None:
        return {}
    distance = np.abs(reference[None, :] - (edges * fit.scale + fit.shift)[:, None])
    near = distance.argmin(axis=1)
    return {
        edge: int(at) for edge, at in enumerate(near) if distance[edge, at] <= EDGE_TOLERANCE_PT
    }


def _beside(group: _Growing, table: RawTable, *, has_other_header: bool) -> int | None:
    """Number of the fragment that a sheet too wide for the paper continues here, to the right.

    Its rows stand at the same heights, and either the rule at the page's edge is missing on both
    pages, or it has a header of its own; later pages fit the columns of an earlier such page.
    """
    edges, is_open = np.asarray(table.col_edges, dtype=np.float64), "left" in open_edges(table)
    fits_further = any(_stands_on(edges, further) for further in group.further.values())
    if not (has_other_header or fits_further or is_open):
        return None
    is_other = not _stands_on(edges, np.asarray(group.fragments[0].table.col_edges))
    for number, sides in group.free.items():
        base = group.fragments[number].table
        is_framed = "left" not in sides  # else it has no outer rules anywhere
        is_cut = is_framed and "right" in sides and is_open
        is_further = fits_further and (is_other or _is_next(group, number))
        if (is_cut or has_other_header or is_further) and _same_rows(base, table):
            return number
    return None


def _stands_on(edges: Edges, reference: Edges) -> bool:
    """Whether all of these column edges are edges of the reference, its first or last among them.

    (Of the other ones: see ``shared_edges``.)
    """
    return shared_edges(reference, edges, EDGE_TOLERANCE_PT) == 1.0


def _is_next(group: _Growing, number: int) -> bool:
    """Whether the order of the pages so far puts the page beside fragment ``number`` here.

    A sheet is printed over, then down (a page, the one beside it, the next page), or down, then
    over: then the pages beside come in the order of those that they stand beside.
    """
    last = group.fragments[-1]
    if last.beside is not None:
        return last.beside < number
    return group.fragments[1].beside == 0 and group.fragments[number] is last


def _moved_beside(base: Fragment, fragment: Fragment, beside: int) -> Fragment:
    """The fragment moved to the right end of the one that it continues."""
    shift = float(moved_edges(base)[-1]) - fragment.table.col_edges[0]
    return replace(fragment, fit=Fit(1.0, shift), beside=beside)


def _same_rows(base: RawTable, table: RawTable) -> bool:
    """Whether the rows of ``table`` are those of ``base``.

    Header rows that are merged on one of the two pages are rows of their own on the other.
    """
    edges = np.asarray(base.row_edges)
    own = np.asarray(table.row_edges)
    ends = abs(edges[0] - own[0]) + abs(edges[-1] - own[-1]) <= 2 * EDGE_TOLERANCE_PT
    near = np.abs(edges[None, :] - own[:, None]) <= EDGE_TOLERANCE_PT
    return bool(ends and (near.any(axis=1).all() or near.any(axis=0).all()))


def _fit_by_header(first: RawTable, table: RawTable, texts: Mapping[CellKey, str]) -> Fit | None:
    """Columns drawn anew, with other widths, under the same header: matched one by one."""
    if first.n_cols != table.n_cols or table.n_cols < 3:
        return None
    named = 0
    for row in range(min(first.n_rows, table.n_rows)):
        keys, others = (_named(filled_cells(t, texts, row, row + 1)) for t in (first, table))
        if keys != others:
            break
        named += len(keys)
    if named < MIN_NAMED_COLUMNS:
        return None
    return Fit(1.0, 0.0, first.col_edges)


def _named(row: Iterable[tuple[Cell, str]]) -> tuple[_Named, ...]:
    """The filled cells of a row from left to right."""
    return tuple(sorted([(c.col, c.col_span, header_key(text)) for c, text in row]))


def _keys(filled: Iterable[tuple[Cell, str]]) -> frozenset[str]:
    """The header keys of filled cells."""
    return frozenset(header_key(text) for _, text in filled)
