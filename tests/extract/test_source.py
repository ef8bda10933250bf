"""What opens, what does not, and what the user is told."""

import hashlib
import pickle
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yusuan.extract.source import ExtractError, SourceError, open_source


def _text(data: bytes) -> str:
    document = pdfium.PdfDocument(data)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def test_opens_a_file_and_tells_what_it_is(good_pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "部门预算.pdf"
    path.write_bytes(good_pdf)
    source = open_source(path)
    assert source.doc_id == hashlib.sha256(good_pdf).hexdigest()
    assert (source.source, source.file_name) == (str(path), "部门预算.pdf")
    assert (source.page_count, source.producer) == (4, "made for tests")
    assert source.data == good_pdf
    assert not source.repaired
    assert source.notes == ()
    assert not source.is_truncated


def test_bytes_keep_the_url_they_came_from(good_pdf: bytes) -> None:
    url = "https://example.gov.cn/files/%E9%A2%84%E7%AE%97.pdf?id=3"
    source = open_source(good_pdf, url)
    assert (source.source, source.file_name) == (url, "预算.pdf")
    assert open_source(good_pdf).source == "<bytes>"


def test_junk_before_the_header_is_allowed(good_pdf: bytes) -> None:
    junk = b"\xef\xbb\xbf\r\n" + b"j" * 900 + b"\n"
    source = open_source(junk + good_pdf)
    assert source.page_count == 4
    assert source.doc_id == hashlib.sha256(junk + good_pdf).hexdigest()
    assert "page 4 line 59" in _text(source.data)


def test_padding_after_the_end_marker_is_no_damage(good_pdf: bytes) -> None:
    assert open_source(good_pdf + bytes(100_000)).notes == ()


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("html", "html-not-pdf", "web page"),
        ("html-utf16", "html-not-pdf", "web page"),
        ("empty", "empty-file", "is empty"),
        ("zeros", "empty-file", "1000000 zero bytes"),
        ("truncated-head", "truncated", "download it again"),
        ("user-password", "encrypted", "password"),
        ("zero-pages", "zero-pages", "no pages"),
        ("jpg", "not-a-pdf", "JPEG"),
        ("zip", "not-a-pdf", "ZIP"),
        ("docx", "not-a-pdf", "docx"),
        ("ofd", "not-a-pdf", "OFD"),
        ("doc", "not-a-pdf", "doc"),
        ("text", "not-a-pdf", "unknown kind"),
        ("header-only", "unreadable", "cannot be read"),
    ],
)
def test_refuses_with_a_code_and_advice(
    bad_inputs: dict[str, bytes], name: str, code: str, told: str
) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(bad_inputs[name], "预算公开.pdf")
    assert caught.value.code == code
    assert caught.value.message.startswith("预算公开.pdf: ")
    assert told in str(caught.value)


def test_an_encrypted_file_leaves_no_trace_on_the_next_one(bad_inputs: dict[str, bytes]) -> None:
    """PDFium keeps the error code of the last file that failed."""
    for name, code in (("user-password", "encrypted"), ("zero-pages", "zero-pages")):
        with pytest.raises(SourceError) as caught:
            open_source(bad_inputs[name])
        assert caught.value.code == code


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.pdf: there is no such file") as caught:
        open_source(tmp_path / "none.pdf")
    assert caught.value.code == "file-missing"
    with pytest.raises(SourceError, match="folder"):
        open_source(tmp_path)


def test_a_broken_cross_reference_table_is_mended_without_loss(
    bad_inputs: dict[str, bytes], good_pdf: bytes
) -> None:
    source = open_source(bad_inputs["broken-xref"])
    assert source.page_count == 4
    assert _text(source.data) == _text(good_pdf)
    assert source.doc_id == hashlib.sha256(bad_inputs["broken-xref"]).hexdigest()
    assert not source.is_truncated


def test_a_truncated_file_gives_its_pages_and_says_so(bad_inputs: dict[str, bytes]) -> None:
    source = open_source(bad_inputs["truncated"])
    assert source.is_truncated
    assert source.doc_id == hashlib.sha256(bad_inputs["truncated"]).hexdigest()
    assert "page 1 line 59" in _text(source.data)
    assert any(note.startswith("truncated:") for note in source.notes)


def test_owner_restrictions_do_not_stop_reading(bad_inputs: dict[str, bytes]) -> None:
    source = open_source(bad_inputs["owner-password"])
    assert (source.page_count, source.repaired, source.notes) == (4, False, ())


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(SourceError("truncated", "x.pdf: cut")))
    assert (error.code, str(error)) == ("truncated", "x.pdf: cut")
    assert isinstance(error, ExtractError)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.floats(0.0, 0.999), data=st.data())
def test_any_cut_or_damage_ends_in_a_source_or_a_source_error(
    good_pdf: bytes, cut: float, data: st.DataObject
) -> None:
    damaged = bytearray(good_pdf[: int(len(good_pdf) * cut)])
    for _ in range(data.draw(st.integers(0, 3)) if damaged else 0):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        source = open_source(bytes(damaged))
    except SourceError as error:
        assert error.message
    else:
        assert source.page_count > 0
        assert source.is_truncated  # the end is always missing here


@pytest.mark.shared
def test_a_published_file_that_was_cut_short_is_told_with_its_lost_pages(shared_dir: Path) -> None:
    """Its page tree lists six pages; three are in the bytes that were served."""
    (path,) = (shared_dir / "real" / "泉州").glob("文化广电旅游体育局_*.pdf")
    source = open_source(path)
    assert (source.page_count, source.repaired, source.is_truncated) == (3, True, True)
    assert any("3 of 6 pages" in note for note in source.notes)
