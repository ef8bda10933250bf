"""A file that holds several disclosures is told."""

from yusuan.normalize.model import LogicalTable, Record
from yusuan.normalize.several import several_years, with_years
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


def titled(*rows: tuple[int | None, int | None], is_several: bool = False) -> list[object]:
    """The years of tables, from those of their titles and covers."""
    records = [Record("tables", {"title_year": year}) for year, _ in rows]
    own = [year for _, year in rows]
    return [r.values["fiscal_year"] for r in with_years(records, own, is_several=is_several)]


def test_a_table_is_of_the_year_in_its_title_else_of_its_book() -> None:
    assert titled((2024, 2026), (None, 2026), (None, None)) == [2024, 2026, None]


def test_where_titles_alone_tell_of_several_years_a_table_without_one_has_none() -> None:
    assert titled((2024, 2026), (None, 2026), is_several=True) == [2024, None]
