"""Coverage by place, and without each place's own data lines: docs/coverage.md.

A data line (a title, a header path, a row label, a heading) is kept for a place when a document of
another place uses it; all others are taken out, as if the project had never seen the place: what is
still read is read by the lines of others and by meaning. Places of one province print one form and
count as one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coverage import Coverage, cover, share

from yusuan.extract.model import RawDocument
from yusuan.normalize.columns import matching_rules
from yusuan.normalize.document import Index, Normalized, normalize, prepare, unwrap_cells
from yusuan.normalize.family import match_title
from yusuan.normalize.model import CellKey, Record
from yusuan.normalize.pages import is_scan
from yusuan.normalize.stitch import stitch_pages
from yusuan.prove.proof import PROVED, prove
from yusuan.schemas.loader import load
from yusuan.schemas.model import Schemas

_SAME_FORM = (("上海", "上海普陀"), ("江苏", "无锡", "苏州"), ("福州", "泉州"))
_DETAILS = "amount_details"
_Line = tuple[str, object]
_Fact = tuple[str, CellKey, tuple[tuple[str, object], ...]]
# What makes a fact the same fact; names and texts may be worded by a label line.
_MEANING = (
    "side", "line_kind", "fund_scope", "measure", "flow", "period", "revenue_source", "item",
    "version", "row_type", "func_code", "gov_econ_code", "dept_econ_code", "category_code",
    "amount_yuan", "amount_text", "total_yuan", "fiscal_yuan", "project_code", "level1",
    "level2", "level3", "value_text", "budget_total_yuan", "dimension", "of_table", "of_column",
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """What was read of a place, with all data lines and without its own."""

    documents: list[Coverage]
    n_scans: int = 0
    n_pages: int = 0
    amounts: int = 0
    proved: int = 0
    parts: int = 0
    proved_parts: int = 0
    facts: int = 0
    kept: int = 0
    changed: int = 0
    unmatched: int = 0
    left_out: int = 0

    def total(self, name: str) -> int:
        """The sum of one count over the documents."""
        return sum(getattr(c, name) for c in self.documents)


def write_places(raws: Mapping[Path, RawDocument], target: Path) -> None:
    """Measure all documents and write the page."""
    schemas = load()
    index = prepare(schemas)
    by_place: defaultdict[str, list[RawDocument]] = defaultdict(list)
    for path, raw in raws.items():
        by_place[path.parent.name].append(raw)
    read = {p: [normalize(raw, index) for raw in docs] for p, docs in by_place.items()}
    used = {
        p: frozenset(line for raw, result in zip(docs, read[p], strict=True)
                     for line in used_lines(raw, result, index))
        for p, docs in by_place.items()
    }  # fmt: skip
    places = {}
    reasons: Counter[str] = Counter()
    for name in sorted(by_place):
        place = Place(
            [cover(raw.file_name, r) for raw, r in zip(by_place[name], read[name], strict=True)]
        )
        _count(place, by_place[name], read[name], schemas)
        own = own_lines(name, used, schemas)
        place.left_out = len(own)
        unseen = prepare(without(schemas, own))
        for raw, full in zip(by_place[name], read[name], strict=True):
            _compare(place, full, normalize(raw, unseen))
        places[name] = place
        for document in place.documents:
            reasons.update(why for _, _, why in document.rest)
    target.write_text(page(places, reasons), encoding="utf-8")


def own_lines(
    place: str, used: Mapping[str, frozenset[_Line]], schemas: Schemas
) -> frozenset[_Line]:
    """The lines that only this place (and those of its form) uses, or that nobody uses.

    A line that no document at hand needs may have been written for the place all the same.
    """
    group = next((g for g in _SAME_FORM if place in g), (place,))
    others: set[_Line] = set()
    for name, lines in used.items():
        if name not in group:
            others |= lines
    lines = {("title", t.suffix) for t in schemas.titles}
    lines |= {("header", (h.families, h.path)) for h in schemas.headers}
    lines |= {("label", r.label) for r in schemas.labels}
    lines |= {("heading", word) for word in schemas.vocabularies["heading"]}
    return frozenset(lines - others)


def used_lines(raw: RawDocument, result: Normalized, index: Index) -> Iterable[_Line]:
    """The data lines that decide something in a document."""
    groups, _ = stitch_pages(raw.pages, unwrap_cells(raw.pages), index.words)
    for group in groups:
        rule = match_title(group.first.keys, index.families.titles)
        if rule is not None:
            yield ("title", rule.suffix)
    headings = frozenset(index.schemas.vocabularies["heading"])
    for table in result.logical:
        # A table that is not of a family may still be one by its rules once it is read anew.
        families = [table.family] if table.family else []
        for family in families:
            for column in table.columns:
                for matched in matching_rules(column.path, index.families.headers[family]):
                    yield ("header", (matched.families, matched.path))
                yield from (("heading", s) for s in column.path if s in headings)
    labels = {record.values["label_norm"] for record in result.records if record.table == "summary"}
    yield from (("label", label) for label in labels)


def without(schemas: Schemas, lines: frozenset[_Line]) -> Schemas:
    """The schemas as if nobody had seen these lines."""
    return replace(
        schemas,
        titles=tuple(t for t in schemas.titles if ("title", t.suffix) not in lines),
        headers=tuple(h for h in schemas.headers if ("header", (h.families, h.path)) not in lines),
        labels=tuple(r for r in schemas.labels if ("label", r.label) not in lines),
        vocabularies={
            **schemas.vocabularies,
            "heading": tuple(
                w for w in schemas.vocabularies["heading"] if ("heading", w) not in lines
            ),
        },
    )


def _count(
    place: Place, raws: Sequence[RawDocument], results: Sequence[Normalized], schemas: Schemas
) -> None:
    for raw, result in zip(raws, results, strict=True):
        place.n_pages += len(raw.pages)
        place.n_scans += sum(is_scan(page) for page in raw.pages)
        place.unmatched += sum(f.code == "family-unmatched" for f in result.findings)
        kind = result.meta.get("doc_kind")
        proof = prove(
            result.records,
            result.tables,
            schemas.identities,
            kind if isinstance(kind, str) else None,
        )
        money = [
            r
            for r in proof.records
            if r.table != "narrative_facts" and r.values.get("amount_yuan") is not None
        ]
        proved = [r for r in money if r.values.get("proof") in PROVED]
        place.amounts += sum(r.table != _DETAILS for r in money)
        place.proved += sum(r.table != _DETAILS for r in proved)
        place.parts += sum(r.table == _DETAILS for r in money)
        place.proved_parts += sum(r.table == _DETAILS for r in proved)


def _compare(place: Place, full: Normalized, unseen: Normalized) -> None:
    """How many facts are read the same, and how many cells otherwise, without the own lines."""
    facts, others = _facts(full.records), _facts(unseen.records)
    place.facts += len(facts)
    place.kept += len(facts & others)
    cells = {(table, key) for table, key, _ in facts}
    both = {(table, key) for table, key, _ in others} & cells
    same = {(table, key) for table, key, _ in facts & others}
    place.changed += len(both - same) + len({(table, key) for table, key, _ in others} - cells)


def _facts(records: Iterable[Record]) -> set[_Fact]:
    return {
        (r.table, r.origin.key, tuple((n, r.values.get(n)) for n in _MEANING))
        for r in records
        if r.origin is not None and r.values.get("value_status") != "blank"
    }


def page(places: Mapping[str, Place], reasons: Counter[str]) -> str:
    """The text of docs/coverage.md."""
    rows = [_row(name, place) for name, place in places.items()]
    whole = Place([c for p in places.values() for c in p.documents])
    for field in (
        "n_scans",
        "n_pages",
        "amounts",
        "proved",
        "parts",
        "proved_parts",
        "facts",
        "kept",
        "changed",
        "unmatched",
    ):
        setattr(whole, field, sum(getattr(p, field) for p in places.values()))
    rows.append(_row("all", whole))
    unseen = [_unseen_row(name, place) for name, place in places.items() if place.facts]
    left_out = [f"| {why.partition(': ')[2]} | {n} |" for why, n in sorted(reasons.items())
                if why.startswith("ignored")]  # fmt: skip
    return _PAGE.format(
        head=_line(_COLUMNS) + "\n" + _line(["---"] * len(_COLUMNS)),
        rows="\n".join(rows),
        unseen="\n".join(unseen),
        reasons="\n".join(left_out),
    )


def _row(name: str, place: Place) -> str:
    known, tables = place.total("known"), place.total("tables")
    landed, numeric, lost = place.total("landed"), place.total("numeric"), place.total("lost")
    return (
        f"| {name} | {len(place.documents)} | {place.n_pages} | {place.n_scans} | {known}/{tables} "
        f"| {place.unmatched} | {numeric} | {landed} "
        f"| {place.total('details')} | {place.total('finer')} "
        f"| {place.total('other')} | {lost} | {share(landed, landed + lost)} "
        f"| {share(landed, landed + lost + place.total('finer'))} "
        f"| {share(landed, place.total('drawn'))} | {share(place.proved, place.amounts)} "
        f"| {share(place.proved_parts, place.parts)} |"
    )


def _unseen_row(name: str, place: Place) -> str:
    return (
        f"| {name} | {place.left_out} | {place.facts} | {place.kept} "
        f"| {share(place.kept, place.facts)} | {place.changed} |"
    )


_COLUMNS = (
    "place", "documents", "pages", "scans", "tables", "unmatched", "numbers", "facts", "details",
    "finer", "other", "lost", "coverage", "with finer", "all tables", "proved", "details proved",
)  # fmt: skip


def _line(fields: Iterable[str]) -> str:
    return f"| {' | '.join(fields)} |"


_PAGE = """\
# Coverage

