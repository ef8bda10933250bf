"""Path data to drawn segments (future rules) and filled areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..settings import RuleSettings
from . import library as pdf
from .edges import (
    Ints,
    curves_to_segments,
    dotted,
    frames,
    lattice_edges,
    shown_on_ink,
    strips,
)
from .geometry import Floats
from .objects import Orders, Paths
from .painted import Painted, cut_pieces, draw_pieces, outline_figures, part_lines, sort_painted
from .walked import INK_NONE, INK_VISIBLE


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
    pieces, of_pieces, broad, of_broad = _strokes(paths, settings)
    boxes, of_boxes, has_pairs = outline_figures(
        paths.points, paths.kinds, paths.counts, paths.fills, paths.clips
    )
    inks = paths.fills.take(of_boxes)
    sides = _NO_BOXES
    if has_pairs:
        owner = np.where(inks == INK_VISIBLE, of_boxes, -1)
        sides, is_frame = frames(boxes, owner, settings.max_width)
        boxes, of_boxes, inks = boxes[~is_frame], of_boxes[~is_frame], inks[~is_frame]
    if len(broad):
        boxes, of_boxes = np.concatenate((boxes, broad)), np.concatenate((of_boxes, of_broad))
        inks = np.concatenate((inks, paths.strokes.take(of_broad)))
    painted = sort_painted(
        pieces, of_pieces, paths.strokes, boxes, of_boxes, inks, paths.orders, settings.max_width
    )
    lines = _without_hidden(painted)
    areas, white, orders = painted.areas, painted.area_white, painted.area_orders
    if len(painted.dots) or len(sides) or len(thin):
        lines = np.concatenate((lines, sides, thin, dotted(painted.dots, settings.join)))
    if (
        len(areas) > 1
        and np.count_nonzero(lines[:, 3] - lines[:, 1] > settings.min_length) < _FEW_UPRIGHT
    ):
        lines = np.concatenate((lines, lattice_edges(areas, white, orders)))
    return _drawn(lines, settings, areas, white, orders)


_NO_BOXES = np.empty((0, 4), np.float32)
_FEW_UPRIGHT = 2
"""A table has as many upright rules at least, or it parts its columns in another way."""


def _strokes(paths: Paths, settings: RuleSettings) -> tuple[Floats, Ints, Floats, Ints]:
    """Pieces (n, 4) drawn by thin pens and the boxes (k, 4) of those drawn by broad ones.

    Both within their clips, each with the number of its path.
    """
    pieces, owners, has_curves = draw_pieces(
        paths.points, paths.kinds, paths.closes, paths.counts, paths.strokes
    )
    if has_curves:
        curved, of_curved = _curves(paths)
        pieces, owners = np.concatenate((pieces, curved)), np.concatenate((owners, of_curved))
    if not len(pieces):
        return pieces, owners, pieces, owners
    return cut_pieces(pieces, owners, paths.pens, paths.clips, settings.max_width)


def _curves(paths: Paths) -> tuple[Floats, Ints]:
    """The boxes (n, 4) of straight pieces for which stroked curves stand, and their paths."""
    owner = np.repeat(np.arange(len(paths.counts)), paths.counts)
    moves = paths.kinds == pdf.SEGMENT_MOVE
    moves[np.cumsum(paths.counts) - paths.counts] = True
    stroked = paths.strokes[owner] != INK_NONE
    pieces, ends = curves_to_segments(paths.points, paths.kinds, moves, stroked)
    one, other = pieces[:, :2], pieces[:, 2:]
    boxes = np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)
    return boxes, owner[ends]


def _without_hidden(painted: Painted) -> Floats:
    """The lines (n, 4) that are seen: first those that are not white, then white ones on ink."""
    lines, is_white = painted.lines, painted.line_white
    if not is_white.any():
        return lines
    ink = ~painted.area_white
    white = lines[is_white]
    seen = shown_on_ink(
        white, painted.line_orders[is_white], painted.areas[ink], painted.area_orders[ink]
    )
    return np.concatenate((lines[~is_white], white[seen]))


def _end_to_end(groups: Sequence[Paths]) -> Paths:
    """The paths of several containers as one."""
    return Paths(
        points=np.concatenate([group.points for group in groups]),
        kinds=np.concatenate([group.kinds for group in groups]),
        closes=np.concatenate([group.closes for group in groups]),
        counts=np.concatenate([group.counts for group in groups]),
        clips=np.concatenate([group.clips for group in groups]),
        strokes=np.concatenate([group.strokes for group in groups]),
        pens=np.concatenate([group.pens for group in groups]),
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
    level, upright = part_lines(segments, settings.skew)
    return Drawn(
        level,
        upright,
        np.empty((0, 4), np.float32) if areas is None else areas,
        np.empty(0, np.bool_) if white is None else white,
        np.empty(0, np.float64) if order is None else order,
    )


def _long_axes(boxes: Floats) -> Floats:
    """The middle line, along the longer side, of thin boxes (n, 4)."""
    axes = boxes.copy()
    level = boxes[:, 2] - boxes[:, 0] >= boxes[:, 3] - boxes[:, 1]
    axes[level, 1] = axes[level, 3] = (boxes[level, 1] + boxes[level, 3]) / 2
    axes[~level, 0] = axes[~level, 2] = (boxes[~level, 0] + boxes[~level, 2]) / 2
    return axes
