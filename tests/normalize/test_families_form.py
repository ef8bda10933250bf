"""The department's performance form: head, goal, list with levels and activity blocks."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import RawDocument
from yusuan.extract.pdfium.reader import PdfiumReader
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.families.indicator_text import read_nature, read_value, split_levels
from yusuan.schemas.loader import load

SCHEMAS = load()
INDEX = prepare(SCHEMAS)
FIRST = SCHEMAS.vocabularies["indicator_level1"]
SECOND = SCHEMAS.vocabularies["indicator_level2"]
CAPTION = ["预算13表 部门整体支出绩效目标表", "（2026年度）"]
WIDTHS = [60.0, 60.0, 90.0, 90.0, 90.0, 90.0, 90.0, 90.0, 90.0]
HEAD = [
    ["部门名称", "<", "某区某局", "<", "<", "<", "<", "<", "<"],
    ["总体资金情况（万元）", "<", "预算支出总额", "财政拨款", "<", "<", "其他资金", "<", "<"],
    ["^", "^", "^", "合计", "基本支出", "项目支出", "合计", "基本支出", "项目支出"],
    ["^", "^", "6,403.229368", "6,403.00", "3,299.157196", "3,104", "0.00", "", "-"],
]
GOALS = [
    ["整体绩效目标", "整体绩效目标", "诉求及时解决。", "<", "<", "<", "<", "<", "<"],
    ["^", "其他说明", "", "<", "<", "<", "<", "<", "<"],
]
LIST = [["^", "活动", "<", "绩效指标", "<", "指标性质", "指标值", "<", "度量单位"]]


def row(activity, indicator, nature="定性", value="优", unit="", stub="^"):
    return [stub, activity, "<", indicator, "<", nature, value, "<", unit]


@pytest.fixture
def read(table, page, document):
    """Rows page by page -> (goals, indicators, findings, uses)."""

    def run(*pages, open_cells=()):
        drawn = []
        for number, rows in enumerate(pages, 1):
            caption = CAPTION if number == 1 else ()
            made = table(rows, page=number, caption=caption, widths=WIDTHS)
            cells = tuple(
                replace(c, open_edges=frozenset({"top", "bottom"}))
                if (number, c.row, c.col) in open_cells
                else c
                for c in made.cells
            )
            drawn.append(page(replace(made, cells=cells), number=number))
        return results(document(*drawn))

    return run


def results(raw):
    result = normalize(raw, INDEX)
    goals = [r.values for r in result.records if r.table == "department_goals"]
    indicators = [r.values for r in result.records if r.table == "department_indicators"]
    findings = [
        f
        for f in result.findings
        if f.code not in ("stitch-joined", "year-unknown", "kind-unknown")
    ]
    return goals, indicators, findings, result.uses


def test_head_is_read_by_its_labels(read):
    goals, _, findings, uses = read([*HEAD, *GOALS, *LIST, row("运转", "产出指标数量指标甲")])
    (goal,) = goals
    assert goal["department_name"] == "某区某局"
    assert goal["budget_total_yuan"] == Decimal("64032293.68")
    assert (goal["published_unit"], goal["published_decimals"]) == ("万元", 6)
    assert goal["fiscal_total_yuan"] == Decimal("64030000.00")
    assert goal["fiscal_basic_text"] == "3,299.157196"
    assert goal["fiscal_project_yuan"] == Decimal("31040000.00")
    assert (goal["other_total_yuan"], goal["other_total_text"]) == (Decimal("0.00"), "0.00")
    assert (goal["other_basic_yuan"], goal["other_basic_text"]) == (None, None)
    assert (goal["other_project_yuan"], goal["other_project_text"]) == (None, "-")
    assert (goal["goal_text"], goal["other_text"]) == ("诉求及时解决。", None)
    assert findings == []
    assert {use for use, _ in uses.values()} == {"value", "header"}


def test_column_that_is_cut_off_is_null(read):
    rows = [r[:8] for r in HEAD]
    rows[0][7] = rows[1][7] = "<"
    widths = [*[r[:8] for r in GOALS], *[r[:8] for r in LIST]]
    widths[-1] = ["^", "活动", "<", "绩效指标", "指标性质", "指标值", "<", "度量单位"]
    body = ["^", "运转", "<", "产出指标数量指标甲", "=", "1", "<", "个"]
    goals, indicators, _, _ = read([*rows, *widths, body])
    assert goals[0]["other_project_text"] is None
    assert goals[0]["other_basic_text"] is None
    assert goals[0]["budget_total_text"] == "6,403.229368"
    assert indicators[0]["value_num"] == Decimal(1)


def test_levels_are_split_off_the_text(read):
    rows = [
        row("运转", "产出指标数量指标对43个街乡网格数据进行分析", "≤", "43", "个"),
        row("运转", "满意度指标服务对象满意度指标服务对象满意度", "≥", "90", "%"),
        row("运转", "成本指标经济成本指标控制在预算内", "≤", "64032293.68", "元"),
    ]
    _, indicators, findings, _ = read([*HEAD, *GOALS, *LIST, *rows])
    assert [(i["level1"], i["level2"], i["level3"]) for i in indicators] == [
        ("产出指标", "数量指标", "对43个街乡网格数据进行分析"),
        ("满意度指标", "服务对象满意度指标", "服务对象满意度"),
        ("成本指标", "经济成本指标", "控制在预算内"),
    ]
    assert indicators[2]["value_num"] == Decimal("64032293.68")
    assert findings == []


def test_separate_level_columns(read):
    head = ["^", "一级指标", "二级指标", "三级指标", "<", "指标性质", "指标值", "<", "度量单位"]
    body = ["^", "产出指标", "数量指标", "甲", "<", "=", "1", "<", "个"]
    more = ["^", "^", "质量指标", "乙", "<", "≥", "95", "<", "%"]
    _, indicators, _, _ = read([*HEAD, *GOALS, head, body, more])
    assert [(i["level1"], i["level2"], i["level3"]) for i in indicators] == [
        ("产出指标", "数量指标", "甲"),
        ("产出指标", "质量指标", "乙"),
    ]


def test_activity_blocks_are_numbered(read):
    names = ["产出指标数量指标甲", "效益指标社会效益指标乙", "成本指标经济成本指标丙"]
    rows = [row("正常运转", n) for n in names * 2] + [row("人员经费", n) for n in names]
    _, indicators, findings, _ = read([*HEAD, *GOALS, *LIST, *rows])
    assert [i["activity_group"] for i in indicators] == [1] * 3 + [2] * 3 + [3] * 3
    assert [i["seq"] for i in indicators] == [1, 2, 3] * 3
    assert [f.code for f in findings] == ["activity-group-split"]


def test_unordered_sorts_make_no_new_block(read):
    names = ["产出指标数量指标甲", "效益指标社会效益指标乙", "产出指标质量指标丙"]
    _, indicators, findings, _ = read([*HEAD, *GOALS, *LIST, *[row("运转", n) for n in names]])
    assert [i["activity_group"] for i in indicators] == [1, 1, 1]
    assert findings == []


def test_merged_activity_counts_for_every_row(read):
    rows = [row("运转", "产出指标数量指标甲"), row("^", "产出指标质量指标乙")]
    rows[1][2] = "^"
    _, indicators, _, _ = read([*HEAD, *GOALS, *LIST, *rows])
    assert [i["activity"] for i in indicators] == ["运转", "运转"]


def test_stub_on_the_next_page_is_no_goal(read):
    first = [*HEAD, *GOALS, *LIST, row("运转", "产出指标数量指标甲")]
    second = [row("运转", "产出指标质量指标乙", stub="整体绩效目标"), row("运转", "成本指标丙")]
    goals, indicators, findings, _ = read(first, second)
    assert len(goals) == 1
    assert goals[0]["goal_text"] == "诉求及时解决。"
    assert [(i["level3"], i["page_no"]) for i in indicators] == [("甲", 1), ("乙", 2), ("丙", 2)]
    assert findings == []


def test_unknown_level_is_kept_and_reported(read):
    _, indicators, findings, _ = read([*HEAD, *GOALS, *LIST, row("运转", "别的指标甲")])
    assert (indicators[0]["level1"], indicators[0]["level3"]) == (None, "别的指标甲")
    assert [f.code for f in findings] == ["indicator-level-unknown"]


@pytest.mark.parametrize("sample", ["seed-calc", "seed-report"])
def test_seed_form_equals_the_truth(samples_dir, sample):
    truth = json.loads((samples_dir / f"{sample}.truth.json").read_text(encoding="utf-8"))
    (table,) = (t for t in truth["tables"] if t["family"] == "dept_perf")
    pages = tuple(PdfiumReader().read_pages((samples_dir / f"{sample}.pdf").read_bytes()))
    goals, indicators, _, _ = results(RawDocument("0" * 64, sample, sample, pages))
    assert [
        (i["activity"], i["level1"], i["level2"], i["level3"], i["nature"], i["value_text"],
         i["measure_unit"])
        for i in indicators
    ] == [
        (r["活动"], r["一级指标"], r["二级指标"], r["三级指标"], r["指标性质"], r["指标值"],
         r["度量单位"])
        for r in table["rows"]
    ]  # fmt: skip
    assert [i["activity_group"] for i in indicators] == [1] * 6 + [2] * 6 + [3] * 6
    fields = ("budget_total_text", "fiscal_total_text", "fiscal_basic_text", "fiscal_project_text")
    assert [goals[0][f] for f in fields] == [a["text"] for a in table["amounts"]]


@given(st.sampled_from(FIRST), st.sampled_from(SECOND), st.sampled_from(["甲", "服务80%", "Q1"]))
def test_split_levels_takes_the_longest_names(first, second, rest):
    assert split_levels(first + second + rest, FIRST, SECOND) == (first, second, rest)


@given(st.decimals(0, 10**9, places=6))
def test_value_is_exact(number):
    text = f"{number:f}"
    assert read_value(text, "≥")["value_num"] == number
    assert read_value(text, "定性")["value_num"] is None


@pytest.mark.parametrize(
    ("text", "number", "status"),
    [
        ("优", None, "published"),
        ("≥90", None, "published"),
        ("1,234.5", Decimal("1234.5"), "published"),
        ("0.1234567", None, "published"),
        ("0", Decimal(0), "zero"),
        ("-", None, "dash"),
        ("", None, "blank"),
    ],
)
def test_values_as_printed(text, number, status):
    values = read_value(text, "=")
    assert (values["value_num"], values["value_status"]) == (number, status)
    assert values["value_text"] == (text or None)


def test_signs_have_one_form():
    assert [read_nature(t) for t in ("＝", "⩾", ">=", "≤", "定性", "")] == [
        "=", "≥", "≥", "≤", "定性", None,
    ]  # fmt: skip


def test_form_with_its_head_in_columns_beside_the_list(read):
    """Changsha: name, money and goal are columns whose values stand below; pages repeat all."""
    top = [
        ["单位编码", "单位名称", "年度预算申请", "整体绩效目标", "部门整体支出年度绩效目标",
         "<", "<", "<", "<"],
        ["^", "^", "资金总额", "^", "一级指标", "二级指标", "三级指标", "指标值", "权重"],
    ]  # fmt: skip
    own = ["126001", "某市某局", "1,935.36", "化解纠纷。"]
    body = [
        [*own, "成本指标", "经济成本指标", "总成本", "1935.36", "10"],
        ["^", "^", "^", "^", "产出指标", "数量指标", "接待", "3000", "4"],
    ]
    more = [[*own, "产出指标", "质量指标", "办结率", "95", "4"]]
    goals, indicators, findings, uses = read([*top, *body], [*top, *more])
    (goal,) = goals
    assert (goal["department_name"], goal["goal_text"]) == ("某市某局", "化解纠纷。")
    assert goal["other_text"] is None
    assert [(i["level1"], i["level3"], i["page_no"]) for i in indicators] == [
        ("成本指标", "总成本", 1),
        ("产出指标", "接待", 1),
        ("产出指标", "办结率", 2),
    ]
    assert ("ignored", "indicator_detail") in uses.values()
    assert (goal["budget_total_text"], goal["budget_total_yuan"]) == ("1,935.36", None)
    assert "unit-missing" in {f.code for f in findings} <= {"cell-unaccounted", "unit-missing"}
