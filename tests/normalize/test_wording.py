"""Headers read by their words, and what must not be read from them."""

import pytest

from yusuan.normalize.columns import column_attributes, header_index, header_words
from yusuan.normalize.families.label_meaning import label_meaning
from yusuan.normalize.model import LeafColumn
from yusuan.normalize.nearest import nearest, nearest_headers
from yusuan.normalize.wording import comparison, read_wording
from yusuan.schemas.loader import load


def attributes(family: str, *path: str) -> dict[str, str]:
    column = LeafColumn(0, path, 0.0, 1.0)
    return dict(column_attributes([column], header_index(load(), family))[0])


def test_words_that_leave_nothing_over() -> None:
    said = attributes("revenue_fn", "本年度公共财政预算拨款收入")
    assert (said["role"], said["revenue_source"], said["period"]) == (
        "measure", "general_public", "current",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header", ["本年一般公共预算彩票收入", "基本支出和项目支出", "人员经费标准", "调整预算数"]
)
def test_a_word_too_many_is_no_meaning(header: str) -> None:
    index = header_index(load(), "expenditure_fn")
    assert read_wording((header,), index.wording) == {}


def test_headings_that_contradict_each_other_are_no_meaning() -> None:
    assert "role" not in attributes("expenditure_fn", "项目支出", "人员经费")
    assert attributes("expenditure_fn", "基本支出", "人员经费")["measure"] == "basic_personnel"


def test_a_heading_tells_the_fund() -> None:
    assert attributes("expenditure_fn", "财政拨款", "小计")["fund_scope"] == "fiscal"
    said = attributes("expenditure_fn", "财政拨款", "一般公共预算拨款")
    assert said["fund_scope"] == "general_public"


def test_carried_money_is_of_the_year_before_whatever_its_fund() -> None:
    said = attributes("revenue_fn", "年初结转和结余", "政府性基金预算")
    assert (said["period"], said["revenue_source"]) == ("carry_in", "gov_fund")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("上年预算数",), "prior_year"),
        (("2025年执行情况", "基本支出"), "prior_year"),
        (("与上年相比", "金额"), "change"),
        (("增减%",), "change"),
        (("占支出合计比重",), "change"),
        (("2026年比2025年增减",), "change"),
    ],
)
def test_comparisons_are_told_by_their_words(path: tuple[str, ...], reason: str) -> None:
    said = comparison(path)
    assert said is not None and said["reason"] == reason


@pytest.mark.parametrize("header", ["上年结转结余", "上年实户资金余额", "本年预算数", "合计"])
def test_carried_money_is_no_comparison(header: str) -> None:
    assert comparison((header,)) is None


def test_known_segments_are_not_compared_again() -> None:
    assert comparison(("上年预算数", "合计"), frozenset({"上年预算数"})) is None


def test_a_header_made_of_known_words_is_a_header() -> None:
    words = header_words(load())
    assert "本年预算数" in words
    assert "金额" in words
    assert "某市水务局" not in words


@pytest.mark.parametrize(
    ("label", "side", "kind"),
    [
        ("收入预算总计", "revenue", "grand_total"),
        ("本年支出小计", "expenditure", "year_total"),
        ("结转至下年使用", "expenditure", "carry_out"),
        ("年初财政拨款结转结余", "revenue", "carry_in"),
        ("动用历年结余弥补收支差额", "revenue", "surplus_used"),
    ],
)
def test_totals_and_carried_money_are_no_sources(label: str, side: str, kind: str) -> None:
    assert label_meaning(label, side, "summary")["line_kind"] == kind


def test_the_fund_of_a_fiscal_label() -> None:
    said = label_meaning("政府性基金预算财政补助收入", "revenue", "fiscal_summary")
    assert said == {"line_kind": "source", "fund_scope": "gov_fund"}
    assert label_meaning("彩票公益金", "revenue", "fiscal_summary") == {}


def test_the_nearest_come_first_and_the_distant_not_at_all() -> None:
    assert nearest("基本支出费", ("基本支出", "其中：基本支出", "政府采购"))[0] == "基本支出"
    assert nearest("办公面积", ("基本支出",)) == ()
    index = header_index(load(), "expenditure_fn")
    assert nearest_headers(("单位预留机动费",), index)[0] == "单位预留机动经费"


@pytest.mark.parametrize("ending", ["经济科目", "预算支出"])
def test_each_group_of_code_parts_goes_by_its_own_heading(ending: str) -> None:
    paths = [
        ("科目", "类"), ("款",), ("项",), ("采购项目",), (f"部门{ending}", "类"),
        (f"部门{ending}", "款"), (f"政府{ending}", "类"), (f"政府{ending}", "款"), ("预算金额",),
    ]  # fmt: skip
    columns = [LeafColumn(i, path, float(i), i + 1.0) for i, path in enumerate(paths)]
    found = column_attributes(columns, header_index(load(), "procurement_detail"))
    assert [found[i].get("role") for i in (0, 1, 2, 4, 5, 6, 7)] == [
        "func_code_1", "func_code_2", "func_code_3", "dept_econ_code_1", "dept_econ_code_2",
        "gov_econ_code_1", "gov_econ_code_2",
    ]  # fmt: skip
