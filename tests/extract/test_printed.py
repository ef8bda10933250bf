"""Glyphs drawn again: found alike by the compiled loops and by the same source as Python."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yusuan.extract.model import Glyphs
from yusuan.extract.pdfium import printed


def _glyphs(codes: list[int], at: list[tuple[float, float]], runs: list[int]) -> Glyphs:
    n = len(codes)
    return Glyphs(
        np.array(codes, np.uint32),
        np.zeros((n, 4), np.float32),
        np.array(at, np.float32).reshape(-1, 2),
        np.full(n, 10, np.float32),
        np.array(runs, np.int64),
    )


def _by_pairs(glyphs: Glyphs, reach: float) -> npt.NDArray[np.bool_]:
    """Of each two glyphs alike and near enough, the later is doubled: without piles of three."""
    found = np.zeros(len(glyphs), np.bool_)
    for b in range(len(glyphs)):
        for a in range(b):
            near = np.abs(glyphs.origins[a] - glyphs.origins[b]) < reach
            assert glyphs.runs is not None
            is_alike = glyphs.codes[a] == glyphs.codes[b] and glyphs.runs[a] != glyphs.runs[b]
            found[b] |= bool(near.all()) and bool(is_alike)
    return found


@given(
    places=st.lists(
        st.tuples(st.integers(-3, 60), st.integers(-3, 60), st.integers(48, 49)),
        unique=True,
        max_size=40,
    ),
    copied=arrays(np.bool_, 40),
    shift=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
)
def test_the_second_drawing_of_a_glyph_is_doubled(
    places: list[tuple[int, int, int]],
    copied: npt.NDArray[np.bool_],
    shift: tuple[float, float],
    as_python: Callable[[ModuleType], ModuleType],
) -> None:
    first = [(3.0 * x, 3.0 * y) for x, y, _ in places]  # 3 pt apart: further than copies are
    again = [i for i in range(len(places)) if copied[i]]
    second = [(first[i][0] + shift[0], first[i][1] + shift[1]) for i in again]
    codes = [code for *_, code in places]
    glyphs = _glyphs(
        codes + [codes[i] for i in again], first + second, [0] * len(codes) + [1] * len(again)
    )
    every = np.ones(len(glyphs), np.bool_)
    found = printed.find_doubled(glyphs, every)
    assert found.tolist() == _by_pairs(glyphs, 1.2).tolist()
    interpreted = as_python(printed)
    assert found.tolist() == interpreted.find_doubled(glyphs, every).tolist()


def test_places_that_are_no_numbers_double_nothing_else() -> None:
    glyphs = _glyphs([48, 48, 49, 49], [(np.nan, 1), (np.inf, 1), (5, 5), (5.5, 5)], [0, 1, 2, 3])
    found = printed.find_doubled(glyphs, np.ones(4, np.bool_))
    assert found.tolist() == [False, False, False, True]
