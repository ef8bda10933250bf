"""What is told of a document as a whole: its row in ``documents``, and what reading it noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from yusuan import __version__
from yusuan.extract.model import RawDocument, RawPage
from yusuan.extract.source import Source
from yusuan.extract.text_layer import is_broken
from yusuan.normalize.model import Finding, Value
from yusuan.normalize.pages import is_scan

Status = Literal["ok", "partial", "failed"]

# The notes of a source (see ``extract.source``): finding codes, and which of them mean a loss.
FINDING_OF_NOTE = {
    "truncated": "truncated-file",
    "repaired": "repaired-file",
    "pages-unreadable": "pages-unreadable",
}
_LOSSES = {"truncated": "", "pages-unreadable": "pages that cannot be read: "}


@dataclass(frozen=True, slots=True)
class Head:
    """What the tables need of a document besides its cells and records.

    ``columns``: of its row in ``documents``; ``findings``: of reading it.
    """

    doc_id: str
    source: str
    status: Status
    error: str | None
    columns: Mapping[str, Value]
    findings: tuple[Finding, ...]


def head_of(opened: Source, raw: RawDocument) -> Head:
    """The head of a document that was read; ``partial`` where something of it could not be."""
    error = _what_is_lost(raw)
    columns: dict[str, Value] = {
        "page_count": opened.page_count,
        "producer": raw.producer,
        "text_layer": _has_text_layer(raw.pages),
    }
    status: Status = "partial" if error else "ok"
    return Head(raw.doc_id, raw.source, status, error, columns, _reading_findings(raw))


def document_row(doc_id: str, source: str, status: Status, error: str | None) -> dict[str, Value]:
    """The row of ``documents`` as it is before anything is counted."""
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


def file_name_of(source: str) -> str:
    """The last part of a path or address; of an address without its query, of URLs decoded."""
    scheme, mark, rest = source.partition("://")
    if not mark:
        return source.replace("\\", "/").rstrip("/").rpartition("/")[2] or source
    path = rest.partition("/")[2].partition("?")[0]
    if scheme.lower() in ("http", "https"):
        path = unquote(path.partition("#")[0])
    return path.rstrip("/").rpartition("/")[2] or source


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
