"""Projects that a book lists twice: all of them in one table, the larger ones again in another.

Summing both tables would count these twice, so the second row names the first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from yusuan.normalize.model import Finding, Record, Value
from yusuan.normalize.text import label_key

_PROJECTS = "projects"
# A list of all units' larger projects tells the unit behind the name: 购置经费（某研究院）.
_WITH_UNIT = re.compile(r"(?P<name>.+)（(?P<unit>[^（）]+)）")
_Key = tuple[str, Decimal]
_Values = Mapping[str, Value]


def mark_repeated(records: Sequence[Record]) -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    """The records with ``repeated_project_id`` where an earlier table has the same project.

    The same: equal name and total (not zero), and no code or unit that tells them apart. Within
    one table equal rows are projects of different units, so they stay.
    """
    listed: defaultdict[_Key, list[_Values]] = defaultdict(list)
    marked: dict[int, str] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    for position, record in enumerate(records):
        if record.table != _PROJECTS:
            continue
        own, total = record.values, record.values.get("total_yuan")
        if not isinstance(total, Decimal) or not total:
            continue
        key = (label_key(str(own.get("project_name") or "")), total)
        before = _take(listed, key, own)
        if before is not None:
            marked[position] = str(before["project_id"])
            pairs[(str(own["table_id"]), str(before["table_id"]))] += 1
        elif key[0]:
            listed[key].append(own)
    if not marked:
        return tuple(records), ()
    told = tuple(
        r._replace(values={**r.values, "repeated_project_id": marked[i]}) if i in marked else r
        for i, r in enumerate(records)
    )
    return told, tuple(_finding(pair, count) for pair, count in pairs.items())


def _take(listed: Mapping[_Key, list[_Values]], key: _Key, own: _Values) -> _Values | None:
    """The project of an earlier table that this one repeats; each stands for one repetition."""
    found = _WITH_UNIT.fullmatch(key[0])
    ways: list[tuple[_Key, str | None]] = [(key, None)]
    if found is not None:
        ways.append(((found["name"], key[1]), found["unit"]))
    for name, unit in ways:
        earlier = listed.get(name, [])
        for at, other in enumerate(earlier):
            if other["table_id"] != own["table_id"] and _may_be(other, own, unit):
                return earlier.pop(at)
    return None


def _may_be(one: _Values, other: _Values, unit: str | None) -> bool:
    """Whether no code and no unit printed for both says that they are two projects.

    ``unit``: the one that the other's name tells; the first must print the same.
    """
    if unit is not None:
        return label_key(str(one.get("budget_unit_name") or "")) == unit
    names = ("project_code", "budget_unit_code", "budget_unit_name")
    return all(
        not one.get(name) or not other.get(name) or one[name] == other[name] for name in names
    )


def _finding(pair: tuple[str, str], count: int) -> Finding:
    table, before = pair
    return Finding(
        code="projects-repeated",
        note=f"{count} project(s) stand in table {before} too, with the same total",
        table_id=table,
        rule="equal name and total in two tables, no unit or code that tells them apart",
    )
