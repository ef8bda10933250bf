"""Headings of single columns: which ones they are, and which column each of them is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .blocks import Block
from .heads import Head
from .pieces import Span
from .tree import CLOSE, FORBIDDEN, INFINITE, Column, Run, cheapest

_BLANK = 0.8
_HEADLESS = 1.2
_COVERED = 0.3
"""Costs of a column without figures, of one without a heading, and of another column under one
heading; a heading costs a tenth for each em that it stands beside its column."""
_SLIP = 0.3  # em
_SHARED = 0.5
"""em; headings that both reach so far over a column of figures share it."""


def sort_heads(heads: Sequence[Head], spans: Sequence[Span]) -> tuple[list[Head], list[Head]]:
    """Headings of single columns, from left to right, and those that stand above others."""
    parents, leaves, open_ = [], [], []
    for head in heads:
        lower = [other for other in heads if other is not head and head.is_above(other)]
        if any(head.overlaps(o.x0, o.x1) for o in lower):
            parents.append(head)
        elif any(o.middle < head.x0 for o in lower) and any(o.middle > head.x1 for o in lower):
            open_.append((head, lower))
        else:
            leaves.append(head)
    sure = list(parents)
    for head, lower in open_:
        near = 0.3 * head.size
        own = [s for s in spans if head.overlaps(*s)]
        claimed = {s for other in lower for s in _claimed(other, spans)}
        if any(s not in claimed for s in own):
            leaves.append(head)
        elif not sure or any(abs(p.y - head.y) < near for p in sure):
            parents.append(head)
        else:
            leaves.append(head)
    return sorted(leaves, key=lambda h: h.middle), parents


def _claimed(head: Head, spans: Sequence[Span]) -> list[Span]:
    """The body columns that a heading stands over, or the nearest one."""
    over = [s for s in spans if head.overlaps(*s)]
    return over or [min(spans, key=lambda s: max(s[0] - head.x1, head.x0 - s[1]))]


def shared_leaves(leaves: Sequence[Head], spans: Sequence[Span]) -> list[Head]:
    """The leaves, those as one that stand over one body column: its figures were not told apart."""
    shared: list[Head] = []
    for leaf in leaves:
        over = [s for s in spans if leaf.overlaps(*s, _SHARED)]
        if shared and any(shared[-1].overlaps(*s, _SHARED) for s in over):
            last = shared[-1]
            leaf = replace(
                leaf,
                x0=min(last.x0, leaf.x0),
                top=min(last.top, leaf.top),
                x1=max(last.x1, leaf.x1),
                bottom=max(last.bottom, leaf.bottom),
                is_shared=True,
            )
            shared.pop()
        shared.append(leaf)
    return shared


def match_leaves(leaves: Sequence[Head], block: Block) -> tuple[list[Run], list[Run]]:
    """For each leaf the body columns below it (first, end), and columns where that is in doubt.

    A leaf without any has (i, i): its place before body column i.
    """
    bodies = list(block.spans)
    edges = [_aligned(block, span) for span in bodies]
    costs = {
        (k, i, j): cost
        for k, leaf in enumerate(leaves)
        for i in range(len(bodies) + 1)
        for j in range(i, len(bodies) + 1)
        if (cost := _leaf_cost(leaf, i, j, bodies, edges)) < INFINITE
    }
    skipped = [_HEADLESS] * len(bodies)
    best, runs = cheapest(len(leaves), len(bodies), costs, skipped)
    doubts: list[Run] = []
    if best == INFINITE or any(costs[k, i, j] >= FORBIDDEN for k, (i, j) in enumerate(runs)):
        return runs, [(0, len(bodies))]
    if len(leaves) == len(bodies) and all(j - i == 1 for i, j in runs):
        return runs, []
    for k, (i, j) in enumerate(runs):
        left = {c: v for c, v in costs.items() if c != (k, i, j)}
        other, others = cheapest(len(leaves), len(bodies), left, skipped)
        if other < best + CLOSE:
            a, b = others[k]
            doubts.append((min(i, a), max(j, b)))
    return runs, doubts


def _aligned(block: Block, span: Span) -> str:
    """Whether the text of a column ends ("r") or begins ("l") at one place; "" for neither."""
    texts = block.pieces_in(span)
    slip = 0.2 * max((p.line.size for p in texts), default=0.0)
    if len(texts) < 2 or max(p.x1 - p.x0 for p in texts) - min(p.x1 - p.x0 for p in texts) < slip:
        return ""
    if all(span[1] - p.x1 < slip for p in texts):
        return "r"
    return "l" if all(p.x0 - span[0] < slip for p in texts) else ""


def _leaf_cost(leaf: Head, i: int, j: int, bodies: Sequence[Span], edges: Sequence[str]) -> float:
    """What it costs that a leaf stands over the body columns i..j; infinite where it cannot."""
    over = [n for n, span in enumerate(bodies) if leaf.overlaps(*span, _SLIP)]
    strange = sum(
        min(leaf.x1, bodies[n][1]) - max(leaf.x0, bodies[n][0]) for n in over if not i <= n < j
    )
    cost = 0.5 * strange / leaf.size
    if i == j:
        is_between = (i == 0 or bodies[i - 1][0] < leaf.middle) and (
            i == len(bodies) or leaf.middle < bodies[i][1]
        )
        return _BLANK + 3 * cost if is_between else INFINITE
    if j - i > 1:
        return cost + _COVERED * (j - i - 1) if set(range(i, j)) <= set(over) else INFINITE
    a, b = bodies[i]
    away = max(a - leaf.x1, leaf.x0 - b, 0.0) / leaf.size
    # Text set to the right ends where its cell does, and nothing of that cell stands beyond.
    is_beyond = (edges[i] == "r" and leaf.x0 > b - _SLIP * leaf.size) or (
        edges[i] == "l" and leaf.x1 < a + _SLIP * leaf.size
    )
    return cost + 0.1 * away + (FORBIDDEN if is_beyond else 0.0)


def place_columns(
    leaves: Sequence[Head], runs: Sequence[Run], bodies: Sequence[Span]
) -> tuple[list[Column], list[Run]]:
    """All columns from left to right, and for each leaf its own (first, end)."""
    columns: list[Column] = []
    own: list[Run] = []
    done = 0
    for leaf, (i, j) in zip(leaves, runs, strict=True):
        columns.extend(Column(bodies[n], None) for n in range(done, i))
        own.append((len(columns), len(columns) + max(j - i, 1)))
        if i == j:
            columns.append(Column(_room(leaf, columns, bodies[i:]), leaf))
        else:
            columns.extend(Column(bodies[n], leaf if j - i == 1 else None) for n in range(i, j))
        done = j
    columns.extend(Column(bodies[n], None) for n in range(done, len(bodies)))
    return columns, own


def _room(leaf: Head, before: Sequence[Column], after: Sequence[Span]) -> Span:
    """The x-range of a blank column: its heading's, as far as its neighbours leave room."""
    x0, x1 = leaf.x0, leaf.x1
    if before:
        x0 = max(x0, before[-1].span[1] + 0.5)
    if after:
        x1 = min(x1, after[0][0] - 0.5)
    return (x0, x1) if x0 < x1 else ((x0 + x1) / 2 - 0.1, (x0 + x1) / 2 + 0.1)
