"""The rows of a project performance table: columns by role, indicators as printed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.indicator_lists import (
    as_texts,
    split_indicator_list,
    unread_note,
)
from yusuan.normalize.families.parts import Block, column_parts, join_parts, join_texts
from yusuan.normalize.model import Finding, LogicalCell, LogicalTable
from yusuan.normalize.text import label_key

KEY_ROLES: Final = ("project", "project_code", "project_name")
AMOUNT_COLUMNS: Final = frozenset({"project_total", "project_fiscal", "project_other"})
UNIT_ROLES: Final = ("unit", "unit_code", "unit_name")
LEVEL_ROLES: Final = ("level1", "level2", "level3")
INDICATOR_ROLES: Final = (*LEVEL_ROLES, "nature", "value", "measure_unit")


@dataclass(frozen=True, slots=True)
class Layout:
    """Leaf columns by role, and the body rows that belong to projects.

    ``units``: rows that print a budget unit's name over its projects.
    """

    columns: dict[str, int]
    rows: tuple[int, ...]
    units: tuple[tuple[int, str], ...] = ()

    @property
    def witnesses(self) -> tuple[int, ...]:
        """Columns that are not merged over the rows of a project."""
        return tuple(c for role, c in self.columns.items() if role in INDICATOR_ROLES)

    def rows_within(self, blocks: Sequence[Block]) -> list[int]:
        """The rows of the blocks, ascending; the blocks do not overlap."""
        rows: list[int] = []
        for block in sorted(blocks, key=lambda b: b.first):
            start, end = bisect_left(self.rows, block.first), bisect_right(self.rows, block.last)
            rows += self.rows[start:end]
        return rows

    def among(self, roles: Sequence[str]) -> list[int]:
        """The columns of those roles that the table has, in the order of the roles."""
        return [self.columns[role] for role in roles if role in self.columns]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator row, texts by role; ``cell`` says where it is printed.

    ``is_clipped``: one of its texts is hidden in part by the edge of a cell too small for it.
    ``part``: number in its cell, from 0, where one cell lists several.
    """

    row: int
    texts: dict[str, str]
    cell: LogicalCell
    is_clipped: bool = False
    part: int = 0


def read_layout(draft: Draft, attributes: Sequence[Attributes], totals: frozenset[str]) -> Layout:
    """Find the columns by role and the rows; rows with the sum of all projects are left out."""
    table = draft.table
    columns: dict[str, int] = {}
    for col, attribute in enumerate(attributes):
        if role := attribute.get("role"):
            columns.setdefault(role, col)
    end = 0
    rows: list[int] = []
    for number, row in enumerate(table.rows):
        end = max([end, *(c.row + c.row_span for c in row if c.text or c.row_span > 1)])
        if number < end:
            rows.append(number)
    return _without_totals(draft, Layout(columns, tuple(rows)), totals)


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
        if not any(c.text for c in below):
            continue
        rows[number - 1] = [_with_rest(cell, below) for cell in above]
        taken = {c.col for c in above}
        rows[number] = [c for c in below if c.text and c.col not in taken]
        findings.append(_cut_project(table, [c for c in below if c.text], rows[number - 1]))
    return replace(table, rows=tuple(tuple(row) for row in rows)), findings


def _cut_project(
    table: LogicalTable, rest: Sequence[LogicalCell], joined: Sequence[LogicalCell]
) -> Finding:
    place = rest[0].origins[0]
    return Finding(
        code="row-joined",
        severity="info",
        note="a project's row cut by the page break was joined",
        origin=place,
        table_id=table.table_id,
        page=place.page,
        before=" | ".join(c.text for c in rest),
        after=" | ".join(c.text for c in joined if c.text),
        rule="first row of a page without an amount, under a row with one",
    )


def _has_amount(row: Sequence[LogicalCell], amounts: Collection[int]) -> bool:
    return any(c.text for c in row if c.col in amounts)


def _with_rest(cell: LogicalCell, row: Sequence[LogicalCell]) -> LogicalCell:
    rest = next((c for c in row if c.col == cell.col and c.text), None)
    if rest is None:
        return cell
    text = join_texts(cell.text, rest.text, cell, rest)
    return replace(cell, text=text, origins=(*cell.origins, *rest.origins))


def _without_totals(draft: Draft, layout: Layout, totals: frozenset[str]) -> Layout:
    """Leave out rows with the sum of all projects (合计), or of a unit's: they are no projects."""
    labels = layout.among((*KEY_ROLES, *UNIT_ROLES))
    kept: list[int] = []
    units: list[tuple[int, str]] = []
    for row in layout.rows:
        cells = [c for c in draft.table.rows[row] if c.text]
        words = [label_key(c.text) for c in cells if c.col in labels]
        is_total = bool(words) and all(word in totals for word in words)
        unit = _unit_name(draft.table, layout, row)
        if unit is None and (not is_total or any(c.col in layout.witnesses for c in cells)):
            kept.append(row)
            continue
        for cell in cells:
            draft.use(cell, "ignored", "total of the projects")
        if unit is not None:
            units.append((row, unit.text))
            draft.use(unit, "value")
    return replace(layout, rows=tuple(kept), units=tuple(units))


