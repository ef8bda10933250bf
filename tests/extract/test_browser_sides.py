"""Cells whose own sides end where a browser's page cut their neighbours; side columns."""

import numpy as np

from yusuan.extract.grid import Grid, merge_rules, rules_to_grids
from yusuan.extract.model import Box, Cell, Line, RawPage, RawTable
from yusuan.extract.regions import walls_to_cells
from yusuan.extract.settings import GridSettings, RuleSettings
from yusuan.extract.side_columns import restore_side_columns

Segment = tuple[float, float, float]


def grids(h: list[Segment], v: list[Segment]) -> tuple[Grid, ...]:
    rules = [np.array(segments, np.float32).reshape(-1, 3) for segments in (h, v)]
    return rules_to_grids(merge_rules(*rules, RuleSettings()), GridSettings())


def cells(grid: Grid) -> set[tuple[int, ...]]:
    return {tuple(cell) for cell in grid.cells.tolist()}


def test_cell_beside_a_neighbour_that_ends_higher_is_kept() -> None:
    # The unit's cell (left) ends at 60, the project's (middle) at 80, without a left side below.
    h = [(0, 0, 300), (20, 200, 300), (40, 200, 300), (60, 0, 100), (80, 100, 300)]
    v = [(0, 0, 60), (100, 0, 60), (200, 0, 80), (300, 0, 80)]
    (grid,) = grids(h, v)
    assert (0, 0, 3, 1) in cells(grid)
    assert (0, 1, 4, 1) in cells(grid)
    assert (3, 0, 1, 1) not in cells(grid)


def test_gap_between_the_sides_of_parts_divides_no_table() -> None:
    # Above the gap (33-41) the last page's projects end, below it the next ones begin.
    h = [(33, 0, 300), (55, 300, 400), (41, 300, 400), (70, 100, 400)]
    v = [(0, 20, 33), (100, 20, 33), (200, 20, 33), (200, 41, 70), (300, 41, 70), (400, 20, 70),
         (100, 41, 70)]  # fmt: skip
    (grid,) = grids(h, v)
    assert float(grid.row_edges[-1]) == 70
    assert float(grid.col_edges[0]) == 0
    below = [c for c in grid.cells.tolist() if c[0] + c[2] == len(grid.row_edges) - 1]
    assert [c[1] for c in below] == [1, 2, 3]


def test_tables_side_by_side_and_in_a_cell_stay_apart() -> None:
    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[list[Segment], list[Segment]]:
        middle = (x0 + x1) / 2
        return [(y0, x0, x1), (y1, x0, x1)], [(x, y0, y1) for x in (x0, middle, x1)]

    h, v = box(0, 0, 400, 100)
    for more in (box(420, 0, 600, 100), box(10, 20, 100, 60)):
        h, v = [*h, *more[0]], [*v, *more[1]]
    assert len(grids(h, v)) == 3


def test_a_single_rule_that_sticks_out_encloses_a_column() -> None:
    inner = [(20, 100, 300), (40, 100, 300)]
    v = [(100, 0, 60), (200, 0, 60), (300, 0, 60)]
    (grid,) = grids([(0, 100, 300), *inner, (60, 0, 300)], v)
    assert grid.col_edges.tolist() == [0, 100, 200, 300]
    (grid,) = grids([(0, 100, 300), *inner, (60, 92, 300)], v)
    assert grid.col_edges.tolist() == [100, 200, 300]


def test_of_two_cuts_the_one_on_whose_line_rules_go_on_is_made() -> None:
    # The first row of the right column is higher than the strip beside it; x = 200 goes on below.
    h = [(0, 0, 300), (10, 0, 200), (20, 200, 300), (20, 0, 200), (60, 0, 300)]
    v = [(0, 0, 60), (200, 0, 10), (200, 20, 60), (300, 0, 60)]
    (grid,) = grids(h, v)
    assert (0, 1, 2, 1) in cells(grid)
    assert (1, 0, 1, 1) in cells(grid)


