"""Forms whose name row has no rule between label and name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.text import header_key, split_name_label
from yusuan.schemas.loader import load

INDEX = prepare(load())
WORDS = INDEX.forms["project_perf"].labels
BODY = [
    ["主管部门", "<", "<", "某市某局", "<"],
    ["资金金额（万元）", "<", "<", "实施期资金总额：", "100"],
    ["^", "<", "<", "其中：财政拨款", "100"],
    ["^", "<", "<", "其他资金", ""],
    ["总体目标", "落实补助政策。", "<", "<", "<"],
    ["绩效指标", "一级指标", "二级指标", "指标内容", "指标值"],
    ["^", "产出指标", "数量指标", "指标：补助", "按标准"],
    ["^", "^", "质量指标", "指标：到位率", "100%"],
]


def wide(text: str) -> list[str]:
    return [text, "<", "<", "<", "<"]


@pytest.fixture
def read(table, page, document):
    def run(*head, caption=()):
        return normalize(document(page(table([*head, *BODY], caption=caption))), INDEX)

    return run


def project_of(result):
    (project,) = [r.values for r in result.records if r.table == "projects"]
    return project


@pytest.mark.parametrize(
    "label", ["专项（项目）名称", "项目名称", "项目名称（含编码）", "二级项目名称"]
)
@pytest.mark.parametrize("between", [" ", "", "：", "    "])
def test_a_name_row_without_its_inner_rule_names_the_project(read, label, between):
    result = read(wide(f"{label}{between}伯乐奖"))
    assert project_of(result)["project_name"] == "伯乐奖"
    assert result.uses[1, 0, 0, 0][0] == "value"


def test_a_title_drawn_above_it_is_still_a_title(read):
    result = read(wide("2026年项目支出绩效目标表"), wide("项目名称 伯乐奖"))
    assert project_of(result)["project_name"] == "伯乐奖"
    assert result.uses[1, 0, 0, 0][0] == "title"


def test_a_name_may_end_like_a_title_where_a_gap_parts_it_from_its_label(read):
    assert project_of(read(wide("项目名称 统计年报表")))["project_name"] == "统计年报表"
    title = read(wide("项目名称及绩效目标表"), caption=["伯乐奖绩效目标表"])
    assert title.uses[1, 0, 0, 0][0] == "title"


def test_the_other_names_of_the_row_do_not_become_part_of_it(read):
    result = read(["项目名称 伯乐奖", "<", "<", "实施单位", "某中心"])
    assert project_of(result)["project_name"] == "伯乐奖"
    assert project_of(result)["budget_unit_name"] == "某中心"


def test_several_values_in_one_cell_are_nobodys_name(read):
    result = read(wide("项目名称 伯乐奖 主管部门 某市某局"))
    assert project_of(result)["project_name"] is None
    assert {"form-head-missing", "cell-unaccounted"} <= {f.code for f in result.findings}


def test_code_and_name_of_the_project_are_told_apart(read):
    project = project_of(read(wide("项目名称 11010522T000000437074-伯乐奖")))
    assert project["project_code"] == "11010522T000000437074"
    assert project["project_name"] == "伯乐奖"


def test_the_name_of_a_department(table, page, document):
    rows = [
        wide("部门名称 某市某局"),
        ["年度总体目标", "诉求及时解决。", "<", "<", "<"],
        ["年度预算（万元）", "预算支出总额", "12.00", "", ""],
        ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
        ["^", "产出指标", "数量指标", "补助", "≥3次"],
    ]
    drawn = table(rows, caption=["部门整体支出绩效目标表"])
    result = normalize(document(page(drawn)), INDEX)
    (goal,) = [r.values for r in result.records if r.table == "department_goals"]
    assert goal["department_name"] == "某市某局"


@pytest.mark.parametrize(
    "text",
    [
        "项目名称",
        "项目名称：",
        "项目名称（全称）",
        "项目支出绩效目标表",
        "名称伯乐奖",
        "伯乐奖项目名称",
    ],
)
def test_what_is_no_label_with_a_name(text):
    assert split_name_label(text, WORDS) is None


@given(
    st.sampled_from(sorted(w for w in WORDS if "名称" in w)),
    st.sampled_from(["", "：", ":", " "]),
    st.text(alphabet="某项经费甲乙2026年度", min_size=1, max_size=12),
)
def test_the_label_and_the_name_are_all_of_the_text(label, between, name):
    found = split_name_label(f"{label}{between}{name}", WORDS)
    assert found is not None
    assert header_key(found[0]) in WORDS
    assert found[1] == name
