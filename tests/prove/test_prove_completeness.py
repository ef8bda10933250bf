"""Text that no cell, caption or footer holds is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from yusuan.extract.model import Box, Line, RawDocument
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Normalized, normalize, prepare
from yusuan.normalize.model import Finding
from yusuan.prove.completeness import note_uncovered
from yusuan.schemas.loader import load


@pytest.fixture(scope="module")
def read(samples_dir: Path) -> tuple[RawDocument, Normalized]:
    raw = read_document(open_source(samples_dir / "shanghai-form.pdf", "x.pdf"))
    return raw, normalize(raw, prepare(load()))


def found(normalized: Normalized, raw: RawDocument) -> list[Finding]:
    return [f for f in note_uncovered(normalized, raw.pages).findings if f.code == "uncovered-text"]


def with_line(
    document: tuple[RawDocument, Normalized], text: str, right: float, below: float
) -> list[Finding]:
    """A line so many points to the right of, and below, the corner of the first known table."""
    raw, normalized = document
    number, index = normalized.logical[0].fragments[0]
    page = next(p for p in raw.pages if p.number == number)
    box = page.tables[index].box
    x, y = box.x1 + right, box.bottom + below
    line = Line(text, Box(x, y - 10, x + 30, y), 10.0)
    pages = [replace(p, lines=(*p.lines, line)) if p.number == number else p for p in raw.pages]
    return found(normalized, replace(raw, pages=tuple(pages)))


@pytest.mark.parametrize(
    "name", ["seed-calc", "seed-report", "shanghai-form", "final-account", "empty-set"]
)
def test_nothing_is_uncovered_on_a_page_read_whole(samples_dir: Path, name: str) -> None:
    raw = read_document(open_source(samples_dir / f"{name}.pdf", "x.pdf"))
    normalized = normalize(raw, prepare(load()))
    assert note_uncovered(normalized, raw.pages) is normalized


def test_a_column_without_rules_is_told(read: tuple[RawDocument, Normalized]) -> None:
    (finding,) = with_line(read, "1,234.56", 5, -40)
    assert finding.table_id == "T000" and finding.before == "1,234.56"
    (finding,) = with_line(read, "备注说明", 5, -40)
    assert finding.severity == "warning" and finding.page


def test_a_row_of_amounts_below_the_rules_is_told(read: tuple[RawDocument, Normalized]) -> None:
    assert with_line(read, "合计 1,234.56", -200, 12)
    assert with_line(read, "123456", -200, 12)


@pytest.mark.parametrize(
    "text", ["注：本表为空表。", "2025年", "第 5 页", "- 12 -", "5", "单位：元"]
)
def test_notes_and_page_numbers_below_a_table_are_not(
    read: tuple[RawDocument, Normalized], text: str
) -> None:
    assert with_line(read, text, -200, 12) == []


def test_a_page_number_in_the_margin_is_not(read: tuple[RawDocument, Normalized]) -> None:
    assert with_line(read, "- 12 -", 20, -40) == []
    assert with_line(read, "12", -100, -40), "inside the rules it is a lost figure"
