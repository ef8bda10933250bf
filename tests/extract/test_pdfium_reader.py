"""The PDFium reader on pages drawn for the purpose: what is printed, and only that."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from reportlab.lib.colors import Color, black, white
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage, RawTable
from yusuan.extract.pdfium import PdfiumReader, PdfOpenError, document_info

WIDTH, HEIGHT = 400, 300
XS, YS = (50, 150, 250, 350), (50, 100, 150, 200)
Draw = Callable[[Canvas], None]
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def pdf_of(*draws: Draw, **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, **options)
    for draw in draws:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(*draws: Draw) -> RawPage:
    (page,) = PdfiumReader().read_pages(pdf_of(*draws))
    return page


def texts(table: RawTable) -> dict[tuple[int, int], str]:
    return {(c.row, c.col): "/".join(line.text for line in c.lines) for c in table.cells}


def lines_of(page: RawPage) -> list[str]:
    return [line.text for line in page.lines]


def draw_grid(c: Canvas) -> None:
    c.setLineWidth(0.5)
    c.grid(XS, YS)


def label_slots(c: Canvas) -> None:
    for row in range(3):
        for col in range(3):
            c.drawString(XS[col] + 5, YS[2 - row] + 20, f"r{row}c{col}")


LABELS = {(row, col): f"r{row}c{col}" for row in range(3) for col in range(3)}


def grid_of_single_lines(c: Canvas) -> None:
    draw_grid(c)


def grid_in_one_path(c: Canvas) -> None:
    path = c.beginPath()
    for x in XS:
        path.moveTo(x, YS[0])
        path.lineTo(x, YS[-1])
    for y in YS:
        path.moveTo(XS[0], y)
        path.lineTo(XS[-1], y)
    c.drawPath(path)


def grid_of_stroked_boxes(c: Canvas) -> None:
    for x in XS[:-1]:
        for y in YS[:-1]:
            c.rect(x, y, 100, 50, stroke=1, fill=0)


def grid_of_thin_fills(c: Canvas) -> None:
    for x in XS:
        for y in YS[:-1]:
            c.rect(x, y, 0.75, 50, stroke=0, fill=1)
    for y in YS:
        for x in XS[:-1]:
            c.rect(x, y, 100, 0.75, stroke=0, fill=1)


def grid_of_double_lines(c: Canvas) -> None:
    for shift in (0, 1.5):
        for x in XS:
            c.line(x + shift, YS[0], x + shift, YS[-1])
        for y in YS:
            c.line(XS[0], y + shift, XS[-1], y + shift)


def grid_of_dashes(c: Canvas) -> None:
    c.setDash(3, 2)
    c.grid(XS, YS)
    c.setDash()


def grid_in_nested_forms(c: Canvas) -> None:
    c.beginForm("inner")
    c.translate(-20, -10)
    c.grid(XS, YS)
    c.endForm()
    c.beginForm("outer")
    c.translate(20, 10)
    c.doForm("inner")
    c.endForm()
    c.doForm("outer")


GRIDS = [
    grid_of_single_lines,
    grid_in_one_path,
    grid_of_stroked_boxes,
    grid_of_thin_fills,
    grid_of_double_lines,
    grid_of_dashes,
    grid_in_nested_forms,
]


@pytest.mark.parametrize("draw", GRIDS, ids=lambda draw: draw.__name__)
def test_a_grid_is_read_however_it_is_drawn(draw: Draw) -> None:
    def page(c: Canvas) -> None:
        draw(c)
        c.setFont("Helvetica", 10)
        label_slots(c)

    (table,) = read(page).tables
    assert (table.n_rows, table.n_cols) == (3, 3)
    assert texts(table) == LABELS
    assert table.box == pytest.approx((50, 100, 350, 250), abs=1.5)
    assert not any(cell.open_edges for cell in table.cells)


def turned(data: bytes, rotation: int, crop: tuple[float, float, float, float]) -> bytes:
    """The same content on a page with /Rotate and a crop box."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0]
        page.obj.MediaBox = [0, 0, 600, 600]
        page.obj.CropBox = list(crop)
        page.obj.Rotate = rotation
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotation_and_crop_box_are_settled_at_the_door(rotation: int) -> None:
    """The same picture, stored turned and shifted, reads the same."""
    stored = (WIDTH, HEIGHT) if rotation % 180 == 0 else (HEIGHT, WIDTH)

    def page(c: Canvas) -> None:
        c.translate(30, 40)
        c.translate(*{0: (0, 0), 90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[rotation])
        c.rotate(rotation)
        draw_grid(c)
        label_slots(c)
        c.drawString(50, 270, "above")
        c.drawString(50, -20, "outside the crop box")

    data = turned(pdf_of(page), rotation, (30, 40, 30 + stored[0], 40 + stored[1]))
    (result,) = PdfiumReader().read_pages(data)
    assert (result.width, result.height, result.rotation) == (WIDTH, HEIGHT, rotation)
    (table,) = result.tables
    assert texts(table) == LABELS
    assert table.box == pytest.approx((50, 100, 350, 250), abs=1)
    assert [line.text for line in table.caption] == ["above"]
    assert result.n_hidden == len("outsidethecropbox")


def test_white_and_transparent_rules_and_cell_backgrounds_are_no_rules() -> None:
    def page(c: Canvas) -> None:
        c.setFillColor(Color(0.8, 0.9, 1))
        c.rect(50, 150, 300, 50, stroke=0, fill=1)
        c.setFillColor(white)
        c.rect(50, 120, 300, 1, stroke=0, fill=1)
        c.setStrokeColor(white)
        c.line(50, 70, 350, 70)
        c.setStrokeColor(Color(0, 0, 0, alpha=0))
        c.line(50, 80, 350, 80)
        c.setStrokeColor(black)
        c.setFillColor(black)
        draw_grid(c)
        label_slots(c)

    (table,) = read(page).tables
    assert texts(table) == LABELS


def test_rules_are_cut_by_their_clip() -> None:
    def page(c: Canvas) -> None:
        draw_grid(c)
        c.saveState()
        path = c.beginPath()
        path.rect(50, 50, 300, 150)
        c.clipPath(path, stroke=0)
        c.line(0, 125, 400, 125)
        c.line(50, 220, 350, 220)
        c.restoreState()

    (table,) = read(page).tables
    assert (table.n_rows, table.n_cols) == (4, 3)
    assert table.box == pytest.approx((50, 100, 350, 250), abs=1)


def hide_by_clip(c: Canvas) -> None:
    path = c.beginPath()
    path.rect(50, 50, 60, 20)
    c.clipPath(path, stroke=0)


def test_clipped_text_is_dropped_and_half_visible_text_stays() -> None:
    def page(c: Canvas) -> None:
        c.saveState()
        hide_by_clip(c)
        c.drawString(52, 55, "seen")
        c.drawString(52, 65, "half")
        c.drawString(52, 90, "gone")
        c.restoreState()
        c.drawString(200, 55, "free")

    result = read(page)
    assert lines_of(result) == ["half", "seen", "free"]
    assert (result.n_glyphs, result.n_hidden) == (12, 4)


def test_a_clip_around_a_form_hides_its_text() -> None:
    def page(c: Canvas) -> None:
        c.beginForm("words")
        c.setFont("Helvetica", 10)
        c.drawString(0, 0, "ab")
        c.drawString(0, 100, "cd")
        c.endForm()
        c.saveState()
        hide_by_clip(c)
        c.translate(52, 55)
        c.doForm("words")
        c.restoreState()
        c.translate(200, 55)
        c.doForm("words")

    result = read(page)
    assert lines_of(result) == ["cd", "ab", "ab"]
    assert result.n_hidden == 2


def test_a_clip_inside_a_moved_form_moves_with_it() -> None:
    def page(c: Canvas) -> None:
        c.beginForm("words")
        hide_by_clip(c)
        c.setFont("Helvetica", 10)
        c.drawString(52, 55, "in")
        c.drawString(52, 100, "out")
        c.endForm()
        c.translate(150, 100)
        c.doForm("words")

    result = read(page)
    assert lines_of(result) == ["in"]
    assert result.lines[0].box.x0 == pytest.approx(202, abs=1)


def test_invisible_transparent_and_white_text_is_dropped() -> None:
    def page(c: Canvas) -> None:
        text = c.beginText(50, 250)
        text.setTextRenderMode(3)
        text.textOut("invisible")
        text.setTextRenderMode(0)
        c.drawText(text)
        c.setFillColor(Color(0, 0, 0, alpha=0))
        c.drawString(50, 230, "transparent")
        c.setFillColor(white)
        c.drawString(50, 210, "white")
        c.setFillColor(black)
        c.drawString(50, 190, "black")

    result = read(page)
    assert lines_of(result) == ["black"]
    assert result.n_hidden == len("invisibletransparentwhite")


def test_white_text_on_a_dark_header_is_printed() -> None:
    def page(c: Canvas) -> None:
        c.setFillColor(Color(0.1, 0.2, 0.5))
        c.rect(50, 200, 300, 50, stroke=0, fill=1)
        c.setFillColor(white)
        c.rect(200, 200, 150, 50, stroke=0, fill=1)
        c.drawString(60, 220, "head")
        c.drawString(210, 220, "lost")

    assert lines_of(read(page)) == ["head"]


@pytest.mark.parametrize("shifts", [(0, 0.3, 0.6), (0, 0.6, 0.3), (0.6, 0, 0.3, 0.3)])
def test_fake_bold_is_read_once_and_real_repeats_stay(shifts: tuple[float, ...]) -> None:
    words = [f"1100.0{n}" for n in range(10)]

    def page(c: Canvas) -> None:
        # The whole block is drawn again, so that a glyph and its double are far apart in the file.
        for shift in shifts:
            for n, word in enumerate(words):
                c.drawString(50 + shift, 250 - 12 * n - shift / 5, word)

    result = read(page)
    assert lines_of(result) == words
    assert (result.n_glyphs, result.n_hidden) == (70, 70 * (len(shifts) - 1))


def test_han_text_keeps_its_codes_and_letter_spacing() -> None:
    def page(c: Canvas) -> None:
        c.setFont("STSong-Light", 10)
        c.drawString(50, 250, "一般公共预算—支出")
        for x, char in ((50, "收"), (80, "入")):
            c.drawString(x, 230, char)

    assert lines_of(read(page)) == ["一般公共预算—支出", "收 入"]


def test_a_hyphen_at_the_end_of_a_line_stays_a_hyphen() -> None:
    def page(c: Canvas) -> None:
        c.drawString(50, 250, "11010522T0410-")
        c.drawString(50, 238, "word")

    assert lines_of(read(page)) == ["11010522T0410-", "word"]


def test_pages_asked_for_come_in_page_order_and_missing_ones_are_named() -> None:
    data = pdf_of(*[lambda c, n=n: c.drawString(50, 250, f"page {n}") for n in (1, 2, 3)])
    pages = list(PdfiumReader().read_pages(data, [3, 1]))
    assert [(page.number, lines_of(page)) for page in pages] == [(1, ["page 1"]), (3, ["page 3"])]
    with pytest.raises(ValueError, match="page 4"):
        list(PdfiumReader().read_pages(data, [4]))


def test_document_info_and_unreadable_bytes() -> None:
    assert document_info(pdf_of(lambda c: None)) == (1, "ReportLab PDF Library - (opensource)")
    with pytest.raises(PdfOpenError) as failure:
        document_info(b"<html>not here</html>")
    assert failure.value.reason == "format"
