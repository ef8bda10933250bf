"""Defects that the torture found, each as the smallest sheet that shows it."""

from decimal import Decimal

import pytest

from .books import money_truth
from .draw import render
from .layout import lay_out
from .reading import differences, read
from .sheet import Entry, Fact, Sheet, cover, header_entries
from .style import Style

UNIT_NAME = "310001-城市管理指挥中心"
CODE = "11010522T000000000011"
OTHER_CODE = "11010522T000000000022"


def summary_sheet(pairs: list[tuple[str, str, str, str]]) -> Sheet:
    """收支总表 from rows of income item, amount, expenditure item, amount."""
    entries = header_entries("收入|<|支出|<\n项目|预算数|项目|预算数")
    facts = []
    for i, row in enumerate(pairs):
        entries += [Entry(2 + i, c, t, "amount" if c % 2 else "label") for c, t in enumerate(row)]
        for side, label, text in (("revenue", *row[:2]), ("expenditure", *row[2:])):
            if label:
                facts.append(
                    Fact("summary", {"side": side, "label_text": label, **money_truth(text, "元")})
                )
    n_rows = 2 + len(pairs)
    return Sheet("summary", "收支总表", "预算01表", "元", (3.0, 2.0, 3.0, 2.0), 2, n_rows,
                 cover(entries, n_rows, 4), tuple(facts))  # fmt: skip


def expenditure_sheet(rows: list[tuple[str, str, str, str, str]]) -> Sheet:
    """支出预算总表 with code and name in two cells and a header of two levels over the amounts."""
    entries = header_entries("科目编码|科目名称|合计|基本支出|<\n^|^|^|人员经费|公用经费")
    measures = ("total", "basic_personnel", "basic_public")
    facts = []
    for i, row in enumerate(rows):
        entries += [Entry(2 + i, c, t, "label" if c < 2 else "amount") for c, t in enumerate(row)]
        for measure, text in zip(measures, row[2:], strict=True):
            values = {"func_code": row[0], "func_name": row[1], "measure": measure}
            facts.append(Fact("expenditure", {**values, **money_truth(text, "元")}))
    n_rows = 2 + len(rows)
    return Sheet("expenditure_fn", "支出预算总表", "预算03表", "元", (2.0, 3.0, 2.0, 2.0, 2.0), 2,
                 n_rows, cover(entries, n_rows, 5), tuple(facts))  # fmt: skip


def project_sheet(name: str, goal: str, n_indicators: int, n_before: int = 0) -> Sheet:
    """预算表12 with one project of so many indicators, below another one of ``n_before``."""
    project = "单位名称|项目名称|项目总额|其中：|<|绩效目标"
    indicator = "一级指标|二级指标|三级指标|绩效指标性质|本年绩效指标值|绩效度量单位"
    entries = header_entries(f"{project}|{indicator}\n^|^|^|财政资金|其他资金|^|^|^|^|^|^|^")
    blocks = [(OTHER_CODE, "政府热线经费", n_before)] if n_before else []
    blocks.append((CODE, name, n_indicators))
    n_rows = 2 + n_before + n_indicators
    entries.append(Entry(2, 0, UNIT_NAME, "label", row_span=n_rows - 2))
    projects, indicators = [], []
    top = 2
    for code, text, height in blocks:
        cells = (f"{code}-{text}", "8.00", "8.00", "", goal)
        entries += [
            Entry(top, c, t, "amount" if c in (2, 3, 4) else "label", row_span=height)
            for c, t in enumerate(cells, 1)
        ]
        projects.append(Fact("projects", {
            "project_code": code, "project_name": text, "goal_text": goal,
            "budget_unit": UNIT_NAME, "total_yuan": Decimal(80000),
        }))  # fmt: skip
        for i in range(height):
            row = ("产出指标", "数量指标", f"第{i}项工作", "≥", str(i + 1), "份")
            entries += [Entry(top + i, 6 + c, t, "label") for c, t in enumerate(row)]
            values = {"project_code": code, "level3": row[2], "value_text": row[4]}
            indicators.append(Fact("project_indicators", values))
        top += height
    weights = (1.6, 2.6, 1.8, 1.8, 1.4, 3.2, 1.4, 1.6, 2.6, 1.0, 1.2, 1.0)
    return Sheet("project_perf", "项目支出绩效表", "预算表12", "万元", weights, 2, n_rows,
                 cover(entries, n_rows, 12), (*projects, *indicators))  # fmt: skip


