"""What paths paint: told alike by the compiled loops and by the same source as Python."""

from collections.abc import Callable
from itertools import pairwise
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.pdfium import library, painted
from yusuan.extract.pdfium.geometry import Bounds
from yusuan.extract.pdfium.walked import INK_NONE, INK_VISIBLE, INK_WHITE

AsPython = Callable[[ModuleType], ModuleType]
Point = tuple[float, float]
quarters = st.integers(0, 80).map(lambda n: n / 4)
inks = st.sampled_from([INK_NONE, INK_VISIBLE, INK_WHITE])
boxes = st.tuples(quarters, quarters, quarters, quarters).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)


class Figure(NamedTuple):
    points: list[Point]
    closed: bool


class Path(NamedTuple):
    figures: list[Figure]
    stroke: int
    fill: int
    clip: Bounds


figures = st.builds(
    Figure, st.lists(st.tuples(quarters, quarters), min_size=1, max_size=5), st.booleans()
)
paths = st.lists(
    st.builds(Path, st.lists(figures, min_size=1, max_size=3), inks, inks, boxes), max_size=4
)


def floats(rows: list[Bounds]) -> npt.NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(-1, 4)


def bytes_of(values: list[int]) -> npt.NDArray[np.uint8]:
    return np.array(values, np.uint8)


def segments_of(drawn: list[Path]) -> tuple[npt.NDArray[np.generic], ...]:
    """Points, kinds, whether each closes its figure, and how many each path has."""
    every = [figure for path in drawn for figure in path.figures]
    points = [point for figure in every for point in figure.points]
    kinds = [
        library.SEGMENT_LINE if i else library.SEGMENT_MOVE
        for figure in every
        for i in range(len(figure.points))
    ]
    closes = [figure.closed and point is figure.points[-1]
              for figure in every for point in figure.points]  # fmt: skip
    counts = [sum(len(figure.points) for figure in path.figures) for path in drawn]
    return (
        np.array(points, np.float32).reshape(-1, 2),
        np.array(kinds, np.int64),
        np.array(closes, np.int64),
        np.array(counts, np.int64),
    )


