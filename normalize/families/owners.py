"""Find the project of indicator rows that stand beside a blank project cell.

Where a page break cuts a merged cell and all rules are closed, the blank part stands under the
block before it although its text may be printed after it (DOMAIN section 4 items 13 and 14).
Evidence is weighed per blank block, and one split is chosen for each run of them: the rows above
it belong to the project before, the rows below to the project after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Final, Literal

from yusuan.normalize.families.parts import Block

OwnerStatus = Literal["printed", "inferred", "ambiguous"]

# Weights order the kinds of evidence; they are no probabilities. An amount that fits one project
# to the yuan outweighs all else; a rule drawn inside a page, or a level's cell that goes on over
# the page end, outweighs what the indicators say.
_AMOUNT: Final = 8
_RULE: Final = 6
_LEVEL: Final = 6
_STYLE: Final = 10
_ORDER: Final = 4
_SAME_ROW: Final = 3
_UNMERGED: Final = 3
_KIND: Final = 2
# With this margin over the other side hard evidence decides: a rule against one contrary hint.
_CLEAR: Final = 6
# Cost indicators say "no more than the budget": the total, or one yuan less.
_BUDGET_SLACK_YUAN: Final = (Decimal(0), Decimal(1))


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """What the rows of a block say.

    ``kinds``: (level 1, level 2) of each row; ``rows``: the whole indicator as one key each;
    ``costs``: amounts of cost indicators, yuan; ``total``: the project's total, yuan, if printed.
    ``order``: the kinds as they follow each other.
    """

    kinds: frozenset[tuple[str, str]] = frozenset()
    rows: frozenset[str] = frozenset()
    costs: frozenset[Decimal] = frozenset()
    total: Decimal | None = None
    order: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CutCell:
    """A blank part of a cut cell of another column, of which it is known where its text stands.

    Rows of the part with the text and of the blank one; whether the blank one is the earlier.
    """

    n_text: int
    n_blank: int
    is_before: bool


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

    ``hard``: the part of ``score`` that a rule or an amount says, not only the sorts of indicators.
    """

    score: int
    hard: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Blank blocks (``first`` to ``end``, end excluded) and the blocks with text around them.

    The blocks before the split ``k`` (0 to the number of blanks) go to ``above``, the others to
    ``below``; None where there is no such project.
    """

    first: int
    end: int
    above: int | None
    below: int | None

    @property
    def splits(self) -> range:
        """All splits that leave no block without a project."""
        n = self.end - self.first
        return range(0 if self.below is not None else n, (n if self.above is not None else 0) + 1)


def assign_owners(
    blocks: Sequence[Block],
    facts: Sequence[BlockFacts],
    ties: Collection[int] = (),
    cut: Sequence[CutCell] = (),
) -> list[Ownership]:
    """Give every block its owner: itself where its cell has text, else a neighbour with text.

    ``ties``: last rows of pages that are in one project with the row after them. ``cut``: cut
    cells of other columns, which tell on which part the program prints a text.
    """
    is_merged = any(b.text and b.is_merged for b in blocks)
    owners = [Ownership(i, "printed") for i in range(len(blocks))]
    runs = _blank_runs(blocks)
    known = (_FIRST, _LARGER) if is_merged else ()
    styles = [style for style in known if _holds(style, runs, blocks, cut)]
    follows = _order_of([fact.order for b, fact in zip(blocks, facts, strict=True) if b.text])
    for run in runs:
        if run.above is None or run.below is None:
            owners[run.first : run.end] = _one_sided(run, blocks)
        else:
            bound = _between(run, run.above, run.below, blocks, ties) if is_merged else {}
            order = _out_of_order(run, run.above, run.below, facts, follows)
            strange = _strange(run, blocks, styles)
            weights = [
                _weigh(i, run.above, run.below, blocks, facts, is_merged)
                for i in range(run.first, run.end)
            ]
            found = _assign_run(run, blocks, weights, bound, order, strange)
            owners[run.first : run.end] = found
    return owners


def _blank_runs(blocks: Sequence[Block]) -> list[_Run]:
    named = [i for i, block in enumerate(blocks) if block.text]
    bounds: list[int | None] = [None, *named, None]
    runs = []
    for above, below in pairwise(bounds):
        first = 0 if above is None else above + 1
        end = len(blocks) if below is None else below
        if first < end:
            runs.append(_Run(first, end, above, below))
    return runs


def _one_sided(run: _Run, blocks: Sequence[Block]) -> list[Ownership]:
    only = run.above if run.below is None else run.below
    numbers = range(run.first, run.end)
    if only is None:
        return [Ownership(None, "ambiguous", "no project is printed in the table") for _ in numbers]
    return [_single_neighbour(i, only, blocks) for i in numbers]


def _assign_run(
    run: _Run,
    blocks: Sequence[Block],
    weights: Sequence[_Weight],
    bound: Mapping[int, tuple[int, str]],
    disordered: Collection[int],
    strange: Collection[int],
) -> list[Ownership]:
    """The best split of a run, and for each of its blocks how clearly it beats the other side.

    ``bound``: what is drawn at a split. ``disordered``, ``strange``: splits that break the order
    in which the table's projects have their indicators, or its way of printing cut cells.
    """
    hard = [_gain([w.hard for w in weights], k) + bound.get(k, (0, ""))[0] for k in run.splits]
    gains = [
        _gain([w.score for w in weights], k) + bound.get(k, (0, ""))[0]
        - _STYLE * (k in strange) - _ORDER * (k in disordered)
        for k in run.splits
    ]  # fmt: skip
    # The rows before the split go to the project above. A tie leaves them where they stand.
    split = max(run.splits, key=lambda k: (gains[k], k))
    owners = []
    for k, weight in enumerate(weights):
        others = range(k + 1, len(gains)) if k >= split else range(k + 1)
        is_clear = all(
            min(gains[split] - gains[o], hard[split] - hard[o]) >= _CLEAR for o in others
        )
        reasons = [*weight.reasons, *dict.fromkeys(why for _, why in bound.values())]
        if any(o in strange for o in others) and split not in strange:
            reasons.append("else its text stood on another part than that of the other cut cells")
        if any(o in disordered for o in others) and split not in disordered:
            reasons.append("else the kinds of indicators came in another order than elsewhere")
        is_known = is_clear and not blocks[run.first + k].contested
        owners.append(
            Ownership(
                run.below if k >= split else run.above,
                "inferred" if is_known else "ambiguous",
                "blank project cell belongs to the project "
                + ("printed after it" if k >= split else "printed before it"),
                tuple(reasons) or ("no evidence but the place",),
            )
        )
    return owners


def _gain(scores: Sequence[int], split: int) -> int:
    return sum(scores[split:]) - sum(scores[:split])


def _between(
    run: _Run, above: int, below: int, blocks: Sequence[Block], ties: Collection[int]
) -> dict[int, tuple[int, str]]:
    """What is drawn between two neighbours says of the split there: gain and reason.

    A rule inside a page ends a project, a level's cell that goes on over the page end does not.
    The weight counts for both sides of the split, as that of a block does.
    """
    found: dict[int, tuple[int, str]] = {}
    for k in run.splits:
        upper, lower = blocks[run.first + k - 1], blocks[run.first + k]
        if run.first + k - 1 > above and run.first + k < below and _same_page(upper, lower):
            found[k] = (2 * _RULE, "a rule inside the page parts two blank project cells")
        elif upper.last in ties:
            found[k] = (-2 * _LEVEL, "the cell of an indicator's level goes on over the page end")
    return found


def _order_of(
    sequences: Sequence[Sequence[tuple[str, str]]],
) -> frozenset[tuple[tuple[str, str], tuple[str, str]]]:
    """The pairs of kinds that follow each other in printed projects.

    Empty if some turn round, or if no two projects agree on a pair: one alone is no custom.
    """
    seen = Counter(
        pair for kinds in sequences for pair in {p for p in combinations(kinds, 2) if p[0] != p[1]}
    )
    is_custom = any(n > 1 for n in seen.values()) and not any((b, a) in seen for a, b in seen)
    return frozenset(seen) if is_custom else frozenset()


def _out_of_order(
    run: _Run,
    above: int,
    below: int,
    facts: Sequence[BlockFacts],
    follows: Collection[tuple[tuple[str, str], tuple[str, str]]],
) -> frozenset[int]:
    """The splits after which a project has two kinds the other way round than the others do."""
    found = set()
    for k in run.splits if follows else ():
        middle = run.first + k
        for first, end in ((above, middle), (middle, below + 1)):
            kinds = [kind for fact in facts[first:end] for kind in fact.order]
            pairs = {(a, b) for a, b in combinations(kinds, 2) if a != b}
            if any((b, a) in follows or (b, a) in pairs for a, b in pairs):
                found.add(k)
    return frozenset(found) if len(found) < len(run.splits) else frozenset()


# --- where programs print the text of a cell that a page cuts -------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """Which part of a cut cell has its text: ``may_be_before`` may a blank one be the earlier."""

    may_be_before: bool
    is_larger: bool

    def fits(self, n_text: int, n_blank: int, *, is_before: bool) -> bool:
        """Whether a part of so many rows has the text, and another one has none."""
        if is_before:
            return self.may_be_before and n_text > n_blank
        return n_text >= n_blank or not self.is_larger

    def splits(self, run: _Run, split: int, blocks: Sequence[Block]) -> bool:
        """Whether it prints the text of both projects where it stands, split like that."""
        sides = ((run.above, 0, split, False), (run.below, split, run.end - run.first, True))
        return all(
            owner is not None
            and self.fits(_n_rows(blocks[owner]), _n_rows(blocks[run.first + k]), is_before=before)
            for owner, start, end, before in sides
            for k in range(start, end)
        )


# On the first part, or on the one with the most rows (the first of several such).
_FIRST: Final = _Style(may_be_before=False, is_larger=False)
_LARGER: Final = _Style(may_be_before=True, is_larger=True)


def _holds(
    style: _Style, runs: Sequence[_Run], blocks: Sequence[Block], cut: Sequence[CutCell]
) -> bool:
    """Whether a program of this style can have printed the table: each run has a split for it."""
    if not all(style.fits(c.n_text, c.n_blank, is_before=c.is_before) for c in cut):
        return False
    drawn = ((run, _drawn_splits(run, blocks)) for run in runs)
    return all(not ks or any(style.splits(run, k, blocks) for k in ks) for run, ks in drawn)


def _strange(run: _Run, blocks: Sequence[Block], styles: Sequence[_Style]) -> frozenset[int]:
    """The splits that no style of the table would print so, if there are others."""
    found = {k for k in run.splits if not any(style.splits(run, k, blocks) for style in styles)}
    return frozenset(found) if styles and len(found) < len(run.splits) else frozenset()


def _drawn_splits(run: _Run, blocks: Sequence[Block]) -> list[int]:
    """The splits that leave no rule inside a page between two blocks of one project."""
    start = run.first + (run.above is None)
    stop = run.end + (run.below is not None)
    apart = {i for i in range(start, stop) if _same_page(blocks[i - 1], blocks[i])}
    return [k for k in run.splits if apart <= {run.first + k}]


def _n_rows(block: Block) -> int:
    return max(part.last - part.first + 1 for part in block.parts)


def _single_neighbour(i: int, only: int, blocks: Sequence[Block]) -> Ownership:
    """A run at the table's start or end has one project that it can belong to."""
    reason = "no other project on this side of it"
    status: OwnerStatus = "ambiguous" if blocks[i].contested else "inferred"
    return Ownership(only, status, "blank project cell belongs to its only neighbour", (reason,))


