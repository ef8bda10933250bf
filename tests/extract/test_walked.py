"""Objects and their clips: told alike by the compiled loops and by the same source as Python."""

from collections.abc import Callable
from functools import reduce
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.pdfium import library, walked
from yusuan.extract.pdfium.geometry import NOTHING, Bounds, intersect, transform_box

AsPython = Callable[[ModuleType], ModuleType]
small = st.integers(-30, 30)
numbers = st.sampled_from([0.0, 0.1, -0.5, 1.0, 7.3, 1e30, np.inf, np.nan])
LEVEL = (1.0, 0.0, 0.0, -1.0, 0.0, 20.0)
TURNED = (0.0, 1.0, 1.0, 0.0, -3.0, 5.0)
PAGE = (0.0, 0.0, 25.0, 25.0)


def words(values: list[int]) -> npt.NDArray[np.uint64]:
    return np.array(values, np.uint64)


@given(pairs=st.lists(st.tuples(st.integers(0, 6).map(lambda x: x << 40), st.integers(-1, 2))))
def test_alike_are_what_stands_first(pairs: list[tuple[int, int]], as_python: AsPython) -> None:
    tops, counts = words([top for top, _ in pairs]), np.array([n for _, n in pairs], np.int64)
    for module in (walked, as_python(walked)):
        which, firsts = module.number_alike(tops, counts)
        assert firsts[which].tolist() == [pairs.index(pair) for pair in pairs]
        assert firsts.tolist() == sorted({pairs.index(pair) for pair in pairs})


@given(owned=st.lists(st.tuples(st.integers(0, 2**63), st.integers(-1, 4))))
def test_owners_are_repeated_for_each_thing(
    owned: list[tuple[int, int]], as_python: AsPython
) -> None:
    owners, counts = words([o for o, _ in owned]), np.array([n for _, n in owned], np.int64)
    expected = [(owner, number) for owner, n in owned for number in range(n)]
    for module in (walked, as_python(walked)):
        repeated, within = module.repeat_numbered(owners, counts)
        assert list(zip(repeated.tolist(), within.tolist(), strict=True)) == expected


Path = list[tuple[int, int]]


def box_of(path: Path, matrix: tuple[float, ...]) -> Bounds:
    if not path:
        return NOTHING
    xs, ys = zip(*path, strict=True)
    return transform_box((min(xs), min(ys), max(xs), max(ys)), matrix)


@given(
    paths=st.lists(st.lists(st.tuples(small, small), max_size=5), min_size=1, max_size=6),
    chosen=st.lists(st.lists(st.integers(0, 99), max_size=3), max_size=8),
    matrix=st.sampled_from([LEVEL, TURNED]),
)
def test_a_stack_of_clips_leaves_what_its_paths_have_in_common(
    paths: list[Path],
    chosen: list[list[int]],
    matrix: tuple[float, ...],
    as_python: AsPython,
) -> None:
    points = np.array([point for path in paths for point in path], np.float32).reshape(-1, 2)
    stacks = [[number % len(paths) for number in stack] for stack in chosen]
    arguments = (
        points,
        np.array([len(path) for path in paths]),
        np.array([number for stack in stacks for number in stack], np.int64),
        np.array([len(stack) for stack in stacks], np.int64),
        matrix,
        PAGE,
    )
    expected = [
        reduce(intersect, (box_of(paths[number], matrix) for number in stack), PAGE)
        for stack in stacks
    ]
    for module in (walked, as_python(walked)):
        assert list(map(tuple, module.common_boxes(*arguments).tolist())) == expected


def test_a_clip_that_is_not_written_in_numbers_hides_nothing(as_python: AsPython) -> None:
    points = np.array([(5, np.nan), (10, 15)], np.float32)
    one = np.array([1])
    for module in (walked, as_python(walked)):
        boxes = module.common_boxes(points, 2 * one, 0 * one, one, LEVEL, PAGE)
        assert boxes.tolist() == [list(PAGE)]


