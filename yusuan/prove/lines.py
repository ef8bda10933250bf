"""Identities of 收支总表: lists of lines that add up to 本年合计 and 总计, and balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure, Published

_OF_WHICH = "其中"
_DETAIL = {"revenue": ("source",), "expenditure": ("function_class",)}
_BEFORE = {"revenue": ("carry_in", "surplus_used"), "expenditure": ("carry_out", "surplus_alloc")}
# Lists by another classification repeat the money of the list by function.
_OTHER_LISTS = frozenset({"nature", "dept_econ_class", "gov_econ_class"})


def line_claims(table: Published) -> Iterator[Claim]:
    """All claims between the lines of a 收支总表 or 财政拨款收支总表."""
    if table.family not in ("summary", "fiscal_summary"):
        return
    columns: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in table.figures:
        columns[(figure.get("side") or "", figure.column)].append(figure)
    for (side, column), figures in columns.items():
        yield from _list_claims(table, side, column, figures)
    yield from _balance(table)


def _list_claims(
    table: Published, side: str, column: str, figures: Sequence[Figure]
) -> Iterator[Claim]:
    """One list of lines (one amount column of one side), from top to bottom."""
    place = f"column {column}"
    yield from _parents(table, place, figures)
    year, grand = (_one(figures, kind) for kind in ("year_total", "grand_total"))
    if any(f.get("line_kind") in _OTHER_LISTS for f in figures):
        return
    top = [f for f in figures if f.get("parent_label") is None]
    details = _details(top, figures, side)
    extra = [f for f in top if f.get("line_kind") in _BEFORE[side]]
    if year is not None:
        # What stands below 本年合计 is not in it: it comes in with the 总计.
        below = figures[figures.index(year) :]
        extra = [f for f in top if f in extra or (f in details and f in below)]
        details = [f for f in details if f not in below]
        # 一、本年收入 with its parts below it is a parent; its sum is asserted there.
        if details and not any(f.get("parent_label") == year.get("label_norm") for f in figures):
            yield _claim(table, f"lines.{side}.year=lines", place, year, details)
        if grand is not None:
            yield _claim(table, f"lines.{side}.grand=year+carry", place, grand, [year, *extra])
    elif grand is not None and details and not _many(figures, "year_total"):
        yield _claim(table, f"lines.{side}.grand=lines", place, grand, [*details, *extra])


def _details(top: Sequence[Figure], figures: Sequence[Figure], side: str) -> list[Figure]:
    """The lines that the total adds up: sources; classes, by code where the list has 款 and 项.

    Among 款 and 项 a name that the code list does not know is more likely one of them.
    """
    found = [f for f in top if f.get("line_kind") in _DETAIL[side]]
    if any(f.get("line_kind") == "function_detail" for f in figures):
        return [f for f in found if f.get("func_code")]
    return found


def _claim(
    table: Published, identity: str, scope: str, total: Figure, parts: Sequence[Figure]
) -> Claim:
    return Claim(identity, table.table_id, scope, (total,), tuple(parts))


def _one(figures: Sequence[Figure], kind: str) -> Figure | None:
    found = [f for f in figures if f.get("line_kind") == kind]
    return found[0] if len(found) == 1 else None


def _many(figures: Sequence[Figure], kind: str) -> bool:
    return sum(f.get("line_kind") == kind for f in figures) > 1


def _parents(table: Published, place: str, figures: Sequence[Figure]) -> Iterator[Claim]:
    """A line is the sum of the lines directly under it, unless these are only 其中 of it.

    Without a figure under it the line is not broken down.
    """
    children: defaultdict[int, list[Figure]] = defaultdict(list)
    last: dict[str, int] = {}
    for i, figure in enumerate(figures):
        parent = figure.get("parent_label")
        if parent is not None and parent in last:
            children[last[parent]].append(figure)
        last[figure.get("label_norm") or ""] = i
    for i, parts in children.items():
        is_of_which = any((f.get("label_text") or "").startswith(_OF_WHICH) for f in parts)
        if not is_of_which and figures[i].printed and any(f.printed for f in parts):
            scope = f"{place} {figures[i].row}"
            yield _claim(table, "lines.parent=children", scope, figures[i], parts)


def _balance(table: Published) -> Iterator[Claim]:
    """收入总计 = 支出总计 (each list of expenditure against the one of revenue)."""
    totals = [f for f in table.figures if f.get("line_kind") == "grand_total"]
    wide = [f for f in totals if f.get("fund_scope") in ("all", "fiscal")]
    wide = [f for f in wide if f.get("measure") == "total"]
    revenue = [f for f in wide if f.get("side") == "revenue"]
    if len(revenue) != 1:
        return
    for figure in wide:
        if figure.get("side") == "expenditure":
            scope = f"column {figure.column}"
            yield _claim(table, "cross.revenue=expenditure", scope, revenue[0], [figure])
