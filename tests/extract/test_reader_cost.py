"""What the PDFium reader spends: counted calls instead of seconds, so that nothing is timed."""

import io
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import FrameType

import numpy as np
import numpy.typing as npt
import pytest
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage
from yusuan.extract.pdfium import PdfiumReader, glyphs, library
from yusuan.extract.pdfium.reader import read_contents
from yusuan.extract.readers import read_document
from yusuan.extract.settings import ReadSettings
from yusuan.extract.source import open_source

Calls = Counter[tuple[object, ...]]
SAMPLES = ("final-account", "seed-calc", "seed-report", "shanghai-form")

# About a tenth above what the reader needs: PDFium's calls per character, object and point of a
# path, and calls of Python functions per page, besides a few per cell.
PDFIUM_CALLS = 4.6
PYTHON_CALLS = 130

# Functions that write their answer into memory that the caller names with so many addresses.
OUTPUTS = {
    "object_matrix": 1,
    "fill_color": 4,
    "stroke_color": 4,
    "stroke_width": 1,
    "path_mode": 2,
    "segment_point": 2,
    "char_box": 1,
    "char_origin": 2,
    "text_size": 1,
    "page_box": 1,
}
OF_ITEMS = (*OUTPUTS, "page_object", "form_object", "object_type", "path_segments", "path_segment",
            "segment_type", "segment_close", "char_object", "char_code", "text_mode")  # fmt: skip