def table(page: int, xs: tuple[float, ...], n_rows: int = 2) -> RawTable:
    ys = tuple(100.0 + 20.0 * row for row in range(n_rows + 1))
    found = tuple(
        Cell(r, c, 1, 1, Box(xs[c], ys[r], xs[c + 1], ys[r + 1]))
        for r in range(n_rows)
        for c in range(len(xs) - 1)
    )
    return RawTable(page, 0, Box(xs[0], ys[0], xs[-1], ys[-1]), n_rows, len(xs) - 1, found, xs, ys)


def two_pages(own: tuple[float, ...], line: Line) -> tuple[RawPage, ...]:
    before = RawPage(1, 400, 300, 0, (table(1, (0, 100, 200, 300)),))
    return restore_side_columns((before, RawPage(2, 400, 300, 0, (table(2, own),), (line,))))


def test_lines_beside_a_continued_table_are_its_outer_column() -> None:
    line = Line("法律服务费", Box(10, 110, 60, 120), 10)
    page = two_pages((100, 200, 300), line)[1]
    first = page.tables[0].cells[0]
    assert (first.col, first.row_span, first.lines) == (0, 2, (line,))
    assert first.open_edges == {"left", "top", "bottom"}
    assert page.tables[0].col_edges == (0, 100, 200, 300)
    assert page.lines == ()


def test_lines_at_the_right_are_the_last_column() -> None:
    line = Line("备注", Box(210, 125, 260, 135), 10)
    page = two_pages((0, 100, 200), line)[1]
    assert [(c.col, c.lines) for c in page.tables[0].cells if c.lines] == [(2, (line,))]


def test_other_tables_and_lines_above_stay_as_they_are() -> None:
    beside = Line("法律服务费", Box(10, 110, 60, 120), 10)
    above = Line("第2页", Box(10, 50, 60, 60), 10)
    for own, line in (((120, 200, 300), beside), ((0, 100, 200, 300), beside),
                      ((100, 200, 300), above)):  # fmt: skip
        page = two_pages(own, line)[1]
        assert page.lines == (line,)
        assert page.tables[0].col_edges == own


def test_cell_whose_outer_neighbour_ended_on_the_page_before_is_kept() -> None:
    # Under the header the unit's cell is gone, and the project's left side with it.
    h = [(0, 0, 300), (20, 0, 300), (40, 200, 300), (80, 100, 300)]
    v = [(0, 0, 20), (100, 0, 20), (200, 0, 80), (300, 0, 80)]
    (grid,) = grids(h, v)
    assert (1, 1, 2, 1) in cells(grid)
    assert not any(cell[0] >= 1 and cell[1] == 0 for cell in cells(grid))


def test_cell_that_is_open_to_the_page_before_and_longer_than_its_neighbour_is_kept() -> None:
    # The page cuts both merged cells above; the outer one (left) ends a row before the other.
    lids = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1], [1, 0, 1], [0, 1, 1]], np.bool_)
    sides = np.array([[1, 1, 1, 1]] * 3 + [[0, 0, 1, 1]], np.bool_)
    found, _, _ = walls_to_cells(lids, sides)
    assert (0, 1, 4, 1) in {tuple(cell) for cell in found.tolist()}
    assert (3, 0, 1, 1) not in {tuple(cell) for cell in found.tolist()}


def test_sides_that_go_on_after_a_gap_to_the_page_end_are_of_the_table() -> None:
    # Below the gap (30-36) a project begins that the page cuts: sides, but neither lid nor floor.
    h = [(0, 0, 400), (30, 0, 300), (20, 300, 400), (40, 300, 400), (60, 300, 400)]
    v = [(0, 0, 30), (100, 0, 30), (200, 0, 30), (300, 0, 30), (400, 0, 60), (300, 36, 60),
         (0, 36, 90), (100, 36, 90), (200, 36, 90), (300, 60, 90)]  # fmt: skip
    (grid,) = grids(h, v)
    below = {cell[1] for cell in grid.cells.tolist() if cell[0] > 1 and cell[1] < 3}
    assert below == {0, 1, 2}
