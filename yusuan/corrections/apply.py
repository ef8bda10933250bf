"""Apply decisions to the records of one document, before identities are asserted.

Raw cells and the text as published (``*_text``) are never touched. A decision is applied only
where the value is still the one that the reviewer saw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yusuan.corrections.columns import decidable, is_money, parsed, same
from yusuan.corrections.model import Applied, Correction, State
from yusuan.normalize.model import Finding, Record, Value
from yusuan.schemas.model import Column, Schemas

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

    ``figures``: (table, row) -> the action on an amount of it, for proof to take up: a corrected
    figure, one that is the publisher's error, one that was accepted.
    """

    records: tuple[Record, ...]
    outcomes: tuple[Applied, ...]
    figures: Mapping[tuple[str, str], str]


def apply_corrections(
    records: Sequence[Record], corrections: Iterable[Correction], schemas: Schemas
) -> Corrected:
    """Apply the decisions on a document.

    Of one person's decisions on a value the last counts; of two persons' that contradict each
    other neither is applied.
    """
    asked: dict[_Key, list[Correction]] = defaultdict(list)
    for one in corrections:
        asked[one.key].append(one)
    if not asked:  # as nearly always: the records need not be looked through
        return Corrected(tuple(records), (), {})
    places = {
        (record.table, str(record.values.get("row_id"))): at for at, record in enumerate(records)
    }
    projects: set[str | None] = {
        str(record.values["project_id"]) for record in records if record.table == "projects"
    }
    found = list(records)
    outcomes: list[Applied] = []
    figures: dict[tuple[str, str], str] = {}
    for (table, row, name), ones in asked.items():
        column = _column(schemas, table, name)
        at = places.get((table, row))
        record = None if at is None else found[at]
        judged = _judged(ones, record, column, projects)
        outcomes += judged
        applied = next((one.correction for one in judged if one.state == "applied"), None)
        if applied is None or record is None or column is None or at is None:
            continue
        found[at] = _changed(record, applied, column)
        # A row has one proof: of decisions on several of its amounts the strongest is told.
        if is_money(column) and _strength(applied.action) >= _strength(figures.get((table, row))):
            figures[table, row] = applied.action
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


def _judged(
    ones: Sequence[Correction],
    record: Record | None,
    column: Column | None,
    projects: Collection[str | None],
) -> list[Applied]:
    """What becomes of the decisions on one value; of one person's, only the last counts."""
    last = {one.who: one for one in ones}
    earlier = {who: sum(one.who == who for one in ones) - 1 for who in last}
    found = [_judge(one, record, column, projects) for one in last.values()]
    good = [one.correction for one in found if one.state == "applied"]
    if column is not None and not all(_agree(column, good[0], one) for one in good):
        first = good[0]
        told = "; ".join(f"{one.who}: {one.action} {one.new or ''}".strip() for one in good)
        note = f"{first.table} {first.row} {first.column}: {told}"
        found = [
            Applied(one.correction, "conflict", note) if one.state == "applied" else one
            for one in found
        ]
    return [_with_earlier(one, earlier[one.correction.who]) for one in found]


def _with_earlier(one: Applied, n: int) -> Applied:
    if not n:
        return one
    c = one.correction
    told = one.note or f"{c.action} {c.table} {c.row} {c.column}"
    return replace(one, note=f"{told}; instead of {n} earlier by {c.who}")


def _agree(column: Column, one: Correction, other: Correction) -> bool:
    return one.action == other.action and same(column, one.new, other.new)


def _judge(
    one: Correction,
    record: Record | None,
    column: Column | None,
    projects: Collection[str | None],
) -> Applied:
    """What becomes of a decision, were it the only one."""
    if record is None:
        return Applied(one, "orphan", f"no row {one.row} in {one.table}")
    if column is None:
        return Applied(one, "orphan", f"no column {one.column} in {one.table} to decide on")
    place = f"{one.table} {one.row} {one.column}"
    if record.values.get("value_status") == "inferred":
        return Applied(one, "orphan", f"{place} is inferred: it is not printed there")
    seen = value_text(record.values.get(one.column))
    if not same(column, seen, one.old):
        return Applied(one, "stale", f"{place} is now {seen}, not {one.old}")
    if problem := new_problem(one.action, one.new, column, projects):
        return Applied(one, "orphan", f"{place}: {problem}")
    return Applied(one, "applied")


def new_problem(
    action: str, new: str | None, column: Column, projects: Collection[str | None]
) -> str | None:
    """Why ``new`` cannot be taken for a column; None where it can, or nothing is taken."""
    if action == "reassign":
        return None if new in projects else f"no project {new} in this document"
    if action != "correct":
        return None
    if column.name.endswith("_id"):
        return "reassign it; it is not corrected"
    if new is None:
        return None if column.nullable else "it cannot be null"
    try:
        parsed(new, column)
    except ValueError as error:
        return str(error)
    return None


def _strength(action: str | None) -> int:
    return (None, "accept", "publisher_error", "correct").index(action)


def _changed(record: Record, correction: Correction, column: Column) -> Record:
    """The record with the decision in it."""
    if correction.action in ("accept", "publisher_error"):
        return record
    is_owner = correction.action == "reassign"
    new = correction.new
    value = new if new is None or is_owner else parsed(new, column)
    values: dict[str, Value] = {**record.values, correction.column: value}
    if is_owner:
        values["owner_status"] = "reviewed"
    elif is_money(column):
        values["value_status"] = "corrected"
    return Record(record.table, values, record.origin)


def _column(schemas: Schemas, table: str, name: str) -> Column | None:
    """The column of a decision; None where there is none to decide on."""
    found = schemas.tables.get(table)
    return next((one for one in decidable(found) if one.name == name), None) if found else None
