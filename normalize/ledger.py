"""The ledger: every non-blank cell of a recognised table is accounted for; the sum is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yusuan.normalize.model import CellKey, CellUse, Finding


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of each non-blank cell of one recognised table."""

    uses: Mapping[CellKey, tuple[CellUse, str]]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]


def close_ledger(
    table_id: str,
    cells: Iterable[CellKey],
    claimed: Sequence[Mapping[CellKey, tuple[CellUse, str]]],
    texts: Mapping[CellKey, str],
) -> Ledger:
    """Enter the cells that nothing claimed as findings; the counts then add up to all cells.

    ``claimed``: what the steps used cells for; the first one that speaks of a cell counts.
    """
    complete: dict[CellKey, tuple[CellUse, str]] = {}
    findings: list[Finding] = []
    pairs: dict[tuple[CellUse, str], tuple[CellUse, str]] = {}  # a few, one object for each
    filled = [key for key in cells if texts.get(key)]
    for key in filled:
        use = None
        for uses in claimed:
            if (use := uses.get(key)) is not None:
                break
        if use is not None:
            complete[key] = pairs.setdefault(use, use)
            continue
        complete[key] = ("finding", "cell-unaccounted")
        findings.append(
            Finding(
                code="cell-unaccounted",
                note=f"page {key[0]} table {key[1]} r{key[2]} c{key[3]}: no rule used this cell",
                table_id=table_id,
                page=key[0],
                before=texts[key],
            )
        )
    counts: Counter[str] = Counter(use for use, _ in complete.values())
    assert sum(counts.values()) == len(filled), "ledger does not add up"
    return Ledger(complete, tuple(findings), counts)
