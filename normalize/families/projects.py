"""Project performance tables (项目支出绩效目标表): projects and their indicators.

One project is one vertically merged block over several indicator rows; the blocks are cut by page
breaks. Every indicator row is kept, whatever is known of its owner.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from yusuan.normalize.codes import project_code, split_code_name
from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.cut_rows import (
    KEY_ROLES,
    LEVEL_ROLES,
    join_cut_projects,
    join_cut_rows,
)
from yusuan.normalize.families.facts import Draft, field_amount
from yusuan.normalize.families.indicator_text import (
    is_value_unread,
    read_indicator,
    read_nature,
)
from yusuan.normalize.families.matrix import account_other_columns
from yusuan.normalize.families.moved_cells import settle_moved_cells, tell_doubtful
from yusuan.normalize.families.owners import Ownership, OwnerStatus, assign_owners
from yusuan.normalize.families.parts import Block, Part, column_parts, join_parts, join_texts
from yusuan.normalize.families.project_blocks import (
    AMOUNT_ROLES,
    Stretch,
    amount_blocks,
    cells_in,
    level_ties,
    project_stretches,
    stretch_facts,
    unit_cuts,
)
from yusuan.normalize.families.project_rows import (
    UNIT_ROLES,
    Indicator,
    Layout,
    read_indicators,
    read_layout,
)
from yusuan.normalize.families.repeated_cells import merge_repeated_cells
from yusuan.normalize.model import (
    LogicalCell,
    LogicalTable,
    Mapped,
    Record,
    Value,
)
from yusuan.schemas.model import Schemas


@dataclass(frozen=True, slots=True)
class _Owned:
    """A stretch with its owner and the indicators in its rows.

    ``doubtful``: rows that its cell stands beside only if it was drawn too short.
    """

    stretch: Stretch
    ownership: Ownership
    indicators: tuple[Indicator, ...]
    doubtful: frozenset[int] = frozenset()

    def doubted(self, rows: frozenset[int]) -> _Owned:
        """The same, with those of its rows whose owner is ambiguous although it is drawn."""
        own = rows.intersection(i.row for i in self.indicators) if rows else rows
        return replace(self, doubtful=own) if own else self

    def status_of(self, row: int) -> OwnerStatus:
        """How the owner of an indicator is known."""
        return "ambiguous" if row in self.doubtful else self.ownership.status


def map_projects(
    table: LogicalTable, attributes: Sequence[Attributes], schemas: Schemas, totals: frozenset[str]
) -> Mapped:
    """Map a project performance table onto ``projects`` and ``project_indicators``.

    ``totals``: words that mark a total row.
    """
    table = merge_repeated_cells(table, attributes)
    joined, repairs = join_cut_projects(table, attributes)
    joined, doubtful = settle_moved_cells(joined, [a.get("role", "") for a in attributes])
    joined, rests, more = join_cut_rows(joined, attributes)
    draft = Draft(joined, findings=[*repairs, *more])
    layout = read_layout(draft, attributes, totals, rests)
    if not layout.among(KEY_ROLES):
        draft.note("project-column-missing", "no column with project names or codes was found")
        return draft.mapped()
    owned = [item.doubted(doubtful) for item in _with_owners(draft, layout)]
    ids = _write_projects(draft, layout, owned)
    units = frozenset(schemas.vocabularies.get("measure_unit", ()))
    _write_indicators(draft, owned, ids, units)
    _report_owners(draft, owned, ids)
    account_other_columns(draft, attributes)
    return draft.mapped()


def _with_owners(draft: Draft, layout: Layout) -> list[_Owned]:
    """All stretches of the table in order, each with its owner and its indicators."""
    stretches = project_stretches(draft.table, layout)
    at = {row: number for number, s in enumerate(stretches) for row in s.block.rows}
    rows: list[list[Indicator]] = [[] for _ in stretches]
    for indicator in read_indicators(draft, layout):
        rows[at[indicator.row]].append(indicator)
    facts = [
        stretch_facts(draft.table, layout, stretch, own)
        for stretch, own in zip(stretches, rows, strict=True)
    ]
    ties, cut = level_ties(draft.table, layout)
    cut = (*cut, *unit_cuts(draft.table, layout))
    owners = assign_owners([s.block for s in stretches], facts, ties, cut)
    return [_Owned(s, o, tuple(r)) for s, o, r in zip(stretches, owners, rows, strict=True)]


# --- projects -----------------------------------------------------------------------------------


def _write_projects(draft: Draft, layout: Layout, owned: Sequence[_Owned]) -> dict[int, str]:
    """One record for each stretch with text, with what its blank parts print; its project_id."""
    units = _unit_texts(draft, layout)
    ids: dict[int, str] = {}
    taken: set[str] = set()
    mine: dict[int, list[_Owned]] = {}
    for item in owned:
        if item.ownership.owner is not None:
            mine.setdefault(item.ownership.owner, []).append(item)
    for number, item in enumerate(owned):
        if not item.stretch.block.text:
            continue
        blocks = [o.stretch.block for o in mine[number]]
        parts = [p for b in blocks for p in b.parts]
        keys = [
            c
            for col in layout.among(KEY_ROLES)
            for c in cells_in(draft.table, col, [*item.stretch.named.parts, *parts])
        ]
        for cell in keys:
            draft.use(cell, "value")
        code, name = project_code(item.stretch.block.text)
        ids[number] = _project_id(draft, code, len(ids), taken)
        taken.add(ids[number])
        values: dict[str, Value] = {
            "table_id": draft.table.table_id,
            "project_id": ids[number],
            "project_code": code,
            "project_name": name or None,
            **_budget_unit(units, item.stretch.block.first),
            "goal_text": _goal(draft, layout, parts),
        }
        total = _write_amounts(draft, layout, blocks, values)
        place = total or keys[0]
        values["row_id"] = f"{draft.table.table_id}:{place.row}:{place.col}"
        values["page_no"] = place.origins[0].page
        draft.records.append(Record("projects", values, place.origins[0]))
        has_list = bool(layout.witnesses) or "indicator" in layout.columns
        if has_list and not any(o.indicators for o in mine[number]):
            draft.note("project-without-indicators", "no indicator row stands beside it", keys[0])
    return ids


def _project_id(draft: Draft, code: str | None, ordinal: int, taken: Container[str]) -> str:
    """The project's code; a table-wide number where it has none or another project has the same.

    One code stands for several projects where units share it (an amount and a goal for each).
    """
    place = f"{draft.table.table_id}:P{ordinal + 1:03d}"
    if code is None:
        return place
    return f"{code}@{place}" if code in taken else code


def _write_amounts(
    draft: Draft, layout: Layout, blocks: Sequence[Block], values: dict[str, Value]
) -> LogicalCell | None:
    """Enter all amount columns of a project into ``values``; returns the cell of the total."""
    total: LogicalCell | None = None
    for kind, role in AMOUNT_ROLES.items():
        col = layout.columns.get(role)
        cell, text = _amount_cell(draft, layout, col, blocks) if col is not None else (None, "")
        unit = (draft.table.columns[col].unit if col is not None else None) or draft.table.unit
        is_total = kind == "total"
        values.update(field_amount(draft, kind, cell, unit, text=text, is_total=is_total))
        if is_total:
            total = cell
    return total


def _amount_cell(
    draft: Draft, layout: Layout, col: int, blocks: Sequence[Block]
) -> tuple[LogicalCell | None, str]:
    """The one amount of a project, with its cell; parts may repeat it, others are findings."""
    first: LogicalCell | None = None
    text = ""
    for block in amount_blocks(draft.table, layout, col, blocks):
        for cell in cells_in(draft.table, col, block.parts):
            if first is None:
                first, text = cell, block.text
            if block.text == text:
                draft.use(cell, "value")
                continue
            path = "/".join(draft.table.columns[col].path)
            note = f"a second amount in one project: {cell.text}"
            draft.note("project-amount-repeated", note, cell, path)
            draft.use(cell, "finding", "project-amount-repeated")
    return first, text


def _goal(draft: Draft, layout: Layout, parts: Sequence[Part]) -> str | None:
    """The goal's text over all parts of the project."""
    if "goal" not in layout.columns:
        return None
    text = ""
    last: LogicalCell | None = None
    for cell in cells_in(draft.table, layout.columns["goal"], parts):
        draft.use(cell, "value")
        text = join_texts(text, cell.text, last, cell)
        last = cell
    return text or None


