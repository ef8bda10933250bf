"""Rows that a page end cuts in two, put together before the blocks of a table are read.

Word processors and browsers cut a row between its lines: each cell prints its first lines at the
page's foot and the rest at the head of the next one. Word processors close both parts with rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.codes import project_code
from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.parts import join_texts
from yusuan.normalize.model import Finding, LogicalCell, LogicalTable
from yusuan.normalize.text import label_key
from yusuan.normalize.unwrap import is_filled_up

AMOUNT_COLUMNS: Final = frozenset({"project_total", "project_fiscal", "project_other"})
LEVEL_ROLES: Final = ("level1", "level2", "level3")
INDICATOR_ROLES: Final = (*LEVEL_ROLES, "nature", "value", "measure_unit")
KEY_ROLES: Final = ("project", "project_code", "project_name")
_UNIT_ROLES: Final = ("unit", "unit_code", "unit_name")
_MERGED_ROLES: Final = ("level1", "level2")
_NATURES: Final = ("定性", "定量")
_SIGNS: Final = frozenset("≥≤＞＜><=＝≧≦")

Row = list[LogicalCell]


def join_cut_rows(
    table: LogicalTable, attributes: Sequence[Attributes]
) -> tuple[LogicalTable, frozenset[int], list[Finding]]:
    """The table with its cut rows whole, the rows that held the rests, and a finding for each."""
    columns: dict[str, int] = {}
    for col, attribute in enumerate(attributes):
        if role := attribute.get("role"):
            columns.setdefault(role, col)
    witnesses = {columns[role] for role in INDICATOR_ROLES if role in columns}
    if not witnesses:
        return table, frozenset(), []
    rows = [list(row) for row in table.rows]
    rests: set[int] = set()
    findings: list[Finding] = []
    for number in range(1, len(rows)):
        above = _row_before(table, rows, number, witnesses)
        if above is None or rests.intersection(range(above, number)):  # a page has one rest
            continue
        rest = _rest_of_indicator(rows[above], rows[number], columns)
        held = dict.fromkeys((c.col for c in rest), above)
        if not rest:
            held = _standing(rows, above, number, columns)
            rest = [c for c in rows[number] if c.text and c.col in held]
        if rest:
            findings.append(_join(table, rows, held, number, rest))
            rests.add(number)
    joined = replace(table, rows=tuple(tuple(row) for row in rows))
    return joined, frozenset(rests), findings


def _row_before(
    table: LogicalTable, rows: Sequence[Row], number: int, witnesses: Collection[int]
) -> int | None:
    """The last row with an indicator on the page before, if this is the first one on its page."""
    if not any(c.text for c in rows[number]):
        return None

    def has_text(row: int) -> bool:
        return any(c.text for c in rows[row] if c.col in witnesses)

    page = table.row_pages[number]
    above = number - 1
    while above >= 0 and not has_text(above):
        if table.row_pages[above] == page and any(c.text for c in rows[above]):
            return None
        above -= 1
    return above if above >= 0 and table.row_pages[above] != page else None


def _rest_of_indicator(above: Row, below: Row, columns: Mapping[str, int]) -> list[LogicalCell]:
    """The cells of ``below`` that are the rests of cells of ``above``; empty if it is a new row.

    An indicator has a nature or a value of its own. A row without them, all of whose texts go on
    where a cell above is open or full to its end, is the rest of that row. That holds for a row
    without any indicator, too: the project's name or goal goes on beside it.
    """
    upper = {role: cell_of(above, columns.get(role)) for role in INDICATOR_ROLES}
    lower = {
        role: cell
        for role in INDICATOR_ROLES
        if (cell := cell_of(below, columns.get(role))) is not None
        and not (role in _MERGED_ROLES and _is_merged(upper[role], cell))
    }
    if not (upper["value"] or "value" not in columns):
        return []
    nature, value = upper["nature"], upper["value"]
    if "nature" in lower and not (nature and nature.text + lower["nature"].text in _NATURES):
        return []
    if "value" in lower and (value is None or looks_like_amount(value.text)):
        return []
    is_repeated = _repeats_project(above, below, columns)
    if not is_repeated and _has_own_amount(above, below, columns):
        return []
    for role, cell in lower.items():
        before = upper[role]
        if before is None or says_anew(before.text, cell.text):
            return []
        if not (is_open(before, cell) or goes_on(before, cell)):
            return []
    if not lower:
        return _rest_of_project(above, below, columns)
    taken = {cell.col for cell in lower.values()}
    beside = [
        cell
        for cell, first in _facing(above, below)
        if cell.col not in taken and not (is_repeated and cell.text == first.text)
    ]
    return [*lower.values(), *beside]


def _repeats_project(above: Row, below: Row, columns: Mapping[str, int]) -> bool:
    """Whether the project's cells are printed again, as programs do that repeat merged cells."""
    cols = {columns[role] for role in KEY_ROLES if role in columns}
    pairs = [(cell_of(above, col), cell_of(below, col)) for col in cols]
    both = [(upper.text, lower.text) for upper, lower in pairs if upper and lower]
    return bool(both) and all(upper == lower for upper, lower in both)


