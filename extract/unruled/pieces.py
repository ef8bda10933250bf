"""Printed pieces of text outside tables, in rows: what an unruled table is recognised by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..glyph_places import OUTSIDE
from ..lines import glyphs_to_lines
from ..model import Box, Glyphs, Line
from ..settings import TextSettings

Span = tuple[float, float]
"""An x-range, pt."""
SAME_SIZE = 0.6  # pt
_SLIP = 0.2  # em
_COLUMN_GAP = 0.8
"""em; words of a justified line stand closer."""
_LEAST_GAP = 0.25
"""em; columns with little padding stand so close: then only alignment tells them from words."""
_ALIGNED_PT = 1.0
_MIN_ALIGNED = 3
_RIVER = 0.8
"""The share of the rows between that must leave the paper free where columns part."""
_REACH = 40  # rows
_SAME_ROW = 0.45
"""em; pieces whose middles differ by less stand in one row (fonts differ in their heights)."""
_FIGURE = re.compile(
    r"[<>≤≥~±≈]?\s?[-+−–—△▲(（]?\s?[€$£¥￥]?\s?\d[\d,.，．' ]*\s?[%％€]?[)）]?[*†‡]*"
)
_GROUPED = re.compile(r"[-−–—△▲]?\s?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_NO_FIGURE = re.compile(r"[-−–—―─/.…]{1,3}|[nN][./]?[aA]\.?|无")
_LEADER = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|·{4,}|．{4,}|_{4,}|-{6,}")
# "单位：元", "Source: ...": a label and what it says, as they stand above and below tables.
_TOLD = re.compile(r"^[^:：]{1,12}[:：]\s*\S")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text or the part of one that stands apart from the rest of it.

    ``words``: its parts where it was put together of several.
    """

    line: Line
    is_figure: bool
    is_dash: bool
    words: tuple[Line, ...] = ()

    @property
    def x0(self) -> float:
        """Left end, pt."""
        return self.line.box.x0

    @property
    def x1(self) -> float:
        """Right end, pt."""
        return self.line.box.x1

    @property
    def middle(self) -> float:
        """Middle in x, pt."""
        return (self.line.box.x0 + self.line.box.x1) / 2

    @property
    def is_leader(self) -> bool:
        """Whether dots lead from a title to its page number."""
        return bool(_LEADER.search(self.line.text))

    @property
    def is_told(self) -> bool:
        """Whether it is a label with what it says behind a colon."""
        return bool(_TOLD.search(self.line.text))


@dataclass(frozen=True, slots=True)
class Row:
    """The pieces on one baseline from left to right; ``y`` their middle, pt."""

    pieces: tuple[Piece, ...]
    y: float
    top: float
    bottom: float
    size: float

    @property
    def is_data(self) -> bool:
        """Whether a figure stands beside something else."""
        return len(self.pieces) > 1 and any(p.is_figure for p in self.pieces[1:])

    @property
    def has_figure(self) -> bool:
        """Whether any piece is a figure or the dash that stands for one."""
        return any(p.is_figure or p.is_dash for p in self.pieces)


def make_piece(line: Line) -> Piece:
    """A line as a piece."""
    text = line.text.strip()
    return Piece(line, bool(_FIGURE.fullmatch(text)), bool(_NO_FIGURE.fullmatch(text)))


def n_figures(text: str) -> int:
    """How many figures stand side by side in a text; 1 234 567 is one."""
    if _GROUPED.fullmatch(text.strip()):
        return 1
    return sum(is_figure(word) for word in text.split())


def crossed(x0: float, x1: float, size: float, spans: Sequence[Span]) -> list[int]:
    """The columns that text of a font size (pt) overlaps by more than a slip."""
    slip = _SLIP * size
    return [i for i, (a, b) in enumerate(spans) if x1 > a + slip and x0 < b - slip]


def n_crossed(piece: Piece, spans: Sequence[Span]) -> int:
    """How many columns a piece overlaps by more than a slip."""
    return len(crossed(piece.x0, piece.x1, piece.line.size, spans))


def sits_in_one(piece: Piece, spans: Sequence[Span]) -> bool:
    """Whether a piece lies in one column at most."""
    return n_crossed(piece, spans) <= 1


