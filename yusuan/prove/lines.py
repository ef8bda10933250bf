"""Identities of 收支总表: lists of lines that add up to 本年合计 and 总计, and balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from yusuan.normalize.text import label_key
from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure, Published

_OF_WHICH = "其中"
_DETAIL = {"revenue": ("source",), "expenditure": ("function_class",)}
_BEFORE = {"revenue": ("carry_in", "surplus_used"), "expenditure": ("carry_out", "surplus_alloc")}
# Lists by another classification repeat the money of the list by function.
_OTHER_LISTS = {
    "nature": "lines.expenditure.year=nature",
    "dept_econ_class": "lines.expenditure.year=econ",
    "gov_econ_class": "lines.expenditure.year=econ",
}
_DEPTH = 3
"""Levels of headings above the lines of a list."""
_NATURE = frozenset(
    {
        "基本支出",
        "项目支出",
        "经营支出",
        "事业单位经营支出",
        "上缴上级支出",
        "对附属单位补助支出",
        "单位预留机动经费",
    }
)


def line_claims(table: Published) -> Iterator[Claim]:
    """All claims between the lines of a 收支总表 or 财政拨款收支总表."""
    if table.family not in ("summary", "fiscal_summary"):
        return
    columns: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in table.figures:
        columns[(figure.get("side") or "", figure.column)].append(figure)
    years = {side: _wide_years(columns, side) for side in _DETAIL}
    for (side, column), figures in columns.items():
        yield from _list_claims(table, side, column, figures, years[side])
    for side, found in years.items():
        for other in found[1:]:
            scope = f"{side} column {other.column}"
            yield _claim(table, "lines.year=year", scope, found[0], [other])
    yield from _balance(table)


def _wide_years(columns: Mapping[tuple[str, str], list[Figure]], side: str) -> list[Figure]:
    """本年合计 of the lists of a side that tell all of its money, one for each list."""
    found = [_one(figures, "year_total") for (own, _), figures in columns.items() if own == side]
    wide = [f for f in found if f is not None and f.get("measure") == "total"]
    return [f for f in wide if f.get("fund_scope") in ("all", "fiscal")]


def _list_claims(
    table: Published, side: str, column: str, figures: Sequence[Figure], years: Sequence[Figure]
) -> Iterator[Claim]:
    """One list of lines (one amount column of one side), from top to bottom.

    ``years``: 本年合计 of the side; lists that stand side by side may have one total together.
    """
    place = f"column {column}"
    yield from _parents(table, place, figures)
    year, grand = (_one(figures, kind) for kind in ("year_total", "grand_total"))
    top = _top(figures)
    shared = years[0] if len(years) == 1 and _is_wide(figures) else None
    yield from _other_lists(table, side, place, top, year or shared)
    details = _details(top, figures, side)
    if not details and any(f.get("line_kind") in _OTHER_LISTS for f in figures):
        details = _heads(top, figures, side)
        if not details:
            return
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
    elif grand is None and shared is not None and details and not _many(figures, "year_total"):
        yield _claim(table, f"lines.{side}.year=lines", place, shared, details)


def _top(figures: Sequence[Figure]) -> list[Figure]:
    """The lines at the top of the outline; those below one that only heads them (部门预算)."""
    below: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        below[figure.get("parent_label") or ""].append(figure)

    def opened(figure: Figure, depth: int) -> list[Figure]:
        parts = below.get(figure.get("label_norm") or "-", []) if depth else []
        lower = [f for part in parts for f in opened(part, depth - 1)]
        return lower if not figure.printed and any(f.printed for f in lower) else [figure]

    return [f for figure in below[""] for f in opened(figure, _DEPTH)]


def _is_wide(figures: Sequence[Figure]) -> bool:
    """Whether a list tells all money of its side, not one fund or one kind of expenditure."""
    return all(
        f.get("measure") == "total" and f.get("fund_scope") in ("all", "fiscal") for f in figures
    )


def _other_lists(
    table: Published, side: str, place: str, top: Sequence[Figure], year: Figure | None
) -> Iterator[Claim]:
    """Lists by 基本/项目 or by economic class come to 本年支出 like the one by function."""
    for kind, identity in _OTHER_LISTS.items() if side == "expenditure" else ():
        lines = [f for f in top if f.get("line_kind") == kind]
        if kind == "nature":
            lines = [f for f in lines if label_key(f.get("label_norm") or "") in _NATURE]
            names = {label_key(f.get("label_norm") or "") for f in lines}
            if not {"基本支出", "项目支出"} <= names or len(names) < len(lines):
                continue
        if lines and year is not None and any(f.printed for f in lines):
            yield _claim(table, identity, place, year, lines)


def _heads(top: Sequence[Figure], figures: Sequence[Figure], side: str) -> list[Figure]:
    """The one line that all classes stand under (部门预算), where that is how a list begins."""
    parents = {f.get("parent_label") for f in figures if f.get("line_kind") in _DETAIL[side]}
    heads = [f for f in top if f.get("label_norm") in parents]
    return heads if len(heads) == len(parents) == 1 else []


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
