"""What changed between two datasets: two versions of a disclosure, or two runs over the same one.

Documents are the same where their bytes are; else where publisher, year, kind and scope are, for a
disclosure that is published again is another file; else, where they do not print that, where their
files have the same name. Figures are the same where all that describes
them is (names, codes, measure, unit of the budget), whatever page and row they stand on; where a
description occurs several times, the order of print tells them apart. A row that goes while another
comes with the same amounts and codes, and only its names worded anew, is one that was renamed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from yusuan.report.stored import runs, stored
from yusuan.schemas.model import Schemas, TableSchema

Row = Mapping[str, Any]
_Key = tuple[Any, ...]
Change = Literal["changed", "renamed", "added", "removed"]

# Where a value stands, how it was printed, and what proof says: no part of what a figure is.
_NOT_KEY = frozenset(
    {
        "doc_id", "table_id", "row_id", "project_id", "page_no", "cell_id", "proof", "check_ids",
        "proof_within_yuan", "of_row_id",
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
# How a row is called: what is worded anew is the same row where the rest agrees.
_NAMES = frozenset(
    {
        "label_norm", "func_name", "gov_econ_name", "dept_econ_name", "budget_unit_name",
        "budget_unit", "category_name", "catalog_l1", "catalog_l2", "catalog_l3", "project_name",
        "service_field", "department_name", "level1", "level2",
    }
)  # fmt: skip
# What else says what a row is: the project that an indicator belongs to, the words beside a detail.
_OWNER = {"project_indicators": ("project",), "amount_details": ("label_text",)}
_FACTS = (
    "summary", "revenue", "expenditure", "basic_expenditure", "three_public", "procurement",
    "purchased_services", "amount_details", "projects", "project_indicators", "department_goals",
    "department_indicators",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not the same. ``old`` and ``new`` are None where it is not there.

    Of a renamed row they are what it is called; ``column`` is then the name's.
    """

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
    pairs += _paired(left, right, _disclosure) + _paired(left, right, _file)
    paired_old, paired_new = {a for a, _ in pairs}, {b for _, b in pairs}
    differences: list[Difference] = []
    for table in (schemas.tables[name] for name in _FACTS):
        before_rows, after_rows = _Rows(old, table), _Rows(new, table)
        for a, b in pairs:
            one, other = before_rows.of(a), after_rows.of(b)
            if a != b or not one.equals(other):
                name = _name(after[b])
                differences += _table_differences(name, table, one.to_pylist(), other.to_pylist())
    return Comparison(
        tuple(differences),
        n_same,
        len(pairs) - n_same,
        tuple(_name(row) for doc_id, row in before.items() if doc_id not in paired_old),
        tuple(_name(row) for doc_id, row in after.items() if doc_id not in paired_new),
    )


def _documents(root: Path) -> dict[str, Row]:
    columns = ["doc_id", "file_name", "publisher", "fiscal_year", "doc_kind", "doc_scope"]
    rows = stored(root, "documents").to_table(columns=columns).to_pylist()
    return {row["doc_id"]: row for row in rows}


def _name(row: Row) -> str:
    parts = (row["publisher"] or row["file_name"], row["fiscal_year"], row["doc_kind"])
    return " ".join(str(part) for part in parts if part)


def _paired(
    left: Mapping[str, Row], right: Mapping[str, Row], known_by: Callable[[Row], _Key | None]
) -> list[tuple[str, str]]:
    """Documents that are known by the same; none where either side has several of them."""

    def by_key(rows: Mapping[str, Row]) -> dict[_Key, list[str]]:
        found: dict[_Key, list[str]] = defaultdict(list)
        for doc_id, row in rows.items():
            if (key := known_by(row)) is not None:
                found[key].append(doc_id)
        return found

    before, after = by_key(left), by_key(right)
    return [
        (ids[0], after[key][0])
        for key, ids in before.items()
        if len(ids) == 1 and len(after.get(key, ())) == 1
    ]


def _disclosure(row: Row) -> _Key | None:
    """What a document is of: known where it prints publisher and year."""
    if not row["publisher"] or not row["fiscal_year"]:
        return None
    return row["publisher"], row["fiscal_year"], row["doc_kind"], row["doc_scope"]


def _file(row: Row) -> _Key | None:
    """What a document is called, where it does not print what it is of."""
    return None if _disclosure(row) else (row["file_name"],)


class _Rows:
    """What is compared of a table, by document, in printed order."""

    def __init__(self, root: Path, table: TableSchema) -> None:
        rows = stored(root, table.name)
        wanted = [
            name
            for column in table.columns
            if (name := column.name) in rows.schema.names
            and name not in _UNREAD
            and not _is_text_of_amount(name)
        ]
        rows = rows.to_table(columns=[*wanted, "table_id"])
        tables = stored(root, "tables").to_table(columns=["table_id", "family"])
        at = pc.index_in(rows["table_id"], tables["table_id"])
        families = tables["family"].combine_chunks().take(at.combine_chunks())
        rows = rows.append_column("family", pa.chunked_array([families])).drop_columns("table_id")
        if table.name == "project_indicators":
            rows = rows.append_column("project", _projects(root))
        self._rows = rows.drop_columns("doc_id").combine_chunks()
        self._runs = runs(rows["doc_id"])

    def of(self, doc_id: str) -> pa.Table:
        """The rows of a document, with the family of their published table."""
        parts = [self._rows.slice(start, n) for start, n in self._runs.get(doc_id, ())]
        return pa.concat_tables(parts) if parts else self._rows.slice(0, 0)


