"""Standard tables as places that no data line is from print them."""

import pytest

from .draw_forms import Form, problems


def numbers(n: int, start: int) -> list[str]:
    """Different amounts, none a sum of others."""
    return [f"{start + 7 * i * i + i}.{(13 * i) % 90 + 10}" for i in range(1, n + 1)]


CODES = (
    ("2010301", "行政运行"), ("2010302", "一般行政管理事务"),
    ("2080505", "机关事业单位基本养老保险缴费支出"), ("2210201", "住房公积金"),
)  # fmt: skip


def body(labels: list[list[str]], n_amounts: int, start: int = 100) -> list[list[str]]:
    """Label cells, then amounts."""
    amounts = numbers(len(labels) * n_amounts, start)
    return [[*row, *amounts[i * n_amounts : (i + 1) * n_amounts]] for i, row in enumerate(labels)]


def expenditure(measure: str, scope: str = "general_public", **more: object) -> dict[str, object]:
    return {"measure": measure, "fund_scope": scope, "flow": "expenditure", **more}


BY_CODE = [[code, name] for code, name in CODES]
TOTAL_LAST = [*BY_CODE, ["合计", ""]]
TOTAL_FIRST = [["", "合 计"], *BY_CODE]

FORMS = {
    "ministry, last year's outcome and the change": Form(
        "一般公共预算支出表",
        "功能分类科目|<|2025年执行数|2026年预算数|<|<|2026年预算数比2025年执行数|<\n"
        "科目编码|科目名称|^|小计|基本支出|项目支出|增减额|增减%",
        body(TOTAL_LAST, 6),
        [None, None, None, expenditure("total"), expenditure("basic"), expenditure("project"),
         None, None],
    ),
    "last year's budget beside this year's": Form(
        "2026年部门支出总体情况表",
        "科目编码|科目名称|上年预算数|本年预算数|<|<|增减幅度（%）\n^|^|^|合计|基本支出|项目支出|^",
        body(TOTAL_FIRST, 5),
        [None, None, None, expenditure("total", "all"), expenditure("basic", "all"),
         expenditure("project", "all"), None],
    ),
    "shares of the total": Form(
        "部门支出总表",
        "序号|科目代码|科目名称|支出合计|基本支出|项目支出|占总支出比重|比上年增长",
        [[str(i), *row] for i, row in enumerate(body(BY_CODE, 5), 1)],
        [None, None, None, expenditure("total", "all"), expenditure("basic", "all"),
         expenditure("project", "all"), None, None],
    ),
    "Sichuan: three code columns, unit code, unit and class names in one column": Form(
        "部门支出总表",
        "项目|<|<|<|<|合计|基本支出|项目支出|上缴上级支出|对附属单位补助支出\n"
        "科目编码|<|<|单位代码|单位名称（科目）|^|^|^|^|^\n类|款|项|^|^|^|^|^|^|^",
        body(
            [["", "", "", "", "合计"], ["201", "03", "01", "301001", "行政运行"],
             ["201", "03", "02", "301001", "一般行政管理事务"],
             ["208", "05", "05", "301001", "机关事业单位基本养老保险缴费支出"]], 5),
        [None] * 5 + [expenditure(m, "all") for m in
                      ("total", "basic", "project", "to_superior", "to_affiliate")],
        row_facts={"208": {"func_code": "2080505"}},
    ),
    "Henan: personnel and running cost, letter-spaced, 人民币元": Form(
        "2026年一般公共预算支出情况表",
        "科 目 编 码|科 目 名 称|总  计|基 本 支 出|<|<|项 目 支 出\n"
        "^|^|^|小 计|人 员 经 费|公 用 经 费|^",
        body(TOTAL_LAST, 5),
        [None, None, *(expenditure(m) for m in
         ("total", "basic", "basic_personnel", "basic_public", "project"))],
        unit="单位：人民币元",
    ),
    "Zhejiang: revenue by unit with carried money": Form(
        "表2 2026年部门收入预算总表",
        "单位编码|单位名称|总计|上年结转|<|本年收入|<|<|<|<\n"
        "^|^|^|一般公共预算拨款结转|政府性基金预算结转|小计|一般公共预算拨款|政府性基金预算拨款"
        "|财政专户管理资金|其他资金",
        body([["", "合计"], ["310001", "某市水务局本级"], ["310002", "某市水文站"]], 8),
        [None, None, {"period": "total", "revenue_source": "total"},
         {"period": "carry_in", "revenue_source": "general_public"},
         {"period": "carry_in", "revenue_source": "gov_fund"},
         {"period": "current", "revenue_source": "total"},
         {"period": "current", "revenue_source": "general_public"},
         {"period": "current", "revenue_source": "gov_fund"},
         {"period": "current", "revenue_source": "special_account"},
         {"period": "current", "revenue_source": "unit_funds"}],
    ),
    "expenditure by fund": Form(
        "部门支出预算总体情况表",
        "功能科目编码|功能科目名称|合计|财政拨款|<|<|单位自筹\n"
        "^|^|^|小计|一般公共预算拨款|政府性基金预算拨款|^",
        body(TOTAL_LAST, 5),
        [None, None, expenditure("total", "all"), expenditure("total", "fiscal"),
         expenditure("total", "general_public"), expenditure("total", "gov_fund"), None],
    ),
    "basic expenditure by economic class, codes only in the rows": Form(
        "一般公共预算基本支出经济分类明细情况表",
        "经济分类科目|<|本年一般公共预算基本支出|<|<\n科目代码|科目名称|合计|人员支出|日常公用支出",
        body([["301", "工资福利支出"], ["30101", "基本工资"], ["302", "商品和服务支出"],
              ["30201", "办公费"], ["", "合计"]], 3),
        [None, None, {"measure": "total"}, {"measure": "personnel"}, {"measure": "public"}],
        row_facts={"30101": {"dept_econ_code": "30101"}},
    ),
    "three public expenses downwards, with last year": Form(
        "一般公共预算“三公”经费支出情况表",
        "项目|2025年预算数|2026年预算数|增减额|增减率（%）",
        body([["合计"], ["一、因公出国（境）费用"], ["二、公务接待费"],
              ["三、公务用车购置及运行维护费"], ["其中：（1）公务用车购置费"],
              ["（2）公务用车运行维护费"]], 4),
        [None, {"version": "prior_budget"}, {"version": "budget"}, None, None],
        row_facts={"合计": {"item": "total"}, "二、公务接待费": {"item": "reception"},
                   "（2）公务用车运行维护费": {"item": "vehicle_operation"}},
    ),
    "three public expenses across, blocks of years": Form(
        "财政拨款“三公”经费支出表",
        "2025年预算执行数|<|<|<|<|<|2026年预算数|<|<|<|<|<\n"
        + "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费|" * 1
        + "合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费\n"
        "^|^|小计|购置费|运行费|^|^|^|小计|购置费|运行费|^",
        body([[]], 12),
        [None] * 6 + [{"version": "budget", "item": item} for item in
                      ("total", "abroad", "vehicle_total", "vehicle_purchase",
                       "vehicle_operation", "reception")],
    ),
    "three public expenses, a row a year": Form(
        "“三公”经费情况表",
        "年份|合计|因公出国（境）费|公务接待费|公务用车费\n",
        body([["2025年"], ["2026年"]], 4),
        [None, {"item": "total"}, {"item": "abroad"}, {"item": "reception"},
         {"item": "vehicle_total"}],
        row_facts={"2025年": {"version": "prior_budget"}, "2026年": {"version": "budget"}},
    ),
    "two units in one header": Form(
        "部门支出总表",
        "科目编码|科目名称|合计（万元）|基本支出（元）|项目支出（元）",
        body(BY_CODE, 3),
        [None, None, expenditure("total", "all", published_unit="万元"),
         expenditure("basic", "all", published_unit="元"),
         expenditure("project", "all", published_unit="元")],
        unit="",
    ),
    "a unit that is not supported": Form(
        "部门支出总表",
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(BY_CODE, 3),
        [None, None, *(expenditure(m, "all", amount_yuan=None, published_unit=None)
                       for m in ("total", "basic", "project"))],
        unit="单位：千美元",
    ),
    "a final account: budget and final beside each other": Form(
        "一般公共预算财政拨款支出决算明细表",
        "科目编码|科目名称|年初预算数|决算数|<|<|完成年初预算的%\n^|^|^|合计|基本支出|项目支出|^",
        body(TOTAL_LAST, 5),
        [None, None, None, expenditure("total"), expenditure("basic"), expenditure("project"),
         None],
        cover="某市水务局2025年度部门决算",
    ),
    "numbered columns": Form(
        "部门支出决算总表",
        "支出功能分类科目编码|科目名称|本年支出合计|基本支出|项目支出\n栏次|<|1|2|3",
        body(TOTAL_LAST, 3),
        [None, None, *(expenditure(m, "all") for m in ("total", "basic", "project"))],
        cover="某市水务局2025年度部门决算",
    ),
    "subtotals of units": Form(
        "一般公共预算支出预算明细表",
        "单位编码|单位名称|支出功能科目编码|支出功能科目名称|合计|基本支出|项目支出",
        body([["", "总计", "", ""], ["310001", "某市水务局本级", "2010301", "行政运行"],
              ["310001", "某市水务局本级", "2010302", "一般行政管理事务"],
              ["310002", "某市水文站", "2080505", "机关事业单位基本养老保险缴费支出"]], 3),
        [None] * 4 + [expenditure(m) for m in ("total", "basic", "project")],
        row_facts={"": {"row_type": "total"}, "310002": {"func_code": "2080505"}},
    ),
}  # fmt: skip

