"""Watermarks over and under tables: set aside and told, and nothing else with them."""

from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage

WIDTH, HEIGHT = 400, 500
XS = [50, 120, 190, 260, 330]
YS = [60 + 18 * i for i in range(21)]
Draw = Callable[[Canvas], None]
PageOf = Callable[..., RawPage]
FIGURES = {(r, c): f"{1000 + 37 * r * (c + 3)}.{10 + r}" for r in range(20) for c in range(4)}


def table(c: Canvas) -> None:
    c.setFillGray(0)
    c.setFont("Helvetica", 9)
    c.setLineWidth(0.5)
    c.grid(XS, YS)
    for (row, col), text in FIGURES.items():
        c.drawRightString(XS[col + 1] - 3, YS[19 - row] + 5, text)


def texts(page: RawPage) -> dict[tuple[int, int], str]:
    (found,) = page.tables
    return {(c.row, c.col): "/".join(line.text for line in c.lines) for c in found.cells}


def slanted(c: Canvas) -> None:
    c.setFont("Helvetica", 60)
    c.translate(80, 80)
    c.rotate(45)
    c.drawString(0, 0, "INTERNAL 100")


def slanted_tiles(c: Canvas) -> None:
    c.setFillGray(0.8)
    c.setFont("Helvetica", 11)
    for x in range(0, WIDTH, 60):
        for y in range(0, HEIGHT, 40):
            c.saveState()
            c.translate(x, y)
            c.rotate(30)
            c.drawString(0, 0, "2026011100")
            c.restoreState()


def level_tiles(c: Canvas) -> None:
    c.setFillGray(0.85)
    c.setFont("Helvetica", 10)
    for x in range(3, WIDTH, 90):
        for y in range(7, HEIGHT, 47):
            c.drawString(x, y, "20260115")


def transparent(c: Canvas) -> None:
    c.setFillColor(Color(0, 0, 0, alpha=0.25))
    c.setFont("Helvetica", 48)
    c.drawString(60, 240, "COPY 2026")


def red_and_large(c: Canvas) -> None:
    c.setFillColor(Color(1, 0, 0))
    c.setFont("Helvetica", 40)
    c.drawString(60, 250, "SAMPLE 1")


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (slanted, "INTERNAL 100"),
        (slanted_tiles, "2026011100"),
        (level_tiles, "20260115"),
        (transparent, "COPY 2026"),
        (red_and_large, "SAMPLE 1"),
    ],
)
@pytest.mark.parametrize("is_under", [True, False])
def test_a_watermark_leaves_the_figures_alone(
    page_of: PageOf, mark: Draw, words: str, is_under: bool
) -> None:
    page = page_of(mark, table) if is_under else page_of(table, mark)
    assert texts(page) == FIGURES
    assert words in page.watermarks
    assert page.n_watermark >= len(words.replace(" ", ""))
    assert not page.lines


def test_tiles_are_known_where_they_cross_nothing(page_of: PageOf) -> None:
    def few(c: Canvas) -> None:
        c.setFont("Helvetica", 9)
        for y in (300, 310, 320):
            c.drawString(100, y, "total 12.00")

    page = page_of(few, level_tiles)
    assert [line.text for line in page.lines] == ["total 12.00"] * 3
    assert page.watermarks[-1] == "20260115"


def test_pale_and_coloured_text_that_keeps_to_its_cells_stays(page_of: PageOf) -> None:
    def grey_zeros(c: Canvas) -> None:
        c.setFillGray(0.75)
        c.setFont("Helvetica", 9)
        c.grid([340, 390], YS)
        for y in YS[:-1]:
            c.drawRightString(387, y + 5, "0.00")

    def red_title(c: Canvas) -> None:
        c.setFillColor(Color(1, 0, 0))
        c.setFont("Helvetica", 22)
        c.drawString(100, 460, "Title 2026")

    page = page_of(table, grey_zeros, red_title)
    assert not page.watermarks
    assert [line.text for line in page.lines] == ["Title 2026"]
    cells = [line.text for t in page.tables for cell in t.cells for line in cell.lines]
    assert cells.count("0.00") == 20 and len(cells) == 100


def test_a_page_that_is_slanted_itself_is_read(page_of: PageOf) -> None:
    def askew(c: Canvas) -> None:
        c.translate(100, 100)
        c.rotate(8)
        c.drawString(0, 0, "a page put askew on the glass")

    page = page_of(askew)
    assert page.n_glyphs == len("apageputaskewontheglass") + 6 and not page.watermarks


def test_a_figure_is_no_copy_of_a_watermark_s(page_of: PageOf) -> None:
    """The same digit of both at one place: the page's own stays, whichever was drawn first."""

    def tiles(c: Canvas) -> None:
        c.setFillGray(0.8)
        c.setFont("Helvetica", 11)
        for (row, col), text in FIGURES.items():
            width = c.stringWidth(text, "Helvetica", 9)
            c.drawString(XS[col + 1] - 3 - width, YS[19 - row] + 5, text[0] + "0")

    for draws in ((tiles, table), (table, tiles)):
        assert texts(page_of(*draws)) == FIGURES


def test_text_under_a_picture_of_the_page_is_counted(page_of: PageOf) -> None:
    shade = ImageReader(Image.new("L", (1, 1), 200))

    def whole(c: Canvas) -> None:
        c.drawImage(shade, 0, 0, WIDTH, HEIGHT)

    def small(c: Canvas) -> None:
        c.drawImage(shade, 0, 0, WIDTH / 2, HEIGHT / 2)

    assert page_of(table, whole).n_covered == page_of(table).n_glyphs
    assert page_of(whole, table).n_covered == page_of(table, small).n_covered == 0


def test_a_picture_that_can_be_seen_through_covers_nothing(page_of: PageOf) -> None:
    logo = Image.new("RGBA", (60, 60), (255, 255, 255, 0))
    logo.paste((200, 30, 30, 90), (20, 20, 40, 40))
    mark = ImageReader(logo)
    page = page_of(table, lambda c: c.drawImage(mark, 0, 0, WIDTH, HEIGHT, mask="auto"))
    assert page.has_image and not page.n_covered
