"""What the columns of a listing hold: by their headers, else by what stands in them.

A listing is a known table that no canonical table is made by: its columns differ by place, so what
a header leaves open is told by the cells below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yusuan.normalize.amounts import parse_figure
from yusuan.normalize.label_columns import name_by_codes
from yusuan.normalize.meaning import Meaning, settle_years
from yusuan.normalize.model import LogicalTable

# What a column counts, where it counts something else than money.
_COUNTS = re.compile(
    "数量|人数|个数|年限|面积|编制|单价|台数|辆数|户数|权重|分值|得分|年份|比例|占比"
    "|（(?:平方米|㎡|人|人次|辆|台|个|套|户|次|年|月|%|％|天)）"
)


def settle_listing(table: LogicalTable, attributes: Sequence[Mapping[str, str]]) -> Meaning:
    """The attributes of each column, none without a role; figures of earlier years left out.

    Words left of the first amount are labels, words right of it remarks. Numbers under a heading
    that nobody knows are amounts all the same, unless they count something.
    """
    texts: list[list[str]] = [[] for _ in table.columns]
    for row in table.rows:
        for cell in row:
            if cell.text:
                texts[cell.col].append(cell.text)
    settled = [dict(a) for a in attributes]
    name_by_codes(table, settled)
    has_money = False
    for attribute, column, printed in zip(settled, table.columns, texts, strict=True):
        if attribute.get("role") == "detail":
            attribute["role"] = "measure"
        if attribute.get("role", "measure") == "measure" and is_count(column.path):
            attribute.clear()
            attribute.update(role="ignore", reason="quantity")
        elif "role" not in attribute and holds_amounts(printed):
            attribute.update(role="measure", dimension="other")
        elif "role" not in attribute:
            attribute["role"] = "remark" if has_money else "label"
        has_money = has_money or attribute["role"] == "measure"
    settle_years(table, settled)
    return Meaning(tuple(settled))


def is_count(path: Sequence[str]) -> bool:
    """Whether a header speaks of a number of something, not of money."""
    return any(_COUNTS.search(segment) for segment in path)


def holds_amounts(texts: Sequence[str]) -> bool:
    """Whether a column holds amounts: nothing but numbers, some with a point or separators.

    Whole numbers alone may count heads, years or pieces.
    """
    amounts = [parse_figure(text) for text in texts]
    return all(a.kind != "unreadable" for a in amounts) and any(
        a.kind in ("number", "zero") and ("." in a.raw or "," in a.raw) for a in amounts
    )
