"""Which identities each figure stands in, and what a change of one figure would do to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yusuan.prove.assess import Assessment
from yusuan.prove.claims import Outcome
from yusuan.prove.figures import ZERO, Figure
from yusuan.schemas.model import Identity


@dataclass(frozen=True, slots=True)
class Stake:
    """An identity that a figure stands in.

    ``number`` tells the identities of a document apart, those that say nothing too. ``weight``:
    what one yuan more does to left less right.
    """

    number: int
    outcome: Outcome
    weight: int
    is_hard: bool

    @property
    def is_failed(self) -> bool:
        """Whether the identity fails as printed."""
        return self.outcome.status == "failed"

    def wanted(self) -> Decimal | None:
        """By how much the figure alone would have to change, in yuan; None where it can't tell."""
        if abs(self.weight) != 1:
            return None
        return -self.weight * excess(self.outcome)

    def holds_with(self, change: Decimal) -> bool:
        """Whether the identity holds where the figure changes by so many yuan."""
        return holds(self.outcome, excess(self.outcome) + self.weight * change)


def excess(outcome: Outcome) -> Decimal:
    """Left less right, in yuan."""
    return (outcome.left or ZERO) - (outcome.right or ZERO)


def holds(outcome: Outcome, difference: Decimal) -> bool:
    """Whether a claim holds where left less right is so many yuan."""
    size = difference if outcome.claim.relation == "<=" else abs(difference)
    return size <= (outcome.tolerance or ZERO)


@dataclass(frozen=True, slots=True)
class Web:
    """``stakes``: by key of a figure, the identities that it stands in; ``figures`` by key."""

    stakes: Mapping[str, tuple[Stake, ...]]
    figures: Mapping[str, Figure]


def make_web(assessment: Assessment, identities: Mapping[str, Identity]) -> Web:
    """The web of a document's evaluated identities, also those that hold and say nothing.

    A figure on both sides of an identity has no stake in it.
    """
    figures: dict[str, Figure] = {}
    stakes: defaultdict[str, list[Stake]] = defaultdict(list)
    for number, outcome in enumerate(_evaluated(assessment)):
        weights: dict[str, int] = {}
        for figure in outcome.claim.left:
            weights[figure.key] = weights.get(figure.key, 0) + 1
        for figure in outcome.claim.right:
            weights[figure.key] = weights.get(figure.key, 0) - 1
        is_hard = identities[outcome.claim.identity].is_hard
        figures.update({f.key: f for f in (*outcome.claim.left, *outcome.claim.right)})
        for key, weight in weights.items():
            if weight:
                stakes[key].append(Stake(number, outcome, weight, is_hard))
    return Web({key: tuple(held) for key, held in stakes.items()}, figures)


def _evaluated(assessment: Assessment) -> Iterator[Outcome]:
    """What was evaluated and has a figure in print: a line of blanks holds nothing down."""
    for outcome in (*assessment.outcomes, *assessment.trivial):
        if outcome.status != "not_applicable" and outcome.printed():
            yield outcome


def keys_of(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The keys of the figures that stand in these identities, each once."""
    seen: set[str] = set()
    for outcome in outcomes:
        for figure in (*outcome.claim.left, *outcome.claim.right):
            if figure.key not in seen:
                seen.add(figure.key)
                yield figure.key
