"""The indicator list of a department's form: levels, values, activity blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.form_cells import Form
from yusuan.normalize.families.form_head import ListHead
from yusuan.normalize.families.form_table import ListRow, read_list
from yusuan.normalize.families.indicator_text import (
    Levels,
    is_value_unread,
    read_indicator,
    read_nature,
    split_levels,
)
from yusuan.normalize.model import LogicalCell, Record
from yusuan.normalize.text import label_key
from yusuan.schemas.model import Schemas

_COST: Final = "成本"


@dataclass(slots=True)
class _Activity:
    """The block of indicators that is being read: its number and the sorts it has had."""

    group: int = 0
    name: str = ""
    seq: int = 0
    runs: list[str] = field(default_factory=list)


def write_list(draft: Draft, form: Form, head: ListHead, schemas: Schemas) -> None:
    """One record for each row below the list's header with text in one of its columns."""
    first = schemas.vocabularies.get("indicator_level1", ())
    second = schemas.vocabularies.get("indicator_level2", ())
    units = frozenset(schemas.vocabularies.get("measure_unit", ()))
    state = _Activity()
    for row in read_list(draft, form, head):
        levels = _levels(draft, row, first, second)
        _next_activity(draft, state, row.texts.get("activity") or state.name, levels, row.cells)
        _write_indicator(draft, state, row, levels, units)


def _levels(draft: Draft, row: ListRow, first: Sequence[str], second: Sequence[str]) -> Levels:
    """The three levels: from columns of their own, else split off the text of 绩效指标."""
    if "indicator" not in row.texts:
        return Levels(*(row.texts.get(r) or None for r in ("level1", "level2", "level3")))
    levels = split_levels(row.texts["indicator"], first, second)
    if levels.level1 is None:
        cell = row.cells["indicator"]
        draft.note("indicator-level-unknown", f"begins with no known level: {cell.text}", cell)
    return levels


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
        draft.tell(
            "activity-group-split",
            f"two blocks of indicators follow each other under one activity: {name}",
            cell.origins[0],
            rule="the sorts of indicators begin again after the cost indicators",
            evidence=f"{level1} opens both blocks",
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
    draft: Draft, state: _Activity, row: ListRow, levels: Levels, units: frozenset[str]
) -> None:
    place = next(row.cells[r] for r in ("indicator", "level3", *row.cells) if r in row.cells)
    values = read_indicator(row.texts, units)
    if is_value_unread(values, read_nature(row.texts.get("nature", ""))):
        note = f"not a number: {values['value_text']!r} after {values['nature']}"
        draft.note("indicator-value-unparsed", note, row.cells["value"])
    draft.records.append(
        Record(
            "department_indicators",
            {
                "table_id": draft.table.table_id,
                "row_id": f"{draft.table.table_id}:{row.row}:{place.col}",
                "activity": state.name or None,
                "activity_group": state.group,
                "level1": levels.level1,
                "level2": levels.level2,
                "level3": levels.level3,
                **values,
                "seq": state.seq,
                "text_clipped": any(cell.is_clipped for cell in row.cells.values()),
                "owner_status": row.owner_status,
                "page_no": place.origins[0].page,
            },
            place.origins[0],
        )
    )
