"""The reader's hot functions one by one, on a page of a sample, with pytest-benchmark.

    pytest benchmarks/speed_hot.py

Compare runs on one machine with ``--benchmark-autosave`` and ``--benchmark-compare``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from yusuan.extract.glyph_places import assign_glyphs
from yusuan.extract.grid import Grid, Rules, merge_rules, rules_to_grids
from yusuan.extract.lines import glyphs_to_lines
from yusuan.extract.pdfium import PdfiumReader, library
from yusuan.extract.pdfium.clips import Place
from yusuan.extract.pdfium.glyphs import read_glyphs
from yusuan.extract.pdfium.objects import PageObjects, PaintSettings, walk_page
from yusuan.extract.pdfium.reader import PageContent, read_contents
from yusuan.extract.pdfium.strokes import paths_to_drawn
from yusuan.extract.settings import ReadSettings
from yusuan.extract.tables import assemble_page

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "seed-report.pdf"
SETTINGS = ReadSettings()
PAINT = PaintSettings(SETTINGS.white)


@dataclass(frozen=True)
class Page:
    """The page of the sample with the most cells, at all stages of reading."""

    content: PageContent
    rules: Rules
    grids: tuple[Grid, ...]


@pytest.fixture(scope="module")
def page() -> Page:
    """The page on which most is drawn."""
    contents = read_contents(SAMPLE.read_bytes(), None, SETTINGS)
    content = max(contents, key=lambda c: len(c.rules_h) + len(c.rules_v))
    rules = merge_rules(content.rules_h, content.rules_v, SETTINGS.rules)
    return Page(content, rules, rules_to_grids(rules, SETTINGS.grid))


@pytest.fixture(scope="module")
def handle(page: Page) -> Iterator[int]:
    """The same page open in PDFium."""
    with library.opened(SAMPLE.read_bytes()) as document:
        opened = library.load_page(document, page.content.number - 1)
        yield opened
        library.close_page(opened)


def walked(handle: int, page: Page) -> PageObjects:
    """The objects of the page, its clips worked out anew."""
    size = (0.0, 0.0, page.content.width, page.content.height)
    return walk_page(handle, Place((1.0, 0.0, 0.0, -1.0, 0.0, size[3]), size), PAINT)


def test_read_a_document(benchmark: BenchmarkFixture) -> None:
    """All of a document."""
    data = SAMPLE.read_bytes()
    assert len(benchmark(lambda: list(PdfiumReader().read_pages(data)))) > 1


def test_walk_page(benchmark: BenchmarkFixture, handle: int, page: Page) -> None:
    """Objects, paths and clips of the page."""
    assert benchmark(walked, handle, page).texts


def test_read_glyphs(benchmark: BenchmarkFixture, handle: int, page: Page) -> None:
    """Characters and what is printed of them."""
    found = walked(handle, page)
    drawn = paths_to_drawn(found.paths, SETTINGS.rules)
    share, white = SETTINGS.printed_share, SETTINGS.white
    assert len(benchmark(read_glyphs, handle, found, drawn, share, white).printed)


def test_rules_to_grids(benchmark: BenchmarkFixture, page: Page) -> None:
    """Rules to cells."""
    content = page.content
    merged = benchmark(
        lambda: rules_to_grids(
            merge_rules(content.rules_h, content.rules_v, SETTINGS.rules), SETTINGS.grid
        )
    )
    assert len(merged) == len(page.grids)


def test_glyphs_to_lines(benchmark: BenchmarkFixture, page: Page) -> None:
    """Glyphs to cells and lines."""
    glyphs = page.content.glyphs
    lines = benchmark(
        lambda: glyphs_to_lines(
            glyphs, assign_glyphs(glyphs, page.grids, SETTINGS.text), SETTINGS.text
        )
    )
    assert lines


def test_assemble_page(benchmark: BenchmarkFixture, page: Page) -> None:
    """Cells and lines to tables."""
    content = page.content
    tables, _ = benchmark(
        assemble_page, 1, content.glyphs, page.grids, SETTINGS.text, "pdfium", content.cut
    )
    assert tables
