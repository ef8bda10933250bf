"""Rejoin the printed lines of a cell.

The geometry decides, per cell: a line that fills the cell was broken by the setter at whatever
character came next, a line with room left ended where its author, or a word, ended (DOMAIN
section 4 items 8 to 10: the same column is wrapped differently from page to page).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from yusuan.extract.model import Box, Line
from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.text import HAN, clean_text

_HAN_CHAR = re.compile(f"[{HAN}]")
_SEPARATOR = re.compile(r"[0-9０-９]\s*[,，]|[,，]\s*[0-9０-９]")
_LAST_TOKEN = re.compile(rf"[^\s{HAN}]+$")
_FIRST_TOKEN = re.compile(rf"^[^\s{HAN}]+")
# No space after an opening or joining mark, nor before a closing or joining one.
_JOINS_AFTER: Final = frozenset("-–—/\\_@#&=+~([{<≤≥＜＞$¥'\"|")
_JOINS_BEFORE: Final = frozenset("-–—/\\_@=+~)]}>%‰℃°'\"|,.;:!?")
# No line starts with one of these.
_CLOSING: Final = _JOINS_BEFORE | frozenset("）］｝】〕》〉」』”’、。，；：！？％")
# Cell padding on either side is at most this many em (browsers 1-5 px, Excel 2 px) or, in small
# print, what Word leaves whatever the size of the font (0.19 cm).
_PADDING_EM: Final = 0.6
_WORD_PADDING_PT: Final = 5.4
# Advance of a digit or Latin letter with some tolerance for letter-spacing.
_LATIN_EM: Final = 0.65
# Advance of a Chinese character, less what a stretched line may take.
_HAN_EM: Final = 0.95
# Digits of the widest fonts that are set beside Chinese (Verdana 0.64, Courier 0.6).
_WIDE_EM: Final = 0.6
# A project code of the budget system has 8 digits, a letter and 12 digits: one that stops short
# goes on in the next line, whatever room there was.
_BROKEN_CODE = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{8}(?:[A-Z][0-9]{0,11}\n[0-9]+(?![0-9.,])|\n[A-Z][0-9]{3})"
)
_LONG_CODE = re.compile(r"(?<![0-9A-Za-z.,])[0-9A-Za-z]{12,}$")


def join_lines(lines: Sequence[Line], box: Box) -> str:
    """Rejoin the printed lines of a cell; fold radicals, drop spaces beside Chinese.

    ``box``: the cell's, in points. Lines join without a space where Chinese stands on either side,
    at a hyphen or other joining mark, and where a code, number or word was broken because the line
    was full; otherwise one space is put between Latin words, and between two numbers that stand on
    lines of their own (which are then not one amount, unless one of them is no number alone).
    """
    if len(lines) < 2:
        return clean_text(lines[0].text) if lines else ""
    if whole := _broken_amount(lines):
        return whole
    text = ""
    above: Line | None = None
    for line in lines:
        piece = line.text.strip()
        if not piece:
            continue
        if above is None:
            text = piece
        else:
            text += _joint(text, piece, above, line, lines, box) + piece
        above = line
    return clean_text(text)


def _broken_amount(lines: Sequence[Line]) -> str | None:
    """The amount that all lines of a cell make up, broken inside its groups of three; None if not.

    ``1,713,`` over ``357.29``: whatever room there was, a number never ends with a separator. At
    each break one side must be no number alone, for ``120.00`` over ``357.29`` are two amounts.
    """
    separated = [line.text for line in lines if "," in line.text or "，" in line.text]
    if not any(map(_SEPARATOR.search, separated)):
        return None
    pieces = [line.text.strip() for line in lines if line.text.strip()]
    whole = "".join(pieces)
    if len(pieces) < 2 or not looks_like_amount(whole):
        return None
    if any(b.box.top < (a.box.top + a.box.bottom) / 2 for a, b in pairwise(lines)):
        return None  # side by side: two pieces of one printed line
    ends = accumulate(len(piece) for piece in pieces[:-1])
    if any(looks_like_amount(whole[:end]) and looks_like_amount(whole[end:]) for end in ends):
        return None
    return clean_text(whole)


def is_filled_up(lines: Sequence[Line], piece: str, box: Box) -> bool:
    """Whether the last line has no room for the start of ``piece``: the text may go on elsewhere.

    ``box``: the cell's, in points.
    """
    wide = _HAN_CHAR.match(piece[:1]) is not None
    return _is_full(lines[-1], piece, lines, box, False, _HAN_EM if wide else _LATIN_EM)


def _joint(text: str, piece: str, above: Line, below: Line, lines: Sequence[Line], box: Box) -> str:
    """Return what goes between ``text``, ending with ``above``, and ``piece`` of ``below``."""
    before, after = text[-1], piece[0]
    if below.box.top < (above.box.top + above.box.bottom) / 2:
        return " "  # side by side: two pieces of one printed line
    if _HAN_CHAR.match(before) or _HAN_CHAR.match(after):
        return ""
    if before in ",.":
        if after.isdecimal() and _is_full(above, piece, lines, box, False):
            return ""
        return _after_stop(text, piece)
    if before in _JOINS_AFTER or after in _JOINS_BEFORE:
        return ""
    if _BROKEN_CODE.search(f"{text[-22:]}\n{piece}"):
        return ""
    if not _is_full(above, piece, lines, box, _LONG_CODE.search(text) is not None):
        return " "
    return "" if _is_same_token(text, piece) else " "


def _after_stop(text: str, piece: str) -> str:
    """After a point or comma ``www.`` goes on, a sentence and a number with room left end."""
    return "" if text[-1] == "." and piece[0].islower() else " "


def _is_same_token(text: str, piece: str) -> bool:
    """Whether the full line's last token goes on in ``piece``, judged by script and case."""
    before, after = text[-1], piece[0]
    if before.isdecimal() and after.isdecimal():
        return True
    last, first = _LAST_TOKEN.search(text), _FIRST_TOKEN.search(piece)
    tokens = (last.group() if last else "") + " " + (first.group() if first else "")
    if any(char.isdecimal() for char in tokens):
        # 11010522T|000000437074, Q|1, but Oracle|19c is two words
        return not (before.islower() and after.isdecimal()) or any(
            char.isdecimal() for char in tokens.partition(" ")[0]
        )
    # A word goes on in lower case, a code in capitals; Windows|Server is two words.
    return after.islower() or before.isupper()


