"""Read the header of a stitched table as a tree: leaf columns, each with its path from the top."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from yusuan.normalize.amounts import looks_like_amount, parse_figure
from yusuan.normalize.captions import is_caption_text
from yusuan.normalize.common_grid import CommonGrid, Placed
from yusuan.normalize.data_cells import is_data
from yusuan.normalize.model import CellKey, CellUse, LeafColumn
from yusuan.normalize.text import header_key, header_unit, header_year, label_key, split_name_label
from yusuan.normalize.wording import comparison

# A row that only numbers the columns (栏次 | 1 | 2 | 3 or 1 | 2 | 3=1+2).
_COLUMN_NUMBER = re.compile(r"^[\d一二三四五六七八九十]{1,2}([=＝][\d+＋\-－()（）]+)?$")
_NUMBERING_WORDS = frozenset({"栏次", "行次", "栏次行次", "**", "*", "甲", "乙", "丙", "丁"})
_TOTALS = frozenset({"合计", "总计"})
_CODE_PART_WORDS = frozenset({"类", "款", "项"})
# Titles and units stand in ruled rows too; such a cell spans (nearly) the whole table.
_WIDE_SHARE = 0.8
MAX_HEADER_ROWS = 8
# A column of words may hold a few figures, one of amounts a few words.
_MIXED_SHARE = 0.2

Signature = tuple[tuple[int, int, str], ...]
"""A row's filled cells: first grid column, the one after its last, key of the text."""


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """What the top of a table says.

    ``columns``: the leaf columns. ``body_rows``: rows of the common grid that are data.
    ``header_cells``: those of the header rows, and the code words 类|款|项 that stand in the first
    row of data. ``uses``: header, title and repeated header cells for the ledger.
    """

    columns: tuple[LeafColumn, ...]
    body_rows: tuple[int, ...]
    header_cells: tuple[Placed, ...]
    uses: tuple[tuple[CellKey, CellUse, str], ...]


def read_header(grid: CommonGrid, words: frozenset[str]) -> HeaderReading:
    """Find header rows, their repeats on later pages, and the leaf columns.

    ``words``: keys of every known header segment (``schemas/headers.csv``).
    """
    top = _leading_titles(grid, words)
    bottom = _header_bottom(grid, top, words)
    uses: list[tuple[CellKey, CellUse, str]] = [
        (p.key, "title", "") for row in grid.rows[:top] for p in row if p.text
    ]
    header_rows = grid.rows[top:bottom]
    header = [p for row in header_rows for p in row]
    mixed = _mixed_row(grid, bottom)
    header.extend(mixed)
    uses.extend((p.key, "header", "") for p in header if p.text)
    repeats = _repeated_rows(grid, top, bottom, words)
    for row in repeats:
        uses.extend((p.key, "header", "repeated") for p in grid.rows[row] if p.text)
    skip = repeats | set(range(bottom))
    body = tuple(r for r in range(len(grid.rows)) if r not in skip)
    mixed_keys = {p.key for p in mixed}
    numbering = {r for r in range(top, bottom) if _is_numbering_row(_filled(grid.rows[r]))}
    named = [p for p in header if p.row not in numbering or _is_code_part(p)]
    columns = _leaf_columns(grid, named, body, mixed_keys)
    return HeaderReading(columns, body, tuple(header), tuple(uses))


def read_form(grid: CommonGrid, words: frozenset[str]) -> HeaderReading:
    """Read a form: no header tree, every row below the title is body, every slot a column."""
    top = _leading_titles(grid, words, is_form=True)
    uses: tuple[tuple[CellKey, CellUse, str], ...] = tuple(
        (p.key, "title", "") for row in grid.rows[:top] for p in row if p.text
    )
    width = len(grid.edges) - 1
    columns = tuple(
        LeafColumn(i, (), float(grid.edges[i]), float(grid.edges[i + 1])) for i in range(width)
    )
    return HeaderReading(columns, tuple(range(top, len(grid.rows))), (), uses)


def _leading_titles(grid: CommonGrid, words: frozenset[str], *, is_form: bool = False) -> int:
    """How many rows at the top are title, unit or name lines drawn inside the grid.

    In a form a row that begins with 项目名称 is none of them: the rule behind the label is missing.
    """
    width = len(grid.edges) - 1
    top = 0
    for row in grid.rows[:4]:
        filled = [p for p in row if p.text]
        wide = len(filled) == 1 and filled[0].c1 - filled[0].c0 >= _WIDE_SHARE * width
        caption_like = all(is_caption_text(p.text) for p in filled)
        is_header = any(header_key(p.text) in words for p in filled) or (
            is_form and wide and _is_named(filled[0], words)
        )
        if width > 2 and not is_header and ((filled and (wide or caption_like)) or not filled):
            top += 1
            continue
        break
    return top if top < len(grid.rows) and any(p.text for p in grid.rows[top]) else 0


