"""Read a PDF with PDFium, a page at a time, into tables and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import addressof, c_float
from dataclasses import dataclass, field, replace

import numpy as np

from ..drawn_signs import signs_to_rules
from ..grid import merge_rules, rules_to_grids
from ..model import EngineName, Glyphs, RawPage
from ..settings import ReadSettings
from ..tables import assemble_page
from ..text_layer import find_unreadable
from . import library as pdf
from .annotations import load_page
from .clips import Place
from .codes import has_figures
from .geometry import (
    Bounds,
    Floats,
    Matrix,
    display_matrix,
    transform_boxes,
    transform_points,
    turn_matrix,
    turn_rules,
)
from .glyphs import PageGlyphs, no_glyphs, read_glyphs
from .objects import PageObjects, PaintSettings, walk_page
from .opaque import is_opaque
from .strokes import paths_to_drawn
from .texts import has_turned_text
from .watermarks import texts_of_runs


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is printed on one page, before tables are looked for; displayed coordinates.

    ``rules_h``, ``rules_v``: (n, 3) at, start, end, as drawn, unmerged. ``cut``: glyphs that only
    a clip hides. ``watermarks``: glyphs that are written across the others. ``n_covered``:
    glyphs over which a page-wide picture is drawn.
    """

    number: int
    width: float
    height: float
    rotation: int
    glyphs: Glyphs
    cut: Glyphs
    rules_h: Floats
    rules_v: Floats
    n_hidden: int
    has_image: bool
    watermarks: Glyphs | None = None
    n_covered: int = 0


@dataclass(frozen=True, slots=True)
class PdfiumReader:
    """The default engine. Keeps nothing between pages; not for use from several threads.

    ``only_tables``: leave out the text of pages without rules and figures, half of their cost.
    """

    settings: ReadSettings = field(default_factory=ReadSettings)
    engine: EngineName = "pdfium"
    only_tables: bool = False

    def read_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[RawPage]:
        """Yield the pages asked for (1-based; None = all), one at a time, in page order.

        Raises PdfOpenError when the bytes are no readable PDF, ValueError for a page number that
        the document does not have.
        """
        for content in read_contents(data, pages, self.settings, self.only_tables):
            yield content_to_page(content, self.settings, self.engine)


def content_to_page(
    content: PageContent, settings: ReadSettings, engine: EngineName = "pdfium"
) -> RawPage:
    """Rules to cells to tables with their text."""
    rules = merge_rules(content.rules_h, content.rules_v, settings.rules)
    grids = rules_to_grids(rules, settings.grid)
    tables, lines = assemble_page(
        content.number, content.glyphs, grids, settings.text, engine, content.cut
    )
    return RawPage(
        number=content.number,
        width=content.width,
        height=content.height,
        rotation=content.rotation,
        tables=tables,
        lines=lines,
        n_glyphs=len(content.glyphs),
        n_hidden=content.n_hidden,
        has_image=content.has_image,
        n_unreadable=int(np.count_nonzero(find_unreadable(content.glyphs.codes))),
        n_watermark=0 if content.watermarks is None else len(content.watermarks),
        n_covered=content.n_covered,
        watermarks=() if content.watermarks is None else texts_of_runs(content.watermarks),
    )


def read_contents(
    data: bytes, pages: Sequence[int] | None, settings: ReadSettings, only_tables: bool = False
) -> Iterator[PageContent]:
    """Glyphs and rules of the pages asked for (1-based; None = all), in page order.

    ``only_tables``: without the glyphs of pages that hold neither rules nor figures apart.
    """
    with pdf.opened(data) as document:
        count = int(pdf.page_count(document))
    numbers = range(1, count + 1) if pages is None else sorted(set(pages))
    for begin in range(0, len(numbers), _PAGES_PER_OPENING):
        with pdf.opened(data) as document:
            for number in numbers[begin : begin + _PAGES_PER_OPENING]:
                if not 1 <= number <= count:
                    raise ValueError(
                        f"page {number} is not in the document, which has {count} pages"
                    )
                content = turn_upright(_read_page(document, number, settings, only_tables))
                yield _with_signs(content)


_PAGES_PER_OPENING = 32
"""PDFium keeps what it has parsed of a document while that is open; opening takes microseconds."""


def document_info(data: bytes) -> tuple[int, str | None]:
    """Number of pages and Producer of a PDF. Raises PdfOpenError as read_pages does."""
    with pdf.opened(data) as document:
        return int(pdf.page_count(document)), pdf.document_producer(document)


