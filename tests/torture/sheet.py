"""A budget table as its publisher has it, before any page: cells, widths, what is true of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["header", "label", "amount", "prose"]
Unit = Literal["元", "万元"]


@dataclass(frozen=True)
class Ref:
    """Stands in the truth for the text that is printed of a cell (a fixed height may cut it)."""

    row: int
    col: int


class Partly(str):
    """A text that some of its cell's rows print, and others, on another page, do not."""


Truth = str | int | Decimal | Ref | None


@dataclass(frozen=True)
class Entry:
    """A cell: its first row and column, spans, and text."""

    row: int
    col: int
    text: str
    kind: Kind
    row_span: int = 1
    col_span: int = 1

    @property
    def rows(self) -> range:
        return range(self.row, self.row + self.row_span)

    @property
    def cols(self) -> range:
        return range(self.col, self.col + self.col_span)


@dataclass(frozen=True)
class Fact:
    """A row that a canonical table must have: column -> value; other columns are not looked at."""

    table: str
    values: Mapping[str, Truth]


@dataclass(frozen=True)
class Sheet:
    """A table with its captions. Every slot of the grid is covered by exactly one entry.

    ``weights``: relative column widths. ``n_header``: rows of the header. ``facts``: the truth, in
    printed order within each canonical table; what a table has beyond it is invented.
    """

    family: str
    title: str
    number: str
    unit: Unit
    weights: tuple[float, ...]
    n_header: int
    n_rows: int
    entries: tuple[Entry, ...]
    facts: tuple[Fact, ...]

    @property
    def n_cols(self) -> int:
        return len(self.weights)


def cover(entries: list[Entry], n_rows: int, n_cols: int) -> tuple[Entry, ...]:
    """The entries in reading order, with a blank one in every slot that none covers."""
    taken = {(r, c) for e in entries for r in e.rows for c in e.cols}
    assert len(taken) == sum(e.row_span * e.col_span for e in entries), "two entries overlap"
    blanks = [
        Entry(r, c, "", "label")
        for r in range(n_rows)
        for c in range(n_cols)
        if (r, c) not in taken
    ]
    return tuple(sorted([*entries, *blanks], key=lambda e: (e.row, e.col)))


def header_entries(tree: str) -> list[Entry]:
    """Header cells from rows of ``|``-separated words; ``<`` and ``^`` merge left and up."""
    grid = [[word.strip() for word in line.split("|")] for line in tree.strip().splitlines()]
    entries = []
    for r, line in enumerate(grid):
        for c, word in enumerate(line):
            if word in ("<", "^"):
                continue
            right = _run(c + 1, len(line), lambda k, words=line: words[k] == "<")
            down = _run(r + 1, len(grid), lambda k, col=c: grid[k][col] == "^")
            entries.append(Entry(r, c, word, "header", down - r, right - c))
    return entries


def _run(start: int, end: int, goes_on: Callable[[int], bool]) -> int:
    while start < end and goes_on(start):
        start += 1
    return start


UNIT_YUAN = {"元": Decimal(1), "万元": Decimal(10000)}


def to_yuan(text: str, unit: Unit) -> Decimal | None:
    """What a printed amount means."""
    if text in ("", "-", "—"):
        return None
    return Decimal(text.replace(",", "")) * UNIT_YUAN[unit]
