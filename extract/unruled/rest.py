"""The few rows of an unruled table that stand on a page of their own, before or after the rest.

Three rows make a table by themselves; one or two only do so in the columns of the page beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from .blocks import Block, Rules, rules_of
from .header_rows import header_start
from .heads import as_heads
from .pieces import Piece, Row, Span, crossed, make_piece, n_crossed
from .second import n_crowded

_ALIGNED_PT = 2.0
_MOST_ROWS = 5
_LINES_ABOVE = 2
"""A running head and the unit line may stand above a table that goes on."""
_STEP = 3.2


def find_rest(rows: Sequence[Row], rules: Rules, before: Block) -> Block | None:
    """The rows at a page's top that go on from ``before``, the last table of the page before."""
    rows = [_parted(row, before.spans) for row in rows]
    start = next((i for i, row in enumerate(rows) if _fits(row, before)), None)
    if start is None:
        return None
    header = {text_of(row) for row in before.rows[: before.n_header]}
    again = [i for i in range(start) if text_of(rows[i]) in header]
    first = again[0] if again else start
    if first > _LINES_ABOVE or len(again) < start - first:
        return None
    end = start + 1
    while end < len(rows) and _goes_on(rows[end - 1], rows[end], before):
        end += 1
    rows = [*(as_heads(row, before.spans) for row in rows[:start]), *rows[start:]]
    return _block(rows, first, start, end, rules, before.spans)


def has_other_header(block: Block, before: Block) -> bool:
    """Whether a block has a header that is not the one of the table before printed again."""
    header = "".join(text_of(row) for row in before.rows[: before.n_header])
    again = "".join(text_of(row) for row in block.rows[: block.n_header])
    return bool(again) and sorted(again) != sorted(header)


def on_columns_of(block: Block, spans: Sequence[Span], before: Block) -> Block | None:
    """A few rows at a page's top on the columns of the table before, if they go on from it.

    Too few to tell their columns themselves, or with figures that share one: what is under the same
    header, or none, and has each word within one of those columns.
    """
    body = block.rows[block.n_header :]
    words = [word for row in body for p in row.pieces for word in p.words or (p.line,)]
    is_weak = len(body) <= _MOST_ROWS or n_crowded(body, block.spans) > 0
    if not is_weak or len(block.spans) >= len(spans):
        return None
    if has_other_header(block, before):
        return None
    if any(_column(make_piece(word), spans) < 0 for word in words):
        return None
    heads = (as_heads(row, spans) for row in block.rows[: block.n_header])
    return replace(block, rows=(*heads, *body), spans=tuple(spans))


def find_start(rows: Sequence[Row], rules: Rules, after: Block) -> Block | None:
    """The rows at a page's foot that ``after``, the first table of the next page, goes on from."""
    if after.n_header:
        return None
    own = [_parted(row, after.spans) for row in rows if not _is_page_number(row)]
    if not own or not _fits(own[-1], after):
        return None
    start = len(own) - 1
    while (
        start > 0 and _fits(own[start - 1], after) and _goes_on(own[start - 1], own[start], after)
    ):
        start -= 1
    full, _ = rules_of(rules, after.spans[0][0], after.spans[-1][1])
    own = [*(as_heads(row, after.spans) for row in own[:start]), *own[start:]]
    first = header_start(own, 0, start, after.spans, full)
    if first == start:
        return None
    return _block(own, first, start, len(own), rules, after.spans)


def _parted(row: Row, spans: Sequence[Span]) -> Row:
    """A row whose pieces over several columns are parted into their words.

    One or two rows do not tell themselves that columns part there.
    """
    pieces: list[Piece] = []
    for piece in row.pieces:
        is_wide = n_crossed(piece, spans) > 1 and len(piece.words) > 1
        pieces.extend(make_piece(word) for word in piece.words if is_wide)
        pieces.extend([piece] if not is_wide else [])
    return replace(row, pieces=tuple(pieces))


def _block(
    rows: Sequence[Row], first: int, start: int, end: int, rules: Rules, spans: Sequence[Span]
) -> Block | None:
    if end - start > _MOST_ROWS:
        return None  # so many would have been found by themselves, were they a table
    full, parts = rules_of(rules, spans[0][0], spans[-1][1])
    chosen = tuple(rows[first:end])
    top, bottom = chosen[0].top, chosen[-1].bottom
    near = parts[(parts[:, 0] > top - 3) & (parts[:, 0] < bottom + 3)]
    inside = tuple(y for y in full if top - 30 < y < bottom + 30)
    return Block(chosen, start - first, tuple(spans), inside, near)


def _goes_on(above: Row, row: Row, like: Block) -> bool:
    """Whether a row is the next of the table: near, and within its columns."""
    if row.y - above.y > _STEP * _pitch(like):
        return False
    return _fits(row, like) or (
        row.y - above.y < 0.9 * _pitch(like)
        and not row.has_figure
        and all(_column(piece, like.spans) >= 0 for piece in row.pieces)
    )


def _pitch(block: Block) -> float:
    steps = [b.y - a.y for a, b in pairwise(block.rows[block.n_header :])]
    return float(np.median(steps)) if steps else 2.0 * block.rows[-1].size


def _fits(row: Row, like: Block) -> bool:
    """Whether a row has a figure beside something, each piece in a column, aligned as there."""
    if not row.is_data:
        return False
    columns = [_column(piece, like.spans) for piece in row.pieces]
    if -1 in columns or len(set(columns)) < len(columns):
        return False
    return all(
        _is_aligned(piece, column, like)
        for piece, column in zip(row.pieces, columns, strict=True)
        if piece.is_figure
    )


def _is_aligned(piece: Piece, column: int, like: Block) -> bool:
    """Whether a figure ends, begins or has its middle where others of its column have."""
    others = [
        other
        for row in like.rows[like.n_header :]
        for other in row.pieces
        if other.is_figure and _column(other, like.spans) == column
    ]
    return not others or any(
        abs(own - theirs) < _ALIGNED_PT
        for other in others
        for own, theirs in (
            (piece.x1, other.x1), (piece.x0, other.x0), (piece.middle, other.middle))
    )  # fmt: skip


def _column(piece: Piece, spans: Sequence[Span]) -> int:
    """The column that a piece is in; -1 where it is in none, or in several."""
    over = crossed(piece.x0, piece.x1, piece.line.size, spans)
    return over[0] if len(over) == 1 else -1


def text_of(row: Row) -> str:
    """All text of a row, without spaces."""
    return "".join("".join(p.line.text.split()) for p in row.pieces)


def _is_page_number(row: Row) -> bool:
    return len(row.pieces) == 1 and len(row.pieces[0].line.text.strip(" -—·第页共/")) <= 3
