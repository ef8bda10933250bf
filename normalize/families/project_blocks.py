"""The blocks of a project performance table: which rows and cells make up one project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from yusuan.normalize.amounts import parse_figure, to_yuan
from yusuan.normalize.families.cut_rows import INDICATOR_ROLES, KEY_ROLES
from yusuan.normalize.families.indicator_text import kind_of
from yusuan.normalize.families.owners import BlockFacts, CutCell
from yusuan.normalize.families.parts import Block, Part, column_parts, join_parts
from yusuan.normalize.families.project_rows import UNIT_ROLES, Indicator, Layout
from yusuan.normalize.model import LogicalCell, LogicalTable, Unit
from yusuan.normalize.text import label_key

AMOUNT_ROLES: Final = {
    "total": "project_total",
    "fiscal": "project_fiscal",
    "other": "project_other",
}
_COST: Final = "成本"
_UNITS: Final[dict[str, Unit]] = {"元": "元", "万元": "万元", "亿元": "亿元"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one project, or beside a blank project cell (``block.text`` empty).

    ``named`` is the block of the project cell, which may be merged over several stretches: one
    project of a whole department, printed with an amount and a goal for each of its units.
    """

    block: Block
    named: Block


def project_stretches(table: LogicalTable, layout: Layout) -> list[Stretch]:
    """Project cells put together over page breaks, split where one of them has several totals."""
    stretches: list[Stretch] = []
    for named in _named_blocks(table, layout):
        split = _by_total(table, layout, named)
        stretches.extend(Stretch(block, named) for block in split or [named])
    return stretches


def cells_in(table: LogicalTable, col: int, parts: Sequence[Part]) -> list[LogicalCell]:
    """The filled cells of a column that begin in the rows of the parts, from top to bottom."""
    return [
        cell
        for part in parts
        for row in range(part.first, part.last + 1)
        for cell in table.rows[row]
        if cell.col == col and cell.text
    ]


def _named_blocks(table: LogicalTable, layout: Layout) -> list[Block]:
    """The project cells, put together over page breaks where rules or repeats show it."""
    keys = layout.among(KEY_ROLES)
    parts = column_parts(table, keys[0], layout.witnesses, layout.rows, layout.rests)
    texts = {p.first: _key_text(table, keys, p) for p in parts}
    amounts = layout.among(tuple(AMOUNT_ROLES.values()))

    def agrees(above: Part, below: Part) -> bool:
        """Two closed parts with one text are one project when no amount differs."""
        pairs = [(cells_in(table, c, [above]), cells_in(table, c, [below])) for c in amounts]
        return all(not a or not b or a[0].text == b[0].text for a, b in pairs)

    return join_parts(parts, texts, agrees)


def _key_text(table: LogicalTable, keys: Sequence[int], part: Part) -> str:
    """Code and name of a part; from two columns the code comes first (``code-name``)."""
    texts = ("".join(c.text for c in cells_in(table, key, [part])) for key in keys)
    return "-".join(text for text in texts if text)


def _by_total(table: LogicalTable, layout: Layout, named: Block) -> list[Block]:
    """The blocks of a project cell by its totals; empty when it has at most one.

    A blank total keeps its rows apart (text empty), so that their owner is weighed like that of
    rows beside a blank project cell.
    """
    if not named.text or "project_total" not in layout.columns:
        return []
    blocks = amount_blocks(table, layout, layout.columns["project_total"], [named])
    texts = [b.text for b in blocks if b.text]
    is_repeated = len(set(texts)) == 1 and any(b.first == b.last for b in blocks)
    if len(texts) < 2 or is_repeated:
        return []
    return [Block(b.parts, named.text if b.text else "", b.contested) for b in blocks]


