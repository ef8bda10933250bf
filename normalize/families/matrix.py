"""Matrix tables: label columns on the left, amount columns on the right, one fact a cell.

Covers revenue, expenditure (four fund scopes), basic expenditure (also in lanes side by side),
three-public, procurement and purchased services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yusuan.normalize.amounts import in_unit, parse_figure
from yusuan.normalize.columns import (
    Attributes,
    HeaderIndex,
    column_attributes,
    split_lanes,
)
from yusuan.normalize.families.categories import category
from yusuan.normalize.families.cut_matrix_rows import cut_amounts, is_rest_of_row, join_names
from yusuan.normalize.families.facts import Draft, add_amount, rows_of
from yusuan.normalize.families.hierarchy import are_coded, leading_sum, nested_sums, parent_rows
from yusuan.normalize.families.labels import (
    RowLabels,
    label_lane,
    label_values,
    read_labels,
    unit_heading,
)
from yusuan.normalize.families.unit_parts import late_units
from yusuan.normalize.model import Amount, LeafColumn, LogicalCell, LogicalTable, Mapped, Value
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.schemas.model import Schemas

_NOTHING = re.compile("无|(?:[此本]表)?(?:无数据|为空表?)")
_MEETING = re.compile("(?:[（(]?[一二三四五六七八九十\\d][)）]?[、.．]?)?(?:会议|培训)(?:费|经费)")
# Rows of dots or crosses stand in templates for rows to come.
_PLACEHOLDER = re.compile(r"[.…·。XxＸ×*]+")
# 部门经济分类: 301 and 303 are paid to people, everything else is running cost (公用经费).
_PERSONNEL_CLASSES = ("301", "303")
_CLASS_LENGTH = 3  # digits of a 类 code
# Canonical tables whose measures may be told by the rows.
_BY_ROW_TOO = frozenset({"basic_expenditure", "three_public"})


def map_matrix(
    table: LogicalTable,
    attributes: Sequence[Attributes],
    schemas: Schemas,
    index: HeaderIndex,
    totals: frozenset[str],
) -> Mapped:
    """Map a matrix table of a known family onto its canonical table.

    ``index``: its family's header rules. ``totals``: words that mark a total row.
    """
    assert table.family is not None
    family = schemas.families[table.family]
    draft = Draft(table)
    columns = frozenset(c.name for c in schemas.tables[family.table].columns)
    lanes = split_lanes(attributes)
    if family.table == "basic_expenditure" and len(lanes) > 1:
        # Side by side (301+303 | 302+310) the one amount column is what its lane is about.
        attributes = [{**a, "measure": ""} if a.get("role") == "measure" else a for a in attributes]
    for lane in lanes:
        _map_lane(draft, family.table, columns, lane, attributes, totals, index)
    account_other_columns(draft, attributes)
    return draft.mapped()


def _map_lane(
    draft: Draft,
    target: str,
    columns: frozenset[str],
    lane: Sequence[int],
    attributes: Sequence[Attributes],
    totals: frozenset[str],
    index: HeaderIndex,
) -> None:
    measures = [c for c in lane if attributes[c].get("role") == "measure"]
    rows: list[tuple[RowLabels, dict[int, LogicalCell]]] = []
    labels, labelled = RowLabels(), label_lane(lane, attributes)
    late = late_units(draft, lane, attributes)
    for number, row in rows_of(draft.table):
        cells = _with_label_from_left(row, lane)
        if number in late:
            cells = cells | late[number]
        filled = [cells[c] for c in lane if c in cells and cells[c].text]
        if not filled or says_nothing(draft, filled):
            continue
        if len(filled) == 1 and (heading := unit_heading(cells, lane)):
            draft.use(next(c for c in cells.values() if c.text), "value")
            labels = RowLabels(unit_name=heading, is_headed=True)
            continue
        labels = read_labels(cells, labelled, totals, labels, draft)
        is_page_top = (
            number > 0 and draft.table.row_pages[number] != draft.table.row_pages[number - 1]
        )
        if is_page_top and rows:
            above, over = rows[-1]
            cut = cut_amounts(over, cells, measures)
            if is_rest_of_row(above, labels, cells, () if cut else measures) or (
                cut and not labels.texts
            ):
                named = any(labels.names.values())
                labels = join_names(draft, above, labels, cells, lane) if named else above
                for col, whole in cut.items():
                    draft.use(cells[col], "value")
                    draft.note(
                        "row-joined", f"the amount above ends here: {whole.text}", cells[col]
                    )
                rows[-1] = (labels, {**over, **cut})
                continue
        if foreign := _foreign_code(target, labels):
            if len(foreign) == _CLASS_LENGTH:
                _leave_out_totals(draft, rows, lane, draft.table.row_pages[number])
            _leave_out(draft, cells, lane)
            continue
        rows.append((labels, cells))
    _tell_unlabelled(draft, rows, measures)
    all_labels = [labels for labels, _ in rows]
    parents = parent_rows(all_labels)
    if not are_coded(all_labels):
        amounts = [[_figure(draft, r[c]) if c in r else None for c in measures] for _, r in rows]
        if sum_row := leading_sum(all_labels, amounts):
            parents = parents | {0}
            first = next(iter(rows[0][1].values()))
            draft.note("row-is-sum", sum_row, first)
        elif "is_leaf" in columns and (nested := nested_sums(all_labels, amounts)):
            parents = parents | nested[0]
            draft.note("row-is-sum", nested[1], next(iter(rows[min(nested[0])][1].values())))
    is_told = target not in _BY_ROW_TOO
    told = {c: _column_values(target, attributes[c], draft.table) for c in measures if is_told}
    for position, (labels, cells) in enumerate(rows):
        values = _row_values(target, columns, labels, position in parents, cells, lane, attributes)
        reason = _left_out(target, labels, values, draft.table)
        for col in measures:
            if col not in cells:
                continue
            if reason:
                draft.use(cells[col], "ignored", reason)
                continue
            column = draft.table.columns[col]
            fields = told.get(col)
            if fields is None:
                fields = _cell_values(target, attributes[col], labels, draft.table, index)
            if fields is None:
                if cells[col].text:
                    path = "/".join(column.path)
                    draft.note("column-unmapped", _unmapped(column, labels), cells[col], path)
                    draft.use(cells[col], "finding", "column-unmapped")
                continue
            add_amount(draft, target, cells[col], column, values, fields)


def _figure(draft: Draft, cell: LogicalCell) -> Amount:
    """A cell's figure in the unit of its column, to be added up with those above and below."""
    unit = draft.table.columns[cell.col].unit or draft.table.unit
    return in_unit(parse_figure(cell.text), unit)


