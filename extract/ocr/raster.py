"""A page's picture: seals taken off, set straight, its rules found. Pixels in, points out."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from .settings import RasterSettings

Pixels: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float32]

_WHITE = 255
# HSV (OpenCV: hue 0-179): seals are red; ink that is nearly black has no hue to speak of.
_SEAL_HUES = ((0, 12), (165, 179))
_SEAL_SATURATION = 60
_SEAL_VALUE = 110
_BLANK_INK = 1e-4  # a line of ten characters covers about 1e-3 of a page


def without_seals(picture: Pixels) -> Pixels:
    """A grey picture (h, w) of an RGB one (h, w, 3), red seals gone; text under them stays."""
    colours = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    is_seal = np.zeros(picture.shape[:2], np.bool_)
    for low, high in _SEAL_HUES:
        is_seal |= (
            (colours[..., 0] >= low)
            & (colours[..., 0] <= high)
            & (colours[..., 1] >= _SEAL_SATURATION)
            & (colours[..., 2] >= _SEAL_VALUE)
        )
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    grey[is_seal] = _WHITE
    return np.asarray(grey, np.uint8)


def skew_of(grey: Pixels, settings: RasterSettings) -> float:
    """Degrees clockwise by which level rules slope; 0 where there are too few to tell."""
    long = round(3 * settings.least_rule * settings.dpi / 72)
    # Only strokes: votes of all ink of a page of text would take minutes.
    strokes = cv2.morphologyEx(_ink(grey), cv2.MORPH_OPEN, np.ones((1, long // 8), np.uint8))
    found = cv2.HoughLinesP(strokes, 1, np.pi / 1800, long, minLineLength=long, maxLineGap=6)
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).astype(np.float64).T
    angles = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    level = np.abs(angles) <= settings.max_skew
    if np.count_nonzero(level) < 3:
        return 0.0
    order = np.argsort(angles[level])
    weights = np.cumsum((x1 - x0)[level][order])
    return float(angles[level][order][np.searchsorted(weights, weights[-1] / 2)])


def straightened(grey: Pixels, skew: float) -> Pixels:
    """The picture turned by ``-skew`` degrees about its middle, of the same size."""
    if abs(skew) < 0.05:
        return grey
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    turned = cv2.warpAffine(
        grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=float(_WHITE)
    )
    return np.asarray(turned, np.uint8)


def is_blank(grey: Pixels) -> bool:
    """Whether the sheet is empty, dust and its edges aside."""
    height, width = grey.shape
    inner = _ink(grey)[height // 40 : -height // 40, width // 40 : -width // 40]
    return float(np.count_nonzero(inner)) < _BLANK_INK * inner.size


def find_rules(grey: Pixels, settings: RasterSettings) -> tuple[Floats, Floats]:
    """Level and upright rules, (n, 3) each: at, start, end in points."""
    ink = _ink(grey)
    return _strokes(ink, settings), _strokes(np.ascontiguousarray(ink.T), settings)


def _ink(grey: Pixels) -> Pixels:
    """255 where the paper is darker than its neighbourhood, else 0."""
    dark = cv2.adaptiveThreshold(
        grey, _WHITE, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 14
    )
    return np.asarray(dark, np.uint8)


def _strokes(ink: Pixels, settings: RasterSettings) -> Floats:
    """Long level strokes of an ink picture: at, start, end in points.

    The ink is thickened across first, so that a stroke that slopes by a pixel here and there still
    has a level run of pixels; an opening then keeps runs of the least length.
    """
    points = 72 / settings.dpi
    length = round(settings.least_rule / points)
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    _, _, stats, centres = cv2.connectedComponentsWithStats(runs, connectivity=8)
    x, width, height = (stats[1:, at].astype(np.float32) for at in (0, 2, 3))
    is_rule = (height - 2) * points <= settings.max_width + width * points * 0.01
    at = centres[1:, 1].astype(np.float32)
    return (np.stack((at, x, x + width), axis=1)[is_rule] * points).astype(np.float32)
