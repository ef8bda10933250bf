"""Pages of one form that do not look like pages of one table.

A form's later pages begin in the middle of its list, draw another grid than its head and may
repeat its number or the list's header; ``stitch`` then takes them for tables of their own. What
they have in common with the page before are the outer edges, and that they name nothing themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from yusuan.extract.model import RawTable
from yusuan.normalize.column_fit import EDGE_TOLERANCE_PT, SAME_PLACE
from yusuan.normalize.columns import HeaderIndex, column_attributes
from yusuan.normalize.families.form_cells import GOAL_LABELS, OTHER_LABELS
from yusuan.normalize.family import FamilyIndex, match_title
from yusuan.normalize.fragments import Fragment, TableGroup
from yusuan.normalize.model import CellKey, Finding, LeafColumn
from yusuan.normalize.text import header_key

_FORMS: Final = ("project_perf", "dept_perf")
# Labels with which a form begins: a page with one of them is no continuation.
_HEAD_ROLES: Final = frozenset({"project", "project_name", "project_code", "unit", "section"})
# With what the head of a department's form ends, above its list.
_FOOT_LABELS: Final = GOAL_LABELS | OTHER_LABELS
_LEVEL_ROLES: Final = frozenset({"level1", "level2", "level3"})
# Outer rules of two grids drawn for one form on two pages.
_OUTER_TOLERANCE_PT: Final = 2 * EDGE_TOLERANCE_PT


def join_form_pages(
    groups: Sequence[TableGroup],
    texts: Mapping[CellKey, str],
    index: FamilyIndex,
    levels: frozenset[str],
) -> tuple[tuple[TableGroup, ...], tuple[Finding, ...]]:
    """Put groups that are later pages of the form before them together with it.

    ``texts``: unwrapped text by cell key. ``levels``: names of indicator levels (产出指标): a page
    without the list's header must print one of them. A finding tells each join.
    """
    joined: list[TableGroup] = []
    findings: list[Finding] = []
    for group in groups:
        held = joined[-1] if joined else None
        if held is None or not _continues(held, group, texts, index, levels):
            joined.append(group)
            continue
        more = _moved_behind(held, group)
        joined[-1] = TableGroup((*held.fragments, *more))
        findings.append(
            Finding(
                code="stitch-joined",
                note=f"table {group.first.table.index} of page {group.first.table.page} continues "
                f"the form that begins on page {held.first.table.page}",
                page=group.first.table.page,
                rule="next page of a form, same outer edges, no name of its own",
                evidence="its list goes on",
            )
        )
    return tuple(joined), tuple(findings)


def _moved_behind(held: TableGroup, group: TableGroup) -> tuple[Fragment, ...]:
    """The fragments of ``group`` as they are numbered and placed behind those of ``held``.

    A page beside another one of the group keeps its place to the right of that one.
    """
    n = len(held.fragments)
    return tuple(
        replace(f, fit=SAME_PLACE) if f.beside is None else replace(f, beside=f.beside + n)
        for f in group.fragments
    )


def _continues(
    held: TableGroup,
    group: TableGroup,
    texts: Mapping[CellKey, str],
    index: FamilyIndex,
    levels: frozenset[str],
) -> bool:
    last, table = held.last.table, group.first.table
    if table.page != last.page + 1 or table.index != 0 or group.first.beside is not None:
        return False
    if not _same_sides(last, table) or _is_titled(held, group):
        return False
    rule = match_title(held.first.keys, index.titles)
    if rule is not None and rule.family not in _FORMS:
        return False
    headers = index.headers["dept_perf" if rule and rule.family == "dept_perf" else "project_perf"]
    if not _has_list_or_head(held.first.table, texts, headers):
        return False
    own = _roles(table, texts, headers)
    keys = _keys(table, texts)
    is_list = len(own & _LEVEL_ROLES) + len(own & {"value", "nature", "measure_unit"}) >= 3
    is_foot = rule is not None and rule.family == "dept_perf" and bool(keys & _FOOT_LABELS)
    goes_on = is_list or is_foot or bool(levels & keys)
    return goes_on and not own & _HEAD_ROLES


def _same_sides(last: RawTable, table: RawTable) -> bool:
    """Whether both grids end at one x, and the page's begins at a column of the one before.

    A browser ends the stub beside the list (整体绩效目标) on an earlier page, or draws one side of
    it only: the grid then begins with the list.
    """
    left = min(abs(x - table.col_edges[0]) for x in last.col_edges[:-1])
    right = abs(last.col_edges[-1] - table.col_edges[-1])
    return left <= _OUTER_TOLERANCE_PT and right <= _OUTER_TOLERANCE_PT


def _is_titled(held: TableGroup, group: TableGroup) -> bool:
    """Whether the page has a title, or a number other than the form's."""
    caption = group.first.caption
    if caption.title is not None and caption.title_key != held.first.caption.title_key:
        return True
    return caption.table_no is not None and caption.table_no != held.first.caption.table_no


def _has_list_or_head(table: RawTable, texts: Mapping[CellKey, str], headers: HeaderIndex) -> bool:
    """Whether the table before is a form: head labels in its first rows, no list header on top."""
    top = _roles(table, texts, headers, rows=1)
    roles = _roles(table, texts, headers)
    has_head = bool(roles & (_HEAD_ROLES | {"project_total", "term_total", "goal", "field"}))
    return has_head and len(top & _LEVEL_ROLES) < 2


def _roles(
    table: RawTable, texts: Mapping[CellKey, str], headers: HeaderIndex, rows: int | None = None
) -> set[str]:
    """The roles of all labels of a table, or of its first rows."""
    keys = _keys(table, texts, rows)
    columns = [LeafColumn(0, (key,), 0.0, 0.0) for key in keys if key]
    return {a["role"] for a in column_attributes(columns, headers) if "role" in a}


def _keys(table: RawTable, texts: Mapping[CellKey, str], rows: int | None = None) -> set[str]:
    return {
        header_key(texts[key])
        for cell in table.cells
        if (rows is None or cell.row < rows)
        and (key := (table.page, table.index, cell.row, cell.col)) in texts
    }
