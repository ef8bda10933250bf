"""Rules that are seen and not drawn as lines: pictures, shadings, clips, frames, gaps, seams."""

import io
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage

WIDTH, HEIGHT = 400, 500
XS, YS = (50, 150, 250, 350), (50, 100, 150, 200, 250)
LABELS = {(row, col): f"r{row}c{col}" for row in range(4) for col in range(3)}
Draw = Callable[[Canvas], None]
PageOf = Callable[..., RawPage]
# A grey picture of one pixel.
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU"
    b"\0\0\0\nIDATx\x9cc`\0\0\0\2\0\1H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82"
)


def label(c: Canvas) -> None:
    c.setFillGray(0)
    c.setFont("Helvetica", 10)
    for (row, col), text in LABELS.items():
        c.drawString(XS[col] + 5, YS[3 - row] + 20, text)


def cells() -> Iterator[tuple[float, float, float, float]]:
    for x0, x1 in pairwise(XS):
        for y0, y1 in pairwise(YS):
            yield x0, y0, x1 - x0, y1 - y0


def strips() -> Iterator[tuple[float, float, float, float]]:
    for x, y, width, height in cells():
        yield x, y, width, 0.5
        yield x, y + height, width, 0.5
        yield x, y, 0.5, height
        yield x + width, y, 0.5, height


def one_pixel_pictures(c: Canvas) -> None:
    picture = ImageReader(io.BytesIO(PIXEL))
    for x, y, width, height in strips():
        c.drawImage(picture, x, y, width, height)


def clipped_shadings(c: Canvas) -> None:
    for box in strips():
        c.saveState()
        path = c.beginPath()
        path.rect(*box)
        c.clipPath(path, stroke=0)
        c.linearGradient(0, 0, WIDTH, 0, (Color(0, 0, 0), Color(0.2, 0.2, 0.2)))
        c.restoreState()


def broad_pens_under_thin_clips(c: Canvas) -> None:
    c.setLineWidth(8)
    for x, y, width, height in strips():
        c.saveState()
        path = c.beginPath()
        path.rect(x, y, width, height)
        c.clipPath(path, stroke=0)
        c.line(x, y, *((x + width, y) if width > height else (x, y + height)))
        c.restoreState()


def filled_frames(c: Canvas) -> None:
    for x, y, width, height in cells():
        path = c.beginPath()
        path.rect(x, y, width, height)
        path.rect(x + 0.5, y + 0.5, width - 1, height - 1)
        c.drawPath(path, stroke=0, fill=1, fillMode=0)


def squares(c: Canvas) -> None:
    for x in XS:
        for y in range(2 * YS[0], 2 * YS[-1]):
            c.rect(x, y / 2, 0.25, 0.25, stroke=0, fill=1)
    for y in YS:
        for x in range(XS[0], XS[-1]):
            c.rect(x, y, 0.5, 0.5, stroke=0, fill=1)


def rounded_cells(c: Canvas) -> None:
    for x, y, width, height in cells():
        c.roundRect(x, y, width, height, 5)


def flat_curves(c: Canvas) -> None:
    for x, y, width, height in strips():
        end = (x + width, y) if width > height else (x, y + height)
        c.bezier(x, y, x, y, *end, *end)


def white_on_colour(c: Canvas) -> None:
    c.setFillColor(Color(0.7, 0.8, 0.95))
    c.rect(XS[0], YS[0], XS[-1] - XS[0], YS[-1] - YS[0], stroke=0, fill=1)
    c.setStrokeGray(1)
    c.grid(XS, YS)


def shaded_cells(c: Canvas) -> None:
    c.setFillGray(0.9)
    for x, y, width, height in cells():
        c.rect(x + 0.75, y + 0.75, width - 1.5, height - 1.5, stroke=0, fill=1)


def cells_of_two_greys(c: Canvas) -> None:
    for number, box in enumerate(cells()):
        c.setFillGray(0.9 if number % 2 else 0.8)
        c.rect(*box, stroke=0, fill=1)


def white_cells_on_black(c: Canvas) -> None:
    c.rect(XS[0], YS[0], XS[-1] - XS[0], YS[-1] - YS[0], stroke=0, fill=1)
    c.setFillGray(1)
    for x, y, width, height in cells():
        c.rect(x + 0.4, y + 0.4, width - 0.8, height - 0.8, stroke=0, fill=1)


@pytest.mark.parametrize(
    "draw",
    [
        one_pixel_pictures,
        clipped_shadings,
        broad_pens_under_thin_clips,
        filled_frames,
        squares,
        rounded_cells,
        flat_curves,
        white_on_colour,
        shaded_cells,
        cells_of_two_greys,
        white_cells_on_black,
    ],
    ids=lambda draw: draw.__name__,
)
def test_a_grid_is_what_is_seen(page_of: PageOf, draw: Draw) -> None:
    (table,) = page_of(draw, label).tables
    found = {(c.row, c.col): "".join(line.text for line in c.lines) for c in table.cells}
    assert (table.n_rows, table.n_cols) == (4, 3)
    assert found == LABELS
    assert table.box == pytest.approx((50, 250, 350, 450), abs=1.5)


def scanned_strips(c: Canvas) -> None:
    picture = ImageReader(io.BytesIO(PIXEL))
    for y in range(0, HEIGHT, 2):
        c.drawImage(picture, 0, y, WIDTH, 2)


def white_cells_on_paper(c: Canvas) -> None:
    c.setFillGray(1)
    for box in cells():
        c.rect(*box, stroke=0, fill=1)


def white_lines_on_paper(c: Canvas) -> None:
    c.setStrokeGray(1)
    c.grid(XS, YS)


def circles(c: Canvas) -> None:
    for x, y, *_ in cells():
        c.circle(x + 10, y + 10, 5)


@pytest.mark.parametrize(
    "draw", [scanned_strips, white_cells_on_paper, white_lines_on_paper, circles]
)
def test_what_is_no_line_makes_no_grid(page_of: PageOf, draw: Draw) -> None:
    page = page_of(draw, label)
    assert not page.tables
    assert len(page.lines) == len(LABELS)


def cells_in_frames_of_their_own(c: Canvas) -> None:
    for x, y, width, height in cells():
        c.rect(x + 1.25, y + 1.25, width - 2.5, height - 2.5)


def test_the_room_between_framed_cells_is_no_row_and_no_column(page_of: PageOf) -> None:
    (table,) = page_of(cells_in_frames_of_their_own, label).tables
    found = {(c.row, c.col): "".join(line.text for line in c.lines) for c in table.cells}
    assert found == LABELS


def test_spaces_that_fill_a_cell_up_join_it_with_no_other(page_of: PageOf) -> None:
    def padded(c: Canvas) -> None:
        c.setFont("Courier", 10)
        c.grid(XS, YS)
        for row, y in enumerate(YS[:-1]):
            c.drawString(XS[0] + 3, y + 20, f"one{row}" + " " * 14)
            c.drawString(XS[1] + 3, y + 20, f"two{row}".ljust(16) + f" three{row}")

    (table,) = page_of(padded).tables
    assert [line.text for cell in table.cells for line in cell.lines] == [
        f"{word}{row}" for row in (3, 2, 1, 0) for word in ("one", "two", "three")
    ]


def test_a_shaded_ground_of_the_whole_page_is_no_scan(page_of: PageOf) -> None:
    def shaded(c: Canvas) -> None:
        c.linearGradient(0, 0, WIDTH, 0, (Color(1, 1, 1), Color(0.8, 0.8, 1)))

    assert not page_of(shaded).has_image
