"""A raw document becomes canonical records: the whole of normalisation, pure and in order.

``unwrap -> stitch -> header -> family -> map -> ledger``; every step returns values and findings.
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from yusuan.extract.model import RawDocument, RawPage
from yusuan.normalize.columns import (
    Attributes,
    HeaderIndex,
    column_attributes,
    header_words,
)
from yusuan.normalize.contents import announced_families
from yusuan.normalize.families.details import add_details
from yusuan.normalize.families.form import map_form
from yusuan.normalize.families.form_cells import PROJECT, FormWords, form_words
from yusuan.normalize.families.form_details import add_form_details
from yusuan.normalize.families.labels import total_words
from yusuan.normalize.families.lanes import LabelIndex, label_index, map_lanes
from yusuan.normalize.families.listing import map_listing
from yusuan.normalize.families.matrix import category_column, map_matrix
from yusuan.normalize.families.project_form import is_project_form, map_project_form
from yusuan.normalize.families.projects import map_projects
from yusuan.normalize.family import (
    FamilyIndex,
    FamilyMatch,
    as_details,
    family_index,
    match_family,
)
from yusuan.normalize.findings import as_documented
from yusuan.normalize.form_pages import join_form_pages
from yusuan.normalize.fragments import TableGroup
from yusuan.normalize.ledger import close_ledger
from yusuan.normalize.listing_columns import settle_listing
from yusuan.normalize.meaning import Meaning, settle_meaning
from yusuan.normalize.metadata import document_meta
from yusuan.normalize.model import (
    CellKey,
    CellUse,
    Finding,
    LogicalTable,
    Mapped,
    Record,
    Value,
)
from yusuan.normalize.narrative import narrative_facts
from yusuan.normalize.narrative_heads import Heads, prepare_heads
from yusuan.normalize.nearest import with_candidates
from yusuan.normalize.pages import page_findings
from yusuan.normalize.repeated_projects import mark_repeated
from yusuan.normalize.sections import is_bound, publisher_of, sections, several_publishers
from yusuan.normalize.several import several_years
from yusuan.normalize.stitch import stitch_pages
from yusuan.normalize.tables import lay_out, read_table, with_family
from yusuan.normalize.text import label_key
from yusuan.normalize.unwrap import join_lines
from yusuan.schemas.model import Schemas

# 政府采购预算表 is by category or by something else; its rows tell which.
PROCUREMENT = "procurement"
_PURCHASES = "procurement_detail"
# The family whose header rules know both sources of funds and kinds of expenditure.
_KINDS_OF_MONEY = "expenditure_detail"
# Matches that a person may want to look at.
_BY_MEANING = frozenset({"family-by-meaning", "table-as-details"})
_SAYS_EMPTY = re.compile("空表|(本|我|此)[^，。]{0,20}(无|没有|未安排)|^无|：无")


@dataclass(frozen=True, slots=True)
class Index:
    """What normalisation prepares once from the schemas, for any number of documents.

    ``words``: every known header segment. ``totals``: words that mark a total row. ``levels``:
    names of first level indicators. ``labels``: of each family of lanes. ``forms``: of each family
    that is printed as forms.
    """

    schemas: Schemas
    families: FamilyIndex
    words: frozenset[str]
    heads: Heads
    totals: frozenset[str]
    levels: frozenset[str]
    labels: Mapping[str, LabelIndex]
    forms: Mapping[str, FormWords]


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


@dataclass(frozen=True, slots=True)
class _TableResult:
    """One published table, read and mapped (or not: ``match.family`` None)."""

    table: LogicalTable
    match: FamilyMatch
    records: tuple[Record, ...]
    uses: Mapping[CellKey, tuple[CellUse, str]]
    findings: tuple[Finding, ...]


def prepare(schemas: Schemas) -> Index:
    """Index the schemas' rules for ``normalize``."""
    families = family_index(schemas)
    lanes, forms = (
        [name for name, family in schemas.families.items() if family.layout == layout]
        for layout in ("lanes", "form")
    )
    return Index(
        schemas,
        families,
        words=header_words(schemas),
        heads=prepare_heads(schemas),
        totals=total_words(schemas),
        levels=frozenset(schemas.vocabularies["indicator_level1"]),
        labels={name: label_index(schemas, name) for name in lanes},
        forms={
            name: form_words(schemas, name, families.headers[name]) for name in (*forms, PROJECT)
        },
    )


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
    meta = document_meta(raw.pages, captions, raw.file_name, is_bound=is_bound(covers))
    year = meta.get("fiscal_year")
    fiscal_year = year if isinstance(year, int) else None
    keys = _keys_by_table(texts)
    uses: dict[CellKey, tuple[CellUse, str]] = {}
    results: list[_TableResult] = []
    rows: list[Record] = []
    for number, group in enumerate(groups):
        result = _read_and_map(group, number, by_number, texts, keys, index, fiscal_year)
        uses.update(result.uses)
        rows.append(_table_record(result, publisher_of(result.table.page_first, covers)))
        table = result.table if keep_rows else replace(result.table, rows=())
        # The uses are in the ledger now; of a long document they are some ten megabytes.
        results.append(replace(result, table=table, uses={}))
    missing = _missing_tables(raw, results, index)
    records, repeated = mark_repeated([r for result in results for r in result.records])
    return Normalized(
        meta=meta,
        tables=(
            *rows,
            *(record for record, _ in missing),
        ),
        records=(*records, *narrative_facts(raw.pages, meta, index.heads, records)),
        findings=as_documented(
            (
                *stitched,
                *joined,
                *(f for result in results for f in result.findings),
                *(finding for _, finding in missing),
                *page_findings(raw.pages),
                *several_years(result.table for result in results),
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
    raw: RawDocument, results: Sequence[_TableResult], index: Index
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
    return {
        (page.number, table.index, cell.row, cell.col): join_lines(cell.lines, cell.box)
        for page in pages
        for table in page.tables
        for cell in table.cells
        if cell.lines
    }


def _keys_by_table(texts: Mapping[CellKey, str]) -> dict[tuple[int, int], list[CellKey]]:
    """The keys of the filled cells of each drawn table: the very objects, not equal ones."""
    keys: dict[tuple[int, int], list[CellKey]] = {}
    for key in texts:
        keys.setdefault(key[:2], []).append(key)
    return keys


def _read_and_map(
    group: TableGroup,
    number: int,
    pages: Mapping[int, RawPage],
    texts: Mapping[CellKey, str],
    keys: Mapping[tuple[int, int], Sequence[CellKey]],
    index: Index,
    fiscal_year: int | None,
) -> _TableResult:
    """Read one published table, settle its family and map it; unmatched tables stay cells."""
    sheet = lay_out(group, number, pages, texts)
    reading = read_table(sheet, index.words)
    match = match_family(group.first.keys, reading.table.columns, index.families, index.schemas)
    is_one_project = False
    is_open = match.family is None and match.code != "title-out-of-scope"
    if is_open and match.titled in (None, PROJECT):
        as_form = read_table(sheet, index.words, is_form=True)
        is_one_project = is_project_form(as_form.table, index.forms[PROJECT])
        if is_one_project:
            reading, match = as_form, replace(match, family=PROJECT)
    match = as_details(
        match, group.first.keys, reading.table.columns, index.families, index.schemas
    )
    if match.family == _PURCHASES and category_column(reading.table) is not None:
        match = replace(match, family=PROCUREMENT, code="family-by-meaning")
    if match.family is None:
        return _unread(reading.table, match, reading.findings, index)
    if index.schemas.families[match.family].layout == "form":
        reading = read_table(sheet, index.words, is_form=True)
    del sheet  # of a long table the grid alone is some ten megabytes
    table, meaning = _settle(reading.table, match, index, fiscal_year)
    if meaning.refusal:
        match = replace(
            match,
            family=None,
            code="header-unknown",
            reason=meaning.refusal,
            titled=match.family,
        )
        keys_of_title, leaves = group.first.keys, reading.table.columns
        match = as_details(match, keys_of_title, leaves, index.families, index.schemas)
        if match.family is None:
            return _unread(reading.table, match, reading.findings, index)
        table, meaning = _settle(reading.table, match, index, fiscal_year)
    by_meaning = (_match_finding(match, reading.table),) if match.code in _BY_MEANING else ()
    family = index.schemas.families[match.family or ""]
    if is_one_project:
        mapped = map_project_form(table, index.schemas, index.forms[PROJECT])
        mapped = _with_form_details(table, mapped, index)
    else:
        mapped = _map(table, meaning.attributes, index)
    rules = index.families.headers[family.name]
    told = [
        with_candidates(finding, table, index.schemas, rules)
        for finding in (*meaning.findings, *mapped.findings)
    ]
    # Not one dict of both: of a long document it would be ten megabytes.
    claimed = ChainMap(dict(reading.uses), cast(dict[CellKey, tuple[CellUse, str]], mapped.uses))
    filled = (key for place in table.fragments for key in keys.get(place, ()))
    ledger = close_ledger(table.table_id, filled, claimed, texts)
    return _TableResult(
        table,
        match,
        mapped.records,
        ledger.uses,
        (*reading.findings, *by_meaning, *told, *ledger.findings),
    )


def _settle(
    table: LogicalTable, match: FamilyMatch, index: Index, fiscal_year: int | None
) -> tuple[LogicalTable, Meaning]:
    """The table as one of its family, and what its columns mean."""
    family = index.schemas.families[match.family or ""]
    scope = match.fund_scope or family.fund_scope
    table = with_family(table, family.name, scope, match.kind, fiscal_year)
    headers = index.families.headers[family.name]
    attributes = column_attributes(table.columns, headers)
    if family.layout == "listing":
        return table, settle_listing(table, attributes)
    if family.name == PROCUREMENT and not any(a.get("role") == "category" for a in attributes):
        category = category_column(table)
        attributes = tuple(
            {"role": "category"} if i == category else a for i, a in enumerate(attributes)
        )
    return table, settle_meaning(table, attributes, headers)


def _unread(
    table: LogicalTable, match: FamilyMatch, findings: Sequence[Finding], index: Index
) -> _TableResult:
    """A table that stays cells, with the finding that says why."""
    finding = with_candidates(_match_finding(match, table), table, index.schemas, None)
    return _TableResult(table, match, (), {}, (*findings, finding))


def _match_finding(match: FamilyMatch, table: LogicalTable) -> Finding:
    """Say why a table has no family, or that its family was settled by meaning."""
    return Finding(
        code=match.code,
        note=match.reason,
        table_id=table.table_id,
        page=table.page_first,
        before=table.title or None,
    )


def _map(table: LogicalTable, attributes: Sequence[Attributes], index: Index) -> Mapped:
    """Hand a table of a known family to the mapper of its layout."""
    assert table.family is not None
    layout = index.schemas.families[table.family].layout
    if layout == "lanes":
        return map_lanes(table, attributes, index.labels[table.family])
    if layout == "matrix":
        headers = index.families.headers[table.family]
        mapped = map_matrix(table, attributes, index.schemas, headers, index.totals)
        return add_details(table, attributes, mapped, index.totals, _rules(table, index))
    if layout == "listing":
        return map_listing(table, attributes, index.schemas, index.totals)
    if layout == "projects":
        mapped = map_projects(table, attributes, index.schemas, index.totals)
        return add_details(table, attributes, mapped, index.totals, _rules(table, index))
    mapped = map_form(table, index.schemas, index.forms[table.family])
    return _with_form_details(table, mapped, index)


def _with_form_details(table: LogicalTable, mapped: Mapped, index: Index) -> Mapped:
    """What a form prints beside its canonical amounts; its labels say what they are of."""
    return add_form_details(table, mapped, _rules(table, index), index.totals)


def _rules(table: LogicalTable, index: Index) -> tuple[HeaderIndex, HeaderIndex]:
    """Header rules of a table's family, and those that know all sources and kinds of money."""
    headers = index.families.headers
    return headers[table.family or ""], headers[_KINDS_OF_MONEY]


def _unit_of_records(records: Sequence[Record]) -> Value:
    """The one unit of the facts, where it is printed inside the table (forms)."""
    units = {r.values.get("published_unit") for r in records} - {None}
    return units.pop() if len(units) == 1 else None


def _whose(row: Record) -> tuple[str | None, str | None, str | None]:
    """Family, fund scope and publisher of a published table."""
    family, scope, publisher = (row.values[k] for k in ("family", "fund_scope", "publisher"))
    return cast(tuple[str | None, str | None, str | None], (family, scope, publisher))


def _table_record(result: _TableResult, publisher: str | None) -> Record:
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
            "n_rows": sum(any(c.text for c in row) for row in table.rows),
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
