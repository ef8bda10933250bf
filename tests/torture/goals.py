"""A strategy for 预算13表: the department's form, a head of labels and figures over a list."""

from collections.abc import Callable

from hypothesis import strategies as st

from .books import money
from .projects import GOALS, rows
from .sheet import Entry, Fact, Ref, Sheet, Unit, cover, header_entries, to_yuan

Draw = Callable[..., object]

DEPARTMENT = "北京市朝阳区城市管理指挥中心"
ACTIVITIES = ("正常运转", "人员经费", "市民热线工作")
WEIGHTS = (1.2, 1.2, 2.4, 2.4, 2.0, 2.0, 2.0, 1.8)
FIELDS = ("budget_total", "fiscal_total", "fiscal_basic", "fiscal_project", "other_total",
          "other_basic")  # fmt: skip
MONEY = """预算支出总额|财政拨款|<|<|其他资金|<
^|合计|基本支出|项目支出|合计|基本支出"""
LIST_ROW = 6


@st.composite
def department_goals(draw: Draw) -> Sheet:
    """The form; each indicator repeats its activity, or one cell stands for all of its rows."""
    unit: Unit = "万元"
    entries = [
        Entry(row=e.row + 1, col=e.col + 2, text=e.text, kind=e.kind, row_span=e.row_span,
              col_span=e.col_span)
        for e in header_entries(MONEY)
    ]  # fmt: skip
    entries += [
        Entry(0, 0, "部门名称", "header", col_span=2),
        Entry(0, 2, DEPARTMENT, "label", col_span=6),
        Entry(1, 0, "总体资金情况（万元）", "header", row_span=3, col_span=2),
        Entry(4, 1, "整体绩效目标", "header"),
        Entry(5, 1, "其他说明", "header"),
        *(
            Entry(LIST_ROW, col, text, "header", col_span=span)
            for col, text, span in (
                (2, "活动", 1), (3, "绩效指标", 2), (5, "指标性质", 1), (6, "指标值", 1),
                (7, "度量单位", 1),
            )
        ),
    ]  # fmt: skip
    decimals = draw(st.sampled_from([2, 6]))
    figures = [draw(money(unit, decimals, grouped=draw(st.booleans()))) for _ in FIELDS[:-2]]
    figures += [draw(st.sampled_from(["", "0.00"])) for _ in FIELDS[-2:]]
    entries += [Entry(3, 2 + i, text, "amount") for i, text in enumerate(figures)]
    goal = "，".join(draw(st.lists(st.sampled_from(GOALS), min_size=1, max_size=6)))
    other = draw(st.sampled_from(["", "无", "本年无其他说明"]))
    entries.append(Entry(4, 2, goal, "prose", col_span=6))
    entries.append(Entry(5, 2, other, "prose", col_span=6))
    blocks = draw(
        st.lists(
            st.tuples(st.sampled_from(ACTIVITIES), st.lists(rows(), min_size=1, max_size=7)),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    is_merged = draw(st.booleans())
    listed = []
    for activity, found in blocks:
        anchor = LIST_ROW + 1 + len(listed)
        for seq, texts in enumerate(found):
            listed.append((anchor if is_merged else anchor + seq, texts))
        for at in [anchor] if is_merged else range(anchor, anchor + len(found)):
            span = len(found) if is_merged else 1
            entries.append(Entry(at, 2, activity, "label", row_span=span))
    n_rows = LIST_ROW + 1 + len(listed)
    entries.append(Entry(4, 0, "整体绩效目标", "header", row_span=n_rows - 4))
    entries.append(Entry(LIST_ROW, 1, "", "label", row_span=n_rows - LIST_ROW))
    facts = [Fact("department_goals", {
        "department_name": DEPARTMENT, "goal_text": Ref(4, 2), "published_unit": unit,
        **{f"{name}_yuan": to_yuan(text, unit) for name, text in zip(FIELDS, figures, strict=True)},
    })]  # fmt: skip
    for seq, (anchor, texts) in enumerate(listed):
        row = LIST_ROW + 1 + seq
        entries.append(Entry(row, 3, "".join(texts[:3]), "prose", col_span=2))
        entries += [Entry(row, 5 + k, text, "label") for k, text in enumerate(texts[3:])]
        facts.append(Fact("department_indicators", {
            "activity": Ref(anchor, 2), "level1": texts[0], "level2": texts[1],
            "level3": texts[2], "value_text": texts[4], "measure_unit": texts[5] or None,
        }))  # fmt: skip
    return Sheet(
        "dept_perf", "部门整体支出绩效目标表", "预算13表", unit, WEIGHTS, LIST_ROW + 1, n_rows,
        cover(entries, n_rows, 8), tuple(facts),
    )  # fmt: skip
