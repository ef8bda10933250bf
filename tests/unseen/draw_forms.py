"""Draw a published table of any wording, and read it back: who says what of which cell.

A form is written as text: header cells separated by ``|``, one line a header row, ``<`` merges a
cell into its left neighbour, ``^`` into the one above. Every amount of the body is different, so
that a fact's text tells which cell it was read from.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import Record
from yusuan.schemas.loader import load

FONT = "STSong-Light"
Wanted = Mapping[str, object] | None
"""What the facts of a column say; None: no fact may come from it."""


@dataclass(frozen=True)
class Form:
    """``columns``: for each column what its facts say, None where there are none (labels too)."""

    title: str
    header: str
    rows: Sequence[Sequence[str]]
    columns: Sequence[Wanted]
    unit: str = "单位：万元"
    name: str = "部门：某市水务局"
    cover: str = "某市水务局2026年部门预算"
    row_facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def draw(*forms: Form) -> bytes:
    """A cover line, then each form with its captions."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    title = ParagraphStyle("title", fontName=FONT, fontSize=14, alignment=1, leading=18)
    small = ParagraphStyle("small", fontName=FONT, fontSize=9, leading=12)
    right = ParagraphStyle("right", parent=small, alignment=2)
    flow = [Paragraph(forms[0].cover, title), Spacer(1, 20)]
    for form in forms:
        flow += [Paragraph(form.title, title), Paragraph(form.name, small)]
        flow += [Paragraph(form.unit, right), _table(form), Spacer(1, 30)]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=landscape(A3), invariant=True).build(flow)
    return buffer.getvalue()


def _table(form: Form) -> Table:
    header = [[cell.strip() for cell in line.split("|")] for line in form.header.splitlines()]
    width = len(header[0])
    assert all(len(line) == width for line in (*header, *form.rows)), form.title
    assert len(form.columns) == width, form.title
    spans = []
    grid = [*header, *map(list, form.rows)]
    for r, line in enumerate(grid):
        for c, text in enumerate(line):
            if text in ("<", "^"):
                continue
            right = c
            while right + 1 < width and line[right + 1] == "<":
                right += 1
            low = r
            while low + 1 < len(grid) and grid[low + 1][c] == "^":
                low += 1
            if (right, low) != (c, r):
                spans.append(("SPAN", (c, r), (right, low)))
    data = [["" if t in ("<", "^") else t for t in line] for line in grid]
    style = [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("FONT", (0, 0), (-1, -1), FONT, 8),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *spans,
    ]
    return Table(data, style=TableStyle(style))


@lru_cache(maxsize=1)
def index() -> Index:
    """The rules, prepared once."""
    return prepare(load())


def read(*forms: Form) -> Normalized:
    """Draw and read."""
    return normalize(read_document(open_source(draw(*forms), "form.pdf")), index())


def money(result: Normalized) -> dict[str, Record]:
    """The facts by their printed amount; tables only."""
    facts = [r for r in result.records if r.origin is not None and r.values.get("amount_text")]
    assert len({r.values["amount_text"] for r in facts}) == len(facts), "an amount read twice"
    return {str(r.values["amount_text"]): r for r in facts}


def problems(form: Form) -> list[str]:
    """Where the facts differ from what the form says, in words; empty where all is right.

    Amounts that no canonical table has a column for may be details of others.
    """
    result = read(form)
    facts = {
        text: record for text, record in money(result).items() if record.table != "amount_details"
    }
    found = []
    for row in form.rows:
        for text, wanted in zip(row, form.columns, strict=True):
            record = facts.pop(text, None)
            if wanted is None:
                if record is not None:
                    found.append(f"{text} ({row[0]}) became {dict(record.values)}")
                continue
            if text in ("", "<", "^"):
                continue
            if record is None:
                found.append(f"{text} ({row[0]}) is lost")
                continue
            for name, value in {**wanted, **form.row_facts.get(row[0], {})}.items():
                if record.values.get(name) != value:
                    said = record.values.get(name)
                    found.append(f"{text} ({row[0]}): {name} is {said!r}, not {value!r}")
    found += [f"{text} comes from nowhere" for text in facts]
    if found:
        found += [f"{f.code}: {f.note}" for f in result.findings if f.severity != "info"][:8]
    return found