def _has_own_amount(above: Row, below: Row, columns: Mapping[str, int]) -> bool:
    """Whether both rows print a project's amount, which no page end cuts in two."""
    cols = [columns[role] for role in AMOUNT_COLUMNS if role in columns]
    return any(cell_of(above, col) and cell_of(below, col) for col in cols)


def says_anew(before: str, text: str) -> bool:
    """Whether a text is one of its own: the same again, or a value with its sign (≥90%).

    Where columns are as wide as their texts every line looks full.
    """
    return label_key(before) == label_key(text) or (
        text[:1] in _SIGNS and any(char.isdecimal() for char in before)
    )


def _rest_of_project(above: Row, below: Row, columns: Mapping[str, int]) -> list[LogicalCell]:
    """The rests of the cells beside the indicator, in a row in which nothing else begins.

    It is enough that one of them goes on: a font that is not embedded makes lines look shorter.
    """
    witnesses = {columns[role] for role in INDICATOR_ROLES if role in columns}
    units = {columns[role] for role in _UNIT_ROLES if role in columns}
    own = [c for c in below if c.text and c.row_span == 1 and c.col not in units]
    pairs = [(c, first) for c, first in _facing(above, below) if c.col not in units]
    is_going_on = any(is_open(first, c) or goes_on(first, c) for c, first in pairs)
    is_going_on &= not any(project_code(c.text)[0] for c, _ in pairs)
    is_rest = len(pairs) == len(own) > 0 and is_going_on
    return [c for c, _ in pairs] if is_rest and not witnesses & {c.col for c in own} else []


def _standing(
    rows: Sequence[Row], above: int, number: int, columns: Mapping[str, int]
) -> dict[int, int]:
    """The rows where the project's cells begin of which a page's first row holds nothing but rests.

    By column; empty unless every text of the row goes on one that is merged over rows to the end
    of the page before. Names that wrap are longer than the few indicators beside them.
    """
    amounts = {columns[role] for role in AMOUNT_COLUMNS if role in columns}
    barred = amounts | {columns[role] for role in INDICATOR_ROLES if role in columns}
    found: dict[int, int] = {}
    for cell in rows[number]:
        if not cell.text:
            continue
        start = next((r for r in range(above, -1, -1) if cell_of(rows[r], cell.col)), None)
        first = cell_of(rows[start], cell.col) if start is not None else None
        if first is None or cell.col in barred or cell.row_span > 1:
            return {}
        if first.row_span == 1 or first.row + first.row_span <= above:
            return {}
        if project_code(cell.text)[0] or not (is_open(first, cell) or goes_on(first, cell)):
            return {}
        found[cell.col] = first.row
    return found


def _facing(above: Row, below: Row) -> list[tuple[LogicalCell, LogicalCell]]:
    """Filled cells of one row in ``below`` with those of the same column in ``above``."""
    return [
        (cell, first)
        for cell in below
        if cell.text and cell.row_span == 1
        and (first := cell_of(above, cell.col)) is not None and first.row_span == 1
    ]  # fmt: skip


def cell_of(row: Sequence[LogicalCell], col: int | None) -> LogicalCell | None:
    """The filled cell of a column that begins in the row."""
    return next((c for c in row if c.col == col and c.text), None)


def _is_merged(above: LogicalCell | None, below: LogicalCell) -> bool:
    """Whether a level's cell at a page's head goes on for more rows, or repeats the one above."""
    if below.row_span > 1 or above is None:
        return True
    return above.row_span > 1 or label_key(above.text) == label_key(below.text)


