"""Cells that a browser shortened behind a blank strip stand for their own rows again."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Line
from yusuan.normalize.families.moved_cells import settle_moved_cells
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable, Origin

ROLES = ("project", "level1", "level3", "value")
WIDTH = 100.0
A, B = "11010522T000000000011-政府热线经费", "11010522T000000000022-法律服务费"
HEAD = 30.0
UNSEEN = 2.0  # points: rules as near as that are drawn as one


def cell(row, col, top, bottom, text="", *, page=2, row_span=1, col_span=1, at=None, opened=()):
    """A cell of the logical table; its text stands in the middle of column ``at``."""
    box = Box(WIDTH * col, top, WIDTH * (col + col_span), bottom)
    x0 = WIDTH * (col if at is None else at) + 20.0
    lines = (Line(text, Box(x0, top + 2, x0 + 60.0, top + 10), 8.0),) if text else ()
    origin = Origin(page, 0, row, col, box)
    return LogicalCell(row, col, row_span, col_span, text, (origin,), lines, frozenset(opened))


def first_page(strip):
    """One row of project A, and a strip that the next row left blank."""
    rows = [
        [cell(0, 0, 100, 120 + strip, A, page=1, row_span=2, opened=["bottom"])]
        + [cell(0, col, 100, 120, "文", page=1) for col in (1, 2, 3)]
    ]
    if strip:
        rows.append([cell(1, 1, 120, 120 + strip, page=1, col_span=3, opened=["bottom", "right"])])
    return rows


def second_page(heights, n_of_a, strip, first):
    """Rows of those heights: A's cell is drawn ``strip`` too short, B's begins at its end."""
    edges = [HEAD, *accumulate(heights, initial=HEAD)][1:]
    drawn = edges[n_of_a] - strip
    near = [edge for edge in edges if abs(edge - drawn) <= UNSEEN]
    drawn = near[0] if near else drawn
    ys = sorted({*edges, drawn} if drawn > HEAD else set(edges))
    number = {y: first + i for i, y in enumerate(ys)}
    rows = [[] for _ in ys[1:]]

    def put(col, top, bottom, text=""):
        span = number[bottom] - number[top]
        rows[number[top] - first].append(
            cell(number[top], col, top, bottom, text, row_span=span, opened=["top"])
        )

    for top, bottom in pairwise(edges):
        for col in (1, 2, 3):
            put(col, top, bottom, f"{top:.0f}")
    if drawn > HEAD:
        put(0, HEAD, drawn)
    if n_of_a < len(heights):
        put(0, max(drawn, HEAD), edges[-1], B)
    return rows, [number[y] for y in edges]


def table_of(*pages):
    columns = tuple(
        LeafColumn(i, (role,), WIDTH * i, WIDTH * (i + 1)) for i, role in enumerate(ROLES)
    )
    rows = tuple(tuple(row) for page in pages for row in page)
    numbers = tuple(n for n, page in enumerate(pages, 1) for _ in page)
    return LogicalTable("T000", "", None, "万元", columns, rows, numbers, ((1, 0), (2, 0)))


def owner_of(table, row):
    """The text of the project cell beside a row of page 2; that of page 1 where none is filled."""
    beside = [
        c for cells in table.rows for c in cells
        if c.col == 0 and c.row <= row < c.row + c.row_span and c.origins[0].page == 2
    ]  # fmt: skip
    return next((c.text for c in beside if c.text), A)


HEIGHTS = st.lists(st.sampled_from([13.0, 22.0, 31.0, 40.0]), min_size=1, max_size=7)


@given(HEIGHTS, st.integers(1, 7), st.floats(5.0, 39.0))
def test_rows_behind_a_strip_have_the_project_that_goes_on_over_them(heights, n_of_a, strip):
    n_of_a = min(n_of_a, len(heights))
    strip = min(strip, heights[0] - 1.0)  # else the row had not been put off
    above = first_page(strip)
    below, starts = second_page(heights, n_of_a, strip, len(above))
    settled, doubtful = settle_moved_cells(table_of(above, below), ROLES)
    found = [owner_of(settled, row) for row in starts[:-1]]
    wrong = [i for i, name in enumerate(found) if name != (A if i < n_of_a else B)]
    assert {starts[i] for i in wrong} <= doubtful


@given(HEIGHTS, st.integers(1, 7))
def test_tables_without_a_strip_stay_as_they_are(heights, n_of_a):
    above = first_page(0.0)
    below, _ = second_page(heights, min(n_of_a, len(heights)), 5.0, len(above))
    table = table_of(above, below)
    assert settle_moved_cells(table, ROLES) == (table, frozenset())


def behind_a_strip(*rows):
    """Page 2 with these rows, and the settled rows of it."""
    above = first_page(12.0)
    table = table_of(above, rows)
    return [sorted(r, key=lambda c: c.col) for r in settle_moved_cells(table, ROLES)[0].rows[2:]]


def test_text_in_the_last_of_several_columns_is_that_column_s():
    """The cells before it have come to their ends, so no rule parts it from theirs."""
    wide = cell(2, 0, 30, 52, "产出指标", col_span=2, at=1)
    row = [wide, cell(2, 2, 30, 52, "签订合同"), cell(2, 3, 30, 52, "95")]
    (settled,) = behind_a_strip(row)
    assert (settled[0].col, settled[0].col_span, settled[0].text) == (1, 1, "产出指标")


@pytest.mark.parametrize("x0", [0.0, 70.0])
def test_text_at_the_start_or_in_the_middle_of_several_columns_stays(x0):
    wide = cell(2, 0, 30, 52, "产出指标", col_span=2)
    moved = wide.lines[0]._replace(box=Box(x0, 32, x0 + 60.0, 40))
    row = [wide._replace(lines=(moved,)), cell(2, 2, 30, 52, "签订"), cell(2, 3, 30, 52, "95")]
    (settled,) = behind_a_strip(row)
    assert (settled[0].col, settled[0].col_span) == (0, 2)


def test_text_below_the_drawn_end_of_its_cell_is_joined():
    held = cell(2, 0, 30, 40, "市民热线", opened=["top"])
    below = cell(3, 0, 40, 52, "工作经费")
    own = [cell(2, col, 30, 52, "95", row_span=2) for col in (1, 2, 3)]
    settled = behind_a_strip([held, *own], [below])
    texts = [(c.row, c.row_span, c.text) for row in settled for c in row if c.col == 0]
    assert texts == [(2, 2, "市民热线工作经费")]
