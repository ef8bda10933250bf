"""Which header cell stands over which columns: columns' own headings first, then their parents.

A table's header is a tree. Its leaves stand over one column each, in the order of the columns;
what stands above several of them is centred over these. Both are decided for all header cells of a
level together. Where two readings fit almost as well, the columns in question get one heading
made of all texts over them: nobody takes that for the name of a column, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .blocks import Block
from .heads import Head, find_heads
from .leaves import match_leaves, place_columns, shared_leaves, sort_heads
from .parents import levels_of, put_over
from .pieces import Span, n_figures
from .tree import Column, Node, Run, columns_of


@dataclass(frozen=True, slots=True)
class Header:
    """Header cells as (row, end row, first column, end column), and y of the rows' inner edges.

    Slots that no cell covers are one cell for each column. ``doubts``: the columns whose headings
    could not be told.
    """

    cells: tuple[tuple[int, int, int, int], ...] = ()
    cuts: tuple[float, ...] = ()
    doubts: tuple[Run, ...] = ()

    def on(self, place: Sequence[int]) -> Header:
        """The same where column i of it is column ``place[i]``."""
        cells = tuple((r, q, place[a], place[b - 1] + 1) for r, q, a, b in self.cells)
        doubts = tuple((place[a], place[b - 1] + 1) for a, b in self.doubts)
        return replace(self, cells=cells, doubts=doubts)


def read_header(block: Block, pitch: float) -> tuple[tuple[Span, ...], Header]:
    """The columns of a block, with those that only its header names, and its header.

    ``pitch`` (pt): how far rows of the body are apart.
    """
    spans = list(block.spans)
    heads = find_heads(block.rows[: block.n_header], spans, pitch)
    if not heads:
        return tuple(spans), Header()
    leaves, parents = sort_heads(heads, spans)
    leaves = shared_leaves(leaves, spans)
    runs, doubts = match_leaves(leaves, block)
    columns, leaf_runs = place_columns(leaves, runs, spans)
    nodes = _leaf_nodes(columns, leaf_runs, leaves)
    place = _places(columns, spans)
    doubts = [*doubts, *_crowded(block), *_over_figures(runs, block)]
    unsure: list[Run] = [(place[a], place[b - 1] + 1) for a, b in doubts if b > a]
    for level in levels_of(parents):
        nodes, more = put_over(level, nodes, columns, block.parts)
        unsure.extend(more)
    spread = _merged(unsure)
    return tuple(columns_of(columns)), _laid(nodes, len(columns), spread)


def _crowded(block: Block) -> Iterator[Run]:
    """Body columns that hold two figures of a row, each with its neighbours.

    Whose heading stands over a figure that is alone there nobody knows.
    """
    n = len(block.spans)
    for i, (x0, x1) in enumerate(block.spans):
        counts = (
            sum(n_figures(p.line.text) for p in row.pieces if x0 <= p.middle <= x1)
            for row in block.rows[block.n_header :]
        )
        if any(count > 1 for count in counts):
            yield (max(i - 1, 0), min(i + 2, n))


def _over_figures(runs: Sequence[Run], block: Block) -> Iterator[Run]:
    """Body columns of one heading of which the last holds amounts, with their neighbours.

    A code and its name have a heading in common, amounts have not.
    """
    n = len(block.spans)
    for i, j in runs:
        if j - i < 2:
            continue
        texts = block.pieces_in(block.spans[j - 1])
        if all(p.is_figure or p.is_dash for p in texts) and j < n:
            yield (max(i - 1, 0), min(j + 1, n))


def _places(columns: Sequence[Column], bodies: Sequence[Span]) -> list[int]:
    """For each body column its place among all columns."""
    at = {column.span: i for i, column in enumerate(columns)}
    return [at[span] for span in bodies]


def _leaf_nodes(
    columns: Sequence[Column], runs: Sequence[Run], leaves: Sequence[Head]
) -> list[Node]:
    """Leaves and columns without any, from left to right."""
    nodes = [Node(leaf, a, b) for leaf, (a, b) in zip(leaves, runs, strict=True)]
    taken = {i for a, b in runs for i in range(a, b)}
    nodes += [Node(None, i, i + 1) for i in range(len(columns)) if i not in taken]
    return sorted(nodes, key=lambda node: node.first)


def _merged(runs: Sequence[Run]) -> list[Run]:
    merged: list[Run] = []
    for a, b in sorted(runs):
        if merged and a < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _laid(nodes: Sequence[Node], n_columns: int, doubts: Sequence[Run]) -> Header:
    """The tree as cells: rows are parted between each parent and what is below it."""
    limits = [limit for node in nodes for limit in _limits(node)]
    cuts = _stabs(limits)
    n_rows = len(cuts) + 1
    cells = [cell for node in nodes for cell in _cells(node, 0, cuts, n_rows)]
    for first, end in doubts:
        cells = _as_one_cell(cells, first, end, n_rows)
    return Header(tuple(sorted(cells)), tuple(cuts), tuple(doubts))


def _as_one_cell(
    cells: Sequence[tuple[int, int, int, int]], first: int, end: int, n_rows: int
) -> list[tuple[int, int, int, int]]:
    """The header cells with one for all that stands over some columns, below common parents."""
    lids = [c for c in cells if c[2] <= first and end <= c[3]]
    row = max((c[1] for c in lids), default=0)
    if row >= n_rows:
        return list(cells)
    inner = [c for c in cells if c not in lids and c[2] < end and first < c[3]]
    first, end = min([first, *(c[2] for c in inner)]), max([end, *(c[3] for c in inner)])
    return [*(c for c in cells if c not in inner), (row, n_rows, first, end)]


def _limits(node: Node) -> Iterator[Span]:
    """Between which heights an edge of rows must stand: a parent's foot, the tops below it."""
    tops = [child.head.top for child in node.below if child.head is not None]
    if node.head is not None and tops:
        yield (node.head.bottom, max(min(tops), node.head.bottom))
    for child in node.below:
        yield from _limits(child)


def _stabs(limits: Sequence[Span]) -> list[float]:
    """As few heights as possible so that one stands in each range, from top to bottom."""
    groups: list[Span] = []
    for low, high in sorted(limits, key=lambda limit: limit[1]):
        if groups and low <= groups[-1][1]:
            groups[-1] = (max(low, groups[-1][0]), groups[-1][1])
        else:
            groups.append((low, high))
    return [(low + high) / 2 for low, high in groups]


def _cells(
    node: Node, row: int, cuts: Sequence[float], n_rows: int
) -> Iterator[tuple[int, int, int, int]]:
    """The cells of a node from a row on: its own, then those below it."""
    if not node.below:
        if node.end - node.first > 1:
            yield (row, n_rows, node.first, node.end)
        return
    (low, high) = next(_limits(node), (0.0, 0.0))
    end = next((i + 1 for i, cut in enumerate(cuts) if low <= cut <= high), n_rows)
    end = max(end, row + 1)
    yield (row, min(end, n_rows), node.first, node.end)
    for child in node.below:
        yield from _cells(child, end, cuts, n_rows)


def pitch_of(block: Block) -> float:
    """How far the body's rows with figures are apart at least, pt."""
    ys = [row.y for row in block.rows[block.n_header :] if row.has_figure]
    steps = [b - a for a, b in pairwise(ys)]
    return min(steps) if steps else 2.0 * block.rows[-1].size
