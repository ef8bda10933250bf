# cython: wraparound=False, cdivision=True
"""What is worked out for each character and text object of a page, in loops that Cython compiles.

Places and sizes are in single precision, as PDFium gives them, and each step rounds to it. So are
constants, in order that Python rounds as the compiled loops do. Arrays that a function fills come
last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cython
import numpy as np
from cython.cimports.libc.math import isfinite, sqrt

from ..model import Glyphs
from ..text_layer import UNREADABLE

if TYPE_CHECKING:
    from .texts import TextObjects

HYPHEN = 2
"""PDFium's code for a hyphen at a line's end."""

_ROUNDING = cython.declare(cython.float, 0.01)
"""Places computed by PDFium in single precision differ by less, in points."""
_LEAST_SIZE = cython.declare(cython.float, 0.1)
"""Of a font, in points."""
_FLAT = cython.declare(cython.float, 0.05)
"""In font sizes: what is narrower or lower has no extent."""
_HALF = cython.declare(cython.float, 0.5)
_ASCENT = cython.declare(cython.float, 0.88)
_DESCENT = cython.declare(cython.float, 0.12)
"""In font sizes: the least width of a box that is made up, its height above and below the line."""
_SLANT = cython.declare(cython.double, 0.05)
"""Tangent of three degrees: a sheet that was set askew is less, a watermark is far more."""


def find_owners(
    pointers: cython.ulonglong[:],
    handles: cython.ulonglong[:],
    indices: cython.longlong[:],
    owner: cython.longlong[:],
    counts: cython.longlong[:],
) -> tuple[int, int]:
    """Which characters belong to text objects, to which, and how many each of these has.

    ``pointers`` (n,): the text object of each character, null for one that PDFium made up (spaces
    between words, line ends). ``handles`` (m,): the known ones. Fills the beginning of ``indices``
    and ``owner`` (n,), -1 for one of no known object, and ``counts`` (m,), zeros before. Returns
    how many of the characters belong to any, and to one that is not known.
    """
    table: cython.longlong[:] = np.empty(0, np.int64)
    found: cython.Py_ssize_t = 0
    unknown: cython.Py_ssize_t = 0
    before: cython.ulonglong = 0
    mine: cython.longlong = -1
    i: cython.Py_ssize_t
    for i in range(pointers.shape[0]):
        pointer: cython.ulonglong = cython.cast(cython.ulonglong, pointers[i])
        if pointer == 0:
            continue
        if pointer != before:
            before = pointer
            if mine + 1 < handles.shape[0] and handles[mine + 1] == pointer:
                mine += 1  # characters mostly follow in the order of their objects
            else:
                table = table if table.shape[0] else _numbered(handles)
                mine = table[_slot(table, handles, pointer)]
        indices[found] = i
        owner[found] = mine
        found += 1
        if mine >= 0:
            counts[mine] += 1
        else:
            unknown += 1
    return found, unknown


@cython.cfunc
def _numbered(handles: cython.ulonglong[:]) -> cython.longlong[:]:
    """A table of the numbers of handles, -1 where it is free."""
    table: cython.longlong[:] = np.full(1 << (2 * handles.shape[0]).bit_length(), -1, np.int64)
    i: cython.Py_ssize_t
    for i in range(handles.shape[0]):
        table[_slot(table, handles, cython.cast(cython.ulonglong, handles[i]))] = i
    return table


@cython.cfunc
@cython.exceptval(check=False)
def _slot(
    table: cython.longlong[:], handles: cython.ulonglong[:], handle: cython.ulonglong
) -> cython.Py_ssize_t:
    """Where a handle's number stands in a table (a power of two long), or a free slot for it."""
    spread: cython.ulonglong = 0x9E3779B97F4A7C15
    last: cython.ulonglong = table.shape[0] - 1
    at: cython.ulonglong = ((handle * spread) >> 32) & last
    while table[at] >= 0 and handles[table[at]] != handle:
        at = (at + 1) & last
    return at


def take_codes(
    units: cython.ushort[:], indices: cython.longlong[:], codes: cython.uint[:]
) -> cython.bint:
    """Codes of the characters ``indices`` from the text's units, one for each of its characters.

    False where there are halves of codes beyond U+FFFF among them: then they do not correspond.
    """
    hyphen: cython.uint = HYPHEN
    i: cython.Py_ssize_t
    for i in range(units.shape[0]):
        if 0xD800 <= units[i] < 0xE000:
            return False
    for i in range(indices.shape[0]):
        code: cython.uint = units[indices[i]]
        codes[i] = hyphen if code == 0xFFFE else code
    return True


