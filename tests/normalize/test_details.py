"""Money finer than the canonical tables: where it goes, whose part it is, and what proves it."""

from collections import Counter

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.families.breakdown import parent_columns
from yusuan.prove.proof import prove
from yusuan.schemas.loader import load

SCHEMAS = load()
INDEX = prepare(SCHEMAS)


@pytest.fixture
def read(table, page, document):
    def run(rows, *caption):
        return normalize(document(page(table(rows, caption=(*caption, "单位：万元")))), INDEX)

    return run


def details(result):
    return [r.values for r in result.records if r.table == "amount_details"]


def proofs(result):
    proof = prove(result.records, result.tables, SCHEMAS.identities, "budget")
    return Counter((r.table, r.values.get("proof")) for r in proof.records), proof


PURCHASES = [
    ["采购品目大类", "专项名称", "采购品目名称", "资金来源", "<", "总计"],
    ["^", "^", "^", "一般公共预算资金", "其他资金", "^"],
    ["合计", "", "", "7.00", "2.00", "9.00"],
    ["货物", "", "", "3.00", "2.00", "5.00"],
    ["某中心", "", "", "3.00", "2.00", "5.00"],
    ["", "办公设备", "打印机", "3.00", "", "3.00"],
    ["", "办公设备", "服务器", "", "2.00", "2.00"],
    ["服务", "", "", "4.00", "", "4.00"],
]


def test_sources_and_items_are_details_of_the_category(read):
    result = read(PURCHASES, "政府采购支出预算表")
    canonical = [r.values["amount_text"] for r in result.records if r.table == "procurement"]
    assert canonical == ["9.00", "5.00", "4.00"]
    goods = next(r.values["row_id"] for r in result.records if r.values["amount_text"] == "5.00")
    found = details(result)
    items = [d for d in found if d["dimension"] == "item"]
    assert [(d["label_text"], d["row_type"], d["of_row_id"]) for d in items] == [
        ("某中心", "subtotal", goods),
        ("办公设备 / 打印机", "detail", goods),
        ("办公设备 / 服务器", "detail", goods),
    ]
    printer = items[1]["row_id"]
    sources = [d for d in found if d.get("of_row_id") == printer]
    assert [(d["revenue_source"], d["amount_text"], d["of_table"]) for d in sources] == [
        ("general_public", "3.00", "amount_details"),
        ("unit_funds", None, "amount_details"),
    ]


def test_what_is_finer_proves_and_is_proved(read):
    counts, proof = proofs(read(PURCHASES, "政府采购支出预算表"))
    ok = [str(c.values["check_id"]) for c in proof.checks if c.values["status"] == "ok"]
    held = Counter(check.partition(":")[0] for check in ok)
    assert held["detail.parts=figure"] == 6
    assert held["detail.items=category"] == 1
    assert not any(status == "suspect" for _, status in counts)
    printed = sum(
        n for (table, status), n in counts.items() if status in ("proved", "proved_multi")
    )
    assert printed == 15


def test_a_wrong_part_is_suspected(read):
    rows = [list(row) for row in PURCHASES]
    rows[5][3] = "3.10"
    counts, proof = proofs(read(rows, "政府采购支出预算表"))
    failed = [c.values["check_id"] for c in proof.checks if c.values["status"] == "failed"]
    assert failed and all(check.startswith("detail.parts=figure") for check in failed)
    assert counts[("amount_details", "suspect")]


def test_a_listing_goes_to_details_alone(read):
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["", "合计", "6.00", "3.00", "3.00"],
        ["301", "工资福利支出", "6.00", "3.00", "3.00"],
        ["30101", "基本工资", "4.00", "2.00", "2.00"],
        ["30102", "津贴补贴", "2.00", "1.00", "1.00"],
    ]
    result = read(rows, "一般公共预算支出表（按经济分类）")
    assert {r.table for r in result.records} == {"amount_details"}
    found = details(result)
    assert [d["dept_econ_code"] for d in found[::3]] == [None, "301", "30101", "30102"]
    assert [d["row_type"] for d in found[::3]] == ["total", "subtotal", "detail", "detail"]
    assert [d["dimension"] for d in found[3:6]] == ["item", "nature", "nature"]
    counts, _ = proofs(result)
    assert counts == {("amount_details", "proved_multi"): 12}


