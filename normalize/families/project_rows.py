"""The rows of a project performance table: columns by role, indicators as printed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.cut_rows import INDICATOR_ROLES, KEY_ROLES
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.indicator_lists import (
    as_texts,
    split_indicator_list,
    unread_note,
)
from yusuan.normalize.families.parts import Block, column_parts, join_parts
from yusuan.normalize.model import LogicalCell, LogicalTable
from yusuan.normalize.text import label_key

UNIT_ROLES: Final = ("unit", "unit_code", "unit_name")


@dataclass(frozen=True, slots=True)
class Layout:
    """Leaf columns by role, and the body rows that belong to projects.

    ``units``: rows that print a budget unit's name over its projects. ``rests``: rows that held
    nothing but the rest of the row above, cut by a page end.
    """

    columns: dict[str, int]
    rows: tuple[int, ...]
    units: tuple[tuple[int, str], ...] = ()
    rests: frozenset[int] = frozenset()

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


def read_layout(
    draft: Draft,
    attributes: Sequence[Attributes],
    totals: frozenset[str],
    rests: frozenset[int] = frozenset(),
) -> Layout:
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
    return _without_totals(draft, Layout(columns, tuple(rows), rests=rests), totals)


def _without_totals(draft: Draft, layout: Layout, totals: frozenset[str]) -> Layout:
    """Leave out rows with the sum of all projects (合计), or of a unit's: they are no projects."""
    labels, witnesses = layout.among((*KEY_ROLES, *UNIT_ROLES, "seq")), layout.witnesses
    kept: list[int] = []
    units: list[tuple[int, str]] = []
    for row in layout.rows:
        cells = [c for c in draft.table.rows[row] if c.text]
        words = [label_key(c.text) for c in cells if c.col in labels]
        is_total = bool(words) and all(word in totals for word in words)
        unit = _unit_name(draft.table, layout, row)
        if unit is None and (not is_total or any(c.col in witnesses for c in cells)):
            kept.append(row)
            continue
        for cell in cells:
            is_label = cell.col in labels
            draft.use(cell, *(("value",) if is_label else ("ignored", "total of the projects")))
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
    """Every row with a filled indicator cell."""
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
        if row in layout.rests or _is_level_alone(table, layout, row, cells):
            continue
        texts = {role: cell.text for role, cell in cells.items()}
        for role, by_row in merged.items():
            texts[role] = by_row.get(row) or texts.get(role, "")
        place = next(cells[r] for r in ("level3", "value", *INDICATOR_ROLES) if r in cells)
        is_clipped = any(cell.is_clipped for cell in cells.values())
        found.append(Indicator(row, texts, place, is_clipped))
    return found


def _is_level_alone(
    table: LogicalTable, layout: Layout, row: int, cells: Mapping[str, LogicalCell]
) -> bool:
    """Whether only merged levels begin here, above rows of theirs in which indicators begin.

    A browser moves the cells that are merged over a page's end a little against their rows.
    """
    if not set(cells) <= {"level1", "level2"} or any(c.row_span == 1 for c in cells.values()):
        return False
    others = layout.among(("level3", "value"))
    end = min(c.row + c.row_span for c in cells.values())
    return any(c.text and c.col in others for r in table.rows[row + 1 : end] for c in r)


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
    blank: LogicalCell | None = None
    for cell in table.rows[row]:
        if cell.col == col:
            if cell.text:
                return cell
            blank = blank or cell
    return blank


def _merged_texts(table: LogicalTable, layout: Layout, role: str) -> dict[int, str]:
    """The text that stands for each row in a column of which cells are merged over rows."""
    if role not in layout.columns:
        return {}
    witnesses = layout.among(("level3", "value"))
    parts = column_parts(table, layout.columns[role], witnesses, layout.rows, layout.rests)
    if not any(p.first < p.last or not p.text or p.open_bottom or p.open_top for p in parts):
        return {}
    texts = {part.first: part.text for part in parts}
    inner = zip(parts, parts[1:], parts[2:], strict=False)
    names = {label_key(p.text) for a, p, b in inner if p.text and a.page == p.page == b.page}
    blocks = join_parts(parts, texts, lambda above, below: False, names=names)
    return {
        row: text
        for block, text in zip(blocks, _over_page_ends(table, layout, blocks), strict=True)
        for row in block.rows
    }


def _over_page_ends(table: LogicalTable, layout: Layout, blocks: Sequence[Block]) -> list[str]:
    """The blocks' texts; a blank one at a page's head has that of the cell it is the rest of.

    Programs that close both parts of a cut cell with rules print a level on one of them. Blank
    cells elsewhere say that levels are not always printed, and a project that begins in the row
    has levels of its own.
    """
    texts = [block.text for block in blocks]
    heads = {
        i for i in range(1, len(blocks)) if blocks[i].parts[0].page != blocks[i - 1].parts[-1].page
    }
    feet = {i - 1 for i in heads} | {len(blocks) - 1}
    if any(not text and i not in heads | feet for i, text in enumerate(texts)):
        return texts
    for i in sorted(heads):
        if not texts[i] and not _begins_project(table, layout, blocks[i].first):
            texts[i] = texts[i - 1]
    return texts


def _begins_project(table: LogicalTable, layout: Layout, row: int) -> bool:
    """Whether another project than that of the rows above is printed from a row on."""
    for col in layout.among(KEY_ROLES):
        cell = _anchored(table, row, col)
        if cell is None or not cell.text:
            continue
        before = reversed(layout.rows[: bisect_left(layout.rows, row)])
        last = next((c for r in before if (c := _anchored(table, r, col)) and c.text), None)
        return last is None or label_key(last.text) != label_key(cell.text)
    return False
