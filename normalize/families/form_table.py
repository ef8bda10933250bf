"""The indicator list of a form as a table of its own: columns by role, levels for every row.

Forms cut their list at page ends like any table: rows, and levels merged over rows, are cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.families.cut_rows import INDICATOR_ROLES, goes_on, is_open, says_anew
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.form_cells import Form
from yusuan.normalize.families.form_head import ListHead, list_table
from yusuan.normalize.families.form_owners import activity_owners, tell_owners
from yusuan.normalize.families.moved_cells import tell_doubtful
from yusuan.normalize.families.owners import OwnerStatus
from yusuan.normalize.families.parts import Part, column_parts, join_parts, join_texts
from yusuan.normalize.model import LogicalCell, LogicalTable
from yusuan.normalize.text import label_key

_NUMBERED: Final = re.compile(r"指标\s*\d+\s*[：:]")
# A line with no room for two more glyphs and the cell's margin is full.
_FULL_LINE_GLYPHS: Final = 2.0
_MERGED_ROLES: Final = frozenset({"activity", "level1", "level2"})
# Without one of these filled, a row of the list is a line that the publisher left empty.
_OWN_ROLES: Final = frozenset({"indicator", "level3", "value", "nature", "measure_unit"})


class ListRow(NamedTuple):
    """One indicator row: its cells by role, and the texts that stand for it, merged ones too.

    ``owner_status``: how its activity is known.
    """

    row: int
    cells: Mapping[str, LogicalCell]
    texts: Mapping[str, str]
    owner_status: OwnerStatus = "printed"


def read_list(draft: Draft, form: Form, head: ListHead) -> list[ListRow]:
    """Every filled row below the list's header; rows cut by a page end are put together.

    The ledger gets the list's cells: values, headers (repeated ones too) and columns that have no
    place. A row that names a level and nothing else is a line that was left empty.
    """
    for cell in head.cells:
        draft.use(cell, "header")
    roles = [r for r, _ in sorted(head.columns.items(), key=lambda item: item[1])]
    table, doubtful = list_table(draft, form, head, roles)
    rows = tuple(range(head.end, len(table.rows)))
    drawn = {c.origins[0].key: c for c in form.cells}
    found: list[ListRow] = []
    rests: set[int] = set()
    for row in rows:
        cells = {
            role: _whole(drawn[placed.origins[0].key], placed)
            for number, role in enumerate(roles)
            if (placed := _anchored(table, row, number)) is not None and placed.text
        }
        if not cells:
            continue
        if found and (
            _is_rest(table, found[-1], row, cells, roles) or _runs_on(found[-1], row, cells)
        ):
            found[-1] = _joined(draft, found[-1], cells)
            rests.add(row)
            continue
        for cell in cells.values():
            draft.use(cell, "value")
        if not _OWN_ROLES & set(cells):
            _leave_empty(draft, cells)
            continue
        found.append(ListRow(row, cells, {role: cell.text for role, cell in cells.items()}))
    found = _with_levels(table, roles, rows, rests, found, form.words.levels)
    found = _with_activities(draft, form, table, roles, rows, rests, found)
    return _doubted(draft, found, doubtful) if doubtful else found


def _doubted(draft: Draft, found: Sequence[ListRow], doubtful: Collection[int]) -> list[ListRow]:
    """The indicators with those of which the activity may be the one below."""
    for item in found:
        if item.row in doubtful:
            tell_doubtful(draft, 1, item.texts.get("activity"), next(iter(item.cells.values())))
    return [
        item._replace(owner_status="ambiguous") if item.row in doubtful else item for item in found
    ]


def _whole(drawn: LogicalCell, placed: LogicalCell) -> LogicalCell:
    """The drawn cell, with the text that stands below its end where that was found."""
    if len(placed.origins) == len(drawn.origins):
        return drawn
    return drawn._replace(text=placed.text, origins=placed.origins, lines=placed.lines)


def _with_levels(
    table: LogicalTable,
    roles: Sequence[str],
    rows: Sequence[int],
    rests: Collection[int],
    found: Sequence[ListRow],
    known: tuple[Collection[str], Collection[str]],
) -> list[ListRow]:
    """The indicators with the levels that are printed once for several of them."""
    levels = {
        role: _level_texts(table, roles.index(role), _witnesses(roles), rows, rests, names)
        for role, names in zip(("level1", "level2"), known, strict=True)
        if role in roles
    }
    return [
        item._replace(
            texts={**{r: t for r, by_row in levels.items() if (t := by_row.get(item.row))},
                         **item.texts},
        )
        for item in found
    ]  # fmt: skip


def _with_activities(
    draft: Draft,
    form: Form,
    table: LogicalTable,
    roles: Sequence[str],
    rows: Sequence[int],
    rests: Collection[int],
    found: Sequence[ListRow],
) -> list[ListRow]:
    """The indicators with their activities, where its cells are merged over rows."""
    if "activity" not in roles:
        return list(found)
    first, second = (tuple(names) for names in form.words.levels)
    owned = activity_owners(
        table, roles.index("activity"), _witnesses(roles), rows, rests,
        {item.row: item.texts for item in found}, (first, second),
    )  # fmt: skip
    tell_owners(draft, owned, {item.row: next(iter(item.cells.values())) for item in found})
    at = {row: stretch for stretch in owned for row in stretch.rows}
    return [
        item._replace(
            texts={**item.texts, "activity": at[item.row].name or ""},
            owner_status=at[item.row].status,
        )
        if item.row in at else item
        for item in found
    ]  # fmt: skip


def _witnesses(roles: Sequence[str]) -> list[int]:
    return [n for n, role in enumerate(roles) if role in ("indicator", "level3", "value")]


def _leave_empty(draft: Draft, cells: Mapping[str, LogicalCell]) -> None:
    """A level's cell stays a value where other rows stand beside it; alone it says nothing."""
    for cell in cells.values():
        if cell.row_span == 1:
            draft.use(cell, "ignored", "empty line of the form")


