"""Columns that add up in themselves and contradict other tables: what their own sums can't see.

A column read in another unit, or in another's place, keeps all sums within its table. So where a
table contradicts another one and both add up, the sums of a table say nothing of the matter: other
tables decide, and what they do not bear out is not proved.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yusuan.prove.claims import Outcome
from yusuan.prove.figures import Figure
from yusuan.prove.units import unit_factor
from yusuan.schemas.model import Identity

Column = tuple[str, str]
"""Table and column; the column ``""`` stands for all of the table."""
_Edge = tuple[Column, Column]


def doubted_columns(
    outcomes: Sequence[Outcome], identities: Mapping[str, Identity]
) -> frozenset[Column]:
    """The columns that other tables contradict more than they bear out.

    Of two that contradict each other the one that fewer other tables agree with; both, where that
    is the same. One wrong figure is no such case: it breaks the sums of its own table.
    """
    firm = [o for o in outcomes if identities[o.claim.identity].is_hard]
    failed = [o for o in firm if o.status == "failed" and len(_columns(o)) > 1]
    if not failed:
        return frozenset()
    in_table = {f.key for o in firm if len(tables_of(o)) == 1 for f in o.proved()}
    in_column = {f.key for o in firm if len(_columns(o)) == 1 for f in o.proved()}
    conflicts = [
        o for o in failed if _is_conflict(o, in_table if len(tables_of(o)) > 1 else in_column)
    ]
    score = _scores([o for o in firm if len(_columns(o)) > 1 and o.proved()], conflicts)
    doubted: set[Column] = set()
    for outcome in conflicts:
        is_unit = unit_factor(outcome) is not None
        for one, other in _pairs(outcome):
            if is_unit and one[0] != other[0]:
                one, other = (one[0], ""), (other[0], "")
            if one[0] and score.rank(one) <= score.rank(other) and score.is_against(one, other):
                doubted.add(one)
    whole = {o.claim.left[0].table_id for o in failed if o.claim.relation == "<="}
    return frozenset(doubted | {(table, "") for table in whole})


@dataclass(frozen=True, slots=True)
class _Scores:
    """How often other tables bear out a column or contradict it, by column and by table."""

    held: Counter[_Edge]
    contradicted: Counter[_Edge]
    scores: Mapping[Column, int]

    def is_against(self, one: Column, other: Column) -> bool:
        """Whether the other (its table) contradicts a column more often than it bears it out."""
        edge = _edge(one, other)
        return self.contradicted[edge] > self.held[edge]

    def rank(self, column: Column) -> tuple[int, int]:
        """Tables that bear it out less those that contradict it; then the same of its table."""
        return self.scores.get(column, 0), self.scores.get((column[0], ""), 0)


def _scores(held: Sequence[Outcome], conflicts: Sequence[Outcome]) -> _Scores:
    counts = Counter[_Edge](), Counter[_Edge]()
    for count, found in zip(counts, (held, conflicts), strict=True):
        for outcome in found:
            edges = {_edge(one, other) for one, other in _pairs(outcome)}
            tables = {((one[0], ""), other) for one, other in edges if one[0] != other[0]}
            count.update(edges | tables)
    scores: defaultdict[Column, int] = defaultdict(int)
    for edge in counts[0].keys() | counts[1].keys():
        is_against = counts[1][edge] > counts[0][edge]
        # A column next to it that adds up with it is no other witness.
        scores[edge[0]] += -1 if is_against else edge[0][0] != edge[1][0]
    return _Scores(*counts, scores)


def _edge(one: Column, other: Column) -> _Edge:
    """A column and what it is set against: another column of its table, or another table."""
    return one, other if one[0] == other[0] else (other[0], "")


def _is_conflict(outcome: Outcome, added: Container[str]) -> bool:
    """Whether columns contradict each other, and all amounts in it add up in their own table.

    Within a table: in their own columns.

    An amount of the prose adds up to nothing; it counts where it differs by the factor of a unit.
    """
    if outcome.claim.relation != "=" or not (outcome.claim.left and outcome.claim.right):
        return False
    if any(not figure.table_id for figure in outcome.printed()):
        return unit_factor(outcome) is not None
    return all(figure.key in added for figure in outcome.printed() if figure.value)


def is_doubted(figure: Figure, doubted: frozenset[Column]) -> bool:
    """Whether a figure stands in such a column."""
    return (figure.table_id, figure.column) in doubted or (figure.table_id, "") in doubted


def tables_of(outcome: Outcome) -> frozenset[str]:
    """The tables whose printed figures take part; the prose is one."""
    return frozenset([figure.table_id for figure in outcome.printed()])


def _pairs(outcome: Outcome) -> Iterator[tuple[Column, Column]]:
    """The columns that an identity sets against each other, both ways; those of tables, if several.

    Where it holds, the columns on its two sides: of two that are added up neither bears out the
    other. Where it fails, any two.
    """
    columns = _columns(outcome)
    left = _columns_of(outcome.claim.left)
    is_cross = len({table for table, _ in columns}) > 1
    return (
        (one, other)
        for one in columns
        for other in columns
        if one != other
        and (one[0] != other[0]) == is_cross
        and (outcome.status == "failed" or (one in left) != (other in left))
    )


def _columns(outcome: Outcome) -> set[Column]:
    return _columns_of((*outcome.claim.left, *outcome.claim.right))


def _columns_of(side: Iterable[Figure]) -> set[Column]:
    return {(figure.table_id, figure.column) for figure in side}
