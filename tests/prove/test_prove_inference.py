"""What is inferred for blank cells, and which cells are named: never more than identities give."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from yusuan.normalize.model import Record
from yusuan.prove.assess import assess
from yusuan.prove.claims import Claim, evaluate
from yusuan.prove.figures import Figure
from yusuan.prove.infer import infer
from yusuan.prove.proof import Proof, prove
from yusuan.prove.suspects import changed_digits, suspects
from yusuan.prove.web import Stake, Web, make_web
from yusuan.schemas.loader import load

MakeBook = Callable[..., Any]
CODES = ("2010301", "2010302", "2010350", "2050803", "2080505", "2080506", "2101101", "2210201")
ECON = ("30101", "30102", "30201", "30302")
some_cents = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-2))
relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def amounts(draw: st.DrawFn) -> tuple[dict[str, tuple[Decimal, Decimal]], dict[str, Decimal]]:
    """(basic, project) by item, and basic by economic class; no figure is zero."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=5, unique=True))
    items = {code: (draw(some_cents) + 1, draw(some_cents)) for code in codes}
    rest = sum((basic for basic, _ in items.values()), Decimal(0))
    first = (rest * draw(st.integers(10, 90)) / 100).quantize(Decimal("0.01"))
    one, other = draw(st.lists(st.sampled_from(ECON), min_size=2, max_size=2, unique=True))
    return items, {one: first, other: rest - first}


def inferred(proof: Proof) -> dict[str, Record]:
    return {
        str(r.values["row_id"]): r
        for r in proof.records
        if r.values.get("value_status") == "inferred"
    }


def printed(book: Any) -> list[int]:
    return [i for i, r in enumerate(book.records) if r.values["value_status"] == "published"]


def blanked(record: Record) -> Record:
    values = {**record.values, "amount_yuan": None, "value_status": "blank", "amount_text": None}
    return record._replace(values={**values, "published_decimals": None})


@relaxed
@given(amounts(), st.data())
def test_a_lost_figure_is_inferred_as_it_was_or_not_at_all(
    make_book: MakeBook, drawn: Any, data: st.DataObject
) -> None:
    book = make_book(*drawn, "元", 2)
    lost = data.draw(st.lists(st.sampled_from(printed(book)), min_size=1, max_size=3, unique=True))
    before = {f"{book.records[i].values['row_id']}-inferred": book.records[i] for i in lost}
    for i in lost:
        book.records[i] = blanked(book.records[i])
    proof = book.proof()
    for row_id, record in inferred(proof).items():
        assert row_id in before, "a figure was inferred for a cell that lost none"
        assert record.values["amount_yuan"] == before[row_id].values["amount_yuan"]
        assert record.values["amount_text"] is None and record.values["proof"] is None
        evidence = record.values["check_ids"]
        assert isinstance(evidence, tuple) and len(evidence) >= 2
        failed = {c.values["check_id"] for c in proof.checks if c.values["status"] == "failed"}
        assert set(evidence) <= failed
    # The published cell stays blank, and nothing is proved by what is not printed.
    for i in lost:
        shown = next(
            r for r in proof.records if r.values["row_id"] == book.records[i].values["row_id"]
        )
        assert shown.values["value_status"] == "blank" and shown.values.get("proof") is None


@relaxed
@given(amounts(), st.data())
def test_a_wrong_figure_infers_nothing(
    make_book: MakeBook, drawn: Any, data: st.DataObject
) -> None:
    book = make_book(*drawn, "元", 2)
    wrong = data.draw(st.lists(st.sampled_from(printed(book)), min_size=1, max_size=2, unique=True))
    delta = data.draw(some_cents)
    for i in wrong:
        yuan = book.records[i].values["amount_yuan"]
        values = {**book.records[i].values, "amount_yuan": yuan + delta}
        book.records[i] = book.records[i]._replace(values=values)
    assert inferred(book.proof()) == {}


