"""``yusuan verify`` finds what was changed; ``yusuan merge`` makes the bytes of one machine."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from yusuan.inputs import find_inputs
from yusuan.manifest import read_manifest
from yusuan.merge import merge
from yusuan.result import loaded_schemas
from yusuan.run import RunSettings, run
from yusuan.store import StoreError

RunCli = Callable[..., tuple[int, str, str]]
ONE = RunSettings(workers=1)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory, small_pdf: bytes) -> Path:
    """Four inputs, two of the same bytes, one that fails."""
    root = tmp_path_factory.mktemp("in")
    (root / "a.pdf").write_bytes(small_pdf)
    (root / "b.pdf").write_bytes(b"<html>")
    (root / "c.pdf").write_bytes(small_pdf)
    (root / "d.pdf").write_bytes(small_pdf + b"\n% another\n%%EOF\n")
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Path:
    """A dataset of them; to be copied, not changed."""
    out = tmp_path_factory.mktemp("made") / "out"
    run(find_inputs([str(documents)]), out, ONE)
    return out


@pytest.fixture
def dataset(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "out")


def test_a_sound_dataset(cli: RunCli, dataset: Path) -> None:
    assert cli("verify", dataset) == (0, f"{dataset} is as it was written\n", "")
    assert cli("verify", dataset, "--inputs")[0] == 0
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=dataset, check=False)
    assert done.returncode == 0


def test_the_manifest_tells_what_when_and_with_what(dataset: Path, documents: Path) -> None:
    rows = pq.read_table(dataset / "manifest.parquet").to_pylist()
    assert [row["source"] for row in rows] == [str(documents / f"{name}.pdf") for name in "abcd"]
    assert [row["status"] for row in rows] == ["ok", "failed", "ok", "ok"]
    assert [row["duplicate_of"] for row in rows] == [None, None, str(documents / "a.pdf"), None]
    assert all(row["size_bytes"] == Path(row["source"]).stat().st_size for row in rows)
    assert rows[1]["error"].startswith("this is a web page")
    assert all(row["converted_at"] and row["tool_version"] and row["reuse_key"] for row in rows)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (
        lambda out: (out / "cells/part-00000.parquet").write_bytes(b"x"),
        "cells/part-00000.parquet was changed or damaged",
    ),
    "missing": (
        lambda out: (out / "summary/part-00000.parquet").unlink(),
        "summary/part-00000.parquet is missing",
    ),
    "doubled": (
        lambda out: shutil.copy(out / "cells/part-00000.parquet", out / "cells/copy.parquet"),
        "cells/copy.parquet does not belong here",
    ),
    "no manifest": (lambda out: (out / "manifest.parquet").unlink(), "there is no manifest"),
    "no checksums": (lambda out: (out / "SHA256SUMS").unlink(), "SHA256SUMS is missing"),
    "checksums changed": (
        lambda out: (out / "SHA256SUMS").write_text(""),
        "do not belong together",
    ),
    "not a manifest": (
        lambda out: (out / "manifest.parquet").write_bytes(b"PAR1"),
        "manifest.parquet cannot be read",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_with_what_to_do(cli: RunCli, dataset: Path, name: str) -> None:
    change, told = CHANGES[name]
    change(dataset)
    code, stdout, stderr = cli("verify", dataset)
    assert (code, stderr) == (1, "")
    (line,) = stdout.splitlines()
    assert line.startswith("wrong: ") and told in line


def test_what_is_kept_may_be_gone(cli: RunCli, dataset: Path) -> None:
    kept = next((dataset / "_state" / "documents").rglob("*.kept"))
    kept.write_bytes(kept.read_bytes()[:-1])
    code, stdout, _ = cli("verify", dataset)
    assert code == 0
    assert stdout.startswith("note: 1 of 3 documents have nothing kept")
    shutil.rmtree(dataset / "_state")
    assert cli("verify", dataset)[0] == 0


def test_inputs_that_changed(
    cli: RunCli, tmp_path: Path, small_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_bytes(small_pdf + name.encode())
    run(find_inputs([str(tmp_path)]), tmp_path / "out", ONE)
    (tmp_path / "one.pdf").write_bytes(b"other")
    (tmp_path / "two.pdf").unlink()
    code, stdout, _ = cli("verify", tmp_path / "out", "--inputs")
    assert code == 1
    assert "wrong: " in stdout and "one.pdf: the input has changed" in stdout
    assert "note: " in stdout and "two.pdf: the input is not there any more" in stdout
    assert cli("verify", tmp_path / "out")[0] == 0
    assert cli("verify", tmp_path / "nothing")[0] == 2


# Merging ----------------------------------------------------------------------------------------


def tables(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in ("_state", "manifest.parquet")
    }


def test_shards_merged_are_the_bytes_of_one_run(
    cli: RunCli, documents: Path, made: Path, tmp_path: Path
) -> None:
    counts = []
    for index in (1, 2, 3):
        part = tmp_path / f"part-{index}"
        _, stdout, _ = cli("run", documents, "-o", part, "--shard", f"{index}/3", "--workers", 1)
        counts.append(int(stdout.split()[0]))
    assert sum(counts) == 4
    parts = [tmp_path / f"part-{index}" for index in (3, 1, 2)]
    before = [tables(part) for part in parts]

    code, stdout, stderr = cli("merge", *parts, "-o", tmp_path / "whole")

    assert (code, stderr) == (0, "")
    assert stdout == f"4 inputs -> {tmp_path / 'whole'}\n"
    assert tables(tmp_path / "whole") == tables(made)
    assert cli("verify", tmp_path / "whole")[0] == 0
    assert [tables(part) for part in parts] == before
    whole, one = (read_manifest(root / "manifest.parquet") for root in (tmp_path / "whole", made))
    assert [row.entry for row in whole] == [row.entry for row in one]
    outcomes = run(find_inputs([str(documents)]), tmp_path / "whole", ONE)
    assert [done.reused for done in outcomes] == [True, False, True, True], "and it goes on"


def test_merging_again_adds_and_replaces(documents: Path, made: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(documents)])
    for name, some in (("x", inputs[:2]), ("y", inputs[1:])):
        run(some, tmp_path / name, ONE)
        merge([tmp_path / name], tmp_path / "out", loaded_schemas())
    assert tables(tmp_path / "out") == tables(made)


def test_parts_that_do_not_fit_are_refused(
    cli: RunCli, documents: Path, dataset: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    run(find_inputs([str(documents / "d.pdf")]), changed, RunSettings(workers=1))
    code, stdout, stderr = cli("merge", dataset, tmp_path, "-o", tmp_path / "out")
    assert (code, stdout) == (2, "") and "is no finished dataset" in stderr
    damaged = shutil.copytree(dataset, tmp_path / "damaged")
    (damaged / "_state" / "documents").rename(damaged / "_state" / "gone")
    with (damaged / "cells" / "part-00000.parquet").open("ab") as file:
        file.write(b"more")
    with pytest.raises(StoreError, match=r"cannot be merged: cells/.*was changed or damaged"):
        merge([changed, damaged], tmp_path / "out", loaded_schemas())


def test_the_same_source_with_other_bytes_is_refused(tmp_path: Path, small_pdf: bytes) -> None:
    path = tmp_path / "x.pdf"
    for name, data in (("one", small_pdf), ("two", small_pdf + b"%")):
        path.write_bytes(data)
        run(find_inputs([str(path)]), tmp_path / name, ONE)
    with pytest.raises(StoreError, match=r"x\.pdf is another file in .*one than in .*two"):
        merge([tmp_path / "one", tmp_path / "two"], tmp_path / "out", loaded_schemas())
    assert not (tmp_path / "out").exists()


def test_parts_of_other_code_are_refused(
    tmp_path: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(find_inputs([str(documents / "a.pdf")]), tmp_path / "one", ONE)
    monkeypatch.setattr("yusuan.made._code_digest", lambda: "older")
    run(find_inputs([str(documents / "d.pdf")]), tmp_path / "two", ONE)
    with pytest.raises(StoreError, match="made by different versions or settings"):
        merge([tmp_path / "one", tmp_path / "two"], tmp_path / "out", loaded_schemas())
