"""Glyphs to the cells they are printed in, and to printed lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from sys import intern
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .grid import Grid
from .model import Edge, Glyphs, Line, box_of, line_of
from .settings import TextSettings

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

OUTSIDE = -1
_FIRST_HAN = 0x2E80
"""From CJK radicals on, letters are a full em wide and written without spaces."""
_MIDDLE = 0.36
"""Height of a glyph's middle above the baseline, in font sizes; loose boxes vary by font."""
_CUT = 0.5
"""A glyph reaches half its size from its middle: up to here it still touches the edge."""
_RUN_OVER = 0.9
"""A browser lets the last line of a cell that its page cuts run over the end of the rules."""
_PADDING = 0.75
"""Text whose end is this close to a cell's side, in font sizes, is aligned to that side."""


def assign_glyphs(glyphs: Glyphs, grids: Sequence[Grid], settings: TextSettings) -> Ints:
    """The cell each glyph belongs to, (n,), OUTSIDE for none.

    Cells of all grids are numbered through, in the order of ``grids``. A glyph is in the cell
    that holds its middle; of nested tables the smaller one wins. A run that overflows its cell
    stays whole, and so does a line cut by the page with its cell.
    """
    owner = np.full(len(glyphs), OUTSIDE)
    if not len(glyphs) or not grids:
        return owner
    x, y = _middles(glyphs)
    bases = np.cumsum([0] + [len(grid.cells) for grid in grids])
    for i in sorted(range(len(grids)), key=lambda i: -_area(grids[i])):
        grid = grids[i]
        row = np.searchsorted(grid.row_edges, y, side="right") - 1
        col = np.searchsorted(grid.col_edges, x, side="right") - 1
        row, is_cut = _reach_over_cuts(row, y, glyphs.sizes, grid)
        n_rows, n_cols = grid.slots.shape
        inside = np.flatnonzero((row >= 0) & (row < n_rows) & (col >= 0) & (col < n_cols))
        slot = grid.slots[row[inside], col[inside]]
        allowed = slot >= 0
        for side, cut in is_cut.items():
            is_open = np.array([side in edges for edges in grid.open_edges])
            allowed &= ~cut[inside] | is_open[slot]
        owner[inside[allowed]] = bases[i] + slot[allowed]
    return _keep_runs_whole(glyphs, owner, _cell_sides(grids), settings)


def _reach_over_cuts(
    row: Ints, y: Floats, sizes: Floats, grid: Grid
) -> tuple[Ints, dict[Edge, Bools]]:
    """Move glyphs that lie on the first or last edge into the row they are cut from.

    Where the page cuts a cell, a line of text may be cut with it: its upper half is printed and
    its middle lies beyond the end of the rules. Returns the rows and which glyphs were moved over
    which edge; that holds only for cells which are open there.
    """
    is_cut: dict[Edge, Bools] = {}
    over = (row < 0) & (y > grid.row_edges[0] - _CUT * sizes)
    if over.any():
        is_cut["top"] = over
    n_rows = len(grid.row_edges) - 1
    under = (row >= n_rows) & (y < grid.row_edges[-1] + _RUN_OVER * sizes)
    if under.any():
        is_cut["bottom"] = under
    if is_cut:
        row = np.where(over, 0, np.where(under, n_rows - 1, row))
    return row, is_cut


def _area(grid: Grid) -> float:
    return float(
        (grid.row_edges[-1] - grid.row_edges[0]) * (grid.col_edges[-1] - grid.col_edges[0])
    )


def _cell_sides(grids: Sequence[Grid]) -> Floats:
    """(m, 2) left and right of all cells, numbered through."""
    return np.concatenate(
        [
            np.stack(
                (
                    grid.col_edges[grid.cells[:, 1]],
                    grid.col_edges[grid.cells[:, 1] + grid.cells[:, 3]],
                ),
                axis=1,
            )
            for grid in grids
        ]
    )


def _middles(glyphs: Glyphs) -> tuple[Floats, Floats]:
    """Middle points of what is painted; upright glyphs take their height from the baseline.

    A line that its cell's clip cuts in half may have its middle, but nothing else, in the next
    cell.
    """
    x = (glyphs.boxes[:, 0] + glyphs.boxes[:, 2]) / 2
    y = glyphs.origins[:, 1] - _MIDDLE * glyphs.sizes
    turns = glyphs.turns
    if turns is not None and turns.any():
        y = np.where(turns == 0, y, (glyphs.boxes[:, 1] + glyphs.boxes[:, 3]) / 2)
    if glyphs.clips is not None:
        half_x = (glyphs.boxes[:, 2] - glyphs.boxes[:, 0]) / 2
        half_y = glyphs.sizes / 2
        x0, top, x1, bottom = glyphs.clips.T
        x = (np.maximum(x - half_x, x0) + np.minimum(x + half_x, x1)) / 2
        y = (np.maximum(y - half_y, top) + np.minimum(y + half_y, bottom)) / 2
    return x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)


