"""Blocks to grids: which rows wrap, where columns part, what header text spans."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..grid import Grid
from ..model import Edge
from .blocks import Block, Span, centred_over, merge_spans
from .pieces import Piece, Row

_NEARER = 0.8
"""A wrapped line is nearer to its own row than to the other by this factor at least."""
_PAD = 2.0  # pt of paper round the outermost text


def common_columns(block: Block) -> tuple[tuple[Span, ...], tuple[tuple[Piece, int, int], ...]]:
    """The columns of a block with those that only a header names, and its spanning headers.

    The latter as (piece, first column, end column).
    """
    header = block.rows[: block.n_header]
    spans = _in_order(header, list(block.spans))
    parents: list[tuple[Piece, int]] = []
    for number in range(len(header) - 1, -1, -1):
        lower = [p for row in header[number + 1 :] for p in row.pieces]
        for piece in header[number].pieces:
            over = _overlapped(piece, spans)
            n_below = sum(p.x0 < piece.x1 and piece.x0 < p.x1 for p in lower)
            is_wide = len(over) > 1 and (n_below > 1 or not _is_slip(piece, spans, over))
            is_above = len(over) == 1 and _is_above_several(piece, header, number, spans)
            if is_wide or is_above or (not over and _has_both_sides(piece, lower, spans)):
                parents.append((piece, number))
            elif not over and not parents_cover(parents, piece):
                spans = _with_head(piece, spans, header, {id(p) for p, _ in parents})
    spans = _widen_by_heads(spans, header, {id(p) for p, _ in parents})
    placed = []
    for piece, number in parents:
        rest = [p for p in header[number].pieces if p is not piece]
        first, end = _spanned(piece, rest, spans, block)
        placed.append((piece, first, end))
    return tuple(spans), tuple(placed)


def _in_order(header: Sequence[Row], spans: list[Span]) -> list[Span]:
    """The columns widened by the lowest header row that has a piece for each of them, in order."""
    for row in reversed(header):
        if len(row.pieces) != len(spans):
            continue
        pairs = list(zip(row.pieces, spans, strict=True))
        if any(_overlapped(p, spans) not in ([], [i]) for i, (p, _) in enumerate(pairs)):
            continue
        wide = [(min(a, p.x0), max(b, p.x1)) for p, (a, b) in pairs]
        if all(one[1] < two[0] for one, two in pairwise(wide)):
            return wide
    return spans


def _is_above_several(
    piece: Piece, header: Sequence[Row], number: int, spans: Sequence[Span]
) -> bool:
    """Whether a header piece above one column stands in the middle of several of the row below."""
    if number + 1 >= len(header):
        return False
    heads = header[number + 1].pieces
    if any(abs(p.middle - piece.middle) < 0.5 * piece.line.size for p in heads):
        return False  # it wraps
    return any(
        centred_over(piece, heads[first:end], spans)
        and not any(
            heads[first].x0 < other.middle < heads[end - 1].x1
            for other in header[number].pieces
            if other is not piece
        )
        for first in range(len(heads))
        for end in range(first + 2, len(heads) + 1)
    )


def _with_head(
    piece: Piece, spans: Sequence[Span], header: Sequence[Row], parents: set[int]
) -> list[Span]:
    """The columns with a header piece that stands between two of them.

    Above figures that are set to the right it is the header of the column to its right, or to its
    left, that has none; where both have one, its own column is blank.
    """
    right = next((i for i, (a, _) in enumerate(spans) if a > piece.middle), len(spans))
    for i in (right, right - 1):
        if 0 <= i < len(spans) and not any(
            _overlapped(p, spans[i : i + 1])
            for row in header
            for p in row.pieces
            if p is not piece and id(p) not in parents and len(_overlapped(p, spans)) == 1
        ):
            a, b = spans[i]
            wide = list(spans)
            wide[i] = (min(a, piece.x0), max(b, piece.x1))
            return wide
    return merge_spans([*spans, (piece.x0, piece.x1)])


def parents_cover(parents: Sequence[tuple[Piece, int]], piece: Piece) -> bool:
    """Whether the piece is the upper line of a parent header that wraps."""
    return any(abs(p.middle - piece.middle) < piece.line.size for p, _ in parents)


def _overlapped(piece: Piece, spans: Sequence[Span]) -> list[int]:
    slip = 0.2 * piece.line.size
    return [i for i, (a, b) in enumerate(spans) if piece.x1 > a + slip and piece.x0 < b - slip]


def _is_slip(piece: Piece, spans: Sequence[Span], over: Sequence[int]) -> bool:
    """Whether a header wider than its column just touches the next ones: centred over one."""
    nearest = min(over, key=lambda i: abs((spans[i][0] + spans[i][1]) / 2 - piece.middle))
    a, b = spans[nearest]
    is_centred = abs((a + b) / 2 - piece.middle) < 0.6 * piece.line.size
    is_flush = abs(b - piece.x1) < 0.3 * piece.line.size or abs(a - piece.x0) < 0.3
    others = [spans[i] for i in over if i != nearest]
    covers = any(piece.x0 < (c + d) / 2 < piece.x1 for c, d in others)
    return (is_centred or is_flush) and not covers


def _has_both_sides(piece: Piece, lower: Sequence[Piece], spans: Sequence[Span]) -> bool:
    """Whether header pieces stand below on both sides of a piece between two columns."""
    left = [p for p in lower if p.middle < piece.x0]
    right = [p for p in lower if p.middle > piece.x1]
    return bool(left and right and any(b < piece.middle for _, b in spans))


def _widen_by_heads(spans: Sequence[Span], header: Sequence[Row], parents: set[int]) -> list[Span]:
    """Columns as wide as their own headers, where those do not reach over a neighbour."""
    wide = list(spans)
    for row in header:
        for piece in row.pieces:
            if id(piece) in parents:
                continue
            over = _overlapped(piece, wide)
            if len(over) != 1:
                continue
            i = over[0]
            floor = wide[i - 1][1] if i else -np.inf
            ceiling = wide[i + 1][0] if i + 1 < len(wide) else np.inf
            a, b = wide[i]
            wide[i] = (min(a, max(piece.x0, floor + 0.5)), max(b, min(piece.x1, ceiling - 0.5)))
    return wide


def _spanned(
    piece: Piece, rest: Sequence[Piece], spans: Sequence[Span], block: Block
) -> tuple[int, int]:
    """The columns a parent header stands over: those of the rule below it, else by its middle."""
    n = len(spans)
    for at, start, end in block.parts.tolist():
        y = piece.line.box.bottom
        if -3 < at - y < 1.5 * piece.line.size and start - 3 < piece.x0 and piece.x1 < end + 3:
            under = [i for i, (a, b) in enumerate(spans) if a > start - 6 and b < end + 6]
            if under:
                return under[0], under[-1] + 1
    over = _overlapped(piece, spans)
    middles = [(a + b) / 2 for a, b in spans]
    taken = [p.middle for p in rest]
    best, choice = np.inf, (over[0], over[-1] + 1) if over else (0, 1)
    for first in range(n):
        for end in range(first + 1, n + 1):
            if over and not (first <= over[0] and over[-1] < end):
                continue
            x0, x1 = spans[first][0], spans[end - 1][1]
            if not over and not x0 < piece.middle < x1:
                continue
            if any(x0 < t < x1 for t in taken):
                continue
            if first == 0 and end > 1 and block.n_header and over and over[0] > 0:
                continue  # the labels' own column is under no parent that does not reach it
            off = min(abs((x0 + x1) / 2 - piece.middle),
                      abs((middles[first] + middles[end - 1]) / 2 - piece.middle))  # fmt: skip
            if off < best - 0.5 and end - first > 1:
                best, choice = off, (first, end)
    return choice


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
    if any(p.x0 > q.x1 or q.x0 > p.x1 for p in rows[at].pieces[:1] for q in rows[other].pieces[:1]):
        alone = len(rows[at].pieces) == 1 and rows[other].has_figure
        if not alone:
            return at
    return other


def block_to_grid(
    block: Block, spans: Sequence[Span], parents: Sequence[tuple[Piece, int, int]]
) -> Grid:
    """The grid of a block on the given columns; cells have no open edges but no rules either."""
    xs = column_edges(spans, block)
    header = block.rows[: block.n_header]
    levels = _levels(parents)
    groups = body_groups(block)
    tops, bottoms = [], []
    for group in groups:
        tops.append(min(row.top for row in group))
        bottoms.append(max(row.bottom for row in group))
    body_lid = _between(header[-1].bottom, tops[0], block) if header else tops[0] - _PAD
    ys = [body_lid]
    for above, below in zip(bottoms, tops[1:], strict=False):
        ys.append(max(_between(above, below, block), ys[-1] + 0.1))
    ys.append(max(bottoms[-1] + _PAD, ys[-1] + 0.1))
    head_edges = _head_edges(header, levels, parents, body_lid)
    n_cols = len(spans)
    cells = _head_cells(levels, parents, n_cols, len(head_edges)) if header else []
    n_head = len(head_edges)
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


def column_edges(spans: Sequence[Span], block: Block) -> list[float]:
    """Where columns part: in the middle of the paper between them."""
    inner = [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    return [min(block.x0, spans[0][0]) - _PAD, *inner, max(block.x1, spans[-1][1]) + _PAD]


def _between(above: float, below: float, block: Block) -> float:
    """The rule between two rows, or the middle of the paper between them."""
    low, high = min(above, below) - 2.0, max(above, below) + 2.0
    rule = [y for y in block.rules if low < y < high]
    return rule[0] if rule else (above + below) / 2


def _levels(parents: Sequence[tuple[Piece, int, int]]) -> list[list[int]]:
    """Parents (by number) by their height on the page, from top to bottom.

    Lines of one wrapped parent are one: the same columns one above the other.
    """
    order = sorted(range(len(parents)), key=lambda i: parents[i][0].line.box.top)
    levels: list[list[int]] = []
    for i in order:
        piece, first, end = parents[i]
        same = [k for k in (levels[-1] if levels else []) if parents[k][1:] == (first, end)]
        apart = [
            k
            for k in (levels[-1] if levels else [])
            if parents[k][0].line.box.bottom < piece.line.box.top + 0.3 * piece.line.size
        ]
        if not levels or (apart and not same):
            levels.append([])
        levels[-1].append(i)
    return levels


def _head_edges(
    header: Sequence[Row],
    levels: Sequence[Sequence[int]],
    parents: Sequence[tuple[Piece, int, int]],
    body_lid: float,
) -> list[float]:
    """Upper edges of the header rows: one row per level of parents, one for the columns' own."""
    if not header:
        return []
    edges = [header[0].top - _PAD]
    for number, level in enumerate(levels):
        bottom = max(parents[i][0].line.box.bottom for i in level)
        ids = {id(parents[i][0]) for lv in levels[: number + 1] for i in lv}
        under = [
            p.line.box.top
            for row in header
            for p in row.pieces
            if id(p) not in ids and p.line.box.top > bottom - 0.4 * p.line.size
        ]
        edge = (bottom + min(under)) / 2 if under else bottom
        edges.append(max(edges[-1] + 0.1, min(edge, body_lid - 0.1)))
    has_own = any(id(p) not in {id(q) for q, _, _ in parents} for row in header for p in row.pieces)
    return edges if has_own or not levels else edges[:-1] or edges


def _head_cells(
    levels: Sequence[Sequence[int]],
    parents: Sequence[tuple[Piece, int, int]],
    n_cols: int,
    n_rows: int,
) -> list[tuple[int, int, int, int]]:
    """Header cells: parents over their columns, below them (or from the top) each column's own."""
    covered = np.zeros((n_rows, n_cols), np.bool_)
    cells: list[tuple[int, int, int, int]] = []
    for number, level in enumerate(levels):
        if number >= n_rows:
            continue
        for first, end in sorted({parents[i][1:] for i in level}):
            if not covered[number, first:end].any():
                covered[number, first:end] = True
                cells.append((number, first, 1, end - first))
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
