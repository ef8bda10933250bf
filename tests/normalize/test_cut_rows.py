"""Rows that a page end cuts in two come out as one; rows that only look like it stay."""

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

HEAD = ["项目名称", "项目总额", "一级指标", "二级指标", "三级指标", "绩效指标性质",
        "本年绩效指标值", "绩效度量单位"]  # fmt: skip
WIDTHS = [130.0, 60.0, 60.0, 90.0, 60.0, 50.0, 60.0, 50.0]
CAPTION = ["预算表12 项目支出绩效目标表", "金额单位：万元"]
PROJECT = "11010522T000000437074-政府热线经费"
INDEX = prepare(load())


@pytest.fixture
def read(table, page, document, filled):
    """Two pages of rows -> (levels 3 and values of the indicators, project count, findings)."""

    def run(first, second, *, full=()):
        above = filled(table([HEAD, *first], caption=CAPTION, widths=WIDTHS), full)
        below = table([HEAD, *second], page=2, widths=WIDTHS)
        result = normalize(document(page(above), page(below, number=2)), INDEX)
        rows = [r.values for r in result.records if r.table == "project_indicators"]
        codes = [f for f in result.findings if f.code == "row-joined"]
        projects = [r for r in result.records if r.table == "projects"]
        return [(r["level2"], r["level3"], r["value_text"]) for r in rows], len(projects), codes

    return run


ABOVE = [PROJECT, "51.45", "产出指标", "数量指标", "回访工作正常", "≥", "12", "次"]
NEXT = ["", "", "产出指标", "质量指标", "系统正常运行率", "≥", "95", "%"]


def test_rest_of_a_row_between_closed_rules_is_joined(read):
    rest = ["", "", "", "", "开展", "", "", ""]
    rows, n_projects, findings = read([ABOVE], [rest, NEXT], full=["回访工作正常"])
    assert rows == [("数量指标", "回访工作正常开展", "12"), ("质量指标", "系统正常运行率", "95")]
    assert n_projects == 1
    assert [(f.before, f.after) for f in findings] == [("开展", "回访工作正常开展")]


def test_rest_of_several_cells_and_of_a_value_in_words(read):
    above = [PROJECT, "51.45", "满意度指标", "服务对象满意度", "回访工作正常", "定性", "优良中", ""]
    rest = ["", "", "", "指标", "开展", "", "低差", ""]
    full = ["服务对象满意度", "回访工作正常", "优良中"]
    rows, _, findings = read([above], [rest, NEXT], full=full)
    assert rows[0] == ("服务对象满意度指标", "回访工作正常开展", "优良中低差")
    assert len(findings) == 1


@pytest.mark.parametrize("spans", [("", ""), ("^", "^")])
def test_rest_of_a_row_beside_the_cells_of_its_project_printed_again(read, spans):
    rest = [PROJECT, "51.45", "", "", "开展", "", "", ""]
    following = [*spans, *NEXT[2:]]
    rows, n_projects, findings = read([ABOVE], [rest, following], full=["回访工作正常"])
    assert rows == [("数量指标", "回访工作正常开展", "12"), ("质量指标", "系统正常运行率", "95")]
    assert n_projects == 1
    assert [(f.before, f.after) for f in findings] == [("开展", "回访工作正常开展")]


def test_another_project_begins_a_row_of_its_own(read):
    other = ["11010522T000000437075-政府热线经费", "51.45", "", "", "开展", "", "", ""]
    rows, n_projects, findings = read([ABOVE], [other, NEXT], full=["回访工作正常"])
    assert rows[0] == ("数量指标", "回访工作正常", "12")
    assert n_projects == 2
    assert findings == []


def test_text_with_room_left_in_its_cell_does_not_go_on(read):
    rest = ["", "", "", "", "开展", "", "", ""]
    rows, _, findings = read([[*ABOVE[:4], "回访", *ABOVE[5:]]], [rest, NEXT])
    assert len(rows) == 3
    assert findings == []


@pytest.mark.parametrize(
    "second",
    [
        ["", "", "", "", "开展", "≥", "95", "%"],
        ["", "", "", "", "开展", "", "95", ""],
        ["", "", "产出指标", "质量指标", "开展", "定性", "优", ""],
    ],
)
def test_a_row_with_a_nature_or_a_figure_of_its_own_is_new(read, second):
    rows, _, findings = read([ABOVE], [second, NEXT], full=["回访工作正常", "12"])
    assert len(rows) == 3
    assert findings == []


def test_name_of_a_project_of_one_row_goes_on_with_it(read):
    above = [PROJECT, "51.45", "产出指标", "数量指标", "回访工作正常", "≥", "12", "次"]
    rest = ["及诊断研究", "", "", "", "开展", "", "", ""]
    rows, n_projects, findings = read([above], [rest], full=["回访工作正常"])
    assert rows == [("数量指标", "回访工作正常开展", "12")]
    assert n_projects == 1
    assert findings[0].after == f"{PROJECT}及诊断研究 | 回访工作正常开展"


MERGED = [
    [PROJECT, "51.45", "产出指标", "数量指标", "回访工作正常", "≥", "12", "次"],
    ["^", "^", "产出指标", "时效指标", "按期回访率", "=", "100", "%"],
]
FOLLOWING = [
    "11010522T000000437131-城管通", "144.60", "产出指标", "数量指标", "终端", "=", "5", "台",
]  # fmt: skip


def test_rest_of_a_name_merged_over_rows_is_no_project_of_its_own(read):
    rest = ["及诊断研究", "", "", "", "", "", "", ""]
    rows, n_projects, findings = read(MERGED, [rest, FOLLOWING], full=[PROJECT])
    assert len(rows) == 3
    assert n_projects == 2
    assert [f.after for f in findings] == [f"{PROJECT}及诊断研究"]


def test_a_name_under_one_that_is_not_full_stays_a_project(read):
    rest = ["及诊断研究", "", "", "", "", "", "", ""]
    short = [["某项目", *MERGED[0][1:]], MERGED[1]]
    _, n_projects, findings = read(short, [rest, FOLLOWING])
    assert (n_projects, findings) == (3, [])
