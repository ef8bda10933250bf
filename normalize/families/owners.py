"""Find the project of indicator rows that stand beside a blank project cell.

Where a page break cuts a merged cell and all rules are closed, the blank part stands under the
block before it although its text may be printed after it (DOMAIN section 4 items 13 and 14).
Evidence is weighed per blank block, and one split is chosen for each run of them: the rows above
it belong to the project before, the rows below to the project after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from yusuan.normalize.families.parts import Block

OwnerStatus = Literal["printed", "inferred", "ambiguous"]

# Weights order the kinds of evidence; they are no probabilities. An amount that fits one project
# to the yuan outweighs all else; a rule drawn inside a page outweighs what the indicators say.
_AMOUNT: Final = 8
_RULE: Final = 4
_SAME_ROW: Final = 3
_UNMERGED: Final = 3
_KIND: Final = 2
# Cost indicators say "no more than the budget": the total, or one yuan less.
_BUDGET_SLACK_YUAN: Final = (Decimal(0), Decimal(1))


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """What the rows of a block say.

    ``kinds``: (level 1, level 2) of each row; ``rows``: the whole indicator as one key each;
    ``costs``: amounts of cost indicators, yuan; ``total``: the project's total, yuan, if printed.
    """

    kinds: frozenset[tuple[str, str]] = frozenset()
    rows: frozenset[str] = frozenset()
    costs: frozenset[Decimal] = frozenset()
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """The block whose project owns this one (an index; None: no project known), and why."""

    owner: int | None
    status: OwnerStatus
    rule: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Weight:
    """How a blank block leans: positive to the project below, negative to the one above.

    ``is_hard``: a rule or an amount says so, not only the sorts of indicators.
    """

    score: int
    is_hard: bool
    reasons: tuple[str, ...]


def assign_owners(blocks: Sequence[Block], facts: Sequence[BlockFacts]) -> list[Ownership]:
    """Give every block its owner: itself where its cell has text, else a neighbour with text."""
    is_merged = any(b.text and b.is_merged for b in blocks)
    owners = [Ownership(i, "printed") for i in range(len(blocks))]
    named = [i for i, block in enumerate(blocks) if block.text]
    position = 0
    while position < len(blocks):
        if blocks[position].text:
            position += 1
            continue
        end = next((i for i in named if i > position), len(blocks))
        above = max((i for i in named if i < position), default=None)
        below = end if end < len(blocks) else None
        run = range(position, end)
        owners[position:end] = _assign_run(run, above, below, blocks, facts, is_merged)
        position = end
    return owners


def _assign_run(
    run: range,
    above: int | None,
    below: int | None,
    blocks: Sequence[Block],
    facts: Sequence[BlockFacts],
    is_merged: bool,
) -> list[Ownership]:
    if above is None or below is None:
        only = above if below is None else below
        if only is None:
            return [Ownership(None, "ambiguous", "no project is printed in the table") for _ in run]
        return [_single_neighbour(i, only, blocks) for i in run]
    weights = [_weigh(i, above, below, run, blocks, facts, is_merged) for i in run]
    # The rows before the split go to the project above. A tie leaves them where they stand.
    gains = [
        sum(w.score for w in weights[k:]) - sum(w.score for w in weights[:k])
        for k in range(len(weights) + 1)
    ]
    split = max(range(len(gains)), key=lambda k: (gains[k], k))
    owners = []
    for k, (i, weight) in enumerate(zip(run, weights, strict=True)):
        lean = weight.score if k >= split else -weight.score
        is_clear = weight.is_hard and lean >= _UNMERGED and not blocks[i].contested
        owners.append(
            Ownership(
                below if k >= split else above,
                "inferred" if is_clear else "ambiguous",
                "blank project cell belongs to the project "
                + ("printed after it" if k >= split else "printed before it"),
                weight.reasons or ("no evidence but the place",),
            )
        )
    return owners


def _single_neighbour(i: int, only: int, blocks: Sequence[Block]) -> Ownership:
    """A run at the table's start or end has one project that it can belong to."""
    reason = "no other project on this side of it"
    status: OwnerStatus = "ambiguous" if blocks[i].contested else "inferred"
    return Ownership(only, status, "blank project cell belongs to its only neighbour", (reason,))


def _weigh(
    i: int,
    above: int,
    below: int,
    run: range,
    blocks: Sequence[Block],
    facts: Sequence[BlockFacts],
    is_merged: bool,
) -> _Weight:
    """Weigh the evidence for one blank block between two projects."""
    score = 0
    is_hard = False
    reasons: list[str] = []
    cut_above = i == run[0] and _same_page(blocks[above], blocks[i])
    cut_below = i == run[-1] and _same_page(blocks[i], blocks[below])
    if not is_merged:
        score, is_hard = score - _UNMERGED, True
        reasons.append("the table merges no cells: a blank repeats the one above")
    elif cut_above != cut_below:
        side = _RULE if cut_above else -_RULE
        score, is_hard = score + side, True
        place = "foot of the page" if cut_above else "head of the page"
        neighbour = "before" if cut_above else "after"
        reasons.append(f"{place}: a rule parts it from the cell {neighbour} it on the same page")
    own, before, after = facts[i], facts[above], facts[below]
    fits_before, fits_after = _fits_total(own, before), _fits_total(own, after)
    if fits_before != fits_after:
        score, is_hard = score + (_AMOUNT if fits_after else -_AMOUNT), True
        which = "after" if fits_after else "before"
        reasons.append(f"cost indicator: {fits_after or fits_before} of the project {which} it")
    if bool(own.rows & before.rows) != bool(own.rows & after.rows):
        is_above = bool(own.rows & before.rows)
        score += _SAME_ROW if is_above else -_SAME_ROW
        reasons.append(f"the project {'before' if is_above else 'after'} it has the same row")
    lean = sum((k in before.kinds) - (k in after.kinds) for k in own.kinds)
    if lean:
        score += _KIND if lean > 0 else -_KIND
        reasons.append(
            f"the project {'after' if lean > 0 else 'before'} it lacks this kind of indicator, "
            f"the other one has it"
        )
    return _Weight(score, is_hard, tuple(reasons))


def _same_page(first: Block, second: Block) -> bool:
    return first.parts[-1].page == second.parts[0].page


def _fits_total(own: BlockFacts, project: BlockFacts) -> str | None:
    """How a cost of the block is the project's total, or one yuan less; None when it is not."""
    for cost in sorted(own.costs):
        if project.total is not None and project.total - cost in _BUDGET_SLACK_YUAN:
            less = " less one yuan" if project.total != cost else ""
            return f"{cost} yuan is the total{less}"
    return None
