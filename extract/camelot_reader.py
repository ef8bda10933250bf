"""The camelot engine: a second witness, whose grid comes from camelot's lattice parser.

camelot's ``read_pdf`` keeps no box of a line of text, drops near-empty grids (a blank statutory
table is a fact) and says nothing of the text outside tables. So its vector lattice parser is driven
here a page at a time: lines, joints and borders are camelot's own; the characters are those of
playa, on which camelot stands, each in the cell that holds its middle, as ``split_text`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import playa
from playa.miner import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect, extract_page

from .camelot_import import import_camelot
from .grid import Grid
from .model import Box, EngineName, RawPage
from .settings import ReadSettings
from .source import EngineError, PageError
from .witness_grid import (
    Char,
    Frame,
    Scan,
    borders_to_grid,
    is_white,
    make_page,
    page_frame,
    quarter_turns,
)

import_camelot()
from camelot.parsers.lattice import Lattice  # noqa: E402 (only so is it imported sparingly)

_INVISIBLE_MODES = (3, 7)  # ISO 32000-1 table 106: neither filled nor stroked; clip only


class _BlankKeepingLattice(Lattice):
    """camelot's lattice parser for the grid alone: blank tables stay, text is not its business."""

    def _document_has_no_text(self) -> bool:
        return False

    def _reject_table(self, table: Any) -> bool:
        return False

    def _generate_table(
        self,
        table_idx: int,
        bbox: Any,
        cols: Any,
        rows: Any,
        **segments: Any,
    ) -> Any:
        """Make the slots and set the borders that are drawn.

        Unlike camelot's own, this closes no open side and fills no data frame.
        """
        untyped: Any = self
        table = untyped._initialize_new_table(table_idx, bbox, cols, rows)
        return table.set_edges(segments["v_s"], segments["h_s"], joint_tol=self.joint_tol)


@dataclass(frozen=True, slots=True)
class CamelotReader:
    """Reads tables with camelot's lattice flavour, engine vector."""

    settings: ReadSettings = field(default_factory=ReadSettings)
    engine: EngineName = "camelot"

    def read_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[RawPage]:
        """Yield the pages asked for (1-based; None = all), one at a time, in page order.

        Raises as ``scan_pages``.
        """
        for scan in self.scan_pages(data, pages):
            yield make_page(scan, self.engine, self.settings)

    def scan_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[Scan]:
        """Yield what camelot itself finds on the pages, unassembled.

        Raises EngineError when playa cannot open the bytes, PageError when it or camelot stumbles
        over a page or playa finds none of that number.
        """
        try:
            # "page": origin at the bottom left of the media box as displayed, /Rotate applied.
            document = playa.parse(data, space="page")
            count = len(document.pages)
        except Exception as error:  # parsers of damaged files let KeyError, TypeError ... escape
            raise EngineError(f"camelot cannot open the document: {error!r}") from error
        with document:
            for number in range(1, count + 1) if pages is None else sorted(set(pages)):
                if not 1 <= number <= count:
                    raise PageError(number, "camelot finds no such page")
                yield _scan_page(document, number, self.settings)


def _scan_page(document: Any, number: int, settings: ReadSettings) -> Scan:
    try:
        page = document.pages[number - 1]
        layout = extract_page(page, None)  # no layout analysis: it is slow and joins columns
        frame = page_frame(page.mediabox, page.cropbox, int(page.rotate))
        items = list(_flatten(layout))
        _keep_ink(layout, settings)
        tables = _find_tables(layout, number)
    except Exception as error:  # as above
        raise PageError(number, f"camelot: {error!r}") from error
    height = float(layout.bbox[3])
    chars = [_char(item, frame, height, settings) for item in items if isinstance(item, LTChar)]
    pictures = [_box(item, frame, height) for item in items if isinstance(item, LTImage)]
    inked = [
        _box(item, frame, height)
        for item in items
        if isinstance(item, LTRect) and _is_inked_area(item, settings)
    ]
    grids = [_table_to_grid(table, frame, height) for table in tables]
    return Scan(number, frame, tuple(grids), tuple(chars), tuple(pictures), tuple(inked))