def is_figure(text: str) -> bool:
    """Whether the text is a number as tables print it: separators, sign, brackets, per cent."""
    return bool(_FIGURE.fullmatch(text))


def rows_outside(glyphs: Glyphs, free: npt.NDArray[np.bool_], settings: TextSettings) -> list[Row]:
    """The rows of pieces made of the glyphs that are ``free`` (n,) and written upright."""
    upright = free if glyphs.turns is None else free & (glyphs.turns == 0)
    chosen = np.flatnonzero(upright)
    if not len(chosen):
        return []
    kept = glyphs.select(chosen)
    cut = replace(settings, column_gap=_LEAST_GAP)
    owner = np.full(len(kept), OUTSIDE)
    return join_words(lines_to_rows([owned.line for owned in glyphs_to_lines(kept, owner, cut)]))


def join_words(rows: Sequence[Row]) -> list[Row]:
    """Rows of words to rows of pieces: words apart by little are one, unless columns part there."""
    starts = np.array([(p.x0, i) for i, row in enumerate(rows) for p in row.pieces]).reshape(-1, 2)
    joined: list[Row] = []
    for number, row in enumerate(rows):
        groups: list[list[Line]] = []
        before: Piece | None = None
        for piece in row.pieces:
            near = before is not None and piece.x0 - before.x1 < _COLUMN_GAP * piece.line.size
            if before is not None and near and not _parts(before, piece, number, rows, starts):
                groups[-1].append(piece.line)
            else:
                groups.append([piece.line])
            before = piece
        whole = tuple(replace(make_piece(as_one(group)), words=tuple(group)) for group in groups)
        joined.append(replace(row, pieces=whole))
    return joined


def _parts(
    left: Piece,
    right: Piece,
    number: int,
    rows: Sequence[Row],
    starts: npt.NDArray[np.float64],
) -> bool:
    """Whether columns part between two words: text begins there in other rows and none crosses."""
    if not (left.is_figure or right.is_figure or left.is_dash):
        return False
    near = np.abs(starts[:, 0] - right.x0) < _ALIGNED_PT
    if left.is_figure and not right.is_figure:
        others = {int(i) for i in starts[near, 1].tolist() if abs(i - number) <= _REACH}
    else:
        ends = [
            i
            for i in range(max(0, number - _REACH), min(len(rows), number + _REACH + 1))
            if any(p.is_figure and abs(p.x1 - right.x1) < _ALIGNED_PT for p in rows[i].pieces)
        ]
        begins = {int(i) for i in starts[near, 1].tolist() if abs(i - number) <= _REACH}
        others = max(set(ends), begins, key=len)
    if len(others) < _MIN_ALIGNED:
        return False
    at = (left.x1 + right.x0) / 2
    between = rows[min(others) : max(others) + 1]
    n_free = sum(not any(p.x0 < at < p.x1 for p in row.pieces) for row in between)
    return n_free >= _RIVER * len(between)


def as_one(lines: Sequence[Line]) -> Line:
    """Lines side by side as one."""
    if len(lines) == 1:
        return lines[0]
    boxes = [line.box for line in lines]
    box = Box(
        min(b.x0 for b in boxes),
        min(b.top for b in boxes),
        max(b.x1 for b in boxes),
        max(b.bottom for b in boxes),
    )
    return Line(" ".join(line.text for line in lines), box, max(line.size for line in lines))


def lines_to_rows(lines: Sequence[Line]) -> list[Row]:
    """Lines side by side as rows, from top to bottom."""
    ordered = sorted(lines, key=lambda line: line.box.top + line.box.bottom)
    groups: list[list[Line]] = []
    before = -np.inf
    for line in ordered:
        y = (line.box.top + line.box.bottom) / 2
        if y - before > _SAME_ROW * max(line.size, 4.0):
            groups.append([])
            before = y
        groups[-1].append(line)
    return [_row(group) for group in groups]


def _row(lines: Sequence[Line]) -> Row:
    pieces = tuple(make_piece(line) for line in sorted(lines, key=lambda line: line.box.x0))
    tops, bottoms = [x.box.top for x in lines], [x.box.bottom for x in lines]
    y = float(np.median([(t + b) / 2 for t, b in zip(tops, bottoms, strict=True)]))
    return Row(pieces, y, min(tops), max(bottoms), float(np.median([x.size for x in lines])))
