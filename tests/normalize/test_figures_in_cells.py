"""Figures that stand in their cells with a sign or a unit, or broken over two lines."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Line
from yusuan.normalize.amounts import in_unit, parse_amount, parse_figure, to_yuan
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.model import Amount
from yusuan.normalize.unwrap import join_lines
from yusuan.schemas.loader import load

INDEX = prepare(load())
WIDE = Box(0.0, 0.0, 200.0, 40.0)


def stacked(*texts: str) -> list[Line]:
    """Lines one below the other with much room left on either side."""
    return [
        Line(t, Box(50.0, 12.0 * i, 50.0 + 5.0 * len(t), 12.0 * i + 10.0), 10.0)
        for i, t in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("printed", "value", "decimals", "unit"),
    [
        ("￥1,234.56", "1234.56", 2, None),
        ("¥1,234.56", "1234.56", 2, None),
        ("¥ 1,234.56", "1234.56", 2, None),
        ("人民币3", "3", 0, None),
        ("¥-1,234.56", "-1234.56", 2, None),
        ("-¥1,234.56", "-1234.56", 2, None),
        ("(¥1,234.56)", "-1234.56", 2, None),
        ("1,234.56万元", "1234.56", 2, "万元"),
        ("1,234.56元", "1234.56", 2, "元"),
        ("1,234.56（万元）", "1234.56", 2, "万元"),
        ("￥1,234.56元", "1234.56", 2, "元"),
        ("３．５亿元", "3.5", 1, "亿元"),
        ("-3.50 万元", "-3.50", 2, "万元"),
        ("（3.5）万元", "-3.5", 1, "万元"),
    ],
)
def test_a_figure_may_carry_a_sign_or_its_unit(printed, value, decimals, unit):
    assert parse_figure(printed) == Amount(printed, "number", Decimal(value), decimals, unit)


@pytest.mark.parametrize(
    ("printed", "kind"),
    [("￥0.00", "zero"), ("0万元", "zero"), ("￥ -", "dash"), ("¥-", "dash"), ("—万元", "dash")],
)
def test_a_signed_zero_or_dash_is_one(printed, kind):
    assert parse_figure(printed).kind == kind


@pytest.mark.parametrize(
    "printed",
    [
        "￥", "万元", "约3万元", "3万元以上", "3万元/年", "100美元", "100港元", "3万", "3人", "3%",
        "共3万元", "预算3万元，决算2万元", "3万元2万元", "￥3￥", "1,23万元", "￥05",
        "3..5万元", "3-5万元", "￥3 4",
        "(3万元)", "3.万元", "2025年3万元", "--￥3", "￥(-3)",
    ],
)  # fmt: skip
def test_nothing_else_may_stand_beside_a_figure(printed):
    assert parse_figure(printed) == Amount(printed, "unreadable")


@given(st.text(alphabet="0123456789,.-() ￥¥元万约", max_size=12))
def test_a_figure_has_all_digits_that_are_printed(text):
    amount = parse_figure(text)
    if amount.value is not None:
        digits = "".join(char for char in text if char.isdigit())
        assert f"{abs(amount.value):f}".replace(".", "") == digits


@given(st.text(max_size=10))
def test_what_reads_without_a_sign_reads_the_same(text):
    strict = parse_amount(text)
    assert strict.kind == "unreadable" or parse_figure(text) == strict


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["元", "万元", "亿元"]))
def test_another_unit_says_the_same_money(money, unit):
    own = parse_figure(f"{money}万元")
    other = in_unit(own, unit)
    assert other.unit == unit
    assert to_yuan(other, unit) == to_yuan(own, "万元")


def expenditure(table, page, document, *amounts: str, unit: str = "单位：万元"):
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["2010301", "行政运行", *amounts],
        ["合计", "<", "100.00", "100.00", ""],
    ]
    drawn = table(rows, caption=["2026年部门支出预算总表", unit])
    result = normalize(document(page(drawn)), INDEX)
    facts = [r.values for r in result.records if r.values.get("func_code") == "2010301"]
    return {f["measure"]: f for f in facts}, [
        f for f in result.findings if f.code != "year-unknown"
    ]


def test_the_cells_unit_goes_before_the_tables_and_is_told(table, page, document):
    facts, findings = expenditure(table, page, document, "100.00", "￥60.00", "400,000.00元")
    told = [(f["amount_yuan"], f["amount_text"], f["published_unit"]) for f in facts.values()]
    assert told == [
        (Decimal("1000000.00"), "100.00", "万元"),
        (Decimal("600000.00"), "￥60.00", "万元"),
        (Decimal("400000.00"), "400,000.00元", "元"),
    ]
    assert [f.code for f in findings] == ["unit-in-cell"]
    assert findings[0].before == "400,000.00元"
    assert findings[0].origin is not None
    assert findings[0].origin.key == (1, 0, 1, 4)


def test_a_unit_that_the_table_has_too_is_no_finding(table, page, document):
    facts, findings = expenditure(table, page, document, "100.00万元", "100.00万元", "-")
    assert facts["total"]["amount_yuan"] == Decimal("1000000.00")
    assert facts["total"]["published_decimals"] == 2
    assert not findings


def test_a_table_without_a_unit_takes_that_of_each_cell(table, page, document):
    facts, findings = expenditure(table, page, document, "1.50万元", "", "1.50", unit="")
    assert facts["total"]["amount_yuan"] == Decimal("15000.00")
    assert facts["project"]["amount_yuan"] is None
    assert {f.code for f in findings} == {"unit-missing"}


def test_a_sentence_in_an_amount_cell_stays_text(table, page, document):
    facts, findings = expenditure(table, page, document, "约100万元", "", "100.00")
    assert facts["total"]["amount_yuan"] is None
    assert [f.code for f in findings] == ["amount-unparsed"]


def test_a_projects_amount_with_its_own_unit(table, page, document):
    rows = [
        [
            "项目名称",
            "项目总额",
            "财政资金",
            "绩效目标",
            "一级指标",
            "二级指标",
            "三级指标",
            "指标值",
        ],
        ["维修", "5万元", "50000", "修好", "产出指标", "数量指标", "次数", "3"],
    ]
    drawn = table(rows, caption=["2026年项目支出绩效目标表", "单位：元"])
    result = normalize(document(page(drawn)), INDEX)
    (project,) = [r.values for r in result.records if r.table == "projects"]
    assert project["total_yuan"] == project["fiscal_yuan"] == Decimal("50000.00")
    assert (project["total_text"], project["published_unit"]) == ("5万元", "元")
    assert "unit-in-cell" in {f.code for f in result.findings}


@pytest.mark.parametrize(
    "lines",
    [
        ("1,713,", "357.29"),
        ("1,713,35", "7.29"),
        ("1,713", ",357.29"),
        ("1,713,357.", "29"),
        ("1,713,357", ".29"),
        ("1,", "713,", "357.29"),
        ("-1,713,", "357.29"),
        ("￥1,713,", "357.29"),
        ("1,713,", "357.29万元"),
        ("１，７１３，", "３５７．２９"),
    ],
)
def test_an_amount_broken_inside_its_groups_is_one(lines):
    assert join_lines(stacked(*lines), WIDE) == "".join(lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("120.00", "357.29"),
        ("1,713", "357.29"),
        ("1", "713,357.29"),
        ("1,713", "357"),
        ("12,", "34"),
        ("1,713.00,", "357.29"),
        ("1,713,", "35.29"),
        ("1,713,", "357.29", "120.00"),
        ("1,713,", "", "合计"),
    ],
)
def test_figures_that_are_stacked_stay_apart(lines):
    assert parse_figure(join_lines(stacked(*lines), WIDE)).kind == "unreadable"


@given(st.decimals(1000, 10**12, places=2).map("{:,f}".format), st.data())
def test_an_amount_broken_at_a_separator_is_restored(amount, data):
    at = data.draw(st.sampled_from([i for i, char in enumerate(amount) if char == ","]))
    for cut in (at, at + 1):
        assert join_lines(stacked(amount[:cut], amount[cut:]), WIDE) == amount


@given(st.lists(st.decimals(0, 10**7, places=2).map("{:,f}".format), min_size=2, max_size=4))
def test_stacked_amounts_are_never_one(amounts):
    assert parse_figure(join_lines(stacked(*amounts), WIDE)).kind == "unreadable"


def test_pieces_beside_each_other_are_not_joined():
    left, right = Box(2, 0, 32, 10), Box(60, 0, 90, 10)
    assert join_lines([Line("1,713,", left, 10), Line("357.29", right, 10)], WIDE) == (
        "1,713, 357.29"
    )
