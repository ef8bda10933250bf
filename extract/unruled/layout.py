"""Blocks to grids: which rows wrap, and where rows and columns part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..grid import Grid
from ..model import Edge
from .blocks import Block
from .headers import Header
from .pieces import Row, Span

_NEARER = 0.8
"""A wrapped line is nearer to its own row than to the other by this factor at least."""
_PAD = 2.0  # pt of paper round the outermost text


def body_groups(block: Block) -> list[list[Row]]:
    """The rows below the header, those that are lines of one row together."""
    rows = block.rows[block.n_header :]
    groups: list[list[Row]] = [[row] for row in rows]
    anchors = [i for i, row in enumerate(rows) if row.has_figure]
    steps = [rows[b].y - rows[a].y for a, b in pairwise(anchors)]
    close = [rows[b].y - rows[a].y for a, b in pairwise(anchors)
             if b == a + 1]  # fmt: skip
    pitch = float(np.median(close or steps)) if steps else 0.0
    goal = list(range(len(rows)))
    bands = _bands(rows, block.rules)
    by_band = _is_row_per_band(rows, bands)
    for i, row in enumerate(rows):
        if row.has_figure:
            continue
        mates = [j for j in range(len(rows)) if bands[j] == bands[i]]
        if by_band:
            own = [j for j in mates if rows[j].has_figure]
            if len(own) <= 1:
                goal[i] = own[0] if own else mates[0]
                continue
        goal[i] = _home(rows, i, anchors, pitch, bands, goal)
    joined: dict[int, list[Row]] = {}
    for i, group in enumerate(groups):
        joined.setdefault(_root(goal, i), []).extend(group)
    return [joined[i] for i in sorted(joined, key=lambda i: joined[i][0].y)]


def _root(goal: Sequence[int], at: int) -> int:
    seen = {at}
    while goal[at] != at and goal[at] not in seen:
        at = goal[at]
        seen.add(at)
    return at


def _bands(rows: Sequence[Row], rules: Sequence[float]) -> list[int]:
    return [sum(y < row.y for y in rules) for row in rows]


def _is_row_per_band(rows: Sequence[Row], bands: Sequence[int]) -> bool:
    """Whether a rule stands between any two rows with figures."""
    with_figures = [band for row, band in zip(rows, bands, strict=True) if row.has_figure]
    return len(with_figures) > 2 and len(set(with_figures)) >= 0.8 * len(with_figures)


def _home(
    rows: Sequence[Row],
    at: int,
    anchors: Sequence[int],
    pitch: float,
    bands: Sequence[int],
    goal: Sequence[int],
) -> int:
    """The row that a line without figures belongs to; itself unless geometry tells otherwise.

    It must be clearly nearer to one neighbour than to the other, and nearer than rows are.
    """
    up = rows[at].y - rows[at - 1].y if at > 0 and bands[at - 1] == bands[at] else np.inf
    down = (
        rows[at + 1].y - rows[at].y if at + 1 < len(rows) and bands[at + 1] == bands[at] else np.inf
    )
    near, far = min(up, down), max(up, down)
    limit = 0.9 * pitch if pitch else 1.4 * rows[at].size
    if near >= 0.6 * limit and not (near < limit and near < _NEARER * far):
        return at
    other = at - 1 if up <= down else at + 1
    if rows[other].has_figure:
        figures = [p for p in rows[other].pieces if p.is_figure or p.is_dash]
        is_beside = any(p.x0 < q.x1 and q.x0 < p.x1 for p in rows[at].pieces for q in figures)
        return at if is_beside and len(rows[at].pieces) > 1 else other
    first, own = rows[other].pieces[0], rows[at].pieces[0]
    return at if own.x0 > first.x1 or first.x0 > own.x1 else other


def block_to_grid(block: Block, spans: Sequence[Span], header: Header) -> Grid:
    """The grid of a block on the given columns; cells have no open edges but no rules either."""
    xs = column_edges(spans, block)
    rows = block.rows[: block.n_header]
    groups = body_groups(block)
    tops, bottoms = [], []
    for group in groups:
        tops.append(min(row.top for row in group))
        bottoms.append(max(row.bottom for row in group))
    body_lid = _between(rows[-1].bottom, tops[0], block) if rows else tops[0] - _PAD
    ys = [body_lid]
    for above, below in zip(bottoms, tops[1:], strict=False):
        ys.append(max(_between(above, below, block), ys[-1] + 0.1))
    ys.append(max(bottoms[-1] + _PAD, ys[-1] + 0.1))
    head_edges = _head_edges(rows, header, body_lid)
    n_cols = len(spans)
    n_head = len(head_edges)
    cells = _head_cells(header, n_cols, n_head)
    cells += [(n_head + r, c, 1, 1) for r in range(len(groups)) for c in range(n_cols)]
    cells.sort()
    slots = np.full((n_head + len(groups), n_cols), -1)
    for i, (row, col, row_span, col_span) in enumerate(cells):
        slots[row : row + row_span, col : col + col_span] = i
    closed: frozenset[Edge] = frozenset()
    return Grid(
        np.array([*head_edges, *ys], np.float32),
        np.array(xs, np.float32),
        np.array(cells, np.int64).reshape(-1, 4),
        slots,
        (closed,) * len(cells),
    )


def _head_edges(header: Sequence[Row], tree: Header, body_lid: float) -> list[float]:
    """Upper edges of the header rows."""
    if not header:
        return []
    edges = [min(header[0].top - _PAD, body_lid - 0.1)]
    for cut in tree.cuts:
        edges.append(max(edges[-1] + 0.1, min(cut, body_lid - 0.1)))
    return edges


def _head_cells(header: Header, n_cols: int, n_rows: int) -> list[tuple[int, int, int, int]]:
    """Header cells as (row, col, row span, col span): the tree's, and one below for each column."""
    covered = np.zeros((n_rows, n_cols), np.bool_)
    cells: list[tuple[int, int, int, int]] = []
    for row, end_row, first, end in header.cells:
        if row < end_row <= n_rows and not covered[row:end_row, first:end].any():
            covered[row:end_row, first:end] = True
            cells.append((row, first, end_row - row, end - first))
    for col in range(n_cols):
        row = 0
        while row < n_rows:
            if covered[row, col]:
                row += 1
                continue
            stop = row
            while stop < n_rows and not covered[stop, col]:
                stop += 1
            cells.append((row, col, stop - row, 1))
            row = stop
    return cells


def column_edges(spans: Sequence[Span], block: Block) -> list[float]:
    """Where columns part: in the middle of the paper between them."""
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    return [min(block.x0, spans[0][0]) - _PAD, *inner, max(block.x1, spans[-1][1]) + _PAD]


def _between(above: float, below: float, block: Block) -> float:
    """The rule between two rows, or the middle of the paper between them."""
    low, high = min(above, below) - 2.0, max(above, below) + 2.0
    rule = [y for y in block.rules if low < y < high]
    return rule[0] if rule else (above + below) / 2
