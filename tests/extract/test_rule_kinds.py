"""One table drawn with the rules that producers use: what is read does not depend on them."""

import io
from collections.abc import Callable, Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.drawn_signs import arms_of
from yusuan.extract.model import RawPage, RawTable
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source

FONT = "STSong-Light"
HEAD = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
NAMES = ["教育支出", "进修及培训", "社会保障和就业支出", "卫生健康支出", "住房公积金"]
EDGES = (50.0, 115.0, 285.0, 360.0, 430.0, 510.0)
PITCH, TOP, SIZE = 20.0, 760.0, 9.0
Rows = list[list[str]]


def body(count: int, seed: int = 0) -> Rows:
    figures = [((i + seed) * 3711 % 90000 / 100 + 1, (i + seed) * 917 % 4000 / 100)
               for i in range(1, count + 1)]  # fmt: skip
    return [
        [f"{20501 + i}", NAMES[(i + seed) % 5], f"{a + b:,.2f}", f"{a:,.2f}",
         f"{b:,.2f}" if i % 4 else ""]
        for i, (a, b) in enumerate(figures)
    ]  # fmt: skip


def draw(pages: Sequence[Rows], rules: Callable[[Canvas, list[float]], None]) -> bytes:
    """The rows of each page, the first with a header; ``rules`` gets the y of the rows' edges."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for number, rows in enumerate(pages):
        shown = [HEAD, *rows] if number == 0 else rows
        rules(canvas, [TOP - PITCH * i for i in range(len(shown) + 1)])
        canvas.setFillGray(0)
        canvas.setFont(FONT, SIZE)
        for at, row in enumerate(shown):
            y = TOP - PITCH * at - 14
            for i, text in enumerate(row):
                if number == at == 0:
                    canvas.drawCentredString((EDGES[i] + EDGES[i + 1]) / 2, y, text)
                elif i < 2:
                    canvas.drawString(EDGES[i] + 3, y, text)
                else:
                    canvas.drawRightString(EDGES[i + 1] - 3, y, text)
        canvas.drawCentredString(297, 30, str(number + 1))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def level(canvas: Canvas, ys: Sequence[float]) -> None:
    for y in ys:
        canvas.line(EDGES[0], y, EDGES[-1], y)


def upright(canvas: Canvas, ys: Sequence[float]) -> None:
    for x in EDGES:
        canvas.line(x, ys[0], x, ys[-1])


def grid(canvas: Canvas, ys: list[float]) -> None:
    level(canvas, ys)
    upright(canvas, ys)


def dashed(canvas: Canvas, ys: list[float]) -> None:
    canvas.setDash(6, 3)
    grid(canvas, ys)
    canvas.setDash()


def double(canvas: Canvas, ys: list[float]) -> None:
    grid(canvas, ys)
    level(canvas, [y - 2 for y in ys])


def thin_areas(canvas: Canvas, ys: list[float]) -> None:
    for y in ys:
        canvas.rect(EDGES[0], y - 0.25, EDGES[-1] - EDGES[0], 0.5, stroke=0, fill=1)
    for x in EDGES:
        canvas.rect(x - 0.25, ys[-1], 0.5, ys[0] - ys[-1], stroke=0, fill=1)


def zebra(canvas: Canvas, ys: list[float]) -> None:
    canvas.setFillGray(0.9)
    for y in ys[2::2]:
        canvas.rect(EDGES[0], y, EDGES[-1] - EDGES[0], PITCH, stroke=0, fill=1)


def three_lines(canvas: Canvas, ys: list[float]) -> None:
    level(canvas, [ys[0], ys[1], ys[-1]])


def first_and_last(canvas: Canvas, ys: list[float]) -> None:
    """A sheet over several pages: rules about its header, and none where it goes on."""
    if canvas.getPageNumber() == 1:
        level(canvas, ys[:2])


def nothing(canvas: Canvas, ys: list[float]) -> None:
    pass


def read(data: bytes) -> list[RawPage]:
    return list(read_document(open_source(data, "table.pdf")).pages)


def texts(table: RawTable) -> Rows:
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = "".join(line.text for line in cell.lines)
    return rows


@pytest.mark.parametrize(
    "rules", [grid, dashed, double, thin_areas, zebra, three_lines, level, upright, nothing]
)
def test_the_table_is_the_same_whatever_its_rules(
    rules: Callable[[Canvas, list[float]], None],
) -> None:
    (page,) = read(draw([body(9)], rules))
    assert [texts(table) for table in page.tables] == [[HEAD, *body(9)]]


@pytest.mark.parametrize("rules", [first_and_last, nothing, zebra])
@pytest.mark.parametrize("counts", [(9, 9, 9), (9, 1), (9, 2), (2, 9), (8, 3, 1)])
def test_a_table_without_upright_rules_goes_on_over_pages(
    rules: Callable[[Canvas, list[float]], None], counts: tuple[int, ...]
) -> None:
    pages = [body(count, 10 * number) for number, count in enumerate(counts)]
    found = [[texts(table) for table in page.tables] for page in read(draw(pages, rules))]
    pages[0].insert(0, HEAD)
    assert found == [[rows] for rows in pages]


@pytest.mark.parametrize("rules", [three_lines, nothing])
@pytest.mark.parametrize("count", [1, 2])
def test_few_rows_below_a_header_are_a_table(
    rules: Callable[[Canvas, list[float]], None], count: int
) -> None:
    (page,) = read(draw([body(count)], rules))
    assert [texts(table) for table in page.tables] == [[HEAD, *body(count)]]


def test_a_page_of_other_rows_is_no_rest_of_the_table_before() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    for y, row in enumerate([HEAD, *body(9)]):
        canvas.setFont(FONT, SIZE)
        for i, text in enumerate(row):
            canvas.drawRightString(EDGES[i + 1] - 3, TOP - PITCH * y, text)
    canvas.showPage()
    canvas.setFont(FONT, SIZE)
    canvas.drawString(50, TOP, "联系电话")
    canvas.drawString(222, TOP, "61234567")
    canvas.drawString(391, TOP, "2026")
    canvas.save()
    first, second = read(buffer.getvalue())
    assert first.tables and not second.tables


BOX = """\
┌──┬───┐
│项目│ 12.50│
├──┼───┤
│教育│  1.50│
└──┴───┘"""


@pytest.mark.parametrize("spacing", [1.0, 1.4])
def test_rules_set_with_characters_are_rules(spacing: float) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont(FONT, SIZE)
    for number, line in enumerate(BOX.splitlines()):
        x = 60.0
        for sign in line:
            canvas.drawString(x, 700 - number * spacing * SIZE, sign)
            x += SIZE if ord(sign) >= 0x2500 else SIZE / 2
    canvas.save()
    (page,) = read(buffer.getvalue())
    assert [texts(table) for table in page.tables] == [[["项目", "12.50"], ["教育", "1.50"]]]
    assert not page.lines


def test_strokes_of_box_drawings_follow_from_their_names() -> None:
    assert arms_of(ord("┌")) == {"d", "r"}
    assert arms_of(ord("┫")) == {"u", "d", "l"}
    assert arms_of(ord("═")) == {"l", "r"}
    assert arms_of(ord("╱")) == set()
