"""Which rows above a table's figures are its header."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .heads import goes_on
from .pieces import SAME_SIZE, Piece, Row, Span, n_crossed, sits_in_one

_HEADER_STEP = 2.6
"""em; header rows further apart are none."""
MOST_LINES = 10
_NEAR = 3
"""Cells of several lines and several rows put so many baselines between a parent and its row."""


def header_start(
    rows: Sequence[Row], floor: int, start: int, spans: Sequence[Span], full: Sequence[float]
) -> int:
    """Number of the first header row above the data row ``start``.

    Rows of several pieces over the columns are header; a single piece only between a rule above
    and such rows, or where it belongs to a column that wraps: titles stand alone.
    """
    first = start
    margin = 1.5 * rows[start].size
    lid = lid_of(rows, floor, start, full)
    for at in range(start - 1, max(floor, start - MOST_LINES) - 1, -1):
        row, below = rows[at], rows[at + 1]
        if lid is not None:
            if row.y < lid:
                break
            first = at
            continue
        if below.y - row.y > _HEADER_STEP * max(row.size, below.size) + 2:
            break
        if any(p.is_told or p.is_leader for p in row.pieces):
            break
        if any(p.x0 < spans[0][0] - 8 * margin for p in row.pieces):
            break
        if len(row.pieces) >= 2 and not any(
            n_crossed(p, spans) > 0.7 * len(spans) + 1 for p in row.pieces
        ):
            first = at
            continue
        if len(row.pieces) > 1 or abs(row.size - rows[first].size) > SAME_SIZE:
            break
        lines = [p for below in rows[at + 1 : at + 4] for p in below.pieces]
        if any(goes_on(row.pieces[0], line, np.inf) for line in lines):
            first = at  # the first line of a header cell that wraps
        elif first <= at + 1 and any(
            _is_centred(row.pieces[0], heads, spans) for heads in rows[first:start][:_NEAR]
        ):
            first = at  # a parent header alone in its row
        elif first <= at + 1 and at > floor and any(p.is_told for p in rows[at - 1].pieces):
            first = at  # the title stands above the line of the unit, not below it
        elif not sits_in_one(row.pieces[0], spans):
            break
    return first


def _is_centred(piece: Piece, below: Row, spans: Sequence[Span]) -> bool:
    """Whether a lone piece stands centred over some columns, or headings right below, not all.

    The title stands over all of them.
    """
    heads = [(p.x0, p.x1) for p in below.pieces]
    off = 0.8 * piece.line.size
    return any(
        abs((over[first][0] + over[end - 1][1]) / 2 - piece.middle) < off
        and over[first][0] - off < piece.x0
        and piece.x1 < over[end - 1][1] + off
        for over in (heads, spans)
        if len(over) > 2
        for first in range(len(over))
        for end in range(first + 2, len(over) + (first > 0))
    )


def lid_of(rows: Sequence[Row], floor: int, start: int, full: Sequence[float]) -> float | None:
    """Height of the table's top rule: the highest one above the data with only header between.

    Header text stands between the top rule and the rule below the header; where just one rule
    stands above the data, it is the one below the header if text stands close above it.
    """
    data_top = rows[start].y
    highest = rows[max(floor, start - MOST_LINES)].top - 3 if start > floor else data_top
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