def _runs(glyphs: Glyphs) -> Ints:
    return np.arange(len(glyphs)) if glyphs.runs is None else glyphs.runs


def _keep_runs_whole(glyphs: Glyphs, owner: Ints, sides: Floats, settings: TextSettings) -> Ints:
    """Give a run of touching glyphs that crosses a rule to one cell.

    Only glyphs of one text object make a run: figures of neighbouring cells are written apart,
    even when they touch at the rule. At a rule a smaller gap already ends the run, and so do
    spaces: some programs fill cells up with them, or write a whole row with spaces between.
    """
    if glyphs.runs is None or len(glyphs) < 2:
        return owner
    boxes, size = glyphs.boxes, glyphs.sizes
    gap = boxes[1:, 0] - boxes[:-1, 2]
    crossing = owner[1:] != owner[:-1]
    limit = np.where(crossing, settings.run_gap / 3, settings.run_gap) * size[1:]
    joined = (
        (glyphs.runs[1:] == glyphs.runs[:-1])
        & (np.abs(glyphs.origins[1:, 1] - glyphs.origins[:-1, 1]) < 0.1 * size[1:])
        & (gap < limit)
        & (gap > -0.5 * size[1:])
    )
    if glyphs.turns is not None:
        joined &= (glyphs.turns[1:] == 0) & (glyphs.turns[:-1] == 0)
    if not (joined & crossing).any():
        return owner
    is_padding = _is_padding(glyphs.codes, glyphs.runs)
    joined &= ~(crossing & (is_padding[1:] | is_padding[:-1]))
    owner = owner.copy()
    starts = np.flatnonzero(np.concatenate(([True], ~joined)))
    ends = np.concatenate((starts[1:], [len(glyphs)]))
    runs = np.cumsum(np.concatenate(([False], ~joined)))
    for run in np.unique(runs[1:][joined & crossing]).tolist():
        begin, end = int(starts[run]), int(ends[run])
        home = _home_of_run(owner[begin:end], boxes[begin:end], float(size[begin]), sides)
        tail = int(owner[end - 1])
        owner[begin:end] = home
        if tail != home and run + 1 < len(starts):
            _draw_in_next(glyphs, owner, end, int(ends[run + 1]), tail, home)
    return owner


def _is_padding(codes: npt.NDArray[np.uint32], runs: Ints) -> Bools:
    """(n,) spaces that part no words: several in a row, or at the end of a text object."""
    is_space = _are_spaces(codes)
    padded = np.ones(len(codes) + 1, np.bool_)
    padded[1:-1] = (runs[1:] != runs[:-1]) | (is_space[1:] & is_space[:-1])
    return np.asarray(is_space & (padded[1:] | padded[:-1]))


def _home_of_run(owner: Ints, boxes: Floats, size: float, sides: Floats) -> int:
    """The cell of a run that lies in several: by its alignment, else by its middle."""
    first, last = int(owner[0]), int(owner[-1])
    if first >= 0 and boxes[0, 0] - sides[first, 0] <= _PADDING * size:
        return first
    if last >= 0 and sides[last, 1] - boxes[-1, 2] <= _PADDING * size:
        return last
    middle = (boxes[0, 0] + boxes[-1, 2]) / 2
    centres = (boxes[:, 0] + boxes[:, 2]) / 2
    return int(owner[np.abs(centres - middle).argmin()])


def _draw_in_next(glyphs: Glyphs, owner: Ints, begin: int, end: int, tail: int, home: int) -> None:
    """Let the next run follow an overflowing one that it continues without a gap (font change)."""
    size = float(glyphs.sizes[begin])
    gap = float(glyphs.boxes[begin, 0] - glyphs.boxes[begin - 1, 2])
    level = abs(float(glyphs.origins[begin, 1] - glyphs.origins[begin - 1, 1])) < 0.1 * size
    if level and abs(gap) < 0.1 * size and (owner[begin:end] == tail).all():
        owner[begin:end] = home


class OwnedLine(NamedTuple):
    """A printed line and the number of the cell it is in (OUTSIDE for none)."""

    owner: int
    line: Line


