"""Walk the page's objects once: path data for the rules, places of text, filled areas, images.

Everything leaves here in displayed coordinates, form XObjects unrolled. Objects are asked in bulk,
one property of all of them after the other (see ``library``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .clips import Place
from .geometry import Bounds, Floats, Matrix, concat, intersect, transform_box
from .walked import (
    INK_NONE,
    Inks,
    colors_to_inks,
    concat_level,
    display_paths,
    part_objects,
    repeat_numbered,
)

MAX_FORM_DEPTH = 12
"""Form XObjects nest a few levels in practice; a deeper tree is a loop or an attack."""

_MOST = 0.9

Ints: TypeAlias = npt.NDArray[np.int64]
Orders: TypeAlias = npt.NDArray[np.float64]
"""Place in the drawing order; what a form draws lies between its own number and the next."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The visible paths of one container, end to end.

    ``points`` (n, 2) in displayed coordinates, ``kinds`` and ``closes`` (n,), ``counts`` (m,)
    points per path. Per path: ``clips`` (m, 4), the inks in which it is drawn (``strokes``) and
    filled (``fills``), the width of its pen in displayed points (``pens``), and its place in the
    drawing order (``orders``).
    """

    points: Floats
    kinds: Ints
    closes: Ints
    counts: Ints
    clips: Floats
    strokes: Inks
    pens: Floats
    fills: Inks
    orders: Orders


@dataclass(frozen=True, slots=True)
class Texts:
    """Text objects of one container: its number; per object handle, drawing order, clip (m, 4)."""

    place: int
    handles: npt.NDArray[np.uint64]
    orders: Orders
    clips: Floats


@dataclass(slots=True)
class PageObjects:
    """What the walk gathers, by container; ``places[0]`` is the page.

    ``images``, ``shadings``: displayed boxes within their clips, with their drawing order;
    ``pictures``: the handles of the images.
    """

    places: list[Place]
    paths: list[Paths] = field(default_factory=list)
    texts: list[Texts] = field(default_factory=list)
    images: list[tuple[Bounds, float]] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    shadings: list[tuple[Bounds, float]] = field(default_factory=list)

    def page_wide(self, share: float = _MOST) -> list[int]:
        """Which images cover more than a share of the page; by itself: fill it, as a scan does."""
        x0, top, x1, bottom = self.places[0].clip
        least = share * (x1 - x0) * (bottom - top)
        boxes = [box for box, _ in self.images]
        return [i for i, (a, b, c, d) in enumerate(boxes) if (c - a) * (d - b) > least]


@dataclass(frozen=True, slots=True)
class PaintSettings:
    """``white``: see ReadSettings."""

    white: int


def walk_page(page: int, place: Place, settings: PaintSettings) -> PageObjects:
    """Gather the objects of an open page. ``place``: displayed matrix and page box."""
    found = PageObjects(places=[place])
    count = int(pdf.page_objects(page))
    items = pdf.page_object(count, page, range(count))
    _walk(items, 0, found, settings, (0.0, count + 1.0), 0)
    return found


def _walk(
    items: pdf.Words,
    number: int,
    found: PageObjects,
    settings: PaintSettings,
    span: tuple[float, float],
    depth: int,
) -> None:
    """``span``: where the container begins in the drawing order and how much room it has."""
    kinds = pdf.object_type(len(items), items)
    room = span[1] / (len(items) + 1)
    place = found.places[number]
    clips = place.clip_boxes(items)

    texts, paths, others = part_objects(items, kinds, clips, span[0], room)
    if len(texts.handles):
        found.texts.append(Texts(number, *texts))
    if len(paths.handles):
        shown = _read_paths(*paths, place.matrix, settings)
        if shown is not None:
            found.paths.append(shown)
    rest = [(i, span[0] + room * (i + 1)) for i in others.tolist()]
    for i, order in rest:
        if kinds[i] == pdf.OBJECT_SHADING and clips[i, 0] <= clips[i, 2]:
            found.shadings.append((_bounds(clips[i]), order))
    for i, order in rest:
        if kinds[i] not in (pdf.OBJECT_IMAGE, pdf.OBJECT_FORM):
            continue
        clip = _bounds(clips[i])
        a, b, c, d, e, f = read_matrices(items[i : i + 1])[0].tolist()
        matrix = concat((a, b, c, d, e, f), place.matrix)
        if kinds[i] == pdf.OBJECT_IMAGE:
            box = intersect(transform_box((0.0, 0.0, 1.0, 1.0), matrix), clip)
            found.images.append((box, order))
            found.pictures.append(int(items[i]))
        elif depth < MAX_FORM_DEPTH:
            found.places.append(Place(matrix, clip))
            count = int(pdf.form_objects(int(items[i])))
            inner = pdf.form_object(count, int(items[i]), range(count))
            _walk(inner, len(found.places) - 1, found, settings, (order, room), depth + 1)


def _bounds(row: Floats) -> Bounds:
    x0, top, x1, bottom = row.tolist()
    return x0, top, x1, bottom


def read_matrices(items: pdf.Words) -> Floats:
    """(n, 6): the objects' own matrices."""
    matrices = np.zeros((len(items), 6), np.float32)
    pdf.object_matrix(len(items), items, pdf.Addresses(matrices))
    return matrices