def _tell_unlabelled(
    draft: Draft, rows: Sequence[tuple[RowLabels, dict[int, LogicalCell]]], measures: Sequence[int]
) -> None:
    """A finding where rows have figures and nothing that says of what (a lone row has a title)."""
    bare = [
        next(cells[c] for c in measures if c in cells and cells[c].text)
        for labels, cells in rows
        if not labels.unit_code and not labels.unit_name
        and any(cells[c].text for c in measures if c in cells)
        and not any(cell.text for c, cell in cells.items() if c not in measures)
    ]  # fmt: skip
    if bare and len(rows) > 1:
        note = f"{len(bare)} row(s) of {len(rows)} print figures without any label"
        draft.note("row-unlabelled", note, bare[0])


def _with_label_from_left(
    cells: dict[int, LogicalCell], lane: Sequence[int]
) -> dict[int, LogicalCell]:
    """A row's cells with the label that reaches into the lane from the one before it.

    公用经费合计 under the code of one list has its amount under that of the next.
    """
    first = lane[0]
    if first not in cells:
        for cell in cells.values():
            if cell.col < first < cell.col + cell.col_span:
                return {**cells, first: cell}
    return cells


def _foreign_code(target: str, labels: RowLabels) -> str:
    """The row's code, where it is of another classification than the canonical table is by.

    Where its title was lost, a table by economic class goes on in the columns of the one by
    function before it; its rows cut the same money a second time.
    """
    is_basic = target == "basic_expenditure"
    code = labels.codes.get("dept_econ" if is_basic else "func") or ""
    return code if code.startswith(("2",) if is_basic else ("3", "5")) else ""


