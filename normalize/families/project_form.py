"""A form for each project (项目支出绩效目标表): labels with values, then the project's indicators.

Many places print one such form per project instead of one table of all projects. What a label
means is said by ``headers.csv`` with the words of the project tables; where the value stands is
found as in the department's form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yusuan.normalize.codes import project_code
from yusuan.normalize.families.facts import Draft, field_amount
from yusuan.normalize.families.form_cells import Form, FormWords, read_form, rest_of, role_of
from yusuan.normalize.families.form_head import ListHead, find_list
from yusuan.normalize.families.form_table import ListRow, read_list
from yusuan.normalize.families.indicator_text import is_value_unread, read_indicator, read_nature
from yusuan.normalize.families.parts import join_texts
from yusuan.normalize.model import LogicalCell, LogicalTable, Mapped, Record, Unit, Value
from yusuan.normalize.text import header_key, header_unit, label_key
from yusuan.schemas.model import Schemas

_MONEY: Final = {"project_total": "total", "project_fiscal": "fiscal", "project_other": "other"}
_NAMING: Final = frozenset({"project", "project_name", "project_total"})
_TEXTS: Final = ("project", "project_name", "project_code", "goal", "unit", "unit_code")
# What a form says of the whole term of a project, beside the year's figure or goal.
_TERM: Final = {"term_total": "project_total", "term_goal": "goal"}
_TITLE_END: Final = re.compile(r"(?:支出)?绩效目标(?:申报|批复)?表$")
# 301007_某市某局某分局_某项目绩效目标表
_TITLE_PARTS: Final = re.compile(r"(\d{3,9})[_-](.+?)[_-](.+)")


@dataclass(slots=True)
class _Head:
    """Values of the head by role: the year's, or the whole term's where no other is printed."""

    values: dict[str, LogicalCell] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Field:
    """A label with its value: ``role`` as in the project tables; of the year or of all years."""

    role: str
    is_term: bool
    reason: str
    label: LogicalCell
    parts: tuple[LogicalCell, ...]


def is_project_form(table: LogicalTable, words: FormWords) -> bool:
    """Whether a table read as a form names a project, or its funds, above a list of indicators."""
    form = read_form(table, words)
    head = find_list(form)
    if head is None:
        return False
    fields = [f for f in _fields(form, head) if f.role in _NAMING]
    if any(_heads_several(form, f.label, head) for f in fields):
        return False
    return bool(fields)


def _heads_several(form: Form, label: LogicalCell, head: ListHead) -> bool:
    """Whether a label level with the list's header heads a column of several values.

    Such a table is a list of projects whose other columns are not known, not one project's form.
    """
    if label.row + label.row_span != head.end:
        return False
    below = {
        label_key(c.text) for c in form.cells if c.text and c.row >= head.end and c.col == label.col
    }
    return len(below) > 1


def map_project_form(table: LogicalTable, schemas: Schemas, words: FormWords) -> Mapped:
    """Map a project's form onto one record of ``projects`` and its ``project_indicators``."""
    draft = Draft(table)
    form = read_form(table, words)
    head = find_list(form)
    project_id = _write_project(draft, form, head)
    if head is None:
        draft.note("form-list-missing", "no indicator list was found in the form")
    else:
        _write_indicators(draft, read_list(draft, form, head), project_id, schemas)
    _account_labels(draft, form)
    return draft.mapped()


# --- the head -----------------------------------------------------------------------------------


def _fields(form: Form, head: ListHead | None) -> list[_Field]:
    """Every label outside the list that has a known role, with the cells of its value."""
    listed = {c.origins[0].key for c in head.cells} if head else set()
    fields = []
    for label in form.cells:
        if not form.is_label(label) or label.origins[0].key in listed:
            continue
        if head is not None and label.row >= head.row and not _ends_list(form, label, head):
            continue
        known = role_of(form, (header_key(label.text),))
        role = known.get("role", "")
        if role:
            is_term = role in _TERM or _is_under_term(form, label)
            parts = _value_cells(form, label, head)
            reason = known.get("reason", role)
            fields.append(_Field(_TERM.get(role, role), is_term, reason, label, parts))
    return fields


def _ends_list(form: Form, label: LogicalCell, head: ListHead) -> bool:
    """Whether a label stands under the list (备注): its value reaches over the list's columns."""
    right = form.right(label)
    return label.row >= head.end and right is not None and right.col_span >= len(head.columns)


def _is_under_term(form: Form, label: LogicalCell) -> bool:
    """Whether a fund's label stands under the whole term's total: 其中：财政拨款."""
    above = form.at.get((label.row - 1, label.col))
    while above is not None and form.is_label(above) and above.col == label.col:
        role = role_of(form, (header_key(above.text),)).get("role", "")
        if role in ("term_total", "project_total"):
            return role == "term_total"
        above = form.at.get((above.row - 1, above.col))
    return False


def _value_cells(form: Form, label: LogicalCell, head: ListHead | None) -> tuple[LogicalCell, ...]:
    """The cell to the right of a label; else the cells below it, as far as its stub reaches.

    A cell that a page end cuts has its rest on the next page.
    """
    right = form.right(label)
    if right is not None and not form.is_label(right):
        parts = [right]
        while (rest := rest_of(form, label, parts[-1])) is not None:
            if head is not None and rest.row + rest.row_span > head.row:
                break
            parts.append(rest)
        return tuple(parts)
    stub = _stub(form, label.row)
    below = form.below(label)
    found: list[LogicalCell] = []
    while below is not None and below.col == label.col and not form.is_label(below):
        if stub is label or _stub(form, below.row) is not stub:
            break
        found.append(below)
        below = form.below(below)
    return tuple(found)


