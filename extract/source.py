"""Opening what was given as a PDF: its identity, whether it can be read, and mending if need be.

Everything that can be wrong with a download is settled here, with an error that a user can act
on, so that the readers may assume bytes that PDFium opens.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

SourceCode = Literal[
    "file-missing",
    "empty-file",
    "html-not-pdf",
    "not-a-pdf",
    "truncated",
    "encrypted",
    "zero-pages",
    "unreadable",
]

# ISO 32000-1 annex H (implementation notes 13 and 18): readers look for the header in the first
# 1024 bytes and for the end marker in the last 1024.
_HEADER_WINDOW = 1024
_END_WINDOW = 1024

# Longest prefix first where one is the start of another.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office 97-2003 or WPS file (doc, xls, ppt, wps, et)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
)
_ZIP_MEMBERS: tuple[tuple[bytes, str], ...] = (
    (b"OFD.xml", "an OFD document"),
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint file (pptx)"),
)
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|script|meta|title|\?xml|error)\b", re.I)


class ExtractError(Exception):
    """Root of every error that ``yusuan.extract`` raises on purpose."""


class SourceError(ExtractError):
    """A file cannot be read as a PDF; ``code`` is stable, ``message`` says what to do."""

    def __init__(self, code: SourceCode, message: str) -> None:
        super().__init__(code, message)  # both in args, so that it survives pickling
        self.code: SourceCode = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class EngineError(ExtractError):
    """An engine cannot read a document that PDFium opens."""


class PageError(EngineError):
    """An engine cannot read one page; ``number`` is 1-based."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(number, reason)
        self.number = number
        self.reason = reason

    def __str__(self) -> str:
        return f"page {self.number} cannot be read: {self.reason}"


_Page = TypeVar("_Page")


def past_refused(
    read: Callable[[Sequence[int]], Iterable[_Page]], wanted: Iterable[int]
) -> Iterator[_Page]:
    """What an engine makes of the pages wanted (ascending), going on behind each that it refuses.

    What came before a PageError stays. Any other EngineError is of the whole document, and raised.
    """
    remaining = list(wanted)
    while remaining:
        try:
            yield from read(remaining)
            return
        except PageError as error:
            remaining = [number for number in remaining if number > error.number]


