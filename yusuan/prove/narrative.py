"""Amounts of the prose against the tables: a second witness for what the tables print.

A statement is compared with the one figure that its words name; where they could name several, or
the premise cannot be seen, nothing is asserted. What the prose repeats is compared with what it
said first, so that a table figure stands against the prose once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from yusuan.normalize.text import label_key
from yusuan.prove.book import (
    OF_FUND,
    Book,
    Side,
    by_class,
    has_no_unit,
    has_table_of_each_fund,
    lines_by_class,
    sum_of,
    three_public_item,
)
from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure

_THREE_PUBLIC = "three_public."
_PROCUREMENT = "procurement."
_FUNCTION = frozenset({"class", "group", "function_item"})
_NATURE = frozenset({"basic", "project", "operating", "to_superior", "to_affiliate"})
_SOURCES = {
    "business": "business",
    "operating_revenue": "operating",
    "superior": "superior",
    "affiliate": "affiliate",
    "other": "other",
    "special_account": "special_account",
}
_CATEGORIES = {"goods": "A", "works": "B", "services": "C"}
_KINDS = ("budget", "final")


def narrative_claims(book: Book) -> Iterator[Claim]:
    """All claims on the amounts of the prose."""
    table = book.tables.get("narrative")
    if table is None:
        return
    yield from _procurement_parts(table.figures)
    yield from _changes(table.figures)
    named: defaultdict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for figure in table.figures:
        if figure.get("metric") in _KINDS:
            names = ("item", "fund_scope", "metric", "func_code", "subject")
            named[tuple(figure.get(n) or "" for n in names)].append(figure)
    for statements in named.values():
        yield from _against_table(book, statements)


def _against_table(book: Book, statements: Sequence[Figure]) -> Iterator[Claim]:
    """The first statement against the table, the others against the first."""
    first, *others = statements
    found = _target(book, first)
    if found is None:
        return
    identity, side = found
    yield Claim(identity, side[0].table_id, first.row, (first,), side)
    for other in others:
        yield Claim("narrative.again", side[0].table_id, other.row, (other,), (first,))


def _target(book: Book, statement: Figure) -> tuple[str, Side] | None:
    """The identity, and the figures that a statement names; None where they can't be told."""
    item, scope = statement.get("item") or "", statement.get("fund_scope")
    if item.startswith(_THREE_PUBLIC):
        side = _three_public(book, item.removeprefix(_THREE_PUBLIC), statement)
        return ("narrative.three_public=table", side) if side else None
    if statement.get("metric") != (book.tables["narrative"].kind or "budget"):
        return None  # the budget in a final account: its tables print what was spent
    if item.startswith(_PROCUREMENT):
        if scope not in (None, "all"):
            return None
        side = _procurement(book, item.removeprefix(_PROCUREMENT))
        return ("narrative.procurement=table", side) if side else None
    if item in _FUNCTION and scope is not None:
        side = _function(book, statement, scope)
        return ("narrative.function=table", side) if side else None
    if item == "project_item":
        side = _project(book, label_key(statement.get("subject") or ""))
        return ("narrative.project=table", side) if side else None
    side = _total(book, item, scope)
    return ("narrative.total=table", side) if side else None


def _three_public(book: Book, item: str, statement: Figure) -> Side:
    """The item of the whole: its one figure, or one for each fund, of all units or the only one."""
    return three_public_item(
        book, item, statement.get("metric") or "", statement.get("fund_scope") or "fiscal"
    )


def _procurement(book: Book, part: str) -> Side:
    if part == "total":
        return book.total("procurement")
    found = book.figures("procurement", category_code=_CATEGORIES[part])
    return found if len(found) == 1 else ()


def _project(book: Book, name: str) -> Side:
    found = [f for f in book.figures("project_perf") if f.column == "total"]
    found = [f for f in found if label_key(f.get("project_name") or "") == name]
    return tuple(found) if len(found) == 1 else ()


def _changes(figures: Sequence[Figure]) -> Iterator[Claim]:
    """An amount is the other year's and the change, where one sentence gives all three."""
    names = ("item", "fund_scope", "func_code", "subject", "sentence_text")
    for year, prior, change in zip(figures, figures[1:], figures[2:], strict=False):
        is_one = all(year.get(n) == prior.get(n) == change.get(n) for n in names)
        if not is_one or year.get("metric") not in _KINDS or prior.get("metric") != "prior":
            continue
        if change.get("metric") == "increase":
            yield Claim("narrative.change", "", year.row, (year,), (prior, change))
        elif change.get("metric") == "decrease":
            yield Claim("narrative.change", "", year.row, (prior,), (year, change))


def _procurement_parts(figures: Sequence[Figure]) -> Iterator[Claim]:
    """政府采购 = 货物 + 工程 + 服务, where the prose gives them after one another."""
    for i, total in enumerate(figures):
        if total.get("item") != "procurement.total" or total.get("metric") not in _KINDS:
            continue
        parts: dict[str, Figure] = {}
        for part in figures[i + 1 : i + 4]:
            item = part.get("item") or ""
            if item.startswith(_PROCUREMENT) and part.get("sentence_text") == total.get(
                "sentence_text"
            ):
                parts.setdefault(item, part)
        if len(parts) == 3 and f"{_PROCUREMENT}total" not in parts:
            yield Claim(
                "narrative.procurement=parts", "", total.row, (total,), tuple(parts.values())
            )


