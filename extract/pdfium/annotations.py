"""Text that stands on a page and not in its content: form fields and typed annotations.

A field's value, and what the typewriter of a PDF program puts on a page, are drawn by streams of
their own. What only comments on a page (links, highlights, stamps, signatures) is left out.
"""

from __future__ import annotations

import ctypes

from . import library as pdf

_FREE_TEXT, _WIDGET = 3, 20  # FPDF_ANNOT_*
_AS_DISPLAYED = 0  # FLAT_NORMALDISPLAY
_TYPED_FIELDS = ("Tx", "Ch")
_MAX_ANNOTATIONS = 5000
"""Looked at on a page; a form has hundreds."""


def load_page(document: int, index: int) -> int:
    """The handle of a page (from 0) with the text of its fields in its content; 0 where none is.

    The bytes of the document stay as they are: only what PDFium holds of it changes.
    """
    page = pdf.load_page(document, index)
    count = int(pdf.annotation_count(page)) if page else 0
    if not count or count > _MAX_ANNOTATIONS:
        return int(page or 0)
    is_typed = [_is_typed(page, i) for i in range(count)]
    if not any(is_typed):
        return int(page)
    for i in reversed(range(count)):
        if not is_typed[i]:
            pdf.remove_annotation(page, i)
    pdf.flatten(page, _AS_DISPLAYED)
    pdf.close_page(page)
    return int(pdf.load_page(document, index) or 0)


def _is_typed(page: int, index: int) -> bool:
    """Whether an annotation is a field of text or choice, or text typed on the page."""
    annotation = pdf.get_annotation(page, index)
    if not annotation:
        return False
    try:
        kind = int(pdf.annotation_kind(annotation))
        if kind != _WIDGET:
            return kind == _FREE_TEXT
        # A field may leave its type to its parent; of signatures and buttons programs write it.
        return _text(annotation, b"FT") in ("", *_TYPED_FIELDS)
    finally:
        pdf.close_annotation(annotation)


def _text(annotation: int, key: bytes) -> str:
    length = int(pdf.annotation_text(annotation, key, None, 0))
    buffer = ctypes.create_string_buffer(max(length, 2))
    pdf.annotation_text(annotation, key, buffer, length)
    return buffer.raw[:length].decode("utf-16-le", "replace").rstrip("\0")
