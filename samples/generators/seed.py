"""The disclosure that the project began with, rebuilt from what its tables say (data/seed.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model import Column, Grid, Slot, Table, amount, grid_of, wrap

DATA = json.loads((Path(__file__).parent / "data" / "seed.json").read_text(encoding="utf-8"))
UNIT_LINE = (("", "金额单位：万元"),)
SPACED = {"收入": "收 入", "支出": "支 出", "项目": "项 目"}
FAMILIES = {
    "01": "summary",
    "03": "expenditure_fn",
    "04": "procurement",
    "05": "fiscal_summary",
    "06": "general_fn",
    "07": "basic_econ",
    "08": "fund_fn",
    "09": "capital_fn",
    "10": "three_public",
    "11": "purchased_service",
    "12": "project_perf",
    "13": "dept_perf",
}
WIDTHS: dict[str, tuple[float, ...]] = {
    "01": (170, 90, 170, 90),
    "03": (150, 125, 140, 72, 72, 72, 50, 50, 50),
    "04": (260, 160),
    "05": (170, 90, 170, 90),
    "06": (150, 52, 130, 76, 76, 76, 72, 76, 76),
    "07": (150, 170, 75, 75, 75),
    "08": (140, 140, 140, 80, 80, 80),
    "09": (140, 140, 140, 80, 80, 80),
    "10": (120, 110, 110, 110, 110, 110),
    "11": (100, 100, 100, 120, 90),
    "12": (42, 69, 45, 45, 36, 101, 41, 48, 48, 34, 40, 32),
}
# Body rows before which the dump shows a page break (its blank lines).
BREAKS = {"01": (21,), "03": (12, 28), "05": (21,), "12": (16, 38)}
LANDSCAPE = {"03", "06", "08", "09", "10", "12"}
MONEY = ("预算数", "合计", "支出", "金额", "小计", "人员经费", "公用经费", "项目支出总数")
TOTALS = {"合计": "合 计"}


def is_money(path: str) -> bool:
    """Every column of the seed's first eleven tables that is no label holds money."""
    return path.split("/")[-1] not in {
        "项目",
        "支出功能分类科目",
        "政府支出经济分类科目",
        "部门支出经济分类科目",
        "采购类别",
        "单位名称",
        "科目编码",
        "科目名称",
        "一级",
        "二级",
        "三级",
        "服务领域",
    }


def plain_table(entry: Mapping[str, Any]) -> Table:
    """Tables 01–11."""
    number = entry["table_no"]
    paths: list[str] = entry["columns"]
    columns = tuple(
        amount(p, w) if is_money(p) else Column(p, w)
        for p, w in zip(paths, WIDTHS[number], strict=True)
    )
    rows = tuple(tuple(row[p] for p in paths) for row in entry["rows"])
    printed: dict[tuple[int, int], str | tuple[str, ...]] = {}
    for r, row in enumerate(entry["rows"]):
        for c, path in enumerate(paths):
            if row[path] == "合计" and not is_money(path):
                printed[r, c] = "合 计"
            elif path in row["inferred"]:
                printed[r, c] = ""
    return Table(
        FAMILIES[number],
        f"预算{number}表 {entry['title']}",
        entry["unit"],
        columns,
        rows,
        printed,
        SPACED if number in {"01", "05"} else {},
        breaks=BREAKS.get(number, ()),
        lines_above=UNIT_LINE,
        landscape=number in LANDSCAPE,
        row_height=17,
        is_empty=bool(entry.get("is_empty")),
        font_size=8.5 if number in {"03", "06"} else 9,
        row_extra=tuple(
            {"row_type": row["_row_type"], "inferred": row["inferred"]} for row in entry["rows"]
        ),
    )


