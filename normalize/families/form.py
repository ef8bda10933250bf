"""The department's performance form (部门整体支出绩效目标表): labels with values, then a list.

A form is read cell by cell: a label has its value to the right or below. Places draw it with
different spans, so nothing is taken from fixed rows or columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.families.facts import Draft, field_amount
from yusuan.normalize.families.form_cells import (
    GOAL_LABELS,
    NAME_LABELS,
    OTHER_LABELS,
    Form,
    FormWords,
    read_form,
    rest_of,
    role_of,
)
from yusuan.normalize.families.form_head import ListHead, find_list
from yusuan.normalize.families.form_list import write_list
from yusuan.normalize.families.parts import join_texts
from yusuan.normalize.model import CellUse, LogicalCell, LogicalTable, Mapped, Record, Unit, Value
from yusuan.normalize.text import header_key, header_unit, label_key
from yusuan.schemas.model import Schemas

_TOTALS: Final = frozenset({"合计", "总计"})
_FIELDS: Final = (
    "budget_total", "fiscal_total", "fiscal_basic", "fiscal_project",
    "other_total", "other_basic", "other_project",
)  # fmt: skip


def map_form(table: LogicalTable, schemas: Schemas, words: FormWords) -> Mapped:
    """Map a form onto ``department_goals`` (one record) and ``department_indicators``."""
    draft = Draft(table)
    form = read_form(table, words)
    head = find_list(form)
    _write_goals(draft, form, head)
    if head is None:
        draft.note("form-list-missing", "no indicator list was found in the form")
    else:
        write_list(draft, form, head, schemas)
    _ignore_details(draft, form, head)
    _account_labels(draft, form, head)
    return draft.mapped()


def _write_goals(draft: Draft, form: Form, list_head: ListHead | None) -> None:
    """The one record of the form's head."""
    end = list_head.end if list_head else len(form.table.rows)
    listed = {c.origins[0].key for c in list_head.cells} if list_head else set()
    head = [c for c in form.cells if c.row < end and c.origins[0].key not in listed]
    money = _money_cells(form, head)
    unit = _head_unit(head) or form.table.unit
    name, goal, other = (
        _value_text(draft, form, head, labels, list_head)
        for labels in (NAME_LABELS, GOAL_LABELS, OTHER_LABELS)
    )
    if not money and not goal and not name:
        draft.note("form-head-missing", "no money, goal or department name was found in the form")
        return
    total = money.get("budget_total")
    place = total or next(iter(money.values()), None) or next(c for c in head if c.text)
    values: dict[str, Value] = {
        "table_id": form.table.table_id,
        "row_id": f"{form.table.table_id}:{place.row}:{place.col}",
        "department_name": name or form.table.publisher,
        "published_unit": unit,
        "goal_text": goal,
        "other_text": other,
        "page_no": place.origins[0].page,
    }
    for kind in _FIELDS:
        values.update(_money_values(draft, kind, money.get(kind), unit))
    draft.records.append(Record("department_goals", values, place.origins[0]))


def _money_values(
    draft: Draft, kind: str, cell: LogicalCell | None, unit: Unit | None
) -> dict[str, Value]:
    """An amount of the head, its cell entered in the ledger."""
    if cell is not None and cell.text:
        draft.use(cell, "value")
    return field_amount(draft, kind, cell, unit, is_total=kind == "budget_total")


def _money_cells(form: Form, head: Sequence[LogicalCell]) -> dict[str, LogicalCell]:
    """The amount cell of each field: below its label, or to its right.

    A label's meaning is its path (财政拨款/合计): the labels that stand above it.
    """
    found: dict[str, LogicalCell] = {}
    for cell in head:
        if not form.is_label(cell):
            continue
        path = _path(form, cell)
        name = role_of(form, path).get("field") or _field_of_stub(form, cell, path)
        if name is None:
            for total, beside in _row_totals(form, cell):
                found.setdefault(total, beside)
        if name is None or name in found:
            continue
        value = _money_value(form, cell)
        if value is not None:
            found[name] = value
    return found


def _field_of_stub(form: Form, label: LogicalCell, path: Sequence[str]) -> str | None:
    """What a label means beside the one that is merged over its row and the next ones."""
    stub = next((c for c in form.cells if c.row <= label.row < c.row + c.row_span), None)
    if stub is None or stub is label or stub.row_span == 1 or not form.is_label(stub):
        return None
    return role_of(form, [header_key(stub.text), *path]).get("field")


def _row_totals(form: Form, label: LogicalCell) -> Iterable[tuple[str, LogicalCell]]:
    """Amounts beside a label of a row (金额合计) under labels of columns (总额, 财政拨款)."""
    value: LogicalCell | None = form.right(label)
    # What stands beside another label of the row is that one's.
    while value is not None and not form.is_label(value):
        above = form.at.get((value.row - 1, value.col))
        while above is not None and not form.is_label(above):
            above = form.at.get((above.row - 1, above.col))
        if above is not None:
            path = (header_key(label.text), header_key(above.text))
            name = role_of(form, path).get("field")
            if name is not None and _names_row(form, path):
                yield name, value
        value = form.right(value)


def _names_row(form: Form, path: tuple[str, str]) -> bool:
    """Whether a rule knows the two words together, not the column's alone."""
    return role_of(form, path[1:]).get("field") != role_of(form, path).get("field")


