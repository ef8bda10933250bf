"""The proof of one document: every identity asserted, and what that says of every figure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from yusuan.normalize.model import Finding, Record, Value
from yusuan.prove.claims import Claim, Outcome, evaluate, formula
from yusuan.prove.columns import column_claims
from yusuan.prove.cross import cross_claims, make_book, twin_claims
from yusuan.prove.figures import ZERO, Figure, Published, published_tables
from yusuan.prove.lines import line_claims
from yusuan.prove.rows import row_claims
from yusuan.schemas.model import Identity

PROVED = frozenset({"proved", "proved_multi"})
_HOLDS = frozenset({"ok", "ok_rounding"})


@dataclass(frozen=True, slots=True)
class Proof:
    """Records with ``proof`` and ``check_ids``, rows of ``checks``, findings, counts by table.

    ``tables``: the records of ``tables`` with ``identity_ok`` and ``identity_failed``.
    ``n_proved``: figures that are proved, one a record.
    """

    records: tuple[Record, ...]
    checks: tuple[Record, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Record, ...]
    n_proved: int


def prove(
    records: Sequence[Record],
    tables: Sequence[Record],
    identities: Mapping[str, Identity],
    kind: str | None = None,
) -> Proof:
    """Assert the catalogue's identities on a document. ``kind``: budget or final, if known.

    Nothing is changed but ``proof`` and ``check_ids``; a figure that no identity holds keeps the
    status it had.
    """
    published = published_tables(records, tables, kind)
    kinds = {table.table_id: table.kind for table in published}
    claims = [
        claim
        for claim in all_claims(published, identities)
        if kinds[claim.table_id] in (None, *identities[claim.identity].kinds)
    ]
    outcomes = _told_apart([o for o in map(evaluate, claims) if not o.trivial])
    proofs = _proofs(outcomes, identities)
    return Proof(
        records=tuple(_with_proof(i, record, proofs) for i, record in enumerate(records)),
        checks=tuple(_check_record(outcome) for outcome in outcomes),
        findings=tuple(_findings(outcomes, identities)),
        tables=_counted(tables, outcomes, identities),
        n_proved=sum(status in PROVED for status, _ in proofs.values()),
    )


def all_claims(
    published: Sequence[Published], identities: Mapping[str, Identity]
) -> Iterator[Claim]:
    """Every identity on every place where its premise can be seen to hold."""
    for table in published:
        yield from row_claims(table)
        yield from column_claims(table)
        yield from line_claims(table)
    book = make_book(published)
    yield from cross_claims(book)
    yield from twin_claims(book, {i.id: i.twins for i in identities.values() if i.twins})


def _told_apart(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes with unique ids, whatever lines a table repeats."""
    seen: Counter[str] = Counter()
    told = []
    for outcome in outcomes:
        seen[outcome.check_id] += 1
        if (number := seen[outcome.check_id]) > 1:
            claim = replace(outcome.claim, scope=f"{outcome.claim.scope} #{number}")
            outcome = replace(outcome, claim=claim)
        told.append(outcome)
    return told


def _proofs(
    outcomes: Iterable[Outcome], identities: Mapping[str, Identity]
) -> dict[int, tuple[str | None, tuple[str, ...]]]:
    """Proof (None: as it was) and check ids by position of the record."""
    proving: defaultdict[int, list[_Held]] = defaultdict(list)
    failing: defaultdict[int, list[_Held]] = defaultdict(list)
    member: dict[int, list[str]] = {}
    for outcome in outcomes:
        if outcome.status == "not_applicable":
            continue
        printed = outcome.printed()
        for figure in printed:
            if figure.record is not None:
                member.setdefault(figure.record, []).append(outcome.check_id)
        identity = identities[outcome.claim.identity]
        keys = frozenset(f.key for f in printed)
        if outcome.status == "failed":
            off = abs((outcome.left or ZERO) - (outcome.right or ZERO))
            for figure in printed if identity.is_hard else ():
                if figure.record is not None:
                    failing[figure.record].append(_Held(keys - {figure.key}, off))
        elif identity.is_hard or outcome.status == "ok":
            for figure in outcome.proved():
                if figure.record is not None:
                    others = keys - {figure.key}
                    proving[figure.record].append(_Held(others, outcome.tolerance or ZERO))
    return {
        record: (_status(proving.get(record, ()), failing.get(record, ())), tuple(ids))
        for record, ids in member.items()
    }


