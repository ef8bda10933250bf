"""Identities between tables of one document, each only where its premise can be seen to hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yusuan.normalize.text import label_key
from yusuan.prove.claims import Claim, Relation
from yusuan.prove.figures import ZERO, Figure, Published

Side = tuple[Figure, ...]
_FUNCTION = ("expenditure_fn", "general_fn", "fund_fn", "capital_fn")
_OF_FUND = {"general_public": "general_fn", "gov_fund": "fund_fn", "state_capital": "capital_fn"}


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of a document that stand alone in their family and hold figures."""

    tables: Mapping[str, Published]
    several: frozenset[str] = frozenset()
    """Families with several filled tables."""

    def figures(self, family: str, **labels: str) -> Side:
        """Figures of a family whose labels are these."""
        table = self.tables.get(family)
        wanted = labels.items()
        found = table.figures if table else ()
        return tuple(f for f in found if all(f.values.get(k) == v for k, v in wanted))

    def total(self, family: str, **labels: str) -> Side:
        """The total figure of a column, or its leaves where no total is printed; () unknown."""
        found = self.figures(family, **labels)
        totals = [f for f in found if f.values.get("row_type") == "total" and _has_no_unit(f)]
        if len(totals) == 1:
            return tuple(totals)
        leaves = tuple(f for f in found if f.values.get("is_leaf"))
        return () if totals else leaves

    def line(self, family: str, side: str, kind: str, fund: str) -> Side:
        """The one total line of a 收支总表, () where there is none or several."""
        found = self.figures(family, side=side, line_kind=kind, fund_scope=fund, measure="total")
        return found if len(found) == 1 else ()


_SCOPES = {"expenditure_fn": "all", "basic_econ": "general_public"}


def make_book(tables: Sequence[Published]) -> Book:
    """The one filled table of each family, in the scope that the identities speak of.

    支出总表 stands beside 财政拨款支出表 in one family, told apart by their funds. Of several
    tables of one scope (one for each unit) none is taken: which one is meant is not known.
    """
    by_family: defaultdict[str, list[Published]] = defaultdict(list)
    for table in tables:
        if table.is_filled:
            by_family[table.family].append(table)
    single = {}
    for family, found in by_family.items():
        wanted = _SCOPES.get(family)
        meant = [t for t in found if len(found) == 1 or _fund_scope(t) == wanted]
        if len(meant) == 1:
            single[family] = meant[0]
    return Book(single, frozenset(by_family.keys() - single.keys()))


def _fund_scope(table: Published) -> object:
    """The funds that a table's figures are of, by its title, else by the figures."""
    scopes = {f.values.get("fund_scope") for f in table.figures}
    return scopes.pop() if len(scopes) == 1 else table.fund_scope


def cross_claims(book: Book) -> Iterator[Claim]:
    """All claims between tables, twin codes excepted."""
    yield from _summary_and_revenue(book)
    yield from _summary_and_expenditure(book)
    yield from _fiscal_and_funds(book)
    yield from _general_and_basic(book)
    yield from _expenditure_and_general(book)
    yield from _expenditure_and_basic(book)
    yield from _summary_and_fiscal(book)
    yield from _projects(book)


def _has_no_unit(figure: Figure) -> bool:
    return not (figure.get("budget_unit_code") or figure.get("budget_unit_name"))


def _make(
    identity: str, scope: str, left: Side, right: Side, relation: Relation = "="
) -> Iterator[Claim]:
    if left and right:
        yield Claim(identity, left[0].table_id, scope, left, right, relation)


def _not_applicable(identity: str, left: Side, right: Side, reason: str) -> Iterator[Claim]:
    if left and right:
        yield Claim(identity, left[0].table_id, "premise", left, right, "=", reason)


def _sum_of(side: Side) -> object:
    """The sum in yuan; an object equal to nothing where it is not known."""
    if not side or any(f.value is None for f in side):
        return object()
    return sum((f.value or ZERO for f in side), ZERO)


