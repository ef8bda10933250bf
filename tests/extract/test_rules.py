"""Pieces to whole rules, edges and walls: alike compiled and as Python, and as said in words."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yusuan.extract import rules
from yusuan.extract.settings import RuleSettings

Floats = npt.NDArray[np.float32]
Load = Callable[[ModuleType], ModuleType]
SETTINGS = RuleSettings()

any_pieces = st.integers(0, 30).flatmap(
    lambda n: arrays(np.float32, (n, 3), elements=st.floats(-20, 60, width=32))
)
steps = st.lists(st.integers(1, 12), min_size=1, max_size=8)


def merged(module: ModuleType, pieces: Floats) -> Floats:
    return np.asarray(
        module.merge_pieces(
            pieces, SETTINGS.snap, SETTINGS.snap_span, SETTINGS.join, SETTINGS.min_length
        )
    )


def edges_of(widths: list[int]) -> Floats:
    return np.cumsum([0, *widths]).astype(np.float32)


@given(
    st.lists(
        st.tuples(st.sampled_from((0, 10, 20)), st.integers(0, 60), st.integers(1, 15)), max_size=25
    )
)
def test_a_whole_rule_goes_as_far_as_its_pieces_without_wide_gaps(
    drawn: list[tuple[int, int, int]],
) -> None:
    inked = {at: np.zeros(100, np.bool_) for at in (0, 10, 20)}
    for at, start, length in drawn:
        inked[at][start : start + length] = True
    expected = []
    for at, points in inked.items():
        ends = np.flatnonzero(np.diff(points, prepend=False, append=False)).tolist()
        for gap in [i for i in range(1, len(ends) - 1, 2) if ends[i + 1] - ends[i] <= 3][::-1]:
            del ends[gap : gap + 2]
        pairs = zip(ends[::2], ends[1::2], strict=True)
        expected += [(at, start, end) for start, end in pairs if end - start >= 4]
    pieces = np.array([(at, x, x + length) for at, x, length in drawn], np.float32).reshape(-1, 3)
    assert [tuple(rule) for rule in merged(rules, pieces).tolist()] == expected


@given(any_pieces)
def test_no_rule_is_made_of_nothing(pieces: Floats) -> None:
    pieces[:, 1:].sort(axis=1)
    for at, start, end in merged(rules, pieces).tolist():
        near = pieces[np.abs(pieces[:, 0] - at) <= SETTINGS.snap_span]
        assert start in near[:, 1]
        assert end in near[:, 2]


@given(any_pieces)
def test_pieces_in_any_order_merge_alike(pieces: Floats) -> None:
    pieces[:, 1:].sort(axis=1)
    ordered = pieces[np.lexsort((pieces[:, 1], pieces[:, 0]))]
    np.testing.assert_allclose(merged(rules, pieces), merged(rules, ordered), atol=1e-4)


def test_pieces_that_are_nowhere_leave_the_others_as_they_are() -> None:
    sound = [(10, 0, 50), (30, 0, 50)]
    for lost in [(np.nan, 0, 50), (np.inf, 0, 50), (-np.inf, 0, 50), (20, np.nan, 5)]:
        found = merged(rules, np.array([lost, *sound], np.float32))
        assert found.tolist() == [[10, 0, 50], [30, 0, 50]]


@given(
    arrays(np.float32, (12, 3), elements=st.integers(-3, 20) | st.floats(-3, 20, width=32)),
    steps,
    steps,
)
def test_a_wall_is_where_a_rule_passes_the_middle_of_a_slot(
    found: Floats, widths: list[int], heights: list[int]
) -> None:
    edges, slots = edges_of(widths), edges_of(heights)
    expected = np.zeros((len(widths) + 1, len(heights)), np.bool_)
    for at, start, end in found:
        middles = (slots[1:] + slots[:-1]) / 2
        expected[np.abs(edges - at).argmin()] |= (start <= middles) & (middles <= end)
    assert rules.find_walls(edges, slots, found).tolist() == expected.tolist()


@given(steps, arrays(np.float32, (5, 3), elements=st.integers(-40, 120)), st.integers(0, 5))
def test_an_end_is_open_where_two_rules_stick_out_or_one_far(
    widths: list[int], crossing: Floats, n: int
) -> None:
    edges, crossing = edges_of(widths), crossing[:n]
    before, after = edges[0] - crossing[:, 1], crossing[:, 2] - edges[-1]
    expected = edges.tolist()
    if (before > 4).sum() >= 2 or (before > 12).any():
        expected.insert(0, crossing[:, 1].min())
    if (after > 4).sum() >= 2 or (after > 12).any():
        expected.append(crossing[:, 2].max())
    assert rules.add_open_ends(edges, crossing, 4.0, 12.0).tolist() == expected


def test_without_a_rule_the_crossing_ones_tell_the_edges() -> None:
    crossing = np.array([(0, 5, 40), (10, 3, 30)], np.float32)
    none = np.empty(0, np.float32)
    assert rules.add_open_ends(none, crossing, 4.0, np.inf).tolist() == [3, 40]


@given(pieces=any_pieces)
def test_loops_are_alike_compiled_and_as_python(pieces: Floats, as_python: Load) -> None:
    python = as_python(rules)
    pieces[:, 1:].sort(axis=1)
    assert merged(rules, pieces).tobytes() == merged(python, pieces).tobytes()
    places = rules.distinct_places(pieces)
    assert places.tolist() == np.unique(pieces[:, 0]).tolist()
    assert places.tobytes() == python.distinct_places(pieces).tobytes()
    assert rules.count_narrow(places, 4.0) == np.count_nonzero(np.diff(places) < 4.0)
    assert rules.count_narrow(places, 4.0) == python.count_narrow(places, 4.0)
    edges = rules.add_open_ends(places, pieces, 4.0, 12.0)
    assert edges.tobytes() == python.add_open_ends(places, pieces, 4.0, 12.0).tobytes()
    if len(places) >= 2:
        walls = rules.find_walls(places, edges, pieces)
        assert walls.tolist() == python.find_walls(places, edges, pieces).tolist()