CUTS = {
    "whole expenditure by economic class": Form(
        "一般公共预算支出明细表（按部门预算经济分类）",
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(
            [
                ["301", "工资福利支出"],
                ["30101", "基本工资"],
                ["302", "商品和服务支出"],
                ["30201", "办公费"],
            ],
            3,
        ),
        [None] * 5,
    ),
    "its title does not say so": Form(
        "一般公共预算支出预算情况表",
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(
            [
                ["501", "机关工资福利支出"],
                ["50101", "工资奖金津补贴"],
                ["502", "机关商品和服务支出"],
                ["50201", "办公经费"],
            ],
            3,
        ),
        [None] * 5,
    ),
    "basic expenditure by function": Form(
        "一般公共预算基本支出预算表",
        "科目编码|科目名称|合计|人员经费|公用经费",
        body(BY_CODE, 3),
        [None] * 5,
    ),
    "a government's own budget": Form(
        "2026年某市一般公共预算支出预算表",
        "项目|2025年执行数|2026年预算数|增减%",
        body([["一般公共服务支出"], ["教育支出"], ["卫生健康支出"]], 3),
        [None] * 4,
    ),
    "a part of expenditure": Form(
        "基本支出总表",
        "单位名称|合计|一般公共预算|政府性基金预算",
        body([["某市水务局本级"], ["某市水文站"]], 3),
        [None] * 4,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_facts_mean_what_the_header_says(name: str) -> None:
    assert problems(FORMS[name]) == []


@pytest.mark.parametrize("name", CUTS)
def test_what_has_no_place_becomes_no_fact(name: str) -> None:
    assert problems(CUTS[name]) == []
