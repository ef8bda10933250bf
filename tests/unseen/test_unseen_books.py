"""The Ministry's final accounts, and titles that look like others."""

import pytest

from .draw_forms import Form, problems
from .test_unseen_forms import BY_CODE, TOTAL_LAST, body, expenditure, numbers
from .test_unseen_years import BOTH, SOURCES, side

FINAL = "某市水务局2025年度部门决算"
FUNDS = ("fiscal", "general_public", "gov_fund", "state_capital")
ITEMS = ("total", "abroad", "vehicle_total", "vehicle_purchase", "vehicle_operation", "reception")


def numbered_lists(n_right: int) -> list[list[str]]:
    """项目 | 行次 | 金额 side by side, as final accounts print them."""
    left = (*SOURCES, "本年收入合计", "使用非财政拨款结余", "年初结转和结余", "总计")
    right = (*(row[0] for row in BOTH), "本年支出合计", "结余分配", "年末结转和结余", "总计")
    amounts = numbers(len(left) * (1 + n_right), 300)
    rows = []
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        own = amounts[i * (1 + n_right) : (i + 1) * (1 + n_right)]
        rows.append([a, str(i + 1), own[0], b, str(i + 31), *own[1:]])
    return rows


FORMS = {
    "summary of final accounts": Form(
        "收入支出决算总表",
        "收入|<|<|支出|<|<\n项目|行次|金额|项目|行次|金额\n栏次||1|栏次||2",
        numbered_lists(1),
        [None, None, side("revenue"), None, None, side("expenditure")],
        cover=FINAL,
    ),
    "summary of fiscal final accounts": Form(
        "财政拨款收入支出决算总表",
        "收入|<|<|支出|<|<|<|<|<\n"
        "项目|行次|金额|项目（按功能分类）|行次|合计|一般公共预算财政拨款"
        "|政府性基金预算财政拨款|国有资本经营预算财政拨款",
        numbered_lists(4),
        [None, None, side("revenue"), None, None,
         *(side("expenditure", fund_scope=f) for f in FUNDS)],
        cover=FINAL,
    ),
    "revenue of final accounts": Form(
        "收入决算表",
        "项目|<|本年收入合计|财政拨款收入|上级补助收入|事业收入|<|经营收入|附属单位上缴收入|其他收入\n"
        "科目代码|科目名称|^|^|^|小计|其中：教育收费|^|^|^",
        body(TOTAL_LAST, 8),
        [None, None, {"revenue_source": "total", "period": "current"},
         {"revenue_source": "fiscal", "period": "current"}, {"revenue_source": "superior"},
         {"revenue_source": "business"}, None, {"revenue_source": "operating"},
         {"revenue_source": "affiliate"}, {"revenue_source": "other"}],
        cover=FINAL,
    ),
    "fund in final accounts": Form(
        "政府性基金预算财政拨款收入支出决算表",
        "项目|<|年初结转和结余|本年收入|本年支出|<|<|年末结转和结余\n"
        "科目代码|科目名称|^|^|小计|基本支出|项目支出|^",
        body([["2120801", "征地和拆迁补偿支出"], ["2120803", "城市建设支出"],
              ["2296002", "用于社会福利的彩票公益金支出"], ["", "合计"]], 6),
        [None, None, {"flow": "carry_in"}, {"flow": "revenue"},
         *(expenditure(m, "gov_fund") for m in ("total", "basic", "project")),
         {"flow": "carry_out"}],
        cover=FINAL,
    ),
    "basic expenditure in three lanes": Form(
        "一般公共预算财政拨款基本支出决算明细表",
        "人员经费|<|<|公用经费|<|<|<|<|<\n"
        "科目代码|科目名称|决算数|科目代码|科目名称|决算数|科目代码|科目名称|决算数",
        [["301", "工资福利支出", "11.10", "302", "商品和服务支出", "22.20", "310", "资本性支出",
          "33.30"],
         ["30101", "基本工资", "44.40", "30201", "办公费", "55.50", "31002", "办公设备购置",
          "66.60"]],
        [None, None, {"measure": "personnel"}, None, None, {"measure": "public"}, None, None,
         {"measure": "public"}],
        cover=FINAL,
    ),
    "three public expenses of final accounts": Form(
        "财政拨款“三公”经费支出决算表",
        "预算数|<|<|<|<|<|决算数|<|<|<|<|<\n"
        "合计|因公出国（境）费|公务用车购置及运行维护费|<|<|公务接待费|"
        "合计|因公出国（境）费|公务用车购置及运行维护费|<|<|公务接待费\n"
        "^|^|小计|公务用车购置费|公务用车运行维护费|^|^|^|小计|公务用车购置费|公务用车运行维护费|^",
        body([[]], 12),
        [{"item": item, "version": version} for version in ("budget", "final") for item in ITEMS],
        cover=FINAL,
    ),
    "a title that holds a shorter one": Form(
        "一般公共预算支出总表",
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(BY_CODE, 3),
        [None, None, *(expenditure(m) for m in ("total", "basic", "project"))],
    ),
    "fiscal expenditure of all funds": Form(
        "财政拨款支出总体情况表",
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(BY_CODE, 3),
        [None, None, *(expenditure(m, "fiscal") for m in ("total", "basic", "project"))],
    ),
    "basic expenditure by government classes under bare headers": Form(
        "一般公共预算基本支出明细表（政府预算经济分类）",
        "科目编码|科目名称|合计|人员经费|公用经费",
        body([["501", "机关工资福利支出"], ["50101", "工资奖金津补贴"],
              ["502", "机关商品和服务支出"], ["50201", "办公经费"]], 3),
        [None, None, {"measure": "total", "dept_econ_code": None}, {"measure": "personnel"},
         {"measure": "public"}],
        row_facts={"50101": {"gov_econ_code": "50101"}},
    ),
    "lists by unit form: kinds of expenditure as columns": Form(
        "单位收支预算总表",
        "收入|<|支出|<|<|<|<\n项目|预算数|项目|预算数|<|<|<\n^|^|^|合计|基本支出|<|项目支出\n"
        "^|^|^|^|人员经费|公用经费|^",
        body([[s] for s in SOURCES], 1) and
        [[s, a, *b] for s, a, b in zip(SOURCES, ("1.01", "2.02", "3.03"),
                                       body(BOTH, 4), strict=True)],
        [None, {"side": "revenue", "measure": "total"}, None,
         *({"side": "expenditure", "measure": m} for m in
           ("total", "basic_personnel", "basic_public", "project"))],
    ),
}  # fmt: skip

