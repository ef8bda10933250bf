"""An invented unit that has next to nothing: what its tables print where there is no money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger import CLASSES, ORDINALS
from model import Column, Grid, Slot, Table, amount, grid_of

YEAR = 2026
BODY = "某某市示例区示例服务站"
MONEY = "12.60"
SIZE = 9.0

Row = tuple[str | None, ...]


def make(
    number: int,
    family: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[str, Row]],
    notes: tuple[str, ...] = (),
    **layout: Any,
) -> Table:
    """``rows``: (row type, cells)."""
    return Table(
        family,
        title,
        "万元",
        tuple(columns),
        tuple(cells for _, cells in rows),
        lines_above=(("", f"公开{number:02d}表"), (f"单位名称：{BODY}", "单位：万元")),
        notes=notes,
        font_size=SIZE,
        row_height=19,
        row_extra=tuple({"row_type": kind} for kind, _ in rows),
        **layout,
    )


def summary() -> Table:
    income = (
        "一般公共预算拨款收入",
        "政府性基金预算拨款收入",
        "国有资本经营预算拨款收入",
        "财政专户管理资金收入",
        "事业收入",
    )
    rows: list[tuple[str, Row]] = []
    for i, name in enumerate(CLASSES):
        left: Row = (None, None)
        if i < len(income):
            left = (f"{ORDINALS[i]}、{income[i]}", MONEY if i == 0 else "0.00")
        spent = MONEY if name == "社会保障和就业支出" else "0.00"
        rows.append(("detail", (*left, f"{ORDINALS[i]}、{name}", spent)))
    rows.append(("subtotal", ("本年收入合计", MONEY, "本年支出合计", MONEY)))
    rows.append(("detail", ("上年结转结余", "0.00", "年终结转结余", "0.00")))
    rows.append(("total", ("收入总计", MONEY, "支出总计", MONEY)))
    columns = (
        Column("收入/项目", 170),
        amount("收入/预算数", 85),
        Column("支出/项目", 170),
        amount("支出/预算数", 85),
    )
    return make(1, "summary", f"{YEAR}年部门收支总表", columns, rows)


def codes(*measures: str, width: float = 70) -> tuple[Column, ...]:
    return (
        Column("科目编码", 60),
        Column("科目名称", 190),
        *(amount(m, width) for m in measures),
    )


CODED = (("208", "社会保障和就业支出"), ("20899", "其他社会保障和就业支出"))
LEAF = ("2089999", "其他社会保障和就业支出")


def coded_rows(values: Row) -> list[tuple[str, Row]]:
    return [
        *(("subtotal", (*c, *values)) for c in CODED),
        ("detail", (*LEAF, *values)),
        ("total", (None, "合计", *values)),
    ]


def blank_rows(n: int, width: int) -> list[tuple[str, Row]]:
    return [("filler", (None,) * width)] * n


def basic_econ() -> Table:
    """All lines printed, all 0.00: the unit has project money only."""
    names = (
        ("301", "工资福利支出"),
        ("30101", "基本工资"),
        ("30102", "津贴补贴"),
        ("302", "商品和服务支出"),
        ("30201", "办公费"),
        ("303", "对个人和家庭的补助"),
    )
    zero: Row = ("0.00", "0.00", "0.00")
    rows: list[tuple[str, Row]] = [
        ("detail" if len(code) == 5 else "subtotal", (code, name, *zero)) for code, name in names
    ]
    rows.append(("total", (None, "合计", *zero)))
    columns = codes(*(f"{YEAR}年基本支出/{m}" for m in ("合计", "人员经费", "公用经费")))
    note = f"注：本单位{YEAR}年无一般公共预算基本支出。"
    return make(6, "basic_econ", "一般公共预算基本支出表", columns, rows, (note,))


def three_public() -> Table:
    cars = "公务用车购置及运行费"
    columns = [
        amount(name, 85)
        for name in (
            "“三公”经费合计",
            "因公出国（境）费",
            f"{cars}/小计",
            f"{cars}/公务用车购置费",
            f"{cars}/公务用车运行费",
            "公务接待费",
        )
    ]
    rows: list[tuple[str, Row]] = [("single", ("-",) * 6)]
    note = f"注：本单位{YEAR}年无财政拨款安排的“三公”经费支出，本表以“-”列示。"
    return make(
        7,
        "three_public",
        "一般公共预算“三公”经费支出表",
        columns,
        rows,
        (note,),
        is_empty=True,
    )


def project_goals() -> Table:
    columns = (
        Column("单位名称", 55),
        Column("项目名称", 90),
        amount("项目总额", 50),
        amount("其中/财政资金", 50),
        amount("其中/其他资金", 50),
        Column("绩效目标", 120, role="text"),
        Column("一级指标", 60, role="text"),
        Column("二级指标", 60, role="text"),
        Column("三级指标", 80, role="text"),
        Column("绩效指标性质", 45, "center", "text"),
        Column("本年绩效指标值", 50, "center", "text"),
        Column("绩效度量单位", 45, "center", "text"),
    )
    return make(
        10,
        "project_perf",
        "项目支出绩效目标表",
        columns,
        blank_rows(5, 12),
        ("注：本单位无应公开绩效目标的项目，本表为空表。",),
        landscape=True,
        is_empty=True,
    )


def tables() -> list[Table]:
    revenue = ("合计", "一般公共预算", "政府性基金预算", "国有资本经营预算", "其他资金")
    spending = ("合计", "基本支出", "项目支出")
    fund = "本年政府性基金预算支出"
    capital = "本年国有资本经营预算支出"
    return [
        summary(),
        make(
            2,
            "revenue_fn",
            "部门收入总表",
            codes(*revenue),
            coded_rows((MONEY, MONEY, None, None, None)),
            landscape=True,
        ),
        make(
            3,
            "expenditure_fn",
            "部门支出总表",
            codes(*spending),
            coded_rows((MONEY, "0.00", MONEY)),
        ),
        make(
            4,
            "fiscal_summary",
            "财政拨款收支总表",
            (
                Column("收入/项目", 150),
                amount("收入/预算数", 60),
                Column("支出/项目", 150),
                amount("支出/预算数", 60),
            ),
            [
                ("detail", ("一、本年收入", MONEY, "一、本年支出", MONEY)),
                ("detail", ("（一）一般公共预算拨款", MONEY, "（一）社会保障和就业支出", MONEY)),
                ("detail", ("（二）政府性基金预算拨款", None, None, None)),
                ("detail", ("（三）国有资本经营预算拨款", None, None, None)),
                ("detail", ("二、上年结转", None, "二、年终结转结余", None)),
                *blank_rows(2, 4),
                ("total", ("收入总计", MONEY, "支出总计", MONEY)),
            ],
        ),
        make(
            5,
            "general_fn",
            "一般公共预算支出表",
            codes(*spending),
            coded_rows((MONEY, "—", MONEY)),
        ),
        basic_econ(),
        three_public(),
        make(
            8,
            "fund_fn",
            "政府性基金预算支出表",
            codes(*(f"{fund}/{m}" for m in spending)),
            [("filler", ("无", "无", None, None, None)), *blank_rows(2, 5)],
            (f"注：本单位{YEAR}年无政府性基金预算安排的支出，故本表为空表。",),
            is_empty=True,
        ),
        make(
            9,
            "capital_fn",
            "国有资本经营预算支出表",
            codes(*(f"{capital}/{m}" for m in spending)),
            [*blank_rows(3, 5), ("total", (None, "合计", None, None, None))],
            (f"注：本单位{YEAR}年无国有资本经营预算安排的支出，故本表为空表。",),
            is_empty=True,
        ),
        project_goals(),
        make(
            11,
            "procurement",
            "政府采购预算表",
            (Column("采购类别", 220), amount("金额", 120)),
            [],
            ("本单位无政府采购预算。",),
            is_empty=True,
        ),
    ]


def grids() -> list[Grid]:
    cover = Grid(
        "封面",
        (500.0,),
        (160.0, 50.0, 50.0),
        (
            Slot(1, 0, f"{YEAR}年单位预算", ruled=False, bold=True, size=24),
            Slot(2, 0, BODY, ruled=False, size=18),
        ),
    )
    return [cover, *(grid_of(t) for t in tables())]


def document() -> dict[str, Any]:
    return {
        "publisher": BODY,
        "fiscal_year": YEAR,
        "doc_kind": "budget",
        "doc_scope": "unit",
        "missing_tables": [],
        "invented": True,
    }
