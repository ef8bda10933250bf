# cython: wraparound=False, cdivision=True
"""Loops that join what belongs together: rules that meet, and slots without a wall between them.

``lids`` (n_rows + 1, n_cols): whether there is a rule above each slot, and below the last ones;
``sides`` (n_rows, n_cols + 1): whether there is one to the left, and to the right of the last.
"""

from __future__ import annotations

from typing import TypeAlias

import cython
import numpy as np
import numpy.typing as npt

from .model import Edge
from .ragged import cells_of_groups, close_open_ends

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_SIDES: tuple[Edge, ...] = ("left", "top", "right", "bottom")
_OPEN_EDGES = tuple(
    frozenset(side for bit, side in enumerate(_SIDES) if bits >> bit & 1) for bits in range(16)
)
"""The sides that the bits of a number stand for."""

_OPEN_BESIDE, _OPEN_ABOVE, _RAGGED = 1, 2, 4
_PAPER = _OPEN_BESIDE | _OPEN_ABOVE
"""What is odd about a group of slots."""


def group_meeting(
    h: cython.float[:, :], v: cython.float[:, :], touch: cython.float
) -> tuple[list[tuple[Floats, Floats]], Floats]:
    """The rules (n, 3: at, start, end) of each group, level and upright; upright ones without one.

    A group is of rules that meet, directly or through others, up to gaps of ``touch``. Groups come
    in the order of their first level rules.
    """
    n_level: cython.Py_ssize_t = h.shape[0]
    n: cython.Py_ssize_t = n_level + v.shape[0]
    roots: cython.longlong[:] = np.arange(n, dtype=np.int64)
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    for i in range(n_level):
        left: cython.float = h[i, 1] - touch
        right: cython.float = h[i, 2] + touch
        for j in range(n - n_level):
            if (
                left <= v[j, 0] <= right
                and h[i, 0] >= v[j, 1] - touch
                and h[i, 0] <= v[j, 2] + touch
            ):
                _unite(roots, i, n_level + j)
    numbers: cython.longlong[:] = np.empty(n, np.int64)
    count: cython.longlong = _number_groups(roots, n_level, numbers)
    of_level: cython.longlong[:] = numbers[:n_level]
    of_upright: cython.longlong[:] = numbers[n_level:]
    groups = [(_rules_of(h, of_level, i), _rules_of(v, of_upright, i)) for i in range(count)]
    return groups, _rules_of(v, of_upright, -1)


@cython.cfunc
@cython.exceptval(check=False)
def _number_groups(
    roots: cython.longlong[:], n_level: cython.Py_ssize_t, numbers: cython.longlong[:]
) -> cython.Py_ssize_t:
    """Number the sets that hold upright rules and level ones, -1 are others; how many there are.

    The first ``n_level`` members are the level rules, so the root of such a set is one.
    """
    count: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(roots.shape[0]):
        numbers[i] = -1
    for i in range(n_level, roots.shape[0]):
        if _root(roots, i) < n_level:
            numbers[_root(roots, i)] = 0
    for i in range(roots.shape[0]):
        if _root(roots, i) != i:
            numbers[i] = numbers[_root(roots, i)]
        elif numbers[i] == 0:
            numbers[i] = count
            count += 1
    return count


@cython.cfunc
def _rules_of(
    rules: cython.float[:, :], numbers: cython.longlong[:], number: cython.longlong
) -> Floats:
    """The rules that have a number, in their order."""
    count: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(rules.shape[0]):
        count += numbers[i] == number
    found = np.empty((count, 3), np.float32)
    chosen: cython.float[:, :] = found
    count = 0
    for i in range(rules.shape[0]):
        if numbers[i] == number:
            chosen[count, 0] = rules[i, 0]
            chosen[count, 1] = rules[i, 1]
            chosen[count, 2] = rules[i, 2]
            count += 1
    return found


@cython.cfunc
@cython.exceptval(check=False)
def _root(roots: cython.longlong[:], i: cython.longlong) -> cython.longlong:
    """The lowest of the set that holds ``i``; every other one names a lower one of its set."""
    while roots[i] != i:
        roots[i] = roots[roots[i]]
        i = roots[i]
    return i


