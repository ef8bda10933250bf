"""An invented bureau's final account (决算) in the Ministry of Finance's nine tables 公开01–09."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from final_books import (
    BODY,
    ECONOMY,
    FUND,
    GENERAL,
    PURCHASE,
    RECEPTION,
    RUNNING,
    SIZE,
    SPENT,
    YEAR,
    above,
    carried_in,
    carried_out,
    class_spent,
    received,
    some,
    sums,
    wan,
)
from ledger import CLASSES, ECONOMIC, NAMES, ORDINALS, Item, is_personnel, with_parents
from model import Column, Grid, Slot, Table, amount, grid_of

LAYOUT: dict[str, Any] = {"font_size": SIZE, "row_height": 15.5}


def two_lists(
    number: int,
    family: str,
    title: str,
    columns: Sequence[Column],
    left: Mapping[int, tuple[str, str | None]],
    right: Mapping[int, tuple[str | None, ...]],
    n_rows: int,
    under: tuple[str, ...],
) -> Table:
    """公开01 and 04: two lists with 行次 counted down the left and on down the right."""
    width = len(columns) - 4
    rows: list[tuple[str | None, ...]] = []
    kinds: list[str] = []
    for r in range(n_rows):
        name, value = left.get(r, (None, None))
        other = right.get(r, (None,) * width)
        rows.append((name, str(r + 1), value, other[0], str(n_rows + r + 1), *other[1:]))
        label = name or other[0] or ""
        kinds.append(
            "total"
            if label == "总计"
            else "subtotal"
            if "合计" in label
            else "detail"
            if name or other[0]
            else "filler"
        )
    return Table(
        family,
        title,
        "万元",
        tuple(columns),
        tuple(rows),
        under_header=under,
        lines_above=above(number),
        row_extra=tuple({"row_type": k} for k in kinds),
        **LAYOUT,
    )


def summary() -> Table:
    income = sums(SPENT, received)
    other = sums(SPENT, lambda i: i.other)
    fund = sums(FUND, received)
    spent = sums(SPENT, lambda i: i.total)
    before, after = sums(SPENT, carried_in), sums(SPENT, carried_out)
    names = (
        ("一般公共预算财政拨款收入", income - other - fund),
        ("政府性基金预算财政拨款收入", fund),
        ("国有资本经营预算财政拨款收入", 0),
        ("上级补助收入", 0),
        ("事业收入", 0),
        ("经营收入", 0),
        ("附属单位上缴收入", 0),
        ("其他收入", other),
    )
    left = {i: (f"{ORDINALS[i]}、{n}", some(v)) for i, (n, v) in enumerate(names)}
    right: dict[int, tuple[str | None, ...]] = {
        i: (f"{ORDINALS[i]}、{n}", some(class_spent(SPENT, n))) for i, n in enumerate(CLASSES)
    }
    left |= {
        26: ("本年收入合计", wan(income)),
        27: ("使用非财政拨款结余（含专用结余）", None),
        28: ("年初结转和结余", wan(before)),
        30: ("总计", wan(income + before)),
    }
    right |= {
        26: ("本年支出合计", wan(spent)),
        27: ("结余分配", None),
        28: ("年末结转和结余", wan(after)),
        30: ("总计", wan(spent + after)),
    }
    columns = (
        Column("收入/项目", 160),
        Column("收入/行次", 30, "center", "text"),
        amount("收入/金额", 80),
        Column("支出/项目", 160),
        Column("支出/行次", 30, "center", "text"),
        amount("支出/金额", 80),
    )
    under = ("栏次", "", "1", "栏次", "", "2")
    return two_lists(1, "summary", "收入支出决算总表", columns, left, right, 31, under)


def fiscal_summary() -> Table:
    home = "支出"
    parts: tuple[Sequence[Item], Sequence[Item]] = (GENERAL, FUND)

    def fiscal(found: Sequence[Item], key: Callable[[Item], int]) -> int:
        return sums(found, key) - sums(found, lambda i: i.other)

    def row(name: str, values: Sequence[int]) -> tuple[str | None, ...]:
        return (name, some(sum(values)), *(some(v) for v in values), None)

    income = [fiscal(p, received) for p in parts]
    spent = [fiscal(p, lambda i: i.total) for p in parts]
    before = [sums(p, carried_in) for p in parts]
    after = [sums(p, carried_out) for p in parts]
    left: dict[int, tuple[str, str | None]] = {
        0: ("一、一般公共预算财政拨款", wan(income[0])),
        1: ("二、政府性基金预算财政拨款", wan(income[1])),
        2: ("三、国有资本经营预算财政拨款", None),
        26: ("本年收入合计", wan(sum(income))),
        27: ("年初财政拨款结转和结余", wan(sum(before))),
        28: ("一般公共预算财政拨款", wan(before[0])),
        29: ("政府性基金预算财政拨款", wan(before[1])),
        30: ("国有资本经营预算财政拨款", None),
        31: ("总计", wan(sum(income) + sum(before))),
    }
    right: dict[int, tuple[str | None, ...]] = {}
    for i, name in enumerate(CLASSES):
        less = sums([x for x in SPENT if NAMES[x.code[:3]] == name], lambda x: x.other)
        values = [class_spent(GENERAL, name) - less, class_spent(FUND, name)]
        right[i] = row(f"{ORDINALS[i]}、{name}", values)
    right |= {
        26: row("本年支出合计", spent),
        27: row("年末财政拨款结转和结余", after),
        31: row("总计", [a + b for a, b in zip(spent, after, strict=True)]),
    }
    columns = (
        Column("收入/项目", 150),
        Column("收入/行次", 28, "center", "text"),
        amount("收入/金额", 75),
        Column(f"{home}/项目", 160),
        Column(f"{home}/行次", 28, "center", "text"),
        amount(f"{home}/合计", 75),
        amount(f"{home}/一般公共预算财政拨款", 80),
        amount(f"{home}/政府性基金预算财政拨款", 80),
        amount(f"{home}/国有资本经营预算财政拨款", 85),
    )
    under = ("栏次", "", "1", "栏次", "", "2", "3", "4", "5")
    table = two_lists(
        4, "fiscal_summary", "财政拨款收入支出决算总表", columns, left, right, 32, under
    )
    return as_landscape(table, breaks=(26,), row_height=16)


def as_landscape(table: Table, **changes: Any) -> Table:
    return replace(table, landscape=True, **changes)


def coded(
    number: int,
    family: str,
    title: str,
    measures: Mapping[str, Callable[[Item], int]],
    found: Sequence[Item],
    breaks: tuple[int, ...] = (),
    note: str = "",
) -> Table:
    """公开02, 03, 05, 08: joined codes, 栏次 row, 合计 first, then 类, 款, 项."""
    columns = (
        Column("项目/功能分类科目编码", 62),
        Column("项目/科目名称", 175),
        *(amount(path, 510 / len(measures)) for path in measures),
    )

    def values(parts: Sequence[Item]) -> tuple[str | None, ...]:
        return tuple(some(sums(parts, key)) for key in measures.values())

    rows: list[tuple[str | None, ...]] = [(None, "合计", *values(found))]
    extra: list[dict[str, Any]] = [{"row_type": "total", "code": None}]
    for code, parts in with_parents(found):
        rows.append((code, NAMES[code], *values(parts)))
        extra.append({"row_type": "detail" if len(code) == 7 else "subtotal", "code": code})
    return Table(
        family,
        title,
        "万元",
        columns,
        tuple(rows),
        under_header=("", "栏次", *(str(i + 1) for i in range(len(measures)))),
        spans=((0, 0, 1),),
        breaks=breaks,
        lines_above=above(number),
        notes=(note,) if note else (),
        landscape=True,
        row_extra=tuple(extra),
        font_size=SIZE,
        row_height=18,
    )


def basic_econ() -> Table:
    """公开06: personnel codes on the left, goods and capital on the right, empty ones too."""

    def lane(tops: Sequence[str]) -> list[tuple[str, str, str | None]]:
        lines: list[tuple[str, str, str | None]] = []
        for code, name in sorted(ECONOMIC.items()):
            if code[:3] in tops:
                inside = sum(v for c, v in ECONOMY.items() if c.startswith(code))
                # 类 rows are printed as 0.00, 款 rows without money stay blank.
                lines.append((code, name, wan(inside) if len(code) == 3 else some(inside)))
        return lines

    left, right = lane(("301", "303")), lane(("302", "310"))
    n = max(len(left), len(right))
    blank = (None, None, None)
    rows: list[tuple[str | None, ...]] = [
        (
            *(left[i] if i < len(left) else blank),
            *(right[i] if i < len(right) else blank),
        )
        for i in range(n)
    ]
    people = sum(v for c, v in ECONOMY.items() if is_personnel(c))
    goods = sum(ECONOMY.values()) - people
    rows.append((None, "人员经费合计", wan(people), None, "公用经费合计", wan(goods)))
    return Table(
        "basic_econ",
        "一般公共预算财政拨款基本支出决算表",
        "万元",
        (
            Column("人员经费/科目编码", 52),
            Column("人员经费/科目名称", 150),
            amount("人员经费/决算数", 72),
            Column("公用经费/科目编码", 52),
            Column("公用经费/科目名称", 130),
            amount("公用经费/决算数", 72),
        ),
        tuple(rows),
        spans=((n, 0, 1), (n, 3, 4)),
        lines_above=above(6),
        notes=(f"注：本表反映部门{YEAR}年度一般公共预算财政拨款基本支出明细情况。",),
        row_extra=(*({"row_type": "detail"},) * n, {"row_type": "total"}),
        **LAYOUT,
    )


def three_public() -> Table:
    """公开07: the same six heads as budget and as outcome."""
    cars = "公务用车购置及运行维护费"
    heads = (
        "合计",
        "因公出国（境）费",
        f"{cars}/小计",
        f"{cars}/公务用车购置费",
        f"{cars}/公务用车运行维护费",
        "公务接待费",
    )

    def line(abroad: int, buying: int, running: int, reception: int) -> tuple[str, ...]:
        total = abroad + buying + running + reception
        return tuple(wan(v) for v in (total, abroad, buying + running, buying, running, reception))

    return Table(
        "three_public",
        "财政拨款“三公”经费支出决算表",
        "万元",
        tuple(
            amount(f"{group}/{head}", 54 if "/" not in head else 62)
            for group in ("预算数", "决算数")
            for head in heads
        ),
        ((*line(0, 0, 1_200, 400), *line(0, PURCHASE, RUNNING, RECEPTION)),),
        under_header=tuple(str(i + 1) for i in range(12)),
        lines_above=above(7),
        notes=(
            "注：本表反映部门本年度财政拨款“三公”经费支出预决算情况。其中，预算数为“三公”经费"
            "全年预算数，决算数包括当年财政拨款和以前年度结转资金安排的实际支出。",
        ),
        landscape=True,
        font_size=7.5,
        row_height=22,
        row_extra=({"row_type": "single"},),
    )


def capital() -> Table:
    group = "本年支出"
    filler: tuple[None, ...] = (None,) * 5
    return Table(
        "capital_fn",
        "国有资本经营预算财政拨款支出决算表",
        "万元",
        (
            Column("项目/功能分类科目编码", 90),
            Column("项目/科目名称", 200),
            amount(f"{group}/合计", 110),
            amount(f"{group}/基本支出", 110),
            amount(f"{group}/项目支出", 110),
        ),
        ((None, "合计", None, None, None), *(filler,) * 3),
        under_header=("", "栏次", "1", "2", "3"),
        spans=((0, 0, 1),),
        lines_above=above(9),
        notes=(f"说明：{BODY}本年度没有国有资本经营预算财政拨款收入和支出，故本表无数据。",),
        landscape=True,
        is_empty=True,
        font_size=SIZE,
        row_height=18,
        row_extra=({"row_type": "total"}, *({"row_type": "filler"},) * 3),
    )


def tables() -> list[Table]:
    def nothing(_: Item) -> int:
        return 0

    return [
        summary(),
        coded(
            2,
            "revenue_fn",
            "收入决算表",
            {
                "本年收入合计": received,
                "财政拨款收入": lambda i: received(i) - i.other,
                "上级补助收入": nothing,
                "事业收入": nothing,
                "经营收入": nothing,
                "附属单位上缴收入": nothing,
                "其他收入": lambda i: i.other,
            },
            SPENT,
            breaks=(18,),
            note="注：本表反映部门本年度取得的各项收入情况。",
        ),
        coded(
            3,
            "expenditure_fn",
            "支出决算表",
            {
                "本年支出合计": lambda i: i.total,
                "基本支出": lambda i: i.basic,
                "项目支出": lambda i: i.project,
                "上缴上级支出": nothing,
                "经营支出": nothing,
                "对附属单位补助支出": nothing,
            },
            SPENT,
            breaks=(18,),
            note="注：本表反映部门本年度各项支出情况。",
        ),
        fiscal_summary(),
        coded(
            5,
            "general_fn",
            "一般公共预算财政拨款支出决算表",
            {
                "本年支出/合计": lambda i: i.total - i.other,
                "本年支出/基本支出": lambda i: i.basic,
                "本年支出/项目支出": lambda i: i.project - i.other,
            },
            GENERAL,
        ),
        basic_econ(),
        three_public(),
        coded(
            8,
            "fund_fn",
            "政府性基金预算财政拨款收入支出决算表",
            {
                "年初结转和结余": carried_in,
                "本年收入": received,
                "本年支出/小计": lambda i: i.total,
                "本年支出/基本支出": lambda i: i.basic,
                "本年支出/项目支出": lambda i: i.project,
                "年末结转和结余": carried_out,
            },
            FUND,
            note="注：本表反映部门本年度政府性基金预算财政拨款收入支出及结转和结余情况。",
        ),
        capital(),
    ]


def grids() -> list[Grid]:
    cover = Grid(
        "封面",
        (500.0,),
        (180.0, 50.0, 40.0, 40.0),
        (
            Slot(1, 0, BODY, ruled=False, size=22),
            Slot(3, 0, f"{YEAR}年度部门决算", ruled=False, size=22),
        ),
    )
    return [cover, *(grid_of(t, leading=1.3) for t in tables())]


def document() -> dict[str, Any]:
    return {
        "publisher": BODY,
        "fiscal_year": YEAR,
        "doc_kind": "final",
        "doc_scope": "department",
        "missing_tables": [],
        "invented": True,
    }