def level_ties(table: LogicalTable, layout: Layout) -> tuple[frozenset[int], tuple[CutCell, ...]]:
    """What the levels of indicators tell of page ends: ties, and cut cells with text on one part.

    The ties are last rows of pages whose level has one cell with the row after them. A level is
    merged over rows of one project only, and always printed: a blank part of its cell at a page's
    edge, unless it fills the page, is the rest of the cell beyond that edge. Columns in which
    blank cells stand elsewhere, too, say nothing.
    """
    ties: set[int] = set()
    cut: list[CutCell] = []
    witnesses = layout.among(("level3", "value"))
    for col in layout.among(("level1", "level2")):
        parts = column_parts(table, col, witnesses, layout.rows, layout.rests)
        heads = {i for i, p in enumerate(parts) if i == 0 or parts[i - 1].page != p.page}
        feet = {i - 1 for i in heads if i} | {len(parts) - 1}
        blanks = {i for i, p in enumerate(parts) if not p.text}
        if blanks - heads - feet:
            continue
        rests: set[int] = set()
        for i in sorted(blanks & heads, reverse=True):
            if i and (i not in feet or i + 1 in rests):
                rests.add(i)
        begins: set[int] = set()
        for i in sorted(blanks & feet):
            if i + 1 < len(parts) and (i not in heads or i - 1 in begins):
                begins.add(i)
        for i in heads - {0}:
            is_open = parts[i - 1].open_bottom and parts[i].open_top
            if i in rests or i - 1 in begins or is_open or parts[i].is_rest:
                ties.add(parts[i - 1].last)
        pairs = [(i - 1, i, False) for i in rests] + [(i + 1, i, True) for i in begins]
        cut += [
            CutCell(_n_rows(parts[text]), _n_rows(parts[blank]), is_before)
            for text, blank, is_before in pairs
            if parts[text].text
        ]
    return frozenset(ties), tuple(cut)


def unit_cuts(table: LogicalTable, layout: Layout) -> tuple[CutCell, ...]:
    """The cut cells of a column with one budget unit over all projects, printed once."""
    cut: list[CutCell] = []
    for col in layout.among(UNIT_ROLES):
        parts = column_parts(table, col, layout.witnesses, layout.rows, layout.rests)
        named = [i for i, part in enumerate(parts) if part.text]
        if len(named) == 1 and not any(p.open_top or p.open_bottom for p in parts):
            text = parts[named[0]]
            cut += [
                CutCell(_n_rows(text), _n_rows(part), i < named[0])
                for i, part in enumerate(parts)
                if i != named[0]
            ]
    return tuple(cut)


def _n_rows(part: Part) -> int:
    return part.last - part.first + 1


def amount_blocks(
    table: LogicalTable, layout: Layout, col: int, blocks: Sequence[Block]
) -> list[Block]:
    """The cells of an amount column beside those blocks, page breaks mended, digits too."""
    rows = layout.rows_within(blocks)
    parts = column_parts(table, col, layout.witnesses, rows, layout.rests)
    texts = {p.first: "".join(c.text for c in cells_in(table, col, [p])) for p in parts}
    return join_parts(parts, texts, lambda above, below: True, is_prose=False)


def stretch_facts(
    table: LogicalTable, layout: Layout, stretch: Stretch, own: Sequence[Indicator]
) -> BlockFacts:
    """What the rows of a stretch say about its owner. ``own``: the indicators in its rows."""
    costs: set[Decimal] = set()
    for indicator in own:
        if _COST in indicator.texts.get("level1", "") + indicator.texts.get("level2", ""):
            cost = _yuan(indicator.texts.get("value", ""), indicator.texts.get("measure_unit", ""))
            if cost:
                costs.add(cost)
    total = None
    if stretch.block.text and "project_total" in layout.columns:
        col = layout.columns["project_total"]
        printed = [b.text for b in amount_blocks(table, layout, col, [stretch.block]) if b.text]
        total = _yuan(printed[0], table.columns[col].unit or table.unit or "") if printed else None
    return BlockFacts(
        frozenset(kind_of(i.texts.get("level1"), i.texts.get("level2")) for i in own),
        frozenset("|".join(label_key(i.texts.get(r, "")) for r in INDICATOR_ROLES) for i in own),
        frozenset(costs),
        total,
        tuple(kind_of(i.texts.get("level1"), i.texts.get("level2")) for i in own),
    )


def _yuan(text: str, unit: str) -> Decimal | None:
    amount = parse_figure(text)
    known = amount.unit or _UNITS.get(label_key(unit))
    return to_yuan(amount, known) if known else None
