"""A second reader of unruled tables, camelot: where it parts the columns.

Asked only where our own reading is in doubt; camelot is imported on use. Its columns are cut out of
our rows: which lines are one row, what is header and what spans columns stays our own reading.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .blocks import Block
from .pieces import Piece, Row, Span, n_figures

FLAVOURS = ("hybrid", "network", "stream")
_INSIDE = 0.5
"""So much of a block's height must be in camelot's table, and of that in the block."""
_EDGE_PT = 1.0


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a block (x-ranges of text) as a flavour of camelot parts them."""

    flavour: str
    spans: tuple[Span, ...]


def n_crowded(rows: Sequence[Row], spans: Sequence[Span]) -> int:
    """How many rows have two figures in one column: columns that were not told apart."""
    return sum(_is_crowded(row.pieces, spans) for row in rows)


def is_doubtful(block: Block, spans: Sequence[Span]) -> bool:
    """Whether our columns of a block are in doubt: two figures of a row stand in one of them."""
    return n_crowded(block.rows[block.n_header :], spans) > 0


def second_columns(
    data: bytes, page: int, height: float, blocks: Sequence[Block]
) -> Iterator[list[Columns | None]]:
    """For each flavour of camelot its columns of each block of a page (from 1), None without any.

    ``height`` of the page in points. Pages that camelot stumbles over give nothing.
    """
    from ..camelot_import import import_camelot

    import_camelot()
    from camelot.io import read_pdf

    for flavour in FLAVOURS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of pages without tables
                found = read_pdf(data, str(page), flavor=flavour, suppress_stdout=True)
        except Exception:  # parsers of damaged files let KeyError, TypeError ... escape
            continue
        tables = list(found)
        yield [_columns_of(block, tables, flavour, height) for block in blocks]


def better_columns(
    block: Block, spans: Sequence[Span], offers: Sequence[Columns]
) -> Columns | None:
    """The offer that leaves fewest figures together in a column, if fewer than our own columns."""
    rows = block.rows[block.n_header :]
    best: Columns | None = None
    least = n_crowded(rows, spans)
    for offer in offers:
        count = n_crowded(rows, offer.spans)
        if count < least:
            best, least = offer, count
    return best


def other_columns(block: Block, spans: Sequence[Span], offers: Sequence[Columns]) -> Columns | None:
    """The first offer of another number of columns that leaves no more figures together."""
    rows = block.rows[block.n_header :]
    most = n_crowded(rows, spans)
    return next(
        (o for o in offers if len(o.spans) != len(spans) and n_crowded(rows, o.spans) <= most),
        None,
    )


def _columns_of(
    block: Block, tables: Sequence[object], flavour: str, height: float
) -> Columns | None:
    """The columns of camelot's table that lies where the block does, as far as text fills them."""
    for table in tables:
        bounds = [(float(a), float(b)) for a, b in table.cols]  # type: ignore[attr-defined]
        rows = [(height - float(a), height - float(b)) for a, b in table.rows]  # type: ignore[attr-defined]
        if not rows or not _covers(min(rows)[0], max(rows)[1], block):
            continue
        spans = _filled(block, bounds)
        if len(spans) > 1:
            return Columns(flavour, tuple(spans))
    return None


def _covers(top: float, bottom: float, block: Block) -> bool:
    own_top, own_bottom = block.rows[0].top, block.rows[-1].bottom
    common = min(bottom, own_bottom) - max(top, own_top)
    return common > _INSIDE * (own_bottom - own_top) and common > _INSIDE * (bottom - top)


def _filled(block: Block, bounds: Sequence[Span]) -> list[Span]:
    """The x-ranges of the body's text in camelot's columns, each text where its middle is."""
    pieces = [piece for row in block.rows[block.n_header :] for piece in row.pieces]
    spans: list[Span] = []
    for a, b in sorted(bounds):
        inside = [p for p in pieces if a <= p.middle < b]
        if inside:
            spans.append((max(a, min(p.x0 for p in inside)), min(b, max(p.x1 for p in inside))))
    return spans


def _is_crowded(pieces: Sequence[Piece], spans: Sequence[Span]) -> bool:
    taken = [
        next((i for i, (a, b) in enumerate(spans) if a - _EDGE_PT <= p.middle <= b + _EDGE_PT), -1)
        for p in pieces
        if p.is_figure
    ]
    inside = [i for i in taken if i >= 0]
    within = any(n_figures(p.line.text) > 1 for p in pieces)
    return len(set(inside)) < len(inside) or within
