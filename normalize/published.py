"""One published table: its columns read, its family settled, its rows mapped, its ledger closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yusuan.extract.model import RawPage
from yusuan.normalize.columns import (
    Attributes,
    HeaderIndex,
    column_attributes,
)
from yusuan.normalize.families.categories import category_column
from yusuan.normalize.families.details import add_details
from yusuan.normalize.families.form import map_form
from yusuan.normalize.families.form_cells import PROJECT
from yusuan.normalize.families.form_details import add_form_details
from yusuan.normalize.families.form_head import may_hold_list
from yusuan.normalize.families.lanes import map_lanes
from yusuan.normalize.families.listing import map_listing
from yusuan.normalize.families.matrix import map_matrix
from yusuan.normalize.families.project_form import is_project_form, map_project_form
from yusuan.normalize.families.projects import map_projects
from yusuan.normalize.family import (
    FamilyMatch,
    as_details,
    match_family,
)
from yusuan.normalize.fragments import TableGroup
from yusuan.normalize.glued_rows import glued_rows
from yusuan.normalize.headers import read_form, read_header
from yusuan.normalize.index import Index
from yusuan.normalize.ledger import close_ledger
from yusuan.normalize.listing_columns import settle_listing
from yusuan.normalize.meaning import Meaning, settle_meaning
from yusuan.normalize.model import (
    CellKey,
    CellUse,
    Finding,
    LogicalTable,
    Mapped,
    Record,
)
from yusuan.normalize.nearest import with_candidates
from yusuan.normalize.tables import Sheet, TableReading, lay_out, read_table, with_family

# 政府采购预算表 is by category or by something else; its rows tell which.
PROCUREMENT = "procurement"
_PURCHASES = "procurement_detail"
# The family whose header rules know both sources of funds and kinds of expenditure.
_KINDS_OF_MONEY = "expenditure_detail"
# Goals of single projects are those of departments whoever prints them.
_OF_PROJECTS = frozenset({PROJECT, "dept_perf"})
# Matches that a person may want to look at.
_OF_ROWS = frozenset({"lanes", "matrix", "listing"})
_BY_MEANING = frozenset({"family-by-meaning", "table-as-details"})


@dataclass(frozen=True, slots=True)
class TableResult:
    """One published table, read and mapped (or not: ``match.family`` None).

    ``n_rows``: how many of its body rows print something.
    """

    table: LogicalTable
    n_rows: int
    match: FamilyMatch
    records: tuple[Record, ...]
    uses: Mapping[CellKey, tuple[CellUse, str]]
    findings: tuple[Finding, ...]


def read_and_map(
    group: TableGroup,
    number: int,
    pages: Mapping[int, RawPage],
    texts: Mapping[CellKey, str],
    keys: Mapping[tuple[int, int], Sequence[CellKey]],
    index: Index,
    fiscal_year: int | None,
    *,
    refusal: str = "",
    outside: str = "",
    keep_rows: bool = True,
) -> TableResult:
    """Read one published table, settle its family and map it; unmatched tables stay cells.

    ``refusal``: why it is no table of its family though title and header say so; empty where
    nothing outside the table speaks against it. ``outside``: why no table of money of the
    document has a place in the canonical ones. ``keep_rows``: whether somebody asks for the rows
    of a table that stays cells.
    """
    sheet = lay_out(group, number, pages, texts)
    match, reading, is_one_project = _recognise(sheet, index, outside, keep_rows=keep_rows)
    del sheet  # of a long table the grid alone is some ten megabytes
    if match.family is None:
        return _unread(reading, match, index)
    table, meaning = _settle(reading.table, match, index, fiscal_year)
    if refusal := meaning.refusal or refusal:
        match = replace(
            match,
            family=None,
            code="header-unknown",
            reason=refusal,
            titled=match.family,
        )
        keys_of_title, leaves = group.first.keys, reading.table.columns
        printed = (cell.text for row in reading.table.rows for cell in row)
        match = as_details(match, keys_of_title, leaves, printed, index.families, index.schemas)
        if match.family is None:
            return _unread(reading, match, index)
        table, meaning = _settle(reading.table, match, index, fiscal_year)
    by_meaning = (_match_finding(match, reading.table),) if match.code in _BY_MEANING else ()
    family = index.schemas.families[match.family or ""]
    if is_one_project:
        mapped = map_project_form(table, index.schemas, index.forms[PROJECT])
        mapped = _with_form_details(table, mapped, index)
    else:
        mapped = _map(table, meaning.attributes, index)
    rules = index.families.headers[family.name]
    glued = glued_rows(table) if family.layout in _OF_ROWS else ()
    told = [
        with_candidates(finding, table, index.schemas, rules)
        for finding in (*meaning.findings, *mapped.findings, *glued)
    ]
    filled = (key for place in table.fragments for key in keys.get(place, ()))
    # Not one dict of both: of a long document it would be ten megabytes.
    ledger = close_ledger(table.table_id, filled, (reading.uses, mapped.uses), texts)
    return TableResult(
        table,
        reading.n_rows,
        match,
        mapped.records,
        ledger.uses,
        (*reading.findings, *by_meaning, *told, *ledger.findings),
    )


def _recognise(
    sheet: Sheet, index: Index, outside: str, *, keep_rows: bool
) -> tuple[FamilyMatch, TableReading, bool]:
    """A table's family, the table read as that asks for, and whether it is one project's form.

    A form has no header tree: all its rows are body and its columns those of the drawn grid.
    """
    grid, keys = sheet.grid, sheet.group.first.keys
    header = read_header(grid, index.words)
    match = match_family(keys, header.columns, index.families, index.schemas)
    if outside and {match.family, match.titled}.isdisjoint(_OF_PROJECTS):
        match = FamilyMatch(None, match.kind, None, "title-out-of-scope", outside)
    is_open = match.family is None and match.code != "title-out-of-scope"
    if is_open and match.titled in (None, PROJECT):
        texts = ([placed.text for placed in row] for row in grid.rows)
        if may_hold_list(texts, index.forms[PROJECT]):
            as_form = read_table(sheet, read_form(grid, index.words))
            if is_project_form(as_form.table, index.forms[PROJECT]):
                return replace(match, family=PROJECT), as_form, True
    printed = (placed.text for row in grid.rows for placed in row)
    match = as_details(match, keys, header.columns, printed, index.families, index.schemas)
    if match.family is None:
        return match, read_table(sheet, header, with_cells=keep_rows), False
    if index.schemas.families[match.family].layout == "form":
        return match, read_table(sheet, read_form(grid, index.words)), False
    reading = read_table(sheet, header)
    if match.family == _PURCHASES and category_column(reading.table) is not None:
        match = replace(match, family=PROCUREMENT, code="family-by-meaning")
    return match, reading, False


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


def _unread(reading: TableReading, match: FamilyMatch, index: Index) -> TableResult:
    """A table that stays cells, with the finding that says why."""
    table = reading.table
    finding = with_candidates(_match_finding(match, table), table, index.schemas, None)
    return TableResult(table, reading.n_rows, match, (), {}, (*reading.findings, finding))


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
