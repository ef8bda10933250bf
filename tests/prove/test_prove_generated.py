"""Generated budgets: what is consistent is proved, what is changed is found."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yusuan.normalize.model import Record
from yusuan.prove.proof import PROVED, Proof, prove
from yusuan.schemas.loader import load

MakeBook = Callable[..., Any]
CODES = ("2010301", "2010302", "2010350", "2050803", "2080505", "2080506", "2101101", "2210201")
ECON = ("30101", "30102", "30201", "30302", "30211", "31002")
Amounts = Mapping[str, tuple[Decimal, Decimal]]

cents = st.integers(0, 10**11).map(lambda n: Decimal(n).scaleb(-2))
some_cents = st.integers(1, 10**11).map(lambda n: Decimal(n).scaleb(-2))
relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def amounts(draw: st.DrawFn) -> tuple[dict[str, tuple[Decimal, Decimal]], dict[str, Decimal]]:
    """(basic, project) by item and basic by economic class, the basic sums being the same."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True))
    items = {code: (draw(some_cents), draw(cents)) for code in codes}
    names = draw(st.lists(st.sampled_from(ECON), min_size=1, max_size=5, unique=True))
    rest = sum((basic for basic, _ in items.values()), Decimal(0))
    econ = {}
    for name in names[:-1]:
        econ[name] = (rest / 3).quantize(Decimal("0.01"))
        rest -= econ[name]
    econ[names[-1]] = rest
    return items, econ


def failed(proof: Proof) -> dict[str, Record]:
    return {str(c.values["check_id"]): c for c in proof.checks if c.values["status"] == "failed"}


def hard(checks: Mapping[str, Record]) -> set[str]:
    identities = load().identities
    return {i for i, c in checks.items() if identities[str(c.values["identity"])].is_hard}


@relaxed
@given(amounts())
def test_every_figure_of_a_consistent_budget_is_proved(
    make_book: MakeBook, drawn: tuple[Amounts, Mapping[str, Decimal]]
) -> None:
    proof = make_book(*drawn, "元", 2).proof()
    assert not hard(failed(proof))
    assert not proof.findings
    for record in proof.records:
        if record.values["value_status"] == "published":
            assert record.values.get("proof") in PROVED, record


@relaxed
@given(amounts(), st.integers(0, 10_000), some_cents)
def test_a_changed_figure_breaks_its_identities_and_is_not_proved(
    make_book: MakeBook, drawn: tuple[Amounts, Mapping[str, Decimal]], choice: int, delta: Decimal
) -> None:
    book = make_book(*drawn, "元", 2)
    before = book.proof()
    printed = [i for i, r in enumerate(book.records) if r.values["value_status"] == "published"]
    changed = printed[choice % len(printed)]
    old = book.records[changed]
    yuan = old.values["amount_yuan"]
    assert isinstance(yuan, Decimal)
    book.records[changed] = old._replace(values={**old.values, "amount_yuan": yuan + delta})
    after = prove(book.records, book.tables, load().identities, "budget")

    held = set(map(str, before.records[changed].values["check_ids"]))  # type: ignore[arg-type]
    broken = set(failed(after)) - set(failed(before))
    assert held
    assert broken <= held, "an identity fails that does not hold the figure"
    still = {c.values["check_id"] for c in after.checks if c.values["status"] != "not_applicable"}
    # Where a total is changed, the identities whose premise it was are not asserted any more.
    assert (held & still) - set(failed(before)) <= set(failed(after))
    assert after.records[changed].values.get("proof") not in PROVED
    assert hard(failed(after))


@relaxed
@given(amounts(), st.sampled_from([("元", 0), ("万元", 2), ("万元", 0)]))
def test_rounding_in_print_raises_no_alarm(
    make_book: MakeBook,
    drawn: tuple[Amounts, Mapping[str, Decimal]],
    grain: tuple[str, int],
) -> None:
    proof = make_book(*drawn, *grain).proof()
    assert not hard(failed(proof))
    # Where nearly all amounts happen to be whole steps, the few that are not stand out.
    assert {f.code for f in proof.findings} <= {"rounding-unusual"}


def test_one_yuan_off_fails_in_a_table_printed_to_the_fen(make_book: MakeBook) -> None:
    items = {"2010301": (Decimal("100.10"), Decimal("20.00")), "2050803": (Decimal(7), Decimal(0))}
    book = make_book(items, {"30101": Decimal("107.10")}, "元", 2)
    old = book.records[-3]
    assert old.values["row_type"] == "total" and old.values["measure"] == "total"
    wrong = {**old.values, "amount_yuan": Decimal("108.10")}
    book.records[-3] = old._replace(values=wrong)
    proof = book.proof()
    assert hard(failed(proof)) == {
        "row.econ.total=personnel+public:T003:T003:2 general_public",
        "column.total=leaves:T003:T003:2 general_public total",
        "cross.general.basic=econ.total:T002:basic",
    }
    assert proof.records[-3].values["proof"] == "suspect"
    assert {f.code for f in proof.findings} == {"identity-failed"}


def test_tables_of_zeros_prove_nothing(make_book: MakeBook) -> None:
    zero = Decimal(0)
    book = make_book(dict.fromkeys(CODES, (zero, zero)), {"30101": zero, "30201": zero}, "元", 2)
    proof = book.proof()
    assert not [c for c in proof.checks if c.values["status"] != "not_applicable"]
    assert proof.n_proved == 0
    assert all(record.values.get("proof") is None for record in proof.records)
