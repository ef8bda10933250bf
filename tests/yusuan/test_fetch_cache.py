"""The cache on disk: whole objects only, shared by several processes."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from yusuan.fetch import default_cache
from yusuan.fetch.cache import Cache, Entry

from .webserver import Answer, Asked, serving

ADDRESS = "https://example.org/预算.pdf"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "cache")
    cache.prepare()
    return cache


def put(cache: Cache, content: bytes) -> str:
    with cache.part(ADDRESS) as part:
        part.restart(None)
        part.append(content)
        return cache.adopt(part)


def test_an_entry_is_what_its_address_gave(cache: Cache) -> None:
    assert cache.entry(ADDRESS) is None
    entry = Entry(ADDRESS, put(cache, b"one"), 3, 1_700_000_000, ADDRESS, '"1"')
    cache.record(entry)
    assert cache.entry(ADDRESS) == entry
    assert cache.object_path(entry.sha256).read_bytes() == b"one"
    newer = replace(entry, sha256=put(cache, b"two"), etag='"2"')
    cache.record(newer)
    assert cache.entry(ADDRESS) == newer
    assert cache.object_path(entry.sha256).exists(), "other addresses may mean it"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"address": "x"}'])
def test_a_damaged_index_is_as_none(cache: Cache, damage: str) -> None:
    cache.record(Entry(ADDRESS, put(cache, b"one"), 3, 0, ADDRESS))
    (index,) = (cache.root / "index").glob("*/*.json")
    index.write_text(damage)
    assert cache.entry(ADDRESS) is None


def test_a_part_goes_on_only_with_its_validator(cache: Cache) -> None:
    with cache.part(ADDRESS) as part:
        part.restart('"a"')
        part.append(b"half")
    with cache.part(ADDRESS) as part:
        assert (part.validator, part.size) == ('"a"', 4)
    (note,) = (cache.root / "parts").glob("*.json")
    note.write_text("{")
    with cache.part(ADDRESS) as part:
        assert (part.validator, part.size) == (None, 0)


def test_two_that_want_the_same_do_not_write_into_each_other(cache: Cache) -> None:
    with cache.part(ADDRESS) as first:
        first.restart(None)
        first.append(b"sa")
        with cache.part(ADDRESS) as second:
            assert second.path != first.path
            second.append(b"same")
            sha256 = cache.adopt(second)
        first.append(b"me")
        assert cache.adopt(first) == sha256
    assert not list((cache.root / "parts").iterdir())


# Run with ``python -c``: a test module cannot be imported by name in another process.
_FETCH_ALL = """
import sys
from pathlib import Path
from yusuan.fetch import FetchSettings, fetch_inputs
from yusuan.inputs import Input
root, folder, n = sys.argv[1:]
settings = FetchSettings(Path(folder), delay=0, per_host=2, backoff=0.01)
for one in fetch_inputs([Input(f"{root}/{k}.pdf") for k in range(int(n))], settings):
    print(one.error or Path(one.file).name)
"""


def test_processes_share_a_cache(tmp_path: Path) -> None:
    def script(asked: Asked, nth: int) -> Answer:
        return Answer(200, b"%PDF-1.7\n" + asked.path.encode() * 20_000)

    n = 12
    with serving() as site:
        for k in range(n):
            site.script(f"/{k}.pdf", script)
        command = [sys.executable, "-c", _FETCH_ALL, site.root, str(tmp_path / "cache"), str(n)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        results = [one.communicate(timeout=60)[0].split() for one in running]
    assert results[0] == results[1] == results[2]
    names = {path.name for path in (tmp_path / "cache" / "objects").glob("*/*")}
    assert names == set(results[0])
    assert len(names) == n
    assert not list((tmp_path / "cache" / "parts").iterdir())


def test_the_cache_is_where_the_system_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yusuan.fetch.cache.sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "yusuan"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache() == tmp_path / ".cache" / "yusuan"


def test_the_index_names_its_address(cache: Cache) -> None:
    cache.record(Entry(ADDRESS, put(cache, b"one"), 3, 0, ADDRESS))
    (index,) = (cache.root / "index").glob("*/*.json")
    assert json.loads(index.read_text(encoding="utf-8"))["address"] == ADDRESS
