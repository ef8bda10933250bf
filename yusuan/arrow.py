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
from functools import cache
from importlib.abc import MetaPathFinder
from typing import Any, NamedTuple

import pyarrow as pa

from yusuan import __version__
from yusuan.normalize.model import CellKey, Finding, Record, Value
from yusuan.schemas.model import Column, Schemas, TableSchema

Row = Mapping[str, Any]


class Runs(NamedTuple):
    """A column in which each of ``values`` stands several times on end, as ``lengths`` tells."""

    values: Sequence[Any]
    lengths: Sequence[int]


Columns = Mapping[str, Sequence[Any] | Runs]
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
    """A canonical table as it is written, prepared once: its Arrow schema and vocabularies.

    ``kinds``: the types of its columns, in order.
    """

    table: TableSchema
    schema: pa.Schema
    kinds: Sequence[pa.DataType]
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
    schema = arrow_schema(table, version)
    return Layout(table, schema, schema.types, allowed)


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


def rows_to_table(layout: Layout, rows: Sequence[Row]) -> pa.Table:
    """Rows (column name -> value; absent = null) to an Arrow table of the declared schema.

    Raises DataError as ``columns_to_table`` does, also where a row has a column that the table has
    not.
    """
    return columns_to_table(layout, _by_column(layout, rows, {}), len(rows))


def _by_column(
    layout: Layout, rows: Sequence[Row], absent: Mapping[str, Any]
) -> dict[str, Sequence[Any]]:
    """The values by column, of every column. ``absent``: those of columns that a row leaves out.

    Raises DataError where a row has a column that the table has not.
    """
    blank = {column.name: absent.get(column.name) for column in layout.table.columns}
    whole = [tuple({**blank, **row}.values()) for row in rows]
    if any(len(values) > len(blank) for values in whole):
        number, row = next((i, row) for i, row in enumerate(rows) if not row.keys() <= blank.keys())
        unknown = sorted(row.keys() - blank.keys())
        raise DataError(f"{layout.table.name} row {number}: no such column: {unknown}")
    return dict(zip(blank, zip(*whole, strict=True) if whole else [()] * len(blank), strict=True))


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
        for column, kind in zip(table.columns, layout.kinds, strict=True)
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


def _to_array(
    layout: Layout, column: Column, kind: pa.DataType, values: Sequence[Any] | Runs
) -> pa.Array:
    if isinstance(values, Runs):
        return _repeated(_to_array(layout, column, kind, values.values), values.lengths)
    if values and values[0] is None and values.count(None) == len(values):
        return _all_null(layout.table.name, column, kind, len(values))
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


def _repeated(each: pa.Array, lengths: Sequence[int]) -> pa.Array:
    """Each value so many times on end; ``take`` would import all of ``pyarrow.compute``, 8 MB."""
    if not len(each):
        return each
    runs = [
        pa.repeat(value, length, memory_pool=_POOL)
        for value, length in zip(each, lengths, strict=True)
    ]
    return pa.concat_arrays(runs, memory_pool=_POOL)


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


def _qualified_ids(doc_id: str, ids: Sequence[Value]) -> list[Value]:
    return [qualified(doc_id, id_) if isinstance(id_, str) else id_ for id_ in ids]


def _qualified_lists(doc_id: str, lists: Sequence[Value]) -> list[Value]:
    """The lists with each identifier made once; many records share their checks."""

    @cache
    def made(local: object) -> str:
        return qualified(doc_id, str(local))

    return [tuple(map(made, ids)) if isinstance(ids, tuple) else ids for ids in lists]


# --- what the stages return, as tables ----------------------------------------------------------


def records_to_table(layout: Layout, records: Sequence[Record], doc_id: str) -> pa.Table:
    """Values of records plus the columns that every table shares, where a record left them out.

    ``doc_id``; ``page_no`` and ``cell_id`` from the origin; ``proof`` from ``value_status``;
    ``check_ids`` empty. Identifiers are made unique in the dataset. Raises DataError as
    ``columns_to_table`` does.
    """
    if not records:
        return layout.empty
    absent = {"doc_id": doc_id, "check_ids": (), **dict.fromkeys(_OF_RECORD, _ABSENT)}
    columns = _by_column(layout, [record.values for record in records], absent)
    for name in columns.keys() & _OF_RECORD:
        columns[name] = [
            _told_by(record, name, doc_id) if value is _ABSENT else value
            for value, record in zip(columns[name], records, strict=True)
        ]
    for name in columns.keys() & _LOCAL_IDS:
        columns[name] = _qualified_ids(doc_id, columns[name])
    for name in columns.keys() & _LOCAL_ID_LISTS:
        columns[name] = _qualified_lists(doc_id, columns[name])
    return columns_to_table(layout, columns, len(records))


_OF_RECORD = frozenset({"page_no", "cell_id", "proof"})
_ABSENT = object()


def _told_by(record: Record, name: str, doc_id: str) -> Value:
    """The value of a shared column that the record itself does not give."""
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
