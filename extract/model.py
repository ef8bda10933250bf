"""What a page is made of, from glyphs to tables.

One coordinate system everywhere: points (1/72 inch), origin at the top left of the page as
displayed (the page's /Rotate is applied where the page is read; nothing later converts).
Pages are counted from 1, tables, rows and columns from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Axis = Literal["h", "v"]
Edge = Literal["left", "top", "right", "bottom"]
EngineName = Literal["pdfium", "pdfplumber", "camelot", "ocr"]
TextSource = Literal["pdf", "pdfminer", "ocr"]
ENGINE_OF_TEXT: Mapping[TextSource, EngineName] = {
    "pdf": "pdfium",
    "pdfminer": "pdfplumber",
    "ocr": "ocr",
}
"""Which engine a table counts as read by: pdfplumber reads through pdfminer."""

# A scan may bear a page number or a stamp as text; more than that is a text layer.
MAX_SCAN_GLYPHS = 20


class Box(NamedTuple):
    """A rectangle in points, origin top left of the displayed page; ``x0 <= x1, top <= bottom``."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The printed glyphs of one page, as parallel arrays in content-stream order.

    ``codes``: (n,) uint32 Unicode code points. ``boxes``: (n, 4) float32 x0, top, x1, bottom, the
    loose boxes (advance width by font height), so that a flat glyph such as 一 is as tall as its
    neighbours. ``origins``: (n, 2) float32, pen position on the baseline. ``sizes``: (n,) float32
    font size in points. Only what is printed is here: text that is clipped away, invisible,
    white, or off the page has been dropped by the reader.

    ``runs``: (n,) int64, equal for glyphs that were written by one text object; ``turns``: (n,)
    uint8, direction of writing in quarter turns clockwise (0 to the right, 1 down, 2 left, 3 up).
    ``clips``: (n, 4) float32, the box outside of which the glyph is not painted; spreadsheets
    draw a cell's text under a clip of the cell's size. An engine that knows none of these leaves
    them None: every glyph counts as its own run, to the right, unclipped.
    """

    codes: npt.NDArray[np.uint32]
    boxes: npt.NDArray[np.float32]
    origins: npt.NDArray[np.float32]
    sizes: npt.NDArray[np.float32]
    runs: npt.NDArray[np.int64] | None = None
    turns: npt.NDArray[np.uint8] | None = None
    clips: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def select(self, chosen: npt.NDArray[np.int64]) -> Glyphs:
        """The chosen glyphs, in that order."""
        return Glyphs(
            self.codes[chosen],
            self.boxes[chosen],
            self.origins[chosen],
            self.sizes[chosen],
            None if self.runs is None else self.runs[chosen],
            None if self.turns is None else self.turns[chosen],
            None if self.clips is None else self.clips[chosen],
        )


class Rule(NamedTuple):
    """A drawn line, or the long axis of a thin filled rectangle.

    ``axis`` h: ``at`` is y, ``start``..``end`` are x. ``axis`` v: ``at`` is x, the others y.
    """

    axis: Axis
    at: float
    start: float
    end: float


class Line(NamedTuple):
    """One printed line of text: as printed, genuine spaces kept. ``size`` is the font size, pt."""

    text: str
    box: Box
    size: float = 0.0


class Cell(NamedTuple):
    """A cell of a table: grid position, spans, box and its printed lines from top to bottom.

    ``open_edges``: the sides on which no rule is drawn (a table cut by the page's edge, or one
    without outer rules). ``hidden_glyphs``: how many glyphs of the cell's text are in the file but
    clipped away, because the cell is too small for it: what is printed is not all of the text.
    What is beyond an open edge does not count, for it is printed on the next page. Only the pdfium
    engine sees clips.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    box: Box
    lines: tuple[Line, ...] = ()
    open_edges: frozenset[Edge] = frozenset()
    hidden_glyphs: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing is printed in the cell."""
        return not self.lines


box_of: Callable[[Iterable[float]], Box] = partial(tuple.__new__, Box)
line_of: Callable[[Iterable[object]], Line] = partial(tuple.__new__, Line)
cell_of: Callable[[Iterable[object]], Cell] = partial(tuple.__new__, Cell)
"""``Box._make`` and so on without a call into Python for each; a page has hundreds."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as drawn on one page.

    ``caption`` holds the printed lines that stand between the previous table (or the page's top)
    and this one, in reading order: titles, unit and name lines. ``col_edges`` (n_cols + 1) and
    ``row_edges`` (n_rows + 1) are the grid's positions in points. ``is_ruled`` False: not all
    of its columns and rows are parted by rules; they follow from how the text stands.
    ``column_note``: what a second reader says of these columns, where it was asked.

    Raises ValueError when a cell lies outside the grid or two cells overlap.
    """

    page: int
    index: int
    box: Box
    n_rows: int
    n_cols: int
    cells: tuple[Cell, ...]
    col_edges: tuple[float, ...]
    row_edges: tuple[float, ...]
    caption: tuple[Line, ...] = ()
    engine: EngineName = "pdfium"
    is_ruled: bool = True
    column_note: str = ""

    def __post_init__(self) -> None:
        places = [cell[:4] for cell in self.cells]
        n_slots = sum(row_span * col_span for _, _, row_span, col_span in places)
        if len(self._slots(places)) != n_slots or not all(
            row >= 0 <= col and row + row_span <= self.n_rows and col + col_span <= self.n_cols
            for row, col, row_span, col_span in places
        ):
            raise ValueError(
                f"page {self.page} table {self.index}: cells overlap or lie outside its "
                f"{self.n_rows} rows and {self.n_cols} columns"
            )

    def _slots(self, places: Sequence[tuple[int, int, int, int]]) -> set[int]:
        """The slots that cells (row, col, row_span, col_span) cover, numbered through."""
        width = self.n_cols
        taken = {row * width + col for row, col, _, _ in places}
        for row, col, row_span, col_span in places:
            if row_span != 1 or col_span != 1:
                for below in range(row, row + row_span):
                    taken.update(range(below * width + col, below * width + col + col_span))
        return taken


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page after extraction: its tables from top to bottom and every line outside them.

    ``lines`` are all printed lines that lie in no cell (captions, notes, footers, prose), in
    reading order. ``rotation``: degrees clockwise by which the stored page was turned, already
    applied: its /Rotate, plus the turn that made a page of sideways text upright.
    ``n_glyphs`` counts printed glyphs, ``n_hidden`` those dropped: not printed (clipped, white,
    invisible, off the page), or ``n_watermark`` of them written across the page's text, whose
    words are ``watermarks``. ``n_covered`` printed glyphs lie under a page-wide picture, as the
    text does that a program has recognised in a scan (unless the picture can be seen through).
    ``has_image`` tells that a picture covers most of the page.
    ``text_source`` ocr: the text was recognised in a picture; ``doubts`` are the lines that were
    recognised with little certainty. pdfminer: PDFium could not decode the fonts and the second
    text stack could. ``n_unreadable`` counts printed glyphs whose code stands for no letter;
    ``n_mended`` those of them that another reader told.
    """

    number: int
    width: float
    height: float
    rotation: int
    tables: tuple[RawTable, ...] = ()
    lines: tuple[Line, ...] = ()
    n_glyphs: int = 0
    n_hidden: int = 0
    has_image: bool = False
    text_source: TextSource = "pdf"
    doubts: tuple[str, ...] = ()
    n_unreadable: int = 0
    n_mended: int = 0
    n_covered: int = 0
    n_watermark: int = 0
    watermarks: tuple[str, ...] = ()

    @property
    def is_picture(self) -> bool:
        """Whether the page is a picture of text that nobody has read yet."""
        return self.has_image and self.text_source == "pdf" and self.n_glyphs <= MAX_SCAN_GLYPHS


@dataclass(frozen=True, slots=True)
class RawDocument:
    """All that extraction knows of one PDF. ``repaired``: the bytes had to be mended first."""

    doc_id: str
    source: str
    file_name: str
    pages: tuple[RawPage, ...]
    producer: str | None = None
    repaired: bool = False
    notes: tuple[str, ...] = field(default=())


class Reader(Protocol):
    """An engine that turns the bytes of a PDF into pages with tables."""

    @property
    def engine(self) -> EngineName:
        """The engine's name."""
        ...

    def read_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[RawPage]:
        """Yield the pages asked for (1-based; None = all), one at a time, in page order."""
        ...
