"""Text that goes on under a clip: from which cell it is missing."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawTable
from yusuan.extract.pdfium import PdfiumReader

HEIGHT = 300
XS, YS = (50, 150, 250, 350), (100, 140, 180, 220)
Draw = Callable[[Canvas], None]
Slot = tuple[int, int]


@contextmanager
def clipped(c: Canvas, x0: float, y0: float, x1: float, y1: float) -> Iterator[None]:
    c.saveState()
    path = c.beginPath()
    path.rect(x0, y0, x1 - x0, y1 - y0)
    c.clipPath(path, stroke=0)
    yield
    c.restoreState()


def read(draw: Draw, ys: tuple[int, ...] = YS) -> RawTable:
    buffer = io.BytesIO()
    c = Canvas(buffer, pagesize=(400, HEIGHT), invariant=1)
    c.setFont("Helvetica", 10)
    c.setLineWidth(0.5)
    c.grid(XS, ys)
    draw(c)
    c.showPage()
    c.save()
    (page,) = PdfiumReader().read_pages(buffer.getvalue())
    (table,) = page.tables
    return table


def texts(table: RawTable) -> dict[Slot, str]:
    return {(c.row, c.col): "/".join(line.text for line in c.lines) for c in table.cells if c.lines}


def missing(table: RawTable) -> dict[Slot, int]:
    return {(c.row, c.col): c.hidden_glyphs for c in table.cells if c.hidden_glyphs}


def test_a_leading_digit_under_the_clip_is_missing_from_its_amount() -> None:
    def page(c: Canvas) -> None:
        c.drawRightString(149, 195, "107.00")
        with clipped(c, 150, 180, 250, 220):
            c.drawString(143.5, 195, "57.000000")

    table = read(page)
    assert texts(table) == {(0, 0): "107.00", (0, 1): "7.000000"}
    assert missing(table) == {(0, 1): 1}


def test_lines_below_the_clip_are_missing_and_spaces_are_not() -> None:
    def page(c: Canvas) -> None:
        with clipped(c, 150, 140, 250, 180):
            c.drawString(153, 165, "one")
            c.drawString(153, 145, "two")
            c.drawString(153, 125, "th ree")
        c.drawString(153, 120, "below")

    table = read(page)
    assert texts(table) == {(1, 1): "one/two", (2, 1): "below"}
    assert missing(table) == {(1, 1): 5}


def test_a_run_over_several_cells_is_missing_where_it_began() -> None:
    def page(c: Canvas) -> None:
        with clipped(c, 50, 180, 250, 220):
            c.drawString(53, 195, "a name that is longer than the two cells have room for")

    table = read(page)
    assert set(texts(table)) == set(missing(table)) == {(0, 0)}
    assert len(texts(table)[0, 0].replace(" ", "")) + missing(table)[0, 0] == 43


def test_what_the_next_page_prints_is_not_missing() -> None:
    def page(c: Canvas) -> None:
        for x in XS:
            c.line(x, 60, x, 100)
        with clipped(c, 50, 60, 350, 300):
            c.drawString(53, 80, "first")
            c.drawString(53, 50, "second")
        with clipped(c, 150, 60, 250, 100):
            c.drawString(153, 80, "first")
            c.drawString(153, 50, "second")

    table = read(page)
    assert table.n_rows == 4
    assert texts(table) == {(3, 0): "first", (3, 1): "first"}
    assert missing(table) == {}


def test_text_that_is_drawn_in_strips_is_not_missing() -> None:
    def page(c: Canvas) -> None:
        for top in (220, 180):
            with clipped(c, 50, top - 40, 350, top):
                for number in range(1, 4):
                    c.drawString(33 + 30 * number, 195, str(number))
                    c.drawString(33 + 30 * number, 155, str(number))

    table = read(page)
    assert texts(table) == {(0, 0): "1 2 3", (1, 0): "1 2 3"}
    assert missing(table) == {}


def test_text_under_an_empty_clip_is_no_part_of_a_cell() -> None:
    def page(c: Canvas) -> None:
        c.drawString(53, 195, "seen")
        with clipped(c, 50, 180, 150, 220), clipped(c, 200, 100, 210, 110):
            c.drawString(90, 195, "never")

    table = read(page)
    assert texts(table) == {(0, 0): "seen"}
    assert missing(table) == {}
