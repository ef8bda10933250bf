"""Raw tables as CSV: what a spreadsheet would run is guarded as in exported files."""

import csv
import io

import pytest

from yusuan.export.guard import unguarded
from yusuan.extract.model import Box, Cell, Line, RawDocument, RawPage, RawTable
from yusuan.rawtables import document_to_csv

BOX = Box(0.0, 0.0, 100.0, 20.0)


def csv_of(*texts: str) -> list[list[str]]:
    """The rows of a CSV of one table with one row, its cells holding the texts."""
    n_cols = len(texts)
    cells = tuple(Cell(0, i, 1, 1, BOX, (Line(text, BOX, 9.0),)) for i, text in enumerate(texts))
    edges = tuple(float(i) for i in range(n_cols + 1))
    table = RawTable(1, 0, BOX, 1, n_cols, cells, edges, (0.0, 20.0), ())
    page = RawPage(1, 600.0, 800.0, 0, (table,), (), n_glyphs=10)
    document = RawDocument("0" * 64, "made", "made.pdf", (page,))
    return list(csv.reader(io.StringIO(document_to_csv(document))))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "＝1+1", "=cmd|' /C calc'!A0", "a;=1+1"]
)
def test_text_that_would_run_as_a_formula_is_guarded(text: str) -> None:
    (_, row) = csv_of("项目", text)
    assert row[:4] == ["1", "0", "0", "项目"]
    assert row[4] != text
    assert unguarded(row[4]) == text


@pytest.mark.parametrize("text", ["-1,234.50", "-", "—", "=", "1,234.50", "一、收入", "≥80%"])
def test_figures_and_signs_stay_as_printed(text: str) -> None:
    assert csv_of("项目", text)[1][4] == text
