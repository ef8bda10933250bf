"""What all money facts share: the amount's columns, its status, its place, its ledger entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yusuan.normalize.amounts import looks_like_amount, parse_figure, to_yuan
from yusuan.normalize.model import (
    Amount,
    CellKey,
    CellUse,
    Finding,
    LeafColumn,
    LogicalCell,
    LogicalTable,
    Mapped,
    Origin,
    Record,
    Unit,
    Value,
)

_STATUS = {"number": "published", "zero": "zero", "dash": "dash", "blank": "blank"}


@dataclass(slots=True)
class Draft:
    """A mapper's result while it is being written: records, ledger uses, findings."""

    table: LogicalTable
    records: list[Record] = field(default_factory=list)
    uses: dict[CellKey, tuple[CellUse, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def use(self, cell: LogicalCell, use: CellUse, reason: str = "") -> None:
        """Enter a cell (all its parts) in the ledger."""
        for origin in cell.origins:
            self.uses[origin.key] = (use, reason)

    def note(
        self, code: str, note: str, cell: LogicalCell | None = None, column: str | None = None
    ) -> None:
        """Add a finding, at a cell or for the whole table."""
        self.findings.append(
            Finding(
                code=code,
                note=note,
                origin=cell.origins[0] if cell else None,
                table_id=self.table.table_id,
                page=cell.origins[0].page if cell else self.table.page_first,
                column=column,
                before=cell.text if cell else None,
            )
        )

    def tell(
        self,
        code: str,
        note: str,
        origin: Origin,
        *,
        rule: str,
        before: str | None = None,
        after: str | None = None,
        evidence: str | None = None,
    ) -> None:
        """Add a finding about a decision or repair: what was there, what it became, and why."""
        self.findings.append(
            Finding(
                code=code,
                note=note,
                origin=origin,
                table_id=self.table.table_id,
                page=origin.page,
                before=before,
                after=after,
                rule=rule,
                evidence=evidence,
            )
        )

    def mapped(self) -> Mapped:
        """The finished result, with a word on every text that its cell was too small for."""
        for row in self.table.rows:
            for cell in row:
                if cell.hidden_glyphs and cell.is_clipped:
                    self._note_clipped(cell)
        return Mapped(tuple(self.records), self.uses, tuple(self.findings))

    def _note_clipped(self, cell: LogicalCell) -> None:
        is_amount = looks_like_amount(cell.text)
        self.findings.append(
            Finding(
                code="amount-clipped" if is_amount else "text-clipped",
                note=f"{cell.hidden_glyphs} or more characters are hidden by the edge of the cell "
                "or of the page",
                origin=cell.origins[0],
                table_id=self.table.table_id,
                page=cell.origins[0].page,
                before=cell.text,
            )
        )


def with_more(mapped: Mapped, draft: Draft) -> Mapped:
    """A mapper's result with what another one found in the same table, whose ledger entries win."""
    if not draft.records:
        return mapped
    return Mapped(
        (*mapped.records, *draft.records),
        {**mapped.uses, **draft.uses},
        (*mapped.findings, *draft.findings),
    )


def rows_of(table: LogicalTable) -> Iterable[tuple[int, dict[int, LogicalCell]]]:
    """Body rows as {leaf column: cell}; merged cells are there only in their first row.

    Where a row has two cells in one leaf column, the filled one wins (the other's text, if it has
    any, stays unaccounted and becomes a finding of the ledger).
    """
    for number, row in enumerate(table.rows):
        cells = {cell.col: cell for cell in row}
        if len(cells) < len(row):
            for cell in reversed(row):
                if cell.text or not cells[cell.col].text:
                    cells[cell.col] = cell
        yield number, cells


def figure_yuan(cell: LogicalCell | None, amount: Amount, unit: Unit | None) -> Decimal | None:
    """The figure in yuan; None without a unit, and where the cell's edge hides some of its digits.

    What is left of 57.000000 under a clip reads 7.000000: kept as text, claimed as no amount.
    """
    if unit is None or (cell is not None and cell.hidden_glyphs):
        return None
    return to_yuan(amount, unit)


def add_amount(
    draft: Draft,
    target: str,
    cell: LogicalCell,
    column: LeafColumn,
    values: Mapping[str, Value],
    fields: Mapping[str, Value],
) -> None:
    """Write one money fact for an amount cell, blank ones included.

    ``values``: what the facts of the row share. ``fields``: what the column says of this one.
    The published figure is kept as text whatever it is; what can't be read exactly has a null
    ``amount_yuan`` and a finding. A unit printed in the cell goes before the column's or table's.
    """
    amount = parse_figure(cell.text)
    unit = _unit_in_force(draft, amount, column.unit or draft.table.unit, cell, column.path)
    yuan = figure_yuan(cell, amount, unit)
    if amount.kind == "unreadable":
        path = "/".join(column.path)
        draft.note("amount-unparsed", f"not an amount: {cell.text!r} in column {path}", cell, path)
        draft.use(cell, "finding", "amount-unparsed")
    elif cell.text:
        draft.use(cell, "value")
        _note_overflow(draft, cell, column)
        path = "/".join(column.path) if unit is None or yuan is None else ""
        if unit is None:
            draft.note("unit-missing", f"no unit printed near the table: {cell.text}", cell, path)
        elif yuan is None and amount.kind == "number" and not cell.hidden_glyphs:
            draft.note("amount-too-fine", f"finer than 0.01 yuan: {cell.text} {unit}", cell, path)
    draft.records.append(
        Record(
            target,
            {**values, **fields, **money_values(draft.table, cell, amount, unit, yuan)},
            cell.origins[0],
        )
    )


def field_amount(
    draft: Draft,
    kind: str,
    cell: LogicalCell | None,
    unit: Unit | None,
    *,
    text: str | None = None,
    is_total: bool = False,
) -> dict[str, Value]:
    """``<kind>_yuan`` and ``<kind>_text`` of a record with several amounts (projects, goals).

    ``text``: of an amount printed over a page end, else the cell's. ``unit``: of the column or
    table; it is the record's, for a unit of one cell alone is told by that amount's text.
    ``is_total``: the amount whose status and decimals are the record's. What can't be read or has
    no unit becomes a finding.
    """
    if text is None:
        text = cell.text if cell is not None else ""
    amount = parse_figure(text)
    own = _unit_in_force(draft, amount, unit, cell, (kind,))
    yuan = figure_yuan(cell, amount, own)
    if cell is not None and text:
        if amount.kind == "unreadable":
            draft.note("amount-unparsed", f"not an amount: {text!r}", cell, kind)
            draft.use(cell, "finding", "amount-unparsed")
        elif own is None:
            draft.note("unit-missing", f"no unit printed in or near the table: {text}", cell, kind)
        elif yuan is None and amount.kind == "number" and not cell.hidden_glyphs:
            draft.note("amount-too-fine", f"finer than 0.01 yuan: {text} {own}", cell, kind)
    values: dict[str, Value] = {f"{kind}_yuan": yuan, f"{kind}_text": amount.raw or None}
    if is_total:
        values["published_unit"] = unit or own
        values["value_status"] = _STATUS.get(amount.kind, "published")
        values["published_decimals"] = amount.decimals
    return values


def _unit_in_force(
    draft: Draft,
    amount: Amount,
    unit: Unit | None,
    cell: LogicalCell | None,
    path: Sequence[str],
) -> Unit | None:
    """The unit that a figure is in: its own, else ``unit``; a finding where these two differ."""
    if amount.unit is None or amount.unit == unit:
        return unit
    if unit is not None:
        draft.note(
            "unit-in-cell",
            f"{amount.raw} prints {amount.unit} in its cell, the table says {unit}; taken as "
            f"{amount.unit}",
            cell,
            "/".join(path),
        )
    return amount.unit


def _note_overflow(draft: Draft, cell: LogicalCell, column: LeafColumn) -> None:
    """Say so where an amount's cell reaches over more than its column: its right end decided."""
    box = cell.origins[0].box
    if box.x1 - box.x0 > 1.5 * (column.x1 - column.x0):
        path = "/".join(column.path)
        draft.note(
            "amount-across-columns",
            f"{cell.text} is printed over several columns; taken for {path}, where it ends",
            cell,
            path,
        )


def money_values(
    table: LogicalTable, cell: LogicalCell, amount: Amount, unit: Unit | None, yuan: Value
) -> dict[str, Value]:
    """The columns every money fact has."""
    return {
        "table_id": table.table_id,
        "row_id": f"{table.table_id}:{cell.row}:{cell.col}",
        "amount_yuan": yuan,
        "amount_text": amount.raw or None,
        "published_unit": unit,
        "published_decimals": amount.decimals,
        "page_no": cell.origins[0].page,
        "value_status": _STATUS.get(amount.kind, "published"),
    }
