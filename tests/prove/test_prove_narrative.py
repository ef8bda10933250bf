"""The prose as a witness: claims, grain, repeats, and figures that only the prose proves."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from yusuan.normalize.model import Record
from yusuan.prove.proof import Proof

EmptyBook = Callable[..., Any]
D = Decimal
WAN = D(10_000)


def say(book: Any, item: str, text: str, **labels: Any) -> int:
    """An amount of the prose in 万元; returns the position of its record."""
    number = len(book.records)
    values = {
        "table_id": None, "row_id": f"N0:{number}", "section": "", "subject": item, "item": item,
        "fund_scope": None, "func_code": None, "metric": "budget", "amount_yuan": D(text) * WAN,
        "amount_text": text, "published_unit": "万元", "sentence_text": "",
        "published_decimals": len(text.partition(".")[2]), "page_no": 9,
        "value_status": "published" if D(text) else "zero", "proof": None, **labels,
    }  # fmt: skip
    book.records.append(Record("narrative_facts", values))
    return number


def checks(proof: Proof, prefix: str = "narrative.") -> dict[str, str]:
    return {
        str(c.values["check_id"]): str(c.values["status"])
        for c in proof.checks
        if str(c.values["identity"]).startswith(prefix)
    }


def three_public(book: Any, **items: str) -> str:
    table = str(book.table("three_public"))
    for col, (item, yuan) in enumerate(items.items()):
        book.add(table, 0, col, D(yuan), item=item, version="budget", fund_scope="fiscal")
    return table


def test_the_prose_proves_what_no_table_repeats(empty_book: EmptyBook) -> None:
    book = empty_book()
    three_public(book, agency_operation="1067921.00")
    said = say(book, "three_public.agency_operation", "106.79", fund_scope="fiscal")
    proof = book.proof()
    assert checks(proof) == {f"narrative.three_public=table:T000:N0:{said}": "ok_rounding"}
    assert proof.records[0].values["proof"] == "proved"
    assert proof.records[said].values["proof"] == "proved"
    assert all("" not in c.values["table_ids"] for c in proof.checks)


def test_the_grain_of_the_prose_is_that_of_its_stretch(empty_book: EmptyBook) -> None:
    """5.8 beside 12.34 is 5.80: a closing zero is dropped."""
    book = empty_book()
    three_public(book, abroad="123400.00", reception="58070.00")
    say(book, "three_public.abroad", "12.34")
    said = say(book, "three_public.reception", "5.8")
    found = checks(book.proof())
    assert found[f"narrative.three_public=table:T000:N0:{said}"] == "failed"


def test_what_is_said_twice_is_compared_with_the_first(empty_book: EmptyBook) -> None:
    book = empty_book()
    three_public(book, abroad="123400.00")
    say(book, "three_public.abroad", "12.34")
    again = say(book, "three_public.abroad", "12.43")
    proof = book.proof()
    assert checks(proof)[f"narrative.again:T000:N0:{again}"] == "failed"
    assert proof.records[0].values["proof"] == "proved"


@pytest.mark.parametrize("metric", ["prior", "increase", "decrease", "final"])
def test_other_years_and_changes_are_not_compared(empty_book: EmptyBook, metric: str) -> None:
    book = empty_book()
    three_public(book, abroad="123400.00")
    say(book, "three_public.abroad", "1.00", metric=metric)
    assert not checks(book.proof())


def test_procurement_is_the_sum_of_its_parts(empty_book: EmptyBook) -> None:
    book = empty_book()
    for item, text in (
        ("total", "52.61"),
        ("goods", "2.00"),
        ("works", "0"),
        ("services", "50.60"),
    ):
        say(book, f"procurement.{item}", text)
    proof = book.proof()
    assert checks(proof) == {"narrative.procurement=parts::N0:0": "ok_rounding"}
    (check,) = proof.checks
    assert check.values["table_ids"] == ()


@pytest.mark.parametrize(
    ("way", "change", "status"),
    [
        ("increase", "185.92", "ok"),
        ("increase", "185.29", "failed"),
        ("decrease", "1.00", "failed"),
    ],
)
def test_a_change_is_from_the_other_year(
    empty_book: EmptyBook, way: str, change: str, status: str
) -> None:
    book = empty_book()
    say(book, "revenue", "14894.79", fund_scope="all")
    say(book, "revenue", "14708.87", fund_scope="all", metric="prior")
    say(book, "revenue", change, fund_scope="all", metric=way)
    assert checks(book.proof()) == {"narrative.change::N0:0": status}


def items(book: Any, family: str = "general_fn") -> None:
    book.by_function(family, "general_public", {"2010301": (D("938990.00"), D("0.00"))})


def test_a_code_is_compared_in_the_table_of_its_funds(empty_book: EmptyBook) -> None:
    book = empty_book()
    items(book)
    labels = {"func_code": "2010301", "subject": "一般公共服务支出/政府办公厅/行政运行"}
    say(book, "function_item", "93.90", fund_scope="general_public", **labels)
    say(book, "function_item", "11.11", fund_scope="gov_fund", **labels)
    say(book, "function_item", "22.22", fund_scope=None, **labels)
    assert list(checks(book.proof()).values()) == ["ok_rounding"]


def test_a_wrong_unit_is_named(empty_book: EmptyBook) -> None:
    book = empty_book()
    three_public(book, abroad="12.34", reception="5.80", total="18.14", vehicle_total="0.00")
    say(book, "three_public.abroad", "12.34")
    say(book, "three_public.reception", "5.80")
    say(book, "three_public.total", "18.14")
    (finding,) = [f for f in book.proof().findings if f.code == "unit-mismatch"]
    assert "the prose is 10,000 times table T000 in 3 identities" in finding.note


def test_a_step_off_is_told_where_all_else_is_exact(empty_book: EmptyBook) -> None:
    book = empty_book("万元", 2)
    amounts = {f"20{n // 10 + 101}{n % 10 + 10}": (D(100 * n + 700), D(300)) for n in range(90)}
    book.by_function("expenditure_fn", "all", amounts)
    assert not {f.code for f in book.proof().findings}
    place = next(i for i, r in enumerate(book.records) if r.values.get("measure") == "basic")
    wrong = {**book.records[place].values}
    wrong["amount_yuan"] += 100
    book.records[place] = Record("expenditure", wrong, book.records[place].origin)
    proof = book.proof()
    codes = [f.code for f in proof.findings]
    assert "rounding-unusual" in codes and "identity-failed" not in codes
    unusual = {f.evidence for f in proof.findings}
    assert all(c.values["status"] == "ok_rounding" for c in proof.checks
               if c.values["check_id"] in unusual)  # fmt: skip


def test_three_public_holds_its_economic_class(empty_book: EmptyBook) -> None:
    book = empty_book()
    book.by_economy({"30101": D("10.00"), "30217": D("3.00")})
    three_public(book, reception="2.99")
    found = checks(book.proof(), "three_public.")
    assert found == {"three_public.basic.econ<=reception:T000:30217": "failed"}
    assert not [f for f in book.proof().findings if f.code == "identity-failed"]
