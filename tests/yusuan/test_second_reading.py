"""Which of two readings of unruled tables is kept: the identities decide."""

import pytest

from yusuan.extract.model import Box, Cell, RawDocument, RawPage, RawTable
from yusuan.normalize.model import Record
from yusuan.prove.proof import Proof
from yusuan.second_reading import settle

BOX = Box(0, 0, 10, 10)


def document(name: str, *, is_ruled: bool = False) -> RawDocument:
    table = RawTable(
        1, 0, BOX, 1, 1, (Cell(0, 0, 1, 1, BOX),), (0.0, 10.0), (0.0, 10.0),
        is_ruled=is_ruled, column_note=name,
    )  # fmt: skip
    return RawDocument("d", "s", "f", (RawPage(1, 100, 100, 0, (table,)),))


def verdict(n_failed: int, n_proved: int) -> Proof:
    checks = [Record("checks", {"status": "failed"})] * n_failed
    return Proof((), (*checks, Record("checks", {"status": "ok"})), (), (), n_proved)


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
    verdicts = {"ours": verdict(*ours), "theirs": verdict(*theirs)}

    def judge(reading: RawDocument) -> Proof:
        return verdicts[reading.pages[0].tables[0].column_note]

    settled = settle(document("ours"), judge, lambda _: document("theirs"), 12)
    assert settled == document(kept)


def test_ruled_tables_are_not_judged_twice() -> None:
    def judge(reading: RawDocument) -> Proof:
        raise AssertionError("nobody asked")

    ruled = document("ours", is_ruled=True)
    assert settle(ruled, judge, lambda _: document("theirs"), 12) is ruled
    unruled = document("ours")
    assert settle(unruled, judge, lambda _: document("theirs"), 0) is unruled
