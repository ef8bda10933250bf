"""What a cell costs in memory, counted in allocated bytes: neither time nor the system's say."""

import gc
import tracemalloc
from collections import Counter
from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A3, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import SimpleDocTemplate, Table

from yusuan.convert import convert
from yusuan.extract.model import RawPage
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.model import LogicalTable, Record
from yusuan.packed import PackedTables
from yusuan.prove.proof import Verdict, conclude
from yusuan.result import Settings, loaded_schemas

HEADER = [
    "单位名称",
    "项目名称",
    "项目总额",
    "绩效目标",
    "一级指标",
    "二级指标",
    "三级指标",
    "指标值",
]


@pytest.fixture(scope="module")
def book() -> bytes:
    """A list of projects over some twenty pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    rows = [
        [f"某局{n}", f"某项目{n}", f"{n}.00", "完成", "产出指标", "数量指标", f"件数{n}", f"≥{n}件"]
        for n in range(1, 901)
    ]
    style = [
        ("FONT", (0, 0), (-1, -1), "STSong-Light", 9),
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
    ]
    file = BytesIO()
    SimpleDocTemplate(file, pagesize=landscape(A3)).build(
        [Table([HEADER, *rows], style=style, repeatRows=1)]
    )
    return file.getvalue()


def allocated() -> int:
    """Bytes of live Python objects since tracing began."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_a_cell_takes_little_memory_once_read_and_once_normalized(book: bytes) -> None:
    index = prepare(loaded_schemas())
    source = open_source(book, "book.pdf")
    normalize(read_document(source), index)  # what is made once and kept is not counted
    tracemalloc.start()
    try:
        raw = read_document(source)
        n_cells = sum(len(table.cells) for page in raw.pages for table in page.tables)
        read = allocated()
        normalized = normalize(raw, index)
        done = allocated()
    finally:
        tracemalloc.stop()
    assert n_cells > 7000
    assert len(normalized.texts) == n_cells
    # Columns as wide as their texts look full at every page's end; no row is the rest of another.
    projects = [r for r in normalized.records if r.table == "projects"]
    assert [r.values["project_name"] for r in projects] == [f"某项目{n}" for n in range(1, 901)]
    assert not [f for f in normalized.findings if f.code == "row-joined"]
    assert read / n_cells < 430  # 384 in CPython 3.11
    assert (done - read) / n_cells < 700  # 638


def test_pages_that_are_not_kept_leave_the_same_tables(book: bytes) -> None:
    kept = convert(book)
    let_go = convert(book, Settings(keep_raw=False))
    assert kept.raw is not None
    assert let_go.raw is None
    assert list(let_go.tables) == list(kept.tables)
    assert all(let_go.tables[name].equals(table) for name, table in kept.tables.items())
    assert len(let_go.tables["cells"]) > 7000
    assert isinstance(let_go.tables, PackedTables)
    packed = sum(len(one.stream) for one in let_go.tables.packed().values())
    assert packed < sum(table.nbytes for table in kept.tables.values()) / 4


def living() -> Counter[type]:
    """How many objects of each kind there are."""
    gc.collect()
    return Counter(type(thing) for thing in gc.get_objects())


def test_while_witnesses_are_heard_a_document_has_neither_its_pages_nor_two_of_its_records(
    book: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: Counter[type] = Counter()

    def count(*given: object) -> Verdict:
        alive.update(living())
        alive.subtract(before)
        return conclude(*given)  # type: ignore[arg-type]

    before = living()  # what other tests have kept
    monkeypatch.setattr("yusuan.convert.conclude", count)
    result = convert(book, Settings(keep_raw=False))
    n_rows = sum(len(table) for name, table in result.tables.items() if name != "cells")
    assert result.tables["documents"]["page_count"][0].as_py() > 12
    assert alive[RawPage] <= 12
    assert alive[LogicalTable] == 0
    assert 900 < alive[Record] <= n_rows
