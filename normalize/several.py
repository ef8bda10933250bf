"""Signs that one PDF holds several disclosures: bound together, or of several years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yusuan.normalize.model import Finding, LogicalTable


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
