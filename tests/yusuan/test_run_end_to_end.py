"""``yusuan run`` on good and bad documents: whatever happens, the others come through."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pikepdf
import pyarrow.dataset as ds
import pytest
from PIL import Image

from yusuan import made
from yusuan.convert import convert
from yusuan.inputs import find_inputs
from yusuan.result import DocumentResult, Settings, loaded_schemas
from yusuan.run import Job, RunSettings, Task, run
from yusuan.workers import Lost

RunCli = Callable[..., tuple[int, str, str]]


def dataset_bytes(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in ("_state", "manifest.parquet")
    }


def rows_of(root: Path, table: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = ds.dataset(root / table).to_table().to_pylist()
    return rows


def encrypted(pdf: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="o", user="secret"))
    return buffer.getvalue()


def without_pages(pdf: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.pages[:]
        document.save(buffer)
    return buffer.getvalue()


def test_bad_inputs_fail_alone(cli: RunCli, folder: Path, tmp_path: Path, small_pdf: bytes) -> None:
    (folder / "html.pdf").write_bytes("<!DOCTYPE html><title>出错了</title>".encode())
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "cut.pdf").write_bytes(small_pdf[:300])
    (folder / "encrypted.pdf").write_bytes(encrypted(small_pdf))
    (folder / "no-pages.pdf").write_bytes(without_pages(small_pdf))
    (tmp_path / "bare").mkdir()
    out = tmp_path / "out"

    code, stdout, stderr = cli("run", folder, tmp_path / "bare", "-o", out, "--workers", 1)

    assert code == 1
    assert stdout.startswith("9 inputs: 3 ok, 0 partial, 6 failed")
    documents = {str(row["source"]): row for row in rows_of(out, "documents")}
    assert len(documents) == 9
    for name in ("a.pdf", "b/c.PDF", "b/d.pdf"):
        assert documents[str(folder / name)]["status"] == "ok"
        assert documents[str(folder / name)]["error"] is None
    hints = {
        str(folder / "html.pdf"): "web page",
        str(folder / "empty.pdf"): "empty",
        str(folder / "cut.pdf"): "cut short",
        str(folder / "encrypted.pdf"): "password",
        str(folder / "no-pages.pdf"): "no pages",
        str(tmp_path / "bare"): "no PDF",
    }
    for source, hint in hints.items():
        row = documents[source]
        assert row["status"] == "failed"
        assert hint in str(row["error"])
        assert source in stderr and hint in stderr
        findings = [f for f in rows_of(out, "findings") if f["doc_id"] == row["doc_id"]]
        assert [(f["severity"], f["note"]) for f in findings] == [("error", row["error"])]
    assert documents[str(folder / "empty.pdf")]["doc_id"] == hashlib.sha256(b"").hexdigest()
    failed_ids = {row["doc_id"] for row in documents.values() if row["status"] == "failed"}
    for table in loaded_schemas().tables.keys() - {"documents", "findings"}:
        assert not failed_ids & {row["doc_id"] for row in rows_of(out, table)}


def test_same_bytes_whatever_workers_order_and_restarts(folder: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(folder)])
    run(inputs, tmp_path / "one", RunSettings(workers=1))
    run(inputs[::-1], tmp_path / "two", RunSettings(workers=2))
    run(inputs[1:], tmp_path / "three", RunSettings(workers=1))
    run(inputs[:1], tmp_path / "three", RunSettings(workers=1))
    run(inputs, tmp_path / "three", RunSettings(workers=1, resume=False))

    one = dataset_bytes(tmp_path / "one")
    assert len(one) == len(loaded_schemas().tables) + 1  # and their checksums
    assert dataset_bytes(tmp_path / "two") == one
    assert dataset_bytes(tmp_path / "three") == one
    assert len(rows_of(tmp_path / "one", "cells")) == 6 + 4 + 12


def test_unchanged_documents_are_reused_and_changed_ones_replaced(
    folder: Path, tmp_path: Path, small_pdf: bytes
) -> None:
    settings, out = RunSettings(workers=1), tmp_path / "out"
    inputs = find_inputs([str(folder)])
    assert not any(done.reused for done in run(inputs, out, settings))
    before = dataset_bytes(out)
    assert all(done.reused for done in run(inputs, out, settings))
    assert dataset_bytes(out) == before

    (folder / "b" / "d.pdf").write_bytes(b"%PDF-1.4 nothing more")
    outcomes = run(inputs, out, settings)
    assert [(done.status, done.reused) for done in outcomes] == [
        ("ok", True),
        ("ok", True),
        ("failed", False),
    ]
    assert len(rows_of(out, "documents")) == 3
    assert len(rows_of(out, "cells")) == 6 + 4
    assert not run(inputs, out, settings)[2].reused, "a failure is tried again"


def test_byte_identical_files_are_one_document(folder: Path, tmp_path: Path) -> None:
    (folder / "copy.pdf").write_bytes((folder / "a.pdf").read_bytes())
    outcomes = run(find_inputs([str(folder)]), tmp_path / "out", RunSettings(workers=1))
    assert [done.status for done in outcomes] == ["ok"] * 4
    assert [row["file_name"] for row in rows_of(tmp_path / "out", "documents")] == [
        "a.pdf",
        "c.PDF",
        "d.pdf",
    ]
    manifest = ds.dataset(tmp_path / "out" / "manifest.parquet").to_table()
    assert manifest.column("source").to_pylist() == sorted(done.source for done in outcomes)


def test_a_document_that_takes_too_long_is_stopped(folder: Path, tmp_path: Path) -> None:
    (one,) = run(
        find_inputs([str(folder / "a.pdf")]),
        tmp_path / "out",
        RunSettings(workers=1, timeout=0.000001),
    )
    assert one.status == "failed"
    assert one.error is not None and "--timeout" in one.error
    (row,) = rows_of(tmp_path / "out", "documents")
    assert (row["status"], row["error"]) == ("failed", one.error)


def test_a_bug_costs_one_document_and_says_where(
    small_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> DocumentResult:
        raise KeyError("款")

    monkeypatch.setattr("yusuan.convert.normalize", broken)
    result = convert(small_pdf, source="x.pdf")
    assert result.status == "failed"
    assert result.error is not None
    assert "stage normalize" in result.error and "KeyError" in result.error
    assert result.tables["findings"].column("code").to_pylist() == ["internal-error"]


def test_ctrl_c_is_not_a_failed_document(small_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> DocumentResult:
        raise KeyboardInterrupt

    monkeypatch.setattr("yusuan.convert.normalize", interrupted)
    with pytest.raises(KeyboardInterrupt):
        convert(small_pdf)


def test_settings_and_code_decide_what_is_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    key = made.reuse_key
    assert key(Settings()) == key(Settings(engine="pdfium"))
    others = {key(Settings()), key(Settings(engine="camelot")), key(Settings(pages=(1,)))}
    assert len(others) == 3
    monkeypatch.setattr(made, "_code_digest", lambda: "other code")
    assert key(Settings()) not in others


def test_a_truncated_file_gives_what_is_left_and_says_so(small_pdf: bytes) -> None:
    result = convert(small_pdf[: small_pdf.rindex(b"xref")], source="in/x.pdf")
    assert result.status == "partial"
    assert result.error is not None and "download it again" in result.error
    assert "x.pdf" not in result.error, "the same bytes may come under another name"
    assert result.tables["cells"].num_rows == 6
    (row,) = result.tables["documents"].to_pylist()
    assert (row["status"], row["error"], row["page_count"]) == ("partial", result.error, 1)
    codes = result.tables["findings"].column("code").to_pylist()
    assert "truncated-file" in codes


def test_a_page_that_is_a_picture_makes_a_document_partial() -> None:
    pixels = io.BytesIO()
    image = Image.new("L", (200, 280), 200)
    image.save(pixels, "PDF", resolution=24.0)
    result = convert(pixels.getvalue(), Settings(ocr_pages=0))
    assert result.status == "partial"
    assert result.error is not None and result.error.endswith(": 1")
    (row,) = result.tables["documents"].to_pylist()
    assert row["text_layer"] is False
    assert "scanned-page" in result.tables["findings"].column("code").to_pylist()


def test_a_crash_of_the_pdf_library_is_a_failed_document(folder: Path, tmp_path: Path) -> None:
    def all_crash(tasks: Iterable[Task], job: Job) -> Iterator[tuple[Task, Lost]]:
        return ((task, Lost("crashed", -11)) for task in tasks)

    outcomes = run(find_inputs([str(folder)]), tmp_path / "out", convert_all=all_crash)
    assert {done.status for done in outcomes} == {"failed"}
    rows = rows_of(tmp_path / "out", "documents")
    assert len(rows) == 3
    assert all("crashed" in str(row["error"]) and "SIGSEGV" in str(row["error"]) for row in rows)
    assert {f["code"] for f in rows_of(tmp_path / "out", "findings")} == {"worker-crashed"}
