# cython: wraparound=False, cdivision=True
"""Loops over the paths of a page, for Cython to compile: the lines and areas that they paint.

Single precision stays single, so that places are the same whether this was compiled or not. Some
may be no numbers: as in numpy the smaller or larger of two is none then, and no comparison holds.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import cython
import numpy as np
import numpy.typing as npt

from . import library as pdf
from .geometry import Floats
from .walked import INK_VISIBLE, INK_WHITE

Bools: TypeAlias = npt.NDArray[np.bool_]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Doubles: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_PEN_REACH = 1
"""pt: a border on the very edge of its clip is drawn by half; its axis may lie so far outside."""


@cython.cfunc
@cython.exceptval(check=False)
def _least(a: cython.double, b: cython.double) -> cython.double:
    return a if a < b or a != a else b


@cython.cfunc
@cython.exceptval(check=False)
def _most(a: cython.double, b: cython.double) -> cython.double:
    return a if a > b or a != a else b


def draw_pieces(
    points: cython.float[:, :],
    kinds: cython.longlong[:],
    closes: cython.longlong[:],
    counts: cython.longlong[:],
    strokes: cython.uchar[:],
) -> tuple[Floats, Ints, bool]:
    """Straight pieces (n, 4) that pens draw, their paths (n,), and whether these have curves too.

    A piece is the box of its ends. ``points`` (m, 2), ``kinds`` and ``closes`` (m,) of the segments
    of all paths, of which each has one of ``counts`` and one of the inks ``strokes``. First come
    the lines of all paths, then what closes their figures.
    """
    line: cython.longlong = pdf.SEGMENT_LINE
    move: cython.longlong = pdf.SEGMENT_MOVE
    curve: cython.longlong = pdf.SEGMENT_BEZIER
    boxes = np.empty((2 * kinds.shape[0], 4), np.float32)
    owners = np.empty(2 * kinds.shape[0], np.int64)
    box: cython.float[:, :] = boxes
    owner: cython.longlong[:] = owners
    n: cython.Py_ssize_t = 0
    has_curves: cython.bint = False
    closing: cython.int
    for closing in range(2):
        at: cython.Py_ssize_t = 0
        path: cython.Py_ssize_t
        k: cython.longlong
        for path in range(counts.shape[0]):
            if not strokes[path]:
                at += counts[path]
                continue
            start: cython.Py_ssize_t = at
            for k in range(counts[path]):
                begins: cython.bint = k == 0 or kinds[at] == move
                start = at if begins else start
                other: cython.Py_ssize_t = -1
                if closing:
                    other = start if closes[at] else -1
                elif kinds[at] == line and not begins:
                    other = at - 1
                elif kinds[at] == curve:
                    has_curves = True
                if other >= 0:
                    owner[n] = path
                    box[n, 0] = _least(points[at, 0], points[other, 0])
                    box[n, 1] = _least(points[at, 1], points[other, 1])
                    box[n, 2] = _most(points[at, 0], points[other, 0])
                    box[n, 3] = _most(points[at, 1], points[other, 1])
                    n += 1
                at += 1
    return boxes[:n], owners[:n], has_curves


@cython.cfunc
@cython.exceptval(check=False)
def _cut(
    box: cython.float[:, :],
    at: cython.Py_ssize_t,
    clips: cython.float[:, :],
    path: cython.Py_ssize_t,
    reach: cython.int,
) -> cython.bint:
    """Cut a box to the clip of its path, made wider by ``reach``; whether anything is left."""
    box[at, 0] = _most(box[at, 0], clips[path, 0] - reach)
    box[at, 1] = _most(box[at, 1], clips[path, 1] - reach)
    box[at, 2] = _least(box[at, 2], clips[path, 2] + reach)
    box[at, 3] = _least(box[at, 3], clips[path, 3] + reach)
    return box[at, 0] <= box[at, 2] and box[at, 1] <= box[at, 3]


def cut_pieces(
    pieces: cython.float[:, :],
    owners: cython.longlong[:],
    pens: cython.float[:],
    clips: cython.float[:, :],
    broad: cython.float,
) -> tuple[Floats, Ints, Floats, Ints]:
    """Pieces (n, 4) of thin pens within the clips of their paths, what broad ones paint there.

    Both with the paths (``owners``) of what is left. ``pens`` (m,) and ``clips`` (m, 4) of paths;
    a pen is ``broad`` beyond that width. It paints a box along a level or upright piece, of which
    a clip may leave a rule, and nothing of others.
    """
    n: cython.Py_ssize_t = pieces.shape[0]
    boxes, numbers = np.empty((2, n, 4), np.float32), np.empty((2, n), np.int64)
    thin: cython.float[:, :] = boxes[0]
    painted: cython.float[:, :] = boxes[1]
    of: cython.longlong[:, :] = numbers
    reach: cython.int = _PEN_REACH
    n_thin: cython.Py_ssize_t = 0
    n_painted: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    side: cython.Py_ssize_t
    for i in range(n):
        path: cython.longlong = owners[i]
        if not pens[path] > broad:
            for side in range(4):
                thin[n_thin, side] = pieces[i, side]
            if _cut(thin, n_thin, clips, path, reach):
                of[0, n_thin] = path
                n_thin += 1
            continue
        half: cython.float = pens[path] / 2
        width: cython.float = pieces[i, 2] - pieces[i, 0]
        height: cython.float = pieces[i, 3] - pieces[i, 1]
        if _least(width, height) > half:
            continue
        for side in range(4):
            painted[n_painted, side] = pieces[i, side]
        side = 1 if width >= height else 0
        painted[n_painted, side] -= half
        painted[n_painted, side + 2] += half
        if _cut(painted, n_painted, clips, path, 0):
            of[1, n_painted] = path
            n_painted += 1
    return boxes[0, :n_thin], numbers[0, :n_thin], boxes[1, :n_painted], numbers[1, :n_painted]


def outline_figures(
    points: cython.float[:, :],
    kinds: cython.longlong[:],
    counts: cython.longlong[:],
    fills: cython.uchar[:],
    clips: cython.float[:, :],
) -> tuple[Floats, Ints, bool]:
    """Boxes (n, 4) of the figures of filled paths within their clips, and their paths (n,).

    And whether two of a path that is not white follow each other. Arguments as for
    ``draw_pieces``.
    """
    move: cython.longlong = pdf.SEGMENT_MOVE
    visible: cython.uchar = INK_VISIBLE
    reach: cython.int = _PEN_REACH
    boxes, owners = np.empty((kinds.shape[0], 4), np.float32), np.empty(kinds.shape[0], np.int64)
    box: cython.float[:, :] = boxes
    owner: cython.longlong[:] = owners
    n: cython.Py_ssize_t = 0
    has_pairs: cython.bint = False
    at: cython.Py_ssize_t = 0
    path: cython.Py_ssize_t
    k: cython.longlong
    for path in range(counts.shape[0]):
        if not fills[path]:
            at += counts[path]
            continue
        for k in range(counts[path]):
            x: cython.float = points[at, 0]
            y: cython.float = points[at, 1]
            if k == 0 or kinds[at] == move:
                box[n, 0], box[n, 1], box[n, 2], box[n, 3] = x, y, x, y
            else:
                box[n, 0], box[n, 1] = _least(box[n, 0], x), _least(box[n, 1], y)
                box[n, 2], box[n, 3] = _most(box[n, 2], x), _most(box[n, 3], y)
            at += 1
            ends: cython.bint = k + 1 == counts[path] or kinds[at] == move
            if ends and _cut(box, n, clips, path, reach):
                owner[n] = path
                if n and owner[n - 1] == path and fills[path] == visible:
                    has_pairs = True
                n += 1
    return boxes[:n], owners[:n], has_pairs


class Painted(NamedTuple):
    """What a page's paths leave on it.

    ``lines`` (n, 4) boxes of thin pens' pieces and the middle lines of thin areas, ``areas``
    (m, 4) the others; whether each is white, and its drawing order. ``dots`` (k, 4): small squares
    that are not white.
    """

    lines: Floats
    line_white: Bools
    line_orders: Doubles
    areas: Floats
    area_white: Bools
    area_orders: Doubles
    dots: Floats


def sort_painted(
    pieces: cython.float[:, :],
    of_pieces: cython.longlong[:],
    strokes: cython.uchar[:],
    boxes: cython.float[:, :],
    of_boxes: cython.longlong[:],
    inks: cython.uchar[:],
    orders: cython.double[:],
    thin: cython.float,
) -> Painted:
    """Tell lines, areas and dots among pieces of thin pens and painted boxes (m, 4) of ``inks``.

    ``strokes`` and ``orders`` are those of paths. A side up to ``thin`` points is that of a line.
    """
    n: cython.Py_ssize_t = pieces.shape[0]
    most: cython.Py_ssize_t = boxes.shape[0]
    lines, line_white, line_orders = _room(n + most)
    areas, area_white, area_orders = _room(most)
    dots = np.empty((most, 4), np.float32)
    line: cython.float[:, :] = lines
    white_line: cython.uchar[:] = line_white
    line_order: cython.double[:] = line_orders
    area: cython.float[:, :] = areas
    white_area: cython.uchar[:] = area_white
    area_order: cython.double[:] = area_orders
    dot: cython.float[:, :] = dots
    visible: cython.uchar = INK_VISIBLE
    white: cython.uchar = INK_WHITE
    n_areas: cython.Py_ssize_t = 0
    n_dots: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    side: cython.Py_ssize_t
    for i in range(n):
        for side in range(4):
            line[i, side] = pieces[i, side]
        white_line[i] = strokes[of_pieces[i]] == white
        line_order[i] = orders[of_pieces[i]]
    for i in range(most):
        width: cython.float = boxes[i, 2] - boxes[i, 0]
        height: cython.float = boxes[i, 3] - boxes[i, 1]
        shorter: cython.float = _least(width, height)
        longer: cython.float = _most(width, height)
        if not shorter <= thin:
            for side in range(4):
                area[n_areas, side] = boxes[i, side]
            white_area[n_areas] = inks[i] == white
            area_order[n_areas] = orders[of_boxes[i]]
            n_areas += 1
        elif 2 * longer > 3 * shorter:
            for side in range(4):
                line[n, side] = boxes[i, side]
            side = 1 if width >= height else 0
            line[n, side] = line[n, side + 2] = (boxes[i, side] + boxes[i, side + 2]) / 2
            white_line[n] = inks[i] == white
            line_order[n] = orders[of_boxes[i]]
            n += 1
        elif inks[i] == visible:
            for side in range(4):
                dot[n_dots, side] = boxes[i, side]
            n_dots += 1
    return Painted(
        lines[:n],
        line_white[:n].view(np.bool_),
        line_orders[:n],
        areas[:n_areas],
        area_white[:n_areas].view(np.bool_),
        area_orders[:n_areas],
        dots[:n_dots],
    )


def _room(n: int) -> tuple[Floats, Bytes, Doubles]:
    return np.empty((n, 4), np.float32), np.empty(n, np.uint8), np.empty(n)


def ink_below(
    lines: cython.float[:, :],
    orders: cython.double[:],
    areas: cython.float[:, :],
    area_orders: cython.double[:],
) -> Doubles:
    """(n,) the length of each line (n, 4) on areas (m, 4) that were drawn before it."""
    lengths = np.zeros(lines.shape[0])
    length: cython.double[:] = lengths
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    for i in range(lines.shape[0]):
        for k in range(areas.shape[0]):
            wide: cython.float = _least(lines[i, 2], areas[k, 2]) - _most(lines[i, 0], areas[k, 0])
            high: cython.float = _least(lines[i, 3], areas[k, 3]) - _most(lines[i, 1], areas[k, 1])
            if wide >= 0 and high >= 0 and orders[i] > area_orders[k]:
                length[i] += _most(wide, high)
    return lengths


def part_lines(lines: cython.float[:, :], skew: cython.float) -> tuple[Floats, Floats]:
    """Level and upright lines (at, start, end) among boxes of lines; others are dropped.

    A line may leave its axis by ``skew`` points.
    """
    n: cython.Py_ssize_t = lines.shape[0]
    rules = np.empty((2, n, 3), np.float32)
    rule: cython.float[:, :, :] = rules
    n_level: cython.Py_ssize_t = 0
    n_upright: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(n):
        width: cython.float = lines[i, 2] - lines[i, 0]
        height: cython.float = lines[i, 3] - lines[i, 1]
        if height <= skew and width > height:
            rule[0, n_level, 0] = (lines[i, 1] + lines[i, 3]) / 2
            rule[0, n_level, 1], rule[0, n_level, 2] = lines[i, 0], lines[i, 2]
            n_level += 1
        elif width <= skew and height > width:
            rule[1, n_upright, 0] = (lines[i, 0] + lines[i, 2]) / 2
            rule[1, n_upright, 1], rule[1, n_upright, 2] = lines[i, 1], lines[i, 3]
            n_upright += 1
    return rules[0, :n_level], rules[1, :n_upright]
