"""What a summary line is by the words of its label, where labels.csv has no line for it.

Only what the words settle: totals, money carried over and balances used must not be taken for
sources of income or classes of expenditure, or they would be counted twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LEFT_OVER = "结转|结余|节余|余额"
_RULES: tuple[tuple[str | None, re.Pattern[str], str], ...] = (
    (None, re.compile("总计$|总收入$|总支出$"), "grand_total"),
    (None, re.compile("(?:合计|小计)$"), "year_total"),
    ("expenditure", re.compile("结余分配|转入.*基金|提取.*基金"), "surplus_alloc"),
    ("expenditure", re.compile(f"(?:下年|年终|年末|期末).*(?:{_LEFT_OVER})"), "carry_out"),
    ("expenditure", re.compile(f"(?:{_LEFT_OVER}).*下年|未安排支出"), "carry_out"),
    ("revenue", re.compile("弥补收支差额|(?:使用|动用|安排).*(?:结余|专用基金)"), "surplus_used"),
    ("revenue", re.compile(f"(?:上年|年初|期初|以前年度|历年).*(?:{_LEFT_OVER})"), "carry_in"),
    ("revenue", re.compile(f"(?:{_LEFT_OVER})$"), "carry_detail"),
)
_FUNDS = (
    ("一般公共预算", "general_public"),
    ("公共财政预算", "general_public"),
    ("政府性基金", "gov_fund"),
    ("国有资本经营", "state_capital"),
)


def label_meaning(label: str, side: str, family: str) -> Mapping[str, str]:
    """The attributes of a label without a rule: its kind and, in 财政拨款 tables, its fund."""
    attributes: dict[str, str] = {}
    for only, words, kind in _RULES:
        if only in (None, side) and words.search(label):
            attributes["line_kind"] = kind
            break
    if family == "fiscal_summary" and side == "revenue":
        funds = {fund for word, fund in _FUNDS if word in label}
        if len(funds) == 1:
            attributes["fund_scope"] = funds.pop()
            attributes.setdefault("line_kind", "source")
    return attributes