def _summary_and_revenue(book: Book) -> Iterator[Claim]:
    """收入总表 against 收支总表: 本年收入, 上年结转, 总计, whichever the table has columns for."""
    carry = book.total("revenue_fn", period="carry_in", revenue_source="total")
    has_carry = bool(book.figures("revenue_fn", period="carry_in"))
    current = book.total("revenue_fn", period="current", revenue_source="total")
    total = book.total("revenue_fn", period="total", revenue_source="total")
    year = book.line("summary", "revenue", "year_total", "all")
    grand = book.line("summary", "revenue", "grand_total", "all")
    if current:
        yield from _make("cross.summary.year=revenue.current", "year", year, current)
    if total and (has_carry or not year):
        yield from _make("cross.summary.grand=revenue.total", "grand", grand, total)
    elif total:
        yield from _make("cross.summary.year=revenue.current", "year", year, total)
    carried = book.line("summary", "revenue", "carry_in", "all")
    yield from _make("cross.summary.carry=revenue.carry", "carry", carried, carry)


def _year_or_grand(book: Book, family: str, fund: str) -> Side:
    """本年支出合计; 支出总计 where that is the only total and nothing is carried out."""
    year = book.line(family, "expenditure", "year_total", fund)
    if year or book.figures(family, side="expenditure", line_kind="year_total", fund_scope=fund):
        return year
    carried = book.figures(family, side="expenditure", line_kind="carry_out", fund_scope=fund)
    if any(f.value is None or f.value for f in carried):
        return ()
    return book.line(family, "expenditure", "grand_total", fund)


def _by_class(book: Book, family: str) -> dict[str, Side]:
    """The 类 of a table by function: their own lines, else the leaves below; {} if unknown."""
    found = [
        f
        for f in book.figures(family, measure="total", flow="expenditure")
        if f.values.get("row_type") != "total"
    ]
    leaves = [f for f in found if f.values.get("is_leaf")]
    if any(not f.get("func_code") for f in leaves):
        return {}
    classes: defaultdict[str, list[Figure]] = defaultdict(list)
    own: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in leaves:
        classes[(figure.get("func_code") or "")[:3]].append(figure)
    for figure in found:
        code = figure.get("func_code") or ""
        if len(code) == 3 and not figure.get("dept_econ_code") and not figure.get("gov_econ_code"):
            own[code].append(figure)
    return {
        code: tuple(own[code]) if len(own.get(code, ())) == 1 else tuple(figures)
        for code, figures in classes.items()
    }


def _lines_by_class(book: Book, family: str, fund: str) -> dict[str, Side]:
    lines: dict[str, Side] = {}
    for figure in book.figures(
        family, side="expenditure", line_kind="function_class", fund_scope=fund, measure="total"
    ):
        code = figure.get("func_code")
        if code:
            lines[code] = (*lines.get(code, ()), figure)
    return {code: side for code, side in lines.items() if len(side) == 1}


def _class_by_class(
    identity: str, lines: Mapping[str, Side], classes: Mapping[str, Side]
) -> Iterator[Claim]:
    for code, line in lines.items():
        if code in classes:
            yield from _make(identity, code, line, classes[code])
        elif line[0].value and classes:
            # Money in a class that the other table does not list at all.
            other = next(iter(classes.values()))[0].table_id
            yield Claim(identity, line[0].table_id, f"{code} not in {other}", line, ())


def _summary_and_expenditure(book: Book) -> Iterator[Claim]:
    year = _year_or_grand(book, "summary", "all")
    total = book.total("expenditure_fn", measure="total", flow="expenditure")
    yield from _make("cross.summary.year=expenditure", "total", year, total)
    lines, classes = _lines_by_class(book, "summary", "all"), _by_class(book, "expenditure_fn")
    yield from _class_by_class("cross.summary.class=expenditure.class", lines, classes)
    identity = "cross.summary.detail=expenditure.row"
    yield from _details_by_name(identity, book, ("summary", "all"), "expenditure_fn")