@relaxed
@given(amounts(), st.data())
def test_a_changed_digit_is_among_the_suspects(
    make_book: MakeBook, drawn: Any, data: st.DataObject
) -> None:
    book = make_book(*drawn, "元", 2)
    changed = data.draw(st.sampled_from(printed(book)))
    old = book.records[changed]
    digits = str(old.values["amount_yuan"])
    place = data.draw(st.sampled_from([i for i, d in enumerate(digits) if d.isdecimal()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assume(place or digit != "0")
    wrong = Decimal(digits[:place] + digit + digits[place + 1 :])
    assume(wrong)
    book.records[changed] = old._replace(values={**old.values, "amount_yuan": wrong})
    identities = load().identities
    assessment = assess(book.records, book.tables, identities, "budget")
    failed = assessment.failed(identities)
    assert failed
    named = suspects(make_web(assessment, identities), failed)
    assert all(len(chosen) <= 3 for chosen in named.values())
    found = {s.figure.key: s.yuan for chosen in named.values() for s in chosen}
    assert found[str(old.values["row_id"])] == old.values["amount_yuan"]
    proof = prove(book.records, book.tables, identities, "budget")
    told = [c for c in proof.checks if c.values["status"] == "failed" and c.values["suggestion"]]
    assert told and all(c.values["blame"] == "unknown" for c in told)


def web_of(*claims: Claim) -> tuple[Web, Any]:
    outcomes = [evaluate(claim) for claim in claims]
    stakes: dict[str, list[Stake]] = {}
    figures: dict[str, Figure] = {}
    for number, outcome in enumerate(outcomes):
        for side, weight in ((outcome.claim.left, 1), (outcome.claim.right, -1)):
            for figure in side:
                figures[figure.key] = figure
                stakes.setdefault(figure.key, []).append(
                    Stake(number, outcome, weight, not outcome.claim.identity.startswith("soft"))
                )
    web = Web({key: tuple(held) for key, held in stakes.items()}, figures)
    hard = [o for o in outcomes if not o.claim.identity.startswith("soft")]
    return web, [o for o in hard if o.status == "failed"]


def figure(key: str, yuan: str | None, ulp: str = "0.01") -> Figure:
    value = Decimal(yuan or 0)
    step = Decimal(ulp) if yuan else Decimal(0)
    return Figure(key, 0, "T", "T:0", "0", 1, value, step, bool(yuan), {"amount_yuan": value})


LOST, OTHER = figure("lost", None), figure("other", None)


def test_one_identity_is_not_enough() -> None:
    web, failed = web_of(Claim("a", "T", "", (figure("l", "7"),), (LOST,)))
    assert failed and infer(web, failed) == ()


def test_two_identities_that_share_a_figure_are_one() -> None:
    shared = figure("l", "7")
    first = Claim("a", "T", "1", (shared,), (LOST,))
    second = Claim("b", "T", "2", (shared,), (LOST, figure("z", "0")))
    assert infer(*web_of(first, second)) == ()


def test_two_identities_that_share_another_blank_do_not_tell_which_is_lost() -> None:
    first = Claim("a", "T", "1", (figure("l", "7"),), (LOST, OTHER))
    second = Claim("b", "T", "2", (figure("m", "7"),), (LOST, OTHER))
    assert infer(*web_of(first, second)) == ()


def test_identities_that_give_different_figures_infer_nothing() -> None:
    first = Claim("a", "T", "1", (figure("l", "7"),), (LOST,))
    second = Claim("b", "T", "2", (figure("m", "8"),), (LOST,))
    assert infer(*web_of(first, second)) == ()


def test_a_hard_identity_that_would_break_refutes_it() -> None:
    first = Claim("a", "T", "1", (figure("l", "7"),), (LOST,))
    second = Claim("b", "T", "2", (figure("m", "7"),), (LOST,))
    (found,) = infer(*web_of(first, second))
    assert found.yuan == 7 and found.check_ids == ("a:T:1", "b:T:2")
    third = Claim("c", "T", "3", (figure("n", "9"),), (figure("p", "9"), LOST))
    assert infer(*web_of(first, second, third)) == ()
    zero = Claim("c", "T", "3", (figure("n", "0"),), (OTHER, LOST))
    assert infer(*web_of(first, second, zero)) == ()


def test_figures_in_each_others_place_do_not_infer_their_difference() -> None:
    """A total of 9 printed as 5 in row 2, a part of 5 as 9 in row 1: both fail by the same 4."""
    wrong_part, wrong_total, part = figure("p1", "9"), figure("t2", "5"), figure("q2", "1")
    row1 = Claim("a", "T", "1", (figure("t1", "5"),), (wrong_part,))
    row2 = Claim("a", "T", "2", (wrong_total,), (part, LOST))
    column = Claim("b", "T", "3", (figure("sum", "13"),), (wrong_part, LOST))
    web, failed = web_of(row1, row2, column)
    assert len(failed) == 3 and infer(web, failed) == ()
    assert len(infer(*web_of(row2, column))) == 1, "without row 1 nothing accuses the part"


def test_a_bound_that_is_attained_is_a_witness_and_two_bounds_are_none() -> None:
    first = Claim("a", "T", "1", (figure("l", "7"),), (LOST, OTHER))
    bound = Claim("soft", "T", "2", (figure("m", "7"),), (LOST,), "<=")
    (found,) = infer(*web_of(first, bound))
    assert (found.figure.key, found.yuan) == ("lost", 7)
    lower = Claim("soft", "T", "2", (figure("m", "6"),), (LOST,), "<=")
    assert infer(*web_of(first, lower)) == ()
    again = Claim("b", "T", "3", (figure("n", "7"),), (LOST,), "<=")
    assert infer(*web_of(again, bound)) == ()


def test_nothing_negative_and_nothing_within_the_tolerance_is_inferred() -> None:
    first = Claim("a", "T", "1", (figure("l", "5"), LOST), (figure("m", "3"),))
    second = Claim("b", "T", "2", (figure("n", "9"), LOST), (figure("p", "7"),))
    assert infer(*web_of(first, second)) == ()
    coarse = Claim("a", "T", "1", (figure("l", "30000", "10000"),), (LOST,))
    exact = Claim("b", "T", "2", (figure("m", "30000"),), (LOST,))
    assert len(infer(*web_of(coarse, exact))) == 1
    coarse = Claim("a", "T", "1", (figure("l", "300", "10000"),), (LOST,))
    assert infer(*web_of(coarse, exact._replace(left=(figure("m", "300"),)))) == ()


def test_suspects_are_not_named_where_too_many_are_alike() -> None:
    parts = tuple(figure(f"p{i}", "1") for i in range(5))
    web, failed = web_of(Claim("a", "T", "1", (figure("l", "6"),), parts))
    assert suspects(web, failed) == {"a:T:1": ()}
    held = Claim("b", "T", "2", (figure("m", "4"),), parts[1:])
    web, failed = web_of(Claim("a", "T", "1", (figure("l", "6"),), parts), held)
    assert [s.figure.key for s in suspects(web, failed)["a:T:1"]] == ["l", "p0"]


def test_changed_digits() -> None:
    counts: Mapping[tuple[str, str], int] = {
        ("120.00", "130.00"): 1,
        ("0", "31498.00"): 5,
        ("1.00", "-1.00"): 1,
        ("9.99", "10.00"): 4,
    }
    for (one, other), count in counts.items():
        assert changed_digits(Decimal(one), Decimal(other)) == count
