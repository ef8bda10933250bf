# cython: wraparound=False, cdivision=True
"""Glyphs to printed lines and the cells that hold them, in loops over a page's glyphs.

Places are in single precision (C's float), and what is worked out from them is too.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, NamedTuple, TypeAlias

import cython
import numpy as np
import numpy.typing as npt

from .glyph_places import OUTSIDE, order_into_lines
from .grid import Grid
from .model import Box, Cell, Edge, Glyphs, Line
from .settings import TextSettings

if cython.compiled:
    from cython.cimports.cpython.object import PyObject, PyTypeObject

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.uint8]

_FIRST_HAN = 0x2E80
"""From CJK radicals on, letters are a full em wide and written without spaces."""
_LEAST_SPACE = 0.08
"""A written space that moves the next glyph less (em) lies under its neighbours: it shows not."""


class OwnedLine(NamedTuple):
    """A printed line and the number of the cell it is in (OUTSIDE for none)."""

    owner: int
    line: Line


def glyphs_to_lines(glyphs: Glyphs, owner: Ints, settings: TextSettings) -> list[OwnedLine]:
    """Printed lines, by cell and in reading order within each; ``owner`` as ``lines_by_cell``."""
    found = lines_by_cell(glyphs, owner, settings)
    return [OwnedLine(cell, line) for cell, lines in found.items() for line in lines]


def lines_by_cell(
    glyphs: Glyphs, owner: Ints, settings: TextSettings
) -> dict[int, tuple[Line, ...]]:
    """Printed lines of each cell that has some, in reading order; OUTSIDE first, then by number.

    ``owner`` (n,): the number of each glyph's cell, OUTSIDE for none. Glyphs on one baseline make a
    line, in the order of writing direction; text turned by quarters makes lines of its own. Lines
    outside cells are cut at column gaps. A space is put where one was written or where the gap is
    wide; never at the ends of a line.
    """
    count = len(glyphs)
    runs = np.arange(count) if glyphs.runs is None else glyphs.runs
    along, across, begins, ends = _in_writing_direction(glyphs)
    order, starts = order_into_lines(glyphs, owner, along, across, settings.baseline)
    shown, breaks, spaced = _find_breaks(glyphs, owner, runs, begins, ends, order, starts, settings)
    return _build_lines(glyphs, owner, shown, breaks, spaced)


def _in_writing_direction(glyphs: Glyphs) -> tuple[Floats, Floats, Floats, Floats]:
    """(n,) each: place of the pen along the line and across lines, begin and end of the box.

    All of them grow as one reads, whatever the turn.
    """
    x, y = glyphs.origins[:, 0], glyphs.origins[:, 1]
    boxes, turns = glyphs.boxes, glyphs.turns
    if turns is None or not turns.any():
        return x, y, boxes[:, 0], boxes[:, 2]
    x0, top, x1, bottom = boxes.T
    return (
        np.choose(turns, (x, y, -x, -y)),
        np.choose(turns, (y, -x, -y, x)),
        np.choose(turns, (x0, top, -x1, -bottom)),
        np.choose(turns, (x1, bottom, -x0, -top)),
    )


def _find_breaks(
    glyphs: Glyphs,
    owner: cython.longlong[:],
    runs: cython.longlong[:],
    begins: cython.float[:],
    ends: cython.float[:],
    order: cython.longlong[:],
    starts: cython.uchar[:],
    settings: TextSettings,
) -> tuple[Ints, Marks, Marks]:
    """The glyphs that show, in order; which of them begin lines and which have a space before.

    Lines without a glyph that shows are none.
    """
    codes: cython.uint[:] = glyphs.codes
    sizes: cython.float[:] = glyphs.sizes
    column_gap: cython.float = np.float32(settings.column_gap)
    least_space: cython.float = np.float32(_LEAST_SPACE)
    han_gap: cython.double = settings.han_gap
    latin_gap: cython.double = settings.latin_gap
    first_han: cython.longlong = _FIRST_HAN
    outside: cython.longlong = OUTSIDE
    found = np.empty(len(order), np.int64)
    marks = np.zeros((2, len(order)), np.uint8)
    shown: cython.longlong[:] = found
    breaks: cython.uchar[:] = marks[0]
    spaced: cython.uchar[:] = marks[1]
    gaps: cython.float[:] = np.zeros(len(order), np.float32)
    count: cython.Py_ssize_t = 0
    before: cython.Py_ssize_t = 0
    is_break: cython.bint = True
    i: cython.Py_ssize_t
    for i in range(order.shape[0]):
        is_break = is_break or starts[i] != 0
        b: cython.longlong = order[i]
        code: cython.longlong = cython.cast(cython.longlong, codes[b])
        if code == 0x20 or code == 0xA0 or code == 0x3000:
            continue
        if not is_break:
            a: cython.longlong = order[before]  # the last one that shows
            gap: cython.float = (begins[b] - ends[a]) / sizes[b]
            is_break = owner[b] == outside and gap > column_gap
        if is_break:
            breaks[count] = 1
        else:
            # The boxes of a font that stands in for one that is not embedded can be wider than the
            # pen goes on; within a run the pen is right.
            space: cython.longlong = order[i - 1]
            advance: cython.float = gap
            if runs[a] == runs[b] and runs[space] == runs[b]:
                advance = max(gap, (begins[b] - begins[space]) / sizes[b])
            is_han: cython.bint = code >= first_han or codes[a] >= first_han
            wide: cython.double = han_gap if is_han else latin_gap
            is_written: cython.bint = before + 1 < i and advance > least_space
            spaced[count] = is_written or cython.cast(cython.double, gap) > wide
            gaps[count] = gap
        shown[count] = b
        count += 1
        before = i
        is_break = False
    _part_close_words(codes, shown, gaps, spaced, count, np.float32(settings.word_gap))
    _join_spaced_figures(codes, shown, breaks, gaps, spaced, count, settings)
    return found[:count], marks[0, :count], marks[1, :count]


@cython.cfunc
def _part_close_words(
    codes: cython.uint[:],
    shown: cython.longlong[:],
    gaps: cython.float[:],
    spaced: cython.uchar[:],
    count: cython.Py_ssize_t,
    word_gap: cython.float,
) -> cython.void:
    """Put a space where a gap parts two words of letters set close.

    Browsers write no spaces; their narrow ones show only beside gaps that are much smaller.
    ``gaps``: before each of the ``count`` glyphs shown, in em, 0 at the start of a line.
    """
    i: cython.Py_ssize_t
    for i in range(1, count):
        if not gaps[i] > word_gap:
            continue
        a: cython.longlong = cython.cast(cython.longlong, codes[shown[i - 1]])
        b: cython.longlong = cython.cast(cython.longlong, codes[shown[i]])
        if not (_is_latin(a) and _is_latin(b) and (a > 0x39 or b > 0x39)):
            continue
        around: cython.float = 0
        if i > 1 and _is_latin(cython.cast(cython.longlong, codes[shown[i - 2]])):
            around = gaps[i - 1]
        if i + 1 < count and _is_latin(cython.cast(cython.longlong, codes[shown[i + 1]])):
            around = max(around, gaps[i + 1])
        if around < gaps[i] / 2:
            spaced[i] = 1


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_latin(code: cython.longlong) -> cython.bint:
    """Whether it is a Latin letter or a digit."""
    return 0x30 <= code <= 0x39 or 0x41 <= code <= 0x5A or 0x61 <= code <= 0x7A


@cython.cfunc
def _join_spaced_figures(
    codes: cython.uint[:],
    shown: cython.longlong[:],
    breaks: cython.uchar[:],
    gaps: cython.float[:],
    spaced: cython.uchar[:],
    count: cython.Py_ssize_t,
    settings: TextSettings,
) -> cython.void:
    """Take the spaces out of lines that are one number with its digits set apart."""
    least: cython.Py_ssize_t = settings.spaced_figures
    word_gap: cython.float = np.float32(settings.word_gap)
    even_gap: cython.float = np.float32(settings.even_gap)
    han_gap: cython.float = np.float32(settings.han_gap)
    begin: cython.Py_ssize_t = 0
    while begin < count:
        end: cython.Py_ssize_t = begin + 1
        n_spaced: cython.Py_ssize_t = 0
        while end < count and not breaks[end]:
            if spaced[end]:
                n_spaced += 1
            end += 1
        if n_spaced and end - begin >= least and _is_number(codes, shown, begin, end):
            narrow: cython.float = gaps[begin + 1]
            wide: cython.float = gaps[begin + 1]
            i: cython.Py_ssize_t
            for i in range(begin + 2, end):
                narrow = min(narrow, gaps[i])
                wide = max(wide, gaps[i])
            # All gaps are equal; two numbers side by side have one wider than the others.
            is_apart: cython.bint = narrow > word_gap or n_spaced == end - begin - 1
            if is_apart and wide - narrow < even_gap and wide < han_gap:
                for i in range(begin, end):
                    spaced[i] = 0
        begin = end


@cython.cfunc
def _is_number(
    codes: cython.uint[:],
    shown: cython.longlong[:],
    begin: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
) -> cython.bint:
    """Whether the glyphs are digits and signs with a point or comma: single digits may be several.

    Full-width signs, U+FF0C and so on, are as far from each other as ASCII's.
    """
    has_point: cython.bint = False
    i: cython.Py_ssize_t
    for i in range(begin, end):
        code: cython.longlong = cython.cast(cython.longlong, codes[shown[i]])
        if code >= 0xFF00:
            code -= 0xFEE0
        if code == 0x2C or code == 0x2E:
            has_point = True
        elif not (0x30 <= code <= 0x39 or code == 0x2D or code == 0x2212):
            return False
    return has_point


def _build_lines(
    glyphs: Glyphs,
    owner: cython.longlong[:],
    shown: cython.longlong[:],
    breaks: cython.uchar[:],
    spaced: cython.uchar[:],
) -> dict[int, tuple[Line, ...]]:
    """Texts and boxes of the lines that begin at ``breaks``, one space before each ``spaced``."""
    boxes: cython.float[:, :] = glyphs.boxes
    sizes: cython.float[:] = glyphs.sizes
    text: str = _text(glyphs.codes, shown, spaced)
    # A page prints the same words, heights and sizes again and again: one object for each, which
    # halves what a line takes.
    known: dict[object, object] = {}
    found: dict[int, tuple[Line, ...]] = {}
    lines: list[Line] = []
    at: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t = 0
    while i < shown.shape[0]:
        g: cython.longlong = shown[i]
        cell: cython.longlong = cython.cast(cython.longlong, owner[g])
        x0: cython.double = boxes[g, 0]
        top: cython.double = boxes[g, 1]
        x1: cython.double = boxes[g, 2]
        bottom: cython.double = boxes[g, 3]
        size: cython.double = sizes[g]
        begin: cython.Py_ssize_t = at
        at += 1
        i += 1
        while i < shown.shape[0] and not breaks[i]:
            g = shown[i]
            x0 = _lower(x0, boxes[g, 0])
            top = _lower(top, boxes[g, 1])
            x1 = _upper(x1, boxes[g, 2])
            bottom = _upper(bottom, boxes[g, 3])
            size = _upper(size, sizes[g])
            at += 2 if spaced[i] else 1
            i += 1
        sides = (_one(x0, known), _one(top, known), _one(x1, known), _one(bottom, known))
        line = (intern(text[begin:at]), _new(Box, sides), _one(size, known))
        lines.append(_new(Line, line))
        if i == shown.shape[0] or owner[shown[i]] != cell:
            found[cell] = tuple(lines)
            lines.clear()
    return found


def build_cells(
    grid: Grid,
    base: cython.Py_ssize_t,
    lines_of: dict[int, tuple[Line, ...]],
    hidden: Mapping[int, int],
) -> tuple[Cell, ...]:
    """The cells of a grid with their lines and hidden glyphs; the first is number ``base``."""
    places: cython.longlong[:, :] = grid.cells
    xs: list[object] = grid.col_edges.tolist()  # objects that cells share, no numbers of C
    ys: list[object] = grid.row_edges.tolist()
    open_edges: tuple[frozenset[Edge], ...] = grid.open_edges
    cells: list[Cell] = []
    i: cython.Py_ssize_t
    for i in range(places.shape[0]):
        row: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, places[i, 0])
        col: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, places[i, 1])
        n_rows: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, places[i, 2])
        n_cols: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, places[i, 3])
        box = _new(Box, (xs[col], ys[row], xs[col + n_cols], ys[row + n_rows]))
        lines = lines_of.get(base + i, ())
        n_hidden = hidden.get(base + i, 0) if hidden else 0
        cells.append(_new(Cell, (row, col, n_rows, n_cols, box, lines, open_edges[i], n_hidden)))
    return tuple(cells)


@cython.cfunc
def _text(codes: cython.uint[:], shown: cython.longlong[:], spaced: cython.uchar[:]) -> str:
    """The glyphs shown, with one space before each ``spaced``, as one string."""
    letters = np.empty(2 * len(shown), np.uint32)
    written: cython.uint[:] = letters
    at: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(shown.shape[0]):
        if spaced[i]:
            written[at] = 0x20
            at += 1
        written[at] = codes[shown[i]]
        at += 1
    return letters[:at].astype("<u4", copy=False).tobytes().decode("utf-32-le")


@cython.cfunc
@cython.inline
def _new(kind: type, items: tuple[Any, ...]) -> Any:
    """A Box, Line or Cell of its items: ``tuple.__new__``, called as C does where it can be.

    A page has hundreds, and a call of the class itself takes several times as long.
    """
    if not cython.compiled:
        return tuple.__new__(kind, items)
    arguments = (items,)
    return cython.cast(cython.pointer(PyTypeObject), tuple).tp_new(
        kind, cython.cast(cython.pointer(PyObject), arguments), cython.NULL
    )


@cython.cfunc
@cython.inline
def _one(value: cython.double, known: dict[object, object]) -> object:
    """One object for all equal numbers."""
    boxed: object = float(value)
    return known.setdefault(boxed, boxed)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _lower(a: cython.double, b: cython.double) -> cython.double:
    """The lower of two numbers, and none if one is none."""
    return a if a < b or a != a else b


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _upper(a: cython.double, b: cython.double) -> cython.double:
    return a if a > b or a != a else b
