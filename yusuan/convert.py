"""One document from bytes to canonical tables: everything but writing.

``convert`` is the unit of parallelism, of resuming and of testing. What it returns depends on the
bytes and the settings alone; the name of the file is only recorded.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pyarrow as pa

from yusuan import __version__
from yusuan.arrow import (
    Layout,
    empty_tables,
    findings_to_rows,
    layouts_of,
    records_to_table,
    rows_to_table,
)
from yusuan.cells import cells_to_table, drained
from yusuan.corrections.apply import apply_corrections
from yusuan.corrections.marking import mark
from yusuan.corrections.model import Correction
from yusuan.extract.model import EngineName, RawDocument, RawPage
from yusuan.extract.readers import PageNumberError, read_document
from yusuan.extract.source import EngineError, Source, SourceError, open_source
from yusuan.extract.text_layer import is_broken
from yusuan.files import digest_of_name
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.findings import as_documented
from yusuan.normalize.model import CellKey, CellUse, Finding, Record, Value
from yusuan.normalize.pages import is_scan
from yusuan.prove.completeness import note_uncovered
from yusuan.prove.paper import Paper, make_paper
from yusuan.prove.proof import Proof, prove
from yusuan.prove.recognised import mark_recognised
from yusuan.schemas.loader import load
from yusuan.schemas.model import Schemas
from yusuan.second_reading import settle

Engine = Literal["auto", "pdfium", "pdfplumber", "camelot"]
Status = Literal["ok", "partial", "failed"]

AMOUNT_TYPE = pa.decimal128(20, 2)

# The second readers tell of every oddity of a file on stderr, unless somebody listens.
for _library in ("pdfminer", "pdfplumber", "playa"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

# The notes of a source (see ``extract.source``): finding codes, and which of them mean a loss.
FINDING_OF_NOTE = {
    "truncated": "truncated-file",
    "repaired": "repaired-file",
    "pages-unreadable": "pages-unreadable",
}
# A source error's own code where it is not listed here.
FINDING_OF_SOURCE_ERROR = {"truncated": "truncated-file"}
_LOSSES = {"truncated": "", "pages-unreadable": "pages that cannot be read: "}

# The one amount that is not printed: how far a figure is proved.
_GRAIN_OF_PROOF = "proof_within_yuan"
_COUNTED = ("agreed", "single", "recognised", "source_inconsistent", "suspect", "inferred")

_VALUES_BETWEEN_COLLECTIONS = 100_000

# Tables that hold no published figures of their own.
_NOT_FACTS = frozenset({"documents", "tables", "checks", "findings", "cells", "narrative_facts"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result besides the bytes. ``pages``: 1-based; None reads them all.

    ``witness_pages``: how many pages of a document second readers may read where identities fail;
    0 asks none. ``ocr_pages``: how many pages that are pictures are recognised,
    where the extra ``ocr`` is installed. ``corrections``: what reviewers decided on this document.
    ``keep_raw``: whether the result holds the pages as read. Without them each is let go once its
    cells are written, which of a long document is a third of the memory; the tables are the same.
    """

    engine: Engine = "auto"
    pages: tuple[int, ...] | None = None
    witness_pages: int = 12
    ocr_pages: int = 100
    corrections: tuple[Correction, ...] = ()
    keep_raw: bool = True

    @property
    def reader(self) -> EngineName:
        """The engine that reads; ``auto`` is PDFium, our own reader."""
        return "pdfium" if self.engine == "auto" else self.engine


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """A converted document: all canonical tables as Arrow tables (empty ones too), by name.

    ``error`` says what went wrong and what to do, for ``partial`` and ``failed``. ``raw`` is None
    where the document could not be read, or was not to be kept.
    """

    doc_id: str
    source: str
    status: Status
    error: str | None
    tables: Mapping[str, pa.Table]
    raw: RawDocument | None = None


@lru_cache(maxsize=1)
def loaded_schemas() -> Schemas:
    """The data of ``schemas``, read once per process (it never changes while one runs)."""
    return load()


@lru_cache(maxsize=1)
def _index() -> Index:
    return prepare(loaded_schemas())


