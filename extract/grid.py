"""Rules to grids of cells with spans.

``merge_rules`` makes whole rules of the pieces that producers draw; ``rules_to_grids`` finds the
groups of crossing rules and cuts each into cells. A rule missing between two slots of a grid makes
them one cell; that is the only evidence for a span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .model import Axis, Edge, Rule
from .regions import walls_to_cells
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
    if not len(pieces):
        return np.empty((0, 3), np.float32)
    pieces = pieces[np.argsort(pieces[:, 0], kind="stable")]
    group = _group_positions(pieces[:, 0], settings)
    lengths = np.maximum(pieces[:, 2] - pieces[:, 1], 0.1)
    at = np.bincount(group, lengths * pieces[:, 0]) / np.bincount(group, lengths)

    order = np.lexsort((pieces[:, 1], group))
    group, start, end = group[order], pieces[order, 1], pieces[order, 2]
    # A running maximum of the ends within each group: groups are moved apart, then back.
    apart = group * (float(end.max()) - float(start.min()) + 1e3)
    reach = np.maximum.accumulate(end + apart)
    first = np.ones(len(group), np.bool_)
    first[1:] = (group[1:] != group[:-1]) | (start[1:] + apart[1:] > reach[:-1] + settings.join)
    begins = first.nonzero()[0]
    merged = np.empty((len(begins), 3), np.float32)
    merged[:, 0] = at[group[begins]]
    merged[:, 1] = start[begins]
    merged[:, 2] = np.maximum.reduceat(end, begins)
    return np.asarray(merged[merged[:, 2] - merged[:, 1] >= settings.min_length])


def _group_positions(at: Floats, settings: RuleSettings) -> Ints:
    """Number sorted positions so that neighbours within ``snap`` share a number.

    A chain of close rules is cut where it would get wider than ``snap_span``.
    """
    places = at.astype(np.float64)
    is_new = np.ones(len(places), np.bool_)
    is_new[1:] = places[1:] - places[:-1] > settings.snap
    groups: Ints = is_new.cumsum() - 1
    firsts = places[is_new][groups]
    if (places - firsts <= settings.snap_span).all():
        return groups
    number, begin, before = -1, -np.inf, -np.inf
    for i, position in enumerate(places.tolist()):
        if position - before > settings.snap or position - begin > settings.snap_span:
            number, begin = number + 1, position
        groups[i] = number
        before = position
    return groups


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
    h, v, touch = rules.h, rules.v, settings.touch
    meets = (
        (v[None, :, 0] >= h[:, None, 1] - touch)
        & (v[None, :, 0] <= h[:, None, 2] + touch)
        & (h[:, None, 0] >= v[None, :, 1] - touch)
        & (h[:, None, 0] <= v[None, :, 2] + touch)
    )
    label_h, label_v = _label_bipartite(meets)
    groups = []
    for label in np.bincount(label_h).nonzero()[0].tolist():
        of_h, of_v = h[label_h == label], v[label_v == label]
        if len(of_v):
            groups.append((of_h, of_v))
    groups = _join_overlapping(groups, settings)
    lone = _adopt_lone_sides(groups, v[~meets.any(axis=0)], settings)
    return groups + _rows_without_lids(lone, settings)


def _join_overlapping(
    groups: list[tuple[Floats, Floats]], settings: GridSettings
) -> list[tuple[Floats, Floats]]:
    """Make one of groups that lie partly in each other and have column edges in common.

    Browsers give every cell sides of its own; where a page cuts merged cells, those of the parts
    end at different heights and a gap opens between cells of one table.
    """
    joined: list[tuple[Floats, Floats]] = []
    for group in groups:
        h, v = group
        for other in [g for g in joined if _is_one_table(g, group, settings)]:
            joined = [g for g in joined if g is not other]
            h, v = np.concatenate((other[0], h)), np.concatenate((other[1], v))
        joined.append((h, v))
    return joined


def _is_one_table(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], settings: GridSettings
) -> bool:
    a, b = _outline(*first), _outline(*second)
    common = np.concatenate((np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])))
    is_apart = bool((common[2:] - common[:2] <= settings.overhang).any())
    if is_apart or (np.abs(common - a) < 1.0).all() or (np.abs(common - b) < 1.0).all():
        return False  # side by side, or a table in a cell of the other
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


def _label_bipartite(meets: Bools) -> tuple[Ints, Ints]:
    """Component numbers of the rows and columns of a (n, m) incidence matrix."""
    n = len(meets)
    label_h = np.arange(n)
    while True:
        label_v = np.where(meets, label_h[:, None], n).min(axis=0, initial=n)
        spread = np.minimum(label_h, np.where(meets, label_v[None, :], n).min(axis=1, initial=n))
        if (spread == label_h).all():
            return label_h, label_v
        label_h = spread


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
    for rule in lone:
        best, place = settings.same_extent, -1
        for i, (_, v) in enumerate(groups):
            top, bottom = float(v[:, 1].min()), float(v[:, 2].max())
            common = min(bottom, float(rule[2])) - max(top, float(rule[1]))
            share = common / max(bottom - top, float(rule[2] - rule[1]), 1e-6)
            goes_on = common > settings.overhang and bool((np.abs(v[:, 0] - rule[0]) < 1.0).any())
            if share >= best or (goes_on and place < 0):
                best, place = max(share, best), i
        if place < 0:
            left.append(rule)
        else:
            h, v = groups[place]
            groups[place] = (h, np.concatenate((v, rule[None, :])))
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
    rows_at, cols_at = _apart(_distinct(h[:, 0]), _distinct(v[:, 0]), settings.overhang)
    row_edges = _edges(rows_at, v, settings)
    col_edges = _edges(cols_at, h, settings, settings.lone_overhang)
    if len(row_edges) < 2 or len(col_edges) < 2:
        return None
    row_middles = _middles(row_edges)
    col_middles = _middles(col_edges)
    lids = _walls(row_edges, col_middles, h)
    sides = _walls(col_edges, row_middles, v).T
    cells, lids, sides = walls_to_cells(lids, sides)
    return _grid_of_cells(row_edges, col_edges, cells, lids, sides)


def _distinct(places: Floats) -> Floats:
    """The different places, ascending; of so few ``np.unique`` takes five times as long."""
    ordered = np.sort(places)
    is_new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return ordered[is_new]


def _middles(edges: Floats) -> Floats:
    return np.asarray((edges[:-1] + edges[1:]) / 2, np.float32)


def _edges(
    edges: Floats, crossing: Floats, settings: GridSettings, lone: float = float("inf")
) -> Floats:
    """Positions of the rules of one axis, with open ends where two crossing rules stick out.

    ``lone``: one crossing rule is enough where it sticks out further than this.
    """
    if not len(edges):
        return np.array((crossing[:, 1].min(), crossing[:, 2].max()), np.float32)
    starts, ends = np.sort(crossing[:, 1]), np.sort(crossing[:, 2])
    before, after = edges[0] - starts, (ends - edges[-1])[::-1]
    if (len(before) and before[0] > lone) or (len(before) > 1 and before[1] > settings.overhang):
        edges = np.concatenate((starts[:1], edges))
    if (len(after) and after[0] > lone) or (len(after) > 1 and after[1] > settings.overhang):
        edges = np.concatenate((edges, ends[-1:]))
    return edges


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
    n_narrow = int(np.count_nonzero(edges[1:] - edges[:-1] < least))
    return n_narrow >= 2 and 2 * n_narrow >= len(edges) - 2


def _one_for_two(edges: Floats, least: float) -> Floats:
    groups: list[list[float]] = []
    for edge in edges.tolist():
        if groups and edge - groups[-1][0] < least:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return np.array([(group[0] + group[-1]) / 2 for group in groups], np.float32)


def _walls(edges: Floats, middles: Floats, rules: Floats) -> Bools:
    """(n_edges, n_slots): whether a rule at the edge passes the middle of the slot."""
    walls = np.zeros((len(edges), len(middles)), np.bool_)
    if not len(rules):
        return walls
    which = np.abs(edges[None, :] - rules[:, :1]).argmin(axis=1)
    covers = (rules[:, 1:2] <= middles[None, :]) & (rules[:, 2:3] >= middles[None, :])
    np.logical_or.at(walls, which, covers)
    return walls


def _grid_of_cells(
    row_edges: Floats, col_edges: Floats, cells: Ints, lids: Bools, sides: Bools
) -> Grid:
    """Fill in which cell covers each slot and which sides of each cell have no rule."""
    slots = np.full((len(row_edges) - 1, len(col_edges) - 1), -1)
    row, col, row_span, col_span = cells.T
    slots[row, col] = np.arange(len(cells))
    for i in np.flatnonzero((row_span > 1) | (col_span > 1)).tolist():
        r, c, rows, cols = cells[i].tolist()
        slots[r : r + rows, c : c + cols] = i
    bottom, right = row + row_span, col + col_span
    along_rows = np.zeros((sides.shape[0] + 1, sides.shape[1]), np.int64)
    np.cumsum(sides, axis=0, out=along_rows[1:])
    along_cols = np.zeros((lids.shape[0], lids.shape[1] + 1), np.int64)
    np.cumsum(lids, axis=1, out=along_cols[:, 1:])
    walls: dict[Edge, Ints] = {
        "left": along_rows[bottom, col] - along_rows[row, col],
        "top": along_cols[row, right] - along_cols[row, col],
        "right": along_rows[bottom, right] - along_rows[row, right],
        "bottom": along_cols[bottom, right] - along_cols[bottom, col],
    }
    opens = [_CLOSED] * len(cells)
    for edge, count in walls.items():
        for i in (count == 0).nonzero()[0].tolist():
            opens[i] |= {edge}
    return Grid(row_edges, col_edges, cells, slots, tuple(opens))


_CLOSED: frozenset[Edge] = frozenset()
