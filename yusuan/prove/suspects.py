"""Which single cell, if it were wrong, would explain most of what fails: a suggestion, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yusuan.prove.claims import Outcome
from yusuan.prove.figures import Figure
from yusuan.prove.web import Stake, Web, keys_of

MAX_SUSPECTS = 3


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell, what it would have to be in yuan, and how many failing identities that mends."""

    figure: Figure
    yuan: Decimal
    mends: frozenset[str]
    """Ids of the failing hard identities that would hold."""


_Rank = tuple[int, int, int, int]
"""Failing identities mended (negative), left, soft ones mended (negative), digits changed."""


def suspects(web: Web, failed: Sequence[Outcome]) -> dict[str, tuple[Suspect, ...]]:
    """Up to three cells for each failing hard identity, by its id; () where none can be named.

    A cell is named only if its change breaks no hard identity that holds, and before those that
    mend less, or as much by changing more digits. Where more cells than three are alike in that,
    none of them is named. Failing identities that share a figure are one case with one list.
    """
    found: dict[str, tuple[Suspect, ...]] = {}
    for case in _cases(failed):
        best: dict[str, tuple[_Rank, Suspect]] = {}
        for key in keys_of(case):
            if changes := sorted(_changes(web, key), key=lambda it: (it[0], it[1].yuan)):
                best[key] = changes[0]
        chosen = _first_alike(list(best.values()), len(case))
        found.update({outcome.check_id: chosen for outcome in case})
    return found


def _first_alike(ranked: Sequence[tuple[_Rank, Suspect]], n_failed: int) -> tuple[Suspect, ...]:
    """The first in rank, as long as all of the same rank find room."""
    groups: defaultdict[_Rank, list[Suspect]] = defaultdict(list)
    for rank, suspect in ranked:
        groups[rank].append(suspect)
    chosen: list[Suspect] = []
    explains_all = False
    for rank in sorted(groups):
        mends_all = -rank[0] == n_failed
        if len(chosen) + len(groups[rank]) > MAX_SUSPECTS or (explains_all and not mends_all):
            break
        chosen += sorted(groups[rank], key=lambda s: s.figure.key)
        explains_all |= mends_all
    return tuple(chosen)


def _cases(failed: Sequence[Outcome]) -> Iterator[tuple[Outcome, ...]]:
    """Failing identities that hang together through their figures."""
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    for number, outcome in enumerate(failed):
        for key in keys_of((outcome,)):
            by_key[key].append(number)
    seen: set[int] = set()
    for first in range(len(failed)):
        if first in seen:
            continue
        case: list[int] = []
        waiting = [first]
        seen.add(first)
        while waiting:
            number = waiting.pop()
            case.append(number)
            for key in keys_of((failed[number],)):
                fresh = [other for other in by_key.pop(key, ()) if other not in seen]
                seen.update(fresh)
                waiting.extend(fresh)
        yield tuple(failed[number] for number in sorted(case))


def _changes(web: Web, key: str) -> Iterator[tuple[_Rank, Suspect]]:
    """The changes of one cell that mend something and break nothing hard, with their ranks."""
    stakes = web.stakes.get(key, ())
    figure = web.figures[key]
    wanted = {s.wanted() for s in stakes if s.is_failed and s.is_hard} - {None}
    for change in wanted:
        assert change is not None
        if any(_breaks(stake, change) for stake in stakes if stake.is_hard):
            continue
        mended = [s for s in stakes if s.is_failed and s.holds_with(change)]
        hard = frozenset(s.outcome.check_id for s in mended if s.is_hard)
        left = sum(s.is_failed and s.is_hard for s in stakes) - len(hard)
        soft = sum(not s.is_hard for s in mended) - sum(
            _breaks(s, change) for s in stakes if not s.is_hard
        )
        value = figure.value or Decimal(0)
        rank = (-len(hard), left, -soft, changed_digits(value, value + change))
        yield rank, Suspect(figure, value + change, hard)


def _breaks(stake: Stake, change: Decimal) -> bool:
    return not stake.is_failed and not stake.holds_with(change)


def changed_digits(one: Decimal, other: Decimal) -> int:
    """How many digits differ, the shorter amount taken with leading zeros; a sign counts as one.

    A misprint and a misreading change few; a lost figure changes all of them.
    """
    left, right = f"{abs(one):.2f}", f"{abs(other):.2f}"
    width = max(len(left), len(right))
    pairs = zip(left.rjust(width, "0"), right.rjust(width, "0"), strict=True)
    return sum(a != b for a, b in pairs) + ((one < 0) != (other < 0))


def by_cell(named: Mapping[str, Sequence[Suspect]]) -> list[Suspect]:
    """The suspects of all cases, each once, those that mend most first."""
    once = {s.figure.key: s for chosen in named.values() for s in chosen}
    return sorted(once.values(), key=lambda s: (-len(s.mends), s.figure.key))
