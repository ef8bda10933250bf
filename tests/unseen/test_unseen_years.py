"""Columns of other years, differences and counts never become this year's money."""

import pytest

from .draw_forms import Form, problems, read
from .test_unseen_forms import BY_CODE, CODES, TOTAL_LAST, body, expenditure

BOTH = [["一、一般公共服务支出"], ["二、社会保障和就业支出"], ["三、卫生健康支出"]]
SOURCES = ("一、财政拨款收入", "二、事业收入", "三、其他收入")


def two_lists(n_left: int, n_right: int) -> list[list[str]]:
    """Rows of two lists side by side, with totals."""
    left = body([[s] for s in (*SOURCES, "本年收入合计", "上年结转", "收入总计")], n_left, 100)
    right = body([*BOTH, ["本年支出合计"], ["结转下年"], ["支出总计"]], n_right, 5000)
    return [a + b for a, b in zip(left, right, strict=True)]


def side(name: str, **more: object) -> dict[str, object]:
    return {"side": name, "measure": "total", **more}


FORMS = {
    "years below one heading, none on the cover": Form(
        "部门支出总表",
        "科目编码|科目名称|预算数|<|<\n^|^|2024年|2025年|2026年",
        body(BY_CODE, 3),
        [None, None, None, None, expenditure("total", "all")],
        cover="某市水务局部门预算",
    ),
    "last year and this year without numbers": Form(
        "一般公共预算支出表",
        "科目编码|科目名称|上年数|<|本年数|<\n^|^|基本支出|项目支出|基本支出|项目支出",
        body(TOTAL_LAST, 4),
        [None, None, None, None, expenditure("basic"), expenditure("project")],
    ),
    "a difference split in two": Form(
        "政府性基金预算支出表",
        "科目编码|科目名称|2025年预算|2026年预算|<|<|较上年增减|<\n"
        "^|^|^|合计|基本支出|项目支出|金额|幅度",
        body([["2120801", "征地和拆迁补偿支出"], ["2120803", "城市建设支出"],
              ["2296002", "用于社会福利的彩票公益金支出"], ["", "合计"]], 6),
        [None, None, None, *(expenditure(m, "gov_fund") for m in ("total", "basic", "project")),
         None, None],
    ),
    "lists with last year's figures": Form(
        "2026年部门收支总体情况表",
        "收入|<|<|支出|<|<\n项目|2025年预算数|2026年预算数|项目|2025年预算数|2026年预算数",
        two_lists(2, 2),
        [None, None, side("revenue"), None, None, side("expenditure")],
        row_facts={},
    ),
    "lists with line numbers, growth and shares": Form(
        "部门收支总体情况表",
        "收入|<|<|<|支出|<|<|<\n"
        "项目|行次|本年预算金额|比上年增长(%)|项目（按功能分类）|行次|本年预算金额|所占比例",
        [[r[0], str(i), *r[1:4], str(i + 30), *r[4:]] for i, r in enumerate(two_lists(2, 2), 1)],
        [None, None, side("revenue"), None, None, None, side("expenditure"), None],
    ),
    "fiscal lists with a column a fund": Form(
        "财政拨款收支总体情况表",
        "收入|<|支出|<|<|<|<\n"
        "项目|预算金额|项目|合计|一般公共预算财政拨款|政府性基金预算财政拨款|国有资本经营预算财政拨款",
        two_lists(1, 4),
        [None, side("revenue"), None, *(side("expenditure", fund_scope=f) for f in
         ("fiscal", "general_public", "gov_fund", "state_capital"))],
    ),
    "three public expenses of three years": Form(
        "2026年“三公”经费预算情况表",
        "单位名称|2024年决算数|<|2025年预算数|<|2026年预算数|<\n"
        "^|合计|公务接待费|合计|公务接待费|合计|公务接待费",
        body([["某市水务局本级"], ["某市水文站"]], 6),
        [None, None, None, {"version": "prior_budget", "item": "total"},
         {"version": "prior_budget", "item": "reception"}, {"version": "budget", "item": "total"},
         {"version": "budget", "item": "reception"}],
    ),
    "purchases with counts and prices": Form(
        "政府采购预算明细表",
        "采购项目名称|采购目录|数量|单价|预算金额",
        body([["办公桌椅", "A05010000"], ["物业管理", "C21040000"], ["打印机", "A02021000"]], 3),
        [None] * 5,
    ),
    "personnel of projects is no basic expenditure": Form(
        "部门支出总表",
        "科目编码|科目名称|合计|基本支出|<|<|项目支出|<|<\n"
        "^|^|^|小计|人员经费|公用经费|小计|人员经费|其他",
        body(BY_CODE, 7),
        [None, None, expenditure("total", "all"), expenditure("basic", "all"),
         expenditure("basic_personnel", "all"), expenditure("basic_public", "all"),
         expenditure("project", "all"), None, None],
    ),
    "figures outside the title's money": Form(
        "一般公共预算支出表",
        "科目编码|科目名称|本年支出|其中：政府采购金额|其中：社会保障缴费|调整预算数|执行数|执行率",
        body(TOTAL_LAST, 6),
        [None, None, expenditure("total"), None, None, None, None, None],
    ),
    "people and square metres": Form(
        "部门支出总表",
        "单位编码|单位名称|科目编码|科目名称|在职人数|办公面积（平方米）|支出合计",
        body([["310001", "某市水务局本级", *code] for code in CODES], 3),
        [None] * 6 + [expenditure("total", "all")],
    ),
}  # fmt: skip


PROJECTS = Form(
    "2026年部门项目支出绩效目标表",
    "项目名称|2025年预算数|2026年预算数|绩效目标|一级指标|二级指标|三级指标|指标值",
    [["河道保洁", "11.10", "22.20", "保持河道清洁", "产出指标", "数量指标", "保洁长度", "120"],
     ["水文监测", "33.30", "44.40", "按时上报数据", "产出指标", "数量指标", "上报次数", "365"]],
    [None] * 8,
)  # fmt: skip


def test_a_projects_total_is_this_years() -> None:
    totals = [r.values["total_text"] for r in read(PROJECTS).records if r.table == "projects"]
    assert totals == ["22.20", "44.40"]


@pytest.mark.parametrize("name", FORMS)
def test_only_this_years_money(name: str) -> None:
    assert problems(FORMS[name]) == []
