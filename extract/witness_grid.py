"""What the slower engines share: their cells as a grid, their characters as glyphs, the page.

pdfplumber and camelot each find their own rules, cells and characters; from there on a page is
assembled by the same code as for the fast reader, so that engines differ only where they read
differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .grid import Grid
from .model import Box, Edge, EngineName, Glyphs, RawPage
from .settings import ReadSettings
from .tables import assemble_page
from .witness_turn import turn_upright

_EDGE_TOLERANCE = 0.5  # pt; engines snap rules themselves, this only absorbs float noise
_UNREADABLE = 0xFFFD
_DOUBLED = 0.12  # fake bold draws a glyph again this close, in font sizes
_LARGE_PICTURE = 0.5  # of the page


class Char(NamedTuple):
    """A character as an engine reports it; displayed coordinates in points.

    ``text`` may hold several letters (a ligature). ``turn``: direction of writing in quarter
    turns clockwise. ``is_white``: it shows only on a coloured ground. ``is_visible`` False: not
    painted at all.
    """

    text: str
    box: Box
    origin: tuple[float, float]
    size: float
    turn: int
    is_white: bool = False
    is_visible: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """The displayed page. ``shift_x``, ``shift_y``: from the media box's corner to the crop box's.

    Engines that count from the media box subtract the shift.
    """

    width: float
    height: float
    rotation: int
    shift_x: float
    shift_y: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What an engine itself finds on a page: its grids and characters, nothing assembled yet.

    ``pictures`` and ``inked`` are coloured areas. All in displayed coordinates.
    """

    number: int
    frame: Frame
    grids: tuple[Grid, ...]
    chars: tuple[Char, ...]
    pictures: tuple[Box, ...]
    inked: tuple[Box, ...]


Bounds: TypeAlias = tuple[float, float, float, float]
Span: TypeAlias = tuple[int, int, int, int]
"""row, col, row_span, col_span"""
Floats: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]


def quarter_turns(dx: float, dy: float) -> int:
    """Direction of writing on the displayed page (y down): 0 right, 1 down, 2 left, 3 up."""
    if abs(dx) >= abs(dy):
        return 0 if dx >= 0 else 2
    return 1 if dy > 0 else 3


def is_white(color: object, white: int) -> bool:
    """Whether a colour of 1 (gray), 3 (RGB) or 4 (CMYK) parts of 0 to 1 is white paper.

    ``white``: least channel value of 255. Patterns, tints and unset colours are not white.
    """
    parts = (color,) if isinstance(color, int | float) else color
    if not isinstance(parts, tuple | list) or not parts:
        return False
    if not all(isinstance(part, int | float) for part in parts):
        return False
    if len(parts) == 4:
        return all(1 - part >= white / 255 for part in parts)
    return len(parts) in (1, 3) and all(part >= white / 255 for part in parts)


def page_frame(media: Sequence[float], crop: Sequence[float], rotation: int) -> Frame:
    """Lay the displayed page out from its boxes (left, bottom, right, top) and /Rotate."""
    left, bottom, right, top = ordered_box(media)
    c_left, c_bottom, c_right, c_top = ordered_box(crop)
    c_left, c_bottom = max(left, c_left), max(bottom, c_bottom)
    c_right, c_top = min(right, c_right), min(top, c_top)
    if c_left >= c_right or c_bottom >= c_top:  # a crop box that misses the page is no crop box
        c_left, c_bottom, c_right, c_top = left, bottom, right, top
    shifts = {
        0: (c_left - left, top - c_top),
        90: (c_bottom - bottom, c_left - left),
        180: (right - c_right, c_bottom - bottom),
        270: (top - c_top, right - c_right),
    }
    width, height = c_right - c_left, c_top - c_bottom
    if rotation in (90, 270):
        width, height = height, width
    return Frame(width, height, rotation, *shifts.get(rotation, shifts[0]))


