"""财政拨款支出表 and 财政拨款基本支出表, where they stand beside those of all money and of a fund.

Provinces such as 江苏 print them after 财政拨款收支总表.
"""

from __future__ import annotations

from collections.abc import Iterator

from yusuan.prove.book import (
    Book,
    by_class,
    class_by_class,
    compare,
    group_by_group,
    is_same,
    lines_by_class,
    not_applicable,
    year_or_grand,
)
from yusuan.prove.claims import Claim

FISCAL_EXPENDITURE = "expenditure_fn:fiscal"
FISCAL_BASIC = "basic_econ:fiscal"
_PARTS = {"basic": "total", "basic_personnel": "personnel", "basic_public": "public"}


def fiscal_claims(book: Book) -> Iterator[Claim]:
    """All claims on the two tables of fiscal appropriation."""
    total = book.total(FISCAL_EXPENDITURE, measure="total", flow="expenditure")
    year = year_or_grand(book, "fiscal_summary", "fiscal")
    yield from compare("cross.fiscal=expenditure.fiscal", "total", year, total)
    lines = lines_by_class(book, "fiscal_summary", "fiscal")
    classes = by_class(book, FISCAL_EXPENDITURE)
    yield from class_by_class("cross.fiscal.class=expenditure.fiscal.class", lines, classes)
    yield from _items(book)
    for measure, econ in _PARTS.items():
        left = book.total(FISCAL_EXPENDITURE, measure=measure, flow="expenditure")
        right = book.total(FISCAL_BASIC, measure=econ)
        yield from compare("cross.expenditure.fiscal.basic=econ", measure, left, right)
    yield from _basic(book)


def _items(book: Book) -> Iterator[Claim]:
    """By 项 against the table of the general public budget, where there is no other money."""
    identity = "cross.expenditure.fiscal.item=general.item"
    labels = {"flow": "expenditure"}
    tables = (FISCAL_EXPENDITURE, "general_fn")
    left, right = (book.total(family, measure="total", **labels) for family in tables)
    if not is_same(left, right):
        yield from not_applicable(identity, left, right, "there is money of other funds")
        return
    for measure in ("total", *_PARTS, "project"):
        ours, theirs = (book.figures(family, measure=measure, **labels) for family in tables)
        yield from group_by_group(identity, measure, ours, theirs, ("func_code",))


def _basic(book: Book) -> Iterator[Claim]:
    """By economic class against the table of the general public budget, likewise."""
    identity = "cross.basic.fiscal=general.econ"
    tables = (FISCAL_BASIC, "basic_econ")
    left, right = (book.total(family, measure="total") for family in tables)
    if not is_same(left, right):
        yield from not_applicable(identity, left, right, "there is money of other funds")
        return
    for measure in ("total", "personnel", "public"):
        ours, theirs = (book.figures(family, measure=measure) for family in tables)
        yield from group_by_group(identity, measure, ours, theirs, ("dept_econ_code",))
