"""Headers and rows as provinces that no data line is from print them."""

import pytest

from yusuan.normalize.captions import is_table_number, parse_caption

from .draw_forms import Form, problems, read
from .test_unseen_forms import BY_CODE, TOTAL_FIRST, body, expenditure

SPLIT = [["", "", "", "合计"], ["201", "", "", "一般公共服务支出"], ["201", "03", "", "政府办公厅"],
         ["201", "03", "01", "行政运行"]]  # fmt: skip
UNITS = [["", "", "", "", "合    计"], ["", "", "", "336301", "某州林业局"],
         ["201", "03", "01", "336301", "行政运行"],
         ["208", "05", "05", "336301", "基本养老保险缴费"]]  # fmt: skip

FORMS = {
    "the numbers of the columns stand beside 类款项": Form(
        "收入决算表",
        "项目|<|<|<|本年收入合计|财政拨款收入|事业收入|其他收入\n"
        "功能分类科目编码|<|<|科目名称|^|^|^|^\n类|款|项|栏次|1|2|3|4",
        body(SPLIT, 4),
        [None] * 4 + [{"period": "current", "revenue_source": source}
                      for source in ("total", "fiscal", "business", "other")],
        cover="某市水务局2025年度部门决算",
    ),
    "甲 乙 number the columns of words": Form(
        "部门支出总表",
        "科目编码|科目名称|合计|基本支出|项目支出\n甲|乙|1|2|3",
        body(TOTAL_FIRST, 3),
        [None, None, *(expenditure(m, "all") for m in ("total", "basic", "project"))],
    ),
    "Sichuan: names of units over those of their classes": Form(
        "部门支出总表",
        "项目|<|<|<|<|合计|基本支出|项目支出\n科目编码|<|<|单位代码|单位名称（科目）|^|^|^\n"
        "类|款|项|^|^|^|^|^",
        body(UNITS, 3),
        [None] * 5 + [expenditure(m, "all") for m in ("total", "basic", "project")],
        row_facts={"208": {"func_name": "基本养老保险缴费", "budget_unit_name": "某州林业局",
                           "row_type": "detail"}},
    ),
    "小计 of a unit is no total of the table": Form(
        "部门支出预算总表",
        "单位代码|单位名称|科目编码|科目名称|总计|基本支出|项目支出",
        body([["", "", "", "合计"], ["501001", "某旗农牧局", "", "小计"],
              ["501001", "某旗农牧局", "2010301", "行政运行"]], 3),
        [None] * 4 + [expenditure(m, "all") for m in ("total", "basic", "project")],
        row_facts={"": {"row_type": "total"}, "501001": {"budget_unit_code": "501001"}},
    ),
    "the fund's name is the header of its total": Form(
        "一般公共预算支出情况表（按功能分类科目）",
        "功能科目名称|一般公共预算支出|其中：基本支出|其中：项目支出",
        body([["合计"], ["2010301-行政运行"], ["2080505-基本养老保险缴费"]], 3),
        [None, *(expenditure(m) for m in ("total", "basic", "project"))],
    ),
    "the budget as voted": Form(
        "一般公共预算支出表",
        "科目编码|科目名称|年初预算数|基本支出|项目支出",
        body(BY_CODE, 3),
        [None, None, *(expenditure(m) for m in ("total", "basic", "project"))],
    ),
    "three public expenses among others, downwards": Form(
        "一般公共预算安排的“三公”经费预算情况表",
        "项目|本年预算数",
        body([["“三公”经费"], ["其中：（一）因公出国（境）支出"],
              ["（二）公务用车购置及运行维护支出"], ["2.公务用车运维费"], ["（三）公务接待费支出"]],
             1),
        [None, {"version": "budget"}],
        row_facts={"“三公”经费": {"item": "total"},
                   "2.公务用车运维费": {"item": "vehicle_operation"},
                   "（二）公务用车购置及运行维护支出": {"item": "vehicle_total"}},
    ),
    "the heading 三公经费 over the amounts of its items": Form(
        "2026年一般公共预算“三公”经费支出情况表",
        "项目|2026年“三公”经费预算数",
        body([["共计"], ["1、因公出国（境）费用"], ["3、公务用车费"]], 1),
        [None, {"version": "budget"}],
        row_facts={"共计": {"item": "total"}, "1、因公出国（境）费用": {"item": "abroad"},
                   "3、公务用车费": {"item": "vehicle_total"}},
    ),
    "three public expenses by fund": Form(
        "财政拨款“三公”经费支出预算表",
        "项目|合计|一般公共预算|政府性基金预算",
        body([["合计"], ["一、因公出国（境）费"]], 3),
        [None, {"fund_scope": "fiscal"}, {"fund_scope": "general_public"},
         {"fund_scope": "gov_fund"}],
        row_facts={"合计": {"item": "total"}, "一、因公出国（境）费": {"item": "abroad"}},
    ),
    "编码 and 名称 below their classification": Form(
        "一般公共预算基本支出表",
        "经济分类科目|<|上年预算数|本年预算数|<\n编码|名称|^|合计|人员经费",
        body([["", "合计"], ["301", "工资福利支出"], ["30101", "基本工资"]], 3),
        [None, None, None, {"measure": "total"}, {"measure": "personnel"}],
        row_facts={"": {"row_type": "total"}, "30101": {"dept_econ_name": "基本工资"}},
    ),
    "lists by function and by economic class": Form(
        "部门收支总表",
        "收入|<|支出|<|<|<\n项目|预算数|项目（按功能分类）|预算数|项目（按部门预算经济分类）|预算数",
        [["一、一般公共预算拨款收入", "9.01", "一、教育支出", "9.010", "一、工资福利", "9.0100"],
         ["收入总计", "9.02", "支出总计", "9.020", "支出总计", "9.0200"]],
        [None, {"side": "revenue"}, None, {"side": "expenditure"}, None, {"side": "expenditure"}],
    ),
    "meetings among the rows: 合计 is of all": Form(
        "部门“三公”及会议培训经费预算表",
        "序号|项目|2025年预算|2026年预算|增减变化",
        body([["1", "合计"], ["2", "一、因公出国（境）费"], ["3", "四、会议费"]], 3),
        [None, None, {"version": "prior_budget"}, {"version": "budget"}, None],
        row_facts={"1": {"item": "total_with_meetings"}, "2": {"item": "abroad"}},
    ),
    "Yunnan: expenditure by source, funds of units apart": Form(
        "部门支出预算表",
        "科目编码|科目名称|合计|财政拨款|<|<|财政专户管理的支出|单位资金|<|<\n"
        "^|^|^|小计|基本支出|项目支出|^|小计|事业支出|其他支出",
        body(TOTAL_FIRST, 8),
        [None, None, expenditure("total", "all"), expenditure("total", "fiscal"),
         expenditure("basic", "fiscal"), expenditure("project", "fiscal"), *[None] * 4],
    ),
    "names alone: the figures tell which sum up others": Form(
        "部门支出总表",
        "功能分类科目名称|合计|基本支出|项目支出",
        [["一般公共服务支出", "90.1", "60.1", "30.0"], ["行政运行", "60.20", "60.10", "0.1"],
         ["一般行政管理事务", "29.9", "0.00", "29.90"], ["住房保障支出", "5.51", "5.510", "-"],
         ["住房公积金", "5.5100", "5.51000", ""], ["合计", "95.61", "65.61", "30.00"]],
        [None, *({"measure": m} for m in ("total", "basic", "project"))],
        row_facts={"一般公共服务支出": {"row_type": "subtotal", "is_leaf": False},
                   "行政运行": {"is_leaf": True}, "住房公积金": {"is_leaf": True},
                   "住房保障支出": {"is_leaf": False}, "合计": {"row_type": "total"}},
    ),
    "names alone, without a total": Form(
        "部门支出总体情况表",
        "支出功能分类科目|支出合计|基本支出|项目支出",
        [["一般公共服务支出", "90.1", "60.1", "30.0"], ["行政运行", "60.20", "60.10", "0.1"],
         ["一般行政管理事务", "29.9", "0.00", "29.90"], ["住房公积金", "5.510", "5.5100", ""]],
        [None, *({"measure": m} for m in ("total", "basic", "project"))],
        row_facts={"一般公共服务支出": {"row_type": "subtotal"}, "住房公积金": {"is_leaf": True},
                   "行政运行": {"row_type": "detail"}},
    ),
    "a 类 merged over its 款": Form(
        "一般公共预算基本支出表",
        "类|款|科目名称|预算数",
        body([["301", "01", "基本工资"], ["^", "02", "津贴补贴"], ["302", "01", "办公费"],
              ["合计", "<", "<"]], 1),
        [None, None, None, {"measure": "total"}],
        row_facts={"301": {"dept_econ_code": "30101"}, "^": {"dept_econ_code": "30102"},
                   "302": {"dept_econ_code": "30201"}, "合计": {"row_type": "total"}},
    ),
    "three public expenses, last year's budget and why it changed": Form(
        "“三公”经费预算支出表",
        "“三公”经费项目|上年预算（万元）|本年预算（万元）|增减变化原因",
        [["一、因公出国（境）费", "1.01", "1.02", "持平"], ["合计", "2.01", "2.02", ""]],
        [None, {"version": "prior_budget"}, {"version": "budget"}, None],
        row_facts={"合计": {"item": "total"}, "一、因公出国（境）费": {"item": "abroad"}},
        unit="",
    ),
    "a title without 表, a unit behind 金额, names before codes": Form(
        "2026年部门支出预算",
        "科目名称|科目编码|项目支出|基本支出|金额：万元",
        body([["行政运行", "2010301"], ["住房公积金", "2210201"]], 3),
        [None, None, expenditure("project", "all"), expenditure("basic", "all"),
         expenditure("total", "all", published_unit="万元")],
        row_facts={"行政运行": {"func_code": "2010301"}},
    ),
    "类 款 项 apart in one cell, and codes behind names": Form(
        "部门支出总表",
        "功能分类科目|合计|基本支出|项目支出",
        body([["201 一般公共服务支出"], ["201 03 政府办公厅"], ["201 03 01 行政运行"],
              ["住房公积金（2210201）"], ["合计"]], 3),
        [None, *(expenditure(m, "all") for m in ("total", "basic", "project"))],
        row_facts={"201 一般公共服务支出": {"func_code": "201", "row_type": "subtotal"},
                   "201 03 01 行政运行": {"func_code": "2010301", "func_name": "行政运行"},
                   "住房公积金（2210201）": {"func_code": "2210201", "row_type": "detail"}},
    ),
    "lists by both economic classifications side by side": Form(
        "一般公共预算基本支出表",
        "部门预算支出经济分类科目|<|<|政府预算支出经济分类科目|<|<\n"
        "科目编码|科目名称|预算数|科目编码|科目名称|预算数",
        [["301", "工资福利支出", "5.01", "501", "机关工资福利支出", "5.010"],
         ["30101", "基本工资", "5.0100", "50101", "工资奖金津补贴", "5.01000"],
         ["302", "商品和服务支出", "6.01", "502", "机关商品和服务支出", "6.010"],
         ["30201", "办公费", "6.0100", "50201", "办公经费", "6.01000"]],
        [None, None, {"gov_econ_code": None}, None, None, None],
        row_facts={"30101": {"dept_econ_code": "30101", "measure": "personnel"}},
    ),
    "this year's part of the money is not all of it": Form(
        "一般公共预算支出表",
        "科目编码|科目名称|总计|本年安排|<|<|上年结转|<|<\n"
        "^|^|^|合计|基本支出|项目支出|合计|基本支出|项目支出",
        body(TOTAL_FIRST, 7),
        [None, None, expenditure("total"), None, None, None,
         *({"measure": m, "flow": "carry_in"} for m in ("total", "basic", "project"))],
    ),
    "the total of what is carried": Form(
        "部门收入总表",
        "单位代码|单位名称|收入总计|本年收入|<|上年结转|<\n"
        "^|^|^|合计|一般公共预算拨款|合计|一般公共预算拨款结转",
        body([["", "合计"], ["150001", "某局本级"]], 5),
        [None, None, *({"period": period, "revenue_source": source} for period, source in (
            ("total", "total"), ("current", "total"), ("current", "general_public"),
            ("carry_in", "total"), ("carry_in", "general_public")))],
    ),
    "three public expenses from a fund": Form(
        "政府性基金预算“三公”经费支出预算表",
        "单位名称|合计|因公出国（境）费用|公务接待费",
        body([["某局"]], 3),
        [None, *({"fund_scope": "gov_fund", "item": i} for i in ("total", "abroad", "reception"))],
    ),
    "procurement by letter and name": Form(
        "政府采购预算表",
        "采购类别|<|预算金额\n编码|名称|^",
        body([["A", "货物类"], ["B", "工程类"], ["合计", ""]], 1),
        [None, None, {}],
        row_facts={"A": {"category_code": "A"}, "B": {"category_code": "B"},
                   "合计": {"row_type": "total", "category_code": None}},
    ),
    "the total of one list has its label under the list before": Form(
        "一般公共预算财政拨款基本支出决算表",
        "人员经费|<|<|公用经费|<|<|<|<|<\n"
        "科目编码|科目名称|决算数|科目编码|科目名称|决算数|科目编码|科目名称|决算数",
        [["301", "工资福利", "5.01", "302", "商品和服务", "6.02", "310", "资本支出", "7.03"],
         ["30101", "基本工资", "5.010", "30201", "办公费", "6.020", "31002", "设备购置", "7.030"],
         ["人员经费合计", "<", "5.0100", "公用经费合计", "<", "<", "<", "<", "13.05"]],
        [None, None, {"measure": "personnel"}, None, None, {"measure": "public"},
         None, None, {"measure": "public"}],
        cover="某市水务局2025年度部门决算",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_facts_mean_what_the_header_says(name: str) -> None:
    assert problems(FORMS[name]) == []


def test_a_table_s_number_in_a_ruled_row_of_its_own_is_no_header() -> None:
    rows = body(TOTAL_FIRST, 3)
    number = Form(
        "", "表三||||\n部门支出总表|<|<|<|<\n"
        "科目编码|科目名称|合计|基本支出|项目支出",
        rows, [None, None, *(expenditure(m, "all") for m in ("total", "basic", "project"))],
    )  # fmt: skip
    assert problems(number) == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("表三", True), ("公开05表", True), ("附件2", True), ("一、", False), ("收入表", False)],
)
def test_what_is_a_table_s_number(text: str, is_one: bool) -> None:
    assert is_table_number(text) is is_one


def test_code_in_front_of_the_publisher_is_no_part_of_its_name() -> None:
    form = Form("部门支出总表", "科目编码|科目名称|合计", body(BY_CODE, 1), [None] * 3,
                name="填报单位：[405]某市水务局", cover="预算公开")  # fmt: skip
    assert read(form).meta["publisher"] == "某市水务局"
    assert parse_caption(()).publisher is None
