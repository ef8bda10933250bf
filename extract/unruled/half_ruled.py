"""Grids whose rules stop short: upright ones in the header only, none between rows of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..grid import Grid
from ..lines import Ints
from ..model import Cell, Edge, Glyphs, Line, RawTable
from ..settings import TextSettings
from .blocks import Block
from .layout import body_groups
from .pieces import Row, is_figure, lines_to_rows, rows_outside

_MIN_ROWS = 2
_MIN_STACK = 3
_CLOSED: frozenset[Edge] = frozenset()
_SLIP_PT = 1.5
_MIDDLE_PT = 4.0
_PADDING_PT = 8.0  # of both sides; office programs leave 4 to 8
_FULL_DIGITS = 1.5
_HEAD_LINES = 3


def is_suspect(table: RawTable) -> bool:
    """Whether cells of a ruled table hold figures side by side, or one above the other.

    Asked of every table that was read: only texts are looked at.
    """
    wide = sum(_n_several(cell) > 0 for cell in table.cells if cell.col_span > 2)
    if wide >= _MIN_ROWS:
        return True
    tall = [cell for cell in table.cells if len(cell.lines) >= _MIN_STACK]
    return any(max(_n_ending(cell), _n_several(cell)) >= _MIN_STACK for cell in tall)


def _n_several(cell: Cell) -> int:
    return sum(sum(map(is_figure, line.text.split(" "))) >= 2 for line in cell.lines)


def _n_ending(cell: Cell) -> int:
    return sum(is_figure(line.text.rsplit(" ", 1)[-1]) for line in cell.lines)


def divide_wide_cells(grid: Grid, glyphs: Glyphs, owner: Ints, settings: TextSettings) -> Grid:
    """The grid with cells over several columns cut where the columns of its header part.

    Only where two such cells at least hold figures, each with its text clear of the columns' edges:
    the rules go no further than the header, the columns do. ``owner`` (n,): the grid's cell that
    each glyph is in, -1 for none.
    """
    cells: list[tuple[int, int, int, int]] = [tuple(c) for c in grid.cells.tolist()]
    candidates = [i for i, (_, _, row_span, col_span) in enumerate(cells)
                  if col_span > 2 and row_span == 1]  # fmt: skip
    if len(candidates) < _MIN_ROWS:
        return grid
    rows_of = {i: rows_outside(glyphs, owner == i, settings) for i in candidates}
    clear = [i for i in candidates if _is_clear(rows_of[i], cells[i], grid)]
    if len(clear) < _MIN_ROWS or len(clear) < 0.5 * sum(bool(rows_of[i]) for i in candidates):
        return grid
    divided = [cell for i, cell in enumerate(cells) if i not in clear]
    for i in clear:
        row, col, _, col_span = cells[i]
        divided.extend((row, col + k, 1, 1) for k in range(col_span))
    divided.sort()
    slots = np.full(grid.slots.shape, -1)
    for i, (row, col, row_span, col_span) in enumerate(divided):
        slots[row : row + row_span, col : col + col_span] = i
    edges = {cell: grid.open_edges[i] for i, cell in enumerate(cells)}
    return replace(
        grid,
        cells=np.array(divided, np.int64),
        slots=slots,
        open_edges=tuple(edges.get(cell, _CLOSED) for cell in divided),
    )


def _is_clear(rows: Sequence[Row], cell: tuple[int, int, int, int], grid: Grid) -> bool:
    """Whether a wide cell holds one row of figures, no piece of it across an edge of columns."""
    if len(rows) != 1 or not rows[0].is_data:
        return False
    _, col, _, col_span = cell
    inner = grid.col_edges[col + 1 : col + col_span].tolist()
    pieces = rows[0].pieces
    if any(p.x0 + _SLIP_PT < x < p.x1 - _SLIP_PT for p in pieces for x in inner):
        return False
    places = [sum(x < p.middle for x in inner) for p in pieces]
    return len(set(places)) == len(places)


def holds_columns(grid: Grid, glyphs: Glyphs, owner: Ints, settings: TextSettings) -> bool:
    """Whether a cell holds three rows of several figures: few of the columns have rules."""
    heights = _n_heights(grid, glyphs, owner)
    for i in np.flatnonzero(heights >= _MIN_STACK).tolist():
        rows = rows_outside(glyphs, owner == i, settings)
        several = [row for row in rows if sum(p.is_figure for p in row.pieces) >= 2]
        if len(several) >= _MIN_STACK and len(several) >= 0.7 * len(rows):
            return True
    return False


def _n_heights(grid: Grid, glyphs: Glyphs, owner: Ints) -> Ints:
    """(m,) at how many heights glyphs stand in each cell: no fewer than it has lines."""
    own = np.flatnonzero(owner >= 0)
    cells, heights = owner[own], glyphs.origins[own, 1]
    order = np.lexsort((heights, cells))
    cells, heights = cells[order], heights[order]
    is_new = np.ones(len(own), np.bool_)
    is_new[1:] = (cells[1:] != cells[:-1]) | (heights[1:] != heights[:-1])
    return np.asarray(np.bincount(cells[is_new], minlength=len(grid.cells)))


def divide_tall_rows(grid: Grid, glyphs: Glyphs, owner: Ints, settings: TextSettings) -> Grid:
    """The grid with a row cut into several where figures stand one above the other in its cells.

    The rules of such tables part the columns and the header, not the rows. In two cells side by
    side at least three figures or more must stand, each alone and at the heights of the other's.
    """
    rows = range(grid.slots.shape[0])
    row_of, _, row_span, _ = grid.cells.T
    may_stack = (_n_heights(grid, glyphs, owner) >= _MIN_ROWS) & (row_span == 1)
    n_stacks = np.bincount(row_of[may_stack], minlength=len(rows))
    tall = {
        row: _stacked_rows(row, grid, glyphs, owner, settings) if n_stacks[row] > 1 else _NO_STACKS
        for row in rows
    }
    if max(count for count, _, _ in tall.values()) < _MIN_STACK:
        return grid
    merged = {i for _, _, labels in tall.values() for i in labels}
    new_edges: list[float] = []
    first: list[int] = []
    for row in rows:
        first.append(len(new_edges))
        count, groups, _ = tall[row]
        new_edges.append(float(grid.row_edges[row]))
        if count >= _MIN_ROWS:
            for above, below in pairwise(groups):
                edge = (max(r.bottom for r in above) + min(r.top for r in below)) / 2
                new_edges.append(max(edge, new_edges[-1] + 0.1))
    first.append(len(new_edges))
    new_edges.append(float(grid.row_edges[-1]))
    cells: list[tuple[tuple[int, int, int, int], int]] = []
    for i, (row, col, row_span, col_span) in enumerate(grid.cells.tolist()):
        begin, end = first[row], first[row + row_span]
        if row_span > 1 or tall[row][0] < _MIN_ROWS or i in merged:
            cells.append(((begin, col, end - begin, col_span), i))
        else:
            cells.extend(((k, col, 1, col_span), i) for k in range(begin, end))
    cells.sort()
    return _regrid(grid, new_edges, cells)


def _regrid(
    grid: Grid, row_edges: Sequence[float], cells: Sequence[tuple[tuple[int, int, int, int], int]]
) -> Grid:
    """A grid with other rows; each cell with the number of the one that it was a part of."""
    slots = np.full((len(row_edges) - 1, grid.slots.shape[1]), -1)
    opens: list[frozenset[Edge]] = []
    for i, ((row, col, row_span, col_span), old) in enumerate(cells):
        slots[row : row + row_span, col : col + col_span] = i
        sides = grid.open_edges[old]
        _, _, old_span, _ = grid.cells[old].tolist()
        is_part = row_span == 1 and old_span == 1
        cut = frozenset[Edge](("top", "bottom")) if is_part and sides else _CLOSED
        opens.append(sides - cut)
    places = np.array([place for place, _ in cells], np.int64)
    edges = np.array(row_edges, np.float32)
    return Grid(edges, grid.col_edges, places, slots, tuple(opens))


Stacks = tuple[int, list[list[Row]], frozenset[int]]
_NO_STACKS: Stacks = (0, [], frozenset())


def _stacked_rows(
    row: int, grid: Grid, glyphs: Glyphs, owner: Ints, settings: TextSettings
) -> Stacks:
    """How many heights two cells of figures in a row of the grid share; its lines in rows.

    And the cells with one line in the middle of their height: a label of all these rows.
    """
    own = [i for i, cell in enumerate(grid.cells.tolist()) if cell[0] == row and cell[2] == 1]
    stacks: list[list[float]] = []
    lines: list[Line] = []
    labels: set[int] = set()
    middle = float(grid.row_edges[row] + grid.row_edges[row + 1]) / 2
    for i in own:
        rows = rows_outside(glyphs, owner == i, settings)
        if len(rows) == 1 and not rows[0].has_figure and abs(rows[0].y - middle) < _MIDDLE_PT:
            labels.add(i)
            continue
        lines.extend(p.line for r in rows for p in r.pieces)
        stack = _below_head(rows)
        is_stack = len(stack) >= _MIN_ROWS and all(
            len(r.pieces) == 1 and r.has_figure for r in stack
        )
        if is_stack and not _is_wrapped(stack, _width(i, grid)):
            stacks.append([r.y for r in stack])
    shared = max(
        (_n_shared(a, b) for k, a in enumerate(stacks) for b in stacks[k + 1 :]), default=0
    )
    if shared < _MIN_ROWS:
        return _NO_STACKS
    whole = Block(tuple(lines_to_rows(lines)), 0, (), (), np.empty((0, 3), np.float32))
    return shared, body_groups(whole), frozenset(labels)


def _below_head(rows: Sequence[Row]) -> Sequence[Row]:
    """The lines of a cell from the first figure on: no rule need stand below the header either."""
    first = next((i for i, row in enumerate(rows) if row.has_figure), 0)
    return rows[first:] if first <= _HEAD_LINES else rows


def _width(cell: int, grid: Grid) -> float:
    _, col, _, col_span = grid.cells[cell].tolist()
    return float(grid.col_edges[col + col_span] - grid.col_edges[col])


def _is_wrapped(rows: Sequence[Row], width: float) -> bool:
    """Whether lines of one piece each are one figure that a narrow cell breaks.

    Then every line but the last is as full as the cell allows: all are of one length, and what is
    left of the cell's width is its padding and less than a digit.
    """
    pieces = [row.pieces[0] for row in rows]
    lengths = [piece.x1 - piece.x0 for piece in pieces]
    digit = max(lengths) / max(len(piece.line.text) for piece in pieces)
    full, last = lengths[:-1], lengths[-1]
    is_even = max(full) - min(full) < _FULL_DIGITS * digit and last <= max(full) + 0.5 * digit
    return is_even and width - max(full) < _PADDING_PT + _FULL_DIGITS * digit


def _n_shared(one: Sequence[float], other: Sequence[float]) -> int:
    """How many heights are in both, if nearly all of the shorter stack's are."""
    near = np.abs(np.array(one)[:, None] - np.array(other)[None, :]) < _SLIP_PT
    shared = int(near.any(axis=1).sum())
    return shared if shared >= 0.8 * min(len(one), len(other)) else 0