def _leave_out_totals(
    draft: Draft,
    rows: list[tuple[RowLabels, dict[int, LogicalCell]]],
    lane: Sequence[int],
    page: int,
) -> None:
    """Take out the total and unit rows at the end of ``rows`` that head the other table's page."""
    while rows and not any(rows[-1][0].codes.values()):
        cells = rows[-1][1]
        if next(iter(cells.values())).origins[0].page != page:
            return
        rows.pop()
        _leave_out(draft, cells, lane)


def _leave_out(draft: Draft, cells: Mapping[int, LogicalCell], lane: Sequence[int]) -> None:
    """Keep a row in cells only, with a finding."""
    filled = [cells[c] for c in lane if c in cells and cells[c].text]
    for cell in filled:
        draft.use(cell, "finding", "code-foreign")
    text = " ".join(cell.text for cell in filled[:2])
    draft.note("code-foreign", f"no row of a table by this classification: {text}", filled[0])


def says_nothing(draft: Draft, filled: Sequence[LogicalCell]) -> bool:
    """Whether the row only says that there is nothing (无), which is a note and no fact."""
    is_placeholder = _all_match(_PLACEHOLDER, filled)
    if not is_placeholder and not _all_match(_NOTHING, filled):
        return False
    for cell in filled:
        draft.use(cell, "note", "placeholder" if is_placeholder else "nothing to publish")
    return True


def _all_match(pattern: re.Pattern[str], cells: Sequence[LogicalCell]) -> bool:
    return all(pattern.fullmatch(label_key(cell.text)) for cell in cells)


def _row_values(
    target: str,
    columns: frozenset[str],
    labels: RowLabels,
    is_parent: bool,
    cells: Mapping[int, LogicalCell],
    lane: Sequence[int],
    attributes: Sequence[Attributes],
) -> dict[str, Value]:
    """Everything a row's facts share."""
    row_type = "total" if labels.is_total else "subtotal" if is_parent else "detail"
    values = label_values(labels, columns)
    if "row_type" in columns:
        values["row_type"] = row_type
    if "is_leaf" in columns:
        values["is_leaf"] = row_type == "detail"
    if target == "procurement":
        names = [cells[c].text for c in lane if c in cells and _is_category(attributes[c])]
        values.update(category("".join(names), labels.is_total))
    if target == "purchased_services":
        named = [c for c in lane if c in cells and "role" in attributes[c]]
        texts = {attributes[c]["role"]: cells[c].text for c in named}
        for role in ("catalog_l1", "catalog_l2", "catalog_l3", "service_field"):
            values[role] = None if labels.is_total else texts.get(role) or None
    return values


def _left_out(
    target: str, labels: RowLabels, values: Mapping[str, Value], table: LogicalTable
) -> str:
    """Why the row's figures are no facts of this year; empty where they are."""
    if labels.is_change:
        return "change between years"
    is_earlier = labels.year is not None and table.year is not None and labels.year < table.year
    if is_earlier and target != "three_public":
        return "prior_year"
    return "item below its category" if _is_item(target, values) else ""


def _is_item(target: str, values: Mapping[str, Value]) -> bool:
    """Whether a procurement row is a single item or unit below 货物, 工程, 服务."""
    is_detail = values.get("row_type") != "total"
    return target == "procurement" and is_detail and values["category_code"] is None


def _is_category(attribute: Attributes) -> bool:
    return attribute.get("role") == "category"


