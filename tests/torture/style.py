"""How a drawn sheet is printed: everything that producers do differently."""

import os
from dataclasses import dataclass
from typing import Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

SplitStyle = Literal["native", "first", "larger", "repeat"]
FONT = "STSong-Light"
PADDING = 2.0
LEADING = 1.25
ASCENT = 0.88

pdfmetrics.registerFont(UnicodeCIDFont(FONT))
FONTS: tuple[str, ...] = (FONT,)
"""The fonts to draw with: one that needs no file and is not embedded, and a TrueType font with
Chinese glyphs that ``YUSUAN_TORTURE_FONT`` names, which is."""
if _font_file := os.environ.get("YUSUAN_TORTURE_FONT"):
    pdfmetrics.registerFont(TTFont("torture", _font_file))
    FONTS = (FONT, "torture")


@dataclass(frozen=True)
class Style:
    """How the sheet is printed; see ``strategies.styles`` for what each field ranges over."""

    size: float = 8.0
    width: float = 520.0
    margin: float = 40.0
    breaks: tuple[int, ...] = ()
    """Body rows (0 = first) before which a page ends."""
    split: SplitStyle = "native"
    repeat_header: bool = False
    repeat_title: bool = False
    sideways: int | None = None
    """The column before which the sheet goes on to the right on the next page."""
    down_first: bool = False
    rules: str = "cells"
    open_left: bool = False
    open_right: bool = False
    decoys: bool = False
    letter_spaced: bool = False
    bold_header: bool = False
    overflow: bool = False
    max_lines: int | None = None
    """Rows of a fixed height: at most so many lines of prose are printed."""
    hidden: bool = False
    rotate: int = 0
    running_title: bool = False
    page_numbers: bool = False
    valign: Literal["top", "middle"] = "middle"
    paper_height: float = 300.0
    font: str = FONT
    cut_lines: bool = False
    """A page end may cut a line of a merged cell lengthwise."""
    cut_rows: bool = False
    """A page end cuts the row above it below its first line, as word processors do."""
    keep_words: bool = False
    """Lines end between Latin words, not inside one."""
    is_turned: bool = False
    """A sideways page has no /Rotate: its text is written sideways."""
