"""The fast reader: PDFium's glyphs and paths to tables."""

from .library import PdfOpenError
from .reader import PdfiumReader, document_info

__all__ = ["PdfOpenError", "PdfiumReader", "document_info"]
