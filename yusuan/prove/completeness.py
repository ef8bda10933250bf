"""Is all of a page in the tables? Text that no cell, caption or footer holds says it is not.

Which tables a document should hold, and which of them are empty or missing, the stages before tell
(``tables.status``, ``tables.is_empty``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from yusuan.extract.model import Line, RawPage, RawTable
from yusuan.normalize.amounts import parse_amount
from yusuan.normalize.document import Normalized
from yusuan.normalize.model import Finding

_PAGE_NUMBER = re.compile(r"[-—–－\s]*(第?\s*\d{1,4}\s*页?)[-—–－\s]*")
_SHOWN = 5
_MIN_DIGITS = 5
"""An amount without a point has as many digits; a year and a page number have fewer."""


def note_uncovered(normalized: Normalized, pages: Sequence[RawPage]) -> Normalized:
    """Add a finding for each recognised table beside or inside which text lies in no cell."""
    table_ids = {
        place: table.table_id
        for table in normalized.logical
        if table.family is not None
        for place in table.fragments
    }
    found = [finding for page in pages for finding in _of_page(page, table_ids)]
    return replace(normalized, findings=(*normalized.findings, *found)) if found else normalized


def _of_page(page: RawPage, table_ids: dict[tuple[int, int], str]) -> Iterator[Finding]:
    known = [t for t in page.tables if (page.number, t.index) in table_ids]
    lost: dict[int, list[str]] = {}
    for line in page.lines if known else ():
        table = _beside(line, known) or (_nearest(line, known) if _is_amounts(line.text) else None)
        if table is not None:
            lost.setdefault(table.index, []).append(line.text)
    for index, texts in lost.items():
        more = f" and {len(texts) - _SHOWN} more lines" if len(texts) > _SHOWN else ""
        yield Finding(
            code="uncovered-text",
            severity="warning",
            note=f"{len(texts)} lines of text stand within or beside the table and lie in no cell; "
            "a column or row may be missing",
            table_id=table_ids[(page.number, index)],
            page=page.number,
            before=" | ".join(texts[:_SHOWN]) + more,
        )


def _beside(line: Line, tables: Sequence[RawTable]) -> RawTable | None:
    """The table as high up as the line, unless the line is a page number in the margin."""
    middle = (line.box.top + line.box.bottom) / 2
    center = (line.box.x0 + line.box.x1) / 2
    for table in tables:
        if table.box.top < middle < table.box.bottom:
            is_inside = table.box.x0 < center < table.box.x1
            if is_inside or not _PAGE_NUMBER.fullmatch(line.text):
                return table
    return None


def _is_amounts(text: str) -> bool:
    """Whether at least half of the words are amounts: a row of figures, not a sentence."""
    words = text.split()
    amounts = [a for a in map(parse_amount, words) if a.kind == "number"]
    long = [a for a in amounts if a.decimals or sum(map(str.isdecimal, a.raw)) >= _MIN_DIGITS]
    return bool(long) and 2 * len(long) >= len(words)


def _nearest(line: Line, tables: Sequence[RawTable]) -> RawTable:
    def distance(table: RawTable) -> float:
        return max(table.box.top - line.box.bottom, line.box.top - table.box.bottom, 0.0)

    return min(tables, key=distance)
