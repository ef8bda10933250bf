"""A file that holds several disclosures is told."""

from yusuan.normalize.model import LogicalTable
from yusuan.normalize.several import several_years
from yusuan.schemas.loader import load


def table(family: str | None, year: int | None, fund_scope: str | None = None) -> LogicalTable:
    return LogicalTable(
        "T000", "", None, None, (), (), (), ((1, 0),), family=family, fund_scope=fund_scope,
        title_year=year,
    )  # fmt: skip


def book(year: int | None) -> list[LogicalTable]:
    return [
        table("summary", year),
        table("expenditure_fn", year, "all"),
        table("three_public", year),
    ]


def test_two_books_of_different_years_are_told() -> None:
    (finding,) = several_years([*book(2025), *book(2026)])
    assert finding.code == "several-years" and "2025, 2026" in finding.note
    assert finding.code in load().findings


def test_one_book_is_not() -> None:
    assert not several_years(book(2026))
    assert not several_years([*book(2026), *book(2026)])  # a table for each unit
    assert not several_years([*book(2026), *book(None)])


def test_one_title_with_last_years_number_is_no_second_book() -> None:
    assert not several_years([*book(2026), table("summary", 2025)])


def test_unknown_tables_and_other_funds_say_nothing() -> None:
    other = [table(None, 2020), table("expenditure_fn", 2025, "fiscal"), table("basic_econ", 2025)]
    assert not several_years([*book(2026), *other])
