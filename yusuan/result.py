"""What a conversion is asked for and what it gives, apart from converting.

A process that only hands out documents and publishes results needs this and none of the stages,
whose import takes a third of a second and 25 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pyarrow as pa

from yusuan.arrow import findings_to_rows, layouts_of, rows_to_table
from yusuan.corrections.model import Correction
from yusuan.extract.model import EngineName, RawDocument
from yusuan.files import digest_of_name
from yusuan.head import Status, document_row, file_name_of
from yusuan.normalize.findings import as_documented
from yusuan.normalize.model import Finding
from yusuan.schemas.loader import load
from yusuan.schemas.model import Schemas

Engine = Literal["auto", "pdfium", "pdfplumber", "camelot"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result besides the bytes. ``pages``: 1-based; None reads them all.

    ``witness_pages``: how many pages of a document second readers may read where identities fail;
    0 asks none. ``ocr_pages``: how many pages that are pictures are recognised,
    where the extra ``ocr`` is installed. ``corrections``: what reviewers decided on this document.
    ``keep_raw``: whether the result holds the pages as read. Without them each is let go once its
    cells are written, and the tables are packed until they are asked for, which of a long document
    is half of the memory; the tables are the same.
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
    row = document_row(doc_id, source, "failed", error)
    findings = as_documented([Finding(code=code, note=error)], schemas.finding_rules)
    layouts = layouts_of(schemas)
    tables = {name: layout.empty for name, layout in layouts.items()}
    tables["documents"] = rows_to_table(layouts["documents"], [row])
    tables["findings"] = rows_to_table(layouts["findings"], findings_to_rows(findings, doc_id))
    return DocumentResult(doc_id, source, "failed", error, tables)
