"""Differences within the tolerance that rounding does not explain, and how far proof goes."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yusuan.normalize.model import Record
from yusuan.prove.claims import Claim, Outcome, evaluate
from yusuan.prove.figures import Figure, published_tables
from yusuan.prove.grain import fewest_errors, mark_unusual
from yusuan.prove.proof import Proof
from yusuan.schemas.loader import load

EmptyBook = Callable[..., Any]
D = Decimal
IDENTITIES = load().identities


def figure(key: str, yuan: int, ulp: int = 1) -> Figure:
    return Figure(key, 0, "T000", "T000:0", "0", 1, D(yuan), D(ulp), True, {"amount_yuan": D(yuan)})


def total(number: int, off: int, *parts: int) -> Outcome:
    """A total over parts, off by so many steps."""
    figures = tuple(figure(f"{number}.{i}", yuan) for i, yuan in enumerate(parts))
    head = figure(f"{number}.total", sum(parts) + off)
    return evaluate(Claim("column.total=leaves", "T000", str(number), (head,), figures))


def marked(*outcomes: Outcome) -> list[str | None]:
    return [outcome.unusual for outcome in mark_unusual(outcomes, IDENTITIES)]


def test_a_sum_off_by_more_than_rounding_comes_to_is_told_below_the_tolerance() -> None:
    assert marked(total(0, 7, *range(100, 136))) == [None]  # 4 deviations are 7.02 steps
    far = total(0, 8, *range(100, 136))
    assert far.status == "ok_rounding" and far.tolerance == D("18.5")
    assert marked(far) == ["far"]
    assert mark_unusual([far], IDENTITIES)[0].proved() == ()


def test_one_sum_off_is_told_only_where_enough_others_are_exact() -> None:
    exact = [total(n, 0, n, n + 7, 3) for n in range(1, 40)]
    assert marked(*exact, total(99, 1, 5, 6))[-1] == "lone"
    assert marked(*exact[:5], total(99, 1, 5, 6))[-1] is None
    # What tables repeat is no further evidence.
    repeated = [o._replace(claim=o.claim._replace(scope=f"again {o.claim.scope}")) for o in exact]
    assert marked(*exact[:5] * 8, *repeated[:5] * 8, total(99, 1, 5, 6))[-1] is None
    rounded = [total(100 + n, 1, 5, 6 + n) for n in range(20)]
    assert set(marked(*exact, *rounded)) == {None}


def test_one_wrong_figure_is_one_error_however_many_sums_it_stands_in() -> None:
    wrong, other = figure("wrong", 11), figure("other", 20)
    sums = [
        evaluate(Claim("column.total=leaves", "T", str(n), (figure(f"t{n}", 30),), (wrong, other)))
        for n in range(4)
    ]
    assert fewest_errors(sums, []) == 1
    copied = evaluate(Claim("column.total=leaves", "T", "c", (figure("c", 11),), (wrong,)))
    assert fewest_errors(sums, [copied]) == 1, "copies are as wrong as it is"
    parts = (wrong, other)
    holds = evaluate(Claim("column.total=leaves", "T", "s", (figure("d", 31),), parts))
    assert fewest_errors(sums, [holds]) == 4, "what stands in a sum that holds is not wrong"


def test_exact_copies_are_tight_and_rounded_sums_tell_how_far_they_see() -> None:
    copy = evaluate(Claim("column.total=leaves", "T", "c", (figure("a", 9),), (figure("b", 9),)))
    rounded = total(1, 1, 5, 6)
    shown = mark_unusual([copy, rounded], IDENTITIES)
    assert [outcome.blind for outcome in shown] == [0, D("2.5")]


def thousands(book: Any, seed: int) -> dict[str, tuple[D, D]]:
    """A budget by function of 60 items, to the fen."""
    rng = random.Random(seed)
    items = {
        f"20{n // 6 + 101}{n % 6 + 10}": (
            D(rng.randrange(10**7)) / 100,
            D(rng.randrange(10**7)) / 100,
        )
        for n in range(60)
    }
    book.by_function("expenditure_fn", "all", items)
    return items


def within(proof: Proof) -> list[Any]:
    shown = [r.values for r in proof.records if r.values["value_status"] == "published"]
    assert {v["proof"] for v in shown} <= {"proved", "proved_multi"}
    return [v["proof_within_yuan"] for v in shown]


def test_proof_tells_how_large_an_error_it_could_not_see(empty_book: EmptyBook) -> None:
    exact = empty_book("元", 2)
    thousands(exact, 1)
    assert set(within(exact.proof())) == {D(0)}
    rounded = empty_book("元", 0)
    thousands(rounded, 1)
    assert all(yuan >= D("1.5") for yuan in within(rounded.proof()))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**6))
def test_an_error_beyond_what_proof_tells_is_never_believed(
    empty_book: EmptyBook, seed: int
) -> None:
    rng = random.Random(seed)
    book = empty_book("元", 0)
    thousands(book, seed)
    before = book.proof()
    place = rng.choice(
        [i for i, r in enumerate(before.records) if r.values.get("proof_within_yuan")]
    )
    record = before.records[place]
    seen = record.values["proof_within_yuan"]
    assert isinstance(seen, D)
    change = (seen + 1).quantize(D(1)) * rng.choice((1, -1))
    values: Mapping[str, Any] = {**book.records[place].values}
    book.records[place] = book.records[place]._replace(
        values={**values, "amount_yuan": values["amount_yuan"] + change}
    )
    after = book.proof()
    told = {f.code for f in after.findings} & {"identity-failed", "rounding-unusual"}
    assert told or after.records[place].values.get("proof") not in ("proved", "proved_multi")


@pytest.mark.parametrize(("amount", "told"), [("100", False), ("101", True), ("102", True)])
def test_two_prints_of_one_figure_that_differ_are_named(
    empty_book: EmptyBook, amount: str, told: bool
) -> None:
    book = empty_book("元", 0)
    for shown in ("100", amount):
        family = "summary" if shown == "100" and not book.tables else "expenditure_fn"
        if family == "summary":
            book.summary({"一般公共预算拨款收入": D(100)}, {"201": D(100)}, D(0))
        else:
            book.by_function(family, "all", {"2010101": (D(amount), D(0))})
    proof = book.proof()
    codes = {f.code for f in proof.findings}
    assert bool(codes & {"rounding-unusual", "identity-failed"}) == told
    if amount == "101":
        checks = [c.values for c in proof.checks if c.values["status"] == "ok_rounding"]
        assert checks and codes == {"rounding-unusual"}


def test_an_amount_of_several_has_the_grain_of_the_unit_in_its_own_cell() -> None:
    values = {"table_id": "T000", "row_id": "T000:1:1", "page_no": 1, "published_unit": "元"}
    amounts = {"total": ("5.5万元", D(55000)), "fiscal": ("55000", D(55000))}
    for name, (text, yuan) in amounts.items():
        values |= {f"{name}_text": text, f"{name}_yuan": yuan}
    tables = [Record("tables", {"table_id": "T000", "family": "project_perf"})]
    (published,) = published_tables([Record("projects", values)], tables)
    assert [f.ulp for f in published.figures] == [D(1000), D(1), D(0)]
