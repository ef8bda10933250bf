"""The three engines yield the same tables on plain ruled pages, and a document survives a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yusuan.extract import readers
from yusuan.extract.model import EngineName, RawPage, RawTable
from yusuan.extract.readers import PageNumberError, read_document, reader
from yusuan.extract.source import ExtractError, PageError, open_source

ENGINES: tuple[EngineName, ...] = ("pdfium", "pdfplumber", "camelot")
WITNESSES: tuple[EngineName, ...] = ("pdfplumber", "camelot")

XS = (60.0, 160.0, 260.0, 360.0, 460.0)
YS = (100.0, 130.0, 160.0, 200.0, 230.0)

Structure = list[tuple[int, int, int, int, tuple[str, ...]]]


def _structure(table: RawTable) -> Structure:
    """Cells as (row, col, row_span, col_span, printed lines)."""
    return [
        (c.row, c.col, c.row_span, c.col_span, tuple(line.text for line in c.lines))
        for c in table.cells
    ]


def _page(engine: EngineName, data: bytes) -> RawPage:
    (page,) = reader(engine).read_pages(data)
    return page


def _spanned(make_table: Callable) -> object:
    """Two header levels, a merged stub over two rows, a cell of two printed lines."""
    return make_table(
        XS,
        YS,
        [
            (0, 0, ("Item",), 2, 1),
            (0, 1, ("Basic expenditure",), 1, 2),
            (0, 3, ("Project",), 2, 1),
            (1, 1, ("Staff",)),
            (1, 2, ("Office",)),
            (2, 0, ("Old age", "insurance"), 2, 1),
            (2, 1, ("1,234.56",)),
            (2, 2, ("0.00",)),
            (2, 3, ("-",)),
            (3, 1, ("7",)),
            (3, 2, ()),
            (3, 3, ("95%",)),
        ],
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_simple_grid(engine: EngineName, tables_pdf: Callable, make_grid: Callable) -> None:
    data = tables_pdf([make_grid(XS[:4], YS[:3], [["a", "b c", "1"], ["", "2.50", ""]])])
    page = _page(engine, data)
    (table,) = page.tables
    assert (table.engine, table.page, table.index) == (engine, 1, 0)
    assert (table.n_rows, table.n_cols) == (2, 3)
    assert _structure(table) == [
        (0, 0, 1, 1, ("a",)),
        (0, 1, 1, 1, ("b c",)),
        (0, 2, 1, 1, ("1",)),
        (1, 0, 1, 1, ()),
        (1, 1, 1, 1, ("2.50",)),
        (1, 2, 1, 1, ()),
    ]
    assert table.col_edges == pytest.approx(XS[:4], abs=0.5)
    assert table.row_edges == pytest.approx(YS[:3], abs=0.5)
    assert page.n_glyphs >= 9
    assert (page.n_hidden, page.has_image) == (0, False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_spans_and_wrapped_text_on_turned_pages(
    engine: EngineName, rotate: int, tables_pdf: Callable, make_table: Callable
) -> None:
    drawn = _spanned(make_table)
    data = tables_pdf([drawn], [(200, 80, "Table 1"), (60, 300, "Note: none")], rotate)
    page = _page(engine, data)
    assert (page.width, page.height) == pytest.approx((595.28, 841.89), abs=0.1)
    assert page.rotation == rotate
    (table,) = page.tables
    assert _structure(table) == sorted(
        (c.row, c.col, c.row_span, c.col_span, c.lines) for c in drawn.cells
    )
    assert table.col_edges == pytest.approx(XS, abs=0.5)
    assert table.row_edges == pytest.approx(YS, abs=0.5)
    assert [line.text for line in table.caption] == ["Table 1"]
    assert [line.text for line in page.lines] == ["Table 1", "Note: none"]
    note = page.lines[1].box
    assert (note.x0, note.top, note.bottom) == pytest.approx((60, 292, 302), abs=3)
    assert page.lines[1].size == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_tables_on_a_page_have_their_own_captions(
    engine: EngineName, tables_pdf: Callable, make_grid: Callable
) -> None:
    upper = make_grid(XS[:3], YS[:3], [["a", "b"], ["c", "d"]])
    lower = make_grid(XS[:3], (400.0, 430.0, 460.0), [["e", "f"], ["g", "h"]])
    texts = [(60, 90, "First"), (60, 380, "Second"), (300, 395, "Unit: yuan"), (60, 500, "End")]
    page = _page(engine, tables_pdf([upper, lower], texts))
    assert [table.index for table in page.tables] == [0, 1]
    assert [[line.text for line in table.caption] for table in page.tables] == [
        ["First"],
        ["Second", "Unit: yuan"],
    ]
    assert [_structure(table)[3][4] for table in page.tables] == [("d",), ("h",)]
    assert [line.text for line in page.lines] == ["First", "Second", "Unit: yuan", "End"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_blank_table_is_a_table(
    engine: EngineName, tables_pdf: Callable, make_grid: Callable
) -> None:
    """camelot by itself drops grids that are nine tenths empty."""
    texts = [["total"] + [""] * 3] + [[""] * 4] * 3
    (table,) = _page(engine, tables_pdf([make_grid(XS, YS, texts)])).tables
    assert (table.n_rows, table.n_cols, len(table.cells)) == (4, 4, 16)
    (table,) = _page(engine, tables_pdf([make_grid(XS, YS, [[""] * 4] * 4)])).tables
    assert all(cell.is_blank for cell in table.cells)


@pytest.mark.parametrize("engine", ENGINES)
def test_pages_are_chosen_and_ordered(engine: EngineName, good_pdf: bytes) -> None:
    pages = list(reader(engine).read_pages(good_pdf, [3, 1]))
    assert [page.number for page in pages] == [1, 3]
    assert pages[1].lines[0].text.startswith("page 3 line 0")


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(ValueError, match="unknown engine 'tabula'"):
        reader("tabula")  # type: ignore[arg-type]


def test_a_document_is_read_whole_or_in_part(good_pdf: bytes) -> None:
    source = open_source(good_pdf, "x/预算.pdf")
    document = read_document(source)
    assert [page.number for page in document.pages] == [1, 2, 3, 4]
    assert (document.doc_id, document.file_name) == (source.doc_id, "预算.pdf")
    assert (document.producer, document.repaired, document.notes) == ("made for tests", False, ())
    assert [p.number for p in read_document(source, "pdfplumber", [4, 2, 2]).pages] == [2, 4]
    with pytest.raises(PageNumberError, match=r"预算\.pdf: page 0, 5 .* pages 1 to 4"):
        read_document(source, pages=[5, 2, 0])


def test_a_page_that_fails_is_named_and_the_others_are_read(
    good_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stumbling:
        engine: EngineName = "pdfplumber"

        def read_pages(self, data: bytes, pages: Sequence[int] | None = None) -> Iterator[RawPage]:
            for number in pages or ():
                if number in (2, 4):
                    raise PageError(number, "broken stream")
                yield RawPage(number, *((595, 842) if number == 1 else (0, 0)), 0)

    monkeypatch.setattr(readers, "reader", lambda engine, only_tables: Stumbling())
    source = replace(open_source(good_pdf), notes=("pages-unreadable: 4",))
    document = read_document(source, "pdfplumber")
    assert [page.number for page in document.pages] == [1]
    assert document.notes == ("pages-unreadable: 2, 3, 4",)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "pattern", "number"),
    [
        ("上海普陀", "*万里街道办事处25年预算.pdf", 12),  # code columns, spanned header
        ("烟台", "*司法局*.pdf", 13),  # /Rotate 90
        ("长沙", "信访局*.pdf", 20),  # iText, three header levels
    ],
)
def test_engines_agree_on_published_pages(
    shared_dir: Path, folder: str, pattern: str, number: int
) -> None:
    (path,) = (shared_dir / "real" / folder).glob(pattern)
    source = open_source(path)
    fast, *witnesses = (read_document(source, engine, [number]).pages[0] for engine in ENGINES)
    assert fast.tables
    for witness in witnesses:
        assert witness.rotation == fast.rotation
        assert len(witness.tables) == len(fast.tables)
        for ours, theirs in zip(fast.tables, witness.tables, strict=True):
            assert _structure(theirs) == _structure(ours)
            assert theirs.col_edges == pytest.approx(ours.col_edges, abs=1.5)
            assert theirs.row_edges == pytest.approx(ours.row_edges, abs=1.5)
            assert [c.text for c in theirs.caption] == [c.text for c in ours.caption]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(b"09 -.<>[]()Q\x00\xff"))))
def test_damaged_bytes_end_in_pages_or_in_our_own_errors(
    tables_pdf: Callable, make_grid: Callable, damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(tables_pdf([make_grid(XS[:3], YS[:3], [["a", "b"], ["c", "d"]])]))
    for place, byte in damage:
        damaged[place % len(damaged)] = byte
    for engine in ENGINES:
        try:
            source = open_source(bytes(damaged))
            document = read_document(source, engine)
        except ExtractError as error:
            assert str(error)
        else:
            lost = source.page_count - len(document.pages)
            assert (lost > 0) == any(n.startswith("pages-unreadable:") for n in document.notes)