def _is_named(cell: Placed, words: frozenset[str]) -> bool:
    """Whether a cell holds a label and the name behind it; a title may begin with a label, too."""
    found = split_name_label(cell.text, words)
    if found is None or not is_caption_text(cell.text):
        return found is not None
    printed = [word for line in cell.cell.lines for word in line.text.split()]
    return printed[:1] == [found[0]]


def _header_bottom(grid: CommonGrid, top: int, words: frozenset[str]) -> int:
    """First body row: header words above, the first code, ordinal or amount below."""
    row = top
    reach = top
    while row < min(len(grid.rows), top + MAX_HEADER_ROWS):
        filled = _filled(grid.rows[row])
        if not filled:
            if row < reach:
                row += 1
                continue
            break
        if not _is_header_row(filled, words, is_first=row == top, is_covered=row < reach):
            break
        reach = max(reach, max(p.row + p.row_span for p in filled))
        row += 1
    return row


def _filled(row: Sequence[Placed]) -> list[Placed]:
    return [p for p in row if p.text]


def _is_header_row(
    filled: Sequence[Placed], words: frozenset[str], *, is_first: bool, is_covered: bool
) -> bool:
    if _is_numbering_row(filled):
        return not is_first
    if any(is_data(p.text) for p in filled):
        return False
    if is_first or is_covered:
        return True
    if len(filled) == 1 and label_key(filled[0].text) in _TOTALS:
        return False  # the total row of an empty table
    years = [p for p in filled if _is_year(p)]
    known = sum(header_key(p.text) in words for p in filled if not _is_year(p))
    if years and known:
        # 项目 | 2024年 | 2025年 | 2025年比2024年增减
        known += sum(
            bool(comparison((header_key(p.text),)))
            for p in filled
            if header_key(p.text) not in words
        )
    return 2 * (known + len(years) * bool(known)) > len(filled)


def _is_year(cell: Placed) -> bool:
    """Whether a cell holds a year and nothing else."""
    return not header_key(cell.text) and header_year(cell.text) is not None


def _is_code_part(cell: Placed) -> bool:
    return label_key(cell.text) in _CODE_PART_WORDS


def _is_numbering_row(filled: Sequence[Placed]) -> bool:
    """Whether a row numbers the columns; 类 | 款 | 项 may stand before 栏次 in it."""
    keys = [label_key(p.text) for p in filled if not _is_code_part(p)]
    numbers = [k for k in keys if _COLUMN_NUMBER.match(k)]
    others = [k for k in keys if not _COLUMN_NUMBER.match(k)]
    if any(k not in _NUMBERING_WORDS for k in others):
        return False
    if others:
        return True
    firsts = [k.split("=")[0] for k in numbers]
    return len(numbers) >= 3 and firsts == [str(i) for i in range(1, len(firsts) + 1)]


def _mixed_row(grid: CommonGrid, row: int) -> list[Placed]:
    """Header cells 类|款|项 that share their row with the first data cells."""
    if row >= len(grid.rows):
        return []
    parts = [p for p in grid.rows[row] if _is_code_part(p)]
    return parts if len(parts) >= 2 else []


def _repeated_rows(grid: CommonGrid, top: int, bottom: int, words: frozenset[str]) -> set[int]:
    """Rows of later pages that print the header (or title rows inside the grid) again."""
    originals = {_row_signature(grid.rows[r]) for r in range(bottom)}
    singles = {s for s in originals if len(s) == 1}
    repeats: set[int] = set()
    starts = [
        r for r in range(1, len(grid.rows)) if grid.row_fragments[r] != grid.row_fragments[r - 1]
    ]
    for start in starts:
        row = start
        while row < len(grid.rows) and row - start < bottom:
            signature = _row_signature(grid.rows[row])
            if not signature:
                following = _row_signature(grid.rows[row + 1]) if row + 1 < len(grid.rows) else ()
                if following and _is_among(following, originals):
                    row += 1
                    continue
                break
            if not _is_among(signature, originals) or (
                signature in singles and row >= start + top + 1
            ):
                break
            repeats.add(row)
            row += 1
    return repeats


def _is_among(signature: Signature, originals: Collection[Signature]) -> bool:
    """Whether a row prints the words of a header row in its columns.

    Pages that draw the columns some points apart make slivers of the common grid: a row with
    several words may stand one slot beside. A narrower cell is none of a header: 收入 and 支出
    over two columns each are its words, over one they may be the ends of two cut labels.
    """
    return any(_is_repeat(signature, own) for own in originals)


