# cython: wraparound=False, cdivision=True
"""Loops over a page's objects and the paths to which they are clipped, for Cython to compile."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import cython
import numpy as np
import numpy.typing as npt
from cython.cimports.libc.math import sqrt

from . import library as pdf
from .geometry import Bounds, Floats, Matrix

Doubles: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

INK_NONE, INK_VISIBLE, INK_WHITE = 0, 1, 2
Inks: TypeAlias = npt.NDArray[np.uint8]


@cython.cfunc
@cython.exceptval(check=False)
def _least(a: cython.double, b: cython.double) -> cython.double:
    return a if a < b or a != a else b


@cython.cfunc
@cython.exceptval(check=False)
def _most(a: cython.double, b: cython.double) -> cython.double:
    return a if a > b or a != a else b


def number_alike(tops: cython.ulonglong[:], counts: cython.longlong[:]) -> tuple[Ints, Ints]:
    """Which of the different pairs (top, count) each one (n,) is, and where each stands first."""
    n: cython.Py_ssize_t = tops.shape[0]
    numbers, places = np.empty(n, np.int64), np.empty(n, np.int64)
    which: cython.longlong[:] = numbers
    firsts: cython.longlong[:] = places
    size: cython.longlong = 2 * n + 1
    table: cython.longlong[:] = np.full(size, -1, np.int64)
    found: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(n):
        if i and tops[i] == tops[i - 1] and counts[i] == counts[i - 1]:
            which[i] = which[i - 1]  # neighbours mostly share their clip
            continue
        at: cython.longlong = cython.cast(cython.longlong, tops[i]) % size
        while table[at] != -1:
            first: cython.longlong = firsts[table[at]]
            if tops[first] == tops[i] and counts[first] == counts[i]:
                break
            at = at + 1 if at + 1 < size else 0
        if table[at] == -1:
            table[at] = found
            firsts[found] = i
            found += 1
        which[i] = table[at]
    return numbers, places[:found]


def repeat_numbered(
    owners: cython.ulonglong[:], counts: cython.longlong[:]
) -> tuple[pdf.Words, Ints]:
    """Owners as often as they have things, end to end, and the numbers of these."""
    total: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    k: cython.longlong
    for i in range(counts.shape[0]):
        total += max(counts[i], 0)
    repeated, numbers = np.empty(total, np.uint64), np.empty(total, np.int64)
    owner: cython.ulonglong[:] = repeated
    number: cython.longlong[:] = numbers
    at: cython.Py_ssize_t = 0
    for i in range(counts.shape[0]):
        for k in range(counts[i]):
            owner[at] = owners[i]
            number[at] = k
            at += 1
    return repeated, numbers


def common_boxes(
    points: cython.float[:, :],
    n_points: cython.longlong[:],
    layers: cython.longlong[:],
    n_layers: cython.longlong[:],
    matrix: Matrix,
    clip: Bounds,
) -> Floats:
    """(n, 4) what stacks of clipping paths leave of ``clip``, all in displayed coordinates.

    ``points`` (m, 2) of the paths end to end, of which each has ``n_points`` (k,), through
    ``matrix``. ``layers``: the paths of the stacks end to end, of which each has ``n_layers`` (n,).
    A path without points hides everything (PDF 8.5.4).
    """
    sides: cython.double[:, :] = _displayed_boxes(points, n_points, matrix)
    boxes = np.empty((n_layers.shape[0], 4), np.float32)
    common: cython.float[:, :] = boxes
    clip_x0: cython.double
    clip_top: cython.double
    clip_x1: cython.double
    clip_bottom: cython.double
    clip_x0, clip_top, clip_x1, clip_bottom = clip
    end: cython.longlong = 0
    i: cython.Py_ssize_t
    at: cython.longlong
    for i in range(n_layers.shape[0]):
        begin: cython.longlong = end
        end = begin + max(n_layers[i], 0)
        x0: cython.double = clip_x0
        top: cython.double = clip_top
        x1: cython.double = clip_x1
        bottom: cython.double = clip_bottom
        for at in range(begin, end):
            path: cython.longlong = layers[at]
            # Where a producer wrote no number there is no edge.
            x0 = sides[path, 0] if sides[path, 0] > x0 else x0
            top = sides[path, 1] if sides[path, 1] > top else top
            x1 = sides[path, 2] if sides[path, 2] < x1 else x1
            bottom = sides[path, 3] if sides[path, 3] < bottom else bottom
        if end > begin and (x0 > x1 or top > bottom):
            x0, top, x1, bottom = 0, 0, -1, -1
        common[i, 0], common[i, 1], common[i, 2], common[i, 3] = x0, top, x1, bottom
    return boxes


def _displayed_boxes(
    points: cython.float[:, :], n_points: cython.longlong[:], matrix: Matrix
) -> Doubles:
    """(k, 4) bounding boxes of the transformed bounding boxes of paths; NOTHING without points.

    In double precision, like ``geometry.transform_box``.
    """
    a: cython.double
    b: cython.double
    c: cython.double
    d: cython.double
    e: cython.double
    f: cython.double
    a, b, c, d, e, f = matrix
    boxes = np.empty((n_points.shape[0], 4))
    box: cython.double[:, :] = boxes
    end: cython.longlong = 0
    i: cython.Py_ssize_t
    at: cython.longlong
    for i in range(n_points.shape[0]):
        begin: cython.longlong = end
        end = begin + max(n_points[i], 0)
        if begin == end:
            box[i, 0], box[i, 1], box[i, 2], box[i, 3] = 0, 0, -1, -1
            continue
        x0: cython.double = cython.cast(cython.double, points[begin, 0])
        y0: cython.double = cython.cast(cython.double, points[begin, 1])
        x1: cython.double = x0
        y1: cython.double = y0
        for at in range(begin + 1, end):
            x: cython.double = cython.cast(cython.double, points[at, 0])
            y: cython.double = cython.cast(cython.double, points[at, 1])
            x0, y0, x1, y1 = _least(x0, x), _least(y0, y), _most(x1, x), _most(y1, y)
        box[i, 0] = _least(a * x0, a * x1) + _least(c * y0, c * y1) + e
        box[i, 1] = _least(b * x0, b * x1) + _least(d * y0, d * y1) + f
        box[i, 2] = _most(a * x0, a * x1) + _most(c * y0, c * y1) + e
        box[i, 3] = _most(b * x0, b * x1) + _most(d * y0, d * y1) + f
    return boxes


def part_objects(
    items: cython.ulonglong[:],
    kinds: cython.longlong[:],
    clips: cython.float[:, :],
    begin: cython.double,
    room: cython.double,
) -> tuple[Part, Part, Ints]:
    """A container's texts, its paths of which their clip leaves something, and which are neither.

    In the drawing order objects come one ``room`` after the other, from ``begin`` on.
    """
    text: cython.longlong = pdf.OBJECT_TEXT
    path: cython.longlong = pdf.OBJECT_PATH
    n: cython.Py_ssize_t = items.shape[0]
    handles, orders, boxes = np.empty(n, np.uint64), np.empty(n), np.empty((n, 4), np.float32)
    others = np.empty(n, np.int64)
    handle: cython.ulonglong[:] = handles
    order: cython.double[:] = orders
    box: cython.float[:, :] = boxes
    other: cython.longlong[:] = others
    n_texts: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(n):
        n_texts += kinds[i] == text
    next_text: cython.Py_ssize_t = 0
    next_path: cython.Py_ssize_t = n_texts
    n_others: cython.Py_ssize_t = 0
    for i in range(n):
        at: cython.Py_ssize_t = -1
        if kinds[i] == text:
            at = next_text
            next_text += 1
        elif kinds[i] != path:
            other[n_others] = i
            n_others += 1
        elif clips[i, 0] <= clips[i, 2]:
            at = next_path
            next_path += 1
        if at >= 0:
            handle[at] = items[i]
            order[at] = begin + room * (i + 1)
            box[at, 0], box[at, 1] = clips[i, 0], clips[i, 1]
            box[at, 2], box[at, 3] = clips[i, 2], clips[i, 3]
    texts = Part(handles[:n_texts], orders[:n_texts], boxes[:n_texts])
    paths = slice(n_texts, next_path)
    return texts, Part(handles[paths], orders[paths], boxes[paths]), others[:n_others]


class Part(NamedTuple):
    """Some objects of a container: handles (n,), drawing orders (n,) and clips (n, 4)."""

    handles: pdf.Words
    orders: Doubles
    clips: Floats


def colors_to_inks(
    colors: cython.uint[:, :], known: cython.longlong[:], white: cython.uint
) -> Inks:
    """(n,) inks of colours (n, 4), red to alpha; where none is ``known``, it is made black.

    ``white``: a colour whose channels are all at least this is white.
    """
    n: cython.Py_ssize_t = colors.shape[0]
    inks = np.empty(n, np.uint8)
    ink: cython.uchar[:] = inks
    none: cython.uchar = INK_NONE
    visible: cython.uchar = INK_VISIBLE
    of_paper: cython.uchar = INK_WHITE
    i: cython.Py_ssize_t
    for i in range(n):
        if not known[i]:
            colors[i, 0], colors[i, 1], colors[i, 2], colors[i, 3] = 0, 0, 0, 255
        if colors[i, 3] == 0:
            ink[i] = none
        elif colors[i, 0] >= white and colors[i, 1] >= white and colors[i, 2] >= white:
            ink[i] = of_paper
        else:
            ink[i] = visible
    return inks


def concat_level(matrices: cython.float[:, :], then: Matrix) -> Floats:
    """Matrices (n, 6), each followed by one that does not turn."""
    n: cython.Py_ssize_t = matrices.shape[0]
    concatenated = np.empty((n, 6), np.float32)
    matrix: cython.float[:, :] = concatenated
    factor: cython.float[:] = np.array(then, np.float32)
    p: cython.float = factor[0]
    s: cython.float = factor[3]
    t: cython.float = factor[4]
    u: cython.float = factor[5]
    i: cython.Py_ssize_t
    for i in range(n):
        matrix[i, 0], matrix[i, 1] = matrices[i, 0] * p, matrices[i, 1] * s
        matrix[i, 2], matrix[i, 3] = matrices[i, 2] * p, matrices[i, 3] * s
        matrix[i, 4], matrix[i, 5] = matrices[i, 4] * p + t, matrices[i, 5] * s + u
    return concatenated


def display_paths(
    points: cython.float[:, :],
    counts: cython.longlong[:],
    matrices: cython.float[:, :],
    pens: cython.float[:],
) -> None:
    """Take points (n, 2) and pens (m,) of paths to the page, each path by its matrix (m, 6)."""
    end: cython.longlong = 0
    i: cython.Py_ssize_t
    at: cython.longlong
    for i in range(counts.shape[0]):
        a: cython.float = matrices[i, 0]
        b: cython.float = matrices[i, 1]
        c: cython.float = matrices[i, 2]
        d: cython.float = matrices[i, 3]
        e: cython.float = matrices[i, 4]
        f: cython.float = matrices[i, 5]
        begin: cython.longlong = end
        end = begin + counts[i]
        for at in range(begin, end):
            x: cython.float = points[at, 0]
            y: cython.float = points[at, 1]
            points[at, 0] = a * x + c * y + e
            points[at, 1] = b * x + d * y + f
        area: cython.float = a * d - b * c
        width: cython.float = pens[i]
        pens[i] = sqrt(abs(area))
        pens[i] *= width
