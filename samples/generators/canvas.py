"""Draw grids with reportlab, the way a reporting system prints.

A merged range that a page end cuts becomes two closed cells; its text stands on the larger part
only. Every rule is drawn, on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from model import Grid, Slot
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

A4 = (595.3, 841.9)
TOP_MARGIN = 30.0
PAD = 2.0


def wrap_measured(text: str, width: float, font: str, size: float) -> list[str]:
    """Break after any character, even before a comma, by the font's own widths."""
    lines: list[str] = []
    line = ""
    for char in text:
        if line and pdfmetrics.stringWidth(line + char, font, size) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]


def page_parts(grid: Grid) -> list[tuple[int, int]]:
    """Row ranges of the pages."""
    starts = [0, *grid.breaks]
    return list(zip(starts, [*grid.breaks, len(grid.heights)], strict=True))


def split_slot(slot: Slot, cuts: Sequence[int], heights: Sequence[float]) -> list[Slot]:
    """Cut a slot at the given rows; only the tallest part keeps the text."""
    bottom = slot.row + slot.row_span
    marks = [slot.row, *(c for c in cuts if slot.row < c < bottom), bottom]
    parts = list(pairwise(marks))
    largest = max(parts, key=lambda p: sum(heights[p[0] : p[1]]))
    return [
        replace(slot, row=a, row_span=b - a, text=slot.text if (a, b) == largest else "")
        for a, b in parts
    ]


def draw_slot(
    canvas: Canvas, slot: Slot, box: tuple[float, float, float, float], size: float, font: str
) -> None:
    """``box``: left, bottom, width, height in PDF space. Each cell strokes its own rectangle."""
    left, bottom, width, height = box
    if slot.ruled:
        canvas.rect(left, bottom, width, height, stroke=1, fill=0)
    size = slot.size or size
    lines = (
        list(slot.text)
        if not isinstance(slot.text, str)
        else [slot.text]
        if slot.nowrap
        else [
            w for p in slot.text.split("\n") for w in wrap_measured(p, width - 2 * PAD, font, size)
        ]
    )
    leading = size * 1.25
    y = bottom + (height + leading * len(lines)) / 2 - size * 1.05
    canvas.setFont(font, size)
    for line in lines:
        if line and slot.align == "center":
            canvas.drawCentredString(left + width / 2, y, line)
        elif line and slot.align == "right":
            canvas.drawRightString(left + width - PAD, y, line)
        elif line:
            canvas.drawString(left + PAD, y, line)
        y -= leading


def draw_grid(canvas: Canvas, grid: Grid, font: str) -> None:
    cuts = sorted({*grid.breaks, *grid.part_breaks})
    slots = [p for s in grid.slots for p in split_slot(s, cuts, grid.heights)]
    page = (A4[1], A4[0]) if grid.landscape else A4
    lefts = [(page[0] - sum(grid.widths)) / 2]
    for width in grid.widths:
        lefts.append(lefts[-1] + width)
    for first, last in page_parts(grid):
        canvas.setPageSize(page)
        canvas.setLineWidth(0.5)
        shown = [s for s in slots if first <= s.row < last]
        heights = list(enumerate(grid.heights))[first:last]
        if grid.header_rows and first > 0:
            head = range(*grid.header_rows)
            shown = [s for s in slots if s.row in head] + shown
            heights = [(r, grid.heights[r]) for r in head] + heights
        tops: dict[int, float] = {}
        y = page[1] - TOP_MARGIN
        for row, height in heights:
            tops[row] = y
            y -= height
        for slot in shown:
            tall = sum(grid.heights[slot.row : slot.row + slot.row_span])
            wide = lefts[slot.col + slot.col_span] - lefts[slot.col]
            box = (lefts[slot.col], tops[slot.row] - tall, wide, tall)
            draw_slot(canvas, slot, box, grid.font_size, font)
        canvas.showPage()


def draw(grids: Sequence[Grid], out: Path, title: str, font_file: str, subfont: int = 0) -> None:
    """Write ``out`` with a fixed date and no file names in it (reportlab's invariant mode)."""
    font = f"cjk{subfont}"
    pdfmetrics.registerFont(TTFont(font, font_file, subfontIndex=subfont))
    canvas = Canvas(str(out), pageCompression=1, invariant=1, initialFontName=font)
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setCreator("")
    for grid in grids:
        draw_grid(canvas, grid, font)
    canvas.save()
