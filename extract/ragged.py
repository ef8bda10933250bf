"""Groups of slots without a wall between them that are no cell as they are.

A group may be no rectangle, run out of the table, or have rules that end inside it. Few pages have
such; their walls and labels (``regions``) are arrays here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def close_open_ends(labels: Ints, lids: Bools, sides: Bools) -> tuple[Bools, Bools]:
    """The walls with those put back that other rules run against inside a region.

    ``labels`` (n_rows, n_cols): slots of one region share one; it has walls inside.
    """
    level = lids[1:-1] & (labels[:-1] == labels[1:])
    upright = sides[:, 1:-1] & (labels[:, :-1] == labels[:, 1:])
    closed_lids = _close_open_ends(labels.T, upright.T, sides.T, lids.T).T
    return closed_lids, _close_open_ends(labels, level, lids, sides)


def cells_of_groups(
    labels: Ints, boxes: Ints, is_cell: Bools, is_whole: Bools, lids: Bools, sides: Bools
) -> Ints:
    """(m, 4) row, col, row_span, col_span of the cells in all groups, in reading order.

    ``boxes`` (n, 4): the same around each group, in the order of their labels. ``is_cell``: those
    that are not outside the table. ``is_whole``: those that fill their box.
    """
    names = np.unique(labels)
    pieces = [boxes[is_cell & is_whole]]
    for name in names[is_cell & ~is_whole].tolist():
        pieces.append(_cut_into_rectangles(labels == name, lids, sides))
    for name in names[~is_cell & ~is_whole].tolist():
        pieces.append(_cells_beside_paper(labels == name, lids, sides))
    for patch in boxes[~is_cell & is_whole].tolist():
        pieces.append(_cells_of_rules_that_end(patch, lids, sides))
    cells = np.concatenate(pieces)
    return np.asarray(cells[np.lexsort((cells[:, 1], cells[:, 0]))])


def _close_open_ends(labels: Ints, inner: Bools, lids: Bools, sides: Bools) -> Bools:
    """``sides`` with the upright rules put back where level ones end inside a region.

    ``inner`` (n_rows - 1, n_cols): level walls with the same region on both sides. A cell has no
    rules inside; where rules come in from outside and end, the upright rule that they run against
    was not drawn. Where one is missing, another may be: an upright rule that stops at the region's
    top and goes on at its bottom goes through as well. Short rules that hang on nothing, such as
    underlines, are no evidence.
    """
    sides = sides.copy()
    for name in np.unique(labels[:-1][inner]).tolist():
        mask = labels == name
        of_rows, of_cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        top, bottom = int(of_rows[0]), int(of_rows[-1]) + 1
        left, right = int(of_cols[0]), int(of_cols[-1]) + 1
        between = mask[:, :-1] & mask[:, 1:]
        ends: set[int] = set()
        of_region = inner & mask[:-1]
        for row in (np.flatnonzero(of_region.any(axis=1)) + 1).tolist():
            ends |= _ends_inside(lids[row], of_region[row - 1], left, right)
        if ends and top > 0 and bottom < len(labels):
            goes_on = sides[top - 1, left + 1 : right] & sides[bottom, left + 1 : right]
            ends |= set((np.flatnonzero(goes_on) + left + 1).tolist())
        for col in ends:
            sides[between[:, col - 1], col] = True
    return sides


def _ends_inside(lid: Bools, inner: Bools, left: int, right: int) -> set[int]:
    """Columns at which a level rule (n_cols,) ends that comes into left..right from outside.

    ``inner`` (n_cols,): where the region is on both sides of the rule. Where it is on one side
    only, the rule is the region's edge, and ends at a corner of it.
    """
    gaps = np.flatnonzero(~lid[left:right])
    if not len(gaps):
        return set()
    first, last = left + int(gaps[0]), left + int(gaps[-1]) + 1
    comes_in = first > left and bool(inner[first - 1]) and (left == 0 or bool(lid[left - 1]))
    comes_back = last < right and bool(inner[last]) and (right == len(lid) or bool(lid[right]))
    return {col for is_end, col in ((comes_in, first), (comes_back, last)) if is_end}


def _cut_into_rectangles(mask: Bools, lids: Bools, sides: Bools) -> Ints:
    """Cut a ragged group of slots along rows or along columns, whichever gives fewer cells.

    Of two cuts with as many cells the one along lines on which rules go on is right.
    """
    return min(
        _cuts(mask, lids, sides),
        key=lambda cells: (len(cells), -_n_continued(mask, cells, lids, sides)),
    )


def _cuts(mask: Bools, lids: Bools, sides: Bools) -> tuple[Ints, Ints]:
    """The group cut along rows, and along columns."""
    return (
        _runs_to_rectangles(mask, sides[:, 1:-1], lids[1:-1]),
        _runs_to_rectangles(mask.T, lids[1:-1].T, sides[:, 1:-1].T)[:, (1, 0, 3, 2)],
    )


def _n_continued(mask: Bools, cells: Ints, lids: Bools, sides: Bools) -> int:
    """How many ends of the cuts between the cells of a ragged group meet a rule of their line."""
    numbers = np.full(mask.shape, -1)
    for i, (row, col, row_span, col_span) in enumerate(cells.tolist()):
        numbers[row : row + row_span, col : col + col_span] = i
    both = mask[:, :-1] & mask[:, 1:] & ~sides[:, 1:-1]
    upright = both & (numbers[:, :-1] != numbers[:, 1:])
    both = mask[:-1] & mask[1:] & ~lids[1:-1]
    level = both & (numbers[:-1] != numbers[1:])
    return _n_ends_on(upright.T, sides[:, 1:-1].T) + _n_ends_on(level, lids[1:-1])


def _n_ends_on(cuts: Bools, walls: Bools) -> int:
    """How many ends of the runs of cut slots in each line stand next to a wall of the line."""
    before = cuts[:, 1:] & ~cuts[:, :-1] & walls[:, :-1]
    after = cuts[:, :-1] & ~cuts[:, 1:] & walls[:, 1:]
    return int(np.count_nonzero(before) + np.count_nonzero(after))


def _cells_beside_paper(mask: Bools, lids: Bools, sides: Bools) -> Ints:
    """The cells in a ragged patch that runs out of the table where a piece of a rule is missing.

    A neighbour that ends higher takes the side of the cell beside it along: below it, the cell is
    open to the paper. A piece with rules on three of its sides is a cell all the same; one of them
    may end before the cell does.
    """
    found = [np.empty((0, 4), np.int64)]
    for cut in _cuts(mask, lids, sides):
        is_walled = [_is_all_but_walled(piece, lids, sides) for piece in cut.tolist()]
        found.append(cut[is_walled])
    return max(found, key=lambda cells: int((cells[:, 2] * cells[:, 3]).sum()))


def _cells_of_rules_that_end(patch: Sequence[int], lids: Bools, sides: Bools) -> Ints:
    """The cells in a patch (row, col, row_span, col_span) that runs out of the table.

    A rule that ends halfway along its floor or lid is that of a cell whose own side is missing,
    because the cell beside it, further out, has ended on the page before.
    """
    row, col, row_span, col_span = patch
    lid, floor = lids[row, col : col + col_span], lids[row + row_span, col : col + col_span]
    ends = np.flatnonzero((lid[1:] != lid[:-1]) | (floor[1:] != floor[:-1])) + 1
    edges = [0, *ends.tolist(), col_span]
    cells = [(row, col + a, row_span, b - a) for a, b in pairwise(edges)]
    walled = [c for c in cells if len(cells) > 1 and _n_walled(c, lids, sides) >= 3]
    return np.array(walled, np.int64).reshape(-1, 4)


def _is_all_but_walled(cell: Sequence[int], lids: Bools, sides: Bools) -> bool:
    """Whether a cell has rules all along three sides, or along two and most of a third one.

    The page's head is as good as a rule where it cuts the cells of most columns.
    """
    shares = _walled_shares(cell, lids, sides)
    if cell[0] == 0 and lids[0].mean() < 0.5:
        shares[0] = 1.0
    shares.sort()
    return shares[2] == 1.0 and shares[1] > 0.5


def _n_walled(cell: Sequence[int], lids: Bools, sides: Bools) -> int:
    """How many sides of a cell (row, col, row_span, col_span) have a rule all along."""
    return sum(share == 1.0 for share in _walled_shares(cell, lids, sides))


def _walled_shares(cell: Sequence[int], lids: Bools, sides: Bools) -> list[float]:
    """Of each side of a cell the share of slots with a rule: lid, floor, left, right."""
    row, col, row_span, col_span = cell
    rows, cols = slice(row, row + row_span), slice(col, col + col_span)
    walls = (lids[row, cols], lids[row + row_span, cols], sides[rows, col],
             sides[rows, col + col_span])  # fmt: skip
    return [float(wall.mean()) for wall in walls]


def _runs_to_rectangles(mask: Bools, between: Bools, below: Bools) -> Ints:
    """Runs of slots in each line, joined with the same run of the line before.

    ``between`` (n, k - 1): walls inside a line; ``below`` (n - 1, k): walls between two lines.
    """
    done: list[list[int]] = []
    active: dict[tuple[int, int], list[int]] = {}
    for line in range(mask.shape[0]):
        following: dict[tuple[int, int], list[int]] = {}
        for begin, end in _runs(mask[line], between[line]):
            cell = active.get((begin, end))
            if cell is None or below[line - 1, begin:end].any():
                cell = [line, begin, 0, end - begin]
                done.append(cell)
            cell[2] += 1
            following[(begin, end)] = cell
        active = following
    return np.array(done, np.int64).reshape(-1, 4)


def _runs(mask: Bools, walls: Bools) -> list[tuple[int, int]]:
    """Half-open runs of set slots in a line, ended by walls."""
    runs: list[tuple[int, int]] = []
    begin = -1
    for i, is_set in enumerate(mask.tolist()):
        if begin >= 0 and (not is_set or walls[i - 1]):
            runs.append((begin, i))
            begin = -1
        if is_set and begin < 0:
            begin = i
    if begin >= 0:
        runs.append((begin, len(mask)))
    return runs
