"""One page with what was read drawn over it, and its tables in words: ``yusuan inspect``.

Colours tell what became of each cell; a stripe right of the table tells whose an indicator row is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from rich.cells import cell_len, set_cell_size

from yusuan.extract.model import Box, RawPage, RawTable
from yusuan.extract.picture import POINTS_PER_INCH, page_picture
from yusuan.normalize.unwrap import join_lines
from yusuan.result import DocumentResult

if TYPE_CHECKING:
    from PIL.Image import Image

Colour = tuple[int, int, int]

USE_COLOURS: Mapping[str, Colour] = {
    "value": (46, 125, 50),
    "header": (21, 101, 192),
    "title": (106, 27, 154),
    "note": (106, 27, 154),
    "ignored": (120, 120, 120),
    "finding": (198, 40, 40),
}
_UNUSED: Colour = (158, 158, 158)  # blank, or of a table that was not recognised
_CAPTION: Colour = (106, 27, 154)
_OUTSIDE: Colour = (239, 108, 0)
# Neighbouring projects must differ, not all projects: these are told apart by colour-blind readers
# too (Okabe and Ito).
_OWNERS: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (213, 94, 0),
    (204, 121, 167),
    (0, 114, 178),
)
_STRIPE = 4  # points
_MAX_CELL = 24
LEGEND = (
    "green value, blue header, purple caption, title and note, grey ignored or blank, red with a "
    "finding, orange text outside every cell; thick: merged; red side: no rule drawn; the stripe "
    "right of the table tells the project of each indicator"
)


@dataclass(frozen=True, slots=True)
class _CellOnPage:
    """A cell as the ``cells`` table knows it. ``owner``: number of its project, from 0."""

    table_index: int
    row: int
    col: int
    use: str | None
    owner: int | None


def page_of(result: DocumentResult, number: int) -> RawPage | None:
    """The page (from 1) as it was read; None where it was not."""
    pages = result.raw.pages if result.raw else ()
    return next((page for page in pages if page.number == number), None)


def overlay(data: bytes, result: DocumentResult, page: RawPage, dpi: float) -> Image:
    """The page's picture with its cells, captions and other text drawn over it."""
    from PIL import ImageDraw

    picture = page_picture(data, page.number, dpi, page.rotation)
    draw = ImageDraw.Draw(picture, "RGBA")
    scale = dpi / POINTS_PER_INCH
    known = {(cell.table_index, cell.row, cell.col): cell for cell in _cells(result, page.number)}
    for table in page.tables:
        for line in table.caption:
            _frame(draw, line.box, scale, _CAPTION, 1)
        for cell in table.cells:
            told = known.get((table.index, cell.row, cell.col))
            colour = USE_COLOURS.get((told.use if told else None) or "", _UNUSED)
            is_merged = cell.row_span > 1 or cell.col_span > 1
            _frame(draw, cell.box, scale, colour, 3 if is_merged else 1)
            for edge in cell.open_edges:
                draw.line(_side(cell.box, edge, scale), fill=(255, 0, 0), width=2)
            if told is not None and told.owner is not None:
                stripe = cell.box._replace(x0=table.box.x1 + 2, x1=table.box.x1 + 2 + _STRIPE)
                draw.rectangle(_scaled(stripe, scale), fill=_OWNERS[told.owner % len(_OWNERS)])
    captions = {line.box for table in page.tables for line in table.caption}
    for line in page.lines:
        if line.box not in captions:
            _frame(draw, line.box, scale, _OUTSIDE, 1)
    return picture


