"""Project performance tables: projects over page breaks, owners of rows, nothing lost."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yusuan.extract.model import RawDocument
from yusuan.extract.pdfium.reader import PdfiumReader
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.families.owners import BlockFacts, assign_owners
from yusuan.normalize.families.parts import Block, Part
from yusuan.schemas.loader import load

HEAD = [
    ["项目名称", "项目总额", "其中：", "<", "绩效目标", "一级指标", "二级指标", "三级指标",
     "绩效指标性质", "本年绩效指标值", "绩效度量单位"],
    ["^", "^", "财政资金", "其他资金", "^", "^", "^", "^", "^", "^", "^"],
]  # fmt: skip
CAPTION = ["预算表12 项目支出绩效目标表", "金额单位：万元"]
WIDTHS = [130.0, 60.0, 60.0, 60.0, 150.0, 60.0, 90.0, 110.0, 50.0, 60.0, 50.0]
OWNER_COLUMNS = 5
A, B = "11010522T000000437074-政府热线经费", "11010523T000002055641-市民热线工作经费"
CODE_A, CODE_B = A[:21], B[:21]
SATISFACTION = ["满意度指标", "服务对象满意度指标", "服务对象满意度", "≥", "80", "%"]
QUALITY = ["产出指标", "质量指标", "系统正常运转", "定性", "优", ""]
AMOUNT = ["产出指标", "数量指标", "签订合同", "=", "1", "份"]
BLANK = ["", "", "", "", ""]
INDEX = prepare(load())


def owner(name, total="51.452000", goal="保障运转"):
    return [name, total, total, "", goal]


def block(own, *indicators):
    """Rows of one merged project cell."""
    rows = [["^"] * OWNER_COLUMNS + list(i) for i in indicators]
    rows[0][:OWNER_COLUMNS] = own
    return rows


def cost(value, unit="元"):
    return ["成本指标", "经济成本指标", "控制在预算内", "≤", value, unit]


def opened(table, side, columns=OWNER_COLUMNS):
    """The table with the owner cells of its first or last row open at the page break."""
    cells = []
    for cell in table.cells:
        at_edge = cell.row == 0 if side == "top" else cell.row + cell.row_span == table.n_rows
        if at_edge and cell.col < columns:
            cell = cell._replace(open_edges=cell.open_edges | {side})
        cells.append(cell)
    return replace(table, cells=tuple(cells))


@pytest.fixture
def read(table, page, document):
    """Rows page by page -> (projects, indicators, findings). ``cuts``: which breaks are open."""

    def run(*pages, cuts=(), repeat_header=False):
        drawn = []
        for number, rows in enumerate(pages, 1):
            with_head = number == 1 or repeat_header
            caption = CAPTION if with_head else ()
            made = table([*HEAD, *rows] if with_head else rows, page=number, caption=caption,
                         widths=WIDTHS)  # fmt: skip
            if number in cuts:
                made = opened(made, "bottom")
            if number - 1 in cuts and not with_head:
                made = opened(made, "top")
            drawn.append(page(made, number=number))
        return results(document(*drawn))

    return run


def results(raw):
    result = normalize(raw, INDEX)
    projects = [r.values for r in result.records if r.table == "projects"]
    indicators = [r.values for r in result.records if r.table == "project_indicators"]
    findings = [f for f in result.findings if f.code not in ("stitch-joined", "year-unknown",
                                                             "kind-unknown")]  # fmt: skip
    return projects, indicators, findings


def owners(indicators):
    return [(i["project_id"], i["owner_status"]) for i in indicators]


def test_project_and_indicators_are_exact(read):
    projects, indicators, findings = read(
        [*block(owner(A), SATISFACTION, QUALITY), *block(owner(B, "0.5"), AMOUNT)]
    )
    assert [(p["project_code"], p["project_name"]) for p in projects] == [
        (CODE_A, "政府热线经费"),
        (CODE_B, "市民热线工作经费"),
    ]
    first = projects[0]
    assert first["total_yuan"] == Decimal("514520.00")
    assert (first["total_text"], first["published_unit"]) == ("51.452000", "万元")
    assert (first["other_yuan"], first["other_text"]) == (None, None)
    assert (first["goal_text"], first["published_decimals"]) == ("保障运转", 6)
    assert owners(indicators) == [(CODE_A, "printed")] * 2 + [(CODE_B, "printed")]
    assert [i["seq"] for i in indicators] == [1, 2, 1]
    assert (indicators[0]["value_num"], indicators[1]["value_num"]) == (Decimal(80), None)
    assert (indicators[1]["nature"], indicators[1]["measure_unit"]) == ("定性", None)
    assert findings == []


def test_open_part_at_the_foot_belongs_to_the_text_after_it(read):
    first = [*block(owner(A), SATISFACTION, AMOUNT), *block(BLANK, QUALITY)]
    projects, indicators, findings = read(first, block(owner(B), AMOUNT, SATISFACTION), cuts=[1])
    assert len(projects) == 2
    assert owners(indicators) == [(CODE_A, "printed")] * 2 + [(CODE_B, "printed")] * 3
    assert findings == []


def test_repeated_header_closes_the_top_but_not_the_foot(read):
    first = block(owner(A), SATISFACTION, AMOUNT)
    second = [*block(BLANK, QUALITY), *block(owner(B), AMOUNT)]
    projects, indicators, findings = read(first, second, cuts=[1], repeat_header=True)
    assert len(projects) == 2
    assert owners(indicators) == [(CODE_A, "printed")] * 3 + [(CODE_B, "printed")]
    assert findings == []


def test_cell_over_three_pages_with_its_text_in_the_middle(read):
    projects, indicators, _ = read(
        block(BLANK, QUALITY), block(owner(A), AMOUNT), block(BLANK, SATISFACTION), cuts=[1, 2]
    )
    assert len(projects) == 1
    assert owners(indicators) == [(CODE_A, "printed")] * 3


def test_name_goal_and_amount_run_on_over_the_break(read):
    first = block([A[:24], "3,327.5954", "3,327.5954", "", "保障热线"], QUALITY, AMOUNT)
    second = block([A[24:], "37", "37", "", "正常运转"], SATISFACTION)
    projects, indicators, findings = read(first, second, cuts=[1])
    assert len(projects) == 1
    assert projects[0]["project_name"] == "政府热线经费"
    assert projects[0]["goal_text"] == "保障热线正常运转"
    assert projects[0]["total_text"] == "3,327.595437"
    assert projects[0]["fiscal_yuan"] == Decimal("33275954.37")
    assert owners(indicators) == [(CODE_A, "printed")] * 3
    assert findings == []


def test_code_broken_by_the_page_is_one_code(read):
    first = block([A[:15], "", "", "", ""], QUALITY)
    second = block([A[15:], "1.00", "1.00", "", "目标"], AMOUNT)
    projects, _, _ = read(first, second, cuts=[1])
    assert [p["project_code"] for p in projects] == [CODE_A]


def test_line_cut_in_half_by_the_page_is_taken_once(read):
    first = block([A, "1.00", "1.00", "", "实现既定目标"], QUALITY)
    second = block(["", "", "", "", "实现既定目标"], AMOUNT)
    projects, _, _ = read(first, second, cuts=[1])
    assert projects[0]["goal_text"] == "实现既定目标"


def test_fuller_print_of_a_cut_line_is_kept(read):
    """The upper half of a line shows no points and no low commas."""
    first = block([A, "264 640000", "264 640000", "", "核查问题 整改"], QUALITY)
    second = block(["", "264.640000", "264.640000", "", "核查问题、整改"], AMOUNT)
    projects, _, findings = read(first, second, cuts=[1])
    assert [(p["total_text"], p["goal_text"]) for p in projects] == [
        ("264.640000", "核查问题、整改")
    ]
    assert findings == []


def test_text_repeated_on_both_pages_is_one_project(read):
    projects, indicators, findings = read(block(owner(A), QUALITY), block(owner(A), AMOUNT))
    assert len(projects) == 1
    assert owners(indicators) == [(CODE_A, "printed")] * 2
    assert findings == []


def test_same_name_with_another_amount_is_another_project(read):
    projects, indicators, _ = read(
        block(owner(A, "1.00"), QUALITY), block(owner(A, "2.00"), AMOUNT)
    )
    assert [p["total_text"] for p in projects] == ["1.00", "2.00"]
    assert len({p["project_id"] for p in projects}) == 2
    assert [i["project_id"] for i in indicators] == [p["project_id"] for p in projects]


def test_closed_blank_at_the_foot_goes_to_the_next_project_by_amount(read):
    first = [*block(owner(A), SATISFACTION, QUALITY), *block(BLANK, cost("199999"))]
    second = block(owner(B, "20.000000"), AMOUNT, SATISFACTION)
    _, indicators, findings = read(first, second)
    assert owners(indicators)[2] == (CODE_B, "inferred")
    assert [i["seq"] for i in indicators] == [1, 2, 1, 2, 3]
    (finding,) = findings
    assert (finding.code, finding.before, finding.after) == ("owner-inferred", CODE_A, CODE_B)
    assert "one yuan" in (finding.evidence or "") and finding.rule


def test_closed_blank_at_the_head_goes_to_the_project_before(read):
    second = [*block(BLANK, QUALITY), *block(owner(B), AMOUNT, SATISFACTION)]
    _, indicators, findings = read(block(owner(A), SATISFACTION, AMOUNT), second)
    assert owners(indicators)[2] == (CODE_A, "inferred")
    assert [f.code for f in findings] == ["owner-inferred"]


def test_amount_outweighs_the_place(read):
    second = [*block(BLANK, cost("20", "万元")), *block(owner(B, "20.000000"), AMOUNT, QUALITY)]
    _, indicators, _ = read(block(owner(A), SATISFACTION, AMOUNT), second)
    assert owners(indicators)[2][0] == CODE_B


def test_blank_inside_a_page_is_ambiguous_and_said(read):
    rows = [
        *block(owner(A), SATISFACTION, QUALITY),
        *block(BLANK, SATISFACTION),
        *block(owner(B), QUALITY, AMOUNT),
    ]
    _, indicators, findings = read(rows)
    assert owners(indicators)[2] == (CODE_B, "ambiguous")
    (finding,) = findings
    assert (finding.code, finding.severity) == ("owner-ambiguous", "warning")


def test_whole_blank_page_without_evidence_stays_with_the_project_before(read):
    blank = block(BLANK, AMOUNT)
    pages = (block(owner(A), QUALITY, SATISFACTION), blank, block(owner(B), QUALITY, QUALITY))
    _, indicators, findings = read(*pages)
    assert owners(indicators)[2] == (CODE_A, "ambiguous")
    assert [f.code for f in findings] == ["owner-ambiguous"]


def test_open_edges_to_two_different_texts_are_ambiguous(read):
    pages = (block(owner(A), QUALITY), block(BLANK, QUALITY), block(owner(B), QUALITY))
    projects, indicators, _ = read(*pages, cuts=[1, 2])
    assert len(projects) == 2
    assert [i["owner_status"] for i in indicators] == ["printed", "ambiguous", "printed"]


def test_unmerged_blanks_repeat_the_project_above(read):
    rows = [[*owner(A), *SATISFACTION], [*BLANK, *QUALITY], [*owner(B), *AMOUNT]]
    _, indicators, _ = read(rows)
    assert owners(indicators)[1] == (CODE_A, "inferred")


def test_one_name_over_several_totals_is_several_projects(read):
    rows = [
        [A, "1.00", "1.00", "", "目标一", *QUALITY],
        ["^", "^", "^", "^", "^", *AMOUNT],
        ["^", "2.00", "2.00", "", "目标二", *SATISFACTION],
        ["^", "^", "^", "^", "^", *QUALITY],
    ]
    projects, indicators, findings = read(rows)
    assert [(p["project_code"], p["total_text"], p["goal_text"]) for p in projects] == [
        (CODE_A, "1.00", "目标一"),
        (CODE_A, "2.00", "目标二"),
    ]
    assert [i["project_id"] for i in indicators] == [
        projects[0]["project_id"], projects[0]["project_id"],
        projects[1]["project_id"], projects[1]["project_id"],
    ]  # fmt: skip
    assert findings == []


def test_rows_without_any_project_are_kept(read):
    projects, indicators, findings = read(block(BLANK, QUALITY, AMOUNT))
    assert projects == []
    assert [i["owner_status"] for i in indicators] == ["ambiguous"] * 2
    assert [f.code for f in findings] == ["indicator-without-project"]


def test_project_without_indicators_is_reported(read):
    rows = [*block(owner(A), QUALITY), [*owner(B), *[""] * 6]]
    projects, _, findings = read(rows)
    assert len(projects) == 2
    assert [f.code for f in findings] == ["project-without-indicators"]


def test_unreadable_amount_is_kept_as_text_and_reported(read):
    projects, _, findings = read(block([A, "5l.45", "51.45", "", "目标"], QUALITY))
    assert (projects[0]["total_yuan"], projects[0]["total_text"]) == (None, "5l.45")
    assert [f.code for f in findings] == ["amount-unparsed"]


def test_merged_level_cells_count_for_every_row(read):
    rows = [
        [*owner(A), "产出指标", "数量指标", "甲", "=", "1", "个"],
        ["^"] * 5 + ["^", "^", "乙", "=", "2", "个"],
        ["^"] * 5 + ["^", "质量指标", "丙", "=", "3", "个"],
    ]
    _, indicators, _ = read(rows)
    assert [(i["level1"], i["level2"], i["level3"]) for i in indicators] == [
        ("产出指标", "数量指标", "甲"),
        ("产出指标", "数量指标", "乙"),
        ("产出指标", "质量指标", "丙"),
    ]


def test_text_after_a_sign_is_kept_and_reported(read):
    strange = ["产出指标", "质量指标", "合格率", "≥", "损失90", "%"]
    _, indicators, findings = read(block(owner(A), strange, QUALITY))
    assert (indicators[0]["value_text"], indicators[0]["value_num"]) == ("损失90", None)
    assert [f.code for f in findings] == ["indicator-value-unparsed"]


def test_total_row_is_no_project(read):
    rows = [["合计", "51.45", "51.45", "", "", *[""] * 6], *block(owner(A), QUALITY)]
    projects, indicators, findings = read(rows)
    assert [p["project_code"] for p in projects] == [CODE_A]
    assert len(indicators) == 1
    assert findings == []


def test_row_of_a_unit_over_its_projects_is_no_project(table, page, document):
    head = [["单位编码", "单位（项目）名称", "资金总额", "绩效目标", "一级指标", "二级指标",
             "三级指标", "指标值", "度量单位"]]  # fmt: skip
    rows = [
        ["合计", "", "3.00", "", "", "", "", "", ""],
        ["126001", "某市某局", "3.00", "", "", "", "", "", ""],
        ["126001", "运行专项", "1.00", "目标一", "产出指标", "数量指标", "甲", "1", "个"],
        ["126001", "业务专项", "2.00", "目标二", "产出指标", "数量指标", "乙", "2", "个"],
    ]
    made = table([*head, *rows], caption=["2026年项目支出绩效目标表", "单位：万元"])
    projects, indicators, findings = results(document(page(made)))
    assert [(p["project_name"], p["total_text"], p["budget_unit"]) for p in projects] == [
        ("运行专项", "1.00", "126001-某市某局"),
        ("业务专项", "2.00", "126001-某市某局"),
    ]
    assert [i["project_id"] for i in indicators] == [p["project_id"] for p in projects]
    assert findings == []


@st.composite
def published_tables(draw):
    """Projects of 1-6 rows, page breaks anywhere, the text on any one part of each project."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6))
    n_rows = sum(sizes)
    breaks = sorted(draw(st.sets(st.integers(1, max(1, n_rows - 1)), max_size=4)))
    picks = [draw(st.integers(0, 5)) for _ in sizes]
    return sizes, [b for b in breaks if b < n_rows], picks, draw(st.booleans())