NONE = {
    "lists of one fund": Form(
        "政府性基金预算收支总表",
        "收入|<|支出|<\n项目|预算数|项目|预算数",
        [[s, a, b[0], c] for s, a, b, c in zip(
            SOURCES, ("1.01", "2.02", "3.03"), BOTH, ("4.04", "5.05", "6.06"), strict=True)],
        [None] * 4,
    ),
    "projects without goals": Form(
        "部门项目支出预算表",
        "项目名称|单位名称|合计|一般公共预算|政府性基金预算",
        body([["河道保洁", "某市水务局"], ["水文监测", "某市水文站"], ["清淤", "某市水务局"]], 3),
        [None] * 5,
    ),
    "revenue by rows": Form(
        "部门收入预算表",
        "项目|预算数",
        body([["财政拨款"], ["一般公共预算"], ["事业收入"], ["合计"]], 1),
        [None] * 2,
    ),
    "assets": Form(
        "国有资产占用情况明细表",
        "项目|数量|价值（万元）",
        body([["房屋"], ["车辆"], ["设备"]], 2),
        [None] * 3,
    ),
    "running cost of offices": Form(
        "机关运行经费支出情况表",
        "科目编码|科目名称|金额",
        body([["30201", "办公费"], ["30202", "印刷费"], ["30205", "水费"]], 1),
        [None] * 3,
    ),
    "execution of a government's budget": Form(
        "2025年全市一般公共预算支出执行情况表",
        "科目编码|科目名称|预算数|执行数|完成预算%",
        body(BY_CODE, 3),
        [None] * 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_books_of_the_ministry(name: str) -> None:
    assert problems(FORMS[name]) == []


@pytest.mark.parametrize("name", NONE)
def test_tables_without_a_place(name: str) -> None:
    assert problems(NONE[name]) == []
