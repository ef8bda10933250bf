"""“三公”经费 and 机关运行经费 against the economic classes that hold their money.

What a class holds of the basic expenditure is a part of the item, for projects pay for it too: a
containment, which proves nothing. Against all expenditure by economic class the item is equal, as
a rule: soft, and proving only where it holds to the last digit. Source: DOMAIN section 3 items 20
and 21.
"""

from __future__ import annotations

from collections.abc import Iterator

from yusuan.prove.book import Book, Side, compare, three_public_item
from yusuan.prove.claims import Claim

_CLASS_OF = {
    "abroad": "30212",
    "reception": "30217",
    "vehicle_operation": "30231",
    "vehicle_purchase": "31013",
}
_AGENCY = "agency_operation"
_BOUGHT = {
    "procurement": "cross.procurement<=expenditure",
    "purchased_service": "cross.purchased_services<=expenditure",
}


def containment_claims(book: Book) -> Iterator[Claim]:
    """All claims on three public expenses by economic class."""
    yield from _parts_of_all(book)
    table = book.tables.get("three_public")
    if table is None:
        return
    version = table.kind or "budget"
    for item, code in _CLASS_OF.items():
        whole = three_public_item(book, item, version)
        basic = _of_class(book, "basic_econ", "total", code)
        yield from compare(f"three_public.basic.econ<={item}", code, basic, whole, "<=")
        spent = _of_class(book, "expenditure_fn", "total", code)
        yield from compare(f"three_public.{item}=expenditure.econ", code, whole, spent)
    agency = three_public_item(book, _AGENCY, version)
    public = book.total("basic_econ", measure="public")
    yield from compare("three_public.agency<=public", "total", agency, public, "<=")
    yield from compare("three_public.agency=public", "total", agency, public)


def _parts_of_all(book: Book) -> Iterator[Claim]:
    """What is bought, and “三公”经费, is a part of all expenditure.

    This proves nothing; but no other table repeats these, and in a wrong unit they are not.
    """
    whole = book.line("summary", "expenditure", "grand_total", "all")
    whole = whole or book.line("summary", "revenue", "grand_total", "all")
    for family, identity in _BOUGHT.items():
        total = tuple(f for f in book.figures(family) if f.get("row_type") == "total")
        if len(total) == 1:
            yield from compare(identity, "total", total, whole, "<=")
    table = book.tables.get("three_public")
    if table is not None:
        spent = three_public_item(book, "total", table.kind or "budget")
        yield from compare("three_public.total<=expenditure", "total", spent, whole, "<=")


def _of_class(book: Book, family: str, measure: str, code: str) -> Side:
    """The leaves of an economic class; its columns of people and running cost without a total."""
    found = book.figures(family, dept_econ_code=code)
    if family == "expenditure_fn":
        found = tuple(f for f in found if f.get("flow") == "expenditure")
    leaves = tuple(f for f in found if f.values.get("is_leaf"))
    total = tuple(f for f in leaves if f.get("measure") == measure)
    people = tuple(f for f in leaves if f.get("measure") in ("personnel", "public"))
    return total or (people if family == "basic_econ" else ())
