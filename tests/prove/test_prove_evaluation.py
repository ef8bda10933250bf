"""An identity evaluated on decimals says what whole fens and fractions say."""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from yusuan.prove.claims import Claim, Relation, evaluate
from yusuan.prove.figures import Figure

STEPS = ("0.01", "1", "100", "10000")


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """A figure of one of a few cells, in whole steps of print; blank, or not to be read."""
    step = draw(st.sampled_from(STEPS))
    kind = draw(st.sampled_from(("amount",) * 6 + ("blank", "unreadable")))
    # Few sizes, so that sums hold, fail, and differ by a step.
    value = draw(st.integers(-3, 6)) * Decimal(step)
    amount = {"amount": value, "blank": Decimal(0), "unreadable": None}[kind]
    ulp = Decimal(step) if kind == "amount" else Decimal(0)
    key = draw(st.sampled_from("abcdefghij"))
    return Figure(key, 0, "T", "T:0", "0", 1, amount, ulp, kind != "blank", {})


SIDES = st.lists(figures(), max_size=4).map(tuple)


def fens(side: tuple[Figure, ...]) -> int:
    return sum(int((f.value or 0) * 100) for f in side)


@given(SIDES, SIDES, st.sampled_from(("=", "<=")))
def test_whole_fens_say_the_same(
    left: tuple[Figure, ...], right: tuple[Figure, ...], relation: Relation
) -> None:
    done = evaluate(Claim("x", "T", "s", left, right, relation))
    both = (*left, *right)
    if any(f.value is None for f in both):
        assert done.status == "not_applicable" and done.left is None and not done.trivial
        return
    steps = [Fraction(f.ulp) for f in both if f.printed]
    is_book = max(steps, default=Fraction(0)) <= Fraction(1, 100)
    tolerance = 0 if is_book else floor(sum(steps) * 100 / 2)
    excess = fens(left) - fens(right)
    size = excess if relation == "<=" else abs(excess)
    assert (done.left, done.right) == (Decimal(fens(left)) / 100, Decimal(fens(right)) / 100)
    assert done.tolerance == Decimal(tolerance) / 100
    is_exact = excess == 0 or (relation == "<=" and excess < 0)
    assert done.status == ("ok" if is_exact else "ok_rounding" if size <= tolerance else "failed")
    ours, theirs = ({f.key for f in side if f.printed} for side in (left, right))
    says_nothing = not ours or not theirs or bool(ours & theirs) or not any(f.value for f in both)
    assert done.trivial == (done.status != "failed" and says_nothing)