def in_words(result: DocumentResult, page: RawPage) -> str:
    """The page's tables as aligned text: what each is, its grid, and the owners of indicators."""
    tables = {row["table_id"]: row for row in result.tables["tables"].to_pylist()}
    cells = result.tables["cells"]
    on_page = cells.filter(pc.equal(cells["page_no"], page.number)).to_pylist()
    owners = _owner_names(result)
    indicators = _indicators(result)
    parts = [
        f"page {page.number}: {page.width:.0f} x {page.height:.0f} pt, turned {page.rotation}, "
        f"{len(page.tables)} tables, {page.n_glyphs} glyphs printed, {page.n_hidden} hidden\n"
    ]
    for table in page.tables:
        of_table = [row for row in on_page if row["table_index"] == table.index]
        logical = next((row["table_id"] for row in of_table if row["table_id"]), None)
        parts.append(_heading(table, tables.get(logical, {})))
        parts += [f"  caption: {line.text}\n" for line in table.caption]
        parts.append(_grid(_texts(table)))
        seen = dict.fromkeys(
            indicators[row["cell_id"]] for row in of_table if row["cell_id"] in indicators
        )
        parts.extend(f"  owner: {owners.get(key, key)}\n" for key in seen)
    captions = {line.box for table in page.tables for line in table.caption}
    outside = [line.text for line in page.lines if line.box not in captions]
    if outside:
        parts.append("text in no cell:\n" + "".join(f"  {text}\n" for text in outside))
    return "".join(parts)


def _cells(result: DocumentResult, number: int) -> list[_CellOnPage]:
    cells = result.tables["cells"]
    projects = result.tables["projects"]["project_id"].to_pylist()
    numbers = {project: at for at, project in enumerate(dict.fromkeys(projects))}
    owner_of = {cell: numbers.get(key) for cell, key in _indicators(result).items()}
    return [
        _CellOnPage(
            row["table_index"],
            row["row"],
            row["col"],
            row["use"],
            owner_of.get(row["cell_id"]),
        )
        for row in cells.filter(pc.equal(cells["page_no"], number)).to_pylist()
    ]


def _indicators(result: DocumentResult) -> dict[str, str]:
    """Cell of an indicator -> the project that owns it."""
    rows = result.tables["project_indicators"].select(["cell_id", "project_id"]).to_pylist()
    return {row["cell_id"]: row["project_id"] for row in rows}


def _owner_names(result: DocumentResult) -> dict[str, str]:
    rows = result.tables["projects"].to_pylist()
    return {
        row["project_id"]: " ".join(
            str(row[name]) for name in ("project_code", "project_name", "total_yuan") if row[name]
        )
        for row in rows
    }


def _heading(table: RawTable, logical: Mapping[str, Any]) -> str:
    family = logical.get("family") or "not recognised"
    title = logical.get("title_text") or " ".join(line.text for line in table.caption) or "no title"
    unit = logical.get("published_unit") or "unit not printed"
    return f"\ntable {table.index}: {title} [{family}, {unit}]\n"


def _texts(table: RawTable) -> list[list[str]]:
    grid = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = join_lines(cell.lines, cell.box)
    return grid


def _grid(rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; a Chinese character is two wide, long texts are cut."""
    widths = [min(max(map(cell_len, column)), _MAX_CELL) for column in zip(*rows, strict=True)]
    lines = [
        " | ".join(_cut(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "".join(f"  {line}\n" for line in lines)


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


def _scaled(box: Box, scale: float) -> tuple[float, float, float, float]:
    return (box.x0 * scale, box.top * scale, box.x1 * scale, box.bottom * scale)


def _frame(draw: Any, box: Box, scale: float, colour: Colour, width: int) -> None:
    """A frame with a faint filling, drawn inside the box so that neighbours stay apart."""
    x0, top, x1, bottom = _scaled(box, scale)
    if x1 - x0 < 3 or bottom - top < 3:
        draw.line((x0, top, x1, bottom), fill=colour, width=width)
        return
    draw.rectangle(
        (x0 + 1, top + 1, x1 - 1, bottom - 1), fill=(*colour, 28), outline=colour, width=width
    )


def _side(box: Box, edge: str, scale: float) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = _scaled(box, scale)
    return {
        "left": (x0, top, x0, bottom),
        "right": (x1, top, x1, bottom),
        "top": (x0, top, x1, top),
        "bottom": (x0, bottom, x1, bottom),
    }[edge]
