"""A second reader of unruled tables: asked where figures share a column, and only there."""

import io
import sys
from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawTable
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.extract.unruled import second
from yusuan.extract.unruled.blocks import Block
from yusuan.extract.unruled.second import Columns

FONT = "STSong-Light"
HEAD = ["项目", "预算数", "决算数", "差额"]
# Set to the left, set to the right: long ones reach below each other's short ones.
ROWS = [
    ["教育支出", "1,234,567,890.12", "3.50", "1.00"],
    ["科学技术支出", "12.50", "1,234,567,890.12", "2.00"],
    ["卫生健康支出", "8.00", "7.00", "3.00"],
    ["城乡社区支出", "1,234,567,890.00", "9.10", "4.00"],
    ["住房保障支出", "5.10", "2,234,567,890.12", "5.00"],
    ["其他支出", "5.10", "2.12", "5.50"],
]


@pytest.fixture(autouse=True)
def one_flavour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each flavour takes camelot half a second."""
    monkeypatch.setattr(second, "FLAVOURS", ("network",))


def drawn(right: float, by_letter: bool = False) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont(FONT, 9)
    for number, (label, left, middle, last) in enumerate([HEAD, *ROWS]):
        y = 760 - 20 * number
        canvas.drawString(50, y, label)
        x = 230.0
        for piece in left if by_letter else [left]:
            canvas.drawString(x, y, piece)
            x += canvas.stringWidth(piece, FONT, 9)
        canvas.drawRightString(right, y, middle)
        canvas.drawRightString(right + 105, y, last)
    canvas.save()
    return buffer.getvalue()


def table_of(data: bytes) -> RawTable:
    (page,) = read_document(open_source(data, "table.pdf")).pages
    (table,) = page.tables
    return table


def texts(table: RawTable) -> list[list[str]]:
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = "".join(line.text for line in cell.lines)
    return rows


def test_columns_that_reach_below_each_other_are_told_apart_by_the_second_reader() -> None:
    table = table_of(drawn(345))
    assert texts(table) == [HEAD, *ROWS]
    assert "camelot" in table.column_note


def test_columns_that_stand_clear_are_nobody_elses_business(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "camelot.io", None)  # importing it would fail
    table = table_of(drawn(420))
    assert texts(table) == [HEAD, *ROWS]
    assert table.column_note == ""


@pytest.mark.parametrize(
    ("spans", "told"),
    [(None, "parts no columns"), (((50, 120), (225, 345), (430, 450)), "parts 3 columns")],
)
def test_where_the_second_reader_is_no_better_ours_stays_and_the_table_says_so(
    monkeypatch: pytest.MonkeyPatch, spans: tuple[tuple[float, float], ...] | None, told: str
) -> None:
    def columns(block: Block, tables: object, flavour: str, height: float) -> Columns | None:
        return None if spans is None else Columns(flavour, spans)

    monkeypatch.setattr(second, "_columns_of", columns)
    table = table_of(drawn(345))
    assert table.n_cols == 3 and told in table.column_note
    assert texts(table)[1] == ["教育支出", "1,234,567,890.12 3.50", "1.00"]


def test_columns_that_would_cut_a_figure_are_refused() -> None:
    table = table_of(drawn(345, by_letter=True))
    assert table.n_cols == 3 and "cut some" in table.column_note
    assert texts(table)[1] == ["教育支出", "1,234,567,890.12 3.50", "1.00"]


def test_what_a_second_reader_stumbles_over_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: Sequence[object], **__: object) -> None:
        raise KeyError("Font")

    monkeypatch.setattr("camelot.io.read_pdf", stumble)
    assert "parts no columns" in table_of(drawn(345)).column_note
