"""The running text of a document: the printed lines outside tables, joined to paragraphs.

A paragraph goes on over lines and over pages. Where it ends is told by the lines themselves: the
next one is indented, or this one ends short of the margin though what follows would have fitted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from yusuan.extract.model import Line, RawPage
from yusuan.normalize.text import HAN, fold_radicals

_PAGE_NUMBER = re.compile(r"[-—–－\s第·]*\d{1,4}[-—–－\s页·]*(?:共\s*\d+\s*页)?")
_WORD = re.compile(r"\S+")
_DIGITS = re.compile(r"\d+")
_ASCII_TOKEN = re.compile(r"[!-~]+")
_HAN_CHAR = re.compile(f"[{HAN}]")
_ORDINAL_START = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第.部分)"
)
_ANY_ORDINAL = re.compile(rf"{_ORDINAL_START.pattern}|\s*\d{{1,2}}[.．、]")
_ENDS: Final = "。；;：:！？）)"
_OPEN_LINES: Final = 3
_STOPS: Final = "。；;：:！"
_NUMBER_CHARS: Final = frozenset("0123456789.,，")
# The share of a page's height at its top and bottom where running heads and page numbers stand.
_MARGIN_SHARE: Final = 0.12
_MIN_REPEATS: Final = 3
# Indent of a first line is two em; justified and ragged lines end within the last two.
_INDENT_EM: Final = 1.2
_RAGGED_EM: Final = 2.2
_ASCII_EM: Final = 0.55


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: its text without the setter's spaces, and where each character is printed.

    ``pages[i]``, ``offsets[i]``: page (from 1) of ``text[i]``, and its place in ``page_prose``.
    ``run``: number of the stretch of pages without tables between that it belongs to.
    """

    text: str
    pages: tuple[int, ...]
    offsets: tuple[int, ...]
    run: int


def page_prose(page: RawPage) -> str:
    """The text of a page outside its tables: the printed lines, each on a line of its own."""
    return "\n".join(line.text for line in page.lines)


def paragraphs(pages: Sequence[RawPage]) -> tuple[Paragraph, ...]:
    """The paragraphs of the running text, in reading order.

    Running heads and page numbers are left out. Captions of tables are in: prose may end in one.
    """
    keys = [[_running_key(page, line) for line in page.lines] for page in pages]
    running = _running_lines(keys)
    found: list[Paragraph] = []
    building: list[tuple[Line, int, int]] = []
    last: _Placed | None = None
    run = 0
    for page, keys_of_page in zip(pages, keys, strict=True):
        if page.tables:
            run += 1
        for placed in _body_lines(page, keys_of_page, running, run):
            if last is not None and _is_break(last, placed, building):
                found.append(_joined(building, last.run))
                building = []
            last = placed
            building.append((placed.line, placed.page.number, placed.offset))
        if page.tables:
            run += 1
    if last is not None:
        found.append(_joined(building, last.run))
    return tuple(p for p in found if p.text)


class _Placed(NamedTuple):
    """A line of the body, its place in the page's prose and the margins of that page's body."""

    line: Line
    page: RawPage
    offset: int
    left: float
    right: float
    run: int


_Key = tuple[str, int]


def _running_key(page: RawPage, line: Line) -> _Key | None:
    """What a line in the margin repeats from page to page; None for a line of the body."""
    depth = page.height * _MARGIN_SHARE
    if depth < line.box.top and line.box.bottom < page.height - depth:
        return None
    return _DIGITS.sub("#", line.text.strip()), round(line.box.top / 4)


def _running_lines(pages: Iterable[Iterable[_Key | None]]) -> frozenset[_Key]:
    """The keys that several pages repeat. ``pages``: the key of each line."""
    counts: Counter[_Key] = Counter()
    for keys in pages:
        counts.update({key for key in keys if key})
    return frozenset(key for key, count in counts.items() if count >= _MIN_REPEATS)


def _body_lines(
    page: RawPage, keys: Sequence[_Key | None], running: frozenset[_Key], run: int
) -> Iterator[_Placed]:
    """The lines of a page without running heads and page numbers. ``keys``: of its lines."""
    body: list[tuple[Line, int]] = []
    offset = 0
    for line, key in zip(page.lines, keys, strict=True):
        at, offset = offset, offset + len(line.text) + 1
        is_margin = key is not None and (
            key in running or _PAGE_NUMBER.fullmatch(line.text.strip()) is not None
        )
        if not is_margin and line.text.strip():
            body.append((line, at))
    if not body:
        return
    left = min(line.box.x0 for line, _ in body)
    right = max(line.box.x1 for line, _ in body)
    for line, at in body:
        yield _Placed(line, page, at, left, right, run)


def _is_open(building: Sequence[tuple[Line, int, int]]) -> bool:
    """Whether a sentence has begun and not ended: it has clauses and stops at none."""
    text = "".join([line.text for line, _, _ in building[-_OPEN_LINES:]])
    return "，" in text and text.rstrip()[-1:] not in _ENDS


def _is_break(above: _Placed, below: _Placed, building: Sequence[tuple[Line, int, int]]) -> bool:
    """Whether a new paragraph begins with the line ``below``. ``building``: the lines of this."""
    if above.page is not below.page:
        if above.page.tables or below.page.tables:
            return True
    elif _overlaps(above.line, below.line):
        return False  # two pieces of one printed line
    em = above.line.size or (above.line.box.bottom - above.line.box.top)
    if abs((below.line.size or em) - em) > em / 5:
        return True
    if not _ANY_ORDINAL.match(below.line.text) and _is_open(building):
        return False
    if below.line.box.x0 > below.left + _INDENT_EM * em:
        return True
    text = above.line.text.rstrip()
    if text[-1:] in _STOPS and _ORDINAL_START.match(below.line.text):
        return True
    token = _ASCII_TOKEN.match(below.line.text.lstrip())
    needed = _RAGGED_EM * em + _ASCII_EM * em * (len(token.group()) if token else 0)
    return above.right - above.line.box.x1 > needed


def _overlaps(above: Line, below: Line) -> bool:
    middle = (above.box.top + above.box.bottom) / 2
    return below.box.top < middle and below.box.x0 >= above.box.x1 - 1


def _joined(lines: Sequence[tuple[Line, int, int]], run: int) -> Paragraph:
    """Join lines: no space stands beside Chinese; two digits of two lines are not one number."""
    chars: list[str] = []
    pages: list[int] = []
    offsets: list[int] = []
    for line, page, offset in lines:
        # Space or a line's end stands before each word.
        for word in _WORD.finditer(fold_radicals(line.text)):
            start, text = word.start(), word.group()
            if chars and _keeps_space(chars[-1], text[0]):
                chars.append(" ")
                pages.append(page)
                offsets.append(offset + start)
            chars += text
            pages += [page] * len(text)
            offsets += range(offset + start, offset + word.end())
    return Paragraph("".join(chars), tuple(pages), tuple(offsets), run)


def _keeps_space(before: str, after: str) -> bool:
    if before in _NUMBER_CHARS and after in _NUMBER_CHARS:
        return before not in "，" and after not in "，"
    return not (_HAN_CHAR.match(before) or _HAN_CHAR.match(after))
