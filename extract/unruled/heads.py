"""Header text to header cells: words on one baseline that belong together, and lines that wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..model import Line
from .pieces import Piece, Row, Span, as_one, crossed, make_piece

_FIRST_HAN = 0x2E80
_COLUMN_GAP = 0.8
"""em; words of a header cell stand closer, unless its letters are set apart."""
_WRAP = 1.5
"""em; lines of one header cell stand closer, one above the other."""
_TIGHT = 1.6
"""em; where the rows of the body stand so close, closeness does not tell what wraps."""
_SLIP = 0.2  # em


@dataclass(frozen=True, slots=True)
class Head:
    """A header cell as printed, in points. Fonts differ in their heights: lines are an em high.

    ``is_shared``: it is made of several, over columns that were not told apart.
    """

    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    is_shared: bool = False

    @property
    def middle(self) -> float:
        """Middle in x."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Middle in y."""
        return (self.top + self.bottom) / 2

    def is_above(self, other: Head) -> bool:
        """Whether it ends where the other has not begun."""
        return other.top > self.bottom - 0.1 * self.size

    def is_level_with(self, other: Head) -> bool:
        """Whether both begin, end or have their middle at one height: in cells of the same rows."""
        near = 0.3 * self.size
        return (
            abs(self.y - other.y) < near
            or abs(self.top - other.top) < near
            or abs(self.bottom - other.bottom) < near
        )

    def overlaps(self, x0: float, x1: float, slip: float = _SLIP) -> bool:
        """Whether it shares an x-range by more than a slip (em)."""
        return self.x1 > x0 + slip * self.size and self.x0 < x1 - slip * self.size


def find_heads(rows: Sequence[Row], spans: Sequence[Span], pitch: float) -> list[Head]:
    """The header cells of the header rows, from left to right.

    ``spans``: x-ranges of the body's columns; ``pitch`` (pt): how far its rows are apart.
    """
    pieces = [(n, piece) for n, row in enumerate(rows) for piece in head_pieces(row, spans)]
    goal = list(range(len(pieces)))
    for low, (n, piece) in enumerate(pieces):
        above = [
            high for high, (m, other) in enumerate(pieces) if m < n and goes_on(other, piece, pitch)
        ]
        if len(above) == 1 and _is_only(pieces[above[0]][1], piece, pieces, pitch):
            goal[low] = above[0]
    groups: dict[int, list[Piece]] = {}
    for at, (_, piece) in enumerate(pieces):
        root = at
        while goal[root] != root:
            root = goal[root]
        groups.setdefault(root, []).append(piece)
    heads = [
        Head(
            min(p.x0 for p in group),
            min(_y(p) - p.line.size / 2 for p in group),
            max(p.x1 for p in group),
            max(_y(p) + p.line.size / 2 for p in group),
            max(p.line.size for p in group) or 1.0,
        )
        for group in groups.values()
    ]
    return sorted(heads, key=lambda head: head.middle)


def goes_on(upper: Piece, lower: Piece, pitch: float) -> bool:
    """Whether a line is the next one of the header cell that a line above it is of."""
    size = max(upper.line.size, lower.line.size)
    step = _y(lower) - _y(upper)
    if not 0.5 * size < step < _WRAP * size or abs(upper.line.size - lower.line.size) > 0.6:
        return False
    if pitch < _TIGHT * size and upper.x1 - upper.x0 < lower.x1 - lower.x0 - 0.5 * size:
        return False  # a line that wraps is full, a heading over several columns need not be
    off = min(
        abs(upper.middle - lower.middle) / 2,
        abs(upper.x0 - lower.x0),
        abs(upper.x1 - lower.x1),
    )
    return off < 0.3 * size


def _is_only(upper: Piece, lower: Piece, pieces: Sequence[tuple[int, Piece]], pitch: float) -> bool:
    """Whether no other piece stands below the upper one at the height of the lower one."""
    size = upper.line.size
    return not any(
        other is not lower
        and abs(_y(other) - _y(lower)) < 0.4 * size
        and other.x0 < upper.x1 - _SLIP * size
        and other.x1 > upper.x0 + _SLIP * size
        for _, other in pieces
    )


def _y(piece: Piece) -> float:
    return (piece.line.box.top + piece.line.box.bottom) / 2


def as_heads(row: Row, spans: Sequence[Span]) -> Row:
    """A row with the pieces of header cells."""
    return replace(row, pieces=tuple(head_pieces(row, spans)))


def head_pieces(row: Row, spans: Sequence[Span]) -> list[Piece]:
    """The pieces of a header row: parted at every gap that letters set apart do not explain."""
    words = [word for piece in row.pieces for word in piece.words or (piece.line,)]
    groups: list[list[Line]] = []
    for before, word in pairwise([None, *words]):
        if word is None:
            continue
        if before is not None and _is_one_cell(groups[-1], word, spans):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [replace(make_piece(as_one(group)), words=tuple(group)) for group in groups]


def _is_one_cell(group: Sequence[Line], word: Line, spans: Sequence[Span]) -> bool:
    """Whether a word goes on in the header cell of the words before it."""
    before, size = group[-1], max(word.size, 1.0)
    gap = word.box.x0 - before.box.x1
    one, two = before.text.strip(), word.text.strip()
    if all(len(line.text.strip()) == 1 for line in (*group, word)):
        over = crossed(group[0].box.x0, word.box.x1, size, spans)
        near = {_beside(line, spans) for line in (group[0], word)} - {None}
        return len(over) <= 1 and len(near) <= 1 and gap < 4 * size
    if gap >= _COLUMN_GAP * size:
        return False
    if not (_is_han(one[-1:]) and _is_han(two[:1])) or one[:1].isdigit():
        return True
    left = crossed(before.box.x0, before.box.x1, size, spans)
    right = crossed(word.box.x0, word.box.x1, size, spans)
    return bool(left) and left == right


def _beside(line: Line, spans: Sequence[Span]) -> int | None:
    """The column that a letter stands over, or less than its size beside."""
    middle = (line.box.x0 + line.box.x1) / 2
    off = [max(a - middle, middle - b, 0.0) for a, b in spans]
    nearest = min(range(len(off)), key=lambda i: off[i]) if off else None
    return nearest if nearest is not None and off[nearest] < line.size else None


def _is_han(text: str) -> bool:
    return bool(text) and ord(text) >= _FIRST_HAN
