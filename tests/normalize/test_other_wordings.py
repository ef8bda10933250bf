"""Wordings and layouts of places whose books were not at hand: what they say, what they do not."""

from decimal import Decimal

import pytest

from yusuan.normalize.columns import column_attributes, header_index
from yusuan.normalize.families.outline import inner_lines
from yusuan.normalize.model import LeafColumn
from yusuan.normalize.text import modern_wording
from yusuan.schemas.loader import load

SCHEMAS = load()


def meaning(family, *path):
    return column_attributes([LeafColumn(0, path, 0.0, 0.0)], header_index(SCHEMAS, family))[0]


def test_a_fund_is_read_by_its_former_name():
    assert modern_wording("公共财政预算拨款收入") == "一般公共预算拨款收入"
    assert modern_wording("一般公共财政预算") == "一般公共预算"
    assert meaning("three_public", "公共财政预算拨款") == meaning(
        "three_public", "一般公共预算拨款"
    )


def test_what_a_figure_holds_may_be_said_behind_its_name():
    assert meaning("general_fn", "基本支出", "人员经费（含对个人和家庭的补助）") == meaning(
        "general_fn", "基本支出", "人员经费"
    )
    assert not meaning("general_fn", "基本支出", "人员经费（不含离退休费）")


def test_the_subtotal_of_a_fund_is_the_figure_and_its_kinds_are_details(read_one):
    found, told = read_one(
        [
            ["单位名称", "合计", "本年收入", "<", "<"],
            ["^", "^", "小计", "一般公共预算", "<"],
            ["^", "^", "^", "小计", "经费拨款"],
            ["甲局", "9.00", "9.00", "9.00", "7.00"],
            ["乙局", "8.00", "8.00", "8.00", "6.00"],
        ],
        "收入总表",
        "单位：万元",
    )
    funds = [r["amount_text"] for r in found["revenue"] if r["revenue_source"] == "general_public"]
    assert funds == ["9.00", "8.00"]
    assert [r["amount_text"] for r in found["amount_details"]] == ["7.00", "6.00"]
    assert "column-ambiguous" not in told


def test_units_and_functional_classes_in_one_column_of_names(read_one):
    found, _ = read_one(
        [
            ["单位代码", "单位名称（功能分类科目名称）", "合计", "基本支出", "项目支出"],
            ["", "合计", "9.00", "5.00", "4.00"],
            ["301001", "甲局", "9.00", "5.00", "4.00"],
        ],
        "支出总表",
        "单位：万元",
    )
    assert {r["row_type"] for r in found["expenditure"][:3]} == {"total"}
    assert found["expenditure"][-1]["budget_unit_name"] == "甲局"


def test_lines_without_ordinal_between_numbered_ones_are_parts():
    ordinals = ["一、", None, None, "二、", None, "三、", None, None]
    is_open = [True] * 7 + [False]
    assert inner_lines(ordinals, is_open) == {1, 2, 4, 6}
    # Nothing between the numbers: what follows the last one may be a line of its own.
    assert inner_lines(["一、", "二、", None, None], [True] * 3 + [False]) == frozenset()
    assert inner_lines([None, None, None], [True] * 3) == frozenset()


def test_parts_of_a_numbered_source_are_not_added_to_it(read_one):
    found, _ = read_one(
        [
            ["收入", "<", "支出", "<"],
            ["项目", "预算数", "项目", "预算数"],
            ["一、一般公共预算拨款收入", "9.00", "208 社会保障和就业支出", "9.50"],
            ["经费拨款", "7.00", "", ""],
            ["某项新收入", "2.00", "", ""],
            ["二、其他收入", "0.50", "", ""],
            ["本年收入合计", "9.50", "本年支出合计", "9.50"],
        ],
        "收支总表",
        "单位：万元",
        widths=[160.0, 60.0, 160.0, 60.0],
    )
    lines = {r["label_text"]: r for r in found["summary"]}
    above = {label: lines[label]["parent_label"] for label in ("经费拨款", "某项新收入")}
    assert set(above.values()) == {"一般公共预算拨款收入"}
    assert lines["二、其他收入"]["parent_label"] is None
    assert lines["208社会保障和就业支出"]["func_code"] == "208"


