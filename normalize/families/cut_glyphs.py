"""The two halves of a printed line that a page's edge cuts lengthwise, put together.

Each page prints what of the line is on its side. Most glyphs reach over the cut and are printed on
both pages; quotation marks stand above it, commas and stops below it, and a flat ideograph (一)
on either side. A half can be a single mark; the other one then has a gap there.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from yusuan.extract.model import Line

_FLAT: Final = frozenset("一")
# Of the em, for letters and digits beside ideographs.
_NARROW_EM: Final = 0.55


def merged_halves(upper: Line, lower: Line) -> str | None:
    """The whole line of which two lines print a part each; None if they are no halves of one.

    That they stand at the cut is for the caller to know. The fuller half is kept with its spaces;
    marks that only the other one prints are put where they stand in it.
    """
    base, other = sorted((upper, lower), key=lambda line: len(_printed(line.text)), reverse=True)
    marks = _printed(other.text)
    if not marks:
        return None
    if all(_may_be_hidden(char) for char in marks):
        return _with_marks_by_place(base, other)
    whole = base.text.strip()
    return whole if _is_within(marks, whole) else _with_marks_by_order(whole, marks)


def is_mark_alone(line: Line) -> bool:
    """Whether a line prints nothing that a cut through the middle of the line would leave."""
    return all(_may_be_hidden(char) for char in _printed(line.text))


def _printed(text: str) -> str:
    return "".join(text.split())


def _may_be_hidden(char: str) -> bool:
    """Whether the glyph lies wholly above, below or at the middle of its line."""
    return not char.isalnum() or char in _FLAT


def _is_within(marks: str, whole: str) -> bool:
    """Whether all glyphs of one half are printed in the other one, in the same order."""
    rest = iter(whole)
    return all(char in rest for char in marks)


def _with_marks_by_order(base: str, other: str) -> str | None:
    """``base`` with the marks of ``other`` that it lacks; None where a tall glyph is missing."""
    whole: list[str] = []
    at = 0
    for char in other:
        end = at
        while end < len(base) and base[end] != char:
            # A mark is looked for up to the next glyph that is printed on both sides of the cut.
            if _may_be_hidden(char) and not (_may_be_hidden(base[end]) or base[end].isspace()):
                end = len(base)
                break
            end += 1
        if end < len(base):
            whole.append(base[at : end + 1])
            at = end + 1
        elif not _may_be_hidden(char):
            return None
        else:
            whole.append(char)
            at += base[at : at + 1].isspace()
    return "".join(whole) + base[at:]


def _with_marks_by_place(base: Line, other: Line) -> str:
    """``base`` with a few marks of its line put where they stand, by their x."""
    text = base.text.strip()
    size = base.size or (base.box.bottom - base.box.top)
    widths = [0.0 if char.isspace() else _width_em(char) * size for char in text]
    n_gaps = sum(char.isspace() for char in text)
    room = max((base.box.x1 - base.box.x0) - sum(widths), 0.0)
    widths = [room / n_gaps if char.isspace() else w for char, w in zip(text, widths, strict=True)]
    starts = [base.box.x0 + sum(widths[:i]) for i in range(len(text) + 1)]
    marks = other.text.strip()
    at = min(range(len(starts)), key=lambda i: abs(starts[i] - other.box.x0))
    if text[at : at + 1] == marks[:1]:
        return text
    rest = text[at:]
    return text[:at] + marks + (rest[1:] if rest[:1].isspace() else rest)


def _width_em(char: str) -> float:
    is_wide = unicodedata.east_asian_width(char) in "WFA"
    return 1.0 if is_wide else _NARROW_EM
