"""Units of money are data: every one that units.csv lists gives amounts in yuan."""

from decimal import Decimal

import pytest

from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.text import header_key, header_unit
from yusuan.schemas.loader import load
from yusuan.schemas.units import unit_factors

INDEX = prepare(load())
ROWS = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["205", "教育支出", "3.25", "1.25", "2.00"],
]


@pytest.mark.parametrize(
    ("unit", "yuan"), [("千元", "3250.00"), ("百万元", "3250000.00"), ("亿元", "325000000.00")]
)
def test_a_table_in_the_unit(table, page, document, unit, yuan):
    drawn = table(ROWS, caption=("部门支出总表", f"单位：{unit}"))
    result = normalize(document(page(drawn)), INDEX)
    first = result.records[0].values
    assert (first["amount_yuan"], first["published_unit"]) == (Decimal(yuan), unit)
    assert result.tables[0].values["published_unit"] == unit


@pytest.mark.parametrize("unit", unit_factors())
def test_a_unit_in_a_header(unit):
    assert header_unit(f"金额（{unit}）") == unit
    assert header_key(f"金额（{unit}）") == "金额"
    assert to_yuan(parse_amount("2"), unit) == 2 * unit_factors()[unit]


def test_another_unit_is_no_unit(table, page, document):
    drawn = table(ROWS, caption=("部门支出总表", "单位：千美元"))
    result = normalize(document(page(drawn)), INDEX)
    assert {r.values["amount_yuan"] for r in result.records} == {None}
    assert "unit-missing" in {f.code for f in result.findings}