Made by `python benchmarks/coverage.py FOLDER --write docs/coverage.md` over published documents of
the places below, a folder each (they are not part of the project). Nothing on this page is written
by hand; run the command again after a change.

## By place

- *tables*: recognised by family, of all published tables. The others are known tables that no
  canonical table has a place for (title lines with the family `-`), lists without figures, and
  *unmatched* ones (finding `family-unmatched`).
- *numbers*: numeric cells of recognised tables, without codes and line numbers. Each is a *fact*;
  or *finer*: money broken down in a way that no table has a place for, left out by name; or
  *other*: no amount of this budget (an earlier year, a difference, a quantity), left out by name;
  or *lost*: a finding. *details* are the facts in `amount_details`: money that the canonical tables
  hold in another cut, or as a whole of which it is a part.
- *coverage*: facts of facts and lost; the strict figure is *with finer*: facts of facts, lost and
  finer.
  *all tables*: facts of the numbers in all ruled tables, recognised or not.
- *proved*: facts with an amount that an accounting identity proves (docs/proof.md), of the
  canonical tables; *details proved* of `amount_details`.
- *scans*: pages that are pictures without text.

{head}
{rows}

Reasons of what is left out by name:

| reason | numbers |
| --- | --- |
{reasons}

## As if unseen

For each place every title, header path, label and heading is taken out that no document of another
place uses (places of one province print one form and count as one): what is left are lines that
other places need too, and the reading by meaning (`header_words.csv`, `title_words.csv`). These
words were collected with the same documents at hand, so that a place nobody has seen may do worse.
*kept*: facts read the same from the same cell, with the same meaning; *otherwise*: cells from
which something else is read.

| place | lines taken out | facts | kept | share | otherwise |
| --- | --- | --- | --- | --- | --- |
{unseen}
"""
