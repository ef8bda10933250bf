"""How the amount columns of a table break each other down: which column is a part of which.

Published headers nest: 财政拨款 > {小计, 一般公共预算, 政府性基金预算}. A total (合计, 小计) sums
up what stands beside and below it under its heading; 其中 names a part of the column before it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from yusuan.normalize.columns import Attributes
from yusuan.normalize.model import Value

OF_WHICH = "其中"
_SOURCES_OF_ALL = ("total", None)
_CARRIED = "carry_in"  # a heading that names a fund alone leaves open of which period it is
_NATURES = frozenset(
    {"basic", "basic_personnel", "basic_public", "project", "operating", "to_superior",
     "to_affiliate", "reserve"}
)  # fmt: skip


def parent_columns(
    paths: Mapping[int, Sequence[str]], totals: Collection[int]
) -> dict[int, int | None]:
    """The column that each amount column is a part of, None where no column sums it up.

    ``paths``: header paths of the amount columns, from left to right. ``totals``: those that sum
    up what stands under their heading. Of several totals the one of the nearest heading counts;
    of several under one heading the first.
    """
    found: dict[int, int | None] = {}
    for column, path in paths.items():
        part = _of_which(path)
        if part is not None:
            found[column] = _whole_before(column, path[:part], paths)
            continue
        own = tuple(path[:-1])
        best: int | None = None
        for total in totals:
            group = tuple(paths[total][:-1])
            if total == column or own[: len(group)] != group:
                continue
            if column in totals and len(group) >= len(own):
                continue
            if best is None or len(group) > len(paths[best]) - 1:
                best = total
        found[column] = best
    return found


def _of_which(path: Sequence[str]) -> int | None:
    """Position of the segment that says 其中, None where none does."""
    return next((i for i, segment in enumerate(path) if segment.startswith(OF_WHICH)), None)


def _whole_before(
    column: int, group: Sequence[str], paths: Mapping[int, Sequence[str]]
) -> int | None:
    """The nearest column to the left under the same heading that is no part itself."""
    for other in sorted((c for c in paths if c < column), reverse=True):
        path = paths[other]
        if _of_which(path) is None and list(path[: len(group)]) == list(group):
            return other
    return None


def dimension_of(path: Sequence[str], attribute: Attributes, *, is_total: bool) -> str:
    """How a column breaks down another one (``amount_details.dimension``)."""
    if given := attribute.get("dimension"):
        return given
    if _of_which(path) is not None:
        return "of_which"
    if attribute.get("revenue_source") not in _SOURCES_OF_ALL:
        return "fund_source"
    if _CARRIED in (attribute.get("period"), attribute.get("flow")):
        return "fund_source"
    if attribute.get("measure") in _NATURES:
        return "nature"
    return "item" if is_total else "other"


def meaning_values(attribute: Attributes) -> dict[str, Value]:
    """The columns of ``amount_details`` that a header tells."""
    source = attribute.get("revenue_source")
    values: dict[str, Value] = {
        "revenue_source": source,
        "period": _CARRIED if attribute.get("period") == _CARRIED else None,
        "measure": attribute.get("measure"),
    }
    if source not in _SOURCES_OF_ALL and values["measure"] == "total":
        values["measure"] = None
    return values
