"""The tolerance rule, and what an identity that holds says."""

from decimal import Decimal

import pytest

from yusuan.prove.claims import Claim, Outcome, evaluate, formula
from yusuan.prove.figures import Figure

FEN = Decimal("0.01")


def figure(key: str, yuan: str | None, ulp: str = "0.01", printed: bool = True) -> Figure:
    value = None if yuan is None else Decimal(yuan)
    step = Decimal(ulp) if printed else Decimal(0)
    return Figure(key, 0, "T000", "T000:0", "0", 1, value, step, printed, {"amount_yuan": value})


def blank(key: str) -> Figure:
    return figure(key, "0", printed=False)


def outcome(left: Figure, *right: Figure) -> Outcome:
    return evaluate(Claim("row.total=basic+project", "T000", "r", (left,), right))


@pytest.mark.parametrize(
    ("left", "right", "ulp", "status"),
    [
        ("3.00", ("1.00", "2.00"), "0.01", "ok"),
        ("3.01", ("1.00", "2.00"), "0.01", "failed"),  # the book's grain is not rounded
        ("30000", ("10000", "20100"), "100", "ok_rounding"),  # 100 <= (100 + 100 + 100) / 2
        ("30000", ("10000", "20200"), "100", "failed"),
        ("3", ("1", "1"), "1", "ok_rounding"),
        ("5", ("1", "2"), "1", "failed"),
    ],
)
def test_tolerance_is_half_a_step_per_printed_figure(
    left: str, right: tuple[str, ...], ulp: str, status: str
) -> None:
    parts = [figure(str(i), yuan, ulp) for i, yuan in enumerate(right)]
    assert outcome(figure("l", left, ulp), *parts).status == status


def test_a_blank_adds_no_tolerance() -> None:
    assert outcome(figure("l", "101", "1"), figure("a", "100", "1")).tolerance == 1
    assert outcome(figure("l", "101", "1"), figure("a", "100", "1"), blank("b")).tolerance == 1


def test_a_copy_that_differs_is_no_rounding_and_proves_nothing() -> None:
    done = outcome(figure("l", "101", "1"), figure("a", "100", "1"), figure("z", "0", "1"))
    assert done.status == "ok_rounding" and done.proved() == ()
    coarse = outcome(figure("l", "10100", "100"), figure("a", "10120", "1"))
    assert coarse.status == "ok_rounding" and len(coarse.proved()) == 2


def test_within_rounding_a_figure_smaller_than_the_tolerance_is_not_proved() -> None:
    small = figure("small", "100", "100")
    done = outcome(figure("l", "10000", "100"), figure("a", "10000", "100"), small)
    assert done.status == "ok_rounding" and done.tolerance == 150
    assert {f.key for f in done.proved()} == {"l", "a"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (figure("l", "0"), (figure("a", "0"), figure("b", "0"))),
        (figure("l", "0"), (blank("a"), blank("b"))),
        (figure("l", "7"), (figure("l", "7"),)),
    ],
)
def test_what_says_nothing_proves_nothing(left: Figure, right: tuple[Figure, ...]) -> None:
    done = outcome(left, *right)
    assert done.trivial and done.proved() == ()


def test_a_total_without_any_part_in_print_fails() -> None:
    done = outcome(figure("l", "7"), blank("a"), blank("b"))
    assert done.status == "failed" and done.left == 7 and done.right == 0


def test_what_cannot_be_read_is_not_compared() -> None:
    done = outcome(figure("l", "7"), figure("a", None), figure("b", "3"))
    assert done.status == "not_applicable" and done.left is None and done.proved() == ()


def test_containment_proves_nothing() -> None:
    claim = Claim("x", "T000", "p", (figure("a", "5"),), (figure("b", "9"),), "<=")
    assert evaluate(claim).status == "ok" and evaluate(claim).proved() == ()
    wrong = Claim("x", "T000", "p", (figure("a", "10"),), (figure("b", "9"),), "<=")
    assert evaluate(wrong).status == "failed"


def test_a_formula_names_at_most_twelve_figures_a_side() -> None:
    parts = tuple(figure(f"T000:{i}:1", "1") for i in range(20))
    told = formula(Claim("x", "T000", "s", (figure("T000:20:1", "20"),), parts))
    assert told.startswith("p1 T000:20:1 = p1 T000:0:1 + ")
    assert told.endswith(" + … (8 more)") and "T000:11:1" in told and "T000:12:1" not in told
