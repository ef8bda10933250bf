"""Rules to cells: spans, open edges, and what is no table."""

import numpy as np
import pytest

from yusuan.extract.grid import Grid, Rules, merge_rules, rules_to_grids
from yusuan.extract.settings import GridSettings, RuleSettings

Segment = tuple[float, float, float]
SETTINGS = RuleSettings()


def grids(h: list[Segment], v: list[Segment]) -> tuple[Grid, ...]:
    return rules_to_grids(merge(h, v), GridSettings())


def merge(h: list[Segment], v: list[Segment]) -> Rules:
    def array(segments: list[Segment]) -> np.ndarray:
        return np.array(segments, np.float32).reshape(-1, 3)

    return merge_rules(array(h), array(v), SETTINGS)


def cells(grid: Grid) -> list[tuple[int, ...]]:
    return [tuple(cell) for cell in grid.cells.tolist()]


def open_edges(grid: Grid) -> list[str]:
    return ["".join(sorted(edge[0] for edge in edges)) for edges in grid.open_edges]


def full(at: list[float], start: float, end: float) -> list[Segment]:
    return [(position, start, end) for position in at]


def test_pieces_of_one_line_are_joined_over_small_gaps_only() -> None:
    rules = merge([(10, 0, 50), (10.4, 51, 100), (10, 100, 140), (10, 160, 200), (30, 0, 9)], [])
    assert [tuple(round(float(x), 1) for x in row) for row in rules.h] == [
        (10.1, 0, 140),
        (10.1, 160, 200),
        (30, 0, 9),
    ]


def test_double_lines_become_one_and_neighbouring_rows_do_not() -> None:
    rules = merge(full([10, 11.5, 20, 26], 0, 100), [])
    assert rules.h[:, 0].tolist() == pytest.approx([10.75, 20, 26])


def test_a_chain_of_close_lines_is_not_swallowed_whole() -> None:
    rules = merge(full([0, 1.5, 3, 4.5, 6], 0, 100), [])
    assert len(rules.h) > 1


def test_dots_are_dropped_and_rules_can_be_listed() -> None:
    rules = merge([(10, 0, 1), (20, 0, 100)], [(5, 0, 50)])
    assert [(r.axis, r.at, r.start, r.end) for r in rules.as_tuple()] == [
        ("h", 20, 0, 100),
        ("v", 5, 0, 50),
    ]


def test_missing_inner_rules_are_spans() -> None:
    """A header over two columns, a label over two rows."""
    (grid,) = grids(
        [(0, 0, 300), (20, 100, 300), (40, 0, 300), (60, 100, 300), (80, 0, 300)],
        [(0, 0, 80), (100, 0, 80), (200, 20, 80), (300, 0, 80)],
    )
    assert cells(grid) == [
        (0, 0, 2, 1),
        (0, 1, 1, 2),
        (1, 1, 1, 1),
        (1, 2, 1, 1),
        (2, 0, 2, 1),
        (2, 1, 1, 1),
        (2, 2, 1, 1),
        (3, 1, 1, 1),
        (3, 2, 1, 1),
    ]
    assert grid.slots.tolist() == [[0, 1, 1], [0, 2, 3], [4, 5, 6], [4, 7, 8]]
    assert set(open_edges(grid)) == {""}


def test_rules_sticking_out_make_open_rows_at_both_page_edges() -> None:
    (grid,) = grids(full([20, 40, 60], 0, 200), full([0, 100, 200], 5, 75))
    assert grid.row_edges.tolist() == [5, 20, 40, 60, 75]
    assert open_edges(grid) == ["t", "t", "", "", "", "", "b", "b"]


def test_a_table_without_outer_sides_keeps_its_outer_columns() -> None:
    (grid,) = grids(full([0, 20, 40], 0, 300), full([100, 200], 0, 40))
    assert grid.col_edges.tolist() == [0, 100, 200, 300]
    assert open_edges(grid) == ["l", "", "r", "l", "", "r"]


def test_a_merged_cell_open_above_and_below_keeps_its_side() -> None:
    """The side of a cell that runs through the whole page meets no other rule."""
    (grid,) = grids(full([20, 40, 60], 100, 300), [(0, 0, 80), *full([100, 200, 300], 0, 80)])
    assert cells(grid)[0] == (0, 0, 4, 1)
    assert open_edges(grid)[0] == "bt"


def test_a_row_that_fills_the_page_has_neither_lid_nor_floor() -> None:
    (grid,) = grids([], full([0, 100, 200], 30, 500))
    assert cells(grid) == [(0, 0, 1, 1), (0, 1, 1, 1)]
    assert open_edges(grid) == ["bt", "bt"]