def _unit_texts(draft: Draft, layout: Layout) -> dict[str, dict[int, str]]:
    """Budget unit by role and row: merged over projects, the last printed one holds on.

    Blank parts above the first printed one are its own: a page break split its cell.
    """
    result: dict[str, dict[int, str]] = {}
    if layout.units:
        over = {r: name for first, name in layout.units for r in layout.rows if r > first}
        result["unit_name"] = over
    for role in UNIT_ROLES:
        col = layout.columns.get(role)
        if col is None:
            continue
        parts = column_parts(draft.table, col, layout.witnesses, layout.rows, layout.rests)
        blocks = join_parts(parts, {p.first: p.text for p in parts}, lambda above, below: True)
        held = next((block.text for block in blocks if block.text), "")
        result[role] = {}
        for block in blocks:
            for cell in cells_in(draft.table, col, block.parts):
                draft.use(cell, "value")
            held = block.text or held
            result[role].update(dict.fromkeys(block.rows, held))
    return result


def _budget_unit(units: Mapping[str, Mapping[int, str]], row: int) -> dict[str, Value]:
    """The columns of the budget unit that is printed for a row."""
    printed = {role: units[role].get(row, "") for role in UNIT_ROLES if role in units}
    code, name = split_code_name(printed.get("unit", ""), (3, 6, 9))
    return {
        "budget_unit": printed.get("unit") or "-".join(t for t in printed.values() if t) or None,
        "budget_unit_code": printed.get("unit_code") or code,
        "budget_unit_name": printed.get("unit_name") or name or None,
    }