def _flatten(container: Any) -> Iterator[Any]:
    for item in container:
        if isinstance(item, LTContainer):
            yield from _flatten(item)
        else:
            yield item


def _keep_ink(container: Any, settings: ReadSettings) -> None:
    """Leave of a layout, in place, what camelot should see: inked paths, rectangles as such.

    camelot asks for no colour and passes over thin polygons: browsers print the sides of a cell as
    trapezoids that meet in a mitre.
    """
    kept = []
    for item in container:
        if isinstance(item, LTContainer):
            _keep_ink(item, settings)
        elif isinstance(item, LTCurve):
            if not _is_inked(item, settings):
                continue
            if not isinstance(item, LTRect | LTLine) and _is_thin_polygon(item, settings):
                item = _as_rectangle(item)
        kept.append(item)
    container._objs = kept


def _is_thin_polygon(item: LTCurve, settings: ReadSettings) -> bool:
    is_straight = all(step[0] in "mlh" for step in item.original_path)
    is_thin = min(item.width, item.height) <= settings.rules.max_width
    return bool(item.fill and is_straight and is_thin and len(item.pts) >= 4)


def _as_rectangle(item: LTCurve) -> LTRect:
    rectangle = LTRect()
    rectangle.set_bbox(item.bbox)
    for name in ("stroke", "fill", "stroking_color", "non_stroking_color", "linewidth"):
        setattr(rectangle, name, getattr(item, name))
    return rectangle


def _is_inked(item: LTCurve, settings: ReadSettings) -> bool:
    """Whether a path is stroked or filled in something other than white."""
    stroked = item.stroke and not is_white(item.stroking_color.values, settings.white)
    filled = item.fill and not is_white(item.non_stroking_color.values, settings.white)
    return bool(stroked or filled)


def _is_inked_area(item: LTRect, settings: ReadSettings) -> bool:
    is_wide = min(item.width, item.height) > settings.rules.max_width
    return bool(
        is_wide and item.fill and not is_white(item.non_stroking_color.values, settings.white)
    )


def _find_tables(layout: Any, number: int) -> list[Any]:
    """Run camelot's vector lattice over a layout; returns its Table objects."""
    parser: Any = _BlankKeepingLattice(engine="vector", split_text=True)  # type: ignore[no-untyped-call]
    size = (float(layout.bbox[2]), float(layout.bbox[3]))
    # Positions: file name, layout, dimensions, page, images, level text, upright text, rotation.
    parser.prepare_page_parse("", layout, size, number, [], [], [], "", layout_kwargs={})
    return list(parser.extract_tables())


def _table_to_grid(table: Any, frame: Frame, height: float) -> Grid:
    """Turn camelot's slots with border flags into cells with spans, top down."""
    cells = table.cells
    walls = [[row[0].left, *(cell.right for cell in row)] for row in cells]
    lids = [[cell.top for cell in cells[0]], *([cell.bottom for cell in row] for row in cells)]
    cols = [table.cols[0][0], *(right for _, right in table.cols)]
    rows = [table.rows[0][0], *(bottom for _, bottom in table.rows)]
    return borders_to_grid(
        [float(x) - frame.shift_x for x in cols],
        [height - float(y) - frame.shift_y for y in rows],
        np.array(walls, np.bool_),
        np.array(lids, np.bool_),
    )


def _box(item: Any, frame: Frame, height: float) -> Box:
    return Box(
        item.x0 - frame.shift_x,
        height - item.y1 - frame.shift_y,
        item.x1 - frame.shift_x,
        height - item.y0 - frame.shift_y,
    )


def _char(item: LTChar, frame: Frame, height: float, settings: ReadSettings) -> Char:
    a, b, _, _, x, y = item.matrix
    box = _box(item, frame, height)
    turn = quarter_turns(a, -b)
    return Char(
        text=item.get_text(),
        box=box,
        origin=(x - frame.shift_x, height - y - frame.shift_y),
        size=box.bottom - box.top if turn in (0, 2) else box.x1 - box.x0,
        turn=turn,
        is_white=is_white(item.non_stroking_color.values, settings.white),
        is_visible=item.render_mode not in _INVISIBLE_MODES,
    )
