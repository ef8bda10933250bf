"""Rows of pieces to blocks: the rows that make up one unruled table, and its column spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .header_rows import MOST_LINES, header_start, lid_of
from .heads import as_heads, find_heads
from .pieces import SAME_SIZE, Piece, Row, Span, n_crossed, sits_in_one

Rules = npt.NDArray[np.float32]
"""(n, 3) at, start, end of level rules, pt."""

_MIN_DATA_ROWS = 3
_LEAST_BOXED = 3
"""Columns that a table of fewer rows has at least."""
_MAX_STEP = 3.2
"""Rows further apart than this, in row pitches, belong to different tables."""
_MAX_LEAP = 4.5
"""... or in font sizes, whichever is more."""
_WRAPPED = 1.3  # em
_LINE = 1.5
"""em; lines of one label stand closer."""
_WIDE = 0.85
"""A rule over so much of a table's width is one of the whole table."""


@dataclass(frozen=True, slots=True)
class Block:
    """One table's rows from top to bottom; the first ``n_header`` are above all data.

    ``spans``: the x-ranges of its columns, apart and ascending. ``rules``: y of the level rules
    that run over the whole table, ascending; ``parts``: the shorter ones, as (n, 3).
    """

    rows: tuple[Row, ...]
    n_header: int
    spans: tuple[Span, ...]
    rules: tuple[float, ...]
    parts: Rules

    @property
    def x0(self) -> float:
        """Left end of all its text, pt."""
        return min(p.x0 for row in self.rows for p in row.pieces)

    @property
    def x1(self) -> float:
        """Right end of all its text, pt."""
        return max(p.x1 for row in self.rows for p in row.pieces)

    def pieces_in(self, span: Span) -> list[Piece]:
        """What stands in a column of the body: pieces with their middle in its x-range."""
        body = self.rows[self.n_header :]
        return [p for row in body for p in row.pieces if span[0] <= p.middle <= span[1]]


def find_blocks(rows: Sequence[Row], rules: Rules) -> list[Block]:
    """The unruled tables among the rows of a page, from top to bottom."""
    blocks: list[Block] = []
    start = 0
    floor = 0
    while start < len(rows):
        if not rows[start].is_data:
            start += 1
            continue
        end = _grow(rows, start)
        block = _block(rows, floor, start, end, rules)
        if block is not None:
            blocks.append(block)
            floor = start = rows.index(block.rows[-1]) + 1
        else:
            start += 1
    return blocks


def _grow(rows: Sequence[Row], start: int) -> int:
    """Row number behind the last data row of the block that begins with a data row."""
    spans = merge_spans([(p.x0, p.x1) for p in rows[start].pieces])
    steps: list[float] = []
    last = start
    for at in range(start + 1, len(rows)):
        row = rows[at]
        step = row.y - rows[at - 1].y
        pitch = float(np.median(steps)) if steps else 2.0 * row.size
        if step > max(_MAX_STEP * pitch, _MAX_LEAP * row.size):
            break
        if not _is_within(row, spans):
            break
        if len(row.pieces) > 1 or sits_in_one(row.pieces[0], spans):
            spans = _widened(spans, row)
        if row.is_data or (row.has_figure and sits_in_one(row.pieces[0], spans)):
            steps.append(step)
            last = at
    if last > start and last + 1 == len(rows) and _is_page_number(rows[last]):
        last -= 1
    return last + 1


def _is_page_number(row: Row) -> bool:
    """Whether a page's last row is a short bare number alone: no row of a table is."""
    text = row.pieces[0].line.text.strip(" -—–")
    return len(row.pieces) == 1 and text.isdecimal() and len(text) < 4


def _is_within(row: Row, spans: Sequence[Span]) -> bool:
    """Whether a row can belong to the columns so far: it bridges none that stand apart."""
    if any(p.is_leader for p in row.pieces):
        return False
    n_bridging = sum(n_crossed(p, spans) > 1 for p in row.pieces)
    if row.is_data:
        return n_bridging == 0 or (n_bridging == 1 and len(row.pieces) >= 3)
    if n_bridging == 0:
        return True
    # A heading between groups of rows, no line of prose: shorter than the table is wide.
    width = spans[-1][1] - spans[0][0]
    return len(row.pieces) == 1 and row.pieces[0].x1 - row.pieces[0].x0 < 0.6 * width


def merge_spans(spans: Sequence[Span], least: float = 0.0) -> list[Span]:
    """Overlapping x-ranges as one; those less than ``least`` apart too."""
    merged: list[Span] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1] + least:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return merged


def _widened(spans: Sequence[Span], row: Row) -> list[Span]:
    """The columns with the pieces of a row, leaving out what would make one column of two."""
    grown = list(spans)
    for piece in row.pieces:
        if n_crossed(piece, grown) <= 1:
            merged = merge_spans([*grown, (piece.x0, piece.x1)])
            if len(merged) >= len(grown):
                grown = merged
    return grown


