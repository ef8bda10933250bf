"""Matrices and boxes of the page: from PDF user space to the page as displayed.

A matrix is the PDF's ``(a, b, c, d, e, f)``: x' = a x + c y + e, y' = b x + d y + f.
Displayed coordinates have their origin at the top left, y downwards.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Bounds: TypeAlias = tuple[float, float, float, float]
Floats: TypeAlias = npt.NDArray[np.float32]

NOTHING: Bounds = (0.0, 0.0, -1.0, -1.0)


def concat(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies ``first``, then ``then``."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def display_matrix(box: Bounds, rotation: int) -> tuple[Matrix, float, float]:
    """User space to displayed page for a crop box (left, bottom, right, top) and /Rotate.

    Returns the matrix and the displayed width and height in points. ``rotation`` is clockwise,
    a multiple of 90.
    """
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if rotation == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left), height, width
    if rotation == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom), width, height
    if rotation == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right), height, width
    return (1.0, 0.0, 0.0, -1.0, -left, top), width, height


def intersect(one: Bounds, other: Bounds) -> Bounds:
    """The common part of two boxes (x0, top, x1, bottom); NOTHING when there is none."""
    x0, y0 = max(one[0], other[0]), max(one[1], other[1])
    x1, y1 = min(one[2], other[2]), min(one[3], other[3])
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else NOTHING


def transform_box(box: Bounds, matrix: Matrix) -> Bounds:
    """The bounding box of a transformed box."""
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(xs), min(ys), max(xs), max(ys)


def transform_points(points: Floats, matrix: Matrix) -> Floats:
    """Points (n, 2) through one matrix."""
    a, b, c, d, e, f = matrix
    if b == c == 0:
        straight: Floats = points * np.array((a, d), np.float32)
        straight += np.array((e, f), np.float32)
        return straight
    linear = np.array(((a, b), (c, d)), np.float32)
    return (points @ linear + np.array((e, f), np.float32)).astype(np.float32, copy=False)


def transform_boxes(boxes: Floats, matrix: Matrix) -> Floats:
    """Boxes (n, 4) as two opposite corners through one matrix of quarter turns, ordered again."""
    corners = transform_points(boxes.reshape(-1, 2), matrix).reshape(-1, 4)
    ordered = np.empty_like(corners)
    np.minimum(corners[:, :2], corners[:, 2:], out=ordered[:, :2])
    np.maximum(corners[:, :2], corners[:, 2:], out=ordered[:, 2:])
    return ordered


def turn_matrix(width: float, height: float, rotation: int) -> tuple[Matrix, float, float]:
    """Turn a displayed page of that size clockwise by 0, 90, 180 or 270 degrees.

    Returns the matrix from displayed to turned coordinates and the turned width and height.
    """
    if rotation == 90:
        return (0.0, 1.0, -1.0, 0.0, height, 0.0), height, width
    if rotation == 180:
        return (-1.0, 0.0, 0.0, -1.0, width, height), width, height
    if rotation == 270:
        return (0.0, -1.0, 1.0, 0.0, 0.0, width), height, width
    return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), width, height


def turn_rules(h: Floats, v: Floats, matrix: Matrix) -> tuple[Floats, Floats]:
    """Level and upright rules (n, 3: at, start, end) through a matrix of quarter turns."""
    level = transform_boxes(h[:, (1, 0, 2, 0)], matrix)
    upright = transform_boxes(v[:, (0, 1, 0, 2)], matrix)
    if matrix[0] == 0:
        level, upright = upright, level
    return level[:, (1, 0, 2)], upright[:, (0, 1, 3)]
