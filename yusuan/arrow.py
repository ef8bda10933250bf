"""Records to Arrow tables with exactly the types that ``schemas`` declares.

The schemas of every table are made here from the data dictionary: types, nullability, and the
bilingual labels as Arrow metadata (which Parquet files carry). A value that does not fit is a
programming error of an earlier stage and raises ``DataError``: nothing is cast or dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from yusuan import __version__
from yusuan.extract.model import Cell, RawDocument, RawTable
from yusuan.normalize.model import CellKey, CellUse, Finding, Record, Value
from yusuan.schemas.model import Column, Schemas, TableSchema

Row = Mapping[str, Any]

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

# A figure that is printed has been read once, by one engine; identities are not yet checked.
_PROOF_OF_STATUS = {"published": "single", "zero": "single", "dash": "single"}

# Earlier stages number these within one document.
_LOCAL_IDS = frozenset({"table_id", "row_id", "project_id", "check_id"})
_LOCAL_ID_LISTS = frozenset({"table_ids", "check_ids"})


class DataError(ValueError):
    """A value does not fit the data dictionary; the message names table, column and row."""


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


def rows_to_table(table: TableSchema, version: str, rows: Sequence[Row]) -> pa.Table:
    """Rows (column name -> value; absent = null) to an Arrow table of the declared schema.

    Raises DataError where a column is unknown, a value has the wrong type, is null where it may
    not be, is outside its vocabulary, or where two rows have the same key.
    """
    names = {column.name for column in table.columns}
    for number, row in enumerate(rows):
        if unknown := row.keys() - names:
            raise DataError(f"{table.name} row {number}: no such column: {sorted(unknown)}")
    schema = arrow_schema(table, version)
    arrays = [
        _column_to_array(table.name, column, [row.get(column.name) for row in rows])
        for column in table.columns
    ]
    _refuse_repeated_keys(table, rows)
    return pa.Table.from_arrays(arrays, schema=schema)


def _refuse_repeated_keys(table: TableSchema, rows: Sequence[Row]) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows if table.key else ()):
        key = tuple(row.get(name) for name in table.key)
        if first.setdefault(key, number) != number:
            raise DataError(f"{table.name} rows {first[key]} and {number} have the same key: {key}")


def _column_to_array(table: str, column: Column, values: list[Any]) -> pa.Array:
    place = f"{table}.{column.name}"
    kind = arrow_type(column.type)
    if column.values:
        allowed = {*column.values, None}
        for number, value in enumerate(values):
            if value not in allowed:
                raise DataError(f"{place} row {number}: {value!r} is none of {column.values}")
    try:
        array = pa.array(values, type=kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{place} row {_first_misfit(values, kind)}: {error}") from error
    if array.null_count and not column.nullable:
        raise DataError(f"{place} row {values.index(None)}: null in a column that has no nulls")
    return array


def _first_misfit(values: list[Any], kind: pa.DataType) -> str:
    for number, value in enumerate(values):
        try:
            pa.array([value], type=kind)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return f"{number} ({value!r})"
    return "?"


def cell_id(doc_id: str, key: CellKey) -> str:
    """``doc_id:page:table:row:col``, the key of ``cells``."""
    return ":".join((doc_id, *map(str, key)))


def qualified(doc_id: str, local: str) -> str:
    """An identifier that is unique in its document, made unique in the dataset."""
    return f"{doc_id}:{local}"


def _qualified_value(doc_id: str, name: str, value: Value) -> Value:
    if name in _LOCAL_IDS and isinstance(value, str):
        return qualified(doc_id, value)
    if name in _LOCAL_ID_LISTS and isinstance(value, tuple):
        return tuple(qualified(doc_id, str(local)) for local in value)
    return value


def records_to_rows(
    table: TableSchema, records: Iterable[Record], doc_id: str
) -> list[dict[str, Value]]:
    """Values of records plus the columns that every table shares, where the record left them out.

    ``doc_id``; ``page_no`` and ``cell_id`` from the origin; ``proof`` from ``value_status``;
    ``check_ids`` empty. Identifiers are made unique in the dataset.
    """
    names = {column.name for column in table.columns}
    return [_record_to_row(names, record, doc_id) for record in records]


def _record_to_row(names: set[str], record: Record, doc_id: str) -> dict[str, Value]:
    filled: dict[str, Value] = {"doc_id": doc_id, "check_ids": ()}
    if record.origin is not None:
        filled["page_no"] = record.origin.page
        filled["cell_id"] = cell_id(doc_id, record.origin.key)
    filled["proof"] = _PROOF_OF_STATUS.get(str(record.values.get("value_status")))
    filled = {name: value for name, value in filled.items() if name in names}
    filled.update(
        (name, _qualified_value(doc_id, name, value)) for name, value in record.values.items()
    )
    return filled


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


def cells_to_rows(
    raw: RawDocument,
    uses: Mapping[CellKey, tuple[CellUse, str]],
    texts: Mapping[CellKey, str],
    table_ids: Mapping[tuple[int, int], str],
) -> Iterator[dict[str, Any]]:
    """Every raw cell of every page as a row of the table ``cells``, recognised table or not.

    ``uses`` is the ledger of the recognised tables; ``table_ids`` tells the published table that
    a raw table (page from 1, index on the page) is a part of.
    """
    for page in raw.pages:
        for table in page.tables:
            table_id = table_ids.get((table.page, table.index))
            for cell in table.cells:
                key = (table.page, table.index, cell.row, cell.col)
                use, reason = uses.get(key, (None, None))
                yield _cell_to_row(raw.doc_id, table, cell) | {
                    "table_id": table_id and qualified(raw.doc_id, table_id),
                    "text": texts.get(key),
                    "use": use,
                    "use_reason": reason or None,
                }


def _cell_to_row(doc_id: str, table: RawTable, cell: Cell) -> dict[str, Any]:
    return {
        "cell_id": cell_id(doc_id, (table.page, table.index, cell.row, cell.col)),
        "doc_id": doc_id,
        "page_no": table.page,
        "table_index": table.index,
        "row": cell.row,
        "col": cell.col,
        "row_span": cell.row_span,
        "col_span": cell.col_span,
        "x0": cell.box.x0,
        "top": cell.box.top,
        "x1": cell.box.x1,
        "bottom": cell.box.bottom,
        "lines": [line.text for line in cell.lines],
        "engine": table.engine,
    }


def empty_tables(schemas: Schemas) -> dict[str, pa.Table]:
    """All canonical tables without rows."""
    return {
        name: rows_to_table(table, schemas.version, ()) for name, table in schemas.tables.items()
    }
