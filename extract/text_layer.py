"""Whether a page's text layer tells what is printed: codes that stand for no letter.

A font in a PDF draws numbered shapes; which letter a shape is, a table beside it tells. Where that
is missing or wrong, the page looks right and its text is not: private-use codes, U+FFFD, letters of
scripts that nobody printed.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from .model import Line, RawPage

UNREADABLE = 0xFFFD
_BLOCK = 7
"""Scripts are told by blocks of 128 codes."""
_KNOWN_SCRIPTS = (
    (0x0000, 0x024F),  # Latin
    (0x0250, 0x052F),  # phonetic, Greek, Cyrillic
    (0x1E00, 0x2DFF),  # Latin and Greek with accents; signs, arrows, boxes, circled numbers
    (0x2E00, 0xA4CF),  # punctuation, radicals, kana, Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFE00, 0xFFEF),  # forms, full-width letters
    (0x1D400, 0x1D7FF),  # mathematical letters
    (0x1F000, 0x1FAFF),  # signs
    (0x20000, 0x3FFFF),  # Han, extensions
)
_MOSTLY = 0.5
_BROKEN_SHARE = 0.05
"""So much of a page must be undecodable; bullets and check marks of symbol fonts are less."""
_IN_FIGURE = re.compile(
    "[0-9０-９][.,，．]?[\ufffd\ue000-\uf8ff]|[\ufffd\ue000-\uf8ff][.,，．]?[0-9０-９]"
)

_FIRST_SIGN = 0x20
"""A subset numbers its glyphs from 1; where the numbers pass for letters, the first are none."""

_TAB = 9

Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]


def _known_blocks() -> Flags:
    known = np.zeros((0x110000 >> _BLOCK) + 1, np.bool_)
    for first, last in _KNOWN_SCRIPTS:
        known[first >> _BLOCK : (last >> _BLOCK) + 1] = True
    return known


_IS_KNOWN = _known_blocks()
_ROW = 5
"""A quick look goes by rows of 32 codes: the control codes are one, and so are those from 0x80."""


def _odd_rows() -> Flags:
    """Of each row of codes whether any of them may stand for no letter."""
    may_be_odd: Flags = np.repeat(~_IS_KNOWN, 1 << (_BLOCK - _ROW))
    for first, last in ((0, _FIRST_SIGN - 1), (0x80, 0x27F), (0xFF80, 0xFFFF)):
        may_be_odd[first >> _ROW : (last >> _ROW) + 1] = True
    return may_be_odd


_MAY_BE_ODD = _odd_rows()


def find_unreadable(codes: Codes) -> Flags:
    """(n,) which codes stand for no letter, as far as the page's own text tells.

    Codes of no character and of private use; and where most of the letters are of scripts that are
    not written here (bytes of one encoding read as another), these.
    """
    if not np.count_nonzero(_MAY_BE_ODD.take(codes >> _ROW)):  # nearly always, so it is quick
        return np.zeros(len(codes), np.bool_)
    flags: Flags = (codes < _FIRST_SIGN) & (codes != _TAB)
    flags |= (codes >= 0xE000) & (codes <= 0xF8FF)  # private use
    flags |= (codes == UNREADABLE) | (codes >= 0xF0000) | ((codes & 0xFFFE) == 0xFFFE)
    flags |= (codes >= 0x80) & (codes < 0xA0)  # control codes
    is_strange = ~_IS_KNOWN[codes >> _BLOCK] & ~flags
    is_accented = (codes >= 0xC0) & (codes <= 0x24F)
    if is_strange.any() or is_accented.any():
        is_letter = ((codes | 0x20) >= 0x61) & ((codes | 0x20) <= 0x7A) | (codes >= 0xC0)
        most = _MOSTLY * int(np.count_nonzero(is_letter & ~flags))
        if np.count_nonzero(is_strange) > most:
            flags |= is_strange
        # The languages of Europe write a sixth of their letters with accents at most.
        if np.count_nonzero(is_accented) > most:
            flags |= (codes > 0xA0) & (codes <= 0x24F)
    return flags


def is_broken(page: RawPage) -> bool:
    """Whether so much of a page's text is undecodable, or so placed, that figures may be wrong."""
    if not page.n_unreadable:
        return False
    if page.n_unreadable >= _BROKEN_SHARE * page.n_glyphs:
        return True
    cells = (line for table in page.tables for cell in table.cells for line in cell.lines)
    return any(map(_spoils_figure, cells)) or any(map(_spoils_figure, page.lines))


def _spoils_figure(line: Line) -> bool:
    return bool(_IN_FIGURE.search(line.text))
