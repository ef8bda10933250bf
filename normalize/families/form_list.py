"""The indicator list of a department's form: levels, values, activity blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.form_cells import Form, role_of
from yusuan.normalize.families.indicator_text import (
    Levels,
    is_value_unread,
    read_nature,
    read_value,
    split_levels,
)
from yusuan.normalize.model import Finding, LogicalCell, Record
from yusuan.normalize.text import header_key, label_key
from yusuan.schemas.model import Schemas

_LIST_ROLES: Final = frozenset(
    {"activity", "indicator", "level1", "level2", "level3", "nature", "value", "measure_unit"}
)
_IGNORED_ROLES: Final = frozenset({"ignore", "remark", "seq"})
_MIN_LIST_ROLES: Final = 3
_COST: Final = "成本"


@dataclass(frozen=True, slots=True)
class ListHead:
    """The header of the indicator list: its rows (``end`` excluded) and its columns by role.

    ``ignored``: columns that the canonical table has no place for, with the reason.
    """

    row: int
    end: int
    columns: Mapping[str, tuple[int, int]]
    cells: tuple[LogicalCell, ...]
    ignored: Mapping[int, str]


@dataclass(slots=True)
class _Activity:
    """The block of indicators that is being read: its number and the sorts it has had."""

    group: int = 0
    name: str = ""
    seq: int = 0
    runs: list[str] = field(default_factory=list)


def find_list(form: Form) -> ListHead | None:
    """The header row of the indicator list: the first with three or more of its words."""
    by_row: dict[int, list[LogicalCell]] = {}
    for cell in form.cells:
        if cell.text:
            by_row.setdefault(cell.row, []).append(cell)
    for row in sorted(by_row):
        roles: dict[str, LogicalCell] = {}
        ignored: dict[int, str] = {}
        for cell in by_row[row]:
            known = role_of(form, (header_key(cell.text),))
            role = known.get("role", "")
            if role in _LIST_ROLES:
                roles.setdefault(role, cell)
            elif role in _IGNORED_ROLES:
                ignored[cell.col] = known.get("reason", role)
        if len(roles) >= _MIN_LIST_ROLES:
            columns = {r: (c.col, c.col + c.col_span) for r, c in roles.items()}
            end = max(c.row + c.row_span for c in roles.values())
            return ListHead(row, end, columns, tuple(roles.values()), ignored)
    return None


def write_list(draft: Draft, form: Form, head: ListHead, schemas: Schemas) -> None:
    """One record for each row below the list's header with text in one of its columns."""
    for cell in head.cells:
        draft.use(cell, "header")
    first = schemas.vocabularies.get("indicator_level1", ())
    second = schemas.vocabularies.get("indicator_level2", ())
    state = _Activity()
    for row in range(head.end, len(form.table.rows)):
        cells = _list_row(form, head, row)
        if _is_repeat(form, cells):
            for cell in cells.values():
                draft.use(cell, "header", "repeated")
            continue
        anchored = {role: c for role, c in cells.items() if c.row == row and c.text}
        if not set(anchored) - {"activity"}:
            continue
        for cell in anchored.values():
            draft.use(cell, "value")
        _ignore_columns(draft, form, head, row)
        levels = _levels(draft, cells, anchored, first, second)
        _next_activity(draft, state, _activity_name(cells, state), levels, anchored)
        _write_indicator(draft, state, row, anchored, levels)


def _list_row(form: Form, head: ListHead, row: int) -> dict[str, LogicalCell]:
    """The cells that stand in the list's columns in a row, merged ones too.

    A cell over several of the list's columns is no part of an indicator: the head of the list
    repeated on a later page, or a note.
    """
    cells: dict[str, LogicalCell] = {}
    for role, (first, end) in head.columns.items():
        candidates = [c for col in range(first, end) if (c := form.at.get((row, col)))]
        filled = next((c for c in candidates if c.text), candidates[0] if candidates else None)
        if filled is not None:
            cells[role] = filled
    shared = [c.origins[0].key for c in cells.values()]
    return {role: c for role, c in cells.items() if shared.count(c.origins[0].key) == 1}


