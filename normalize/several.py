"""Signs that one PDF holds several disclosures: bound together, or of several years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from yusuan.normalize.model import Finding, LogicalTable, Record
from yusuan.normalize.published import TableResult

SECOND_CUT = (
    "its rows are the government's economic classes; another table of the document has the same "
    "money by the department's"
)


def second_cuts(results: Sequence[TableResult]) -> tuple[int, ...]:
    """Positions of tables of basic expenditure by the government's classes alone.

    Where the document has the same money by the department's classes, too, they would count it
    twice. A table that crosses both classifications, and one that stands alone, is none of them.
    """
    kinds: dict[int, tuple[bool, bool]] = {}
    for position, result in enumerate(results):
        if result.match.family == "basic_econ" and result.records:
            codes = [
                (bool(r.values.get("dept_econ_code")), bool(r.values.get("gov_econ_code")))
                for r in result.records
                if r.table == "basic_expenditure"
            ]
            kinds[position] = (any(d for d, _ in codes), any(g for _, g in codes))

    def whose(position: int) -> tuple[str | None, str | None]:
        table = results[position].table
        return table.fund_scope, table.publisher

    by_department = {whose(position) for position, (dept, _) in kinds.items() if dept}
    return tuple(
        position
        for position, (dept, gov) in kinds.items()
        if gov and not dept and whose(position) in by_department
    )


def with_years(
    rows: Sequence[Record], own: Sequence[int | None], *, is_several: bool
) -> tuple[Record, ...]:
    """The rows of ``tables`` with the year that each is of: that of its title, else ``own``.

    ``own``: of the cover before each table, else the document's. ``is_several``: titles alone tell
    of several years, so that a table without a year may be of any of them.
    """
    return tuple(
        row._replace(
            values={
                **row.values,
                "fiscal_year": row.values.get("title_year") or (None if is_several else year),
            }
        )
        for row, year in zip(rows, own, strict=True)
    )


def several_years(tables: Iterable[LogicalTable]) -> tuple[Finding, ...]:
    """A finding where tables of one family are titled with different years.

    ``documents`` has one year and one publisher; a book of two disclosures has more. A table with a
    column for last year is one table, so it does not count.
    """
    years: dict[tuple[str, str | None], set[int]] = defaultdict(set)
    for table in tables:
        if table.family is not None and table.title_year is not None:
            years[table.family, table.fund_scope].add(table.title_year)
    repeated = [found for found in years.values() if len(found) > 1]
    if len(repeated) < 2:  # one wrong title is no second book
        return ()
    told = ", ".join(map(str, sorted(set().union(*repeated))))
    return (
        Finding(
            code="several-years",
            note=f"tables of the same kind are titled with the years {told}: several disclosures "
            "may be bound in one file; documents tells one year and one publisher",
        ),
    )
