"""A finished dataset, read table by table in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from yusuan.schemas.loader import load

Labels = Literal["names", "zh", "en"]

_ROWS_PER_BATCH = 1 << 14


class ExportError(Exception):
    """The export cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column as a reader meets it. ``type``: the Arrow type that it is stored as."""

    name: str
    label_zh: str
    label_en: str
    meaning: str
    type: pa.DataType
    nullable: bool

    def heading(self, labels: Labels) -> str:
        """What stands above the column: its name, or its Chinese or English label."""
        return {"names": self.name, "zh": self.label_zh, "en": self.label_en}[labels]


@dataclass(frozen=True, slots=True)
class DatasetTable:
    """A table of a dataset on disk: its titles, columns and key, read from the dataset itself."""

    name: str
    title_zh: str
    title_en: str
    description: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    files: tuple[Path, ...]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The values of each row, in the order of ``fields``."""
        for batch in self.reader():
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def reader(self) -> pa.RecordBatchReader:
        """The rows as batches, in the order of the files."""
        return pa.RecordBatchReader.from_batches(pq.read_schema(self.files[0]), self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        # File by file: a scan of all files would read ahead of what is written.
        for file in self.files:
            with pq.ParquetFile(file) as stored:
                yield from stored.iter_batches(_ROWS_PER_BATCH, use_threads=False)

    def count(self) -> int:
        """Rows, from the files' footers."""
        return sum(pq.read_metadata(file).num_rows for file in self.files)


def open_dataset(root: Path, names: Sequence[str] | None = None) -> tuple[DatasetTable, ...]:
    """The tables of a dataset, in the order of the data dictionary. ``names``: only these.

    Raises ExportError where ``root`` holds no dataset or a name is not of a table in it.
    """
    if not (root / "manifest.parquet").is_file():
        raise ExportError(f"{root} is not a dataset of yusuan (it has no manifest.parquet)")
    known = load().tables
    if unknown := sorted(set(names or ()) - known.keys()):
        raise ExportError(f"no table {unknown[0]!r}; tables are {', '.join(known)}")
    wanted = [name for name in known if names is None or name in names]
    return tuple(_open(root, name, known[name].key) for name in wanted)


def _open(root: Path, name: str, key: tuple[str, ...]) -> DatasetTable:
    files = tuple(sorted((root / name).glob("*.parquet")))
    if not files:
        raise ExportError(f"{root} has no table {name}: run yusuan run -o {root} again")
    schema = pq.read_schema(files[0])
    titles = {k.decode(): v.decode() for k, v in (schema.metadata or {}).items()}
    return DatasetTable(
        name,
        titles.get("title_zh", name),
        titles.get("title_en", name),
        titles.get("description", ""),
        key,
        tuple(_field(field) for field in schema),
        files,
    )


def _field(field: pa.Field) -> Field:
    labels = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
    return Field(
        field.name,
        labels.get("label_zh", field.name),
        labels.get("label_en", field.name),
        labels.get("meaning", ""),
        field.type,
        field.nullable,
    )


def headings(fields: Sequence[Field], labels: Labels) -> list[str]:
    """What stands above the columns; where two would be the same, each with its name behind."""
    plain = [field.heading(labels) for field in fields]
    return [
        heading if plain.count(heading) == 1 else f"{heading} {field.name}"
        for heading, field in zip(plain, fields, strict=True)
    ]


def plain_text(value: Any) -> str:
    """A value as text: nothing for null, exact decimals, lists joined by semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value)