def _unit_name(table: LogicalTable, layout: Layout, row: int) -> LogicalCell | None:
    """The unit's name where a column holds units over their projects: 单位（项目）名称.

    Its row has a sum, but neither a goal nor an indicator. In a list of projects with amounts and
    goals, a row with a name and nothing else heads the projects below it, too.
    """
    col = next(iter(layout.among(KEY_ROLES)), None)
    if col is None or not table.columns[col].path[-1:]:
        return None
    header = table.columns[col].path[-1]
    name = _anchored(table, row, col)
    if name is None or not name.text:
        return None
    if not ("单位" in header and "项目" in header):
        is_list = not layout.witnesses and {"goal", "project_total"} <= set(layout.columns)
        is_alone = not any(c.text for c in table.rows[row] if c is not name)
        return name if is_list and is_alone else None
    bare = {*layout.witnesses, *layout.among(("goal",))}
    is_bare = name.row_span == 1 and not any(c.text for c in table.rows[row] if c.col in bare)
    return name if is_bare else None


def read_indicators(draft: Draft, layout: Layout) -> list[Indicator]:
    """Every row with a filled indicator cell; a row that a page break cuts is put together."""
    if "indicator" in layout.columns:
        return _listed_indicators(draft, layout)
    table = draft.table
    merged = {role: _merged_texts(table, layout, role) for role in ("level1", "level2")}
    found: list[Indicator] = []
    for row in layout.rows:
        cells = {
            role: cell
            for role in INDICATOR_ROLES
            if (cell := _anchored(table, row, layout.columns.get(role))) is not None and cell.text
        }
        if not cells:
            continue
        for cell in cells.values():
            draft.use(cell, "value")
        texts = {role: cell.text for role, cell in cells.items()}
        if found and _is_cut_row(table, layout, found[-1], row, texts):
            found[-1] = _joined_row(draft, found[-1], cells)
            continue
        for role, by_row in merged.items():
            texts.setdefault(role, by_row.get(row, ""))
        place = next(cells[r] for r in ("level3", "value", *INDICATOR_ROLES) if r in cells)
        is_clipped = any(cell.is_clipped for cell in cells.values())
        found.append(Indicator(row, texts, place, is_clipped))
    return found


def _listed_indicators(draft: Draft, layout: Layout) -> list[Indicator]:
    """The indicators of cells that list all of a project's."""
    found: list[Indicator] = []
    for row in layout.rows:
        cell = _anchored(draft.table, row, layout.columns["indicator"])
        if cell is None or not cell.text:
            continue
        listed, unread = split_indicator_list(cell.text)
        draft.use(cell, "value")
        found += [
            Indicator(row, as_texts(entry), cell, cell.is_clipped, part)
            for part, entry in enumerate(listed)
        ]
        if unread:
            draft.note("indicator-list-unread", unread_note(unread), cell, "indicator")
            if not listed:
                draft.use(cell, "finding", "indicator-list-unread")
    return found


def _anchored(table: LogicalTable, row: int, col: int | None) -> LogicalCell | None:
    """The cell of a column that begins in the row, the filled one where there are two."""
    cells = [c for c in table.rows[row] if c.col == col]
    return next((c for c in cells if c.text), cells[0] if cells else None)


def _merged_texts(table: LogicalTable, layout: Layout, role: str) -> dict[int, str]:
    """The text that stands for each row in a column of which cells are merged over rows."""
    if role not in layout.columns:
        return {}
    witnesses = layout.among(("level3", "value"))
    parts = column_parts(table, layout.columns[role], witnesses, layout.rows)
    if all(part.first == part.last and part.text for part in parts):
        return {}
    texts = {part.first: part.text for part in parts}
    blocks = join_parts(parts, texts, lambda above, below: False)
    return {row: block.text for block in blocks for row in block.rows}


def _is_cut_row(
    table: LogicalTable, layout: Layout, above: Indicator, row: int, texts: dict[str, str]
) -> bool:
    """Whether this row is the rest of the last one, cut by a page break.

    The rest of a cut row has text only where the first part could not hold it all, and the cell
    is open at the break.
    """
    if above.row != row - 1 or table.row_pages[above.row] == table.row_pages[row]:
        return False
    both = [r for r in texts if above.texts.get(r)]
    if any(r != "level3" for r in both) or ("level1" in texts and "value" in texts):
        return False
    foot = _anchored(table, above.row, layout.columns.get("level3"))
    head = _anchored(table, row, layout.columns.get("level3"))
    return bool(foot and "bottom" in foot.open_edges) or bool(head and "top" in head.open_edges)


def _joined_row(draft: Draft, above: Indicator, cells: dict[str, LogicalCell]) -> Indicator:
    texts = dict(above.texts)
    for role, cell in cells.items():
        last = above.cell if role == "level3" else None
        texts[role] = join_texts(texts.get(role, ""), cell.text, last, cell)
    cell = cells.get("level3") or next(iter(cells.values()))
    draft.tell(
        "row-joined",
        "an indicator row cut by the page break was joined",
        cell.origins[0],
        before=cell.text,
        after=texts.get("level3"),
        rule="text over an open edge at the page break, no other cell of the row repeated",
    )
    is_clipped = above.is_clipped or any(cell.is_clipped for cell in cells.values())
    return replace(above, texts=texts, is_clipped=is_clipped)
