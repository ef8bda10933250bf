"""Identities between tables by function and by economic class, and twin codes of the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yusuan.prove.book import Book, Side, compare, group_by_group, not_applicable, sum_of
from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure

_PEOPLE = ("301", "303")
"""工资福利支出, 对个人和家庭的补助."""


def economic_claims(book: Book) -> Iterator[Claim]:
    """All claims on the tables by economic class."""
    yield from _general_and_basic(book)
    yield from _expenditure_and_basic(book)
    yield from _people_by_class(book)


def _people_by_class(book: Book) -> Iterator[Claim]:
    """人员经费 is the classes 301 and 303, 公用经费 the others: which column is which.

    Some publishers keep a little of 302 or 303 in the other column. Asserted where no class has
    money in both: columns in each other's place are seen, and such publishers are not blamed.
    """
    columns = {m: book.total("basic_econ", measure=m) for m in ("personnel", "public")}
    by_kind: dict[bool, list[Figure]] = {True: [], False: []}
    places: dict[bool, set[str]] = {True: set(), False: set()}
    for figure in book.figures("basic_econ"):
        measure, code = figure.get("measure"), figure.get("dept_econ_code") or ""
        if figure.values.get("is_leaf") and measure in columns and figure.value != 0:
            if len(code) < 3 or figure.value is None:
                return
            by_kind[code[:3] in _PEOPLE].append(figure)
            places[code[:3] in _PEOPLE].add(measure)
    if len(places[True]) == len(places[False]) == 1 and places[True] != places[False]:
        for is_people, measure in ((True, "personnel"), (False, "public")):
            leaves = tuple(by_kind[is_people])
            yield from compare(f"column.{measure}=classes", measure, columns[measure], leaves)


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
    yield from compare("cross.general.basic=econ.total", "basic", basic, both)
    for measure, econ in measures.items():
        left = book.total("general_fn", measure=measure, **labels)
        yield from compare(f"cross.general.{measure}=econ", measure, left, sides[econ])


def _expenditure_and_basic(book: Book) -> Iterator[Claim]:
    """支出总表's basic expenditure by economic class = 基本支出表, if there is no other money."""
    identity = "cross.expenditure.basic=econ"
    left = book.total("expenditure_fn", measure="basic", flow="expenditure")
    right = book.total("basic_econ", measure="total")
    ours = book.figures("expenditure_fn", measure="basic", flow="expenditure")
    ours = tuple(f for f in ours if f.value or f.value is None)
    if not any(f.get("dept_econ_code") for f in ours):
        return
    if sum_of(left) != sum_of(right):
        yield from not_applicable(identity, left, right, "there is basic money of other funds")
        return
    theirs = book.figures("basic_econ", measure="total")
    has_pairs = all(f.get("gov_econ_code") for f in (*ours, *theirs) if f.values.get("is_leaf"))
    names = ("gov_econ_code", "dept_econ_code") if has_pairs else ("dept_econ_code",)
    yield from group_by_group(identity, "basic", ours, theirs, names)


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
            yield from compare(identity, econ_code, left, right)


def _leaves(figures: Side, name: str, codes: Sequence[str]) -> Side:
    return tuple(f for f in figures if f.values.get("is_leaf") and f.get(name) in codes)
