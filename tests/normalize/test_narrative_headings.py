"""Headings over the prose: which lines are headings, and which money they tell."""

from collections.abc import Sequence

import pytest

from yusuan.extract.model import Box, Line, RawPage
from yusuan.normalize.model import Record
from yusuan.normalize.narrative import narrative_facts
from yusuan.normalize.narrative_heads import Heads, prepare_heads
from yusuan.schemas.loader import load

EM = 12.0


@pytest.fixture(scope="module")
def heads() -> Heads:
    return prepare_heads(load())


def facts(heads: Heads, *texts: str) -> list[Record]:
    """The facts of paragraphs that hold an indented line each, below a full line."""
    lines = [Line("占" * 70, Box(50, 100, 50 + EM * 70, 100 + EM), EM)]
    for number, text in enumerate(texts, start=1):
        top = 100 + 20.0 * number
        lines.append(Line(text, Box(74, top, 74 + EM * len(text), top + EM), EM))
    page = RawPage(1, 1000, 2000, 0, (), tuple(lines))
    return list(narrative_facts([page], {"fiscal_year": 2026, "doc_kind": "budget"}, heads))


def told(records: Sequence[Record], *names: str) -> list[tuple[object, ...]]:
    return [tuple(r.values[n] for n in (*names, "amount_text")) for r in records]


@pytest.mark.parametrize(
    "line",
    [
        "财政拨款收入支出减少的主要原因是项目调整。",
        "政府性基金支出增加的主要原因是工作量增加",
        "本表（公开06表）反映部门年度政府性基金安排情况。",
        "图2：政府性基金支出结构",
        "2025年度2026年度",
        "2026年与2025年政府性基金对比图",
        "政府性基金支出金额（万元）",
        "政府性基金支出600",
        "82%",
    ],
)
def test_sentences_and_labels_of_charts_are_no_headings(heads: Heads, line: str) -> None:
    found = facts(heads, "三、一般公共预算支出情况说明", line, "（一）人员经费8.50万元。")
    assert told(found, "section", "fund_scope") == [
        ("三、一般公共预算支出情况说明", "general_public", "8.50")
    ]


def test_a_heading_without_a_number_is_one(heads: Heads) -> None:
    found = facts(heads, "一、一般公共预算支出情况", "2026年单位预算编制说明", "支出预算8.50万元。")
    assert told(found, "section", "fund_scope") == [("2026年单位预算编制说明", "all", "8.50")]


def test_totals_are_of_the_money_that_the_heading_tells(heads: Heads) -> None:
    found = facts(
        heads,
        "五、部门预算收支说明",
        "（一）收支预算总体情况",
        "本部门支出预算总计9.50万元。",
        "（二）财政拨款收支情况",
        "本部门支出预算总计8.50万元，较上年增加0.50万元。",
        "一般公共预算拨款支出7.50万元。",
    )
    assert told(found, "item", "fund_scope", "metric") == [
        ("expenditure", "all", "budget", "9.50"),
        ("expenditure", "fiscal", "budget", "8.50"),
        ("expenditure", "fiscal", "increase", "0.50"),
        ("expenditure", "general_public", "budget", "7.50"),
    ]


def test_items_under_three_public_expenses_are_of_the_headings_money(heads: Heads) -> None:
    found = facts(
        heads,
        "九、一般公共预算“三公”经费支出预算情况说明",
        "（一）公务接待费",
        "2026年预算安排1.50万元。",
        "十、其他重要事项",
        "公务用车运行维护费2.50万元。",
    )
    assert told(found, "item", "fund_scope") == [
        ("three_public.reception", "general_public", "1.50"),
        ("three_public.vehicle_operation", None, "2.50"),
    ]


def test_the_money_of_one_heading_is_not_that_of_the_next_beside_it(heads: Heads) -> None:
    found = facts(
        heads,
        "五、其他说明",
        "（一）一般公共预算拨款支出情况",
        "1、支出按功能科目分类的明细情况",
        "（1）行政运行（2010301）3.50万元。",
        "（二）其他",
        "（1）行政运行（2010301）4.50万元。",
    )
    assert told(found, "fund_scope") == [("general_public", "3.50"), (None, "4.50")]


def test_a_number_of_a_list_whose_stop_is_drawn_is_no_part_of_the_name(heads: Heads) -> None:
    found = facts(
        heads,
        "三、一般公共预算支出情况",
        "（1）行政事业单位养老支出（20805）7.50万元，其中：",
        "1 行政单位离退休（2080501）3.50万元；",
    )
    assert told(found, "func_code", "subject", "fund_scope")[-1] == (
        "2080501",
        "行政单位离退休",
        "general_public",
        "3.50",
    )
