"""Sources of revenue in the tables that repeat them: lines exchanged under one total are seen."""

from collections.abc import Callable

import pytest

from yusuan.normalize.document import Normalized
from yusuan.normalize.model import Record
from yusuan.prove.proof import PROVED, prove
from yusuan.schemas.loader import load

SCHEMAS = load()
_MONEY = ("amount_text", "amount_yuan", "value_status", "published_decimals")


def failures(document: Normalized, records: tuple[Record, ...]) -> set[str]:
    kind = str(document.meta["doc_kind"])
    proof = prove(records, document.tables, SCHEMAS.identities, kind)
    return {
        str(c.values["identity"])
        for c in proof.checks
        if c.values["status"] == "failed" and SCHEMAS.identities[str(c.values["identity"])].is_hard
    }


@pytest.mark.parametrize(
    ("sample", "family", "labels", "identity"),
    [
        (
            "final-account",
            "fiscal_summary",
            ("一般公共预算财政拨款", "政府性基金预算财政拨款"),
            "cross.summary.source=fiscal.source",
        ),
        (
            "final-account",
            "summary",
            ("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入"),
            "cross.summary.source=fiscal.source",
        ),
        (
            "final-account",
            "summary",
            ("政府性基金预算财政拨款收入", "其他收入"),
            "cross.summary.source=revenue.source",
        ),
        (
            "shanghai-form",
            "fiscal_summary",
            ("一般公共预算资金", "政府性基金"),
            "cross.fiscal.source.general_public=table",
        ),
    ],
)
def test_two_sources_exchanged_fail(
    read: Callable[[str], Normalized],
    sample: str,
    family: str,
    labels: tuple[str, str],
    identity: str,
) -> None:
    document = read(sample)
    tables = {t.values["table_id"] for t in document.tables if t.values.get("family") == family}
    records = list(document.records)
    one, other = (
        next(
            i
            for i, r in enumerate(records)
            if r.values.get("table_id") in tables
            and r.values.get("label_norm") == label
            and r.values.get("line_kind") == "source"
        )
        for label in labels
    )
    assert identity not in failures(document, document.records)
    for here, there in ((one, other), (other, one)):
        taken = {name: document.records[there].values.get(name) for name in _MONEY}
        records[here] = records[here]._replace(values={**records[here].values, **taken})
    assert identity in failures(document, tuple(records))


def test_what_is_bought_is_no_more_than_all_expenditure(read: Callable[[str], Normalized]) -> None:
    document = read("seed-calc")
    tables = {t.values["table_id"] for t in document.tables if t.values["family"] == "procurement"}
    identity = "cross.procurement<=expenditure"
    assert identity not in failures(document, document.records)
    other_unit = tuple(
        r._replace(values={**r.values, "amount_yuan": yuan * 10_000})
        if r.values.get("table_id") in tables and (yuan := r.values.get("amount_yuan"))
        else r
        for r in document.records
    )
    assert identity in failures(document, other_unit)
    kind, identities = str(document.meta["doc_kind"]), SCHEMAS.identities
    proof = prove(other_unit, document.tables, identities, kind)
    assert not {
        r.values["row_id"]
        for r in proof.records
        if r.values.get("table_id") in tables and r.values.get("proof") in PROVED
    }


def test_a_final_account_is_proved_with_what_was_carried_in_and_out(
    read: Callable[[str], Normalized],
) -> None:
    document = read("final-account")
    kind, identities = str(document.meta["doc_kind"]), SCHEMAS.identities
    proof = prove(document.records, document.tables, identities, kind)
    flows = {
        str(c.values["scope"]): c.values["status"]
        for c in proof.checks
        if c.values["identity"] == "cross.fiscal.fund=flows"
    }
    assert flows == dict.fromkeys(
        ("gov_fund carry_in", "gov_fund revenue", "gov_fund carry_out"), "ok"
    )
    carried = [r.values for r in proof.records if str(r.values.get("line_kind"))[:5] == "carry"]
    amounts = [values for values in carried if values.get("amount_yuan")]
    assert len(amounts) >= 6 and {values["proof"] for values in amounts} <= PROVED