def _path(form: Form, cell: LogicalCell) -> list[str]:
    """The labels above a label, from the top, then its own.

    A total stands under no label with an amount of its own: 其他资金 | 1.00 over 合计 | 10.00.
    """
    path = [header_key(cell.text)]
    is_total = path[0] in _TOTALS
    above = form.at.get((cell.row - 1, cell.col))
    while above is not None and form.is_label(above):
        beside = form.right(above) if is_total else None
        if beside is None or not looks_like_amount(beside.text):
            path.insert(0, header_key(above.text))
        above = form.at.get((above.row - 1, cell.col))
    return path


def _money_value(form: Form, label: LogicalCell) -> LogicalCell | None:
    """The cell below a label, or to its right where only there an amount stands.

    What stands below may be blank, a dash or unreadable: that is a fact of its own.
    """
    below, right = form.below(label), form.right(label)
    if below is not None and form.is_label(below):
        below = None
    if right is not None and looks_like_amount(right.text):
        return below if below is not None and looks_like_amount(below.text) else right
    return below


def _head_unit(head: Iterable[LogicalCell]) -> Unit | None:
    """The unit that a label of the head prints: 总体资金情况（万元）."""
    units = {u for c in head if (u := header_unit(c.text))}
    return units.pop() if len(units) == 1 else None


def _value_text(
    draft: Draft,
    form: Form,
    head: Sequence[LogicalCell],
    labels: frozenset[str],
    list_head: ListHead | None,
) -> str | None:
    """The text beside a label; the rest of it too when a page break cuts the cell.

    A label that heads a column has its value below it.
    """
    for label in head:
        if header_key(label.text) not in labels:
            continue
        is_column = _heads_column(form, label, list_head)
        beside = form.right(label)
        value = form.below(label) if is_column or beside is None else beside
        if value is None or form.is_label(value):
            continue
        if not is_column and list_head is not None and value.row >= list_head.row:
            continue
        text, last = value.text, value
        if value.text:
            draft.use(value, "value")
        while not is_column and (rest := _next_part(form, label, last)) is not None:
            if rest.text:
                draft.use(rest, "value")
            text = join_texts(text, rest.text, last, rest)
            last = rest
        return text or None
    return None


def _heads_column(form: Form, label: LogicalCell, list_head: ListHead | None) -> bool:
    """Whether the label's foot is level with that of the list's header.

    So it is where name, money and goal stand in columns left of the list (Changsha), and where a
    page ends below the list's header, which cuts a label merged over the whole list.
    """
    if list_head is None or label.row + label.row_span != list_head.end:
        return False
    pages = form.table.row_pages
    return list_head.end >= len(pages) or pages[list_head.end] == pages[list_head.end - 1]


def _next_part(form: Form, label: LogicalCell, last: LogicalCell) -> LogicalCell | None:
    """The next cell of a value: below, beside the same label, or its rest on the next page."""
    below = form.below(last)
    if below is not None and below.row < label.row + label.row_span and below.col == last.col:
        return None if form.is_label(below) else below
    return rest_of(form, label, last)


def _ignore_details(draft: Draft, form: Form, list_head: ListHead | None) -> None:
    """Ledger entries for what the canonical table has no place for: a label's value, a section.

    A section (年度主要任务) takes everything beside its label, on the next page too.
    """
    end = list_head.row if list_head else len(form.table.rows)
    for label in form.cells:
        if not label.text or (list_head is not None and list_head.row <= label.row < list_head.end):
            continue
        known = role_of(form, _path(form, label))
        role, reason = known.get("role"), known.get("reason", "")
        if role == "section":
            last = _section_end(form, label, end)
            beside = [c for c in form.cells if label.row <= c.row < last and c.col > label.col]
            _ignore(draft, form, beside, reason)
        elif role in ("ignore", "remark") and reason != "heading":
            values = [form.right(label), form.below(label)]
            first = next((c for c in values if c is not None and not form.is_label(c)), None)
            if first is not None and (label.row < end or first is values[0]):
                _ignore(draft, form, [first], reason or "remark")


def _section_end(form: Form, label: LogicalCell, end: int) -> int:
    """The row after a section: its label's span and the blank rest of it on the next page."""
    row = label.row + label.row_span
    below = form.at.get((row, label.col))
    while below is not None and not below.text and row < end:
        row = below.row + below.row_span
        below = form.at.get((row, label.col))
    return min(row, end)


def _ignore(draft: Draft, form: Form, cells: Iterable[LogicalCell], reason: str) -> None:
    for cell in cells:
        if cell.text and cell.origins[0].key not in draft.uses and not form.is_label(cell):
            draft.use(cell, "ignored", reason)


def _account_labels(draft: Draft, form: Form, list_head: ListHead | None) -> None:
    """Labels that are left are headers, and so is what stands level with the list's header.

    What a later page prints again in the same column has the same use. Other text stays open for
    the ledger.
    """
    end = list_head.end if list_head else 0
    heads = [c for c in form.cells if c.text and c.row < end == c.row + c.row_span]
    top = min((c.row for c in heads), default=end)
    for cell in form.cells:
        is_open = bool(cell.text) and cell.origins[0].key not in draft.uses
        if is_open and (form.is_label(cell) or top <= cell.row < end):
            draft.use(cell, "header")
    seen: dict[tuple[int, str], tuple[int, CellUse]] = {}
    for cell in form.cells:
        place = (cell.col, label_key(cell.text))
        page, key = cell.origins[0].page, cell.origins[0].key
        if key in draft.uses:
            seen.setdefault(place, (page, draft.uses[key][0]))
        elif cell.text and place in seen and seen[place][0] < page:
            draft.use(cell, seen[place][1], "repeated")
