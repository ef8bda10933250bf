"""What its identities say of every figure of a document, before anybody looks at a page again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from yusuan.normalize.model import Record
from yusuan.prove.claims import Claim, Outcome, evaluate, rounded_one
from yusuan.prove.columns import column_claims
from yusuan.prove.cross import cross_claims, make_book, twin_claims
from yusuan.prove.doubt import doubted_columns, is_doubted, tables_of
from yusuan.prove.figures import ZERO, Figure, Published, published_tables
from yusuan.prove.grain import mark_unusual
from yusuan.prove.lines import line_claims
from yusuan.prove.rows import row_claims
from yusuan.schemas.model import Identity

PROVED = frozenset({"proved", "proved_multi"})


class Standing(NamedTuple):
    """What identities say of a record: its proof (None: as it was), the ids of its checks.

    ``within``: of a proved figure how large an error, in yuan, they could have left unseen.
    """

    proof: str | None = None
    check_ids: tuple[str, ...] = ()
    within: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every identity asserted on a document.

    ``outcomes`` have unique ids; ``trivial`` are those that hold and say nothing. ``statuses``: by
    position of the record.
    """

    published: tuple[Published, ...]
    outcomes: tuple[Outcome, ...]
    trivial: tuple[Outcome, ...]
    statuses: Mapping[int, Standing]

    def failed(self, identities: Mapping[str, Identity]) -> tuple[Outcome, ...]:
        """The hard identities that fail."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.status == "failed" and identities[outcome.claim.identity].is_hard
        )


def assess(
    records: Sequence[Record],
    tables: Sequence[Record],
    identities: Mapping[str, Identity],
    kind: str | None = None,
) -> Assessment:
    """Assert the catalogue's identities on a document. ``kind``: budget or final, if known."""
    published = published_tables(records, tables, kind)
    kinds = {table.table_id: table.kind for table in published}
    meant = {name: (None, *identity.kinds) for name, identity in identities.items()}
    evaluated = [
        evaluate(claim)
        for claim in all_claims(published, identities)
        if kinds[claim.table_id] in meant[claim.identity]
    ]
    outcomes = mark_unusual(_told_apart([o for o in evaluated if not o.trivial]), identities)
    trivial = tuple(o for o in evaluated if o.trivial)
    return Assessment(published, outcomes, trivial, _statuses(outcomes, identities))


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


def _told_apart(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes with unique ids, whatever lines a table repeats."""
    seen: dict[str, int] = {}
    told = []
    for outcome in outcomes:
        check_id = outcome.check_id
        number = seen[check_id] = seen.get(check_id, 0) + 1
        if number > 1:
            claim = outcome.claim._replace(scope=f"{outcome.claim.scope} #{number}")
            outcome = outcome._replace(claim=claim)
        told.append(outcome)
    return tuple(told)


def _statuses(
    outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
) -> dict[int, Standing]:
    """What the identities make of each record, by its position."""
    proving: defaultdict[int, list[_Held]] = defaultdict(list)
    failing: defaultdict[int, list[_Held]] = defaultdict(list)
    odd: dict[int, Decimal] = {}
    doubted = doubted_columns(outcomes, identities)
    doubtful: set[int] = set()
    member: dict[int, list[str]] = {}
    for outcome in outcomes:
        if outcome.status == "not_applicable":
            continue
        printed, check_id = outcome.printed(), outcome.check_id
        for figure in printed:
            if figure.record is not None:
                member.setdefault(figure.record, []).append(check_id)
        identity = identities[outcome.claim.identity]
        if outcome.status == "failed" or outcome.unusual:
            off = abs((outcome.left or ZERO) - (outcome.right or ZERO))
            if outcome.unusual:
                for figure in printed:
                    if figure.record is not None:
                        odd[figure.record] = min(off, odd.get(figure.record, off))
            elif identity.is_hard:
                _hold(printed, printed, off, failing)
        elif identity.is_hard or outcome.status == "ok":
            proved = outcome.proved(printed)
            if doubted and len(tables_of(outcome)) == 1:
                wrong = [f for f in proved if is_doubted(f, doubted)]
                doubtful.update(f.record for f in wrong if f.record is not None)
                proved = tuple(f for f in proved if f not in wrong)
            _hold(proved, printed, outcome.blind, proving)
        else:
            _hold(rounded_one(outcome), printed, outcome.blind, proving)
    return {
        record: _standing(
            proving.get(record, ()),
            failing.get(record, ()),
            odd.get(record),
            tuple(ids),
            record in doubtful,
        )
        for record, ids in member.items()
    }


def _hold(
    figures: Sequence[Figure],
    printed: Sequence[Figure],
    yuan: Decimal,
    by_record: defaultdict[int, list[_Held]],
) -> None:
    """Note an identity and its printed figures for each of the figures that it speaks of."""
    if not figures:
        return
    keys = frozenset([f.key for f in printed])
    held = _Held(keys, yuan)
    for figure in figures:
        if figure.record is not None:
            by_record[figure.record].append(held)


class _Held(NamedTuple):
    """The printed figures of an identity, by key; yuan left unseen, or off by."""

    keys: frozenset[str]
    yuan: Decimal


def _standing(
    proving: Sequence[_Held],
    failing: Sequence[_Held],
    odd: Decimal | None,
    check_ids: tuple[str, ...],
    in_doubt: bool,
) -> Standing:
    """What the identities of one figure, those that hold and those that fail, make of it.

    One that leaves an error unseen as large as what another is off by says nothing against that
    error. Two that fail and share no other figure accuse this one. ``odd``: the least that one of
    them is off by within its tolerance, for which there is no reason. ``in_doubt``: the sums of
    its own table say nothing, for its column contradicts other tables.
    """
    doubts = [held.yuan for held in failing] + ([] if odd is None else [odd])
    heard = [held for held in proving if held.yuan < min(doubts)] if doubts else proving
    is_accused = bool(failing) and _has_independent(failing)
    if is_accused or (not heard and (failing or in_doubt)):
        return Standing("suspect", check_ids)
    if not heard:
        return Standing(None, check_ids)
    within = min(held.yuan for held in heard)
    return Standing("proved_multi" if _has_independent(heard) else "proved", check_ids, within)


def _has_independent(identities: Sequence[_Held]) -> bool:
    """Whether two of the identities share no figure but their own."""
    return any(_shared(a, b) == 1 for a, b in combinations(identities, 2))


def _shared(one: _Held, other: _Held) -> int:
    """How many figures two identities of one figure share, itself counted."""
    return len(one.keys & other.keys)
