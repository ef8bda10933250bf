"""The end of a cut row at a page's head is no header, whatever columns the page draws."""

from decimal import Decimal

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
CAPTION = ["2025年度一般公共预算财政拨款支出决算表", "金额单位：万元"]
WIDTHS = [20.0, 20.0, 30.0, 90.0, 60.0, 60.0, 60.0]
MERGED = [70.0, 90.0, 60.0, 60.0, 60.0]
HEAD = [
    ["功能分类科目编码", "<", "<", "科目名称", "本年支出", "<", "<"],
    ["类", "款", "项", "^", "合计", "基本支出", "项目支出"],
    ["合计", "<", "<", "<", "9.00", "5.00", "4.00"],
    ["221", "<", "<", "住房保障", "9.00", "5.00", "4.00"],
]
REST = [
    ["", "支出", "", "", ""],
    ["22102", "住房改革支出", "9.00", "5.00", "4.00"],
    ["2210201", "住房公积金", "9.00", "5.00", "4.00"],
]


def facts_of(result, measure="total"):
    return {
        r.values["func_name"]: r.values["amount_yuan"]
        for r in result.records
        if r.table == "expenditure" and r.values["func_code"] and r.values["measure"] == measure
    }


@pytest.fixture
def read(table, page, document, filled):
    def run(second, widths, left=50.0, full=("住房保障",)):
        above = filled(table(HEAD, caption=CAPTION, widths=WIDTHS), full)
        below = table(second, page=2, widths=widths, left=left)
        return normalize(document(page(above), page(below, number=2)), INDEX)

    return run


@pytest.mark.parametrize("left", [50.0, 51.0, 20.0])
@pytest.mark.parametrize("full", [("住房保障",), ()])
def test_the_rest_of_a_row_may_stand_in_merged_code_columns(read, left, full):
    result = read(REST, MERGED, left, full)
    nine = Decimal("90000.00")
    assert facts_of(result) == {"住房保障支出": nine, "住房改革支出": nine, "住房公积金": nine}
    assert {"stitch-joined", "row-joined"} <= {f.code for f in result.findings}


def test_a_header_of_its_own_begins_another_table(read):
    other = [["科目编码", "科目名称", "合计", "人员经费", "公用经费"], REST[1]]
    result = read(other, MERGED)
    assert {t.values["page_first"] for t in result.tables} == {1, 2}
    assert facts_of(result) == {"住房保障": Decimal("90000.00")}


def test_words_between_the_columns_above_are_no_rest(read):
    """支出 over two columns of the page before is a header, not the end of one cell's text."""
    shifted = [["", "支出", "", "", ""], ["22102", "住房改革支出", "9.00", "5.00", "4.00"]]
    result = read(shifted, [40.0, 120.0, 60.0, 60.0, 60.0], full=("住房保障",))
    assert "住房保障支出" not in facts_of(result)
