"""Headers of several rows over unruled tables: each heading stands over its own columns, or none.

Sheets are set with level rules at most. What a heading stands over follows from where it stands.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import Cell, RawPage, RawTable
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source

FONT = "STSong-Light"
SIZE, LINE, PITCH = 10.0, 12.0, 20.0
Heading = tuple[str, int, int, int]
"""Text (lines parted by \\n), first column, end column, header rows."""


@dataclass(frozen=True)
class Table:
    """Header rows, body rows, how columns are aligned (l, r) and how wide they are."""

    header: Sequence[Sequence[Heading]]
    body: Sequence[Sequence[str]]
    aligns: str
    widths: Sequence[float]

    @property
    def texts(self) -> list[list[str]]:
        return [["".join(text.split()) for text in row] for row in self.body]

    @property
    def heads(self) -> set[tuple[str, int, int]]:
        return {("".join(t.split()), a, b) for row in self.header for t, a, b, _ in row}


REVENUE = Table(
    header=(
        (("科目编码", 0, 3, 1), ("科目名称", 3, 4, 2), ("合计", 4, 5, 2), ("本年收入", 5, 9, 1),
         ("上年结转结余", 9, 11, 1)),
        (("类", 0, 1, 1), ("款", 1, 2, 1), ("项", 2, 3, 1), ("小计", 5, 6, 1),
         ("一般公共\n预算资金", 6, 7, 1), ("政府性基金\n预算资金", 7, 8, 1), ("事业收入", 8, 9, 1),
         ("小计", 9, 10, 1), ("单位资金", 10, 11, 1)),
    ),
    body=(
        ("201", "", "", "一般公共服务支出", "41.61", "41.61", "", "41.61", "", "", ""),
        ("201", "03", "", "政府办公厅事务", "26.94", "26.94", "", "26.94", "", "", ""),
        ("201", "03", "01", "行政运行", "13.51", "13.51", "", "13.51", "", "", ""),
        ("201", "03", "50", "事业运行", "13.43", "13.43", "", "13.43", "", "", ""),
        ("", "", "", "合计", "41.61", "41.61", "", "41.61", "", "", ""),
    ),
    aligns="llllrrrrrrr",
    widths=(30, 25, 25, 95, 45, 45, 55, 65, 55, 40, 55),
)  # fmt: skip
GENERAL = Table(
    header=(
        (("功能分类科目", 0, 2, 1), ("预算数", 2, 7, 1)),
        (("科目编码", 0, 1, 2), ("科目名称", 1, 2, 2), ("合计", 2, 3, 2), ("基本支出", 3, 6, 1),
         ("项目支出", 6, 7, 2)),
        (("小计", 3, 4, 1), ("人员经费", 4, 5, 1), ("公用经费", 5, 6, 1)),
    ),
    body=(
        ("204", "公共安全支出", "1,383.82", "306.35", "300.00", "6.35", "1,077.47"),
        ("20406", "司法", "1,383.82", "306.35", "300.00", "6.35", "1,077.47"),
        ("2040601", "行政运行", "807.88", "306.35", "300.00", "6.35", "501.53"),
        ("2040604", "基层司法业务", "575.94", "", "", "", "575.94"),
        ("", "合计", "1,383.82", "306.35", "300.00", "6.35", "1,077.47"),
    ),
    aligns="llrrrrr",
    widths=(60, 90, 60, 55, 55, 55, 60),
)  # fmt: skip
LISTS = Table(
    header=(
        (("收入", 0, 2, 1), ("支出", 2, 7, 1)),
        (("项目", 0, 1, 1), ("预算数", 1, 2, 1), ("项目", 2, 3, 1), ("合计", 3, 4, 1),
         ("一般公共\n预算", 4, 5, 1), ("政府性基\n金预算", 5, 6, 1),
         ("国有资本\n经营预算", 6, 7, 1)),
    ),
    body=(
        ("一、本年收入", "41.61", "一、卫生健康支出", "26.94", "", "26.94", ""),
        ("（一）一般公共\n预算拨款", "14.67", "二、住房保障\n支出", "14.67", "14.67", "", ""),
        ("（二）政府性基金\n预算拨款", "26.94", "", "", "", "", ""),
        ("二、上年结转", "", "", "", "", "", ""),
        ("收入总计", "41.61", "支出总计", "41.61", "14.67", "26.94", ""),
    ),
    aligns="lrlrrrr",
    widths=(110, 60, 110, 60, 65, 65, 65),
)  # fmt: skip
THREE_PUBLIC = Table(
    header=(
        (("“三公”经费\n合计", 0, 1, 2), ("因公出国\n（境）费", 1, 2, 2), ("公务接待费", 2, 3, 2),
         ("公务用车购置及运行费", 3, 6, 1)),
        (("小计", 3, 4, 1), ("购置费", 4, 5, 1), ("运行费", 5, 6, 1)),
    ),
    body=(("6.24", "1.39", "1.87", "2.98", "1.74", "1.24"),),
    aligns="rrrrrr",
    widths=(70, 65, 70, 60, 60, 60),
)  # fmt: skip


def draw(pages: Sequence[Table], ruling: str = "none", head: str = "c") -> bytes:
    """Each table on a page of its own. ``head``: headings of one column set c, l or r."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(842, 595), invariant=1)
    for number, table in enumerate(pages, 1):
        canvas.setFont(FONT, 16)
        edges = [50.0]
        for width in table.widths:
            edges.append(edges[-1] + width)
        top = 545.0
        if number == 1:
            canvas.drawCentredString((edges[0] + edges[-1]) / 2, 545, "部门支出总表")
            canvas.setFont(FONT, SIZE)
            canvas.drawRightString(edges[-1], 521, "单位：万元")
            top = 513.0
        canvas.setFont(FONT, SIZE)
        _draw_table(canvas, table, edges, top, ruling, head)
        canvas.drawCentredString(421, 25, str(number))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_table(
    canvas: Canvas, table: Table, edges: Sequence[float], top: float, ruling: str, head: str
) -> None:
    def put(text: str, first: int, end: int, align: str, y: float) -> None:
        lines = text.split("\n")
        for i, part in enumerate(lines):
            at = y + (len(lines) - 1) * LINE / 2 - i * LINE - 0.35 * SIZE
            if align == "l":
                canvas.drawString(edges[first] + 3, at, part)
            elif align == "r":
                canvas.drawRightString(edges[end] - 3, at, part)
            else:
                canvas.drawCentredString((edges[first] + edges[end]) / 2, at, part)

    heights = [
        max([PITCH, *(PITCH + LINE * text.count("\n") for text, _, _, n in row if n == 1)])
        for row in table.header
    ]
    ys = [top]
    for height in heights:
        ys.append(ys[-1] - height)
    for r, row in enumerate(table.header):
        for text, first, end, n in row:
            put(text, first, end, head if end - first == 1 else "c", (ys[r] + ys[r + n]) / 2)
    if ruling != "none" and table.header:
        canvas.line(edges[0], ys[-1], edges[-1], ys[-1])
    y = ys[-1]
    for cells in table.body:
        height = PITCH + LINE * max(text.count("\n") for text in cells)
        for col, text in enumerate(cells):
            put(text, col, col + 1, table.aligns[col], y - height / 2)
        y -= height
        if ruling == "rows":
            canvas.line(edges[0], y, edges[-1], y)


