"""Walk the page's objects once: path data for the rules, places of text, filled areas, images.

Everything leaves here in displayed coordinates, form XObjects unrolled. Objects are asked in bulk,
one property of all of them after the other (see ``library``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import repeat
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .geometry import NOTHING, Bounds, Floats, Matrix, concat, intersect, transform_box

MAX_FORM_DEPTH = 12
"""Form XObjects nest a few levels in practice; a deeper tree is a loop or an attack."""

INK_NONE, INK_VISIBLE, INK_WHITE = 0, 1, 2
Inks: TypeAlias = npt.NDArray[np.uint8]
Orders: TypeAlias = npt.NDArray[np.float64]
"""Place in the drawing order; what a form draws lies between its own number and the next."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where objects are drawn: matrix to displayed coordinates and clip of the container."""

    matrix: Matrix
    clip: Bounds


@dataclass(frozen=True, slots=True)
class Paths:
    """The visible paths of one container, end to end.

    ``points`` (n, 2) in displayed coordinates, ``kinds`` and ``closes`` (n,), ``counts`` (m,)
    points per path. Per path: ``clips`` (m, 4), whether it is ``stroked`` by a pen thin enough for
    a rule, the ``fills``' ink, and its place in the drawing order.
    """

    points: Floats
    kinds: npt.NDArray[np.uint8]
    closes: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.int64]
    clips: Floats
    stroked: npt.NDArray[np.bool_]
    fills: Inks
    orders: Orders


@dataclass(frozen=True, slots=True)
class Texts:
    """Text objects of one container: handles (m,), the container's number, drawing order (m,)."""

    handles: npt.NDArray[np.uint64]
    place: int
    orders: Orders


