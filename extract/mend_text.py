"""Pages whose text cannot be decoded: the second text stack is asked, then their picture.

A glyph keeps its place; only its letter changes. What nobody can tell stays undecodable, so that it
never passes for a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from .model import ENGINE_OF_TEXT, RawPage, TextSource
from .pdfium.geometry import transform_points, turn_matrix
from .pdfium.reader import PageContent, content_to_page, read_contents
from .settings import ReadSettings
from .source import EngineError, past_refused
from .text_layer import UNREADABLE, find_unreadable, is_broken

if TYPE_CHECKING:
    from .coded_text import CodedPage

Letter: TypeAlias = tuple[int, int]
"""A font's number in the document and a glyph's number in the font."""
_SPACE = 0x20
_NOTDEF = 0  # what a font draws for a letter that it has not
_SAME_PT = 0.3
"""Both libraries compute a pen position from the same numbers, in single and double precision."""
_MUTE = 0.05
"""A font without a table of letters, of which this share at least cannot be decoded, tells none."""
_SOUND = 0.95
"""A font that pdfminer decodes but for less than this is decoded by chance."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """A page's content with the shape of each glyph; ``shapes`` (n,) None where it is not known.

    ``told`` (n,): what pdfminer takes each for, U+FFFD where it does not know. ``telling``: fonts
    that tell letters by a table.
    """

    content: PageContent
    shapes: tuple[Letter | None, ...]
    told: npt.NDArray[np.uint32]
    telling: frozenset[int] = frozenset()
    drawing: frozenset[int] = frozenset()

    @property
    def codes(self) -> npt.NDArray[np.uint32]:
        """Code points of the glyphs (n,)."""
        return self.content.glyphs.codes


def mend_pages(
    pages: Sequence[RawPage], data: bytes, ocr_pages: int, settings: ReadSettings | None = None
) -> tuple[list[RawPage], dict[int, PageContent]]:
    """The pages, those with undecodable text read as well as can be, and the contents of these.

    ``ocr_pages``: so many of them may be drawn to be recognised, where the extra ``ocr`` is there.
    """
    broken = [page.number for page in pages if is_broken(page)]
    if not broken:
        return list(pages), {}
    settings = settings or ReadSettings()
    found = _without_chance(_with_shapes(data, broken, settings))
    letters = _letters_of_fonts(found)
    by_number = {page.number: page for page in pages}
    mended = {one.content.number: _rewritten(one, letters) for one in found}
    open_pages = [
        one for one in found if is_broken(content_to_page(mended[one.content.number], settings))
    ]
    recognised: frozenset[int] = frozenset()
    if open_pages and ocr_pages:
        seen = _recognised(open_pages, data, letters, ocr_pages)
        touched = [one for one in open_pages if not seen.keys().isdisjoint(one.shapes)]
        recognised = frozenset(one.content.number for one in touched)
        mended |= {one.content.number: _rewritten(one, letters | seen) for one in touched}
    contents: dict[int, PageContent] = {}
    for number, content in mended.items():
        before = by_number[number]
        page = _page(before, content, number in recognised, settings)
        by_number[number], contents[number] = page, content
    return [by_number[page.number] for page in pages], contents


def _page(
    before: RawPage, content: PageContent, is_recognised: bool, settings: ReadSettings
) -> RawPage:
    page = content_to_page(content, settings)
    n_mended = max(before.n_unreadable - page.n_unreadable, 0)
    source: TextSource = "ocr" if is_recognised else "pdfminer" if n_mended else "pdf"
    tables = tuple(replace(table, engine=ENGINE_OF_TEXT[source]) for table in page.tables)
    return replace(page, tables=tables, text_source=source, n_mended=n_mended)


def _with_shapes(data: bytes, numbers: Sequence[int], settings: ReadSettings) -> list[Shapes]:
    """The pages with the shapes that pdfminer tells of their glyphs; without, where it fails."""
    from .coded_text import read_coded  # pdfminer takes a fifth of a second to import

    coded: dict[int, CodedPage] = {}
    with suppress(EngineError):
        for page in past_refused(lambda some: read_coded(data, some), numbers):
            coded[page.number] = page
    return [
        _matched(content, coded.get(content.number))
        for content in read_contents(data, numbers, settings)
    ]


def _matched(content: PageContent, coded: CodedPage | None) -> Shapes:
    """A page's glyphs with the shapes that pdfminer draws at the same places."""
    count = len(content.glyphs)
    nothing = Shapes(content, (None,) * count, np.full(count, UNREADABLE, np.uint32))
    if coded is None or not len(coded.fonts):
        return nothing
    turn = (content.rotation - coded.frame.rotation) % 360
    matrix, _, _ = turn_matrix(coded.frame.width, coded.frame.height, turn)
    theirs = transform_points(coded.origins.astype(np.float32), matrix)
    at: dict[tuple[int, int], list[int]] = {}
    for i, (x, y) in enumerate(theirs.tolist()):
        at.setdefault((round(x), round(y)), []).append(i)
    told = nothing.told
    shapes: list[Letter | None] = []
    for k, (x, y) in enumerate(content.glyphs.origins.tolist()):
        near = [
            i
            for column in {round(x - _SAME_PT), round(x + _SAME_PT)}
            for row in {round(y - _SAME_PT), round(y + _SAME_PT)}
            for i in at.get((column, row), ())
            if abs(theirs[i, 0] - x) < _SAME_PT and abs(theirs[i, 1] - y) < _SAME_PT
        ]
        found = {(int(coded.fonts[i]), int(coded.numbers[i])) for i in near}
        # Two shapes at one place: which of them PDFium means nobody can tell. It puts spaces of
        # its own where the next glyph stands.
        is_space = int(content.glyphs.codes[k]) == _SPACE
        shapes.append(found.pop() if len(found) == 1 and not is_space else None)
        if shapes[-1] is not None and len(coded.letters[near[0]]) == 1:
            told[k] = ord(coded.letters[near[0]])
    told[find_unreadable(told)] = UNREADABLE
    return Shapes(content, tuple(shapes), told, coded.telling, coded.drawing)


