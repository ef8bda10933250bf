"""Settle what columns mean together: earlier years, unknown groupings, two columns of one meaning.

A single column's rules see its own path only. Here the columns of a table are held against each
other, so that a column which merely looks like a known one is left out and named, not mapped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yusuan.normalize.columns import CLASSIFICATIONS, HeaderIndex, split_lanes
from yusuan.normalize.label_columns import settle_labels
from yusuan.normalize.model import Finding, LeafColumn, LogicalTable
from yusuan.normalize.wording import Attributes, is_carried

_MONEY_ROLES = ("measure", "project_total", "project_fiscal", "project_other")
# 本年安排, 当年预算, 本年财政拨款安排 over the columns of this year's money.
_OF_YEAR = re.compile("[本当]年(?!收入)")
_SUMS = (("小计",), ("合计",))
_SIGNS = frozenset("≥≤＞＜><=＝≧≦")
_VERSIONS = (("预算数", "budget"), ("决算数", "final"))
_CATALOGUE = frozenset({"catalog_l1", "catalog_l2", "catalog_l3", "service_field"})
IGNORED_YEAR: Attributes = {"role": "ignore", "reason": "prior_year"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The settled attributes of each column and what had to be left out.

    ``refusal``: why the table cannot be of its family after all; empty where it can.
    """

    attributes: tuple[Attributes, ...]
    findings: tuple[Finding, ...] = ()
    refusal: str = ""


def settle_meaning(
    table: LogicalTable, attributes: Sequence[Attributes], index: HeaderIndex
) -> Meaning:
    """Hold the columns of a table of a known family against each other.

    ``index``: the family's rules; what a heading that they do not know holds, nobody can say.
    """
    settled = [dict(a) for a in attributes]
    refusal = settle_labels(table, settled, index) or _without_catalogue(table, settled)
    _settle_codes(settled)
    settle_years(table, settled)
    _settle_versions(table, settled)
    if table.family == "three_public":
        _settle_meetings(table, settled)
    _settle_carried(table, settled)
    _settle_list_years(table, settled)
    _settle_three_public_funds(table, settled)
    _settle_indicators(table, settled)
    _drop_repeats(table, settled)
    _settle_subtotals(table, settled)
    findings = [
        *_mixed_sides(table, settled),
        *_unknown_groupings(table, settled, index),
        *_other_classification(table, settled),
        *_equal_meanings(table, settled),
    ]
    return Meaning(tuple(settled), tuple(findings), refusal)


def _without_catalogue(table: LogicalTable, settled: Sequence[Attributes]) -> str:
    """Why a list of bought services is none by the catalogue: it names them in its own words only.

    The canonical table is by the catalogue's classes and would lose what was bought.
    """
    roles = {a.get("role") for a in settled}
    if table.family != "purchased_service" or not roles & {"remark"} or roles & _CATALOGUE:
        return ""
    return "its services are named in words of its own, by no class of the catalogue"


def reference_year(table: LogicalTable) -> int | None:
    """The year the table is about: its title's, the document's, else the latest in its header."""
    years = [c.year for c in table.columns if c.year]
    return table.year or (max(years) if len(set(years)) > 1 else None)


def _settle_codes(settled: list[dict[str, str]]) -> None:
    """A group of code columns belongs to the name column on its right, if that one says more.

    科目编码 > {类, 款} stands before 部门…名称 and again before 政府…名称, under equal headers.
    """
    for i, attribute in enumerate(settled):
        kind, is_code, rest = attribute.get("role", "").partition("_code")
        if kind not in CLASSIFICATIONS or not is_code:
            continue
        names = (a.get("role", "") for a in settled[i + 1 :] if "_code" not in a.get("role", ""))
        named, is_name, _ = next(names, "").partition("_name")
        if named in CLASSIFICATIONS and is_name:
            attribute["role"] = f"{named}_code{rest}"


