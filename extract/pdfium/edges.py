"""Lines that are seen and not drawn as such: frames, strips of pictures, seams of areas."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .geometry import Floats
from .painted import ink_below

Bools: TypeAlias = npt.NDArray[np.bool_]
Doubles: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_CORNER_PT = 12.0
"""A rounded corner is smaller than that; a curve of a drawing is not."""
_LEVEL_PT = 0.5
_SAME_PT = 0.5
_SHOWN = 0.4
"""Of its length: a white rule over striped rows shows on every other one."""
_LEVEL_RULES = 4
_APART_PT = 4.0
"""No line of text fits between cells that are so near each other."""
LATTICE = 6
"""Areas side by side and one below the other: fewer are the boxes of a chart or a letterhead."""
_FILLED = 0.8


def curves_to_segments(
    points: Floats, kinds: Ints, moves: Bools, stroked: Bools
) -> tuple[Floats, Ints]:
    """Straight pieces (n, 4) that stroked curves stand for, and the index of their end point.

    A curve whose control points lie on a line is that line. A small one between two lines is a
    rounded corner: both go on to where they would meet.
    """
    is_curve = kinds == pdf.SEGMENT_BEZIER
    none = np.empty((0, 4), np.float32), np.empty(0, np.int64)
    if not is_curve.any():
        return none
    # Each curve is three points after the one where it begins.
    run = np.flatnonzero(np.diff(is_curve, prepend=False) & is_curve)
    at = np.arange(len(kinds))
    since = at - run[np.maximum(np.searchsorted(run, at, side="right") - 1, 0)]
    first = np.flatnonzero(is_curve & stroked & (since % 3 == 0))
    first = first[(first > 0) & (first + 2 < len(kinds))]
    if not len(first):
        return none
    ends = first + 2
    p0, c1, c2, p3 = (points[first + step] for step in (-1, 0, 1, 2))
    spread = np.ptp(np.stack((p0, c1, c2, p3)), axis=0)
    is_line = (spread <= _LEVEL_PT).any(axis=1)
    after = np.minimum(first + 3, len(kinds) - 1)
    between = (kinds[first - 1] != pdf.SEGMENT_BEZIER) & (
        (first + 3 >= len(kinds)) | moves[after] | (kinds[after] == pdf.SEGMENT_LINE)
    )
    is_corner = ~is_line & between & (spread <= _CORNER_PT).all(axis=1)
    leaves_level = is_corner & (np.abs(c1[:, 1] - p0[:, 1]) <= _LEVEL_PT)
    leaves_level &= np.abs(c2[:, 0] - p3[:, 0]) <= _LEVEL_PT
    leaves_upright = is_corner & ~leaves_level & (np.abs(c1[:, 0] - p0[:, 0]) <= _LEVEL_PT)
    leaves_upright &= np.abs(c2[:, 1] - p3[:, 1]) <= _LEVEL_PT
    corner = np.where(leaves_level[:, None], np.stack((p3[:, 0], p0[:, 1]), axis=1),
                      np.stack((p0[:, 0], p3[:, 1]), axis=1))  # fmt: skip
    turns = leaves_level | leaves_upright
    pieces = np.concatenate(
        (
            np.concatenate((p0[is_line], p3[is_line]), axis=1),
            np.concatenate((p0[turns], corner[turns]), axis=1),
            np.concatenate((corner[turns], p3[turns]), axis=1),
        )
    )
    return pieces, np.concatenate((ends[is_line], ends[turns], ends[turns]))


def frames(boxes: Floats, owner: Ints, max_width: float) -> tuple[Floats, Bools]:
    """Sides (n, 4) of the frames of cells, and which boxes (m, 4) make them.

    A frame is filled between two figures of one path, one closely around the other. ``owner``
    (m,): the path, below 0 where it is not filled.
    """
    is_part = np.zeros(len(boxes), np.bool_)
    one, other = boxes[:-1], boxes[1:]
    same = (owner[:-1] == owner[1:]) & (owner[1:] >= 0)
    if not same.any():
        return boxes[:0], is_part
    low = np.concatenate((other[:, :2] - one[:, :2], one[:, 2:] - other[:, 2:]), axis=1)
    near = same & (np.abs(low) <= max_width).all(axis=1)
    near &= (low > 0).all(axis=1) | (low < 0).all(axis=1)
    is_part[:-1] |= near
    is_part[1:] |= near
    framed = (one[near] + other[near]) / 2
    if not _is_lattice(framed):
        return boxes[:0], np.zeros(len(boxes), np.bool_)
    return _sides(framed), is_part


def _is_lattice(boxes: Floats) -> bool:
    """Whether boxes (n, 4) lie side by side and one below the other; those of charts do not."""
    if len(boxes) < LATTICE:
        return False
    low, high = boxes[:, :2], boxes[:, 2:]
    meets = np.abs(high[:, None, :] - low[None, :, :]) <= _APART_PT
    common = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None]) > _APART_PT
    beside = meets[..., 0] & common[..., 1]
    below = meets[..., 1] & common[..., 0]
    return all(np.count_nonzero(pairs) >= LATTICE // 2 for pairs in (beside, below))


def _sides(boxes: Floats) -> Floats:
    """The four sides (4 n, 4) of boxes (n, 4)."""
    x0, top, x1, bottom = boxes.T
    sides = [(x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom),
             (x1, top, x1, bottom)]  # fmt: skip
    return np.concatenate([np.stack(side, axis=1) for side in sides]).astype(np.float32)


def dotted(boxes: Floats, join: float) -> Floats:
    """The pieces (k, 4), level and upright, of rules that are set with small squares (n, 4).

    Squares that stand alone are the joints of other rules; dotted ones in one direction only are
    the gridlines of a chart. ``join``: the widest gap, in points.
    """
    if len(boxes) < _DOTS:
        return boxes[:0]
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    level = np.stack((boxes[:, 0], y, boxes[:, 2], y), axis=1)
    upright = np.stack((x, boxes[:, 1], x, boxes[:, 3]), axis=1)
    level, upright = level[_in_row(x, y, join)], upright[_in_row(y, x, join)]
    if not len(level) or not len(upright):
        return boxes[:0]
    return np.concatenate((level, upright))


def _in_row(along: npt.NDArray[np.floating], across: npt.NDArray[np.floating], join: float) -> Ints:
    """Which dots have enough neighbours in line with them."""
    line = np.round(across / _SAME_PT)
    order = np.lexsort((along, line))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (np.diff(line[order]) != 0) | (np.diff(along[order]) > join)
    counts = np.diff(np.append(np.flatnonzero(begins), len(order)))
    return np.asarray(order[np.repeat(counts >= _DOTS, counts)])


_DOTS = 6
"""A corner of double rules has four joints."""


def strips(boxes: Floats, max_width: float) -> Floats:
    """Those of the boxes (n, 4) of pictures that are as thin as rules.

    Not the strips into which scanners cut a sheet: these lie one against the other.
    """
    if not len(boxes):
        return boxes
    sides = boxes[:, 2:] - boxes[:, :2]
    chosen = boxes[(sides.min(axis=1) <= max_width) & (sides.max(axis=1) > 1.5 * sides.min(axis=1))]
    level = chosen[:, 2] - chosen[:, 0] > chosen[:, 3] - chosen[:, 1]
    kept = [_apart(chosen[level], 0), _apart(chosen[~level], 1)]
    return np.concatenate(kept)


def _apart(boxes: Floats, axis: int) -> Floats:
    """Long boxes (n, 4) along an axis, none where half of them touch another one side by side."""
    places = np.round(boxes / _SAME_PT).astype(np.int64)
    ends = {tuple(place) for place in places[:, (axis, axis + 2, 3 - axis)].tolist()}
    begins = map(tuple, places[:, (axis, axis + 2, 1 - axis)].tolist())
    n_touching = sum(begin in ends for begin in begins)
    return boxes[:0] if 2 * n_touching >= max(len(boxes), 1) else boxes


def shown_on_ink(segments: Floats, orders: Doubles, areas: Floats, area_orders: Doubles) -> Bools:
    """(n,) which white segments (x0, top, x1, bottom) are seen: drawn on areas that are not white.

    ``areas``: the areas that are not white, with their drawing order. None, where they part no
    rows: a header alone may have such rules, and its table none.
    """
    length = np.maximum((segments[:, 2:] - segments[:, :2]).max(axis=1), 1e-3)
    shown = ink_below(segments, orders, areas, area_orders)
    seen: Bools = shown >= _SHOWN * length
    level = seen & (segments[:, 2] - segments[:, 0] > segments[:, 3] - segments[:, 1])
    if len(np.unique(np.round(segments[level, 1] / 3))) < _LEVEL_RULES:
        seen[:] = False
    return seen


def lattice_edges(areas: Floats, white: Bools, orders: Doubles) -> Floats:
    """Sides (n, 4) of areas (m, 4) that fill a table cell by cell; none where they do not.

    Cells may be shaded and have no rules, or be white on a dark ground that shows between them.
    """
    none = np.empty((0, 4), np.float32)
    ink = np.flatnonzero(~white)
    if len(areas) < LATTICE or not len(ink):
        return none
    x, y = (areas[:, 0] + areas[:, 2]) / 2, (areas[:, 1] + areas[:, 3]) / 2
    holds = np.zeros(len(areas), np.int64)
    is_cell = ~white
    for i in ink.tolist():
        x0, top, x1, bottom = areas[i].tolist()
        inside = (x > x0) & (x < x1) & (y > top) & (y < bottom) & (orders > orders[i])
        holds[i] = np.count_nonzero(inside)
        is_cell |= inside
    cells = np.unique(np.round(areas[is_cell & (holds < LATTICE)], 2), axis=0)
    if len(cells) < LATTICE:
        return none
    x0, top, x1, bottom = cells.T
    outline = (x1.max() - x0.min()) * (bottom.max() - top.min())
    filled = float(((x1 - x0) * (bottom - top)).sum())
    n_cols, n_rows = len(np.unique(np.round(x0 / 3))), len(np.unique(np.round(top / 3)))
    if n_cols < 2 or n_rows < 3 or not _FILLED * outline <= filled <= 1.1 * outline:
        return none
    return _sides(cells)