def test_funds_under_fiscal_appropriation_in_a_list_without_ordinals(read_one):
    found, _ = read_one(
        [
            ["收入", "<", "支出", "<"],
            ["项目", "预算数", "项目", "预算数"],
            ["财政拨款（补助）", "9.00", "农林水支出", "9.50"],
            ["一般公共预算", "9.00", "", ""],
            ["单位资金收入", "0.50", "", ""],
            ["事业收入", "0.50", "", ""],
            ["收入总计", "9.50", "支出总计", "9.50"],
        ],
        "收支总表",
        "单位：万元",
    )
    parents = {r["label_text"]: r["parent_label"] for r in found["summary"]}
    assert parents["一般公共预算"] == "财政拨款（补助）"
    assert parents["事业收入"] == "单位资金收入"
    assert parents["单位资金收入"] is None


def test_funds_by_source_beside_funds_by_use(read_one):
    found, _ = read_one(
        [
            ["部门（单位）名称", "某局", "<", "<", "<"],
            ["部门总体资金情况（万元）", "按收入性质分", "<", "按支出性质分", "<"],
            ["^", "资金来源", "预算金额", "支出类别", "预算金额"],
            ["^", "财政拨款", "9.00", "基本支出", "6.00"],
            ["^", "其他资金", "1.00", "项目支出", "4.00"],
            ["^", "合计", "10.00", "合计", "10.00"],
            ["年度绩效目标", "做好工作。", "<", "<", "<"],
            ["年度绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
            ["^", "产出指标", "数量指标", "检查次数", "≥12次"],
        ],
        "部门整体支出绩效目标表",
    )
    (goal,) = found["department_goals"]
    money = [goal[f"{kind}_text"] for kind in ("budget_total", "fiscal_total", "other_total")]
    assert money == ["10.00", "9.00", "1.00"]
    assert goal["other_basic_text"] is None


def test_parts_below_a_total_with_its_amount_stand_under_it(read_one):
    found, _ = read_one(
        [
            ["年度预算安排（万元）", "资金总额", "10.00", "<"],
            ["^", "基本支出", "9.00", "<"],
            ["^", "其他资金", "1.00", "<"],
            ["年度绩效指标", "一级指标", "二级指标", "三级指标"],
            ["^", "产出指标", "数量指标", "检查次数"],
        ],
        "部门整体支出绩效目标表",
    )
    (goal,) = found["department_goals"]
    assert (goal["budget_total_text"], goal["other_total_text"]) == ("10.00", "1.00")


def test_figures_beside_the_label_of_the_years_budget(read_one):
    found, _ = read_one(
        [
            ["年度部门整体支出预算", "资金总额", "财政拨款", "其他资金"],
            ["^", "10.00", "9.00", "1.00"],
            ["年度绩效指标", "一级指标", "二级指标", "三级指标"],
            ["^", "产出指标", "数量指标", "检查次数"],
        ],
        "部门整体支出绩效目标表",
        "金额单位：万元",
    )
    (goal,) = found["department_goals"]
    assert goal["budget_total_yuan"] == Decimal(100000)
    assert (goal["fiscal_total_text"], goal["other_total_text"]) == ("9.00", "1.00")


def test_bought_services_under_three_levels_of_the_catalogue(read_one):
    found, _ = read_one(
        [
            [
                "单位名称",
                "购买服务项目名称",
                "政府购买服务指导性目录",
                "<",
                "<",
                "购买金额",
                "购买内容",
            ],
            ["^", "^", "一级目录", "二级目录", "三级目录", "^", "^"],
            ["甲局", "保安", "公共服务", "公共安全服务", "治安巡逻服务", "9.00", "校园保卫"],
        ],
        "政府购买服务支出预算表",
        "单位：万元",
    )
    (row,) = found["purchased_services"]
    assert (row["catalog_l1"], row["catalog_l3"]) == ("公共服务", "治安巡逻服务")
    assert row["amount_yuan"] == Decimal(90000)


def test_columns_that_have_nothing_but_a_year_over_them(read_one):
    found, _ = read_one(
        [
            ["收入", "<", "<", "支出", "<", "<"],
            ["项目", "2024年", "2025年", "项目", "2024年", "2025年"],
            ["一、一般公共预算", "8.00", "9.00", "一、农林水支出", "8.00", "9.00"],
            ["本年收入合计", "8.00", "9.00", "本年支出合计", "8.00", "9.00"],
        ],
        "2025年部门收支总表",
        "单位：万元",
    )
    assert {r["amount_text"] for r in found["summary"]} == {"9.00"}
    assert len(found["summary"]) == 4


def test_items_of_three_public_under_years_alone(read_one):
    found, _ = read_one(
        [
            ["项目", "2024年", "2025年"],
            ["合计", "3.00", "2.00"],
            ["因公出国（境）费", "1.00", "-"],
            ["公务接待费", "2.00", "2.00"],
        ],
        "2025年“三公”经费预算表",
        "单位：万元",
    )
    rows = {(r["item"], r["version"]): r["amount_text"] for r in found["three_public"]}
    assert rows["reception", "budget"] == rows["total", "budget"] == "2.00"
    assert rows["abroad", "prior_budget"] == "1.00"


ONE_LIST = [
    ["项目", "预算数"],
    ["一、本年收入", "9.00"],
    ["（一）一般公共预算拨款", "9.00"],
    ["二、上年结转", "1.00"],
    ["收入总计", "10.00"],
    ["一、本年支出", "9.00"],
    ["（一）农林水支出", "9.00"],
    ["二、结转下年", "1.00"],
    ["支出总计", "10.00"],
]


@pytest.mark.parametrize("has_end", [True, False])
def test_revenue_and_expenditure_in_one_list_below_each_other(read_one, has_end):
    rows = [row for row in ONE_LIST if has_end or row[0] != "收入总计"]
    found, _ = read_one(rows, "财政拨款收支总表", "单位：万元")
    sides = [r["side"] for r in found["summary"]]
    assert sides == ["revenue"] * (len(rows) - 5) + ["expenditure"] * 4
    (farming,) = [r for r in found["summary"] if "农林水" in r["label_text"]]
    assert (farming["line_kind"], farming["func_code"]) == ("function_class", "213")


def test_classes_by_name_alone_under_a_bare_heading(read_one):
    found, _ = read_one(
        [
            ["部门支出总表", "<", "<", "<"],
            ["部门：某局", "<", "单位：万元", "<"],
            ["项      目", "合计", "基本支出", "项目支出"],
            ["社会保障和就业支出", "2.00", "2.00", ""],
            ["行政事业单位养老支出", "2.00", "2.00", ""],
            ["卫生健康支出", "1.00", "1.00", ""],
            ["行政事业单位医疗", "1.00", "1.00", ""],
            ["支   出   总   计", "3.00", "3.00", ""],
        ],
    )
    totals = [r for r in found["expenditure"] if r["measure"] == "total"]
    names = [r["func_name"] for r in totals]
    assert names == ["社会保障和就业支出", "行政事业单位养老支出", "卫生健康支出",
                     "行政事业单位医疗", None]  # fmt: skip
    assert totals[-1]["row_type"] == "total"


def test_classes_of_a_whole_government_are_no_departments(read_one):
    rows = [["项目", "预算数"], *[[n, "2.00"] for n in ("教育支出", "农林水支出", "交通运输支出")]]
    found, _ = read_one(rows, "某市一般公共预算支出预算表", "单位：万元")
    assert "expenditure" not in found


def test_units_under_a_bare_heading_are_no_functional_classes(read_one):
    rows = [["项目", "合计", "基本支出", "项目支出"]]
    rows += [[f"某市第{n}中学", "2.00", "2.00", ""] for n in "一二三四"]
    found, told = read_one(rows, "部门支出总表", "单位：万元")
    assert "expenditure" not in found
    assert "header-unknown" in told


def test_lists_headed_by_what_they_are_made_by():
    assert meaning("summary", "支出", "按功能科目")["role"] == "label"
    assert meaning("summary", "支出", "按支出性质")["role"] == "label"
    by_class = meaning("summary", "支出", "按政府预算经济分类")
    assert (by_class["role"], by_class["line_kind"]) == ("label", "gov_econ_class")


def test_a_title_that_names_three_public_first_is_of_no_other_table(read_one):
    found, _ = read_one(
        [
            ["项目", "2024年预算数", "2025年预算数"],
            ["合计", "3.00", "2.00"],
            ["公务接待费", "3.00", "2.00"],
        ],
        "“三公”经费财政拨款支出表",
        "单位：万元",
    )
    assert found.keys() == {"three_public"}


@pytest.mark.parametrize(
    ("title", "head", "label"),
    [
        ("政府采购预算表", ["序号", "采购类别", "金额"], "A-货物"),
        ("政府购买服务预算表", ["序号", "三级目录", "预算金额"], "治安巡逻服务"),
    ],
)
def test_a_total_written_from_the_column_of_line_numbers_on(read_one, title, head, label):
    rows = [head, ["1", label, "2.00"], ["2", label, "1.00"], ["合计", "<", "3.00"]]
    found, _ = read_one(rows, title, "单位：万元")
    ((_, records),) = found.items()
    assert [r["row_type"] for r in records] == ["detail", "detail", "total"]