def _stub(form: Form, row: int) -> LogicalCell | None:
    """The first cell of a row, which may be merged over several."""
    slots = range(len(form.table.columns))
    return next((c for col in slots if (c := form.at.get((row, col)))), None)


def _read_head(draft: Draft, fields: Sequence[_Field]) -> _Head:
    """Take the year's value of each role, the whole term's where the form has no other."""
    head = _Head()
    # A label printed twice, for the term and for the year, may have its value in one place only.
    order = sorted(fields, key=lambda f: (f.is_term, not any(c.text for c in f.parts)))
    for entry in order:
        role = entry.role
        if (role in _MONEY or role in _TEXTS) and entry.parts:
            filled = [c for c in entry.parts if c.text]
            if role in head.texts:
                if entry.is_term:
                    for cell in filled:
                        draft.use(cell, "ignored", "whole_term")
                continue
            head.values[role] = next(iter(filled), entry.parts[0])
            head.texts[role] = _joined_text(entry.parts)
            for cell in filled:
                draft.use(cell, "value")
    for entry in fields:
        if entry.role not in _MONEY and entry.role not in _TEXTS:
            for cell in entry.parts:
                if cell.text and cell.origins[0].key not in draft.uses:
                    draft.use(cell, "ignored", entry.reason)
    return head


def _joined_text(parts: Sequence[LogicalCell]) -> str:
    text, last = "", None
    for cell in parts:
        text = join_texts(text, cell.text, last, cell)
        last = cell
    return text


def _write_project(draft: Draft, form: Form, list_head: ListHead | None) -> str:
    """The one record of the form's head; returns the project's id."""
    head = _read_head(draft, _fields(form, list_head))
    code, name = project_code(head.texts.get("project") or head.texts.get("project_name") or "")
    code = code or head.texts.get("project_code") or None
    unit_code, unit_name = head.texts.get("unit_code"), head.texts.get("unit")
    if not name and "project" not in head.texts:
        name, unit_code, unit_name = _of_title(draft, unit_code, unit_name)
    if not name:
        draft.note("form-head-missing", "no name of the project was found in the form")
    place = next(
        (head.values[r] for r in ("project_total", "project", "goal") if r in head.values),
        next(c for c in form.cells if c.text),
    )
    project_id = code or f"{draft.table.table_id}:P001"
    unit = _unit(form, list_head)
    values: dict[str, Value] = {
        "table_id": draft.table.table_id,
        "row_id": f"{draft.table.table_id}:{place.row}:{place.col}",
        "project_id": project_id,
        "project_code": code,
        "project_name": name or None,
        "budget_unit": "-".join(t for t in (unit_code, unit_name) if t) or None,
        "budget_unit_code": unit_code or None,
        "budget_unit_name": unit_name or None,
        "goal_text": head.texts.get("goal") or None,
        "published_unit": unit,
        "page_no": place.origins[0].page,
    }
    for role, kind in _MONEY.items():
        cell = head.values.get(role)
        values.update(field_amount(draft, kind, cell, unit, is_total=kind == "total"))
    draft.records.append(Record("projects", values, place.origins[0]))
    return project_id


def _of_title(
    draft: Draft, unit_code: str | None, unit_name: str | None
) -> tuple[str, str | None, str | None]:
    """Project and unit from the title, where the form has no cell for them."""
    title = _TITLE_END.sub("", draft.table.title)
    found = _TITLE_PARTS.fullmatch(title)
    if found is None:
        return title, unit_code, unit_name
    return found[3], unit_code or found[1], unit_name or found[2]


def _unit(form: Form, list_head: ListHead | None) -> Unit | None:
    """The unit that a label of the head prints, 资金金额（万元）; else the table's."""
    end = list_head.row if list_head else len(form.table.rows)
    units = {u for c in form.cells if c.row < end and (u := header_unit(c.text))}
    return units.pop() if len(units) == 1 else form.table.unit


# --- the list -----------------------------------------------------------------------------------


def _write_indicators(
    draft: Draft, rows: Sequence[ListRow], project_id: str, schemas: Schemas
) -> None:
    """One record for each indicator row; its owner is the form's project, printed above it."""
    units = frozenset(schemas.vocabularies.get("measure_unit", ()))
    for seq, row in enumerate(rows, start=1):
        place = next(row.cells[r] for r in ("level3", "value", *row.cells) if r in row.cells)
        values = read_indicator(row.texts, units)
        if is_value_unread(values, read_nature(row.texts.get("nature", ""))):
            note = f"not a number: {values['value_text']!r} after {values['nature']}"
            draft.note("indicator-value-unparsed", note, place)
        record: Mapping[str, Value] = {
            "table_id": draft.table.table_id,
            "row_id": f"{draft.table.table_id}:{row.row}:{place.col}",
            "project_id": project_id,
            "seq": seq,
            **{role: row.texts.get(role) or None for role in ("level1", "level2", "level3")},
            **values,
            "text_clipped": any(cell.is_clipped for cell in row.cells.values()),
            "owner_status": "printed",
            "page_no": place.origins[0].page,
        }
        draft.records.append(Record("project_indicators", record, place.origins[0]))
    if not rows:
        draft.note("project-without-indicators", "no indicator row stands in the form")


def _account_labels(draft: Draft, form: Form) -> None:
    """Labels that are left are headers; so is a unit in a cell of its own. The rest stays open."""
    for cell in form.cells:
        if not cell.text or cell.origins[0].key in draft.uses:
            continue
        is_unit = header_unit(cell.text) is not None and not header_key(cell.text)
        if form.is_label(cell) or is_unit:
            draft.use(cell, "header")
