"""Exports of a dataset whose texts, amounts, titles and place on the disk are as bad as can be."""

import csv
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package, validate
from openpyxl.utils.escape import unescape

from yusuan.export import workbook
from yusuan.export.csv_files import write_csv_files
from yusuan.export.database import write_database
from yusuan.export.dataset import DatasetTable, open_dataset
from yusuan.export.guard import guarded, unguarded
from yusuan.export.package import write_package
from yusuan.export.workbook import write_workbook
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run

TEXTS = (
    "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", " \u00a0=1+1", "\x00=1+1", "\ufeff=1", "\r\n=1",
    "two\nlines", "a\x00b\x07\x1b[31m", "\uffff\ufffe", '"quoted", and; more', "<script>x</script>",
    "_x0041_", "'apostrophe", "\U0001f600" * 20_000,
)  # fmt: skip
AMOUNTS = (
    Decimal("123456789012345678.91"), Decimal("123456789012345.67"), Decimal("-0.01"),
    Decimal("9999999999999.99"), None, Decimal("100000000000000000.00"),
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    """A dataset in a folder with patterns and quotes in its name; expenditure holds the texts."""
    out = tmp_path_factory.mktemp("hostile") / "a=1 [x]*'引号\" 数据"
    run(find_inputs([str(samples_dir / "empty-set.pdf")]), out, RunSettings(workers=1))
    (path,) = (out / "expenditure").glob("*.parquet")
    table = pq.read_table(path)
    row = table.slice(0, 1).to_pylist()[0]
    rows = [
        row
        | {
            "row_id": f"{row['doc_id']}:T000:{at}:0",
            "func_name": TEXTS[at % len(TEXTS)],
            "amount_yuan": AMOUNTS[at % len(AMOUNTS)],
        }
        for at in range(42)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    return out


@pytest.mark.parametrize("text", TEXTS[:6])
def test_formulas_behind_what_is_not_seen_are_guarded(text: str) -> None:
    assert guarded(text).startswith("'") and unguarded(guarded(text)) == text


def test_csv_gives_every_text_back(hostile: Path, tmp_path: Path) -> None:
    write_csv_files(open_dataset(hostile, ["expenditure"]), tmp_path)
    with (tmp_path / "expenditure.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [unguarded(row["func_name"]) for row in rows] == [
        TEXTS[n % len(TEXTS)] for n in range(42)
    ]
    assert [Decimal(r["amount_yuan"]) if r["amount_yuan"] else None for r in rows[:6]] == list(
        AMOUNTS
    )


def test_chinese_headings_are_told_apart(hostile: Path, tmp_path: Path) -> None:
    for path in write_csv_files(open_dataset(hostile), tmp_path, "zh"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = next(csv.reader(file))
        assert len(set(head)) == len(head), path.stem


def test_the_workbook_is_sound_and_rounds_nothing(hostile: Path, tmp_path: Path) -> None:
    path = write_workbook(open_dataset(hostile, ["expenditure"]), tmp_path / "x.xlsx", "names")
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                ElementTree.fromstring(parts.read(name))  # raises where it is no XML
                assert b"<f>" not in parts.read(name)
    rows = list(openpyxl.load_workbook(path)["支出 expenditure"].iter_rows(values_only=True))
    at = rows[0].index("amount_yuan")
    assert [row[at] for row in rows[1:7]] == [
        "123456789012345678.91", "123456789012345.67", -0.01, 9999999999999.99, None, 1e17,
    ]  # fmt: skip
    # Control characters are written as _xHHHH_ (ECMA-376, ST_Xstring).
    names = [unescape(row[rows[0].index("func_name")]) for row in rows[1:]]
    assert names[0] == TEXTS[0] and names[6] == "two\nlines" and names[11] == "_x0041_"
    assert names[7] == TEXTS[7] and names[8] == "\ufffd\ufffd"
    assert all(len(str(name).encode("utf-16-le")) <= 2 * 32_767 for name in names)


def test_a_table_longer_than_a_sheet_goes_on_in_others(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 11)
    path = write_workbook(open_dataset(hostile, ["expenditure"]), tmp_path / "x.xlsx", "names")
    book = openpyxl.load_workbook(path)
    parts = [name for name in book.sheetnames if name.startswith("支出")]
    assert parts == ["支出 expenditure", *(f"支出 expenditure ({n})" for n in (2, 3, 4, 5))]
    ids = [row[2] for name in parts for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert len(ids) == len(set(ids)) == 42
    assert all(book[name].max_row <= 11 and book[name]["A1"].value == "doc_id" for name in parts)


def _titled(table: DatasetTable, title: str) -> DatasetTable:
    return DatasetTable(table.name, title, "", "", table.key, table.fields, table.files)


def test_sheet_names_that_excel_refuses(hostile: Path, tmp_path: Path) -> None:
    (table,) = open_dataset(hostile, ["expenditure"])
    titles: Sequence[str] = (
        "a/b\\c:d*e?f[g]",
        "'x",
        "长" * 40,
        "长" * 41,
        "字段说明 codebook",
        "\U0001f600" * 30,
    )
    path = write_workbook([_titled(table, title) for title in titles], tmp_path / "x.xlsx")
    names = openpyxl.load_workbook(path).sheetnames
    assert len(names) == len({name.casefold() for name in names}) == len(titles) + 2
    for name in names:
        assert len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\")
        assert not name.startswith("'") and not name.endswith("'")


@pytest.mark.parametrize("name", ["md:x.duckdb", '引号\' "x" [1]*.duckdb', "temp.duckdb"])
def test_a_database_from_and_to_any_path(
    hostile: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tables = open_dataset(hostile)
    Path(f"{name}.tmp.wal").write_bytes(b"left by an export that was broken off")
    path = write_database(tables, Path(name))
    with duckdb.connect(str(path.absolute()), read_only=True) as database:
        rows = database.execute("SELECT func_name, amount_yuan FROM expenditure").fetchall()
        columns = [row[0] for row in database.execute("DESCRIBE expenditure").fetchall()]
    assert [row[0] for row in rows] == [TEXTS[n % len(TEXTS)] for n in range(42)]
    assert [row[1] for row in rows[:6]] == list(AMOUNTS)
    fields = next(one.fields for one in tables if one.name == "expenditure")
    assert columns == [field.name for field in fields]
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


@pytest.mark.parametrize("names", [["documents", "expenditure"], ["documents"], ["findings"]])
def test_a_database_of_any_tables(hostile: Path, tmp_path: Path, names: list[str]) -> None:
    path = write_database(open_dataset(hostile, names), tmp_path / "x.duckdb")
    with duckdb.connect(str(path), read_only=True) as database:
        found = database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
        for (view,) in found.fetchall():
            database.execute(f"SELECT * FROM {view}").fetchall()


def test_the_data_package_holds_hostile_texts(hostile: Path, tmp_path: Path) -> None:
    path = write_package(open_dataset(hostile, ["documents", "expenditure"]), tmp_path / "p")
    report = validate(str(path))
    assert report.valid, report.flatten(["type", "note"])
    rows = Package(str(path)).get_resource("expenditure").read_rows()
    assert [row["amount_yuan"] for row in rows[:6]] == list(AMOUNTS)


def test_a_dataset_without_any_row_exports(hostile: Path, tmp_path: Path) -> None:
    tables = []
    for table in open_dataset(hostile):
        path = tmp_path / "empty" / f"{table.name}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pq.read_schema(table.files[0]).empty_table(), path)
        tables.append(
            DatasetTable(
                table.name, table.title_zh, table.title_en, "", table.key, table.fields, (path,)
            )
        )
    assert write_csv_files(tables, tmp_path / "csv")
    book = openpyxl.load_workbook(write_workbook(tables, tmp_path / "x.xlsx"))
    assert book["支出 expenditure"].max_row == 1
    with duckdb.connect(str(write_database(tables, tmp_path / "x.duckdb"))) as database:
        assert database.execute("SELECT count(*) FROM proof_share").fetchone() == (0,)
    report = validate(str(write_package(tuple(tables), tmp_path / "p")))
    assert report.valid, report.flatten(["type", "note"])
