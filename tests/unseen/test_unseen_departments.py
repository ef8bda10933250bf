"""Forms of ministries, provinces and townships that no data line is from."""

import pytest

from yusuan.normalize.captions import is_caption_text, parse_caption

from .draw_forms import Form, money, problems, read
from .test_unseen_forms import BY_CODE, TOTAL_FIRST, body, expenditure

FINAL = "某市水务局2025年度部门决算"
BASIC = ("total", "basic", "project")
BALANCES = [
    *({"flow": "carry_in", "measure": m} for m in BASIC), None, None,
    *({"flow": "revenue", "measure": m} for m in BASIC),
    *({"flow": "expenditure", "measure": m} for m in BASIC),
    {"flow": "carry_out", "measure": "total"},
]  # fmt: skip
ALL = [expenditure(m, "all") for m in BASIC]

FORMS = {
    "general budget of final accounts with its balances": Form(
        "一般公共预算财政拨款收入支出决算表",
        "科目编码|科目名称|年初结转和结余|<|<|<|<|本年收入|<|<|本年支出|<|<|年末结转和结余\n"
        "^|^|合计|基本支出结转|项目支出结转和结余|<|<|合计|基本支出|项目支出|合计|基本支出|项目支出|^\n"
        "^|^|^|^|小计|项目支出结转|项目支出结余|^|^|^|^|^|^|^",
        body(BY_CODE, 12),
        [None, None, *({**c, "fund_scope": "general_public"} if c else None for c in BALANCES)],
        cover=FINAL,
    ),
    "codes of units and of classes in one column": Form(
        "部门支出总体情况表",
        "单位编码/科目编码|单位名称/科目名称|合计|基本支出|项目支出",
        body([["", "合计"], ["156001", "某局本级"], ["2010301", "行政运行"],
              ["156002", "某测试所"], ["2080505", "基本养老保险缴费"]], 3),
        [None, None, *ALL],
        row_facts={"": {"row_type": "total"},
                   "156001": {"row_type": "subtotal", "budget_unit_name": "某局本级"},
                   "2010301": {"budget_unit_code": "156001", "func_name": "行政运行"},
                   "2080505": {"budget_unit_code": "156002", "row_type": "detail"}},
    ),
    "units and classes in one column, codes and names in one cell": Form(
        "部门支出总表",
        "单位/功能科目|合计|基本支出|项目支出",
        body([["合计"], ["118001-某局机关"], ["201-一般公共服务支出"], ["2010301-行政运行"],
              ["118002-某检验所"], ["2080505-基本养老保险缴费"]], 3),
        [None, *ALL],
        row_facts={"118001-某局机关": {"func_code": None, "budget_unit_code": "118001"},
                   "2010301-行政运行": {"budget_unit_code": "118001", "func_code": "2010301"},
                   "2080505-基本养老保险缴费": {"budget_unit_name": "某检验所"}},
    ),
    "a department over its units has neither code nor class": Form(
        "部门支出总表",
        "类|款|项|单位代码|单位名称（科目）|合计|基本支出|项目支出",
        body([["", "", "", "", "合    计"], ["-", "", "", "", "某厅"],
              ["", "", "", "336301", "某厅机关"], ["201", "03", "01", "336301", "行政运行"]], 3),
        [None] * 5 + ALL,
        row_facts={"-": {"budget_unit_name": "某厅", "func_name": None, "row_type": "subtotal"}},
    ),
    "a row over all columns names the unit of the rows below": Form(
        "部门支出总表",
        "科目编码|科目名称|合计|基本支出|项目支出",
        [["单位：某档案馆（本级）", "<", "<", "<", "<"],
         *body(BY_CODE, 3), ["小计", "<", "71.01", "71.02", "71.03"],
         ["总计", "<", "72.01", "72.02", "72.03"]],
        [None, None, *ALL],
        row_facts={BY_CODE[-1][0]: {"budget_unit_name": "某档案馆（本级）"},
                   "小计": {"row_type": "subtotal", "budget_unit_name": "某档案馆（本级）"},
                   "总计": {"row_type": "total", "budget_unit_name": None}},
    ),
    "小计 in a row that the name of its unit is merged over": Form(
        "部门支出总表",
        "单位编码|单位名称|科目编码|科目名称|合计|基本支出|项目支出",
        [["205001", "某县一中", "2050204", "高中教育", "1.01", "1.02", "1.03"],
         ["^", "^", "小计", "<", "1.04", "1.05", "1.06"],
         ["合计", "<", "<", "<", "1.07", "1.08", "1.09"]],
        [None] * 4 + ALL,
        row_facts={"^": {"row_type": "subtotal", "budget_unit_code": "205001"},
                   "合计": {"row_type": "total", "budget_unit_code": None}},
    ),
    "points between 类, 款 and 项; kinds of projects as parts": Form(
        "部门支出预算总表",
        "科目编码|科目名称|总计|基本支出|<|<|项目支出|<|<\n"
        "^|^|^|合计|人员类项目支出|公用经费项目支出|合计|其他运转类项目支出|特定目标类项目支出",
        body([["201", "一般公共服务"], ["201.03", "政府办公厅"], ["201.03.01", "行政运行"]], 7),
        [None, None, *(expenditure(m, "all") for m in (
            "total", "basic", "basic_personnel", "basic_public", "project")), None, None],
        row_facts={"201.03.01": {"func_code": "2010301", "row_type": "detail"}},
    ),
    "names stand below the heading of their classification": Form(
        "一般公共预算基本支出情况表",
        "部门预算经济分类|<|<|政府预算经济分类|<|<|基本支出|<\n"
        "科目编码|<|科目名称|科目编码|<|科目名称|合计|人员经费\n类|款|^|类|款|^|^|^",
        body([["301", "01", "基本工资", "501", "01", "工资奖金津补贴"],
              ["302", "01", "办公费", "502", "01", "办公经费"]], 2),
        [None] * 6 + [{"measure": "total"}, {"measure": "personnel"}],
        row_facts={"301": {"dept_econ_code": "30101", "gov_econ_code": "50101"},
                   "302": {"dept_econ_code": "30201", "gov_econ_name": "办公经费"}},
    ),
    "funds of a title say more than 财政拨款 over its columns": Form(
        "一般公共预算“三公”经费支出预算表",
        "单位编码|单位名称|当年财政拨款预算安排|<|<\n^|^|合计|因公出国（境）费用|公务接待费",
        body([["301001", "某局"]], 3),
        [None, None, *({"fund_scope": "general_public", "item": i}
                       for i in ("total", "abroad", "reception"))],
    ),
    "三公 of all funds beside those of fiscal appropriation": Form(
        "“三公”经费预算表",
        "项目|合计|财政拨款|非财政拨款",
        body([["因公出国（境）费"], ["公务接待费"]], 3),
        [None, {"fund_scope": "all"}, {"fund_scope": "fiscal"}, None],
    ),
    "三公 of final accounts among counts": Form(
        "“三公”经费、行政参公单位机关运行经费情况表",
        "项目|行次|预算数|决算统计数\n栏次|^|1|2",
        [["（一）支出合计", "2", "5.01", "4.01"], ["1．因公出国（境）费", "3", "5.02", "4.02"],
         ["3．公务接待费", "7", "5.03", "4.03"], ["5．国内公务接待批次（个）", "16", "", ""]],
        [None, None, {"version": "budget"}, {"version": "final"}],
        cover=FINAL,
        row_facts={"1．因公出国（境）费": {"item": "abroad"}},
    ),
    "lists of 合计, this year's and carried money": Form(
        "部门收支总表",
        "收入|<|<|<|支出|<|<|<\n项目|合计|当年预算|上年结转|项目|合计|当年预算|上年结转",
        [["一、一般公共预算拨款收入", "8.01", "8.02", "8.03", "一、教育支出",
          "9.01", "9.02", "9.03"],
         ["收入总计", "8.04", "8.05", "8.06", "支出总计", "9.04", "9.05", "9.06"]],
        [None, {"side": "revenue"}, None, None, None, {"side": "expenditure"}, None, None],
    ),
    "expenditure by function and by nature side by side": Form(
        "单位收支预算总表",
        "收入|<|支出（按功能科目）|<|支出（按支出性质）|<\n项目|预算数|项目|预算数|项目|预算数",
        [["一、财政拨款收入", "8.01", "一、教育支出", "9.01", "一、基本支出", "7.01"],
         ["收入合计", "8.02", "支出合计", "9.02", "支出合计", "7.02"]],
        [None, {"side": "revenue"}, None, {"side": "expenditure"}, None, {"side": "expenditure"}],
        row_facts={},
    ),
    "name and unit share a ruled row above the header": Form(
        "",
        "一般公共预算支出表|<|<|<|<\n预算单位：某街道办事处|<|<|单位：千元|<\n"
        "科目编码|科目名称|合计|基本支出|项目支出",
        body(TOTAL_FIRST, 3),
        [None, None, *({**expenditure(m), "published_unit": "千元"} for m in BASIC)],
        unit="", name="",
    ),
    "a table by economic class and fund is no revenue": Form(
        "支出经济分类汇总表",
        "科目编码|科目名称|总计|一般公共预算|政府性基金|国有资本经营预算|事业收入|其他收入|上年结转",
        body([["30101", "基本工资"], ["30201", "办公费"], ["30217", "公务接待费"]], 7),
        [None] * 9,
    ),
    "procurement of services as a list of projects": Form(
        "政府购买服务预算表",
        "序号|购买服务项目名称|购买服务内容|承接主体类别|预算金额",
        body([["1", "培训", "公共服务", "企业"], ["2", "评审", "技术服务", "企业"]], 1),
        [None] * 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_facts_mean_what_the_header_says(name: str) -> None:
    assert problems(FORMS[name]) == []


def test_basic_expenditure_by_government_classes_is_a_second_cut() -> None:
    def form(kind: str, codes: list[list[str]], grain: str) -> Form:
        rows = [[*labels, f"{i}{grain}1", f"{i}{grain}2"] for i, labels in enumerate(codes, 1)]
        return Form(f"一般公共预算基本支出表（按{kind}经济分类）",
                    f"{kind}经济分类科目编码|{kind}经济分类科目名称|合计|人员经费", rows,
                    [None] * 4)  # fmt: skip

    gov = form("政府预算", [["50101", "工资奖金津补贴"], ["50102", "社会保障缴费"]], ".3")
    dept = form("部门预算", [["30101", "基本工资"], ["30108", "养老保险缴费"]], ".4")
    facts = money(read(gov, dept))
    assert {facts[text].table for text in ("1.31", "2.32")} == {"amount_details"}
    assert {facts[text].table for text in ("1.41", "2.42")} == {"basic_expenditure"}


def test_counts_among_the_rows_of_a_listing_are_no_money() -> None:
    form = Form("机关运行经费支出表", "项目|金额",
                [["机关运行经费", "35.20"], ["车辆数合计（辆）", "2"], ["办公费", "12.10"]],
                [None, None])  # fmt: skip
    facts = money(read(form))
    assert "35.20" in facts
    assert "2" not in facts


def test_indicators_below_names_of_units_and_projects() -> None:
    rows = [
        [
            "某补助资金",
            "保障基本生活",
            "产出指标",
            "数量指标",
            "人数",
            "=",
            "30",
            "人",
            "定量指标",
            "考核人数",
        ]
    ]
    form = Form("部门项目支出绩效目标表（本次下达）",
                "单位名称、项目名称|项目年度绩效目标|一级指标|二级指标|三级指标|指标性质|指标值|"
                "度量单位|指标属性|指标内容", rows, [None] * 10)  # fmt: skip
    (indicator,) = (r for r in read(form).records if r.table == "project_indicators")
    assert indicator.values["level3"] == "人数"
    assert indicator.values["value_text"] == "30"


@pytest.mark.parametrize(
    ("text", "publisher"),
    [("部门：某县统计局2024年度", "某县统计局"), ("部门：某县统计局（2024年）", "某县统计局")],
)
def test_a_year_behind_the_publisher_is_no_part_of_its_name(text: str, publisher: str) -> None:
    form = Form("部门支出总表", "科目编码|科目名称|合计", body(BY_CODE, 1), [None] * 3,
                name=text, cover="部门决算")  # fmt: skip
    assert read(form).meta["publisher"] == publisher
    assert parse_caption(()).publisher is None


def test_an_amount_s_unit_after_the_word_for_amount() -> None:
    form = Form("部门支出总表", "科目编码|科目名称|合计", body(BY_CODE, 1), [None] * 3,
                unit="金额：万元")  # fmt: skip
    assert {r.values["published_unit"] for r in money(read(form)).values()} == {"万元"}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("单位：万元", True), ("预算单位：某街道", True), ("公开05表", True), ("科目编码", False)],
)
def test_what_stands_above_a_header(text: str, is_one: bool) -> None:
    assert is_caption_text(text) is is_one
