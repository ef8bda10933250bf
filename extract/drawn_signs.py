"""Rules that are set with characters (┌─┬┐ │ ├┼┤): strokes again, and no text any more."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .model import Glyphs

Floats = npt.NDArray[np.float32]
_BLOCK = 0x2500 >> 7
"""The box drawings, U+2500 to U+257F, are one block of 128 codes."""
_JUNCTIONS = 4
"""A table has so many corners at least; a stroke between words has none."""
_MIDDLE = 0.38
"""Height of the strokes above the baseline, em: the middle of the square of a Chinese letter."""
_REACH = 0.35
"""em; strokes of lines set apart meet when each is so much longer."""
_ARMS = {
    "LEFT": "l", "RIGHT": "r", "HORIZONTAL": "lr", "UP": "u", "DOWN": "d", "VERTICAL": "ud",
}  # fmt: skip


def signs_to_rules(glyphs: Glyphs) -> tuple[Glyphs, Floats, Floats] | None:
    """The glyphs without box drawings, and their strokes: level and upright (n, 3: at, start, end).

    None where the page has no table drawn so, which is nearly always.
    """
    is_sign = (glyphs.codes >> 7) == _BLOCK
    if np.count_nonzero(is_sign) < _JUNCTIONS:
        return None
    level: list[tuple[float, float, float]] = []
    upright: list[tuple[float, float, float]] = []
    n_junctions = 0
    for i in np.flatnonzero(is_sign).tolist():
        arms = arms_of(int(glyphs.codes[i]))
        x0, top, x1, bottom = glyphs.boxes[i].tolist()
        size = float(glyphs.sizes[i])
        x, y = (x0 + x1) / 2, float(glyphs.origins[i, 1]) - _MIDDLE * size
        if arms & {"l", "r"}:
            level.append((y, x0 if "l" in arms else x, x1 if "r" in arms else x))
        if arms & {"u", "d"}:
            reach = _REACH * size
            begin = min(top, y) - reach if "u" in arms else y
            end = max(bottom, y) + reach if "d" in arms else y
            upright.append((x, begin, end))
        n_junctions += bool(arms & {"l", "r"} and arms & {"u", "d"})
    if n_junctions < _JUNCTIONS:
        return None
    kept = glyphs.select(np.flatnonzero(~is_sign))
    return kept, _strokes(level), _strokes(upright)


@lru_cache(maxsize=128)
def arms_of(code: int) -> frozenset[str]:
    """Where the strokes of a box drawing go: l, r, u, d. Diagonals go nowhere."""
    name = unicodedata.name(chr(code), "")
    if "DIAGONAL" in name:
        return frozenset()
    return frozenset("".join(_ARMS.get(word, "") for word in name.split()))


def _strokes(found: list[tuple[float, float, float]]) -> Floats:
    return np.array(found, np.float32).reshape(-1, 3)
