"""The command line: what it prints where, its exit codes, and that it starts fast."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from yusuan import __version__

RunCli = Callable[..., tuple[int, str, str]]
HEAVY = {"pandas", "pyarrow", "numpy", "pypdfium2", "pdfplumber", "camelot", "pikepdf", "polars"}
VERBS = ("run", "check", "merge", "show", "tables", "schema", "verify")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_nothing_heavy_is_imported_before_a_command_runs(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom yusuan.cli import main\n"
        "try: main()\nexcept SystemExit: print('\\nMODULES', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.partition("MODULES")[2].split()
    assert "typer" in loaded
    assert not HEAVY & set(loaded)


def test_help_names_every_verb_and_the_exit_codes(cli: RunCli) -> None:
    code, stdout, stderr = cli("--help")
    assert (code, stderr) == (0, "")
    assert all(f"\n  {verb} " in stdout for verb in VERBS)
    assert "Exit codes: 0 " in stdout and "1 " in stdout and "2 " in stdout
    assert cli() == (0, stdout, "")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(cli: RunCli, verb: str) -> None:
    code, stdout, stderr = cli(verb, "--help")
    assert (code, stderr) == (0, "")
    assert stdout.startswith(f"Usage: yusuan {verb} ")


def test_version(cli: RunCli) -> None:
    assert cli("--version") == (0, f"yusuan {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["convert"], "No such command 'convert'"),
        (["run"], "Missing argument"),
        (["run", "x.pdf"], "Missing option"),
        (["run", "nothing.pdf", "-o", "out"], "no such file or folder: nothing.pdf"),
        (["run", "*.docx", "-o", "out"], "no file matches *.docx"),
        (["run", ".", "-o", "out", "--colour"], "No such option: --colour"),
        (["run", ".", "-o", "out", "--engine", "tabula"], "tabula"),
        (["run", ".", "-o", "out", "--workers", "0"], "--workers"),
        (["run", ".", "-o", "out", "--shard", "3/2"], "expected I/N"),
        (["run", ".", "-o", "out", "--memory", "2"], "--memory 2: expected a size"),
        (["run", ".", "-o", "out", "--max-file-size", "1K"], "--max-file-size 1K: expected a size"),
        (["merge", "-o", "out"], "Missing argument"),
        (["merge", "nothing", "-o", "out"], "nothing cannot be merged"),
        (["verify", "nothing"], "no such folder: nothing"),
        (["run", ".", "-o", "file"], "is a file"),
        (["run", ".", "-o", "."], "not empty and not a dataset"),
        (["tables", "nothing.pdf"], "no such file: nothing.pdf"),
        (["tables", "file", "--pages", "5-3"], "--pages 5-3"),
        (["tables", "file", "--pages", "0"], "--pages 0"),
        (["schema", "show", "incomes"], "no table 'incomes'"),
        (["show", "."], "is not a dataset"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    cli: RunCli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b"x")
    code, stdout, stderr = cli(*arguments)
    assert code == 2
    assert stdout == ""
    assert stderr.count("\n") == 1 and stderr.endswith("\n")
    assert told in stderr
    assert stderr.startswith("yusuan") and "--help)" in stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "nothing is written"


def test_tables_as_json(cli: RunCli, tmp_path: Path, small_pdf: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(small_pdf)
    code, stdout, stderr = cli("tables", path)
    assert (code, stderr) == (0, "")
    document = json.loads(stdout)
    assert document.keys() == {"file", "sha256", "pages"}
    assert document["file"] == str(path)
    assert document["sha256"] == sha256(small_pdf).hexdigest()
    (page,) = document["pages"]
    assert page.keys() == {"page", "width", "height", "rotation", "tables"}
    assert (page["page"], page["rotation"]) == (1, 0)
    assert (page["width"], page["height"]) == (595.28, 841.89)
    (table,) = page["tables"]
    assert table.keys() == {"index", "bbox", "caption", "engine", "n_rows", "n_cols", "cells"}
    assert (table["index"], table["engine"]) == (0, "pdfium")
    assert (table["n_rows"], table["n_cols"]) == (3, 2)
    assert table["caption"][0] == "一般公共预算财政拨款支出表"
    x0, top, x1, bottom = table["bbox"]
    # drawn from (60, 740) down to (300, 668), counted from the bottom; the JSON counts from the top
    assert (x0, top, x1, bottom) == pytest.approx((60, 101.89, 300, 173.89), abs=1)
    cells = {(cell["row"], cell["col"]): cell for cell in table["cells"]}
    assert len(cells) == 6
    fields = {"row", "col", "row_span", "col_span", "bbox", "text", "lines"}
    assert cells[1, 1].keys() == fields
    assert (cells[1, 1]["text"], cells[1, 1]["lines"]) == ("1,234.50", ["1,234.50"])
    assert (cells[1, 1]["row_span"], cells[1, 1]["col_span"]) == (1, 1)


def test_tables_of_some_pages_by_each_engine(cli: RunCli, folder: Path) -> None:
    for engine in ("pdfium", "pdfplumber"):
        path = folder / "b" / "d.pdf"
        code, stdout, _ = cli("tables", path, "--pages", "2", "--engine", engine)
        assert code == 0
        (page,) = json.loads(stdout)["pages"]
        assert page["page"] == 2
        assert [table["engine"] for table in page["tables"]] == [engine]
    code, stdout, stderr = cli("tables", path, "--pages", "1-3")
    assert (code, stdout) == (2, "")
    assert stderr.count("\n") == 1 and "page 3" in stderr


def test_tables_as_csv_and_markdown(cli: RunCli, folder: Path) -> None:
    _, stdout, _ = cli("tables", folder / "b" / "d.pdf", "--format", "csv")
    rows = list(csv.reader(io.StringIO(stdout)))
    assert rows[0] == ["page", "table", "row", "col_0", "col_1"]
    assert rows[2] == ["1", "0", "1", "甲", "1,234.50"]
    assert [row[0] for row in rows[1:]] == ["1"] * 3 + ["2"] * 3

    _, stdout, _ = cli("tables", folder / "a.pdf", "--format", "md")
    lines = stdout.splitlines()
    assert lines[0] == "## page 1, table 0"
    assert lines[-4:] == [
        "| 项目 | 预算数 |",
        "| --- | --- |",
        "| 甲 | 1,234.50 |",
        "| 乙 | 0.00 |",
    ]


def test_tables_of_what_is_no_pdf(cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"<html></html>")
    code, stdout, stderr = cli("tables", path)
    assert (code, stdout) == (1, "")
    assert stderr.startswith("yusuan tables: x.pdf: this is a web page")


def test_schema(cli: RunCli) -> None:
    code, listed, _ = cli("schema")
    assert code == 0
    assert cli("schema", "list")[1] == listed
    names = [line.split("\t")[0] for line in listed.splitlines()]
    assert len(names) == 18 and names[0] == "documents"
    for name in names:
        code, shown, _ = cli("schema", "show", name)
        assert code == 0
        assert shown.startswith(f"{name}: ")
        assert "\ndoc_id  string  not null  文档 / document\n" in shown


def test_run_and_show(cli: RunCli, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, stdout, stderr = cli("run", folder, "-o", out, "--workers", "1")
    assert (code, stderr) == (0, "")
    assert stdout == f"3 inputs: 3 ok, 0 partial, 0 failed (0 unchanged) -> {out}\n"
    code, stdout, stderr = cli("show", out)
    assert (code, stderr) == (0, "")
    assert stdout.startswith("3 documents: 3 ok\n")
    assert "a.pdf" in stdout and "cells" in stdout
    code, stdout, _ = cli("show", out, "--table", "cells", "--rows", "2")
    assert code == 0
    assert len(stdout.splitlines()) == 2 + 2  # head, rule, two rows
    assert cli("show", out, "--table", "nothing")[0] == 2


def engines_of(out: Path) -> set[object]:
    return set(ds.dataset(out / "cells").to_table().column("engine").to_pylist())


def test_settings_from_a_file(cli: RunCli, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('engine = "pdfplumber"\nworkers = 1\ntimeout = 600\nmemory = "1.5G"\n')
    one, out = folder / "a.pdf", tmp_path / "out"
    assert cli("run", one, "-o", out, "--settings", path)[0] == 0
    assert engines_of(out) == {"pdfplumber"}
    assert cli("run", one, "-o", out, "--settings", path, "--engine", "pdfium")[0] == 0
    assert engines_of(out) == {"pdfium"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("speed = 3", "unknown 'speed'"),
        ('engine = "tabula"', "engine is one of"),
        ("workers = 0", "workers is a whole number"),
        ("workers = true", "workers is a whole number"),
        ('timeout = "1 h"', "timeout is a number"),
        ("memory = 2", "memory is a size in quotes"),
        ('memory = "much"', "memory much: expected a size"),
        ("engine", "not TOML"),
        (None, "No such file"),
    ],
)
def test_a_wrong_settings_file_is_wrong_usage(
    cli: RunCli, folder: Path, tmp_path: Path, text: str | None, told: str
) -> None:
    path = tmp_path / "settings.toml"
    if text is not None:
        path.write_text(text)
    code, stdout, stderr = cli("run", folder, "-o", tmp_path / "out", "--settings", path)
    assert (code, stdout) == (2, "")
    assert told in stderr and stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_shards_together_make_the_whole(cli: RunCli, folder: Path, tmp_path: Path) -> None:
    counts = []
    for index in (1, 2):
        code, stdout, _ = cli("run", folder, "-o", tmp_path / "out", "--shard", f"{index}/2")
        assert code == 0
        counts.append(int(stdout.split()[0]))
    assert sum(counts) == 3
    _, stdout, _ = cli("show", tmp_path / "out")
    assert stdout.startswith("3 documents: 3 ok\n")