def paginate(sizes, breaks, picks):
    """Pages of rows, the breaks that cut a project, and the code that owns each row."""
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    edges = [0, *breaks, sum(sizes)]
    pages = [[] for _ in edges[1:]]
    cuts, truth = set(), []
    for k, (start, size, pick) in enumerate(zip(starts, sizes, picks, strict=True)):
        code = f"11010526T{k:012d}"
        truth += [code] * size
        spans = [
            (number, max(start, low), min(start + size, high))
            for number, (low, high) in enumerate(pairwise(edges))
            if low < start + size and high > start
        ]
        chosen = pick % len(spans)
        for part, (number, low, high) in enumerate(spans):
            own = owner(f"{code}-项目{k}", f"{k}.50") if part == chosen else BLANK
            pages[number] += block(own, *[QUALITY] * (high - low))
        cuts |= {number + 1 for number, _, _ in spans[:-1]}
    return pages, cuts, truth


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(published_tables())
def test_open_breaks_never_lose_or_move_a_row(read, drawn):
    sizes, breaks, picks, repeat_header = drawn
    pages, cuts, truth = paginate(sizes, breaks, picks)
    projects, indicators, findings = read(*pages, cuts=cuts, repeat_header=repeat_header)
    assert [i["project_id"] for i in indicators] == truth
    assert len(projects) == len(sizes)
    assert {i["owner_status"] for i in indicators} == {"printed"}
    assert findings == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(published_tables())
