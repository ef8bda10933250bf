"""Units merged over rows of a matrix that a page's end cuts: whose rows stand beside the blank."""

import dataclasses

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

HEAD = ["单位名称", "科目编码", "科目名称", "合计", "基本支出", "项目支出"]
CAPTION = ["一般公共预算支出表", "单位：万元"]
INDEX = prepare(load())
FIRST = [
    ["甲局", "2080505", "养老保险缴费支出", "3.00", "2.00", "1.00"],
    ["^", "2210201", "住房公积金", "3.00", "2.00", "1.00"],
]
FOOT = [
    ["", "2080505", "养老保险缴费支出", "5.00", "2.00", "3.00"],
    ["^", "2101101", "行政单位医疗", "5.00", "2.00", "3.00"],
]
TOP = [
    ["乙局", "2210201", "住房公积金", "7.00", "4.00", "3.00"],
    ["^", "2210203", "购房补贴", "7.00", "4.00", "3.00"],
]


def opened(drawn, row, edge):
    """The table with the unit's cell of a row open at an edge."""
    cells = tuple(
        c._replace(open_edges=frozenset({edge})) if (c.row, c.col) == (row, 0) else c
        for c in drawn.cells
    )
    return dataclasses.replace(drawn, cells=cells)


@pytest.fixture
def units(table, page, document):
    """Rows of two pages -> the unit of each row, the notes on units that were inferred."""

    def run(first, second, *, edges=()):
        above, below = table([HEAD, *first], caption=CAPTION), table(second, page=2)
        for on_first, row, edge in edges:
            above = opened(above, row, edge) if on_first else above
            below = below if on_first else opened(below, row, edge)
        result = normalize(document(page(above), page(below, number=2)), INDEX)
        rows = [r.values for r in result.records if r.table == "expenditure"]
        totals = [r["budget_unit_name"] for r in rows if r["measure"] == "total"]
        told = [f for f in result.findings if f.code == "owner-inferred"]
        return totals, told

    return run


def test_a_blank_part_at_a_pages_foot_is_of_the_unit_named_on_the_next_page(units):
    found, told = units([*FIRST, *FOOT], TOP)
    assert found == ["甲局", "甲局", "乙局", "乙局", "乙局", "乙局"]
    assert "乙局" in told[0].note


def test_one_row_at_a_pages_foot_needs_an_open_edge(units):
    found, told = units([*FIRST, FOOT[0]], TOP, edges=[(True, 3, "bottom")])
    assert found == ["甲局", "甲局", "乙局", "乙局", "乙局"]
    found, told = units([*FIRST, FOOT[0]], TOP)
    assert found == ["甲局", "甲局", "甲局", "乙局", "乙局"]
    assert told == []


def test_a_blank_part_that_is_open_to_the_unit_above_stays_with_it(units):
    found, told = units([*FIRST, *FOOT], TOP, edges=[(True, 3, "top")])
    assert found[:4] == ["甲局"] * 4
    assert told == []


def test_a_blank_part_at_a_pages_top_goes_on_with_the_unit_above(units):
    rest = [["", *TOP[0][1:]], ["^", *TOP[1][1:]], ["丙局", *FIRST[0][1:]]]
    found, told = units(FIRST, rest)
    assert found == ["甲局"] * 4 + ["丙局"]
    assert told == []