def read(data: bytes) -> tuple[RawPage, ...]:
    return read_document(open_source(data)).pages


def text_of(cell: Cell) -> str:
    return "".join("".join(line.text.split()) for line in cell.lines)


def parts(table: RawTable, n_body: int) -> tuple[set[tuple[str, int, int]], list[list[str]]]:
    """Headings with their columns, and the rows of the body."""
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = text_of(cell)
    n_header = table.n_rows - n_body
    heads = {
        (text_of(c), c.col, c.col + c.col_span) for c in table.cells if c.row < n_header and c.lines
    }
    return heads, rows[n_header:]


@pytest.mark.parametrize("ruling", ["none", "header", "rows"])
@pytest.mark.parametrize(
    ("table", "head"),
    [(REVENUE, "c"), (REVENUE, "l"), (GENERAL, "c"), (GENERAL, "l"), (LISTS, "c"),
     (THREE_PUBLIC, "c"), (THREE_PUBLIC, "r")],
)  # fmt: skip
def test_each_heading_stands_over_its_columns(table: Table, ruling: str, head: str) -> None:
    (page,) = read(draw([table], ruling, head))
    (raw,) = page.tables
    assert not raw.is_ruled
    assert parts(raw, len(table.body)) == (table.heads, table.texts)


def test_the_last_row_alone_below_the_header_printed_again_is_not_lost() -> None:
    first = Table(GENERAL.header, GENERAL.body[:-1], GENERAL.aligns, GENERAL.widths)
    rest = Table(GENERAL.header, GENERAL.body[-1:], GENERAL.aligns, GENERAL.widths)
    one, two = (page.tables[0] for page in read(draw([first, rest])))
    assert parts(two, 1) == (GENERAL.heads, GENERAL.texts[-1:])
    assert one.col_edges[1:-1] == two.col_edges[1:-1]