def test_closed_breaks_never_lose_a_row_or_call_it_printed_wrongly(read, drawn):
    sizes, breaks, picks, _ = drawn
    pages, _, truth = paginate(sizes, breaks, picks)
    _, indicators, _ = read(*pages)
    assert len(indicators) == len(truth)
    printed = [(i["project_id"], t) for i, t in zip(indicators, truth, strict=True)
               if i["owner_status"] == "printed"]  # fmt: skip
    assert all(given_id == true_id for given_id, true_id in printed)


def part(first, last, page):
    return Part(first, last, page, None, False, False)


def test_a_run_of_blanks_is_split_once():
    blocks = [
        Block((part(0, 3, 1),), "甲"),
        Block((part(4, 4, 1),)),
        Block((part(5, 9, 2),)),
        Block((part(10, 12, 3),), "乙"),
    ]
    facts = [
        BlockFacts(kinds=frozenset({("产出指标", "数量指标")}), total=Decimal(100)),
        BlockFacts(kinds=frozenset({("产出指标", "数量指标")})),
        BlockFacts(costs=frozenset({Decimal(199)})),
        BlockFacts(total=Decimal(200)),
    ]
    owned = assign_owners(blocks, facts)
    assert [o.owner for o in owned] == [0, 3, 3, 3]
    assert [o.status for o in owned] == ["printed", "inferred", "inferred", "printed"]


