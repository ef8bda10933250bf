"""Rows that stand in one cell as a whole: text that was written across the rules of its table.

Some programs write a row as one string with spaces, or a page of rows as one text. The cell that
holds it becomes a label, the columns of its figures stay blank, and nothing else would tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yusuan.extract.model import Line
from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.model import Finding, LogicalTable

_LEAST_LINES: Final = 2
"""Lines that end with a figure: a single one may be a name with a number of its own."""
_LEAST_COLUMNS: Final = 3


def glued_rows(table: LogicalTable) -> Sequence[Finding]:
    """A finding for each cell that is alone in its row and has words with figures behind them.

    Not where the cell goes over most of the columns, as notes do.
    """
    if len(table.columns) < _LEAST_COLUMNS:
        return ()
    alone = [filled[0] for row in table.rows if len(filled := [c for c in row if c.text]) == 1]
    counted = [
        (cell, sum(map(_ends_with_figures, cell.lines)))
        for cell in alone
        if 2 * cell.col_span <= len(table.columns)
    ]
    if sum(n_lines for _, n_lines in counted) < _LEAST_LINES:
        return ()
    return [
        Finding(
            code="row-glued",
            note=f"lines with figures behind words: {n_lines}; the other columns are blank",
            origin=cell.origins[0],
            table_id=table.table_id,
            page=cell.origins[0].page,
            before=cell.text,
        )
        for cell, n_lines in counted
        if n_lines
    ]


def _ends_with_figures(line: Line) -> bool:
    """Whether figures stand behind words in a line, apart from them."""
    words, _, last = line.text.rpartition(" ")
    return bool(words) and looks_like_amount(last)
