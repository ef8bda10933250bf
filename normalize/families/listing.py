"""Listings: known tables that cut money by other things than the canonical tables do.

By economic class, unit, project, item of procurement, source of funds. Labels stand on the left,
amounts on the right; what an amount is of is told by its headings. All of it goes to
``amount_details``: the same money stands in the canonical tables, cut their way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.columns import LABEL_ROLES, Attributes, split_lanes
from yusuan.normalize.families.breakdown import (
    OF_WHICH,
    dimension_of,
    meaning_values,
    parent_columns,
)
from yusuan.normalize.families.facts import Draft, add_amount, rows_of
from yusuan.normalize.families.hierarchy import parent_rows
from yusuan.normalize.families.labels import RowLabels, label_lane, label_values, read_labels
from yusuan.normalize.families.matrix import account_other_columns, says_nothing
from yusuan.normalize.families.outline import rank_of
from yusuan.normalize.model import LogicalCell, LogicalTable, Mapped, Value
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.schemas.model import Schemas

DETAILS: Final = "amount_details"
# 车辆数合计（辆）, 设备（台、套）（不含车辆）: rows of counts among rows of money
_THING = "(?:个|辆|台套|台|套|人次|人|批次|次|户|平方米)"
_COUNT = re.compile(rf"（{_THING}(?:[、，/]{_THING})*）(?:（[^（）]*）)*$")
_SUBTOTAL = "小计"
# Headings without figures of their own, under which everything is counted.
_COUNT_HEADING = re.compile("资产(?:占用|占有|使用|信息)|统计数")


@dataclass(frozen=True, slots=True)
class _Lane:
    """Columns of one list: ``money`` with the column that each is a part of; which are totals."""

    columns: tuple[int, ...]
    money: Mapping[int, int | None]
    totals: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a list. ``over``: labels merged over it from rows above, from left to right.

    ``group``: row and column of the innermost label that several rows share. ``is_sum``: it is
    the 小计 of what a label beside it names, not of the table.
    """

    labels: RowLabels
    cells: dict[int, LogicalCell]
    over: tuple[LogicalCell, ...]
    group: tuple[int, int] | None
    is_sum: bool

    @property
    def is_total(self) -> bool:
        return self.labels.is_total and not self.is_sum


def map_listing(
    table: LogicalTable,
    attributes: Sequence[Attributes],
    schemas: Schemas,
    totals: frozenset[str],
) -> Mapped:
    """Map a listing onto ``amount_details``. ``totals``: words that mark a total row or column."""
    draft = Draft(table)
    columns = frozenset(c.name for c in schemas.tables[DETAILS].columns)
    for lane in split_lanes(attributes):
        _map_lane(draft, _read_lane(table, lane, attributes, totals), attributes, totals, columns)
    account_other_columns(draft, attributes)
    return draft.mapped()


def _read_lane(
    table: LogicalTable,
    lane: Sequence[int],
    attributes: Sequence[Attributes],
    totals: frozenset[str],
) -> _Lane:
    money = [c for c in lane if attributes[c].get("role") == "measure"]
    paths = {c: table.columns[c].path for c in money}
    sums = frozenset(c for c in money if is_total_column(paths[c], attributes[c], totals))
    return _Lane(tuple(lane), parent_columns(paths, sums), sums)


def is_total_column(path: Sequence[str], attribute: Attributes, totals: frozenset[str]) -> bool:
    """Whether a column sums up what stands under its heading: 合计, 小计, 金额."""
    if path and label_key(path[-1]) in totals:
        return True
    return (
        attribute.get("measure") == "total"
        and attribute.get("revenue_source") in ("total", None)
        and attribute.get("flow") in ("expenditure", None)
        and attribute.get("period") in ("total", None)
    )