def around(points: list[Point]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def within(box: Bounds, clip: Bounds, reach: float) -> Bounds | None:
    x0, top = max(box[0], clip[0] - reach), max(box[1], clip[1] - reach)
    x1, bottom = min(box[2], clip[2] + reach), min(box[3], clip[3] + reach)
    return (x0, top, x1, bottom) if x0 <= x1 and top <= bottom else None


def rows(array: npt.NDArray[np.float32]) -> list[Bounds]:
    return list(map(tuple, array.tolist()))


@given(drawn=paths)
def test_pens_draw_from_point_to_point_and_back_where_a_figure_is_closed(
    drawn: list[Path], as_python: AsPython
) -> None:
    points, kinds, closes, counts = segments_of(drawn)
    stroked = [(n, f) for n, path in enumerate(drawn) if path.stroke for f in path.figures]
    expected = [(n, around([a, b])) for n, figure in stroked for a, b in pairwise(figure.points)]
    expected += [
        (n, around([figure.points[-1], figure.points[0]])) for n, figure in stroked if figure.closed
    ]
    strokes = bytes_of([path.stroke for path in drawn])
    for module in (painted, as_python(painted)):
        found, owners, has_curves = module.draw_pieces(points, kinds, closes, counts, strokes)
        assert list(zip(owners.tolist(), rows(found), strict=True)) == expected
        assert not has_curves
        kinds_of_curves = np.where(kinds == library.SEGMENT_LINE, library.SEGMENT_BEZIER, kinds)
        *_, has_curves = module.draw_pieces(points, kinds_of_curves, closes, counts, strokes)
        assert has_curves == any(len(figure.points) > 1 for _, figure in stroked)


@given(drawn=paths)
def test_figures_are_boxes_within_their_clips(drawn: list[Path], as_python: AsPython) -> None:
    points, kinds, _, counts = segments_of(drawn)
    expected = [
        (n, box)
        for n, path in enumerate(drawn)
        for figure in path.figures
        if path.fill and (box := within(around(figure.points), path.clip, 1))
    ]
    pairs = [one for (one, _), (other, _) in pairwise(expected) if one == other]
    fills, clips = bytes_of([path.fill for path in drawn]), floats([path.clip for path in drawn])
    for module in (painted, as_python(painted)):
        found, owners, has_pairs = module.outline_figures(points, kinds, counts, fills, clips)
        assert list(zip(owners.tolist(), rows(found), strict=True)) == expected
        assert has_pairs == any(drawn[n].fill == INK_VISIBLE for n in pairs)


@given(pieces=st.lists(st.tuples(boxes, boxes, st.sampled_from([0.0, 0.5, 3.0, 4.0, 9.0]))))
def test_clips_cut_what_pens_draw(
    pieces: list[tuple[Bounds, Bounds, float]], as_python: AsPython
) -> None:
    thin, broad = [], []
    for number, (box, clip, pen) in enumerate(pieces):
        x0, top, x1, bottom = box
        if pen <= 3:
            cut = within(box, clip, 1)
            thin += [(number, cut)] if cut else []
        elif min(x1 - x0, bottom - top) <= pen / 2:  # else slanted
            x, y = (0, pen / 2) if x1 - x0 >= bottom - top else (pen / 2, 0)
            cut = within((x0 - x, top - y, x1 + x, bottom + y), clip, 0)
            broad += [(number, cut)] if cut else []
    arguments = (
        floats([box for box, _, _ in pieces]),
        np.arange(len(pieces)),
        np.array([pen for _, _, pen in pieces], np.float32),
        floats([clip for _, clip, _ in pieces]),
        3.0,
    )
    for module in (painted, as_python(painted)):
        lines, of_lines, areas, of_areas = module.cut_pieces(*arguments)
        assert list(zip(of_lines.tolist(), rows(lines), strict=True)) == thin
        assert list(zip(of_areas.tolist(), rows(areas), strict=True)) == broad


@given(
    pieces=st.lists(st.tuples(boxes, inks)),
    filled=st.lists(st.tuples(boxes, st.sampled_from([INK_VISIBLE, INK_WHITE]))),
)
def test_what_is_painted_is_line_or_area_or_dot(
    pieces: list[tuple[Bounds, int]], filled: list[tuple[Bounds, int]], as_python: AsPython
) -> None:
    lines = [(box, ink == INK_WHITE, 10.0 * n) for n, (box, ink) in enumerate(pieces)]
    areas, dots = [], []
    for n, (box, ink) in enumerate(filled):
        x0, top, x1, bottom = box
        short, long = sorted((x1 - x0, bottom - top))
        if short > 3:
            areas.append((box, ink == INK_WHITE, 10.0 * n))
        elif long > 1.5 * short:
            x, y = (x0 + x1) / 2, (top + bottom) / 2
            axis = (x0, y, x1, y) if x1 - x0 >= bottom - top else (x, top, x, bottom)
            lines.append((axis, ink == INK_WHITE, 10.0 * n))
        elif ink == INK_VISIBLE:
            dots.append(box)
    arguments = (
        floats([box for box, _ in pieces]),
        np.arange(len(pieces)),
        bytes_of([ink for _, ink in pieces]),
        floats([box for box, _ in filled]),
        np.arange(len(filled)),
        bytes_of([ink for _, ink in filled]),
        10.0 * np.arange(max(len(pieces), len(filled))),
        3.0,
    )
    for module in (painted, as_python(painted)):
        found = module.sort_painted(*arguments)
        assert found.line_white.dtype == found.area_white.dtype == np.bool_
        for boxes_, whites, orders, expected in (
            (found.lines, found.line_white, found.line_orders, lines),
            (found.areas, found.area_white, found.area_orders, areas),
        ):
            rest = whites.tolist(), orders.tolist()
            assert list(zip(rows(boxes_), *rest, strict=True)) == expected
        assert rows(found.dots) == dots


@given(
    lines=st.lists(st.tuples(boxes, st.integers(0, 5))),
    areas=st.lists(st.tuples(boxes, st.integers(0, 5))),
)
def test_of_a_line_counts_what_lies_on_areas_drawn_before(
    lines: list[tuple[Bounds, int]], areas: list[tuple[Bounds, int]], as_python: AsPython
) -> None:
    common = [
        [within(line, area, 0) for area, earlier in areas if earlier < order]
        for line, order in lines
    ]
    expected = [sum(max(c[2] - c[0], c[3] - c[1]) for c in boxes if c) for boxes in common]
    arguments = [
        (floats([box for box, _ in some]), np.array([order for _, order in some], np.float64))
        for some in (lines, areas)
    ]
    for module in (painted, as_python(painted)):
        assert module.ink_below(*arguments[0], *arguments[1]).tolist() == expected


@given(lines=st.lists(boxes))
def test_lines_are_level_or_upright_or_no_rules(lines: list[Bounds], as_python: AsPython) -> None:
    level = [((top + bottom) / 2, x0, x1) for x0, top, x1, bottom in lines
             if bottom - top <= 0.75 and x1 - x0 > bottom - top]  # fmt: skip
    upright = [((x0 + x1) / 2, top, bottom) for x0, top, x1, bottom in lines
               if x1 - x0 <= 0.75 and bottom - top > x1 - x0]  # fmt: skip
    for module in (painted, as_python(painted)):
        assert list(map(rows, module.part_lines(floats(lines), 0.75))) == [level, upright]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_placed_nowhere_is_not_painted(bad: float, as_python: AsPython) -> None:
    points = np.array([(0, 0), (9, 0), (9, bad), (5, 5)], np.float32)
    kinds = np.array([library.SEGMENT_MOVE, 0, 0, 0], np.int64)
    closes, counts, clips = np.zeros(4, np.int64), np.array([4]), floats([(0, 0, 20, 20)])
    ink, pens = bytes_of([INK_VISIBLE]), np.ones(1, np.float32)
    for module in (painted, as_python(painted)):
        pieces, owners, _ = module.draw_pieces(points, kinds, closes, counts, ink)
        lines, *_ = module.cut_pieces(pieces, owners, pens, clips, 3.0)
        figures, *_ = module.outline_figures(points, kinds, counts, ink, clips)
        assert np.isfinite(lines).all() and rows(lines)[0] == (0, 0, 9, 0)
        assert np.isfinite(figures).all() and len(figures) == (not np.isnan(bad))
