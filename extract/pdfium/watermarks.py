"""Watermarks: text that is written across what a page says, and is no part of it.

Programs lay them over or under each page: slanted, or level in a pale or transparent ink, and
without regard to the rules and lines of text below. Read with the rest, their letters would stand
in every cell that they cross.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from .geometry import Floats

Bools: TypeAlias = npt.NDArray[np.bool_]

_LEAST_STRAIGHT = 20
"""Glyphs set straight; a page with fewer of them is written slanted itself."""
_PALE = 100
"""Of 255: on white paper an ink lighter than this is no ink to read small print by."""
_LARGE = 1.5
"""In sizes of the page's text: so large must a watermark in a colour that is not pale be."""
_CORE = 0.25
"""In font sizes, from a glyph's middle: what is nearer is painted over. Printed lines and columns
keep further apart."""
_CROSSING = 0.05
"""A run of text overflows its cell here and there; what knows of no cells does so all over."""


def find_watermarks(
    glyphs: Glyphs,
    printed: Bools,
    askew: Bools,
    colors: npt.NDArray[np.uint32],
    rules_h: Floats,
    rules_v: Floats,
) -> Bools:
    """(n,) printed glyphs that are written across the page's text and rules.

    ``askew`` (n,): whether the glyph is set slanted. ``colors`` (n, 4): red, green, blue, alpha.
    """
    straight = printed & ~askew
    found = printed & askew
    if found.any() and np.count_nonzero(straight) < _LEAST_STRAIGHT:
        return np.zeros(len(glyphs), np.bool_)
    inks = colors.astype(np.int64) @ np.array((1 << 24, 1 << 16, 1 << 8, 1))
    names, groups, counts = np.unique(inks[straight], return_inverse=True, return_counts=True)
    if len(names) < 2:
        return found
    chosen = np.flatnonzero(straight)
    firsts = chosen[np.unique(groups, return_index=True)[1]]
    pale = np.array([_is_pale(color) for color in colors[firsts]])
    usual = int(np.where(pale, -1, counts).argmax())  # tiles may have more letters than the page
    size = float(np.median(glyphs.sizes[chosen[groups == usual]]))
    for number in np.flatnonzero(np.arange(len(names)) != usual).tolist():
        of_ink = chosen[groups == number]
        if pale[number] and _is_tiled(glyphs, of_ink):
            found[of_ink] = True
            continue
        if not pale[number]:
            of_ink = of_ink[glyphs.sizes[of_ink] > _LARGE * size]
        others = chosen[groups != number]
        if len(of_ink) and _is_across(glyphs, of_ink, others, rules_h, rules_v):
            found[of_ink] = True
    return found


def texts_of_runs(glyphs: Glyphs) -> tuple[str, ...]:
    """The different texts, as they were written, one for each text object."""
    return tuple(sorted({text for text in _texts(glyphs) if text}))


def _texts(glyphs: Glyphs) -> list[str]:
    """The text of each text object; ``runs`` are known."""
    assert glyphs.runs is not None
    begins = np.flatnonzero(np.diff(glyphs.runs, prepend=-1))
    pieces = np.split(glyphs.codes, begins[1:])
    return ["".join(map(chr, piece.tolist())).strip() for piece in pieces]


def _is_pale(color: npt.NDArray[np.uint32]) -> bool:
    """Whether a colour (4,) shows lightly on white paper."""
    light = 255 - (255 - color[:3].astype(np.float64)) * float(color[3]) / 255
    return bool(light.mean() > _PALE)


def _is_tiled(glyphs: Glyphs, chosen: npt.NDArray[np.int64]) -> bool:
    """Whether the chosen glyphs say one thing again and again, up and down and across the page.

    A column of grey zeros or dashes says nothing.
    """
    texts = _texts(glyphs.select(chosen))
    whole = max(texts, key=len)
    places = glyphs.origins[chosen]
    is_spread = bool((places.max(axis=0) - places.min(axis=0) > _SPREAD).all())
    return (
        is_spread
        and len(whole.strip("0.,-—–－ ")) >= _WORD
        and texts.count(whole) >= _TILES
        and all(text in whole for text in texts)  # the page's edge cuts some
    )


_SPREAD, _TILES, _WORD = 150.0, 6, 3
"""pt, copies, letters: watermarks stand in several rows and columns and have something to say."""


def _is_across(
    glyphs: Glyphs,
    chosen: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    rules_h: Floats,
    rules_v: Floats,
) -> bool:
    """Whether so many of the chosen glyphs stand on other text or on rules that none was meant."""
    x0, top, x1, bottom = _cores(glyphs, chosen)
    hit = _crossed(x0, x1, top, bottom, rules_v) | _crossed(top, bottom, x0, x1, rules_h)
    a0, a_top, a1, a_bottom = _cores(glyphs, others)
    for at in np.flatnonzero(~hit).tolist():
        over = (a0 < x1[at]) & (a1 > x0[at]) & (a_top < bottom[at]) & (a_bottom > top[at])
        hit[at] = bool(over.any())
    return int(np.count_nonzero(hit)) >= max(2, _CROSSING * len(chosen))


def _cores(glyphs: Glyphs, chosen: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Floats]:
    """x0, top, x1, bottom of the middles of glyphs: smaller than any of their ink."""
    boxes, half = glyphs.boxes[chosen], _CORE * glyphs.sizes[chosen]
    half_x = np.minimum(half, (boxes[:, 2] - boxes[:, 0]) / 4)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return x - half_x, y - half, x + half_x, y + half


def _crossed(low: Floats, high: Floats, start: Floats, end: Floats, rules: Floats) -> Bools:
    """(n,) whether a rule (at, start, end) goes through a core, from one of its sides to the other.

    ``low``, ``high``: the core across the rules; ``start``, ``end``: along them.
    """
    hit = np.zeros(len(low), np.bool_)
    for at, begin, finish in rules.tolist():
        hit |= (low < at) & (high > at) & (start >= begin) & (end <= finish)
    return hit
