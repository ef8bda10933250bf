"""What shapes of undecodable fonts look like: each is recognised in several lines, and they vote.

A font draws a letter with the same shape wherever it stands. So a letter that was recognised in a
few lines is known in all of them, and one line that is misread is outvoted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from ..model import Glyphs
from ..picture import POINTS_PER_INCH, page_picture
from ..source import PageError
from .settings import ScanSettings

if TYPE_CHECKING:
    from .raster import Pixels

Shape: TypeAlias = tuple[int, int]
View: TypeAlias = tuple[int, int, Glyphs, tuple[Shape | None, ...]]
"""A page: number, rotation, its glyphs, and the shape of each that is to be told."""

_VOTES = 4
"""A shape that so many lines tell is known: no more lines are read for its sake."""
_CLEAR = 0.7
_LEAST_SCORE = 0.6
_BREAK = 1.2
"""em; text further apart is read by itself."""
_LONGEST = 30
"""glyphs; longer lines are cut, so that a mistake in them costs less."""
_ROOM = (1.0, 1.5)
"""pt left free round a line: rules stand close by."""
_LEADER = 4
"""So many equal shapes in a row are dots, but for the zeros of a round sum, known from others."""
_PAPER = 160
_WIDE = 0.75
"""em; signs of Chinese fonts are 1 em wide, others half of that."""
_NARROW, _BROAD = "(),:;!?", "（），：；！？"
_SPACES = (0x20, 0xA0, 0x3000)
_DIGITS = "0123456789"


def recognise_shapes(
    pages: Sequence[View], data: bytes, at_most: int, settings: ScanSettings | None = None
) -> dict[Shape, int]:
    """The code point of each shape that lines agree on. ``at_most``: pages that are drawn."""
    from .raster import without_seals

    settings = settings or ScanSettings()
    votes: dict[Shape, Counter[str]] = {}
    drawn = 0
    for number, rotation, glyphs, shapes in sorted(pages, key=_n_shapes, reverse=True):
        if drawn >= at_most or not _is_open(range(len(shapes)), shapes, votes):
            continue
        drawn += 1
        with suppress(PageError):
            picture = np.asarray(page_picture(data, number, settings.raster.dpi, rotation))
            _read_page(without_seals(picture), glyphs, shapes, votes, settings)
    return _elected(votes)


def _read_page(
    grey: Pixels,
    glyphs: Glyphs,
    shapes: Sequence[Shape | None],
    votes: dict[Shape, Counter[str]],
    settings: ScanSettings,
) -> None:
    """Add what the lines of a page with open shapes tell to ``votes``, in place."""
    from .recognise import recognise_parts

    pixels = settings.raster.dpi / POINTS_PER_INCH
    blank = _blank_shapes(grey, glyphs, shapes, pixels)
    for space in blank:
        votes.setdefault(space, Counter())[" "] += _VOTES
    is_blank = np.array([shape in blank for shape in shapes], np.bool_)
    rows = _lines(glyphs, ~is_blank)
    for line in (part for row in rows for part in _without_leaders(row, shapes)):
        if not _is_open(line, shapes, votes):
            continue
        boxes = glyphs.boxes[line]
        part = (
            max(round((float(boxes[:, 0].min()) - _ROOM[0]) * pixels), 0),
            max(round((float(boxes[:, 1].min()) - _ROOM[1]) * pixels), 0),
            round((float(boxes[:, 2].max()) + _ROOM[0]) * pixels),
            round((float(boxes[:, 3].max()) + _ROOM[1]) * pixels),
        )
        for read in recognise_parts(grey, [part]):
            text = "".join(read.text.split())
            if len(text) != len(line) or read.score < _LEAST_SCORE:
                continue
            for glyph, letter in zip(line, text, strict=True):
                shape = shapes[glyph]
                if shape is not None:
                    told = _of_width(letter, glyphs, glyph)
                    votes.setdefault(shape, Counter())[told] += 1


def _of_width(letter: str, glyphs: Glyphs, glyph: int) -> str:
    """A sign in the width that it is printed in, which recognition does not tell well."""
    is_wide = glyphs.boxes[glyph, 2] - glyphs.boxes[glyph, 0] > _WIDE * glyphs.sizes[glyph]
    signs, others = (_NARROW, _BROAD) if is_wide else (_BROAD, _NARROW)
    return others[signs.index(letter)] if letter in signs else letter


def _blank_shapes(
    grey: Pixels, glyphs: Glyphs, shapes: Sequence[Shape | None], pixels: float
) -> frozenset[Shape]:
    """The shapes that leave no ink wherever they stand: spaces. ``pixels`` to the point."""
    blank: set[Shape] = set()
    inked: set[Shape] = set()
    for shape, box in zip(shapes, (glyphs.boxes * pixels).tolist(), strict=True):
        if shape is None or shape in inked:
            continue
        x0, top, x1, bottom = (max(round(side), 0) for side in box)
        # Neighbours may reach over the sides, which of a narrow space is much.
        room = max(1, (x1 - x0) // 5) if x1 - x0 < 0.5 * (bottom - top) else 1
        piece = grey[top:bottom, x0 + room : x1 - room]
        if piece.size and int(piece.min()) > _PAPER:
            blank.add(shape)
        else:
            inked.add(shape)
    return frozenset(blank - inked)


def _is_open(
    line: Sequence[int], shapes: Sequence[Shape | None], votes: dict[Shape, Counter[str]]
) -> bool:
    """Whether a line holds a shape that too few lines have told."""
    none: Counter[str] = Counter()
    wanted = (shapes[i] for i in line)
    return any(s is not None and votes.get(s, none).total() < _VOTES for s in wanted)


def _lines(glyphs: Glyphs, visible: npt.NDArray[np.bool_]) -> Iterator[list[int]]:
    """Numbers of level glyphs that stand close together on one baseline, from left to right."""
    level = visible & ~np.isin(glyphs.codes, _SPACES)
    if glyphs.turns is not None:
        level &= glyphs.turns == 0
    chosen = np.flatnonzero(level)
    chosen = chosen[np.argsort(glyphs.origins[chosen, 1], kind="stable")]
    rows: list[list[int]] = []
    base = -np.inf
    for i in chosen.tolist():
        y = float(glyphs.origins[i, 1])
        if y - base > 0.3 * float(glyphs.sizes[i]):
            rows.append([])
            base = y
        rows[-1].append(i)
    for row in rows:
        row.sort(key=lambda i: float(glyphs.origins[i, 0]))
        line: list[int] = []
        for i in row:
            if line and (
                glyphs.boxes[i, 0] - glyphs.boxes[line[-1], 2] > _BREAK * glyphs.sizes[i]
                or len(line) >= _LONGEST
            ):
                yield line
                line = []
            line.append(i)
        yield line


def _n_shapes(view: View) -> int:
    return len(set(view[3]))


def _without_leaders(line: Sequence[int], shapes: Sequence[Shape | None]) -> Iterator[list[int]]:
    """A line cut where one shape stands again and again: how many dots there are OCR can't tell."""
    part: list[int] = []
    for _, group in groupby(line, key=lambda i: shapes[i]):
        same = list(group)
        if len(same) < _LEADER or shapes[same[0]] is None:
            part += same
        elif part:
            yield part
            part = []
    if part:
        yield part


def _elected(votes: dict[Shape, Counter[str]]) -> dict[Shape, int]:
    """The letter of each shape with a clear majority.

    No font has two shapes for one figure: the one with fewer votes is another letter, unknown.
    """
    elected: dict[Shape, int] = {}
    holders: dict[tuple[int, str], list[tuple[int, Shape]]] = {}
    for shape, counts in votes.items():
        letter, count = counts.most_common(1)[0]
        if count < _CLEAR * counts.total():
            continue
        elected[shape] = ord(letter)
        if letter in _DIGITS:
            holders.setdefault((shape[0], letter), []).append((count, shape))
    for rivals in holders.values():
        for _, shape in sorted(rivals, reverse=True)[1:]:
            del elected[shape]
    return elected