def _details_by_name(
    identity: str, book: Book, lines: tuple[str, str], table: str
) -> Iterator[Claim]:
    """款 and 项 that 收支总表 lists without codes against the rows of their names in the class.

    A name may be that of a 款 and of its only 项: the first line is that of the first row. Where a
    class does not hold a name as often in both, nothing is asserted of it.
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
    theirs: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for row in book.figures(table, measure="total", flow="expenditure"):
        code, name = row.get("func_code"), row.get("func_name")
        if code and name and len(code) > 3 and not row.get("dept_econ_code"):
            theirs[(code[:3], label_key(name))].append(row)
    for (code, name), found in ours.items():
        rows = theirs.get((code, name), [])
        if len(rows) == len(found):
            for number, (line, row) in enumerate(zip(found, rows, strict=True)):
                scope = f"{code} {name} {number}".removesuffix(" 0")
                yield from _make(identity, scope, (line,), (row,))


def _fiscal_and_funds(book: Book) -> Iterator[Claim]:
    """财政拨款收支总表 by fund against the table of that fund."""
    for fund, family in _OF_FUND.items():
        table = book.tables.get(family)
        if table is None or table.fund_scope not in (None, fund):
            continue
        year = _year_or_grand(book, "fiscal_summary", fund)
        total = book.total(family, measure="total", flow="expenditure", fund_scope=fund)
        yield from _make(f"cross.fiscal.{fund}=table", "total", year, total)
        lines, classes = _lines_by_class(book, "fiscal_summary", fund), _by_class(book, family)
        yield from _class_by_class(f"cross.fiscal.{fund}.class=table.class", lines, classes)
    yield from _fiscal_in_one_column(book)


def _fiscal_in_one_column(book: Book) -> Iterator[Claim]:
    """A 财政拨款收支总表 without columns by fund: its total is that of all fund tables."""
    if any(book.figures("fiscal_summary", side="expenditure", fund_scope=f) for f in _OF_FUND):
        return
    if not _has_table_of_each_fund(book):
        return
    year = _year_or_grand(book, "fiscal_summary", "fiscal")
    sides = [
        book.total(family, measure="total", flow="expenditure", fund_scope=fund)
        for fund, family in _OF_FUND.items()
    ]
    yield from _make("cross.fiscal=funds", "total", year, tuple(f for s in sides for f in s))
    tables = [_by_class(book, family) for family in _OF_FUND.values()]
    classes: dict[str, Side] = {}
    for own in tables:
        for code, side in own.items():
            classes[code] = (*classes.get(code, ()), *side)
    lines = _lines_by_class(book, "fiscal_summary", "fiscal")
    yield from _class_by_class("cross.fiscal.class=funds.class", lines, classes)
    if _sum_of(year) == _sum_of(sides[0]):
        identity = "cross.fiscal.detail=general.row"
        yield from _details_by_name(identity, book, ("fiscal_summary", "fiscal"), "general_fn")


def _has_table_of_each_fund(book: Book) -> bool:
    """Whether each fund that the revenue side of 财政拨款收支总表 shows has its own table."""
    if "general_fn" not in book.tables or book.several & set(_OF_FUND.values()):
        return False
    return all(
        family in book.tables or not any(f.value is None or f.value for f in lines)
        for fund, family in _OF_FUND.items()
        if (lines := book.figures("fiscal_summary", side="revenue", fund_scope=fund)) is not None
    )


def _general_and_basic(book: Book) -> Iterator[Claim]:
    """一般公共预算支出表's basic, personnel, public against the table by economic class."""
    table = book.tables.get("basic_econ")
    if table is None or table.fund_scope != "general_public":
        return
    measures = {"basic_personnel": "personnel", "basic_public": "public"}
    sides = {m: book.total("basic_econ", measure=m) for m in ("total", "personnel", "public")}
    labels = {"flow": "expenditure", "fund_scope": "general_public"}
    basic = book.total("general_fn", measure="basic", **labels)
    both = sides["total"] or (*sides["personnel"], *sides["public"])
    yield from _make("cross.general.basic=econ.total", "basic", basic, both)
    for measure, econ in measures.items():
        left = book.total("general_fn", measure=measure, **labels)
        yield from _make(f"cross.general.{measure}=econ", measure, left, sides[econ])


def _grouped(figures: Side, names: Sequence[str]) -> dict[tuple[str, ...], Side] | None:
    """Leaves by their codes; None where one of them has no full code."""
    groups: dict[tuple[str, ...], Side] = {}
    for figure in figures:
        if not figure.values.get("is_leaf"):
            continue
        key = tuple(figure.get(name) or "" for name in names)
        if not all(len(code) == (7 if code.startswith("2") else 5) for code in key):
            return None
        groups[key] = (*groups.get(key, ()), figure)
    return groups


def _group_by_group(
    identity: str, measure: str, left: Side, right: Side, names: Sequence[str]
) -> Iterator[Claim]:
    """Compare two tables code by code; a code that one of them lacks is nothing there."""
    ours, theirs = _grouped(left, names), _grouped(right, names)
    if not ours or not theirs:
        return
    for key in ours | theirs:
        one, other = ours.get(key, ()), theirs.get(key, ())
        scope = f"{'/'.join(key)} {measure}"
        if one and other:
            yield from _make(identity, scope, one, other)
        elif any(f.value for f in (*one, *other)):
            table_id = (one or other)[0].table_id
            yield Claim(identity, table_id, scope, one, other)


