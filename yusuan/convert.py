"""One document from bytes to canonical tables: everything but writing.

``convert`` is the unit of parallelism, of resuming and of testing. What it returns depends on the
bytes and the settings alone; the name of the file is only recorded.
"""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from yusuan.arrow import (
    Layout,
    findings_to_rows,
    layouts_of,
    records_to_table,
    rows_to_table,
)
from yusuan.cells import cells_in_parts, drained, joined
from yusuan.corrections.apply import apply_corrections
from yusuan.corrections.marking import mark
from yusuan.extract.model import RawDocument, RawPage
from yusuan.extract.pdfium.library import give_memory_back
from yusuan.extract.readers import PageNumberError, read_document
from yusuan.extract.source import EngineError, Source, SourceError, open_source
from yusuan.head import Head, document_row, head_of
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.findings import as_documented
from yusuan.normalize.model import Record
from yusuan.packed import PackedTables, pack, pack_whole
from yusuan.prove.completeness import note_uncovered
from yusuan.prove.paper import Paper, make_paper
from yusuan.prove.proof import Inquiry, Proof, ask, conclude, inquire
from yusuan.prove.recognised import mark_recognised, recognised_pages
from yusuan.prove.witness import Questions
from yusuan.result import DocumentResult, Settings, doc_id_of, failed, loaded_schemas
from yusuan.schemas.model import Schemas
from yusuan.second_reading import settle

AMOUNT_TYPE = pa.decimal128(20, 2)