def _map_lane(
    draft: Draft,
    lane: _Lane,
    attributes: Sequence[Attributes],
    totals: frozenset[str],
    columns: frozenset[str],
) -> None:
    rows = _read_rows(draft, lane, attributes, totals)
    parents = parent_rows([row.labels for row in rows])
    sums = {row.group: row.cells for row in rows if row.is_sum and row.group is not None}
    for position, row in enumerate(rows):
        labels, cells = row.labels, row.cells
        if not any(cells[c].text for c in lane.money if c in cells):
            continue
        is_parent = position in parents or (row.is_sum and row.group is not None)
        row_type = "total" if row.is_total else "subtotal" if is_parent else "detail"
        values: dict[str, Value] = {
            **label_values(labels, columns),
            "row_type": row_type,
            "label_text": row_label(row.over, cells, lane.columns, attributes),
        }
        group = {} if row.is_sum or row.group is None else sums.get(row.group, {})
        for column, whole in lane.money.items():
            if column not in cells:
                continue
            path = draft.table.columns[column].path
            is_total = column in lane.totals
            dimension = dimension_of(path, attributes[column], is_total=is_total)
            of = cells.get(whole) if whole is not None else None
            if dimension == "item":
                dimension = "total" if row.is_total else "item"
                of = of or group.get(column)
            fields: dict[str, Value] = {
                "dimension": dimension,
                "header_path": "/".join(path) or None,
                **(link(DETAILS, row_id(draft.table, of)) if of is not None else {}),
                **meaning_values(attributes[column]),
            }
            add_amount(draft, DETAILS, cells[column], draft.table.columns[column], values, fields)


def _read_rows(
    draft: Draft, lane: _Lane, attributes: Sequence[Attributes], totals: frozenset[str]
) -> list[_Row]:
    """The rows of money of a list; those that count things are left out."""
    rows: list[_Row] = []
    labels, labelled = RowLabels(), label_lane(lane.columns, attributes)
    counted: int | None = None
    headings: dict[int, LogicalCell] = {}
    for number, cells in rows_of(draft.table):
        for column in lane.columns:
            cell = cells.get(column)
            if cell is not None and attributes[column].get("role") == "label":
                headings[column] = cell
        filled = [cells[c] for c in lane.columns if c in cells and cells[c].text]
        if not filled or says_nothing(draft, filled):
            continue
        labels = read_labels(cells, labelled, totals, labels, draft)
        figures = [cells[c] for c in lane.money if c in cells and cells[c].text]
        counted = _counted(labels, figures, counted)
        if counted is not None:
            for cell in figures:
                draft.use(cell, "ignored", "quantity")
            continue
        reaching = [h for h in headings.values() if h.row <= number < h.row + h.row_span]
        rows.append(_row(labels, cells, number, reaching))
    return rows


def _row(
    labels: RowLabels,
    cells: dict[int, LogicalCell],
    number: int,
    reaching: Sequence[LogicalCell],
) -> _Row:
    """A row below the labels that are merged over it. ``reaching``: label cells of the row."""
    merged = [cell for cell in reaching if cell.row_span > 1 and cell.text]
    named = [cell for cell in reaching if cell.text and label_key(cell.text) != labels.total_word]
    return _Row(
        labels=labels,
        cells=cells,
        over=tuple(cell for cell in merged if cell.row < number),
        group=(merged[-1].row, merged[-1].col) if merged else None,
        is_sum=labels.total_word == _SUBTOTAL and bool(named),
    )


def _counted(labels: RowLabels, figures: Sequence[LogicalCell], above: int | None) -> int | None:
    """The rank of the line that says that a line's figures count things; None where it is money.

    ``above``: that of the line before. 车辆数合计（辆） says so of itself and of lines under it, as
    1．机要通信用车; a heading without figures (三、资产信息) of those under it.
    """
    text = label_key("".join(labels.texts))
    ordinal, label = strip_ordinal(text)
    rank = rank_of(ordinal)
    if above is not None and not labels.is_total:
        is_part = (ordinal or "").startswith(OF_WHICH) or label.endswith("用车")
        if rank > above or is_part or (rank == 0 and above > 0):
            return above
    has_figures = any(looks_like_amount(cell.text) for cell in figures)
    is_heading = rank > 0 and not has_figures and _COUNT_HEADING.search(label)
    return rank if is_heading or _COUNT.search(text) else None


def row_id(table: LogicalTable, cell: LogicalCell) -> str:
    """The row_id of the figure in a cell."""
    return f"{table.table_id}:{cell.row}:{cell.col}"


def link(table: str, row: str, column: str = "amount_yuan") -> dict[str, Value]:
    """The columns that say which figure another one is a part of."""
    return {"of_table": table, "of_row_id": row, "of_column": column}


def row_label(
    over: Sequence[LogicalCell],
    cells: Mapping[int, LogicalCell],
    lane: Sequence[int],
    attributes: Sequence[Attributes],
) -> str | None:
    """The printed labels of a row from left to right, without bare codes.

    ``over``: those merged over it from rows above.
    """
    own = [
        cells[c]
        for c in lane
        if c in cells
        and cells[c].text
        and (role := attributes[c].get("role", "")) in LABEL_ROLES
        and "_code" not in role
    ]
    return " / ".join(cell.text for cell in sorted((*over, *own), key=lambda c: c.col)) or None
