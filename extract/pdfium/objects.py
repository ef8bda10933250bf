"""Walk the page's objects once: path data for the rules, places of text, filled areas, images.

Everything leaves here in displayed coordinates, form XObjects unrolled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from ctypes import addressof, c_float, c_int, c_uint
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np

from . import library as pdf
from .geometry import NOTHING, Bounds, Floats, Matrix, concat, intersect, transform_box

MAX_FORM_DEPTH = 12
"""Form XObjects nest a few levels in practice; a deeper tree is a loop or an attack."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects are drawn: matrix to displayed coordinates and clip of the container."""

    matrix: Matrix
    clip: Bounds


@dataclass(slots=True)
class Scratch:
    """Output buffers for PDFium's small results, and the clips already worked out."""

    floats: object = field(default_factory=lambda: (c_float * 8)())
    ints: object = field(default_factory=lambda: (c_int * 2)())
    colors: object = field(default_factory=lambda: (c_uint * 4)())
    clips: dict[tuple[int, ...], Bounds] = field(default_factory=dict)
    floats_at: int = 0
    ints_at: int = 0
    colors_at: int = 0

    def __post_init__(self) -> None:
        self.floats_at = addressof(self.floats)  # type: ignore[arg-type]
        self.ints_at = addressof(self.ints)  # type: ignore[arg-type]
        self.colors_at = addressof(self.colors)  # type: ignore[arg-type]


@dataclass(slots=True)
class PathData:
    """All visible paths of a page, end to end.

    ``points`` (capacity, 2) in each path's own space, ``kinds`` and ``closes`` per point;
    per path: number of points, matrix to displayed coordinates, clip, whether it is stroked as a
    rule, whether filled (1 in a colour, 2 in white), and its number in drawing order.
    """

    points: Floats = field(default_factory=lambda: np.empty((1024, 2), np.float32))
    used: int = 0
    kinds: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    matrices: list[Matrix] = field(default_factory=list)
    clips: list[Bounds] = field(default_factory=list)
    stroked: list[bool] = field(default_factory=list)
    filled: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PageObjects:
    """What the walk gathers. ``texts``: text object -> (its container's number, drawing order)."""

    places: list[Place]
    paths: PathData = field(default_factory=PathData)
    texts: dict[int, tuple[int, int]] = field(default_factory=dict)
    images: list[tuple[Bounds, int]] = field(default_factory=list)
    painted: int = 0


def read_matrix(item: int, scratch: Scratch) -> Matrix:
    """The object's own matrix."""
    pdf.object_matrix(item, scratch.floats_at)
    a, b, c, d, e, f = scratch.floats[:6]  # type: ignore[index]
    return (a, b, c, d, e, f)


def read_color(read: pdf.Function, item: int, scratch: Scratch, white: int) -> int:
    """0 when the colour is fully transparent, 2 when it is white, else 1.

    A pattern has no plain colour; it counts as visible.
    """
    at = scratch.colors_at
    if not read(item, at, at + 4, at + 8, at + 12):
        return 1
    red, green, blue, alpha = scratch.colors[:4]  # type: ignore[index]
    if alpha == 0:
        return 0
    return 2 if red >= white and green >= white and blue >= white else 1


def clip_of(item: int, number: int, place: Place, scratch: Scratch) -> Bounds:
    """The displayed box to which an object is clipped, with its container's clip.

    Objects that share a clip share its path data, so the addresses of the first points tell
    whether a clip was already worked out. A clip without segments hides everything (PDF 8.5.4).
    """
    clip = pdf.clip_path(item)
    count = pdf.clip_count(clip) if clip else 0
    if count <= 0:
        return place.clip
    firsts = [pdf.clip_segment(clip, i, 0) for i in range(count)]
    if not all(firsts):
        return NOTHING
    key = (number, *firsts)
    known = scratch.clips.get(key)
    if known is None:
        known = place.clip
        for i in range(count):
            known = intersect(known, _clip_path_box(clip, i, place.matrix, scratch))
        scratch.clips[key] = known
    return known