def _is_full(
    above: Line,
    piece: str,
    lines: Sequence[Line],
    box: Box,
    is_code: bool,
    glyph_em: float = _LATIN_EM,
) -> bool:
    """Whether the line had no room for the next character, ``glyph_em`` wide.

    ``is_code``: the line ends with a long code; such a line also counts as full when it was
    measured with a wider font than it is drawn with, as reporting systems do.

    Left-over room is the cell's width less the line's less the padding, so that it does not matter
    how the text is aligned. Padding is taken from the fullest line of the cell, bounded.
    """
    em = above.size or (above.box.bottom - above.box.top)
    # A mark at a line's end may reach over the cell's with its blank half: that side says nothing.
    sides = [gap for line in lines for gap in (line.box.x0 - box.x0, box.x1 - line.box.x1)]
    most = max(_PADDING_EM * em, _WORD_PADDING_PT)
    padding = min([*(gap for gap in sides if gap >= 0.0), most])
    width = above.box.x1 - above.box.x0
    if is_code:
        width = max(width, _WIDE_EM * em * len(above.text.strip()))
    room = (box.x1 - box.x0) - width - 2 * padding
    # A closing mark must not start a line: the character before it is taken along.
    together = 2 if piece[1:2] and piece[1:2] in _CLOSING else 1
    return room < together * glyph_em * em
