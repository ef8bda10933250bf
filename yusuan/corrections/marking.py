"""What decisions of reviewers mean for proof, after identities were asserted on their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from yusuan.corrections.apply import Corrected, correction_findings
from yusuan.normalize.model import Record, Value
from yusuan.prove.proof import PROVED, Proof


def mark(proof: Proof, corrected: Corrected) -> Proof:
    """The proof with the reviewers' word on their figures.

    A corrected figure has proof ``corrected`` whatever identities say of it (its ``check_ids``
    tell), a publisher's error ``source_inconsistent``; failing checks on the latter have blame
    ``publisher``. ``n_proved`` and ``counts`` follow. What became of each decision is a finding.
    """
    findings = (*proof.findings, *correction_findings(corrected.outcomes))
    if not corrected.figures:
        return replace(proof, findings=findings)
    counts: Counter[str] = Counter(proof.counts)
    n_proved = proof.n_proved
    blamed: set[str] = set()
    records = []
    for record in proof.records:
        status = _status(record, corrected.figures)
        before = record.values.get("proof")
        if status is None or record.values.get("value_status") == "inferred":
            records.append(record)
            continue
        if status == "source_inconsistent":
            ids = record.values.get("check_ids")
            blamed.update(str(one) for one in (ids if isinstance(ids, tuple) else ()))
        if before in counts:
            counts[str(before)] -= 1
        counts[status] += 1
        n_proved -= before in PROVED
        records.append(_with(_with(record, "proof", status), "proof_within_yuan", None))
    checks = tuple(
        _with(check, "blame", "publisher")
        if check.values.get("status") == "failed" and check.values.get("check_id") in blamed
        else check
        for check in proof.checks
    )
    return replace(
        proof,
        records=tuple(records),
        checks=checks,
        findings=findings,
        n_proved=n_proved,
        counts=counts,
    )


def _status(record: Record, figures: Mapping[tuple[str, str], str]) -> str | None:
    action = figures.get((record.table, str(record.values.get("row_id"))))
    if action == "correct" and record.values.get("value_status") == "corrected":
        return "corrected"
    return "source_inconsistent" if action == "publisher_error" else None


def _with(record: Record, column: str, value: Value) -> Record:
    return record._replace(values={**record.values, column: value})
