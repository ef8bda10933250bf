"""Read the lines above a table: title, number, unit, who publishes it, year.

Sources: DOMAIN section 1 (families are known by the suffix of the title, never by the number),
section 4 item 19 (quotes drift to a line of their own), section 6 (forms by place).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from yusuan.extract.model import Line
from yusuan.normalize.model import Unit
from yusuan.normalize.text import clean_text, fold_radicals, header_year, label_key, strip_ordinal
from yusuan.schemas.units import unit_factors

Kind = Literal["budget", "final"]


@dataclass(frozen=True, slots=True)
class Caption:
    """What the lines above a table say.

    ``title`` and ``table_no`` as printed, unwrapped; ``title_key`` for matching by suffix (see
    ``title_key``); ``publisher`` is the name after 编制部门：, 单位名称： and the like,
    ``publisher_label`` that word; ``year`` from the title, else from another line; ``kind`` only
    where the title says it. ``rest``: lines used for none of these, page numbers left out.
    """

    title: str | None = None
    title_key: str = ""
    table_no: str | None = None
    unit: Unit | None = None
    publisher: str | None = None
    publisher_label: str | None = None
    year: int | None = None
    kind: Kind | None = None
    rest: tuple[str, ...] = ()


_NO_CAPTION: Final = Caption()


def _spaced(words: str) -> str:
    """Let white space stand between the characters of the alternatives in ``words``."""
    return "|".join(r"\s*".join(re.escape(char) for char in word) for word in words.split())


_FOOTER = re.compile(
    r"""第\d+页(?:[，、/（]?共\d+页）?)? | 共\d+页[，、/]?第\d+页 | 第[一二三四五六七八九十百]+页
      | -*\d{1,4}-* | \d{1,4}/\d{1,4} | 第?\d+页?/共?\d+页? | [Pp]age\d+(?:of\d+)?""",
    re.VERBOSE,
)

_UNIT_WORDS = _spaced("金额单位 货币单位 计量单位 数据单位 单位 金额")
_MONEY = _spaced(" ".join(unit_factors()))
_UNIT = re.compile(
    rf"[（(]?\s*(?:{_UNIT_WORDS})\s*[：:]\s*(?:{_spaced('人民币')})?\s*({_MONEY})"
    r"(?=\s|[（()）、，,;；%％/]|$)(?:\s*[、，,/]\s*[%％人辆个]+)*\s*[）)]?"
)
# 一般公共预算支出表（万元）, and the unit alone on its line
_BARE_UNIT = re.compile(rf"(?:表|^)\s*[（(]\s*(?:{_spaced('人民币')})?\s*({_MONEY})\s*[）)]\s*$")
_NAME_WORDS: Final = (
    "编制部门 编制单位 编报部门 编报单位 填报部门 填报单位 公开部门 公开单位 预算部门 预算单位 "
    "部门（单位）名称 部门(单位)名称 单位（部门）名称 单位(部门)名称 部门（单位） 部门(单位) "
    "单位（部门） 单位(部门) 部门名称 单位名称 预算单位名称 部门 单位"
)
_NAME = re.compile(
    rf"(?:^|(?<=\s)|(?<=[）)]))((?:{_spaced(_NAME_WORDS)}))\s*[：:]\s*(\S.*?)"
    r"(?=\s*$|\s{2,}|\s+(?:20\d\d\s*年|金\s*额|单\s*位|[公预]\s*[开算]\s*\d))"
)
_EMPTY_NAME = re.compile(rf"^(?:{_spaced(_NAME_WORDS)})\s*[：:]\s*$")

# 填报单位：[405]某局, 单位名称：301001-某局
_CODE_IN_FRONT = re.compile(r"(?:[\[【［(（]\d{3,}[\]】］)）]|\d{3,})[\s\-－—_:：]*(?=[一-鿿])")

# 部门：某局2024年度: a year that stood apart on the same line
_YEAR_BEHIND = re.compile(r"[\s（(]*20\d\d年度?[）)]?$")

# 单位：个 names what is counted, not who publishes.
_MEASURE = re.compile(r"[亿万千百]?[元人个户次辆台套平方米公里亩吨件项份家/、，,·％%]{1,8}")

_CN = "[一二三四五六七八九十]{1,3}"
_NUMBER_WORDS = _spaced(
    "单位预算 单位决算 部门预算 部门决算 财决公开 财决 预算公开 决算公开 公开 预算 决算 附"
)
_TABLE_NO = re.compile(
    rf"""\s*(
        (?:{_NUMBER_WORDS})?\s*
            [0-9０-９]{{1,2}}\s*(?:[-－—]\s*[0-9]{{1,2}}\s*)?表(?![0-9一-鿿])
      | (?:{_NUMBER_WORDS})?\s*
            表\s*(?:[0-9０-９]{{1,2}}(?:\s*[-－—]\s*[0-9]{{1,2}})?(?![0-9年])|{_CN}(?![一-鿿]))
      | 附\s*件\s*(?:[0-9０-９]{{1,2}}(?:\s*[-－—]\s*[0-9]{{1,2}})?(?![0-9年])|{_CN})
    )\s*[：:、，.．]?\s*""",
    re.VERBOSE,
)
# 公开01表 at the right end of a line
_TABLE_NO_LAST = re.compile(rf"(?:^|\s{{2,}}){_TABLE_NO.pattern}$", re.VERBOSE)
_TABLE_NO_KEY = re.compile(
    rf"""(?:(?:部门|单位)?[预决]算(?:公开)?|财决(?:公开)?|公开|附)?
        (?:\d{{1,2}}(?:-\d{{1,2}})?表|表(?:\d{{1,2}}(?:-\d{{1,2}})?(?![\d年])|{_CN}(?![一-鿿])))[：、，.-]?
      | 附件(?:\d{{1,2}}(?:-\d{{1,2}})?(?![\d年])|{_CN})[：、，.-]?
      | \d{{1,2}}[、.](?!\d) | {_CN}[、.] | （{_CN}）""",
    re.VERBOSE,
)
_YEAR_KEY = re.compile(r"(?:20(?:\d\d|[xX×]{2})|二[〇○零0][〇○零一二三四五六七八九]{2})年度?")
_CONTINUED = re.compile(r"(?:-?续表?|（续表?\d*）|（[一二三四五六七八九十\d]{1,3}）)$")
# Also where the end of a long title is cut off with the paper.
_NOTE_KEY = re.compile(r"（[^（）]*）?$")
_LEAD = re.compile(
    r"(?:(?:省|市|区|县|州|本)级|(?:省|市|区|县)本级|本)?"
    r"(?:部门（单位）|单位（部门）|预算单位|预算部门|部门|单位)(?:预算|决算)?(?=.{3})"
)
_FUND_NAMES = re.compile(
    "一般公共预算|政府性基金预算|国有资本经营预算|社会保险基金预算|预算单位|预算内外"
)
_TITLE_END = re.compile(r"(?:表|一览|明细|目录|情况)(?:-?续表?|（[^（）]*）)*$")
_WEAK_TITLE_END = re.compile(r"(?:[预决]算|收支|支出|收入|绩效目标|经费|采购)(?:（[^（）]*）)*$")
_SENTENCE = re.compile(r"[。；;]|[，,：:].*[，,：:]")
_HEADING = re.compile(r"^第[一二三四五六七八九十]+部分|^[一二三四五六七八九十（(]+、|说明$")
_QUOTES_ONLY = re.compile(r"[\s“”\"'‘’]+")
_HAN_ONLY = re.compile("[一-鿿（）()、]+")
_MAX_TITLE: Final = 80
_MAX_NAME_REST: Final = 12
# A line that only states the year, or a heading; not prose that compares years.
_MAX_YEAR_LINE: Final = 30


@lru_cache(maxsize=1 << 12)
def is_footer_text(text: str) -> bool:
    """Whether the text is a page number: ``第 3 页，共 29 页``, ``- 3 -``, ``3/29``, ``3``."""
    return _FOOTER.fullmatch(label_key(text)) is not None


def is_page_footer(line: Line) -> bool:
    """Whether a line outside the tables is a page number."""
    return is_footer_text(line.text)


@lru_cache(maxsize=1 << 12)
def is_table_number(text: str) -> bool:
    """Whether the text is the number of a table alone: 表三, 公开05表, 附件2."""
    key = label_key(text)
    return ("表" in key or "附" in key) and _TABLE_NO_KEY.fullmatch(key) is not None


def is_caption_text(text: str) -> bool:
    """Whether a cell at a grid's top holds what elsewhere stands above it: title, name, unit."""
    key = label_key(text)
    return (
        "单位：" in key
        or key.endswith("表")
        or key.startswith(("编制", "填报", "部门：", "部门名称：", "单位名称："))
        or is_table_number(text)
    )


