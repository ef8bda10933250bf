"""One CSV file per table, for Excel: UTF-8 with BOM, CRLF, text guarded against formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from yusuan.export.dataset import DatasetTable, Labels, headings, plain_text
from yusuan.export.guard import guarded


def write_csv_files(
    tables: Iterable[DatasetTable], folder: Path, labels: Labels = "names"
) -> list[Path]:
    """Write ``<table>.csv`` for each table into ``folder``; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_csv(table, folder / f"{table.name}.csv", labels) for table in tables]


def write_csv(
    table: DatasetTable, path: Path, labels: Labels = "names", with_bom: bool = True
) -> Path:
    """Write one table. Null is an empty field, lists are joined by semicolons."""
    is_text = [_may_hold_text(field.type) for field in table.fields]
    temporary = path.with_suffix(".tmp")
    encoding = "utf-8-sig" if with_bom else "utf-8"
    with temporary.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings(table.fields, labels))
        for row in table.rows():
            writer.writerow(_texts(row, is_text))
    temporary.replace(path)
    return path


def _texts(row: Sequence[object], is_text: Sequence[bool]) -> list[str]:
    return [
        guarded(plain_text(value)) if text else plain_text(value)
        for value, text in zip(row, is_text, strict=True)
    ]


def _may_hold_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_list(type_))
