"""What a recognised table prints beside its canonical figures: their parts, items below its rows.

The mapper of a family takes the columns and rows that its canonical table has. What is left is
money all the same: columns by source of funds, 其中 columns, items below a category, totals over
projects, and amounts under headings that nobody knows. It goes to ``amount_details``, each figure
with the canonical one that it is a part of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.columns import (
    LABEL_ROLES,
    Attributes,
    HeaderIndex,
    column_attributes,
    split_lanes,
)
from yusuan.normalize.families.breakdown import dimension_of, meaning_values, parent_columns
from yusuan.normalize.families.facts import Draft, add_amount, rows_of, with_more
from yusuan.normalize.families.listing import DETAILS, is_total_column, link, row_id
from yusuan.normalize.listing_columns import holds_amounts, is_count
from yusuan.normalize.model import (
    CellKey,
    CellUse,
    LeafColumn,
    LogicalCell,
    LogicalTable,
    Mapped,
    Record,
    Value,
)

ITEM: Final = "item below its category"
TOTAL: Final = "total of the projects"
_ROWS_LEFT_OUT: Final = {ITEM: "item", TOTAL: "total"}
_PROJECT_FIELDS: Final = {
    "project_total": "total_yuan",
    "project_fiscal": "fiscal_yuan",
    "project_other": "other_yuan",
}
# What the columns of projects say of the source, where a row of totals stands in them.
_SOURCE_OF_ROLE: Final[Mapping[str, Attributes]] = {
    "project_fiscal": {"revenue_source": "fiscal"},
    "project_other": {"revenue_source": "unit_funds"},
}
_TOLD: Final = ("revenue_source", "period")
_MONEY_ROLES: Final = ("measure", "detail", *_PROJECT_FIELDS)
_LABELS: Final = LABEL_ROLES | {"project", "project_code", "project_name"}
# What a detail takes over from the canonical row that it stands in.
_SHARED: Final = (
    "func_code", "func_name", "gov_econ_code", "gov_econ_name", "dept_econ_code",
    "dept_econ_name", "budget_unit_code", "budget_unit_name",
)  # fmt: skip
Reference = tuple[str, str, str]
"""Table, row_id and column of a figure."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The money columns of a table: the column that each is a part of, and which are totals."""

    whole: Mapping[int, int | None]
    totals: frozenset[int]
    attributes: Sequence[Attributes]


def add_details(
    table: LogicalTable,
    attributes: Sequence[Attributes],
    mapped: Mapped,
    totals: frozenset[str],
    rules: tuple[HeaderIndex, HeaderIndex],
) -> Mapped:
    """The result of a family's mapper with what it left in ``amount_details``.

    ``totals``: words that mark a total row or column. ``rules``: header rules of the family and of
    listings, by which columns are read that the family knows nothing of.
    """
    columns = _read_columns(table, attributes, totals, rules)
    if not columns.whole or not _is_anything_left(columns, mapped.uses):
        return mapped
    rows = [cells for _, cells in rows_of(table)]
    lefts = [_left_in(columns, cells, mapped.uses) for cells in rows]
    if not any(cells[c].text for cells, left in zip(rows, lefts, strict=True) for c in left):
        return mapped
    draft = Draft(table)
    facts = {r.origin.key: r for r in mapped.records if r.origin is not None}
    above: Record | None = None
    heads = _heads(rows, attributes)
    for number, (cells, left) in enumerate(zip(rows, lefts, strict=True)):
        found = [facts[key] for c in cells.values() if (key := c.origins[0].key) in facts]
        own = next((r for r in found if r.table != DETAILS), None)
        _add_row(draft, columns, cells, left, own, above, is_head=number in heads)
        if own is not None and own.values.get("row_type") == "detail":
            above = own
    return with_more(mapped, draft)


def _is_anything_left(columns: _Columns, uses: Mapping[CellKey, tuple[CellUse, str]]) -> bool:
    """Whether any column holds details, or some row is left out whose figures are details."""
    has_details = any(columns.attributes[c].get("role") == "detail" for c in columns.whole)
    return has_details or any(reason in _ROWS_LEFT_OUT for _, reason in uses.values())


def _heads(rows: Sequence[Mapping[int, LogicalCell]], attributes: Sequence[Attributes]) -> set[int]:
    """Rows below which finer ones stand: the next row's labels begin further to the right."""
    starts = [
        (i, next((c for c in sorted(cells) if cells[c].text and _is_label(attributes[c])), -1))
        for i, cells in enumerate(rows)
        if any(looks_like_amount(cell.text) for cell in cells.values())
    ]
    return {i for (i, own), (_, below) in pairwise(starts) if own < below}


def _read_columns(
    table: LogicalTable,
    attributes: Sequence[Attributes],
    totals: frozenset[str],
    rules: tuple[HeaderIndex, HeaderIndex],
) -> _Columns:
    texts: dict[int, list[str]] = {}
    for row in table.rows:
        for cell in row:
            if cell.text and "role" not in attributes[cell.col]:
                texts.setdefault(cell.col, []).append(cell.text)
    settled: list[Attributes] = [
        {**_SOURCE_OF_ROLE.get(a.get("role", ""), {}), **a} for a in attributes
    ]
    for column, printed in texts.items():
        if holds_amounts(printed) and not is_count(table.columns[column].path):
            settled[column] = _read_unknown(table.columns[column], rules)
    whole: dict[int, int | None] = {}
    sums: set[int] = set()
    for lane in split_lanes(settled):
        money = [c for c in lane if settled[c].get("role") in _MONEY_ROLES]
        paths = {c: table.columns[c].path for c in money}
        own = {c for c in money if _is_total(paths[c], settled[c], totals)}
        whole |= parent_columns(paths, own)
        sums |= own
    return _Columns(whole, frozenset(sums), settled)


