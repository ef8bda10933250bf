"""Each table is of the year that is printed nearest to it: title, cover, document."""

import pytest

from yusuan.extract.model import Box, Line
from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
ROWS = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["2010301", "行政运行", "1.00", "1.00", ""],
    ["合计", "<", "1.00", "1.00", ""],
]
FAMILIES = ("部门支出总表", "一般公共预算支出表", "政府性基金预算支出表")


@pytest.fixture
def years(table, page, document):
    """(cover, years in titles) of each book -> the years of the tables, and of the document."""

    def run(*books):
        pages = []
        for cover, titles in books:
            if cover:
                line = Line(cover, Box(100, 100, 500, 120), 20.0)
                pages.append(page(number=len(pages) + 1, lines=[line]))
            for family, year in zip(FAMILIES, titles, strict=False):
                number = len(pages) + 1
                caption = [f"{f'{year}年' if year else ''}{family}", "单位：万元"]
                pages.append(page(table(ROWS, page=number, caption=caption), number=number))
        result = normalize(document(*pages), INDEX)
        tables = [t.values for t in result.tables]
        facts = {r.values["table_id"] for r in result.records}
        assert facts <= {t["table_id"] for t in tables}
        return [t["fiscal_year"] for t in tables], result.meta["fiscal_year"]

    return run


def test_one_book(years):
    assert years(("江北区司法局2026年部门预算", (None, 2026, None))) == ([2026] * 3, 2026)


def test_books_of_several_years_by_their_covers(years):
    first = ("江北区司法局2026年部门预算", (None, None))
    second = ("江北区司法局2025年部门预算", (None, 2025))
    assert years(first, second) == ([2026, 2026, 2025, 2025], None)


def test_a_table_may_be_of_another_year_than_its_book(years):
    first = ("江北区司法局2026年部门预算", (None, 2024))
    second = ("江北区司法局2025年部门预算", (None,))
    assert years(first, second) == ([2026, 2024, 2025], None)


def test_pages_before_the_first_cover_are_of_no_year(years):
    books = [
        ("", (None,)),
        ("江北区司法局2026年部门预算", (None,)),
        ("江北区司法局2025年部门预算", (None,)),
    ]
    assert years(*books)[0] == [None, 2026, 2025]


def test_titles_of_several_years_without_covers_say_nothing_of_the_other_tables(years):
    found, _ = years(("", (2025, 2025, None)), ("", (2026, 2026, None)))
    assert found == [2025, 2025, None, 2026, 2026, None]
