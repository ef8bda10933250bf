"""How a header is cut into words: all ways that the order allows, and no more work than needed."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from yusuan.normalize.columns import column_attributes, header_index
from yusuan.normalize.model import LeafColumn
from yusuan.normalize.wording import Wording, _splits, read_wording
from yusuan.schemas.loader import load


def ways(segment: str, words: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Every way to cut a segment, longest words first."""
    if not segment:
        yield ()
    for end in range(len(segment), 0, -1):
        if segment[:end] in words:
            for rest in ways(segment[end:], words):
                yield (segment[:end], *rest)


@given(
    st.text(alphabet="收支出", max_size=7),
    st.frozensets(st.text(alphabet="收支出", min_size=1, max_size=3), max_size=6),
)
def test_the_first_ways_to_cut_a_segment(segment: str, words: frozenset[str]) -> None:
    own = Wording({word: {"role": "measure"} for word in words})
    assert _splits(segment, own) == list(ways(segment, words))[:4]


def test_a_sentence_that_no_words_end_costs_little() -> None:
    own = Wording({"预算" * n: {"role": "measure"} for n in (1, 2, 3)})
    assert read_wording(("预算" * 200 + "等",), own) == {}
    assert read_wording(("预算" * 200,), own) == {"role": "measure"}


def test_a_header_read_again_says_the_same() -> None:
    index = header_index(load(), "expenditure_fn")
    columns = [LeafColumn(0, ("基本支出", "人员经费"), 0.0, 1.0)]
    columns += [LeafColumn(i, (f"无关文字{i}",), 0.0, 1.0) for i in range(5000)]
    first = column_attributes(columns, index)
    assert column_attributes(columns, index) == first
    assert first[0]["measure"] == "basic_personnel" and first[1] == {}
