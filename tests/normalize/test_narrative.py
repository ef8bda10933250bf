"""Amounts in the prose: how lines become paragraphs and what the words before an amount say."""

from collections.abc import Sequence

import pytest

from yusuan.extract.model import Box, Line, RawPage
from yusuan.normalize.model import Record
from yusuan.normalize.narrative import narrative_facts
from yusuan.normalize.narrative_heads import Heads, prepare_heads, read_head
from yusuan.normalize.prose import page_prose, paragraphs
from yusuan.schemas.loader import load

EM = 12.0
WIDTH = 40
"""Characters that a full line holds."""


@pytest.fixture(scope="module")
def heads() -> Heads:
    return prepare_heads(load())


def set_page(texts: Sequence[str], number: int = 1) -> RawPage:
    """Set paragraphs as a word processor does: first line indented by two, lines filled."""
    lines: list[Line] = []
    for text in texts:
        indent, rest = 2, text
        while rest:
            end = WIDTH - indent
            while end < len(rest) and rest[end - 1].isascii() and rest[end].isascii():
                end -= 1  # a number is not broken
            piece, rest = rest[:end], rest[end:]
            top, x0 = 100 + 20.0 * len(lines), 50 + EM * indent
            lines.append(Line(piece, Box(x0, top, x0 + EM * len(piece), top + EM), EM))
            indent = 0
    return RawPage(number, 600, 2000, 0, (), tuple(lines))


def facts(heads: Heads, *texts: str, kind: str = "budget", year: int = 2026) -> list[Record]:
    meta = {"fiscal_year": year, "doc_kind": kind}
    return list(narrative_facts([set_page(texts)], meta, heads))


def told(records: Sequence[Record]) -> list[tuple[object, ...]]:
    names = ("item", "fund_scope", "func_code", "metric", "amount_text")
    return [tuple(r.values[n] for n in names) for r in records]


def test_paragraphs_go_on_over_lines_and_pages() -> None:
    long = "2026年部门预算安排的支出用于保障机关运转，" * 5 + "共计1,302.51万元。"
    first, second = set_page(["一、总体情况", long]), set_page(["二、其他", "完。"], 2)
    half = RawPage(1, 600, 2000, 0, (), first.lines[:3])
    rest = RawPage(2, 600, 2000, 0, (), (*first.lines[3:], *second.lines))
    found = paragraphs([half, rest])
    assert [p.text for p in found] == ["一、总体情况", long, "二、其他", "完。"]
    place = long.index("1,302.51")
    page, offset = found[1].pages[place], found[1].offsets[place]
    assert page == 2 and page_prose(rest)[offset] == "1"


def test_running_heads_and_page_numbers_are_no_prose() -> None:
    def page(number: int) -> RawPage:
        head = Line("某市统计局2026年度部门预算公开", Box(200, 20, 400, 32), EM)
        body = Line(f"第{number}段。", Box(74, 300, 200, 312), EM)
        foot = Line(f"- {number} -", Box(290, 1970, 310, 1982), EM)
        return RawPage(number, 600, 2000, 0, (), (head, body, foot))

    found = paragraphs([page(1), page(2), page(3)])
    assert "".join(p.text for p in found) == "第1段。第2段。第3段。"


def test_numbers_of_two_lines_are_not_joined(heads: Heads) -> None:
    lines = (
        Line("2026年收入预算合计1,302", Box(50, 100, 530, 112), EM),
        Line("515.00万元。", Box(50, 120, 200, 132), EM),
    )
    page = RawPage(1, 600, 2000, 0, (), lines)
    assert not narrative_facts([page], {"fiscal_year": 2026, "doc_kind": "budget"}, heads)


