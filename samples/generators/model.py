"""Tables as data: what is drawn (a grid with spans) and what is true (the golden beside the PDF).

Lengths are in points. A `Table` says what a disclosure table holds; `grid_of` lays it out as a
`Grid`, which the two drawing modules (`calc`, `canvas`) turn into pages; `truth_of` writes the
golden from the same rows, so drawing and golden cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Align = Literal["left", "center", "right"]
Role = Literal["label", "amount", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: header path joined by ``/``, width in points, alignment, what its cells are."""

    path: str
    width: float
    align: Align = "left"
    role: Role = "label"


def amount(path: str, width: float) -> Column:
    return Column(path, width, "right", "amount")


@dataclass(frozen=True, slots=True)
class Table:
    """One published table.

    ``rows``: the true values, one per column, None = blank. ``printed`` overrides what is drawn
    in (row, column), e.g. a letter-spaced 合 计 or a value that was lost; a tuple of strings is
    drawn as these lines. ``merges``: (first row, last row, column) cells drawn as one.
    ``spans``: (row, first column, last column) drawn as one cell, centred. ``under_header``: a
    row such as 栏次 1 2 3 below the header; None-like cells "" stay blank.
    ``breaks``: body rows before which a page ends. ``part_breaks``: rows before which a merged
    cell is split without a page end. ``lines_above``: (left, right) text between title and grid.
    """

    family: str
    title: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    printed: Mapping[tuple[int, int], str | tuple[str, ...]] = field(default_factory=dict)
    header_text: Mapping[str, str] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int], ...] = ()
    spans: tuple[tuple[int, int, int], ...] = ()
    under_header: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()
    part_breaks: tuple[int, ...] = ()
    lines_above: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    landscape: bool = False
    font_size: float = 9.0
    row_height: float = 0.0
    repeat_header: bool = False
    is_empty: bool = False
    row_extra: tuple[Mapping[str, Any], ...] = ()
    facts: tuple[Mapping[str, Any], ...] = ()
    custom: Grid | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A drawn cell: position, spans, lines of text (one string = wrap it), alignment, rules."""

    row: int
    col: int
    text: str | tuple[str, ...] = ""
    row_span: int = 1
    col_span: int = 1
    align: Align = "center"
    ruled: bool = True
    bold: bool = False
    size: float = 0.0
    valign: Literal["middle", "top"] = "middle"
    nowrap: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet: column widths, row heights, slots, the rows before which a page ends."""

    name: str
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    slots: tuple[Slot, ...]
    breaks: tuple[int, ...] = ()
    part_breaks: tuple[int, ...] = ()
    header_rows: tuple[int, int] | None = None
    landscape: bool = False
    font_size: float = 9.0


