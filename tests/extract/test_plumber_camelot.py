"""What the witnesses must get right where their libraries do not by themselves."""

import io
from collections.abc import Callable
from itertools import pairwise

import pikepdf
import pytest
from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import EngineName, RawPage
from yusuan.extract.readers import reader
from yusuan.extract.source import EngineError, PageError

WITNESSES: tuple[EngineName, ...] = ("pdfplumber", "camelot")
ENGINES: tuple[EngineName, ...] = ("pdfium", *WITNESSES)


def _drawn(draw: Callable[[Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 300), invariant=True)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _page(engine: EngineName, data: bytes) -> RawPage:
    (page,) = reader(engine).read_pages(data)
    return page


def _texts(page: RawPage) -> list[str]:
    return ["|".join(line.text for line in cell.lines) for cell in page.tables[0].cells]


def _grid(canvas: Canvas) -> None:
    """Two by two, x 50/150/250, y 200/220/240 from the bottom."""
    canvas.setStrokeColor(black)
    canvas.setLineWidth(0.5)
    canvas.grid([50, 150, 250], [200, 220, 240])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_coordinates_count_from_the_crop_box(
    engine: EngineName, rotate: int, tables_pdf: Callable, make_grid: Callable
) -> None:
    """The displayed page is the crop box, off centre here; the drawing is turned with the page."""
    table = make_grid((100.0, 200.0, 300.0), (150.0, 180.0, 210.0), [["a", "b"], ["c", "d"]])
    width, height = (841.89, 595.28) if rotate % 180 else (595.28, 841.89)
    # Cut 20 from the displayed left, 30 from the top, 5 from the right, 7 from the bottom.
    left, top, right, bottom = {
        0: (20, 30, 5, 7),
        90: (30, 5, 7, 20),
        180: (5, 7, 20, 30),
        270: (7, 20, 30, 5),
    }[rotate]
    crop = (left, bottom, width - right, height - top)
    page = _page(engine, tables_pdf([table], [(100, 140, "Title")], rotate, crop))
    assert (page.width, page.height) == pytest.approx((595.28 - 25, 841.89 - 37), abs=0.1)
    assert page.tables[0].col_edges == pytest.approx((80, 180, 280), abs=0.5)
    assert page.tables[0].row_edges == pytest.approx((120, 150, 180), abs=0.5)
    assert page.lines[0].box.x0 == pytest.approx(80, abs=1)
    assert _texts(page) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("engine", ENGINES)
def test_white_strokes_and_fills_are_no_rules(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        _grid(canvas)
        canvas.setStrokeColor(white)
        canvas.line(50, 210, 250, 210)
        canvas.line(100, 200, 100, 240)
        canvas.setFillColor(white)
        canvas.rect(198, 200, 1, 40, stroke=0, fill=1)
        canvas.setFillColor(black)
        canvas.drawString(60, 226, "one cell wide")

    page = _page(engine, _drawn(draw))
    assert (page.tables[0].n_rows, page.tables[0].n_cols) == (2, 2)
    assert _texts(page) == ["one cell wide", "", "", ""]


@pytest.mark.parametrize("engine", ENGINES)
def test_thin_filled_rectangles_are_rules_and_shading_is_none(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(Color(0.8, 0.8, 0.9))
        canvas.rect(60, 222, 40, 16, stroke=0, fill=1)
        canvas.setFillColor(black)
        for y in (200, 220, 240):
            canvas.rect(50, y, 200.5, 0.5, stroke=0, fill=1)
        for x in (50, 150, 250):
            canvas.rect(x, 200, 0.5, 40.5, stroke=0, fill=1)
        canvas.drawString(62, 226, "x")

    page = _page(engine, _drawn(draw))
    assert (page.tables[0].n_rows, page.tables[0].n_cols) == (2, 2)
    assert _texts(page) == ["x", "", "", ""]


@pytest.mark.parametrize("engine", ENGINES)
def test_white_text_is_hidden_on_paper_and_shown_on_colour(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(Color(0.1, 0.1, 0.4))
        canvas.rect(50, 220, 100, 20, stroke=0, fill=1)
        _grid(canvas)
        canvas.setFillColor(white)
        canvas.drawString(60, 226, "head")
        canvas.drawString(160, 226, "gone")

    page = _page(engine, _drawn(draw))
    assert _texts(page) == ["head", "", "", ""]
    assert page.n_hidden == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_fake_bold_is_read_once_and_repeated_digits_stay(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        _grid(canvas)
        canvas.drawString(60, 226, "1100")
        canvas.drawString(60.3, 226, "1100")
        canvas.drawString(160, 226, "1111.00")

    assert _texts(_page(engine, _drawn(draw))) == ["1100", "1111.00", "", ""]


@pytest.mark.parametrize("engine", ENGINES)
def test_text_off_the_page_is_not_printed(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        _grid(canvas)
        canvas.drawString(60, 226, "in")
        canvas.drawString(60, -50, "below")
        canvas.drawString(450, 226, "beside")

    page = _page(engine, _drawn(draw))
    assert _texts(page) == ["in", "", "", ""]
    assert page.lines == ()
    assert page.n_hidden == 11


@pytest.mark.parametrize("engine", ["pdfium", "camelot"])
def test_invisible_text_is_not_printed(engine: EngineName) -> None:
    """pdfplumber does not tell the text rendering mode, so it cannot know."""

    def draw(canvas: Canvas) -> None:
        _grid(canvas)
        text = canvas.beginText(60, 226)
        text.setTextRenderMode(3)
        text.textOut("ocr")
        canvas.drawText(text)

    page = _page(engine, _drawn(draw))
    assert _texts(page) == ["", "", "", ""]
    assert page.n_hidden == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_sideways_text_is_read_in_its_own_direction(engine: EngineName) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 100, 250], [100, 200, 240])
        canvas.drawString(110, 150, "level text")
        canvas.translate(80, 110)
        canvas.rotate(90)
        canvas.drawString(0, 0, "upwards")

    page = _page(engine, _drawn(draw))
    assert _texts(page) == ["", "", "upwards", "level text"]
    assert page.rotation == 0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_sideways_page_is_turned_upright(engine: EngineName, turn: int) -> None:
    """Landscape tables bound into a portrait book; the page itself has no /Rotate."""

    def draw(canvas: Canvas) -> None:
        canvas.translate(200, 150)
        canvas.rotate(turn)
        canvas.translate(-100, -60)
        canvas.grid([0, 60, 160], [0, 20, 40, 80])
        canvas.drawString(5, 66, "a1")
        canvas.drawString(5, 54, "a2")
        canvas.drawString(65, 25, "1,234.50")
        canvas.drawString(5, 90, "Title of the table")

    page = _page(engine, _drawn(draw))
    assert page.rotation == turn
    assert (page.width, page.height) == ((400, 300) if turn == 180 else (300, 400))
    (table,) = page.tables
    assert (table.n_rows, table.n_cols) == (3, 2)
    assert _texts(page) == ["a1|a2", "", "", "1,234.50", "", ""]
    assert [line.text for line in table.caption] == ["Title of the table"]
    assert [b - a for a, b in pairwise(table.col_edges)] == pytest.approx([60, 100], abs=0.5)
    assert [b - a for a, b in pairwise(table.row_edges)] == pytest.approx([40, 20, 20], abs=0.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_rules_a_trifle_askew_are_rules(engine: EngineName) -> None:
    """A page drawn through a rotation has float noise in its coordinates."""

    def draw(canvas: Canvas) -> None:
        for y in (200, 220, 240):
            canvas.line(50, y, 250, y + 0.01)
        for x in (50, 150, 250):
            canvas.line(x, 200, x + 0.01, 240)
        canvas.drawString(160, 206, "z")

    assert _texts(_page(engine, _drawn(draw))) == ["", "", "", "z"]


@pytest.mark.parametrize("engine", ENGINES)
def test_mitred_trapezoids_are_rules(engine: EngineName) -> None:
    """Browsers print each side of a table's border as a filled polygon cut askew at the corner."""

    def draw(canvas: Canvas) -> None:
        for y in (200, 220, 240):
            _polygon(canvas, (50, y), (250, y), (249.2, y + 0.8), (50.8, y + 0.8))
        for x in (50, 150, 249.2):
            _polygon(canvas, (x, 200), (x, 240.8), (x + 0.8, 240), (x + 0.8, 200.8))
        canvas.drawString(160, 206, "z")

    assert _texts(_page(engine, _drawn(draw))) == ["", "", "", "z"]


def _polygon(canvas: Canvas, start: tuple[float, float], *others: tuple[float, float]) -> None:
    path = canvas.beginPath()
    path.moveTo(*start)
    for point in others:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_media_box_may_name_any_two_corners(
    engine: EngineName, rotate: int, tables_pdf: Callable, make_grid: Callable
) -> None:
    table = make_grid((100.0, 200.0, 300.0), (150.0, 180.0, 210.0), [["a", "b"], ["c", "d"]])
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(tables_pdf([table], [], rotate))) as pdf:
        x0, y0, x1, y1 = pdf.pages[0].obj.MediaBox
        pdf.pages[0].obj.MediaBox = pikepdf.Array([x0, y1, x1, y0])
        pdf.save(buffer)
    page = _page(engine, buffer.getvalue())
    assert _texts(page) == ["a", "b", "c", "d"]
    assert page.tables[0].col_edges == pytest.approx((100, 200, 300), abs=0.5)
    assert page.tables[0].row_edges == pytest.approx((150, 180, 210), abs=0.5)
    assert page.tables[0].cells[0].lines[0].box.x0 == pytest.approx(103, abs=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_figure_wider_than_a_gap_is_not_glued(engine: EngineName) -> None:
    """Two figures in one cell, set apart by a move of the pen, not by a space."""

    def draw(canvas: Canvas) -> None:
        _grid(canvas)
        canvas.drawString(55, 226, "12")
        canvas.drawString(90, 226, "34")

    assert _texts(_page(engine, _drawn(draw)))[0] == "12 34"


@pytest.mark.parametrize("engine", ["pdfium", "camelot"])
def test_a_table_cut_by_the_page_has_open_edges(engine: EngineName) -> None:
    """No rule closes the last row; pdfplumber knows only cells with four sides and loses it."""

    def draw(canvas: Canvas) -> None:
        for y in (220, 240):
            canvas.line(50, y, 250, y)
        for x in (50, 150, 250):
            canvas.line(x, 190, x, 240)
        canvas.drawString(160, 200, "cut")

    (table,) = _page(engine, _drawn(draw)).tables
    assert _texts(_page(engine, _drawn(draw))) == ["", "", "", "cut"]
    assert [sorted(cell.open_edges) for cell in table.cells] == [[], [], ["bottom"], ["bottom"]]


@pytest.mark.parametrize("engine", WITNESSES)
def test_pages_that_the_engine_does_not_find_are_refused(
    engine: EngineName, good_pdf: bytes
) -> None:
    with pytest.raises(PageError, match=f"page 9 cannot be read: {engine} finds no such page"):
        list(reader(engine).read_pages(good_pdf, [1, 9]))


@pytest.mark.parametrize("engine", WITNESSES)
def test_an_engine_that_cannot_open_says_so(engine: EngineName) -> None:
    with pytest.raises(EngineError, match=f"{engine} cannot open"):
        list(reader(engine).read_pages(b"%PDF-1.4\nno more than this"))