def test_all_pages_of_a_table_have_the_same_columns() -> None:
    """Its widest figures stand on the last page."""
    pages = [Table(GENERAL.header, GENERAL.body[:3], GENERAL.aligns, GENERAL.widths)]
    for prefix in ("", "1", "11"):
        body = [[*row[:2], *(prefix + t if t else "" for t in row[2:])] for row in GENERAL.body]
        body = [[t.replace("11,", "11") for t in row] for row in body]
        pages.append(Table((), body, GENERAL.aligns, GENERAL.widths))
    tables = [page.tables[0] for page in read(draw(pages))]
    assert len({table.col_edges[1:-1] for table in tables}) == 1


def test_another_table_on_the_next_page_keeps_its_own_columns() -> None:
    """Its columns fall into the other's: each table would give the other figures of its own."""
    header = (
        (("经济分类科目", 0, 2, 1), ("基本支出", 2, 5, 1)),
        (("科目编码", 0, 1, 1), ("科目名称", 1, 2, 1), ("合计", 2, 3, 1), ("人员经费", 3, 4, 1),
         ("公用经费", 4, 5, 1)),
    )  # fmt: skip
    body = [(f"3010{n}", "基本工资", f"{n}0.00", "", f"{n}0.00") for n in range(1, 7)]
    economic = Table(header, body, "llrrr", (40, 60, 55, 55, 60))
    pages = read(draw([LISTS, economic]))
    (one,), (two,) = (page.tables for page in pages)
    assert parts(one, len(LISTS.body)) == (LISTS.heads, LISTS.texts)
    assert parts(two, len(body)) == (economic.heads, economic.texts)


def test_a_row_of_two_figures_below_a_header_is_not_lost() -> None:
    one = Table(
        THREE_PUBLIC.header, [("1.87", "", "1.87", "", "", "")], "rrrrrr", THREE_PUBLIC.widths
    )
    (page,) = read(draw([one]))
    (raw,) = page.tables
    assert parts(raw, 1) == (one.heads, one.texts)


def test_a_page_number_is_no_figure_of_the_table() -> None:
    long = Table(GENERAL.header, GENERAL.body * 4, GENERAL.aligns, GENERAL.widths)
    (page,) = read(draw([long]))
    (raw,) = page.tables
    assert parts(raw, 20)[1] == GENERAL.texts * 4
    assert "1" in {line.text for line in page.lines}


def test_a_parent_that_could_stand_over_other_columns_gives_no_heading() -> None:
    """It stands between two columns that it may be over, and over four that it may be."""
    header = (
        (("财政拨款", 2, 4, 1),),
        (("项目", 0, 1, 1), *((text, i, i + 1, 1) for i, text in enumerate("甲乙丙丁", 1))),
    )
    body = [("行政运行", *(f"{n}.{i}0" for i in range(1, 5))) for n in range(11, 17)]
    # The parent's middle is that of the second and third figures, and that of all four.
    (page,) = read(draw([Table(header, body, "lrrrr", (100, 60, 60, 60, 60))]))
    (raw,) = page.tables
    assert parts(raw, 6)[1] == [list(row) for row in body]
    assert "cannot be told" in raw.column_note
    heads, _ = parts(raw, 6)
    assert {"项目", "甲乙丙丁"} <= {text for text, _, _ in heads}


def test_headings_over_figures_that_were_not_told_apart_are_one() -> None:
    """Figures so close that they read as one must not become a figure of the first heading."""
    header = ((("项目", 0, 1, 1), ("合计", 1, 2, 1), ("基本", 2, 3, 1), ("项目支出", 3, 4, 1)),)
    body = [("行政运行", "30", f"1{n}", f"{n}.50") for n in range(10, 16)]
    (page,) = read(draw([Table(header, body, "lrlr", (80, 33, 27, 80))]))
    (raw,) = page.tables
    heads, rows = parts(raw, 6)
    shared = [text for text, _, _ in heads if "合计" in text]
    apart = all(row[1] == "30" for row in rows)
    assert apart or shared == ["合计基本"]
