"""Choosing an engine, and reading a whole document with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from .mend_text import mend_pages
from .model import EngineName, RawDocument, RawPage, Reader
from .pdfium import PdfiumReader
from .side_columns import restore_side_columns
from .source import ExtractError, PageError, Source, past_refused
from .unruled import add_unruled_tables


class PageNumberError(ExtractError, ValueError):
    """A page was asked for that the document does not have."""


def reader(engine: EngineName, only_tables: bool = False) -> Reader:
    """Make the reader of that name; the slower engines are imported on first use.

    ``only_tables``: pages without tables may come without their lines.
    """
    if engine == "pdfium":
        return PdfiumReader(only_tables=only_tables)
    if engine == "pdfplumber":
        from .plumber import PlumberReader

        return PlumberReader()
    if engine == "camelot":
        from .camelot_reader import CamelotReader

        return CamelotReader()
    raise ValueError(f"unknown engine {engine!r}; choose pdfium, pdfplumber or camelot")


def read_document(
    source: Source,
    engine: EngineName = "pdfium",
    pages: Sequence[int] | None = None,
    ocr_pages: int = 0,
    only_tables: bool = False,
    by_camelot: frozenset[int] = frozenset(),
) -> RawDocument:
    """Read the pages asked for (1-based; None = all) into a RawDocument, in page order.

    ``only_tables``: pages without tables may come without their lines, in half the time.
    ``by_camelot``: pages whose unruled tables get the columns of camelot, where it parts others.
    ``ocr_pages``: so many pages that are pictures are recognised, where the extra ``ocr`` is
    installed; a page takes seconds.

    A page that the engine cannot load is missing from ``pages`` and named in a note that begins
    with ``pages-unreadable:``. Raises PageNumberError, and EngineError when the engine cannot open
    what PDFium opened.
    """
    wanted = _wanted_pages(source, pages)
    read = _read_what_can_be(reader(engine, only_tables), source.data, wanted)
    if ocr_pages and any(page.is_picture for page in read):
        read = _recognise_pictures(read, source.data, ocr_pages)
    if engine == "pdfium":
        read, mended = mend_pages(read, source.data, ocr_pages)
        read = add_unruled_tables(read, source.data, known=mended, by_camelot=by_camelot)
    missing = sorted(set(wanted) - {page.number for page in read})
    notes = source.notes
    if missing:
        kept = tuple(note for note in notes if not note.startswith("pages-unreadable:"))
        notes = (*kept, f"pages-unreadable: {', '.join(map(str, missing))}")
    return RawDocument(
        doc_id=source.doc_id,
        source=source.source,
        file_name=source.file_name,
        pages=restore_side_columns(read),
        producer=source.producer,
        repaired=source.repaired,
        notes=notes,
    )


def _read_what_can_be(reader: Reader, data: bytes, wanted: Sequence[int]) -> list[RawPage]:
    """Read the pages, going on behind each one that the engine refuses."""
    read = past_refused(lambda pages: reader.read_pages(data, pages), wanted)
    return [page for page in read if page.width > 0]  # PDFium's sign for one that does not load


def _recognise_pictures(read: Sequence[RawPage], data: bytes, at_most: int) -> list[RawPage]:
    """The pages, those that are pictures read by OCR; one that cannot be drawn stays as it is."""
    from .ocr import ScanReader, is_installed

    if not is_installed():
        return list(read)
    scans = ScanReader()
    pages = list(read)
    pictures = [at for at, page in enumerate(pages) if page.is_picture]
    for at in pictures[:at_most]:
        with suppress(PageError):
            pages[at] = scans.read_page(data, pages[at])
    return pages


def _wanted_pages(source: Source, pages: Sequence[int] | None) -> tuple[int, ...]:
    if pages is None:
        return tuple(range(1, source.page_count + 1))
    beyond = sorted({page for page in pages if not 1 <= page <= source.page_count})
    if beyond:
        raise PageNumberError(
            f"{source.file_name}: page {', '.join(map(str, beyond))} was asked for, "
            f"but the document has pages 1 to {source.page_count}"
        )
    return tuple(sorted(set(pages)))