def glyphs_to_lines(glyphs: Glyphs, owner: Ints, settings: TextSettings) -> list[OwnedLine]:
    """Printed lines, by cell and in reading order within each.

    Glyphs on one baseline make a line, in the order of writing direction; text turned by quarters
    makes lines of its own. Lines outside cells are cut at column gaps. A space is put where one
    was written or where the gap is wide; never at the ends of a line.
    """
    order, line_no = _order_into_lines(glyphs, owner, settings)
    is_space = _are_spaces(glyphs.codes[order])
    spaces_before = np.cumsum(is_space)
    shown = (~is_space).nonzero()[0]
    if not len(shown):
        return []
    begin, end = _extent_along(glyphs, order)
    behind = np.maximum(shown - 1, 0)  # the space before the glyph, if one was written
    pen, pen_run = begin[behind], _runs(glyphs)[order[behind]]
    order, line_no, spaces_before = order[shown], line_no[shown], spaces_before[shown]
    begin, end = begin[shown], end[shown]
    size = glyphs.sizes[order]
    codes = glyphs.codes[order]
    gap = np.zeros(len(order), np.float32)
    gap[1:] = (begin[1:] - end[:-1]) / size[1:]
    breaks = np.ones(len(order), np.bool_)
    breaks[1:] = line_no[1:] != line_no[:-1]
    breaks[1:] |= (owner[order[1:]] == OUTSIDE) & (gap[1:] > settings.column_gap)

    is_han = codes >= _FIRST_HAN
    spaced = np.zeros(len(order), np.bool_)
    wide = np.where(is_han[1:] | is_han[:-1], settings.han_gap, settings.latin_gap)
    # The boxes of a font that stands in for one that is not embedded can be wider than the pen
    # goes on; within a run the pen is right.
    run = _runs(glyphs)[order]
    is_one_run = (run[1:] == run[:-1]) & (pen_run[1:] == run[1:])
    advance = np.where(is_one_run, (begin[1:] - pen[1:]) / size[1:], 0.0)
    advance = np.maximum(gap[1:], advance)
    written = (spaces_before[1:] != spaces_before[:-1]) & (advance > 0.08)
    between_words = _between_words(codes, np.where(breaks, 0, gap), settings)
    spaced[1:] = ~breaks[1:] & ((gap[1:] > wide) | written | between_words)
    is_sign = (codes - 0x2C < 14) | (codes - 0xFF0C < 14)  # comma, minus, point, digits
    if (spaced[1:] & is_sign[1:] & is_sign[:-1]).any():
        spaced &= ~_in_spaced_figures(codes, gap, breaks, spaced, settings)
    return _build_lines(glyphs, owner, order, breaks, spaced)


def _between_words(codes: npt.NDArray[np.uint32], gap: Floats, settings: TextSettings) -> Bools:
    """(n - 1,) whether the gap before glyph i + 1 parts two words of letters set close.

    Browsers write no spaces; their narrow ones show only beside gaps that are much smaller.
    ``gap``: (n,) in em, 0 at the start of a line.
    """
    is_letter = ((codes >= 0x41) & (codes <= 0x5A)) | ((codes >= 0x61) & (codes <= 0x7A))
    is_latin = is_letter | ((codes >= 0x30) & (codes <= 0x39))
    pair = np.zeros(len(codes) + 1, np.bool_)  # one more, for the gap behind the last glyph
    pair[1:-1] = is_latin[1:] & is_latin[:-1]
    own = np.where(pair[:-1], gap, 0)
    around = np.maximum(own[:-1], np.append(own[2:], 0))
    has_letter = is_letter[1:] | is_letter[:-1]
    wide: Bools = (own[1:] > settings.word_gap) & (around < 0.5 * own[1:]) & has_letter
    return wide


def _in_spaced_figures(
    codes: npt.NDArray[np.uint32],
    gap: Floats,
    breaks: Bools,
    spaced: Bools,
    settings: TextSettings,
) -> Bools:
    """(n,) whether a glyph is in a line that is one number with its digits set apart.

    It has a point or comma; single digits may be several numbers. All its gaps are equal; two
    numbers side by side have one gap wider than the others.
    ``gap``: (n,) in em, before each glyph; ``spaced`` (n,): a space stands before it.
    """
    starts = breaks.nonzero()[0]
    lengths = np.diff(np.append(starts, len(codes)))
    is_figure = np.minimum.reduceat(np.isin(codes, _FIGURE_SIGNS), starts)
    least = np.minimum.reduceat(np.where(breaks, np.inf, gap), starts)
    most = np.maximum.reduceat(np.where(breaks, -np.inf, gap), starts)
    is_apart = (least > settings.word_gap) | np.minimum.reduceat(spaced | breaks, starts)
    one = is_figure & (lengths >= settings.spaced_figures) & is_apart
    one &= (most - least < settings.even_gap) & (most < settings.han_gap)
    one &= np.maximum.reduceat(np.isin(codes, _POINTS), starts)
    return np.asarray(np.repeat(one, lengths))


