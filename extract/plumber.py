"""The pdfplumber engine: a witness that reads rules, cells and characters in its own way.

It knows neither clip paths nor invisible text, so it may report text that is not printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfplumber.page import Page

from .model import Box, EngineName, RawPage
from .settings import ReadSettings, RuleSettings
from .source import EngineError, PageError
from .witness_grid import (
    Bounds,
    Char,
    Scan,
    boxes_to_grid,
    is_white,
    make_page,
    ordered_box,
    page_frame,
    quarter_turns,
)

Item = Mapping[str, Any]
"""An object of pdfplumber: a dict whose keys depend on its ``object_type``."""


@dataclass(frozen=True, slots=True)
class PlumberReader:
    """Reads tables with pdfplumber's ``find_tables`` (strategy: lines)."""

    settings: ReadSettings = field(default_factory=ReadSettings)
    engine: EngineName = "pdfplumber"

    def read_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[RawPage]:
        """Yield the pages asked for (1-based; None = all), one at a time, in page order.

        Raises as ``scan_pages``.
        """
        for scan in self.scan_pages(data, pages):
            yield make_page(scan, self.engine, self.settings)

    def scan_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[Scan]:
        """Yield what pdfplumber itself finds on the pages, unassembled.

        Raises EngineError when pdfplumber cannot open the bytes, PageError when it stumbles over
        a page or finds none of that number.
        """
        wanted = None if pages is None else sorted(set(pages))
        try:
            document = pdfplumber.open(io.BytesIO(data), pages=wanted)
            opened = {int(page.page_number): page for page in document.pages}
        except Exception as error:  # pdfminer lets KeyError, TypeError, struct.error ... escape
            raise EngineError(f"pdfplumber cannot open the document: {error!r}") from error
        with document:
            for number in opened if wanted is None else wanted:
                if number not in opened:
                    raise PageError(number, "pdfplumber finds no such page")
                try:
                    yield _scan_page(opened[number], number, self.settings)
                finally:
                    opened[number].close()  # a page keeps all its objects otherwise


def _scan_page(page: Page, number: int, settings: ReadSettings) -> Scan:
    try:
        # pdfminer takes the first corner for the origin, whichever corner a producer wrote first.
        page.page_obj.mediabox = ordered_box(page.page_obj.mediabox)
        items = page.objects
        tables = _find_cells(page, settings)
        frame = page_frame(page.page_obj.mediabox, page.page_obj.cropbox, int(page.rotation))
    except Exception as error:  # as above: whatever the parser of a damaged page trips over
        raise PageError(number, f"pdfplumber: {error!r}") from error
    # pdfplumber's coordinates count from the media box's origin in user space.
    left, top = page.bbox[0] + frame.shift_x, page.bbox[1] + frame.shift_y
    height = float(page.height)
    pictures = [_box(item, left, top) for item in items.get("image", ())]
    inked = [
        _box(item, left, top)
        for item in items.get("rect", ())
        if _is_inked(item, settings) and not _is_thin(item, settings.rules)
    ]
    chars = [
        _char(item, _box(item, left, top), height, (frame.shift_x, frame.shift_y), settings)
        for item in items.get("char", ())
    ]
    grids = [boxes_to_grid([_shifted(cell, left, top) for cell in cells]) for cells in tables]
    return Scan(number, frame, tuple(grids), tuple(chars), tuple(pictures), tuple(inked))


def _find_cells(page: Page, settings: ReadSettings) -> list[list[Bounds]]:
    """Return the cell boxes of each table, in pdfplumber's coordinates."""
    ruled = page.filter(lambda item: _may_be_rule(item, settings))
    level, upright = _straightened(ruled, settings.rules)
    found = ruled.find_tables(
        {
            "vertical_strategy": "lines",
            "horizontal_strategy": "lines",
            "explicit_horizontal_lines": level,
            "explicit_vertical_lines": upright,
        }
    )
    return [[tuple(map(float, cell)) for cell in table.cells] for table in found]  # type: ignore[misc]


def _may_be_rule(item: Item, settings: ReadSettings) -> bool:
    """Whether a drawn thing can be a rule: it is inked, and a stroke or thin. Text passes."""
    kind = item["object_type"]
    if kind not in ("rect", "line", "curve"):
        return True
    if item.get("stroke") and not is_white(item.get("stroking_color"), settings.white):
        width = item.get("linewidth")
        return width is None or float(width) <= settings.rules.max_width
    return kind != "line" and _is_inked(item, settings) and _is_thin(item, settings.rules)


def _is_inked(item: Item, settings: ReadSettings) -> bool:
    """Whether the inside is painted in something other than white."""
    return bool(item.get("fill")) and not is_white(item.get("non_stroking_color"), settings.white)


def _is_thin(item: Item, settings: RuleSettings) -> bool:
    return bool(min(item["width"], item["height"]) <= settings.max_width)


def _straightened(page: Page, settings: RuleSettings) -> tuple[list[Item], list[Item]]:
    """Return level and upright edges for segments that are a trifle askew.

    pdfplumber takes a line for level only where both ends agree to the last bit, and loses the
    others; a page drawn through a rotation has float noise in all of them.
    """
    level: list[Item] = []
    upright: list[Item] = []
    for item in [*page.lines, *page.curves]:
        points = item["pts"]
        for (x0, y0), (x1, y1) in pairwise(points):
            dx, dy = abs(x1 - x0), abs(y1 - y0)
            if 0 < dy <= settings.skew < dx:
                y = (y0 + y1) / 2
                level.append(_edge("h", min(x0, x1), y, max(x0, x1), y))
            elif 0 < dx <= settings.skew < dy:
                x = (x0 + x1) / 2
                upright.append(_edge("v", x, min(y0, y1), x, max(y0, y1)))
    return level, upright


def _edge(orientation: str, x0: float, top: float, x1: float, bottom: float) -> Item:
    return {
        "object_type": "line_edge",
        "orientation": orientation,
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def _box(item: Item, left: float, top: float) -> Box:
    return _shifted((item["x0"], item["top"], item["x1"], item["bottom"]), left, top)


def _shifted(box: Bounds, left: float, top: float) -> Box:
    return Box(box[0] - left, box[1] - top, box[2] - left, box[3] - top)


def _char(
    item: Item, box: Box, height: float, shift: tuple[float, float], settings: ReadSettings
) -> Char:
    """Turn pdfplumber's character; its matrix counts from the media box, bottom up."""
    a, b, _, _, x, y = item["matrix"]
    turn = quarter_turns(a, -b)
    return Char(
        text=str(item["text"]),
        box=box,
        origin=(x - shift[0], height - y - shift[1]),
        size=box.bottom - box.top if turn in (0, 2) else box.x1 - box.x0,
        turn=turn,
        is_white=is_white(item.get("non_stroking_color"), settings.white),
    )
