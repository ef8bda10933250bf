"""Tables without upright rules, drawn in the ways in which such books are set."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import Cell, RawPage, RawTable
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source

FONT = "STSong-Light"
RULINGS = ("none", "header", "three", "rows", "groups")


@dataclass(frozen=True)
class Sheet:
    """A table as it is set: header rows of (text, first column, end column), body, columns.

    ``aligns``: l, c or r per column. A text of several lines holds \\n. ``groups``: body rows
    above which a rule stands where rules part groups only.
    """

    header: Sequence[Sequence[tuple[str, int, int]]]
    body: Sequence[Sequence[str]]
    widths: Sequence[float]
    aligns: str
    groups: Sequence[int] = ()
    title: str = "部门收支总表"
    name: str = "编制单位：某某局"
    unit: str = "单位：万元"
    size: float = 10
    pitch: float = 20


def draw(pages: Sequence[Sheet], ruling: str) -> bytes:
    """Each sheet on a page of its own; no upright rule anywhere."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for number, sheet in enumerate(pages, 1):
        draw_sheet(canvas, sheet, ruling)
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(A4[0] / 2, 30, str(number))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_sheet(canvas: Canvas, sheet: Sheet, ruling: str) -> None:
    edges = [50.0]
    for width in sheet.widths:
        edges.append(edges[-1] + width)
    y = 800.0
    if sheet.title:
        canvas.setFont(FONT, 16)
        canvas.drawCentredString((edges[0] + edges[-1]) / 2, y, sheet.title)
        canvas.setFont(FONT, sheet.size)
        canvas.drawString(edges[0], y - 26, sheet.name)
        canvas.drawRightString(edges[-1] - 2, y - 26, sheet.unit)
        y -= 34
    canvas.setFont(FONT, sheet.size)
    line = 1.25 * sheet.size

    def rule(at: float, x0: float = edges[0], x1: float = edges[-1]) -> None:
        canvas.line(x0, at, x1, at)

    def put(text: str, first: int, end: int, align: str, top: float, height: float) -> None:
        lines = text.split("\n")
        base = top - (height - line * len(lines)) / 2 - 0.85 * line
        for i, part in enumerate(lines):
            at = base - i * line
            if align == "l":
                canvas.drawString(edges[first] + 3, at, part)
            elif align == "r":
                canvas.drawRightString(edges[end] - 3, at, part)
            else:
                canvas.drawCentredString((edges[first] + edges[end]) / 2, at, part)

    if ruling in ("three", "rows") and sheet.header:
        rule(y)
    for number, cells in enumerate(sheet.header):
        height = max(text.count("\n") for text, _, _ in cells) * line + sheet.pitch
        for text, first, end in cells:
            put(text, first, end, "c", y, height)
        y -= height
        if ruling in ("three", "rows") and number + 1 < len(sheet.header):
            for text, first, end in cells:
                if end - first > 1 and text:
                    rule(y, edges[first] + 4, edges[end] - 4)
    if ruling in ("header", "three", "rows", "groups") and sheet.header:
        rule(y)
    for number, texts in enumerate(sheet.body):
        if ruling == "groups" and number in sheet.groups:
            rule(y)
        height = max(text.count("\n") for text in texts) * line + sheet.pitch
        for col, text in enumerate(texts):
            put(text, col, col + 1, sheet.aligns[col], y, height)
        y -= height
        if ruling == "rows":
            rule(y)
    if ruling in ("three", "groups"):
        rule(y)


def read(data: bytes) -> tuple[RawPage, ...]:
    return read_document(open_source(data)).pages


def text_of(cell: Cell) -> str:
    return "".join("".join(line.text.split()) for line in cell.lines)


def grid_of(table: RawTable) -> list[list[str]]:
    """Texts by slot; a spanning cell's text in its first slot."""
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = text_of(cell)
    return rows


