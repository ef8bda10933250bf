"""The indicator list of a form as a table of its own: columns by role, levels for every row.

Forms draw their list in a grid that serves the head too, and cut it at page ends like any table:
levels merged over rows are cut in two, and the list's header may come again with other spans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.families.cut_rows import INDICATOR_ROLES, goes_on, is_open
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.form_cells import Form, role_of
from yusuan.normalize.families.parts import Part, column_parts, join_texts
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable
from yusuan.normalize.text import header_key, label_key

LIST_ROLES: Final = frozenset(
    {"activity", "indicator", "level1", "level2", "level3", "nature", "value", "measure_unit"}
)
IGNORED_ROLES: Final = frozenset({"ignore", "remark", "seq"})
MIN_LIST_ROLES: Final = 3
# Characters of a header with its unit and a remark in brackets.
_MAX_HEADER: Final = 40
# Share of the narrower of a cell and a column that must lie in the other.
_COVER_SHARE: Final = 0.5
_NUMBERED: Final = re.compile(r"指标\s*\d+\s*[：:]")
# A line with no room for two more glyphs and the cell's margin is full.
_FULL_LINE_GLYPHS: Final = 2.0
# Without one of these filled, a row of the list is a line that the publisher left empty.
_OWN_ROLES: Final = frozenset({"indicator", "level3", "value", "nature", "measure_unit"})


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


@dataclass(frozen=True, slots=True)
class ListRow:
    """One indicator row: its cells by role, and the levels that stand for it, merged ones too."""

    row: int
    cells: Mapping[str, LogicalCell]
    texts: Mapping[str, str]


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
        rest = [c for c in cells if c.col > level2.col]
        if label_key(level1.text) not in first or label_key(level2.text) not in second:
            continue
        if len(rest) != 2:
            return None
        roles = zip(("level1", "level2", "level3", "value"), (level1, level2, *rest), strict=True)
        columns = {role: (c.col, c.col + c.col_span) for role, c in roles}
        return ListHead(row, row, columns, (), {})
    return None


def _head_in(form: Form, row: int, cells: Sequence[LogicalCell]) -> ListHead | None:
    if len(cells) < MIN_LIST_ROLES:
        return None
    roles: dict[str, LogicalCell] = {}
    ignored: dict[tuple[int, int], str] = {}
    for cell in cells:
        if len(cell.text) > _MAX_HEADER or looks_like_amount(cell.text):
            continue
        # No header holds a full stop: the end of the text above has slipped into the cell.
        known = role_of(form, (header_key(cell.text.replace("。", "")),))
        role = known.get("role", "")
        if role in LIST_ROLES:
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


def read_list(draft: Draft, form: Form, head: ListHead) -> list[ListRow]:
    """Every filled row below the list's header; rows cut by a page end are put together.

    The ledger gets the list's cells: values, headers (repeated ones too) and columns that have no
    place. A row that names a level and nothing else is a line that was left empty.
    """
    for cell in head.cells:
        draft.use(cell, "header")
    roles = [r for r, _ in sorted(head.columns.items(), key=lambda item: item[1])]
    table = _list_table(draft, form, head, roles)
    rows = tuple(range(head.end, len(table.rows)))
    levels = {
        role: _level_texts(table, roles.index(role), _witnesses(roles), rows)
        for role in ("level1", "level2")
        if role in roles
    }
    drawn = {c.origins[0].key: c for c in form.cells}
    found: list[ListRow] = []
    for row in rows:
        cells = {
            role: drawn[placed.origins[0].key]
            for number, role in enumerate(roles)
            if (placed := _anchored(table, row, number)) is not None and placed.text
        }
        if not cells:
            continue
        if found and (
            _is_rest(table, found[-1], row, cells, roles) or _runs_on(found[-1], row, cells)
        ):
            found[-1] = _joined(draft, found[-1], cells)
            continue
        for cell in cells.values():
            draft.use(cell, "value")
        if not _OWN_ROLES & set(cells):
            _leave_empty(draft, cells)
            continue
        texts = {role: cell.text for role, cell in cells.items()}
        for role, by_row in levels.items():
            if by_row.get(row):
                texts.setdefault(role, by_row[row])
        found.append(ListRow(row, cells, texts))
    return found


def _witnesses(roles: Sequence[str]) -> list[int]:
    return [n for n, role in enumerate(roles) if role in ("indicator", "level3", "value")]


def _leave_empty(draft: Draft, cells: Mapping[str, LogicalCell]) -> None:
    """A level's cell stays a value where other rows stand beside it; alone it says nothing."""
    for cell in cells.values():
        if cell.row_span == 1:
            draft.use(cell, "ignored", "empty line of the form")


