"""Path data to drawn segments (future rules) and filled areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..settings import RuleSettings
from . import library as pdf
from .geometry import Floats
from .objects import PathData

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
    area_order: npt.NDArray[np.int64]


def paths_to_drawn(paths: PathData, settings: RuleSettings) -> Drawn:
    """Split all paths of a page into rules and areas."""
    if not paths.used:
        return _drawn(np.empty((0, 4), np.float32), settings)
    counts = np.array(paths.counts)
    owner = np.repeat(np.arange(len(counts)), counts)
    matrices = np.array(paths.matrices, np.float32)[owner]
    raw = paths.points[: paths.used]
    x = matrices[:, 0] * raw[:, 0] + matrices[:, 2] * raw[:, 1] + matrices[:, 4]
    y = matrices[:, 1] * raw[:, 0] + matrices[:, 3] * raw[:, 1] + matrices[:, 5]
    points = np.stack((x, y), axis=1).astype(np.float32)
    kinds = np.array(paths.kinds)
    moves = kinds == pdf.SEGMENT_MOVE
    moves[np.concatenate(([0], np.cumsum(counts)[:-1]))] = True
    starts = np.flatnonzero(moves)
    clips = np.array(paths.clips, np.float32) + _PEN_REACH
    stroked = np.array(paths.stroked)
    filled = np.array(paths.filled)

    lines = _stroked_segments(points, kinds, np.array(paths.closes, bool), moves, stroked[owner])
    segments = clip_boxes(_ordered(lines[0]), clips[owner[lines[1]]])

    boxes = np.concatenate(
        (np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)), axis=1
    )
    box_owner = owner[starts]
    boxes, kept = clip_boxes_kept(boxes, clips[box_owner])
    box_owner = box_owner[kept]
    sides = boxes[:, 2:] - boxes[:, :2]
    is_thin = sides.min(axis=1) <= settings.max_width
    is_rule = is_thin & (filled[box_owner] == 1) & (sides.max(axis=1) > 1.5 * sides.min(axis=1))
    is_area = ~is_thin & (filled[box_owner] > 0)
    return _drawn(
        np.concatenate((segments, _long_axes(boxes[is_rule]))),
        settings,
        boxes[is_area],
        filled[box_owner[is_area]] == 2,
        np.array(paths.orders)[box_owner[is_area]],
    )


def _drawn(
    segments: Floats,
    settings: RuleSettings,
    areas: Floats | None = None,
    white: npt.NDArray[np.bool_] | None = None,
    order: npt.NDArray[np.int64] | None = None,
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
        np.empty(0, np.int64) if order is None else order,
    )


def _stroked_segments(
    points: Floats,
    kinds: npt.NDArray[np.int64],
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


def clip_boxes_kept(boxes: Floats, clips: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Boxes (n, 4) cut to their clips, without those of which nothing is left, and which stay."""
    cut = np.concatenate(
        (np.maximum(boxes[:, :2], clips[:, :2]), np.minimum(boxes[:, 2:], clips[:, 2:])), axis=1
    )
    kept = (cut[:, 0] <= cut[:, 2]) & (cut[:, 1] <= cut[:, 3])
    return cut[kept], kept


def clip_boxes(boxes: Floats, clips: Floats) -> Floats:
    """Boxes cut to their clips; see clip_boxes_kept."""
    return clip_boxes_kept(boxes, clips)[0]