def _read_unknown(column: LeafColumn, rules: tuple[HeaderIndex, HeaderIndex]) -> Attributes:
    """A column of amounts without a meaning in its family: a source or kind that its words tell.

    What the family does know and left out, since it contradicts its neighbours, stays unknown.
    """
    own, listing = (column_attributes([column], index)[0] for index in rules)
    source = listing.get("revenue_source")
    if "role" not in own and listing.get("role") == "measure" and source not in (None, "total"):
        return {"role": "detail", **{k: listing[k] for k in _TOLD if k in listing}}
    return {"role": "detail", "dimension": "other"}


def _is_total(path: Sequence[str], attribute: Attributes, totals: frozenset[str]) -> bool:
    role = attribute.get("role")
    return role == "project_total" or is_total_column(path, attribute, totals)


def _add_row(
    draft: Draft,
    columns: _Columns,
    cells: Mapping[int, LogicalCell],
    left: Mapping[int, str],
    own: Record | None,
    above: Record | None,
    *,
    is_head: bool,
) -> None:
    """The details of one row. ``own``: a canonical record of it; ``above``: of its category.

    ``left``: see ``_left_in``. ``is_head``: finer rows stand below it.
    """
    if not any(cells[c].text for c in left):
        return
    values: dict[str, Value] = dict.fromkeys(_SHARED)
    if own is not None:
        values |= {name: own.values.get(name) for name in _SHARED}
    row_type = own.values.get("row_type") if own is not None else None
    is_total = any(d == "total" for d in left.values())
    values["row_type"] = "total" if is_total else row_type or ("subtotal" if is_head else "detail")
    values["label_text"] = _row_label(cells, columns.attributes)
    for column, given in left.items():
        cell = cells[column]
        path = draft.table.columns[column].path
        attribute = columns.attributes[column]
        dimension = dimension_of(path, attribute, is_total=column in columns.totals)
        if given and dimension in ("item", "other"):
            dimension = given
        of = _reference(draft, columns, cells, column, own, left)
        if of is None and given == "item" and above is not None:
            of = (above.table, str(above.values["row_id"]), "amount_yuan")
        fields: dict[str, Value] = {
            "dimension": dimension,
            "header_path": "/".join(path) or None,
            **(link(*of) if of is not None else {}),
            **meaning_values(attribute),
        }
        add_amount(draft, DETAILS, cell, draft.table.columns[column], values, fields)


def _left_in(
    columns: _Columns,
    cells: Mapping[int, LogicalCell],
    uses: Mapping[CellKey, tuple[CellUse, str]],
) -> dict[int, str]:
    """The amounts of a row that a mapper left out, by column: the dimension told, or ``""``."""
    found = {}
    for column in columns.whole:
        if (cell := cells.get(column)) is not None:
            told = _left_out(columns, cell, column, uses)
            if told is not None:
                found[column] = told
    return found


def _left_out(
    columns: _Columns,
    cell: LogicalCell,
    column: int,
    uses: Mapping[CellKey, tuple[CellUse, str]],
) -> str | None:
    """Whether a mapper left an amount out: the dimension that its row tells, "", or None."""
    use, reason = uses.get(cell.origins[0].key, ("", ""))
    if use == "ignored" and reason in _ROWS_LEFT_OUT:
        return _ROWS_LEFT_OUT[reason]
    is_detail = columns.attributes[column].get("role") == "detail"
    return "" if is_detail and use != "value" else None


def _reference(
    draft: Draft,
    columns: _Columns,
    cells: Mapping[int, LogicalCell],
    column: int,
    own: Record | None,
    left: Mapping[int, str],
) -> Reference | None:
    """The figure of the row that a column is a part of."""
    whole = columns.whole[column]
    if whole is None or whole not in cells:
        return None
    if whole in left:
        return (DETAILS, row_id(draft.table, cells[whole]), "amount_yuan")
    if own is None:
        return None
    role = columns.attributes[whole].get("role", "")
    if field := _PROJECT_FIELDS.get(role):
        return (own.table, str(own.values["row_id"]), field) if own.table == "projects" else None
    return (own.table, row_id(draft.table, cells[whole]), "amount_yuan")


def _row_label(cells: Mapping[int, LogicalCell], attributes: Sequence[Attributes]) -> str | None:
    """The printed labels of a row, and the words of its columns that no table keeps."""
    texts = [cells[c].text for c in sorted(cells) if cells[c].text and _is_label(attributes[c])]
    return " / ".join(texts) or None


def _is_label(attribute: Attributes) -> bool:
    """Whether a column holds labels, or words that no canonical table keeps; no bare codes."""
    role = attribute.get("role", "")
    if role == "ignore":
        return attribute.get("reason", "").endswith("_detail")
    return role in _LABELS and not role.endswith(("_code", "_code_1", "_code_2", "_code_3"))
