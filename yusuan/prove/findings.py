"""Findings of second readers: what they changed, where they differ, what they did not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yusuan.normalize.model import CellKey, Finding, Record
from yusuan.prove.claims import name_of
from yusuan.prove.paper import Readings
from yusuan.prove.witness import Correction, Questions


def witness_findings(
    records: Sequence[Record],
    asked: Questions,
    readings: Readings,
    corrected: Sequence[Correction],
) -> tuple[Finding, ...]:
    """What the witnesses changed, where they differ, and which pages they did not see."""
    return (
        *(_correction_finding(records, correction) for correction in corrected),
        *_differences(records, asked, readings),
        *_unseen(asked, readings),
    )


def _correction_finding(records: Sequence[Record], correction: Correction) -> Finding:
    figure = correction.figure
    assert figure.record is not None
    before = records[figure.record]
    return Finding(
        code="reading-corrected",
        severity="warning",
        note=f"{name_of(figure)}: {correction.reading.engine} reads another amount, with which "
        f"{len(correction.evidence)} failing identities hold",
        origin=before.origin,
        table_id=figure.table_id,
        page=figure.page,
        before=str(before.values.get("amount_text") or ""),
        after=correction.reading.text,
        rule="the reading that satisfies the identities wins",
        evidence="; ".join(correction.evidence),
    )


def _differences(
    records: Sequence[Record], asked: Questions, readings: Readings
) -> Iterator[Finding]:
    """A cell in question that a witness reads otherwise, and no identity tells who is right."""
    told: set[CellKey] = set()
    for record in records:
        origin = record.origin
        reading = readings.cells.get(origin.key) if origin is not None else None
        if origin is None or reading is None or reading.result == "same":
            continue
        if origin.key in asked.cells and origin.key not in told:
            told.add(origin.key)
            yield Finding(
                code="readings-differ",
                severity="warning",
                note=f"{reading.engine} reads something else in this cell, and no identity tells "
                "which is right",
                origin=origin,
                table_id=str(record.values.get("table_id")),
                page=origin.page,
                before=str(record.values.get("amount_text") or ""),
                after=reading.text,
            )


def _unseen(asked: Questions, readings: Readings) -> Iterator[Finding]:
    if asked.left_out:
        pages = ", ".join(map(str, asked.left_out))
        yield Finding(
            code="witness-limit",
            severity="info",
            note=f"pages not read a second time, there were too many: {pages}",
        )
    if readings.failed:
        pages = ", ".join(map(str, sorted(readings.failed)))
        yield Finding(
            code="witness-failed",
            severity="info",
            note=f"pages that no second reader could read: {pages}",
        )