@dataclass(frozen=True, slots=True)
class Source:
    """A PDF that can be read.

    ``doc_id``: sha256 (hex) of the bytes as given, also where ``data`` had to be mended.
    ``source``: path or URL as given. ``notes`` begin with a code: ``truncated:`` (the end of the
    file is missing, so pages may be too), ``repaired:`` (what was done), ``pages-unreadable:``.
    """

    doc_id: str
    source: str
    file_name: str
    data: bytes
    page_count: int
    producer: str | None = None
    repaired: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_truncated(self) -> bool:
        """Whether part of the published file is missing: what is read is not all of it."""
        return any(note.startswith(("truncated:", "pages-unreadable:")) for note in self.notes)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What PDFium says of some bytes. ``unreadable``: 1-based pages that it cannot load."""

    page_count: int
    producer: str | None
    unreadable: tuple[int, ...] = ()


def open_source(given: str | PathLike[str] | bytes, source: str | None = None) -> Source:
    """Open a PDF given by path or as bytes.

    ``source`` is the path or URL to record; by default the path itself. Damaged files are re-saved
    through pikepdf in memory. Raises SourceError.
    """
    name = source if source is not None else _default_name(given)
    file_name = _file_name(name)
    data = given if isinstance(given, bytes) else _read_file(Path(given), file_name)
    _refuse_other_formats(data, file_name)
    doc_id = hashlib.sha256(data).hexdigest()

    def made(read: bytes, opened: _Opened, notes: tuple[str, ...]) -> Source:
        repaired = read is not data
        return Source(
            doc_id, name, file_name, read, opened.page_count, opened.producer, repaired, notes
        )

    has_end = _has_end_marker(data)
    try:
        opened = _open_with_pdfium(data, check_pages=not has_end)
    except pdfium.PdfiumError as error:
        if b"/Encrypt" in data:  # PDFium's code may be left over from another file
            _refuse_encrypted(error, file_name)
        return _mended(data, file_name, has_end, made)
    if has_end:
        return made(data, opened, ())
    if opened.unreadable or opened.page_count < _declared_page_count(data):
        # PDFium rebuilds a lost cross-reference table without a word and may find less than qpdf.
        return _mended(data, file_name, has_end, made, fallback=opened)
    return made(data, opened, _damage_notes(opened, data))


def _default_name(given: str | PathLike[str] | bytes) -> str:
    return "<bytes>" if isinstance(given, bytes) else str(given)


def _file_name(source: str) -> str:
    """Return the last segment of a path or URL, percent-decoded for a URL."""
    if re.match(r"https?://", source, re.I):
        return unquote(urlsplit(source).path).rstrip("/").rpartition("/")[2] or source
    return Path(source).name or source


def _read_file(path: Path, file_name: str) -> bytes:
    if path.is_dir():
        raise SourceError(
            "file-missing", f"{file_name}: this is a folder; a PDF file was expected here."
        )
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(
            "file-missing",
            f"{file_name}: there is no such file. Check the path ({path}) and run again.",
        ) from None
    except OSError as error:
        raise SourceError(
            "unreadable",
            f"{file_name}: the file cannot be read ({error.strerror}). Check its permissions.",
        ) from error


def _refuse_other_formats(data: bytes, file_name: str) -> None:
    """Raise SourceError for empty files, web pages and other formats."""
    if not data.strip(b"\0"):
        what = "is empty" if not data else f"holds {len(data)} zero bytes and nothing else"
        raise SourceError(
            "empty-file",
            f"{file_name}: the file {what}; a PDF was expected. Download it again.",
        )
    head = data[:_HEADER_WINDOW]
    if b"%PDF-" in head:
        return
    if _WEB_PAGE.search(head.replace(b"\0", b"")):  # UTF-16 pages have a NUL in every character
        raise SourceError(
            "html-not-pdf",
            f"{file_name}: this is a web page, not a PDF: the server sent a page (an error, a "
            "login or a redirect) in place of the file. Open the link in a browser, save the PDF "
            "itself and run again.",
        )
    kind = _kind_of(data)
    # A PDF may have lost its first bytes, or stand behind a long preamble: then let qpdf try.
    if kind is None and b"endobj" in data:
        return
    kind = kind or f"data of an unknown kind (it begins with {head[:8]!r})"
    raise SourceError(
        "not-a-pdf",
        f"{file_name}: this is {kind}, not a PDF (no %PDF- in its first {_HEADER_WINDOW} bytes). "
        "Convert it to PDF, or fetch the PDF that was published, and run again.",
    )


def _kind_of(data: bytes) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return next((kind for member, kind in _ZIP_MEMBERS if member in data), "a ZIP archive")
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def _has_end_marker(data: bytes) -> bool:
    """Whether ``%%EOF`` stands near the end, padding of zeros and blanks aside."""
    return b"%%EOF" in data.rstrip(b"\0 \t\r\n")[-_END_WINDOW:]


def _open_with_pdfium(data: bytes, *, check_pages: bool) -> _Opened:
    """Tell what PDFium reads; with ``check_pages`` each page is loaded once. Raises PdfiumError."""
    document = pdfium.PdfDocument(data)
    try:
        count = len(document)
        unreadable = [n for n in range(1, count + 1) if check_pages and not _loads(document, n)]
        producer = document.get_metadata_value("Producer").strip("\0 \t\r\n")
        return _Opened(count, producer or None, tuple(unreadable))
    finally:
        document.close()


def _loads(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        document[number - 1].close()
    except pdfium.PdfiumError:
        return False
    return True


def _refuse_encrypted(error: pdfium.PdfiumError, file_name: str) -> None:
    if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
        raise SourceError(
            "encrypted",
            f"{file_name}: the PDF is encrypted and opens only with a password. Remove the "
            "password (for instance: qpdf --password=... --decrypt IN OUT) and run again.",
        ) from error
    if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
        raise SourceError(
            "encrypted",
            f"{file_name}: the PDF is protected by a rights-management scheme that needs the "
            "publisher's own software. Print it to an unprotected PDF and run again.",
        ) from error


def _mended(
    data: bytes,
    file_name: str,
    has_end: bool,
    made: Callable[[bytes, _Opened, tuple[str, ...]], Source],
    fallback: _Opened | None = None,
) -> Source:
    """Make the source from re-saved bytes, or as it is where those give no more pages.

    ``fallback``: what PDFium made of the bytes as given, if it opened them. Raises SourceError.
    """
    resaved = _resave(data, file_name)
    if resaved is not None:
        try:
            opened = _open_with_pdfium(resaved.data, check_pages=True)
        except pdfium.PdfiumError:
            opened = _Opened(0, None)
        if _n_readable(opened) > (0 if fallback is None else _n_readable(fallback)):
            notes = _repair_notes(opened, _declared_page_count(data), has_end)
            return made(resaved.data, opened, notes)
    if fallback is not None and _n_readable(fallback):
        return made(data, fallback, _damage_notes(fallback, data))
    raise _hopeless(file_name, has_end, is_sound=resaved is not None and resaved.is_sound)


def _n_readable(opened: _Opened) -> int:
    return opened.page_count - len(opened.unreadable)


@dataclass(frozen=True, slots=True)
class _Resaved:
    """A file rebuilt by qpdf. ``is_sound``: qpdf had nothing to mend."""

    data: bytes
    is_sound: bool


def _resave(data: bytes, file_name: str) -> _Resaved | None:
    """Return the file rebuilt by qpdf, None where qpdf gives up. Raises SourceError (encrypted)."""
    import pikepdf  # only damaged files need it

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            buffer = io.BytesIO()
            pdf.save(buffer)
            return _Resaved(buffer.getvalue(), is_sound=not pdf.get_warnings())
    except pikepdf.PasswordError as error:
        raise SourceError(
            "encrypted",
            f"{file_name}: the PDF is damaged and encrypted, so it cannot be mended. Download it "
            "again, remove its password and run again.",
        ) from error
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError):
        return None  # no catalogue, no page tree, or objects of the wrong type: nothing to mend


def _declared_page_count(data: bytes) -> int:
    """Return the page count in the page tree's root as written, 0 where it is compressed.

    Read from the bytes because qpdf has dropped the lost pages from the tree by the time it opens.
    """
    roots = re.findall(rb"<<[^<>]*/Type\s*/Pages\b[^<>]*>>", data)
    counts = [re.search(rb"/Count\s+(\d{1,6})\b", root) for root in roots]
    return max((int(count[1]) for count in counts if count), default=0)


def _repair_notes(opened: _Opened, declared: int, has_end: bool) -> tuple[str, ...]:
    """Say what was mended; pages lost on the way count as truncation."""
    notes = ["repaired: the file was damaged; its object table was rebuilt and the file re-saved"]
    if not has_end or declared > opened.page_count:
        lost = (
            f"{opened.page_count} of {declared} pages could be recovered"
            if declared > opened.page_count
            else f"{opened.page_count} pages could be recovered, their contents may be cut short"
        )
        notes.append(f"truncated: the file is incomplete; {lost}; download it again")
    return (*notes, *_unreadable_note(opened))


def _damage_notes(opened: _Opened, data: bytes) -> tuple[str, ...]:
    """Say what is lost of a file without an end that is read as it is."""
    declared = _declared_page_count(data)
    lost = "its last bytes are lost"
    if declared > opened.page_count:
        lost = f"{opened.page_count} of {declared} pages are left"
    note = f"truncated: the file has no end marker; {lost}; download it again"
    return (note, *_unreadable_note(opened))


def _unreadable_note(opened: _Opened) -> tuple[str, ...]:
    if not opened.unreadable:
        return ()
    return (f"pages-unreadable: {', '.join(map(str, opened.unreadable))}",)


def _hopeless(file_name: str, has_end: bool, *, is_sound: bool) -> SourceError:
    """Make the error for bytes from which no page can be had."""
    if not has_end:
        return SourceError(
            "truncated",
            f"{file_name}: the PDF is cut short (no %%EOF at its end) and no page could be "
            "recovered. The download was probably interrupted: download it again.",
        )
    if is_sound:
        return SourceError(
            "zero-pages",
            f"{file_name}: the PDF opens but has no pages; a disclosure with at least one page "
            "was expected. Check the published file.",
        )
    return SourceError(
        "unreadable",
        f"{file_name}: this begins like a PDF but cannot be read, and mending it failed. Open it "
        "in a PDF viewer and print it to a new PDF, or download it again.",
    )
