"""A dataset copied to object storage: whole, or seen not to be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from yusuan import upload as module
from yusuan.upload import AddressError, UploadError, check_address, copy_dataset

PLACE = "memory://results/2026"


@pytest.fixture
def memory() -> Iterator[Any]:
    memory = fsspec.filesystem("memory")
    yield memory
    if memory.exists("/results"):
        memory.rm("/results", recursive=True)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """What the files of a dataset are named; their content does not matter here."""
    out = tmp_path / "out"
    for name in ("manifest.parquet", "documents/part-0.parquet", "cells/part-0.parquet"):
        write(out, name, name.encode())
    write(out, "cells/part-1.parquet", b"second")
    write(out, "_state/documents/ab/abcd.arrow", b"state")
    return out


def write(out: Path, name: str, content: bytes) -> None:
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(content)


def content(memory: Any) -> dict[str, bytes]:
    return {
        name.removeprefix("/results/2026/"): memory.cat_file(name)
        for name in memory.find("/results/2026")
    }


def test_everything_but_the_state_is_copied(memory: Any, out: Path) -> None:
    assert copy_dataset(out, PLACE + "/") == 4
    assert content(memory) == {
        "manifest.parquet": b"manifest.parquet",
        "documents/part-0.parquet": b"documents/part-0.parquet",
        "cells/part-0.parquet": b"cells/part-0.parquet",
        "cells/part-1.parquet": b"second",
    }


def test_a_dataset_is_replaced_and_its_old_files_go(memory: Any, out: Path) -> None:
    copy_dataset(out, PLACE)
    memory.pipe_file("/results/2026/notes/mine.txt", b"mine")
    (out / "cells/part-1.parquet").unlink()
    write(out, "manifest.parquet", b"new")
    copy_dataset(out, PLACE)
    there = content(memory)
    assert there["manifest.parquet"] == b"new"
    assert "cells/part-1.parquet" not in there
    assert there["notes/mine.txt"] == b"mine"


def test_a_copy_that_breaks_off_has_no_manifest_and_can_be_repeated(
    memory: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_dataset(out, PLACE)
    whole = content(memory)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_copy", broken)
        with pytest.raises(UploadError, match="could not be written: the line is down"):
            copy_dataset(out, PLACE)
    assert "manifest.parquet" not in content(memory)
    assert "_uploading" in content(memory)
    copy_dataset(out, PLACE)
    assert content(memory) == whole


def broken(path: Path, place: object, name: str) -> None:
    raise OSError("the line is down")


def test_something_else_is_not_overwritten(memory: Any, out: Path) -> None:
    memory.pipe_file("/results/2026/thesis.docx", b"mine")
    with pytest.raises(UploadError, match="holds 1 objects and is no dataset"):
        copy_dataset(out, PLACE)
    assert content(memory) == {"thesis.docx": b"mine"}


def test_only_a_dataset_is_copied(memory: Any, tmp_path: Path) -> None:
    with pytest.raises(UploadError, match="is not a dataset of yusuan"):
        copy_dataset(tmp_path, PLACE)
    with pytest.raises(UploadError, match="nowhere:// cannot be used"):
        (tmp_path / "manifest.parquet").write_bytes(b"")
        copy_dataset(tmp_path, "nowhere://x")


def test_an_address_can_be_checked_before() -> None:
    check_address(PLACE)
    with pytest.raises(AddressError, match="nowhere:// cannot be used"):
        check_address("nowhere://x")
