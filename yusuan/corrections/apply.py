"""Apply decisions to the records of one document, before identities are asserted.

Raw cells and the text as published (``*_text``) are never touched. A decision is applied only
where the value is still the one that the reviewer saw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yusuan.corrections.model import Applied, Correction, State
from yusuan.normalize.model import Finding, Record, Value
from yusuan.schemas.model import Column, Schemas

# Columns that say where a value stands or what proof says of it: nothing to correct.
_FIXED = frozenset(
    {"doc_id", "table_id", "row_id", "page_no", "cell_id", "proof", "check_ids", "value_status"}
)
_CODES: Mapping[State, str] = {
    "applied": "correction-applied",
    "stale": "correction-stale",
    "orphan": "correction-orphan",
    "conflict": "correction-conflict",
}
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Corrected:
    """Records with the decisions applied, and what became of each.

    ``figures``: (table, row) -> the action, for proof to take up: a corrected figure, one that is
    the publisher's error, one that was accepted.
    """

    records: tuple[Record, ...]
    outcomes: tuple[Applied, ...]
    figures: Mapping[tuple[str, str], str]


def apply_corrections(
    records: Sequence[Record], corrections: Iterable[Correction], schemas: Schemas
) -> Corrected:
    """Apply the decisions on a document. Of two that contradict each other neither is applied."""
    asked: dict[_Key, list[Correction]] = defaultdict(list)
    for one in corrections:
        asked[one.key].append(one)
    places = {
        (record.table, str(record.values.get("row_id"))): at for at, record in enumerate(records)
    }
    projects: set[str | None] = {
        str(record.values["project_id"]) for record in records if record.table == "projects"
    }
    found = list(records)
    outcomes: list[Applied] = []
    figures: dict[tuple[str, str], str] = {}
    for (table, row, column), ones in asked.items():
        last = ones[-1]
        state = _state(ones, found, places.get((table, row)), schemas, projects)
        outcomes += [Applied(one, state.state, state.note) for one in ones]
        if state.state == "applied":
            at = places[table, row]
            found[at] = _changed(found[at], last, _column(schemas, table, column))
            figures[table, row] = last.action
    return Corrected(tuple(found), tuple(outcomes), figures)


def correction_findings(outcomes: Iterable[Applied]) -> tuple[Finding, ...]:
    """One finding per decision: ``correction-applied``, ``-stale``, ``-orphan``, ``-conflict``."""
    return tuple(
        Finding(
            code=_CODES[one.state],
            severity="info" if one.state == "applied" else "warning",
            note=one.note or f"{c.action} {c.table} {c.row} {c.column}",
            table_id=c.row.partition(":")[0] or None,
            column=c.column,
            before=c.old,
            after=c.new,
            rule=c.action,
            evidence=f"{c.who}, {c.when}: {c.why}",
        )
        for one in outcomes
        for c in (one.correction,)
    )


def value_text(value: Value) -> str | None:
    """A value as ``old`` and ``new`` hold it; None for null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return str(value)


def _state(
    ones: Sequence[Correction],
    records: Sequence[Record],
    at: int | None,
    schemas: Schemas,
    projects: Collection[str | None],
) -> Applied:
    last = ones[-1]
    if at is None:
        return Applied(last, "orphan", f"no row {last.row} in {last.table}")
    column = _column(schemas, last.table, last.column)
    if column is None or last.column in _FIXED:
        return Applied(last, "orphan", f"no column {last.column} in {last.table} to decide on")
    if len({(one.action, one.new) for one in ones}) > 1:
        told = "; ".join(f"{one.who}: {one.action} {one.new}" for one in ones)
        return Applied(last, "conflict", f"{last.table} {last.row} {last.column}: {told}")
    seen = value_text(records[at].values.get(last.column))
    if not _same(column, seen, last.old):
        return Applied(
            last, "stale", f"{last.table} {last.row} {last.column} is now {seen}, not {last.old}"
        )
    if last.action == "reassign" and last.new not in projects:
        return Applied(last, "orphan", f"no project {last.new} in this document")
    if last.action == "correct" and last.new is not None:
        try:
            _parsed(last.new, column)
        except ValueError as error:
            return Applied(last, "orphan", f"{last.table} {last.row} {last.column}: {error}")
    return Applied(last, "applied")


def _changed(record: Record, correction: Correction, column: Column | None) -> Record:
    """The record with the decision in it."""
    if correction.action in ("accept", "publisher_error") or column is None:
        return record
    new = None if correction.new is None else _parsed(correction.new, column)
    values: dict[str, Value] = {**record.values, correction.column: new}
    if correction.action == "reassign":
        values["owner_status"] = "reviewed"
    elif _is_money(column):
        values["value_status"] = "corrected"
    return Record(record.table, values, record.origin)


def _column(schemas: Schemas, table: str, name: str) -> Column | None:
    found = schemas.tables.get(table)
    return next((one for one in found.columns if one.name == name), None) if found else None


def _is_money(column: Column) -> bool:
    return column.type.startswith("decimal") and column.name.endswith("_yuan")


def _same(column: Column, seen: str | None, expected: str | None) -> bool:
    """Whether a value is the one expected; amounts are compared as numbers."""
    if seen is None or expected is None or not column.type.startswith("decimal"):
        return seen == expected
    try:
        return Decimal(seen) == Decimal(expected)
    except InvalidOperation:
        return False


def _parsed(text: str, column: Column) -> Value:
    """The new value as the column's type. Raises ValueError."""
    kind = column.type
    if kind == "string":
        if column.values and text not in column.values:
            raise ValueError(f"{text!r} is none of {', '.join(column.values)}")
        return text
    if kind == "bool":
        if text not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return text == "true"
    try:
        if kind.startswith("decimal"):
            return _decimal(text, kind)
        return int(text) if kind.startswith("int") else None
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"{text!r} is no value of type {kind}") from error


def _decimal(text: str, kind: str) -> Decimal:
    """An exact decimal that fits ``decimal128(precision,scale)``. Raises ValueError."""
    precision, scale = (int(part) for part in kind[len("decimal128(") : -1].split(","))
    value = Decimal(text.replace(",", ""))
    step = Decimal(1).scaleb(-scale)
    if not value.is_finite() or value != value.quantize(step):
        raise ValueError("finer than the column holds")
    if len(value.quantize(step).as_tuple().digits) > precision:
        raise ValueError("too large")
    return value.quantize(step)
