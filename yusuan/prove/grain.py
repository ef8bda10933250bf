"""Differences within the tolerance that rounding does not explain: they prove nothing and are told.

They are no failures. Three kinds. ``copy``: one figure, printed twice to the same step, that
differs: two roundings of one amount are the same. ``far``: a sum off by more than rounding comes
to, though the tolerance (half a step for each figure) would allow it. ``lone``: a sum off by a step
in a document whose amounts are kept in the printed step, as all its other sums hold exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import erf, log2, sqrt

from yusuan.normalize.model import Finding
from yusuan.prove.claims import Outcome, Unusual, is_copy
from yusuan.prove.figures import ZERO
from yusuan.schemas.model import Identity

# The error of a rounded figure is evenly spread over a step: its variance is a twelfth of a step
# squared. In 15 documents of 7 places 437 sums are off, none by more than 2.4 deviations.
_DEVIATIONS_SQUARED = 4**2
_MIN_FIGURES = 3
_BITS_FOR_ONE = 7.0
"""For each error that may stand out, sums hold exactly that would do so by chance once in 2^7."""
# Of 52 documents of 14 places whose sums have a tolerance: 37 have no sum off, two have one or two
# errors in 8 and 23 bits; the 13 that are rounded have one error in 0.4 to 6 bits.
_MAX_ERRORS = 6

_Weights = Mapping[str, int]


def mark_unusual(
    outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
) -> tuple[Outcome, ...]:
    """The outcomes, those marked that rounding does not explain, and those that would show it."""
    unusual: dict[int, Unusual] = {}
    tight: set[int] = set()
    exact: list[int] = []
    off: list[int] = []
    for i, outcome in enumerate(outcomes):
        if not outcome.tolerance or not _is_firm(outcome, identities):
            continue
        is_exact = outcome.status == "ok"
        claim = outcome.claim
        steps = [f.ulp for f in (*claim.left, *claim.right) if f.value and f.printed]
        if is_copy(outcome.claim):
            if is_exact:
                tight.add(i)
            else:
                unusual[i] = "copy"
        elif not is_exact and _is_far(outcome, steps):
            unusual[i] = "far"
        if len(steps) > 1 and len(set(steps)) == 1:
            (exact if is_exact else off).append(i)
    exact_ones, off_ones = ([outcomes[i] for i in found] for found in (exact, off))
    if few := min(_MAX_ERRORS, int(_evidence(exact_ones) / _BITS_FOR_ONE)):
        n_errors = fewest_errors(off_ones, exact_ones)
        if n_errors <= few:
            unusual = {**dict.fromkeys(off, "lone"), **unusual}
        if n_errors < few:  # one more would still be told
            tight.update(exact)
    if not unusual and not tight:
        return tuple(outcomes)
    return tuple(
        outcome._replace(unusual=unusual.get(i), is_tight=i in tight)
        if i in unusual or i in tight
        else outcome
        for i, outcome in enumerate(outcomes)
    )


def _is_firm(outcome: Outcome, identities: Mapping[str, Identity]) -> bool:
    """Whether it is a hard equality that holds."""
    return (
        outcome.claim.relation == "="
        and outcome.status in ("ok", "ok_rounding")
        and identities[outcome.claim.identity].is_hard
    )


def _is_far(outcome: Outcome, steps: Sequence[Decimal]) -> bool:
    """Whether a sum is off by more than rounding comes to."""
    variance = sum((step * step for step in steps), ZERO) / 12
    difference = (outcome.left or ZERO) - (outcome.right or ZERO)
    return difference * difference > _DEVIATIONS_SQUARED * variance


def _evidence(exact: Iterable[Outcome]) -> float:
    """In bits, how unlikely it is that these sums hold exactly, had their figures been rounded.

    A sum of n rounded figures holds exactly where their errors stay within half a step. What two
    tables repeat counts once.
    """
    bits = 0.0
    seen: set[tuple[Decimal, ...]] = set()
    for outcome in exact:
        values = tuple(sorted(f.value for f in outcome.printed() if f.value))
        if len(values) >= _MIN_FIGURES and values not in seen:
            seen.add(values)
            deviation = sqrt((len(values) - 1) / 12)
            bits -= log2(erf(0.5 / (deviation * sqrt(2))))
    return bits


def fewest_errors(off: Sequence[Outcome], exact: Sequence[Outcome]) -> int:
    """How many wrong figures explain all sums that are off; a sum that none explains counts itself.

    One wrong figure makes its row, its 款 and 类, the total and its copies be off by the same. A
    figure that also stands in a sum that holds is not wrong. Copies that agree are one figure.
    """
    if not off:
        return 0
    group_of = _copies(exact)
    cleared = {key for outcome in exact for key in _weights(outcome, group_of)}
    members = [_weights(outcome, group_of) for outcome in off]
    excess = [(outcome.left or ZERO) - (outcome.right or ZERO) for outcome in off]
    errors = 0
    while any(excess):
        votes: Counter[tuple[str, Decimal]] = Counter()
        for weights, difference in zip(members, excess, strict=True):
            if difference:
                votes.update(
                    (key, -weight * difference)
                    for key, weight in weights.items()
                    if key not in cleared and abs(weight) == 1
                )
        if not votes:
            return errors + sum(map(bool, excess))
        (key, change), mended = votes.most_common(1)[0]
        if mended == 1:
            return errors + sum(map(bool, excess))
        excess = [
            difference + weights.get(key, 0) * change
            for weights, difference in zip(members, excess, strict=True)
        ]
        cleared.add(key)
        errors += 1
    return errors


def _copies(exact: Iterable[Outcome]) -> dict[str, str]:
    """By key of a figure that of the first of its copies."""
    first: dict[str, str] = {}

    def root(key: str) -> str:
        while key in first:
            key = first[key]
        return key

    for outcome in exact:
        if is_copy(outcome.claim):
            sides = (outcome.claim.left, outcome.claim.right)
            one, other = (root(next(f.key for f in side if f.value)) for side in sides)
            if one != other:
                first[other] = one
    return {key: root(key) for key in first}


def _weights(outcome: Outcome, group_of: Mapping[str, str]) -> _Weights:
    """What one yuan more of each figure does to left less right; copies are one figure."""
    weights: dict[str, int] = {}
    for side, sign in ((outcome.claim.left, 1), (outcome.claim.right, -1)):
        for figure in side:
            if figure.value:
                key = group_of.get(figure.key, figure.key)
                weights[key] = weights.get(key, 0) + sign
    return {key: weight for key, weight in weights.items() if weight}


def strict(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes as if there were no rounding where it explains nothing, to find the culprit."""
    return tuple(
        outcome._replace(status="failed", tolerance=ZERO)
        if outcome.unusual
        else outcome._replace(tolerance=ZERO)
        if outcome.is_tight
        else outcome
        for outcome in outcomes
    )


_REASONS: Mapping[Unusual, str] = {
    "copy": "one figure printed twice to the same step",
    "far": "more than rounding comes to",
    "lone": "but the other sums of the document hold exactly",
}


def grain_findings(
    outcomes: Sequence[Outcome],
    identities: Mapping[str, Identity],
    suggestions: Mapping[str, str],
) -> Iterator[Finding]:
    """One finding for each difference that rounding does not explain.

    ``suggestions``: by check id, which cell it may be.
    """
    for outcome in outcomes:
        if outcome.unusual is None:
            continue
        left, right = outcome.left or ZERO, outcome.right or ZERO
        place = (*outcome.claim.left, *outcome.claim.right)[0]
        title = identities[outcome.claim.identity].title_en
        yield Finding(
            code="rounding-unusual",
            severity="warning",
            note=f"{title}: {left:,.2f} and {right:,.2f} yuan differ by {left - right:,.2f}, within"
            f" the tolerance; {_REASONS[outcome.unusual]} ({outcome.claim.scope})",
            table_id=outcome.claim.table_id or None,
            page=place.page,
            after=suggestions.get(outcome.check_id),
            evidence=outcome.check_id,
        )
