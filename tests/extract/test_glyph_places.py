"""Where glyphs stand: loops that are compiled, against what they are to find, and as Python."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract import glyph_places, lines
from yusuan.extract.grid import Grid
from yusuan.extract.model import Glyphs
from yusuan.extract.settings import TextSettings

TEXT = TextSettings()
SIZE = 10.0
LETTERS = "ab7,.-−７．中 \u3000"
AsPython = Callable[[ModuleType], ModuleType]

places = st.integers(-4, 60).map(lambda quarters: 2.5 * quarters)
glyph_soup = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        places | st.floats(0, 150, width=32) | st.sampled_from([np.nan, np.inf]),
        places | st.floats(0, 60, width=32),
        st.sampled_from([8.0, 10.0, 10.5]),
        st.integers(0, 3),  # the run
        st.sampled_from([0, 0, 0, 1, 2, 3]),  # the turn
        st.integers(-1, 2),  # the cell
    ),
    max_size=50,
)
Soup = list[tuple[str, float, float, float, int, int, int]]


def _glyphs(soup: Soup, clips: bool = False) -> Glyphs:
    """Glyphs half an em wide; runs are neighbours, as text objects write them."""
    table = np.array([row[1:4] for row in soup], np.float32).reshape(-1, 3)
    x, y, size = table.T
    boxes = np.stack((x, y - size, x + size / 2, y + size / 4), axis=1)
    n = len(soup)
    return Glyphs(
        codes=np.array([ord(row[0]) for row in soup], np.uint32),
        boxes=boxes,
        origins=np.stack((x, y), axis=1),
        sizes=size.copy(),
        runs=np.sort(np.array([row[4] for row in soup], np.int64)),
        turns=np.array([row[5] for row in soup], np.uint8),
        clips=np.tile(np.array((3, 3, 120, 50), np.float32), (n, 1)) if clips else None,
    )


def _grid(
    xs: list[float], ys: list[float], spans: list[tuple[int, int, int, int]], is_open: bool
) -> Grid:
    slots = np.full((len(ys) - 1, len(xs) - 1), -1, np.int64)
    for i, (row, col, n_rows, n_cols) in enumerate(spans):
        slots[row : row + n_rows, col : col + n_cols] = i
    edges = frozenset({"top", "bottom"} if is_open else ())
    return Grid(
        np.array(ys, np.float32),
        np.array(xs, np.float32),
        np.array(spans, np.int64),
        slots,
        (edges,) * len(spans),
    )


OUTER = _grid([0, 40, 80, 120], [0, 20, 40], [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 1)], True)
INNER = _grid([10, 20, 30], [5, 25], [(0, 0, 1, 1), (0, 1, 1, 1)], False)


@given(
    glyphs=st.lists(
        st.tuples(st.integers(-1, 2), st.integers(0, 3), st.integers(-3, 3), places), max_size=60
    ),
    shifts=st.lists(st.floats(0, 3), min_size=60, max_size=60),
)
def test_glyphs_are_read_by_cell_turn_line_and_place(
    glyphs: list[tuple[int, int, int, float]], shifts: list[float], as_python: AsPython
) -> None:
    soup = [("a", 0.0, 0.0, SIZE, 0, turn, cell) for cell, turn, _, _ in glyphs]
    owner = np.array([cell for cell, *_ in glyphs], np.int64)
    along = np.array([x for *_, x in glyphs], np.float32)
    levels = [SIZE * line + shift for (_, _, line, _), shift in zip(glyphs, shifts, strict=False)]
    call = _glyphs(soup), owner, along, np.array(levels, np.float32), TEXT.baseline
    order, starts = glyph_places.order_into_lines(*call)
    expected = sorted(range(len(glyphs)), key=lambda i: (*glyphs[i], i))
    assert order.tolist() == expected
    of_lines = [glyphs[i][:3] for i in expected]
    assert starts.tolist() == [not i or of_lines[i] != of_lines[i - 1] for i in range(len(order))]
    interpreted = as_python(glyph_places).order_into_lines(*call)
    assert [found.tolist() for found in interpreted] == [order.tolist(), starts.tolist()]


@pytest.mark.parametrize("n", [5, 500])
def test_glyphs_drawn_backwards_are_read_forwards(n: int) -> None:
    soup: Soup = [("a", 5.0 * (n - i), 20.0, SIZE, 0, 0, -1) for i in range(n)]
    glyphs = _glyphs(soup)
    order, starts = glyph_places.order_into_lines(
        glyphs, np.full(n, -1), glyphs.origins[:, 0], glyphs.origins[:, 1], TEXT.baseline
    )
    assert order.tolist() == list(range(n))[::-1]
    assert starts.tolist() == [1] + [0] * (n - 1)


def test_glyphs_placed_nowhere_come_last() -> None:
    glyphs = _glyphs([("a", x, 5.0, SIZE, 0, 0, -1) for x in (np.nan, 30.0, np.nan, 10.0)])
    order, _ = glyph_places.order_into_lines(
        glyphs, np.full(4, -1), glyphs.origins[:, 0], glyphs.origins[:, 1], TEXT.baseline
    )
    assert order.tolist() == [3, 1, 0, 2]


@given(soup=glyph_soup)
def test_a_glyph_that_no_run_holds_is_in_the_cell_of_its_middle(soup: Soup) -> None:
    glyphs = _glyphs([(*row[:4], 0, 0, -1) for row in soup])
    found = glyph_places.assign_glyphs(
        Glyphs(glyphs.codes, glyphs.boxes, glyphs.origins, glyphs.sizes), [INNER, OUTER], TEXT
    )
    x = (glyphs.boxes[:, 0] + glyphs.boxes[:, 2]) / 2
    y = glyphs.origins[:, 1] - np.float32(0.36) * glyphs.sizes
    for i, cell in enumerate(found.tolist()):
        if 0 <= y[i] < 40:  # not over the ends of the rules
            assert cell == next((n for n in range(5) if _holds(n, x[i], y[i])), -1)


def _holds(cell: int, x: float, y: float) -> bool:
    """Whether a place is in a cell, numbered through, and in no cell of the inner table else."""
    grid, number = (INNER, cell) if cell < 2 else (OUTER, cell - 2)
    row, col, n_rows, n_cols = grid.cells[number].tolist()
    xs, ys = grid.col_edges, grid.row_edges
    return bool(xs[col] <= x < xs[col + n_cols] and ys[row] <= y < ys[row + n_rows])


@given(soup=glyph_soup, clips=st.booleans())
def test_python_finds_the_same_cells_and_lines(
    soup: Soup, clips: bool, as_python: AsPython
) -> None:
    glyphs = _glyphs(soup, clips)
    owner = glyph_places.assign_glyphs(glyphs, [INNER, OUTER], TEXT)
    with np.errstate(all="ignore"):  # places that are no numbers
        interpreted = as_python(glyph_places).assign_glyphs(glyphs, [INNER, OUTER], TEXT)
        assert owner.tolist() == interpreted.tolist()
        for cells in (owner, np.array([row[-1] for row in soup], np.int64)):
            found = lines.lines_by_cell(glyphs, cells, TEXT)
            assert repr(found) == repr(as_python(lines).lines_by_cell(glyphs, cells, TEXT))


@given(soup=glyph_soup)
def test_lines_hold_every_letter_once_and_their_boxes_all_glyphs(soup: Soup) -> None:
    glyphs = _glyphs([row for row in soup if np.isfinite(row[1])])
    owner = glyph_places.assign_glyphs(glyphs, [INNER, OUTER], TEXT)
    found = lines.lines_by_cell(glyphs, owner, TEXT)
    assert list(found) == sorted(found)
    for cell, printed in found.items():
        own = (owner == cell) & ~np.isin(glyphs.codes, [0x20, 0x3000])
        letters = "".join(line.text.replace(" ", "") for line in printed)
        assert sorted(letters) == sorted(map(chr, glyphs.codes[own].tolist()))
        assert all(line.text == line.text.strip() for line in printed)
        boxes = np.array([line.box for line in printed])
        assert (boxes.min(axis=0)[:2] == glyphs.boxes[own].min(axis=0)[:2]).all()
        assert (boxes.max(axis=0)[2:] == glyphs.boxes[own].max(axis=0)[2:]).all()


def test_cells_have_their_places_lines_and_hidden_glyphs(as_python: AsPython) -> None:
    glyphs = _glyphs([("a", 50.0, 15.0, SIZE, 0, 0, 4)])
    held = lines.lines_by_cell(glyphs, np.array([4]), TEXT)
    found = lines.build_cells(OUTER, 3, held, {5: 2})
    assert [cell[:4] for cell in found] == [tuple(cell) for cell in OUTER.cells.tolist()]
    assert [cell.box for cell in found] == [(0, 0, 40, 40), (40, 0, 120, 20), (40, 20, 80, 40)]
    assert [[line.text for line in cell.lines] for cell in found] == [[], ["a"], []]
    assert [cell.hidden_glyphs for cell in found] == [0, 0, 2]
    assert all(cell.open_edges == {"top", "bottom"} for cell in found)
    assert repr(found) == repr(as_python(lines).build_cells(OUTER, 3, held, {5: 2}))
