"""Tables of fiscal appropriation beside those of all money and of the general public budget."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

EmptyBook = Callable[..., Any]


def amounts(*codes: str) -> dict[str, tuple[Decimal, Decimal]]:
    return {code: (Decimal(code[-3:] + ".25"), Decimal(n + 1)) for n, code in enumerate(codes)}


def book_of(empty_book: EmptyBook, fiscal: dict[str, tuple[Decimal, Decimal]]) -> Any:
    """支出总表 with other money, 财政拨款支出表, 一般公共预算支出表."""
    book = empty_book("元", 2)
    general = amounts("2010301", "2080505")
    book.by_function("expenditure_fn", "all", general | amounts("2130101"))
    book.by_function("expenditure_fn", "fiscal", fiscal)
    book.tables[-1] = book.tables[-1]._replace(
        values={**book.tables[-1].values, "fund_scope": "fiscal"}
    )
    book.by_function("general_fn", "general_public", general)
    return book


def statuses(book: Any, identity: str) -> list[str]:
    found = [c.values for c in book.proof().checks if c.values["identity"] == identity]
    return sorted({str(values["status"]) for values in found})


def test_items_of_fiscal_appropriation_are_those_of_the_general_public_budget(
    empty_book: EmptyBook,
) -> None:
    identity = "cross.expenditure.fiscal.item=general.item"
    same = amounts("2010301", "2080505")
    assert statuses(book_of(empty_book, same), identity) == ["ok"]
    # Two items in each other's place add up to the same.
    first, second = same
    exchanged = {first: same[second], second: same[first]}
    assert statuses(book_of(empty_book, exchanged), identity) == ["failed"]
    with_fund = same | amounts("2120801")
    assert statuses(book_of(empty_book, with_fund), identity) == ["not_applicable"]
