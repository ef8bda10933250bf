"""Merged cells of a column as stretches of rows, joined again over page breaks.

A cell that is merged over many rows is cut where its page ends. Spreadsheets draw no rule there,
so the facing edges are open, and print the text once, on whichever part holds its middle, or run
it on from part to part; reporting systems close each part and print the text on one part or on
all (DOMAIN section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from yusuan.extract.model import Edge
from yusuan.normalize.amounts import looks_like_amount
from yusuan.normalize.codes import project_code
from yusuan.normalize.families.cut_glyphs import is_mark_alone, merged_halves
from yusuan.normalize.model import LogicalCell, LogicalTable
from yusuan.normalize.text import clean_text, label_key
from yusuan.normalize.unwrap import join_lines

_FLAT: Final = frozenset("一")
"""Ideographs so flat that a page's edge can hide all of one while its line shows."""

_LOW_STOPS: Final = frozenset("，、；,;")
"""Marks after which a text goes on, so low that a cut through their line leaves them below."""

_CUT_SHARE: Final = 0.5


class Part(NamedTuple):
    """Body rows ``first``..``last`` of one page that one cell of a column covers.

    ``cell`` is None where none is drawn. ``open_top``/``open_bottom``: no rule is drawn there
    although other columns have one, so the cell goes on over the page break. ``is_rest``: the page
    break cuts a row, of which the first row here is the rest, so the cell goes on in any case.
    """

    first: int
    last: int
    page: int
    cell: LogicalCell | None
    open_top: bool
    open_bottom: bool
    is_rest: bool = False

    @property
    def text(self) -> str:
        """The printed text, unwrapped; empty for a blank part."""
        return self.cell.text if self.cell else ""


@dataclass(frozen=True, slots=True)
class Block:
    """Parts that are one published cell. ``text``: of all parts, each line once.

    ``contested``: a blank part whose open edges would tie it to two different texts.
    """

    parts: tuple[Part, ...]
    text: str = ""
    contested: bool = False

    @property
    def first(self) -> int:
        """First body row."""
        return self.parts[0].first

    @property
    def last(self) -> int:
        """Last body row."""
        return self.parts[-1].last

    @property
    def is_merged(self) -> bool:
        """Whether the cell stands for several rows: in a part of it, or open over a page end."""
        return any(p.last > p.first for p in self.parts) or any(
            p.open_bottom for p in self.parts[:-1]
        )

    @property
    def rows(self) -> range:
        """Body rows covered."""
        return range(self.first, self.last + 1)


def column_parts(
    table: LogicalTable,
    col: int,
    witnesses: Collection[int],
    rows: Sequence[int],
    rests: Collection[int] = (),
) -> list[Part]:
    """The cells of leaf column ``col`` as parts that cover ``rows`` (ascending body rows).

    ``witnesses`` are the columns whose rows are not merged: an open edge says something only where
    one of them has a rule at the same height, else the producer draws none there at all.
    ``rests``: rows that are the rest of the row above, cut by a page end.
    """
    pages = table.row_pages
    cells: list[LogicalCell | None] = []  # of each part
    covered: list[list[int]] = []  # the rows of each part
    page, end = 0, -1  # of the last part: its page, the last row that its cell covers
    for row in rows:
        cell = _cell_at(table, row, col)
        if covered and pages[row] == page and (cell is None or row <= end):
            covered[-1].append(row)
            continue
        page, end = pages[row], cell.row + cell.row_span - 1 if cell else -1
        cells.append(cell)
        covered.append([row])
    parts: list[Part] = []
    before: int | None = None  # the page of the part above
    for cell, (first, *others) in zip(cells, covered, strict=True):
        last, page = others[-1] if others else first, pages[first]
        top = before != page and _is_open_at(table, first, cell, witnesses, "top")
        bottom = _is_open_at(table, last, cell, witnesses, "bottom")
        parts.append(Part(first, last, page, cell, top, bottom, first in rests))
        before = page
    return parts


def _cell_at(table: LogicalTable, row: int, col: int) -> LogicalCell | None:
    """The cell anchored in the row that covers the column; a filled one before a blank one."""
    blank: LogicalCell | None = None
    for cell in table.rows[row]:
        if cell.col <= col < cell.col + cell.col_span:
            if cell.text:
                return cell
            blank = blank or cell
    return blank


def _is_open_at(
    table: LogicalTable,
    row: int,
    cell: LogicalCell | None,
    witnesses: Collection[int],
    side: Literal["top", "bottom"],
) -> bool:
    """Whether a part whose first or last row is ``row`` goes on beyond it."""
    if cell is not None and side not in cell.open_edges:
        return False
    is_told = _has_rule(table, row, witnesses, side)
    return is_told or (side == "bottom" and _is_strip(table, row, witnesses))


def _is_strip(table: LogicalTable, row: int, witnesses: Collection[int]) -> bool:
    """Whether a page ends with a blank strip: room that a row left which begins on the next one.

    A browser lets the cells merged over that row begin in the strip and draws no rule below it.
    """
    is_last = row + 1 < len(table.rows) and table.row_pages[row + 1] != table.row_pages[row]
    return is_last and not any(c.text or c.row_span > 1 for c in table.rows[row])


def _has_rule(table: LogicalTable, row: int, witnesses: Collection[int], side: Edge) -> bool:
    """Whether some unmerged cell of the row is closed on that side."""
    return any(side not in c.open_edges and c.col in witnesses for c in table.rows[row])


