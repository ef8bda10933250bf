"""Text layers that tell no letters, or wrong ones: measured, decoded another way, never guessed."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import reportlab
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.pdffont import TrueTypeFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from yusuan.extract.model import Box, Cell, Line, RawPage, RawTable
from yusuan.extract.ocr import is_installed
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.extract.text_layer import find_unreadable, is_broken

needs_ocr = pytest.mark.skipif(not is_installed(), reason="extra ocr is not installed")
FIGURE = re.compile(r"[-0-9,.]+")
Retold = Callable[[int, str], str | None]


def flags(text: str) -> list[bool]:
    return find_unreadable(np.array([ord(c) for c in text], np.uint32)).tolist()


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from(
    "0123456789,.-—·…“”（）：、。①Ⅰ㎡×≥%‰℃ⅡαΩ☑│┌"), min_size=1))  # fmt: skip
def test_what_such_documents_print_is_readable(text: str) -> None:
    assert not any(flags(text))


@pytest.mark.parametrize(
    "text", ["Übergrößenträger müssen später", "Ça ira à l'été", "Łódź i Kraków"]
)
def test_accents_among_other_letters_are_readable(text: str) -> None:
    assert not any(flags(text))


def test_codes_of_no_letter_are_unreadable() -> None:
    assert flags("预\ufffd算\ue012\U000f0001\uffff\x85") == [
        False, True, False, True, True, True, True]  # fmt: skip


def test_bytes_of_another_encoding_are_unreadable_and_figures_beside_them_are_not() -> None:
    assert flags("²¿ÃÅÊÕÖ§×Ü±í 12.5") == [*[True] * 12, *[False] * 5]
    assert flags("ਔਅ곏곐 12") == [*[True] * 4, *[False] * 3]


def page_of(text: str, n_unreadable: int, n_glyphs: int = 1000) -> RawPage:
    box = Box(0, 0, 10, 10)
    cell = Cell(0, 0, 1, 1, box, (Line(text, box, 9.0),))
    table = RawTable(1, 0, box, 1, 1, (cell,), (0.0, 10.0), (0.0, 10.0))
    return RawPage(1, 100, 100, 0, (table,), n_glyphs=n_glyphs, n_unreadable=n_unreadable)


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("\uf06c 主要职能", 2, False),  # a bullet
        ("1,2\ue0344.00", 1, True),
        ("1.\ufffd0", 1, True),
        ("任务\ufffd", 60, True),
        ("12.5", 0, False),
    ],
)
def test_a_page_is_broken_where_figures_may_be(text: str, count: int, expected: bool) -> None:
    assert is_broken(page_of(text, count)) is expected


def retell(path: Path, letters: Retold | None, embedded: bool = True) -> bytes:
    """The PDF with its fonts' ToUnicode tables told anew; ``letters`` None leaves them out."""
    with Pdf.open(path) as pdf:
        for font in [f for f in pdf.objects if isinstance(f, Dictionary) and "/ToUnicode" in f]:
            if letters is None:
                del font["/ToUnicode"]
            else:
                font.ToUnicode.write(_told_anew(font.ToUnicode.read_bytes().decode(), letters))
            last = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                if not embedded and key in last.FontDescriptor:
                    del last.FontDescriptor[key]
        buffer = io.BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


def _told_anew(table: str, letters: Retold) -> bytes:
    def line(found: re.Match[str]) -> str:
        code, letter = found.groups()
        told = letters(int(code, 16), chr(int(letter, 16)))
        return "" if told is None else f"<{code}> <{ord(told):04X}>"

    def block(found: re.Match[str]) -> str:
        lines = re.sub(r"<(\w+)>\s*<(\w{4})>", line, found[1])
        return f"{len(re.findall('<', lines)) // 2} beginbfchar{lines}endbfchar"

    return re.sub(r"\d+ beginbfchar(.*?)endbfchar", block, table, flags=re.DOTALL).encode()


def figures(page: RawPage) -> dict[tuple[int, int, int], str]:
    texts = {
        (table.index, cell.row, cell.col): "".join("".join(x.text for x in cell.lines).split())
        for table in page.tables
        for cell in table.cells
    }
    return {key: text for key, text in texts.items() if FIGURE.fullmatch(text)}


LOST: dict[str, Retold | None] = {
    "no table": None,
    "some figures": lambda _, c: None if c in "379" else c,
    "private use": lambda code, c: chr(0xE000 + code) if c in "0123456789" else c,
    "no letter": lambda _, c: "\ufffd" if c in "0123456789" else c,
}


