"""A strategy for 预算表12: projects as merged blocks over their indicator rows."""

from collections.abc import Callable
from itertools import groupby

from hypothesis import strategies as st

from .books import money
from .sheet import Entry, Fact, Ref, Sheet, Unit, cover, header_entries, to_yuan

Draw = Callable[..., object]

WORDS = (
    "朝阳区",
    "市民服务热线",
    "“接诉即办”",
    "城市管理",
    "办公新址",
    "装修及搬家",
    "系统运行维护",
    "响应沟通录音",
    "设备（含备件）",
    "老旧小区综合整治",
    "12345热线",
    "2026年",
    "法律服务",
    "一网统管",
)
GOALS = (
    "保障政府热线回访工作正常开展",
    "解决群众诉求",
    "按合同约定完成系统维护",
    "提高响应率和满意度",
    "为领导决策提供依据",
    "确保数据安全、稳定运行",
    "全年不少于12次",
)
INDICATORS = (
    ("产出指标", "数量指标"),
    ("产出指标", "质量指标"),
    ("产出指标", "时效指标"),
    ("成本指标", "经济成本指标"),
    ("效益指标", "社会效益指标"),
    ("满意度指标", "服务对象满意度指标"),
)
LEVEL3 = (
    "签订合同",
    "系统验收合格率",
    "系统正常运行率",
    "服务对象满意度",
    "项目完成时间",
    "严格审核我中心合同",
    "对43个街乡的服务覆盖",
    "设备采购数量",
    "总成本控制数",
    "回访工作正常开展，解决群众诉求",
)
LATIN = (
    "Oracle Database",
    "Windows Server",
    "Visual Studio",
    "Office Pro Plus",
    "Adobe Acrobat",
    "Red Hat Enterprise Linux",
)
"""Names of several words: their spaces are the author's."""
UNIT_NAME = "310001-城市管理指挥中心"
HEADER = """单位名称|项目名称|项目总额|其中：|<|绩效目标|\
一级指标|二级指标|三级指标|绩效指标性质|本年绩效指标值|绩效度量单位
^|^|^|财政资金|其他资金|^|^|^|^|^|^|^"""
WEIGHTS = (1.6, 2.6, 1.8, 1.8, 1.4, 3.2, 1.4, 1.6, 2.6, 1.0, 1.2, 1.0)

Row = tuple[str, str, str, str, str, str]
"""Levels 1 to 3, nature, value, measuring unit."""


@st.composite
def projects(draw: Draw) -> Sheet:
    """Projects of one unit; the levels of the indicators may be merged over equal rows."""
    unit: Unit = "万元"
    entries = header_entries(HEADER)
    facts: list[Fact] = []
    indicators: list[Fact] = []
    row = 2
    decimals = draw(st.sampled_from([2, 6]))
    is_merged = draw(st.booleans())
    has_latin = draw(st.booleans())
    codes = draw(st.lists(st.integers(0, 10**8 - 1), min_size=1, max_size=5, unique=True))
    for number in codes:
        code = f"{draw(st.sampled_from(['11010522T', '11010526Y']))}{number:012d}"
        name = "".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        if has_latin:
            name = f"{name}{draw(st.sampled_from(LATIN))}运维"
        goal = "，".join(draw(st.lists(st.sampled_from(GOALS), min_size=1, max_size=5)))
        total = draw(money(unit, decimals, grouped=False))
        other = draw(st.sampled_from(["", "0.000000", total]))
        found = draw(st.lists(rows(), min_size=1, max_size=9))
        if is_merged:
            found.sort(key=lambda r: r[:2])
        for col, (text, kind) in enumerate(
            ((f"{code}-{name}", "label"), (total, "amount"), (total, "amount"), (other, "amount"),
             (goal, "prose")),
            start=1,
        ):  # fmt: skip
            entries.append(Entry(row, col, text, kind, row_span=len(found)))  # type: ignore[arg-type]
        facts.append(
            Fact("projects", {
                "project_code": code, "project_name": name, "total_yuan": to_yuan(total, unit),
                "total_text": total, "fiscal_text": total, "other_text": other or None,
                "goal_text": Ref(row, 5), "budget_unit": UNIT_NAME, "published_unit": unit,
            })
        )  # fmt: skip
        indicators += _write_rows(entries, found, row, code, is_merged=is_merged)
        row += len(found)
    entries.append(Entry(2, 0, UNIT_NAME, "label", row_span=row - 2))
    return Sheet(
        "project_perf", "项目支出绩效表", "预算表12", unit, WEIGHTS, 2, row,
        cover(entries, row, 12), (*facts, *indicators),
    )  # fmt: skip


@st.composite
def rows(draw: Draw) -> Row:
    level1, level2 = draw(st.sampled_from(INDICATORS))
    level3 = draw(st.sampled_from(LEVEL3))
    if draw(st.integers(0, 4)) == 0:
        return level1, level2, level3, "定性", draw(st.sampled_from(["优", "优良中低差"])), ""
    return (
        level1, level2, level3, draw(st.sampled_from(["≥", "≤", "＝"])),
        draw(st.sampled_from(["1", "12", "95", "199999", "0.5"])),
        draw(st.sampled_from(["%", "份", "次", "元", "个工作日"])),
    )  # fmt: skip


def _write_rows(
    entries: list[Entry], rows: list[Row], first: int, code: str, *, is_merged: bool
) -> list[Fact]:
    """The cells of a project's indicators, and what is true of each row."""
    anchors: list[list[int]] = [[], []]  # the row in which the cell of level 1 and 2 begins
    for depth, anchor in enumerate(anchors):
        at = first
        for key, group in groupby(enumerate(rows), key=lambda r, n=depth + 1: r[1][:n]):
            height = len(list(group))
            spans = [height] if is_merged else [1] * height
            for span in spans:
                entries.append(Entry(at, 6 + depth, key[-1], "label", row_span=span))
                anchor += [at] * span
                at += span
    facts = []
    for seq, texts in enumerate(rows):
        row = first + seq
        entries += [Entry(row, 8 + k, text, "label") for k, text in enumerate(texts[2:])]
        facts.append(Fact("project_indicators", {
            "project_code": code,
            "level1": Ref(anchors[0][seq], 6), "level2": Ref(anchors[1][seq], 7),
            "level3": Ref(row, 8), "value_text": Ref(row, 10),
            "measure_unit": Ref(row, 11) if texts[5] else None,
        }))  # fmt: skip
    return facts
