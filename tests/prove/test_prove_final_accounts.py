"""总计 of a final account: with 使用非财政拨款结余, 年初结转, 结余分配 and 年末结转."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from yusuan.prove.proof import PROVED

EmptyBook = Callable[..., Any]
LINES = {
    "revenue": [
        ("事业收入", "source", "60.10"),
        ("其他收入", "source", "40.00"),
        ("本年收入合计", "year_total", "100.10"),
        ("使用非财政拨款结余", "surplus_used", "5.25"),
        ("年初结转和结余", "carry_in", "10.00"),
        ("总计", "grand_total", "115.35"),
    ],
    "expenditure": [
        ("教育支出", "function_class", "75.00"),
        ("住房保障支出", "function_class", "30.10"),
        ("本年支出合计", "year_total", "105.10"),
        ("结余分配", "surplus_alloc", "2.25"),
        ("年末结转和结余", "carry_out", "8.00"),
        ("总计", "grand_total", "115.35"),
    ],
}


def account(empty_book: EmptyBook, **changed: str) -> Any:
    """收入支出决算总表; ``changed``: amounts by kind of line."""
    book = empty_book("万元", 2)
    table = book.table("summary")
    for col, (side, lines) in enumerate(LINES.items()):
        for row, (label, kind, amount) in enumerate(lines):
            yuan = Decimal(changed.get(kind, amount)) * 10_000
            book.add(
                table, row, col, yuan, side=side, line_no=row + 1, label_text=label,
                label_norm=label, parent_label=None, line_kind=kind, fund_scope="all",
                measure="total", func_code=None,
            )  # fmt: skip
    return book


def test_totals_hold_with_surpluses_and_what_is_carried(empty_book: EmptyBook) -> None:
    proof = account(empty_book).proof()
    statuses = {c.values["identity"]: c.values["status"] for c in proof.checks}
    assert statuses == dict.fromkeys(
        (
            "lines.revenue.year=lines",
            "lines.revenue.grand=year+carry",
            "lines.expenditure.year=lines",
            "lines.expenditure.grand=year+carry",
            "cross.revenue=expenditure",
        ),
        "ok",
    )
    assert {r.values["proof"] for r in proof.records} <= PROVED


@pytest.mark.parametrize("kind", ["surplus_used", "carry_in", "surplus_alloc", "carry_out"])
def test_a_wrong_surplus_or_carry_fails(empty_book: EmptyBook, kind: str) -> None:
    proof = account(empty_book, **{kind: "3.00"}).proof()
    side = "revenue" if kind in ("surplus_used", "carry_in") else "expenditure"
    failed = [c.values["identity"] for c in proof.checks if c.values["status"] == "failed"]
    assert failed == [f"lines.{side}.grand=year+carry"]
    wrong = next(r for r in proof.records if r.values["line_kind"] == kind)
    assert wrong.values["proof"] == "suspect"