def bare(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [["".join(text.split()) for text in row] for row in rows]


def only_table(page: RawPage) -> RawTable:
    (table,) = page.tables
    assert not table.is_ruled
    return table


TWO_LISTS = Sheet(
    header=(
        (("收入", 0, 2), ("支出", 2, 4)),
        (("项目", 0, 1), ("预算数", 1, 2), ("项目", 2, 3), ("预算数", 3, 4)),
    ),
    body=(
        ("一、一般公共预算拨款收入", "6,140.12", "一、一般公共服务支出", "1,203.50"),
        ("二、政府性基金预算拨款收入", "", "二、外交支出", ""),
        ("三、国有资本经营预算拨款收入", "0.00", "三、国防支出", ""),
        ("四、财政专户管理资金收入", "", "四、公共安全支出", "12.00"),
        ("五、事业收入", "88.30", "五、教育支出", "4,900.02"),
        ("六、其他收入", "", "六、科学技术支出", ""),
        ("", "", "七、社会保障和就业支出", "112.90"),
        ("本年收入合计", "6,228.42", "本年支出合计", "6,228.42"),
        ("上年结转", "", "年终结转", ""),
        ("收入总计", "6,228.42", "支出总计", "6,228.42"),
    ),
    widths=(160, 80, 160, 80),
    aligns="lrlr",
    groups=(7, 9),
)
EXPENDITURE = Sheet(
    header=(
        (("科目编码", 0, 1), ("科目名称", 1, 2), ("合计", 2, 3), ("基本支出", 3, 4),
         ("项目支出", 4, 5)),
    ),
    body=(
        ("201", "一般公共服务支出", "1,203.50", "1,000.00", "203.50"),
        ("20103", "政府办公厅（室）及相关机构事务", "1,203.50", "1,000.00", "203.50"),
        ("2010301", "行政运行", "1,000.00", "1,000.00", ""),
        ("2010302", "一般行政管理事务", "203.50", "", "203.50"),
        ("208", "社会保障和就业支出", "112.90", "112.90", ""),
        ("20805", "行政事业单位养老支出", "112.90", "112.90", ""),
        ("2080505", "机关事业单位基本养老保险缴费支出", "112.90", "112.90", ""),
        ("", "合计", "1,316.40", "1,112.90", "203.50"),
    ),
    widths=(70, 200, 75, 75, 75),
    aligns="llrrr",
    groups=(4, 7),
    title="部门支出总表",
)  # fmt: skip
WRAPPED = Sheet(
    header=EXPENDITURE.header,
    body=tuple(
        (code, name[:8] + "\n" + name[8:] if len(name) > 8 else name, *rest)
        for code, name, *rest in EXPENDITURE.body
    ),
    widths=(70, 100, 75, 75, 75),
    aligns="llrrr",
    groups=(4, 7),
    title="部门支出总表",
)
THREE_PUBLIC = Sheet(
    header=(
        (("", 0, 1), ("", 1, 2), ("", 2, 3), ("公务用车购置及运行维护费", 3, 6), ("", 6, 7)),
        (("年度", 0, 1), ("合计", 1, 2), ("因公出国（境）费", 2, 3), ("小计", 3, 4),
         ("购置费", 4, 5), ("运行维护费", 5, 6), ("公务接待费", 6, 7)),
    ),
    body=(
        ("2024年", "10.50", "2.00", "6.50", "0.00", "6.50", "2.00"),
        ("2025年", "9.50", "2.00", "6.00", "0.00", "6.00", "1.50"),
        ("增减", "-1.00", "0.00", "-0.50", "0.00", "-0.50", "-0.50"),
    ),
    widths=(50, 60, 90, 60, 70, 80, 70),
    aligns="lrrrrrr",
    title="“三公”经费支出表",
)  # fmt: skip


SPACED = Sheet(
    header=((("项　　目", 0, 1), ("决算数", 1, 2), ("预算数", 2, 3), ("增长%", 3, 4)),),
    body=(
        ("一、税收收入", "1,801,634", "1,831,459", "1.5"),
        ("　　增值税", "819,948", "802,779", "-1.2"),
        ("　　契　　税", "116,010", "109,176", "-5.2"),
        ("　　企业所得税", "167,335", "189,552", "15.8"),
        ("二、非税收入", "725,299", "778,521", "9.0"),
        ("　　专项收入", "99,330", "91,805", ""),
        ("合　　　计", "2,526,933", "2,609,980", "3.7"),
    ),
    widths=(160, 90, 90, 70),
    aligns="lrrr",
    groups=(4, 6),
)


@pytest.mark.parametrize("ruling", RULINGS)
@pytest.mark.parametrize(
    "sheet",
    [TWO_LISTS, EXPENDITURE, WRAPPED, THREE_PUBLIC, SPACED],
    ids=["lists", "codes", "wrap", "3g", "spaced"],
)
def test_body_and_header_are_read_as_set(sheet: Sheet, ruling: str) -> None:
    (page,) = read(draw([sheet], ruling))
    table = only_table(page)
    rows = grid_of(table)
    body = bare(sheet.body)
    assert rows[-len(body) :] == body
    n_header = table.n_rows - len(body)
    assert n_header == len(sheet.header)
    heads = {
        (text_of(c), c.col, c.col + c.col_span) for c in table.cells if c.row < n_header and c.lines
    }
    assert heads == {
        ("".join(text.split()), first, end)
        for row in sheet.header
        for text, first, end in row
        if text
    }
    assert {sheet.title, sheet.name, sheet.unit} <= {line.text for line in table.caption}


def test_several_pages_share_their_columns() -> None:
    first = Sheet(EXPENDITURE.header, EXPENDITURE.body[:4], EXPENDITURE.widths, "llrrr")
    rest = Sheet((), EXPENDITURE.body[4:], EXPENDITURE.widths, "llrrr", title="")
    one, two = (only_table(page) for page in read(draw([first, rest], "none")))
    assert one.col_edges == pytest.approx(two.col_edges, abs=4.1)
    assert one.col_edges[1:-1] == two.col_edges[1:-1]
    assert grid_of(one)[1:] + grid_of(two) == bare(EXPENDITURE.body)


def lines_pdf(lines: Sequence[tuple[float, float, str]], size: float = 11) -> bytes:
    """Text at places: x, y from the bottom, text."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont(FONT, size)
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    canvas.save()
    return buffer.getvalue()


PROSE = [
    "二、收入预算情况说明。2025年收入预算 6,140.12 万元，比 2024年 增加 88.30 万元，增长 1.46%",
    "其中：一般公共预算拨款收入 5,900.00 万元，占 96.09%；政府性基金预算拨款收入 152.00 万元",
    "占 2.48%；事业收入 88.12 万元，占 1.43%。支出预算 6,140.12 万元，比上年增加 88.30 万元",
    "其中基本支出 4,900.02 万元，占 79.80%；项目支出 1,240.10 万元，占 20.20%，减少 12",
    "万元，主要原因是一次性项目减少 1,200.00 万元，人员经费增加 1,112.00 万元，合计 88",
    "机关运行经费 203.50 万元，比上年减少 2.50 万元，下降 1.21%，主要是压减公用经费 2.50",
]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([(60, 760 - 22 * i, text) for i, text in enumerate(PROSE * 4)], id="prose"),
        pytest.param(
            [(60, 760 - 22 * i, f"{i + 1}. 部门预算表第{i}号" + "." * 60 + str(i + 3))
             for i in range(12)],
            id="contents with leaders",
        ),
        pytest.param(
            [place for i in range(12) for place in
             ((60, 760 - 22 * i, f"第{i + 1}部分 预算情况"), (500, 760 - 22 * i, str(2 * i + 3)))],
            id="contents with page numbers",
        ),
        pytest.param(
            [place for i, text in enumerate(PROSE * 3) for place in
             ((50, 760 - 20 * i, text[:20]), (310, 760 - 20 * i, text[20:40]))],
            id="two columns of text",
        ),
        pytest.param(
            [place for i in range(8) for place in
             ((60, 700 - 24 * i, f"{i + 1}."), (90, 700 - 24 * i, "负责全区城市管理的组织协调"))],
            id="numbered list",
        ),
        pytest.param(
            [(60, 300, "单位负责人："), (230, 300, "财务负责人："), (400, 300, "制表人："),
             (60, 276, "电话：010-65091234"), (400, 276, "2025年3月1日")],
            id="signatures",
        ),
        pytest.param(
            [(60, 300 + 30 * i, str(20 * i)) for i in range(8)]
            + [(100 + 60 * i, 280, f"{2018 + i}年") for i in range(6)]
            + [(103 + 60 * i, 330 + 17 * ((7 * i) % 9), f"{20.5 + 13 * i:.1f}") for i in range(6)],
            id="chart",
        ),
    ],
)  # fmt: skip
def test_what_is_no_table_stays_text(lines: Sequence[tuple[float, float, str]]) -> None:
    (page,) = read(lines_pdf(lines))
    assert not page.tables
    assert page.lines


@st.composite
def sheets(draw_from: st.DrawFn) -> Sheet:
    """Sheets of labels and figures: any number of columns, blanks, wrapped labels, one figure
    in every row at least."""
    n_figures = draw_from(st.integers(2, 5))
    n_rows = draw_from(st.integers(4, 18))
    decimals = draw_from(st.sampled_from((0, 2, 6)))
    label = st.text(alphabet="一般公共服务支出行政运行社会保障", min_size=2, max_size=10)
    values = st.decimals(0, 99999, places=decimals) if decimals else st.integers(100, 999999)
    body = []
    for _ in range(n_rows):
        text = draw_from(label)
        if len(text) > 6 and draw_from(st.booleans()):
            text = text[:6] + "\n" + text[6:]
        figures = [f"{draw_from(values):,}" for _ in range(n_figures)]
        blank = draw_from(st.integers(-1, n_figures - 1))
        if blank > 0:
            figures[blank] = ""
        body.append((text, *figures))
    body[0] = (body[0][0], *(text or "0.00" for text in body[0][1:]))
    heads = ("合计", "基本支出", "项目支出", "其他支出", "上缴上级支出")
    header = ((("项目", 0, 1), *((heads[i], i + 1, i + 2) for i in range(n_figures))),)
    return Sheet(header, body, (130, *(75,) * n_figures), "l" + "r" * n_figures)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets(), st.sampled_from(RULINGS))
def test_every_number_lands_in_its_row_and_column(sheet: Sheet, ruling: str) -> None:
    (page,) = read(draw([sheet], ruling))
    table = only_table(page)
    assert grid_of(table)[1:] == bare(sheet.body)
    assert [text_of(c) for c in table.cells if c.row == 0] == [t for t, _, _ in sheet.header[0]]


def test_a_ruled_table_stays_ruled(ruled_pdf: bytes) -> None:
    assert [table.is_ruled for page in read(ruled_pdf) for table in page.tables] == [True]


@pytest.fixture
def ruled_pdf() -> bytes:
    """The same sheet with all its rules."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas.setFont(FONT, 10)
    xs, ys = [50, 200, 300, 400], [700 - 20 * i for i in range(9)]
    canvas.grid(xs, ys)
    for row, y in enumerate(ys[1:]):
        for col, x in enumerate(xs[:-1]):
            canvas.drawString(x + 4, y + 5, f"{100 * row + col}.50" if col else f"项目{row}")
    canvas.save()
    return buffer.getvalue()
