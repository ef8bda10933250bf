"""Forms of single projects as places print them: one after another, of a term and of the year."""

from .draw_forms import Form, read

LIST = "一级指标|二级指标|三级指标|指标性质|指标值|计量单位"


def form(title: str, *rows: str) -> Form:
    cells = [row.split("|") for row in rows]
    return Form(title, "|".join(cells[0]), cells[1:], [None] * len(cells[0]), unit="", name="")


def one_project(title: str, name: str, total: str, indicator: str) -> Form:
    return form(
        title,
        f"项目名称|{name}|<|<|<|<",
        f"项目单位|清泉县水务局|<|<|预算金额（万元）|{total}",
        f"项目绩效目标|{name}完工。|<|<|<|<",
        LIST,
        f"产出指标|数量指标|{indicator}|≥|5|公里",
    )


def test_forms_that_follow_each_other_without_titles_are_projects_of_their_own() -> None:
    result = read(
        one_project("项目支出绩效目标表", "一标段", "10.00", "长度甲"),
        one_project("", "二标段", "20.00", "长度乙"),
        one_project("", "三标段", "30.00", "长度丙"),
    )
    projects = [r.values for r in result.records if r.table == "projects"]
    assert [(p["project_name"], p["total_text"], p["budget_unit_name"]) for p in projects] == [
        ("一标段", "10.00", "清泉县水务局"),
        ("二标段", "20.00", "清泉县水务局"),
        ("三标段", "30.00", "清泉县水务局"),
    ]
    owners = {p["project_id"]: p["project_name"] for p in projects}
    indicators = [r.values for r in result.records if r.table == "project_indicators"]
    assert [(owners[i["project_id"]], i["level3"]) for i in indicators] == [
        ("一标段", "长度甲"), ("二标段", "长度乙"), ("三标段", "长度丙"),
    ]  # fmt: skip


def test_the_year_s_figures_goal_and_indicators_not_those_of_the_term() -> None:
    result = read(
        form(
            "项目支出绩效目标申报表",
            "项目名称|康复补助|<|<|<|<|<",
            "项目资金（万元）|中期资金总额|<|300.00|年度资金总额|<|91.00",
            "^|其中：财政拨款|<|280.00|其中：财政拨款|<|90.00",
            "^|其他资金|<||其他资金|<|1.00",
            "总体目标|中期目标（2026年—2028年）|<|<|年度目标|<|<",
            "^|三年内覆盖率达到90%。|<|<|完成本年任务。|<|<",
            "绩效指标|一级指标|二级指标|三级指标|指标值|三级指标|指标值",
            "^|产出指标|数量指标|人次（中期）|≥900人次|人次|≥300人次",
        )
    )
    (project,) = (r.values for r in result.records if r.table == "projects")
    money = [project[f"{kind}_text"] for kind in ("total", "fiscal", "other")]
    assert money == ["91.00", "90.00", "1.00"]
    assert project["goal_text"] == "完成本年任务。"
    (indicator,) = (r.values for r in result.records if r.table == "project_indicators")
    assert (indicator["level2"], indicator["level3"], indicator["value_num"]) == (
        "数量指标", "人次", 300,
    )  # fmt: skip
