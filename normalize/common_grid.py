"""Lay the drawn tables of one published table on one grid: rows counted over all pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from yusuan.extract.model import Cell, RawTable
from yusuan.normalize.column_fit import EDGE_TOLERANCE_PT, Edges, cluster_edges
from yusuan.normalize.fragments import TableGroup, moved_edges
from yusuan.normalize.model import CellKey


class Placed(NamedTuple):
    """A raw cell on its table's common grid: body row counted over all pages, column range.

    ``place``: page (from 1) and index of the drawn table, one object for all of its cells.
    """

    cell: Cell
    place: tuple[int, int]
    row: int
    row_span: int
    c0: int
    c1: int
    text: str

    @property
    def key(self) -> CellKey:
        """The raw cell's key."""
        page, index = self.place
        return (page, index, self.cell.row, self.cell.col)


_placed_of: Callable[[Iterable[object]], Placed] = partial(tuple.__new__, Placed)
"""``Placed._make`` without a call into Python for each; a page has hundreds."""


@dataclass(frozen=True, slots=True)
class CommonGrid:
    """All cells of a stitched table on one grid. ``edges``: x of the column edges, pt."""

    edges: Edges
    rows: tuple[tuple[Placed, ...], ...]
    row_pages: tuple[int, ...]
    row_fragments: tuple[int, ...]


def common_grid(group: TableGroup, texts: Mapping[CellKey, str]) -> CommonGrid:
    """Lay the fragments of a table on the union of their column edges.

    A fragment that continues sideways adds its cells to the rows of the fragment it stands beside.
    """
    moved = [moved_edges(f) for f in group.fragments]
    edges = cluster_edges(np.concatenate(moved), EDGE_TOLERANCE_PT)
    rows: list[list[Placed]] = []
    row_pages: list[int] = []
    row_fragments: list[int] = []
    bases: list[int] = []
    further = _further(group)
    slots_of: dict[tuple[float, ...], list[int]] = {}
    for number, (fragment, own) in enumerate(zip(group.fragments, moved, strict=True)):
        table = fragment.table
        base = number if fragment.beside is None else fragment.beside
        row_edges = _row_edges(group.fragments[base].table.row_edges, further.get(base, ()))
        if fragment.beside is None:
            bases.append(len(rows))
            n_rows = len(row_edges) - 1
            rows.extend([] for _ in range(n_rows))
            row_pages.extend([table.page] * n_rows)
            row_fragments.extend([number] * n_rows)
        else:
            bases.append(bases[fragment.beside])
        columns = tuple(own.tolist())
        if (slots := slots_of.get(columns)) is None:
            slots = slots_of[columns] = _nearest(edges, own)
        row_slots = _row_slots(row_edges, table)
        placed = _place(table, bases[-1], row_slots, slots, len(edges) - 1, texts)
        if fragment.beside is not None:
            placed = _join_cut_headers(rows, placed)
        for cell in placed:
            rows[cell.row].append(cell)
    ordered = tuple([tuple(sorted(row, key=attrgetter("c0"))) for row in rows])
    return CommonGrid(edges, ordered, tuple(row_pages), tuple(row_fragments))


def _further(group: TableGroup) -> dict[int, list[Sequence[float]]]:
    """The row edges of the fragments that stand beside another one, by the number of that one."""
    further: dict[int, list[Sequence[float]]] = {}
    for fragment in group.fragments:
        if fragment.beside is not None:
            further.setdefault(fragment.beside, []).append(fragment.table.row_edges)
    return further


def _row_edges(own: Sequence[float], further: Sequence[Sequence[float]]) -> Sequence[float]:
    """The y of the row edges of a fragment and of those that continue it to the right, in points.

    A header row that is merged on one of the pages has an edge on another only.
    """
    if all(len(edges) == len(own) for edges in further):
        return own
    values = np.concatenate([np.asarray(e, dtype=np.float64) for e in (own, *further)])
    edges: list[float] = cluster_edges(values, EDGE_TOLERANCE_PT).tolist()
    return edges


def _row_slots(edges: Sequence[float], table: RawTable) -> Sequence[int]:
    """For each row edge of a drawn table its number among the edges of the common rows."""
    if edges is table.row_edges:
        return range(len(edges))
    return _nearest(np.asarray(edges), np.asarray(table.row_edges))


def _nearest(edges: Edges, own: Edges) -> list[int]:
    """For each own edge the number of the nearest of ``edges``."""
    slots: list[int] = np.abs(edges[None, :] - own[:, None]).argmin(axis=1).tolist()
    return slots


def _place(
    table: RawTable,
    base: int,
    row_slots: Sequence[int],
    slots: Sequence[int],
    n_columns: int,
    texts: Mapping[CellKey, str],
) -> list[Placed]:
    """The cells of a drawn table on the common grid; its first row is row ``base``.

    A sliver that is narrower or lower than what edges are told apart by keeps a column and a row:
    at the far end of the table the last ones. ``n_columns``: of the common grid.
    """
    last_row, last_column = row_slots[-1] - 1, n_columns - 1
    page, index = place = table.page, table.index
    placed = []
    for cell in table.cells:
        row, col, row_span, col_span, _, lines, _, _ = cell
        r0, r1 = row_slots[row], row_slots[row + row_span]
        c0, c1 = slots[col], slots[col + col_span]
        if c1 <= c0:
            c0 = min(c0, last_column)
            c1 = max(c1, c0 + 1)
        if r1 <= r0:
            r0 = min(r0, last_row)
            r1 = max(r1, r0 + 1)
        text = texts.get((page, index, row, col), "") if lines else ""
        placed.append(_placed_of((cell, place, base + r0, r1 - r0, c0, c1, text)))
    return placed


def _join_cut_headers(rows: list[list[Placed]], placed: list[Placed]) -> list[Placed]:
    """Let a cell that the right page edge cut reach over its blank rest on the next page."""
    kept = []
    for cell in placed:
        left = next((p for p in rows[cell.row] if p.c1 == cell.c0), None)
        is_rest = not cell.text and "left" in cell.cell.open_edges
        if left is not None and is_rest and "right" in left.cell.open_edges:
            rows[cell.row][rows[cell.row].index(left)] = left._replace(c1=cell.c1)
        else:
            kept.append(cell)
    return kept
