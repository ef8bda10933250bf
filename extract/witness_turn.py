"""Turning a witness's page whose text is written sideways, as the fast reader turns its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .grid import Grid
from .model import Edge, Glyphs

_NEARLY_ALL = 0.9
"""A sideways page holds little else than its page number upright; a page with some sideways
labels has far more upright text. The fast reader uses the same share."""

_NEXT_SIDE: dict[Edge, Edge] = {"top": "right", "right": "bottom", "bottom": "left", "left": "top"}


@dataclass(frozen=True, slots=True)
class TurnedPage:
    """Glyphs and grids after ``degrees`` (0, 90, 180, 270) clockwise; the page's new size in pt."""

    width: float
    height: float
    degrees: int
    glyphs: Glyphs
    grids: tuple[Grid, ...]


def turn_upright(width: float, height: float, glyphs: Glyphs, grids: Sequence[Grid]) -> TurnedPage:
    """Turn a page until the text that makes up nearly all of it runs to the right."""
    page = TurnedPage(width, height, 0, glyphs, tuple(grids))
    for _ in range(_clockwise_quarters(glyphs)):
        page = _turn_once(page)
    return page


def _clockwise_quarters(glyphs: Glyphs) -> int:
    if glyphs.turns is None or not glyphs.turns.any():
        return 0
    counts = np.bincount(glyphs.turns, minlength=4)
    turn = int(counts.argmax())
    return 4 - turn if turn and counts[turn] >= _NEARLY_ALL * len(glyphs) else 0


def _turn_once(page: TurnedPage) -> TurnedPage:
    """Turn by 90 degrees clockwise: x becomes the old height less y, y becomes x."""
    glyphs, height = page.glyphs, page.height
    assert glyphs.turns is not None
    x0, top, x1, bottom = glyphs.boxes.T
    x, y = glyphs.origins.T
    turned = replace(
        glyphs,
        boxes=np.stack((height - bottom, x0, height - top, x1), axis=1).astype(np.float32),
        origins=np.stack((height - y, x), axis=1).astype(np.float32),
        turns=((glyphs.turns + 1) % 4).astype(np.uint8),
    )
    grids = tuple(_turn_grid(grid, height) for grid in page.grids)
    return TurnedPage(height, page.width, page.degrees + 90, turned, grids)


def _turn_grid(grid: Grid, height: float) -> Grid:
    row, col, row_span, col_span = grid.cells.T
    cells = np.stack((col, len(grid.row_edges) - 1 - row - row_span, col_span, row_span), axis=1)
    order = np.lexsort((cells[:, 1], cells[:, 0]))
    place = np.empty(len(order) + 1, np.int64)  # one more, so that -1 (no cell) maps to itself
    place[order] = np.arange(len(order))
    place[-1] = -1
    return Grid(
        row_edges=grid.col_edges,
        col_edges=(height - grid.row_edges[::-1]).astype(np.float32),
        cells=cells[order],
        slots=place[np.rot90(grid.slots, -1)],
        open_edges=tuple(
            frozenset(_NEXT_SIDE[edge] for edge in grid.open_edges[i]) for i in order.tolist()
        ),
    )
