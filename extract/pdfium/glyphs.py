"""Glyphs of PDFium's text page, without what is not printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdf
from .codes import read_codes
from .doubled import REACH, find_doubled
from .geometry import Floats, transform_boxes, transform_points
from .objects import (
    INK_NONE,
    INK_VISIBLE,
    INK_WHITE,
    Orders,
    PageObjects,
)
from .strokes import Drawn
from .texts import read_text_objects, texts_of_glyphs
from .watermarks import find_watermarks

_ROUNDING = 0.01
"""Places computed by PDFium in single precision differ by less, in points."""


@dataclass(frozen=True, slots=True)
class PageGlyphs:
    """What a page's text is: glyphs that are printed, and those that are not.

    ``cut``: glyphs that would be printed but for their clip, without spaces and without copies of
    printed ones. ``n_hidden``: how many were dropped as not printed, for whatever reason, or as
    ``watermarks``. ``n_covered``: printed ones over which a page-wide picture is drawn.
    """

    printed: Glyphs
    cut: Glyphs
    n_hidden: int
    watermarks: Glyphs | None = None
    n_covered: int = 0


def read_glyphs(
    page: int, found: PageObjects, drawn: Drawn, printed_share: float, white: int
) -> PageGlyphs:
    """The glyphs of an open page: those printed and those that a clip hides."""
    text = pdf.load_text(page)
    if not text:
        return PageGlyphs(no_glyphs(), no_glyphs(), 0)
    try:
        return _read_text(text, found, drawn, printed_share, white)
    finally:
        pdf.close_text(text)


def _read_text(
    text: int, found: PageObjects, drawn: Drawn, printed_share: float, white: int
) -> PageGlyphs:
    count = max(int(pdf.count_chars(text)), 0)
    pointers = pdf.char_object(count, text, range(count))
    # Characters that PDFium made up (spaces between words, line ends) belong to no text object.
    indices = pointers.nonzero()[0]
    if not len(indices):
        return PageGlyphs(no_glyphs(), no_glyphs(), 0)
    texts, owner = texts_of_glyphs(pointers[indices], found)
    objects = read_text_objects(texts, owner, found.places, white)
    codes = read_codes(text, indices, count)
    boxes = _read_boxes(text, indices)
    origins = _read_origins(text, indices, boxes, owner, objects.pens)
    matrix = found.places[0].matrix
    sizes = np.maximum(objects.sizes[owner], 0.1)
    origins = transform_points(origins, matrix)
    clips = objects.clips[owner]
    glyphs = Glyphs(
        codes=codes,
        boxes=_sound_boxes(transform_boxes(boxes, matrix), origins, sizes),
        origins=origins,
        sizes=sizes,
        runs=objects.ranks[owner],
        turns=objects.turns[owner] if objects.turns.any() else None,
        clips=clips,
    )
    is_glyph = (codes != 10) & (codes != 13)
    inks = objects.inks[owner]
    is_cut = _share_inside(glyphs.boxes, clips) < printed_share
    is_printed = is_glyph & (inks != INK_NONE) & ~is_cut
    is_white = inks == INK_WHITE
    if (is_white & is_printed).any():
        is_printed &= ~is_white | _stands_on_ink(glyphs, objects.orders[owner], drawn, found)
    is_across = None
    if objects.askew.any() or (objects.colors != objects.colors[0]).any():
        is_across = find_watermarks(
            glyphs,
            is_printed,
            objects.askew[owner],
            objects.colors[owner],
            drawn.rules_h,
            drawn.rules_v,
        )
        is_printed &= ~is_across
    is_printed &= ~find_doubled(glyphs, is_printed)
    n_covered = _n_covered(objects.orders[owner[is_printed]], found) if found.images else 0
    if is_printed.all():
        return PageGlyphs(glyphs, no_glyphs(), 0, n_covered=n_covered)
    is_hidden = is_glyph & ~is_printed
    is_hidden &= (codes != 0x20) & (codes != 0xA0) & (codes != 0x3000)  # spaces
    is_cut &= is_hidden & (inks == INK_VISIBLE) & (clips[:, 0] <= clips[:, 2])
    if is_cut.any():
        is_cut &= ~find_shown(glyphs, is_cut, is_printed)
    return PageGlyphs(
        printed=glyphs.select(is_printed.nonzero()[0]),
        cut=glyphs.select(is_cut.nonzero()[0]),
        n_hidden=int(np.count_nonzero(is_hidden)),
        watermarks=None if is_across is None else glyphs.select(is_across.nonzero()[0]),
        n_covered=n_covered,
    )


def _n_covered(orders: Orders, found: PageObjects) -> int:
    """How many glyphs come before a picture of the whole page: it may show what they only guess."""
    last = max((found.images[i][1] for i in found.page_wide()), default=-1.0)
    return int(np.count_nonzero(orders < last))


def no_glyphs() -> Glyphs:
    """A page without text."""
    none = np.empty(0, np.float32)
    return Glyphs(
        np.empty(0, np.uint32),
        np.empty((0, 4), np.float32),
        np.empty((0, 2), np.float32),
        none,
        np.empty(0, np.int64),
        np.empty(0, np.uint8),
        np.empty((0, 4), np.float32),
    )


def _read_boxes(text: int, indices: npt.NDArray[np.int64]) -> Floats:
    """Loose boxes (n, 4) in user space: left, top, right, bottom, not always in that order."""
    boxes = np.zeros((len(indices), 4), np.float32)
    pdf.char_box(len(indices), text, indices, pdf.Addresses(boxes))
    return boxes


def _read_origins(
    text: int,
    indices: npt.NDArray[np.int64],
    boxes: Floats,
    owner: npt.NDArray[np.int64],
    pens: Floats,
) -> Floats:
    """Origins (n, 2) in user space.

    The only glyph of a level text object stands where its object begins. PDFium is asked for the
    others, and where the box does not begin there too: in vertical fonts, whose glyphs hang beside
    the pen, and fonts without ascent.
    """
    origins = pens[owner]
    is_lone = np.bincount(owner, minlength=len(pens))[owner] == 1
    is_told = is_lone & (np.abs(boxes[:, 0] - origins[:, 0]) < _ROUNDING)  # false for NaN
    asked = (~is_told).nonzero()[0]
    if not len(asked):
        return origins
    told = np.zeros((len(asked), 2), np.float64)
    places = pdf.Addresses(told), pdf.Addresses(told, 1)
    pdf.char_origin(len(asked), text, indices[asked], *places)
    origins[asked] = told
    return origins


def _sound_boxes(boxes: Floats, origins: Floats, sizes: Floats) -> Floats:
    """Boxes (n, 4) with those of no extent replaced by a box of the font size at the origin."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    # A box of no width at the right place is a font without widths; of no height, one without
    # ascent. Either way the pen position is right.
    flat = (np.minimum(width, height) < 0.05 * sizes) | ~np.isfinite(width + height)
    if not flat.any():
        return boxes
    x, y, size = origins[flat, 0], origins[flat, 1], sizes[flat]
    wide = np.maximum(np.nan_to_num(width[flat]), 0.5 * size)
    boxes = boxes.copy()
    boxes[flat] = np.stack((x, y - 0.88 * size, x + wide, y + 0.12 * size), axis=1)
    return boxes


