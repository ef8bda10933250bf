"""Rules to grids of cells with spans.

``merge_rules`` makes whole rules of the pieces that producers draw; ``rules_to_grids`` finds the
groups of crossing rules and cuts each into cells. A rule missing between two slots of a grid makes
them one cell; that is the only evidence for a span.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .model import Axis, Edge, Rule
from .regions import cover_slots, group_meeting, walls_to_cells
from .rules import add_open_ends, count_narrow, distinct_places, find_walls, merge_pieces
from .settings import GridSettings, RuleSettings

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a page: ``h`` and ``v`` are (n, 3) arrays of at, start, end in points."""

    h: Floats
    v: Floats

    def as_tuple(self) -> tuple[Rule, ...]:
        """The same as objects, level ones first."""
        axes: tuple[tuple[Axis, Floats], ...] = (("h", self.h), ("v", self.v))
        return tuple(Rule(axis, *map(float, row)) for axis, rows in axes for row in rows)


@dataclass(frozen=True, slots=True)
class Grid:
    """One table's geometry.

    ``row_edges`` (n_rows + 1) and ``col_edges`` (n_cols + 1) in points, ascending. ``cells``
    (m, 4): row, col, row_span, col_span in reading order. ``slots`` (n_rows, n_cols): index of
    the cell that covers the slot, -1 where there is no cell. ``open_edges``: per cell the sides
    without a rule.
    """

    row_edges: Floats
    col_edges: Floats
    cells: Ints
    slots: Ints
    open_edges: tuple[frozenset[Edge], ...]


def merge_rules(h: Floats, v: Floats, settings: RuleSettings) -> Rules:
    """Snap parallel pieces (n, 3: at, start, end) to common positions and join collinear ones."""
    return Rules(_merge_axis(h, settings), _merge_axis(v, settings))


def _merge_axis(pieces: Floats, settings: RuleSettings) -> Floats:
    return merge_pieces(
        pieces, settings.snap, settings.snap_span, settings.join, settings.min_length
    )


def rules_to_grids(rules: Rules, settings: GridSettings) -> tuple[Grid, ...]:
    """The tables of a page, from top to bottom, then from left to right.

    A table is a group of rules that meet and enclose at least two cells; single lines,
    underlines and frames around a text are none.
    """
    grids = []
    for h, v in _connected_groups(rules, settings):
        grid = _group_to_grid(h, v, settings)
        if grid is not None and len(grid.cells) >= 2:
            grids.append(grid)
    return tuple(sorted(grids, key=lambda g: (float(g.row_edges[0]), float(g.col_edges[0]))))


def _connected_groups(rules: Rules, settings: GridSettings) -> list[tuple[Floats, Floats]]:
    """Rules that meet, directly or through others, as (level, upright) arrays."""
    groups, lone = group_meeting(rules.h, rules.v, settings.touch)
    if len(groups) > 1:
        groups = _join_overlapping(groups, settings)
    if len(lone):
        lone = _adopt_lone_sides(groups, lone, settings)
    return groups + _rows_without_lids(lone, settings)


def _join_overlapping(
    groups: list[tuple[Floats, Floats]], settings: GridSettings
) -> list[tuple[Floats, Floats]]:
    """Make one of groups that lie partly in each other and have column edges in common.

    Browsers give every cell sides of its own; where a page cuts merged cells, those of the parts
    end at different heights and a gap opens between cells of one table.
    """
    outlines = np.array([_outline(*group) for group in groups])
    joined, is_part = list(groups), np.zeros(len(groups), np.bool_)
    for i, group in enumerate(groups):
        h, v = group
        lie_in_it = _lie_in_each_other(outlines[:i], outlines[i], settings) & ~is_part[:i]
        for j in lie_in_it.nonzero()[0].tolist():
            if _have_common_columns(joined[j], group):
                is_part[j] = True
                h, v = np.concatenate((joined[j][0], h)), np.concatenate((joined[j][1], v))
        joined[i], outlines[i] = (h, v), _outline(h, v)
    return [joined[i] for i in (~is_part).nonzero()[0].tolist()]


def _lie_in_each_other(outlines: Floats, other: Floats, settings: GridSettings) -> Bools:
    """(n,) which outlines (n, 4) lie partly in another one (4,), neither within the other.

    The others are side by side, or tables in a cell.
    """
    common = np.hstack(
        (np.maximum(outlines[:, :2], other[:2]), np.minimum(outlines[:, 2:], other[2:]))
    )
    is_apart = (common[:, 2:] - common[:, :2] <= settings.overhang).any(axis=1)
    is_in_other = (np.abs(common - outlines) < 1.0).all(axis=1)
    return np.asarray(~is_apart & ~is_in_other & ~(np.abs(common - other) < 1.0).all(axis=1))


