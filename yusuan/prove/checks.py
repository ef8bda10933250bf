"""Rows of ``checks``, and findings for what fails: by how much, whose fault, which cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yusuan.normalize.model import CellKey, Finding, Record, Value
from yusuan.prove.claims import Namer, Outcome, formula
from yusuan.prove.figures import ZERO, Figure
from yusuan.prove.suspects import Suspect
from yusuan.prove.witness import Blame, cell_of
from yusuan.schemas.model import Identity


@dataclass(frozen=True, slots=True)
class Explained:
    """What is known of the failing hard identities, by check id: whose fault, suspected cells."""

    records: Sequence[Record]
    blamed: Mapping[str, Blame]
    named: Mapping[str, Sequence[Suspect]]


def check_records(outcomes: Iterable[Outcome], explained: Explained) -> tuple[Record, ...]:
    """One row of ``checks`` for each identity asserted."""
    namer = Namer()
    return tuple(Record("checks", _values(outcome, explained, namer)) for outcome in outcomes)


def _values(outcome: Outcome, explained: Explained, namer: Namer) -> dict[str, Value]:
    claim, check_id = outcome.claim, outcome.check_id
    is_known = outcome.left is not None and outcome.right is not None
    values: dict[str, Value] = {
        "check_id": check_id,
        "identity": claim.identity,
        # Prose has no table id.
        "table_ids": tuple(
            dict.fromkeys([f.table_id for f in (*claim.left, *claim.right) if f.table_id])
        ),
        "scope": claim.scope,
        "formula": formula(claim, namer),
        "lhs_yuan": outcome.left,
        "rhs_yuan": outcome.right,
        "diff_yuan": (outcome.left or ZERO) - (outcome.right or ZERO) if is_known else None,
        "tolerance_yuan": outcome.tolerance,
        "status": outcome.status,
    }
    if outcome.status == "failed":
        values["blame"] = explained.blamed.get(check_id, "unknown")
    if outcome.status == "failed" or outcome.unusual:
        named = explained.named.get(check_id, ())
        keys = [cell_of(explained.records, suspect.figure) for suspect in named]
        values["suspect_cell_ids"] = tuple(local_cell_id(key) for key in keys if key is not None)
        values["suggestion"] = suggestion(named, namer) or None
    return values


def local_cell_id(key: CellKey) -> str:
    """``page:table:row:col``: a cell's id in its document."""
    return ":".join(map(str, key))


def suggestion(named: Iterable[Suspect], namer: Namer) -> str:
    """The suspected cells in words, each with the amount that would mend the most."""
    return "; or ".join(
        f"{namer.place(s.figure)}: {_printed(s.figure)} would have to be {s.yuan:,.2f} yuan "
        f"(mends {len(s.mends)})"
        for s in named
    )


def suggestions(named: Mapping[str, Sequence[Suspect]]) -> dict[str, str]:
    """By check id the suspected cells in words, where any are named."""
    namer = Namer()
    return {check_id: suggestion(found, namer) for check_id, found in named.items() if found}


def _printed(figure: Figure) -> str:
    return f"{figure.value or ZERO:,.2f}" if figure.printed else "blank"


def failure_findings(
    failed: Iterable[Outcome], identities: Mapping[str, Identity], explained: Explained
) -> Iterator[Finding]:
    """One finding for each hard identity that fails, at the place of its left side."""
    namer = Namer()
    for outcome in failed:
        identity, check_id = identities[outcome.claim.identity], outcome.check_id
        place: Figure = (*outcome.claim.left, *outcome.claim.right)[0]
        left, right = outcome.left or ZERO, outcome.right or ZERO
        blame = explained.blamed.get(check_id, "unknown")
        told = "" if blame == "unknown" else f"; blame: {blame}"
        yield Finding(
            code="identity-failed",
            severity="warning",
            note=f"{identity.title_en}: {left:,.2f} {outcome.claim.relation} {right:,.2f} yuan "
            f"fails by {left - right:,.2f} ({outcome.claim.scope}){told}",
            table_id=outcome.claim.table_id or None,
            page=place.page,
            after=suggestion(explained.named.get(check_id, ()), namer) or None,
            evidence=check_id,
        )
