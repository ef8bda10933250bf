"""Project cells that are printed again in every row, put together as one merged cell.

Tables that come from a database, or lost their merged cells on the way, print name, amount and
goal of a project beside each of its indicators. Taken for themselves they would be as many
projects as there are rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.cut_rows import AMOUNT_COLUMNS, INDICATOR_ROLES, KEY_ROLES
from yusuan.normalize.model import LogicalCell, LogicalTable
from yusuan.normalize.text import label_key

_OWN_ROLES = frozenset({*KEY_ROLES, *AMOUNT_COLUMNS, "goal", "unit", "unit_code", "unit_name"})


def merge_repeated_cells(table: LogicalTable, attributes: Sequence[Attributes]) -> LogicalTable:
    """The table with each run of rows that print the same project merged over its indicators.

    The rows of a run stand on one page and print name, amounts, goal and unit each in a cell of
    its own, all equal, beside different indicators; otherwise they are left as they are.
    """
    roles = [a.get("role") for a in attributes]
    own = [col for col, role in enumerate(roles) if role in _OWN_ROLES]
    keys = [col for col, role in enumerate(roles) if role in KEY_ROLES]
    told = [col for col, role in enumerate(roles) if role in INDICATOR_ROLES]
    if not keys or not told:
        return table
    rows = [{c.col: c for c in row} for row in table.rows]
    runs: list[list[int]] = []
    for number, cells in enumerate(rows):
        before = rows[runs[-1][-1]] if runs and runs[-1][-1] == number - 1 else None
        is_same_page = number > 0 and table.row_pages[number] == table.row_pages[number - 1]
        if not _is_single(cells, own, keys):
            continue
        if before is not None and is_same_page and _repeats(before, cells, own, told):
            runs[-1].append(number)
        else:
            runs.append([number])
    merged = [list(row) for row in table.rows]
    for run in runs:
        if len(run) > 1:
            _merge(merged, run, own)
    return replace(table, rows=tuple(tuple(row) for row in merged))


def _is_single(cells: dict[int, LogicalCell], own: Sequence[int], keys: Sequence[int]) -> bool:
    """Whether a row prints a project in cells of its own."""
    return any(cells[c].text for c in keys if c in cells) and all(
        c in cells and cells[c].row_span == 1 for c in own
    )


def _repeats(
    above: dict[int, LogicalCell],
    below: dict[int, LogicalCell],
    own: Sequence[int],
    told: Sequence[int],
) -> bool:
    """Whether two rows print one project beside two indicators."""
    texts = [
        [label_key(cells[c].text) if c in cells else "" for c in told] for cells in (above, below)
    ]
    is_other = texts[0] != texts[1] and any(texts[1])
    return is_other and all(label_key(above[c].text) == label_key(below[c].text) for c in own)


def _merge(rows: list[list[LogicalCell]], run: Sequence[int], own: Sequence[int]) -> None:
    """Make the first cell of each of the project's columns stand for the whole run."""
    for col in own:
        first, *rest = [next(c for c in rows[number] if c.col == col) for number in run]
        origins = tuple(o for cell in (first, *rest) for o in cell.origins)
        whole = first._replace(row_span=len(run), origins=origins)
        rows[run[0]] = [whole if c is first else c for c in rows[run[0]]]
        for number, cell in zip(run[1:], rest, strict=True):
            rows[number] = [c for c in rows[number] if c is not cell]
