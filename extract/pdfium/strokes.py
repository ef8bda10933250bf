"""Path data to drawn segments (future rules) and filled areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..settings import RuleSettings
from . import library as pdf
from .edges import curves_to_segments, dotted, frames, lattice_edges, shown_on_ink, strips
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


def paths_to_drawn(
    groups: Sequence[Paths], settings: RuleSettings, pictures: Floats | None = None
) -> Drawn:
    """Split all paths of a page into rules and areas.

    ``pictures`` (n, 4): displayed boxes of images and shadings; a thin one is a rule.
    """
    thin = _NO_BOXES
    if pictures is not None and len(pictures):
        thin = _long_axes(strips(pictures, settings.max_width))
    if not groups:
        return _drawn(thin, settings)
    paths = groups[0] if len(groups) == 1 else _end_to_end(groups)
    owner = np.repeat(np.arange(len(paths.counts)), paths.counts)
    moves = paths.kinds == pdf.SEGMENT_MOVE
    moves[np.cumsum(paths.counts) - paths.counts] = True
    segments, of_segments, broad, of_broad = _strokes(paths, owner, moves, settings)
    boxes, of_boxes = _figures(paths, owner, moves)
    inks = paths.fills[of_boxes]
    sides, is_frame = frames(boxes, np.where(inks == INK_VISIBLE, of_boxes, -1), settings.max_width)

    if len(sides):
        boxes, of_boxes, inks = boxes[~is_frame], of_boxes[~is_frame], inks[~is_frame]
    if len(broad):
        pens = np.where(paths.white_pens[of_broad], INK_WHITE, INK_VISIBLE).astype(np.uint8)
        boxes, inks = np.concatenate((boxes, broad)), np.concatenate((inks, pens))
        of_boxes = np.concatenate((of_boxes, of_broad))
    orders = paths.orders[of_boxes]
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    short, is_filled = np.minimum(width, height), inks != INK_NONE
    is_thin = (short <= settings.max_width) & is_filled
    is_rule = is_thin & (np.maximum(width, height) > 1.5 * short)
    is_area = ~is_thin & is_filled
    areas, area_white, area_orders = boxes[is_area], inks[is_area] == INK_WHITE, orders[is_area]

    lines = np.concatenate((segments, _long_axes(boxes[is_rule])))
    is_white = np.concatenate((paths.white_pens[of_segments], inks[is_rule] == INK_WHITE))
    over = is_white[:0]
    if is_white.any():
        ink = ~area_white
        over = shown_on_ink(
            lines[is_white],
            np.concatenate((paths.orders[of_segments], orders[is_rule]))[is_white],
            areas[ink],
            area_orders[ink],
        )
        lines = np.concatenate((lines[~is_white], lines[is_white][over]))
    dots = boxes[is_thin & ~is_rule & (inks == INK_VISIBLE)]
    if len(dots) or len(sides) or len(thin):
        lines = np.concatenate((lines, sides, thin, dotted(dots, settings.join)))
    if (
        len(areas) > 1
        and np.count_nonzero(lines[:, 3] - lines[:, 1] > settings.min_length) < _FEW_UPRIGHT
    ):
        lines = np.concatenate((lines, lattice_edges(areas, area_white, area_orders)))
    return _drawn(lines, settings, areas, area_white, area_orders)


_NO_BOXES = np.empty((0, 4), np.float32)
_FEW_UPRIGHT = 2
"""A table has as many upright rules at least, or it parts its columns in another way."""


def _strokes(
    paths: Paths,
    owner: npt.NDArray[np.int64],
    moves: npt.NDArray[np.bool_],
    settings: RuleSettings,
) -> tuple[Floats, npt.NDArray[np.int64], Floats, npt.NDArray[np.int64]]:
    """Pieces (n, 4) drawn by thin pens and the boxes (k, 4) of those drawn by broad ones.

    Both within their clips, each with the number of its path. Of a broad pen a clip may leave a
    rule. ``owner``, ``moves`` (m,): the path of each point, and where a figure begins.
    """
    points, kinds = paths.points, paths.kinds
    stroked = paths.stroked[owner]
    pieces, ends = _stroked_segments(points, kinds, paths.closes, moves, stroked)
    curved, curve_ends = curves_to_segments(points, kinds, moves, stroked)
    if len(curved):
        pieces, ends = np.concatenate((pieces, curved)), np.concatenate((ends, curve_ends))
    of_pieces = owner[ends]
    pieces = _ordered(pieces)
    is_broad = paths.pens[of_pieces] > settings.max_width
    if not is_broad.any():
        segments, kept = clip_to(pieces, paths.clips[of_pieces] + _PEN_REACH)
        return segments, of_pieces[kept], _NO_BOXES, of_pieces[:0]
    thin = of_pieces[~is_broad]
    segments, kept = clip_to(pieces[~is_broad], paths.clips[thin] + _PEN_REACH)
    of_broad = of_pieces[is_broad]
    broad, kept_broad = clip_to(
        _broadened(pieces[is_broad], paths.pens[of_broad]), paths.clips[of_broad]
    )
    return segments, thin[kept], broad, of_broad[kept_broad]


def _broadened(pieces: Floats, pens: Floats) -> Floats:
    """What broad pens (n,) paint of level and upright pieces (n, 4); nothing of others."""
    half = pens / 2
    level = pieces[:, 2] - pieces[:, 0] >= pieces[:, 3] - pieces[:, 1]
    x, y = np.where(level, 0, half), np.where(level, half, 0)
    boxes = pieces + np.stack((-x, -y, x, y), axis=1)
    slanted = (pieces[:, 2:] - pieces[:, :2]).min(axis=1) > half
    boxes[slanted, 2:] = boxes[slanted, :2] - 1
    return np.asarray(boxes, np.float32)


def _figures(
    paths: Paths, owner: npt.NDArray[np.int64], moves: npt.NDArray[np.bool_]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Boxes (n, 4) of the figures that paths consist of, within their clips, and their paths."""
    starts = moves.nonzero()[0]
    points = paths.points
    boxes = np.concatenate(
        (np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)), axis=1
    )
    of_boxes = owner[starts]
    boxes, kept = clip_to(boxes, paths.clips[of_boxes] + _PEN_REACH)
    return boxes, of_boxes[kept]


def _end_to_end(groups: Sequence[Paths]) -> Paths:
    """The paths of several containers as one."""
    return Paths(
        points=np.concatenate([group.points for group in groups]),
        kinds=np.concatenate([group.kinds for group in groups]),
        closes=np.concatenate([group.closes for group in groups]),
        counts=np.concatenate([group.counts for group in groups]),
        clips=np.concatenate([group.clips for group in groups]),
        stroked=np.concatenate([group.stroked for group in groups]),
        pens=np.concatenate([group.pens for group in groups]),
        white_pens=np.concatenate([group.white_pens for group in groups]),
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