def _projects(root: Path) -> pa.ChunkedArray:
    """The name of each indicator's project."""
    owners = stored(root, "project_indicators").to_table(columns=["project_id"])["project_id"]
    projects = stored(root, "projects").to_table(columns=["project_id", "project_name"])
    at = pc.index_in(owners, projects["project_id"])
    return pa.chunked_array([projects["project_name"].combine_chunks().take(at.combine_chunks())])


# Read by nobody here: ids are other in every file, and the rest follows from what is compared.
_UNREAD = frozenset(
    {
        "table_id",
        "row_id",
        "project_id",
        "of_row_id",
        "cell_id",
        "proof",
        "check_ids",
        "proof_within_yuan",
    }
)


def _is_text_of_amount(name: str) -> bool:
    return name.endswith("_text") and name not in ("label_text", "value_text", "goal_text")


def _values(table: TableSchema) -> tuple[str, ...]:
    """The columns whose values are compared."""
    return _TEXT_VALUES.get(table.name) or tuple(
        column.name
        for column in table.columns
        if column.name.endswith("_yuan") and column.name not in _NOT_KEY
    )


def _table_differences(
    document: str, table: TableSchema, old: Iterable[Row], new: Iterable[Row]
) -> Iterator[Difference]:
    values = _values(table)
    before, after = _keyed(table, values, old), _keyed(table, values, new)
    renamed = dict(_renamed(table, values, before, after))
    known = set(renamed.values())
    for key in dict.fromkeys((*before, *after)):
        if key in known:
            continue
        a, b = before.get(key), after.get(renamed.get(key, key))
        if a and b and key in renamed:
            yield from _names_told(document, table, a, b, key)
        change: Change = "changed" if a and b else "removed" if a else "added"
        for column in values:
            was, now = _text(a, column), _text(b, column)
            if was != now:
                yield Difference(
                    change, document, table.name, _told(key), column, was, now, _place(a), _place(b)
                )


def _told(key: _Key) -> str:
    """What a row is, in words: all but the number that tells those of one description apart."""
    return " ".join(str(part) for part in key[:-1] if part is not None)


def _renamed(
    table: TableSchema,
    values: Sequence[str],
    before: Mapping[_Key, Row],
    after: Mapping[_Key, Row],
) -> Iterator[tuple[_Key, _Key]]:
    """Keys of rows that are gone and that came, where all but their names is the same.

    Else, of rows with a code, where all but names and amounts is. Only where it is one on each
    side: of two such rows nobody knows which.
    """
    columns = [name for name in _columns(table, values) if name not in _NAMES]
    codes = [name for name in columns if name.endswith("_code") and name != "budget_unit_code"]
    gone = [key for key in before if key not in after]
    came = [key for key in after if key not in before]
    for compared in ([*columns, *values], columns):
        if not gone or not came or (compared is columns and not codes):
            return
        by_rest = [_grouped(keys, rows, compared) for keys, rows in ((gone, before), (came, after))]
        pairs = [
            (ones[0], others[0])
            for rest, ones in by_rest[0].items()
            if len(ones) == len(others := by_rest[1].get(rest, [])) == 1
            and (compared is not columns or any(before[ones[0]].get(name) for name in codes))
        ]
        yield from pairs
        done = {key for pair in pairs for key in pair}
        gone = [key for key in gone if key not in done]
        came = [key for key in came if key not in done]


def _grouped(
    keys: Iterable[_Key], rows: Mapping[_Key, Row], columns: Sequence[str]
) -> dict[tuple[Any, ...], list[_Key]]:
    found: dict[tuple[Any, ...], list[_Key]] = defaultdict(list)
    for key in keys:
        row = rows[key]
        found[(row["family"], *(row.get(name) for name in columns))].append(key)
    return found


def _names_told(
    document: str, table: TableSchema, old: Row, new: Row, key: _Key
) -> Iterator[Difference]:
    """The names that were worded anew; a project's is told of the project alone."""
    for column in (one.name for one in table.columns if one.name in _NAMES):
        was, now = _text(old, column), _text(new, column)
        if was != now:
            yield Difference(
                "renamed", document, table.name, _told(key), column, was, now,
                _place(old), _place(new),
            )  # fmt: skip


def _columns(table: TableSchema, values: Sequence[str]) -> list[str]:
    """The columns that say what a figure is."""
    return [
        name
        for column in table.columns
        if (name := column.name) not in _NOT_KEY
        and name not in values
        and not _is_text_of_amount(name)
    ]


def _keyed(table: TableSchema, values: Sequence[str], rows: Iterable[Row]) -> dict[_Key, Row]:
    columns = [*_columns(table, values), *_OWNER.get(table.name, ())]
    seen: Counter[_Key] = Counter()
    found: dict[_Key, Row] = {}
    for row in rows:
        if row.get("value_status") in ("inferred", "blank"):
            continue
        key = (row["family"], *(row.get(column) for column in columns))
        found[(*key, seen[key])] = row
        seen[key] += 1
    return found


def _text(row: Row | None, column: str) -> str | None:
    value = row.get(column) if row else None
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)


def _place(row: Row | None) -> str | None:
    return f"p. {row['page_no']}" if row else None
