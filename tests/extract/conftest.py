"""PDFs made on the spot: plain ruled tables that every engine must read, and broken files."""

import importlib.machinery
import importlib.util
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage
from yusuan.extract.pdfium import PdfiumReader

PAGE_WIDTH, PAGE_HEIGHT = A4
SIZE = 10.0


@dataclass(frozen=True)
class DrawnCell:
    """A cell to draw: grid position, spans, its printed lines."""

    row: int
    col: int
    lines: tuple[str, ...] = ()
    row_span: int = 1
    col_span: int = 1


@dataclass(frozen=True)
class DrawnTable:
    """A ruled table to draw: x and y of its edges (top-left origin, pt) and its cells."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[DrawnCell, ...]


def grid_table(
    xs: Sequence[float], ys: Sequence[float], texts: Sequence[Sequence[str]]
) -> DrawnTable:
    """A table without spans, one text (lines parted by newlines) per cell."""
    cells = [
        DrawnCell(row, col, tuple(text.split("\n")) if text else ())
        for row, line in enumerate(texts)
        for col, text in enumerate(line)
    ]
    return DrawnTable(tuple(xs), tuple(ys), tuple(cells))


def _draw(canvas: Canvas, table: DrawnTable, height: float) -> None:
    canvas.setLineWidth(0.5)
    for cell in table.cells:
        x0, x1 = table.xs[cell.col], table.xs[cell.col + cell.col_span]
        top, bottom = table.ys[cell.row], table.ys[cell.row + cell.row_span]
        canvas.rect(x0, height - bottom, x1 - x0, bottom - top)
        for number, line in enumerate(cell.lines):
            canvas.drawString(x0 + 3, height - (top + 12 + 12 * number), line)


@pytest.fixture(scope="session")
def tables_pdf() -> Callable[..., bytes]:
    """A function (tables, texts=(), rotate=0, crop=None) -> PDF bytes: a page with these tables.

    ``texts`` are (x, baseline y from the top, text). ``rotate`` is the page's /Rotate; the
    drawing is turned back, so that the displayed page looks the same whatever its value.
    ``crop`` is the /CropBox as written (left, bottom, right, top in user space).
    """

    def make(
        tables: Sequence[DrawnTable],
        texts: Sequence[tuple[float, float, str]] = (),
        rotate: int = 0,
        crop: tuple[float, float, float, float] | None = None,
    ) -> bytes:
        buffer = io.BytesIO()
        turned = rotate % 180 == 90
        size = (PAGE_HEIGHT, PAGE_WIDTH) if turned else (PAGE_WIDTH, PAGE_HEIGHT)
        canvas = Canvas(buffer, pagesize=size, invariant=True)
        if rotate == 90:  # displayed: turned clockwise; drawn: counter-clockwise
            canvas.translate(size[0], 0)
            canvas.rotate(90)
        elif rotate == 180:
            canvas.translate(*size)
            canvas.rotate(180)
        elif rotate == 270:
            canvas.translate(0, size[1])
            canvas.rotate(-90)
        canvas.setFont("Helvetica", SIZE)
        for table in tables:
            _draw(canvas, table, PAGE_HEIGHT)
        for x, y, text in texts:
            canvas.drawString(x, PAGE_HEIGHT - y, text)
        canvas.showPage()
        canvas.save()
        if not rotate and crop is None:
            return buffer.getvalue()
        # Not reportlab's setPageRotation, which turns the media box as well.
        with pikepdf.open(buffer) as pdf:
            pdf.pages[0].obj.Rotate = rotate
            if crop is not None:
                pdf.pages[0].obj.CropBox = pikepdf.Array(list(crop))
            return _saved(pdf)

    return make


@pytest.fixture(scope="session")
def make_grid() -> Callable[..., DrawnTable]:
    return grid_table


@pytest.fixture(scope="session")
def make_table() -> Callable[..., DrawnTable]:
    """A function (xs, ys, cells) -> DrawnTable; cells as (row, col, lines, row_span, col_span)."""

    def make(xs: Sequence[float], ys: Sequence[float], cells: Sequence[tuple]) -> DrawnTable:
        return DrawnTable(tuple(xs), tuple(ys), tuple(DrawnCell(*cell) for cell in cells))

    return make


@pytest.fixture(scope="session")
def good_pdf() -> bytes:
    """Four pages with a line of text each; long enough to be cut."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, pageCompression=0)
    canvas.setProducer("made for tests")
    for number in range(1, 5):
        for line in range(60):
            canvas.drawString(72, 800 - 12 * line, f"page {number} line {line} " + "x" * 40)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def bad_inputs(good_pdf: bytes) -> dict[str, bytes]:
    """Broken or foreign bytes by name, as portals serve them under a name that ends in .pdf."""
    start = good_pdf.rindex(b"startxref")
    with pikepdf.open(io.BytesIO(good_pdf)) as pdf:
        user = _saved(pdf, encryption=pikepdf.Encryption(user="secret", owner="owner", R=6))
        owner = _saved(
            pdf,
            encryption=pikepdf.Encryption(
                user="", owner="owner", R=6, allow=pikepdf.Permissions(extract=False)
            ),
        )
    empty_tree = pikepdf.new()
    return {
        "html": b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>404</body></html>",
        "html-utf16": "<html><body>登录</body></html>".encode("utf-16"),
        "empty": b"",
        "zeros": bytes(1_000_000),
        "truncated": good_pdf[: len(good_pdf) * 7 // 10],
        "truncated-head": good_pdf[:200],
        "broken-xref": good_pdf[:start] + b"startxref\n999999\n%%EOF\n",
        "user-password": user,
        "owner-password": owner,
        "zero-pages": _saved(empty_tree),
        "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 8,
        "zip": b"PK\x03\x04" + bytes(26) + b"mimetype",
        "docx": b"PK\x03\x04" + bytes(26) + b"word/document.xml",
        "ofd": b"PK\x03\x04" + bytes(26) + b"OFD.xml",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "text": "公开 404 页面不存在".encode() * 20,
        "header-only": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nnothing else\n%%EOF\n",
    }


@pytest.fixture(scope="session")
def page_of() -> Callable[..., RawPage]:
    """The page (400 by 500 pt) of some drawings, each in a graphics state of its own, as read."""

    def make(*draws: Callable[[Canvas], None]) -> RawPage:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(400, 500), invariant=1)
        for draw in draws:
            canvas.saveState()
            draw(canvas)
            canvas.restoreState()
        canvas.save()
        (page,) = PdfiumReader().read_pages(buffer.getvalue())
        return page

    return make


@pytest.fixture(scope="session")
def as_python() -> Callable[[ModuleType], ModuleType]:
    """A function that gives a module whose loops are compiled as Python runs its source."""

    @cache
    def load(module: ModuleType) -> ModuleType:
        assert module.__file__ is not None
        leaf = module.__name__.rsplit(".", 1)[1]
        source = str(Path(module.__file__).with_name(f"{leaf}.py"))
        loader = importlib.machinery.SourceFileLoader(f"{module.__name__}_as_python", source)
        spec = importlib.util.spec_from_loader(loader.name, loader)
        assert spec is not None
        loaded = importlib.util.module_from_spec(spec)
        loader.exec_module(loaded)
        return loaded

    return load