@dataclass(slots=True)
class PageObjects:
    """What the walk gathers; ``clips``, ``layers``: by place, what was worked out of clips."""

    places: list[Place]
    paths: list[Paths] = field(default_factory=list)
    texts: list[Texts] = field(default_factory=list)
    images: list[tuple[Bounds, float]] = field(default_factory=list)
    clips: dict[int, dict[tuple[int, int | None], Bounds]] = field(default_factory=dict)
    layers: dict[tuple[int, int | None], Bounds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaintSettings:
    """``max_pen``: the thickest pen, in points, that draws a rule; ``white``: see ReadSettings."""

    max_pen: float
    white: int


def walk_page(page: int, place: Place, settings: PaintSettings) -> PageObjects:
    """Gather the objects of an open page. ``place``: displayed matrix and page box."""
    found = PageObjects(places=[place])
    count = int(pdf.page_objects(page))
    items = list(map(pdf.page_object, repeat(page), range(count)))
    _walk(items, 0, found, settings, (0.0, count + 1.0), 0)
    return found


def _walk(
    items: list[int],
    number: int,
    found: PageObjects,
    settings: PaintSettings,
    span: tuple[float, float],
    depth: int,
) -> None:
    """``span``: where the container begins in the drawing order and how much room it has."""
    kinds = np.fromiter(map(pdf.object_type, items), np.int64, len(items))
    room = span[1] / (len(items) + 1)
    orders: Orders = span[0] + room * np.arange(1, len(items) + 1, dtype=np.float64)
    place = found.places[number]

    is_text = kinds == pdf.OBJECT_TEXT
    if is_text.any():
        handles = np.array(items, np.uint64)[is_text]
        found.texts.append(Texts(handles, number, orders[is_text]))
    is_path = np.flatnonzero(kinds == pdf.OBJECT_PATH)
    if len(is_path):
        paths = _read_paths([items[i] for i in is_path], orders[is_path], number, found, settings)
        if paths is not None:
            found.paths.append(paths)
    for i in np.flatnonzero((kinds == pdf.OBJECT_IMAGE) | (kinds == pdf.OBJECT_FORM)).tolist():
        clip: Bounds = tuple(clip_boxes([items[i]], number, found)[0].tolist())
        a, b, c, d, e, f = read_matrices([items[i]])[0].tolist()
        matrix = concat((a, b, c, d, e, f), place.matrix)
        if kinds[i] == pdf.OBJECT_IMAGE:
            box = intersect(transform_box((0.0, 0.0, 1.0, 1.0), matrix), clip)
            found.images.append((box, float(orders[i])))
        elif depth < MAX_FORM_DEPTH:
            found.places.append(Place(matrix, clip))
            inner = list(map(pdf.form_object, repeat(items[i]), range(pdf.form_objects(items[i]))))
            inside = (float(orders[i]), room)
            _walk(inner, len(found.places) - 1, found, settings, inside, depth + 1)


def _call(function: pdf.Function, *arguments: Iterable[int]) -> None:
    """Call for its output parameters only, without a Python loop."""
    deque(map(function, *arguments), maxlen=0)


def _addresses(array: npt.NDArray[np.generic], column: int = 0) -> range:
    """The addresses of one column of a C-ordered array, row by row."""
    step = array.strides[0]
    start = array.ctypes.data + column * array.itemsize
    return range(start, start + step * len(array), step)


def read_matrices(items: list[int]) -> Floats:
    """(n, 6): the objects' own matrices."""
    matrices = np.zeros((len(items), 6), np.float32)
    _call(pdf.object_matrix, items, _addresses(matrices))
    return matrices


def concat_all(matrices: Floats, then: Matrix) -> Floats:
    """Matrices (n, 6), each followed by one matrix."""
    p, q, r, s, t, u = then
    linear = np.array(((p, q), (r, s)), np.float32)
    rows = matrices.reshape(-1, 3, 2) @ linear
    rows[:, 2] += np.array((t, u), np.float32)
    return rows.reshape(-1, 6)


def read_inks(read: pdf.Function, items: list[int], white: int) -> Inks:
    """(n,) what the objects' fill or stroke colour shows on paper.

    A pattern has no plain colour; it counts as visible. Fully transparent is no ink.
    """
    colors = np.zeros((len(items), 4), np.uint32)
    columns = [_addresses(colors, i) for i in range(4)]
    known = np.fromiter(map(read, items, *columns), np.bool_, len(items))
    inks = np.where((colors[:, :3] >= white).all(axis=1), INK_WHITE, INK_VISIBLE)
    inks[colors[:, 3] == 0] = INK_NONE
    inks[~known] = INK_VISIBLE
    return inks.astype(np.uint8)


def read_floats(read: pdf.Function, items: list[int]) -> Floats:
    """(n,) one float of each object."""
    values = np.zeros((len(items), 1), np.float32)
    _call(read, items, _addresses(values))
    return values[:, 0]


def clip_boxes(items: list[int], number: int, found: PageObjects) -> Floats:
    """(n, 4): the displayed boxes to which objects are clipped, with their container's clip.

    A clip is a stack of paths. Each clipping operator adds one to the stack as it is at that
    place, and objects that share the stack share the paths, so the height of the stack and the
    address of its last path's first point tell whether a clip was already worked out. A path
    without segments hides everything (PDF 8.5.4).
    """
    place = found.places[number]
    handles = list(map(pdf.clip_path, items))
    counts = list(map(pdf.clip_count, handles))
    last = [count - 1 for count in counts]
    keys = list(zip(counts, map(pdf.clip_segment, handles, last, repeat(0)), strict=True))
    known = found.clips.setdefault(number, {(-1, None): place.clip, (0, None): place.clip})
    numbers: dict[tuple[int, int | None], int] = {}
    distinct: list[Bounds] = []
    for key, clip in dict(zip(keys, handles, strict=True)).items():
        if key not in known:
            known[key] = _clip_box(clip, key[0], number, found)
        numbers[key] = len(distinct)
        distinct.append(known[key])
    which = np.fromiter(map(numbers.__getitem__, keys), np.int64, len(keys))
    return np.array(distinct, np.float32).reshape(-1, 4)[which]


def _clip_box(clip: int, count: int, number: int, found: PageObjects) -> Bounds:
    """The common part of a stack of ``count`` paths; its lower ones are mostly the same."""
    place = found.places[number]
    box = place.clip
    for path in range(count):
        key = (number, pdf.clip_segment(clip, path, 0))
        if key not in found.layers:
            found.layers[key] = _layer_box(clip, path, place)
        box = intersect(box, found.layers[key])
    return box


def _layer_box(clip: int, path: int, place: Place) -> Bounds:
    size = int(pdf.clip_segments(clip, path))
    if size <= 0:
        return NOTHING
    points = np.zeros((size, 2), np.float32)
    segments = list(map(pdf.clip_segment, repeat(clip), repeat(path), range(size)))
    _call(pdf.segment_point, segments, _addresses(points, 0), _addresses(points, 1))
    xs, ys = zip(*points.tolist(), strict=True)
    return transform_box((min(xs), min(ys), max(xs), max(ys)), place.matrix)


def _read_paths(
    items: list[int], orders: Orders, number: int, found: PageObjects, settings: PaintSettings
) -> Paths | None:
    """The paths that leave a mark inside their clip; None when there are none."""
    modes = np.zeros((len(items), 2), np.int32)
    _call(pdf.path_mode, items, _addresses(modes, 0), _addresses(modes, 1))
    fills = read_inks(pdf.fill_color, items, settings.white) * (modes[:, 0] != 0)
    strokes = read_inks(pdf.stroke_color, items, settings.white) * (modes[:, 1] != 0)
    matrices = concat_all(read_matrices(items), found.places[number].matrix)
    scale = np.abs(matrices[:, 0] * matrices[:, 3] - matrices[:, 1] * matrices[:, 2]) ** 0.5
    is_thin = read_floats(pdf.stroke_width, items) * scale <= settings.max_pen
    stroked = (strokes == INK_VISIBLE) & is_thin
    clips = clip_boxes(items, number, found)
    counts = np.fromiter(map(pdf.path_segments, items), np.int64, len(items))
    chosen = np.flatnonzero(
        (stroked | (fills != INK_NONE)) & (counts > 0) & (clips[:, 0] <= clips[:, 2])
    )
    if not len(chosen):
        return None
    counts = counts[chosen]
    holders = np.repeat(np.array(items, np.uint64)[chosen], counts).tolist()
    ends = np.cumsum(counts)
    within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    segments = list(map(pdf.path_segment, holders, within.tolist()))
    points = np.zeros((len(segments), 2), np.float32)
    _call(pdf.segment_point, segments, _addresses(points, 0), _addresses(points, 1))
    m = np.repeat(matrices[chosen], counts, axis=0)
    x = m[:, 0] * points[:, 0] + m[:, 2] * points[:, 1] + m[:, 4]
    y = m[:, 1] * points[:, 0] + m[:, 3] * points[:, 1] + m[:, 5]
    return Paths(
        points=np.stack((x, y), axis=1),
        kinds=np.fromiter(map(pdf.segment_type, segments), np.uint8, len(segments)),
        closes=np.fromiter(map(pdf.segment_close, segments), np.bool_, len(segments)),
        counts=counts,
        clips=clips[chosen],
        stroked=stroked[chosen],
        fills=fills[chosen].astype(np.uint8),
        orders=orders[chosen],
    )
