"""The tree of a table's header, and the cheapest way to put headings over what is below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .heads import Head
from .pieces import Span

CLOSE = 0.3
"""Readings whose costs differ by less are equally likely."""
FORBIDDEN = 5.0
"""What costs so much cannot be."""
INFINITE = float("inf")
Run = tuple[int, int]
"""First column and end column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the x-range of its text, and its own heading, which may reach over the next."""

    span: Span
    head: Head | None


@dataclass(slots=True)
class Node:
    """A part of the tree: a heading, the columns below it, and what is right below it."""

    head: Head | None
    first: int
    end: int
    below: tuple[Node, ...] = ()


def columns_of(columns: Sequence[Column]) -> list[Span]:
    """The x-ranges of columns, each as wide as its heading where the next one leaves room."""
    wide = [column.span for column in columns]
    for i, column in enumerate(columns):
        if column.head is None:
            continue
        floor = wide[i - 1][1] if i else -INFINITE
        ceiling = wide[i + 1][0] if i + 1 < len(wide) else INFINITE
        a, b = wide[i]
        wide[i] = (
            min(a, max(column.head.x0, floor + 0.5)),
            max(b, min(column.head.x1, ceiling - 0.5)),
        )
    return wide


def cheapest(
    n_heads: int,
    n_roots: int,
    costs: dict[tuple[int, int, int], float],
    skipped: Sequence[float],
) -> tuple[float, list[Run]]:
    """The runs, in order and apart, that cost least; ``skipped``: what a root in none costs."""
    least = [[INFINITE] * (n_roots + 1) for _ in range(n_heads + 1)]
    came: dict[tuple[int, int], tuple[int, int] | None] = {}
    least[0][0] = 0.0
    by_end: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for (k, i, j), cost in costs.items():
        by_end.setdefault((k, j), []).append((i, cost))
    for k in range(n_heads + 1):
        for j in range(n_roots + 1):
            if k:
                for i, cost in by_end.get((k - 1, j), ()):
                    if least[k - 1][i] + cost < least[k][j]:
                        least[k][j] = least[k - 1][i] + cost
                        came[k, j] = (i, j)
            if j and least[k][j - 1] + skipped[j - 1] < least[k][j]:
                least[k][j] = least[k][j - 1] + skipped[j - 1]
                came[k, j] = None
    runs: list[Run] = []
    k, j = n_heads, n_roots
    if least[k][j] == INFINITE:
        return INFINITE, [(0, 0)] * n_heads
    while k:
        step = came[k, j]
        if step is None:
            j -= 1
        else:
            runs.append(step)
            k, j = k - 1, step[0]
    return least[n_heads][n_roots], runs[::-1]
