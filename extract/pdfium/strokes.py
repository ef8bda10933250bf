"""Path data to drawn segments (future rules) and filled areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..settings import RuleSettings
from . import library as pdf
from .geometry import Floats
from .objects import INK_NONE, INK_VISIBLE, INK_WHITE, Orders, Paths

_PEN_REACH = np.array((-1.0, -1.0, 1.0, 1.0), np.float32)
"""A border on the very edge of its clip is drawn by half; its axis may lie this far outside."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """``rules_h``, ``rules_v``: (n, 3) at, start, end in displayed points, unmerged.

    ``areas``: (m, 4) boxes filled in a colour or in white, with ``area_white`` and the drawing
    order in ``area_order``; they tell whether white text stands on something.
    """

    rules_h: Floats
    rules_v: Floats
    areas: Floats
    area_white: npt.NDArray[np.bool_]
    area_order: Orders


def paths_to_drawn(groups: Sequence[Paths], settings: RuleSettings) -> Drawn:
    """Split all paths of a page into rules and areas."""
    if not groups:
        return _drawn(np.empty((0, 4), np.float32), settings)
    paths = groups[0] if len(groups) == 1 else _end_to_end(groups)
    points, kinds = paths.points, paths.kinds
    owner = np.repeat(np.arange(len(paths.counts)), paths.counts)
    moves = kinds == pdf.SEGMENT_MOVE
    moves[np.cumsum(paths.counts) - paths.counts] = True
    starts = np.flatnonzero(moves)
    clips = paths.clips + _PEN_REACH

    pieces, ends = _stroked_segments(points, kinds, paths.closes, moves, paths.stroked[owner])
    segments, _ = clip_to(_ordered(pieces), clips[owner[ends]])

    boxes = np.concatenate(
        (np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)), axis=1
    )
    box_owner = owner[starts]
    boxes, kept = clip_to(boxes, clips[box_owner])
    box_owner = box_owner[kept]
    fills = paths.fills[box_owner]
    sides = boxes[:, 2:] - boxes[:, :2]
    is_thin = sides.min(axis=1) <= settings.max_width
    is_rule = is_thin & (fills == INK_VISIBLE) & (sides.max(axis=1) > 1.5 * sides.min(axis=1))
    is_area = ~is_thin & (fills != INK_NONE)
    return _drawn(
        np.concatenate((segments, _long_axes(boxes[is_rule]))),
        settings,
        boxes[is_area],
        fills[is_area] == INK_WHITE,
        paths.orders[box_owner[is_area]],
    )


def _end_to_end(groups: Sequence[Paths]) -> Paths:
    """The paths of several containers as one."""
    return Paths(
        points=np.concatenate([group.points for group in groups]),
        kinds=np.concatenate([group.kinds for group in groups]),
        closes=np.concatenate([group.closes for group in groups]),
        counts=np.concatenate([group.counts for group in groups]),
        clips=np.concatenate([group.clips for group in groups]),
        stroked=np.concatenate([group.stroked for group in groups]),
        fills=np.concatenate([group.fills for group in groups]),
        orders=np.concatenate([group.orders for group in groups]),
    )


def _drawn(
    segments: Floats,
    settings: RuleSettings,
    areas: Floats | None = None,
    white: npt.NDArray[np.bool_] | None = None,
    order: Orders | None = None,
) -> Drawn:
    """Sort segments (x0, top, x1, bottom) by axis; what is neither level nor upright is dropped."""
    width, height = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    level = (height <= settings.skew) & (width > height)
    upright = (width <= settings.skew) & (height > width)
    h, v = segments[level], segments[upright]
    return Drawn(
        np.stack(((h[:, 1] + h[:, 3]) / 2, h[:, 0], h[:, 2]), axis=1),
        np.stack(((v[:, 0] + v[:, 2]) / 2, v[:, 1], v[:, 3]), axis=1),
        np.empty((0, 4), np.float32) if areas is None else areas,
        np.empty(0, np.bool_) if white is None else white,
        np.empty(0, np.float64) if order is None else order,
    )


def _stroked_segments(
    points: Floats,
    kinds: npt.NDArray[np.uint8],
    closes: npt.NDArray[np.bool_],
    moves: npt.NDArray[np.bool_],
    stroked: npt.NDArray[np.bool_],
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Straight stroked pieces (n, 4) as from-point, to-point, and the index of their end point."""
    ends = np.flatnonzero(stroked & (kinds == pdf.SEGMENT_LINE) & ~moves)
    subpath = np.maximum.accumulate(np.where(moves, np.arange(len(moves)), 0))
    closing = np.flatnonzero(stroked & closes)
    pieces = np.concatenate(
        (
            np.concatenate((points[ends - 1], points[ends]), axis=1),
            np.concatenate((points[closing], points[subpath[closing]]), axis=1),
        )
    )
    return pieces, np.concatenate((ends, closing))


def _ordered(pieces: Floats) -> Floats:
    """From-to pieces as boxes with x0 <= x1 and top <= bottom."""
    one, other = pieces[:, :2], pieces[:, 2:]
    return np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)


def _long_axes(boxes: Floats) -> Floats:
    """The middle line, along the longer side, of thin boxes (n, 4)."""
    axes = boxes.copy()
    level = boxes[:, 2] - boxes[:, 0] >= boxes[:, 3] - boxes[:, 1]
    axes[level, 1] = axes[level, 3] = (boxes[level, 1] + boxes[level, 3]) / 2
    axes[~level, 0] = axes[~level, 2] = (boxes[~level, 0] + boxes[~level, 2]) / 2
    return axes


def clip_to(boxes: Floats, clips: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Boxes (n, 4) cut to their clips, without those of which nothing is left, and which stay."""
    cut = np.concatenate(
        (np.maximum(boxes[:, :2], clips[:, :2]), np.minimum(boxes[:, 2:], clips[:, 2:])), axis=1
    )
    kept = (cut[:, 0] <= cut[:, 2]) & (cut[:, 1] <= cut[:, 3])
    return cut[kept], kept