@lru_cache(maxsize=1 << 12)
def title_kind(title: str) -> Kind | None:
    """Tell budget from final by the title; the names of the funds (一般公共预算) say nothing."""
    key = label_key(title)
    if "决算" in key:
        return "final"
    return "budget" if "预算" in _FUND_NAMES.sub("", key) else None


def _strip_front(key: str) -> str:
    """Strip table number, ordinal and year from the front of a title's key, in any order."""
    while key:
        found = _TABLE_NO_KEY.match(key) or _YEAR_KEY.match(key)
        if found is None or found.end() == len(key):
            break
        key = key[found.end() :]
    return key


@lru_cache(maxsize=1 << 12)
def title_key(title: str) -> str:
    """Make the key of a title for matching by suffix.

    ``label_key`` without the table's number (预算01表, 公开01表, 表一, 附件1-2, 1.), years, the
    words for continuation, a bracketed note at the end, and leading words such as 部门, 单位.
    """
    key = _strip_front(label_key(title))
    key = _YEAR_KEY.sub("", key).replace("（）", "")
    while (stripped := _NOTE_KEY.sub("", _CONTINUED.sub("", key))) and stripped != key:
        key = stripped
    key = _strip_front(key).removeprefix("年度")
    while (found := _LEAD.match(key)) and found.end() < len(key):
        key = key[found.end() :]
    return key


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is left of a printed line when unit, name and number have been taken out."""

    text: str
    line: Line


@dataclass(slots=True)
class _Fields:
    """The fields found while the lines are read; a later line (nearer the table) wins."""

    unit: Unit | None = None
    publisher: str | None = None
    publisher_label: str | None = None
    table_no: str | None = None
    name_line: Line | None = None

    def name_goes_on(self, text: str, line: Line) -> bool:
        """Whether ``line`` stands right under a publisher's name and within its width."""
        name = self.name_line
        if name is None or len(text) > _MAX_NAME_REST or _TITLE_END.search(label_key(text)):
            return False
        size = name.size or (name.box.bottom - name.box.top)
        return (
            -0.5 * size <= line.box.top - name.box.bottom <= 0.6 * size
            and line.box.x0 >= name.box.x0 - 0.5 * size
            and line.box.x1 <= name.box.x1 + size
            and abs(line.size - name.size) <= 0.05 * size
            and _HAN_ONLY.fullmatch(text) is not None
        )

    def take(self, text: str, line: Line) -> str:
        """Take the fields out of a line's text and return what is left."""
        if ("位" in text or "额" in text) and (found := _UNIT.search(text)):
            self.unit = "".join(found[1].split())
            text = (text[: found.start()].rstrip() + "  " + text[found.end() :].lstrip()).strip()
        elif "元" in text and self.unit is None and (found := _BARE_UNIT.search(text)):
            self.unit = "".join(found[1].split())
        if ("：" in text or ":" in text) and (found := _NAME.search(text)):
            name = _YEAR_BEHIND.sub("", clean_text(found[2])) or clean_text(found[2])
            if not _MEASURE.fullmatch(name):
                self.publisher_label = clean_text(found[1])
                self.publisher = _CODE_IN_FRONT.sub("", name) or name
                self.name_line = line if found.end() == len(text) else None
            text = (text[: found.start()].rstrip() + "  " + text[found.end() :].lstrip()).strip()
        elif _EMPTY_NAME.match(text):
            text = ""
        return self._take_number(text)

    def _take_number(self, text: str) -> str:
        if "表" not in text and "附" not in text:
            return text
        found = _TABLE_NO.match(text)
        if found is None:
            found = _TABLE_NO_LAST.search(text)
            if found is None:
                return text
            self.table_no = "".join(found[1].split())
            return text[: found.start()]
        self.table_no = "".join(found[1].split())
        return text[found.end() :]