@lru_cache(maxsize=1)
def _layouts() -> Mapping[str, Layout]:
    return layouts_of(loaded_schemas())


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
    """The stages of ``convert``, and what becomes of an error in one of them."""
    stage = "open"
    try:
        opened = open_source(given, name)
        stage = "read"
        raw = read_document(opened, settings.reader, settings.pages, settings.ocr_pages)
        stage = "settle"
        raw = _settled(opened, raw, settings, index)
        stage = "normalize"
        normalized = normalize(raw, index, keep_rows=False)
        stage = "prove"
        normalized = note_uncovered(normalized, raw.pages)
        corrected = apply_corrections(normalized.records, settings.corrections, index.schemas)
        normalized = replace(normalized, records=corrected.records)
        table_ids = {key: t.table_id for t in normalized.logical for key in t.fragments}
        paper = _paper(opened, raw, normalized, settings)
        normalized = replace(normalized, logical=())  # of a long document half of the memory
        proof = mark_recognised(_prove(normalized, index.schemas, paper), raw.pages)
        proof = mark(proof, corrected)
        stage = "tables"
        normalized = replace(normalized, records=())  # proof has the records
        head = _head(opened, raw)
        tables = _tables(head, normalized, proof, index.schemas)
        pages, kept = list(raw.pages), raw if settings.keep_raw else None
        uses, texts = dict(normalized.uses), dict(normalized.texts)
        # Nobody needs them any more: what the cells are written of goes as they are written.
        del raw, opened, corrected, paper, normalized, proof
        tables["cells"] = _cells(head.doc_id, pages, uses, texts, table_ids)
        return DocumentResult(head.doc_id, head.source, head.status, head.error, tables, kept)
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


def doc_id_of(given: str | Path | bytes, source: str) -> str:
    """The sha256 (hex) of the bytes; where there are none to read, of ``source:`` and its name."""
    if isinstance(given, bytes):
        return hashlib.sha256(given).hexdigest()
    try:
        with Path(given).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return digest_of_name(source)


def failed(doc_id: str, source: str, code: str, error: str) -> DocumentResult:
    """The result of a document that could not be converted: its row and one finding, no facts.

    The name of the file is left out of ``error``: it has a column of its own, and the same bytes
    may later be given under another name.
    """
    schemas = loaded_schemas()
    error = error.removeprefix(f"{file_name_of(source)}: ")
    row = _document_row(doc_id, source, "failed", error)
    findings = as_documented([Finding(code=code, note=error)], schemas.finding_rules)
    tables = empty_tables(schemas)
    tables["documents"] = rows_to_table(schemas.tables["documents"], schemas.version, [row])
    tables["findings"] = rows_to_table(
        schemas.tables["findings"], schemas.version, findings_to_rows(findings, doc_id)
    )
    return DocumentResult(doc_id, source, "failed", error, tables)


