# cython: wraparound=False, cdivision=True
"""Where a page's glyphs stand: in which cell, on which line of it, at which place of the line.

Places are in single precision (C's float), and what is worked out from them is too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeAlias

import cython
import numpy as np
import numpy.typing as npt

from .grid import Grid
from .model import Glyphs
from .settings import TextSettings

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]

OUTSIDE = -1
_MIDDLE = 0.36
"""Height of a glyph's middle above the baseline, in font sizes; loose boxes vary by font."""
_CUT = 0.5
"""A glyph reaches half its size from its middle: up to here it still touches the edge."""
_RUN_OVER = 0.9
"""A browser lets the last line of a cell that its page cuts run over the end of the rules."""
_LEVEL = 0.1
"""Glyphs of one run differ less than this in height, in font sizes."""
_CROSSING = 2
_MOVES = 30
"""Glyphs pass so many others at most, on average: a sort of another kind is faster then."""
_PADDING = 0.75
"""Text whose end is this close to a cell's side, in font sizes, is aligned to that side."""


def assign_glyphs(glyphs: Glyphs, grids: Sequence[Grid], settings: TextSettings) -> Ints:
    """The cell each glyph belongs to, (n,), OUTSIDE for none.

    Cells of all grids are numbered through, in the order of ``grids``. A glyph is in the cell
    that holds its middle; of nested tables the smaller one wins. A run that overflows its cell
    stays whole, and so does a line cut by the page with its cell.
    """
    owner = np.full(len(glyphs), OUTSIDE, np.int64)
    if not len(glyphs) or not grids:
        return owner
    middles = _middles(glyphs)
    bases = [0, *accumulate(len(grid.cells) for grid in grids)]
    for i in sorted(range(len(grids)), key=lambda i: -_area(grids[i])):
        _assign_to_grid(middles, glyphs.sizes, grids[i], bases[i], owner)
    if glyphs.runs is not None and len(glyphs) > 1:
        _keep_runs_whole(glyphs, grids, settings.run_gap, owner)
    return owner


def _area(grid: Grid) -> float:
    (n_rows, n_cols), rows, cols = grid.slots.shape, grid.row_edges, grid.col_edges
    return float((rows[n_rows] - rows[0]) * (cols[n_cols] - cols[0]))


def _middles(glyphs: Glyphs) -> Floats:
    """(n, 2) middles of what is painted; upright glyphs take their height from the baseline.

    A line that its cell's clip cuts in half may have its middle, but nothing else, in the next
    cell.
    """
    boxes: cython.float[:, :] = glyphs.boxes
    origins: cython.float[:, :] = glyphs.origins
    sizes: cython.float[:] = glyphs.sizes
    turns: cython.uchar[:] = _turns(glyphs)
    is_clipped: cython.bint = glyphs.clips is not None
    clips: cython.float[:, :] = glyphs.clips if is_clipped else glyphs.boxes
    above: cython.float = np.float32(_MIDDLE)
    found = np.empty((len(glyphs), 2), np.float32)
    middles: cython.float[:, :] = found
    i: cython.Py_ssize_t
    for i in range(boxes.shape[0]):
        x: cython.float = (boxes[i, 0] + boxes[i, 2]) / 2
        y: cython.float = origins[i, 1] - above * sizes[i]
        if turns[i] != 0:
            y = (boxes[i, 1] + boxes[i, 3]) / 2
        if is_clipped:
            half: cython.float = (boxes[i, 2] - boxes[i, 0]) / 2
            x = _middle_inside(x - half, x + half, clips[i, 0], clips[i, 2])
            half = sizes[i] / 2
            y = _middle_inside(y - half, y + half, clips[i, 1], clips[i, 3])
        middles[i, 0] = x
        middles[i, 1] = y
    return found


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _middle_inside(
    begin: cython.float, end: cython.float, first: cython.float, last: cython.float
) -> cython.float:
    """The middle of what lies between ``first`` and ``last``; no number if an end is none."""
    if begin < first:
        begin = first
    if end > last:
        end = last
    return (begin + end) / 2


def _turns(glyphs: Glyphs) -> npt.NDArray[np.uint8]:
    return np.zeros(len(glyphs), np.uint8) if glyphs.turns is None else glyphs.turns


def _assign_to_grid(
    middles: cython.float[:, :],
    sizes: cython.float[:],
    grid: Grid,
    base: cython.longlong,
    owner: cython.longlong[:],
) -> None:
    """Fill in the cells of the glyphs that are in a grid, whose first cell has number ``base``.

    Where the page cuts a cell, a line of text may be cut with it: its upper half is printed and
    its middle lies beyond the end of the rules. So glyphs that lie on the first or last edge are in
    the row they are cut from, if the cell is open there.
    """
    rows: cython.float[:] = grid.row_edges
    cols: cython.float[:] = grid.col_edges
    slots: cython.longlong[:, :] = grid.slots
    cut: cython.float = np.float32(_CUT)
    run_over: cython.float = np.float32(_RUN_OVER)
    last_row: cython.Py_ssize_t = rows.shape[0] - 2
    row: cython.Py_ssize_t = -1
    col: cython.Py_ssize_t = -1
    i: cython.Py_ssize_t
    for i in range(owner.shape[0]):
        y: cython.float = middles[i, 1]
        row = _interval(rows, y, row)
        col = _interval(cols, middles[i, 0], col)
        if col < 0 or col > cols.shape[0] - 2:
            continue
        slot: cython.longlong = slots[min(max(row, 0), last_row), col]
        if slot < 0:
            continue
        is_in: cython.bint = 0 <= row <= last_row
        if row < 0 and y > rows[0] - cut * sizes[i]:
            is_in = "top" in grid.open_edges[slot]
        elif row > last_row and y < rows[last_row + 1] + run_over * sizes[i]:
            is_in = "bottom" in grid.open_edges[slot]
        if is_in:
            owner[i] = base + slot


