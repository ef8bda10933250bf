"""Lines of lists side by side (收支总表) that a page end cuts in two, put together.

Word processors and browsers cut a row between its printed lines: a wrapped label begins at the
page's foot and ends at the head of the next one, in one list or in several at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from yusuan.normalize.families.cut_rows import cell_of, cut_row_finding, goes_on, is_open, with_rest
from yusuan.normalize.model import Finding, LogicalCell, LogicalTable
from yusuan.normalize.text import label_key, strip_ordinal

Row = Sequence[LogicalCell]


def join_cut_lines(
    table: LogicalTable,
    labels: Collection[int],
    measures: Collection[int],
    is_known: Callable[[str], bool],
) -> tuple[LogicalTable, list[Finding]]:
    """The table with its cut rows whole, and a finding for each of them.

    ``labels``, ``measures``: leaf columns of all lists. ``is_known`` tells whether a label means
    something by itself. What held the rest stays as a row of blank cells.
    """
    rows = [list(row) for row in table.rows]
    # A column as wide as its longest text is full without going on: no text of it is wrapped.
    wrapped = {c.col for row in rows for c in row if len(c.lines) > 1}
    findings: list[Finding] = []
    for number in range(1, len(rows)):
        if table.row_pages[number] == table.row_pages[number - 1]:
            continue
        above, below = rows[number - 1], rows[number]
        rest = _rest_of(above, below, labels, measures, is_known, wrapped)
        if not rest:
            continue
        rows[number - 1] = [
            with_rest(cell, rest[cell.col]) if cell.text and cell.col in rest else cell
            for cell in above
        ]
        moved = [c for c in below if c.col in rest and not cell_of(above, c.col)]
        rows[number - 1] = [c for c in rows[number - 1] if c.col not in {m.col for m in moved}]
        rows[number - 1] += [c._replace(row=number - 1) for c in moved if c.text]
        rows[number] = [c._replace(text="", lines=()) if c.text else c for c in below]
        first = min(rest.values(), key=lambda c: c.col)
        findings.append(
            cut_row_finding(
                table, first, " | ".join(rest[col].text for col in sorted(rest)),
                " | ".join(c.text for c in rows[number - 1] if c.col in rest), "a line",
                "first row of a page, its labels go on from those of the page before",
            )
        )  # fmt: skip
    return replace(table, rows=tuple(tuple(row) for row in rows)), findings


def _rest_of(
    above: Row,
    below: Row,
    labels: Collection[int],
    measures: Collection[int],
    is_known: Callable[[str], bool],
    wrapped: Collection[int],
) -> dict[int, LogicalCell]:
    """The filled cells of ``below`` by column, if all of them are rests of ``above``; else none.

    Every label must go on from a label above. An amount may stand on the later part only (a
    browser sets it in the middle of the whole row); then the labels have to say so.
    """
    filled = {c.col: c for c in below if c.text}
    if not filled or not set(filled) <= {*labels, *measures}:
        return {}
    is_certain = True
    for col in labels:
        if col not in filled:
            continue
        first = cell_of(above, col)
        if first is None:
            return {}
        is_made = _makes_label(first.text, filled[col].text, is_known)
        is_certain &= is_made and not is_known(filled[col].text)
        if not is_made and not _may_go_on(first, filled[col], is_known, col in wrapped):
            return {}
    has_labels = any(col in filled for col in labels)
    amounts = [col for col in measures if col in filled]
    is_moved = is_certain and all(cell_of(above, col) is None for col in amounts)
    return filled if has_labels and (not amounts or is_moved) else {}


def _makes_label(above: str, below: str, is_known: Callable[[str], bool]) -> bool:
    """Whether the two texts are a known label together, and not each by itself.

    So are 一、一般公共服务支 and 出, 三、事业单位 and 经营收入: whatever room a line seems to have
    left.
    """
    are_both = is_known(above) and is_known(below)
    return is_known(above + below) and not are_both and not _has_ordinal(below)


def _may_go_on(
    above: LogicalCell, below: LogicalCell, is_known: Callable[[str], bool], is_wrapped: bool
) -> bool:
    """Whether a label is full to its end or open, and what follows is no label by itself.

    ``is_wrapped``: whether texts of the column are wrapped.
    """
    if is_known(below.text) or _has_ordinal(below.text):
        return False
    return is_open(above, below) or (is_wrapped and goes_on(above, below))


def _has_ordinal(text: str) -> bool:
    return strip_ordinal(label_key(text))[0] is not None