class _Held(NamedTuple):
    """The other figures of an identity that a figure is in; what it tolerates, or is off by."""

    others: frozenset[str]
    yuan: Decimal


def _status(proving: Sequence[_Held], failing: Sequence[_Held]) -> str | None:
    """What the identities of one figure, those that hold and those that fail, make of it.

    One that holds within a tolerance no smaller than what another is off by could not have seen
    that error. Two that fail and share no other figure accuse this one.
    """
    off = min((held.yuan for held in failing), default=None)
    heard = [held for held in proving if off is None or held.yuan < off]
    if _has_independent(failing):
        return "suspect"
    if _has_independent(heard):
        return "proved_multi"
    if heard:
        return "proved"
    return "suspect" if failing else None


def _has_independent(identities: Sequence[_Held]) -> bool:
    """Whether two of the identities share no other figure."""
    return any(a.others.isdisjoint(b.others) for a, b in combinations(identities, 2))


def _with_proof(
    position: int, record: Record, proofs: Mapping[int, tuple[str | None, tuple[str, ...]]]
) -> Record:
    if position not in proofs:
        return record
    status, check_ids = proofs[position]
    values: dict[str, Value] = {**record.values, "check_ids": check_ids}
    if status is not None:
        values["proof"] = status
    return replace(record, values=values)


def _check_record(outcome: Outcome) -> Record:
    claim = outcome.claim
    is_known = outcome.left is not None and outcome.right is not None
    values: dict[str, Value] = {
        "check_id": outcome.check_id,
        "identity": claim.identity,
        "table_ids": tuple(dict.fromkeys(f.table_id for f in (*claim.left, *claim.right))),
        "scope": claim.scope,
        "formula": formula(claim),
        "lhs_yuan": outcome.left,
        "rhs_yuan": outcome.right,
        "diff_yuan": (outcome.left or ZERO) - (outcome.right or ZERO) if is_known else None,
        "tolerance_yuan": outcome.tolerance,
        "status": outcome.status,
        "blame": "unknown" if outcome.status == "failed" else None,
    }
    return Record("checks", values)


def _findings(outcomes: Iterable[Outcome], identities: Mapping[str, Identity]) -> Iterator[Finding]:
    """One finding for each hard identity that fails, at the place of its left side."""
    for outcome in outcomes:
        identity = identities[outcome.claim.identity]
        if outcome.status != "failed" or not identity.is_hard:
            continue
        place: Figure = (*outcome.claim.left, *outcome.claim.right)[0]
        left, right = outcome.left or ZERO, outcome.right or ZERO
        yield Finding(
            code="identity-failed",
            severity="warning",
            note=f"{identity.title_en}: {left:,.2f} {outcome.claim.relation} {right:,.2f} yuan "
            f"fails by {left - right:,.2f} ({outcome.claim.scope})",
            table_id=outcome.claim.table_id,
            page=place.page,
            evidence=outcome.check_id,
        )


def _counted(
    tables: Sequence[Record], outcomes: Iterable[Outcome], identities: Mapping[str, Identity]
) -> tuple[Record, ...]:
    """The tables with the numbers of hard identities on their figures that hold and that fail."""
    held: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.status == "not_applicable" or not identities[outcome.claim.identity].is_hard:
            continue
        count = held if outcome.status in _HOLDS else failed
        count.update({f.table_id for f in (*outcome.claim.left, *outcome.claim.right)})
    return tuple(
        replace(
            record,
            values={
                **record.values,
                "identity_ok": held[str(record.values.get("table_id"))],
                "identity_failed": failed[str(record.values.get("table_id"))],
            },
        )
        for record in tables
    )