def _block(rows: Sequence[Row], floor: int, start: int, end: int, rules: Rules) -> Block | None:
    """The block of data rows start..end with its header and its tail, if it is a table."""
    body = rows[start:end]
    data = [row for row in body if row.is_data]
    spans = body_spans(body)
    full, parts = rules_of(rules, spans[0][0], spans[-1][1])
    few = len(data) < _MIN_DATA_ROWS
    if not few and not _is_table(body, data, spans):
        return None
    start = _first_line(rows, floor, start, end, full)
    heads = [as_heads(row, spans) for row in rows[:start]]
    first = header_start([*heads, *rows[start:]], floor, start, spans, full)
    if few and not (
        _is_boxed(rows, floor, start, end, spans, full) or _is_headed(heads[first:], data, spans)
    ):
        return None
    end = _tail_end(rows, start, end, spans, full)
    chosen = [*heads[first:], *rows[start:end]]
    top, bottom = chosen[0].top, chosen[-1].bottom
    inside = tuple(float(y) for y in full if top - 30 < y < bottom + 30)
    near = parts[(parts[:, 0] > top - 3) & (parts[:, 0] < bottom + 3)]
    return Block(tuple(chosen), start - first, tuple(spans), inside, near)


def _is_headed(header: Sequence[Row], data: Sequence[Row], spans: Sequence[Span]) -> bool:
    """Whether one or two rows of several figures stand below a header with a word for each."""
    heads = find_heads(header, spans, np.inf)
    words = [p for row in header for p in row.pieces]
    return (
        len(spans) > 1
        and len(heads) >= max(len(spans), _LEAST_BOXED + 1)
        and not any(p.is_figure or p.is_dash for p in words)
        and all(sum(p.is_figure or p.is_dash for p in row.pieces) >= 2 for row in data)
    )


def _is_boxed(
    rows: Sequence[Row],
    floor: int,
    start: int,
    end: int,
    spans: Sequence[Span],
    full: Sequence[float],
) -> bool:
    """Whether rules close off header and body of one or two rows, with a heading to each column."""
    below = [y for y in full if 0 < y - rows[end - 1].y < _MAX_LEAP * rows[end - 1].size]
    if len(spans) < _LEAST_BOXED or not below or lid_of(rows, floor, start, full) is None:
        return False
    heads = rows[floor:start][-MOST_LINES:]
    return any(len(row.pieces) >= len(spans) for row in heads)


def _first_line(
    rows: Sequence[Row], floor: int, start: int, end: int, full: Sequence[float]
) -> int:
    """Number of the row with the first line of the first label, where that wraps.

    The figures of a row stand in the middle of its label, half a line from the nearest one, or
    beside its last line; a rule below the header tells in any case.
    """
    data = [row.y for row in rows[start:end] if row.is_data]
    steps = [b - a for a, b in pairwise(data)]
    pitch = float(np.median(steps)) if steps else 2.0 * rows[start].size
    least = min(steps) if steps else 0.0
    under = max((y for y in full if y < rows[start].y), default=-np.inf)
    is_below_rule = any(len(row.pieces) > 1 for row in rows[floor:start] if row.y < under)
    first = rows[start].pieces[0]
    labels = [p.x0 for row in rows[start:end] for p in row.pieces if not p.is_figure]
    while start > floor:
        row, below = rows[start - 1], rows[start]
        step = below.y - row.y
        if row.has_figure or abs(row.size - below.size) > SAME_SIZE:
            break
        if len(row.pieces) > 1 and not (
            step < 0.6 * pitch
            and all(any(abs(p.x0 - x) < 0.2 * row.size for x in labels) for p in row.pieces)
        ):
            break
        is_full = step < min(_LINE * row.size, 0.8 * least) and (
            abs(row.pieces[0].x0 - first.x0) < 0.2 * row.size and row.pieces[0].x1 > first.x1
        )
        is_own = is_below_rule and row.y > under and step < _LINE * row.size
        if not (step < 0.6 * pitch or is_full or is_own):
            break
        start -= 1
    return start


def body_spans(rows: Sequence[Row]) -> list[Span]:
    """The x-ranges of columns: where pieces of the rows stand one above the other.

    A piece that lies across two ranges in which more rows have pieces of their own is left out.
    """
    pieces = [p for row in rows if len(row.pieces) > 1 for p in row.pieces]
    figures = [(p.x0, p.x1) for p in pieces if p.is_figure]
    spans = merge_spans(figures)
    # Letters set apart (合 计) are one word: they come last, when their column is known.
    others = sorted(
        (p for p in pieces if not p.is_figure), key=lambda p: (_is_letter(p), p.x1 - p.x0)
    )
    for piece in others:
        merged = merge_spans([*spans, (piece.x0, piece.x1)])
        if len(merged) >= len(spans) or n_crossed(piece, spans) <= 1:
            spans = merged if len(merged) >= len(spans) else spans
    return spans