def project_groups(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """First and last row of every project."""
    groups: list[tuple[int, int]] = []
    for r, row in enumerate(rows):
        if groups and rows[groups[-1][0]]["project_code"] == row["project_code"]:
            groups[-1] = (groups[-1][0], r)
        else:
            groups.append((r, r))
    return groups


def project_table(entry: Mapping[str, Any], as_wrapped: bool) -> Table:
    """Table 12. ``as_wrapped``: keep the line ends that the dump shows on the second page."""
    paths: list[str] = entry["columns"]
    source = entry["rows"]
    columns = tuple(
        amount(p, w)
        if p in {"项目总额", "其中：/财政资金", "其中：/其他资金"}
        else Column(
            p,
            w,
            "center" if p.endswith(("性质", "指标值", "单位")) else "left",
            "label" if p in {"单位名称", "项目名称"} else "text",
        )
        for p, w in zip(paths, WIDTHS["12"], strict=True)
    )
    groups = project_groups(source)
    printed: dict[tuple[int, int], str | tuple[str, ...]] = {}
    if as_wrapped:
        for r, row in enumerate(source):
            for path, lines in row.get("printed_lines", {}).items():
                printed[r, paths.index(path)] = tuple(lines)
            if "项目名称" not in row["inferred"] and "项目名称" not in row.get("printed_lines", {}):
                # 17 characters of the code, then the rest: so the dump shows all eleven names.
                name = row["项目名称"]
                printed[r, 1] = (name[:17], *wrap(name[17:], columns[1].width - 5, 6.3))
    extra = tuple(
        {
            "project_code": row["project_code"],
            "project_name": row["project_name"],
            "indicator_seq": row["indicator_seq"],
            "text_clipped": row["clipped"],
            "owner_changed": row["owner_changed"],
            "ambiguous": row["ambiguous"],
            "inferred": row["inferred"],
        }
        for row in source
    )
    return Table(
        "project_perf",
        f"预算表12 {entry['title']}",
        entry["unit"],
        columns,
        tuple(tuple(row[p] for p in paths) for row in source),
        printed,
        merges=tuple((a, b, c) for c in range(6) for a, b in groups),
        breaks=BREAKS["12"],
        part_breaks=tuple(r + 1 for r, row in enumerate(source) if row["ambiguous"]),
        lines_above=UNIT_LINE,
        landscape=True,
        font_size=6.3,
        row_extra=extra,
    )


def goal_form(entry: Mapping[str, Any]) -> Table:
    """Table 13: a form with a head of key and value cells, then an indicator list."""
    form, rows = entry["form"], entry["rows"]
    size = 9.0
    widths = (54.0, 54.0, 66.0, 78.0, 78.0, 70.0, 66.0, 56.0)
    money = form["总体资金情况"]
    title = f"预算13表 {entry['title']}"
    slots = [
        Slot(0, 0, title, 1, 8, ruled=False, bold=True, size=14),
        Slot(1, 0, f"({form['年度']})", 1, 8, ruled=False),
        Slot(2, 0, "部门名称", 1, 2),
        Slot(2, 2, form["部门名称"], 1, 6, "left"),
        Slot(3, 0, "总体资金情况（万元）", 3, 2),
        Slot(3, 2, "预算支出总额", 2, 1),
        Slot(3, 3, "财政拨款", 1, 3),
        Slot(3, 6, "其他资金", 1, 2),
        Slot(4, 3, "合计"),
        Slot(4, 4, "基本支出"),
        Slot(4, 5, "项目支出"),
        Slot(4, 6, "合计"),
        Slot(4, 7, "基本支出"),
        *(
            Slot(5, c, money[key] or "", align="right", nowrap=True)
            for c, key in enumerate(
                (
                    "预算支出总额",
                    "财政拨款/合计",
                    "财政拨款/基本支出",
                    "财政拨款/项目支出",
                    "其他资金/合计",
                    "其他资金/基本支出",
                ),
                2,
            )
        ),
        Slot(6, 0, "整体绩效目标", 3 + len(rows), 1),
        Slot(6, 1, "整体绩效目标"),
        Slot(6, 2, form["整体绩效目标"], 1, 6, "left"),
        Slot(7, 1, "其他说明"),
        Slot(7, 2, "", 1, 6),
        Slot(8, 1, "", 1 + len(rows), 1),
        Slot(8, 2, "活动"),
        Slot(8, 3, "绩效指标", 1, 2),
        Slot(8, 5, "指标性质"),
        Slot(8, 6, "指标值"),
        Slot(8, 7, "度量单位"),
    ]
    heights = [30.0, 16.0, 20.0, 18.0, 18.0, 20.0, 40.0, 20.0, 20.0]
    for row in rows:
        r = len(heights)
        slots += [
            Slot(r, 2, row["活动"]),
            Slot(r, 3, row["绩效指标"], 1, 2, "left"),
            Slot(r, 5, row["指标性质"]),
            Slot(r, 6, row["指标值"]),
            Slot(r, 7, row["度量单位"] or ""),
        ]
        lines = max(
            len(wrap(row["绩效指标"], widths[3] + widths[4] - 5, size)),
            len(wrap(row["指标值"], widths[6] - 5, size)),
        )
        heights.append(lines * size * 1.46 + 5)
    facts = tuple(
        {
            "row": None,
            "labels": ["总体资金情况"],
            "column": path,
            "text": text,
            "printed": True,
        }
        for path, text in money.items()
        if text is not None
    )
    paths = ("活动", "绩效指标", "指标性质", "指标值", "度量单位")
    return Table(
        "dept_perf",
        title,
        "万元",
        tuple(Column(p, 60, role="text") for p in paths),
        tuple(tuple(row[p] for p in paths) for row in rows),
        row_extra=tuple({k: row[k] for k in ("一级指标", "二级指标", "三级指标")} for row in rows),
        facts=facts,
        custom=Grid(title, widths, tuple(heights), tuple(slots), breaks=(19,), font_size=size),
    )


def cover() -> Grid:
    """The first page of the spreadsheet variant: year and publisher."""
    document = DATA["document"]
    lines = (f"{document['fiscal_year']}年部门预算", document["publisher_unit"])
    slots = tuple(Slot(1 + 2 * i, 0, t, ruled=False, size=24 - 6 * i) for i, t in enumerate(lines))
    return Grid("封面", (500.0,), (180.0, 60.0, 40.0, 40.0), slots)


def tables(as_wrapped: bool) -> list[Table]:
    made: list[Table] = []
    for entry in DATA["tables"]:
        if entry["table_no"] == "12":
            made.append(project_table(entry, as_wrapped))
        elif entry["table_no"] == "13":
            made.append(goal_form(entry))
        else:
            made.append(plain_table(entry))
    return made


def grids(as_wrapped: bool, leading: float) -> list[Grid]:
    return [grid_of(table, leading) for table in tables(as_wrapped)]


def document() -> dict[str, Any]:
    return dict(DATA["document"])
