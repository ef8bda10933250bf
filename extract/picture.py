"""A page as a picture, turned as its tables were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

from .source import PageError

if TYPE_CHECKING:
    from PIL.Image import Image

POINTS_PER_INCH = 72


def page_picture(data: bytes, number: int, dpi: float, rotation: int | None = None) -> Image:
    """The page (from 1) as an RGB picture with ``dpi`` pixels per inch.

    ``rotation``: degrees clockwise by which the stored page is shown (``RawPage.rotation``); None
    for the page's own /Rotate. A point (x, y) of a ``RawPage`` is the pixel (x, y) × dpi / 72.
    Raises PageError where the document has no such page or it cannot be drawn.
    """
    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= number <= len(document):
            raise PageError(number, f"the document has pages 1 to {len(document)}")
        try:
            page = document[number - 1]
            turn = 0 if rotation is None else (rotation - page.get_rotation()) % 360
            bitmap = page.render(scale=dpi / POINTS_PER_INCH, rotation=turn, may_draw_forms=False)
        except pypdfium2.PdfiumError as error:
            raise PageError(number, str(error)) from error
        picture: Image = bitmap.to_pil().convert("RGB")
        return picture
