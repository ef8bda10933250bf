"""The outline of a list of lines: which line stands under which, by ordinals and indents.

一、 over （一） over 1、 over (1) over ①; 其中： under the line before it; a line without ordinal
that is set in further than the one above it is under that one. Totals end an outline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_RANKS = (("一二三四五六七八九十", 2), ("（(", 4), ("0123456789", 6), ("①②③④⑤⑥⑦⑧⑨⑩", 10))
_RANK_OF_BRACKETED_NUMBER = 8
_OF_WHICH = "其中"
# Indents are one or two characters; a centred label of another length may stand half a one off.
MIN_INDENT_EM = 0.8


# Sources of income that others are parts of, by their words: such lists may have no ordinals.
_PARTS = (
    (
        re.compile("财政拨款(?:（补助）)?(?:收入)?"),
        re.compile("一般公共预算|政府性基金|国有资本经营"),
    ),
    (
        re.compile("单位资金(?:收入)?"),
        re.compile("事业收入|经营收入|上级补助|附属单位|其他收入|经营服务收入"),
    ),
)


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
    ordinal: str | None,
    label: str,
    indent: float,
    *,
    kind: str | None,
    outline: Outline,
    is_inner: bool = False,
) -> tuple[str | None, Outline]:
    """The line that this one is under, and the outline for the next line.

    ``kind``: the line's kind by its label (carry_in, year_total, source, ...), None if unknown.
    ``is_inner``: a line without ordinal that stands under the numbered one above (``inner_lines``).
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
    if is_inner and outline.lines and outline.lines[-1].rank >= _RANKS[0][1]:
        return outline.lines[-1].label, outline
    if kind != "source":
        return None, Outline()
    outer = tuple(line for line in outline.lines if indent - line.indent >= MIN_INDENT_EM)
    if outer:
        return outer[-1].label, Outline((*outer, Line(outer[-1].rank + 1, label, indent)), None)
    if outline.carry:
        return outline.carry, outline
    if outline.lines and _is_part(label, outline.lines[-1].label):
        return outline.lines[-1].label, outline
    return None, Outline((Line(0, label, indent),), None)


def _is_part(label: str, above: str) -> bool:
    """Whether a source of income is by its words a part of the one above it."""
    return any(whole.fullmatch(above) and part.search(label) for whole, part in _PARTS)


def inner_lines(ordinals: Sequence[str | None], is_open: Sequence[bool]) -> frozenset[int]:
    """The lines without ordinal of a numbered list that stand under the numbered line above them.

    A list that numbers its lines 一、 二、 三、 would number a line of its own between two of them,
    so what has no ordinal there is a part of the one above; and so is then what follows the last.
    ``is_open``: lines that may be parts; a total or money carried over ends the list.
    """
    ranks = [rank_of(o) for o in ordinals]
    found: list[int] = []
    waiting: list[int] = []
    has_head = False
    for at, rank in enumerate(ranks):
        if rank == _RANKS[0][1]:
            found += waiting
            waiting, has_head = [], True
        elif rank == 0 and not ordinals[at]:
            if not is_open[at]:
                break
            waiting += [at] if has_head else []
    return frozenset((*found, *waiting)) if found else frozenset()
