"""Records to Arrow tables with exactly the types that ``schemas`` declares.

The schemas of every table are made here from the data dictionary: types, nullability, and the
bilingual labels as Arrow metadata (which Parquet files carry). A value that does not fit is a
programming error of an earlier stage and raises ``DataError``: nothing is cast or dropped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from typing import Any

import pyarrow as pa

from yusuan import __version__
from yusuan.normalize.model import CellKey, Finding, Record, Value
from yusuan.schemas.model import Column, Schemas, TableSchema

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[Any]]
"""The values of a table by column, all of one length; a column that is not there is null."""

_SIMPLE_TYPES = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "float32": pa.float32(),
    "list<string>": pa.list_(pa.string()),
    "list<int32>": pa.list_(pa.int32()),
}
_DECIMAL = re.compile(r"decimal128\((\d+),\s*(\d+)\)")
# Arrow would write 1.5 to a column of whole numbers as 1.
_WHOLE = frozenset({int, type(None)})

# A figure that is printed has been read once, by one engine; identities are not yet checked.
_PROOF_OF_STATUS = {"published": "single", "zero": "single", "dash": "single"}

# Earlier stages number these within one document.
_LOCAL_IDS = frozenset(
    {"table_id", "row_id", "of_row_id", "project_id", "repeated_project_id", "check_id"}
)
_LOCAL_ID_LISTS = frozenset({"table_ids", "check_ids", "suspect_cell_ids"})

# The system's allocator gives back what Arrow's own would keep of grown and dropped buffers: half
# of what the tables of a long document take.
_POOL = pa.system_memory_pool()


class DataError(ValueError):
    """A value does not fit the data dictionary; the message names table, column and row."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A canonical table as it is written, prepared once: its Arrow schema and vocabularies."""

    table: TableSchema
    schema: pa.Schema
    allowed: Mapping[str, frozenset[str | None]]

    @property
    def empty(self) -> pa.Table:
        """The table without rows."""
        return pa.Table.from_batches([], schema=self.schema)


def arrow_type(name: str) -> pa.DataType:
    """The Arrow type of a type name of ``schemas``. Raises DataError for an unknown one."""
    if (simple := _SIMPLE_TYPES.get(name)) is not None:
        return simple
    if match := _DECIMAL.fullmatch(name):
        return pa.decimal128(int(match[1]), int(match[2]))
    raise DataError(f"unknown column type {name!r}")


def arrow_schema(table: TableSchema, version: str) -> pa.Schema:
    """The Arrow schema of a canonical table, with titles and column meanings as metadata.

    ``version``: of ``schemas``; written beside the version of the tool.
    """
    fields = [
        pa.field(
            column.name,
            arrow_type(column.type),
            nullable=column.nullable,
            metadata={
                "label_zh": column.label_zh,
                "label_en": column.label_en,
                "meaning": column.meaning,
            },
        )
        for column in table.columns
    ]
    return pa.schema(
        fields,
        metadata={
            "title_zh": table.title_zh,
            "title_en": table.title_en,
            "description": table.description,
            "yusuan.schema_version": version,
            "yusuan.tool_version": __version__,
        },
    )


def layout_of(table: TableSchema, version: str) -> Layout:
    """Prepare a canonical table for writing."""
    allowed = {c.name: frozenset({*c.values, None}) for c in table.columns if c.values}
    return Layout(table, arrow_schema(table, version), allowed)


def layouts_of(schemas: Schemas) -> dict[str, Layout]:
    """Prepare all canonical tables for writing."""
    return {name: layout_of(table, schemas.version) for name, table in schemas.tables.items()}


def empty_tables(schemas: Schemas) -> dict[str, pa.Table]:
    """All canonical tables without rows."""
    return {name: layout.empty for name, layout in layouts_of(schemas).items()}