def _is_repeat(signature: Signature, own: Signature) -> bool:
    if [key for *_, key in signature] != [key for *_, key in own]:
        return False
    aside = max((abs(a[0] - b[0]) for a, b in zip(own, signature, strict=True)), default=0)
    is_narrower = any(b[1] < a[1] - aside for a, b in zip(own, signature, strict=True))
    return aside <= (len(signature) > 1) and not is_narrower


def _row_signature(row: Sequence[Placed]) -> Signature:
    return tuple((p.c0, p.c1, header_key(p.text)) for p in row if p.text)


def _leaf_columns(
    grid: CommonGrid, header: Sequence[Placed], body: Sequence[int], mixed: set[CellKey]
) -> tuple[LeafColumn, ...]:
    """Split the grid's width into leaf columns with their header paths."""
    width = len(grid.edges) - 1
    stacks: list[list[Placed]] = [[] for _ in range(width)]
    for cell in sorted(header, key=lambda p: (p.row, p.c0)):
        for slot in range(cell.c0, cell.c1):
            stacks[slot].append(cell)
    merged = [slot for slot in range(1, width) if _same_leaf(stacks, slot)]
    inner = _inner_edges(grid, body, mixed, merged)
    columns: list[LeafColumn] = []
    first = 0
    for slot in range(1, width + 1):
        if slot in inner:
            continue
        is_untold = _is_shared(stacks, first, slot) or _is_year_column(stacks[first])
        content = _content(grid, body, first, slot) if is_untold else ""
        columns.append(_leaf(len(columns), stacks[first], grid, first, slot, content))
        first = slot
    return tuple(columns)


def _is_shared(stacks: Sequence[Sequence[Placed]], first: int, end: int) -> bool:
    """Whether the lowest header cell over a column covers its neighbour too."""
    lowest = stacks[first][-1] if stacks[first] else None
    return lowest is not None and (lowest.c0 < first or lowest.c1 > end)


def _is_year_column(stack: Sequence[Placed]) -> bool:
    """Whether the lowest header cell over a column is a year, which tells nothing else of it."""
    return bool(stack) and _is_year(stack[-1])


def _content(
    grid: CommonGrid, body: Sequence[int], first: int, end: int
) -> Literal["", "words", "amounts"]:
    """What stands in the body between two column edges: words or amounts, nearly all of it."""
    cells = [p.text for row in body for p in grid.rows[row] if first <= p.c0 < end and p.text]
    texts = [text for text in cells if parse_figure(text).kind != "dash"]  # dashes say neither
    amounts = sum(looks_like_amount(text) for text in texts)
    if not texts or _MIXED_SHARE < amounts / len(texts) < 1 - _MIXED_SHARE:
        return ""
    return "amounts" if 2 * amounts > len(texts) else "words"


def _same_leaf(stacks: Sequence[Sequence[Placed]], slot: int) -> bool:
    left = stacks[slot - 1][-1].key if stacks[slot - 1] else None
    right = stacks[slot][-1].key if stacks[slot] else None
    return left == right


def _inner_edges(
    grid: CommonGrid, body: Sequence[int], mixed: set[CellKey], edges: Sequence[int]
) -> set[int]:
    """Those of some column edges that part no columns: no more cells begin there than lie across.

    Rows without any text do not count.
    """
    if not edges:
        return set()
    ranges: Counter[tuple[int, int]] = Counter()
    for row in body:
        cells: Sequence[Placed] = grid.rows[row]
        if mixed:
            cells = [p for p in cells if p.key not in mixed]
        if any(p.text for p in cells):
            ranges.update([(p.c0, p.c1) for p in cells])
    starts, crossings = Counter[int](), Counter[int]()
    for (c0, c1), count in ranges.items():
        starts[c0] += count
        for slot in range(c0 + 1, c1):
            crossings[slot] += count
    return {slot for slot in edges if starts[slot] <= crossings[slot]}


def _leaf(
    index: int,
    stack: Sequence[Placed],
    grid: CommonGrid,
    first: int,
    end: int,
    content: Literal["", "words", "amounts"],
) -> LeafColumn:
    """One leaf column; blank and numbering cells of the header are no part of its path."""
    path: list[str] = []
    year = unit = None
    for cell in stack:
        key = header_key(cell.text)
        year = header_year(cell.text) or year
        unit = header_unit(cell.text) or unit
        if not key or _COLUMN_NUMBER.match(key):
            continue
        if not path or path[-1] != key:
            path.append(key)
    x0, x1 = float(grid.edges[first]), float(grid.edges[end])
    return LeafColumn(index, tuple(path), x0, x1, year, unit, content)
