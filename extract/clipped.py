"""Text that goes on under a clip: which cells are too small for what was written in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .glyph_places import OUTSIDE
from .grid import Grid
from .model import Edge, Glyphs
from .settings import TextSettings

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_SLACK = 3.0
"""A cell's clip follows its border, at either side of pens up to this wide (pt)."""
_EDGES: tuple[Edge, ...] = ("left", "top", "right", "bottom")


def count_cut(
    cut: Glyphs, glyphs: Glyphs, owner: Ints, grids: Sequence[Grid], settings: TextSettings
) -> Mapping[int, int]:
    """How many of the ``cut`` glyphs are missing from each cell (numbered through) of a page.

    ``owner`` (n,) are the cells of the printed ``glyphs``. A glyph is missing where it continues a
    printed run; else a clip of one cell's size tells the cell. Not counted is what lies beyond a
    side without a rule: the page ends there, and the next one prints it.
    """
    if not len(cut) or not grids or cut.clips is None:
        return {}
    boxes, is_open = _cells(grids)
    home = _homes_by_clip(cut.clips, boxes)
    for i, cells in enumerate(_cells_of_runs(cut, glyphs, owner, settings)):
        if cells and home[i] not in cells:
            home[i] = min(cells)
    known = np.flatnonzero(home != OUTSIDE)
    is_missing = ~(_beyond(cut)[known] & is_open[home[known]]).any(axis=1)
    return Counter(home[known[is_missing]].tolist())


def _cells(grids: Sequence[Grid]) -> tuple[Floats, Bools]:
    """(m, 4) boxes of all cells, numbered through, and which of their sides have no rule."""
    boxes, is_open = [], []
    for grid in grids:
        row, col, row_span, col_span = grid.cells.T
        x0, x1 = grid.col_edges[col], grid.col_edges[col + col_span]
        top, bottom = grid.row_edges[row], grid.row_edges[row + row_span]
        boxes.append(np.stack((x0, top, x1, bottom), axis=1))
        opens = np.zeros((len(grid.cells), len(_EDGES)), np.bool_)
        for i, edges in enumerate(grid.open_edges):
            if edges:
                opens[i] = [edge in edges for edge in _EDGES]
        is_open.append(opens)
    return np.concatenate(boxes), np.concatenate(is_open)


def _homes_by_clip(clips: Floats, boxes: Floats) -> Ints:
    """(n,) the cell that each clip fits into, OUTSIDE for none."""
    distinct, which = np.unique(clips, axis=0, return_inverse=True)
    x0, top, x1, bottom = (side[None, :] for side in boxes.T)
    clip_x0, clip_top, clip_x1, clip_bottom = (side[:, None] for side in distinct.T)
    fits = (x0 - _SLACK <= clip_x0) & (top - _SLACK <= clip_top)
    fits &= (x1 + _SLACK >= clip_x1) & (bottom + _SLACK >= clip_bottom)
    width = np.minimum(x1, clip_x1) - np.maximum(x0, clip_x0)
    height = np.minimum(bottom, clip_bottom) - np.maximum(top, clip_top)
    area = np.where(fits, np.maximum(width, 0) * np.maximum(height, 0), -1)
    best = area.argmax(axis=1)
    homes = np.where(area[np.arange(len(distinct)), best] > 0, best, OUTSIDE)
    return np.asarray(homes[which.ravel()])


def _cells_of_runs(
    cut: Glyphs, glyphs: Glyphs, owner: Ints, settings: TextSettings
) -> list[set[int]]:
    """For each cut glyph the cells of the printed run that it is written on with."""
    if glyphs.runs is None or cut.runs is None:
        return [set() for _ in range(len(cut))]
    runs = np.concatenate((glyphs.runs, cut.runs))
    boxes = np.concatenate((glyphs.boxes, cut.boxes))
    height = np.concatenate((glyphs.origins[:, 1], cut.origins[:, 1]))
    size = np.concatenate((glyphs.sizes, cut.sizes))
    order = np.lexsort((boxes[:, 0], runs))
    gap = boxes[order[1:], 0] - boxes[order[:-1], 2]
    joined = (
        (np.abs(np.diff(height[order])) < 0.1 * size[order[1:]])
        & (np.abs(gap) < settings.run_gap * size[order[1:]])
        & (np.diff(runs[order]) <= 1)
    )
    chain = np.empty(len(order), np.int64)
    chain[order] = np.cumsum(np.concatenate(([True], ~joined)))
    of_glyphs, of_cut = chain[: len(glyphs)], chain[len(glyphs) :]
    cells: dict[int, set[int]] = {number: set() for number in of_cut.tolist()}
    with_cut = np.flatnonzero((owner != OUTSIDE) & np.isin(of_glyphs, of_cut))
    for number, cell in zip(of_glyphs[with_cut].tolist(), owner[with_cut].tolist(), strict=True):
        cells[number].add(cell)
    return [cells[number] for number in of_cut.tolist()]


def _beyond(cut: Glyphs) -> Bools:
    """(n, 4) over which sides of its clip each glyph's middle lies."""
    assert cut.clips is not None
    middle = (cut.boxes[:, :2] + cut.boxes[:, 2:]) / 2
    return np.concatenate((middle < cut.clips[:, :2], middle > cut.clips[:, 2:]), axis=1)