def ordered_box(box: Sequence[float]) -> Bounds:
    """Return left, bottom, right, top of a rectangle given by any two opposite corners."""
    x0, y0, x1, y1 = map(float, box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def boxes_to_grid(boxes: Sequence[Box]) -> Grid:
    """Make a grid of cell boxes: edges are all their sides, spans follow from their extent.

    Slots that no box covers stay empty. Of overlapping boxes the smaller one is kept; the text
    of the other then stands outside the table, not in two cells.
    """
    cols = _cluster([box.x0 for box in boxes] + [box.x1 for box in boxes])
    rows = _cluster([box.top for box in boxes] + [box.bottom for box in boxes])
    slots = np.full((len(rows) - 1, len(cols) - 1), -1, np.int64)
    cells: list[Span] = []
    for box in sorted(boxes, key=lambda b: ((b.x1 - b.x0) * (b.bottom - b.top), b.top, b.x0)):
        row, end_row = _nearest(rows, box.top), _nearest(rows, box.bottom)
        col, end_col = _nearest(cols, box.x0), _nearest(cols, box.x1)
        covered = slots[row:end_row, col:end_col]
        if covered.size and (covered < 0).all():
            covered[:] = len(cells)
            cells.append((row, col, end_row - row, end_col - col))
    closed: frozenset[Edge] = frozenset()  # a box has four sides
    return _grid(rows, cols, cells, [closed] * len(cells))


def borders_to_grid(
    cols: Sequence[float], rows: Sequence[float], walls: Bools, lids: Bools
) -> Grid:
    """Make a grid of slots with borders: a missing inner border joins two slots.

    ``cols`` (n_cols + 1) and ``rows`` (n_rows + 1) in points, ascending. ``walls`` (n_rows,
    n_cols + 1): whether a slot has a border at its left; the last column is the table's right
    side. ``lids`` (n_rows + 1, n_cols): at its top; the last row is the table's bottom. Where
    slots join to something that is no rectangle, the cells are rectangles of it, found in reading
    order. Sides without any border are open edges.
    """
    n_rows, n_cols = len(rows) - 1, len(cols) - 1
    taken = np.zeros((n_rows, n_cols), np.bool_)
    cells = []
    for row, col in np.ndindex(n_rows, n_cols):
        if taken[row, col]:
            continue
        right = col + 1
        while right < n_cols and not walls[row, right] and not taken[row, right]:
            right += 1
        bottom = row + 1
        while (
            bottom < n_rows
            and not lids[bottom, col:right].any()
            and not walls[bottom, col + 1 : right].any()
            and not taken[bottom, col:right].any()
        ):
            bottom += 1
        taken[row:bottom, col:right] = True
        cells.append((row, col, bottom - row, right - col))
    open_edges = [_open_edges(cell, walls, lids) for cell in cells]
    return _grid(np.array(rows, np.float32), np.array(cols, np.float32), cells, open_edges)


def _open_edges(cell: Span, walls: Bools, lids: Bools) -> frozenset[Edge]:
    row, col, row_span, col_span = cell
    down, across = slice(row, row + row_span), slice(col, col + col_span)
    is_drawn: dict[Edge, np.bool_] = {
        "left": walls[down, col].any(),
        "top": lids[row, across].any(),
        "right": walls[down, col + col_span].any(),
        "bottom": lids[row + row_span, across].any(),
    }
    return frozenset(edge for edge, drawn in is_drawn.items() if not drawn)


def _cluster(values: Sequence[float]) -> Floats:
    ordered = np.sort(np.array(values, np.float32))
    starts = np.concatenate(([True], np.diff(ordered) > _EDGE_TOLERANCE))
    return ordered[starts]


def _nearest(edges: Floats, value: float) -> int:
    return int(np.abs(edges - value).argmin())


def _grid(
    rows: Floats, cols: Floats, cells: Sequence[Span], open_edges: Sequence[frozenset[Edge]]
) -> Grid:
    ordered = sorted(zip(cells, open_edges, strict=True), key=lambda pair: pair[0])
    slots = np.full((len(rows) - 1, len(cols) - 1), -1, np.int64)
    for index, ((row, col, row_span, col_span), _) in enumerate(ordered):
        slots[row : row + row_span, col : col + col_span] = index
    return Grid(
        row_edges=rows,
        col_edges=cols,
        cells=np.array([cell for cell, _ in ordered], np.int64).reshape(-1, 4),
        slots=slots,
        open_edges=tuple(edges for _, edges in ordered),
    )


def make_page(scan: Scan, engine: EngineName, settings: ReadSettings) -> RawPage:
    """Assemble a page of an engine's grids and characters.

    Grids of a single cell are frames, not tables, and a sideways page is turned, as for the fast
    reader.
    """
    frame, chars = scan.frame, scan.chars
    is_printed = printed_flags(scan)
    printed = drop_doubled([char for char, shown in zip(chars, is_printed, strict=True) if shown])
    hidden = sum(
        not shown and not char.text.isspace() for char, shown in zip(chars, is_printed, strict=True)
    )
    tables_only = [grid for grid in scan.grids if len(grid.cells) >= 2]
    page = turn_upright(frame.width, frame.height, chars_to_glyphs(printed), tables_only)
    in_order = sorted(
        page.grids, key=lambda grid: (float(grid.row_edges[0]), float(grid.col_edges[0]))
    )
    tables, lines = assemble_page(scan.number, page.glyphs, in_order, settings.text, engine)
    limit = _LARGE_PICTURE * frame.width * frame.height
    return RawPage(
        number=scan.number,
        width=page.width,
        height=page.height,
        rotation=(frame.rotation + page.degrees) % 360,
        tables=tables,
        lines=lines,
        n_glyphs=len(page.glyphs),
        n_hidden=hidden,
        has_image=any((b.x1 - b.x0) * (b.bottom - b.top) > limit for b in scan.pictures),
    )


def printed_flags(scan: Scan) -> list[bool]:
    """For each character, whether it is painted, on the page, and not white on white."""
    grounds = (*scan.pictures, *scan.inked)
    return [_is_printed(char, scan.frame, grounds) for char in scan.chars]


def _is_printed(char: Char, frame: Frame, grounds: Sequence[Box]) -> bool:
    x, y = (char.box.x0 + char.box.x1) / 2, (char.box.top + char.box.bottom) / 2
    if not char.is_visible or not (0 <= x <= frame.width and 0 <= y <= frame.height):
        return False
    return not char.is_white or any(
        ground.x0 <= x <= ground.x1 and ground.top <= y <= ground.bottom for ground in grounds
    )


def drop_doubled(chars: Sequence[Char]) -> list[Char]:
    """Drop each character that repeats one drawn at the same place (fake bold), keep the order."""
    kept: list[Char] = []
    places: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        step = max(_DOUBLED * char.size, 0.01)
        col, row = int(char.origin[0] // step), int(char.origin[1] // step)
        near = (
            other
            for d_col in (-1, 0, 1)
            for d_row in (-1, 0, 1)
            for other in places.get((char.text, col + d_col, row + d_row), ())
        )
        if any(_same_place(char, other, step) for other in near):
            continue
        places.setdefault((char.text, col, row), []).append(char)
        kept.append(char)
    return kept


def _same_place(one: Char, other: Char, step: float) -> bool:
    return (
        abs(one.origin[0] - other.origin[0]) < step and abs(one.origin[1] - other.origin[1]) < step
    )


def chars_to_glyphs(chars: Sequence[Char]) -> Glyphs:
    """Turn characters into glyphs; the letters of a ligature share its box in equal parts.

    A character that the engine could not decode (``(cid:n)``, control codes) is one U+FFFD.
    """
    codes: list[int] = []
    boxes: list[Box] = []
    origins: list[tuple[float, float]] = []
    sizes: list[float] = []
    turns: list[int] = []
    for char in chars:
        letters = _codes(char.text)
        for place, code in enumerate(letters):
            codes.append(code)
            boxes.append(_part(char.box, place, len(letters), char.turn))
            origins.append(_moved(char, place, len(letters)))
            sizes.append(max(char.size, 0.1))
            turns.append(char.turn)
    return Glyphs(
        codes=np.array(codes, np.uint32),
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        origins=np.array(origins, np.float32).reshape(-1, 2),
        sizes=np.array(sizes, np.float32),
        turns=np.array(turns, np.uint8),
    )


def _codes(text: str) -> list[int]:
    if text.startswith("(cid:"):
        return [_UNREADABLE]
    codes = [0x20 if letter == "\t" else ord(letter) for letter in text if letter not in "\r\n"]
    return [_UNREADABLE if code < 0x20 or 0xD800 <= code < 0xE000 else code for code in codes]


def _part(box: Box, place: int, count: int, turn: int) -> Box:
    """Return the ``place``-th of ``count`` equal parts of a box in the direction of writing."""
    if count == 1:
        return box
    if turn in (2, 3):
        place = count - 1 - place
    if turn in (0, 2):
        step = (box.x1 - box.x0) / count
        return Box(box.x0 + place * step, box.top, box.x0 + (place + 1) * step, box.bottom)
    step = (box.bottom - box.top) / count
    return Box(box.x0, box.top + place * step, box.x1, box.top + (place + 1) * step)


def _moved(char: Char, place: int, count: int) -> tuple[float, float]:
    """Return the pen position of the ``place``-th of ``count`` letters of a ligature."""
    along = (char.box.x1 - char.box.x0) if char.turn in (0, 2) else (char.box.bottom - char.box.top)
    step = place * along / count
    dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[char.turn]
    return char.origin[0] + dx * step, char.origin[1] + dy * step
