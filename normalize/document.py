"""A raw document becomes canonical records: the whole of normalisation, pure and in order.

``unwrap -> stitch -> header -> family -> map -> ledger``; every step returns values and findings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import cast

from yusuan.extract.model import RawDocument, RawPage
from yusuan.normalize.contents import announced_families
from yusuan.normalize.findings import as_documented
from yusuan.normalize.form_pages import join_form_pages
from yusuan.normalize.government import OUTSIDE, is_government_book
from yusuan.normalize.index import Index as Index
from yusuan.normalize.index import prepare as prepare
from yusuan.normalize.metadata import document_meta
from yusuan.normalize.model import (
    CellKey,
    CellUse,
    Finding,
    LogicalTable,
    Record,
    Value,
)
from yusuan.normalize.narrative import narrative_facts
from yusuan.normalize.pages import page_findings
from yusuan.normalize.published import TableResult, read_and_map
from yusuan.normalize.repeated_projects import mark_repeated
from yusuan.normalize.sections import (
    has_several_years,
    is_bound,
    publisher_of,
    sections,
    several_books,
    several_publishers,
    without_contradictions,
    year_of,
)
from yusuan.normalize.several import SECOND_CUT, second_cuts, several_years, with_years
from yusuan.normalize.stitch import stitch_pages
from yusuan.normalize.text import clean_text, label_key
from yusuan.normalize.unwrap import join_lines

_SAYS_EMPTY = re.compile("空表|(本|我|此)[^，。]{0,20}(无|没有|未安排)|^无|：无")


@dataclass(frozen=True, slots=True)
class Normalized:
    """A document's canonical records. ``meta``: the descriptive columns of ``documents``.

    ``tables`` are records of the table ``tables``; ``records`` those of all fact tables;
    ``uses`` the ledger over recognised tables; ``texts`` the unwrapped text of every cell.
    """

    meta: Mapping[str, Value]
    tables: tuple[Record, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    uses: Mapping[CellKey, tuple[CellUse, str]]
    texts: Mapping[CellKey, str]
    logical: tuple[LogicalTable, ...] = ()


def normalize(raw: RawDocument, index: Index, *, keep_rows: bool = True) -> Normalized:
    """Turn extracted pages into canonical records with origins, findings and a closed ledger.

    Without ``keep_rows`` the logical tables come without their rows, which of a long document take
    more memory than anything else and are nobody's need once they are mapped.
    """
    texts = unwrap_cells(raw.pages)
    groups, stitched = stitch_pages(raw.pages, texts, index.words)
    groups, joined = join_form_pages(groups, texts, index.families, index.levels)
    by_number = {page.number: page for page in raw.pages}
    covers = sections(raw.pages)
    captions = [g.first.caption for g in groups]
    meta = without_contradictions(
        document_meta(raw.pages, captions, raw.file_name, is_bound=is_bound(covers)), covers
    )
    year = meta.get("fiscal_year")
    fiscal_year = year if isinstance(year, int) else None
    outside = OUTSIDE if is_government_book(raw.pages, captions) else ""
    keys = _keys_by_table(texts)
    uses: dict[CellKey, tuple[CellUse, str]] = {}

    def mapped(number: int, refusal: str = "") -> tuple[TableResult, Record]:
        group = groups[number]
        own_year = year_of(group.first.table.page, covers, fiscal_year)
        result = read_and_map(
            group, number, by_number, texts, keys, index, own_year,
            refusal=refusal, outside=outside, keep_rows=keep_rows,
        )  # fmt: skip
        uses.update(result.uses)
        row = _table_record(result, publisher_of(result.table.page_first, covers))
        table = result.table if keep_rows else replace(result.table, rows=())
        # The uses are in the ledger now; of a long document they are some ten megabytes.
        return replace(result, table=table, uses={}), row

    results: list[TableResult] = []
    rows: list[Record] = []
    for number in range(len(groups)):
        result, row = mapped(number)
        results.append(result)
        rows.append(row)
    for number in second_cuts(results):
        results[number], rows[number] = mapped(number, SECOND_CUT)
    missing = _missing_tables(raw, results, index)
    records, repeated = mark_repeated([r for result in results for r in result.records])
    by_titles = several_years(result.table for result in results)
    places = (*(r.table.page_first for r in results), *(finding.page for _, finding in missing))
    own = [year_of(page, covers, fiscal_year) if page else fiscal_year for page in places]
    is_several = bool(by_titles) and not has_several_years(covers)
    return Normalized(
        meta=meta,
        tables=(
            *with_years((*rows, *(record for record, _ in missing)), own, is_several=is_several),
        ),
        records=(*records, *narrative_facts(raw.pages, meta, index.heads, records, covers)),
        findings=as_documented(
            (
                *stitched,
                *joined,
                *(f for result in results for f in result.findings),
                *(finding for _, finding in missing),
                *page_findings(raw.pages),
                *(by_titles or several_books(covers)),
                *repeated,
                *several_publishers(_whose(row) for row in rows),
            ),
            index.schemas.finding_rules,
        ),
        uses=uses,
        texts=texts,
        logical=tuple(result.table for result in results),
    )


def _missing_tables(
    raw: RawDocument, results: Sequence[TableResult], index: Index
) -> list[tuple[Record, Finding]]:
    """Tables that the table of contents lists and the document does not hold."""
    found = {f for result in results for f in (result.match.family, result.match.titled)}
    announced = announced_families(raw.pages, index.families.titles)
    missing = [a for a in announced if a.family not in found] if len(announced) > 1 else []
    outcome = []
    for number, entry in enumerate(missing, start=len(results)):
        table_id = f"T{number:03d}"
        values: dict[str, Value] = {
            "table_id": table_id,
            "family": entry.family,
            "title_text": entry.title,
            "fragment_count": 0,
            "header_json": "[]",
            "n_rows": 0,
            "is_empty": True,
            "status": "missing",
            "identity_ok": 0,
            "identity_failed": 0,
        }
        finding = Finding(
            code="table-missing",
            note=f"page {entry.page} lists {entry.title!r}, but no such table was found",
            table_id=table_id,
            page=entry.page,
            before=entry.title,
        )
        outcome.append((Record("tables", values), finding))
    return outcome


def unwrap_cells(pages: Iterable[RawPage]) -> dict[CellKey, str]:
    """The unwrapped text of every non-blank cell."""
    texts: dict[CellKey, str] = {}
    for page in pages:
        number = page.number
        for table in page.tables:
            index = table.index
            for row, col, _, _, box, lines, _, _ in table.cells:
                if len(lines) == 1:
                    texts[number, index, row, col] = clean_text(lines[0].text)
                elif lines:
                    texts[number, index, row, col] = join_lines(lines, box)
    return texts


def _keys_by_table(texts: Mapping[CellKey, str]) -> dict[tuple[int, int], list[CellKey]]:
    """The keys of the filled cells of each drawn table: the very objects, not equal ones."""
    return {place: list(keys) for place, keys in groupby(texts, key=itemgetter(0, 1))}


def _unit_of_records(records: Sequence[Record]) -> Value:
    """The one unit of the facts, where it is printed inside the table (forms)."""
    units = {r.values.get("published_unit") for r in records} - {None}
    return units.pop() if len(units) == 1 else None


def _whose(row: Record) -> tuple[str | None, str | None, str | None]:
    """Family, fund scope and publisher of a published table."""
    family, scope, publisher = (row.values[k] for k in ("family", "fund_scope", "publisher"))
    return cast(tuple[str | None, str | None, str | None], (family, scope, publisher))


def _table_record(result: TableResult, publisher: str | None) -> Record:
    """The row of ``tables`` for one published table.

    ``publisher``: of the cover before it, where no caption names one.
    """
    table = result.table
    amounts = [r for r in result.records if r.values.get("value_status") in ("published", "zero")]
    empty_note = next((n for n in table.notes if _SAYS_EMPTY.search(label_key(n))), None)
    return Record(
        "tables",
        {
            "table_id": table.table_id,
            "family": table.family,
            "table_no_text": table.table_no,
            "title_text": table.title or None,
            "fund_scope": table.fund_scope,
            "publisher": table.publisher or publisher,
            "doc_kind": table.kind,
            "title_year": table.title_year,
            "published_unit": table.unit or _unit_of_records(result.records),
            "page_first": table.page_first,
            "page_last": table.page_last,
            "fragment_count": len(table.fragments),
            "header_json": json.dumps(
                [list(c.path) for c in table.columns], ensure_ascii=False, separators=(",", ":")
            ),
            "n_rows": result.n_rows,
            "is_empty": not amounts,
            "empty_note": empty_note if not amounts else None,
            "note_text": "\n".join(table.notes) or None,
            "status": "template" if not amounts and _is_template(result.uses) else "ok",
            "identity_ok": 0,
            "identity_failed": 0,
        },
    )


def _is_template(uses: Mapping[CellKey, tuple[CellUse, str]]) -> bool:
    """Whether rows of dots stand where figures would be."""
    return any(reason == "placeholder" for _, reason in uses.values())
