"""Headings that stand over several columns: over which ones, by where their middle is."""

from __future__ import annotations

from collections.abc import Sequence

from .blocks import Rules
from .heads import Head
from .pieces import Span
from .tree import CLOSE, FORBIDDEN, INFINITE, Column, Node, Run, cheapest, columns_of

_UNEVEN = 1.0
_ORPHAN = 0.5
"""Costs of a leaf at another height than those beside it under one parent, and of a low leaf
without a parent."""
_POOR = 1.2
_BAD = 3.0
_CLEAR = 1.0
"""What a parent may cost, in em, to be believed: less than the first, or than the second where any
other reading costs more by the third."""
_EDGE_PT = 1.5


def levels_of(parents: Sequence[Head]) -> list[list[Head]]:
    """Parents on one height together, from left to right; the lowest first."""
    levels: list[list[Head]] = []
    for head in sorted(parents, key=lambda h: -h.y):
        if levels and levels[-1][0].y - head.y < 0.5 * head.size:
            levels[-1].append(head)
        else:
            levels.append([head])
    return [sorted(level, key=lambda h: h.middle) for level in levels]


def put_over(
    level: Sequence[Head], nodes: Sequence[Node], columns: Sequence[Column], parts: Rules
) -> tuple[list[Node], list[Run]]:
    """The nodes with the parents of a level over theirs, and runs of columns in doubt."""
    costs = {
        (k, i, j): cost
        for k, head in enumerate(level)
        for i in range(len(nodes))
        for j in range(i + 1, len(nodes) + 1)
        if (cost := _parent_cost(head, nodes[i:j], columns, parts)) < INFINITE
    }
    skipped = _orphans(level, nodes)
    best, runs = cheapest(len(level), len(nodes), costs, skipped)
    if best == INFINITE:  # texts that fit nowhere: no heading of these columns is sure
        return list(nodes), [(0, len(columns))]
    doubts: list[Run] = []
    for k, (i, j) in enumerate(runs):
        left = {c: v for c, v in costs.items() if c != (k, i, j)}
        other, others = cheapest(len(level), len(nodes), left, skipped)
        is_close = other < best + CLOSE
        cost = costs[k, i, j]
        is_shared = any(node.head is not None and node.head.is_shared for node in nodes[i:j])
        is_poor = cost > _POOR and (is_shared or cost > _BAD or other < best + _CLEAR)
        if is_close or is_poor:
            a, b = others[k] if is_close else (max(i - 1, 0), min(j + 1, len(nodes)))
            doubts.append((nodes[min(i, a)].first, nodes[max(j, b) - 1].end))
    new = list(nodes)
    for head, (i, j) in reversed(list(zip(level, runs, strict=True))):
        new[i:j] = [Node(head, nodes[i].first, nodes[j - 1].end, tuple(nodes[i:j]))]
    return new, doubts


def _orphans(level: Sequence[Head], nodes: Sequence[Node]) -> list[float]:
    """What it costs to leave nodes without a parent of the level.

    Where headings over several header rows stand at heights of their own, those right below the
    level are somebody's.
    """
    leaves = [node.head for node in nodes if node.head is not None and not node.below]
    lowest = max((head.y for head in leaves), default=0.0)
    is_told = any(head.y < lowest - 0.4 * head.size for head in leaves)
    return [
        _ORPHAN
        if is_told
        and node.head is not None
        and not node.below
        and node.head.y > lowest - 0.3 * node.head.size
        and any(head.is_above(node.head) for head in level)
        else 0.0
        for node in nodes
    ]


def _parent_cost(
    head: Head, below: Sequence[Node], columns: Sequence[Column], parts: Rules
) -> float:
    """What it costs that a heading stands over neighbouring nodes: em off their middle, or more."""
    own = [node.head for node in below]
    if any(h is not None and not head.is_above(h) for h in own) or all(h is None for h in own):
        return INFINITE
    wide = columns_of(columns)
    first, end = below[0].first, below[-1].end
    rule = _rule_below(head, parts)
    if rule is not None:
        inside = [i for i, (a, b) in enumerate(wide) if a > rule[0] - 6 and b < rule[1] + 6]
        return 0.0 if inside == list(range(first, end)) else FORBIDDEN
    x0 = wide[first][0] if not first else (wide[first - 1][1] + wide[first][0]) / 2
    x1 = wide[end - 1][1] if end == len(wide) else (wide[end - 1][1] + wide[end][0]) / 2
    edges = edges_of(columns, wide)
    if edges is not None:
        guesses = [(edges[first] + edges[end]) / 2]
    else:
        guesses = [(x0 + x1) / 2, (wide[first][0] + wide[end - 1][1]) / 2]
    off = sum(abs(guess - head.middle) for guess in guesses) / len(guesses)
    beyond = max(x0 - head.x0, 0.0) + max(head.x1 - x1, 0.0)
    bare = sum(h is None for h in own)
    lone = 1.5 if len(below) == 1 else 0.0
    unsure = _POOR if any(h is not None and h.is_shared for h in own) else 0.0
    return (off + beyond) / head.size + 0.6 * bare + lone + unsure + _UNEVEN * _n_uneven(below)


def _n_uneven(below: Sequence[Node]) -> int:
    """How many leaves right below one parent stand at another height than most of them."""
    leaves = [node.head for node in below if node.head is not None and not node.below]
    return min((sum(not a.is_level_with(b) for b in leaves) for a in leaves), default=0)


def edges_of(columns: Sequence[Column], wide: Sequence[Span]) -> list[float] | None:
    """Where columns begin and end, if each heading stands in the middle of its own.

    Then one edge gives all others, and the text leaves little room for it. None where no edges fit.
    """
    if any(column.head is None for column in columns):
        return None
    middles = [column.head.middle for column in columns if column.head is not None]
    low, high = -INFINITE, wide[0][0]
    sign, shift = 1.0, 0.0  # an edge is sign * the first one + shift
    for i, middle in enumerate(middles):
        sign, shift = -sign, 2 * middle - shift
        least = wide[i][1] - _EDGE_PT
        most = wide[i + 1][0] + _EDGE_PT if i + 1 < len(wide) else INFINITE
        bounds = sorted((sign * (least - shift), sign * (most - shift)))
        low, high = max(low, bounds[0]), min(high, bounds[1])
    if not low <= high:
        return None
    edges = [(low + high) / 2 if low > -INFINITE else high]
    for middle in middles:
        edges.append(2 * middle - edges[-1])
    return edges


def _rule_below(head: Head, parts: Rules) -> Span | None:
    """The short rule right below a heading, which parts it from those that it stands over."""
    for at, start, end in parts.tolist():
        near = -3 < at - head.bottom < 1.5 * head.size
        if near and start - 3 < head.x0 and head.x1 < end + 3:
            return (start, end)
    return None
