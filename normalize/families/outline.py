"""The outline of a list of lines: which line stands under which, by ordinals and indents.

一、 over （一） over 1、 over (1) over ①; 其中： under the line before it; a line without ordinal
that is set in further than the one above it is under that one. Totals end an outline.
"""

from __future__ import annotations

from dataclasses import dataclass

_RANKS = (("一二三四五六七八九十", 2), ("（(", 4), ("0123456789", 6), ("①②③④⑤⑥⑦⑧⑨⑩", 10))
_RANK_OF_BRACKETED_NUMBER = 8
_OF_WHICH = "其中"
# Indents are one or two characters; a centred label of another length may stand half a one off.
MIN_INDENT_EM = 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """A line that others may be under: rank (0 plain, deeper is more), label, indent in em."""

    rank: int
    label: str
    indent: float


@dataclass(frozen=True, slots=True)
class Outline:
    """The open lines from the outermost in, and the carry-over line that funds may follow."""

    lines: tuple[Line, ...] = ()
    carry: str | None = None


def rank_of(ordinal: str | None) -> int:
    """Depth of an ordinal: 0 for none, 2 一、, 4 （一）, 6 1., 8 (1), 10 ①."""
    if not ordinal:
        return 0
    if ordinal[0] in "（(" and any(char.isdecimal() for char in ordinal):
        return _RANK_OF_BRACKETED_NUMBER
    return next((rank for chars, rank in _RANKS if ordinal[0] in chars), 0)


def place(
    ordinal: str | None, label: str, indent: float, *, kind: str | None, outline: Outline
) -> tuple[str | None, Outline]:
    """The line that this one is under, and the outline for the next line.

    ``kind``: the line's kind by its label (carry_in, year_total, source, ...), None if unknown.
    """
    if ordinal and ordinal.startswith(_OF_WHICH):
        above = outline.lines[-1] if outline.lines else None
        return (above.label if above else None), outline
    rank = rank_of(ordinal)
    if rank:
        lines = tuple(line for line in outline.lines if line.rank < rank)
        # A top-level 一、 is never under a plain line, only under a carry-over line.
        lines = lines if rank > _RANKS[0][1] else ()
        parent = lines[-1].label if lines else outline.carry
        return parent, Outline((*lines, Line(rank, label, indent)), outline.carry)
    if kind in ("carry_in", "carry_out"):
        return None, Outline((), label)
    if kind != "source":
        return None, Outline()
    outer = tuple(line for line in outline.lines if indent - line.indent >= MIN_INDENT_EM)
    if outer:
        return outer[-1].label, Outline((*outer, Line(outer[-1].rank + 1, label, indent)), None)
    if outline.carry:
        return outline.carry, outline
    return None, Outline((Line(0, label, indent),), None)
