"""Amounts that a form prints beside its canonical ones: by task, by kind, for the whole term.

A form has no columns: an amount is named by the words beside it in its row and those above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.columns import Attributes, HeaderIndex, column_attributes
from yusuan.normalize.families.breakdown import dimension_of, meaning_values
from yusuan.normalize.families.facts import Draft, add_amount, with_more
from yusuan.normalize.families.listing import DETAILS, link
from yusuan.normalize.model import (
    CellKey,
    LeafColumn,
    LogicalCell,
    LogicalTable,
    Mapped,
    Record,
    Unit,
    Value,
)
from yusuan.normalize.text import header_key, header_unit, label_key

# Why a mapper of forms leaves an amount out, and the dimension where the reason tells it.
_REASONS: Final[Mapping[str, str | None]] = {
    "annual_tasks": "task",
    "whole_term": "whole_term",
    "budget_detail": None,
    "fund_detail": None,
    "detail": None,
}
# A number is money where its heading or its label speaks of money; others count something.
_MONEY = re.compile("金额|资金|预算|拨款|支出|收入|总额|合计|补助|经费")
# A goal or a task told in words may stand above an amount; a heading is shorter.
_MAX_HEADING: Final = 30
_WHOLES: Final = (
    ("projects", "total_yuan", "total_text"),
    ("department_goals", "budget_total_yuan", "budget_total_text"),
)


def add_form_details(
    table: LogicalTable,
    mapped: Mapped,
    indexes: Sequence[HeaderIndex],
    totals: frozenset[str],
) -> Mapped:
    """The result of a form's mapper with the amounts it left in ``amount_details``.

    ``indexes``: header rules by which labels are read, the form's own first. ``totals``: words
    that mark a total row.
    """
    left = list(_left_out(table, mapped))
    if not left:
        return mapped
    draft = Draft(table)
    at: dict[tuple[int, int], LogicalCell] = {}
    values = {
        key
        for key, (use, reason) in mapped.uses.items()
        if use == "value" or reason == "project_detail"
    }
    for row in table.rows:
        for cell in row:
            for slot in product(range(cell.row_span), range(max(1, cell.col_span))):
                at.setdefault((cell.row + slot[0], cell.col + slot[1]), cell)
    unit = _unit(table)
    for cell, reason in left:
        _add(draft, at, values, cell, _REASONS[reason], unit, mapped.records, indexes, totals)
    return with_more(mapped, draft)


def _left_out(table: LogicalTable, mapped: Mapped) -> Iterator[tuple[LogicalCell, str]]:
    """The amounts that the form's mapper left out for a reason that may make them details."""
    for row in table.rows:
        for cell in row:
            use, reason = mapped.uses.get(cell.origins[0].key, ("", ""))
            if use == "ignored" and reason in _REASONS and looks_like_amount(cell.text):
                yield cell, reason


def _add(
    draft: Draft,
    at: Mapping[tuple[int, int], LogicalCell],
    values: Set[CellKey],
    cell: LogicalCell,
    dimension: str | None,
    unit: Unit | None,
    records: Sequence[Record],
    indexes: Sequence[HeaderIndex],
    totals: frozenset[str],
) -> None:
    """One amount, named by its row and by what stands above it."""
    labels, heads = _beside(at, cell, is_task=dimension == "task"), _above(at, values, cell)
    if not any(map(_MONEY.search, (*labels, *heads))):
        return
    name = tuple(heads) if dimension == "task" else tuple(labels[-1:]) or tuple(heads)
    attribute = _read(name, indexes)
    if dimension is None:
        dimension = dimension_of(name, attribute, is_total=False)
    is_total = any(label_key(label) in totals for label in labels)
    told: dict[str, Value] = {
        "dimension": dimension,
        "label_text": " / ".join(labels) or None,
        "header_path": "/".join(heads) or None,
        "row_type": "total" if is_total else "detail",
        **_whole(dimension, records),
    }
    column = LeafColumn(cell.col, tuple(heads), 0.0, 10_000.0, unit=unit)
    add_amount(draft, DETAILS, cell, column, told, meaning_values(attribute))


def _beside(
    at: Mapping[tuple[int, int], LogicalCell], cell: LogicalCell, *, is_task: bool
) -> list[str]:
    """The words left of an amount: of a task its name, else the nearest ones."""
    beside = (at.get((cell.row, column)) for column in range(cell.col))
    filled = [found for found in beside if found is not None and found.text]
    if is_task:
        own = (f.text for f in filled if (f.row, f.row_span) == (cell.row, cell.row_span))
        return list(own)[:1]
    texts: dict[str, None] = {}
    for found in reversed(filled):
        if not looks_like_amount(found.text):
            texts[found.text] = None
        elif texts and (found.row, found.row_span) == (cell.row, cell.row_span):
            break  # 财政专项资金 | 0.00 | 市本级使用资金 | 85,943.78: the next pair to the left
    return [header_key(text) for text in reversed(list(texts)[:2])]


def _above(
    at: Mapping[tuple[int, int], LogicalCell], values: Set[CellKey], cell: LogicalCell
) -> list[str]:
    """The words right above an amount, past other amounts, from the top.

    ``values``: cells that hold what the form says (a name, a goal), and head nothing.
    """
    texts: list[str] = []
    for row in range(cell.row - 1, -1, -1):
        found = at.get((row, cell.col))
        is_word = found is not None and found.text and not looks_like_amount(found.text)
        if is_word and found is not None:
            if len(header_key(found.text)) > _MAX_HEADING or found.origins[0].key in values:
                break
            texts.insert(0, header_key(found.text))
        elif texts:
            break
    return texts[-2:]


def _read(name: tuple[str, ...], indexes: Sequence[HeaderIndex]) -> Attributes:
    """What the words say, by the first rules that know them."""
    column = LeafColumn(0, name, 0.0, 0.0)
    for index in indexes:
        attribute = column_attributes([column], index)[0]
        if attribute.get("role") in ("measure", "detail"):
            return attribute
    return {}


def _whole(dimension: str, records: Sequence[Record]) -> dict[str, Value]:
    """The total of the form's record, where it prints one and the amount is a part of it."""
    if dimension in ("whole_term", "other"):
        return {}
    for record in records:
        for table, column, text in _WHOLES:
            if record.table == table and record.values.get(text):
                return link(table, str(record.values["row_id"]), column)
    return {}


def _unit(table: LogicalTable) -> Unit | None:
    """The unit that the form prints in its cells, else above."""
    units = {u for row in table.rows for c in row if (u := header_unit(c.text))}
    return units.pop() if len(units) == 1 else table.unit