def settle_years(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Columns of an earlier year are no figures of this one."""
    now = reference_year(table)
    for column, attribute in zip(table.columns, settled, strict=True):
        if attribute.get("role") not in _MONEY_ROLES or now is None or column.year is None:
            continue
        if column.year >= now:
            continue
        if table.family == "three_public" and attribute.get("version", "budget") == "budget":
            attribute["version"] = "prior_budget"
        else:
            attribute.clear()
            attribute.update(IGNORED_YEAR)


def _settle_versions(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Where budget and final figures stand side by side, those of the table's own kind count."""
    if table.family == "three_public" or table.kind is None:
        return
    kinds = [_version(column) for column in table.columns]
    measures = [i for i, a in enumerate(settled) if a.get("role") == "measure"]
    if not {"budget", "final"} <= {kinds[i] for i in measures}:
        return
    for i in measures:
        if kinds[i] not in (None, table.kind):
            settled[i] = {"role": "ignore", "reason": "other_version"}


def _settle_carried(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Beside the total of all money, this year's part of it and the carried part are parts.

    总计 | 本年安排 > 合计, 基本支出, … | 上年结转 > …: what stands under 本年安排 is not all of the
    basic expenditure, so it is left out; what is carried says so itself (``flow``).
    """
    measures = [i for i, a in enumerate(settled) if a.get("role") == "measure"]
    is_carried_beside = any(settled[i].get("flow") == "carry_in" for i in measures)
    own = [i for i in measures if any(_OF_YEAR.match(s) for s in table.columns[i].path[:-1])]
    has_total = any(
        settled[i].get("measure") == "total"
        and settled[i].get("flow", "expenditure") == "expenditure"
        for i in measures
        if i not in own
    )
    if is_carried_beside and has_total:
        for i in own:
            settled[i] = {"role": "ignore", "reason": "this year's part of the total"}


def _settle_list_years(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """In a list of 合计 | 当年预算 | 上年结转 the total is the figure, the others are its parts."""
    if table.family not in ("summary", "fiscal_summary"):
        return
    for lane in split_lanes(settled, is_list=True):
        leaves = {i: table.columns[i].path[-1] for i in lane if table.columns[i].path}
        own = [i for i, leaf in leaves.items() if _OF_YEAR.match(leaf)]
        carried = [i for i, leaf in leaves.items() if is_carried(leaf)]
        totals = [
            i
            for i, leaf in leaves.items()
            if settled[i].get("measure") == "total" and i not in (*own, *carried)
        ]
        for i in (*own, *carried) if own and carried and totals else ():
            settled[i] = {"role": "ignore", "reason": "part of the total beside it"}


def _settle_three_public_funds(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """合计 beside 财政拨款 and 其他资金 is of all funds, not of fiscal appropriation.

    Items below 当年安排 beside those below 上年结转 are parts of what is spent.
    """
    if table.family != "three_public":
        return
    headings = [segment for column in table.columns for segment in column.path[:-1]]
    if any(is_carried(segment) for segment in headings):
        for column, attribute in zip(table.columns, settled, strict=True):
            parts = (s for s in column.path[:-1] if _OF_YEAR.match(s) or is_carried(s))
            if attribute.get("role") == "measure" and any(parts):
                attribute.clear()
                attribute.update(role="ignore", reason="part of the year's expenses")
    for i, attribute in enumerate(settled):
        path = table.columns[i].path
        beside = [
            a.get("fund_scope")
            for column, a in zip(table.columns, settled, strict=True)
            if column.index != i and column.path[:-1] == path[:-1]
        ]
        is_total = attribute.get("item") == "total" and "fund_scope" not in attribute
        if is_total and path[-1] in ("合计", "总计", "小计") and "fiscal" in beside:
            attribute["fund_scope"] = "all"


def _settle_indicators(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """指标内容 beside 三级指标 explains the indicator; alone it is the indicator.

    Of two columns of nature the one with signs (≥) is; 正向指标 beside it only tells the direction.
    """
    natures = [i for i, a in enumerate(settled) if a.get("role") == "nature"]
    signed = [i for i in natures if _has_signs(table, i)]
    for i in natures if len(natures) > 1 and len(signed) == 1 else ():
        if i not in signed:
            settled[i] = {"role": "ignore", "reason": "indicator_detail"}
    level3 = [i for i, a in enumerate(settled) if a.get("role") == "level3"]
    named = [i for i in level3 if table.columns[i].path[-1].startswith("三级")]
    for i in level3 if named else ():
        if i not in named:
            settled[i] = {"role": "ignore", "reason": "indicator_detail"}


def _has_signs(table: LogicalTable, col: int) -> bool:
    """Whether a column prints signs of comparison."""
    return any(c.col == col and c.text[:1] in _SIGNS for row in table.rows for c in row if c.text)


def _version(column: LeafColumn) -> str | None:
    """Budget or final by the words 预算数 and 决算数 over a column; the lowest one decides."""
    for segment in reversed(column.path):
        for word, version in _VERSIONS:
            if segment.endswith(word):
                return version
    return None


def _settle_meetings(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Beside meetings and training a bare 合计 is the total of all of them, not of 三公."""
    items = {a.get("item") for a in settled}
    if not items & {"conference", "training"}:
        return
    totals = [i for i, a in enumerate(settled) if a.get("item") == "total"]
    named = [i for i in totals if any("三公" in s for s in table.columns[i].path)]
    for i in totals:
        if named and i not in named:
            settled[i]["item"] = "total_with_meetings"


def _unknown_groupings(
    table: LogicalTable, settled: list[dict[str, str]], index: HeaderIndex
) -> list[Finding]:
    """Leave out amount columns under a heading that nobody knows and that others do not share.

    ``X > 合计`` beside ``Y > 合计``: if X is unknown, its 合计 may be of anything.
    """
    measures = [i for i, a in enumerate(settled) if a.get("role") == "measure"]
    counts = Counter(s for i in measures for s in set(table.columns[i].path[:-1]))
    findings = []
    for i in measures:
        column = table.columns[i]
        unknown = [s for s in column.path[:-1] if counts[s] < len(measures) and not index.knows(s)]
        if unknown:
            settled[i].clear()
            findings.append(_finding(table, column, f"the heading {unknown[0]} is not known"))
    return findings


def _mixed_sides(table: LogicalTable, settled: list[dict[str, str]]) -> list[Finding]:
    """Leave out figures of one side in a list of the other: the label between is not known."""
    findings = []
    for lane in split_lanes(settled):
        label = next((i for i in lane if settled[i].get("role") == "label"), None)
        if label is None:
            continue
        own = _side(table.columns[label])
        for i in lane:
            side = _side(table.columns[i])
            if settled[i].get("role") == "measure" and own and side and own != side:
                settled[i].clear()
                why = f"it is of {side} and the labels before it are of {own}"
                findings.append(_finding(table, table.columns[i], why))
    return findings


def _side(column: LeafColumn) -> str | None:
    """收入 or 支出, by the top of a column's path."""
    ends = [s[-2:] for s in column.path if s.endswith(("收入", "支出"))]
    return ends[0] if ends else None


def _drop_repeats(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Of two columns that mean and print the same in every row, the first is enough."""
    for lane in split_lanes(settled):
        seen: dict[tuple[tuple[str, str], ...], int] = {}
        for i in lane:
            if settled[i].get("role") != "measure":
                continue
            first = seen.setdefault(_key(settled[i]), i)
            if first != i and _printed(table, first) == _printed(table, i):
                settled[i] = {"role": "ignore", "reason": "repeats another column"}


def _printed(table: LogicalTable, col: int) -> list[tuple[int, str]]:
    """Rows and texts of the cells of a column."""
    return [(cell.row, cell.text) for row in table.rows for cell in row if cell.col == col]


def _settle_subtotals(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Of columns of one meaning under one heading, the 小计 is the figure, the others its parts.

    一般公共预算 > 小计 | 经费拨款: both say no more than which fund they are of.
    """
    for lane in split_lanes(settled):
        groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
        for i in lane:
            if settled[i].get("role") == "measure":
                groups.setdefault(_key(settled[i]), []).append(i)
        for group in groups.values():
            sums = [i for i in group if table.columns[i].path[-1:] in _SUMS]
            if len(sums) != 1 or len(group) == 1:
                continue
            heading = table.columns[sums[0]].path[:-1]
            parts = [i for i in group if i != sums[0]]
            if heading and all(table.columns[i].path[: len(heading)] == heading for i in parts):
                for i in parts:
                    settled[i].clear()
                    settled[i].update(role="detail", dimension="of_which")


def _equal_meanings(table: LogicalTable, settled: list[dict[str, str]]) -> list[Finding]:
    """Leave out columns of one list that would state the same figure twice."""
    findings = []
    for lane in split_lanes(settled):
        meanings = Counter(_key(settled[i]) for i in lane if settled[i].get("role") == "measure")
        doubled = {key for key, count in meanings.items() if count > 1}
        left_out = [
            i for i in lane if settled[i].get("role") == "measure" and _key(settled[i]) in doubled
        ]
        for i in left_out:
            settled[i].clear()
            findings.append(_finding(table, table.columns[i], "another column means the same"))
    return findings


def _other_classification(table: LogicalTable, settled: list[dict[str, str]]) -> list[Finding]:
    """Leave out a list by the government's economic classes beside one by the department's.

    Both cut the same money; the table of basic expenditure is kept by the department's.
    """
    lanes = split_lanes(settled)
    kinds = [{settled[i].get("role", "")[:4] for i in lane} for lane in lanes]
    if table.family != "basic_econ" or not any("dept" in found for found in kinds):
        return []
    findings = []
    for lane, found in zip(lanes, kinds, strict=True):
        for i in lane if "gov_" in found and "dept" not in found else ():
            if settled[i].get("role") == "measure":
                settled[i].clear()
                why = "the list beside it cuts the same money by the department's classes"
                findings.append(_finding(table, table.columns[i], why))
    return findings


def _key(attribute: Attributes) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(attribute.items()))


def _finding(table: LogicalTable, column: LeafColumn, why: str) -> Finding:
    path = "/".join(column.path) or "(no header)"
    return Finding(
        code="column-ambiguous",
        severity="warning",
        note=f"column {path} is left out: {why}",
        table_id=table.table_id,
        page=table.page_first,
        column=path,
    )
