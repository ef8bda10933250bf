"""The known titles, headers and labels that come nearest to one that matches nothing.

For a person who reviews a finding, never for mapping: what is only near is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache

from yusuan.normalize.captions import title_key
from yusuan.normalize.columns import HeaderIndex
from yusuan.normalize.model import Finding, LogicalTable
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.schemas.model import Schemas

_FLOOR = 0.55
_SHOWN = 3
_COLUMN_CODES = ("column-unmapped", "column-ambiguous")


@lru_cache(maxsize=1 << 15)
def likeness(one: str, other: str) -> float:
    """How alike two keys are, 0 to 1: the share of characters they have in common, in order."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def nearest(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known keys most like a text, the best first; none that is not alike."""
    asked = (other for other in set(known) if _may_be_near(text, other))
    scored = ((likeness(text, other), other) for other in asked)
    near = sorted((s for s in scored if s[0] >= _FLOOR), key=lambda s: (-s[0], s[1]))
    return tuple(other for _, other in near[:_SHOWN])


def _may_be_near(one: str, other: str) -> bool:
    """Whether the characters that two keys have in common, in any order, are enough."""
    in_common = min(sum(map(other.count, set(one))), sum(map(one.count, set(other))))
    total = len(one) + len(other)
    return total == 0 or 2.0 * in_common / total >= _FLOOR


def nearest_titles(title: str, schemas: Schemas) -> tuple[str, ...]:
    """The known titles most like a printed one, as ``suffix (family)``."""
    families = {rule.suffix: rule.family for rule in schemas.titles}
    return tuple(f"{s} ({families[s]})" for s in nearest(title_key(title), families))


def nearest_headers(path: Sequence[str], index: HeaderIndex) -> tuple[str, ...]:
    """The header paths of a family's rules most like a column's, the lowest cell counting most."""
    if not path:
        return ()
    rules = {rule.path for group in index.by_leaf.values() for rule in group}
    whole = "/".join(path)
    scored = (
        ((2 * likeness(path[-1], rule[-1]) + likeness(whole, "/".join(rule))) / 3, rule)
        for rule in rules
    )
    near = sorted((s for s in scored if s[0] >= _FLOOR), key=lambda s: (-s[0], s[1]))
    return tuple("/".join(rule) for _, rule in near[:_SHOWN])


def nearest_labels(label: str, family: str, schemas: Schemas) -> tuple[str, ...]:
    """The row labels most like one: those of labels.csv, and the names of function classes."""
    rules = {r.label for r in schemas.labels if family in r.families or "*" in r.families}
    codes = schemas.codes.get("functional")
    names = {label_key(name) for seen in (codes.names.values() if codes else ()) for name in seen}
    return nearest(strip_ordinal(label_key(label))[1], rules | names)


def with_candidates(
    finding: Finding, table: LogicalTable, schemas: Schemas, index: HeaderIndex | None
) -> Finding:
    """A finding about something unknown, with the nearest known ones in its note.

    ``index``: the rules of the table's family; None where it has none.
    """
    found: tuple[str, ...] = ()
    if finding.code == "family-unmatched" and table.title:
        found = nearest_titles(table.title, schemas)
    elif finding.code in _COLUMN_CODES and finding.column and index is not None:
        found = nearest_headers(finding.column.split("/"), index)
    elif finding.code == "label-unknown" and finding.before and table.family:
        found = nearest_labels(finding.before, table.family, schemas)
    if not found:
        return finding
    return replace(finding, note=f"{finding.note}; nearest: {', '.join(found)}")
