"""The department's performance form (部门整体支出绩效目标表): labels with values, then a list.

A form is read cell by cell: a label has its value to the right or below. Places draw it with
different spans, so nothing is taken from fixed rows or columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yusuan.normalize.amounts import looks_like_amount, parse_amount, to_yuan
from yusuan.normalize.columns import Attributes, HeaderIndex, column_attributes, header_index
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.indicator_text import (
    Levels,
    read_nature,
    read_value,
    split_levels,
)
from yusuan.normalize.families.parts import join_texts
from yusuan.normalize.model import (
    Finding,
    LeafColumn,
    LogicalCell,
    LogicalTable,
    Mapped,
    Record,
    Unit,
    Value,
)
from yusuan.normalize.text import header_key, header_unit, label_key
from yusuan.schemas.model import Schemas

_FAMILY: Final = "dept_perf"
_NAME_LABELS: Final = frozenset(
    {"部门名称", "部门（单位）名称", "单位名称", "部门单位名称", "预算部门", "部门"}
)
_GOAL_LABELS: Final = frozenset(
    {"整体绩效目标", "部门整体绩效目标", "整体目标", "总体目标", "年度总体目标", "年度绩效目标"}
)
_OTHER_LABELS: Final = frozenset({"其他说明", "其他需要说明的问题", "其他需要说明的情况", "备注"})
_MONEY_LABELS: Final = frozenset({"总体资金情况", "资金情况", "年度预算", "预算资金"})
_FUND_LABELS: Final = frozenset({"财政拨款", "其他资金", "财政资金"})
_FIELDS: Final = (
    "budget_total", "fiscal_total", "fiscal_basic", "fiscal_project",
    "other_total", "other_basic", "other_project",
)  # fmt: skip
_LIST_ROLES: Final = frozenset(
    {"activity", "indicator", "level1", "level2", "level3", "nature", "value", "measure_unit"}
)
_MIN_LIST_ROLES: Final = 3
_COST: Final = "成本"
_STATUS: Final = {"number": "published", "zero": "zero", "dash": "dash", "blank": "blank"}


@dataclass(frozen=True, slots=True)
class _Form:
    """All cells of the form, ``at`` by the (row, column) slots that they cover."""

    table: LogicalTable
    cells: tuple[LogicalCell, ...]
    at: Mapping[tuple[int, int], LogicalCell]
    index: HeaderIndex
    labels: frozenset[str]

    def is_label(self, cell: LogicalCell) -> bool:
        """Whether the cell prints a known label of the form."""
        return header_key(cell.text) in self.labels

    def right(self, cell: LogicalCell) -> LogicalCell | None:
        """The cell to the right of a cell's first row."""
        return self.at.get((cell.row, cell.col + cell.col_span))

    def below(self, cell: LogicalCell) -> LogicalCell | None:
        """The cell below a cell's first column."""
        return self.at.get((cell.row + cell.row_span, cell.col))


@dataclass(frozen=True, slots=True)
class _ListHead:
    """The header of the indicator list: its row and the columns by role."""

    row: int
    columns: Mapping[str, tuple[int, int]]
    cells: tuple[LogicalCell, ...]


@dataclass(slots=True)
class _Activity:
    """The block of indicators that is being read: its number and the sorts it has had."""

    group: int = 0
    name: str = ""
    seq: int = 0
    runs: list[str] = field(default_factory=list)


def map_form(table: LogicalTable, attributes: Sequence[Attributes], schemas: Schemas) -> Mapped:
    """Map a form onto ``department_goals`` (one record) and ``department_indicators``.

    ``attributes`` are not used: a form has no columns, its labels stand anywhere.
    """
    draft = Draft(table)
    form = _read_form(table, schemas)
    head = _find_list(form)
    last_head_row = head.row - 1 if head else max((c.row for c in form.cells), default=0)
    _write_goals(draft, form, last_head_row)
    if head is None:
        draft.note("form-list-missing", "no indicator list was found in the form")
    else:
        _write_list(draft, form, head, schemas)
    _account_labels(draft, form)
    return draft.mapped()