def _read_page(
    document: int, number: int, settings: ReadSettings, only_tables: bool
) -> PageContent:
    page = load_page(document, number - 1)
    if not page:
        return _blank_page(number)
    try:
        rotation = 90 * int(pdf.page_rotation(page))
        matrix, width, height = display_matrix(_crop_box(page), rotation)
        place = Place(matrix, (0.0, 0.0, width, height))
        found = walk_page(page, place, PaintSettings(settings.white))
        drawn = paths_to_drawn(found.paths, settings.rules, _pictures(found))
        has_image = bool(found.page_wide(_SCAN_SHARE))
        has_rules = len(drawn.rules_v) > 0 or _has_level_rules(drawn.rules_h)
        may_hold_table = has_rules or has_image or not only_tables
        if may_hold_table or has_turned_text(found) or has_figures(page):
            glyphs = read_glyphs(page, found, drawn, settings.printed_share, settings.white)
        else:
            glyphs = PageGlyphs(no_glyphs(), no_glyphs(), 0)
        n_covered = glyphs.n_covered
        if n_covered:
            wide = [found.pictures[i] for i in found.page_wide()]
            if not any(is_opaque(document, page, picture) for picture in wide):
                n_covered = 0
    finally:
        pdf.close_page(page)
    return PageContent(
        number=number,
        width=width,
        height=height,
        rotation=rotation,
        glyphs=glyphs.printed,
        cut=glyphs.cut,
        rules_h=drawn.rules_h,
        rules_v=drawn.rules_v,
        n_hidden=glyphs.n_hidden,
        has_image=has_image,
        watermarks=glyphs.watermarks,
        n_covered=n_covered,
    )


def _with_signs(content: PageContent) -> PageContent:
    """A page with the rules that are set with characters among its rules."""
    found = signs_to_rules(content.glyphs)
    if found is None:
        return content
    glyphs, level, upright = found
    return replace(
        content,
        glyphs=glyphs,
        rules_h=np.concatenate((content.rules_h, level)),
        rules_v=np.concatenate((content.rules_v, upright)),
    )


def turn_upright(content: PageContent) -> PageContent:
    """Turn a page whose text is nearly all written sideways or upside down.

    Landscape tables are often bound into a portrait book; read as displayed, their rows would be
    columns. ``rotation`` then counts this turn too.
    """
    turns = content.glyphs.turns
    if turns is None or not turns.any():
        return content
    counts = np.bincount(turns, minlength=4)
    turn = int(counts.argmax())
    if turn == 0 or counts[turn] < _NEARLY_ALL * len(turns):
        return content
    degrees = 90 * (4 - turn)
    matrix, width, height = turn_matrix(content.width, content.height, degrees)
    rules_h, rules_v = turn_rules(content.rules_h, content.rules_v, matrix)
    return replace(
        content,
        width=width,
        height=height,
        rotation=(content.rotation + degrees) % 360,
        glyphs=_turned(content.glyphs, matrix, turn),
        cut=_turned(content.cut, matrix, turn),
        rules_h=rules_h,
        rules_v=rules_v,
    )


def _turned(glyphs: Glyphs, matrix: Matrix, turn: int) -> Glyphs:
    """Glyphs on the page that is turned back by ``turn`` quarters."""
    assert glyphs.turns is not None and glyphs.clips is not None
    return replace(
        glyphs,
        boxes=transform_boxes(glyphs.boxes, matrix),
        origins=transform_points(glyphs.origins, matrix),
        turns=((glyphs.turns + 4 - turn) % 4).astype(np.uint8),
        clips=transform_boxes(glyphs.clips, matrix),
    )


_NEARLY_ALL = 0.9
"""A sideways page holds little else than its page number upright; a page with some sideways
labels has far more upright text."""


def _has_level_rules(rules: Floats) -> bool:
    """Whether three level rules run from one x to another: a table without upright ones."""
    long = rules[rules[:, 2] - rules[:, 1] > _LEAST_WIDTH]
    if len(long) < _LEVEL_RULES:
        return False
    _, counts = np.unique(np.round(long[:, 1:] / _SAME_END), axis=0, return_counts=True)
    return int(counts.max()) >= _LEVEL_RULES


_LEAST_WIDTH, _SAME_END, _LEVEL_RULES = 60.0, 3.0, 3
"""pt, pt: underlines are shorter; a page has a rule at its head and foot, such tables three."""


def _blank_page(number: int) -> PageContent:
    """A page that PDFium cannot load: size 0, nothing on it. ``open_source`` tells which these are.

    Raising here would lose the document's other pages.
    """
    none = np.empty((0, 3), np.float32)
    return PageContent(number, 0.0, 0.0, 0, no_glyphs(), no_glyphs(), none, none, 0, False)


def _crop_box(page: int) -> Bounds:
    """Left, bottom, right, top of what is displayed of the page, in user space."""
    box = _Sides()
    pdf.page_box(page, addressof(box))
    left, top, right, bottom = box
    return left, bottom, right, top


_Sides = c_float * 4

_SCAN_SHARE = 0.5
"""A picture that covers more of the page may be all that it prints."""


def _pictures(found: PageObjects) -> Floats:
    """(n, 4) displayed boxes of the page's images and shadings."""
    boxes = [box for box, _ in (*found.images, *found.shadings)]
    return np.array(boxes, np.float32).reshape(-1, 4)
