"""Failing identities whose sides are alike but for the unit: a factor of 10^4 or 10^8."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from yusuan.normalize.model import Finding
from yusuan.prove.claims import Outcome
from yusuan.prove.figures import ZERO, Figure

_FACTORS = (Decimal(10) ** 4, Decimal(10) ** 8)
# Sides of fewer digits could be alike by chance.
_MIN_DIGITS = 3

_Pair = tuple[str, str, Decimal]


def unit_findings(failed: Iterable[Outcome]) -> Iterator[Finding]:
    """One finding for each pair of tables of which one is too large by the factor of a unit.

    Within a table too: a line in another unit than its list is found by its sums.
    """
    pairs: defaultdict[_Pair, list[Outcome]] = defaultdict(list)
    for outcome in failed:
        factor = unit_factor(outcome)
        if factor is None:
            continue
        left, right = outcome.left or ZERO, outcome.right or ZERO
        sides = (outcome.claim.left, outcome.claim.right)
        large, small = sides if abs(left) > abs(right) else sides[::-1]
        pairs[(_place(large), _place(small), factor)].append(outcome)
    for (larger, smaller, factor), found in pairs.items():
        first = found[0]
        place = (*first.claim.left, *first.claim.right)[0]
        yield Finding(
            code="unit-mismatch",
            severity="warning",
            note=f"{larger} is {factor:,} times {smaller} in {len(found)} identities, such as "
            f"{first.left:,} against {first.right:,} yuan: one of them is in another unit",
            table_id=first.claim.table_id or None,
            page=place.page,
            evidence=", ".join(outcome.check_id for outcome in found[:3]),
        )


def unit_factor(outcome: Outcome) -> Decimal | None:
    """The factor between the sides of an equation, if it is that of a unit; else None.

    The sides may differ by what rounding explains: half a step of each figure, times the factor on
    the smaller side.
    """
    if outcome.claim.relation != "=" or not outcome.left or not outcome.right:
        return None
    left, right = outcome.claim.left, outcome.claim.right
    large, small = abs(outcome.left), abs(outcome.right)
    if large < small:
        large, small, left, right = small, large, right, left
    if not _has_digits(right):
        return None
    for factor in _FACTORS:
        allowed = (_steps(left) + _steps(right) * factor) / 2
        if abs(large - small * factor) <= allowed:
            return factor
    return None


def _steps(side: Iterable[Figure]) -> Decimal:
    return sum((f.ulp for f in side if f.printed), ZERO)


def _has_digits(side: Iterable[Figure]) -> bool:
    """Whether a figure of the side is printed with enough digits to tell."""
    return any(f.ulp and abs(f.value or ZERO) >= f.ulp * 10 ** (_MIN_DIGITS - 1) for f in side)


def _place(side: Iterable[Figure]) -> str:
    tables = dict.fromkeys(f"table {f.table_id}" if f.table_id else "the prose" for f in side)
    return " and ".join(tables)
