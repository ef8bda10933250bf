"""Code points of PDFium's characters, without those that it made up."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np
import numpy.typing as npt

from ..text_layer import UNREADABLE, Codes
from . import library as pdf
from .characters import HYPHEN, mend_codes, take_codes

_FIGURES = 3
_FIGURE = re.compile(r"(?<![^\s│|])[^\s\w]{0,3}\d[\d,.，．]*[%％]?[)）]?(?![^\s│|])")
"""A number with its sign and brackets, apart from other text but for strokes of a drawn table."""


def has_figures(page: int) -> bool:
    """Whether several figures stand apart on an open page: there may be a table without rules.

    Asks for the text at once, a tenth of what its glyphs cost.
    """
    text = pdf.load_text(page)
    if not text:
        return False
    try:
        count = max(int(pdf.count_chars(text)), 0)
        buffer = np.zeros(2 * count + 1, np.uint16)
        pdf.page_text(text, 0, count, buffer.ctypes.data)
    finally:
        pdf.close_text(text)
    printed = buffer.tobytes().decode("utf-16-le", "replace")
    return sum(1 for _ in islice(_FIGURE.finditer(printed), _FIGURES)) == _FIGURES


def read_codes(text: int, indices: npt.NDArray[np.int64], count: int) -> Codes:
    """Code points of the characters ``indices`` of a text page that has ``count`` of them.

    A line-end hyphen, which PDFium reports as U+0002, is a hyphen again. A glyph without a usable
    code (0, control codes, half a surrogate pair, a guess) is U+FFFD: printed, but unreadable.
    """
    codes = _read_text_at_once(text, indices, count)
    if codes is None:
        codes = pdf.char_code(len(indices), text, indices).astype(np.uint32)
    if mend_codes(pdf.char_is_guessed(len(indices), text, indices), codes):
        for i in np.flatnonzero(codes == HYPHEN).tolist():
            codes[i] = 0x2D if pdf.char_is_hyphen(text, int(indices[i])) == 1 else UNREADABLE
    return codes


def _read_text_at_once(text: int, indices: npt.NDArray[np.int64], count: int) -> Codes | None:
    """The codes of the characters from the page's text, in one call.

    PDFium leaves characters without a code out of the text and writes codes beyond U+FFFF as two;
    then text and characters do not correspond and the answer is None. A hyphen at a line's end,
    U+FFFE here, gets the code it has by itself.
    """
    buffer = np.zeros(2 * count + 1, np.uint16)
    written = int(pdf.page_text(text, 0, count, buffer.ctypes.data)) - 1
    codes = np.empty(len(indices), np.uint32)
    return codes if written == count and take_codes(buffer[:count], indices, codes) else None