@given(
    objects=st.lists(
        st.tuples(st.integers(0, 5), st.lists(small, min_size=4, max_size=4)), max_size=12
    )
)
def test_objects_are_parted_by_kind_and_hidden_paths_left_out(
    objects: list[tuple[int, list[int]]], as_python: AsPython
) -> None:
    kinds = np.array([kind for kind, _ in objects], np.int64)
    clips = np.array([clip for _, clip in objects], np.float32).reshape(-1, 4)
    items = words([1000 + i for i in range(len(objects))])
    shown = [
        i
        for i, (kind, clip) in enumerate(objects)
        if kind == library.OBJECT_PATH and clip[0] <= clip[2]
    ]
    texts = [i for i, (kind, _) in enumerate(objects) if kind == library.OBJECT_TEXT]
    for module in (walked, as_python(walked)):
        *parts, others = module.part_objects(items, kinds, clips, 3.0, 0.5)
        assert others.tolist() == [i for i, (kind, _) in enumerate(objects) if kind not in (1, 2)]
        for part, chosen in zip(parts, (texts, shown), strict=True):
            assert part.handles.tolist() == [1000 + i for i in chosen]
            assert part.orders.tolist() == [3.0 + 0.5 * (i + 1) for i in chosen]
            assert part.clips.tolist() == clips[chosen].tolist()


@pytest.mark.parametrize(
    ("color", "known", "ink"),
    [
        ((0, 0, 0, 255), 1, walked.INK_VISIBLE),
        ((250, 251, 255, 255), 1, walked.INK_WHITE),
        ((255, 255, 249, 255), 1, walked.INK_VISIBLE),
        ((0, 0, 0, 0), 1, walked.INK_NONE),
        ((255, 255, 255, 0), 1, walked.INK_NONE),
        ((255, 255, 255, 0), 0, walked.INK_VISIBLE),  # a pattern
    ],
)
def test_inks_follow_from_colours(
    color: tuple[int, ...], known: int, ink: int, as_python: AsPython
) -> None:
    for module in (walked, as_python(walked)):
        colors = np.array([(9, 9, 9, 9), color], np.uint32)
        inks = module.colors_to_inks(colors, np.array([1, known]), 250)
        assert inks.tolist() == [walked.INK_VISIBLE, ink]
        assert colors[1].tolist() == list(color if known else (0, 0, 0, 255))


@given(
    matrices=st.lists(st.lists(numbers, min_size=6, max_size=6), max_size=4),
    points=st.lists(st.tuples(numbers, numbers), min_size=8, max_size=8),
    then=st.lists(numbers, min_size=4, max_size=4),
)
def test_places_on_the_page_are_computed_in_single_precision(
    matrices: list[list[float]],
    points: list[tuple[float, float]],
    then: list[float],
    as_python: AsPython,
) -> None:
    """Rounded after each product and sum, as by arrays: compiled or not, on any processor."""
    p, s, t, u = (np.float32(value) for value in then)
    with np.errstate(all="ignore"):
        first = np.array(matrices, np.float32).reshape(-1, 6)
        m = first * np.array((p, s, p, s, p, s))
        m[:, 4:] += np.array((t, u))
        xy = np.array(points, np.float32)[: 2 * len(m)]
        x, y = xy[:, 0], xy[:, 1]
        a, b, c, d, e, f = np.repeat(m, 2, axis=0).T
        expected = np.stack((a * x + c * y + e, b * x + d * y + f), axis=1)
        pens = np.float32(3) * np.abs(m[:, 0] * m[:, 3] - m[:, 1] * m[:, 2]) ** np.float32(0.5)
        for module in (walked, as_python(walked)):
            of_page = module.concat_level(first, (p, 0.0, 0.0, s, t, u))
            assert np.array_equal(of_page, m, equal_nan=True)
            placed, widths = xy.copy(), np.full(len(m), 3, np.float32)
            module.display_paths(placed, np.full(len(m), 2), of_page, widths)
            assert np.array_equal(placed, expected, equal_nan=True)
            assert np.array_equal(widths, pens, equal_nan=True)
