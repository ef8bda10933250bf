"""The tables of a document that identities between tables speak of, and how they are compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yusuan.prove.claims import Claim, Relation, evaluate
from yusuan.prove.figures import ZERO, Figure, Published

Side = tuple[Figure, ...]
OF_FUND = {"general_public": "general_fn", "gov_fund": "fund_fn", "state_capital": "capital_fn"}
"""The table by function of each fund."""


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of a document that stand alone in their family and hold figures."""

    tables: Mapping[str, Published]
    several: frozenset[str] = frozenset()
    """Families with several filled tables."""
    _found: dict[tuple[str, ...], Side] = field(default_factory=dict, repr=False, compare=False)
    """What was looked up before: identities ask for the same figures again and again."""

    def figures(self, family: str, **labels: str) -> Side:
        """Figures of a family whose labels are these."""
        table = self.tables.get(family)
        if table is None:
            return ()
        found: Side = table.figures
        key: tuple[str, ...] = (family,)
        for name, label in labels.items():
            key = (*key, name, label)
            if (known := self._found.get(key)) is None:
                known = tuple([f for f in found if f.values.get(name) == label])
                self._found[key] = known
            found = known
        return found

    def total(self, family: str, **labels: str) -> Side:
        """The total figure of a column, or its leaves where no total is printed; () unknown."""
        found = self.figures(family, **labels)
        totals = [f for f in found if f.values.get("row_type") == "total" and has_no_unit(f)]
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
        fiscal = [t for t in found if len(found) > 1 and _fund_scope(t) == "fiscal"]
        if len(fiscal) == 1 and wanted not in (None, "fiscal"):
            single[f"{family}:fiscal"] = fiscal[0]
    return Book(single, frozenset(by_family.keys() - single.keys()))


def _fund_scope(table: Published) -> object:
    """The funds that a table's figures are of, by its title, else by the figures."""
    scopes = {f.values.get("fund_scope") for f in table.figures}
    return scopes.pop() if len(scopes) == 1 else table.fund_scope


def has_no_unit(figure: Figure) -> bool:
    """Whether a figure's row is of no single budget unit."""
    return not (figure.get("budget_unit_code") or figure.get("budget_unit_name"))


def compare(
    identity: str, scope: str, left: Side, right: Side, relation: Relation = "="
) -> Iterator[Claim]:
    """Σ left = Σ right (or ``<=``), where both sides are there."""
    if left and right:
        yield Claim(identity, left[0].table_id, scope, left, right, relation)


def not_applicable(identity: str, left: Side, right: Side, reason: str) -> Iterator[Claim]:
    """The identity is not asserted on these sides, and why."""
    if left and right:
        yield Claim(identity, left[0].table_id, "premise", left, right, "=", reason)


def sum_of(side: Side) -> object:
    """The sum in yuan; an object equal to nothing where it is not known."""
    if not side or any(f.value is None for f in side):
        return object()
    return sum((f.value or ZERO for f in side), ZERO)


def is_same(left: Side, right: Side) -> bool:
    """Whether two sides hold the same money, as far as rounding lets tell."""
    if not left or not right:
        return False
    outcome = evaluate(Claim("", left[0].table_id, "", left, right))
    return outcome.status in ("ok", "ok_rounding")


def three_public_item(book: Book, item: str, version: str, scope: str = "fiscal") -> Side:
    """An item of “三公”经费 for the whole; () where it can't be told.

    Its one figure, or one for each fund; of no single unit, or of the only unit of the table.
    """
    found = book.figures("three_public", item=item, version=version)
    units = {f.get("budget_unit_name") for f in book.figures("three_public")}
    if len(units) > 1:
        found = tuple(f for f in found if has_no_unit(f))
    if len(found) > 1 and any(f.get("fund_scope") == scope for f in found):
        found = tuple(f for f in found if f.get("fund_scope") == scope)
    scopes = [f.get("fund_scope") for f in found]
    is_by_fund = scope == "fiscal" and len(set(scopes)) == len(scopes) and set(scopes) <= {*OF_FUND}
    return found if len(found) == 1 or is_by_fund else ()


def year_or_grand(book: Book, family: str, fund: str) -> Side:
    """本年支出合计; 支出总计 where that is the only total and nothing is carried out."""
    year = book.line(family, "expenditure", "year_total", fund)
    if year or book.figures(family, side="expenditure", line_kind="year_total", fund_scope=fund):
        return year
    carried = book.figures(family, side="expenditure", line_kind="carry_out", fund_scope=fund)
    if any(f.value is None or f.value for f in carried):
        return ()
    return book.line(family, "expenditure", "grand_total", fund)


def by_class(book: Book, family: str) -> dict[str, Side]:
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


def lines_by_class(book: Book, family: str, fund: str) -> dict[str, Side]:
    """The 类 lines of a 收支总表 by code; those that stand twice are left out."""
    lines: dict[str, Side] = {}
    for figure in book.figures(
        family, side="expenditure", line_kind="function_class", fund_scope=fund, measure="total"
    ):
        code = figure.get("func_code")
        if code:
            lines[code] = (*lines.get(code, ()), figure)
    return {code: side for code, side in lines.items() if len(side) == 1}


def class_by_class(
    identity: str, lines: Mapping[str, Side], classes: Mapping[str, Side]
) -> Iterator[Claim]:
    """Each line against its class; money in a class that the table lacks is compared with none."""
    for code, line in lines.items():
        if code in classes:
            yield from compare(identity, code, line, classes[code])
        elif line[0].value and classes:
            # Money in a class that the other table does not list at all.
            other = next(iter(classes.values()))[0].table_id
            yield Claim(identity, line[0].table_id, f"{code} not in {other}", line, ())


def has_table_of_each_fund(book: Book) -> bool:
    """Whether each fund that the revenue side of 财政拨款收支总表 shows has its own table."""
    if "general_fn" not in book.tables or book.several & set(OF_FUND.values()):
        return False
    return all(
        family in book.tables or not any(f.value is None or f.value for f in lines)
        for fund, family in OF_FUND.items()
        if (lines := book.figures("fiscal_summary", side="revenue", fund_scope=fund)) is not None
    )


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


def group_by_group(
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
            yield from compare(identity, scope, one, other)
        elif any(f.value for f in (*one, *other)):
            table_id = (one or other)[0].table_id
            yield Claim(identity, table_id, scope, one, other)
