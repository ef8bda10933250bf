"""Propose lines for the data files of ``schemas`` from a document's tables that matched nothing.

A proposal is a line as it would stand in its file, with the nearest known ones and the reason, for
a person to review: what is not known for sure is left as ``?``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.captions import title_key
from yusuan.normalize.columns import HeaderIndex, column_attributes, matching_rules
from yusuan.normalize.document import Index, Normalized
from yusuan.normalize.family import families_by_header, header_fit, match_title
from yusuan.normalize.model import Finding, LeafColumn, LogicalTable
from yusuan.normalize.nearest import likeness, nearest_headers, nearest_labels, nearest_titles
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.normalize.wording import comparison

File = Literal["titles.csv", "headers.csv", "labels.csv"]
_COLUMNS: Final[dict[File, str]] = {
    "titles.csv": "suffix,family,kind,fund_scope,reason,source",
    "headers.csv": "families,path,attributes,source",
    "labels.csv": "families,label,attributes,source",
}
_UNKNOWN: Final = "?"
_TITLE_CODES: Final = ("family-unmatched", "header-unknown", "family-by-meaning")
# A family whose rules know less of a header than this is no guess worth printing.
_MIN_FIT: Final = 0.5
_SAMPLES: Final = 3
# Below this the nearest header is shown, and its meaning left to the reviewer.
_ALIKE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line to add. ``fields`` in the file's order; ``?`` where a person has to decide.

    ``page`` (1-based) and ``table_id`` say where it was seen; ``candidates`` are the nearest lines
    that exist, the best first; ``reason`` says what speaks for the line.
    """

    file: File
    fields: tuple[str, ...]
    page: int
    table_id: str
    reason: str
    candidates: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The line as it stands in the file."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow(self.fields)
        return buffer.getvalue()


def propose(result: Normalized, index: Index, source: str) -> tuple[Proposal, ...]:
    """The lines that would let the document's tables be read, in the order of its pages.

    ``source``: what to write in the lines' last field (where they were seen). A line is proposed
    once, where it is first needed.
    """
    tables = {table.table_id: table for table in result.logical}
    proposals: dict[tuple[File, tuple[str, ...]], Proposal] = {}
    for table in tables.values():
        own = [f for f in result.findings if f.table_id == table.table_id]
        for proposal in _of_table(table, own, index, source):
            proposals.setdefault((proposal.file, proposal.fields), proposal)
    return tuple(proposals.values())


def _of_table(
    table: LogicalTable, findings: Sequence[Finding], index: Index, source: str
) -> Iterator[Proposal]:
    unsettled = next((f for f in findings if f.code in _TITLE_CODES), None)
    family = table.family
    if unsettled is not None:
        family = family or _titled(table, index) or _likely_family(table, index)
        if unsettled.code != "header-unknown":
            yield _title(table, family, unsettled, index, source)
    if family is None:
        return
    if unsettled is not None or any(f.code.startswith("column-") for f in findings):
        yield from _headers(table, family, index, source)
    for finding in findings:
        if finding.code == "label-unknown" and finding.before and table.family:
            yield _label(table, finding, index, source)


def _titled(table: LogicalTable, index: Index) -> str | None:
    """The family that the title names."""
    rule = match_title([title_key(table.title)], index.families.titles) if table.title else None
    return rule.family if rule is not None and rule.family != "-" else None


def _likely_family(table: LogicalTable, index: Index) -> str | None:
    """The family whose rules know most of the header."""
    fits = families_by_header(table.columns, index.families, index.schemas)
    return fits[0][1] if fits and fits[0][0] >= _MIN_FIT else None


def _title(
    table: LogicalTable, family: str | None, finding: Finding, index: Index, source: str
) -> Proposal:
    suffix = title_key(table.title) or _UNKNOWN
    if finding.code == "family-by-meaning":
        reason = f"read as {family} by its words and header; a line makes that certain"
    elif family:
        share, _ = header_fit(table.columns, family, index.families, index.schemas)
        reason = f"{family} knows {share:.0%} of its columns"
    else:
        reason = "no family knows its columns; '-' with a reason if no canonical table has a place"
    usual = index.schemas.families[family].fund_scope if family else None
    scope = table.fund_scope if table.family and table.fund_scope != usual else None
    fields = (suffix, family or _UNKNOWN, table.kind or "", scope or "", "", source)
    near = nearest_titles(table.title, index.schemas) if table.title else ()
    return Proposal("titles.csv", fields, table.page_first, table.table_id, reason, near)


def _headers(table: LogicalTable, family: str, index: Index, source: str) -> Iterator[Proposal]:
    rules = index.families.headers[family]
    attributes = column_attributes(table.columns, rules)
    for column, attribute in zip(table.columns, attributes, strict=True):
        if "role" in attribute or not column.path:
            continue
        texts = _texts(table, column)
        near = nearest_headers(column.path, rules)
        fields = (family, "/".join(column.path), _attributes(column, texts, near, rules), source)
        reason = f"holds {_content(texts)}"
        yield Proposal("headers.csv", fields, table.page_first, table.table_id, reason, near)


def _texts(table: LogicalTable, column: LeafColumn) -> list[str]:
    return [c.text for row in table.rows for c in row if c.col == column.index and c.text]


def _content(texts: Sequence[str]) -> str:
    if not texts:
        return "nothing"
    amounts = sum(looks_like_amount(text) for text in texts)
    kind = "amounts" if 2 * amounts > len(texts) else "words or codes"
    return f"{kind}: {', '.join(text[:12] for text in texts[:_SAMPLES])}"


def _attributes(
    column: LeafColumn, texts: Sequence[str], near: Sequence[str], rules: HeaderIndex
) -> str:
    """What the column may mean: a comparison by its words, else as its nearest header says."""
    if compared := comparison(column.path):
        return _written(compared)
    if not near or likeness(near[0], "/".join(column.path)) < _ALIKE:
        return f"role={_UNKNOWN}"
    merged: dict[str, str] = {}
    for rule in matching_rules(tuple(near[0].split("/")), rules):
        merged.update(rule.attributes)
    has_amounts = 2 * sum(looks_like_amount(text) for text in texts) > len(texts)
    if texts and (merged.get("role") == "measure") != has_amounts:
        return f"role={_UNKNOWN}"
    return _written(merged) or f"role={_UNKNOWN}"


def _written(attributes: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in attributes.items())


def _label(table: LogicalTable, finding: Finding, index: Index, source: str) -> Proposal:
    assert table.family is not None and finding.before is not None
    label = strip_ordinal(label_key(finding.before))[1]
    near = nearest_labels(finding.before, table.family, index.schemas)
    known = {r.label: r for r in index.schemas.labels if table.family in r.families}
    attributes = _written(known[near[0]].attributes) if near and near[0] in known else ""
    fields = (table.family, label, attributes or f"line_kind={_UNKNOWN}", source)
    page = finding.page or table.page_first
    reason = "a row of a list that no line of labels.csv names"
    return Proposal("labels.csv", fields, page, table.table_id, reason, near)


def as_text(proposals: Sequence[Proposal]) -> str:
    """The proposals by file: each line after a comment that says where, why and what is nearest."""
    lines = []
    for file, columns in _COLUMNS.items():
        own = [p for p in proposals if p.file == file]
        if not own:
            continue
        lines += [f"## {file}: {columns}", ""]
        for proposal in own:
            lines.append(f"# page {proposal.page}, {proposal.table_id}: {proposal.reason}")
            if proposal.candidates:
                lines.append(f"# nearest: {'; '.join(proposal.candidates)}")
            lines += [proposal.line, ""]
    return "\n".join(lines)