def text_width(text: str, size: float) -> float:
    """Width in points, reckoning a Chinese character as 1 em and any other as 0.56 em."""
    return sum(size if ord(c) > 0x2000 else 0.56 * size for c in text)


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """Break after any character, as spreadsheets do with Chinese text."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for char in part:
            if line and text_width(line + char, size) > width:
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return tuple(lines)


def header_slots(
    columns: Sequence[Column], top: int, spoken: Mapping[str, str]
) -> tuple[list[Slot], int]:
    """Merge equal neighbouring path parts across, and a part without children down."""
    paths = [c.path.split("/") for c in columns]
    depth = max(len(p) for p in paths)
    slots: list[Slot] = []
    for level in range(depth):
        col = 0
        while col < len(paths):
            path = paths[col]
            if level >= len(path):
                col += 1
                continue
            end = col + 1
            while end < len(paths) and paths[end][: level + 1] == path[: level + 1]:
                end += 1
            leaf = level == len(path) - 1
            text = spoken.get(path[level], path[level])
            slots.append(
                Slot(top + level, col, text, depth - level if leaf else 1, end - col, bold=True)
            )
            col = end
    return slots, depth


def printed_text(table: Table, row: int, col: int) -> str | tuple[str, ...]:
    override = table.printed.get((row, col))
    return override if override is not None else (table.rows[row][col] or "")


def row_lines(table: Table, row: int, merged: set[tuple[int, int]]) -> int:
    """How many lines the tallest unmerged cell of the row needs."""
    most = 1
    for col, column in enumerate(table.columns):
        if (row, col) in merged:
            continue
        text = printed_text(table, row, col)
        lines = wrap(text, column.width - 5, table.font_size) if isinstance(text, str) else text
        most = max(most, len(lines) if column.role != "amount" else 1)
    return most


def split_column(table: Table) -> int:
    """Where the left text above the grid ends and the right one begins: at half the width."""
    half, run = sum(c.width for c in table.columns) * 0.5, 0.0
    for index, column in enumerate(table.columns):
        run += column.width
        if run >= half:
            return min(index + 1, len(table.columns) - 1)
    return 1


def grid_of(table: Table, leading: float = 1.46) -> Grid:
    """Lay a table out: title, lines above, header, body, notes. ``leading``: line height in em."""
    if table.custom is not None:
        return table.custom
    n, size = len(table.columns), table.font_size
    slots = [Slot(0, 0, table.title, 1, n, ruled=False, bold=True, size=size + 5)]
    heights = [30.0]
    for left, right in table.lines_above:
        split = split_column(table)
        row = len(heights)
        if left:
            slots.append(Slot(row, 0, left, 1, split, "left", ruled=False))
        if right:
            start = split if left else 0
            slots.append(Slot(row, start, right, 1, n - start, "right", ruled=False))
        heights.append(size * 1.8)
    top = len(heights)
    header, depth = header_slots(table.columns, top, table.header_text)
    slots += header
    for level in range(depth):
        most = max(
            (
                len(
                    wrap(
                        str(s.text),
                        sum(c.width for c in table.columns[s.col : s.col + s.col_span]) - 5,
                        size,
                    )
                )
                / s.row_span
                for s in header
                if s.row <= top + level < s.row + s.row_span
            ),
            default=1,
        )
        heights.append(max(table.row_height, most * size * leading + 6))
    if table.under_header:
        slots += [Slot(len(heights), c, t) for c, t in enumerate(table.under_header)]
        heights.append(max(table.row_height, size * leading + 3.5))
    body = len(heights)
    slots += body_slots(table, body)
    merged = {(r, c) for a, b, c in table.merges for r in range(a, b + 1) if b > a}
    heights += [
        max(table.row_height, row_lines(table, row, merged) * size * leading + 3.5)
        for row in range(len(table.rows))
    ]
    for note in table.notes:
        slots.append(Slot(len(heights), 0, note, 1, n, "left", ruled=False))
        heights.append(size * 1.9)
    return Grid(
        table.title,
        tuple(c.width for c in table.columns),
        tuple(heights),
        tuple(slots),
        tuple(body + r for r in table.breaks),
        tuple(body + r for r in table.part_breaks),
        (top, body) if table.repeat_header else None,
        table.landscape,
        size,
    )


def body_slots(table: Table, body: int) -> list[Slot]:
    """The cells of data and filler rows; ``body`` is the sheet row of the first."""
    down = {(r, c) for a, b, c in table.merges for r in range(a, b + 1) if b > a}
    across = {(r, c) for r, a, b in table.spans for c in range(a, b + 1)}
    slots = [
        Slot(
            body + row,
            col,
            printed_text(table, row, col),
            align=column.align,
            nowrap=column.role == "amount",
        )
        for row in range(len(table.rows))
        for col, column in enumerate(table.columns)
        if (row, col) not in down | across
    ]
    for row, first, last in table.spans:
        texts = [printed_text(table, row, c) for c in range(first, last + 1)]
        text = next((t for t in texts if t), "")
        slots.append(Slot(body + row, first, text, 1, last - first + 1))
    for first, last, col in table.merges:
        if last > first:
            lead = next((r for r in range(first, last + 1) if (r, col) in table.printed), first)
            slots.append(
                Slot(
                    body + first,
                    col,
                    printed_text(table, lead, col),
                    last - first + 1,
                    align=table.columns[col].align,
                )
            )
    return slots


def amounts_of(table: Table) -> list[dict[str, Any]]:
    """Every non-blank money figure with the labels that name it (its lane's labels only)."""
    found: list[dict[str, Any]] = []
    for r, row in enumerate(table.rows):
        for c, column in enumerate(table.columns):
            text = row[c]
            if column.role != "amount" or text is None:
                continue
            if any(a <= r <= b and c == col and r != a for a, b, col in table.merges):
                continue
            labels = [
                v
                for other, v in zip(table.columns, row, strict=True)
                if other.role == "label" and v and same_lane(table, other, column)
            ]
            found.append(
                {
                    "row": r,
                    "labels": labels,
                    "column": column.path,
                    "text": text,
                    "printed": table.printed.get((r, c)) != "",
                }
            )
    return found


def same_lane(table: Table, label: Column, money: Column) -> bool:
    """Side-by-side lists (收入 | 支出) do not label each other's figures."""
    lanes = {c.path.split("/")[0] for c in table.columns if c.role == "label"}
    home = money.path.split("/")[0]
    return home not in lanes or label.path.split("/")[0] == home


def truth_of(table: Table) -> dict[str, Any]:
    """One entry of the golden's ``tables``. Filler rows (``row_type`` filler) say nothing."""
    paths = [c.path for c in table.columns]
    extras = table.row_extra or tuple({} for _ in table.rows)
    kept = [r for r, extra in enumerate(extras) if extra.get("row_type") != "filler"]
    places = {row: place for place, row in enumerate(kept)}
    rows = [dict(zip(paths, table.rows[r], strict=True)) | dict(extras[r]) for r in kept]
    amounts = [a | {"row": places[a["row"]]} for a in amounts_of(table)]
    return {
        "table_title": table.title,
        "family": table.family,
        "unit": table.unit,
        "is_empty": table.is_empty,
        "n_data_rows": len(rows),
        "columns": paths,
        "amounts": amounts + [dict(f) for f in table.facts],
        "rows": rows,
    }
