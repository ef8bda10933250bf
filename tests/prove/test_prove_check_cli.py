"""``yusuan check``: what fails, where, by how much, and the exit code."""

import shutil
import sys
from pathlib import Path

import pytest


def run_cli(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    from yusuan.cli import main

    monkeypatch.setattr(sys, "argv", ["yusuan", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        main()
    captured = capfd.readouterr()
    return int(end.value.code or 0), captured.out, captured.err


@pytest.mark.parametrize(("name", "code"), [("seed-calc", 1), ("final-account", 0)])
def test_check_tells_what_fails(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    samples_dir: Path,
    tmp_path: Path,
    name: str,
    code: int,
) -> None:
    shutil.copy(samples_dir / f"{name}.pdf", tmp_path / "in.pdf")
    run_cli(monkeypatch, capfd, "run", tmp_path / "in.pdf", "-o", tmp_path / "out", "--workers", 1)
    got, stdout, stderr = run_cli(monkeypatch, capfd, "check", tmp_path / "out")
    assert (got, stderr) == (code, "")
    assert stdout.splitlines()[-1].startswith("100.0% proved  in.pdf: ")
    assert stdout.count("FAILED  ") == (4 if code else 0)
    if code:
        # The smallest identities that are wholly off come first.
        assert stdout.startswith("FAILED  ")
        assert "31,498.00 against 0.00: off by 31,498.00 yuan (tolerance 0.00)" in stdout
        assert "p. 14  T008  " in stdout and "vehicle_total budget p14 T008:0:3" in stdout
        last = stdout.rindex("FAILED  ")
        assert "Expenditure of the year is the sum of the function classes" in stdout[last:]
    everything = run_cli(monkeypatch, capfd, "check", tmp_path / "out", "--all")[1]
    assert "OK  " in everything and len(everything) > len(stdout)


def test_check_of_something_else_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, stdout, stderr = run_cli(monkeypatch, capfd, "check", tmp_path)
    assert (code, stdout) == (2, "")
    assert "is not a dataset of yusuan" in stderr
