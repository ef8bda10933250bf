"""The hook of the reader: pages with evidence are read again, and get their unruled tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..glyph_places import OUTSIDE, assign_glyphs
from ..grid import Grid, merge_rules, rules_to_grids
from ..lines import glyphs_to_lines
from ..model import ENGINE_OF_TEXT, Glyphs, RawPage, RawTable
from ..pdfium.reader import PageContent, read_contents
from ..settings import ReadSettings
from ..source import PageError
from ..tables import assemble_page
from .blocks import Block, find_blocks, merge_spans
from .evidence import may_hold_unruled
from .half_ruled import divide_tall_rows, divide_wide_cells, holds_columns
from .headers import Header, pitch_of, read_header
from .layout import block_to_grid
from .pieces import Span, rows_outside
from .rest import find_rest, find_start, has_other_header, on_columns_of
from .second import Columns, better_columns, is_doubtful, other_columns, second_columns

_SAME_PT = 1.0
_LINE_PT = 6.0
"""Between double rules a grid has rows in which no line of text fits."""
Mark = tuple[Grid, bool]
"""A grid and whether it follows from rules alone."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A block with its columns and its header.

    ``note``: what a second reader says of the columns, where it was asked.
    """

    block: Block
    spans: tuple[Span, ...]
    header: Header
    note: str = ""


Contents = tuple[PageContent, list[Mark], list[Laid]]
"""A page, its grids and the blocks outside them."""


def add_unruled_tables(
    pages: Sequence[RawPage],
    data: bytes,
    settings: ReadSettings | None = None,
    known: Mapping[int, PageContent] | None = None,
    by_camelot: frozenset[int] = frozenset(),
) -> list[RawPage]:
    """The pages, those that hold tables without upright rules with these made out.

    Columns of a table that goes on over pages are the same on all of them. ``known``: contents of
    pages that are not to be read again, since their text was mended. ``by_camelot``: pages on
    which camelot's columns are taken wherever it parts others.
    """
    known = known or {}
    wanted = [page.number for page in pages if may_hold_unruled(page, page.number in known)]
    if not wanted:
        return list(pages)
    settings = settings or ReadSettings()
    contents: dict[int, Contents] = {}
    with suppress(PageError):
        for content in _contents(data, wanted, settings, known):
            grids, laid = _lay_out(content, settings)
            laid = second_look(content, laid, data, settings, content.number in by_camelot)
            if laid or any(not is_ruled for _, is_ruled in grids):
                contents[content.number] = (content, grids, laid)
    _add_rests(pages, data, settings, known, contents)
    _share_columns([laid for _, (_, _, laid) in sorted(contents.items())], sorted(contents))
    return [
        _with_tables(page, *contents[page.number], settings) if page.number in contents else page
        for page in pages
    ]


def _add_rests(
    pages: Sequence[RawPage],
    data: bytes,
    settings: ReadSettings,
    known: Mapping[int, PageContent],
    contents: dict[int, Contents],
) -> None:
    """Add the pages on which only a row or two of a table of the page beside stand, in place."""
    free = {p.number for p in pages if p.lines and not p.tables and p.text_source == "pdf"}
    free -= contents.keys()
    found = sorted(number for number, (_, _, laid) in contents.items() if laid)
    wanted = sorted(free & {beside for number in found for beside in (number - 1, number + 1)})
    if not wanted:
        return
    with suppress(PageError):
        for content in _contents(data, wanted, settings, known):
            rules = merge_rules(content.rules_h, content.rules_v, settings.rules)
            free_glyphs = np.ones(len(content.glyphs), np.bool_)
            rows = rows_outside(content.glyphs, free_glyphs, settings.text)
            rest: Block | None = None
            if content.number - 1 in found:
                rest = find_rest(rows, rules.h, contents[content.number - 1][2][-1].block)
            if rest is None and content.number + 1 in found:
                rest = find_start(rows, rules.h, contents[content.number + 1][2][0].block)
            if rest is not None:
                contents[content.number] = (content, [], [_laid(rest)])


def second_look(
    content: PageContent,
    laid: Sequence[Laid],
    data: bytes,
    settings: ReadSettings,
    of_all: bool = False,
) -> list[Laid]:
    """The blocks, those whose columns are in doubt on the columns of camelot where these are clear.

    What camelot says is asked of pages as they are stored; of a page that is turned nothing.
    ``of_all``: all blocks are in doubt, whatever stands in their columns.
    """
    doubtful = [each for each in laid if of_all or is_doubtful(each.block, each.spans)]
    if not doubtful or content.rotation:
        return list(laid)
    offers = list(
        second_columns(data, content.number, content.height, [each.block for each in doubtful])
    )
    looked = {
        id(each): _reconsidered(each, [o[i] for o in offers], content, settings, of_all)
        for i, each in enumerate(doubtful)
    }
    return [looked.get(id(each), each) for each in laid]


def _reconsidered(
    laid: Laid,
    offers: Sequence[Columns | None],
    content: PageContent,
    settings: ReadSettings,
    of_all: bool,
) -> Laid:
    made = [offer for offer in offers if offer is not None]
    best = better_columns(laid.block, laid.spans, made)
    if of_all and best is None:
        best = other_columns(laid.block, laid.spans, made)
        if best is None:
            return laid
    if best is None:
        said = ", ".join(str(len(o.spans)) for o in offers if o is not None) or "no"
        return replace(laid, note=f"figures share a column; camelot parts {said} columns")
    block = replace(laid.block, spans=best.spans)
    other = _laid(block)
    if not _keeps_figures(other, content.glyphs, settings):
        return replace(laid, note=f"figures share a column; camelot's {len(best.spans)} cut some")
    told = f"camelot ({best.flavour}) parts {len(other.spans)}, the gaps {len(laid.spans)}"
    why = "fewer identities fail so" if of_all else "figures shared one"
    return replace(other, note=f"columns are camelot's, for {why}: {told}")


def _keeps_figures(laid: Laid, glyphs: Glyphs, settings: ReadSettings) -> bool:
    """Whether all figures of a block stay whole on its columns."""
    grid = block_to_grid(laid.block, laid.spans, laid.header)
    owner = assign_glyphs(glyphs, [grid], settings.text)
    whole = {owned.line.text for owned in glyphs_to_lines(glyphs, owner, settings.text)}
    figures = (p.line.text for row in laid.block.rows for p in row.pieces if p.is_figure)
    return all(text in whole for text in figures)


def _contents(
    data: bytes, wanted: Sequence[int], settings: ReadSettings, known: Mapping[int, PageContent]
) -> Iterator[PageContent]:
    """The contents of the pages wanted: those known, then the others."""
    yield from (known[number] for number in wanted if number in known)
    yield from read_contents(data, [n for n in wanted if n not in known], settings)


def _lay_out(content: PageContent, settings: ReadSettings) -> tuple[list[Mark], list[Laid]]:
    """The grids of a page, with whether rules alone make them, and the blocks outside them."""
    rules = merge_rules(content.rules_h, content.rules_v, settings.rules)
    kept: list[Mark] = []
    weak: list[Grid] = []
    glyphs = content.glyphs
    for grid in rules_to_grids(rules, settings.grid):
        owner = assign_glyphs(glyphs, [grid], settings.text)
        divided = divide_wide_cells(grid, glyphs, owner, settings.text)
        if divided is not grid:
            owner = assign_glyphs(glyphs, [divided], settings.text)
        divided = divide_tall_rows(divided, glyphs, owner, settings.text)
        if divided is grid and holds_columns(grid, glyphs, owner, settings.text):
            weak.append(grid)
        else:
            kept.append((divided, divided is grid))
    for grids in ([grid for grid, _ in kept], [*(grid for grid, _ in kept), *weak]):
        owner = assign_glyphs(glyphs, grids, settings.text)
        rows = rows_outside(glyphs, owner == OUTSIDE, settings.text)
        blocks = [
            block
            for block in find_blocks(rows, rules.h)
            if not any(_overlaps(block, grid) for grid in grids)
        ]
        if all(any(_replaces(block, grid) for block in blocks) for grid in weak):
            break
        kept = [*kept, *((grid, True) for grid in weak)]
        weak = []
    kept.sort(key=lambda mark: (float(mark[0].row_edges[0]), float(mark[0].col_edges[0])))
    return kept, [_laid(block) for block in blocks]


def _laid(block: Block) -> Laid:
    """A block with its columns and its header, and what is not sure of it."""
    spans, header = read_header(block, pitch_of(block))
    doubts = ", ".join(f"{a + 1} to {b}" for a, b in header.doubts)
    note = f"which heading stands over which of the columns {doubts} cannot be told"
    return Laid(block, spans, header, note if doubts else "")


def _replaces(block: Block, grid: Grid) -> bool:
    """Whether a block holds all of a grid, in more rows and no fewer columns."""
    n_rows, n_cols = grid.slots.shape
    is_inside = (
        block.rows[0].top < float(grid.row_edges[1]) + _LINE_PT
        and block.rows[-1].bottom > float(grid.row_edges[-2]) - _LINE_PT
        and block.x0 < float(grid.col_edges[1])
        and block.x1 > float(grid.col_edges[-2])
    )
    return is_inside and len(block.spans) >= n_cols and len(block.rows) > n_rows


def _overlaps(block: Block, grid: Grid) -> bool:
    x0, x1 = float(grid.col_edges[0]), float(grid.col_edges[-1])
    top, bottom = float(grid.row_edges[0]), float(grid.row_edges[-1])
    own_top, own_bottom = block.rows[0].top, block.rows[-1].bottom
    return block.x0 < x1 and x0 < block.x1 and own_top < bottom and top < own_bottom


def _share_columns(laid: Sequence[list[Laid]], numbers: Sequence[int]) -> None:
    """Give the last table of a page and the first of each next one the same columns, in place.

    Where the text of both leaves as many gaps as that of the one with more columns: text of a
    table that goes on stands in the same columns.
    """
    group: list[list[Laid]] = []  # pages; of the first its last table, of the others their first
    merged: list[Span] = []
    for (before, after), (one, two) in zip(pairwise(laid), pairwise(numbers), strict=True):
        if not group and before:
            group, merged = [before], list(before[-1].spans)
        if group and after and two == one + 1:
            rest = on_columns_of(after[0].block, merged, group[0][-1].block)
            after[0] = _laid(rest) if rest is not None else after[0]
        wide = merge_spans([*merged, *after[0].spans]) if after else []
        goes_on = (
            bool(group)
            and two == one + 1
            and bool(after)
            and not has_other_header(after[0].block, group[0][-1].block)
            and 1 < len(wide) == max(len(merged), len(after[0].spans))
            and _is_apart(merged, wide)
            and _is_apart(after[0].spans, wide)
        )
        if goes_on:
            group, merged = [*group, after], wide
        if not goes_on or len(after) > 1:
            _spread(group, merged)
            group = []
    _spread(group, merged)


def _is_apart(own: Sequence[Span], wide: Sequence[Span]) -> bool:
    """Whether each column lies in one of the wider ones alone."""
    places = [next(i for i, (a, b) in enumerate(wide) if a <= x <= b) for x, _ in own]
    return len(set(places)) == len(places)


def _spread(pages: Sequence[list[Laid]], spans: Sequence[Span]) -> None:
    """Put the pages of one table on common columns, in place: the last table of the first one."""
    if len(pages) < 2:
        return
    pages[0][-1] = _on(pages[0][-1], spans)
    first = pages[0][-1]
    for page in pages[1:]:
        page[0] = _on(page[0], spans)
        if page[0].header.doubts and not first.header.doubts:
            page[0] = _headed_as(page[0], first)


def _headed_as(laid: Laid, first: Laid) -> Laid:
    """The same with the header of the first page of its table, where that is printed again."""
    if not first.block.n_header or laid.block.n_header != first.block.n_header:
        return laid
    down = laid.block.rows[0].y - first.block.rows[0].y
    cuts = tuple(cut + down for cut in first.header.cuts)
    return replace(laid, header=replace(first.header, cuts=cuts), note="")


def _on(laid: Laid, spans: Sequence[Span]) -> Laid:
    """The same on columns that hold its own."""
    place = [
        next(i for i, (a, b) in enumerate(spans) if a <= own[0] and own[1] <= b)
        for own in laid.spans
    ]
    return replace(laid, spans=tuple(spans), header=laid.header.on(place))


def _with_tables(
    page: RawPage,
    content: PageContent,
    kept: Sequence[Mark],
    laid: Sequence[Laid],
    settings: ReadSettings,
) -> RawPage:
    unruled = [block_to_grid(each.block, each.spans, each.header) for each in laid]
    marks = [*kept, *((grid, False) for grid in unruled)]
    marks.sort(key=lambda mark: (float(mark[0].row_edges[0]), float(mark[0].col_edges[0])))
    tables, lines = assemble_page(
        page.number, content.glyphs, [grid for grid, _ in marks], settings.text,
        ENGINE_OF_TEXT[page.text_source], content.cut,
    )  # fmt: skip
    notes = {id(grid): each.note for grid, each in zip(unruled, laid, strict=True)}
    own = [
        (float(grid.col_edges[0]), float(grid.row_edges[0]), notes.get(id(grid), ""))
        for grid, is_ruled in marks
        if not is_ruled
    ]
    marked = tuple(_marked(table, own) for table in tables)
    return replace(page, tables=marked, lines=lines)


def _marked(table: RawTable, own: Sequence[tuple[float, float, str]]) -> RawTable:
    """A table with the mark that not all of it follows from rules, if it is one of ``own``."""
    for x0, top, note in own:
        if abs(x0 - table.box.x0) < _SAME_PT and abs(top - table.box.top) < _SAME_PT:
            return replace(table, is_ruled=False, column_note=note)
    return table