def _read_form(table: LogicalTable, schemas: Schemas) -> _Form:
    cells = tuple(sorted(_all_cells(table), key=lambda c: (c.row, c.col)))
    at = {
        (row, col): cell
        for cell in cells
        for row in range(cell.row, cell.row + max(1, cell.row_span))
        for col in range(cell.col, cell.col + max(1, cell.col_span))
    }
    words = {
        segment for rule in schemas.headers if _FAMILY in rule.families for segment in rule.path
    }
    labels = (
        words | _NAME_LABELS | _GOAL_LABELS | _OTHER_LABELS | _MONEY_LABELS | _FUND_LABELS
    )  # fmt: skip
    return _Form(table, cells, at, header_index(schemas, _FAMILY), frozenset(labels - {"*"}))


def _all_cells(table: LogicalTable) -> Iterable[LogicalCell]:
    """Header cells too: what is a header depends on the kind of form."""
    yield from table.header
    for row in table.rows:
        yield from row


def _role(form: _Form, path: Sequence[str]) -> Attributes:
    return column_attributes([LeafColumn(0, tuple(path), 0.0, 0.0)], form.index)[0]


# --- head ----------------------------------------------------------------------------------------


def _write_goals(draft: Draft, form: _Form, last_row: int) -> None:
    """The one record of the form's head."""
    head = [c for c in form.cells if c.row <= last_row]
    money = _money_cells(form, head)
    unit = _head_unit(head) or form.table.unit
    name = _value_text(draft, form, head, _NAME_LABELS, last_row)
    goal = _value_text(draft, form, head, _GOAL_LABELS, last_row)
    other = _value_text(draft, form, head, _OTHER_LABELS, last_row)
    if not money and not goal and not name:
        draft.note("form-head-missing", "no money, goal or department name was found in the form")
        return
    total = money.get("budget_total")
    place = total or next(iter(money.values()), None) or next(c for c in head if c.text)
    values: dict[str, Value] = {
        "table_id": form.table.table_id,
        "row_id": f"{form.table.table_id}:{place.row}:{place.col}",
        "department_name": name,
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
    """``<kind>_yuan`` and ``<kind>_text``; of the total also its status and decimals."""
    amount = parse_amount(cell.text if cell else "")
    yuan = to_yuan(amount, unit) if unit else None
    if cell and cell.text:
        draft.use(cell, "value")
        if amount.kind == "unreadable":
            draft.note("amount-unparsed", f"not an amount: {cell.text!r}", cell, kind)
            draft.use(cell, "finding", "amount-unparsed")
        elif unit is None:
            draft.note("unit-missing", f"no unit printed in the form: {cell.text}", cell, kind)
        elif yuan is None and amount.kind == "number":
            draft.note("amount-too-fine", f"finer than 0.01 yuan: {cell.text} {unit}", cell, kind)
    values: dict[str, Value] = {f"{kind}_yuan": yuan, f"{kind}_text": amount.raw or None}
    if kind == "budget_total":
        values["value_status"] = _STATUS.get(amount.kind, "published")
        values["published_decimals"] = amount.decimals
    return values


def _money_cells(form: _Form, head: Sequence[LogicalCell]) -> dict[str, LogicalCell]:
    """The amount cell of each field: below its label, or to its right.

    A label's meaning is its path (财政拨款/合计): the labels that stand above it.
    """
    found: dict[str, LogicalCell] = {}
    for cell in head:
        if not form.is_label(cell):
            continue
        name = _role(form, _path(form, cell)).get("field")
        if name is None or name in found:
            continue
        value = _money_value(form, cell)
        if value is not None:
            found[name] = value
    return found


def _path(form: _Form, cell: LogicalCell) -> list[str]:
    """The labels above a label, from the top, then its own."""
    path = [header_key(cell.text)]
    above = form.at.get((cell.row - 1, cell.col))
    while above is not None and form.is_label(above):
        path.insert(0, header_key(above.text))
        above = form.at.get((above.row - 1, cell.col))
    return path


def _money_value(form: _Form, label: LogicalCell) -> LogicalCell | None:
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
    draft: Draft, form: _Form, head: Sequence[LogicalCell], labels: frozenset[str], last_row: int
) -> str | None:
    """The text beside a label; the rest of it too when a page break cuts the cell."""
    for label in head:
        value = form.right(label) if header_key(label.text) in labels else None
        if value is None or form.is_label(value) or value.row > last_row:
            continue
        text, last = value.text, value
        if value.text:
            draft.use(value, "value")
        while (rest := _rest_of(form, label, last)) is not None and rest.row <= last_row:
            if rest.text:
                draft.use(rest, "value")
            text = join_texts(text, rest.text, last, rest)
            last = rest
        return text or None
    return None


