"""Rows of pieces to blocks: the rows that make up one unruled table, and its column spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .pieces import Piece, Row, as_one, make_piece

Span = tuple[float, float]
Rules = npt.NDArray[np.float32]
"""(n, 3) at, start, end of level rules, pt."""

_MIN_DATA_ROWS = 3
_LEAST_BOXED = 3
"""Columns that a table of fewer rows has at least."""
_MAX_STEP = 3.2
"""Rows further apart than this, in row pitches, belong to different tables."""
_MAX_LEAP = 4.5
"""... or in font sizes, whichever is more."""
_HEADER_STEP = 2.6
_MAX_HEADER_LINES = 10
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
        if len(row.pieces) > 1 or _sits_in_one(row.pieces[0], spans):
            spans = _widened(spans, row)
        if row.is_data or (row.has_figure and _sits_in_one(row.pieces[0], spans)):
            steps.append(step)
            last = at
    return last + 1


def _is_within(row: Row, spans: Sequence[Span]) -> bool:
    """Whether a row can belong to the columns so far: it bridges none that stand apart."""
    if any(p.is_leader for p in row.pieces):
        return False
    n_bridging = sum(_n_crossed(p, spans) > 1 for p in row.pieces)
    if row.is_data:
        return n_bridging == 0 or (n_bridging == 1 and len(row.pieces) >= 3)
    if n_bridging == 0:
        return True
    # A heading between groups of rows, no line of prose: shorter than the table is wide.
    width = spans[-1][1] - spans[0][0]
    return len(row.pieces) == 1 and row.pieces[0].x1 - row.pieces[0].x0 < 0.6 * width


def _n_crossed(piece: Piece, spans: Sequence[Span]) -> int:
    """How many columns a piece overlaps by more than a slip."""
    slip = 0.2 * piece.line.size
    return sum(piece.x1 > a + slip and piece.x0 < b - slip for a, b in spans)


def _sits_in_one(piece: Piece, spans: Sequence[Span]) -> bool:
    return _n_crossed(piece, spans) <= 1


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
        if _n_crossed(piece, grown) <= 1:
            merged = merge_spans([*grown, (piece.x0, piece.x1)])
            if len(merged) >= len(grown):
                grown = merged
    return grown


def _block(rows: Sequence[Row], floor: int, start: int, end: int, rules: Rules) -> Block | None:
    """The block of data rows start..end with its header and its tail, if it is a table."""
    body = rows[start:end]
    data = [row for row in body if row.is_data]
    spans = body_spans(body)
    x0, x1 = spans[0][0], spans[-1][1]
    full, parts = rules_of(rules, x0, x1)
    few = len(data) < _MIN_DATA_ROWS
    if not (_is_boxed(rows, floor, start, end, spans, full) if few else
            _is_table(body, data, spans)):  # fmt: skip
        return None
    start = _first_line(rows, floor, start, end)
    first = header_start(rows, floor, start, spans, full)
    end = _tail_end(rows, start, end, spans, full)
    chosen = [*(_letters_joined(row, spans) for row in rows[first:start]), *rows[start:end]]
    top, bottom = chosen[0].top, chosen[-1].bottom
    inside = tuple(float(y) for y in full if top - 30 < y < bottom + 30)
    near = parts[(parts[:, 0] > top - 3) & (parts[:, 0] < bottom + 3)]
    return Block(tuple(chosen), start - first, tuple(spans), inside, near)


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
    if len(spans) < _LEAST_BOXED or not below or _lid(rows, floor, start, full) is None:
        return False
    heads = rows[floor:start][-_MAX_HEADER_LINES:]
    return any(len(row.pieces) >= len(spans) for row in heads)


def _first_line(rows: Sequence[Row], floor: int, start: int, end: int) -> int:
    """Number of the row with the first line of the first label, where that wraps.

    The figures of a row stand in the middle of its label, half a line from the nearest one.
    """
    steps = [b.y - a.y for a, b in pairwise(rows[start:end]) if a.is_data and b.is_data]
    pitch = float(np.median(steps)) if steps else 2.0 * rows[start].size
    while start > floor:
        row, below = rows[start - 1], rows[start]
        if len(row.pieces) > 1 or row.has_figure or below.y - row.y >= 0.6 * pitch:
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
        if len(merged) >= len(spans) or _n_crossed(piece, spans) <= 1:
            spans = merged if len(merged) >= len(spans) else spans
    return spans


def _is_letter(piece: Piece) -> bool:
    return len(piece.line.text.strip()) == 1


def _letters_joined(row: Row, spans: Sequence[Span]) -> Row:
    """A header row with letters set apart (项 目) as one piece, where one column is below them."""
    joined: list[Piece] = []
    for piece in row.pieces:
        if joined and _is_letter(piece) and _is_letter(joined[-1]):
            whole = make_piece(as_one([joined[-1].line, piece.line]))
            if _n_crossed(whole, spans) <= 1:
                joined[-1] = whole
                continue
        joined.append(piece)
    return replace(row, pieces=tuple(joined))


def _is_table(body: Sequence[Row], data: Sequence[Row], spans: Sequence[Span]) -> bool:
    """Whether rows of figures are a table rather than contents, a list, a chart or prose."""
    if len(spans) < 2 or len(data) < 0.34 * len(body):
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


def header_start(
    rows: Sequence[Row], floor: int, start: int, spans: Sequence[Span], full: Sequence[float]
) -> int:
    """Number of the first header row above the data row ``start``.

    Rows of several pieces over the columns are header; a single piece only between a rule above
    and such rows, or where it belongs to a column that wraps: titles stand alone.
    """
    first = start
    margin = 1.5 * rows[start].size
    lid = _lid(rows, floor, start, full)
    for at in range(start - 1, max(floor, start - _MAX_HEADER_LINES) - 1, -1):
        row, below = rows[at], rows[at + 1]
        if lid is not None:
            if row.y < lid:
                break
            first = at
            continue
        if below.y - row.y > _HEADER_STEP * max(row.size, below.size) + 2:
            break
        out = [p for p in row.pieces if p.x0 < spans[0][0] - 4 * margin
               or p.x1 > spans[-1][1] + margin]  # fmt: skip
        if out or any(p.is_told or p.is_leader for p in row.pieces):
            break
        if len(row.pieces) >= 2 and not any(_n_crossed(p, spans) > 0.7 * len(spans) + 1
                                            for p in row.pieces):  # fmt: skip
            first = at
        elif len(row.pieces) == 1 and first == at + 1 and _is_centred(row, below, spans):
            first = at  # a parent header alone in its row
        elif not (len(row.pieces) == 1 and _sits_in_one(row.pieces[0], spans)):
            break
    return first


def _is_centred(row: Row, below: Row, spans: Sequence[Span]) -> bool:
    """Whether a lone piece stands centred over some columns of the header row below, not all.

    The title stands over all of them, and in larger type.
    """
    (piece,) = row.pieces
    heads = below.pieces
    if len(heads) < 3 or abs(row.size - below.size) > 0.6:
        return False
    return any(
        centred_over(piece, heads[first:end], spans)
        for first in range(len(heads))
        for end in range(first + 2, len(heads) + (first > 0))
    )


def centred_over(piece: Piece, heads: Sequence[Piece], spans: Sequence[Span]) -> bool:
    """Whether a piece stands in the middle above neighbouring header pieces or their columns."""
    over = [s for head in heads for s in spans if _n_crossed(head, [s])]
    x0 = min([p.x0 for p in heads] + [s[0] for s in over])
    x1 = max([p.x1 for p in heads] + [s[1] for s in over])
    size = piece.line.size
    middles = ((x0 + x1) / 2, (heads[0].x0 + heads[-1].x1) / 2)
    is_inside = x0 - size < piece.x0 and piece.x1 < x1 + size
    return is_inside and any(abs(m - piece.middle) < 0.8 * size for m in middles)


def _lid(rows: Sequence[Row], floor: int, start: int, full: Sequence[float]) -> float | None:
    """Height of the table's top rule: the highest one above the data with only header between.

    Header text stands between the top rule and the rule below the header; where just one rule
    stands above the data, it is the one below the header if text stands close above it.
    """
    data_top = rows[start].y
    highest = rows[max(floor, start - _MAX_HEADER_LINES)].top - 3 if start > floor else data_top
    above = [y for y in full if highest - 12 < y < data_top]
    if len(above) < 2:
        return None
    lid: float | None = None
    bounds = sorted(above, reverse=True)
    for low, high in pairwise(bounds):
        between = [row for row in rows[floor:start] if high < row.y < low]
        if not between:
            continue
        if lid is not None and all(len(r.pieces) == 1 for r in between):
            break
        if any(p.is_leader for row in between for p in row.pieces) or len(between) > 5:
            break
        lid = high
    return lid


def _tail_end(
    rows: Sequence[Row], start: int, end: int, spans: Sequence[Span], full: Sequence[float]
) -> int:
    """Row number behind the rows without figures that still belong to the table's end."""
    steps = [b.y - a.y for a, b in pairwise(rows[start:end])]
    pitch = float(np.median(steps)) if steps else 2.0 * rows[start].size
    labels = [row.pieces[0].x0 for row in rows[start:end] if len(row.pieces) > 1]
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        if row.y - above.y > 1.35 * pitch or any(p.is_told or p.is_leader for p in row.pieces):
            break
        if any(_n_crossed(p, spans) > 1 for p in row.pieces):
            break
        crossed = [y for y in full if above.y < y < row.y]
        floor_rules = [y for y in full if row.y < y < row.y + 2.5 * pitch]
        if full and not floor_rules and (crossed or len(full) > 1):
            break
        size = 0.4 * row.size
        if not any(abs(row.pieces[0].x0 - x) < size for x in labels):
            break
        if len(row.pieces) == 1 and row.pieces[0].x1 > spans[0][1] + row.size:
            break
        end += 1
    return end
