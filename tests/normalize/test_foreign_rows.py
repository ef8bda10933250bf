"""Rows of another table, whose title was lost, are no rows of the one before."""

from decimal import Decimal

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
TITLE = ("2026年一般公共预算支出表", "单位：万元")
HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
BY_FUNCTION = [
    HEAD,
    ["", "合计", "9.00", "5.00", "4.00"],
    ["205", "教育支出", "9.00", "5.00", "4.00"],
    ["20502", "普通教育", "9.00", "5.00", "4.00"],
    ["2050201", "学前教育", "4.00", "4.00", ""],
    ["2050202", "小学教育", "5.00", "1.00", "4.00"],
]
BY_ECONOMIC_CLASS = [
    HEAD,
    ["", "合计", "9.00", "5.00", "4.00"],
    ["301", "工资福利支出", "9.00", "5.00", "4.00"],
    ["30101", "基本工资", "9.00", "5.00", "4.00"],
]


@pytest.fixture
def read(table, page, document):
    def run(rows, more=()):
        pages = [page(table(rows, caption=TITLE))]
        pages += [page(table(r, page=n), number=n) for n, r in enumerate(more, start=2)]
        return normalize(document(*pages), INDEX)

    return run


def test_a_table_by_economic_class_without_title_is_no_end_of_one_by_function(read):
    result = read(BY_FUNCTION, more=[BY_ECONOMIC_CLASS])
    codes = {r.values["func_code"] for r in result.records}
    assert codes == {None, "205", "20502", "2050201", "2050202"}
    totals = [r for r in result.records if r.values["row_type"] == "total"]
    assert len(totals) == 3
    leaves = sum(
        r.values["amount_yuan"]
        for r in result.records
        if r.values["is_leaf"] and r.values["measure"] == "total"
    )
    assert leaves == Decimal("90000.00")
    told = [f for f in result.findings if f.code == "code-foreign"]
    assert len(told) == 3


def test_the_last_total_of_the_table_by_function_stays(read):
    closing = [*BY_FUNCTION[:1], *BY_FUNCTION[2:], ["", "合计", "9.00", "5.00", "4.00"]]
    result = read(closing, more=[[HEAD, *BY_ECONOMIC_CLASS[2:]]])
    totals = [r for r in result.records if r.values["row_type"] == "total"]
    assert len(totals) == 3
    assert {r.values["page_no"] for r in totals} == {1}


def test_labels_tell_the_side_of_a_list_whose_neighbour_lost_its_labels(table, page, document):
    rows = [
        ["收入", "支出", "<"],
        ["预算数", "项目", "预算数"],
        ["9.00", "一、教育支出", "8.00"],
        ["", "二、住房保障支出", "1.00"],
        ["9.00", "支出总计", "9.00"],
    ]
    caption = ("2026年部门收支总表", "单位：万元")
    result = normalize(document(page(table(rows, caption=caption))), INDEX)
    sides = {r.values["side"] for r in result.records if r.values["label_text"]}
    assert sides <= {"expenditure"}


def test_categories_of_procurement_with_ordinal_and_letter(table, page, document):
    rows = [
        ["采购品目大类", "专项名称", "采购物品名称", "总计"],
        ["合计", "", "", "9.00"],
        ["一、货物A", "", "", "5.00"],
        ["", "办公设备购置", "", "5.00"],
        ["", "", "台式计算机", "5.00"],
        ["三、服务C", "", "", "4.00"],
    ]
    caption = ("2026年政府采购支出预算表", "单位：万元")
    result = normalize(document(page(table(rows, caption=caption))), INDEX)
    read = [
        (r.values["category_code"], r.values["amount_text"])
        for r in result.records
        if r.table == "procurement"
    ]
    assert read == [(None, "9.00"), ("A", "5.00"), ("C", "4.00")]
    goods = result.records[1].values["row_id"]
    items = [r.values for r in result.records if r.table == "amount_details"]
    assert [(i["label_text"], i["row_type"], i["of_row_id"]) for i in items] == [
        ("办公设备购置", "subtotal", goods),
        ("台式计算机", "detail", goods),
    ]
    assert result.records[1].values["category_name"] == "货物"


def test_a_row_that_says_the_table_is_empty_is_no_fact(table, page, document):
    rows = [
        ["功能科目编码", "功能科目名称", "金额"],
        ["合计", "<", ""],
        ["此表为空", "", ""],
    ]
    caption = ("政府性基金预算财政拨款支出预算表", "单位：万元")
    result = normalize(document(page(table(rows, caption=caption))), INDEX)
    assert [r.values["row_type"] for r in result.records] == ["total"]