def _rest_of(form: _Form, label: LogicalCell, value: LogicalCell) -> LogicalCell | None:
    """The part of a value cell on the next page: below it, its label's part blank."""
    rest = form.below(value)
    beside = form.at.get((rest.row, label.col)) if rest else None
    if rest is None or rest.col != value.col or rest.col_span != value.col_span:
        return None
    if beside is None or beside.text or beside is rest:
        return None
    return rest if rest.origins[0].page != value.origins[0].page else None


# --- indicator list ------------------------------------------------------------------------------


def _find_list(form: _Form) -> _ListHead | None:
    """The header row of the indicator list: the first with three or more of its words."""
    by_row: dict[int, list[LogicalCell]] = {}
    for cell in form.cells:
        if cell.text:
            by_row.setdefault(cell.row, []).append(cell)
    for row in sorted(by_row):
        roles = {
            role: cell
            for cell in by_row[row]
            if (role := _role(form, (header_key(cell.text),)).get("role", "")) in _LIST_ROLES
        }
        if len(roles) >= _MIN_LIST_ROLES:
            columns = {r: (c.col, c.col + c.col_span) for r, c in roles.items()}
            return _ListHead(row, columns, tuple(roles.values()))
    return None


def _write_list(draft: Draft, form: _Form, head: _ListHead, schemas: Schemas) -> None:
    """One record for each row below the list's header with text in one of its columns."""
    for cell in head.cells:
        draft.use(cell, "header")
    first = schemas.vocabularies.get("indicator_level1", ())
    second = schemas.vocabularies.get("indicator_level2", ())
    state = _Activity()
    for row in range(head.row + 1, len(form.table.rows)):
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
        levels = _levels(draft, cells, anchored, first, second)
        _next_activity(draft, state, _activity_name(cells, state), levels, anchored)
        _write_indicator(draft, state, row, anchored, levels)


def _list_row(form: _Form, head: _ListHead, row: int) -> dict[str, LogicalCell]:
    """The cells that stand in the list's columns in a row, merged ones too."""
    cells: dict[str, LogicalCell] = {}
    for role, (first, end) in head.columns.items():
        candidates = [c for col in range(first, end) if (c := form.at.get((row, col)))]
        filled = next((c for c in candidates if c.text), candidates[0] if candidates else None)
        if filled is not None:
            cells[role] = filled
    return cells


def _is_repeat(form: _Form, cells: Mapping[str, LogicalCell]) -> bool:
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
                **read_value(texts.get("value", ""), nature),
                "measure_unit": texts.get("measure_unit") or None,
                "seq": state.seq,
                "text_clipped": False,
                "owner_status": "printed",
                "page_no": place.origins[0].page,
            },
            place.origins[0],
        )
    )


def _account_labels(draft: Draft, form: _Form) -> None:
    """Every label that is left is a header; other text stays open for the ledger."""
    for cell in form.cells:
        if cell.text and cell.origins[0].key not in draft.uses and form.is_label(cell):
            draft.use(cell, "header")