def _function(book: Book, statement: Figure, scope: str) -> Side:
    """The rows of a 类, 款 or 项 in the table of its money."""
    if scope == "all":
        return _rows_of(book, "expenditure_fn", statement)
    if scope == "fiscal":
        if not has_table_of_each_fund(book):
            return ()
        rows = [_rows_of(book, family, statement) for family in OF_FUND.values()]
        return tuple(figure for side in rows for figure in side)
    return _rows_of(book, OF_FUND[scope], statement) if scope in OF_FUND else ()


def _rows_of(book: Book, family: str, statement: Figure) -> Side:
    code = statement.get("func_code")
    if code is None:
        return ()
    if len(code) == 3:
        classes = by_class(book, family)
        if family == "expenditure_fn" and not classes:
            classes = lines_by_class(book, "summary", "all")
        return classes.get(code, ())
    name = label_key((statement.get("subject") or "").rpartition("/")[2])
    found = [
        f
        for f in book.figures(family, measure="total", flow="expenditure")
        if f.values.get("row_type") != "total"
    ]
    codes = {f.get("func_code") or "" for f in found}
    if code not in codes:
        # The list's code may be of another year: the name of the same 类 decides, if it is one.
        named = {
            f.get("func_code") or ""
            for f in found
            if label_key(f.get("func_name") or "") == name
            and len(f.get("func_code") or "") == len(code)
        }
        same = {c for c in named if c[:3] == code[:3]}
        if len(same) != 1:
            return ()
        code = same.pop()
    own = [f for f in found if f.get("func_code") == code and _is_by_function(f)]
    if len(own) == 1:
        return tuple(own)
    leaves = [f for f in found if f.values.get("is_leaf")]
    if any(not f.get("func_code") for f in leaves):
        return ()
    return tuple(f for f in leaves if (f.get("func_code") or "").startswith(code))


def _is_by_function(figure: Figure) -> bool:
    codes = ("dept_econ_code", "gov_econ_code")
    return has_no_unit(figure) and not any(figure.get(code) for code in codes)


def _total(book: Book, item: str, scope: str | None) -> Side:
    """The total that a statement of revenue, expenditure or a kind of them names."""
    if item in _NATURE:
        return _nature(book, item, "all" if item not in ("basic", "project") else scope)
    if item in ("personnel", "public"):
        return _people_or_running(book, item, scope)
    if item in _SOURCES:
        source = _SOURCES[item]
        found = book.total("revenue_fn", period="current", revenue_source=source)
        return found or _line_named(book, item)
    if item in ("carry_in", "carry_out"):
        side = "revenue" if item == "carry_in" else "expenditure"
        return book.line("summary", side, item, "all")
    side = item.partition("_")[0]
    if side == "revenue":
        return _revenue(book, scope, item)
    return _expenditure(book, scope, item) if side == "expenditure" else ()


def _line_named(book: Book, item: str) -> Side:
    labels = {label_key(f.get("subject") or "") for f in book.figures("narrative", item=item)}
    found = book.figures("summary", side="revenue", line_kind="source", measure="total")
    found = tuple(f for f in found if label_key(f.get("label_norm") or "") in labels)
    return found if len(found) == 1 else ()


def _list_total(book: Book, family: str, side: str, fund: str, item: str) -> Side:
    """本年合计 or 总计 of a list; where both are printed and differ, the words have to tell."""
    year, grand = (book.line(family, side, kind, fund) for kind in ("year_total", "grand_total"))
    if item == f"{side}_year":
        return year
    if item == "revenue_expenditure":
        return grand
    if year and grand and sum_of(year) != sum_of(grand):
        return ()
    return grand or year


def _revenue(book: Book, scope: str | None, item: str) -> Side:
    if scope == "all":
        return _list_total(book, "summary", "revenue", "all", item)
    if scope == "fiscal":
        return _list_total(book, "fiscal_summary", "revenue", "fiscal", item)
    carried = book.figures("fiscal_summary", side="revenue", line_kind="carry_in")
    if scope in OF_FUND and not any(f.value is None or f.value for f in carried):
        lines = book.figures(
            "fiscal_summary", side="revenue", line_kind="source", fund_scope=scope, measure="total"
        )
        if len(lines) == 1:
            return lines
        return book.total("revenue_fn", period="current", revenue_source=scope)
    return ()


def _expenditure(book: Book, scope: str | None, item: str) -> Side:
    if scope == "all":
        found = _list_total(book, "summary", "expenditure", "all", item)
        return found or book.total("expenditure_fn", measure="total", flow="expenditure")
    if scope == "fiscal":
        return _list_total(book, "fiscal_summary", "expenditure", "fiscal", item)
    if scope in OF_FUND:
        return book.total(OF_FUND[scope], measure="total", flow="expenditure")
    return ()


def _nature(book: Book, item: str, scope: str | None) -> Side:
    """基本支出, 项目支出 and other kinds, of all money or of funds."""
    if scope == "all":
        return book.total("expenditure_fn", measure=item, flow="expenditure")
    families = list(OF_FUND.values()) if scope == "fiscal" else [OF_FUND.get(scope or "", "")]
    if scope == "fiscal" and not has_table_of_each_fund(book):
        return ()
    sides = [book.total(f, measure=item, flow="expenditure") for f in families]
    return tuple(figure for side in sides for figure in side)


def _people_or_running(book: Book, item: str, scope: str | None) -> Side:
    """人员经费, 公用经费 of the table by economic class, where it is of the same money."""
    table = book.tables.get("basic_econ")
    funds = [f for f in ("fund_fn", "capital_fn") if f in book.tables]
    same = scope == "general_public" or (scope == "fiscal" and not funds)
    if table is None or not same or table.fund_scope != "general_public":
        return ()
    return book.total("basic_econ", measure=item)
