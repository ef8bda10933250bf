"""Matrix and summary tables become facts: right row, right meaning, nothing lost or invented."""

from decimal import Decimal

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())


@pytest.fixture
def read(table, page, document):
    """Normalise a document of one-page tables: (rows, caption) pairs, or pages ready made."""

    def run(rows, *caption, more=(), **options):
        pages = [page(table(rows, caption=caption, **options))]
        pages += [page(table(r, page=n), number=n) for n, r in enumerate(more, start=2)]
        return normalize(document(*pages), INDEX)

    return run


def facts(result, *fields):
    return [tuple(r.values.get(f) for f in fields) for r in result.records]


def codes(result):
    return {f.code for f in result.findings}


SHANGHAI = [
    ["项目", "<", "<", "<", "支出预算", "<", "<"],
    ["功能分类科目编码", "<", "<", "功能分类科目名称", "合计", "基本支出", "项目支出"],
    ["类", "款", "项", "^", "^", "^", "^"],
    ["204", "", "", "公共安全支出", "3.00", "1.00", "2.00"],
    ["204", "06", "", "司法", "3.00", "1.00", "2.00"],
    ["204", "06", "01", "行政运行", "3.00", "1.00", "2.00"],
]
TITLE = ("2026年部门支出预算总表", "编制部门：某局  单位：元")


def test_codes_in_three_columns_levels_and_leaves(read):
    result = read([*SHANGHAI, ["合计", "<", "<", "<", "3.00", "1.00", "2.00"]], *TITLE)
    total = [r for r in result.records if r.values["measure"] == "total"]
    assert [
        (r.values.get("func_code"), r.values["row_type"], r.values["is_leaf"]) for r in total
    ] == [
        ("204", "subtotal", False),
        ("20406", "subtotal", False),
        ("2040601", "detail", True),
        (None, "total", False),
    ]
    assert {r.values["amount_yuan"] for r in total} == {Decimal("3.00")}
    assert {r.table for r in result.records} == {"expenditure"}


def test_upper_code_parts_left_blank_repeat_the_row_above(read):
    rows = [
        *SHANGHAI[:4],
        ["", "06", "", "司法", "3.00", "", ""],
        ["", "", "01", "行政运行", "3", "", ""],
    ]
    result = read(rows, *TITLE)
    assert [c for c, m in facts(result, "func_code", "measure") if m == "total"] == [
        "204", "20406", "2040601"
    ]  # fmt: skip


def test_a_level_alone_in_a_code_column_belongs_to_the_class_above_it(read):
    rows = [
        ["功能科目编码", "功能科目名称", "合计", "基本支出", "项目支出"],
        ["205", "教育支出", "3.00", "1.00", "2.00"],
        ["03", "职业教育", "3.00", "1.00", "2.00"],
        ["2050303", "技校教育", "3.00", "1.00", "2.00"],
        ["208", "社会保障和就业支出", "4.00", "4.00", ""],
        ["05", "行政事业单位养老支出", "4.00", "4.00", ""],
        ["2080505", "机关事业单位基本养老保险缴费支出", "4.00", "4.00", ""],
        ["合计", "", "7.00", "5.00", "2.00"],
    ]
    result = read(rows, *TITLE)
    total = [r.values for r in result.records if r.values["measure"] == "total"]
    assert [(v.get("func_code"), v["is_leaf"]) for v in total] == [
        ("205", False), ("20503", False), ("2050303", True),
        ("208", False), ("20805", False), ("2080505", True), (None, False),
    ]  # fmt: skip
    assert [f.before for f in result.findings if f.code == "code-padded"] == ["03", "05"]


def test_a_row_cut_inside_its_name_is_one_row(read):
    rest = [["", "", "", "及相关事务", "", "", ""], ["205", "", "", "教育支出", "4.00", "", ""]]
    result = read(SHANGHAI, *TITLE, more=[rest])
    names = [n for n, m in facts(result, "func_name", "measure") if m == "total"]
    assert names == ["公共安全支出", "司法", "行政运行及相关事务", "教育支出"]
    assert "row-joined" in codes(result)


