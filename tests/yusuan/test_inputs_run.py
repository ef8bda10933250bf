"""From a list with files and addresses to the dataset, by the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest

from yusuan.head import file_name_of

from .conftest import GRID, RunCli, pdf_bytes
from .webserver import Answer, Site, serving

TITLE = "北京市朝阳区财政局2026年度一般公共预算财政拨款支出表"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def listed(tmp_path: Path, site: Site) -> Path:
    """A list of a file, its copy on the web, another on the web, and what is not there."""
    (tmp_path / "a.pdf").write_bytes(pdf_bytes(GRID, TITLE))
    site.page("/b.pdf", Answer(200, pdf_bytes(GRID, TITLE)))
    site.page("/%E9%A2%84%E7%AE%97.pdf", Answer(200, pdf_bytes(GRID), {"ETag": '"7"'}))
    site.page("/page.pdf", Answer(200, b"<!DOCTYPE html><title>busy</title>"))
    rows = [
        "网址,文件,省份,年度",
        "https://example.org/notice.html,a.pdf,北京,2025",
        f",{site.root}/b.pdf,,2024",
        f",{site.root}/%E9%A2%84%E7%AE%97.pdf,北京市,2026",
        f",{site.root}/page.pdf,,",
        ",gone.pdf,上海市,",
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows), encoding="gb18030")
    return path


def table(out: Path, name: str) -> dict[str, dict[str, Any]]:
    return {Path(row["source"]).name: row for row in pq.read_table(out / name).to_pylist()}


def options(tmp_path: Path) -> list[object]:
    return ["-o", tmp_path / "out", "--workers", 1, "--delay", 0, "--cache", tmp_path / "cache"]


def test_a_list_becomes_a_dataset(cli: RunCli, listed: Path, site: Site, tmp_path: Path) -> None:
    code, stdout, stderr = cli("run", listed, *options(tmp_path))
    assert code == 1, stderr
    assert "5 inputs: 3 ok, 0 partial, 2 failed" in stdout
    assert "page.pdf: the server gave a web page “busy” in place of the file" in stderr

    documents = table(tmp_path / "out", "documents")
    assert set(documents) == {"a.pdf", "%E9%A2%84%E7%AE%97.pdf", "page.pdf", "gone.pdf"}
    first = documents["a.pdf"]
    given = [first[f"given_{name}"] for name in ("province", "city", "year", "url")]
    assert given == ["北京", None, 2025, "https://example.org/notice.html"]
    assert first["fiscal_year"] == 2026, "what is printed stays"
    assert first["copies"] == [f"{site.root}/b.pdf"]
    assert documents["%E9%A2%84%E7%AE%97.pdf"]["copies"] is None
    assert documents["gone.pdf"]["given_province"] == "上海市"
    assert documents["gone.pdf"]["status"] == "failed"

    notes = [
        row["note"]
        for row in pq.read_table(tmp_path / "out" / "findings").to_pylist()
        if row["code"] == "given-differs"
    ]
    assert sorted(note.partition(":")[0] for note in notes) == ["fiscal_year", "year"]

    manifest = table(tmp_path / "out", "manifest.parquet")
    assert len(manifest) == 5
    web = manifest["%E9%A2%84%E7%AE%97.pdf"]
    assert (web["etag"], web["given_year"]) == ('"7"', 2026)
    assert web["fetched_at"] is not None
    assert manifest["a.pdf"]["fetched_at"] is None
    assert manifest["b.pdf"]["duplicate_of"] == str(tmp_path / "a.pdf")


def test_tables_are_the_same_whenever_things_were_fetched(
    cli: RunCli, listed: Path, site: Site, tmp_path: Path
) -> None:
    cli("run", listed, *options(tmp_path))
    before = {path: path.read_bytes() for path in (tmp_path / "out").glob("*/*.parquet")}
    asked = site.count("/b.pdf")
    again = ["--max-age", 0, "--workers", 2]
    cli("run", listed, *options(tmp_path), *again)
    assert site.count("/b.pdf") == asked + 1
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").glob("*/*.parquet")}


def test_fetch_here_and_convert_where_there_is_no_way_out(
    cli: RunCli, listed: Path, site: Site, tmp_path: Path
) -> None:
    cache = ["--cache", tmp_path / "cache"]
    code, stdout, _ = cli("fetch", listed, *cache, "--delay", 0)
    lines = dict(line.split("\t") for line in stdout.splitlines())
    assert code == 1
    assert Path(lines[f"{site.root}/b.pdf"]).read_bytes().startswith(b"%PDF")
    assert lines[f"{site.root}/page.pdf"].startswith("failed: the server gave a web page")
    assert lines["gone.pdf"].startswith("failed: no such file")
    asked = len(site.asked)
    cli("run", listed, *options(tmp_path), "--offline")
    assert len(site.asked) == asked
    documents = table(tmp_path / "out", "documents")
    assert documents["%E9%A2%84%E7%AE%97.pdf"]["status"] == "ok"
    assert "--offline asks nobody" in documents["page.pdf"]["error"]


def test_the_dataset_can_be_copied_to_object_storage(cli: RunCli, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/in/x.pdf", pdf_bytes(GRID))
    try:
        code, _, stderr = cli(
            "run", "memory://in", *options(tmp_path), "--upload", "memory://copied/set"
        )
        assert code == 0, stderr
        names = {name.removeprefix("/copied/set/") for name in memory.find("/copied")}
        assert {"manifest.parquet", "SHA256SUMS", "cells/part-00000.parquet"} <= names
        assert not any(name.startswith("_") for name in names)
    finally:
        memory.rm("/in", recursive=True)
        memory.rm("/copied", recursive=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--upload", "nowhere://x"], "nowhere:// cannot be used"),
        (["--max-download", "big"], "--max-download big"),
        (["--delay", "-1"], "--delay"),
    ],
)
def test_wrong_options_end_before_anything_is_fetched(
    cli: RunCli, listed: Path, site: Site, tmp_path: Path, arguments: list[str], told: str
) -> None:
    code, _, stderr = cli("run", listed, "-o", tmp_path / "out", *arguments)
    assert code == 2
    assert told in stderr
    assert not site.asked


def test_a_folder_that_cannot_be_used_is_told_before_anything_is_fetched(
    cli: RunCli, listed: Path, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    code, _, stderr = cli("run", listed, "-o", tmp_path / "out")
    assert code == 2
    assert "is a file; give a folder" in stderr
    assert not site.asked


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("in/b/预算 2026.pdf", "预算 2026.pdf"),
        (r"C:\预算\1.pdf", "1.pdf"),
        ("https://example.org/a/%E9%A2%84%E7%AE%97.pdf?v=1/2#page=3", "预算.pdf"),
        ("https://example.org/", "https://example.org/"),
        ("s3://bucket/a/100%25.pdf?region=cn-north-1", "100%25.pdf"),
    ],
)
def test_the_name_of_a_file_is_read_off_its_address(source: str, name: str) -> None:
    assert file_name_of(source) == name