def is_open(above: LogicalCell, below: LogicalCell) -> bool:
    """Whether no rule is drawn between two cells that face each other over a page's end."""
    return "bottom" in above.open_edges and "top" in below.open_edges


def goes_on(above: LogicalCell, below: LogicalCell) -> bool:
    """Whether the last line of the upper cell is so full that its text may go on in the lower."""
    return bool(above.lines) and is_filled_up(above.lines, below.text, above.origins[-1].box)


def _join(
    table: LogicalTable,
    rows: list[Row],
    starts: Mapping[int, int],
    number: int,
    rest: Sequence[LogicalCell],
) -> Finding:
    """Move the texts of ``rest`` to the cells above; blank cells with their edges stay behind.

    ``starts``: the row of each of these cells, by column.
    """
    before = " | ".join(c.text for c in rest)
    joined: dict[int, str] = {}
    for cell in rest:
        above = starts[cell.col]
        held = cell_of(rows[above], cell.col)
        assert held is not None
        whole = with_rest(held, cell)
        joined[cell.col] = whole.text
        rows[above] = [whole if c is held else c for c in rows[above]]
        blank = cell._replace(text="", lines=())
        rows[number] = [blank if c is cell else c for c in rows[number]]
    after = " | ".join(joined[col] for col in sorted(joined))
    return cut_row_finding(
        table, rest[0], before, after, "an indicator row",
        "first row of a page without nature and value, its texts go on from full or open cells",
    )  # fmt: skip


def cut_row_finding(
    table: LogicalTable, rest: LogicalCell, before: str, after: str, what: str, rule: str
) -> Finding:
    """What tells that a row was joined: ``what`` it was, its rest before, all of it after."""
    place = rest.origins[0]
    return Finding(
        code="row-joined",
        severity="info",
        note=f"{what} cut by the page break was joined",
        origin=place,
        table_id=table.table_id,
        page=place.page,
        before=before,
        after=after,
        rule=rule,
    )


def with_rest(cell: LogicalCell, rest: LogicalCell) -> LogicalCell:
    """The cell with the text and the place of its rest on the next page."""
    text = join_texts(cell.text, rest.text, cell, rest)
    return cell._replace(
        text=text,
        origins=(*cell.origins, *rest.origins),
        lines=(*cell.lines, *rest.lines),
        hidden_glyphs=cell.hidden_glyphs + rest.hidden_glyphs,
    )


# --- lists with one row for each project ----------------------------------------------------------


def join_cut_projects(
    table: LogicalTable, attributes: Sequence[Attributes]
) -> tuple[LogicalTable, list[Finding]]:
    """Put rows together that a page end cuts, in a list with one row for each project.

    The first row of a page without an amount, under a last row with one, is the rest of it: each
    project of such a list has an amount, and it is printed once. Tables with indicators have rows
    of their own beside a project and stay as they are.
    """
    roles = [a.get("role") for a in attributes]
    amounts = {col for col, role in enumerate(roles) if role in AMOUNT_COLUMNS}
    if not amounts or {"indicator", *INDICATOR_ROLES} & set(roles):
        return table, []
    findings: list[Finding] = []
    rows = [list(row) for row in table.rows]
    for number in range(1, len(rows)):
        above, below = rows[number - 1], rows[number]
        is_page_top = table.row_pages[number] != table.row_pages[number - 1]
        if not is_page_top or not _has_amount(above, amounts) or _has_amount(below, amounts):
            continue
        filled = [c for c in below if c.text]
        if not filled:
            continue
        rows[number - 1] = [
            with_rest(cell, rest) if (rest := cell_of(below, cell.col)) else cell for cell in above
        ]
        taken = {c.col for c in above}
        rows[number] = [c for c in filled if c.col not in taken]
        findings.append(
            cut_row_finding(
                table, filled[0], " | ".join(c.text for c in filled),
                " | ".join(c.text for c in rows[number - 1] if c.text), "a project's row",
                "first row of a page without an amount, under a row with one",
            )
        )  # fmt: skip
    return replace(table, rows=tuple(tuple(row) for row in rows)), findings


def _has_amount(row: Sequence[LogicalCell], amounts: Collection[int]) -> bool:
    return any(c.text for c in row if c.col in amounts)