def mend_codes(guessed: cython.longlong[:], codes: cython.uint[:]) -> int:
    """Turn ``codes`` that stand for no letter into U+FFFD, and tabs into spaces.

    ``guessed``: 1 where the font tells no letter for its number and PDFium gives the number, so
    that the 49th glyph of a subset becomes a figure 1. Returns how many are hyphens.
    """
    unreadable: cython.uint = UNREADABLE
    hyphen: cython.uint = HYPHEN
    hyphens: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(codes.shape[0]):
        code: cython.uint = codes[i]
        if guessed[i] == 1:
            codes[i] = unreadable
        elif code == hyphen:
            hyphens += 1
        elif code == 9:
            codes[i] = 0x20
        elif code < 0x20:
            if code != 10 and code != 13:
                codes[i] = unreadable
        elif 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            codes[i] = unreadable
    return int(hyphens)


def describe_texts(
    own: cython.float[:, ::1],
    matrix: cython.float[:],
    is_page: cython.bint,
    sizes: cython.float[:],
    turns: cython.uchar[:],
    askew: cython.uchar[:],
    pens: cython.float[:, ::1],
) -> None:
    """How the text objects of one container are written.

    ``own`` (m, 6): their matrices, ``matrix`` (6,) that of the container, ``is_page``: the page
    itself. ``sizes`` (m,): their font sizes, which become those on the displayed page. Fills
    ``turns`` (m,) in quarters, ``askew`` (m,) and ``pens`` (m, 2): see ``TextObjects``.
    """
    nowhere: cython.float = np.nan
    p: cython.float = matrix[0]
    q: cython.float = matrix[1]
    r: cython.float = matrix[2]
    s: cython.float = matrix[3]
    i: cython.Py_ssize_t
    for i in range(own.shape[0]):
        is_level: cython.bint = is_page and own[i, 1] == 0
        pens[i, 0] = own[i, 4] if is_level else nowhere
        pens[i, 1] = own[i, 5] if is_level else nowhere
        up_x: cython.double = cython.cast(cython.double, _through(own[i, 2], own[i, 3], p, r, 0))
        up_y: cython.double = cython.cast(cython.double, _through(own[i, 3], own[i, 2], s, q, 0))
        x: cython.double = cython.cast(cython.double, _through(own[i, 0], own[i, 1], p, r, 0))
        y: cython.double = cython.cast(cython.double, _through(own[i, 1], own[i, 0], s, q, 0))
        if sizes[i] < 0:
            x, y = -x, -y
        turns[i] = _turn(x, y)
        x, y = abs(x), abs(y)
        askew[i] = x > _SLANT * y and y > _SLANT * x
        size: cython.float = abs(sizes[i])
        sizes[i] = sqrt(up_x * up_x + up_y * up_y)
        sizes[i] = max(size * sizes[i], _LEAST_SIZE)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _through(
    along: cython.float,
    across: cython.float,
    scale: cython.float,
    turned: cython.float,
    shift: cython.float,
) -> cython.float:
    """One coordinate through a matrix, of which most do not turn."""
    if turned == 0:
        return along * scale + shift
    return along * scale + across * turned + shift


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _turn(x: cython.double, y: cython.double) -> cython.uchar:
    """Direction of a baseline on the displayed page: 0 right, 1 down, 2 left, 3 up."""
    if abs(x) >= abs(y):
        return 0 if x >= 0 else 2
    return 1 if y > 0 else 3


def rank_texts(
    counts: cython.longlong[:], drawn: cython.longlong[:], ranks: cython.longlong[:]
) -> None:
    """Fill ``ranks`` (m,): how many text objects with glyphs are ``drawn`` up to and with each.

    ``counts`` (m,): how many glyphs each has. ``drawn`` (m,): their numbers in drawing order.
    """
    rank: cython.longlong = 0
    i: cython.Py_ssize_t
    for i in range(drawn.shape[0]):
        if counts[drawn[i]] > 0:
            rank += 1
        ranks[drawn[i]] = rank


def are_alike(rows: cython.uint[:, :]) -> cython.bint:
    """Whether all rows (m, k) are the same."""
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    for i in range(1, rows.shape[0]):
        for k in range(rows.shape[1]):
            if rows[i, k] != rows[0, k]:
                return False
    return True


