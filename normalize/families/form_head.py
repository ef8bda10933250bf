"""The header of a form's indicator list: where it stands, and which columns it gives the list.

Forms draw their list in a grid that serves the head too, and the list's header may come again on
later pages with other spans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.columns import Attributes, label_attributes
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.form_cells import LIST_ROLES, Form, FormWords
from yusuan.normalize.families.moved_cells import settle_moved_cells
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable
from yusuan.normalize.text import header_key, label_key

_OF_A_TERM: Final = frozenset({"level2", "level3", "nature", "value", "measure_unit"})
IGNORED_ROLES: Final = frozenset({"ignore", "remark", "seq"})
MIN_LIST_ROLES: Final = 3
# Characters of a header with its unit and a remark in brackets.
_MAX_HEADER: Final = 40
# Share of the narrower of a cell and a column that must lie in the other.
_COVER_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class ListHead:
    """The header of the indicator list: its rows (``end`` excluded) and its columns by role.

    ``columns`` and ``ignored`` count grid columns (end excluded); ``ignored``: columns that the
    canonical table has no place for, with the reason.
    """

    row: int
    end: int
    columns: Mapping[str, tuple[int, int]]
    cells: tuple[LogicalCell, ...]
    ignored: Mapping[tuple[int, int], str]


def may_hold_list(rows: Iterable[Sequence[str]], words: FormWords) -> bool:
    """Whether a look at the texts of each row leaves it open that ``find_list`` finds a list.

    That takes the names of two levels, or three headers, two of which one cell may hold where the
    rule between them is missing.
    """
    return any(
        words.count_marked(texts) > 1 and sum(_may_tell_list(text, words) for text in texts) > 1
        for texts in rows
    )


def _may_tell_list(text: str, words: FormWords) -> bool:
    """Whether a text is a header of a list or the name of a level, or may hold one (指标名称)."""
    if words.list_marks.isdisjoint(text):
        return False
    is_level = any(label_key(text) in names for names in words.levels)
    return is_level or "称" in text or _known(text, words).get("role") in LIST_ROLES


def _known(text: str, words: FormWords) -> Attributes:
    """What a header is that stands in a list; none holds a full stop: the text above slipped in."""
    return label_attributes((header_key(text.replace("。", "")),), words.index)


def find_list(form: Form) -> ListHead | None:
    """The header row of the indicator list: the first with three or more of its words."""
    by_row: dict[int, list[LogicalCell]] = {}
    for cell in form.cells:
        if cell.text:
            by_row.setdefault(cell.row, []).append(cell)
    for row in sorted(by_row):
        head = _head_in(form, row, by_row[row])
        if head is not None:
            return head
    heads = (_headless(form, row, by_row[row]) for row in sorted(by_row))
    return next((h for h in heads if h is not None), None)


def _headless(form: Form, row: int, cells: Sequence[LogicalCell]) -> ListHead | None:
    """The columns of a list that is printed without a header.

    Its first row has the names of a first and a second level side by side, then two cells: the
    indicator and its value. With more columns nothing tells them apart.
    """
    first, second = form.words.levels
    for level1, level2 in pairwise(cells):
        if label_key(level1.text) not in first or label_key(level2.text) not in second:
            continue
        rest = [c for c in cells if c.col > level2.col]
        if len(rest) != 2:
            return None
        roles = zip(("level1", "level2", "level3", "value"), (level1, level2, *rest), strict=True)
        columns = {role: (c.col, c.col + c.col_span) for role, c in roles}
        return ListHead(row, row, columns, (), {})
    return None


def _head_in(form: Form, row: int, cells: Sequence[LogicalCell]) -> ListHead | None:
    if form.words.count_marked([cell.text for cell in cells]) < MIN_LIST_ROLES:
        return None
    roles: dict[str, LogicalCell] = {}
    ignored: dict[tuple[int, int], str] = {}
    for cell in cells:
        if len(cell.text) > _MAX_HEADER or looks_like_amount(cell.text):
            continue
        known = _known(cell.text, form.words)
        role = known.get("role", "")
        if role in roles and role in _OF_A_TERM and "level3" in roles:
            # 三级指标 | 指标值 of the whole term, then again of the year.
            whole = roles[role]
            ignored[(whole.col, whole.col + whole.col_span)] = "whole_term"
            roles[role] = cell
        elif role in LIST_ROLES:
            roles.setdefault(role, cell)
        elif role in IGNORED_ROLES:
            ignored[(cell.col, cell.col + cell.col_span)] = known.get("reason", role)
    if "level3" in roles and "indicator" in roles:
        stub = roles.pop("indicator")
        ignored[(stub.col, stub.col + stub.col_span)] = "heading"
    if len(roles) < MIN_LIST_ROLES:
        return None
    columns = {r: (c.col, c.col + c.col_span) for r, c in roles.items()}
    own = {c.origins[0].key for c in roles.values()}
    first = min(start for start, _ in columns.values())
    stubs = [
        c
        for c in cells
        if c.origins[0].key in own
        or (c.col, c.col + c.col_span) in ignored
        or (c.col + c.col_span <= first and not form.is_label(c))
    ]
    end = max(c.row + c.row_span for c in roles.values())
    return ListHead(row, end, columns, tuple(stubs), ignored)


def list_table(
    draft: Draft, form: Form, head: ListHead, roles: Sequence[str]
) -> tuple[LogicalTable, frozenset[int]]:
    """The rows below the header with one column for each role; other rows are empty.

    Also the rows whose activity is ambiguous although it is drawn (``settle_moved_cells``).
    """
    rows: list[tuple[LogicalCell, ...]] = [()] * min(head.end, len(form.table.rows))
    current, covered = head, _covering(form, head, roles)
    for row in range(head.end, len(form.table.rows)):
        cells = form.table.rows[row]
        repeat = _repeated_head(form, row, cells, current)
        if repeat is not None:
            current, covered = repeat, _covering(form, repeat, roles)
            for cell in repeat.cells:
                draft.use(cell, "header", "repeated")
            rows.append(())
            continue
        placed = (_place(draft, form, cell, current, covered(cell), len(roles)) for cell in cells)
        rows.append(tuple(c for c in placed if c.col < len(roles)))
    columns = tuple(_list_column(form, head, n, role) for n, role in enumerate(roles))
    placed_table = replace(form.table, columns=columns, rows=tuple(rows))
    table, doubtful = settle_moved_cells(placed_table, roles)
    # A cell over several of the list's columns is no part of an indicator: a note under the list.
    own = (tuple(c for c in row if c.col_span == 1) for row in table.rows)
    return replace(table, rows=tuple(own)), doubtful


def _list_column(form: Form, head: ListHead, number: int, role: str) -> LeafColumn:
    """A column of the list with the x of the drawn ones that it covers."""
    first, end = head.columns[role]
    drawn = form.table.columns
    return LeafColumn(number, (role,), drawn[first].x0, drawn[end - 1].x1)


def _repeated_head(
    form: Form, row: int, cells: Sequence[LogicalCell], head: ListHead
) -> ListHead | None:
    """The list's header printed again, with other spans perhaps; nothing but labels beside it."""
    first = min(start for start, _ in head.columns.values())
    filled = [c for c in cells if c.text and c.col >= first]
    if not filled or not all(form.is_label(c) for c in filled):
        return None
    return _head_in(form, row, filled)


