"""The cells of a page as a second engine sees them, their text put together in its own way.

``make_page`` assembles an engine's characters by the fast reader's code; a witness should not. Here
a character belongs to the cell that holds its middle, and that is all: no run is kept whole, no
line is followed. That is enough for amounts, which are written in one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .model import Box
from .witness_grid import Char, Scan, drop_doubled, printed_flags

Witness = Literal["pdfplumber", "camelot"]

_SAME_LINE = 0.5
"""Characters whose baselines differ less than this, in font sizes, stand in one line."""


@dataclass(frozen=True, slots=True)
class WitnessCell:
    """A cell (box in points) and its text without any white space.

    ``text`` None: something is there whose reading can't be told (written sideways).
    """

    box: Box
    text: str | None


@dataclass(frozen=True, slots=True)
class WitnessPage:
    """The cells of one page (from 1); size in points and rotation as displayed."""

    number: int
    width: float
    height: float
    rotation: int
    cells: tuple[WitnessCell, ...]


def read_cells(data: bytes, pages: Sequence[int], engine: Witness) -> Iterator[WitnessPage]:
    """Read the cells of the pages asked for (1-based), in page order.

    Raises EngineError when the engine cannot open the bytes, PageError when it stumbles over a
    page.
    """
    if engine == "pdfplumber":
        from .plumber import PlumberReader

        scans = PlumberReader().scan_pages(data, pages)
    else:
        from .camelot_reader import CamelotReader

        scans = CamelotReader().scan_pages(data, pages)
    for scan in scans:
        frame = scan.frame
        yield WitnessPage(scan.number, frame.width, frame.height, frame.rotation, scan_cells(scan))


def scan_cells(scan: Scan) -> tuple[WitnessCell, ...]:
    """The cells of all grids with the printed characters whose middles they hold."""
    flags = printed_flags(scan)
    chars = drop_doubled([char for char, shown in zip(scan.chars, flags, strict=True) if shown])
    boxes = np.array([char.box for char in chars], np.float64).reshape(-1, 4)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    cells = []
    for grid in scan.grids:
        for row, col, row_span, col_span in grid.cells.tolist():
            box = Box(
                float(grid.col_edges[col]),
                float(grid.row_edges[row]),
                float(grid.col_edges[col + col_span]),
                float(grid.row_edges[row + row_span]),
            )
            inside = (x >= box.x0) & (x < box.x1) & (y >= box.top) & (y < box.bottom)
            held = [chars[i] for i in np.flatnonzero(inside).tolist()]
            cells.append(WitnessCell(box, _text(held)))
    return tuple(cells)


def _text(chars: Sequence[Char]) -> str | None:
    """Characters line by line from left to right, white space left out."""
    visible = [char for char in chars if not char.text.isspace()]
    if any(char.turn for char in visible):
        return None
    lines: list[list[Char]] = []
    for char in sorted(visible, key=lambda c: c.origin[1]):
        if lines and char.origin[1] - lines[-1][-1].origin[1] < _SAME_LINE * char.size:
            lines[-1].append(char)
        else:
            lines.append([char])
    ordered = (char for line in lines for char in sorted(line, key=lambda c: c.origin[0]))
    return "".join("".join(char.text.split()) for char in ordered)