def find_origins(
    boxes: cython.float[:, ::1],
    indices: cython.longlong[:],
    owner: cython.longlong[:],
    counts: cython.longlong[:],
    pens: cython.float[:, ::1],
    origins: cython.float[:, ::1],
    asked: cython.longlong[:],
    asked_indices: cython.longlong[:],
) -> int:
    """Where glyphs stand, in user space, and of which PDFium must be asked.

    The only glyph of a level text object stands where its object begins (``pens``). PDFium is asked
    for the others, and where the box does not begin there too: in vertical fonts, whose glyphs hang
    beside the pen, and fonts without ascent. ``counts``: glyphs of each text object. Fills
    ``origins`` (n, 2) and the beginning of ``asked`` and ``asked_indices`` (n,): the numbers of
    those to ask for among the glyphs and, from ``indices``, among the characters. Returns how many.
    """
    found: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(owner.shape[0]):
        mine: cython.longlong = owner[i]
        origins[i, 0] = pens[mine, 0]
        origins[i, 1] = pens[mine, 1]
        if not (counts[mine] == 1 and abs(boxes[i, 0] - origins[i, 0]) < _ROUNDING):
            asked[found] = i
            asked_indices[found] = indices[i]
            found += 1
    return int(found)


def fill_origins(
    told: cython.double[:, ::1], asked: cython.longlong[:], origins: cython.float[:, ::1]
) -> None:
    """Write the places (k, 2) that PDFium told into the rows ``asked`` (k,) of ``origins``."""
    i: cython.Py_ssize_t
    for i in range(told.shape[0]):
        origins[asked[i], 0] = told[i, 0]
        origins[asked[i], 1] = told[i, 1]


def place_glyphs(
    glyphs: Glyphs, owner: cython.longlong[:], texts: TextObjects, matrix: cython.float[:]
) -> None:
    """Give each glyph (n,) what its text object has, and bring it onto the displayed page.

    ``boxes`` and ``origins``, in user space before, are transformed by ``matrix``, of quarter
    turns; boxes of no extent are replaced. Fills ``sizes``, ``runs``, ``clips`` and, where it is
    not None, ``turns``.
    """
    boxes: cython.float[:, ::1] = glyphs.boxes
    origins: cython.float[:, ::1] = glyphs.origins
    sizes: cython.float[:] = glyphs.sizes
    runs: cython.longlong[:] = glyphs.runs
    has_turns: cython.bint = glyphs.turns is not None
    turns: cython.uchar[:] = glyphs.turns
    clips: cython.float[:, ::1] = glyphs.clips
    of_size: cython.float[:] = texts.sizes
    of_rank: cython.longlong[:] = texts.ranks
    of_turn: cython.uchar[:] = texts.turns
    of_clip: cython.float[:, ::1] = texts.clips
    a: cython.float = matrix[0]
    b: cython.float = matrix[1]
    c: cython.float = matrix[2]
    d: cython.float = matrix[3]
    e: cython.float = matrix[4]
    f: cython.float = matrix[5]
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    for i in range(owner.shape[0]):
        mine: cython.longlong = owner[i]
        sizes[i] = of_size[mine]
        runs[i] = of_rank[mine]
        if has_turns:
            turns[i] = of_turn[mine]
        for k in range(4):
            clips[i, k] = of_clip[mine, k]
        x: cython.float = _through(origins[i, 0], origins[i, 1], a, c, e)
        y: cython.float = _through(origins[i, 1], origins[i, 0], d, b, f)
        origins[i, 0] = x
        origins[i, 1] = y
        x0: cython.float = _through(boxes[i, 0], boxes[i, 1], a, c, e)
        y0: cython.float = _through(boxes[i, 1], boxes[i, 0], d, b, f)
        x1: cython.float = _through(boxes[i, 2], boxes[i, 3], a, c, e)
        y1: cython.float = _through(boxes[i, 3], boxes[i, 2], d, b, f)
        boxes[i, 0] = min(x0, x1)
        boxes[i, 1] = min(y0, y1)
        boxes[i, 2] = max(x0, x1)
        boxes[i, 3] = max(y0, y1)
        _give_extent(boxes, i, x, y, sizes[i])


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _give_extent(
    boxes: cython.float[:, ::1],
    i: cython.Py_ssize_t,
    x: cython.float,
    y: cython.float,
    size: cython.float,
) -> cython.void:
    """Replace a box of no extent by one of the font size at the origin.

    A box of no width at the right place is a font without widths; of no height, one without
    ascent. Either way the pen position is right.
    """
    width: cython.float = boxes[i, 2] - boxes[i, 0]
    height: cython.float = boxes[i, 3] - boxes[i, 1]
    if isfinite(width + height) and not min(width, height) < _FLAT * size:
        return
    boxes[i, 0] = x
    boxes[i, 1] = y - _ASCENT * size
    boxes[i, 2] = x + max(_HALF * size, width if isfinite(width) else 0)
    boxes[i, 3] = y + _DESCENT * size
