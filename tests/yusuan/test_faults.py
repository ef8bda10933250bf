"""The fault drill of ``benchmarks/faults.py``, small, and how a run is stopped and goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow.dataset as ds
import pytest

from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run

DRILL = Path(__file__).resolve().parents[2] / "benchmarks" / "faults.py"


@pytest.mark.parametrize(
    "arguments",
    [["--only", "drill", "--small"], ["--only", "kills", "--seeds", "1", "--kills", "2"]],
    ids=["drill", "kills"],
)
def test_the_drill(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, DRILL, *arguments], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("all as it must be\n")


def yusuan(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "yusuan", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_what_is_done_and_goes_on(
    samples_dir: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    out = tmp_path / "out"
    process = yusuan("run", samples_dir, "-o", out, "--workers", 1)
    while not list((out / "_state").rglob("*.kept")):
        assert process.poll() is None
        time.sleep(0.01)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(ending)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert stderr == "Stopped. What is done is kept: the same command goes on from there.\n"
    assert psutil.wait_procs(workers, timeout=10)[1] == []

    process = yusuan("run", samples_dir, "-o", out, "--workers", 1)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stderr) == (0, "")
    assert stdout.startswith("5 inputs: 5 ok, 0 partial, 0 failed (")
    assert "(0 unchanged)" not in stdout


def test_names_that_are_no_text_and_names_that_steer(tmp_path: Path, small_pdf: bytes) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [b"\xff\xfe.pdf", b"\x1b[2Jclear.pdf", "行\n.pdf".encode()]
    try:
        for number, name in enumerate(names):
            path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118 (bytes)
            with open(path, "wb") as file:  # noqa: PTH123
                file.write(small_pdf[: -number or None] if number == 2 else small_pdf)
    except OSError:
        pytest.skip("this file system knows no such names")
    process = yusuan("run", folder, "-o", tmp_path / "out", "--workers", 1)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode in (0, 1)
    assert stdout.startswith("3 inputs: ")
    assert "\x1b" not in stdout + stderr
    sources = ds.dataset(tmp_path / "out" / "manifest.parquet").to_table().column("source")
    assert sorted(Path(source).name for source in sources.to_pylist()) == sorted(
        ["\\xff\\xfe.pdf", "\x1b[2Jclear.pdf", "行\n.pdf"]
    )


def test_nothing_is_written_outside_the_folder(tmp_path: Path, small_pdf: bytes) -> None:
    work = tmp_path / "work"
    (work / "in").mkdir(parents=True)
    (work / "in" / "..%2f..%2fx.pdf").write_bytes(small_pdf)
    (work / "in" / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    before = set(tmp_path.rglob("*"))
    run(find_inputs([str(work / "in")]), work / "out", RunSettings(workers=1))
    written = set(tmp_path.rglob("*")) - before
    assert written and all(path.is_relative_to(work / "out") for path in written)


def test_long_documents_go_first_and_no_bytes_are_read_before(
    tmp_path: Path, small_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("a", 10), ("b", 5000), ("c", 300)):
        (tmp_path / f"{name}.pdf").write_bytes(small_pdf + b"%" * size)
    told: list[str] = []
    hashed: list[int] = []
    from yusuan import run as module

    whole = module.digest_of

    def counted(path: str, limit: int) -> str | None:
        hashed.append(len(told))
        return whole(path, limit)

    monkeypatch.setattr(module, "digest_of", counted)
    run(
        find_inputs([str(tmp_path)]),
        tmp_path / "out",
        RunSettings(workers=1),
        progress=lambda done: told.append(Path(done.source).stem),
    )
    assert told == ["b", "c", "a"]
    assert hashed == [0, 1, 2]