def _told(error: Exception) -> str:
    """Type, message and innermost place of an exception, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}{place}. Please report it with the file."


def file_name_of(source: str) -> str:
    """The last part of a path or address; of an address without its query, of URLs decoded."""
    scheme, mark, rest = source.partition("://")
    if not mark:
        return source.replace("\\", "/").rstrip("/").rpartition("/")[2] or source
    path = rest.partition("/")[2].partition("?")[0]
    if scheme.lower() in ("http", "https"):
        path = unquote(path.partition("#")[0])
    return path.rstrip("/").rpartition("/")[2] or source


def _document_row(doc_id: str, source: str, status: Status, error: str | None) -> dict[str, Value]:
    return {
        "doc_id": doc_id,
        "source": source,
        "file_name": file_name_of(source),
        "status": status,
        "error": error,
        "n_tables": 0,
        "n_amounts": 0,
        "n_proved": 0,
        "n_agreed": 0,
        "n_single": 0,
        "n_recognised": 0,
        "n_source_inconsistent": 0,
        "n_suspect": 0,
        "n_inferred": 0,
        "tool_version": __version__,
    }


def _paper(
    opened: Source, raw: RawDocument, normalized: Normalized, settings: Settings
) -> Paper | None:
    """Witnesses are asked of what the fast reader read; none is a witness of itself."""
    if not _is_fast(settings):
        return None
    return make_paper(normalized, raw, opened.data, settings.witness_pages)


def _settled(opened: Source, raw: RawDocument, settings: Settings, index: Index) -> RawDocument:
    """The document with its unruled tables on the columns that satisfy more identities."""

    def judge(reading: RawDocument) -> Proof:
        return _prove(normalize(reading, index, keep_rows=False), index.schemas, None)

    def read(by_camelot: frozenset[int]) -> RawDocument:
        return read_document(
            opened, settings.reader, settings.pages, settings.ocr_pages, by_camelot=by_camelot
        )

    return settle(raw, judge, read, settings.witness_pages) if _is_fast(settings) else raw


def _is_fast(settings: Settings) -> bool:
    """Whether second readers may be asked: of what the fast reader read, for none is its own."""
    return settings.reader == "pdfium" and settings.witness_pages > 0


def _prove(normalized: Normalized, schemas: Schemas, paper: Paper | None) -> Proof:
    kind = normalized.meta.get("doc_kind")
    return prove(
        normalized.records,
        normalized.tables,
        schemas.identities,
        kind if isinstance(kind, str) else None,
        paper,
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """What the tables need of a document besides its cells.

    ``columns``: of its row in ``documents``; ``findings``: of reading it.
    """

    doc_id: str
    source: str
    status: Status
    error: str | None
    columns: Mapping[str, Value]
    findings: tuple[Finding, ...]


def _head(opened: Source, raw: RawDocument) -> _Head:
    error = _what_is_lost(raw)
    columns: dict[str, Value] = {
        "page_count": opened.page_count,
        "producer": raw.producer,
        "text_layer": _has_text_layer(raw.pages),
    }
    status: Status = "partial" if error else "ok"
    return _Head(raw.doc_id, raw.source, status, error, columns, _reading_findings(raw))


def _tables(
    head: _Head, normalized: Normalized, proof: Proof, schemas: Schemas
) -> dict[str, pa.Table]:
    """All tables, that of the cells still empty."""
    doc_id, layouts = head.doc_id, _layouts()
    told = (*head.findings, *normalized.findings, *proof.findings)
    findings = as_documented(told, schemas.finding_rules)
    by_table: dict[str, list[Record]] = {}
    for record in (*proof.records, *proof.checks, *proof.tables):
        by_table.setdefault(record.table, []).append(record)
    tables = {
        name: records_to_table(layout, by_table.get(name, ()), doc_id)
        for name, layout in layouts.items()
    }
    tables["findings"] = rows_to_table(
        schemas.tables["findings"], schemas.version, findings_to_rows(findings, doc_id)
    )
    row = _document_row(doc_id, head.source, head.status, head.error) | {
        **normalized.meta,
        **head.columns,
        "n_tables": sum(_is_recognised(record) for record in normalized.tables),
        "n_amounts": sum(_count_amounts(tables[name]) for name in tables.keys() - _NOT_FACTS)
        - proof.counts["inferred"],
        "n_proved": proof.n_proved,
        **{f"n_{name}": proof.counts[name] for name in _COUNTED},
    }
    tables["documents"] = rows_to_table(schemas.tables["documents"], schemas.version, [row])
    return tables


def _cells(
    doc_id: str,
    pages: list[RawPage],
    uses: dict[CellKey, tuple[CellUse, str]],
    texts: dict[CellKey, str],
    table_ids: Mapping[tuple[int, int], str],
) -> pa.Table:
    """The table of cells. ``table_ids``: the published table by page and index of each drawn one.

    Empties ``pages``, ``uses`` and ``texts`` as it goes, so that their memory serves the table.
    """
    return cells_to_table(
        _layouts()["cells"],
        doc_id,
        drained(pages),
        lambda key: uses.pop(key, None),
        lambda key: texts.pop(key, None),
        table_ids,
    )


def _is_recognised(table: Record) -> bool:
    """Whether a table of known family stands in the document (and not in its contents alone)."""
    return table.values.get("family") is not None and table.values.get("status") != "missing"


def _count_amounts(table: pa.Table) -> int:
    names = (f.name for f in table.schema if f.type == AMOUNT_TYPE and f.name != _GRAIN_OF_PROOF)
    columns = (table.column(name) for name in names)
    return sum(len(column) - column.null_count for column in columns)


def _has_text_layer(pages: tuple[RawPage, ...]) -> bool | None:
    """False where every page that shows anything is a scan; None where no page shows anything."""
    shown = [page for page in pages if page.has_image or page.n_glyphs]
    return not all(is_scan(page) or page.text_source == "ocr" for page in shown) if shown else None


def _what_is_lost(raw: RawDocument) -> str | None:
    """Why a document is partial, in one line; None where all of it was read."""
    lost = [_LOSSES[code] + text for code, text in _notes(raw) if code in _LOSSES]
    scans = ", ".join(str(page.number) for page in raw.pages if is_scan(page))
    if scans:
        lost.append(f"pages that are pictures without text, whose tables are not read: {scans}")
    mute = ", ".join(str(page.number) for page in raw.pages if is_broken(page))
    if mute:
        lost.append(f"pages with characters that cannot be decoded: {mute}")
    return "; ".join(lost) or None


def _notes(raw: RawDocument) -> list[tuple[str, str]]:
    """The notes of the source as (code, text)."""
    parts = (note.partition(": ") for note in raw.notes)
    return [(code, text) for code, _, text in parts]


def _reading_findings(raw: RawDocument) -> tuple[Finding, ...]:
    """Findings for what reading noted about the file (single pages are normalisation's)."""
    return tuple(
        Finding(
            code=FINDING_OF_NOTE[code],
            note=_LOSSES.get(code, "") + text,
        )
        for code, text in _notes(raw)
    )
