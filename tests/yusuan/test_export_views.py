"""What the views of an exported database say beyond their tables: whose, which way, what to sum."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from yusuan.arrow import empty_tables
from yusuan.export.database import views, write_database
from yusuan.export.dataset import ExportError, open_dataset
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, table in empty_tables(load()).items():
            connection.register("stored", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM stored")
            connection.unregister("stored")
        for view in views():
            connection.execute(view.sql)
        add(connection, "documents", doc_id="d", publisher="某市民政局", file_name="x.pdf")
        add(connection, "tables", doc_id="d", table_id="d:T0", publisher="某市养老中心")
        add(connection, "tables", doc_id="d", table_id="d:T1")
        yield connection


def add(connection: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values())
    )


def add_expenditure(connection: duckdb.DuckDBPyConnection, table: str, row: str, flow: str) -> None:
    add(
        connection,
        "expenditure",
        doc_id="d",
        table_id=table,
        row_id=f"{table}:{row}",
        flow=flow,
        fund_scope="gov_fund",
        measure="total",
        row_type="detail",
        is_leaf=True,
        amount_yuan=Decimal(1),
    )


def test_a_figure_is_of_the_body_printed_above_its_table(
    database: duckdb.DuckDBPyConnection,
) -> None:
    add_expenditure(database, "d:T0", "0:1", "expenditure")
    add_expenditure(database, "d:T1", "0:1", "expenditure")
    for view in ("figures", "expenditure_wide"):
        found = database.execute(f"SELECT publisher FROM {view} ORDER BY table_id").fetchall()
        assert found == [("某市养老中心",), ("某市民政局",)], view
    shares = database.execute("SELECT publisher, n_nonzero FROM proof_share").fetchall()
    assert shares == [("某市民政局", 2)]  # one row a document


def test_what_is_carried_out_is_no_expenditure(database: duckdb.DuckDBPyConnection) -> None:
    add_expenditure(database, "d:T0", "0:1", "expenditure")
    add_expenditure(database, "d:T0", "0:2", "carry_out")
    found = database.execute("SELECT measure FROM figures ORDER BY row_id").fetchall()
    assert found == [("total",), ("carry_out.total",)]


def test_a_project_listed_again_is_no_leaf(database: duckdb.DuckDBPyConnection) -> None:
    for row, repeated in (("1", None), ("2", "d:T0:P1")):
        add(
            database,
            "projects",
            doc_id="d",
            table_id="d:T0",
            row_id=f"d:T0:{row}",
            project_id=f"d:T0:P{row}",
            repeated_project_id=repeated,
            total_yuan=Decimal(5),
        )
    found = database.execute("SELECT sum(amount_yuan) FROM figures WHERE is_leaf").fetchone()
    assert found == (Decimal(5),)
    wide = database.execute("SELECT repeated_project_id FROM projects_wide ORDER BY 1").fetchall()
    assert wide == [("d:T0:P1",), (None,)]


def test_a_figure_is_of_the_year_of_its_table(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("UPDATE documents SET fiscal_year = NULL")
    database.execute("UPDATE tables SET fiscal_year = 2026 WHERE table_id = 'd:T0'")
    database.execute("UPDATE tables SET fiscal_year = 2025 WHERE table_id = 'd:T1'")
    add_expenditure(database, "d:T0", "0:1", "expenditure")
    add_expenditure(database, "d:T1", "0:1", "expenditure")
    for view in ("figures", "expenditure_wide"):
        found = database.execute(f"SELECT fiscal_year FROM {view} ORDER BY table_id").fetchall()
        assert found == [(2026,), (2025,)], view


def test_a_dataset_without_a_column_of_the_views_is_said_to_be_old(
    tmp_path: Path, samples_dir: Path
) -> None:
    run(find_inputs([str(samples_dir / "empty-set.pdf")]), tmp_path / "o", RunSettings(workers=1))
    (stored,) = (tmp_path / "o" / "tables").glob("*.parquet")
    pq.write_table(pq.read_table(stored).drop_columns(["fiscal_year"]), stored)
    with pytest.raises(ExportError, match=r"earlier version.*fiscal_year"):
        write_database(open_dataset(tmp_path / "o"), tmp_path / "x.duckdb")
    assert not list(tmp_path.glob("x.duckdb*"))
