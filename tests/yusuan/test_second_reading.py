"""Which of two readings of unruled tables is kept: the identities decide."""

from typing import NamedTuple

import pytest

from yusuan.extract.model import Box, Cell, RawDocument, RawPage, RawTable
from yusuan.second_reading import settle

BOX = Box(0, 0, 10, 10)


def document(name: str, *, is_ruled: bool = False) -> RawDocument:
    table = RawTable(
        1, 0, BOX, 1, 1, (Cell(0, 0, 1, 1, BOX),), (0.0, 10.0), (0.0, 10.0),
        is_ruled=is_ruled, column_note=name,
    )  # fmt: skip
    return RawDocument("d", "s", "f", (RawPage(1, 100, 100, 0, (table,)),))


class Judged(NamedTuple):
    """What the identities make of a reading."""

    n_failed: int
    n_proved: int


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        ((3, 10), (0, 20), "theirs"),
        ((3, 10), (1, 10), "theirs"),
        ((3, 10), (3, 20), "ours"),  # no identity less fails
        ((3, 10), (0, 0), "ours"),  # nothing fails where nothing is recognised any more
        ((0, 10), (0, 20), "ours"),
    ],
)
def test_the_reading_that_satisfies_more_identities_is_kept(
    ours: tuple[int, int], theirs: tuple[int, int], kept: str
) -> None:
    verdicts = {"ours": Judged(*ours), "theirs": Judged(*theirs)}

    def judge(reading: RawDocument) -> Judged:
        return verdicts[reading.pages[0].tables[0].column_note]

    settled, judged = settle(document("ours"), judge, lambda _: document("theirs"), 12)
    assert settled == document(kept)
    assert judged in (None, verdicts[kept])
    assert judged is not None or kept == "ours"


def test_ruled_tables_are_not_judged_twice() -> None:
    def judge(reading: RawDocument) -> Judged:
        raise AssertionError("nobody asked")

    ruled = document("ours", is_ruled=True)
    assert settle(ruled, judge, lambda _: document("theirs"), 12) == (ruled, None)
    unruled = document("ours")
    assert settle(unruled, judge, lambda _: document("theirs"), 0) == (unruled, None)


def test_a_reading_of_which_nothing_fails_is_judged_once() -> None:
    given, asked = document("ours"), []

    def judge(reading: RawDocument) -> Judged:
        asked.append(reading)
        return Judged(0, 10)

    def read(pages: frozenset[int]) -> RawDocument:
        raise AssertionError("nothing is in doubt")

    assert settle(given, judge, read, 12) == (given, Judged(0, 10))
    assert asked == [given]