def read_counted(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[list[RawPage], Calls]:
    """The pages, and how often each function of PDFium was called with the same question."""
    calls: Calls = Counter()
    page = [0]

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        n_outputs = OUTPUTS.get(name, 0)

        def call(*arguments: object) -> object:
            page[0] += name == "load_page"  # addresses are used again on the next page
            calls[(page[0], name, *arguments[: len(arguments) - n_outputs])] += 1
            return function(*arguments)

        return call

    def each_counted(name: str, function: library.Each) -> Callable[..., object]:
        n_outputs = OUTPUTS.get(name, 0)

        def call(count: int, *arguments: library.Argument) -> object:
            asked = [library._values(a) for a in arguments[: len(arguments) - n_outputs]]
            calls.update((page[0], name, *next_ones) for _, *next_ones in zip(range(count), *asked))  # noqa: B905 - what is the same for all has no end
            return function(count, *arguments)

        return call

    for name, function in vars(library).items():
        if isinstance(function, library.ctypes._CFuncPtr):
            monkeypatch.setattr(library, name, counted(name, function))
        elif isinstance(function, library.Each):
            monkeypatch.setattr(library, name, each_counted(name, function))
    pages = list(PdfiumReader().read_pages(data))
    monkeypatch.undo()
    return pages, calls


@pytest.mark.parametrize("name", SAMPLES)
def test_pdfium_is_asked_nothing_twice_and_little_in_all(
    samples_dir: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, calls = read_counted((samples_dir / f"{name}.pdf").read_bytes(), monkeypatch)
    twice = [key for key, times in calls.items() if times > 1 and key[1] in OF_ITEMS]
    assert not twice
    of = Counter(str(key[1]) for key in calls)
    items = of["char_object"] + of["page_object"] + of["form_object"] + of["path_segment"]
    assert calls.total() <= PDFIUM_CALLS * items


@pytest.mark.skipif(library._compiled is None, reason="installed without a C compiler")
@pytest.mark.parametrize("name", SAMPLES)
def test_python_works_on_pages_not_on_glyphs(samples_dir: Path, name: str) -> None:
    source = open_source(samples_dir / f"{name}.pdf")
    read_document(source)
    n_calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal n_calls
        n_calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        document = read_document(source)
    finally:
        sys.setprofile(before)
    n_cells = sum(len(table.cells) for page in document.pages for table in page.tables)
    assert n_calls <= PYTHON_CALLS * len(document.pages) + 6 * n_cells


@pytest.mark.skipif(library._compiled is None, reason="installed without a C compiler")
@pytest.mark.parametrize("name", SAMPLES)
def test_compiled_or_not_the_pages_are_the_same(
    samples_dir: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (samples_dir / f"{name}.pdf").read_bytes()
    compiled = list(read_contents(data, None, ReadSettings()))
    monkeypatch.setattr(library, "_compiled", None)
    for one, other in zip(compiled, read_contents(data, None, ReadSettings()), strict=True):
        for field in fields(one.glyphs):
            a, b = getattr(one.glyphs, field.name), getattr(other.glyphs, field.name)
            assert np.array_equal(a, b), field.name
        assert np.array_equal(one.rules_h, other.rules_h)
        assert np.array_equal(one.rules_v, other.rules_v)


@pytest.mark.skipif(library._compiled is None, reason="installed without a C compiler")
def test_compiled_calls_take_ranges_arrays_and_constants(samples_dir: Path) -> None:
    with library.opened((samples_dir / "seed-calc.pdf").read_bytes()) as document:
        page = int(library.load_page(document, 0))
        text = int(library.load_text(page))
        count = int(library.count_chars(text))
        backwards = np.arange(count - 1, -1, -1)
        every = library.char_code(count, text, range(count))
        assert every.tolist() == library.char_code.one_by_one(count, text, range(count)).tolist()
        assert library.char_code(count, text, backwards).tolist() == every[::-1].tolist()
        assert library.char_code(3, text, 0).tolist() == [every[0]] * 3
        assert library.char_code(3, text, backwards[::-7]).tolist() == every[:21:7].tolist()
        assert library.char_code(0, text, range(0)).tolist() == []
        with pytest.raises(ValueError, match="fewer rows"):
            library.char_code(count + 1, text, backwards)
        with pytest.raises(ValueError, match="words of 8 bytes"):
            library.char_code(count, text, backwards.astype(np.int32))
        library.close_text(text)
        library.close_page(page)


def sideways(text: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 300), invariant=1)
    canvas.rotate(90)
    canvas.drawString(50, -200, text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("name", SAMPLES)
def test_without_prose_the_tables_are_the_same(samples_dir: Path, name: str) -> None:
    data = (samples_dir / f"{name}.pdf").read_bytes()
    whole = list(PdfiumReader().read_pages(data))
    tables = list(PdfiumReader(only_tables=True).read_pages(data))
    assert [page.tables for page in tables] == [page.tables for page in whole]
    for page, same in zip(whole, tables, strict=True):
        if page.tables:
            assert same == page
        else:
            assert same == replace(page, lines=same.lines, n_glyphs=same.n_glyphs)


def test_a_sideways_page_without_tables_is_turned_all_the_same() -> None:
    (page,) = PdfiumReader(only_tables=True).read_pages(sideways("a page of a bound-in sheet"))
    assert (page.width, page.height, page.rotation) == (300, 400, 90)


def test_a_lone_glyph_stands_where_its_object_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 300), invariant=1)
    for x, letter in ((40, "W"), (52.5, "a"), (59.25, "y"), (80, "x")):
        canvas.drawString(x, 100.125, letter)
    canvas.showPage()
    canvas.save()
    (content,) = read_contents(buffer.getvalue(), None, ReadSettings())
    assert content.glyphs.origins.tolist() == [[x, 300 - 100.125] for x in (40, 52.5, 59.25, 80)]
    _, calls = read_counted(buffer.getvalue(), monkeypatch)
    assert not [key for key in calls if key[1] == "char_origin"]


@pytest.mark.parametrize("name", SAMPLES)
def test_pen_positions_are_those_that_pdfium_tells(
    samples_dir: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (samples_dir / f"{name}.pdf").read_bytes()
    known = list(PdfiumReader().read_pages(data))

    def ask_all(*arguments: npt.NDArray[np.int64]) -> int:
        _, indices, *_, asked, asked_indices = arguments
        asked[:], asked_indices[:] = np.arange(len(asked)), indices
        return len(asked)

    monkeypatch.setattr(glyphs, "find_origins", ask_all)
    assert list(PdfiumReader().read_pages(data)) == known