def _without_chance(found: Sequence[Shapes]) -> list[Shapes]:
    """The pages without letters of fonts that tell none: what decodes there does so by chance.

    A subset numbers its glyphs through; some of the numbers are codes of figures and letters.
    """
    glyphs: dict[int, int] = {}
    unreadable: dict[int, int] = {}
    for one in found:
        for shape, is_bad in zip(one.shapes, (one.codes == UNREADABLE).tolist(), strict=True):
            if shape is not None and shape[0] not in one.telling:
                glyphs[shape[0]] = glyphs.get(shape[0], 0) + 1
                unreadable[shape[0]] = unreadable.get(shape[0], 0) + is_bad
    mute = {font for font, count in glyphs.items() if unreadable[font] >= _MUTE * count}
    if not mute:
        return list(found)
    cleared = []
    for one in found:
        is_mute = np.array([shape is not None and shape[0] in mute for shape in one.shapes])
        codes = np.where(is_mute, np.uint32(UNREADABLE), one.codes).astype(np.uint32)
        glyphs_of_page = replace(one.content.glyphs, codes=codes)
        cleared.append(replace(one, content=replace(one.content, glyphs=glyphs_of_page)))
    return cleared


def _letters_of_fonts(found: Sequence[Shapes]) -> dict[Letter, int]:
    """What pdfminer takes the shapes for, of fonts that it decodes where PDFium does not."""
    total: dict[int, int] = {}
    told: dict[int, int] = {}
    letters: dict[Letter, int] = {}
    for one in found:
        for i in np.flatnonzero(find_unreadable(one.codes)).tolist():
            shape = one.shapes[i]
            if shape is None or shape[0] not in one.telling or shape[1] == _NOTDEF:
                continue
            total[shape[0]] = total.get(shape[0], 0) + 1
            if one.told[i] != UNREADABLE:
                told[shape[0]] = told.get(shape[0], 0) + 1
                letters[shape] = int(one.told[i])
    sound = {font for font, count in total.items() if told.get(font, 0) >= _SOUND * count}
    return {shape: code for shape, code in letters.items() if shape[0] in sound}


def _rewritten(one: Shapes, letters: Mapping[Letter, int]) -> PageContent:
    """A page's content with undecodable glyphs as the letters of their shapes."""
    codes = one.codes.copy()
    for i in np.flatnonzero(find_unreadable(codes)).tolist():
        shape = one.shapes[i]
        if shape is not None and shape in letters:
            codes[i] = letters[shape]
    return replace(one.content, glyphs=replace(one.content.glyphs, codes=codes))


def _recognised(
    pages: Sequence[Shapes], data: bytes, letters: Mapping[Letter, int], at_most: int
) -> dict[Letter, int]:
    """What the shapes that nobody decodes look like, by OCR of the lines in which they stand."""
    from .ocr import is_installed

    if not is_installed():
        return {}
    from .ocr.shapes import recognise_shapes

    views = [
        (one.content.number, one.content.rotation, one.content.glyphs,
         tuple(shape if is_open and shape not in letters and shape and shape[0] in one.drawing
               else None
               for shape, is_open in zip(one.shapes, find_unreadable(one.codes), strict=True)))
        for one in pages
    ]  # fmt: skip
    return recognise_shapes(views, data, at_most)
