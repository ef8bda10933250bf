"""Identities between tables of one document, each only where its premise can be seen to hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from yusuan.normalize.text import label_key
from yusuan.prove.book import (
    OF_FUND,
    Book,
    Side,
    by_class,
    class_by_class,
    compare,
    group_by_group,
    has_table_of_each_fund,
    is_same,
    lines_by_class,
    make_book,
    not_applicable,
    sum_of,
    year_or_grand,
)
from yusuan.prove.claims import Claim
from yusuan.prove.containment import containment_claims
from yusuan.prove.economic import economic_claims, twin_claims
from yusuan.prove.figures import Figure
from yusuan.prove.fiscal import fiscal_claims
from yusuan.prove.narrative import narrative_claims
from yusuan.prove.sources import source_claims

__all__ = ["cross_claims", "make_book", "twin_claims"]


def cross_claims(book: Book) -> Iterator[Claim]:
    """All claims between tables, twin codes excepted."""
    yield from _summary_and_revenue(book)
    yield from _summary_and_expenditure(book)
    yield from _fiscal_and_funds(book)
    yield from _expenditure_and_general(book)
    yield from economic_claims(book)
    yield from _summary_and_fiscal(book)
    yield from _revenue_and_expenditure(book)
    yield from source_claims(book)
    yield from fiscal_claims(book)
    yield from _projects(book)
    yield from containment_claims(book)
    yield from narrative_claims(book)


def _summary_and_revenue(book: Book) -> Iterator[Claim]:
    """收入总表 against 收支总表: 本年收入, 上年结转, 总计, whichever the table has columns for."""
    carry = book.total("revenue_fn", period="carry_in", revenue_source="total")
    has_carry = bool(book.figures("revenue_fn", period="carry_in"))
    current = book.total("revenue_fn", period="current", revenue_source="total")
    total = book.total("revenue_fn", period="total", revenue_source="total")
    year = book.line("summary", "revenue", "year_total", "all")
    grand = book.line("summary", "revenue", "grand_total", "all")
    if current:
        yield from compare("cross.summary.year=revenue.current", "year", year, current)
    if total and (has_carry or not year):
        yield from compare("cross.summary.grand=revenue.total", "grand", grand, total)
    elif total:
        yield from compare("cross.summary.year=revenue.current", "year", year, total)
    carried = book.line("summary", "revenue", "carry_in", "all")
    yield from compare("cross.summary.carry=revenue.carry", "carry", carried, carry)


def _summary_and_expenditure(book: Book) -> Iterator[Claim]:
    year = year_or_grand(book, "summary", "all")
    total = book.total("expenditure_fn", measure="total", flow="expenditure")
    yield from compare("cross.summary.year=expenditure", "total", year, total)
    lines, classes = lines_by_class(book, "summary", "all"), by_class(book, "expenditure_fn")
    yield from class_by_class("cross.summary.class=expenditure.class", lines, classes)
    identity = "cross.summary.detail=expenditure.row"
    yield from _details_by_name(identity, book, ("summary", "all"), "expenditure_fn")


def _details_by_name(
    identity: str,
    book: Book,
    lines: tuple[str, str],
    table: str,
    classes: frozenset[str] | None = None,
) -> Iterator[Claim]:
    """款 and 项 that 收支总表 lists without codes against the rows of their names in the class.

    A name may be that of a 款 and of its only 项: the first line is that of the first row. Where a
    class does not hold a name as often in both, nothing is asserted of it. ``classes``: those
    whose money is the same in both tables; None: all.
    """
    family, fund = lines
    ours: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    in_class = ""
    for line in book.figures(family, side="expenditure", fund_scope=fund, measure="total"):
        if line.get("line_kind") not in ("function_class", "function_detail"):
            in_class = ""
        elif code := line.get("func_code"):
            in_class = code
        elif in_class:
            ours[(in_class, label_key(line.get("label_norm") or ""))].append(line)
    theirs = _codes_by_name(book, table)
    for (code, name), found in ours.items():
        rows = [side for side in theirs.get((code, name), {}).values() if side]
        if len(rows) == len(found) and (classes is None or code in classes):
            for number, (line, side) in enumerate(zip(found, rows, strict=True)):
                scope = f"{code} {name} {number}".removesuffix(" 0")
                yield from compare(identity, scope, (line,), side)


def _codes_by_name(book: Book, table: str) -> dict[tuple[str, str], dict[str, Side]]:
    """The 款 and 项 of a table by 类 and name, in printed order: their one row, or their leaves.

    Several rows of a code are those of units (or of economic classes): the leaves make it up.
    """
    rows = book.figures(table, measure="total", flow="expenditure")
    own: defaultdict[str, list[Figure]] = defaultdict(list)
    leaves: defaultdict[str, list[Figure]] = defaultdict(list)
    for row in rows:
        code = row.get("func_code") or ""
        if len(code) > 3 and row.get("func_name"):
            own[code].append(row)
        if row.values.get("is_leaf"):
            for length in (5, 7):
                if len(code) >= length:
                    leaves[code[:length]].append(row)
    named: defaultdict[tuple[str, str], dict[str, Side]] = defaultdict(dict)
    for code, found in own.items():
        key = (code[:3], label_key(found[0].get("func_name") or ""))
        named[key][code] = tuple(found if len(found) == 1 else leaves[code])
    return named


def _fiscal_and_funds(book: Book) -> Iterator[Claim]:
    """财政拨款收支总表 by fund against the table of that fund."""
    for fund, family in OF_FUND.items():
        table = book.tables.get(family)
        if table is None or table.fund_scope not in (None, fund):
            continue
        year = year_or_grand(book, "fiscal_summary", fund)
        total = book.total(family, measure="total", flow="expenditure", fund_scope=fund)
        yield from compare(f"cross.fiscal.{fund}=table", "total", year, total)
        lines, classes = lines_by_class(book, "fiscal_summary", fund), by_class(book, family)
        yield from class_by_class(f"cross.fiscal.{fund}.class=table.class", lines, classes)
    yield from _fiscal_in_one_column(book)


def _fiscal_in_one_column(book: Book) -> Iterator[Claim]:
    """A 财政拨款收支总表 without columns by fund: its total is that of all fund tables."""
    if any(book.figures("fiscal_summary", side="expenditure", fund_scope=f) for f in OF_FUND):
        return
    if not has_table_of_each_fund(book):
        return
    year = year_or_grand(book, "fiscal_summary", "fiscal")
    sides = [
        book.total(family, measure="total", flow="expenditure", fund_scope=fund)
        for fund, family in OF_FUND.items()
    ]
    yield from compare("cross.fiscal=funds", "total", year, tuple(f for s in sides for f in s))
    tables = [by_class(book, family) for family in OF_FUND.values()]
    classes: dict[str, Side] = {}
    for own in tables:
        for code, side in own.items():
            classes[code] = (*classes.get(code, ()), *side)
    lines = lines_by_class(book, "fiscal_summary", "fiscal")
    yield from class_by_class("cross.fiscal.class=funds.class", lines, classes)
    identity = "cross.fiscal.detail=general.row"
    same = _same_classes(lines, by_class(book, "general_fn"))
    yield from _details_by_name(identity, book, ("fiscal_summary", "fiscal"), "general_fn", same)


def _same_classes(whole: Mapping[str, Side], part: Mapping[str, Side]) -> frozenset[str]:
    """The 类 of which a part of all money holds as much as all money: there is no other in them."""
    return frozenset(code for code in whole if is_same(whole[code], part.get(code, ())))


def _expenditure_and_general(book: Book) -> Iterator[Claim]:
    """支出总表 by 项 = 一般公共预算支出表 by 项, where there is no other money.

    What is paid from the general public budget is part of all expenditure: where both totals are
    the same there is nothing else, and the parts are the same too. Where they differ the same
    holds of each 类.
    """
    identity = "cross.expenditure.item=general.item"
    left = book.total("expenditure_fn", measure="total", flow="expenditure")
    right = book.total("general_fn", measure="total", flow="expenditure")
    same: frozenset[str] | None = None
    if sum_of(left) != sum_of(right):
        yield from not_applicable(identity, left, right, "there is money of other funds")
        same = _same_classes(by_class(book, "expenditure_fn"), by_class(book, "general_fn"))
    for measure in ("total", "basic", "project"):
        ours, theirs = (
            tuple(
                f
                for f in book.figures(family, measure=measure, flow="expenditure")
                if same is None or (f.get("func_code") or "")[:3] in same
            )
            for family in ("expenditure_fn", "general_fn")
        )
        yield from group_by_group(identity, measure, ours, theirs, ("func_code",))


def _revenue_and_expenditure(book: Book) -> Iterator[Claim]:
    """收入总表 by 类, 款 and 项 = 支出总表, where nothing is carried in or out.

    Each 项 spends what it receives; money carried over shows in the totals.
    """
    identity = "cross.revenue.item=expenditure.item"
    for period in ("total", "current"):
        revenue = book.figures("revenue_fn", period=period, revenue_source="total")
        left = book.total("revenue_fn", period=period, revenue_source="total")
        right = book.total("expenditure_fn", measure="total", flow="expenditure")
        if not any(f.get("func_code") for f in revenue):
            continue
        if not is_same(left, right):
            yield from not_applicable(identity, left, right, "money is carried in or out")
            return
        spent = book.figures("expenditure_fn", measure="total", flow="expenditure")
        ours, theirs = _own_rows(revenue), _own_rows(spent)
        for code, line in ours.items():
            yield from compare(identity, f"{code} {period}", line, theirs.get(code, ()))
        return


def _own_rows(figures: Side) -> dict[str, Side]:
    """The rows of codes that stand once, of no single unit and of no economic class."""
    rows: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        code = figure.get("func_code")
        if code and not figure.get("dept_econ_code") and not figure.get("gov_econ_code"):
            rows[code].append(figure)
    return {code: tuple(found) for code, found in rows.items() if len(found) == 1}


def _summary_and_fiscal(book: Book) -> Iterator[Claim]:
    """收支总表 by 类 = 财政拨款收支总表 by 类, where all money is fiscal appropriation."""
    identity = "cross.summary.class=fiscal.class"
    left = year_or_grand(book, "summary", "all")
    right = year_or_grand(book, "fiscal_summary", "fiscal")
    if sum_of(left) != sum_of(right):
        yield from not_applicable(identity, left, right, "not all money is fiscal appropriation")
        return
    lines = lines_by_class(book, "summary", "all")
    yield from class_by_class(identity, lines, lines_by_class(book, "fiscal_summary", "fiscal"))


def _projects(book: Book) -> Iterator[Claim]:
    """The projects listed are a part of project expenditure."""
    table = book.tables.get("project_perf")
    totals = tuple(f for f in table.figures if f.column == "total") if table else ()
    spent = book.total("expenditure_fn", measure="project", flow="expenditure")
    yield from compare("cross.projects<=expenditure.project", "projects", totals, spent, "<=")
