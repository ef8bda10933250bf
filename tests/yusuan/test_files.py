"""What may stand in a folder under the name of a document, and what names documents may have."""

import hashlib
import io
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from yusuan.files import FileError, digest_of, digest_of_name, read_same
from yusuan.inputs import Input, InputError, find_inputs, recorded_source, shard_of
from yusuan.limits import Limits
from yusuan.run import Job, RunSettings, Task, run

from .conftest import GRID, RunCli, pdf_bytes
from .inprocess import Done, here

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders: not here")


def test_the_digest_of_a_file_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert digest_of(str(path), 5) == hashlib.sha256(b"12345").hexdigest()
    assert digest_of(str(path), 4) is None
    with pytest.raises(FileNotFoundError):
        digest_of(str(tmp_path / "none"), 5)
    with pytest.raises(IsADirectoryError):
        digest_of(str(tmp_path), 5)


@needs_pipes
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path, small_pdf: bytes) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "endless.pdf").symlink_to("/dev/zero")
    (tmp_path / "good.pdf").write_bytes(small_pdf)
    outcomes = run(find_inputs([str(tmp_path)]), tmp_path / "out", convert_all=here)
    by_name = {Path(done.source).name: done for done in outcomes}
    assert by_name["good.pdf"].status == "ok"
    for name in ("pipe.pdf", "endless.pdf"):
        assert "not a file; save what it gives" in (by_name[name].error or "")


def test_a_file_that_changes_while_it_is_read_is_not_converted(
    tmp_path: Path, small_pdf: bytes
) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(small_pdf)
    digest = hashlib.sha256(small_pdf).hexdigest()
    assert read_same(str(path), digest, 1 << 20) == small_pdf
    with path.open("ab") as file:
        file.write(b"more")
    with pytest.raises(FileError, match="changed while the run read it"):
        read_same(str(path), digest, 1 << 20)

    def change(tasks: Iterable[Task], job: Job) -> Done:
        (task,) = tasks
        path.write_bytes(small_pdf)
        return here([task], job)

    (done,) = run(find_inputs([str(path)]), tmp_path / "out", convert_all=change)
    assert done.status == "failed"
    assert "give the same command again" in (done.error or "")
    (done,) = run(find_inputs([str(path)]), tmp_path / "out", convert_all=here)
    assert (done.status, done.doc_id) == ("ok", digest)


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(3 << 20)
    settings = RunSettings(limits=Limits(file=2 << 20))

    def nothing(tasks: Iterable[Task], job: Job) -> Done:
        assert list(tasks) == []
        return iter(())

    (done,) = run(find_inputs([str(path)]), tmp_path / "out", settings, convert_all=nothing)
    assert done.error is not None and "the file has 3 MiB" in done.error
    assert done.doc_id == digest_of_name(str(path))


def test_links_to_folders_are_told_and_not_followed(tmp_path: Path, small_pdf: bytes) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.pdf").write_bytes(small_pdf)
    (tmp_path / "in" / "deep" / "round").symlink_to(tmp_path / "in")
    told: list[str] = []
    found = find_inputs([str(tmp_path / "in")], told.append)
    assert [Path(one.source).name for one in found] == ["a.pdf"]
    (line,) = told
    assert line.endswith("round: a linked folder, not entered; name it too if it is meant")


def test_names_that_are_no_text_are_sharded_and_verified(
    tmp_path: Path, small_pdf: bytes, cli: RunCli
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = os.path.join(os.fsencode(folder), b"\xff\xfe.pdf")  # noqa: PTH118 (bytes)
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(small_pdf)
    except OSError:
        pytest.skip("this file system knows no such names")
    inputs = find_inputs([str(folder)])
    assert [len(shard_of(inputs, n, 2)) for n in (1, 2)] in ([0, 1], [1, 0])
    run(inputs, tmp_path / "out", convert_all=here)
    code, stdout, _ = cli("verify", tmp_path / "out", "--inputs")
    assert (code, "not there" in stdout) == (0, False)
    (folder / "\\xff\\xfe.pdf").write_bytes(small_pdf)
    with pytest.raises(InputError, match="rename one of them"):
        find_inputs([str(folder)])


def test_recorded_names_of_plain_files_are_the_names() -> None:
    assert recorded_source("预算\n😀.pdf") == "预算\n😀.pdf"
    assert recorded_source(os.fsdecode(b"caf\xe9.pdf")) == "caf\\xe9.pdf"


@pytest.mark.parametrize(
    "piped",
    [
        b"\xef\xbb\xbfa.pdf\r\nb\xe8\xa1\x8c.pdf\r\n",
        b"a.pdf\rb\xe8\xa1\x8c.pdf",
        "# 名单\n\na.pdf\nb行.pdf\n".encode("gb18030"),
        "a.pdf\r\nb行.pdf\r\n".encode("utf-16"),
        b"a.pdf\0b\xe8\xa1\x8c.pdf\0",
    ],
)
def test_a_list_on_stdin(piped: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.pdf", "b行.pdf"):
        Path(name).write_bytes(b"")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
    assert find_inputs(["-"]) == (Input("a.pdf"), Input("b行.pdf"))


def test_names_with_ends_of_lines_can_be_piped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "行\n\u2028 .pdf"
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{name}\0".encode())))
    assert find_inputs(["-"]) == (Input(name),)


@pytest.mark.parametrize("stdin", [io.TextIOWrapper(io.BytesIO(b"\n# nothing\n")), None])
def test_nothing_on_stdin_is_told(
    stdin: io.TextIOWrapper | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(InputError, match="stdin lists no files"):
        find_inputs(["-"])


def test_two_runs_into_one_folder_at_once(tmp_path: Path) -> None:
    """Both end, and the dataset holds the inputs of both."""
    folders = [tmp_path / "a", tmp_path / "b"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for n in range(3):
            grid = (*GRID, (f"丙{number if n else 0}{n}", "3"))
            (folder / f"{n}.pdf").write_bytes(pdf_bytes(grid))

    def one_run(folder: Path) -> None:
        run(find_inputs([str(folder)]), tmp_path / "out", convert_all=here)

    threads = [threading.Thread(target=one_run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = run(find_inputs(list(map(str, folders))), tmp_path / "out", convert_all=here)
    assert len(done) == 6 and all(one.reused for one in done)