def _pieces(lines: Sequence[Line], fields: _Fields) -> list[_Piece]:
    pieces = []
    for line in lines:
        text = fold_radicals(line.text).strip()
        if not text or is_footer_text(text) or _QUOTES_ONLY.fullmatch(text):
            continue
        left = clean_text(fields.take(text, line))
        if left and fields.name_goes_on(left, line):
            fields.publisher = f"{fields.publisher}{left}"
        elif left:
            pieces.append(_Piece(left, line))
    return pieces


def _goes_on(upper: _Piece, lower: _Piece) -> bool:
    """Whether ``lower`` is the second printed line of a title that ``upper`` begins."""
    size = upper.line.size or (upper.line.box.bottom - upper.line.box.top)
    gap = lower.line.box.top - upper.line.box.bottom
    return (
        abs(upper.line.size - lower.line.size) <= 0.05 * max(size, 1.0)
        and -0.5 * size <= gap <= 1.2 * size
        and not _TITLE_END.search(label_key(upper.text))
        and not _SENTENCE.search(upper.text)
        and len(upper.text) + len(lower.text) <= _MAX_TITLE
        and strip_ordinal(lower.text)[0] is None
    )


def _titles(pieces: Sequence[_Piece]) -> list[tuple[str, int, int]]:
    """Possible titles with the range of pieces they take, best first.

    A line that ends like the name of a table beats one that ends in 预算, 支出 and the like; nearer
    the table is better. A title that begins on the line before is taken whole.
    """
    strong: list[tuple[str, int, int]] = []
    weak: list[tuple[str, int, int]] = []
    for at in range(len(pieces) - 1, -1, -1):
        text = pieces[at].text
        if _CONTINUED.fullmatch(label_key(text)):
            continue
        if len(text) > _MAX_TITLE or _SENTENCE.search(text) or text.endswith(("：", ":")):
            continue
        first = at
        while first > 0 and _goes_on(pieces[first - 1], pieces[first]):
            first -= 1
        whole = "".join(piece.text for piece in pieces[first : at + 1])
        if _TITLE_END.search(label_key(text)):
            strong.append((whole, first, at + 1))
        elif _WEAK_TITLE_END.search(label_key(text)) and not _HEADING.search(text):
            weak.append((whole, first, at + 1))
    return strong or weak


