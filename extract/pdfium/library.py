"""The functions of PDFium that the reader calls, with plain-address prototypes.

pypdfium2's own prototypes want typed pointers, which ctypes must build for every call. Here all
handles and output pointers are bare addresses (``c_void_p``), so that results are written straight
into numpy buffers. What is asked of every character, object or point is asked of all of them at
once (``Each``), in a compiled loop where the package was installed with a C compiler at hand.

PDFium is not thread safe: one process, one thread.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ctypes import c_char_p, c_int, c_size_t, c_uint, c_ulong, c_void_p
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pypdfium2  # noqa: F401 - importing it initialises the library
from pypdfium2_raw import bindings

from ..source import ExtractError

_compiled: Callable[..., None] | None
try:
    from ._each import each as _compiled
except ImportError:  # installed without a compiler: the same calls, one by one
    _compiled = None

Function = Callable[..., Any]
Words: TypeAlias = npt.NDArray[np.uint64]
"""Handles and addresses."""


class Addresses(NamedTuple):
    """Where the items of one column of a C-ordered array stand, row by row."""

    array: npt.NDArray[Any]
    column: int = 0


Argument: TypeAlias = int | range | npt.NDArray[np.int64] | Words | Addresses
"""The same for all items, or one for each."""


class PdfOpenError(ExtractError, ValueError):
    """The bytes are not a PDF that can be read; ``reason`` is password, format, security, other."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)  # both in args, so that it survives pickling
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


def _function(name: str, restype: type | None, *argtypes: type) -> Function:
    """A new function pointer, apart from pypdfium2's, so that its prototypes stay as they are.

    The pointer keeps the interpreter lock: most calls last far less than giving the lock away and
    taking it back, which would cost a quarter of the time of the many small ones.
    """
    address = ctypes.cast(bindings._libs["pdfium"][name], c_void_p).value
    return ctypes.PYFUNCTYPE(restype, *argtypes)(address or 0)


@dataclass(frozen=True, slots=True)
class Each:
    """A function of PDFium that is asked of many items at once."""

    pointer: Any
    address: int
    is_wide: bool

    def __call__(self, count: int, *arguments: Argument) -> npt.NDArray[Any]:
        """Its ``count`` answers: uint64 where they are handles, else int64.

        What it writes goes to the ``Addresses`` among the arguments.
        """
        if _compiled is None:
            return self.one_by_one(count, *arguments)
        answers = np.empty(count, np.uint64 if self.is_wide else np.int64)
        _compiled(self.address, self.is_wide, count, answers, arguments)
        return answers

    def one_by_one(self, count: int, *arguments: Argument) -> npt.NDArray[Any]:
        """The same through ctypes."""
        calls: Iterable[int | None] = map(self.pointer, *(_values(a) for a in arguments))
        return np.fromiter(calls, np.uint64 if self.is_wide else np.int64, count)


def _values(argument: Argument) -> Iterable[int]:
    if isinstance(argument, int):
        return repeat(argument)
    if isinstance(argument, Addresses):
        array, column = argument
        start, step = array.ctypes.data + column * array.itemsize, array.strides[0]
        return range(start, start + step * len(array), step) if len(array) else range(0)
    return argument if isinstance(argument, range) else argument.tolist()