def _weigh(
    i: int,
    above: int,
    below: int,
    blocks: Sequence[Block],
    facts: Sequence[BlockFacts],
    is_merged: bool,
) -> _Weight:
    """Weigh the evidence for one blank block between two projects."""
    hard = score = 0
    reasons: list[str] = []
    cut_above = i == above + 1 and _same_page(blocks[above], blocks[i])
    cut_below = i == below - 1 and _same_page(blocks[i], blocks[below])
    if not is_merged:
        hard -= _UNMERGED
        reasons.append("the table merges no cells: a blank repeats the one above")
    elif cut_above != cut_below:
        hard += _RULE if cut_above else -_RULE
        place = "foot of the page" if cut_above else "head of the page"
        neighbour = "before" if cut_above else "after"
        reasons.append(f"{place}: a rule parts it from the cell {neighbour} it on the same page")
    own, before, after = facts[i], facts[above], facts[below]
    fits_before, fits_after = _fits_total(own, before), _fits_total(own, after)
    if fits_before != fits_after:
        hard += _AMOUNT if fits_after else -_AMOUNT
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
    return _Weight(hard + score, hard, tuple(reasons))


def _same_page(first: Block, second: Block) -> bool:
    return first.parts[-1].page == second.parts[0].page


def _fits_total(own: BlockFacts, project: BlockFacts) -> str | None:
    """How a cost of the block is the project's total, or one yuan less; None when it is not."""
    for cost in sorted(own.costs):
        if project.total is not None and project.total - cost in _BUDGET_SLACK_YUAN:
            less = " less one yuan" if project.total != cost else ""
            return f"{cost} yuan is the total{less}"
    return None