@cython.cfunc
@cython.exceptval(check=False)
def _unite(roots: cython.longlong[:], i: cython.longlong, j: cython.longlong) -> cython.void:
    i = _root(roots, i)
    j = _root(roots, j)
    if i < j:
        roots[j] = i
    else:
        roots[i] = j


def walls_to_cells(lids: Bools, sides: Bools) -> tuple[Ints, Bools, Bools]:
    """(m, 4) row, col, row_span, col_span in reading order, and the walls they follow from.

    A rule missing between two slots makes them one cell, unless other rules end in that cell:
    then it is the missing rule that is wrong, and it is put back (``close_open_ends``).
    """
    labels = np.empty((sides.shape[0], lids.shape[1]), np.int64)
    roots: cython.longlong[:] = labels.reshape(-1)
    above: cython.uchar[:, :] = lids.view(np.uint8)
    beside: cython.uchar[:, :] = sides.view(np.uint8)
    if _join_slots(above, beside, roots):
        lids, sides = close_open_ends(labels, lids, sides)
        above = lids.view(np.uint8)
        beside = sides.view(np.uint8)
        _join_slots(above, beside, roots)
    numbers: cython.longlong[:] = np.empty(labels.size, np.int64)
    boxes = np.empty((labels.size, 4), np.int64)
    kinds = np.zeros(labels.size, np.uint8)
    sizes: cython.longlong[:] = np.zeros(labels.size, np.int64)
    count: cython.Py_ssize_t = _bound_groups(roots, above.shape[1], numbers, boxes, sizes)
    _mark_open_sides(numbers, above, beside, kinds)
    if _mark_ragged(boxes, sizes, count, kinds):
        is_cell, is_whole = kinds[:count] & _PAPER != _PAPER, kinds[:count] & _RAGGED == 0
        return cells_of_groups(labels, boxes[:count], is_cell, is_whole, lids, sides), lids, sides
    return boxes[:count], lids, sides


@cython.cfunc
@cython.exceptval(check=False)
def _join_slots(
    lids: cython.uchar[:, :], sides: cython.uchar[:, :], roots: cython.longlong[:]
) -> cython.bint:
    """Label the slots; those without a wall between them share the lowest of their numbers.

    ``roots`` (n_rows * n_cols) is written. Whether there is a wall inside such a group.
    """
    n_cols: cython.Py_ssize_t = lids.shape[1]
    row: cython.Py_ssize_t
    col: cython.Py_ssize_t
    for row in range(sides.shape[0]):
        for col in range(n_cols):
            i: cython.Py_ssize_t = row * n_cols + col
            roots[i] = i
            if col > 0 and not sides[row, col]:
                _unite(roots, i - 1, i)
            if row > 0 and not lids[row, col]:
                _unite(roots, i - n_cols, i)
    has_inner: cython.bint = False
    for row in range(sides.shape[0]):
        for col in range(n_cols):
            i = row * n_cols + col
            roots[i] = roots[roots[i]]  # lower ones name the lowest already
            if col > 0 and sides[row, col] and roots[i] == roots[i - 1]:
                has_inner = True
            if row > 0 and lids[row, col] and roots[i] == roots[i - n_cols]:
                has_inner = True
    return has_inner


@cython.cfunc
@cython.exceptval(check=False)
def _bound_groups(
    roots: cython.longlong[:],
    n_cols: cython.Py_ssize_t,
    numbers: cython.longlong[:],
    boxes: cython.longlong[:, :],
    sizes: cython.longlong[:],
) -> cython.Py_ssize_t:
    """Number the groups by their labels, the roots; how many there are.

    Written are the number of each slot's group, and of each group the box (row, col, row_span,
    col_span) and how many slots it has.
    """
    count: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(roots.shape[0]):
        row: cython.longlong = i // n_cols
        col: cython.longlong = i - row * n_cols
        group: cython.longlong = count
        if roots[i] == i:
            boxes[group, 0] = row
            boxes[group, 1] = col
            boxes[group, 3] = 1
            count += 1
        else:
            group = numbers[roots[i]]
        left: cython.longlong = min(boxes[group, 1], col)
        right: cython.longlong = max(boxes[group, 1] + boxes[group, 3], col + 1)
        boxes[group, 1] = left
        boxes[group, 2] = row - boxes[group, 0] + 1
        boxes[group, 3] = right - left
        sizes[group] += 1
        numbers[i] = group
    return count


