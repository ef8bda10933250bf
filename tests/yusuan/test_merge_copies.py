"""Parts without their state (copies, uploaded ones) are merged from their tables."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

from yusuan.corrections.file import by_document
from yusuan.corrections.model import Correction
from yusuan.inputs import find_inputs, shard_of
from yusuan.kept import read_head, read_piece
from yusuan.manifest import read_manifest
from yusuan.merge import merge
from yusuan.parts import kept_path
from yusuan.result import loaded_schemas
from yusuan.run import RunSettings, run
from yusuan.store import StoreError
from yusuan.upload import copy_dataset

from .conftest import pdf_bytes
from .inprocess import here

RunCli = Callable[..., tuple[int, str, str]]
PLACE = "memory://merging/parts"


def tables(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in ("_state", "manifest.parquet")
    }


def without_times(root: Path) -> list[Mapping[str, object]]:
    rows = pq.read_table(root / "manifest.parquet").to_pylist()
    return [{**row, "converted_at": None} for row in rows]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of documents, with copies, failures and a list that says something else."""
    root = tmp_path_factory.mktemp("in")
    lines = ["path,year"]
    for n in range(5):
        grid = (("项目", "预算数"), ("甲", f"{n},234.50"), ("乙", "0.00"))
        (root / f"{n}.pdf").write_bytes(pdf_bytes(grid, title="2026年一般公共预算财政拨款支出表"))
        lines.append(f"{n}.pdf,{2026 if n % 2 else 2019}")
    (root / "copy.pdf").write_bytes((root / "1.pdf").read_bytes())
    (root / "page.pdf").write_bytes(b"<html>busy</html>")
    lines += ["copy.pdf,2018", "page.pdf,", "gone.pdf,2026"]
    (root / "list.csv").write_text("\n".join(lines))
    return root / "list.csv"


@pytest.fixture(scope="module")
def whole(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    run(find_inputs([str(listed)]), out, convert_all=here)
    assert "given-differs" in pq.read_table(out / "findings").column("code").to_pylist()
    return out


@pytest.fixture(scope="module")
def parts(listed: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("parts")
    inputs = find_inputs([str(listed)])
    for index in (1, 2):
        run(shard_of(inputs, index, 2), root / str(index), convert_all=here)
    return [root / "1", root / "2"]


@pytest.fixture
def memory() -> Iterator[Any]:
    memory = fsspec.filesystem("memory")
    yield memory
    if memory.exists("/merging"):
        memory.rm("/merging", recursive=True)


def test_copies_without_state_give_the_same_bytes(
    parts: list[Path], whole: Path, listed: Path, tmp_path: Path
) -> None:
    ignored = shutil.ignore_patterns("_state")
    copies = [shutil.copytree(part, tmp_path / part.name, ignore=ignored) for part in parts]
    merge(copies, tmp_path / "out", loaded_schemas())
    assert tables(tmp_path / "out") == tables(whole)
    assert without_times(tmp_path / "out") == without_times(whole)
    done = run(find_inputs([str(listed)]), tmp_path / "out", convert_all=here)
    assert all(one.reused for one in done if one.status == "ok"), "and it goes on"
    assert tables(tmp_path / "out") == tables(whole)
    assert not list((tmp_path / "out" / "_state" / "tmp").iterdir())


def test_what_is_rebuilt_is_what_was_kept(whole: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(whole, tmp_path / "copy", ignore=shutil.ignore_patterns("_state"))
    merge([copy], tmp_path / "out", loaded_schemas())
    for one in read_manifest(whole / "manifest.parquet"):
        folders = (root / "_state" / "documents" for root in (whole, tmp_path / "out"))
        before, after = (kept_path(folder, one.entry.doc_id) for folder in folders)
        first, second = read_head(before), read_head(after)
        assert first is not None and second is not None
        assert (first.made, first.made_at, first.error) == (
            second.made,
            second.made_at,
            second.error,
        )
        assert first.pieces.keys() == second.pieces.keys()
        for name in first.pieces.keys() - {"documents"}:  # its row has what lists say, replaced
            assert read_piece(before, first.pieces[name]) == read_piece(after, second.pieces[name])


def test_uploaded_parts_are_merged_where_they_are(
    parts: list[Path], whole: Path, tmp_path: Path, memory: Any, cli: RunCli
) -> None:
    for part in parts:
        copy_dataset(part, f"{PLACE}/{part.name}")
    code, stdout, stderr = cli("merge", PLACE, "-o", tmp_path / "out", "--workers", 1)
    assert (code, stderr) == (0, "")
    assert stdout == f"8 inputs -> {tmp_path / 'out'}\n"
    assert tables(tmp_path / "out") == tables(whole)
    addresses = [f"{PLACE}/{part.name}/" for part in parts]
    merge(addresses, tmp_path / "again", loaded_schemas())
    assert tables(tmp_path / "again") == tables(whole)


def test_what_is_not_whole_there_is_refused(parts: list[Path], tmp_path: Path, memory: Any) -> None:
    out, schemas = tmp_path / "out", loaded_schemas()
    with pytest.raises(StoreError, match="there is no dataset, and none in the folders below"):
        merge([PLACE], out, schemas)
    for part in parts:
        copy_dataset(part, f"{PLACE}/{part.name}")
    memory.pipe_file("/merging/parts/1/_uploading", b"")
    with pytest.raises(StoreError, match="parts/1 is not whole"):
        merge([PLACE], out, schemas)
    memory.rm_file("/merging/parts/1/_uploading")
    memory.pipe_file("/merging/parts/2/findings/part-00000.parquet", b"other")
    with pytest.raises(StoreError, match=r"part-00000\.parquet is another than was up"):
        merge([PLACE], out, schemas)
    memory.pipe_file("/merging/parts/2/SHA256SUMS", b"0" * 64 + b"  ../../x.parquet\n")
    with pytest.raises(StoreError, match="names a file outside"):
        merge([PLACE], out, schemas)
    with pytest.raises(StoreError, match="nowhere:// cannot be used"):
        merge(["nowhere://x"], out, schemas)


def test_decisions_of_reviewers_stay_known(tmp_path: Path, small_pdf: bytes) -> None:
    """Rows with corrections are not taken for rows without."""
    (tmp_path / "a.pdf").write_bytes(small_pdf)
    inputs = find_inputs([str(tmp_path / "a.pdf")])
    (done,) = run(inputs, tmp_path / "plain", convert_all=here)
    decided = Correction(
        done.doc_id,
        "summary",
        "none",
        "amount_text",
        "correct",
        "1",
        "2",
        "x",
        "2026-01-01",
        "test",
    )
    settings = RunSettings(corrections=by_document([decided]))
    run(inputs, tmp_path / "one", settings, convert_all=here)
    shutil.rmtree(tmp_path / "one" / "_state")
    merge([tmp_path / "one"], tmp_path / "out", loaded_schemas())
    assert run(inputs, tmp_path / "out", settings, convert_all=here)[0].reused
    assert not run(inputs, tmp_path / "out", convert_all=here)[0].reused