def _clip_path_box(clip: int, path: int, matrix: Matrix, scratch: Scratch) -> Bounds:
    at = scratch.floats_at
    xs, ys = [], []
    for i in range(pdf.clip_segments(clip, path)):
        pdf.segment_point(pdf.clip_segment(clip, path, i), at, at + 4)
        x, y = scratch.floats[:2]  # type: ignore[index]
        xs.append(x)
        ys.append(y)
    return transform_box((min(xs), min(ys), max(xs), max(ys)), matrix)


def walk_page(page: int, place: Place, scratch: Scratch, max_pen: float, white: int) -> PageObjects:
    """Gather the objects of an open page. ``place``: displayed matrix and page box."""
    found = PageObjects(places=[place])
    _walk(pdf.page_objects, pdf.page_object, page, 0, found, scratch, (max_pen, white), 0)
    return found


def _walk(
    count: Callable[..., int],
    get: Callable[..., int],
    holder: int,
    number: int,
    found: PageObjects,
    scratch: Scratch,
    limits: tuple[float, int],
    depth: int,
) -> None:
    items = list(map(get, repeat(holder), range(count(holder))))
    place = found.places[number]
    for item, kind in zip(items, map(pdf.object_type, items), strict=True):
        found.painted += 1
        if kind == pdf.OBJECT_TEXT:
            found.texts[item] = (number, found.painted)
        elif kind == pdf.OBJECT_PATH:
            _add_path(item, number, found, scratch, limits)
        elif kind == pdf.OBJECT_IMAGE:
            unit = (0.0, 0.0, 1.0, 1.0)
            box = transform_box(unit, concat(read_matrix(item, scratch), place.matrix))
            box = intersect(box, clip_of(item, number, place, scratch))
            found.images.append((box, found.painted))
        elif kind == pdf.OBJECT_FORM and depth < MAX_FORM_DEPTH:
            matrix = concat(read_matrix(item, scratch), place.matrix)
            found.places.append(Place(matrix, clip_of(item, number, place, scratch)))
            inner = len(found.places) - 1
            _walk(pdf.form_objects, pdf.form_object, item, inner, found, scratch, limits, depth + 1)


def _add_path(
    item: int, number: int, found: PageObjects, scratch: Scratch, limits: tuple[float, int]
) -> None:
    max_pen, white = limits
    pdf.path_mode(item, scratch.ints_at, scratch.ints_at + 4)
    fill_mode, has_stroke = scratch.ints[:2]  # type: ignore[index]
    filled = read_color(pdf.fill_color, item, scratch, white) if fill_mode else 0
    stroked = bool(has_stroke) and read_color(pdf.stroke_color, item, scratch, white) == 1
    if not filled and not stroked:
        return
    place = found.places[number]
    matrix = concat(read_matrix(item, scratch), place.matrix)
    if stroked:
        pdf.stroke_width(item, scratch.floats_at)
        scale = abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
        stroked = scratch.floats[0] * scale <= max_pen  # type: ignore[index]
    clip = clip_of(item, number, place, scratch)
    if clip == NOTHING or not (filled or stroked):
        return
    paths = found.paths
    count = _read_points(item, paths)
    if count:
        paths.counts.append(count)
        paths.matrices.append(matrix)
        paths.clips.append(clip)
        paths.stroked.append(stroked)
        paths.filled.append(filled)
        paths.orders.append(found.painted)


def _read_points(item: int, paths: PathData) -> int:
    """Append the path's points and their kinds; returns how many."""
    count = int(pdf.path_segments(item))
    if count <= 0:
        return 0
    while paths.used + count > len(paths.points):
        paths.points = np.concatenate((paths.points, np.empty_like(paths.points)))
    segments = list(map(pdf.path_segment, repeat(item), range(count)))
    start = paths.points.ctypes.data + 8 * paths.used
    xs, ys = range(start, start + 8 * count, 8), range(start + 4, start + 4 + 8 * count, 8)
    deque(map(pdf.segment_point, segments, xs, ys), maxlen=0)
    paths.kinds.extend(map(pdf.segment_type, segments))
    paths.closes.extend(map(pdf.segment_close, segments))
    paths.used += count
    return count