def _list_table(draft: Draft, form: Form, head: ListHead, roles: Sequence[str]) -> LogicalTable:
    """The rows below the header with one column for each role; other rows are empty."""
    rows: list[tuple[LogicalCell, ...]] = [()] * min(head.end, len(form.table.rows))
    current = head
    for row in range(head.end, len(form.table.rows)):
        cells = form.table.rows[row]
        repeat = _repeated_head(form, row, cells, current)
        if repeat is not None:
            current = repeat
            for cell in repeat.cells:
                draft.use(cell, "header", "repeated")
            rows.append(())
            continue
        rows.append(tuple(_place(draft, form, cell, current, roles) for cell in cells))
        rows[-1] = tuple(c for c in rows[-1] if c.col < len(roles))
    columns = tuple(LeafColumn(n, (role,), float(n), n + 1.0) for n, role in enumerate(roles))
    return replace(form.table, columns=columns, rows=tuple(rows))


def _repeated_head(
    form: Form, row: int, cells: Sequence[LogicalCell], head: ListHead
) -> ListHead | None:
    """The list's header printed again, with other spans perhaps; nothing but labels beside it."""
    first = min(start for start, _ in head.columns.values())
    filled = [c for c in cells if c.text and c.col >= first]
    if not filled or not all(form.is_label(c) for c in filled):
        return None
    return _head_in(form, row, filled)


def _place(
    draft: Draft, form: Form, cell: LogicalCell, head: ListHead, roles: Sequence[str]
) -> LogicalCell:
    """The cell in its list column; a column behind the last one where it has none.

    A cell over several of the list's columns is no part of an indicator: a note under the list.
    """
    own = (cell.col, cell.col + cell.col_span)
    covered = [
        number
        for number, role in enumerate(roles)
        if role in head.columns and _share(form, own, head.columns[role]) >= _COVER_SHARE
    ]
    if len(covered) == 1:
        return replace(cell, col=covered[0], col_span=1)
    if cell.text and not covered:
        first = min(start for start, _ in head.columns.values())
        beside = (r for at, r in head.ignored.items() if _share(form, own, at) >= _COVER_SHARE)
        reason = next(beside, None)
        if reason is not None:
            draft.use(cell, "ignored", reason)
        elif _share(form, own, (0, first)) >= _COVER_SHARE:
            draft.use(cell, "header", "stub")
    return replace(cell, col=len(roles), col_span=1)


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


def _anchored(table: LogicalTable, row: int, col: int) -> LogicalCell | None:
    cells = [c for c in table.rows[row] if c.col == col]
    return next((c for c in cells if c.text), cells[0] if cells else None)


def _level_texts(
    table: LogicalTable, col: int, witnesses: Sequence[int], rows: Sequence[int]
) -> dict[int, str]:
    """The level that stands for each row, merged cells cut by page ends put together.

    The text of a cut cell is printed on one of its parts: a blank part at a page's top belongs to
    the text above it, one at a page's foot with nothing above in it to the text below.
    """
    parts = column_parts(table, col, witnesses, rows)
    texts = [part.text for part in parts]
    for i in range(1, len(parts)):
        if not texts[i] and parts[i].page != parts[i - 1].page:
            texts[i] = texts[i - 1]
    for i in range(len(parts) - 2, -1, -1):
        if not texts[i] and parts[i].page != parts[i + 1].page and _has_room(parts[i]):
            texts[i] = texts[i + 1]
    return {
        row: text
        for part, text in zip(parts, texts, strict=True)
        for row in range(part.first, part.last + 1)
    }