def test_a_title_borne_out_by_something_else_is_a_listing(read):
    rows = [
        ["单位编码", "单位名称", "合计", "一般公共预算", "政府性基金预算"],
        ["", "合计", "9.00", "6.00", "3.00"],
        ["310001", "某局本级", "5.00", "4.00", "1.00"],
        ["310002", "某中心", "4.00", "2.00", "2.00"],
    ]
    result = read(rows, "部门支出总表")
    assert {r.table for r in result.records} == {"amount_details"}
    assert "table-as-details" in {f.code for f in result.findings}
    assert result.tables[0].values["family"] == "expenditure_detail"
    assert {d["revenue_source"] for d in details(result)} == {
        "total", "general_public", "gov_fund"
    }  # fmt: skip


def test_the_book_of_a_government_is_no_listing(read):
    rows = [["项目", "预算数"], ["一般公共服务支出", "3.50"], ["教育支出", "4.25"]]
    result = read(rows, "2026年某市一般公共预算支出预算表")
    assert result.records == ()


def test_counts_and_prices_are_no_money(read):
    rows = [
        ["科目编码", "科目名称", "合计", "办公面积（平方米）", "统筹部分"],
        ["205", "教育支出", "3.00", "120.50", "1.50"],
    ]
    result = read(rows, "部门支出总表")
    assert [(d["amount_text"], d["dimension"], d.get("of_row_id")) for d in details(result)] == [
        ("1.50", "other", "T000:0:2")
    ]
    assert "column-unmapped" in {f.code for f in result.findings}


def test_a_total_sums_up_what_stands_under_its_heading():
    paths = {
        1: ("总计",),
        2: ("财政拨款", "小计"),
        3: ("财政拨款", "一般公共预算"),
        4: ("财政拨款", "其中：本级"),
        5: ("单位资金", "事业收入"),
    }
    assert parent_columns(paths, {1, 2}) == {1: None, 2: 1, 3: 2, 4: 3, 5: 1}


def test_tasks_of_a_form_are_details_of_its_total(table, page, document):
    rows = [
        ["部门名称", "<", "某市水务局", "<", "<"],
        ["年度主要任务", "任务名称", "主要内容", "预算金额（万元）", "<"],
        ["^", "^", "^", "总额", "财政拨款"],
        ["^", "河道保洁", "保洁", "5.00", "4.00"],
        ["^", "水文监测", "监测", "3.00", "3.00"],
        ["^", "金额合计", "", "8.00", "7.00"],
        ["年度总体目标", "水清。", "<", "<", "<"],
        ["年度绩效指标", "一级指标", "二级指标", "指标内容", "指标值"],
        ["^", "产出指标", "数量指标", "甲", "1个"],
    ]
    drawn = table(rows, caption=["部门整体支出绩效目标表"])
    result = normalize(document(page(drawn)), INDEX)
    goals = next(r.values for r in result.records if r.table == "department_goals")
    found = details(result)
    assert [(d["label_text"], d["header_path"], d["amount_text"]) for d in found] == [
        ("河道保洁", "预算金额/总额", "5.00"),
        ("河道保洁", "预算金额/财政拨款", "4.00"),
        ("水文监测", "预算金额/总额", "3.00"),
        ("水文监测", "预算金额/财政拨款", "3.00"),
    ]
    assert {d["dimension"] for d in found} == {"task"}
    assert {d["of_row_id"] for d in found} == {goals["row_id"]}
    assert {d["published_unit"] for d in found} == {"万元"}


