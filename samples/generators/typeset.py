"""Draw grids with typst: one table per grid, page ends where typst puts them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typst
from model import Grid, Slot

MARGIN = 30.0


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def cell(slot: Slot, grid: Grid) -> str:
    lines = slot.text.split("\n") if isinstance(slot.text, str) else slot.text
    body = " #linebreak() ".join(f"#{quoted(line)}" for line in lines if line)
    weight = "bold" if slot.bold else "regular"
    horizontal = {"left": "left", "center": "center", "right": "right"}[slot.align]
    return (
        f"table.cell(x: {slot.col}, y: {slot.row}, colspan: {slot.col_span}, "
        f"rowspan: {slot.row_span}, align: {horizontal} + horizon, "
        f"stroke: {'0.5pt' if slot.ruled else 'none'})"
        f"[#text(size: {slot.size or grid.font_size}pt, weight: {quoted(weight)})[{body}]]"
    )


def table(grid: Grid) -> str:
    head = range(*grid.header_rows) if grid.header_rows else range(0)
    body = ",\n".join(cell(s, grid) for s in grid.slots if s.row not in head)
    header = ", ".join(cell(s, grid) for s in grid.slots if s.row in head)
    parts = [f"table.header({header})"] if header else []
    return (
        f"#page(flipped: {'true' if grid.landscape else 'false'})[#align(center)[#table(\n"
        f"columns: ({', '.join(f'{w}pt' for w in grid.widths)},),\n"
        f"rows: ({', '.join(f'{h:.2f}pt' for h in grid.heights)},),\n"
        f"inset: 2pt, stroke: none,\n{', '.join([*parts, body])})]]\n"
    )


def draw(grids: Sequence[Grid], out: Path, title: str, font: str) -> None:
    """Write ``out``; the date in it is fixed here, the fonts come from the system."""
    source = (
        f"#set document(title: {quoted(title)}, date: datetime(year: 2026, month: 3, day: 1))\n"
        f'#set page(paper: "a4", margin: {MARGIN}pt)\n'
        f'#set text(font: {quoted(font)}, lang: "zh", region: "cn")\n'
        + "".join(table(grid) for grid in grids)
    )
    out.write_bytes(typst.compile(source.encode("utf-8")))
