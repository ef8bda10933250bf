"""Lines of 收支总表 and of 预算13表 that a page end cuts come out whole."""

from dataclasses import replace

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
SUMMARY = [["收入", "<", "支出", "<"], ["项目", "预算数", "项目", "预算数"]]
FORM = [
    ["部门名称", "某局", "<", "<", "<"],
    ["整体绩效目标", "保障运行", "<", "<", "<"],
    ["活动", "绩效指标", "指标性质", "指标值", "度量单位"],
]


@pytest.fixture
def lines(table, page, document, filled):
    """Rows of two pages of 收支总表 -> ((side, label, amount) of each line, joined rows)."""

    def run(first, second, full=(), wrapped=()):
        one = filled(table([*SUMMARY, *first], caption=["收支总表", "单位：万元"]), full)
        one = replace(one, cells=tuple(in_two_lines(c, wrapped) for c in one.cells))
        two = table(second, page=2)
        result = normalize(document(page(one), page(two, number=2)), INDEX)
        rows = [r.values for r in result.records if r.table == "summary"]
        joined = [f for f in result.findings if f.code == "row-joined"]
        read = [(r["side"], r["label_text"], r["amount_text"]) for r in rows]
        return read, [(f.before, f.after) for f in joined]

    return run


def in_two_lines(cell, texts):
    (line,) = cell.lines or (None,)
    if line is None or line.text not in texts:
        return cell
    half = len(line.text) // 2
    parts = (line._replace(text=line.text[:half]), line._replace(text=line.text[half:]))
    return cell._replace(lines=parts)


ABOVE = ["一、财政拨款收入", "9.00", "一、一般公共服务", "4.00"]
NEXT = ["二、事业收入", "1.00", "二、教育支出", "6.00"]


def test_label_that_is_known_only_with_its_rest(lines):
    read, joined = lines([ABOVE], [["", "", "支出", ""], NEXT])
    assert ("expenditure", "一、一般公共服务支出", "4.00") in read
    assert len(read) == 4
    assert joined == [("支出", "一、一般公共服务支出")]


def test_rest_that_reads_like_a_header_is_no_new_table(lines):
    above = ["四、上级补助", "9.00", "一、教育", "4.00"]
    read, joined = lines([above], [["收入", "", "支出", ""], NEXT])
    assert read[0] == ("revenue", "四、上级补助收入", "9.00")
    assert ("expenditure", "一、教育支出", "4.00") in read
    assert joined == [("收入 | 支出", "四、上级补助收入 | 一、教育支出")]


def test_unknown_label_goes_on_where_it_is_full(lines):
    above = [*ABOVE[:2], "一、跨区", "4.00"]
    rest = ["", "", "安排的支出", ""]
    long = ["一、财政拨款收入", "9.00", "一、一般公共服务支出", "4.00"]
    texts = {"full": ["一、跨区"], "wrapped": ["一、一般公共服务支出"]}
    assert lines([long, above], [rest, NEXT], **texts)[1] != []
    assert lines([long, above], [rest, NEXT], wrapped=texts["wrapped"])[1] == []


def test_a_column_as_wide_as_its_longest_label_is_full_without_going_on(lines):
    above = [*ABOVE[:2], "一、跨区", "4.00"]
    rest = ["", "", "安排的支出", ""]
    assert lines([above], [rest, NEXT], full=["一、跨区"])[1] == []


@pytest.mark.parametrize(
    "second",
    [
        ["", "", "二、国防支出", ""],  # an ordinal of its own
        ["", "", "支出", "5.00"],  # two amounts for one label
        ["三、其他收入", "", "支出", ""],  # a line of its own in the other list
    ],
)
def test_a_line_of_its_own_stays_one(lines, second):
    assert lines([ABOVE], [second, NEXT], full=["一、一般公共服务"])[1] == []


def test_amount_in_the_middle_of_a_cut_row_stands_on_the_later_page(lines):
    read, _ = lines([[*ABOVE[:3], ""]], [["", "", "支出", "4.00"], NEXT])
    assert ("expenditure", "一、一般公共服务支出", "4.00") in read
    assert len(read) == 4


@pytest.fixture
def indicators(table, page, document, filled):
    """Rows of two pages of 预算13表 -> (activity, level 3, status) of each indicator, findings."""

    def run(first, second, full=()):
        caption = ["预算13表 部门整体支出绩效目标表", "单位：万元"]
        widths = [80.0, 160.0, 60.0, 60.0, 60.0]
        one = filled(table([*FORM, *first], caption=caption, widths=widths), full)
        two = table(second, page=2, widths=widths)
        result = normalize(document(page(one), page(two, number=2)), INDEX)
        rows = [r.values for r in result.records if r.table == "department_indicators"]
        codes = ("row-joined", "owner-inferred", "owner-ambiguous")
        findings = [f for f in result.findings if f.code in codes]
        return [(r["activity"], r["level3"], r["owner_status"]) for r in rows], findings

    return run


def test_indicator_and_activity_go_on_in_the_first_row_of_a_page(indicators):
    above = ["市民热线", "产出指标数量指标回访", "≥", "95", "%"]
    rest = ["工作", "次数", "", "", ""]
    below = ["正常运转", "产出指标质量指标合格率", "≥", "95", "%"]
    full = ["市民热线", "产出指标数量指标回访"]
    rows, findings = indicators([above], [rest, below], full=full)
    assert rows == [("市民热线工作", "回访次数", "printed"), ("正常运转", "合格率", "printed")]
    assert [f.code for f in findings] == ["row-joined"]
    rows, _ = indicators([above], [["工作", "次数", "≥", "1", "次"], below], full=full)
    assert len(rows) == 3


def test_blank_part_of_a_merged_activity_is_weighed_and_told(indicators):
    one = [
        ["正常运转", "产出指标数量指标甲", "≥", "1", "次"],
        ["^", "成本指标经济成本指标乙", "≥", "1", "次"],
        ["", "产出指标质量指标丙", "≥", "1", "次"],
    ]
    two = [
        ["人员经费", "产出指标数量指标丁", "≥", "1", "次"],
        ["^", "成本指标经济成本指标戊", "≥", "1", "次"],
    ]
    rows, findings = indicators(one, two)
    assert rows[2] == ("人员经费", "丙", "inferred")
    assert [r[0] for r in rows] == ["正常运转"] * 2 + ["人员经费"] * 3
    (finding,) = findings
    assert finding.code == "owner-inferred"
    assert "activity" in finding.note
    assert finding.evidence
