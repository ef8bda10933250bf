"""Departments and their units, across the documents of a dataset."""

from dataclasses import replace
from decimal import Decimal

from yusuan.prove.bodies import Body, bodies, body_checks, body_report

D = Decimal
STEP = D("0.01")


def body(name: str, *, is_department: bool, parent: str | None = None, **items: str) -> Body:
    amounts = {code.removeprefix("c"): D(yuan) for code, yuan in items.items()}
    return Body(
        f"{name}.pdf",
        name,
        parent,
        is_department,
        (2026, "budget"),
        sum(amounts.values(), D(0)),
        amounts,
        dict.fromkeys((*amounts, ""), STEP),
    )


OFFICE = body("某局", is_department=True, c2010301="9.00", c2010302="4.00")
OWN = body("某局（本级）", is_department=False, c2010301="5.00", c2010302="4.00")
CENTRE = body("某中心", is_department=False, parent="某局", c2010301="4.00")


def test_a_department_is_the_sum_of_its_units() -> None:
    checks = body_checks([OFFICE, OWN, CENTRE])
    assert [(c.code, c.status) for c in checks] == [
        ("", "ok"),
        ("2010301", "ok"),
        ("2010302", "ok"),
    ]
    text, n_failed = body_report(checks)
    assert n_failed == 0 and "3 hold" in text


def test_money_under_another_code_is_found() -> None:
    moved = replace(OWN, items={"2010301": D("4.00"), "2010302": D("5.00")})
    checks = body_checks([OFFICE, moved, CENTRE])
    assert [c.code for c in checks if c.status == "failed"] == ["2010301", "2010302"]
    text, n_failed = body_report(checks)
    assert n_failed == 2 and "off by 1.00 yuan" in text


def test_nothing_is_asserted_where_a_unit_is_missing() -> None:
    (check,) = body_checks([OFFICE, OWN])
    assert check.status == "not_applicable" and check.reason is not None
    assert body_report([check])[1] == 0


def test_other_years_bodies_and_twins_are_not_compared() -> None:
    assert not body_checks([OFFICE, replace(OWN, period=(2025, "budget"))])
    assert not body_checks([OFFICE, replace(CENTRE, parent="某厅")])
    assert not body_checks([OFFICE, replace(OFFICE, file_name="again.pdf"), OWN, CENTRE])


def test_bodies_are_read_from_the_rows_of_a_dataset() -> None:
    document = {
        "doc_id": "d", "file_name": "a.pdf", "publisher": "某局", "parent_department": None,
        "doc_scope": "department", "doc_kind": "budget", "fiscal_year": 2026,
    }  # fmt: skip
    tables = [
        {"doc_id": "d", "table_id": "d:T1", "family": "general_fn", "is_empty": False},
        {"doc_id": "d", "table_id": "d:T2", "family": "expenditure_fn", "is_empty": False},
    ]
    row = {
        "table_id": "d:T1", "measure": "total", "flow": "expenditure", "is_leaf": True,
        "func_code": "2010301", "row_type": "detail", "budget_unit_name": None,
        "amount_yuan": D("90000.00"), "published_unit": "万元", "published_decimals": 2,
    }  # fmt: skip
    total = {**row, "row_type": "total", "is_leaf": False, "func_code": None}
    other = {**row, "table_id": "d:T2"}
    (found,) = bodies([document], tables, [row, total, other])
    assert found.items == {"2010301": D("90000.00")}
    assert found.total == D("90000.00") and found.steps[""] == 100