def _ignore_columns(draft: Draft, form: Form, head: ListHead, row: int) -> None:
    for col, reason in head.ignored.items():
        cell = form.at.get((row, col))
        if cell is not None and cell.text and cell.row == row:
            draft.use(cell, "ignored", reason)


def _is_repeat(form: Form, cells: Mapping[str, LogicalCell]) -> bool:
    filled = [c for c in cells.values() if c.text]
    known = [c for c in filled if form.is_label(c)]
    return len(known) >= _MIN_LIST_ROLES and len(known) == len(filled)


def _levels(
    draft: Draft,
    cells: Mapping[str, LogicalCell],
    anchored: Mapping[str, LogicalCell],
    first: Sequence[str],
    second: Sequence[str],
) -> Levels:
    """The three levels: from columns of their own, else split off the text of 绩效指标."""
    if "indicator" not in anchored:
        texts = {r: cells[r].text for r in ("level1", "level2", "level3") if r in cells}
        return Levels(*(texts.get(r) or None for r in ("level1", "level2", "level3")))
    cell = anchored["indicator"]
    levels = split_levels(cell.text, first, second)
    if levels.level1 is None:
        draft.note("indicator-level-unknown", f"begins with no known level: {cell.text}", cell)
    return levels


def _activity_name(cells: Mapping[str, LogicalCell], state: _Activity) -> str:
    """The activity printed for the row; a blank part of a merged cell keeps the one above."""
    cell = cells.get("activity")
    return cell.text if cell is not None and cell.text else state.name


def _next_activity(
    draft: Draft,
    state: _Activity,
    name: str,
    levels: Levels,
    anchored: Mapping[str, LogicalCell],
) -> None:
    """Move on to the next block where the activity's name changes or its set begins anew.

    Two activities of one name can follow each other: then the sorts of indicators start again
    with the first one after cost, which such a set begins or ends with (DOMAIN section 4 item 18).
    """
    level1 = levels.level1 or ""
    is_new = state.group == 0 or label_key(name) != label_key(state.name)
    is_again = not is_new and len(state.runs) > 1 and _starts_again(state.runs, level1)
    if is_new or is_again:
        state.group += 1
        state.seq = 0
        state.runs = []
    if is_again:
        cell = next(iter(anchored.values()))
        draft.findings.append(
            Finding(
                code="activity-group-split",
                severity="info",
                note=f"two blocks of indicators follow each other under one activity: {name}",
                origin=cell.origins[0],
                table_id=draft.table.table_id,
                page=cell.origins[0].page,
                rule="the sorts of indicators begin again after the cost indicators",
                evidence=f"{level1} opens both blocks",
            )
        )
    state.name = name
    state.seq += 1
    if not state.runs or state.runs[-1] != level1:
        state.runs.append(level1)


def _starts_again(runs: Sequence[str], level1: str) -> bool:
    is_first = bool(level1) and level1 == runs[0] and level1 != runs[-1]
    has_cost = _COST in runs[-1] or _COST in runs[0]
    return is_first and has_cost and len(set(runs)) == len(runs)


def _write_indicator(
    draft: Draft,
    state: _Activity,
    row: int,
    anchored: Mapping[str, LogicalCell],
    levels: Levels,
) -> None:
    texts = {role: cell.text for role, cell in anchored.items()}
    place = next(anchored[r] for r in ("indicator", "level3", *anchored) if r in anchored)
    nature = read_nature(texts.get("nature", ""))
    value = read_value(texts.get("value", ""), nature)
    if is_value_unread(value, nature):
        note = f"not a number: {value['value_text']!r} after {nature}"
        draft.note("indicator-value-unparsed", note, anchored["value"])
    draft.records.append(
        Record(
            "department_indicators",
            {
                "table_id": draft.table.table_id,
                "row_id": f"{draft.table.table_id}:{row}:{place.col}",
                "activity": state.name or None,
                "activity_group": state.group,
                "level1": levels.level1,
                "level2": levels.level2,
                "level3": levels.level3,
                "nature": nature,
                **value,
                "measure_unit": texts.get("measure_unit") or None,
                "seq": state.seq,
                "text_clipped": False,
                "owner_status": "printed",
                "page_no": place.origins[0].page,
            },
            place.origins[0],
        )
    )
