"""Forms of one project each, lists of projects with goals, indicators listed in one cell."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.families.indicator_lists import split_indicator_list
from yusuan.normalize.families.indicator_text import read_indicator, split_value
from yusuan.schemas.loader import load

SCHEMAS = load()
INDEX = prepare(SCHEMAS)
UNITS = frozenset(SCHEMAS.vocabularies["measure_unit"])
TITLE = ["某项经费项目绩效目标表"]
HEAD = [
    ["项目名称", "<", "某项经费", "<", "<"],
    ["主管部门", "<", "某市某局", "实施单位", "某市某中心"],
    ["专项资金情况（万元）", "资金总额", "<", "25.89", "<"],
    ["^", "财政拨款", "<", "25.00", "<"],
    ["^", "其他资金", "<", "0.89", "<"],
    ["年度目标", "保障运转。", "<", "<", "<"],
]
LIST = [["绩效目标指标", "一级指标", "二级指标", "三级指标", "指标值"]]
WIDTHS = [60.0, 80.0, 90.0, 150.0, 90.0]


def line(level1, level2, level3, value, stub="^"):
    return [stub, level1, level2, level3, value]


@pytest.fixture
def read(table, page, document):
    def run(*pages, caption=TITLE, widths=WIDTHS):
        drawn = [
            page(
                table(rows, page=number, caption=caption if number == 1 else (), widths=widths),
                number=number,
            )
            for number, rows in enumerate(pages, 1)
        ]
        result = normalize(document(*drawn), INDEX)
        projects = [r.values for r in result.records if r.table == "projects"]
        indicators = [r.values for r in result.records if r.table == "project_indicators"]
        quiet = ("stitch-joined", "year-unknown", "kind-unknown")
        return projects, indicators, [f for f in result.findings if f.code not in quiet], result

    return run


def test_head_and_list_of_a_form(read):
    projects, indicators, findings, result = read(
        [*HEAD, *LIST, line("产出指标", "数量指标", "面积", "≤5137.26平方米")]
    )
    (project,) = projects
    assert project["project_name"] == "某项经费"
    assert project["budget_unit_name"] == "某市某中心"
    assert (project["total_text"], project["total_yuan"]) == ("25.89", Decimal("258900.00"))
    assert (project["fiscal_yuan"], project["other_yuan"]) == (Decimal(250000), Decimal(8900))
    assert (project["goal_text"], project["published_unit"]) == ("保障运转。", "万元")
    (indicator,) = indicators
    assert indicator["project_id"] == project["project_id"]
    assert (indicator["level1"], indicator["level2"]) == ("产出指标", "数量指标")
    assert (indicator["nature"], indicator["value_num"]) == ("≤", Decimal("5137.26"))
    assert (indicator["value_text"], indicator["measure_unit"]) == ("≤5137.26平方米", "平方米")
    assert indicator["owner_status"] == "printed"
    assert findings == []
    assert result.tables[0].values["family"] == "project_perf"
    assert ("ignored", "project_detail") in result.uses.values()


def test_levels_go_on_over_a_page_end(read):
    first = [
        *HEAD,
        *LIST,
        line("产出指标", "数量指标", "甲", "1个"),
        line("^", "质量指标", "乙", "好"),
    ]
    second = [["", "", "", "丙", "2次"], line("效益指标", "社会效益指标", "丁", "提高")]
    _, indicators, findings, _ = read(first, second)
    assert [(i["level1"], i["level2"], i["level3"]) for i in indicators] == [
        ("产出指标", "数量指标", "甲"),
        ("产出指标", "质量指标", "乙"),
        ("产出指标", "质量指标", "丙"),
        ("效益指标", "社会效益指标", "丁"),
    ]
    assert findings == []


def test_row_cut_by_a_page_end_is_one_indicator(read):
    first = [*HEAD, *LIST, line("产出指标", "数量指标", "甲", "维护秩序")]
    second = [["", "", "", "", "稳定"], line("满意度指标", "服务对象满意度指标", "乙", "≥95%")]
    _, indicators, findings, _ = read(first, second)
    assert [i["value_text"] for i in indicators] == ["维护秩序稳定", "≥95%"]
    assert [f.code for f in findings] == ["row-joined"]


def test_next_page_with_another_grid_and_the_header_again(read, table, page, document):
    again = [
        ["绩效指标", "指标名称", "指标性质", "指标值", "计量单位"],
        ["^", "丙", "≥", "3", "个"],
    ]
    top = [
        ["项目名称", "某专项", "<", "主管部门", "某委"],
        ["当年预算", "46,794.00", "<", "市级支出", "40,624.00"],
        ["当年绩效目标", "增长。", "<", "<", "<"],
        ["绩效指标", "指标名称", "指标性质", "指标值", "计量单位"],
        ["^", "甲", "=", "1", "个"],
    ]
    one = table(
        top,
        page=1,
        caption=["重点专项资金绩效目标表（一级项目）", "单位：万元"],
        widths=[60, 100, 60, 60, 60],
    )
    two = table(again, page=2, widths=[60, 120, 50, 55, 55])
    result = normalize(document(page(one, number=1), page(two, number=2)), INDEX)
    rows = [r.values for r in result.records if r.table == "project_indicators"]
    assert [(r["level3"], r["value_num"], r["page_no"]) for r in rows] == [
        ("甲", 1, 1),
        ("丙", 3, 2),
    ]
    (project,) = [r.values for r in result.records if r.table == "projects"]
    assert project["total_yuan"] == Decimal("467940000.00")
    parts = [r.values for r in result.records if r.table == "amount_details"]
    assert {(p["dimension"], p["of_table"], p["of_column"]) for p in parts} == {
        ("spender", "projects", "total_yuan")
    }


def test_figures_of_the_year_beside_those_of_the_whole_term(read):
    rows = [
        ["项目名称", "<", "某专项", "<", "<"],
        ["资金金额（万元）", "实施期资金总额：", "300", "年度资金总额：", "100"],
        ["^", "其中：财政拨款", "300", "其中：财政拨款", "90"],
        ["^", "其他资金", "", "其他资金", "10"],
        ["总体目标", "实施期总目标", "<", "年度目标", "<"],
        ["^", "三年建成。", "<", "今年开工。", "<"],
        ["绩效指标", "一级指标", "二级指标", "指标内容", "指标值"],
        ["^", "产出指标", "数量指标", "甲", "1个"],
    ]
    projects, _, findings, result = read(rows, caption=["专项资金总体绩效目标表"])
    (project,) = projects
    assert (project["total_text"], project["fiscal_text"], project["other_text"]) == (
        "100",
        "90",
        "10",
    )
    assert project["goal_text"] == "今年开工。"
    terms = [r.values for r in result.records if r.table == "amount_details"]
    assert [(t["dimension"], t["amount_text"], t.get("of_table")) for t in terms] == [
        ("whole_term", "300", None),
        ("whole_term", "300", None),
    ]
    assert findings == []


def test_name_from_the_title_where_the_form_has_none(read):
    rows = [*HEAD[2:], *LIST, line("产出指标", "数量指标", "甲", "1个")]
    projects, _, _, _ = read(rows, caption=["301008_某市某分局_科技兴警绩效目标表"])
    assert projects[0]["project_name"] == "科技兴警"
    assert (projects[0]["budget_unit_code"], projects[0]["budget_unit_name"]) == (
        "301008",
        "某市某分局",
    )


def test_list_without_a_header_is_known_by_its_levels(read):
    rows = [
        *HEAD,
        line("产出指标", "数量指标", "甲", "1个", "绩效指标"),
        line("^", "质量指标", "乙", "好"),
    ]
    _, indicators, _, _ = read(rows)
    assert [(i["level1"], i["level2"], i["level3"], i["value_text"]) for i in indicators] == [
        ("产出指标", "数量指标", "甲", "1个"),
        ("产出指标", "质量指标", "乙", "好"),
    ]


def test_name_cut_by_a_stray_rule_beside_one_value(read):
    rows = [
        *HEAD,
        *LIST,
        line("产出指标", "数量指标", "指标1：治污减霾工", "持续减少"),
        ["^", "^", "^", "作", "^"],
        line("^", "^", "指标2：服务", "^"),
    ]
    _, indicators, findings, _ = read(rows)
    assert [(i["level3"], i["value_text"]) for i in indicators] == [
        ("指标1：治污减霾工作", "持续减少"),
        ("指标2：服务", None),
    ]
    assert [f.code for f in findings] == ["row-joined"]


def test_line_left_empty_is_no_indicator(read):
    rows = [
        *HEAD,
        *LIST,
        line("效益指标", "生态效益指标", "", ""),
        line("^", "社会效益指标", "甲", "好"),
    ]
    _, indicators, findings, _ = read(rows)
    assert [(i["level1"], i["level3"]) for i in indicators] == [("效益指标", "甲")]
    assert findings == []


def test_project_row_cut_by_a_page_end(read):
    head = ["二级预算单位名称", "一级项目名称", "预算数（万元）", "绩效目标"]
    first = [
        head,
        ["某办公", "公报编辑管", "200.18", "完成公报"],
    ]
    second = [["厅", "理", "", "编辑。"], ["某办公厅", "综合管理", "65.46", "完成管理。"]]
    projects, indicators, findings, _ = read(first, second, caption=(), widths=[90.0] * 4)
    assert [(p["budget_unit"], p["project_name"], p["goal_text"]) for p in projects] == [
        ("某办公厅", "公报编辑管理", "完成公报编辑。"),
        ("某办公厅", "综合管理", "完成管理。"),
    ]
    assert indicators == []
    assert [(f.code, f.before) for f in findings] == [("row-joined", "厅 | 理 | 编辑。")]


def test_units_over_their_projects_in_a_list_of_goals(read):
    rows = [
        ["项目", "预算数（单位：万元）", "绩效目标"],
        ["某医院", "", ""],
        ["培训经费", "922", "提高水平。"],
    ]
    projects, _, findings, _ = read(rows, caption=["重点项目绩效目标表"], widths=[90.0] * 3)
    assert [(p["project_name"], p["budget_unit"]) for p in projects] == [("培训经费", "某医院")]
    assert findings == []


LISTED = (
    "1.1－产出指标，11－数量指标，人数；实施周期指标值：≦核定人数，年度指标值：≦核定人数；"
    "2、2－效益指标，22－社会效益，满意。实施周期指标值：≥80%，年度指标值：≥90%;"
)


def test_indicators_listed_in_one_cell(read):
    rows = [
        ["项目名称（资金使用单位）", "总计", "绩效目标", "绩效指标"],
        ["某经费", "238.00", "保护环境。", LISTED],
    ]
    caption = ["项目支出绩效目标表", "单位：万元"]
    projects, indicators, findings, _ = read(rows, caption=caption, widths=[90.0] * 4)
    assert [(i["level1"], i["level2"], i["level3"], i["value_text"]) for i in indicators] == [
        ("产出指标", "数量指标", "人数", "≦核定人数"),
        ("效益指标", "社会效益", "满意", "≥90%"),
    ]
    assert len({i["row_id"] for i in indicators}) == 2
    assert {i["project_id"] for i in indicators} == {projects[0]["project_id"]}
    assert (indicators[1]["nature"], indicators[1]["value_num"]) == ("≥", Decimal(90))
    assert findings == []


def test_piece_that_is_not_understood_stays_an_indicator_and_is_named():
    found, unread = split_indicator_list("前言。1.1－产出指标，11－数量指标，人数很多；")
    assert [tuple(i) for i in found] == [("产出指标", "数量指标", "人数很多；", "")]
    assert unread == ["前言。", "1.1－产出指标，11－数量指标，人数很多；"]


@given(st.lists(st.tuples(st.text("甲乙丙丁", min_size=1), st.sampled_from(["≥5%", "100%", "好"]))))
def test_every_listed_indicator_comes_back(items):
    text = "".join(
        f"{n}、1－产出指标，11－数量指标，{name}；实施周期指标值：{value}，年度指标值：{value}；"
        for n, (name, value) in enumerate(items, 1)
    )
    found, unread = split_indicator_list(text)
    assert [(i.level3, i.value) for i in found] == items
    assert unread == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("≥95%", ("≥", "95", "%")),
        ("=17074人", ("=", "17074", "人")),
        ("100分", (None, "100", "分")),
        ("≥ 100 ％", ("≥", "100", "%")),
        ("≤37微克/立方米", ("≤", "37", "微克/立方米")),
        ("≥1200亿元", ("≥", "1200", "亿元")),
        (">=5", ("≥", "5", "")),
    ],
)
def test_value_with_sign_and_unit_in_one_cell(text, parts):
    assert split_value(text, UNITS) == parts


@pytest.mark.parametrize(
    "text",
    [
        "95%以上",
        "2026年",
        "12月",
        "100%支持",
        "98%；96%",
        "1-4季度",
        "50",
        "≥核定人数",
        "100%%",
        "",
    ],
)
def test_other_values_stay_text(text):
    assert split_value(text, UNITS) is None
    assert read_indicator({"value": text}, UNITS)["value_text"] == (text or None)


def test_printed_sign_and_unit_win():
    values = read_indicator({"value": "5%", "nature": "≥", "measure_unit": "次"}, UNITS)
    assert (values["nature"], values["measure_unit"], values["value_num"]) == ("≥", "次", None)
