"""An invented district bureau's budget in the nine-table form that Shanghai districts print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger import CLASSES, ECONOMIC, NAMES, ORDINALS, Item, is_personnel, with_parents
from model import Column, Grid, Slot, Table, amount, grid_of, wrap
from shanghai_books import (
    ABROAD,
    BODY,
    ECONOMY,
    FUND,
    GENERAL,
    ITEMS,
    PURCHASE,
    RECEPTION,
    RUNNING,
    SIZE,
    YEAR,
    sums,
    wan,
    yuan,
)


def justified(name: str, per_line: int) -> str | tuple[str, ...]:
    """A name too long for its cell, as distributed alignment prints it: 其 他 商 品 / 支出."""
    if len(name) <= per_line + 2:
        return name
    lines = wrap(name, per_line * SIZE, SIZE)
    return (*(" ".join(line) for line in lines[:-1]), lines[-1])


def coded_table(
    family: str,
    title: str,
    group: str,
    measures: Mapping[str, Callable[[Item], int]],
    found: Sequence[Item],
    **layout: Any,
) -> Table:
    """T2, T3, T5, T6: 类|款|项 columns, a name, and one column per measure."""
    code = "项目/功能分类科目编码/"
    columns = (
        Column(code + "类", 36, "center"),
        Column(code + "款", 32, "center"),
        Column(code + "项", 32, "center"),
        Column("项目/功能分类科目名称", 168),
        *(amount(f"{group}/{name}", 440 / len(measures)) for name in measures),
    )
    rows: list[tuple[str | None, ...]] = []
    extra: list[dict[str, Any]] = []
    printed: dict[tuple[int, int], str | tuple[str, ...]] = {}
    for number, parts in with_parents(found):
        printed[len(rows), 3] = justified(NAMES[number], 11)
        rows.append(
            (
                number[:3],
                number[3:5] or None,
                number[5:] or None,
                NAMES[number],
                *(yuan(sums(parts, key)) for key in measures.values()),
            )
        )
        extra.append({"row_type": "detail" if len(number) == 7 else "subtotal", "code": number})
    total = len(rows)
    rows.append((None, None, None, "合计", *(yuan(sums(found, k)) for k in measures.values())))
    extra.append({"row_type": "total", "code": None})
    return Table(
        family,
        title,
        "元",
        columns,
        tuple(rows),
        printed,
        spans=((total, 0, 3),),
        lines_above=((f"编制部门：{BODY}", "单位：元"),),
        landscape=True,
        font_size=SIZE,
        row_height=20,
        row_extra=tuple(extra),
        **layout,
    )


def lanes(
    family: str,
    title: str,
    columns: Sequence[Column],
    left: Sequence[tuple[str, str | None]],
    right: Sequence[tuple[str | None, ...]],
    total: tuple[str | None, ...],
) -> Table:
    """T1 and T4: two lists side by side, blank rows up to the total."""
    n = max(len(left), len(right)) + 2
    blank: tuple[None, ...] = (None,) * (len(columns) - 2)
    rows: list[tuple[str | None, ...]] = []
    for i in range(max(len(left), len(right))):
        one = left[i] if i < len(left) else (None, None)
        rows.append((*one, *(right[i] if i < len(right) else blank)))
    spare = n - len(rows)
    rows += [(None, None, *blank)] * spare
    rows.append(total)
    return Table(
        family,
        title,
        "元",
        tuple(columns),
        tuple(rows),
        lines_above=((f"编制部门：{BODY}", "单位：元"),),
        landscape=True,
        font_size=SIZE,
        row_height=21,
        row_extra=tuple(
            {"row_type": "total" if r == len(rows) - 1 else "detail" if any(row) else "filler"}
            for r, row in enumerate(rows)
        ),
    )


def by_class(found: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """Non-empty classes, numbered anew: this form lists no empty class."""
    present = [(c, p) for c, p in with_parents(found) if len(c) == 3]
    assert all(NAMES[c] in CLASSES for c, _ in present)
    return [(f"{ORDINALS[i]}、{NAMES[c]}", p) for i, (c, p) in enumerate(present)]


def summary() -> Table:
    general = sums(GENERAL, lambda i: i.total - i.other)
    fund, other = sums(FUND, lambda i: i.total), sums(ITEMS, lambda i: i.other)
    total = yuan(general + fund + other)
    return lanes(
        "summary",
        f"{YEAR}年部门财务收支预算总表",
        (
            Column("本年收入/项目", 220),
            amount("本年收入/预算数", 130),
            Column("本年支出/项目", 220),
            amount("本年支出/预算数", 130),
        ),
        (
            ("一、财政拨款收入", yuan(general + fund)),
            ("1. 一般公共预算资金", yuan(general)),
            ("2. 政府性基金", yuan(fund)),
            ("3. 国有资本经营预算", None),
            ("二、事业收入", None),
            ("三、事业单位经营收入", None),
            ("四、其他收入", yuan(other)),
        ),
        [(name, yuan(sums(p, lambda i: i.total))) for name, p in by_class(ITEMS)],
        ("收入总计", total, "支出总计", total),
    )


def fiscal_summary() -> Table:
    general = sums(GENERAL, lambda i: i.total - i.other)
    fund = sums(FUND, lambda i: i.total)

    def shares(parts: Sequence[Item]) -> tuple[str | None, ...]:
        one = sums([i for i in parts if not i.fund], lambda i: i.total - i.other)
        two = sums([i for i in parts if i.fund], lambda i: i.total)
        return (yuan(one + two), yuan(one) if one else None, yuan(two) if two else None, None)

    home = "财政拨款支出"
    return lanes(
        "fiscal_summary",
        f"{YEAR}年部门财政拨款收支预算总表",
        (
            Column("财政拨款收入/项目", 150),
            amount("财政拨款收入/预算数", 100),
            Column(f"{home}/项目", 170),
            amount(f"{home}/合计", 80),
            amount(f"{home}/一般公共预算", 80),
            amount(f"{home}/政府性基金预算", 80),
            amount(f"{home}/国有资本经营预算", 90),
        ),
        (
            ("一、一般公共预算资金", yuan(general)),
            ("二、政府性基金", yuan(fund)),
            ("三、国有资本经营预算", None),
        ),
        [(name, *shares(p)) for name, p in by_class(ITEMS)],
        ("收入总计", yuan(general + fund), "支出总计", *shares(ITEMS)),
    )


def basic_econ() -> Table:
    """T8. Two 款 codes have lost their zero, as workbooks that keep codes as numbers print them."""
    code = "项目/部门预算经济分类科目编码/"
    group = "一般公共预算基本支出"
    columns = (
        Column(code + "类", 60, "center"),
        Column(code + "款", 60, "center"),
        Column("项目/部门预算经济分类科目名称", 150),
        amount(f"{group}/合计", 120),
        amount(f"{group}/人员经费", 120),
        amount(f"{group}/公用经费", 120),
    )
    rows: list[tuple[str | None, ...]] = []
    extra: list[dict[str, Any]] = []
    printed: dict[tuple[int, int], str | tuple[str, ...]] = {}

    def add(first: str, second: str | None, name: str, codes: Sequence[str]) -> None:
        people = sum(ECONOMY[c] for c in codes if is_personnel(c))
        goods = sum(ECONOMY[c] for c in codes if not is_personnel(c))
        printed[len(rows), 2] = justified(name, 9)
        rows.append((first, second, name, yuan(people + goods), yuan(people), yuan(goods)))
        extra.append(
            {
                "row_type": "detail" if second else "subtotal",
                "code": codes[0] if second else first,
            }
        )

    for top in sorted({c[:3] for c in ECONOMY}):
        inside = [c for c in ECONOMY if c.startswith(top)]
        add(top, None, ECONOMIC[top], inside)
        for c in inside:
            add(top, c[3:].lstrip("0") if top in {"303", "310"} else c[3:], ECONOMIC[c], [c])
    people = sum(v for c, v in ECONOMY.items() if is_personnel(c))
    goods = sum(ECONOMY.values()) - people
    rows.append((None, None, "合计", yuan(people + goods), yuan(people), yuan(goods)))
    extra.append({"row_type": "total", "code": None})
    return Table(
        "basic_econ",
        f"{YEAR}年部门一般公共预算基本支出部门预算经济分类预算表",
        "元",
        columns,
        tuple(rows),
        printed,
        spans=((len(rows) - 1, 0, 2),),
        breaks=(15,),
        lines_above=((f"编制部门：{BODY}", "单位：元"),),
        landscape=True,
        font_size=SIZE,
        row_height=20,
        row_extra=tuple(extra),
    )


def three_public() -> Table:
    group = f"{YEAR}年“三公”经费预算数"
    cars = f"{group}/公务用车购置及运行费"
    running = sum(v for c, v in ECONOMY.items() if not is_personnel(c))
    values = (
        ABROAD + RECEPTION + PURCHASE + RUNNING,
        ABROAD,
        RECEPTION,
        PURCHASE + RUNNING,
        PURCHASE,
        RUNNING,
        running,
    )
    return Table(
        "three_public",
        f"{YEAR}年部门“三公”经费和机关运行经费预算表",
        "万元",
        (
            amount(f"{group}/合计", 90),
            amount(f"{group}/因公出国（境）费", 95),
            amount(f"{group}/公务接待费", 90),
            amount(f"{cars}/小计", 90),
            amount(f"{cars}/购置费", 90),
            amount(f"{cars}/运行费", 90),
            amount("机关运行经费预算数", 110),
        ),
        (tuple(wan(v) for v in values),),
        header_text={"公务用车购置及运行费": "公 务 用 车 购 置 及 运 行 费"},
        lines_above=((f"编制部门：{BODY}", "单位：万元"),),
        landscape=True,
        font_size=SIZE,
        row_height=24,
        row_extra=({"row_type": "single"},),
    )


def capital() -> Table:
    code = "项目/功能分类科目编码/"
    group = "国有资本经营预算支出"
    return Table(
        "capital_fn",
        f"{YEAR}年部门国有资本经营预算支出功能分类预算表",
        "元",
        (
            Column(code + "类", 50, "center"),
            Column(code + "款", 50, "center"),
            Column(code + "项", 50, "center"),
            Column("项目/功能分类科目名称", 180),
            amount(f"{group}/合计", 110),
            amount(f"{group}/基本支出", 110),
            amount(f"{group}/项目支出", 110),
        ),
        (*((None,) * 7,) * 4, (None, None, None, "合计", None, None, None)),
        spans=((4, 0, 3),),
        notes=(f"注：本部门{YEAR}年无国有资本经营预算财政拨款安排的支出，故本表为空表。",),
        lines_above=((f"编制部门：{BODY}", "单位：元"),),
        landscape=True,
        font_size=SIZE,
        row_height=21,
        is_empty=True,
        row_extra=(*({"row_type": "filler"},) * 4, {"row_type": "total"}),
    )


def tables() -> list[Table]:
    spending: dict[str, Callable[[Item], int]] = {
        "合计": lambda i: i.total,
        "基本支出": lambda i: i.basic,
        "项目支出": lambda i: i.project,
    }
    fiscal: dict[str, Callable[[Item], int]] = {
        "合计": lambda i: i.total - i.other,
        "基本支出": lambda i: i.basic,
        "项目支出": lambda i: i.project - i.other,
    }
    income: dict[str, Callable[[Item], int]] = {
        "合计": lambda i: i.total,
        "财政拨款收入": lambda i: i.total - i.other,
        "事业收入": lambda i: 0,
        "事业单位经营收入": lambda i: 0,
        "其他收入": lambda i: i.other,
    }
    n_rows = len(with_parents(ITEMS))
    return [
        summary(),
        coded_table(
            "revenue_fn", f"{YEAR}年部门收入预算总表", "收入预算", income, ITEMS, breaks=(16,)
        ),
        coded_table(
            "expenditure_fn",
            f"{YEAR}年部门支出预算总表",
            "支出预算",
            spending,
            ITEMS,
            breaks=(16, n_rows),
        ),
        fiscal_summary(),
        coded_table(
            "general_fn",
            f"{YEAR}年部门一般公共预算支出功能分类预算表",
            "一般公共预算支出",
            fiscal,
            GENERAL,
            breaks=(14,),
            repeat_header=True,
        ),
        coded_table(
            "fund_fn",
            f"{YEAR}年部门政府性基金预算支出功能分类预算表",
            "政府性基金预算支出",
            spending,
            FUND,
        ),
        capital(),
        basic_econ(),
        three_public(),
    ]


def prose_page(title: str, lines: Sequence[str]) -> Grid:
    slots = [Slot(0, 0, title, ruled=False, bold=True, size=16)]
    heights = [50.0]
    for line in lines:
        slots.append(Slot(len(heights), 0, line, align="left", ruled=False, size=12))
        heights.append(len(wrap(line, 680, 12)) * 12 * 1.6 + 4)
    return Grid(title, (700.0,), tuple(heights), tuple(slots), landscape=True)


def front_pages(made: Sequence[Table]) -> list[Grid]:
    """Cover, table of contents (it repeats every title) and the explanation of the budget."""
    cover = Grid(
        "封面",
        (700.0,),
        (150.0, 60.0, 60.0, 40.0),
        (
            Slot(1, 0, f"某某市示例区{YEAR}年区级部门预算", ruled=False, bold=True, size=28),
            Slot(3, 0, f"预算主管部门：{BODY}", ruled=False, size=16),
        ),
        landscape=True,
    )
    general = sums(GENERAL, lambda i: i.total - i.other)
    total = sums(ITEMS, lambda i: i.total)
    fund = sums(FUND, lambda i: i.total)
    contents = [
        "一、部门主要职能" + "…" * 40,
        "二、部门预算编制说明" + "…" * 38,
        "三、部门预算表",
        *(f"　　{n}. {t.title}" + "…" * 24 for n, t in enumerate(made, 1)),
    ]
    prose = [
        f"　　{YEAR}年，{BODY}收入预算{wan(total)}万元，其中：财政拨款收入"
        f"{wan(general + fund)}万元，其他收入{wan(total - general - fund)}万元。",
        f"　　支出预算{wan(total)}万元，其中：财政拨款支出预算{wan(general + fund)}万元。"
        f"财政拨款支出预算中，一般公共预算拨款支出预算{wan(general)}万元，政府性基金拨款支出预算{wan(fund)}万元。",
        *(
            f"　　{n}. “{NAMES[i.code[:3]]}（类）{NAMES[i.code[:5]]}（款）{NAMES[i.code]}（项）”"
            f"科目{wan(i.total - i.other)}万元。"
            for n, i in enumerate(GENERAL, 1)
        ),
    ]
    return [cover, prose_page("目　录", contents), prose_page(f"{YEAR}年部门预算编制说明", prose)]


def grids() -> list[Grid]:
    made = tables()
    return [*front_pages(made), *(grid_of(t) for t in made)]


def document() -> dict[str, Any]:
    return {
        "publisher": BODY,
        "fiscal_year": YEAR,
        "doc_kind": "budget",
        "doc_scope": "department",
        "missing_tables": [],
        "invented": True,
    }