_FIGURE_SIGNS = np.array(
    [ord(sign) for sign in "0123456789,.-−０１２３４５６７８９，．－"], np.uint32
)
_POINTS = np.array([ord(sign) for sign in ",.，．"], np.uint32)


def _are_spaces(codes: npt.NDArray[np.uint32]) -> Bools:
    return np.asarray((codes == 0x20) | (codes == 0xA0) | (codes == 0x3000))


def _order_into_lines(glyphs: Glyphs, owner: Ints, settings: TextSettings) -> tuple[Ints, Ints]:
    """Glyph numbers sorted by cell, line and place in the line, and the line number of each."""
    turns = glyphs.turns
    along, across = glyphs.origins[:, 0], glyphs.origins[:, 1]
    if turns is not None and turns.any():
        x, y = along, across
        across = np.choose(turns, (y, -x, -y, x))
        along = np.choose(turns, (x, y, -x, -y))
        order = np.lexsort((across, turns, owner))
    else:
        turns, order = None, np.lexsort((across, owner))
    size = glyphs.sizes[order]
    apart = np.ones(len(order), np.bool_)
    step = np.diff(across[order])
    of_cell = owner[order]
    apart[1:] = (of_cell[1:] != of_cell[:-1]) | (
        step > settings.baseline * np.maximum(size[1:], size[:-1])
    )
    if turns is not None:
        apart[1:] |= turns[order[1:]] != turns[order[:-1]]
    line_no: Ints = np.cumsum(apart)
    within = _along_lines(line_no, along[order], order)
    return order[within], line_no[within]


def _along_lines(line_no: Ints, along: Floats, order: Ints) -> Ints:
    """The order by line and place in it, of glyphs at one place by number.

    Lines are moved so far apart that one sort of numbers does; where two glyphs are at one place it
    does not tell which is first.
    """
    places = along.astype(np.float64)
    keys = places + line_no * (float(np.ptp(places)) + 1.0 if len(places) else 0.0)
    within: Ints = keys.argsort()
    in_order = keys[within]
    if (in_order[1:] > in_order[:-1]).all():  # false also for places that are no numbers
        return within
    return np.lexsort((order, along, line_no))


def _extent_along(glyphs: Glyphs, order: Ints) -> tuple[Floats, Floats]:
    """Where each glyph begins and ends in the direction of writing."""
    boxes = glyphs.boxes[order]
    if glyphs.turns is None or not glyphs.turns.any():
        return boxes[:, 0], boxes[:, 2]
    turns = glyphs.turns[order]
    x0, top, x1, bottom = boxes.T
    return np.choose(turns, (x0, top, -x1, -bottom)), np.choose(turns, (x1, bottom, -x0, -top))


_owned_of: Callable[[Iterable[object]], OwnedLine] = partial(tuple.__new__, OwnedLine)
_OUTERMOST = (np.minimum, np.minimum, np.maximum, np.maximum)
"""What the box of a line has of its glyphs' x0, top, x1, bottom."""


def _build_lines(
    glyphs: Glyphs, owner: Ints, order: Ints, breaks: Bools, spaced: Bools
) -> list[OwnedLine]:
    """Texts and boxes of the lines that begin at ``breaks``, one space before each ``spaced``."""
    starts = breaks.nonzero()[0]
    boxes = glyphs.boxes[order]
    sizes = np.maximum.reduceat(glyphs.sizes[order], starts).tolist()
    owners = owner[order[starts]].tolist()
    shift = np.cumsum(spaced)
    codes = np.full(len(order) + int(shift[-1]), 0x20, np.uint32)
    codes[np.arange(len(order)) + shift] = glyphs.codes[order]
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    begins = (starts + shift[starts]).tolist()
    ends = [*begins[1:], len(codes)]
    # A page prints the same words, heights and sizes again and again: one object for each, which
    # halves what a line takes.
    known: dict[float, float] = {}
    one = known.setdefault
    sides = []
    for axis, outermost in enumerate(_OUTERMOST):
        values = outermost.reduceat(boxes[:, axis], starts).tolist()
        sides.append(map(one, values, values))
    texts = [intern(text[b:e]) for b, e in zip(begins, ends, strict=True)]
    lines = zip(texts, map(box_of, zip(*sides, strict=True)), map(one, sizes, sizes), strict=True)
    return list(map(_owned_of, zip(owners, map(line_of, lines), strict=True)))
