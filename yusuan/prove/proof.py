"""The proof of one document: identities asserted, witnesses asked, what that says of figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from yusuan.normalize.model import Finding, Record, Value
from yusuan.prove.assess import PROVED, Assessment, Standing, all_claims, assess
from yusuan.prove.checks import Explained, check_records, failure_findings, suggestions
from yusuan.prove.claims import Outcome
from yusuan.prove.figures import is_money
from yusuan.prove.findings import witness_findings
from yusuan.prove.grain import grain_findings, strict
from yusuan.prove.infer import infer, inference_finding, inferred_record
from yusuan.prove.paper import Paper, Readings, ask_witnesses
from yusuan.prove.suspects import Suspect, suspects
from yusuan.prove.units import unit_findings
from yusuan.prove.web import Web, make_web
from yusuan.prove.witness import (
    Blame,
    Questions,
    blames,
    cell_of,
    corrected_records,
    corrections,
    questions,
)
from yusuan.schemas.model import Identity

__all__ = ["PROVED", "Inquiry", "Proof", "all_claims", "ask", "conclude", "inquire", "prove"]

_HOLDS = frozenset({"ok", "ok_rounding"})
PROSE = "narrative_facts"  # witnesses of figures, not counted among them
PRINTED = frozenset({"published", "zero", "dash"})
_Statuses = Mapping[int, Standing]


@dataclass(frozen=True, slots=True)
class Proof:
    """Records with ``proof`` and ``check_ids``, rows of ``checks``, findings, counts by table.

    ``tables``: the records of ``tables`` with ``identity_ok`` and ``identity_failed``.
    ``n_proved``: figures that are proved, one a record. ``counts``: the printed figures by
    proof (read once and not asked: single), and those inferred.
    """

    records: tuple[Record, ...]
    checks: tuple[Record, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Record, ...]
    n_proved: int
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the identities say of some records, and why those fail that do.

    ``tables``, ``identities`` and ``kind`` as ``inquire`` was given them.
    """

    records: Sequence[Record]
    tables: Sequence[Record]
    identities: Mapping[str, Identity]
    kind: str | None
    assessment: Assessment
    failed: tuple[Outcome, ...]
    web: Web
    named: Mapping[str, Sequence[Suspect]]
    odd: Mapping[str, Sequence[Suspect]]
    """Suspects of what is off within the tolerance, and not by rounding."""

    @property
    def n_failed(self) -> int:
        """How many identities fail, the soft ones too."""
        return sum(outcome.status == "failed" for outcome in self.assessment.outcomes)

    @property
    def n_proved(self) -> int:
        """How many figures of tables are proved, one a record."""
        return _n_proved(self.records, self.assessment.statuses)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A proof without the records that it is of, so that their figures can be let go before.

    ``standings``: by position of the record; ``corrected``: the records that a second reading
    changed; ``inferred``: the records of inferred figures, by position of the blank one. The rest
    as in ``Proof``.
    """

    standings: Mapping[int, Standing]
    corrected: Mapping[int, Record]
    inferred: Mapping[int, Record]
    checks: tuple[Record, ...]
    findings: tuple[Finding, ...]
    tables: tuple[Record, ...]
    n_proved: int
    counts: Mapping[str, int]

    def proof_of(self, records: Iterable[Record]) -> Proof:
        """The proof of the records that the inquiry was into, given in the same order.

        Each is asked for once: who takes them from a list as they are asked for has no two of them.
        """
        return Proof(
            records=tuple(self._with_proof(records)),
            checks=self.checks,
            findings=self.findings,
            tables=self.tables,
            n_proved=self.n_proved,
            counts=self.counts,
        )

    def _with_proof(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records with their proof, each inferred figure behind the blank one."""
        for position, record in enumerate(records):
            found = self.corrected.get(position, record)
            standing = self.standings.get(position)
            yield found if standing is None else _with_standing(found, standing)
            if (inferred := self.inferred.get(position)) is not None:
                yield inferred


def prove(
    records: Sequence[Record],
    tables: Sequence[Record],
    identities: Mapping[str, Identity],
    kind: str | None = None,
    paper: Paper | None = None,
) -> Proof:
    """Assert the catalogue's identities on a document. ``kind``: budget or final, if known.

    With ``paper`` the pages of what fails, and of figures that no identity holds, are read again.
    Values stay as they are, unless a second reading satisfies an identity that ours does not. What
    is inferred for a blank cell is a record of its own.
    """
    inquiry = inquire(records, tables, identities, kind)
    if paper is None:
        return conclude(inquiry).proof_of(records)
    return conclude(inquiry, paper, ask(inquiry, paper)).proof_of(records)


def inquire(
    records: Sequence[Record],
    tables: Sequence[Record],
    identities: Mapping[str, Identity],
    kind: str | None = None,
) -> Inquiry:
    """The first half of ``prove``: what the identities say before any witness is heard."""
    assessment = assess(records, tables, identities, kind)
    failed = assessment.failed(identities)
    web = make_web(assessment, identities) if failed else Web({}, {})
    named, odd = suspects(web, failed), _odd(assessment, identities)
    return Inquiry(records, tables, identities, kind, assessment, failed, web, named, odd)


