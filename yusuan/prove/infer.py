"""Figures that are not printed and that two independent identities nevertheless give.

Nothing printed is ever changed: an inferred figure is a row of its own beside the blank cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from yusuan.normalize.model import Finding, Record, Value
from yusuan.prove.claims import Outcome, name_of
from yusuan.prove.figures import ZERO, Figure
from yusuan.prove.web import Stake, Web, excess, holds, keys_of

INFERRED: Final = "-inferred"
"""Ends the ``row_id`` of an inferred figure; what stands before it is that of the blank one."""


@dataclass(frozen=True, slots=True)
class Inference:
    """A blank cell's figure in yuan, and the identities that give it, the two witnesses first."""

    figure: Figure
    yuan: Decimal
    evidence: tuple[Outcome, ...]

    @property
    def check_ids(self) -> tuple[str, ...]:
        """The ids of the identities that give the figure."""
        return tuple(outcome.check_id for outcome in self.evidence)


@dataclass(frozen=True, slots=True)
class _Vote:
    """What some failing identities agree on for a blank cell."""

    yuan: Decimal
    stakes: tuple[Stake, ...]


def infer(web: Web, failed: Sequence[Outcome]) -> tuple[Inference, ...]:
    """The blank cells whose figure two identities that share no other figure give alike.

    ``failed``: the hard identities that fail. With all inferred figures in their places every hard
    identity that they stand in has to hold; one that still fails, or fails now, refutes them. And
    no identity is a witness one of whose figures stands in a hard identity that still fails: two
    figures in each other's place make two identities fail by the same amount.
    """
    votes = {
        key: vote
        for key in keys_of(failed)
        if _may_be_lost(web.figures[key]) and (vote := _vote(web, key)) is not None
    }
    while True:
        differences = _differences(web, votes)
        accused = set(keys_of(o for o in failed if not holds(o, differences(o))))
        kept = {
            key: vote
            for key, vote in votes.items()
            if all(holds(s.outcome, differences(s.outcome)) for s in web.stakes[key] if s.is_hard)
            and _independent_pair(key, vote.stakes, accused)
        }
        if len(kept) == len(votes):
            break
        votes = kept
    return tuple(_inference(web, key, vote, accused) for key, vote in votes.items())


def _may_be_lost(figure: Figure) -> bool:
    """Whether nothing is printed in the cell, and the figure is a record of its own."""
    return not figure.printed and figure.record is not None and "amount_yuan" in figure.values


def _vote(web: Web, key: str) -> _Vote | None:
    """What the failing identities say of one blank cell; None unless they say it twice."""
    votes: defaultdict[Decimal, list[Stake]] = defaultdict(list)
    for stake in web.stakes[key]:
        yuan = stake.wanted() if stake.is_failed else None
        # A figure within the tolerance of an identity is not given by it.
        if yuan is not None and yuan > (stake.outcome.tolerance or ZERO):
            votes[yuan].append(stake)
    given = []
    for yuan, stakes in votes.items():
        # A bound is the weakest witness: it is heard where there is no better one.
        stakes.sort(key=lambda stake: (stake.outcome.claim.relation == "<=", not stake.is_hard))
        if _independent_pair(key, stakes):
            given.append(_Vote(yuan, tuple(stakes)))
    # Two different figures, each given twice: neither is known.
    return given[0] if len(given) == 1 else None


def _independent_pair(
    key: str, stakes: Sequence[Stake], accused: Container[str] = ()
) -> tuple[Stake, ...]:
    """Two identities that share nothing but the blank cell, one a hard equality; () if none.

    The other may be a soft one or a bound (≤): that a bound is attained to the fen by a figure
    that is printed elsewhere says as much as an equality does. ``accused``: figures that fail
    otherwise; an identity with one of them is no witness.
    """
    heard = [s for s in stakes if not any(other in accused for other in _others(s, key))]
    for one, other in combinations(heard, 2):
        is_firm = any(s.is_hard and s.outcome.claim.relation == "=" for s in (one, other))
        if is_firm and _others(one, key).isdisjoint(_others(other, key)):
            return (one, other)
    return ()


def _others(stake: Stake, key: str) -> set[str]:
    """The other figures of an identity, those not printed too: any of them may be what is lost."""
    claim = stake.outcome.claim
    return {figure.key for figure in (*claim.left, *claim.right)} - {key}


def _differences(web: Web, votes: Mapping[str, _Vote]) -> Callable[[Outcome], Decimal]:
    """Left less right of an identity with all inferred figures in their places."""
    # By the outcome itself: identities that hold and say nothing may share an id.
    changes: defaultdict[int, Decimal] = defaultdict(Decimal)
    for key, vote in votes.items():
        for stake in web.stakes[key]:
            changes[id(stake.outcome)] += stake.weight * vote.yuan

    return lambda outcome: excess(outcome) + changes.get(id(outcome), ZERO)


def _inference(web: Web, key: str, vote: _Vote, accused: Container[str]) -> Inference:
    pair = _independent_pair(key, vote.stakes, accused)
    rest = [s for s in vote.stakes if s not in pair and s.outcome.claim.relation == "="]
    return Inference(web.figures[key], vote.yuan, tuple(s.outcome for s in (*pair, *rest)))


def inferred_record(records: Sequence[Record], inference: Inference) -> Record:
    """The inferred figure as a row of its own beside the blank one, whose cell it points to."""
    assert inference.figure.record is not None
    blank = records[inference.figure.record]
    values: dict[str, Value] = {
        **blank.values,
        "row_id": f"{blank.values['row_id']}{INFERRED}",
        "amount_yuan": inference.yuan,
        "value_status": "inferred",
        "check_ids": inference.check_ids,
    }
    for name in ("amount_text", "published_unit", "published_decimals", "proof"):
        values[name] = None
    return Record(blank.table, values, blank.origin)


def inference_finding(records: Sequence[Record], inference: Inference) -> Finding:
    """What was inferred for which blank cell, and by which identities."""
    assert inference.figure.record is not None
    blank = records[inference.figure.record]
    return Finding(
        code="figure-inferred",
        severity="info",
        note=f"{name_of(inference.figure)}: nothing is printed; {len(inference.evidence)} "
        f"identities give {inference.yuan:,.2f} yuan",
        origin=blank.origin,
        table_id=inference.figure.table_id,
        page=inference.figure.page,
        after=f"{inference.yuan:.2f}",
        rule="two identities that share no other figure give the same",
        evidence="; ".join(inference.check_ids),
    )
