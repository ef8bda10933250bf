"""Exports hold what the dataset holds: compared with the Parquet files, not with the writer."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pyarrow.dataset as ds
import pytest
from frictionless import Package, validate
from hypothesis import given
from hypothesis import strategies as st

from yusuan.export.codebook import codebook
from yusuan.export.csv_files import write_csv_files
from yusuan.export.database import views, write_database
from yusuan.export.dataset import ExportError, open_dataset
from yusuan.export.guard import guarded, unguarded
from yusuan.export.package import write_package
from yusuan.export.workbook import write_workbook
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    out = tmp_path_factory.mktemp("export") / "out"
    names = ("seed-report.pdf", "shanghai-form.pdf")
    run(find_inputs([str(samples_dir / name) for name in names]), out, RunSettings(workers=1))
    return out


def stored(dataset: Path, table: str) -> list[dict[str, object]]:
    return ds.dataset(dataset / table).to_table().to_pylist()


@given(st.text())
def test_a_guarded_text_is_found_again_and_starts_no_formula(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    if safe[:1] in tuple("=+-@\t\r"):
        assert safe.strip("=+-0123456789,.%") == "" and safe == text


@pytest.mark.parametrize(
    "text", ["=1+1", "=HYPERLINK(A1)", "+A1", "-1+2", "@SUM(A1)", "=1", "-2-3", "＝1+1"]
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@given(st.text(alphabet="=+-@';\t\r\n a1,，；＝"))
def test_no_part_of_a_text_starts_a_formula_where_lists_are_cut_at_semicolons(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    for part in re.split(r"[;\t\r\n]", safe):
        if part.lstrip()[:1] in tuple("=+-@＝"):
            assert part.strip("=+-0123456789,.%") == ""


@pytest.mark.parametrize("text", ["-", "--", "=", "-1,234.50", "+5%", "≥", "1-2", "（1）", ""])
def test_signs_and_numbers_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_csv_files_hold_every_row_with_bom_and_exact_amounts(dataset: Path, tmp_path: Path) -> None:
    tables = open_dataset(dataset)
    files = write_csv_files(tables, tmp_path)
    assert [file.stem for file in files] == list(load().tables)
    for table in tables:
        path = tmp_path / f"{table.name}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(stored(dataset, table.name)) == table.count()
    with (tmp_path / "expenditure.csv").open(encoding="utf-8-sig", newline="") as file:
        for read, kept in zip(csv.DictReader(file), stored(dataset, "expenditure"), strict=True):
            amount = Decimal(read["amount_yuan"]) if read["amount_yuan"] else None
            assert amount == kept["amount_yuan"]
            assert unguarded(read["amount_text"]) == (kept["amount_text"] or "")
            assert read["func_code"] == (kept["func_code"] or "")


def test_csv_headings_can_be_chinese(dataset: Path, tmp_path: Path) -> None:
    write_csv_files(open_dataset(dataset, ["expenditure"]), tmp_path, "zh")
    head = (tmp_path / "expenditure.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert "金额(元)" in head and "amount_yuan" not in head


def test_the_workbook_keeps_codes_as_text_and_runs_no_formula(
    dataset: Path, tmp_path: Path
) -> None:
    path = write_workbook(open_dataset(dataset), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["说明 about", "来源 sources", "未通过勾稽 failed checks"]
    assert book.sheetnames[-1] == "字段说明 codebook"
    assert not [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    sheet = book["支出 expenditure"]
    assert sheet.freeze_panes == "A2"
    names = [field.name for field in open_dataset(dataset, ["expenditure"])[0].fields]
    kept = stored(dataset, "expenditure")
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(kept)
    for row, record in zip(rows, kept, strict=True):
        values = dict(zip(names, row, strict=True))
        assert values["func_code"] == record["func_code"]
        amount = record["amount_yuan"]
        assert (values["amount_yuan"] is None) == (amount is None)
        if amount is not None:
            assert Decimal(repr(float(values["amount_yuan"]))) == amount


def test_failed_checks_have_a_sheet_of_their_own(dataset: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(open_dataset(dataset), tmp_path / "x.xlsx"))
    failed = [row for row in stored(dataset, "checks") if row["status"] == "failed"]
    sheet = book["未通过勾稽 failed checks"]
    assert failed
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        row["check_id"] for row in failed
    ]


def test_the_database_has_every_table_and_views_that_add_up(dataset: Path, tmp_path: Path) -> None:
    path = write_database(open_dataset(dataset), tmp_path / "x.duckdb")
    with duckdb.connect(str(path), read_only=True) as database:

        def one(sql: str) -> object:
            row = database.execute(sql).fetchone()
            assert row is not None
            return row[0]

        for table in load().tables:
            assert one(f"SELECT count(*) FROM {table}") == len(stored(dataset, table))
        for view in views():
            n_rows = one(f"SELECT count(*) FROM {view.name}")
            if view.name == "details":  # these samples print none
                assert n_rows == len(stored(dataset, "amount_details"))
            else:
                assert n_rows, view.name
        wide = one("SELECT sum(total_yuan) FROM expenditure_wide WHERE flow = 'expenditure'")
        kept = stored(dataset, "expenditure")
        totals = [r for r in kept if r["measure"] == "total" and r["flow"] == "expenditure"]
        assert wide == sum(r["amount_yuan"] or Decimal(0) for r in totals)
        n_indicators = one("SELECT sum(n_indicators) FROM projects_wide")
        assert n_indicators == len(stored(dataset, "project_indicators"))
        assert one("SELECT count(*) FROM failed_checks") == len(
            [row for row in stored(dataset, "checks") if row["status"] == "failed"]
        )
        comments = "SELECT comment FROM duckdb_columns() WHERE column_name = 'amount_yuan'"
        assert "金额" in str(one(comments))


def test_a_database_of_some_tables_has_the_views_that_these_allow(
    dataset: Path, tmp_path: Path
) -> None:
    tables = open_dataset(dataset, ["documents", "checks"])
    path = write_database(tables, tmp_path / "x.duckdb")
    with duckdb.connect(str(path), read_only=True) as database:
        names = database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
        assert [row[0] for row in names.fetchall()] == ["failed_checks"]


def test_the_data_package_is_valid_and_describes_each_column(dataset: Path, tmp_path: Path) -> None:
    path = write_package(open_dataset(dataset), tmp_path / "package")
    report = validate(str(path))
    assert report.valid, report.flatten(["type", "note"])
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    assert {one["name"] for one in descriptor["resources"]} == set(load().tables)
    package = Package(str(path))
    rows = package.get_resource("expenditure").read_rows()
    kept = stored(dataset, "expenditure")
    assert [row["amount_yuan"] for row in rows] == [row["amount_yuan"] for row in kept]
    assert str(tmp_path) not in path.read_text(encoding="utf-8")


def test_codebooks_name_every_column_in_both_languages(dataset: Path) -> None:
    tables = open_dataset(dataset)
    for language, label in (("zh", "金额(元)"), ("en", "amount, yuan")):
        text = codebook(tables, language)  # type: ignore[arg-type]
        assert label in text
        for table in tables:
            assert all(f"| `{field.name}` |" in text for field in table.fields)


def test_exports_through_the_command_line(dataset: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    for form, made in (
        ("csv", "c/expenditure.csv"),
        ("xlsx", "x.xlsx"),
        ("duckdb", "d.duckdb"),
        ("datapackage", "p/datapackage.json"),
    ):
        target = tmp_path / made.split("/")[0]
        code, out, _ = cli("export", dataset, "--to", form, "-o", target)
        assert code == 0 and str(target) in out
        assert (tmp_path / made).is_file()
    assert not (tmp_path / "c" / "cells.csv").exists()
    assert (tmp_path / "c" / "codebook.zh-CN.md").is_file()


def test_no_dataset_and_no_such_table_are_said(dataset: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    code, _, err = cli("export", tmp_path, "--to", "csv")
    assert code == 2 and "manifest.parquet" in err
    code, _, err = cli("export", dataset, "--to", "csv", "-t", "nothing")
    assert code == 2 and "expenditure" in err
    with pytest.raises(ExportError, match="manifest"):
        open_dataset(tmp_path)


def test_exported_csv_reads_back_in_polars(dataset: Path, tmp_path: Path) -> None:
    write_csv_files(open_dataset(dataset, ["projects"]), tmp_path)
    frame = pl.read_csv(tmp_path / "projects.csv", schema_overrides={"project_code": pl.String})
    assert frame["project_code"].to_list() == [
        row["project_code"] for row in stored(dataset, "projects")
    ]