@cython.cfunc
@cython.inline
def _interval(
    edges: cython.float[:], place: cython.float, near: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """How many of the edges, ascending, are not beyond a place, less one.

    Searched from ``near`` on, for most glyphs are next to the one before.
    """
    while near + 1 < edges.shape[0] and edges[near + 1] <= place:
        near += 1
    while near >= 0 and not edges[near] <= place:
        near -= 1
    return near


def _keep_runs_whole(glyphs: Glyphs, grids: Sequence[Grid], run_gap: float, owner: Ints) -> None:
    """Give a run of touching glyphs that crosses a rule to one cell.

    Only glyphs of one text object make a run: figures of neighbouring cells are written apart,
    even when they touch at the rule. At a rule a smaller gap already ends the run, and so do
    spaces: some programs fill cells up with them, or write a whole row with spaces between.
    """
    joins = np.zeros(len(glyphs), np.uint8)
    if not _find_joins(glyphs, owner, run_gap, joins):
        return
    starts = [*np.flatnonzero(joins == 0).tolist(), len(glyphs)]
    runs = np.cumsum(joins == 0) - 1
    for run in dict.fromkeys(runs[joins == _CROSSING].tolist()):
        begin, end = starts[run], starts[run + 1]
        tail = int(owner[end - 1])
        home = _home_of_run(glyphs, owner, begin, end, grids)
        owner[begin:end] = home
        if tail != home and end < len(glyphs):
            _draw_in_next(glyphs, owner, end, starts[run + 2], tail, home)


def _find_joins(
    glyphs: Glyphs,
    owner: cython.longlong[:],
    run_gap: cython.double,
    joins: cython.uchar[:],
) -> cython.bint:
    """Mark in ``joins`` the glyphs that go on the run of the one before, those _CROSSING a rule.

    Returns whether any does.
    """
    codes: cython.uint[:] = glyphs.codes
    boxes: cython.float[:, :] = glyphs.boxes
    origins: cython.float[:, :] = glyphs.origins
    sizes: cython.float[:] = glyphs.sizes
    runs: cython.longlong[:] = glyphs.runs
    turns: cython.uchar[:] = _turns(glyphs)
    level: cython.float = np.float32(_LEVEL)
    gap_at_rule: cython.double = run_gap / 3
    crossing: cython.uchar = _CROSSING
    is_crossed: cython.bint = False
    i: cython.Py_ssize_t
    for i in range(1, owner.shape[0]):
        if runs[i] != runs[i - 1] or turns[i] != 0 or turns[i - 1] != 0:
            continue
        gap: cython.float = boxes[i, 0] - boxes[i - 1, 2]
        size: cython.double = cython.cast(cython.double, sizes[i])
        limit: cython.double = (run_gap if owner[i] == owner[i - 1] else gap_at_rule) * size
        if not (-sizes[i] / 2 < gap and cython.cast(cython.double, gap) < limit):
            continue
        if not abs(origins[i, 1] - origins[i - 1, 1]) < level * sizes[i]:
            continue
        if owner[i] == owner[i - 1]:
            joins[i] = 1
        elif not (_is_padding(codes, runs, i) or _is_padding(codes, runs, i - 1)):
            joins[i] = crossing
            is_crossed = True
    return is_crossed


@cython.cfunc
def _is_padding(
    codes: cython.uint[:], runs: cython.longlong[:], i: cython.Py_ssize_t
) -> cython.bint:
    """Whether it is a space that parts no words: of several, or at the end of a text object."""
    if not _is_space(codes[i]):
        return False
    if i == 0 or runs[i] != runs[i - 1] or _is_space(codes[i - 1]):
        return True
    return i + 1 == runs.shape[0] or runs[i] != runs[i + 1] or _is_space(codes[i + 1])


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_space(code: cython.uint) -> cython.bint:
    return code == 0x20 or code == 0xA0 or code == 0x3000


def _home_of_run(glyphs: Glyphs, owner: Ints, begin: int, end: int, grids: Sequence[Grid]) -> int:
    """The cell of a run that lies in several: by its alignment, else by its middle."""
    boxes = glyphs.boxes[begin:end]
    first, last = int(owner[begin]), int(owner[end - 1])
    padding = _PADDING * float(glyphs.sizes[begin])
    if first >= 0 and boxes[0, 0] - _sides(first, grids)[0] <= padding:
        return first
    if last >= 0 and _sides(last, grids)[1] - boxes[len(boxes) - 1, 2] <= padding:
        return last
    middle = (boxes[0, 0] + boxes[len(boxes) - 1, 2]) / 2
    centres = (boxes[:, 0] + boxes[:, 2]) / 2
    return int(owner[begin + int(np.abs(centres - middle).argmin())])


def _sides(cell: int, grids: Sequence[Grid]) -> Floats:
    """Left and right of a cell, numbered through all grids."""
    for grid in grids:
        if cell < len(grid.cells):
            _, col, _, span = grid.cells[cell].tolist()
            return grid.col_edges[[col, col + span]]
        cell -= len(grid.cells)
    raise ValueError(f"the grids have no cell {cell}")


def _draw_in_next(glyphs: Glyphs, owner: Ints, begin: int, end: int, tail: int, home: int) -> None:
    """Let the next run follow an overflowing one that it continues without a gap (font change)."""
    reach = _LEVEL * float(glyphs.sizes[begin])
    gap = abs(float(glyphs.boxes[begin, 0] - glyphs.boxes[begin - 1, 2]))
    rise = abs(float(glyphs.origins[begin, 1] - glyphs.origins[begin - 1, 1]))
    if rise < reach and gap < reach and (owner[begin:end] == tail).all():
        owner[begin:end] = home


def order_into_lines(
    glyphs: Glyphs,
    owner: cython.longlong[:],
    along: cython.float[:],
    across: cython.float[:],
    baseline: float,
) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """(n,) glyph numbers by cell, line and place in the line, and whether a line starts with each.

    ``along`` and ``across`` (n,): the place of a glyph's pen, along its line and across lines.
    Glyphs of one cell and turn are a line if they are nearer across than ``baseline`` (em).
    """
    sizes: cython.float[:] = glyphs.sizes
    near: cython.float = np.float32(baseline)
    ordered, firsts = np.empty(len(glyphs), np.int64), np.zeros(len(glyphs), np.uint8)
    order: cython.longlong[:] = ordered
    starts: cython.uchar[:] = firsts
    ends: cython.longlong[:] = _order_by_cell(owner, _turns(glyphs), order)
    begin: cython.Py_ssize_t = 0
    group: cython.Py_ssize_t
    for group in range(ends.shape[0]):
        end: cython.Py_ssize_t = ends[group]
        if begin == end:
            continue
        _sort(order, across, begin, end)
        i: cython.Py_ssize_t
        for i in range(begin + 1, end):
            a: cython.longlong = order[i - 1]
            b: cython.longlong = order[i]
            step: cython.float = across[b] - across[a]
            if step > near * sizes[a] and step > near * sizes[b]:
                _sort(order, along, begin, i)
                starts[begin] = 1
                begin = i
        _sort(order, along, begin, end)
        starts[begin] = 1
        begin = end
    return ordered, firsts


@cython.cfunc
def _order_by_cell(
    owner: cython.longlong[:], turns: cython.uchar[:], order: cython.longlong[:]
) -> Ints:
    """Fill in ``order``, glyphs by cell and turn, else by number; returns the end of each group."""
    i: cython.Py_ssize_t
    last: cython.longlong = -1
    for i in range(owner.shape[0]):
        last = max(last, owner[i])
    # A group's glyphs are counted in the place of the next one: added up, it is where it begins.
    counts = np.zeros(4 * (last + 2) + 1, np.int64)
    places: cython.longlong[:] = counts
    group: cython.longlong
    for i in range(owner.shape[0]):
        group = 4 * (owner[i] + 1) + turns[i]
        places[group + 1] += 1
    for i in range(1, places.shape[0]):
        places[i] += places[i - 1]
    for i in range(owner.shape[0]):
        group = 4 * (owner[i] + 1) + turns[i]
        order[places[group]] = i
        places[group] += 1
    return counts


@cython.cfunc
def _sort(
    order: cython.longlong[:],
    keys: cython.float[:],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
) -> cython.void:
    """Sort the glyphs ``order[begin:end]`` by key, those of one key by number.

    Most text is written in reading order: each glyph goes before few of the earlier ones, if any.
    """
    moves: cython.Py_ssize_t = _MOVES * (end - begin)
    i: cython.Py_ssize_t
    for i in range(begin + 1, end):
        glyph: cython.longlong = order[i]
        at: cython.Py_ssize_t = i
        while at > begin and _is_before(keys[glyph], glyph, keys[order[at - 1]], order[at - 1]):
            order[at] = order[at - 1]
            at -= 1
        order[at] = glyph
        moves -= i - at
        if moves < 0:
            found = np.array(order[begin:end])
            found = found[np.lexsort((found, np.asarray(keys)[found]))]
            result: cython.longlong[:] = found
            order[begin:end] = result
            return


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_before(
    key: cython.float, number: cython.longlong, other: cython.float, other_number: cython.longlong
) -> cython.bint:
    """Whether a glyph comes before another by key, then number; keys that are no numbers, last."""
    if key < other:
        return True
    if key > other:
        return False
    if (key == key) != (other == other):
        return key == key
    return number < other_number
