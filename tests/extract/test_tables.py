"""Tables, captions and the lines outside tables, on pages drawn for the purpose."""

import io
from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage
from yusuan.extract.pdfium import PdfiumReader


def read(draw: Callable[[Canvas], None]) -> RawPage:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 400), invariant=1)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    (page,) = PdfiumReader().read_pages(buffer.getvalue())
    return page


def test_captions_stand_between_tables_and_lines_hold_all_text_outside() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(150, 380, "title one")
        c.drawString(20, 365, "unit name")
        c.drawString(330, 365, "unit: yuan")
        c.grid((20, 200, 380), (320, 340, 360))
        c.drawString(25, 345, "in a cell")
        c.drawString(150, 280, "title two")
        c.grid((20, 200, 380), (220, 240, 260))
        c.drawString(20, 100, "a note")

    page = read(draw)
    assert [[line.text for line in table.caption] for table in page.tables] == [
        ["title one", "unit name", "unit: yuan"],
        ["title two"],
    ]
    assert [line.text for line in page.lines] == [
        "title one",
        "unit name",
        "unit: yuan",
        "title two",
        "a note",
    ]
    assert [table.index for table in page.tables] == [0, 1]
    first = page.tables[0].cells[0]
    assert [line.text for line in first.lines] == ["in a cell"]
    assert first.lines[0].box.x0 >= first.box.x0


def test_tables_side_by_side_share_their_caption() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(150, 380, "title")
        c.grid((20, 60, 120), (320, 340, 360))
        c.grid((200, 260, 380), (320, 340, 360))

    page = read(draw)
    assert [table.col_edges[0] for table in page.tables] == [20, 200]
    assert [[line.text for line in table.caption] for table in page.tables] == [["title"]] * 2


def test_wrapped_lines_stay_apart() -> None:
    def draw(c: Canvas) -> None:
        c.grid((20, 200, 380), (300, 360))
        c.drawString(25, 340, "first")
        c.drawString(25, 328, "second")

    (table,) = read(draw).tables
    assert [line.text for line in table.cells[0].lines] == ["first", "second"]
    assert table.cells[1].is_blank


def test_a_page_without_a_grid_still_has_its_lines() -> None:
    page = read(lambda c: c.drawString(20, 300, "prose"))
    assert (page.tables, [line.text for line in page.lines]) == ((), ["prose"])


def test_an_empty_page_is_empty() -> None:
    page = read(lambda c: None)
    assert (page.tables, page.lines, page.n_glyphs, page.n_hidden) == ((), (), 0, 0)


def test_an_open_row_at_the_page_foot_keeps_its_text() -> None:
    def draw(c: Canvas) -> None:
        c.grid((20, 200, 380), (100, 120))
        for x in (20, 200, 380):
            c.line(x, 100, x, 60)
        c.drawString(25, 80, "cut")

    (table,) = read(draw).tables
    assert table.n_rows == 2
    cut = next(cell for cell in table.cells if cell.lines)
    assert (cut.row, cut.col, cut.open_edges) == (1, 0, frozenset({"bottom"}))


def test_a_sideways_page_is_turned_upright() -> None:
    def draw(c: Canvas) -> None:
        c.translate(400, 0)
        c.rotate(90)
        c.grid((20, 200, 380), (300, 320, 340))
        for y, row in ((305, "low"), (325, "top")):
            c.drawString(25, y, f"{row} left")
            c.drawString(205, y, f"{row} right")

    page = read(draw)
    assert page.rotation == 90
    (table,) = page.tables
    assert [["".join(line.text for line in cell.lines)] for cell in table.cells] == [
        ["top left"],
        ["top right"],
        ["low left"],
        ["low right"],
    ]


def test_the_ruled_background_of_a_chart_is_no_table() -> None:
    def draw(c: Canvas) -> None:
        c.grid((50, 350), (100, 120, 140, 160, 180))
        c.drawString(20, 117, "1000")
        c.grid((50, 200, 350), (300, 320))

    page = read(draw)
    assert [(table.index, table.n_rows, table.n_cols) for table in page.tables] == [(0, 1, 2)]
    assert [line.text for line in page.lines] == ["1000"]
