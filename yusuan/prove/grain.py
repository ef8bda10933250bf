"""Documents whose amounts are kept in the printed step, and what differs by a step all the same.

Amounts that were rounded for print leave differences of a step: in the documents that this was
tried on at least one in ten of the sums that could show it is off. In the others not one of up to
250 is: their amounts were budgeted in that step. There a sum that is off is no rounding, though it
stays within the tolerance. It is told, proves nothing, and is no failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from yusuan.normalize.model import Finding
from yusuan.prove.claims import Outcome
from yusuan.prove.figures import ZERO
from yusuan.schemas.model import Identity

# Of 45 documents of 14 places, by sums of three figures or more: 14 have 10 to 43 % of them off, 30
# none; one has 2 off of 32, by an error of the publisher.
# A sum of three rounded figures is exact in two of three cases: 30 in a row are no chance. One
# wrong figure stands in two sums or more (its 款 and 类, the total).
_MIN_FIGURES = 3
_MIN_EXACT = 30
_ALWAYS_FEW = 2
_MAX_OFF = 6
_MAX_SHARE = Decimal("0.05")


def mark_unusual(
    outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
) -> tuple[Outcome, ...]:
    """The outcomes, those marked that are off by a step where all others hold exactly."""
    exact = 0
    off: set[int] = set()
    for i, outcome in enumerate(outcomes):
        if _could_show_rounding(outcome, identities):
            exact += outcome.status == "ok"
            if outcome.status == "ok_rounding":
                off.add(i)
    few = max(Decimal(_ALWAYS_FEW), min(exact * _MAX_SHARE, Decimal(_MAX_OFF)))
    if exact < _MIN_EXACT or not 0 < len(off) <= few:
        return tuple(outcomes)
    return tuple(replace(o, is_unusual=True) if i in off else o for i, o in enumerate(outcomes))


def _could_show_rounding(outcome: Outcome, identities: Mapping[str, Identity]) -> bool:
    """Whether rounding would show: a hard sum of figures of one step, with a tolerance.

    A copy is the same however it was rounded.
    """
    if not outcome.tolerance or outcome.claim.relation != "=":
        return False
    if not identities[outcome.claim.identity].is_hard:
        return False
    steps = [f.ulp for f in outcome.printed() if f.value]
    return len(steps) >= _MIN_FIGURES and len(set(steps)) == 1


def grain_findings(
    outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
) -> Iterator[Finding]:
    """One finding for each sum that is off by a step where rounding is not the reason."""
    for outcome in outcomes:
        if not outcome.is_unusual:
            continue
        left, right = outcome.left or ZERO, outcome.right or ZERO
        place = (*outcome.claim.left, *outcome.claim.right)[0]
        title = identities[outcome.claim.identity].title_en
        yield Finding(
            code="rounding-unusual",
            severity="info",
            note=f"{title}: {left:,.2f} and {right:,.2f} yuan differ by {left - right:,.2f}, within"
            f" the tolerance; but the other sums of the document hold exactly"
            f" ({outcome.claim.scope})",
            table_id=outcome.claim.table_id or None,
            page=place.page,
            evidence=outcome.check_id,
        )