def join_parts(
    parts: Sequence[Part],
    texts: Mapping[int, str],
    agrees: Callable[[Part, Part], bool],
    *,
    is_prose: bool = True,
    names: Collection[str] = (),
) -> list[Block]:
    """Put the parts of a cell that page breaks have cut together again, where it is printed so.

    ``texts``: the text of each part by its first row. ``agrees`` tells whether two closed parts
    with the same text are one (their amounts are the same) or two of the same name. ``is_prose``:
    False for amounts, which run on over the break only where the digits make one amount again.
    ``names``: label keys of texts that are whole; two of them are two cells.
    Blank parts behind closed rules stay blocks of their own: that is for the owner to be inferred.
    """
    blocks: list[Block] = []
    for part in parts:
        text = texts.get(part.first, "")
        held = blocks[-1] if blocks else None
        if held is None or held.parts[-1].page == part.page:
            blocks.append(Block((part,), text))
            continue
        above = held.parts[-1]
        is_open = above.open_bottom or part.open_top or part.is_rest
        are_names = text != "" and {label_key(text), label_key(held.text)} <= set(names)
        is_same = is_same_cell(held.text, text, is_open=is_open, is_prose=is_prose)
        is_same &= not are_names or label_key(text) == label_key(held.text)
        if is_same and (is_open or agrees(held.parts[0], part)):
            joined = join_texts(held.text, text, above.cell, part.cell)
            blocks[-1] = Block((*held.parts, part), joined)
            continue
        if is_open and text:
            blocks[-1:] = _without_blank_tail(held, texts)
        blocks.append(Block((part,), text))
    return blocks


def is_same_cell(above: str, below: str, *, is_open: bool, is_prose: bool = True) -> bool:
    """Whether the texts of two parts that face each other over a page break can be one cell's."""
    if not is_open:
        return bool(above) and label_key(above) == label_key(below)
    if not above or not below or _is_same_print(above, below):
        return True
    if not is_prose:
        return looks_like_amount(above + below)
    if len(above) > 1 and label_key(below).startswith(label_key(above)):
        return True  # the page cuts through the first line, which is printed at both edges
    if project_code(below)[0] is None:
        return True
    return project_code(above)[0] is None and project_code(above + below)[0] is not None


def _without_blank_tail(block: Block, texts: Mapping[int, str]) -> list[Block]:
    """Split off blank parts at the end: open above and below, they could belong to either text."""
    keep = len(block.parts)
    while keep > 1 and not texts.get(block.parts[keep - 1].first, ""):
        keep -= 1
    if keep == len(block.parts) or not block.text:
        return [block]
    return [Block(block.parts[:keep], block.text), Block(block.parts[keep:], "", True)]


def join_texts(
    above: str, below: str, last: LogicalCell | None, following: LogicalCell | None
) -> str:
    """The text of a cell whose parts read ``above`` and ``below``.

    A text that both parts print is taken once, and so is a line that the page break cuts in half:
    its glyphs are printed at both edges, low ones (. 、 _) only below, high ones only above. The
    fuller print is kept. A comma that only the upper one ends with shows that the text goes on.
    """
    if not above or not below:
        return above or below
    whole = _whole_cut_line(last, following) if last and following else None
    goes_on = above[-1] in _LOW_STOPS and below[-1] not in _LOW_STOPS
    if _is_same_print(above, below) and _alnum(above) == _alnum(below) and not goes_on:
        longer = max(above, below, key=lambda text: len("".join(text.split())))
        is_line = whole is not None and _alnum(whole) == _alnum(above)
        return clean_text(whole) if whole is not None and is_line else longer
    if last and following and whole is not None:
        tail = clean_text(last.lines[-1].text)
        if above.endswith(tail):
            above = clean_text(above[: -len(tail)] + whole)
            below = join_lines(following.lines[1:], following.origins[0].box)
    # A word goes on in lower case, another one begins with a capital.
    latin = above[-1:].isascii() and above[-1:].isalpha() and below[:1].isascii()
    is_new_word = latin and below[:1].isalpha() and not below[:1].islower()
    return clean_text(above + (" " if is_new_word else "") + below)


def _whole_cut_line(last: LogicalCell, following: LogicalCell) -> str | None:
    """The line of which the facing lines of two parts are the halves, by where they stand.

    What of a line lies beyond the cell's end is the other half: together they make a line height.
    A text may as well go on with an equal line, or with 网统管 after 一网统管一; both are whole.
    """
    if not last.lines or not following.lines:
        return None
    upper, lower = last.lines[-1], following.lines[0]
    top, bottom = lower.box.top, upper.box.bottom
    # The box of a mark alone tells nothing of its line's height.
    height = max(line.box.bottom - line.box.top for line in (upper, lower))
    if is_mark_alone(lower):
        top = min(top, lower.box.bottom - height)
    if is_mark_alone(upper):
        bottom = max(bottom, upper.box.top + height)
    beyond = max(bottom - last.origins[-1].box.bottom, 0.0)
    beyond += max(following.origins[0].box.top - top, 0.0)
    return merged_halves(upper, lower) if beyond >= _CUT_SHARE * height else None


def _is_same_print(above: str, below: str) -> bool:
    """Whether two texts are one line, or the halves of one line that an edge cuts through.

    A cut takes away what lies wholly on its other side: marks, and flat glyphs such as 一.
    """
    first, second = _tall(above), _tall(below)
    return len(first) > 1 and first == second


def _tall(text: str) -> str:
    return "".join(c for c in _alnum(text) if c not in _FLAT)


def _alnum(text: str) -> str:
    return "".join(c for c in label_key(text) if c.isalnum())