def _share_inside(boxes: Floats, clips: Floats) -> Floats:
    """How much of each box (n, 4) lies inside its clip (n, 4): 0 to 1."""
    width = np.minimum(boxes[:, 2], clips[:, 2]) - np.maximum(boxes[:, 0], clips[:, 0])
    height = np.minimum(boxes[:, 3], clips[:, 3]) - np.maximum(boxes[:, 1], clips[:, 1])
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    inside = np.maximum(width, 0) * np.maximum(height, 0)
    return np.asarray(inside / np.maximum(area, 1e-6), np.float32)


def _stands_on_ink(
    glyphs: Glyphs, glyph_orders: Orders, drawn: Drawn, found: PageObjects
) -> npt.NDArray[np.bool_]:
    """Whether each glyph stands on something that is not white: white text there is printed.

    The last area drawn before the text and under the glyph's centre decides.
    """
    images = np.array([box for box, _ in found.images], np.float32).reshape(-1, 4)
    areas = np.concatenate((drawn.areas, images))
    inks = np.concatenate((~drawn.area_white, np.ones(len(images), np.bool_)))
    orders = np.concatenate((drawn.area_order, np.array([o for _, o in found.images], np.float64)))
    ranking = np.argsort(orders, kind="stable")
    on_ink = np.zeros(len(glyphs), np.bool_)
    x = (glyphs.boxes[:, 0] + glyphs.boxes[:, 2]) / 2
    y = (glyphs.boxes[:, 1] + glyphs.boxes[:, 3]) / 2
    for i in ranking.tolist():
        x0, top, x1, bottom = areas[i]
        under = (x >= x0) & (x <= x1) & (y >= top) & (y <= bottom) & (glyph_orders > orders[i])
        on_ink[under] = inks[i]
    return on_ink


def find_shown(
    glyphs: Glyphs, hidden: npt.NDArray[np.bool_], printed: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """(n,) hidden glyphs that are printed all the same, by another drawing of the same text.

    Fake bold near a clip's edge does so, and producers that draw a page in strips.
    """
    shown = np.zeros(len(glyphs), np.bool_)
    a, b = hidden.nonzero()[0], printed.nonzero()[0]
    # Codes are moved so far apart that one sorted axis holds them all, each with its places.
    axis = glyphs.codes * 1e6 + glyphs.origins[:, 0].astype(np.float64)
    b = b[np.argsort(axis[b], kind="stable")]
    near = REACH * glyphs.sizes[a]
    first = np.searchsorted(axis[b], axis[a] - near)
    counts = np.searchsorted(axis[b], axis[a] + near) - first
    mine = np.repeat(np.arange(len(a)), counts)
    ends = np.cumsum(counts)
    other = b[np.arange(len(mine)) - np.repeat(ends - counts, counts) + first[mine]]
    level = np.abs(glyphs.origins[a[mine], 1] - glyphs.origins[other, 1]) < near[mine]
    shown[a[mine[level]]] = True
    return shown