class _NoPandas(MetaPathFinder):
    """Says that pandas is not installed."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("left out, see leave_pandas_out", name=fullname)


def leave_pandas_out() -> None:
    """Keep Arrow from importing pandas, as it does when it first makes an array of a list.

    For processes of our own that make no DataFrames: it saves 50 MB and a third of a second each.
    Arrow looks for pandas once and then takes no Series for arrays; ``to_pandas`` still imports it.
    """
    modules: dict[str, Any] = sys.modules
    if modules.get("pandas") is not None:
        return
    is_refused = "pandas" in modules  # by None, Python's sign, which Arrow takes for the module
    modules.pop("pandas", None)
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)
        if is_refused:
            modules["pandas"] = None


# --- values to arrays ---------------------------------------------------------------------------


def rows_to_table(table: TableSchema, version: str, rows: Sequence[Row]) -> pa.Table:
    """Rows (column name -> value; absent = null) to an Arrow table of the declared schema.

    For a handful of rows; raises DataError as ``columns_to_table`` does, also where a row has a
    column that the table has not.
    """
    names = {column.name for column in table.columns}
    for number, row in enumerate(rows):
        if unknown := row.keys() - names:
            raise DataError(f"{table.name} row {number}: no such column: {sorted(unknown)}")
    columns = {name: [row.get(name) for row in rows] for name in names}
    return columns_to_table(layout_of(table, version), columns, len(rows))


def columns_to_table(layout: Layout, columns: Columns, n_rows: int) -> pa.Table:
    """Values by column to an Arrow table of the declared schema.

    Raises DataError where a value has the wrong type, is null where it may not be, is outside its
    vocabulary, or where two rows have the same key.
    """
    table = layout.table
    arrays = [
        _to_array(layout, column, kind, columns[column.name])
        if column.name in columns
        else _all_null(table.name, column, kind, n_rows)
        for column, kind in zip(table.columns, layout.schema.types, strict=True)
    ]
    if table.key:
        _refuse_repeated_keys(table, [columns[name] for name in table.key])
    return pa.Table.from_arrays(arrays, schema=layout.schema)


def _refuse_repeated_keys(table: TableSchema, keys: Sequence[Sequence[Any]]) -> None:
    """Compare the key columns row by row; name the first pair only when there is one."""
    rows = list(zip(*keys, strict=True))
    if len(set(rows)) == len(rows):
        return
    first: dict[tuple[Any, ...], int] = {}
    for number, key in enumerate(rows):
        if first.setdefault(key, number) != number:
            raise DataError(f"{table.name} rows {first[key]} and {number} have the same key: {key}")


def _to_array(layout: Layout, column: Column, kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    place = f"{layout.table.name}.{column.name}"
    allowed = layout.allowed.get(column.name)
    if allowed is not None and not allowed.issuperset(values):
        number = next(i for i, value in enumerate(values) if value not in allowed)
        raise DataError(f"{place} row {number}: {values[number]!r} is none of {column.values}")
    if pa.types.is_integer(kind) and not _WHOLE.issuperset(map(type, values)):
        number = next(i for i, value in enumerate(values) if type(value) not in _WHOLE)
        raise DataError(f"{place} row {number} ({values[number]!r}): not a whole number")
    try:
        array = pa.array(values, type=kind, memory_pool=_POOL)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{place} row {_first_misfit(values, kind)}: {error}") from error
    if array.null_count and not column.nullable:
        number = next(i for i, value in enumerate(values) if value is None)
        raise DataError(f"{place} row {number}: null in a column that has no nulls")
    return array


def _all_null(table: str, column: Column, kind: pa.DataType, n_rows: int) -> pa.Array:
    if n_rows and not column.nullable:
        raise DataError(f"{table}.{column.name} row 0: null in a column that has no nulls")
    return pa.nulls(n_rows, kind)


def _first_misfit(values: Sequence[Any], kind: pa.DataType) -> str:
    for number, value in enumerate(values):
        try:
            pa.array([value], type=kind)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return f"{number} ({value!r})"
    return "?"


# --- identifiers --------------------------------------------------------------------------------


def cell_id(doc_id: str, key: CellKey) -> str:
    """``doc_id:page:table:row:col``, the key of ``cells``."""
    page, table, row, col = key
    return f"{doc_id}:{page}:{table}:{row}:{col}"


def qualified(doc_id: str, local: str) -> str:
    """An identifier that is unique in its document, made unique in the dataset."""
    return f"{doc_id}:{local}"


def _qualified_value(doc_id: str, name: str, value: Value) -> Value:
    if name in _LOCAL_IDS and isinstance(value, str):
        return qualified(doc_id, value)
    if name in _LOCAL_ID_LISTS and isinstance(value, tuple):
        return tuple([qualified(doc_id, str(local)) for local in value])
    return value


# --- what the stages return, as tables ----------------------------------------------------------


def records_to_table(layout: Layout, records: Sequence[Record], doc_id: str) -> pa.Table:
    """Values of records plus the columns that every table shares, where a record left them out.

    ``doc_id``; ``page_no`` and ``cell_id`` from the origin; ``proof`` from ``value_status``;
    ``check_ids`` empty. Identifiers are made unique in the dataset. Raises DataError as
    ``columns_to_table`` does.
    """
    if not records:
        return layout.empty
    names = {column.name for column in layout.table.columns}
    for number, record in enumerate(records):
        if not record.values.keys() <= names:
            unknown = sorted(record.values.keys() - names)
            raise DataError(f"{layout.table.name} row {number}: no such column: {unknown}")
    columns: dict[str, list[Value]] = {}
    for name in names:
        if name in _SHARED:
            values = [
                r.values[name] if name in r.values else _shared(name, r, doc_id) for r in records
            ]
        else:
            values = [r.values.get(name) for r in records]
        if name in _LOCAL_IDS or name in _LOCAL_ID_LISTS:
            values = [_qualified_value(doc_id, name, value) for value in values]
        columns[name] = values
    return columns_to_table(layout, columns, len(records))


_SHARED = frozenset({"doc_id", "check_ids", "page_no", "cell_id", "proof"})


def _shared(name: str, record: Record, doc_id: str) -> Value:
    """The value of a shared column that the record itself does not give."""
    if name == "doc_id":
        return doc_id
    if name == "check_ids":
        return ()
    if name == "proof":
        return _PROOF_OF_STATUS.get(str(record.values.get("value_status")))
    if record.origin is None:
        return None
    return record.origin.page if name == "page_no" else cell_id(doc_id, record.origin.key)


def findings_to_rows(findings: Iterable[Finding], doc_id: str) -> list[dict[str, Value]]:
    """Findings as rows of the table ``findings``."""
    return [
        {
            "doc_id": doc_id,
            "code": finding.code,
            "severity": finding.severity,
            "page_no": finding.origin.page if finding.origin else finding.page,
            "table_id": finding.table_id and qualified(doc_id, finding.table_id),
            "cell_id": cell_id(doc_id, finding.origin.key) if finding.origin else None,
            "column": finding.column,
            "before_text": finding.before,
            "after_text": finding.after,
            "rule": finding.rule,
            "evidence": finding.evidence,
            "note": finding.note,
        }
        for finding in findings
    ]
