"""Columns narrower than what edges are told apart by: a grid holds them, and nothing is lost."""

import pytest

from yusuan.convert import _index
from yusuan.normalize.common_grid import common_grid
from yusuan.normalize.document import normalize, unwrap_cells
from yusuan.normalize.stitch import stitch_pages

from .conftest import draw_table, make_document, make_page

ROWS = [
    ["项目", "预算数", "备注", ""],
    ["甲", "1,234.50", "", "x"],
    ["乙", "2.00", "", ""],
]


@pytest.mark.parametrize(
    "widths", [(60, 60, 60, 1), (1, 60, 60, 60), (60, 1, 60, 60), (60, 60, 1, 1)]
)
def test_a_sliver_at_any_place_stays_on_the_grid(widths: tuple[float, ...]) -> None:
    page = make_page(draw_table(ROWS, widths=widths, caption=["一般公共预算财政拨款支出表"]))
    texts = unwrap_cells((page,))
    (group,), _ = stitch_pages((page,), texts, frozenset({"项目", "预算数", "备注"}))
    grid = common_grid(group, texts)
    placed = [cell for row in grid.rows for cell in row]
    assert len(placed) == 12
    assert all(0 <= cell.c0 < cell.c1 < len(grid.edges) for cell in placed)
    done = normalize(make_document(page), _index())
    assert len(done.texts) == sum(bool(text) for row in ROWS for text in row)
