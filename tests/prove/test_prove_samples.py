"""The samples as a user gets them: proof, checks, counts and findings in the written tables."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from yusuan.convert import convert
from yusuan.prove.report import FACT_TABLES
from yusuan.result import DocumentResult
from yusuan.schemas.loader import load

PROVED = ("proved", "proved_multi")
MONEY = [name for name in FACT_TABLES if name not in ("department_goals", "narrative_facts")]
Get = Callable[[str], DocumentResult]

# The seed lost two figures in print: 九、卫生健康支出 of 01 and 公务用车运行维护费 of 10.
LOST_CLASS = {
    "lines.expenditure.year=lines:T000:column 3",
    "cross.summary.class=expenditure.class:T000:210",
    "cross.summary.class=fiscal.class:T000:210",
}
LOST_VEHICLES = {
    "three_public.vehicles=purchase+operation:T008:budget fiscal",
    "three_public.vehicle_operation=expenditure.econ:T008:30231",
    "three_public.basic.econ<=vehicle_operation:T005:30231",
}


@pytest.fixture(scope="module")
def result(samples_dir: Path) -> Get:
    done: dict[str, DocumentResult] = {}

    def get(name: str) -> DocumentResult:
        if name not in done:
            done[name] = convert(samples_dir / f"{name}.pdf", source=f"{name}.pdf")
        return done[name]

    return get


def rows(document: DocumentResult, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document.tables[table].to_pylist()
    return found


def checks(document: DocumentResult, status: str) -> set[str]:
    prefix = f"{document.doc_id}:"
    return {
        row["check_id"].removeprefix(prefix)
        for row in rows(document, "checks")
        if row["status"] == status
    }


def unproved(document: DocumentResult) -> list[dict[str, Any]]:
    return [
        row
        for name in MONEY
        for row in rows(document, name)
        if row["value_status"] == "published" and row["proof"] not in PROVED
    ]


@pytest.mark.parametrize("name", ["seed-calc", "seed-report"])
def test_the_seed_is_proved_but_for_what_it_lost(result: Get, name: str) -> None:
    document = result(name)
    assert checks(document, "failed") == LOST_CLASS | LOST_VEHICLES
    assert unproved(document) == []
    lost = [row for row in rows(document, "summary") if row["func_code"] == "210"]
    assert [row["value_status"] for row in lost] == ["blank", "inferred", "published"]
    assert lost[0]["proof"] is None and lost[2]["proof"] in PROVED
    found = [row for row in rows(document, "findings") if row["code"] == "identity-failed"]
    assert len(found) == 4 and all(row["page_no"] and row["evidence"] for row in found)


def test_all_of_the_final_account_is_proved(result: Get) -> None:
    document = result("final-account")
    assert checks(document, "failed") == set()
    assert unproved(document) == []
    # Fund money and other income: these identities do not apply, and none takes their place.
    assert checks(document, "not_applicable") == {
        "cross.revenue.item=expenditure.item:T001:premise",
        "cross.expenditure.item=general.item:T002:premise",
        "cross.summary.class=fiscal.class:T000:premise",
    }
    assert "row.carry_in+revenue=expenditure+carry_out:T007:T007:0 gov_fund" in checks(
        document, "ok"
    )


@pytest.mark.parametrize("name", ["seed-calc", "seed-report"])
def test_what_the_seed_lost_is_inferred_and_stays_blank(result: Get, name: str) -> None:
    document = result(name)
    inferred = [
        r for t in FACT_TABLES for r in rows(document, t) if r["value_status"] == "inferred"
    ]
    lost = {r.get("label_norm") or r["item"]: r for r in inferred}
    assert lost["卫生健康支出"]["amount_yuan"] == Decimal("2631088.14")
    local = {i.removeprefix(f"{document.doc_id}:") for i in lost["卫生健康支出"]["check_ids"]}
    assert local == LOST_CLASS
    assert lost["vehicle_operation"]["amount_yuan"] == Decimal("31498.00")
    local = {i.removeprefix(f"{document.doc_id}:") for i in lost["vehicle_operation"]["check_ids"]}
    assert len(inferred) == 2 and len(local) >= 2 and local <= LOST_VEHICLES
    for row in inferred:
        assert row["proof"] is None and row["amount_text"] is None and row["cell_id"]
    told = [r for r in rows(document, "findings") if r["code"] == "figure-inferred"]
    assert len(told) == len(inferred) == rows(document, "documents")[0]["n_inferred"]


def test_all_of_shanghai_is_proved(result: Get) -> None:
    document = result("shanghai-form")
    assert checks(document, "failed") == set()
    assert unproved(document) == []
    (agency,) = [r for r in rows(document, "three_public") if r["item"] == "agency_operation"]
    # No table repeats it but 公用经费, which is it in yuan: 317.76 万元 and 3,177,574.
    assert agency["proof"] == "proved" and agency["proof_within_yuan"] > 0


def test_empty_tables_raise_no_alarm(result: Get) -> None:
    document = result("empty-set")
    assert checks(document, "failed") == set()
    assert unproved(document) == []


@pytest.mark.parametrize("name", ["seed-calc", "shanghai-form", "final-account", "empty-set"])
def test_counts_and_ids_agree_with_the_checks(result: Get, name: str) -> None:
    document = result(name)
    identities = load().identities
    all_rows = {row["check_id"]: row for row in rows(document, "checks")}
    facts = [row for table in FACT_TABLES for row in rows(document, table)]
    assert {i for row in facts for i in row["check_ids"]} <= all_rows.keys()
    for row in facts:
        if row["proof"] in PROVED:
            assert any(all_rows[i]["status"] in ("ok", "ok_rounding") for i in row["check_ids"])
    of_tables = [row for t in FACT_TABLES if t != "narrative_facts" for row in rows(document, t)]
    counts = Counter(row["proof"] for row in of_tables)
    assert rows(document, "documents")[0]["n_proved"] == sum(counts[p] for p in PROVED)
    for table in rows(document, "tables"):
        own = [
            row
            for row in all_rows.values()
            if table["table_id"] in row["table_ids"] and identities[row["identity"]].is_hard
        ]
        statuses = Counter(row["status"] for row in own)
        assert table["identity_ok"] == statuses["ok"] + statuses["ok_rounding"]
        assert table["identity_failed"] == statuses["failed"]
