"""Every table in every format, read back with another library: the very values of the Parquet."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from frictionless import Package
from openpyxl.utils.escape import unescape

from yusuan.export.csv_files import write_csv_files
from yusuan.export.database import write_database
from yusuan.export.dataset import DatasetTable, open_dataset
from yusuan.export.guard import unguarded
from yusuan.export.package import write_package
from yusuan.export.workbook import write_workbook
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load

NAMES = tuple(load().tables)
Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> tuple[DatasetTable, ...]:
    """All tables of a dataset with projects, goals, failed checks and every kind of value."""
    out = tmp_path_factory.mktemp("back") / "out"
    run(find_inputs([str(samples_dir / "seed-report.pdf")]), out, RunSettings(workers=1))
    return open_dataset(out)


@pytest.fixture(scope="module")
def book(tables: tuple[DatasetTable, ...], tmp_path_factory: pytest.TempPathFactory) -> object:
    path = write_workbook(tables, tmp_path_factory.mktemp("xlsx") / "x.xlsx", "names")
    return openpyxl.load_workbook(path, read_only=True)


def kept(table: DatasetTable) -> Rows:
    """The rows of the Parquet files, read without the exporter."""
    rows = ds.dataset([str(path) for path in table.files]).to_table()
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def from_text(text: str | None, kind: pa.DataType) -> object:
    """A field of CSV as the column's type; an empty one is null, for no text in a dataset is."""
    if not text:
        return None
    if pa.types.is_list(kind):
        return unguarded(text).split(";")
    if pa.types.is_string(kind):
        return unguarded(text)
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}[text]
    if pa.types.is_decimal(kind):
        return Decimal(text)
    return float(text) if pa.types.is_floating(kind) else int(text)


def assert_same(table: DatasetTable, found: Iterable[Sequence[object]]) -> None:
    rows = kept(table)
    back = list(found)
    assert len(back) == len(rows), table.name
    for read, row in zip(back, rows, strict=True):
        for field, one, other in zip(table.fields, read, row, strict=True):
            if other == [] and one is None:  # an empty list and null are the same empty field
                continue
            if isinstance(other, float):  # Excel keeps 15 digits of the corner of a box
                assert one == pytest.approx(other, rel=1e-15)
                continue
            assert one == other, (table.name, field.name)
            if isinstance(other, Decimal):
                assert isinstance(one, Decimal) and one.as_tuple() == other.as_tuple()


@pytest.mark.parametrize("with_bom", [True, False])
def test_csv_and_package_read_back_equal(
    tables: tuple[DatasetTable, ...], tmp_path: Path, with_bom: bool
) -> None:
    if with_bom:
        write_csv_files(tables, tmp_path)
    else:
        write_package(tables, tmp_path)
    assert tuple(table.name for table in tables) == NAMES
    for table in tables:
        path = tmp_path / ("" if with_bom else "data") / f"{table.name}.csv"
        with path.open(encoding="utf-8-sig" if with_bom else "utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == [field.name for field in table.fields]
        assert_same(
            table,
            [
                tuple(from_text(t, f.type) for t, f in zip(row, table.fields, strict=True))
                for row in rows
            ],
        )


def test_the_package_reads_back_equal_by_its_own_description(
    tables: tuple[DatasetTable, ...], tmp_path: Path
) -> None:
    path = write_package(tuple(t for t in tables if t.name != "cells"), tmp_path)
    package = Package(str(path))
    for table in tables:
        if table.name == "cells":
            continue
        for read, row in zip(
            package.get_resource(table.name).read_rows(), kept(table), strict=True
        ):
            for field, other in zip(table.fields, row, strict=True):
                if pa.types.is_decimal(field.type) or pa.types.is_boolean(field.type):
                    assert read[field.name] == other, (table.name, field.name)


def test_the_database_reads_back_equal(tables: tuple[DatasetTable, ...], tmp_path: Path) -> None:
    path = write_database(tables, tmp_path / "x.duckdb")
    with duckdb.connect(str(path), read_only=True) as database:
        for table in tables:
            rows = database.execute(f"SELECT * FROM {table.name}").fetchall()
            assert [one[0] for one in database.description] == [f.name for f in table.fields]
            assert_same(table, rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_workbook_reads_back_equal(
    tables: tuple[DatasetTable, ...], book: openpyxl.Workbook, name: str
) -> None:
    """Amounts as numbers of at most 15 digits, which a double holds; longer ones as text."""
    (table,) = [one for one in tables if one.name == name]
    (sheet,) = [one for one in book.worksheets if one.title == f"{table.title_zh} {name}"]
    head, *rows = sheet.iter_rows(values_only=True)
    assert list(head) == [field.name for field in table.fields]

    def value(read: object, kind: pa.DataType) -> object:
        if read is None or isinstance(read, bool):
            return read
        if pa.types.is_list(kind) and read == "":
            return []
        if pa.types.is_decimal(kind):
            return Decimal(str(read)).quantize(Decimal(1).scaleb(-kind.scale))
        if pa.types.is_list(kind):
            return unescape(str(read)).split(";")
        assert isinstance(read, str) == pa.types.is_string(kind)
        return unescape(read) if isinstance(read, str) else read

    assert_same(
        table,
        [
            tuple(
                value(one, field.type)
                for one, field in zip(
                    (*row, *[None] * (len(table.fields) - len(row))), table.fields, strict=True
                )
            )
            for row in rows
        ],
    )
