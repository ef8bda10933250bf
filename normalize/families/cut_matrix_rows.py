"""Rows of matrix tables that the end of a page cut in two: the rest of a name, of an amount.

Word processors break a narrow cell's text over lines, and its row over pages: 22,504,84 above,
1.16 below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.columns import CLASSIFICATIONS
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.labels import RowLabels
from yusuan.normalize.model import LogicalCell


def cut_amounts(
    above: Mapping[int, LogicalCell], cells: Mapping[int, LogicalCell], measures: Sequence[int]
) -> dict[int, LogicalCell]:
    """The amounts of the row above with the rests that a page's first row prints of them.

    Empty unless every amount of the row is such a rest: what stands above it is no finished number
    with its decimals, both together are one, and one half at least is none by itself.
    """
    joined: dict[int, LogicalCell] = {}
    is_half = False
    for col in measures:
        rest = cells.get(col)
        if rest is None or not rest.text:
            continue
        held = above.get(col)
        if held is None or not held.text or (looks_like_amount(held.text) and "." in held.text):
            return {}
        whole = held.text + rest.text
        if not looks_like_amount(whole):
            return {}
        is_half = is_half or not looks_like_amount(held.text) or not rest.text[0].isdecimal()
        joined[col] = held._replace(text=whole, origins=(*held.origins, *rest.origins))
    return joined if is_half else {}


def is_rest_of_row(
    above: RowLabels,
    labels: RowLabels,
    cells: Mapping[int, LogicalCell],
    measures: Sequence[int],
) -> bool:
    """Whether a page's first row is the rest of the row that the page before cut in two.

    Word processors break a row inside a wrapped name: its rest has a name, no code, no amount,
    under a row that has its code.
    """
    has_amount = any(cells[c].text for c in measures if c in cells)
    names = [kind for kind in CLASSIFICATIONS if labels.names.get(kind)]
    return (
        not has_amount
        and not labels.is_total
        and not any(labels.codes.values())
        and len(names) > 0
        and all(above.codes.get(kind) and above.names.get(kind) for kind in names)
    )


def join_names(
    draft: Draft,
    above: RowLabels,
    labels: RowLabels,
    cells: Mapping[int, LogicalCell],
    lane: Sequence[int],
) -> RowLabels:
    """The labels of the row above with the rest of its names, and a finding that tells so."""
    names = {k: (above.names.get(k) or "") + (labels.names.get(k) or "") for k in CLASSIFICATIONS}
    cell = next(cells[c] for c in lane if c in cells and cells[c].text)
    draft.note(
        "row-joined", f"the row above ends here: {' '.join(filter(None, names.values()))}", cell
    )
    return above._replace(names={k: v or None for k, v in names.items()})
