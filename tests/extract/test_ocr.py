"""Scans: a page of a sample, drawn as a picture, reads like the page itself."""

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from yusuan.extract.model import RawPage, RawTable
from yusuan.extract.ocr import ScanReader, is_installed
from yusuan.extract.ocr.raster import find_rules, skew_of, straightened, without_seals
from yusuan.extract.ocr.settings import RasterSettings
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.unwrap import join_lines

needs_ocr = pytest.mark.skipif(not is_installed(), reason="needs the extra yusuan[ocr]")
DPI = 200


def scanned(path: Path, page: int, skew: float = 0.0, turn: int = 0, seal: bool = False) -> bytes:
    """A PDF of one picture of a page: askew, turned, noisy, with a red seal."""
    document = pypdfium2.PdfDocument(path)
    picture = document[page - 1].render(scale=DPI / 72).to_pil().convert("RGB")
    picture = picture.rotate(skew, fillcolor="white", resample=Image.Resampling.BICUBIC)
    if seal:
        width, height = picture.size
        box = (width * 0.3, height * 0.1, width * 0.3 + 300, height * 0.1 + 300)
        ImageDraw.Draw(picture).ellipse(box, outline=(210, 40, 40), width=9)
    noise = np.random.default_rng(1).normal(0, 8, (picture.height, picture.width, 1))
    pixels = (np.asarray(picture) + noise).clip(0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).rotate(turn, expand=True).save(
        buffer, "PDF", resolution=DPI, quality=85
    )
    return buffer.getvalue()


def texts(table: RawTable) -> list[list[str]]:
    grid = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = join_lines(cell.lines, cell.box).replace(" ", "")
    return grid


def page_with_table(path: Path) -> RawPage:
    """The page with least text among those whose table has a dozen numbers."""
    pages = [page for page in read_document(open_source(path)).pages if page.tables]
    return min(
        (page for page in pages if len(numbers(texts(page.tables[0]))) >= 12),
        key=lambda page: page.n_glyphs,
    )


def numbers(rows: list[list[str]]) -> set[str]:
    """Amounts with a point or comma: what may not be misread."""
    return {
        text for row in rows for text in row if ("." in text or "," in text) and text[:1].isdigit()
    }


def test_level_and_upright_rules_are_found_in_a_picture(samples_dir: Path) -> None:
    path = samples_dir / "shanghai-form.pdf"
    page = page_with_table(path)
    picture = pypdfium2.PdfDocument(path)[page.number - 1].render(scale=DPI / 72)
    grey = without_seals(np.asarray(picture.to_pil().convert("RGB")))
    level, upright = find_rules(grey, RasterSettings())
    table = page.tables[0]
    for edge in table.row_edges:
        assert np.abs(level[:, 0] - edge).min() < 1.5, edge
    for edge in table.col_edges:
        assert np.abs(upright[:, 0] - edge).min() < 1.5, edge


@pytest.mark.parametrize("skew", [-1.5, -0.5, 0.8, 2.0])
def test_a_sheet_that_lies_askew_is_set_straight(samples_dir: Path, skew: float) -> None:
    path = samples_dir / "shanghai-form.pdf"
    page = page_with_table(path).number
    picture = pypdfium2.PdfDocument(scanned(path, page, skew))[0].render(scale=DPI / 72)
    grey = without_seals(np.asarray(picture.to_pil().convert("RGB")))
    found = skew_of(grey, RasterSettings())
    assert found == pytest.approx(-skew, abs=0.2)
    assert abs(skew_of(straightened(grey, found), RasterSettings())) < 0.2


def test_a_red_seal_goes_and_the_text_under_it_stays() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[40:60, 10:90] = (30, 30, 30)
    picture[45:80, 30:50] = (200, 40, 40)
    picture[45:60, 60:70] = (110, 20, 20)
    grey = without_seals(picture)
    assert grey[70, 40] == 255
    assert grey[42, 20] < 60


@needs_ocr
def test_a_scan_reads_like_the_page_it_is_of(samples_dir: Path) -> None:
    path = samples_dir / "shanghai-form.pdf"
    page = page_with_table(path)
    source = open_source(scanned(path, page.number, skew=0.7, seal=True), "scan.pdf")
    assert read_document(source).pages[0].is_picture
    read = read_document(source, ocr_pages=5).pages[0]
    assert read.text_source == "ocr" and not read.is_picture
    expected = [row for row in texts(page.tables[0]) if any(row)]
    found = [row for row in texts(read.tables[0]) if any(row)]
    assert read.tables[0].engine == "ocr"
    assert read.tables[0].n_cols == page.tables[0].n_cols
    assert numbers(expected) == numbers(found)
    pairs = zip(expected, found, strict=True)
    agreeing = [a == b for ours, theirs in pairs for a, b in zip(ours, theirs, strict=True)]
    assert sum(agreeing) >= 0.95 * len(agreeing)


@needs_ocr
def test_a_page_on_its_side_is_turned(samples_dir: Path) -> None:
    path = samples_dir / "shanghai-form.pdf"
    page = page_with_table(path)
    source = open_source(scanned(path, page.number, turn=90), "scan.pdf")
    read = ScanReader().read_page(source.data, read_document(source).pages[0])
    assert read.rotation == 90
    assert (read.width > read.height) == (page.width > page.height)
    assert read.tables[0].n_cols == page.tables[0].n_cols


@needs_ocr
def test_blank_paper_has_neither_text_nor_table() -> None:
    paper = np.random.default_rng(2).normal(250, 2, (1600, 1100, 3)).clip(0, 255)
    buffer = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(buffer, "PDF", resolution=DPI)
    page = read_document(open_source(buffer.getvalue(), "blank.pdf"), ocr_pages=5).pages[0]
    assert page.n_glyphs == 0 and not page.tables and not page.lines
    assert not page.is_picture
