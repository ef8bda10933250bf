"""What changed between two datasets: two versions of a disclosure, or two runs over the same one.

Documents are the same where their bytes are; else where publisher, year, kind and scope are, for a
disclosure that is published again is another file. Figures are the same where all that describes
them is (names, codes, measure, unit of the budget), whatever page and row they stand on; where a
description occurs several times, the order of print tells them apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from yusuan.schemas.model import Schemas, TableSchema

Row = Mapping[str, Any]
Change = Literal["changed", "added", "removed"]

# Where a value stands, how it was printed, and what proof says: no part of what a figure is.
_NOT_KEY = frozenset(
    {
        "doc_id", "table_id", "row_id", "project_id", "page_no", "cell_id", "proof", "check_ids",
        "value_status", "published_unit", "published_decimals", "char_span", "line_no", "seq",
        "is_leaf", "owner_status", "text_clipped", "row_type", "func_level", "dept_econ_level",
        "goal_text", "other_text", "value_text", "value_num", "level3", "measure_unit", "nature",
        "label_text",
    }
)  # fmt: skip
# The values that are compared where a table holds no money.
_TEXT_VALUES = {
    "project_indicators": ("level3", "nature", "value_text", "measure_unit"),
    "department_indicators": ("level3", "nature", "value_text", "measure_unit"),
}
_FACTS = (
    "summary", "revenue", "expenditure", "basic_expenditure", "three_public", "procurement",
    "purchased_services", "projects", "project_indicators", "department_goals",
    "department_indicators",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not the same. ``old`` and ``new`` are None where it is not there."""

    change: Change
    document: str
    table: str
    figure: str
    column: str
    old: str | None
    new: str | None
    old_place: str | None
    new_place: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences, and how the documents were paired."""

    differences: tuple[Difference, ...]
    n_same_bytes: int
    n_same_disclosure: int
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


def compare(old: Path, new: Path, schemas: Schemas) -> Comparison:
    """Compare two datasets, document by document."""
    before, after = _documents(old), _documents(new)
    pairs = [(doc_id, doc_id) for doc_id in before if doc_id in after]
    n_same = len(pairs)
    left = {doc_id: row for doc_id, row in before.items() if doc_id not in after}
    right = {doc_id: row for doc_id, row in after.items() if doc_id not in before}
    pairs += _same_disclosure(left, right)
    paired_old, paired_new = {a for a, _ in pairs}, {b for _, b in pairs}
    differences: list[Difference] = []
    for table in (schemas.tables[name] for name in _FACTS):
        rows = _by_document(old, table), _by_document(new, table)
        for a, b in pairs:
            name = _name(after[b])
            differences += _table_differences(name, table, rows[0].get(a, []), rows[1].get(b, []))
    return Comparison(
        tuple(differences),
        n_same,
        len(pairs) - n_same,
        tuple(_name(row) for doc_id, row in before.items() if doc_id not in paired_old),
        tuple(_name(row) for doc_id, row in after.items() if doc_id not in paired_new),
    )


def _documents(root: Path) -> dict[str, Row]:
    columns = ["doc_id", "file_name", "publisher", "fiscal_year", "doc_kind", "doc_scope"]
    rows = ds.dataset(root / "documents").to_table(columns=columns).to_pylist()
    return {row["doc_id"]: row for row in rows}


def _name(row: Row) -> str:
    parts = (row["publisher"] or row["file_name"], row["fiscal_year"], row["doc_kind"])
    return " ".join(str(part) for part in parts if part)


def _same_disclosure(left: Mapping[str, Row], right: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Documents that are versions of one disclosure; none where either side has several."""

    def by_disclosure(rows: Mapping[str, Row]) -> dict[tuple[Any, ...], list[str]]:
        found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for doc_id, row in rows.items():
            if row["publisher"] and row["fiscal_year"]:
                key = (row["publisher"], row["fiscal_year"], row["doc_kind"], row["doc_scope"])
                found[key].append(doc_id)
        return found

    before, after = by_disclosure(left), by_disclosure(right)
    return [
        (ids[0], after[key][0])
        for key, ids in before.items()
        if len(ids) == 1 and len(after.get(key, ())) == 1
    ]


def _by_document(root: Path, table: TableSchema) -> dict[str, list[Row]]:
    """The rows of each document, in printed order; with the family of their published table."""
    rows = ds.dataset(root / table.name).to_table()
    tables = ds.dataset(root / "tables").to_table(columns=["table_id", "family"])
    at = pc.index_in(rows["table_id"], tables["table_id"])
    families = tables["family"].combine_chunks().take(at.combine_chunks())
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows.append_column("family", pa.chunked_array([families])).to_pylist():
        found[row["doc_id"]].append(row)
    return found


def _table_differences(
    document: str, table: TableSchema, old: Iterable[Row], new: Iterable[Row]
) -> Iterator[Difference]:
    values = _TEXT_VALUES.get(table.name) or tuple(
        column.name for column in table.columns if column.name.endswith("_yuan")
    )
    before, after = _keyed(table, values, old), _keyed(table, values, new)
    for key in dict.fromkeys((*before, *after)):
        a, b = before.get(key), after.get(key)
        told = " ".join(str(part) for part in key[:-1] if part is not None)
        change: Change = "changed" if a and b else "removed" if a else "added"
        for column in values:
            was, now = _text(a, column), _text(b, column)
            if was != now:
                yield Difference(
                    change, document, table.name, told, column, was, now, _place(a), _place(b)
                )


def _keyed(
    table: TableSchema, values: tuple[str, ...], rows: Iterable[Row]
) -> dict[tuple[Any, ...], Row]:
    texts = {value.replace("_yuan", "_text") for value in values}
    columns = [
        column.name
        for column in table.columns
        if column.name not in _NOT_KEY and column.name not in values and column.name not in texts
    ]
    seen: Counter[tuple[Any, ...]] = Counter()
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if row.get("value_status") in ("inferred", "blank"):
            continue
        key = (row["family"], *(row[column] for column in columns))
        found[(*key, seen[key])] = row
        seen[key] += 1
    return found


def _text(row: Row | None, column: str) -> str | None:
    value = row[column] if row else None
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)


def _place(row: Row | None) -> str | None:
    return f"p. {row['page_no']}" if row else None