def _covering(
    form: Form, head: ListHead, roles: Sequence[str]
) -> Callable[[LogicalCell], Sequence[int]]:
    """A function that gives the list columns that a cell covers; looks at each range once."""

    @cache
    def of_range(own: tuple[int, int]) -> list[int]:
        columns = [(n, head.columns[role]) for n, role in enumerate(roles) if role in head.columns]
        return [n for n, column in columns if _share(form, own, column) >= _COVER_SHARE]

    return lambda cell: of_range((cell.col, cell.col + cell.col_span))


def _place(
    draft: Draft,
    form: Form,
    cell: LogicalCell,
    head: ListHead,
    covered: Sequence[int],
    behind: int,
) -> LogicalCell:
    """The cell in the list columns that it covers, else in the column ``behind`` the last one."""
    if covered:
        return cell._replace(col=covered[0], col_span=covered[-1] - covered[0] + 1)
    own = (cell.col, cell.col + cell.col_span)
    if cell.text:
        first = min(start for start, _ in head.columns.values())
        beside = (r for at, r in head.ignored.items() if _share(form, own, at) >= _COVER_SHARE)
        reason = next(beside, None)
        if reason is not None:
            draft.use(cell, "ignored", reason)
        elif _share(form, own, (0, first)) >= _COVER_SHARE:
            draft.use(cell, "header", "stub")
    return cell._replace(col=behind, col_span=1)


def _share(form: Form, one: tuple[int, int], other: tuple[int, int]) -> float:
    """How much of the narrower of two ranges of grid columns lies in both, by width in points.

    Pages of one form draw its columns some points apart, which makes slivers of the common grid.
    """
    columns = form.table.columns
    if one[0] >= one[1] or other[0] >= other[1]:
        return 0.0
    a0, a1 = columns[one[0]].x0, columns[one[1] - 1].x1
    b0, b1 = columns[other[0]].x0, columns[other[1] - 1].x1
    return (min(a1, b1) - max(a0, b0)) / max(min(a1 - a0, b1 - b0), 1.0)
