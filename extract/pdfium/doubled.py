# cython: wraparound=False, cdivision=True
"""Glyphs that are drawn again at the same place, as fake bold is."""

from __future__ import annotations

from math import isfinite

import cython
import numpy as np
import numpy.typing as npt
from cython.cimports.libc.math import floor

from ..model import Glyphs

REACH = 0.12
"""Fake bold draws a glyph again this close, in font sizes; the narrowest glyphs advance 0.2."""


def find_doubled(glyphs: Glyphs, candidates: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(n,) glyphs that only repeat an earlier one at the same place, from another text object.

    However many copies there are, those of the text object that came first stay. Pieces of one
    ligature share a place and a text object, so they stay.
    """
    assert glyphs.runs is not None
    doubled = np.zeros(len(glyphs), np.bool_)
    chosen = candidates.nonzero()[0]
    if len(chosen) < 2:
        return doubled
    codes, runs = glyphs.codes[chosen], glyphs.runs[chosen]
    places = glyphs.origins[chosen].astype(np.float64)
    reach = REACH * glyphs.sizes[chosen].astype(np.float64)
    if not _may_repeat(codes, places, reach, 2 * float(reach.max())):
        return doubled
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


def _may_repeat(
    codes: cython.uint[:], places: cython.double[:, :], reach: cython.double[:], side: cython.double
) -> cython.bint:
    """Whether two of the glyphs are alike and lie in squares of ``side`` points that touch.

    Few pages have such, and sorting takes most of the time. Here each glyph asks a table for an
    alike one in its square and in those that its reach comes into, four of them at most.
    """
    size: cython.longlong = 4 * codes.shape[0] + 1
    table: cython.longlong[:] = np.full(size, -1, np.int64)
    i: cython.Py_ssize_t
    for i in range(codes.shape[0]):
        x: cython.double = places[i, 0] / side
        y: cython.double = places[i, 1] / side
        r: cython.double = reach[i] / side
        if not (abs(x) < 1e6 and abs(y) < 1e6):
            return True  # placed nowhere: for those who look at each pair
        code: cython.longlong = cython.cast(cython.longlong, codes[i])
        left: cython.longlong = cython.cast(cython.longlong, floor(x - r))
        right: cython.longlong = cython.cast(cython.longlong, floor(x + r))
        top: cython.longlong = cython.cast(cython.longlong, floor(y - r))
        bottom: cython.longlong = cython.cast(cython.longlong, floor(y + r))
        across: cython.longlong
        down: cython.longlong
        for across in range(left, right + 1):
            for down in range(top, bottom + 1):
                if _is_in(table, _square(code, across, down)):
                    return True
        own: cython.longlong = _square(
            code, cython.cast(cython.longlong, floor(x)), cython.cast(cython.longlong, floor(y))
        )
        at: cython.longlong = own % size
        while table[at] != -1:
            at = at + 1 if at + 1 < size else 0
        table[at] = own
    return False


@cython.cfunc
@cython.exceptval(check=False)
def _square(
    code: cython.longlong, across: cython.longlong, down: cython.longlong
) -> cython.longlong:
    """One number for a code and a square, each less than two million."""
    return (code << 42) + (across + (1 << 20) << 21) + down + (1 << 20)


@cython.cfunc
@cython.exceptval(check=False)
def _is_in(table: cython.longlong[:], key: cython.longlong) -> cython.bint:
    """Whether a table of numbers, in which free places are -1, has a number."""
    size: cython.longlong = table.shape[0]
    at: cython.longlong = key % size
    while table[at] != -1:
        if table[at] == key:
            return True
        at = at + 1 if at + 1 < size else 0
    return False


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