def test_amount_over_two_columns_belongs_where_it_ends(read):
    rows = [
        [
            "支出功能分类科目",
            "政府支出经济分类科目",
            "部门支出经济分类科目",
            "合计",
            "基本支出",
            "项目支出",
        ],
        ["2050803-培训支出", "50203-培训费", "30216-培训费", "1.00", "1.00", ""],
        ["合 计", "", "1,024,807.17", "<", "1.00", ""],
    ]
    widths = [60, 60, 60, 30, 60, 60]
    result = read(rows, "预算03表 支出预算总表", "金额单位：万元", widths=widths)
    total = [r for r in result.records if r.values["row_type"] == "total"]
    assert [(r.values["measure"], r.values["amount_text"]) for r in total] == [
        ("total", "1,024,807.17"), ("basic", "1.00"), ("project", None)
    ]  # fmt: skip
    assert "amount-across-columns" in codes(result)


def test_dropped_zero_is_restored_and_told(read):
    rows = [
        ["项目", "<", "<", "一般公共预算基本支出", "<", "<"],
        ["部门预算经济分类科目编码", "<", "经济分类科目名称", "合计", "人员经费", "公用经费"],
        ["类", "款", "^", "^", "^", "^"],
        ["301", "", "工资福利支出", "3.00", "3.00", "0.00"],
        ["301", "2", "津贴补贴", "3.00", "3.00", "0.00"],
    ]
    title = "2026年部门一般公共预算基本支出部门预算经济分类预算表"
    result = read(rows, title, "单位：元")
    assert ("30102", "personnel") in facts(result, "dept_econ_code", "measure")
    assert "code-padded" in codes(result)


def test_two_lanes_of_basic_expenditure(read):
    rows = [
        ["经济分类科目编码", "科目名称", "决算数", "经济分类科目编码", "科目名称", "决算数"],
        ["301", "工资福利支出", "5.00", "302", "商品和服务支出", "2.00"],
        ["30101", "基本工资", "5.00", "30201", "办公费", "2.00"],
        ["人员经费合计", "<", "5.00", "公用经费合计", "<", "2.00"],
    ]
    result = read(rows, "一般公共预算财政拨款基本支出决算表", "单位：万元")
    got = facts(result, "dept_econ_code", "row_type", "measure", "amount_yuan")
    assert got == [
        ("301", "subtotal", "personnel", Decimal("50000.00")),
        ("30101", "detail", "personnel", Decimal("50000.00")),
        (None, "total", "personnel", Decimal("50000.00")),
        ("302", "subtotal", "public", Decimal("20000.00")),
        ("30201", "detail", "public", Decimal("20000.00")),
        (None, "total", "public", Decimal("20000.00")),
    ]


def test_summary_lists_are_read_lane_by_lane(read):
    rows = [
        ["收 入", "<", "支 出", "<"],
        ["项 目", "预算数", "项 目", "预算数"],
        ["一、一般公共预算拨款收入", "7.00", "一、一般公共服务支出", ""],
        ["二、政府性基金预算拨款收入", "-", "二、外交支出", "7.00"],
        ["", "", "", ""],
        ["本年收入合计", "7.00", "本年支出合计", "7.00"],
        ["上年结转结余", "", "年终结转结余", "0.00"],
        ["收入总计", "7.00", "支出总计", "7.00"],
    ]
    result = read(rows, "预算01表 收支总表", "金额单位：万元")
    got = facts(result, "side", "line_kind", "func_code", "value_status", "amount_yuan")
    assert got == [
        ("revenue", "source", None, "published", Decimal("70000.00")),
        ("revenue", "source", None, "dash", None),
        ("revenue", "year_total", None, "published", Decimal("70000.00")),
        ("revenue", "carry_in", None, "blank", None),
        ("revenue", "grand_total", None, "published", Decimal("70000.00")),
        ("expenditure", "function_class", "201", "blank", None),
        ("expenditure", "function_class", "202", "published", Decimal("70000.00")),
        ("expenditure", "year_total", None, "published", Decimal("70000.00")),
        ("expenditure", "carry_out", None, "zero", Decimal("0.00")),
        ("expenditure", "grand_total", None, "published", Decimal("70000.00")),
    ]


