"""Rules that meet and slots that are one cell: alike compiled and as Python, and as said."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yusuan.extract import regions

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Walls = tuple[Bools, Bools]
Load = Callable[[ModuleType], ModuleType]
TOUCH = 3.0


def some_rules(draw: st.DrawFn) -> Floats:
    rule = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 25))
    drawn = draw(st.lists(rule, max_size=12))
    found = np.array([(at, start, start + length) for at, start, length in drawn], np.float32)
    return found.reshape(-1, 3)


@st.composite
def crossing_rules(draw: st.DrawFn) -> tuple[Floats, Floats]:
    return some_rules(draw), some_rules(draw)


@st.composite
def any_walls(draw: st.DrawFn) -> Walls:
    n_rows, n_cols = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    lids = draw(arrays(np.bool_, (n_rows + 1, n_cols)))
    return lids, draw(arrays(np.bool_, (n_rows, n_cols + 1)))


@st.composite
def tilings(draw: st.DrawFn) -> tuple[list[tuple[int, ...]], Walls]:
    """Cells (row, col, row_span, col_span) that cover a grid, and the walls around them."""
    n_rows, n_cols = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    lids = np.zeros((n_rows + 1, n_cols), np.bool_)
    sides = np.zeros((n_rows, n_cols + 1), np.bool_)
    taken = np.zeros((n_rows, n_cols), np.bool_)
    cells = []
    for row, col in np.ndindex(n_rows, n_cols):
        if taken[row, col]:
            continue
        bottom, right = draw(st.integers(row + 1, n_rows)), draw(st.integers(col + 1, n_cols))
        while taken[row, col:right].any():
            right -= 1
        taken[row:bottom, col:right] = True
        lids[[row, bottom], col:right] = True
        sides[row:bottom, [col, right]] = True
        cells.append((row, col, bottom - row, right - col))
    return cells, (lids, sides)


@given(drawn=crossing_rules())
def test_groups_are_rules_that_meet_directly_or_through_others(
    drawn: tuple[Floats, Floats], as_python: Load
) -> None:
    h, v = drawn
    meets = np.eye(len(h) + len(v), dtype=np.bool_)
    for i, (y, left, right) in enumerate(h):
        for j, (x, top, bottom) in enumerate(v):
            touches = left - 3 <= x <= right + 3 and top - 3 <= y <= bottom + 3
            meets[i, len(h) + j] = meets[len(h) + j, i] = touches
    joined = np.linalg.matrix_power(meets.astype(np.float64), len(meets)) > 0
    of_h, of_v = joined[: len(h), : len(h)], joined[: len(h), len(h) :]
    firsts = [i for i in range(len(h)) if of_v[i].any() and not of_h[i, :i].any()]
    for module in (regions, as_python(regions)):
        groups, lone = module.group_meeting(h, v, TOUCH)
        assert [level.tolist() for level, _ in groups] == [h[of_h[i]].tolist() for i in firsts]
        assert [upright.tolist() for _, upright in groups] == [v[of_v[i]].tolist() for i in firsts]
        assert lone.tolist() == v[~of_v.any(axis=0)].tolist()


@given(drawn=tilings())
def test_cells_with_walls_all_around_are_found(
    drawn: tuple[list[tuple[int, ...]], Walls], as_python: Load
) -> None:
    expected, (lids, sides) = drawn
    for module in (regions, as_python(regions)):
        cells, *walls = module.walls_to_cells(lids, sides)
        assert [tuple(cell) for cell in cells.tolist()] == expected
        assert (walls[0] == lids).all()
        assert (walls[1] == sides).all()
        slots, open_edges = module.cover_slots(cells, lids, sides)
        assert open_edges == (frozenset(),) * len(expected)
        for i, (row, col, row_span, col_span) in enumerate(expected):
            assert (slots[row : row + row_span, col : col + col_span] == i).all()


@given(walls=any_walls())
def test_whatever_the_walls_cells_do_not_overlap(walls: Walls, as_python: Load) -> None:
    cells, lids, sides = regions.walls_to_cells(*walls)
    slots, open_edges = regions.cover_slots(cells, lids, sides)
    for i, (row, col, row_span, col_span) in enumerate(cells.tolist()):
        assert row_span * col_span == np.count_nonzero(slots == i)
        rows, cols = slice(row, row + row_span), slice(col, col + col_span)
        along = {"left": sides[rows, col], "right": sides[rows, col + col_span],
                 "top": lids[row, cols], "bottom": lids[row + row_span, cols]}  # fmt: skip
        assert open_edges[i] == {side for side, wall in along.items() if not wall.any()}
    python = as_python(regions)
    again, *closed = python.walls_to_cells(*walls)
    assert again.tolist() == cells.tolist()
    assert (closed[0] == lids).all()
    assert (closed[1] == sides).all()
    assert python.cover_slots(cells, lids, sides)[0].tolist() == slots.tolist()
    assert python.cover_slots(cells, lids, sides)[1] == open_edges


@given(any_walls())
def test_only_slots_at_the_border_are_without_a_cell(walls: Walls) -> None:
    cells, lids, sides = regions.walls_to_cells(*walls)
    slots, _ = regions.cover_slots(cells, lids, sides)
    if not (lids[0].any() or lids[-1].any()) or not (sides[:, 0].any() or sides[:, -1].any()):
        assert (slots >= 0).all()  # nothing tells of paper beside the table
