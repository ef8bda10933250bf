"""Rows that stand in one cell as a whole are told."""

import pytest

from yusuan.extract.model import Box, Line
from yusuan.normalize.glued_rows import glued_rows
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable, Origin

BOX = Box(0, 0, 100, 10)
COLUMNS = tuple(LeafColumn(i, (name,), 0, 1) for i, name in enumerate(("名称", "合计", "基本")))


def cell(row: int, col: int, text: str, col_span: int = 1) -> LogicalCell:
    lines = tuple(Line(line, BOX, 10) for line in text.split("\n"))
    return LogicalCell(row, col, 1, col_span, text, (Origin(2, 1, row, col, BOX),), lines)


def table(*rows: tuple[LogicalCell, ...]) -> LogicalTable:
    return LogicalTable(
        table_id="T001", title="", table_no=None, unit=None, columns=COLUMNS, rows=rows,
        row_pages=(2,) * len(rows), fragments=((2, 1),),
    )  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        ["301 工资福利支出 457.10 457.10\n30101 基本工资 130 130\n合计 725 491"],
        ["工资福利支出 457.10", "基本工资 1,130.00"],
    ],
)
def test_rows_in_one_cell_are_told_with_their_text(texts: list[str]) -> None:
    found = glued_rows(table(*((cell(i, 0, text),) for i, text in enumerate(texts))))
    assert [(f.code, f.before, f.page) for f in found] == [("row-glued", t, 2) for t in texts]


@pytest.mark.parametrize(
    "row",
    [
        (cell(0, 0, "基本工资 130\n津贴 32"), cell(0, 1, "162.00")),  # its figures are in columns
        (cell(0, 0, "某计划 2025\n年度经费"),),  # one line with a number of its own
        (cell(0, 0, "注：合计 130\n其中 32", col_span=3),),  # a note over the table
        (cell(0, 0, "一般公共\n服务支出"),),
        (cell(0, 0, "130\n32"),),  # nothing that the figures are of
    ],
)
def test_labels_and_notes_are_no_rows(row: tuple[LogicalCell, ...]) -> None:
    assert not glued_rows(table(row))
