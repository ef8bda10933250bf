"""Cells of other engines as grids with spans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.grid import Grid
from yusuan.extract.model import Box
from yusuan.extract.witness_grid import (
    Char,
    borders_to_grid,
    boxes_to_grid,
    chars_to_glyphs,
    drop_doubled,
    is_white,
    page_frame,
    quarter_turns,
)
from yusuan.extract.witness_turn import turn_upright


def _cells(grid: Grid) -> list[tuple[int, ...]]:
    return [tuple(cell) for cell in grid.cells.tolist()]


def test_spans_follow_from_the_extent_of_boxes() -> None:
    boxes = [Box(0, 0, 20, 10), Box(20, 0, 30, 20), Box(0, 10, 10.2, 20), Box(10, 10, 20, 20)]
    grid = boxes_to_grid(boxes)
    assert grid.col_edges.tolist() == pytest.approx([0, 10, 20, 30])
    assert _cells(grid) == [(0, 0, 1, 2), (0, 2, 2, 1), (1, 0, 1, 1), (1, 1, 1, 1)]
    assert grid.slots.tolist() == [[0, 0, 1], [2, 3, 1]]


def test_slots_without_a_box_stay_empty_and_overlaps_keep_the_smaller() -> None:
    grid = boxes_to_grid([Box(0, 0, 10, 10), Box(10, 10, 20, 20), Box(0, 0, 20, 20)])
    assert _cells(grid) == [(0, 0, 1, 1), (1, 1, 1, 1)]
    assert grid.slots.tolist() == [[0, -1], [-1, 1]]


def test_missing_borders_are_spans_and_open_sides() -> None:
    walls = np.array([[1, 0, 1], [1, 1, 0]], np.bool_)
    lids = np.array([[1, 1], [1, 1], [1, 1]], np.bool_)
    grid = borders_to_grid([0, 10, 20], [0, 10, 20], walls, lids)
    assert _cells(grid) == [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]
    assert grid.open_edges == (frozenset(), frozenset(), frozenset({"right"}))


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_any_borders_give_cells_that_cover_every_slot_once(
    n_rows: int, n_cols: int, random: object
) -> None:
    draw = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    walls = draw.random((n_rows, n_cols + 1)) < 0.5
    lids = draw.random((n_rows + 1, n_cols)) < 0.5
    grid = borders_to_grid(range(n_cols + 1), range(n_rows + 1), walls, lids)
    assert sorted(set(grid.slots.ravel().tolist())) == list(range(len(grid.cells)))
    assert int((grid.cells[:, 2] * grid.cells[:, 3]).sum()) == n_rows * n_cols
    assert len(grid.open_edges) == len(grid.cells)
    for row, col, row_span, col_span in grid.cells.tolist():  # no border runs through a cell
        assert not walls[row : row + row_span, col + 1 : col + col_span].any()
        assert not lids[row + 1 : row + row_span, col : col + col_span].any()


def _char(text: str, x: float, turn: int = 0) -> Char:
    return Char(text, Box(x, 0, x + 5, 10), (x, 8), 10.0, turn)


def test_doubled_characters_are_dropped_in_place_only() -> None:
    chars = [_char("1", 0), _char("1", 5), _char("1", 0.5), _char("2", 0.5), _char("1", 5)]
    assert drop_doubled(chars) == [chars[0], chars[1], chars[3]]


def test_undecoded_characters_are_one_replacement_character() -> None:
    glyphs = chars_to_glyphs([_char("(cid:17)", 0), _char("\x00", 5), _char("fi", 10)])
    assert "".join(map(chr, glyphs.codes)) == "\ufffd\ufffdfi"
    assert glyphs.boxes[2:, [0, 2]].tolist() == [[10, 12.5], [12.5, 15]]
    assert glyphs.origins[2:, 0].tolist() == [10, 12.5]


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((1,), True),
        (1.0, True),
        ((0.5,), False),
        ((1, 1, 1), True),
        ((1, 1, 0.9), False),
        ((0, 0, 0, 0), True),
        ((0, 0, 0, 1), False),
        (None, False),
        (("P1",), False),
        ((), False),
    ],
)
def test_white(color: object, expected: bool) -> None:
    assert is_white(color, 250) is expected


def test_a_crop_box_outside_the_media_box_is_ignored() -> None:
    frame = page_frame((0, 0, 100, 200), (300, 300, 400, 400), 90)
    assert (frame.width, frame.height) == (200, 100)
    assert (frame.shift_x, frame.shift_y) == (0, 0)


def test_directions_of_writing() -> None:
    assert [quarter_turns(*d) for d in ((1, 0), (0, 1), (-1, 0), (0, -1))] == [0, 1, 2, 3]


def test_turning_a_page_turns_cells_and_their_open_sides() -> None:
    """Text that runs down (turn 1) comes level after three quarters; here seen on one grid."""
    walls = np.array([[1, 1, 1], [1, 0, 1]], np.bool_)
    lids = np.array([[1, 1], [1, 1], [0, 0]], np.bool_)
    grid = borders_to_grid([0, 10, 30], [0, 5, 20], walls, lids)
    assert _cells(grid) == [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 2)]
    upwards = chars_to_glyphs([Char("a", Box(2, 8, 4, 10), (4, 10), 2.0, 3)])
    page = turn_upright(100, 50, upwards, [grid])
    assert (page.width, page.height, page.degrees) == (50, 100, 90)
    assert page.glyphs.boxes.tolist() == [[40, 2, 42, 4]]
    assert page.glyphs.origins.tolist() == [[40, 4]]
    assert page.glyphs.turns is not None
    assert page.glyphs.turns.tolist() == [0]
    (turned,) = page.grids
    assert turned.col_edges.tolist() == [30, 45, 50]
    assert turned.row_edges.tolist() == [0, 10, 30]
    assert _cells(turned) == [(0, 0, 2, 1), (0, 1, 1, 1), (1, 1, 1, 1)]
    assert turned.open_edges == (frozenset({"left"}), frozenset(), frozenset())
    assert turned.slots.tolist() == [[0, 1], [0, 2]]
