"""Identities within a printed row: a total and the columns that it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yusuan.prove.claims import Claim
from yusuan.prove.details import detail_claims
from yusuan.prove.figures import Figure, Published

Cells = Mapping[str, Figure]
_OTHER_KINDS = ("operating", "to_superior", "to_affiliate", "reserve")
_FISCAL_PARTS = ("general_public", "gov_fund", "state_capital")
_FUND_TABLES = ("fiscal", *_FISCAL_PARTS)


def row_claims(table: Published) -> Iterator[Claim]:
    """All claims within the rows of one table, and on what breaks its figures down."""
    yield from detail_claims(table)
    if table.family in ("summary", "fiscal_summary"):
        yield from _summary(table)
    elif table.family in ("expenditure_fn", "general_fn", "fund_fn", "capital_fn"):
        yield from _expenditure(table)
    elif table.family == "revenue_fn":
        yield from _revenue(table)
    elif table.family == "basic_econ":
        yield from _basic(table)
    elif table.family == "three_public":
        yield from _three_public(table)
    elif table.family == "project_perf":
        yield from _fields(table, "project.total=fiscal+other", "total", ("fiscal", "other"))
    elif table.family == "dept_perf":
        yield from _goals(table)


def _by(figures: Sequence[Figure], names: Sequence[str], of: Sequence[str]) -> Mapping[str, Cells]:
    """Cells by row (and ``names``) and ``of``; what stands twice in a row is left out."""
    rows: defaultdict[str, dict[str, Figure]] = defaultdict(dict)
    twice: set[tuple[str, str]] = set()
    cells: dict[tuple[str | None, ...], str] = {}
    for figure in figures:
        get: Callable[[str], Any] = figure.values.get
        row = " ".join([figure.row, *[label or "" for label in map(get, names)]]).strip()
        labels = tuple(map(get, of))
        cell = cells.get(labels)
        if cell is None:
            cell = cells.setdefault(labels, "/".join([label or "" for label in labels]))
        if rows[row].setdefault(cell, figure) is not figure:
            twice.add((row, cell))
    for row, cell in twice:
        del rows[row][cell]
    return rows


def _sum(
    table: Published, identity: str, scope: str, total: Figure | None, parts: Sequence[Figure]
) -> Iterator[Claim]:
    if total is not None and parts:
        yield Claim(identity, table.table_id, scope, (total,), tuple(parts))


def _pick(cells: Cells, names: Sequence[str], prefix: str = "") -> list[Figure]:
    return [cells[key] for name in names if (key := prefix + name) in cells]


def _nature(table: Published, scope: str, cells: Cells) -> Iterator[Claim]:
    """合计 = 基本支出 + 项目支出 (+ 经营, 上缴, 补助); 基本支出 = 人员经费 + 公用经费."""
    people = _pick(cells, ("basic_personnel", "basic_public"))
    if "basic" not in cells and len(people) != 2:
        return
    basic = _pick(cells, ("basic",)) or (people if len(people) == 2 else [])
    parts = [*basic, *_pick(cells, ("project", *_OTHER_KINDS))]
    if basic and "project" in cells:
        yield from _sum(table, "row.total=basic+project", scope, cells.get("total"), parts)
    if len(people) == 2:
        identity = "row.basic=personnel+public"
        yield from _sum(table, identity, scope, cells.get("basic"), people)


def _expenditure(table: Published) -> Iterator[Claim]:
    for scope, cells in _by(table.figures, ("fund_scope",), ("flow", "measure")).items():
        own = {k.partition("/")[2]: f for k, f in cells.items() if k.startswith("expenditure/")}
        yield from _nature(table, scope, own)
        before = _pick(cells, ("carry_in/total", "revenue/total"))
        after = _pick(cells, ("expenditure/total", "carry_out/total"))
        if len(before) == len(after) == 2:
            yield Claim(
                "row.carry_in+revenue=expenditure+carry_out",
                table.table_id,
                scope,
                tuple(before),
                tuple(after),
            )


def _basic(table: Published) -> Iterator[Claim]:
    for scope, cells in _by(table.figures, ("fund_scope", "dept_econ_code"), ("measure",)).items():
        parts = _pick(cells, ("personnel", "public"))
        if len(parts) == 2:
            identity = "row.econ.total=personnel+public"
            yield from _sum(table, identity, scope, cells.get("total"), parts)


def _revenue(table: Published) -> Iterator[Claim]:
    for row, cells in _by(table.figures, (), ("period", "revenue_source")).items():
        for period in ("total", "current", "carry_in"):
            prefix = f"{period}/"
            scope = f"{row} {period}"
            own = {k.removeprefix(prefix): f for k, f in cells.items() if k.startswith(prefix)}
            funds = _pick(own, _FISCAL_PARTS)
            total, fiscal = own.pop("total", None), own.get("fiscal")
            if fiscal is not None and funds:
                yield from _sum(table, "row.fiscal=funds", scope, fiscal, funds)
                own = {k: f for k, f in own.items() if k not in _FISCAL_PARTS}
            # One column beside 上年结转 may be part of it or stand for more: see _period_parts.
            if len(own) > 1 or period != "carry_in":
                yield from _sum(table, "row.revenue=sources", scope, total, list(own.values()))
        total = cells.get("total/total")
        if "current/total" in cells and "carry_in/total" in cells:
            parts = _pick(cells, ("current/total", "carry_in/total"))
            yield from _sum(table, "row.revenue=current+carry_in", row, total, parts)
        elif not any(key.startswith("total/") and key != "total/total" for key in cells):
            # 合计 and the year's sources beside it, without a 小计 of their own.
            current, carried = _period_parts(cells, "current"), _period_parts(cells, "carry_in")
            if current is not None and carried is not None:
                scope = f"{row} all"
                yield from _sum(table, "row.revenue=sources", scope, total, [*current, *carried])


def _period_parts(cells: Cells, period: str) -> list[Figure] | None:
    """The figures that a period comes to: its 小计, or its sources; None where it can't be told."""
    own = {k.partition("/")[2]: f for k, f in cells.items() if k.startswith(f"{period}/")}
    if "total" in own:
        is_unclear = len(own) == 2 and any(f.value for k, f in own.items() if k != "total")
        return None if is_unclear else [own["total"]]
    return [f for k, f in own.items() if "fiscal" not in own or k not in _FISCAL_PARTS]


