# cython: wraparound=False, cdivision=True
"""Which glyphs are printed: with ink, within their clip, and not again at the same place.

In loops that Cython compiles.
"""

from __future__ import annotations

from math import isfinite

import cython
import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from .walked import INK_NONE, INK_VISIBLE, INK_WHITE

REACH = 0.12
"""Fake bold draws a glyph again this close, in font sizes; the narrowest glyphs advance 0.2."""


def find_printed(
    glyphs: Glyphs,
    owner: cython.longlong[:],
    inks_of_texts: cython.uchar[:],
    printed_share: cython.float,
    printed: cython.uchar[:],
    cut: cython.uchar[:],
) -> int:
    """Which glyphs are printed, or would be but for their clip: fills ``printed`` and ``cut`` (n,).

    A glyph of which less than ``printed_share`` lies inside its clip is not printed, and neither is
    one that leaves no ink, or a line's end. Spaces count as printed, but not as cut. Returns how
    many of the printed are white.
    """
    codes: cython.uint[:] = glyphs.codes
    boxes: cython.float[:, ::1] = glyphs.boxes
    clips: cython.float[:, ::1] = glyphs.clips
    none: cython.uchar = INK_NONE
    visible: cython.uchar = INK_VISIBLE
    white: cython.uchar = INK_WHITE
    n_white: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(codes.shape[0]):
        code: cython.uint = codes[i]
        ink: cython.uchar = inks_of_texts[owner[i]]
        is_cut: cython.bint = _share_inside(boxes, clips, i) < printed_share
        printed[i] = not is_cut and ink != none and code != 10 and code != 13
        cut[i] = is_cut and ink == visible and clips[i, 0] <= clips[i, 2] and not _is_blank(code)
        if printed[i] and ink == white:
            n_white += 1
    return int(n_white)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_blank(code: cython.uint) -> cython.bint:
    """Whether a code is a line's end or a space."""
    return code == 10 or code == 13 or code == 0x20 or code == 0xA0 or code == 0x3000


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _share_inside(
    boxes: cython.float[:, ::1], clips: cython.float[:, ::1], i: cython.Py_ssize_t
) -> cython.float:
    """How much of a box lies inside its clip: 0 to 1, no number for a box without place."""
    left: cython.float = max(boxes[i, 0], clips[i, 0])
    top: cython.float = max(boxes[i, 1], clips[i, 1])
    right: cython.float = min(boxes[i, 2], clips[i, 2])
    bottom: cython.float = min(boxes[i, 3], clips[i, 3])
    area: cython.float = (boxes[i, 2] - boxes[i, 0]) * (boxes[i, 3] - boxes[i, 1])
    inside: cython.float = max(right - left, 0) * max(bottom - top, 0)
    return inside / max(area, _LEAST_AREA)


_LEAST_AREA = cython.declare(cython.float, 1e-6)