def _is_letter(piece: Piece) -> bool:
    return len(piece.line.text.strip()) == 1


def _is_table(body: Sequence[Row], data: Sequence[Row], spans: Sequence[Span]) -> bool:
    """Whether rows of figures are a table rather than contents, a list, a chart or prose."""
    if len(spans) < 2 or len(data) < 0.34 * _n_rows(body):
        return False
    figures = [[p for p in row.pieces if p.is_figure and _column(p, spans) > 0] for row in data]
    n_columns = len({_column(p, spans) for row in figures for p in row})
    texts = [p.line.text for row in figures for p in row]
    if len(spans) == 2 or n_columns == 1:
        # Two columns are a table of amounts only: page numbers of contents are bare integers.
        amounts = sum("." in t or "," in t for t in texts)
        if amounts < 0.6 * len(texts) or len(texts) < _MIN_DATA_ROWS:
            return False
    n_aligned = _n_aligned(figures, spans)
    return n_aligned >= 0.6 * len(texts) and _n_filled(data, spans) >= 0.34


def _n_rows(body: Sequence[Row]) -> int:
    """How many rows there are without the lines of labels that wrap, close to their figures."""
    return sum(
        row.has_figure
        or not any(
            other.has_figure and abs(other.y - row.y) < _WRAPPED * row.size
            for other in body[max(0, at - 1) : at + 2]
        )
        for at, row in enumerate(body)
    )


def _column(piece: Piece, spans: Sequence[Span]) -> int:
    return next((i for i, (a, b) in enumerate(spans) if a <= piece.middle <= b), -1)


def _n_aligned(figures: Sequence[Sequence[Piece]], spans: Sequence[Span]) -> int:
    """How many figures end, begin, centre or have their point where most of their column do."""
    count = 0
    for i in range(len(spans)):
        column = [p for row in figures for p in row if _column(p, spans) == i]
        if len(column) < 2:
            continue
        best = 0
        for key in (lambda p: p.x1, lambda p: p.x0, lambda p: p.middle, _point):
            at = np.array([key(p) for p in column])
            near = np.abs(at[:, None] - at[None, :]) < 0.35 * column[0].line.size
            best = max(best, int(near.sum(axis=1).max()))
        count += best
    return count


def _point(piece: Piece) -> float:
    """Place of the decimal point, by the share of characters before it."""
    text = piece.line.text
    share = text.find(".") / len(text) if "." in text else 1.0
    return piece.x0 + share * (piece.x1 - piece.x0)


def _n_filled(data: Sequence[Row], spans: Sequence[Span]) -> float:
    """The share of slots of the data rows that are filled."""
    filled = sum(len({_column(p, spans) for p in row.pieces} - {-1}) for row in data)
    return filled / (len(data) * len(spans))


def rules_of(rules: Rules, x0: float, x1: float) -> tuple[list[float], Rules]:
    """The y of rules over the whole width, and the shorter rules within it."""
    if not len(rules):
        return [], rules
    common = np.minimum(rules[:, 2], x1) - np.maximum(rules[:, 1], x0)
    is_full = common >= _WIDE * (x1 - x0)
    is_part = ~is_full & (common > 0.8 * (rules[:, 2] - rules[:, 1]))
    return sorted(rules[is_full, 0].tolist()), rules[is_part]


def _tail_end(
    rows: Sequence[Row], start: int, end: int, spans: Sequence[Span], full: Sequence[float]
) -> int:
    """Row number behind the rows without figures that still belong to the table's end."""
    steps = [b.y - a.y for a, b in pairwise(rows[start:end])]
    pitch = float(np.median(steps)) if steps else 2.0 * rows[start].size
    labels = [
        p.x0
        for row in rows[start:end]
        if len(row.pieces) > 1
        for p in row.pieces
        if not (p.is_figure or p.is_dash)
    ]
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        if row.y - above.y > 1.35 * pitch or any(p.is_told or p.is_leader for p in row.pieces):
            break
        if any(n_crossed(p, spans) > 1 for p in row.pieces):
            break
        crossed = [y for y in full if above.y < y < row.y]
        floor_rules = [y for y in full if row.y < y < row.y + 2.5 * pitch]
        if full and not floor_rules and (crossed or len(full) > 1):
            break
        size = 0.4 * row.size
        if not any(abs(row.pieces[0].x0 - x) < size for x in labels):
            break
        piece = row.pieces[0]
        if len(row.pieces) == 1 and all(
            piece.x1 > b + row.size for a, b in spans if a < piece.x0 + size
        ):
            break
        end += 1
    return end