def test_shanghai_prose(heads: Heads) -> None:
    found = facts(
        heads,
        "2026年，某市信访办公室收入预算28,828.10万元，其中：财政拨款收入28,828.10万元，比2025年预算增加53万元；"
        "事业收入0万元。",
        "财政拨款支出主要内容如下：",
        "1.“一般公共服务支出（类）政府办公厅（室）及相关机构事务（款)行政运行（项）”938.99万元，主要用于机关运行。",
        "2026年某市信访办公室财政拨款的机关运行经费预算为1,067.92万元。",
    )
    assert told(found) == [
        ("revenue", "all", None, "budget", "28,828.10"),
        ("revenue", "fiscal", None, "budget", "28,828.10"),
        ("revenue", "fiscal", None, "increase", "53"),
        ("business", None, None, "budget", "0"),
        ("function_item", "fiscal", "2010301", "budget", "938.99"),
        ("three_public.agency_operation", "fiscal", None, "budget", "1,067.92"),
    ]
    assert found[3].values["value_status"] == "zero"
    assert found[0].values["amount_yuan"] == 288_281_000
    assert found[4].values["subject"] == (
        "一般公共服务支出/政府办公厅（室）及相关机构事务/行政运行"
    )


def test_final_account_keeps_budget_and_outturn_apart(heads: Heads) -> None:
    found = facts(
        heads,
        "（三）一般公共预算财政拨款支出决算具体情况",
        "1、社会保障和就业支出（类）行政事业单位养老支出（款）行政单位离退休（项）。主要用于：退休人员支出。"
        "年初预算为54.53万元，支出决算为53.20万元。",
        kind="final",
        year=2024,
    )
    assert told(found) == [
        ("function_item", "general_public", "2080501", "budget", "54.53"),
        ("function_item", "general_public", "2080501", "final", "53.20"),
    ]


def test_parts_are_of_the_whole_before_them(heads: Heads) -> None:
    found = facts(
        heads,
        "三、支出预算情况说明",
        "某市统计局2026年支出预算合计3,210.1万元，其中：基本支出2,235.04万元，占69.63%；项目支出975.06万元。",
        "八、一般公共预算基本支出预算情况说明",
        "某市统计局2026年度一般公共预算财政拨款基本支出预算2,235.04万元，其中：",
        "（一）人员经费2,103.71万元。主要包括：基本工资、奖金。",
    )
    assert told(found) == [
        ("expenditure", "all", None, "budget", "3,210.1"),
        ("basic", "all", None, "budget", "2,235.04"),
        ("project", "all", None, "budget", "975.06"),
        ("basic", "general_public", None, "budget", "2,235.04"),
        ("personnel", "general_public", None, "budget", "2,103.71"),
    ]


def test_the_shares_of_a_code_are_not_those_of_the_body(heads: Heads) -> None:
    found = facts(
        heads,
        "2、一般公共预算支出按功能科目分类的明细情况",
        "（1）行政运行（2010301）102.32万元。具体为：人员经费70.00万元，较上年增加1.00万元；公用经费32.32万元。",
        "（1）工资福利支出（301）72.32万元。具体为：人员经费70.00万元；专项业务经费1.00万元；公用经费1.32万元。",
        "（二）公用经费：2026年公用经费预算数33.64万元。",
    )
    assert [(f.values["item"], f.values["amount_text"]) for f in found] == [
        ("function_item", "102.32"),
        ("public", "33.64"),
    ]


def test_what_is_spent_of_a_source_is_no_revenue(heads: Heads) -> None:
    found = facts(
        heads,
        "2026年本部门预算支出500.50万元，其中：事业收入支出355.50万元、其他收入支出145.00万元。",
        "2026年本部门预算收入500.50万元，其中：事业收入355.50万元、其他收入145.00万元。",
    )
    assert [f.values["item"] for f in found] == ["expenditure", "revenue", "business", "other"]


def test_goods_and_meals_need_their_context(heads: Heads) -> None:
    found = facts(
        heads,
        "本部门政府采购预算共52.61万元，其中：货物类采购预算2.00万元、工程类采购预算0万元、"
        "服务类采购预算50.61万元。",
        "2026年机关运行经费预算82万元，其中：办公经费41.47万元，公务接待费2万元。",
        "提供服务190.62万元。",
    )
    assert [f.values["item"] for f in found] == [
        "procurement.total",
        "procurement.goods",
        "procurement.works",
        "procurement.services",
        "three_public.agency_operation",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "主要原因是人员经费增加",
        "上年结转结余的一般公共预算收入",
        "单位价值",
        "某市气象局（本级）纳入绩效管理的项目",
        "涉及的其他收入来源",
    ],
)
def test_unknown_words_are_not_read(heads: Heads, text: str) -> None:
    head = read_head(text, heads)
    assert head is None


