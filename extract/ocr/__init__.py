"""Pages that are pictures: rules found in the raster, text read by OCR, then the same tables.

Needs the extra ``yusuan[ocr]`` (rapidocr with the models in its wheel, onnxruntime); works offline.
"""

from .reader import ScanReader, is_installed

__all__ = ["ScanReader", "is_installed"]
