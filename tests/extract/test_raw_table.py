"""A raw table is cells that lie beside each other in its grid."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Cell, RawTable

BOX = Box(0, 0, 1, 1)
SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=4)


def table(cells: list[Cell], n_rows: int, n_cols: int) -> RawTable:
    edges = (tuple(map(float, range(n_cols + 1))), tuple(map(float, range(n_rows + 1))))
    return RawTable(1, 0, BOX, n_rows, n_cols, tuple(cells), *edges)


@given(SIZES, SIZES, st.data())
def test_cells_beside_each_other_are_a_table(
    heights: list[int], widths: list[int], data: st.DataObject
) -> None:
    spans = [list(pairwise([0, *accumulate(sizes)])) for sizes in (heights, widths)]
    cells = [Cell(a, c, b - a, d - c, BOX) for a, b in spans[0] for c, d in spans[1]]
    n_rows, n_cols = sum(heights), sum(widths)
    assert table(cells, n_rows, n_cols).cells == tuple(cells)

    some = data.draw(st.sampled_from(cells))
    field = data.draw(st.sampled_from(["row", "col", "row_span", "col_span"]))
    rest = [cell for cell in cells if cell is not some]
    with pytest.raises(ValueError, match="cells overlap or lie outside"):
        table([*rest, some._replace(**{field: getattr(some, field) + 1})], n_rows, n_cols)


def test_a_cell_before_the_first_row_is_none() -> None:
    with pytest.raises(ValueError, match="page 1 table 0"):
        table([Cell(-1, 1, 1, 1, BOX)], 2, 2)