@pytest.mark.parametrize("sample", ["seed-calc", "seed-report"])
def test_seed_rows_have_the_owners_of_the_truth(samples_dir, sample):
    truth = json.loads((samples_dir / f"{sample}.truth.json").read_text(encoding="utf-8"))
    (table,) = (t for t in truth["tables"] if t["family"] == "project_perf")
    pages = tuple(PdfiumReader().read_pages((samples_dir / f"{sample}.pdf").read_bytes()))
    projects, indicators, _ = results(RawDocument("0" * 64, sample, sample, pages))
    assert [
        (i["project_id"], i["level1"], i["level2"], i["level3"], i["nature"], i["value_text"],
         i["measure_unit"], i["seq"])
        for i in indicators
    ] == [
        (r["project_code"], r["一级指标"], r["二级指标"], r["三级指标"], r["绩效指标性质"],
         r["本年绩效指标值"], r["绩效度量单位"], r["indicator_seq"])
        for r in table["rows"]
    ]  # fmt: skip
    first = {r["project_code"]: r for r in reversed(table["rows"])}
    assert {p["project_code"]: (p["project_name"], p["total_text"], p["goal_text"])
            for p in projects} == {
        code: (r["project_name"], r["项目总额"], r["绩效目标"]) for code, r in first.items()
    }  # fmt: skip
    statuses = Counter(i["owner_status"] for i in indicators)
    assert statuses["printed"] >= len(table["rows"]) - 3
