"""A Data Package (version 2): CSV files beside ``datapackage.json``, which describes each column.

Source: Data Package Standard v2 (datapackage.org), Table Schema and Table Dialect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from yusuan import __version__
from yusuan.export.codebook import write_codebooks
from yusuan.export.csv_files import write_csv
from yusuan.export.dataset import DatasetTable, Field
from yusuan.schemas.loader import load
from yusuan.schemas.model import Column

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# doc_id joins every table to documents, table_id to tables: what Table Schema can say of it.
_PARENTS = {"doc_id": "documents", "table_id": "tables"}


def write_package(tables: tuple[DatasetTable, ...], folder: Path) -> Path:
    """Write the package into ``folder``; the path of its descriptor.

    The CSV files are UTF-8 without BOM; text is guarded against formulas (see guard.py).
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    resources = []
    for table in tables:
        path = write_csv(table, data / f"{table.name}.csv", with_bom=False)
        resources.append(_resource(table, path, {one.name for one in tables}))
    write_codebooks(tables, folder)
    descriptor = {
        "$schema": _PROFILE,
        "name": "yusuan-budget-disclosure",
        "title": "部门预算/决算公开 · Department budget disclosure",
        "description": "Figures of published budget PDFs, each with its document, page and box, "
        "and with what accounting identities say of it. Text that a spreadsheet could take for a "
        "formula has an apostrophe in front, also behind a semicolon, tab or line break within it; "
        "take one apostrophe away in each such place to get it back.",
        "version": load().version,
        "contributors": [{"title": f"yusuan {__version__}", "roles": ["processor"]}],
        "sources": _sources(tables),
        "resources": resources,
    }
    path = folder / "datapackage.json"
    text = json.dumps(descriptor, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _resource(table: DatasetTable, path: Path, present: set[str]) -> dict[str, Any]:
    columns = {column.name: column for column in load().tables[table.name].columns}
    schema: dict[str, Any] = {
        "fields": [_field(field, columns.get(field.name)) for field in table.fields],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    links = [
        {"fields": [name], "reference": {"resource": parent, "fields": [name]}}
        for name, parent in _PARENTS.items()
        if parent in present - {table.name} and name in columns and not columns[name].nullable
    ]
    if links:
        schema["foreignKeys"] = links
    return {
        "name": table.name,
        "type": "table",
        "title": f"{table.title_zh} · {table.title_en}",
        "description": table.description,
        "path": f"data/{path.name}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_digest(path)}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": schema,
    }


def _field(field: Field, column: Column | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "title": f"{field.label_zh} · {field.label_en}",
        "description": field.meaning,
        **_type(field.type),
    }
    constraints: dict[str, Any] = {}
    if not field.nullable and not _may_be_empty_text(field.type):
        constraints["required"] = True
    if column is not None and column.values and pa.types.is_string(field.type):
        constraints["enum"] = list(column.values)
    if constraints:
        described["constraints"] = constraints
    return described


def _may_be_empty_text(type_: pa.DataType) -> bool:
    """In CSV an empty text or list looks like null, so ``required`` would refuse it."""
    return bool(pa.types.is_string(type_) or pa.types.is_list(type_))


def _type(type_: pa.DataType) -> Mapping[str, Any]:
    if pa.types.is_boolean(type_):
        return {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
    if pa.types.is_integer(type_):
        return {"type": "integer"}
    if pa.types.is_decimal(type_) or pa.types.is_floating(type_):
        return {"type": "number"}
    if pa.types.is_list(type_):
        item = "integer" if pa.types.is_integer(type_.value_type) else "string"
        return {"type": "list", "delimiter": ";", "itemType": item}
    return {"type": "string"}


def _sources(tables: Sequence[DatasetTable]) -> list[dict[str, str]]:
    """The documents that the figures come from; paths of this machine stay out."""
    documents = next((table for table in tables if table.name == "documents"), None)
    if documents is None:
        return []
    names = [field.name for field in documents.fields]
    sources = []
    for row in documents.rows():
        values = dict(zip(names, row, strict=True))
        source = {"title": f"{values['publisher'] or ''} {values['file_name']}".strip()}
        if str(values["source"]).startswith(("http://", "https://")):
            source["path"] = values["source"]
        sources.append(source)
    return sources


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
