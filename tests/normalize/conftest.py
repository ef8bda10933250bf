"""Builders of drawn tables for the normalisation tests."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from yusuan.extract.model import Box, Cell, Line, RawDocument, RawPage, RawTable
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.index import Index
from yusuan.normalize.model import Value
from yusuan.schemas.loader import load

ROW_PT = 20.0
LEFT_PT = 50.0


def _line(text: str, x0: float, top: float) -> Line:
    return Line(text, Box(x0, top, x0 + 10.0 * len(text), top + 10), 10.0)


def draw_table(
    rows: Sequence[Sequence[str]],
    *,
    page: int = 1,
    index: int = 0,
    caption: Sequence[str] = (),
    widths: Sequence[float] | None = None,
    top: float = 100.0,
    left: float = LEFT_PT,
) -> RawTable:
    """A drawn table from text: ``<`` is merged to the left, ``^`` with the cell above."""
    n_rows, n_cols = len(rows), len(rows[0])
    widths = widths or [60.0] * n_cols
    xs = [left]
    for width in widths:
        xs.append(xs[-1] + width)
    ys = [top + ROW_PT * i for i in range(n_rows + 1)]
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right = c + 1
            while right < n_cols and row[right] == "<":
                right += 1
            bottom = r + 1
            while bottom < n_rows and rows[bottom][c] == "^":
                bottom += 1
            box = Box(xs[c], ys[r], xs[right], ys[bottom])
            lines = (_line(text, xs[c] + 2, ys[r] + 4),) if text else ()
            cells.append(Cell(r, c, bottom - r, right - c, box, lines))
    return RawTable(
        page,
        index,
        Box(xs[0], ys[0], xs[-1], ys[-1]),
        n_rows,
        n_cols,
        tuple(cells),
        tuple(xs),
        tuple(ys),
        tuple(_line(t, left, top - 20.0 * (len(caption) - i)) for i, t in enumerate(caption)),
    )


def make_page(*tables: RawTable, number: int = 1, lines: Sequence[Line] = ()) -> RawPage:
    captions = [line for table in tables for line in table.caption]
    return RawPage(number, 600.0, 800.0, 0, tuple(tables), (*captions, *lines), n_glyphs=100)


def make_document(*pages: RawPage) -> RawDocument:
    return RawDocument("0" * 64, "made", "made.pdf", tuple(pages))


def fill_lines(table: RawTable, texts: Collection[str]) -> RawTable:
    """The table with the lines of those cells as wide as the cell: the text may go on."""
    cells = []
    for cell in table.cells:
        if cell.lines and cell.lines[0].text in texts:
            box = Box(cell.box.x0 + 2, cell.box.top + 4, cell.box.x1 - 2, cell.box.top + 14)
            cell = cell._replace(lines=(Line(cell.lines[0].text, box, 10.0),))
        cells.append(cell)
    return replace(table, cells=tuple(cells))


@pytest.fixture
def filled() -> Callable[[RawTable, Collection[str]], RawTable]:
    return fill_lines


@pytest.fixture
def table() -> Callable[..., RawTable]:
    return draw_table


@pytest.fixture
def page() -> Callable[..., RawPage]:
    return make_page


@pytest.fixture
def document() -> Callable[..., RawDocument]:
    return make_document


@pytest.fixture(scope="session")
def index() -> Index:
    return prepare(load())


@pytest.fixture
def read_one(index: Index) -> Callable[..., tuple[dict[str, list[Mapping[str, Value]]], set[str]]]:
    """A table's rows and caption -> the records of each table, and the codes of the findings."""

    def run(
        rows: Sequence[Sequence[str]], *caption: str, widths: Sequence[float] | None = None
    ) -> tuple[dict[str, list[Mapping[str, Value]]], set[str]]:
        drawn = draw_table(rows, caption=caption, widths=widths)
        result = normalize(make_document(make_page(drawn)), index)
        found: dict[str, list[Mapping[str, Value]]] = {}
        for record in result.records:
            found.setdefault(record.table, []).append(record.values)
        quiet = {"year-unknown", "kind-unknown"}
        return found, {f.code for f in result.findings} - quiet

    return run
