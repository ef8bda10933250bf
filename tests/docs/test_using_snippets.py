"""What docs/using.md shows is run: Python and SQL always, R where it is installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from yusuan.export.csv_files import write_csv_files
from yusuan.export.database import views, write_database
from yusuan.export.dataset import open_dataset
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "using.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.M | re.S)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    """A folder with the dataset ``out`` of two samples, and its export ``out.duckdb``."""
    root = tmp_path_factory.mktemp("using")
    names = ("seed-report.pdf", "shanghai-form.pdf")
    run(find_inputs([str(samples_dir / n) for n in names]), root / "out", RunSettings(workers=1))
    write_database(open_dataset(root / "out"), root / "out.duckdb")
    write_csv_files(open_dataset(root / "out", ["documents", "expenditure"]), root / "out-csv")
    return root


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_runs_and_finds_rows(
    code: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    names: dict[str, object] = {}
    exec(code, names)
    frames = [value for value in names.values() if hasattr(value, "columns")]
    assert frames
    assert all(len(frame) > 0 for frame in frames)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", blocks("sql"))
def test_the_sql_runs_and_finds_rows(code: str, place: Path) -> None:
    with duckdb.connect(str(place / "out.duckdb"), read_only=True) as database:
        for statement in filter(str.strip, code.split(";\n")):
            assert database.execute(statement).fetchall(), statement


def test_every_view_is_told() -> None:
    assert re.findall(r"^\| `(\w+)` \| an?", TEXT, flags=re.M) == [view.name for view in views()]


def r(code: str, place: Path) -> str:
    """What R prints. Chinese text needs a locale of UTF-8."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["Rscript", "-e", code], cwd=place, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_r_on_csv_runs_and_adds_up(place: Path) -> None:
    code = blocks("r")[0]
    told = r(code + 'cat(sprintf("%.2f", sum(by_class$amount_yuan)), nrow(by_class))', place)
    rows = duckdb.sql(
        f"select sum(amount_yuan), count(distinct (doc_id, func_code[:3])) from "
        f"'{place}/out/expenditure/*.parquet' "
        "where is_leaf and measure = 'total' and fund_scope = 'all' and amount_yuan is not null"
    ).fetchall()
    assert told.split() == [f"{rows[0][0]:f}", str(rows[0][1])]
    names = r(code + 'cat(unique(by_class$publisher), sep = "\\n")', place).split()
    published = duckdb.sql(f"select publisher from '{place}/out/documents/*.parquet'").fetchall()
    assert set(names) == {name for (name,) in published}


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_r_on_parquet_runs(place: Path) -> None:
    probe = 'q(status = !all(sapply(c("arrow", "dplyr"), requireNamespace, quietly = TRUE)))'
    if subprocess.run(["Rscript", "-e", probe], capture_output=True).returncode:
        pytest.skip("the R packages arrow and dplyr are not installed")
    assert int(r(blocks("r")[1] + "cat(nrow(leaves))", place)) > 0
