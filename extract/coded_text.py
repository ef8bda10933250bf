"""The glyphs of a page as numbers of their fonts, through pdfminer: what a letter is decoded from.

Asked only of pages whose text PDFium cannot decode. pdfminer takes a glyph's letter from more
places: where a TrueType font's table of letters was left in the file, it turns that round.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFType3Font, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from .source import EngineError, PageError
from .witness_grid import Frame, ordered_box, page_frame

_NO_LETTER = "\ufffd"


@dataclass(frozen=True, slots=True)
class CodedPage:
    """The glyphs of one page (from 1) in the order of drawing, as parallel arrays.

    ``fonts`` (n,): number of the font in the document; ``numbers`` (n,): of the glyph in it.
    ``letters`` (n): what pdfminer takes each for, U+FFFD where it does not know. ``origins``
    (n, 2): pen position in points on the page as displayed, its own /Rotate applied.
    ``telling``: fonts that tell letters by a table; ``drawing``: fonts whose shapes are in the
    file. A font that is neither looks as it happens to on the machine that shows it.
    """

    number: int
    frame: Frame
    fonts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    letters: tuple[str, ...]
    origins: npt.NDArray[np.float64]
    telling: frozenset[int]
    drawing: frozenset[int]


@dataclass(slots=True)
class _Drawn:
    """What pdfminer draws on a page: font, number, letter, pen position from the bottom left."""

    items: list[tuple[int, int, str, float, float]] = field(default_factory=list)


class _Recorder(PDFTextDevice):
    """A device of pdfminer that notes each glyph."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager)
        self.fonts: dict[int, tuple[int, Any]] = {}  # by identity; kept, so that none is reused
        self.drawn = _Drawn()

    def render_char(self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float,
                    cid: int, ncs: Any, graphicstate: Any) -> float:  # fmt: skip
        """Note a glyph; returns how far the pen goes on."""
        try:
            letter = str(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            letter = _NO_LETTER
        number, _ = self.fonts.setdefault(id(font), (len(self.fonts), font))
        # Where a glyph stands in the font's own units: level text is moved up by its rise.
        x, y = matrix[2] * rise + matrix[4], matrix[3] * rise + matrix[5]
        self.drawn.items.append((number, cid, letter, x, y))
        return float(font.char_width(cid) * fontsize * scaling)


def read_coded(data: bytes, pages: Sequence[int]) -> Iterator[CodedPage]:
    """Yield the pages asked for (1-based), in page order.

    Raises EngineError when pdfminer cannot open the bytes, PageError when it stumbles over a page.
    """
    wanted = set(pages)
    manager = PDFResourceManager()
    device = _Recorder(manager)
    interpreter = PDFPageInterpreter(manager, device)
    try:
        found = list(PDFPage.get_pages(io.BytesIO(data), {n - 1 for n in wanted}))
    except Exception as error:  # pdfminer lets KeyError, TypeError, struct.error ... escape
        raise EngineError(f"pdfminer cannot open the document: {error!r}") from error
    for number, page in zip(sorted(wanted), found, strict=False):
        device.drawn = _Drawn()
        try:
            page.mediabox = ordered_box(page.mediabox)
            interpreter.process_page(page)
            frame = page_frame(page.mediabox, page.cropbox, int(page.rotate or 0))
        except Exception as error:  # as above
            raise PageError(number, f"pdfminer: {error!r}") from error
        x0, y0, x1, y1 = page.mediabox
        height = x1 - x0 if frame.rotation in (90, 270) else y1 - y0
        yield _page(number, frame, float(height), device)


_SHAPES = ("FontFile", "FontFile2", "FontFile3")


def _page(number: int, frame: Frame, height: float, device: _Recorder) -> CodedPage:
    items = device.drawn.items
    fonts = list(device.fonts.values())
    places = np.array([(x, y) for *_, x, y in items], np.float64).reshape(-1, 2)
    places[:, 0] -= frame.shift_x
    places[:, 1] = height - places[:, 1] - frame.shift_y
    return CodedPage(
        number,
        frame,
        np.array([item[0] for item in items], np.int64),
        np.array([item[1] for item in items], np.int64),
        tuple(item[2] for item in items),
        places,
        frozenset(n for n, font in fonts if getattr(font, "unicode_map", None) is not None),
        frozenset(
            n
            for n, font in fonts
            if isinstance(font, PDFType3Font) or any(key in font.descriptor for key in _SHAPES)
        ),
    )