@pytest.mark.parametrize(
    ("h", "v"),
    [
        (full([0, 50], 0, 100), full([0, 100], 0, 50)),  # a frame
        (full([0, 50], 0, 100), []),  # two lines
        ([(10, 20, 60)], []),  # an underline
        ([], full([0, 100], 0, 50)),  # two bars
    ],
)
def test_what_is_no_table(h: list[Segment], v: list[Segment]) -> None:
    assert grids(h, v) == ()


@pytest.mark.parametrize(
    ("h", "v", "shape"),
    [
        (full([0, 20], 0, 200), full([0, 100, 200], 0, 20), (1, 2)),
        (full([0, 20, 40], 0, 200), full([0, 200], 0, 40), (2, 1)),
    ],
)
def test_two_cells_are_a_table(h: list[Segment], v: list[Segment], shape: tuple[int, int]) -> None:
    (grid,) = grids(h, v)
    assert grid.slots.shape == shape


def test_tables_above_each_other_stay_apart() -> None:
    top, low = grids(
        full([0, 20], 0, 200) + full([60, 80], 0, 200),
        full([0, 100, 200], 0, 20) + full([0, 100, 200], 60, 80),
    )
    assert top.row_edges.tolist() == [0, 20]
    assert low.row_edges.tolist() == [60, 80]


def test_a_ragged_group_is_cut_into_rectangles_that_cover_it() -> None:
    """An L of three slots (a rule is missing): no slot is lost, no cell overlaps."""
    (grid,) = grids(
        [(0, 0, 200), (20, 0, 100), (40, 0, 200)],
        [(0, 0, 40), (100, 0, 20), (200, 0, 40)],
    )
    assert (grid.slots >= 0).all()
    assert len(grid.cells) == 3
    assert sum(c[2] * c[3] for c in cells(grid)) == grid.slots.size


def test_a_patch_outside_the_outline_is_no_cell() -> None:
    """A narrow first row beside which nothing is drawn."""
    (grid,) = grids(
        [(0, 0, 100), (20, 0, 300), (40, 0, 300)],
        [(0, 0, 40), (100, 0, 40), (200, 20, 40), (300, 20, 40)],
    )
    assert grid.slots.tolist() == [[0, -1, -1], [1, 2, 3]]


def test_rules_that_nearly_touch_meet() -> None:
    (grid,) = grids(full([0, 20, 40], 2, 198), full([0, 100, 200], 2, 38))
    assert grid.slots.shape == (2, 2)
    assert set(open_edges(grid)) == {""}


def test_no_slot_of_a_ragged_group_at_the_border_is_lost() -> None:
    """A stair of three rows under a closed frame: the pieces have no walls between them."""
    (grid,) = grids(
        [(0, 0, 300), (20, 0, 100), (40, 0, 200), (60, 0, 300)],
        [(0, 0, 60), (100, 0, 20), (200, 20, 40), (300, 0, 60)],
    )
    assert (grid.slots >= 0).all()


def test_where_rules_end_without_an_upright_one_it_is_put_back() -> None:
    # In the block of rows at 20 to 80 both sides of the third column are missing, so the level
    # rules of the last columns end in the air.
    level = [*full([0, 20, 80, 100], 0, 300), *full([40, 60], 200, 300)]
    broken = [(100, 0, 20), (100, 80, 100), (200, 0, 20), (200, 80, 100)]
    (grid,) = grids(level, [*full([0, 40, 250, 300], 0, 100), *broken])
    whole_rows = [[(row, col, 1, 1) for col in range(5)] for row in (0, 4)]
    block = [(1, 0, 3, 1), (1, 1, 3, 1), (1, 2, 3, 1)]
    details = [(row, col, 1, 1) for row in (1, 2, 3) for col in (3, 4)]
    assert cells(grid) == sorted([*whole_rows[0], *block, *details, *whole_rows[1]])
    assert not any(open_edges(grid))


def test_a_cell_into_which_rules_run_is_cut_only_where_they_end() -> None:
    # Nothing goes on above or below, so nothing tells of more than the end of the level rules.
    level = [*full([0, 60], 0, 300), *full([20, 40], 200, 300), (80, 0, 300)]
    upright = [*full([0, 300], 0, 80), *full([100, 200], 60, 80), (250, 0, 80)]
    (grid,) = grids(level, upright)
    last_row = [(3, col, 1, 1) for col in range(4)]
    details = [(row, col, 1, 1) for row in range(3) for col in (2, 3)]
    assert cells(grid) == sorted([(0, 0, 3, 2), *details, *last_row])


def test_a_rule_that_hangs_on_nothing_does_not_cut_a_cell() -> None:
    level = [*full([0, 40, 80], 0, 300), (37.5, 102, 198)]
    upright = [*full([0, 300], 0, 80), *full([100, 200], 40, 80)]
    (grid,) = grids(level, upright)
    assert cells(grid) == [(0, 0, 2, 3), (2, 0, 1, 1), (2, 1, 1, 1), (2, 2, 1, 1)]
