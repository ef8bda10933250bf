"""Grids and glyphs to RawTables, captions and the lines outside tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from .clipped import count_cut
from .glyph_places import OUTSIDE, assign_glyphs
from .grid import Grid
from .lines import build_cells, lines_by_cell
from .model import Box, EngineName, Glyphs, Line, RawTable
from .settings import TextSettings


def assemble_page(
    page: int,
    glyphs: Glyphs,
    grids: Sequence[Grid],
    settings: TextSettings,
    engine: EngineName = "pdfium",
    cut: Glyphs | None = None,
) -> tuple[tuple[RawTable, ...], tuple[Line, ...]]:
    """Tables of a page (number from 1) in the order of ``grids``, and the lines in no cell.

    ``cut`` are the glyphs that only a clip hides; they are counted with their cells.

    Blank cells one above the other are no table but part of a drawing, such as the ruled
    background of a chart.
    """
    owner = assign_glyphs(glyphs, grids, settings)
    bases = _bases(grids)
    is_table = [
        grid.slots.shape[1] > 1 or bool(((owner >= base) & (owner < base + len(grid.cells))).any())
        for grid, base in zip(grids, bases, strict=True)
    ]
    if not all(is_table):
        grids = [grid for grid, is_kept in zip(grids, is_table, strict=True) if is_kept]
        owner = assign_glyphs(glyphs, grids, settings)
        bases = _bases(grids)
    lines_of = lines_by_cell(glyphs, owner, settings)
    outside = lines_of.get(OUTSIDE, ())
    captions = _captions(outside, grids)
    hidden = {} if cut is None else count_cut(cut, glyphs, owner, grids, settings)
    tables = tuple(
        _build_table(page, index, grid, base, lines_of, hidden, captions[index], engine)
        for index, (grid, base) in enumerate(zip(grids, bases, strict=True))
    )
    return tables, outside


def _bases(grids: Sequence[Grid]) -> list[int]:
    """The number of each grid's first cell, where the cells of a page are numbered through."""
    return [0, *accumulate(len(grid.cells) for grid in grids)][: len(grids)]


def _build_table(
    page: int,
    index: int,
    grid: Grid,
    base: int,
    lines_of: dict[int, tuple[Line, ...]],
    hidden: Mapping[int, int],
    caption: tuple[Line, ...],
    engine: EngineName,
) -> RawTable:
    xs, ys = tuple(grid.col_edges.tolist()), tuple(grid.row_edges.tolist())
    return RawTable(
        page=page,
        index=index,
        box=Box(xs[0], ys[0], xs[-1], ys[-1]),
        n_rows=len(ys) - 1,
        n_cols=len(xs) - 1,
        cells=build_cells(grid, base, lines_of, hidden),
        col_edges=xs,
        row_edges=ys,
        caption=caption,
        engine=engine,
    )


def _captions(outside: Sequence[Line], grids: Sequence[Grid]) -> list[tuple[Line, ...]]:
    """For each table the lines between the nearest table above it, or the page's top, and it."""
    captions = []
    for grid in grids:
        top = float(grid.row_edges[0])
        above = [float(g.row_edges[-1]) for g in grids if float(g.row_edges[-1]) <= top]
        floor = max(above, default=float("-inf"))
        captions.append(
            tuple(line for line in outside if floor <= (line.box.top + line.box.bottom) / 2 <= top)
        )
    return captions