def read_lines(lines: Sequence[Line]) -> tuple[Caption, tuple[str, ...]]:
    """``parse_caption`` and ``title_candidates`` of the same lines."""
    if not lines:
        return _NO_CAPTION, ()
    fields = _Fields()
    pieces = _pieces(lines, fields)
    return _caption(pieces, fields), _candidates(pieces)


def parse_caption(lines: Sequence[Line]) -> Caption:
    """Read the caption of a table from the lines above it, in reading order."""
    return read_lines(lines)[0]


def title_candidates(lines: Sequence[Line]) -> tuple[str, ...]:
    """Keys under which a table's family may be sought, nearest to the table first.

    For every line, and for adjacent lines joined: ``title_key``, then the same with its leading
    部门 or 单位 and its bracketed note kept.
    """
    return read_lines(lines)[1]


def _caption(pieces: Sequence[_Piece], fields: _Fields) -> Caption:
    titles = _titles(pieces)
    title, first, end = titles[0] if titles else (None, 0, 0)
    rest = tuple(piece.text for at, piece in enumerate(pieces) if not first <= at < end)
    short = (text for text in reversed(rest) if len(text) <= _MAX_YEAR_LINE)
    years = [year for text in (title or "", *short) if (year := header_year(text))]
    return Caption(
        title=title,
        title_key=title_key(title) if title else "",
        table_no=fields.table_no,
        unit=fields.unit,
        publisher=fields.publisher,
        publisher_label=fields.publisher_label,
        year=years[0] if years else None,
        kind=title_kind(title) if title else None,
        rest=rest,
    )


def _candidates(pieces: Sequence[_Piece]) -> tuple[str, ...]:
    texts: list[str] = []
    for at in range(len(pieces) - 1, -1, -1):
        text = pieces[at].text
        if len(text) > _MAX_TITLE:
            continue
        if at and len(pieces[at - 1].text) + len(text) <= _MAX_TITLE:
            joined = pieces[at - 1].text + text
            texts += [joined, text] if _goes_on(pieces[at - 1], pieces[at]) else [text, joined]
        else:
            texts.append(text)
    keys = (key for text in texts for key in (title_key(text), _strip_front(label_key(text))))
    return tuple(dict.fromkeys(key for key in keys if key))
