"""Identities within a column: 合计 over the leaves, 类 over 款 over 项, a unit over its codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure, Published

_TREES = ("revenue_fn", "expenditure_fn", "general_fn", "fund_fn", "capital_fn", "basic_econ")
_LISTS = {"procurement": "list.procurement", "purchased_service": "list.purchased_services"}
_CODES = ("budget_unit_code", "func_code", "gov_econ_code", "dept_econ_code")
# What tells the columns of a table apart; figures of several lanes may share one.
_MEASURES = ("fund_scope", "flow", "period", "revenue_source", "measure")

_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a code tree: its unit's name where it has no unit code, and its codes."""

    key: _Key
    row_type: str
    cells: Mapping[str, Figure]


def column_claims(table: Published) -> Iterator[Claim]:
    """All claims within the columns of one table."""
    if table.family in _LISTS:
        yield from _list_total(table)
    elif table.family in _TREES:
        rows = rows_of(table)
        yield from _tree(table, rows)
        yield from _totals(table, rows)


def rows_of(table: Published) -> list[Row]:
    """Rows of a table; the lanes of a printed row are rows of their own."""
    cells: defaultdict[tuple[str, str, _Key], dict[str, Figure]] = defaultdict(dict)
    twice: set[str] = set()
    measures: dict[tuple[str | None, ...], str] = {}
    for figure in table.figures:
        get: Callable[[str], Any] = figure.values.get
        codes = tuple([code or "" for code in map(get, _CODES)])
        unit = "" if codes[0] else get("budget_unit_name") or ""
        row = cells[(figure.row, get("row_type") or "detail", (unit, codes))]
        names = tuple(map(get, _MEASURES))
        measure = measures.get(names)
        if measure is None:
            measure = measures.setdefault(names, " ".join(filter(None, names)))
        if row.setdefault(measure, figure) is not figure:
            twice.add(measure)  # two columns of one meaning: neither can be summed
    return [
        Row(key, row_type, {m: f for m, f in row.items() if m not in twice} if twice else row)
        for (_, row_type, key), row in cells.items()
    ]


def _tree(table: Published, rows: Sequence[Row]) -> Iterator[Claim]:
    """Each subtotal is the sum of the rows directly below it."""
    held: defaultdict[_Key, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.row_type != "total":
            held[row.key].append(i)
    above: dict[int, list[_Key]] = {}
    below: defaultdict[_Key, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.row_type != "total":
            above[i] = [key for key in _general(row.key) if key in held]
            for key in above[i]:
                below[key].append(i)
    for key, all_below in below.items():
        if len(held[key]) > 1:
            continue  # the same line stands twice: which one the rows add up to is not known
        addends = _directly_below(rows, key, all_below, above)
        yield from _claims_over(table, "column.parent=children", rows[held[key][0]], addends)


def _directly_below(
    rows: Sequence[Row], key: _Key, all_below: Sequence[int], above: Mapping[int, Sequence[_Key]]
) -> list[Row]:
    """The rows next below a line; the leaves where lines overlap (by unit and by code)."""
    inner = {rows[i].key for i in all_below}
    first = {i for i in all_below if not any(k in inner for k in above[i])}
    next_keys = {rows[i].key for i in first}
    # Every line further down has to stand under exactly one of the next ones, once printed.
    is_partition = len(next_keys) == len(first) or len(first) == len(all_below)
    is_partition &= all(i in first or sum(k in next_keys for k in above[i]) == 1 for i in all_below)
    if is_partition:
        return [rows[i] for i in all_below if i in first]
    return [rows[i] for i in all_below if rows[i].row_type == "detail"]


def _totals(table: Published, rows: Sequence[Row]) -> Iterator[Claim]:
    """A total is the sum of all leaves; the total of a unit that of its own."""
    leaves = [row for row in rows if row.row_type == "detail"]
    totals = [row for row in rows if row.row_type == "total"]
    owned: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for total in totals:
        for measure in total.cells:
            owned[(total.key[0], total.key[1][0], measure)] += 1
    for total in totals:
        unit, code = total.key[0], total.key[1][0]
        own = [
            row
            for row in leaves
            if (not unit or row.key[0] == unit) and row.key[1][0].startswith(code)
        ]
        once = {m: f for m, f in total.cells.items() if owned[(unit, code, m)] == 1}
        yield from _claims_over(table, "column.total=leaves", Row(total.key, "total", once), own)


def _claims_over(
    table: Published, identity: str, head: Row, addends: Sequence[Row]
) -> Iterator[Claim]:
    for measure, figure in head.cells.items():
        parts = tuple(row.cells[measure] for row in addends if measure in row.cells)
        if parts:
            scope = f"{figure.row} {measure}".strip()
            yield Claim(identity, table.table_id, scope, (figure,), parts)


def _list_total(table: Published) -> Iterator[Claim]:
    totals = [f for f in table.figures if f.get("row_type") == "total"]
    details = tuple(f for f in table.figures if f.get("row_type") == "detail")
    if len(totals) == 1 and details:
        yield Claim(_LISTS[table.family], table.table_id, "total", tuple(totals), details)


def _general(key: _Key) -> list[_Key]:
    """The keys of lines that could stand above a line."""
    unit, codes = key
    return [(unit, general) for general in _above(codes)]


@lru_cache(maxsize=8192)
def _above(codes: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Codes that are as general or more in each place; the same ones stand in many tables."""
    general = product(*(_prefixes(code) for code in codes))
    return tuple(above for above in general if above != codes)


@lru_cache(maxsize=8192)
def _prefixes(code: str) -> tuple[str, ...]:
    """A code, the levels above it (类 3 digits, 款 5, units 3 and 6), and none."""
    upper = tuple(code[:length] for length in (3, 5, 6) if len(code) > length)
    return ("", *upper, code) if code else ("",)
