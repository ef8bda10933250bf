"""Lay a sheet on pages: wrap texts, choose heights, cut at page breaks, place every line.

Coordinates are points from the top left of the displayed page. A page shows some columns (a sheet
wider than the paper goes on to the right on further pages) and some rows.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from reportlab.pdfbase import pdfmetrics

from .sheet import Entry, Partly, Sheet
from .style import ASCENT, LEADING, PADDING, Style


@dataclass(frozen=True)
class Text:
    """A printed line: left end and baseline. ``clip``: x0, top, x1, bottom or None."""

    text: str
    x: float
    y: float
    clip: tuple[float, float, float, float] | None = None
    is_bold: bool = False
    size: float = 8.0


@dataclass
class PageDrawing:
    """Everything on one page. ``v[col edge, row]``, ``h[row edge, col]``: unit rules drawn."""

    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    v: set[tuple[int, int]] = field(default_factory=set)
    h: set[tuple[int, int]] = field(default_factory=set)
    texts: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """The pages and their size; ``shown``: text printed of each cell that had to be cut."""

    width: float
    height: float
    pages: tuple[PageDrawing, ...]
    shown: dict[tuple[int, int], str]
    has_overflow: bool = False


def text_width(text: str, style: Style) -> float:
    return float(pdfmetrics.stringWidth(text, style.font, style.size))


def wrap(text: str, width: float, style: Style) -> list[str]:
    """Break wherever a line is full, as table setters do with Chinese, codes and figures.

    The space at which a line is broken is not printed.
    """
    lines, line = [], ""
    for piece in _WORDS.findall(text) if style.keep_words else text:
        if line and text_width(line + piece, style) > width:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip()
        while text_width(piece, style) > width and len(piece) > 1:  # a word longer than a line
            fits = next(n for n in range(len(piece), 0, -1)
                        if n == 1 or text_width(piece[:n], style) <= width)  # fmt: skip
            lines.append(piece[:fits])
            piece = piece[fits:]
        line += piece
    return [*lines, line] if line else lines


_WORDS = re.compile(r"[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """Rows of an entry on one page (indices into that page's row list)."""

    entry: Entry
    page: int
    rows: range


class _Typesetter:
    def __init__(self, sheet: Sheet, style: Style) -> None:
        self.sheet, self.style = sheet, style
        scale = style.width / sum(sheet.weights)
        self.widths = [w * scale for w in sheet.weights]
        self.leading = LEADING * style.size
        self.shown: dict[tuple[int, int], str] = {}
        self.lines = {(e.row, e.col): self._lines_of(e) for e in sheet.entries}
        self.bands = self._bands()
        self.heights = self._heights()

    def _bands(self) -> list[list[int]]:
        """The rows on each page, header rows included where it is repeated."""
        header = list(range(self.sheet.n_header))
        body = range(self.sheet.n_header, self.sheet.n_rows)
        cuts = sorted({b for b in self.style.breaks if 0 < b < len(body)})
        bands = [list(body[a:b]) for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        if self.style.cut_rows:
            for above, below in pairwise(bands):
                if self._can_be_cut(above[-1]):
                    below.insert(0, above[-1])
        return [
            [*header, *rows] if i == 0 or self.style.repeat_header else rows
            for i, rows in enumerate(bands)
        ]

    def _can_be_cut(self, row: int) -> bool:
        """Whether a name or sentence of this row alone has two lines, and no figure has."""
        own = [e for e in self.sheet.entries if e.row == row and e.row_span == 1]
        long = [e for e in own if len(self.lines[e.row, e.col]) > 1]
        return bool(long) and not any(e.kind == "amount" or e.text.isdigit() for e in long)

    def lines_in(self, mine: Sequence["_Part"], here: "_Part") -> list[str]:
        """The lines of an entry that stand in a part: a row that is cut shows its first one."""
        lines = self.lines[here.entry.row, here.entry.col]
        if here.entry.row_span > 1 or here.entry.kind == "header" or len(mine) == 1:
            return lines
        return lines[:1] if here is mine[0] else lines[1:]

    def _lines_of(self, entry: Entry) -> list[str]:
        text = entry.text
        if entry.kind == "header" and self.style.letter_spaced and len(text) == 2:
            text = f"{text[0]}　　{text[1]}"
        width = sum(self.widths[c] for c in entry.cols) - 2 * PADDING
        if self.overflows(entry):
            return [text]
        if entry.kind == "header" and text_width(text, self.style) > width:
            text = entry.text
        lines = wrap(text, width, self.style)
        cap = self.style.max_lines
        is_cut = cap is not None and entry.row_span == 1 and len(lines) > cap
        if is_cut and entry.kind in ("label", "prose") and not text[:3].isascii():
            lines = lines[:cap]
            self.shown[entry.row, entry.col] = "".join(lines)
        return lines

    def overflows(self, entry: Entry) -> bool:
        """An amount too wide for its column runs over its empty left neighbour."""
        if not self.style.overflow or entry.kind != "amount" or entry.row_span > 1:
            return False
        left = next(
            (e for e in self.sheet.entries if entry.row in e.rows and entry.col - 1 in e.cols), None
        )
        width = text_width(entry.text, self.style)
        own = self.widths[entry.col]
        return bool(
            left
            and left.kind == "amount"
            and not left.text
            and entry.col != self.style.sideways
            and own - 2 * PADDING < width < own + self.widths[entry.col - 1] - 2 * PADDING
        )

    def parts(self) -> list[_Part]:
        """Every entry cut at the page ends; header rows once for each page that shows them."""
        found = []
        for page, rows in enumerate(self.bands):
            place = {row: i for i, row in enumerate(rows)}
            for entry in self.sheet.entries:
                mine = [place[r] for r in entry.rows if r in place]
                if mine:
                    found.append(_Part(entry, page, range(mine[0], mine[-1] + 1)))
        return found

    def printed_parts(self, parts: Sequence[_Part]) -> list[_Part]:
        """The parts of one entry whose text is printed whole in them (closed styles)."""
        if parts[0].entry.kind == "header" or self.style.split == "repeat":
            return list(parts)
        if self.style.split == "first":
            return [parts[0]]
        return [max(parts, key=lambda p: (len(p.rows), -p.page))]

    def _need(self, entry: Entry) -> float:
        return len(self.lines[entry.row, entry.col]) * self.leading + 2 * PADDING

    def _heights(self) -> list[list[float]]:
        """Row heights by page; merged cells stretch the rows in which their text stands."""
        heights = [[self.leading + 2 * PADDING] * len(rows) for rows in self.bands]
        by_entry: dict[Entry, list[_Part]] = {}
        for part in self.parts():
            by_entry.setdefault(part.entry, []).append(part)
        for entry in sorted(by_entry, key=lambda e: e.row_span):
            parts = by_entry[entry]
            need = self._need(entry)
            if entry.row_span == 1 and entry.kind != "header":
                for part in parts:
                    need = len(self.lines_in(parts, part)) * self.leading + 2 * PADDING
                    _stretch(heights, [(part.page, r) for r in part.rows], need)
                continue
            if entry.kind == "header" or self.style.split != "native":
                for part in self.printed_parts(parts):
                    _stretch(heights, [(part.page, r) for r in part.rows], need)
            else:
                _stretch(heights, [(p.page, r) for p in parts for r in p.rows], need)
        if self.style.split == "native" and not self.style.cut_lines:
            # Whole lines: no page end cuts a line of a merged cell lengthwise.
            heights = [[math.ceil(h / self.leading - 1e-6) * self.leading for h in page]
                       for page in heights]  # fmt: skip
        return heights


def _stretch(heights: list[list[float]], rows: list[tuple[int, int]], need: float) -> None:
    missing = need - sum(heights[p][r] for p, r in rows)
    if missing > 0:
        for p, r in rows:
            heights[p][r] += missing / len(rows)


def lay_out(sheet: Sheet, style: Style) -> Layout:
    """The drawing of every page of a sheet, with its captions."""
    setter = _Typesetter(sheet, style)
    n_cols = sheet.n_cols
    cut = style.sideways if style.sideways and 0 < style.sideways < n_cols else None
    spans = [range(cut), range(cut, n_cols)] if cut else [range(n_cols)]
    caption_height = 4.0 * style.size * LEADING + 10.0
    tops = [
        style.margin + (caption_height if i == 0 or style.repeat_title else 0.0)
        for i in range(len(setter.bands))
    ]
    bottom = max(t + sum(h) for t, h in zip(tops, setter.heights, strict=True))
    height = max(style.paper_height, bottom + style.margin)
    widths = [sum(setter.widths[c] for c in span) for span in spans]
    width = max(max(widths), 300.0) + 2 * style.margin
    bands = range(len(setter.bands))
    order = (
        [(b, s) for s in range(len(spans)) for b in bands]
        if style.down_first
        else [(b, s) for b in bands for s in range(len(spans))]
    )
    parts: dict[Entry, list[_Part]] = {}
    for part in setter.parts():
        parts.setdefault(part.entry, []).append(part)
    pages = []
    for number, (band, side) in enumerate(order):
        page = _page_of(setter, parts, band, spans[side], tops[band])
        if side == 0 and (band == 0 or style.repeat_title):
            page.texts += _captions(sheet, style, tops[band], width)
        page.texts += _furniture(style, number, len(order), width, height)
        pages.append(page)
    has_overflow = any(setter.overflows(e) for e in sheet.entries)
    if style.split in ("first", "larger"):
        for entry, mine in parts.items():
            if len(mine) > 1 and entry.row_span > 1:
                setter.shown[entry.row, entry.col] = Partly(entry.text)
    return Layout(width, height, tuple(pages), setter.shown, has_overflow)


def _page_of(
    setter: _Typesetter, parts: dict[Entry, list[_Part]], band: int, cols: range, top: float
) -> PageDrawing:
    style = setter.style
    page = PageDrawing()
    page.xs = [style.margin]
    for c in cols:
        page.xs.append(page.xs[-1] + setter.widths[c])
    page.ys = [top]
    for h in setter.heights[band]:
        page.ys.append(page.ys[-1] + h)
    n, m = len(page.xs) - 1, len(page.ys) - 1
    page.v = {(j, r) for j in range(n + 1) for r in range(m)}
    page.h = {(i, c) for i in range(m + 1) for c in range(n)}
    if style.open_left and cols[0] == 0:
        page.v -= {(0, r) for r in range(m)}
    if style.open_right and cols[-1] == setter.sheet.n_cols - 1:
        page.v -= {(n, r) for r in range(m)}
    for entry, mine in parts.items():
        here = next((p for p in mine if p.page == band), None)
        if here is None or entry.cols[0] not in cols:
            continue
        first = entry.cols[0] - cols[0]
        last = min(entry.cols[-1], cols[-1]) - cols[0]
        page.v -= {(j, r) for j in range(first + 1, last + 1) for r in here.rows}
        page.h -= {
            (i, c) for i in range(here.rows[0] + 1, here.rows[-1] + 1)
            for c in range(first, last + 1)
        }  # fmt: skip
        if setter.overflows(entry):
            page.v.discard((first, here.rows[0]))
        if style.split == "native" and entry.kind != "header":
            _open_at_breaks(page, setter, mine, here, range(first, last + 1))
        page.texts += _texts_of(setter, page, mine, here, first, last)
    return page


def _open_at_breaks(
    page: PageDrawing, setter: _Typesetter, mine: list[_Part], here: _Part, cols: range
) -> None:
    """A spreadsheet draws no rule where the page cuts a merged range; a header above closes it."""
    if here is not mine[-1]:
        page.h -= {(here.rows[-1] + 1, c) for c in cols}
    if here is not mine[0] and here.rows[0] == 0:
        page.h -= {(0, c) for c in cols}


def _texts_of(
    setter: _Typesetter, page: PageDrawing, mine: list[_Part], here: _Part, first: int, last: int
) -> list[Text]:
    style, entry = setter.style, here.entry
    lines = setter.lines_in(mine, here)
    is_cut = entry.row_span == 1 and len(mine) > 1
    x0, x1 = page.xs[first], page.xs[last + 1]
    top, bottom = page.ys[here.rows[0]], page.ys[here.rows[-1] + 1]
    block = len(lines) * setter.leading
    clip = None
    if entry.kind != "header" and style.split == "native" and len(mine) > 1 and not is_cut:
        above = sum(setter.heights[p.page][r] for p in mine if p.page < here.page for r in p.rows)
        whole = sum(setter.heights[p.page][r] for p in mine for r in p.rows)
        room = _middle(whole, block) if style.valign == "middle" else PADDING
        if not style.cut_lines:
            room -= room % setter.leading
        start = top - above + room
        clip = (x0, top, x1, bottom)
    elif not is_cut and here not in setter.printed_parts(mine):
        return []
    else:
        is_mid = (style.valign == "middle" and not is_cut) or entry.kind == "header"
        start = top + (_middle(bottom - top, block) if is_mid else PADDING)
    texts = []
    for i, line in enumerate(lines):
        y = start + i * setter.leading
        is_here = clip is None or (y + setter.leading > top + 0.1 and y < bottom - 0.1)
        if not (is_here or style.hidden):
            continue
        width = text_width(line, style)
        if entry.kind == "amount":
            x = x1 - PADDING - width
        elif entry.kind == "prose" or (entry.kind == "label" and len(lines) > 1):
            x = x0 + PADDING
        else:
            x = (x0 + x1 - width) / 2
        bold = style.bold_header and entry.kind == "header"
        texts.append(Text(line, x, y + ASCENT * style.size, clip, bold, style.size))
    return texts


def _middle(room: float, block: float) -> float:
    return max((room - block) / 2, PADDING)


def _captions(sheet: Sheet, style: Style, top: float, width: float) -> list[Text]:
    """Number and unit-name on the left, title in the middle, unit on the right, above the table."""
    left, right = style.margin, width - style.margin
    size = style.size
    rows = [top - 10.0 - k * size * LEADING for k in (3, 2, 1)]
    title = f"2026年{sheet.title}"
    unit = f"单位：{sheet.unit}"
    big = replace(style, size=size + 2)
    return [
        Text(sheet.number, left, rows[0], size=size),
        Text(title, (width - text_width(title, big)) / 2, rows[1], size=size + 2),
        Text("编制单位：城市管理指挥中心", left, rows[2] + 8, size=size),
        Text(unit, right - text_width(unit, style), rows[2] + 8, size=size),
    ]


def _furniture(style: Style, number: int, n: int, width: float, height: float) -> list[Text]:
    texts = []
    if style.running_title:
        text = "城市管理指挥中心2026年部门预算"
        texts.append(Text(text, (width - text_width(text, style)) / 2, 16.0, size=style.size))
    if style.page_numbers:
        text = f"第 {number + 1} 页，共 {n} 页"
        texts.append(
            Text(text, (width - text_width(text, style)) / 2, height - 12.0, size=style.size)
        )
    return texts
