"""Glyphs of PDFium's text page, without what is not printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from . import library as pdf
from .characters import fill_origins, find_origins, place_glyphs
from .codes import read_codes
from .geometry import Floats, Matrix
from .objects import Orders, PageObjects
from .printed import REACH, find_doubled, find_printed
from .strokes import Drawn
from .texts import Owners, TextObjects, find_texts, read_text_objects
from .walked import INK_WHITE
from .watermarks import find_watermarks


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
    owners = find_texts(pdf.char_object(count, text, range(count)), found)
    if not len(owners.indices):
        return PageGlyphs(no_glyphs(), no_glyphs(), 0)
    objects = read_text_objects(owners, found.places, white)
    owner = owners.owner
    glyphs = _place(text, count, owners, objects, found.places[0].matrix)
    is_printed, is_cut = np.empty(len(owner), np.bool_), np.empty(len(owner), np.bool_)
    masks = is_printed.view(np.uint8), is_cut.view(np.uint8)
    n_white = find_printed(glyphs, owner, objects.inks, printed_share, *masks)
    if n_white:
        is_white = objects.inks[owner] == INK_WHITE
        is_printed &= ~is_white | _stands_on_ink(glyphs, objects.orders[owner], drawn, found)
    is_across = None
    if objects.askew.any() or not objects.has_one_color:
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
    codes = glyphs.codes
    is_hidden = (codes != 10) & (codes != 13) & ~is_printed
    is_hidden &= (codes != 0x20) & (codes != 0xA0) & (codes != 0x3000)  # spaces
    if is_cut.any():
        is_cut &= ~find_shown(glyphs, is_cut, is_printed)
    return PageGlyphs(
        printed=glyphs.select(is_printed.nonzero()[0]),
        cut=glyphs.select(is_cut.nonzero()[0]),
        n_hidden=int(np.count_nonzero(is_hidden)),
        watermarks=None if is_across is None else glyphs.select(is_across.nonzero()[0]),
        n_covered=n_covered,
    )


def _place(text: int, count: int, owners: Owners, objects: TextObjects, matrix: Matrix) -> Glyphs:
    """The glyphs (n,) among the ``count`` characters of a page, printed or not."""
    indices, owner = owners.indices, owners.owner
    n = len(indices)
    boxes = np.zeros((n, 4), np.float32)  # left, top, right, bottom, not always in that order
    pdf.char_box(n, text, indices, pdf.Addresses(boxes))
    glyphs = Glyphs(
        codes=read_codes(text, indices, count),
        boxes=boxes,
        origins=_read_origins(text, owners, boxes, objects.pens),
        sizes=np.empty(n, np.float32),
        runs=np.empty(n, np.int64),
        turns=np.empty(n, np.uint8) if objects.turns.any() else None,
        clips=np.empty((n, 4), np.float32),
    )
    place_glyphs(glyphs, owner, objects, np.array(matrix, np.float32))
    return glyphs


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


def _read_origins(text: int, owners: Owners, boxes: Floats, pens: Floats) -> Floats:
    """Origins (n, 2) in user space; PDFium is asked for those that do not follow from ``pens``."""
    indices = owners.indices
    origins = np.empty((len(indices), 2), np.float32)
    asked, asked_indices = np.empty_like(indices), np.empty_like(indices)
    n = find_origins(
        boxes, indices, owners.owner, owners.counts, pens, origins, asked, asked_indices
    )
    if n:
        told = np.zeros((n, 2), np.float64)
        places = pdf.Addresses(told), pdf.Addresses(told, 1)
        pdf.char_origin(n, text, asked_indices[:n], *places)
        fill_origins(told, asked, origins)
    return origins


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
