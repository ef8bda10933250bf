"""Where an identity is asserted, and where its premise does not hold."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yusuan.normalize.model import Record
from yusuan.prove.proof import Proof, prove
from yusuan.schemas.loader import load

EmptyBook = Callable[..., Any]
D = Decimal


def by_status(proof: Proof, status: str) -> set[str]:
    return {str(c.values["check_id"]) for c in proof.checks if c.values["status"] == status}


def add_row(book: Any, table_id: str, row: int, yuan: str, **labels: Any) -> None:
    is_leaf = labels.get("row_type", "detail") == "detail"
    given = {"row_type": "detail", "flow": "expenditure", "fund_scope": "all", "measure": "total"}
    book.add(table_id, row, 0, D(yuan), **{**given, "is_leaf": is_leaf, **labels})


def test_a_department_is_the_sum_of_its_units_and_a_unit_of_its_codes(
    empty_book: EmptyBook,
) -> None:
    book = empty_book()
    table = book.table("expenditure_fn")
    units = {"033": "9.00", "033001": "5.00", "033002": "4.00"}
    for row, (unit, yuan) in enumerate(units.items()):
        add_row(book, table, row, yuan, budget_unit_code=unit, row_type="subtotal")
    items = (("033001", "2010301", "2.00"), ("033001", "2010302", "3.00"))
    for row, (unit, code, yuan) in enumerate((*items, ("033002", "2010301", "4.00")), start=3):
        add_row(book, table, row, yuan, budget_unit_code=unit, func_code=code)
    add_row(book, table, 6, "9.00", row_type="total")
    proof = book.proof()
    assert by_status(proof, "failed") == set()
    assert by_status(proof, "ok") == {
        "column.parent=children:T000:T000:0 all expenditure total",
        "column.parent=children:T000:T000:1 all expenditure total",
        "column.parent=children:T000:T000:2 all expenditure total",
        "column.total=leaves:T000:T000:6 all expenditure total",
    }
    assert all(r.values["proof"] in ("proved", "proved_multi") for r in proof.records)


def test_lines_that_stand_twice_are_not_summed(empty_book: EmptyBook) -> None:
    """Units without code or name: which 类 the 项 belongs to is not known."""
    book = empty_book()
    table = book.table("expenditure_fn")
    for row, yuan in ((0, "2.00"), (2, "3.00")):
        add_row(book, table, row, yuan, func_code="20103", row_type="subtotal")
        add_row(book, table, row + 1, yuan, func_code="2010301")
    assert not book.proof().checks


def test_fund_money_raises_no_alarm(make_book: Callable[..., Any]) -> None:
    items = {"2010301": (D("10.00"), D("5.00")), "2120899": (D(0), D("7.00"))}
    book = make_book(items, {"30101": D("10.00")}, "元", 2)
    # 2120899 is paid from a government fund: the table of the general public budget lacks it.
    general = [r for r in book.records if r.values["table_id"] == "T002"]
    fund = [r for r in general if str(r.values["func_code"]).startswith("212")]
    totals = {r.values["row_id"]: r for r in general if r.values["row_type"] == "total"}
    kept: list[Record] = []
    for record in book.records:
        if record in fund:
            continue
        if record.values["row_id"] in totals:
            less = D("7.00") if record.values["measure"] != "basic" else D(0)
            yuan = record.values["amount_yuan"] - less
            record = record._replace(values={**record.values, "amount_yuan": yuan})
        kept.append(record)
    proof = prove(kept, book.tables, load().identities, "budget")
    assert by_status(proof, "failed") == set()
    assert by_status(proof, "not_applicable") == {
        "cross.expenditure.item=general.item:T001:premise"
    }


def test_what_stands_below_the_year_is_in_the_grand_total_only(empty_book: EmptyBook) -> None:
    book = empty_book()
    table = book.table("summary")
    lines = (
        ("财政拨款收入", "source", "8.00"),
        ("本年收入合计", "year_total", "8.00"),
        ("上级补助收入", "source", "1.00"),
        ("上年结转", "carry_in", "0.50"),
        ("收入总计", "grand_total", "9.50"),
    )
    for row, (label, kind, yuan) in enumerate(lines):
        book.add(
            table, row, 1, D(yuan), side="revenue", label_text=label, label_norm=label,
            line_kind=kind, fund_scope="all", measure="total", parent_label=None,
        )  # fmt: skip
    assert by_status(book.proof(), "ok") == {
        "lines.revenue.year=lines:T000:column 1",
        "lines.revenue.grand=year+carry:T000:column 1",
    }


def test_details_of_a_summary_are_found_by_name_in_their_class(empty_book: EmptyBook) -> None:
    book = empty_book()
    table = book.table("summary")
    lines = (
        ("教育支出", "205", "9.00"),
        ("进修及培训", None, "4.00"),
        ("其他教育支出", None, "5.00"),
        ("其他教育支出", None, "5.00"),
        ("不在表中的支出", None, "1.00"),
    )
    for row, (label, code, yuan) in enumerate(lines):
        kind = "function_class" if code else "function_detail"
        book.add(
            table, row, 3, D(yuan), side="expenditure", label_text=label, label_norm=label,
            line_kind=kind, func_code=code, fund_scope="all", measure="total", parent_label=None,
        )  # fmt: skip
    other = book.table("expenditure_fn")
    rows = (
        ("205", "教育支出", "9.00"),
        ("20508", "进修及培训", "4.00"),
        ("20599", "其他教育支出", "5.00"),
        ("2059999", "其他教育支出", "5.00"),
    )
    for row, (code, name, yuan) in enumerate(rows):
        row_type = "detail" if code in ("20508", "2059999") else "subtotal"
        add_row(book, other, row, yuan, func_code=code, func_name=name, row_type=row_type)
    proof = book.proof()
    assert by_status(proof, "failed") == set()
    assert {i for i in by_status(proof, "ok") if "detail" in i} == {
        "cross.summary.detail=expenditure.row:T000:205 进修及培训",
        "cross.summary.detail=expenditure.row:T000:205 其他教育支出",
        "cross.summary.detail=expenditure.row:T000:205 其他教育支出 1",
    }
    assert proof.records[4].values.get("proof") is None


def test_a_printed_zero_has_the_grain_of_its_table(empty_book: EmptyBook) -> None:
    """In 万元 a plain 0 would otherwise allow 5,000 yuan."""
    book = empty_book("万元", 6)
    table = book.table("three_public")
    items = {"total": "300.00", "abroad": "0", "reception": "100.00", "vehicle_total": "199.99"}
    for col, (item, yuan) in enumerate(items.items()):
        book.add(table, 0, col, D(yuan), item=item, version="budget", fund_scope="fiscal")
    zero = book.records[1]
    plain = {**zero.values, "published_decimals": 0, "amount_text": "0"}
    book.records[1] = zero._replace(values=plain)
    (check,) = book.proof().checks
    assert check.values["status"] == "failed"
    assert check.values["diff_yuan"] == D("0.01") and check.values["tolerance_yuan"] == 0


def test_a_figure_in_a_wrong_column_is_not_proved_by_its_row(empty_book: EmptyBook) -> None:
    book = empty_book()
    items = {
        "2010301": (D("100.10"), D("20.00")),
        "2050803": (D("7.00"), D("3.00")),
        "2080501": (D("30.10"), D("0.00")),
    }
    book.by_function("expenditure_fn", "all", items)
    row = [r for r in book.records if r.values["func_code"] == "2080501"]
    _total, basic, project = (book.records.index(r) for r in row)
    moved = {"amount_yuan": D("30.10"), "amount_text": "30.10", "value_status": "published"}
    blank = {"amount_yuan": None, "amount_text": None, "value_status": "blank"}
    book.records[project] = row[2]._replace(values={**row[2].values, **moved})
    book.records[basic] = row[1]._replace(values={**row[1].values, **blank})
    proof = book.proof()
    # 合计 = 基本 + 项目 holds, but the column sums and the code tree do not.
    assert "column.total=leaves:T000:T000:9 all expenditure project" in by_status(proof, "failed")
    assert proof.records[project].values["proof"] == "suspect"


def test_a_tolerance_does_not_overrule_an_error_it_could_not_see(empty_book: EmptyBook) -> None:
    book = empty_book()
    book.unit, book.decimals = "万元", 2
    items = {f"20103{n:02d}": (D("300000.00"), D("100000.00")) for n in range(1, 41)}
    book.by_function("expenditure_fn", "all", items)
    wrong = next(
        i
        for i, r in enumerate(book.records)
        if r.values["func_code"] == "2010307" and r.values["measure"] == "basic"
    )
    misread = {"amount_yuan": D("301900.00"), "amount_text": "30.19"}
    book.records[wrong] = book.records[wrong]._replace(
        values={**book.records[wrong].values, **misread}
    )
    proof = book.proof()
    # 40 rounded leaves may be 2,050 yuan off together; the row is off by 1,900 and tolerates 150.
    rounded = by_status(proof, "ok_rounding")
    assert any(check.startswith("column.") for check in rounded)
    assert any(check.startswith("row.") for check in by_status(proof, "failed"))
    assert proof.records[wrong].values["proof"] == "suspect"


def test_tables_of_one_family_are_told_apart_by_their_funds(empty_book: EmptyBook) -> None:
    book = empty_book()
    items = {"2010301": (D("100.10"), D("20.00")), "2050803": (D("7.00"), D("3.00"))}
    classes = {"201": D("120.10"), "205": D("10.00")}
    book.summary({"一般公共预算拨款收入": D("130.10")}, classes, D(0))
    book.by_function("expenditure_fn", "all", items)
    book.by_function("expenditure_fn", "fiscal", items)
    held = by_status(book.proof(), "ok")
    assert any(check.startswith("cross.") and "expenditure" in check for check in held)
