"""Grids whose rules stop short of the rows or columns of their figures."""

import io
from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import Box, Line, RawTable
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.extract.unruled.half_ruled import _is_wrapped
from yusuan.extract.unruled.pieces import Piece, Row

XS = (50.0, 200.0, 300.0, 400.0)
HEADER = ("Item", "Budget", "Spent")
BODY = (
    ("General services", "1,203.50", "1,000.00"),
    ("Public safety and", "12.00", ""),
    ("Education", "4,900.02", "4,100.00"),
    ("Science", "88.00", "80.00"),
    ("Total", "6,203.52", "5,180.00"),
)
SIZE, PITCH, TOP = 10.0, 18.0, 700.0


def draw(
    body: Sequence[Sequence[str]], level: Sequence[float], upright: Sequence[tuple[float, float]]
) -> bytes:
    """Header and rows of text; level rules at y, upright ones at x down to y."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", SIZE)
    canvas.drawString(150, TOP + 30, "Table 1")
    for row, texts in enumerate((HEADER, *body)):
        y = TOP - PITCH * (row + 1) + 5
        canvas.drawString(XS[0] + 4, y, texts[0])
        for col in (1, 2):
            canvas.drawRightString(XS[col + 1] - 4, y, texts[col])
    for at in level:
        canvas.line(XS[0], at, XS[-1], at)
    for x, to in upright:
        canvas.line(x, TOP, x, to)
    canvas.save()
    return buffer.getvalue()


def only_table(data: bytes) -> RawTable:
    (page,) = read_document(open_source(data)).pages
    (table,) = page.tables
    return table


def texts(table: RawTable) -> list[tuple[str, ...]]:
    rows: list[list[str]] = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = " ".join(line.text for line in cell.lines)
    return [tuple(row) for row in rows]


LID, UNDER_HEADER, FLOOR = TOP, TOP - PITCH, TOP - PITCH * (len(BODY) + 1)
ROWS = [TOP - PITCH * i for i in range(len(BODY) + 2)]


def test_rows_of_figures_without_rules_between_are_rows() -> None:
    upright = [(x, FLOOR) for x in XS]
    table = only_table(draw(BODY, (LID, UNDER_HEADER, FLOOR), upright))
    assert not table.is_ruled
    assert texts(table) == [HEADER, *BODY]


def test_a_label_in_the_middle_is_of_all_rows() -> None:
    body = [("", *row[1:]) for row in BODY]
    body[2] = ("Group", *body[2][1:])
    table = only_table(draw(body, (LID, UNDER_HEADER, FLOOR), [(x, FLOOR) for x in XS]))
    (label,) = [cell for cell in table.cells if cell.lines and cell.lines[0].text == "Group"]
    assert (label.row, label.row_span) == (1, len(BODY))
    assert [row[1:] for row in texts(table)] == [HEADER[1:], *(row[1:] for row in body)]


def test_columns_ruled_in_the_header_only_go_on() -> None:
    upright = [(XS[0], FLOOR), (XS[-1], FLOOR), *((x, UNDER_HEADER) for x in XS[1:-1])]
    table = only_table(draw(BODY, ROWS, upright))
    assert not table.is_ruled
    assert texts(table) == [HEADER, *BODY]


def test_one_upright_rule_behind_the_labels_hides_no_columns() -> None:
    body = [row for row in BODY if row[2]]
    floor = TOP - PITCH * (len(body) + 1)
    table = only_table(draw(body, (LID, UNDER_HEADER, floor), [(XS[1], floor)]))
    assert not table.is_ruled
    assert texts(table) == [HEADER, *body]


@pytest.mark.parametrize("level", [ROWS, [LID, UNDER_HEADER, *ROWS[2:]]])
def test_whole_rules_leave_nothing_to_do(level: Sequence[float]) -> None:
    table = only_table(draw(BODY, level, [(x, FLOOR) for x in XS]))
    assert table.is_ruled
    assert texts(table) == [HEADER, *BODY]


def test_wrapped_text_in_a_ruled_cell_stays_one_cell() -> None:
    body = [
        ("Goals of the year:", "", ""),
        ("repair 12 bridges", "", ""),
        ("and build 14", "", ""),
        ("shelters by 2026", "", ""),
        ("in 3 districts", "100", "90"),
    ]
    table = only_table(draw(body, (LID, UNDER_HEADER, FLOOR), [(x, FLOOR) for x in XS]))
    assert table.is_ruled
    assert table.n_rows == 2


def test_one_figure_that_a_narrow_cell_breaks_is_not_several() -> None:
    def row(text: str, x0: float, x1: float, y: float) -> Row:
        line = Line(text, Box(x0, y, x1, y + 10), 9.0)
        return Row((Piece(line, is_figure=True, is_dash=False),), y + 5, y, y + 10, 9.0)

    broken = [row("13910", 2, 24.5, 0), row("0.0006", 2, 27, 12), row("50", 2, 11, 24)]
    assert _is_wrapped(broken, 30.0)
    assert not _is_wrapped(broken, 60.0)
    several = [row("5", 22, 26.5, 0), row("1391.0", 2, 27, 12), row("50", 18, 27, 24)]
    assert not _is_wrapped(several, 30.0)
