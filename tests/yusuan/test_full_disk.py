"""A disk that refuses in the middle of a run: told in one line, and nothing of before is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from yusuan.inputs import find_inputs
from yusuan.run import run

from .conftest import GRID, RunCli, pdf_bytes
from .inprocess import here

resource = pytest.importorskip("resource")


@pytest.fixture
def dataset(tmp_path: Path, small_pdf: bytes) -> Path:
    (tmp_path / "a.pdf").write_bytes(small_pdf)
    run(find_inputs([str(tmp_path / "a.pdf")]), tmp_path / "out", convert_all=here)
    (tmp_path / "b.pdf").write_bytes(pdf_bytes((*GRID, ("丙", "3"))))
    return tmp_path / "out"


def run_within(limit: int, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """``yusuan`` where no file can have more bytes than the limit, as on a full disk."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    # -P: the installed package, as in this process, not a checkout that pytest was started in
    command = [sys.executable, "-P", "-m", "yusuan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=bound)


def test_the_tables_of_before_stand_and_the_same_command_goes_on(
    dataset: Path, cli: RunCli
) -> None:
    inputs = dataset.parent / "b.pdf"
    run(find_inputs([str(inputs)]), dataset.parent / "whole", convert_all=here)
    (kept,) = (path.stat().st_size for path in (dataset.parent / "whole").rglob("*.kept"))
    largest = max(path.stat().st_size for path in dataset.glob("*/*.parquet"))
    kept += 64  # it holds the time, which compresses to a few bytes more or less
    assert kept < largest, "else publishing has room"
    done = run_within(kept, "run", inputs, "-o", dataset, "--workers", 1)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "out cannot be published: File too large; the tables are as they were" in line
    assert cli("verify", dataset)[0] == 0
    assert not (dataset / "_state" / "publishing").exists()
    (again,) = run(find_inputs([str(inputs)]), dataset, convert_all=here)
    assert again.status == "ok"
    assert again.reused
