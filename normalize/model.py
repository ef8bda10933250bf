"""What flows through normalisation: cells with origins, logical tables, amounts, records.

Steps are pure functions; each returns its value and the findings it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from yusuan.extract.model import Box, Edge, Line

AmountKind = Literal["number", "zero", "dash", "blank", "unreadable"]
CellUse = Literal["value", "header", "title", "note", "ignored", "finding"]
Severity = Literal["info", "warning", "error"]
Unit = str
"""A unit that money is published in: one of ``schemas/units.csv``."""
CellKey = tuple[int, int, int, int]
"""(page, table index, row, col) of a raw cell; page from 1, the others from 0."""


class Origin(NamedTuple):
    """Where a value is printed: page (from 1), table on the page, raw row and column, box in pt.

    A named tuple, for they are made by the ten thousand, in a third of the time of a dataclass.
    """

    page: int
    table: int
    row: int
    col: int
    box: Box

    @property
    def key(self) -> CellKey:
        """The raw cell's key."""
        return self[:4]


class LogicalCell(NamedTuple):
    """A cell of a stitched table, a named tuple as ``Origin`` is.

    ``row`` and ``col`` count in the logical table (leaf columns); ``text`` is unwrapped;
    ``origins`` has several entries when the cell was cut by a page's edge. ``open_edges``: sides
    without a rule, ``lines``: the printed lines. ``hidden_glyphs``: how many glyphs of the text a
    clip hides.
    """

    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    origins: tuple[Origin, ...]
    lines: tuple[Line, ...] = ()
    open_edges: frozenset[Edge] = frozenset()
    hidden_glyphs: int = 0

    @property
    def is_clipped(self) -> bool:
        """Whether the cell was too small: a part of the text is printed, the rest is not."""
        return self.hidden_glyphs > 0 and bool(self.text)


@dataclass(frozen=True, slots=True)
class LeafColumn:
    """A leaf of the header tree: its path from the top, normalised, and its x-range in points.

    ``year``: a year printed in the path (``2025年执行数``), None where none is.
    ``unit``: a unit printed in the path (``金额（万元）``).
    ``content``: what stands below where one header cell covers several columns and so can't tell
    them apart: words or amounts; empty for a column with a header of its own.
    """

    index: int
    path: tuple[str, ...]
    x0: float
    x1: float
    year: int | None = None
    unit: Unit | None = None
    content: Literal["", "words", "amounts"] = ""


@dataclass(frozen=True, slots=True)
class LogicalTable:
    """One published table, its pages stitched and its header read as a tree.

    ``rows[i]`` holds the cells anchored in body row ``i``, from left to right; a merged cell is
    anchored in its first row only. ``title_year`` is printed above the table, ``year`` is what its
    figures are of (the title's year, else the document's).
    """

    table_id: str
    title: str
    table_no: str | None
    unit: Unit | None
    columns: tuple[LeafColumn, ...]
    rows: tuple[tuple[LogicalCell, ...], ...]
    row_pages: tuple[int, ...]
    fragments: tuple[tuple[int, int], ...]
    notes: tuple[str, ...] = ()
    publisher: str | None = None
    family: str | None = None
    fund_scope: str | None = None
    kind: Literal["budget", "final"] | None = None
    title_year: int | None = None
    year: int | None = None

    @property
    def page_first(self) -> int:
        """First page, from 1."""
        return self.fragments[0][0]

    @property
    def page_last(self) -> int:
        """Last page, from 1."""
        return self.fragments[-1][0]


@dataclass(frozen=True, slots=True)
class Amount:
    """A published amount. ``value`` is in the published unit; None unless number or zero.

    ``decimals``: digits after the point as printed. ``unit``: one printed with the figure itself
    (``3万元``), None where there is none. Money never meets float.
    """

    raw: str
    kind: AmountKind
    value: Decimal | None = None
    decimals: int | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a user should know: stable ``code`` (docs/findings.md), place, and what to do.

    ``severity`` is settled by the code (schemas/findings.csv, see ``as_documented``); a step that
    makes a finding need not know it. ``origin`` None means the whole document or table.
    ``before``/``after`` tell a repair.
    """

    code: str
    severity: Severity = "warning"
    note: str = ""
    origin: Origin | None = None
    table_id: str | None = None
    page: int | None = None
    column: str | None = None
    before: str | None = None
    after: str | None = None
    rule: str | None = None
    evidence: str | None = None


Value = str | int | bool | Decimal | None | tuple[str, ...] | tuple[int, ...]


class Record(NamedTuple):
    """One row of a canonical table: ``values`` has the columns of ``schemas`` by name.

    Columns that the store fills (doc_id, cell_id from ``origin``) may be absent.
    """

    table: str
    values: Mapping[str, Value]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a family mapper returns for one logical table.

    ``uses``: for each raw cell what became of it, with a reason where ``ignored`` (the ledger).
    """

    records: tuple[Record, ...] = ()
    uses: Mapping[CellKey, tuple[CellUse, str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