# --- indicators with their owners ----------------------------------------------------------------


def _write_indicators(
    draft: Draft, owned: Sequence[_Owned], ids: Mapping[int, str], units: frozenset[str]
) -> None:
    """One record for each indicator row; ``seq`` counts within its project in printed order."""
    table_id = draft.table.table_id
    counts: dict[str, int] = {}
    for item in owned:
        owner = item.ownership.owner
        project_id = f"{table_id}:unknown" if owner is None else ids[owner]
        for indicator in item.indicators:
            counts[project_id] = counts.get(project_id, 0) + 1
            origin = indicator.cell.origins[0]
            value = read_indicator(indicator.texts, units)
            if is_value_unread(value, read_nature(indicator.texts.get("nature", ""))):
                note = f"not a number: {value['value_text']!r} after {value['nature']}"
                draft.note("indicator-value-unparsed", note, indicator.cell)
            part = f":{indicator.part}" if indicator.part else ""
            values: dict[str, Value] = {
                "table_id": table_id,
                "row_id": f"{table_id}:{indicator.row}:{indicator.cell.col}{part}",
                "project_id": project_id,
                "seq": counts[project_id],
                **{role: indicator.texts.get(role) or None for role in LEVEL_ROLES},
                **value,
                "text_clipped": indicator.is_clipped,
                "owner_status": item.status_of(indicator.row),
                "page_no": origin.page,
            }
            draft.records.append(Record("project_indicators", values, origin))


def _report_owners(draft: Draft, owned: Sequence[_Owned], ids: Mapping[int, str]) -> None:
    """A finding for each stretch whose owner is not printed in it."""
    above: str | None = None
    for number, item in enumerate(owned):
        above = ids.get(number, above)
        ownership = item.ownership
        if item.doubtful:
            owner = None if ownership.owner is None else ids[ownership.owner]
            cell = next(i.cell for i in item.indicators if i.row in item.doubtful)
            tell_doubtful(draft, len(item.doubtful), owner, cell)
        if ownership.status == "printed" or not item.indicators:
            continue
        origin = item.indicators[0].cell.origins[0]
        draft.tell(
            _code(ownership),
            f"{len(item.indicators)} indicator row(s) stand beside a blank project cell",
            origin,
            before=above,
            after=None if ownership.owner is None else ids[ownership.owner],
            rule=ownership.rule,
            evidence="; ".join(ownership.evidence) or None,
        )


def _code(ownership: Ownership) -> str:
    if ownership.owner is None:
        return "indicator-without-project"
    return "owner-inferred" if ownership.status == "inferred" else "owner-ambiguous"
