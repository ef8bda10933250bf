"""Read a drawn sheet with the whole line and hold it against the truth."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.schemas.loader import load

from .sheet import Partly, Ref, Sheet

OWNED = ("project_indicators", "department_indicators")
OWNERS = ("project_code", "activity")


@lru_cache(maxsize=1)
def _index() -> Index:
    return prepare(load())


def read(pdf: bytes) -> Normalized:
    return normalize(read_document(open_source(pdf, "torture.pdf")), _index())


def differences(
    sheet: Sheet,
    result: Normalized,
    shown: Mapping[tuple[int, int], str],
    *,
    has_overflow: bool = False,
) -> list[str]:
    """What was lost, invented, or read wrong; empty when the truth came out.

    An indicator may have the wrong owner only where the reading says that it is ambiguous. Under
    an amount that overflows (``has_overflow``) a blank neighbour is not told apart.
    """
    families = [t.values["family"] for t in result.tables]
    if families != [sheet.family]:
        titles = [t.values["title_text"] for t in result.tables]
        return [f"families {families} of {titles}, not {[sheet.family]}"]
    problems = []
    codes = {
        r.values["project_id"]: r.values["project_code"]
        for r in result.records
        if r.table == "projects"
    }
    printed = {(e.row, e.col): e.text for e in sheet.entries} | dict(shown)
    for table in {f.table for f in sheet.facts} | {r.table for r in result.records}:
        truth = [
            {k: _settle(v, printed) for k, v in f.values.items()}
            for f in sheet.facts
            if f.table == table
        ]
        keys = list(dict.fromkeys(k for t in truth for k in t))
        found = [_shown_values(r.values, codes) for r in result.records if r.table == table]
        if has_overflow:
            truth = [t for t in truth if t["amount_text"] is not None]
            found = [f for f in found if f["amount_text"] is not None]
        problems += _compare(table, truth, found, keys)
    return problems


def _settle(value: Any, printed: Mapping[tuple[int, int], str]) -> Any:
    return printed[value.row, value.col] if isinstance(value, Ref) else value


def _shown_values(values: Mapping[str, Any], codes: Mapping[Any, Any]) -> dict[str, Any]:
    if "project_id" not in values or "owner_status" not in values:
        return dict(values)
    return {**values, "project_code": codes.get(values["project_id"])}


def _compare(
    table: str, truth: list[dict[str, Any]], found: list[dict[str, Any]], keys: list[str]
) -> list[str]:
    if table in OWNED:
        return _compare_indicators(table, truth, found, keys)
    lost = Counter(_row(t, keys) for t in truth)
    lost.subtract(Counter(_row(f, keys) for f in found))
    return [
        f"{table}: {'lost' if n > 0 else 'invented'} {abs(n)} x {dict(zip(keys, row, strict=True))}"
        for row, n in sorted(lost.items(), key=str)
        if n
    ]


def _row(values: Mapping[str, Any], keys: list[str]) -> tuple[Any, ...]:
    return tuple(values.get(key) for key in keys)


def _compare_indicators(
    table: str, truth: list[dict[str, Any]], found: list[dict[str, Any]], keys: list[str]
) -> list[str]:
    """Rows in printed order; the owner must be right or said to be ambiguous."""
    problems = []
    if len(truth) != len(found):
        problems.append(f"{table}: {len(found)} rows, not {len(truth)}")
    for number, (true, row) in enumerate(zip(truth, found, strict=False)):
        wrong = {k: (row.get(k), true.get(k)) for k in keys if row.get(k) != true.get(k)}
        for key in [k for k in wrong if isinstance(true[k], Partly) and row.get(k) is None]:
            wrong.pop(key)
        if row["owner_status"] == "ambiguous":
            for owner in OWNERS:
                wrong.pop(owner, None)
        if wrong:
            problems.append(f"{table} row {number} ({row['owner_status']}): read, true {wrong}")
    return problems