def _have_common_columns(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> bool:
    near = np.abs(_column_edges(*first)[:, None] - _column_edges(*second)[None, :]) < 1.0
    return bool(np.count_nonzero(near.any(axis=1)) >= 2)


def _column_edges(h: Floats, v: Floats) -> Floats:
    """The x at which columns begin and end, in points; those nearer than a point are one.

    A level rule ends at a column's edge also where the upright rule belongs to another group.
    """
    edges = np.sort(np.concatenate((v[:, 0], h[:, 1], h[:, 2])))
    return np.asarray(edges[np.diff(edges, prepend=-np.inf) >= 1.0], np.float32)


def _outline(h: Floats, v: Floats) -> Floats:
    """x0, top, x1, bottom of a group of rules."""
    return np.array(
        (
            min(h[:, 1].min(), v[:, 0].min()),
            min(h[:, 0].min(), v[:, 1].min()),
            max(h[:, 2].max(), v[:, 0].max()),
            max(h[:, 0].max(), v[:, 2].max()),
        ),
        np.float32,
    )


def _adopt_lone_sides(
    groups: list[tuple[Floats, Floats]], lone: Floats, settings: GridSettings
) -> Floats:
    """Give upright rules that meet nothing to the table whose height they share; return the rest.

    A merged cell cut by the page at top and bottom has sides but neither lid nor floor: its outer
    side touches no other rule, and without it the cell would be lost. So does a side that goes on
    from one of the table's, after the gap that a browser leaves between two cells. ``groups`` is
    changed.
    """
    left = []
    ends = np.array([(v[:, 1].min(), v[:, 2].max()) for _, v in groups], np.float64).reshape(-1, 2)
    for rule in lone:
        common = np.minimum(ends[:, 1], rule[2]) - np.maximum(ends[:, 0], rule[1])
        longer = np.maximum(ends[:, 1] - ends[:, 0], max(float(rule[2] - rule[1]), 1e-6))
        shares = common / longer
        best, place = settings.same_extent, -1
        for i in ((shares >= best) | (common > settings.overhang)).nonzero()[0].tolist():
            v = groups[i][1]
            goes_on = common[i] > settings.overhang and (np.abs(v[:, 0] - rule[0]) < 1.0).any()
            if shares[i] >= best or (goes_on and place < 0):
                best, place = max(float(shares[i]), best), i
        if place < 0:
            left.append(rule)
        else:
            h, v = groups[place]
            groups[place] = (h, np.concatenate((v, rule[None, :])))
            ends[place] = min(ends[place, 0], rule[1]), max(ends[place, 1], rule[2])
    return np.array(left, np.float32).reshape(-1, 3)


def _rows_without_lids(lone: Floats, settings: GridSettings) -> list[tuple[Floats, Floats]]:
    """Three or more upright rules of one height, meeting nothing: a row that fills the page."""
    groups = []
    while len(lone) >= 3:
        alike = (np.abs(lone[:, 1:] - lone[0, 1:]) <= settings.touch).all(axis=1)
        if np.count_nonzero(alike) >= 3:
            groups.append((np.empty((0, 3), np.float32), lone[alike]))
        lone = lone[~alike]
    return groups


def _group_to_grid(h: Floats, v: Floats, settings: GridSettings) -> Grid | None:
    """Cut one group of meeting rules into cells; None when it encloses none."""
    overhang, lone = settings.overhang, settings.lone_overhang
    rows_at, cols_at = _apart(distinct_places(h), distinct_places(v), overhang)
    row_edges = add_open_ends(rows_at, v, overhang, inf)
    col_edges = add_open_ends(cols_at, h, overhang, lone)
    if len(row_edges) < 2 or len(col_edges) < 2:
        return None
    lids = find_walls(row_edges, col_edges, h)
    sides = find_walls(col_edges, row_edges, v).T
    cells, lids, sides = walls_to_cells(lids, sides)
    return Grid(row_edges, col_edges, cells, *cover_slots(cells, lids, sides))


def _apart(rows: Floats, cols: Floats, least: float) -> tuple[Floats, Floats]:
    """Edges (n,), ascending, of both axes; one for two, where cells have frames of their own.

    Such frames stand a little apart both ways. Rules near each other in one axis only are other
    things: a browser's page ends merged cells close to where their rows end.
    """
    both = rows, cols
    if not any(_are_pairs(edges, least) for edges in both):
        return both
    if not all(len(edges) <= 2 or _are_pairs(edges, least) for edges in both):
        return both
    return _one_for_two(rows, least), _one_for_two(cols, least)


def _are_pairs(edges: Floats, least: float) -> bool:
    """Whether every other step is less than ``least``: no line of text fits between.

    A single narrow step is an underline, or the end of a table and the beginning of another.
    """
    n_narrow = count_narrow(edges, least)
    return n_narrow >= 2 and 2 * n_narrow >= len(edges) - 2


def _one_for_two(edges: Floats, least: float) -> Floats:
    groups: list[list[float]] = []
    for edge in edges.tolist():
        if groups and edge - groups[-1][0] < least:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return np.array([(group[0] + group[-1]) / 2 for group in groups], np.float32)
