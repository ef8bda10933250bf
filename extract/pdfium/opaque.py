"""Whether a picture hides what is under it, or is a watermark that lets it through."""

from __future__ import annotations

import ctypes

import numpy as np

from . import library as pdf

_BGRA = 4  # FPDFBitmap_BGRA
_SOLID, _MOSTLY = 200, 0.5


def is_opaque(document: int, page: int, picture: int) -> bool:
    """Whether most of a picture on an open page covers, as PDFium paints it."""
    bitmap = pdf.rendered_image(document, page, picture)
    if not bitmap:
        return True
    try:
        if int(pdf.bitmap_format(bitmap)) != _BGRA:
            return True
        size = int(pdf.bitmap_stride(bitmap)) * int(pdf.bitmap_height(bitmap))
        alphas = np.frombuffer(ctypes.string_at(pdf.bitmap_buffer(bitmap), size), np.uint8)[3::4]
        return bool(np.count_nonzero(alphas >= _SOLID) > _MOSTLY * len(alphas))
    finally:
        pdf.destroy_bitmap(bitmap)
