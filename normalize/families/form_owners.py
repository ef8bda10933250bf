"""To which activity (活动) the rows of a department's list belong, where one cell stands for many.

The cell is cut by page ends like a project's: its parts are put together where no rule parts them,
and the rows beside a blank closed part are weighed like those of a project (``owners``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.indicator_text import kind_of, split_levels
from yusuan.normalize.families.owners import BlockFacts, Ownership, OwnerStatus, assign_owners
from yusuan.normalize.families.parts import Block, column_parts, join_parts
from yusuan.normalize.model import LogicalCell, LogicalTable


@dataclass(frozen=True, slots=True)
class Owned:
    """A stretch of rows with the activity that they belong to; None where none is printed."""

    rows: range
    name: str | None
    before: str | None
    ownership: Ownership

    @property
    def status(self) -> OwnerStatus:
        """How the activity is known."""
        return self.ownership.status


def activity_owners(
    table: LogicalTable,
    col: int,
    witnesses: Collection[int],
    rows: Sequence[int],
    rests: Collection[int],
    indicators: Mapping[int, Mapping[str, str]],
    words: tuple[Sequence[str], Sequence[str]],
) -> list[Owned]:
    """The stretches of a list by activity; none where the list merges no activity over rows.

    ``rests``: rows that are the rest of the one above. ``indicators``: texts by role of the rows
    with an indicator. ``words``: names of first and second level indicators.
    """
    parts = column_parts(table, col, witnesses, rows, rests)
    texts = {p.first: p.text for p in parts}
    blocks = join_parts(parts, texts, lambda above, below: False)
    if not any(block.text and block.is_merged for block in blocks):
        return []
    facts = [_facts(block, indicators, words) for block in blocks]
    owned: list[Owned] = []
    above: str | None = None
    for block, ownership in zip(blocks, assign_owners(blocks, facts), strict=True):
        name = None if ownership.owner is None else blocks[ownership.owner].text
        owned.append(Owned(block.rows, name, above, ownership))
        above = block.text or above
    return owned


def _facts(
    block: Block,
    indicators: Mapping[int, Mapping[str, str]],
    words: tuple[Sequence[str], Sequence[str]],
) -> BlockFacts:
    """The kinds of the indicators beside a block, and the indicators themselves."""
    own = [indicators[row] for row in block.rows if row in indicators]
    kinds = []
    for texts in own:
        level1, level2 = texts.get("level1"), texts.get("level2")
        if "indicator" in texts:
            level1, level2, _ = split_levels(texts["indicator"], *words)
        kinds.append(kind_of(level1, level2))
    whole = ("|".join(f"{k}={v}" for k, v in texts.items() if k != "activity") for texts in own)
    return BlockFacts(frozenset(kinds), frozenset(whole))


def tell_owners(draft: Draft, owned: Sequence[Owned], places: Mapping[int, LogicalCell]) -> None:
    """A finding for each stretch whose activity is not printed in it. ``places``: cells by row."""
    for stretch in owned:
        rows = [row for row in stretch.rows if row in places]
        if stretch.status == "printed" or not rows:
            continue
        is_inferred = stretch.status == "inferred"
        draft.tell(
            "owner-inferred" if is_inferred else "owner-ambiguous",
            f"{len(rows)} indicator row(s) stand beside a blank activity cell",
            places[rows[0]].origins[0],
            before=stretch.before,
            after=stretch.name,
            rule=stretch.ownership.rule.replace("project", "activity"),
            evidence="; ".join(stretch.ownership.evidence).replace("project", "activity"),
        )