def test_an_empty_table_has_its_blank_total_and_no_amount(read):
    rows = [
        ["支出功能分类科目", "政府支出经济分类科目", "部门支出经济分类科目", "预算数", "<", "<"],
        ["^", "^", "^", "合计", "基本支出", "项目支出"],
        ["", "", "合 计", "", "", ""],
    ]
    result = read(rows, "预算08表 政府性基金预算财政拨款支出表", "金额单位：万元")
    assert facts(result, "row_type", "value_status") == [("total", "blank")] * 3
    assert result.tables[0].values["is_empty"] is True
    assert result.tables[0].values["family"] == "fund_fn"


def test_last_year_is_not_this_year(read):
    rows = [
        ["科目编码", "科目名称", "2025年预算数", "2026年预算数", "<", "<"],
        ["^", "^", "^", "合计", "基本支出", "项目支出"],
        ["205", "教育支出", "1.00", "3.00", "1.00", "2.00"],
    ]
    result = read(rows, "2026年一般公共预算支出表", "单位：万元")
    assert [t for t, m in facts(result, "amount_text", "measure") if m == "total"] == ["3.00"]
    assert ("ignored", "prior_year") in result.uses.values()


def test_amounts_under_an_unknown_heading_are_left_out_and_named(read):
    rows = [
        ["科目编码", "科目名称", "支出预算", "<", "跨区统筹部分", "<"],
        ["^", "^", "合计", "基本支出", "合计", "基本支出"],
        ["205", "教育支出", "3.00", "1.00", "9.00", "9.00"],
    ]
    result = read(rows, "2026年部门支出总表", "单位：万元")
    read_texts = {(r.table, r.values["amount_text"]) for r in result.records}
    assert read_texts == {
        ("expenditure", "3.00"), ("expenditure", "1.00"), ("amount_details", "9.00")
    }  # fmt: skip
    left = [r.values["dimension"] for r in result.records if r.table == "amount_details"]
    assert set(left) == {"other"}
    assert "column-ambiguous" in codes(result)


def test_text_that_is_no_amount_is_kept_and_named(read):
    rows = [*SHANGHAI[:5], ["204", "06", "01", "行政运行", "3，0O", "1.00", "2.00"]]
    result = read(rows, *TITLE)
    bad = [r.values for r in result.records if r.values["amount_text"] == "3，0O"]
    assert [(v["amount_yuan"], v["value_status"]) for v in bad] == [(None, "published")]
    assert "amount-unparsed" in codes(result)


def test_without_a_unit_no_yuan_is_claimed(read):
    result = read(SHANGHAI, "2026年部门支出预算总表")
    assert {v for (v,) in facts(result, "amount_yuan")} == {None}
    assert "unit-missing" in codes(result)


def test_every_filled_cell_is_in_the_ledger(read):
    result = read(SHANGHAI, *TITLE)
    filled = {key for key, text in result.texts.items() if text}
    assert set(result.uses) == filled


def test_units_printed_once_above_their_codes(read):
    rows = [
        ["预算单位", "科目编码", "科目名称", "支出总计", "基本支出", "项目支出"],
        ["某局", "", "", "6.00", "3.00", "3.00"],
        ["某局（本级）", "", "", "4.00", "2.00", "2.00"],
        ["", "205", "教育支出", "4.00", "2.00", "2.00"],
        ["", "2050803", "培训支出", "4.00", "2.00", "2.00"],
        ["某中心", "", "", "2.00", "1.00", "1.00"],
        ["", "2050803", "培训支出", "2.00", "1.00", "1.00"],
    ]
    result = read(rows, "支出总表", "部门名称：某局  单位：万元")
    total = [r.values for r in result.records if r.values["measure"] == "total"]
    assert [(v["budget_unit_name"], v["func_code"], v["is_leaf"]) for v in total] == [
        ("某局", None, False),
        ("某局（本级）", None, False),
        ("某局（本级）", "205", False),
        ("某局（本级）", "2050803", True),
        ("某中心", None, False),
        ("某中心", "2050803", True),
    ]


def test_a_department_above_its_units_is_no_leaf(read):
    rows = [
        ["单位名称", "合计", "一般公共预算", "事业收入"],
        ["某局", "6.00", "5.00", "1.00"],
        ["某局（本级）", "4.00", "4.00", ""],
        ["某中心", "2.00", "1.00", "1.00"],
    ]
    result = read(rows, "部门收入总表", "单位：万元")
    leaves = [r.values["is_leaf"] for r in result.records if r.values["revenue_source"] == "total"]
    assert leaves == [False, True, True]
    assert "row-is-sum" in codes(result)