def _has_room(part: Part) -> bool:
    return part.cell is not None and not part.text


def _is_rest(
    table: LogicalTable,
    above: ListRow,
    row: int,
    cells: Mapping[str, LogicalCell],
    roles: Sequence[str],
) -> bool:
    """Whether a row is the rest of the one above it, cut by a page end.

    The first row of a page without any level or indicator of its own, though their cells are
    drawn, goes on with texts of the row above; so does one whose cells are open at the top, and
    one all of whose texts go on from cells that are full to their end.
    """
    if table.row_pages[row] == table.row_pages[above.row]:
        return False
    if any(any(c.text for c in table.rows[between]) for between in range(above.row + 1, row)):
        return False
    if _all_go_on(above, cells):
        return True
    level3 = "level3" if "level3" in roles else "indicator"
    if level3 not in roles or {"level1", "level2"} & set(cells):
        return False
    drawn = _anchored(table, row, roles.index(level3))
    if drawn is None or drawn.row != row:
        return False
    if not drawn.text:
        return True
    others = set(cells) - {level3}
    is_open = "top" in drawn.open_edges or "bottom" in above.cells.get(level3, drawn).open_edges
    return is_open and not others


def _all_go_on(above: ListRow, cells: Mapping[str, LogicalCell]) -> bool:
    """Whether every text goes on from an open or full cell of the row above.

    An indicator has a nature and a value of its own; a value in words may be wrapped as well. A
    name that comes again, or stands for several rows, begins something.
    """
    value = above.cells.get("value")
    if "nature" in cells or ("value" in cells and value and looks_like_amount(value.text)):
        return False
    pairs = [(above.cells.get(role), cell) for role, cell in cells.items()]
    return all(
        first is not None
        and first.row_span == cell.row_span == 1
        and label_key(first.text) != label_key(cell.text)
        and (is_open(first, cell) or goes_on(first, cell))
        for first, cell in pairs
    )


def _runs_on(above: ListRow, row: int, cells: Mapping[str, LogicalCell]) -> bool:
    """Whether a row holds nothing but the end of the indicator above: a stray rule cuts the name.

    The value above is one cell beside both rows, and the name's last line is full up to the edge,
    or the names are numbered (指标1：) and this row's is not.
    """
    value, name = above.cells.get("value"), above.cells.get("level3")
    if set(cells) != {"level3"} or value is None or name is None or not name.lines:
        return False
    line, edge = name.lines[-1], name.origins[-1].box.x1
    is_full = edge - line.box.x1 < _FULL_LINE_GLYPHS * (line.size or 10.0)
    is_numbered = _NUMBERED.match(name.text) and not _NUMBERED.match(cells["level3"].text)
    return bool(is_full or is_numbered) and value.row <= row < value.row + value.row_span


def _joined(draft: Draft, above: ListRow, cells: Mapping[str, LogicalCell]) -> ListRow:
    texts = dict(above.texts)
    for role, cell in cells.items():
        draft.use(cell, "value")
        texts[role] = join_texts(texts.get(role, ""), cell.text, above.cells.get(role), cell)
    cell = next(iter(cells.values()))
    draft.tell(
        "row-joined",
        "a row with the rest of the indicator above it was joined",
        cell.origins[0],
        before=cell.text,
        after=" | ".join(texts[r] for r in INDICATOR_ROLES if texts.get(r)),
        rule="no level and no value of its own, at a page's top or beside the value above",
    )
    return replace(above, texts=texts)