def distinct(
    words: Words,
) -> tuple[Words, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The different ones among (n,) words, sorted; a place of each; and which of them each is.

    ``np.unique`` takes three times as long, since it wants each one's first place.
    """
    order = words.argsort()
    ordered = words[order]
    is_new = np.ones(len(words), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    which = np.empty(len(words), np.int64)
    which[order] = is_new.cumsum() - 1
    return ordered[is_new], order[is_new], which


def _each(name: str, restype: type, *argtypes: type) -> Each:
    pointer: Any = _function(name, restype, *argtypes)
    return Each(pointer, ctypes.cast(pointer, c_void_p).value or 0, restype is c_size_t)


_P, _I = c_void_p, c_int
# Indices go as addresses too: ctypes converts those a third faster than a c_int, and the callee
# reads the lower half of the same register (or, with 32 bits, the same word).
_N = c_void_p
_W = c_size_t  # a handle that ctypes gives as a number, also where it is null

load_document = _function("FPDF_LoadMemDocument64", _P, c_char_p, c_size_t, c_char_p)
close_document = _function("FPDF_CloseDocument", None, _P)
last_error = _function("FPDF_GetLastError", c_ulong)
page_count = _function("FPDF_GetPageCount", _I, _P)
meta_text = _function("FPDF_GetMetaText", c_ulong, _P, c_char_p, _P, c_ulong)
load_page = _function("FPDF_LoadPage", _P, _P, _I)
close_page = _function("FPDF_ClosePage", None, _P)
page_box = _function("FPDF_GetPageBoundingBox", _I, _P, _P)
page_rotation = _function("FPDFPage_GetRotation", _I, _P)

annotation_count = _function("FPDFPage_GetAnnotCount", _I, _P)
get_annotation = _function("FPDFPage_GetAnnot", _P, _P, _I)
close_annotation = _function("FPDFPage_CloseAnnot", None, _P)
annotation_kind = _function("FPDFAnnot_GetSubtype", _I, _P)
annotation_text = _function("FPDFAnnot_GetStringValue", c_ulong, _P, c_char_p, _P, c_ulong)
remove_annotation = _function("FPDFPage_RemoveAnnot", _I, _P, _I)
flatten = _function("FPDFPage_Flatten", _I, _P, _I)

rendered_image = _function("FPDFImageObj_GetRenderedBitmap", _P, _P, _P, _P)
bitmap_format = _function("FPDFBitmap_GetFormat", _I, _P)
bitmap_buffer = _function("FPDFBitmap_GetBuffer", _P, _P)
bitmap_stride = _function("FPDFBitmap_GetStride", _I, _P)
bitmap_height = _function("FPDFBitmap_GetHeight", _I, _P)
destroy_bitmap = _function("FPDFBitmap_Destroy", None, _P)

page_objects = _function("FPDFPage_CountObjects", _I, _P)
page_object = _each("FPDFPage_GetObject", _W, _P, _N)
form_objects = _function("FPDFFormObj_CountObjects", _I, _P)
form_object = _each("FPDFFormObj_GetObject", _W, _P, _N)
object_type = _each("FPDFPageObj_GetType", _I, _P)
object_matrix = _each("FPDFPageObj_GetMatrix", _I, _P, _P)
fill_color = _each("FPDFPageObj_GetFillColor", _I, _P, _P, _P, _P, _P)
stroke_color = _each("FPDFPageObj_GetStrokeColor", _I, _P, _P, _P, _P, _P)
stroke_width = _each("FPDFPageObj_GetStrokeWidth", _I, _P, _P)
clip_path = _each("FPDFPageObj_GetClipPath", _W, _P)
clip_count = _each("FPDFClipPath_CountPaths", _I, _P)
clip_segments = _each("FPDFClipPath_CountPathSegments", _I, _P, _N)
clip_segment = _each("FPDFClipPath_GetPathSegment", _W, _P, _N, _N)
path_mode = _each("FPDFPath_GetDrawMode", _I, _P, _P, _P)
path_segments = _each("FPDFPath_CountSegments", _I, _P)
path_segment = _each("FPDFPath_GetPathSegment", _W, _P, _N)
segment_type = _each("FPDFPathSegment_GetType", _I, _P)
segment_point = _each("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
segment_close = _each("FPDFPathSegment_GetClose", _I, _P)

load_text = _function("FPDFText_LoadPage", _P, _P)
close_text = _function("FPDFText_ClosePage", None, _P)
count_chars = _function("FPDFText_CountChars", _I, _P)
char_object = _each("FPDFText_GetTextObject", _W, _P, _N)
char_code = _each("FPDFText_GetUnicode", c_uint, _P, _N)
page_text = _function("FPDFText_GetText", _I, _P, _I, _I, _P)
char_box = _each("FPDFText_GetLooseCharBox", _I, _P, _N, _P)
char_origin = _each("FPDFText_GetCharOrigin", _I, _P, _N, _P, _P)
char_is_guessed = _each("FPDFText_HasUnicodeMapError", _I, _P, _N)
char_is_hyphen = _function("FPDFText_IsHyphen", _I, _P, _I)
text_mode = _each("FPDFTextObj_GetTextRenderMode", _I, _P)
text_size = _each("FPDFTextObj_GetFontSize", _I, _P, _P)

OBJECT_TEXT, OBJECT_PATH, OBJECT_IMAGE, OBJECT_SHADING, OBJECT_FORM = 1, 2, 3, 4, 5
SEGMENT_LINE, SEGMENT_BEZIER, SEGMENT_MOVE = 0, 1, 2
_trim: Function | None = (
    None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "malloc_trim", None)
)
_REASONS = {3: "format", 4: "password", 5: "security"}
_MESSAGES = {
    "format": "not a PDF, or damaged beyond what PDFium mends",
    "password": "the PDF is encrypted and needs a password",
    "security": "the PDF uses an unknown kind of encryption",
    "other": "PDFium cannot open the PDF",
}


@contextmanager
def opened(data: bytes) -> Iterator[int]:
    """The handle of a document that is closed at the end; ``data`` must outlive it.

    Raises PdfOpenError when PDFium refuses the bytes.
    """
    document = load_document(data, len(data), None)
    if not document:
        reason = _REASONS.get(int(last_error()), "other")
        raise PdfOpenError(reason, _MESSAGES[reason])
    try:
        yield int(document)
    finally:
        close_document(document)
        give_memory_back()


def give_memory_back() -> None:
    """Let the C library return what PDFium has freed; it keeps tens of megabytes for later.

    Only glibc can be told so; elsewhere nothing happens. Takes about a millisecond.
    """
    if _trim is not None:
        _trim(0)


def document_producer(document: int) -> str | None:
    """The Producer of the document's information dictionary; None when absent or blank."""
    length = int(meta_text(document, b"Producer", None, 0))
    buffer = ctypes.create_string_buffer(length)
    meta_text(document, b"Producer", buffer, length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0").strip() or None