def problems_of(sheet: Sheet, style: Style) -> list[str]:
    layout = lay_out(sheet, style)
    return differences(sheet, read(render(layout, style)), layout.shown)


SUMMARY = summary_sheet(
    [
        ("一、财政拨款收入", "100.00", "一、教育支出", "60.00"),
        ("二、事业收入", "20.00", "二、卫生健康支出", "40.00"),
        ("本年收入合计", "120.00", "本年支出合计", ""),
        ("收入总计", "120.00", "支出总计", ""),
    ]
)
EXPENDITURE = expenditure_sheet(
    [
        ("2050201", "学前教育", "30.00", "10.00", "20.00"),
        ("2101102", "事业单位医疗", "50.00", "25.00", "25.00"),
        ("2210201", "住房公积金", "70.00", "70.00", ""),
    ]
)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_totals_at_the_top_of_a_page_are_no_header(cut: int) -> None:
    assert problems_of(SUMMARY, Style(breaks=(cut,))) == []


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_title_repeated_without_the_header(cut: int) -> None:
    assert problems_of(SUMMARY, Style(breaks=(cut,), repeat_title=True)) == []


@pytest.mark.parametrize("down_first", [False, True])
def test_header_is_deeper_on_the_page_to_the_right(down_first: bool) -> None:
    style = Style(breaks=(1,), sideways=2, down_first=down_first)
    assert problems_of(EXPENDITURE, style) == []


@pytest.mark.parametrize("down_first", [False, True])
def test_halves_of_the_same_widths_side_by_side_on_two_pages(down_first: bool) -> None:
    style = Style(breaks=(1, 2), sideways=2, down_first=down_first)
    assert problems_of(SUMMARY, style) == []


def test_without_outer_rules_pages_of_one_row_are_not_side_by_side() -> None:
    style = Style(breaks=(1, 2), open_left=True, open_right=True)
    assert problems_of(EXPENDITURE, style) == []


def test_budget_unit_is_printed_on_the_larger_part() -> None:
    sheet = project_sheet("法律服务费", "解决群众诉求", 4, n_before=1)
    assert problems_of(sheet, Style(breaks=(1,), split="larger", width=900.0)) == []


def test_text_that_goes_on_with_the_same_characters_after_a_flat_one() -> None:
    """…一网统管一 | 网统管: two lines, not the halves of one."""
    sheet = project_sheet("系统城一网统管一网统管", "解决群众诉求", 3)
    assert problems_of(sheet, Style(breaks=(2,), width=350.0)) == []


def test_cut_line_of_one_character_is_taken_once() -> None:
    sheet = project_sheet("12345热线老旧小区综合整治5热线老旧", "解决群众诉求，全年不少于12次", 2)
    style = Style(breaks=(1,), width=730.0, valign="top", cut_lines=True)
    assert problems_of(sheet, style) == []


def test_text_that_goes_on_with_an_equal_line() -> None:
    """一网统管 | 一网统管, both whole."""
    sheet = project_sheet("系统城市管一网统管一网统管", "解决群众诉求", 2)
    assert problems_of(sheet, Style(breaks=(1,), width=350.0, valign="top")) == []


def test_first_column_without_any_rule_on_a_middle_page() -> None:
    sheet = project_sheet("法律服务费", "解决群众诉求", 3)
    assert problems_of(sheet, Style(breaks=(1, 2), open_left=True, width=900.0)) == []


@pytest.mark.parametrize("repeat_title", [False, True])
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_lines_of_lists_side_by_side_that_a_page_cuts(cut: int, repeat_title: bool) -> None:
    """The rest 收入 | 支出 of 二、事业收入 and a class is neither a header nor a line."""
    style = Style(breaks=(cut,), cut_rows=True, width=150.0, repeat_title=repeat_title)
    assert problems_of(SUMMARY, style) == []