def test_unit_codes_have_levels_too(read):
    rows = [
        ["单位代码", "单位名称", "合计", "一般公共预算", "事业收入"],
        ["033", "某局", "6.00", "5.00", "1.00"],
        ["033001", "某局本级", "4.00", "4.00", ""],
        ["033002", "某中心", "2.00", "1.00", "1.00"],
    ]
    result = read(rows, "部门收入总表", "单位：万元")
    leaves = {
        r.values["budget_unit_code"]: r.values["is_leaf"]
        for r in result.records
        if r.values["revenue_source"] == "total"
    }
    assert leaves == {"033": False, "033001": True, "033002": True}


def test_a_year_a_row_and_the_change_between_them(read):
    rows = [
        ["单位名称", "年度", "合计", "因公出国（境）费", "公务接待费", "公务用车购置及运行费", "<"],
        ["^", "^", "^", "^", "^", "公务用车购置费", "公务用车运行费"],
        ["某局", "2025年", "9.00", "", "9.00", "", ""],
        ["", "2026年", "5.00", "", "5.00", "", ""],
        ["", "增减变化", "-4.00", "", "-4.00", "", ""],
    ]
    result = read(rows, "2026年财政拨款“三公”经费支出表", "单位：万元")
    got = [r.values for r in result.records if r.values["item"] == "total"]
    assert [(v["version"], v["amount_text"]) for v in got] == [
        ("prior_budget", "9.00"), ("budget", "5.00")
    ]  # fmt: skip


def test_two_groups_of_code_columns_under_equal_headers(read):
    names = "部门预算支出经济分类科目名称", "政府预算支出经济分类科目名称"
    rows = [
        ["科目编码", "<", names[0], "科目编码", "<", names[1], "合计"],
        ["类", "款", "^", "类", "款", "^", "^"],
        ["301", "", "工资福利支出", "501", "", "机关工资福利支出", "3.00"],
        ["301", "01", "基本工资", "501", "01", "工资奖金津补贴", "3.00"],
    ]  # fmt: skip
    result = read(rows, "一般公共预算基本支出情况表", "单位：万元")
    assert facts(result, "dept_econ_code", "gov_econ_code", "is_leaf") == [
        ("301", "501", False), ("30101", "50101", True)
    ]  # fmt: skip


def test_placeholders_of_a_template_are_no_rows(read):
    result = read([*SHANGHAI[:3], ["…", "", "", "…", "", "", ""]], *TITLE)
    assert result.records == ()
    assert result.tables[0].values["status"] == "template"


def test_an_unknown_wording_of_a_title_is_settled_by_its_words_and_header(read):
    rows = [
        ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
        ["205", "教育支出", "3.00", "1.00", "2.00"],
    ]
    result = read(rows, "2026年度某区一般公共预算支出总体情况一览表", "单位：万元")
    assert result.tables[0].values["family"] == "general_fn"
    assert "family-by-meaning" in codes(result)
    other = read(rows, "2026年某区政府性基金支出安排情况一览表", "单位：万元")
    assert other.tables[0].values["family"] == "fund_fn"


def test_words_alone_are_not_enough(read):
    rows = [["姓名", "职务", "电话"], ["张三", "科员", "12"]]
    result = read(rows, "2026年度某区一般公共预算支出人员情况一览表", "单位：万元")
    assert result.tables[0].values["family"] is None
    assert result.records == ()


def test_differences_between_years_are_no_figures(read):
    rows = [
        ["科目编码", "科目名称", "2026年预算数", "<", "<", "增减变化", "<", "<"],
        ["^", "^", "合计", "基本支出", "项目支出", "合计", "基本支出", "项目支出"],
        ["205", "教育支出", "3.00", "1.00", "2.00", "-4.00", "-3.00", "-1.00"],
    ]
    result = read(rows, "2026年一般公共预算支出表", "单位：万元")
    assert [t for (t,) in facts(result, "amount_text")] == ["3.00", "1.00", "2.00"]
    assert ("ignored", "change") in result.uses.values()