def test_amounts_of_a_form_are_named_by_their_own_pair_and_not_by_the_goal(table, page, document):
    goal = "以持续改善生态环境质量为核心目标，深入打好污染防治攻坚战，推动绿色发展。"
    rows = [
        ["部门名称", "<", "某市生态环境局", "<", "<"],
        ["预算整体情况", "财政专项资金", "2.00", "市本级使用资金", "6.00"],
        ["^", "当年预算", "9.00", "市级支出", "4.00"],
        ["^", "^", "^", "补助区县", "5.00"],
        ["总体绩效目标", "<", goal, "<", "<"],
        ["年度重点工作任务", "名称", "主要实施内容", "<", "拟投入的资金（万元）"],
        ["^", "防治大气污染", "监督", "<", "5.00"],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值"],
        ["^", "产出指标", "数量指标", "甲", "1个"],
    ]
    drawn = table(rows, caption=["某市生态环境局2026年部门整体预算绩效目标申报表"])
    found = details(normalize(document(page(drawn)), INDEX))
    assert [(d["label_text"], d["amount_text"]) for d in found] == [
        ("预算整体情况 / 财政专项资金", "2.00"),
        ("市本级使用资金", "6.00"),
        ("预算整体情况 / 当年预算", "9.00"),
        ("当年预算 / 市级支出", "4.00"),  # the amount beside 当年预算 is of both rows
        ("当年预算 / 补助区县", "5.00"),
        ("防治大气污染", "5.00"),
    ]
    assert found[-1]["header_path"] == "拟投入的资金"
    assert found[0]["header_path"] is None  # the name above is no heading


SOURCES = [
    ["项目名称", "", "金额"],
    ["收入总计", "<", "20.50"],
    ["一般公共预算资金", "小计", "17.00"],
    ["^", "公共财政拨款（补助）资金", "15.00"],
    ["^", "专项收入", "2.00"],
    ["政府性基金", "小计", "1.00"],
    ["其他资金", "小计", "2.50"],
    ["^", "事业收入", "1.50"],
    ["^", "其他收入", "1.00"],
    ["上年结转和结余资金", "其中：动用上年结转和结余资金", ""],
]


def test_revenue_by_source_alone_is_a_listing_whose_groups_own_their_rows(read):
    result = read(SOURCES, "收入预算总表")
    assert result.tables[0].values["family"] == "revenue_detail"
    found = details(result)
    assert [(d["label_text"], d["row_type"], d["dimension"]) for d in found] == [
        ("收入总计", "total", "total"),
        ("一般公共预算资金 / 小计", "subtotal", "item"),
        ("一般公共预算资金 / 公共财政拨款（补助）资金", "detail", "item"),
        ("一般公共预算资金 / 专项收入", "detail", "item"),
        ("政府性基金 / 小计", "detail", "item"),
        ("其他资金 / 小计", "subtotal", "item"),
        ("其他资金 / 事业收入", "detail", "item"),
        ("其他资金 / 其他收入", "detail", "item"),
    ]
    general, other = found[1]["row_id"], found[5]["row_id"]
    owners = [general, general, other, other]
    assert [d["of_row_id"] for d in found if d.get("of_row_id")] == owners
    counts, proof = proofs(result)
    assert [c.values["status"] for c in proof.checks] == ["ok", "ok"]
    assert counts[("amount_details", "proved")] == 6


def test_a_sum_that_does_not_hold_is_no_proof_of_its_rows(read):
    rows = [list(row) for row in SOURCES]
    rows[4][2] = "2.01"
    counts, _ = proofs(read(rows, "收入预算总表"))
    assert counts[("amount_details", "proved")] == 3


def test_revenue_of_a_government_by_taxes_stays_cells(read):
    rows = [
        ["项目", "预算数"],
        ["一、税收收入", "9.00"],
        ["增值税", "5.00"],
        ["企业所得税", "4.00"],
        ["二、非税收入", "1.00"],
        ["收入合计", "10.00"],
    ]
    result = read(rows, "收入预算总表")
    assert not result.records
    assert "header-unknown" in {f.code for f in result.findings}