def _three_public(table: Published) -> Iterator[Claim]:
    """The items of one version and fund, side by side or below each other."""
    names = ("version", "fund_scope", "budget_unit_code", "budget_unit_name")
    groups: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in table.figures:
        groups[" ".join(filter(None, map(figure.get, names)))].append(figure)
    for scope, figures in groups.items():
        items = [figure.get("item") for figure in figures]
        if len(set(items)) == len(items):
            yield from _items(table, scope, {str(f.get("item")): f for f in figures})
            continue
        for row, cells in _by(figures, (), ("item",)).items():
            yield from _items(table, f"{row} {scope}", cells)


def _items(table: Published, scope: str, cells: Cells) -> Iterator[Claim]:
    vehicles = _pick(cells, ("vehicle_purchase", "vehicle_operation"))
    all_vehicles = cells.get("vehicle_total")
    if len(vehicles) == 2:
        identity = "three_public.vehicles=purchase+operation"
        yield from _sum(table, identity, scope, all_vehicles, vehicles)
    parts = _pick(cells, ("abroad", "reception"))
    parts += [all_vehicles] if all_vehicles is not None else vehicles
    if len(parts) >= 3:
        identity = "three_public.total=abroad+reception+vehicles"
        yield from _sum(table, identity, scope, cells.get("total"), parts)
        meetings = _pick(cells, ("conference", "training"))
        if len(meetings) == 2:
            wide = cells.get("total_with_meetings")
            identity = "three_public.all=three_public+meetings"
            yield from _sum(table, identity, scope, wide, [*parts, *meetings])


def _summary(table: Published) -> Iterator[Claim]:
    for scope, cells in _by(table.figures, ("side",), ("fund_scope", "measure")).items():
        own: dict[str, dict[str, Figure]] = {}
        for key, figure in cells.items():
            fund, _, measure = key.partition("/")
            own.setdefault(fund, {})[measure] = figure
        for fund in ("all", *_FUND_TABLES):
            if fund in own:
                yield from _nature(table, f"{scope} {fund}", own[fund])
        funds = [cells[f"{fund}/total"] for fund in _FISCAL_PARTS if f"{fund}/total" in cells]
        if len(funds) >= 2:
            identity = "row.fiscal=funds"
            yield from _sum(table, identity, scope, cells.get("fiscal/total"), funds)


def _fields(table: Published, identity: str, total: str, parts: Sequence[str]) -> Iterator[Claim]:
    rows: defaultdict[str, dict[str, Figure]] = defaultdict(dict)
    for figure in table.figures:
        rows[figure.row].setdefault(figure.column, figure)
    sources = _sources(table, f"{total}_yuan")
    for row, cells in rows.items():
        addends = [*(cells[name] for name in parts), *sources.get(row, ())]
        # A form may print the total alone, or a part alone.
        if cells[total].printed and any(f.value is None or f.value for f in addends):
            yield Claim(identity, table.table_id, row, (cells[total],), tuple(addends))


def _sources(table: Published, column: str) -> dict[str, list[Figure]]:
    """By row the further sources of funds of a column of it: 财政专户 beside 财政拨款."""
    sources: defaultdict[str, list[Figure]] = defaultdict(list)
    for detail in table.details:
        if detail.get("of_column") == column and detail.get("dimension") == "fund_source":
            sources[detail.get("of_row_id") or ""].append(detail)
    return sources


def _goals(table: Published) -> Iterator[Claim]:
    yield from _fields(
        table, "goal.total=fiscal+other", "budget_total", ("fiscal_total", "other_total")
    )
    for fund in ("fiscal", "other"):
        parts = (f"{fund}_basic", f"{fund}_project")
        yield from _fields(table, f"goal.{fund}=basic+project", f"{fund}_total", parts)