def ask(inquiry: Inquiry, paper: Paper) -> Questions:
    """Which pages are to be read again; of no other page anything is needed any more."""
    return questions(paper, inquiry.records, inquiry.assessment, inquiry.failed, inquiry.named)


def conclude(
    inquiry: Inquiry, paper: Paper | None = None, asked: Questions | None = None
) -> Verdict:
    """The second half of ``prove``: witnesses are heard on what is ``asked``, if anything is.

    ``paper`` needs to have the pages asked for only (see ``Paper.of_pages``).
    """
    readings, identities = Readings(), inquiry.identities
    singles: frozenset[int] = frozenset()
    findings: tuple[Finding, ...] = ()
    blamed: Mapping[str, Blame] = {}
    changed: dict[int, Record] = {}
    if paper is not None and asked is not None:
        records, singles = inquiry.records, asked.singles
        readings = ask_witnesses(paper, asked.pages, asked.cells)
        corrected = corrections(records, inquiry.web, inquiry.failed, readings)
        if corrected:
            mended = corrected_records(records, corrected)
            changed = {at: mended[at] for c in corrected if (at := c.figure.record) is not None}
            inquiry = inquire(mended, inquiry.tables, identities, inquiry.kind)
            readings = readings.without({cell_of(records, c.figure) for c in corrected})
        blamed = blames(paper, inquiry.records, inquiry.assessment, inquiry.failed, readings)
        findings = witness_findings(records, asked, readings, corrected)
    inferred = infer(inquiry.web, inquiry.failed)
    explained = Explained(inquiry.records, blamed, {**inquiry.odd, **inquiry.named})
    statuses = _statuses(inquiry, readings, singles, blamed)
    return Verdict(
        standings=statuses,
        corrected=changed,
        inferred={
            i.figure.record: inferred_record(inquiry.records, i)
            for i in inferred
            if i.figure.record is not None
        },
        checks=check_records(inquiry.assessment.outcomes, explained),
        findings=(
            *failure_findings(inquiry.failed, identities, explained),
            *unit_findings(inquiry.failed),
            *grain_findings(inquiry.assessment.outcomes, identities, suggestions(inquiry.odd)),
            *(inference_finding(inquiry.records, inference) for inference in inferred),
            *findings,
        ),
        tables=_counted(inquiry.tables, inquiry.assessment.outcomes, identities),
        n_proved=_n_proved(inquiry.records, statuses),
        counts=_counts(inquiry.records, statuses, len(inferred)),
    )


def _odd(
    assessment: Assessment, identities: Mapping[str, Identity]
) -> dict[str, tuple[Suspect, ...]]:
    """The suspects of what is off within the tolerance, and not by rounding, by check id."""
    if not any(outcome.unusual for outcome in assessment.outcomes):
        return {}
    outcomes = strict(assessment.outcomes)
    web = make_web(replace(assessment, outcomes=outcomes), identities)
    return suspects(web, [outcome for outcome in outcomes if outcome.unusual])


def _statuses(
    inquiry: Inquiry, readings: Readings, singles: frozenset[int], blamed: Mapping[str, Blame]
) -> _Statuses:
    """Proof and check ids by position of the record, once witnesses have been heard.

    ``singles``: positions of figures that no identity holds.
    """
    statuses = dict(inquiry.assessment.statuses)
    for position in singles:
        origin = inquiry.records[position].origin
        reading = readings.cells.get(origin.key) if origin else None
        if reading is not None:
            told = "agreed" if reading.result == "same" else "suspect"
            statuses[position] = Standing(told, statuses.get(position, Standing()).check_ids)
    failing: defaultdict[int, set[Blame]] = defaultdict(set)
    for outcome in inquiry.failed:
        for figure in outcome.printed():
            if figure.record is not None:
                failing[figure.record].add(blamed.get(outcome.check_id, "unknown"))
    for position, blames_of in failing.items():
        if statuses[position].proof == "suspect" and blames_of == {"publisher"}:
            statuses[position] = statuses[position]._replace(proof="source_inconsistent")
    return statuses


def _with_standing(record: Record, standing: Standing) -> Record:
    values: dict[str, Value] = {**record.values, "check_ids": standing.check_ids}
    if standing.proof is not None:
        values["proof"] = standing.proof
    if standing.within is not None:
        values["proof_within_yuan"] = standing.within
    return Record(record.table, values, record.origin)


def _n_proved(records: Sequence[Record], statuses: _Statuses) -> int:
    """How many figures of tables are proved."""
    return sum(
        standing.proof in PROVED and records[at].table != PROSE for at, standing in statuses.items()
    )


def _counts(records: Sequence[Record], statuses: _Statuses, n_inferred: int) -> Mapping[str, int]:
    """The printed figures of tables by proof, and the inferred ones."""
    counts: Counter[str] = Counter()
    for at, record in enumerate(records):
        is_figure = record.table != PROSE and is_money(record)
        if is_figure and record.values.get("value_status") in PRINTED:
            told = statuses[at].proof if at in statuses else None
            counts[str(told or record.values.get("proof") or "single")] += 1
    counts["inferred"] = n_inferred
    return counts


def _counted(
    tables: Sequence[Record], outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
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
        record._replace(
            values={
                **record.values,
                "identity_ok": held[str(record.values.get("table_id"))],
                "identity_failed": failed[str(record.values.get("table_id"))],
            },
        )
        for record in tables
    )