@cython.cfunc
@cython.exceptval(check=False)
def _mark_open_sides(
    numbers: cython.longlong[:],
    lids: cython.uchar[:, :],
    sides: cython.uchar[:, :],
    kinds: cython.uchar[:],
) -> cython.void:
    """Mark the groups that lack a wall at a border of the grid where others have one.

    Those that lack both a lid or floor and a side have no corner there: beside a table with rows
    of unequal width they are paper, no cells. Cells cut by the page lack a lid or a floor, tables
    without outer rules lack a side in every row.
    """
    n_cols: cython.Py_ssize_t = lids.shape[1]
    n_rows: cython.Py_ssize_t = sides.shape[0]
    _mark_open(numbers[::n_cols], sides[:, 0], _OPEN_BESIDE, kinds)
    _mark_open(numbers[n_cols - 1 :: n_cols], sides[:, n_cols], _OPEN_BESIDE, kinds)
    _mark_open(numbers[:n_cols], lids[0], _OPEN_ABOVE, kinds)
    _mark_open(numbers[(n_rows - 1) * n_cols :], lids[n_rows], _OPEN_ABOVE, kinds)


@cython.cfunc
@cython.exceptval(check=False)
def _mark_open(
    numbers: cython.longlong[:], walls: cython.uchar[:], mark: cython.uchar, kinds: cython.uchar[:]
) -> cython.void:
    """Mark the groups at a border that lack a wall there, where there is any."""
    i: cython.Py_ssize_t
    has_wall: cython.bint = False
    for i in range(walls.shape[0]):
        has_wall = has_wall or walls[i] != 0
    for i in range(walls.shape[0]):
        if has_wall and not walls[i]:
            kinds[numbers[i]] |= mark


@cython.cfunc
@cython.exceptval(check=False)
def _mark_ragged(
    boxes: cython.longlong[:, :],
    sizes: cython.longlong[:],
    count: cython.Py_ssize_t,
    kinds: cython.uchar[:],
) -> cython.bint:
    """Mark the groups that do not fill their box. Whether any group is such a one or paper."""
    ragged: cython.uchar = _RAGGED
    paper: cython.uchar = _PAPER
    is_odd: cython.bint = False
    i: cython.Py_ssize_t
    for i in range(count):
        if boxes[i, 2] * boxes[i, 3] != sizes[i]:
            kinds[i] |= ragged
        is_odd = is_odd or kinds[i] >= paper
    return is_odd


def cover_slots(
    cells: cython.longlong[:, :], lids: Bools, sides: Bools
) -> tuple[Ints, tuple[frozenset[Edge], ...]]:
    """(n_rows, n_cols) index of the cell that covers each slot, -1 without; the open edges.

    Those are the sides of each cell along which there is no rule at all.
    """
    found = np.full((sides.shape[0], lids.shape[1]), -1, np.int64)
    slots: cython.longlong[:, :] = found
    above: cython.uchar[:, :] = lids.view(np.uint8)
    beside: cython.uchar[:, :] = sides.view(np.uint8)
    table: tuple[frozenset[Edge], ...] = _OPEN_EDGES
    open_edges = []
    i: cython.Py_ssize_t
    for i in range(cells.shape[0]):
        row: cython.longlong = cells[i, 0]
        col: cython.longlong = cells[i, 1]
        bottom: cython.longlong = row + cells[i, 2]
        right: cython.longlong = col + cells[i, 3]
        closed: cython.int = 0
        r: cython.longlong
        c: cython.longlong
        for r in range(row, bottom):
            closed |= (1 if beside[r, col] else 0) | (4 if beside[r, right] else 0)
            for c in range(col, right):
                slots[r, c] = i
        for c in range(col, right):
            closed |= (2 if above[row, c] else 0) | (8 if above[bottom, c] else 0)
        open_edges.append(table[15 - closed])
    return found, tuple(open_edges)
