"""What a document may ask for before it is refused: PDFs come from anywhere and may be hostile.

A kilobyte can unfold to gigabytes and a page tree can loop for hours. Time and memory are bounded
where documents are converted (``yusuan.workers``); the limits here are told from the bytes before
anything reads them, so that the same file is refused everywhere for the same reason. They lie far
beyond what is published: the longest books seen have some thousand pages, 30 MB, 200,000 objects.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pypdfium2 as pdfium

# Deflate (RFC 1951) makes at most 258 bytes of two bits.
_MAX_RATIO: Final = 1032
_STREAM: Final = re.compile(rb"stream\r?\n")
_MAX_FOLDS: Final = 4
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. ``stream``: one stream, unfolded."""

    file: int = 512 << 20
    pages: int = 20_000
    objects: int = 5_000_000
    stream: int = 256 << 20


class LimitError(ValueError):
    """A document exceeds a limit; the message says which."""


def check_size(n_bytes: int, limits: Limits) -> None:
    """Raise LimitError for a file that is too large to be read at all."""
    if n_bytes > limits.file:
        raise LimitError(
            f"the file has {_mib(n_bytes)}; files beyond {_mib(limits.file)} are not read. "
            "Split it, or raise --max-file-size."
        )


def check_document(data: bytes, limits: Limits) -> None:
    """Raise LimitError for bytes with too many pages or objects, or streams that unfold too far."""
    check_size(len(data), limits)
    n_objects = data.count(b"endobj") + sum(_objects_inside(data))
    if n_objects > limits.objects:
        raise LimitError(f"the PDF has more than {limits.objects:,} objects; it is not read.")
    _check_streams(data, limits)
    n_pages = _page_count(data)
    if n_pages > limits.pages:
        raise LimitError(
            f"the PDF has {n_pages:,} pages; documents beyond {limits.pages:,} are not read. "
            "Split it, or raise --max-pages."
        )


def _objects_inside(data: bytes) -> Iterator[int]:
    """What object streams say that they hold (ISO 32000-1, 7.5.7)."""
    for match in re.finditer(rb"/ObjStm\b", data):
        around = data[max(0, match.start() - 256) : match.end() + 256]
        counts = re.findall(rb"/N\s+(\d{1,12})\b", around)
        yield max((int(count) for count in counts), default=0)


def _check_streams(data: bytes, limits: Limits) -> None:
    """Unfold the streams that could exceed the limit, and no further than to it.

    One that is short cannot, unless it is folded more than once. What is unfolded is tried and not
    looked up: a dictionary can name its filters in many ways.
    """
    starts = [match.end() for match in _STREAM.finditer(data)]
    for start, end in pairwise([*starts, len(data)]):
        n_folds = data.count(b"/Fl", max(data.rfind(b"obj", 0, start), start - 512, 0), start)
        if (end - start) * _MAX_RATIO <= limits.stream and n_folds < 2:
            continue
        pieces: Iterator[bytes] = iter([data[start:end]])
        for _ in range(min(max(n_folds, 1), _MAX_FOLDS)):
            pieces = _bounded(_unfolded(pieces), limits.stream, end - start)
        for _ in pieces:
            pass


def _unfolded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Inflate, a piece at a time; nothing more from where the data is not deflated."""
    engine = zlib.decompressobj()
    try:
        for piece in pieces:
            while piece and not engine.eof:
                yield engine.decompress(piece, _PIECE)
                piece = engine.unconsumed_tail
    except zlib.error:
        return


def _bounded(pieces: Iterator[bytes], limit: int, folded: int) -> Iterator[bytes]:
    """Pass the pieces on. Raises LimitError where they are more than ``limit`` together."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise LimitError(
                f"a stream of {folded:,} bytes unfolds to more than {_mib(limit)}, as in files "
                "made to exhaust memory; it is not read."
            )
        yield piece


def _page_count(data: bytes) -> int:
    """As PDFium counts; 0 where it cannot open the file (of which the reader then tells)."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return 0
    try:
        return len(document)
    finally:
        document.close()


def _mib(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 20):,.0f} MiB"
