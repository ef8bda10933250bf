"""Figures of recognised pages: marked so, unless an identity holds them."""

from decimal import Decimal

from yusuan.extract.model import Box, RawPage
from yusuan.normalize.model import Origin, Record, Value
from yusuan.prove.proof import Proof
from yusuan.prove.recognised import mark_recognised, recognised_pages

BOX = Box(0, 0, 1, 1)
PAGES = (RawPage(1, 10, 10, 0), RawPage(2, 10, 10, 0, text_source="ocr"))


def figure(page: int, proof: str | None, status: str = "published") -> Record:
    values: dict[str, Value] = {"amount_yuan": Decimal(5), "value_status": status}
    if proof is not None:
        values["proof"] = proof
    return Record("expenditure", values, Origin(page, 0, 1, 1, BOX))


def test_only_figures_that_nothing_holds_are_marked() -> None:
    before = [
        figure(2, None), figure(2, "single"), figure(2, "proved"), figure(2, "suspect"),
        figure(2, None, "blank"), figure(1, "single"),
    ]  # fmt: skip
    proof = Proof(tuple(before), (), (), (), 1, {"proved": 1, "single": 3, "suspect": 1})
    after = mark_recognised(proof, recognised_pages(PAGES))
    assert [record.values.get("proof") for record in after.records] == [
        "recognised", "recognised", "proved", "suspect", None, "single"]  # fmt: skip
    assert (after.counts["single"], after.counts["recognised"]) == (1, 2)


def test_a_document_without_recognised_pages_stays_as_it_is() -> None:
    proof = Proof((figure(1, "single"),), (), (), (), 0, {"single": 1})
    assert mark_recognised(proof, recognised_pages(PAGES[:1])) is proof