def _expenditure_and_general(book: Book) -> Iterator[Claim]:
    """支出总表 by 项 = 一般公共预算支出表 by 项, where there is no other money.

    What is paid from the general public budget is part of all expenditure: where both totals are
    the same there is nothing else, and the parts are the same too.
    """
    identity = "cross.expenditure.item=general.item"
    left = book.total("expenditure_fn", measure="total", flow="expenditure")
    right = book.total("general_fn", measure="total", flow="expenditure")
    if _sum_of(left) != _sum_of(right):
        yield from _not_applicable(identity, left, right, "there is money of other funds")
        return
    for measure in ("total", "basic", "project"):
        ours, theirs = (
            book.figures(family, measure=measure, flow="expenditure")
            for family in ("expenditure_fn", "general_fn")
        )
        yield from _group_by_group(identity, measure, ours, theirs, ("func_code",))


def _expenditure_and_basic(book: Book) -> Iterator[Claim]:
    """支出总表's basic expenditure by economic class = 基本支出表, if there is no other money."""
    identity = "cross.expenditure.basic=econ"
    left = book.total("expenditure_fn", measure="basic", flow="expenditure")
    right = book.total("basic_econ", measure="total")
    ours = book.figures("expenditure_fn", measure="basic", flow="expenditure")
    ours = tuple(f for f in ours if f.value or f.value is None)
    if not any(f.get("dept_econ_code") for f in ours):
        return
    if _sum_of(left) != _sum_of(right):
        yield from _not_applicable(identity, left, right, "there is basic money of other funds")
        return
    theirs = book.figures("basic_econ", measure="total")
    has_pairs = all(f.get("gov_econ_code") for f in (*ours, *theirs) if f.values.get("is_leaf"))
    names = ("gov_econ_code", "dept_econ_code") if has_pairs else ("dept_econ_code",)
    yield from _group_by_group(identity, "basic", ours, theirs, names)


def _summary_and_fiscal(book: Book) -> Iterator[Claim]:
    """收支总表 by 类 = 财政拨款收支总表 by 类, where all money is fiscal appropriation."""
    identity = "cross.summary.class=fiscal.class"
    left = _year_or_grand(book, "summary", "all")
    right = _year_or_grand(book, "fiscal_summary", "fiscal")
    if _sum_of(left) != _sum_of(right):
        yield from _not_applicable(identity, left, right, "not all money is fiscal appropriation")
        return
    lines = _lines_by_class(book, "summary", "all")
    yield from _class_by_class(identity, lines, _lines_by_class(book, "fiscal_summary", "fiscal"))


def _projects(book: Book) -> Iterator[Claim]:
    """The projects listed are a part of project expenditure."""
    table = book.tables.get("project_perf")
    totals = tuple(f for f in table.figures if f.column == "total") if table else ()
    spent = book.total("expenditure_fn", measure="project", flow="expenditure")
    yield from _make("cross.projects<=expenditure.project", "projects", totals, spent, "<=")


def twin_claims(book: Book, twins: Mapping[str, tuple[str, tuple[str, ...]]]) -> Iterator[Claim]:
    """Codes of the two classifications that usually hold the same money.

    ``twins``: identity -> economic code, function codes.
    """
    by_measure = {m: book.figures("general_fn", measure=m) for m in ("basic", "total")}
    econ = book.figures("basic_econ")
    for identity, (econ_code, func_codes) in twins.items():
        left = _leaves(econ, "dept_econ_code", (econ_code,))
        if any(f.get("measure") == "total" for f in left):
            left = tuple(f for f in left if f.get("measure") == "total")
        has_basic = bool(by_measure["basic"])
        measured = by_measure["basic" if has_basic else "total"]
        right = _leaves(measured, "func_code", func_codes)
        if any(f.value for f in left) and any(f.value for f in right):
            yield from _make(identity, econ_code, left, right)


def _leaves(figures: Side, name: str, codes: Sequence[str]) -> Side:
    return tuple(f for f in figures if f.values.get("is_leaf") and f.get(name) in codes)
