"""Object storage as input, on file systems that need no server: file:// and memory://."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pytest

from yusuan.fetch import CacheError, FetchSettings, fetch_inputs
from yusuan.fetch.objects import list_objects
from yusuan.inputs import Input, find_inputs

NAMES = ("a.pdf", "b/100%.PDF", "b/预算 [1].pdf", "b/c/d.pdf", "b/c/note.txt")


@pytest.fixture
def bucket() -> Iterator[Any]:
    """``memory://bucket`` with a few objects, each with its own name as bytes."""
    memory = fsspec.filesystem("memory")
    for name in NAMES:
        memory.pipe_file(f"/bucket/{name}", name.encode())
    yield memory
    memory.rm("/bucket", recursive=True)


@pytest.fixture
def settings(tmp_path: Path) -> FetchSettings:
    return FetchSettings(cache=tmp_path / "cache")


def fetch(address: str, settings: FetchSettings) -> Input:
    (one,) = fetch_inputs([Input(address)], settings)
    return one


def test_a_folder_is_searched_at_any_depth(bucket: Any, settings: FetchSettings) -> None:
    found = find_inputs(["memory://bucket"])
    assert [one.source for one in found] == [f"memory:///bucket/{n}" for n in sorted(NAMES[:4])]
    assert find_inputs(one.source for one in found) == found
    for one in fetch_inputs(found, settings):
        assert one.error is None
        assert one.source.endswith("/" + Path(one.file).read_text())


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("bucket/*.pdf", ["a.pdf"]),
        ("bucket/**/*.pdf", ["a.pdf", "b/c/d.pdf", "b/预算 [1].pdf"]),
        ("bucket/b/[!1]*.pdf", ["b/预算 [1].pdf"]),
        ("bucket/b/c/*", ["b/c/d.pdf", "b/c/note.txt"]),
        ("bucket/none/*", []),
        ("none", []),
    ],
)
def test_patterns(bucket: Any, pattern: str, names: list[str]) -> None:
    found = sorted(list_objects(f"memory://{pattern}"))
    assert found == [f"memory:///bucket/{name}" for name in names]


def test_nothing_found_is_an_input_with_an_error(bucket: Any) -> None:
    (one,) = find_inputs(["memory://bucket/none"])
    assert one.error == "no such object, and no *.pdf below it; check the address."


def test_an_object_that_did_not_change_is_not_read_again(
    bucket: Any, settings: FetchSettings
) -> None:
    address = "memory://bucket/a.pdf"
    first = fetch(address, settings)
    Path(first.file).chmod(0o400)
    assert fetch(address, settings).file == first.file
    bucket.pipe_file("/bucket/a.pdf", b"changed")
    assert Path(fetch(address, settings).file).read_bytes() == b"changed"
    bucket.rm("/bucket/a.pdf")
    assert fetch(address, settings).error == "there is no such object; check the address."
    assert fetch(address, replace(settings, offline=True)).error is None


def test_too_large(bucket: Any, settings: FetchSettings) -> None:
    one = fetch("memory://bucket/a.pdf", replace(settings, max_size=3))
    assert one.code == "download-too-large"


def test_a_file_address_is_read_in_its_place(tmp_path: Path, settings: FetchSettings) -> None:
    path = tmp_path / "预算 100%.pdf"
    path.write_bytes(b"x")
    one = fetch(f"file://{path}", settings)
    assert (one.file, one.error) == (str(path), None)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.pdf").write_bytes(b"x")
    found = [one.source for one in find_inputs([f"file://{tmp_path}"])]
    assert found == [f"file://{tmp_path}/more/b.pdf", f"file://{path}"]
    assert fetch(f"file://{tmp_path}/none.pdf", settings).error is not None


def test_an_unknown_scheme_fails_with_a_reason(settings: FetchSettings) -> None:
    one = fetch("nowhere://bucket/a.pdf", settings)
    assert one.code == "download-failed"
    assert one.error is not None
    assert one.error.startswith("nowhere:// cannot be used: ")
    (listed,) = find_inputs(["nowhere://bucket/"])
    assert listed.code == "download-failed"


def test_whatever_a_driver_raises_costs_its_document_alone(
    bucket: Any, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials\nand a long story")

    monkeypatch.setattr(type(bucket), "_open", broken)
    one = fetch("memory://bucket/a.pdf", settings)
    assert (one.code, one.error) == ("download-failed", "cannot be read: no credentials")
    monkeypatch.setattr(type(bucket), "find", broken)
    monkeypatch.setattr(type(bucket), "info", broken)
    (found,) = find_inputs(["memory://bucket"])
    assert found.error == "cannot be listed: no credentials"


def test_a_cache_that_is_full_ends_the_run(
    bucket: Any, settings: FetchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("yusuan.fetch.cache.Part.append", full)
    with pytest.raises(CacheError, match="No space left on device"):
        fetch("memory://bucket/a.pdf", settings)