def test_years_other_than_the_documents_are_prior(heads: Heads) -> None:
    found = facts(
        heads,
        "2026年收入预算14894.79万元，比2025年年初预算数14708.87万元增加185.92万元，增长1.26%。",
        "（一）因公出国（境）费用。2026年预算数29.00万元，主要用于出访。",
        "（二）公务接待费。2025年预算数15.00万元。",
    )
    assert told(found) == [
        ("revenue", "all", None, "budget", "14894.79"),
        ("revenue", "all", None, "prior", "14708.87"),
        ("revenue", "all", None, "increase", "185.92"),
        ("three_public.abroad", None, None, "budget", "29.00"),
        ("three_public.reception", None, None, "prior", "15.00"),
    ]


def test_projects_of_the_documents_tables_are_labels(heads: Heads) -> None:
    page = set_page(["1.机关政务保障199.55万元，主要用于保障政务活动。", "2.值班业务24.67万元。"])
    meta = {"fiscal_year": 2026, "doc_kind": "budget"}
    tables = [Record("projects", {"project_name": "机关政务保障"})]
    (fact,) = narrative_facts([page], meta, heads, tables)
    assert (fact.values["item"], fact.values["subject"]) == ("project_item", "机关政务保障")


def test_the_last_level_of_a_path_tells_what_it_is_though_its_code_is_not_known(
    heads: Heads,
) -> None:
    found = facts(heads, "1.某某事务（款）某某运行（项）4,432.78万元。")
    assert [(f.values["item"], f.values["func_code"]) for f in found] == [("function_item", None)]


def test_what_follows_a_bracket_is_of_what_stands_before_it(heads: Heads) -> None:
    text = (
        "“三公”经费预算12万元，其中：公务用车购置及运行费10万元（其中：公务用车购置费4万元，"
        "公务用车运行费6万元），同比减少3万元；公务接待费2万元（同比增加1万元），比上年减少5万元。"
    )
    assert [(f.values["item"], f.values["amount_text"]) for f in facts(heads, text)][3:] == [
        ("three_public.vehicle_operation", "6"),
        ("three_public.vehicle_total", "3"),
        ("three_public.reception", "2"),
        ("three_public.reception", "1"),
        ("three_public.reception", "5"),
    ]


def test_what_a_reason_names_is_no_change_of_the_whole(heads: Heads) -> None:
    text = "公务接待费5万元，比上年减少0.5万元，主要原因是厉行节约，压减0.3万元。"
    assert [r[4] for r in told(facts(heads, text))] == ["5", "0.5"]
    text = "基本支出5万元，主要用于保障机关运转，比上年减少0.5万元。"
    assert [r[4] for r in told(facts(heads, text))] == ["5", "0.5"]


def test_meals_in_the_next_sentence_of_running_costs_are_parts_of_them(heads: Heads) -> None:
    text = "机关运行经费预算100万元，比上年减少5万元。其中：办公费10万元、公务接待费2万元。"
    items = [f.values["item"] for f in facts(heads, text)]
    assert items == ["three_public.agency_operation"] * 2
    text = "机关运行经费预算100万元。“三公”经费预算3万元，其中：公务接待费2万元。"
    items = [f.values["item"] for f in facts(heads, text)]
    assert items[1:] == ["three_public.total", "three_public.reception"]


def test_meals_that_running_expenses_pay_are_not_those_of_the_three_public(heads: Heads) -> None:
    texts = (
        "公用经费100万元，主要包括：办公费10万元、公务接待费1万元、公务用车运行维护费5万元。",
        "公用经费100万元。其中：公务接待费1万元。",
    )
    assert [f.values["item"] for f in facts(heads, *texts)] == ["public", "public"]