@pytest.mark.parametrize("kind", LOST)
def test_no_figure_is_read_from_glyphs_that_tell_none(samples_dir: Path, kind: str) -> None:
    path = samples_dir / "shanghai-form.pdf"
    truth = figures(read_document(open_source(path), pages=[8]).pages[0])
    broken = open_source(retell(path, LOST[kind]), "broken.pdf")
    read = read_document(broken, pages=[8]).pages[0]
    assert is_broken(read)
    found = figures(read)
    assert len(truth) > 40 and len(found) < 0.7 * len(truth)
    assert {key: text for key, text in found.items() if truth.get(key) != text} == {}


@needs_ocr
def test_shapes_are_recognised_and_the_page_says_so(samples_dir: Path) -> None:
    path = samples_dir / "shanghai-form.pdf"
    truth = figures(read_document(open_source(path), pages=[8]).pages[0])
    broken = open_source(retell(path, LOST["private use"]), "broken.pdf")
    read = read_document(broken, pages=[8], ocr_pages=1).pages[0]
    assert read.text_source == "ocr" and {t.engine for t in read.tables} == {"ocr"}
    assert read.n_mended > 100 and not read.n_unreadable
    assert figures(read) == truth


@needs_ocr
def test_shapes_that_are_not_in_the_file_are_not_recognised(samples_dir: Path) -> None:
    path = samples_dir / "empty-set.pdf"
    broken = open_source(retell(path, None, embedded=False), "broken.pdf")
    read = read_document(broken, pages=[2], ocr_pages=1).pages[0]
    assert is_broken(read) and read.text_source == "pdf" and not figures(read)


def test_letters_are_taken_from_the_table_within_a_font() -> None:
    font = (Path(reportlab.__file__).parent / "fonts" / "Vera.ttf").read_bytes()
    glyph_of = {
        letter: number
        for number, letter in TrueTypeFont("", io.BytesIO(font)).create_unicode_map()
        .cid2unichr.items()
    }  # fmt: skip
    text = "Budget 1,234.50"
    pdf = Pdf.new()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/Vera"), Flags=4, Ascent=900, Descent=-200,
        FontBBox=Array([0, -200, 1000, 900]), ItalicAngle=0, CapHeight=700, StemV=80,
        FontFile2=pdf.make_indirect(Stream(pdf, font)),
    )  # fmt: skip
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/Vera"), DW=600,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor), CIDToGIDMap=Name.Identity,
    )  # fmt: skip
    whole = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/Vera"), Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(below)]),
    )  # fmt: skip
    page = pdf.add_blank_page(page_size=(300, 100))
    page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(whole)))
    codes = b"".join(glyph_of[letter].to_bytes(2, "big") for letter in text)
    page.Contents = Stream(pdf, f"BT /F1 10 Tf 20 50 Td <{codes.hex()}> Tj ET".encode())
    buffer = io.BytesIO()
    pdf.save(buffer)
    read = read_document(open_source(buffer.getvalue(), "vera.pdf")).pages[0]
    assert [line.text for line in read.lines] == [text]
    assert read.text_source == "pdfminer" and read.n_mended == len(text)


def test_shapes_without_letters_are_no_letters() -> None:
    """Type 3 glyphs are drawings; their numbers happen to be codes of letters."""
    pdf = Pdf.new()
    square = pdf.make_indirect(Stream(pdf, b"600 0 0 0 500 700 d1 50 0 450 700 re f"))
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 600, 700]),
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), FirstChar=65, LastChar=67,
        Widths=Array([600] * 3), CharProcs=Dictionary(g1=square, g2=square, g3=square),
        Encoding=Dictionary(Differences=Array([65, Name.g1, Name.g2, Name.g3])),
        Resources=Dictionary(),
    )  # fmt: skip
    page = pdf.add_blank_page(page_size=(300, 100))
    page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    page.Contents = Stream(pdf, b"BT /F1 10 Tf 20 50 Td (ABCABC) Tj ET")
    buffer = io.BytesIO()
    pdf.save(buffer)
    read = read_document(open_source(buffer.getvalue(), "drawn.pdf")).pages[0]
    assert [line.text for line in read.lines] == ["\ufffd" * 6]
    assert is_broken(read)


def test_numbers_of_glyphs_that_pass_for_control_codes_are_no_letters() -> None:
    assert find_unreadable(np.array([0x01, 0x1F, 0x41], np.uint32)).tolist() == [True, True, False]
    assert not find_unreadable(np.array([0x09, 0x20, 0x41], np.uint32)).any()