def _anchored(table: LogicalTable, row: int, col: int) -> LogicalCell | None:
    cells = [c for c in table.rows[row] if c.col == col]
    return next((c for c in cells if c.text), cells[0] if cells else None)


def _level_texts(
    table: LogicalTable,
    col: int,
    witnesses: Sequence[int],
    rows: Sequence[int],
    rests: Collection[int],
    names: Collection[str],
) -> dict[int, str]:
    """The level that stands for each row, merged cells cut by page ends put together.

    The text of a cut cell is printed on one of its parts: a blank part at a page's top belongs to
    the text above it, one at a page's foot with nothing above in it to the text below.
    """
    parts = column_parts(table, col, witnesses, rows, rests)
    printed = {p.first: p.text for p in parts}
    blocks = join_parts(parts, printed, lambda above, below: False, names=names)
    texts = [block.text for block in blocks]
    pages = [(block.parts[0].page, block.parts[-1].page) for block in blocks]
    for i in range(1, len(blocks)):
        if not texts[i] and pages[i][0] != pages[i - 1][1]:
            texts[i] = texts[i - 1]
    for i in range(len(blocks) - 2, -1, -1):
        if not texts[i] and pages[i][1] != pages[i + 1][0] and _has_room(blocks[i].parts[-1]):
            texts[i] = texts[i + 1]
    return {row: text for block, text in zip(blocks, texts, strict=True) for row in block.rows}


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
    """Whether every text of a row goes on from an open or full cell of the row above.

    An indicator has a nature and a value of its own; a value in words may be wrapped as well.
    """
    value = above.cells.get("value")
    if "nature" in cells or ("value" in cells and value and looks_like_amount(value.text)):
        return False
    own = _unmerged(above, cells)
    return bool(own) and all(
        (first := above.cells.get(role)) is not None
        and not says_anew(first.text, cell.text)
        and (is_open(first, cell) or goes_on(first, cell))
        for role, cell in own.items()
    )


def _unmerged(above: ListRow, cells: Mapping[str, LogicalCell]) -> dict[str, LogicalCell]:
    """The cells of a row but those of a level or activity that stands for more rows than this."""

    def is_merged(role: str, cell: LogicalCell) -> bool:
        first = above.cells.get(role)
        return role in _MERGED_ROLES and (
            cell.row_span > 1
            or first is None
            or first.row_span > 1
            or label_key(first.text) == label_key(cell.text)
        )

    return {role: cell for role, cell in cells.items() if not is_merged(role, cell)}


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
    own = _unmerged(above, cells)
    for cell in cells.values():
        draft.use(cell, "value")
    for role, cell in own.items():
        texts[role] = join_texts(texts.get(role, ""), cell.text, above.cells.get(role), cell)
    cell = next(iter(own.values()), next(iter(cells.values())))
    draft.tell(
        "row-joined",
        "a row with the rest of the indicator above it was joined",
        cell.origins[0],
        before=cell.text,
        after=" | ".join(texts[r] for r in INDICATOR_ROLES if texts.get(r)),
        rule="no level and no value of its own, at a page's top or beside the value above",
    )
    return above._replace(texts=texts)