def _column_values(target: str, attribute: Attributes, table: LogicalTable) -> dict[str, Value]:
    """The measure columns of the facts of a column, where its rows say nothing of them."""
    if target == "expenditure":
        return {
            "fund_scope": attribute.get("fund_scope") or table.fund_scope or "all",
            "flow": attribute.get("flow", "expenditure"),
            "measure": attribute.get("measure", "total"),
        }
    if target == "revenue":
        return {
            "period": attribute.get("period", "total"),
            "revenue_source": attribute.get("revenue_source", "total"),
        }
    return {}


def _cell_values(
    target: str, attribute: Attributes, labels: RowLabels, table: LogicalTable, index: HeaderIndex
) -> dict[str, Value] | None:
    """The measure columns of a fact by its column and its row; None when nobody knows them."""
    fund_scope = attribute.get("fund_scope") or table.fund_scope
    if target == "basic_expenditure":
        measure = attribute.get("measure") or _measure_by_code(labels)
        return {"fund_scope": fund_scope, "measure": measure} if measure else None
    if fund_scope == "fiscal":
        fund_scope = table.fund_scope or fund_scope  # 当年财政拨款安排 below a title of one fund
    meaning = _three_public(attribute, labels, table, index)
    return meaning and {**meaning, "fund_scope": fund_scope}


def _measure_by_code(labels: RowLabels) -> str | None:
    """In lanes without measure headers the economic class decides (301|303 people, else public)."""
    code = labels.codes.get("dept_econ")
    if code:
        return "personnel" if code.startswith(_PERSONNEL_CLASSES) else "public"
    word = labels.total_word or "".join(labels.texts)
    if "人员" in word:
        return "personnel"
    if "公用" in word:
        return "public"
    return "total" if labels.is_total else None


def _three_public(
    attribute: Attributes, labels: RowLabels, table: LogicalTable, index: HeaderIndex
) -> dict[str, Value] | None:
    """Item from the column, or from the row's label where the items run downwards."""
    item = attribute.get("item")
    if item in (None, "total") and labels.texts:
        # Under 三公经费预算数 the rows are its items; those of units say no item.
        key = strip_ordinal(label_key("".join(labels.texts)))[1]
        column = LeafColumn(0, (key,), 0.0, 0.0)
        said = column_attributes([column], index)[0].get("item")
        if said is not None and labels.is_clipped:
            return None  # 公务用车 may be the visible part of 公务用车运行维护费
        item = said or item
        if item == "total" and "三公" not in key and _has_meetings(table):
            item = "total_with_meetings"
    if item is None:
        return None
    version = attribute.get("version") or ("final" if table.kind == "final" else "budget")
    if labels.year is not None:
        is_earlier = table.year is not None and labels.year < table.year
        version = "prior_budget" if is_earlier else version
    return {"item": item, "version": version}


def _has_meetings(table: LogicalTable) -> bool:
    """Whether meetings or training are rows of the table: its bare 合计 is the total of all."""
    return any(_MEETING.match(label_key(cell.text)) for row in table.rows for cell in row)


def _unmapped(column: LeafColumn, labels: RowLabels) -> str:
    path = "/".join(column.path) or "(no header)"
    return f"no meaning known for column {path}, row {' '.join(labels.texts)}"


def account_other_columns(draft: Draft, attributes: Sequence[Attributes]) -> None:
    """Ledger entries for columns that hold no fact: ignored by name, or one finding a column."""
    reported: set[int] = set()
    for row in draft.table.rows:
        for cell in row:
            if not cell.text or cell.origins[0].key in draft.uses:
                continue
            attribute = attributes[cell.col]
            role = attribute.get("role")
            if role in ("ignore", "seq", "remark"):
                draft.use(cell, "ignored", attribute.get("reason", role))
            elif role is None:
                draft.use(cell, "finding", "column-unmapped")
                if cell.col not in reported:
                    reported.add(cell.col)
                    column = draft.table.columns[cell.col]
                    path = "/".join(column.path)
                    draft.note("column-unmapped", _unmapped(column, RowLabels()), cell, path)