def find_doubled(glyphs: Glyphs, candidates: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(n,) glyphs that only repeat an earlier one at the same place, from another text object.

    However many copies there are, those of the text object that came first stay. Pieces of one
    ligature share a place and a text object, so they stay.
    """
    assert glyphs.runs is not None
    doubled = np.zeros(len(glyphs), np.bool_)
    if not _may_repeat(glyphs, candidates.view(np.uint8)):
        return doubled
    chosen = candidates.nonzero()[0]
    codes, runs = glyphs.codes[chosen], glyphs.runs[chosen]
    places = glyphs.origins[chosen].astype(np.float64)
    reach = REACH * glyphs.sizes[chosen].astype(np.float64)
    middle = len(reach) // 2
    band = max(2 * float(np.partition(reach, middle)[middle]), 0.1)
    repeats = np.zeros(len(chosen), np.uint8)
    # Two passes with bands shifted by half, so that a pair is in one band in at least one pass.
    for shift in (0.0, 0.5):
        bands = np.floor(places[:, 1] / band + shift)
        order = _by_places(codes, bands, places[:, 0])
        _mark_repeats(order, codes, bands, places, reach, runs, repeats)
    doubled[chosen] = repeats.view(np.bool_)
    return doubled


def _may_repeat(glyphs: Glyphs, candidates: cython.uchar[:]) -> cython.bint:
    """Whether two of the glyphs are alike, of different text objects and as close as copies are.

    Few pages have such, and sorting takes long. Here each glyph looks for an earlier one in the
    squares into which its reach comes, mostly one or two. Squares are as wide as the largest glyph;
    ``heads`` has the last glyph of each, ``before`` the one before that.
    """
    codes: cython.uint[:] = glyphs.codes
    origins: cython.float[:, :] = glyphs.origins
    sizes: cython.float[:] = glyphs.sizes
    runs: cython.longlong[:] = glyphs.runs
    side: cython.double = _largest(sizes, candidates)
    per_point: cython.double = 1 / side if side > 0 else 0
    heads: cython.longlong[:] = np.full(1 << (2 * codes.shape[0]).bit_length(), -1, np.int64)
    before: cython.longlong[:] = np.empty(codes.shape[0], np.int64)
    last: cython.longlong = heads.shape[0] - 1
    steps: cython.longlong = 16 * codes.shape[0]
    i: cython.Py_ssize_t
    for i in range(codes.shape[0]):
        if not candidates[i]:
            continue
        code: cython.ulonglong = cython.cast(cython.ulonglong, codes[i])
        x: cython.double = cython.cast(cython.double, origins[i, 0])
        y: cython.double = cython.cast(cython.double, origins[i, 1])
        reach: cython.double = _REACH * cython.cast(cython.double, sizes[i])
        if not (abs(x) + abs(y) < 1e6 * side and reach < side):
            return True  # placed nowhere: for those who look at each pair
        left: cython.longlong = _square((x - reach) * per_point)
        right: cython.longlong = _square((x + reach) * per_point)
        top: cython.longlong = _square((y - reach) * per_point)
        bottom: cython.longlong = _square((y + reach) * per_point)
        across: cython.longlong
        down: cython.longlong
        for across in range(left, right + 1):
            for down in range(top, bottom + 1):
                other: cython.longlong = heads[_slot(code, across, down) & last]
                while other >= 0:
                    near: cython.double = _REACH * cython.cast(cython.double, sizes[other])
                    near = min(near, reach)
                    if (
                        codes[other] == code
                        and runs[other] != runs[i]
                        and abs(cython.cast(cython.double, origins[other, 0]) - x) < near
                        and abs(cython.cast(cython.double, origins[other, 1]) - y) < near
                    ):
                        return True
                    steps -= 1
                    if steps < 0:
                        return True  # so many in a square are found sooner by sorting
                    other = before[other]
        own: cython.longlong = _slot(code, _square(x * per_point), _square(y * per_point)) & last
        before[i] = heads[own]
        heads[own] = i
    return False


_REACH = cython.declare(cython.double, REACH)


@cython.cfunc
@cython.exceptval(check=False)
def _largest(sizes: cython.float[:], candidates: cython.uchar[:]) -> cython.double:
    """The largest size of the candidates; 0 where there is none."""
    largest: cython.double = 0
    i: cython.Py_ssize_t
    for i in range(sizes.shape[0]):
        if candidates[i] and sizes[i] > largest:
            largest = cython.cast(cython.double, sizes[i])
    return largest


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _square(place: cython.double) -> cython.longlong:
    """Which row or column of squares a place is in, in their sides, of which it has 1e6 at most.

    What C cuts off is ``floor`` of what is not negative, and takes less time.
    """
    return cython.cast(cython.longlong, place + 1048576)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _slot(
    code: cython.ulonglong, across: cython.ulonglong, down: cython.ulonglong
) -> cython.ulonglong:
    """A number that tells a code and a square from most others."""
    mixed: cython.ulonglong = (code << 40) ^ (across << 20) ^ down
    return (mixed * cython.cast(cython.ulonglong, 0x9E3779B97F4A7C15)) >> 24


def _by_places(
    codes: npt.NDArray[np.uint32], bands: npt.NDArray[np.float64], x: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """The order (n,) by code, band and x: one sort of numbers that are made of all three.

    Bands are moved so far apart that a page's width has room between two, codes likewise.
    """
    width = float(x.max() - x.min()) + 1.0
    height = float(bands.max() - bands.min()) + 1.0
    if not isfinite(width * height):  # glyphs placed nowhere
        return np.lexsort((x, bands, codes))
    keys = x + width * (bands + height * codes)
    order = keys.argsort()  # several times faster than a stable sort, which few pages need
    in_order = keys[order]
    return keys.argsort(kind="stable") if (in_order[1:] == in_order[:-1]).any() else order


def _mark_repeats(
    order: cython.longlong[:],
    codes: cython.uint[:],
    bands: cython.double[:],
    places: cython.double[:, :],
    reach: cython.double[:],
    runs: cython.longlong[:],
    repeats: cython.uchar[:],
) -> None:
    """Mark in ``repeats`` what repeats the first drawn of its pile, neighbours in ``order``."""
    begin: cython.Py_ssize_t = 0
    while begin < order.shape[0]:
        end: cython.Py_ssize_t = begin + 1
        first: cython.longlong = order[begin]
        while end < order.shape[0]:
            a: cython.longlong = order[end - 1]
            b: cython.longlong = order[end]
            near: cython.double = min(reach[a], reach[b])
            if codes[a] != codes[b] or bands[a] != bands[b]:
                break
            if not (abs(places[b, 0] - places[a, 0]) < near):
                break
            if not (abs(places[b, 1] - places[a, 1]) < near):
                break
            first = min(first, b)
            end += 1
        if end > begin + 1:
            # Whatever the order of the copies from left to right, the one drawn first is kept.
            i: cython.Py_ssize_t
            for i in range(begin, end):
                if runs[order[i]] != runs[first]:
                    repeats[order[i]] = 1
        begin = end