def concat_all(matrices: Floats, then: Matrix) -> Floats:
    """Matrices (n, 6), each followed by one matrix."""
    p, q, r, s, t, u = then
    if q == r == 0:
        return concat_level(matrices, then)
    linear = np.array(((p, q), (r, s)), np.float32)
    rows = matrices.reshape(-1, 3, 2) @ linear
    rows[:, 2] += np.array((t, u), np.float32)
    return rows.reshape(-1, 6)


def read_inks(read: pdf.Each, items: pdf.Words, white: int) -> tuple[Inks, npt.NDArray[np.uint32]]:
    """(n,) what the objects' fill or stroke shows on paper, and (n, 4) its colour with alpha.

    A pattern has no plain colour; it counts as black. Fully transparent is no ink.
    """
    colors = np.zeros((len(items), 4), np.uint32)
    columns = [pdf.Addresses(colors, i) for i in range(4)]
    known = read(len(items), items, *columns)
    return colors_to_inks(colors, known, white), colors


def read_floats(read: pdf.Each, items: pdf.Words) -> Floats:
    """(n,) one float of each object."""
    values = np.zeros(len(items), np.float32)
    read(len(items), items, pdf.Addresses(values))
    return values


def _read_paths(
    items: pdf.Words, orders: Orders, clips: Floats, matrix: Matrix, settings: PaintSettings
) -> Paths | None:
    """The paths of one container that leave a mark; None when there are none."""
    modes = np.zeros((len(items), 2), np.int32)
    pdf.path_mode(len(items), items, pdf.Addresses(modes, 0), pdf.Addresses(modes, 1))
    fills = _read_some(pdf.fill_color, items, modes[:, 0], settings.white)
    strokes = _read_some(pdf.stroke_color, items, modes[:, 1], settings.white)
    counts = pdf.path_segments(len(items), items)
    shown = ((fills | strokes) * (counts > 0)).nonzero()[0]
    if not len(shown):
        return None
    if len(shown) < len(items):
        items, orders, clips = items.take(shown), orders.take(shown), clips.take(shown, axis=0)
        fills, strokes, counts = fills.take(shown), strokes.take(shown), counts.take(shown)
    owners, within = repeat_numbered(items, counts)
    segments = pdf.path_segment(len(within), owners, within)
    points = np.zeros((len(segments), 2), np.float32)
    pdf.segment_point(len(segments), segments, pdf.Addresses(points, 0), pdf.Addresses(points, 1))
    pens = read_floats(pdf.stroke_width, items)
    display_paths(points, counts, concat_all(read_matrices(items), matrix), pens)
    return Paths(
        points=points,
        kinds=pdf.segment_type(len(segments), segments),
        closes=_read_closes(segments, strokes, counts),
        counts=counts,
        clips=clips,
        strokes=strokes,
        pens=pens,
        fills=fills,
        orders=orders,
    )


def _read_closes(segments: pdf.Words, strokes: Inks, counts: Ints) -> Ints:
    """(n,) whether a segment closes its figure; asked of stroked ones, fills are always closed."""
    chosen = strokes.repeat(counts).nonzero()[0]
    if len(chosen) == len(segments):
        return pdf.segment_close(len(segments), segments)
    closes = np.zeros(len(segments), np.int64)
    if len(chosen):
        closes[chosen] = pdf.segment_close(len(chosen), segments.take(chosen))
    return closes


def _read_some(read: pdf.Each, items: pdf.Words, asked: npt.NDArray[np.int32], white: int) -> Inks:
    """(n,) inks of the objects ``asked``; INK_NONE for the others."""
    chosen = asked.nonzero()[0]
    if len(chosen) == len(items):
        return read_inks(read, items, white)[0]
    inks = np.full(len(items), INK_NONE, np.uint8)
    if len(chosen):
        inks[chosen] = read_inks(read, items.take(chosen), white)[0]
    return inks
