"""Hostile documents are refused from their bytes, sound ones never."""

import io
import zlib
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from yusuan.inputs import find_inputs
from yusuan.limits import LimitError, Limits, check_document, check_size
from yusuan.printable import printable
from yusuan.progress import Meter, duration
from yusuan.run import Outcome, RunSettings, run

STANDARD = Limits()
SMALL = Limits(stream=8 << 20)


def pdf_with(content: bytes, *filters: str, n_pages: int = 1) -> bytes:
    pdf = pikepdf.new()
    for _ in range(n_pages):
        pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(content, filter=pikepdf.Array([pikepdf.Name(name) for name in filters]))
    pdf.pages[0].Contents = stream
    buffer = io.BytesIO()
    pdf.save(buffer, compress_streams=False)
    return buffer.getvalue()


def test_sound_documents_pass(samples_dir: Path, small_pdf: bytes) -> None:
    for path in samples_dir.glob("*.pdf"):
        check_document(path.read_bytes(), STANDARD)
    for data in (b"", b"<html>", small_pdf, small_pdf[:500], b"stream\n" * 1000):
        check_document(data, STANDARD)


def test_real_documents_pass(shared_dir: Path) -> None:
    paths = sorted((shared_dir / "real").rglob("*.pdf"), key=lambda path: -path.stat().st_size)
    for path in paths[:10]:
        check_document(path.read_bytes(), STANDARD)


def test_a_stream_that_unfolds_too_far() -> None:
    bomb = pdf_with(zlib.compress(bytes(12 << 20), 9), "/FlateDecode")
    assert len(bomb) < 20_000
    with pytest.raises(LimitError, match="unfolds to more than 8 MiB"):
        check_document(bomb, SMALL)
    check_document(bomb, replace(STANDARD, stream=12 << 20))


def test_a_stream_folded_twice() -> None:
    twice = zlib.compress(zlib.compress(bytes(12 << 20), 9), 9)
    bomb = pdf_with(twice, "/FlateDecode", "/FlateDecode")
    assert len(bomb) < 10_000
    with pytest.raises(LimitError, match="unfolds to more than"):
        check_document(bomb, SMALL)


def test_pages_objects_and_size() -> None:
    data = pdf_with(b"", n_pages=12)
    check_document(data, replace(STANDARD, pages=12))
    with pytest.raises(LimitError, match="has 12 pages; documents beyond 11"):
        check_document(data, replace(STANDARD, pages=11))
    with pytest.raises(LimitError, match="more than 10 objects"):
        check_document(data, replace(STANDARD, objects=10))
    with pytest.raises(LimitError, match="--max-file-size"):
        check_size(STANDARD.file + 1, STANDARD)
    hidden = b"1 0 obj << /Type /ObjStm /N 999999999 /First 6 >> stream\nx\nendstream endobj"
    with pytest.raises(LimitError, match="more than 5,000,000 objects"):
        check_document(hidden, STANDARD)


def test_a_refused_document_fails_with_the_reason(tmp_path: Path, small_pdf: bytes) -> None:
    (tmp_path / "long.pdf").write_bytes(pdf_with(b"", n_pages=3))
    (tmp_path / "good.pdf").write_bytes(small_pdf)
    limits = replace(STANDARD, pages=2)
    settings = RunSettings(workers=1, limits=limits)
    good, long = run(find_inputs([str(tmp_path)]), tmp_path / "out", settings)
    assert good.status == "ok"
    assert long.status == "failed"
    assert long.error is not None and "has 3 pages" in long.error


# What is told on a terminal ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("预算 2026（公开）.pdf", "预算 2026（公开）.pdf"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\nb\r\tc\x7f\x9b", r"a\nb\r\tc\x7f\x9b"),
        ("fdp.\u202egpj", r"fdp.\u202egpj"),
        ("\udcff", r"\udcff"),
        ("\u2028\u200b", r"\u2028\u200b"),
    ],
)
def test_text_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_progress_is_told_by_bytes() -> None:
    now = 0.0
    meter = Meter(4, 1000, clock=lambda: now)
    assert meter.line == "0 of 4"
    meter.add(Outcome("a", "1", "ok", reused=True, size=100))
    now = 10.0
    meter.add(Outcome("b", "2", "ok", size=500))
    assert meter.line == "2 of 4, 0.1/s, 8 s left"
    now = 20.0
    meter.add(Outcome("c", "3", "failed", "x", size=300))
    meter.add(Outcome("d", "4", "partial", "x", size=100))
    assert meter.line == "4 of 4, 0.1/s, 1 partial, 1 failed"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (14340, "3 h 59 min"), (187200, "2 d 4 h")],
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told