# The second readers tell of every oddity of a file on stderr, unless somebody listens.
for _library in ("pdfminer", "pdfplumber", "playa"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# A source error's own code where it is not listed here.
FINDING_OF_SOURCE_ERROR = {"truncated": "truncated-file"}

# The one amount that is not printed: how far a figure is proved.
_GRAIN_OF_PROOF = "proof_within_yuan"
_COUNTED = ("agreed", "single", "recognised", "source_inconsistent", "suspect", "inferred")

_VALUES_BETWEEN_COLLECTIONS = 100_000

# Tables that hold no published figures of their own.
_NOT_FACTS = frozenset({"documents", "tables", "checks", "findings", "cells", "narrative_facts"})


@lru_cache(maxsize=1)
def _index() -> Index:
    return prepare(loaded_schemas())


@lru_cache(maxsize=1)
def _layouts() -> Mapping[str, Layout]:
    return layouts_of(loaded_schemas())


@lru_cache(maxsize=1)
def _amounts_of() -> Mapping[str, tuple[str, ...]]:
    """The names of the columns with printed amounts, by table."""
    return {
        name: tuple(
            f.name for f in layout.schema if f.type == AMOUNT_TYPE and f.name != _GRAIN_OF_PROOF
        )
        for name, layout in _layouts().items()
    }


def load() -> None:
    """The reviewed data, which is otherwise read with the first document."""
    _index()
    _layouts()
    _amounts_of()


def convert(
    given: str | Path | bytes, settings: Settings | None = None, source: str | None = None
) -> DocumentResult:
    """Convert one PDF, given by path or as bytes. Never raises for what is wrong with a document.

    Raises SchemaError where the reviewed data itself is wrong.
    ``source`` is what to record as its origin (by default the path).
    """
    name = source or ("<bytes>" if isinstance(given, bytes) else str(given))
    index, _ = _index(), _layouts()
    with _seldom_collected():
        return _convert(given, settings or Settings(), name, index)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look for reference cycles seldom: a document is a million values without any.

    By its own measure it would look through all of them again and again, a quarter of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(_VALUES_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _convert(
    given: str | Path | bytes, settings: Settings, name: str, index: Index
) -> DocumentResult:
    """The stages of ``convert``, and what becomes of an error in one of them.

    What no later stage needs is let go: of a long document the pages, the figures with their
    identities, the records and the tables take as much memory each.
    """
    stage = "open"
    try:
        opened = open_source(given, name)
        stage = "read"
        raw = read_document(opened, settings.reader, settings.pages, settings.ocr_pages)
        stage = "settle"
        raw, judged = _settled(opened, raw, settings, index)
        stage = "normalize"
        normalized = judged.normalized if judged else normalize(raw, index, keep_rows=False)
        stage = "prove"
        normalized = note_uncovered(normalized, raw.pages)
        corrected = apply_corrections(normalized.records, settings.corrections, index.schemas)
        normalized = replace(normalized, records=corrected.records)
        known = judged.inquiry if judged and not settings.corrections else None
        inquiry = known or _inquire(normalized, index.schemas)
        del judged, known
        paper, asked = _asked(opened, raw, normalized, inquiry, settings)
        stage = "cells"
        head, recognised = head_of(opened, raw), recognised_pages(raw.pages)
        pages, kept = list(raw.pages), raw if settings.keep_raw else None
        del raw
        parts = _cells(head.doc_id, pages, normalized)
        cells = joined(parts) if settings.keep_raw else pack(_layouts()["cells"].schema, parts)
        normalized = replace(normalized, uses={}, texts={}, logical=())
        give_memory_back()  # that the parts were made in
        stage = "prove"
        verdict = conclude(inquiry, paper, asked)
        records = list(corrected.records)
        normalized, corrected = replace(normalized, records=()), replace(corrected, records=())
        del inquiry, paper, opened
        proof = mark(mark_recognised(verdict.proof_of(drained(records)), recognised), corrected)
        stage = "tables"
        rows = _by_table(proof)
        proof = replace(proof, records=(), checks=(), tables=())
        made = _tables(head, normalized, proof, rows)
        tables = _held(made, settings) | {"cells": cells}
        tables = {name: tables[name] for name in _layouts()}
        held = tables if settings.keep_raw else PackedTables(tables)
        return DocumentResult(head.doc_id, head.source, head.status, head.error, held, kept)
    except SourceError as error:
        code = FINDING_OF_SOURCE_ERROR.get(error.code, error.code)
        return failed(doc_id_of(given, name), name, code, error.message)
    except PageNumberError as error:
        return failed(doc_id_of(given, name), name, "page-missing", str(error))
    except EngineError as error:
        note = f"{error}; give --engine auto, which reads it with PDFium"
        return failed(doc_id_of(given, name), name, "engine-failed", note)
    except MemoryError:  # of the process, not of the document: who started it tells
        raise
    except Exception as error:  # the one place where a broken document must not end the run
        note = f"could not be converted (stage {stage}): {_told(error)}"
        return failed(doc_id_of(given, name), name, "internal-error", note)


def _told(error: Exception) -> str:
    """Type, message and innermost place of an exception, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}{place}. Please report it with the file."


class _Judged(NamedTuple):
    """A reading with what the identities make of it."""

    normalized: Normalized
    inquiry: Inquiry

    @property
    def n_failed(self) -> int:
        return self.inquiry.n_failed

    @property
    def n_proved(self) -> int:
        return self.inquiry.n_proved


def _settled(
    opened: Source, raw: RawDocument, settings: Settings, index: Index
) -> tuple[RawDocument, _Judged | None]:
    """The document with its unruled tables on the columns that satisfy more identities."""

    def judge(reading: RawDocument) -> _Judged:
        normalized = normalize(reading, index, keep_rows=False)
        return _Judged(normalized, _inquire(normalized, index.schemas))

    def read(by_camelot: frozenset[int]) -> RawDocument:
        return read_document(
            opened, settings.reader, settings.pages, settings.ocr_pages, by_camelot=by_camelot
        )

    return settle(raw, judge, read, settings.witness_pages) if _is_fast(settings) else (raw, None)


def _is_fast(settings: Settings) -> bool:
    """Whether second readers may be asked: of what the fast reader read, for none is its own."""
    return settings.reader == "pdfium" and settings.witness_pages > 0


def _inquire(normalized: Normalized, schemas: Schemas) -> Inquiry:
    kind = normalized.meta.get("doc_kind")
    return inquire(
        normalized.records,
        normalized.tables,
        schemas.identities,
        kind if isinstance(kind, str) else None,
    )


def _asked(
    opened: Source,
    raw: RawDocument,
    normalized: Normalized,
    inquiry: Inquiry,
    settings: Settings,
) -> tuple[Paper | None, Questions | None]:
    """What witnesses are asked, with the pages for that and no others; None where they are not."""
    if not _is_fast(settings):
        return None, None
    paper = make_paper(normalized, raw, opened.data, settings.witness_pages)
    asked = ask(inquiry, paper)
    return paper.of_pages(asked.pages), asked


def _cells(doc_id: str, pages: list[RawPage], normalized: Normalized) -> Iterator[pa.Table]:
    """The table of cells in parts. Empties ``pages``, so that their memory serves the table."""
    return cells_in_parts(
        _layouts()["cells"],
        doc_id,
        drained(pages),
        normalized.uses.get,
        normalized.texts.get,
        {place: table.table_id for table in normalized.logical for place in table.fragments},
    )


def _by_table(proof: Proof) -> dict[str, list[Record]]:
    """The rows of the facts, of ``checks`` and of ``tables``."""
    by_table: dict[str, list[Record]] = {}
    for record in (*proof.records, *proof.checks, *proof.tables):
        by_table.setdefault(record.table, []).append(record)
    return by_table


def _tables(
    head: Head, normalized: Normalized, proof: Proof, rows: dict[str, list[Record]]
) -> Iterator[tuple[str, pa.Table]]:
    """All tables but that of the cells, by name. Takes them from ``rows``, by table, as it goes."""
    doc_id = head.doc_id
    n_amounts = -proof.counts["inferred"]
    for name, layout in _layouts().items():
        if name in ("documents", "findings", "cells"):
            continue
        table = records_to_table(layout, rows.pop(name, ()), doc_id)
        n_amounts += 0 if name in _NOT_FACTS else _count_amounts(table, _amounts_of()[name])
        yield name, table
    told = (*head.findings, *normalized.findings, *proof.findings)
    findings = findings_to_rows(as_documented(told, loaded_schemas().finding_rules), doc_id)
    yield "findings", rows_to_table(_layouts()["findings"], findings)
    row = document_row(doc_id, head.source, head.status, head.error) | {
        **normalized.meta,
        **head.columns,
        "n_tables": sum(_is_recognised(record) for record in normalized.tables),
        "n_amounts": n_amounts,
        "n_proved": proof.n_proved,
        **{f"n_{name}": proof.counts[name] for name in _COUNTED},
    }
    yield "documents", rows_to_table(_layouts()["documents"], [row])


def _held(tables: Iterable[tuple[str, pa.Table]], settings: Settings) -> dict[str, Any]:
    """The tables by name, each packed before the next is made where pages are not kept either."""
    if settings.keep_raw:
        return dict(tables)
    return {name: pack_whole(table) for name, table in tables}


def _is_recognised(table: Record) -> bool:
    """Whether a table of known family stands in the document (and not in its contents alone)."""
    return table.values.get("family") is not None and table.values.get("status") != "missing"


def _count_amounts(table: pa.Table, names: Iterable[str]) -> int:
    columns = (table.column(name) for name in names)
    return sum(len(column) - column.null_count for column in columns)
