"""Text as printed -> text for storing, and keys for matching.

Sources: DOMAIN section 7 (about nine files in ten print spaces inside Chinese text; NFKC is wrong
both ways: it leaves radicals such as ⻔ and turns 100① into 1001). Keys are for matching only,
never stored as a value.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import Final, cast

from yusuan.normalize.model import Unit
from yusuan.normalize.radicals import RADICALS
from yusuan.schemas.units import unit_factors

# Ideographs with 々〆〇, CJK and full-width punctuation, and the quotes, dashes and dots that
# Chinese text is set with.
HAN: Final = (
    "\u2e80-\u2fdf\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U00020000-\U0003ffff"
    "‘’“”…—·①-⑳"
)
"""Body of a regular-expression class: characters that no genuine space stands beside."""

_INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SPACING = re.compile(rf"[\s{_INVISIBLE}]")
_ZERO_WIDTH = re.compile(f"[{_INVISIBLE}]")
_HAN_SPACE = re.compile(rf"(?<=[{HAN}])\s+|\s+(?=[{HAN}])")
_SPACE_RUN = re.compile(r"\s+")
_RADICAL = re.compile("[\u2e80-\u2fdf]")
_TO_CLEAN = re.compile(rf"[\s{_INVISIBLE}\u2e80-\u2fdf]")

_HAN_DIGITS: Final = {
    "〇": "0", "○": "0", "零": "0", "一": "1", "二": "2", "三": "3", "四": "4",
    "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
}  # fmt: skip


def _key_table() -> dict[int, str | None]:
    """Full-width ASCII to ASCII, then punctuation to the one form that keys use."""
    table: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for half, full in zip("(),:;!?", "（），：；！？", strict=True):
        table[ord(half)] = full
        table[ord(full)] = full
    table.update(dict.fromkeys(map(ord, "﹙❨"), "（") | dict.fromkeys(map(ord, "﹚❩"), "）"))
    table.update(dict.fromkeys(map(ord, "︰﹕∶"), "："))
    table.update(dict.fromkeys(map(ord, "“”„‟‘’\"'「」『』＂＇〝〞"), None))
    table.update(dict.fromkeys(map(ord, "‐‑‒–—―−－﹣─﹘"), "-"))
    table.update(dict.fromkeys(map(ord, "•‧・･⋅∙"), "·"))
    table.update(RADICALS)
    return table


_KEY_TABLE: Final = _key_table()
_CHANGED = "".join(chr(code) for code, char in _KEY_TABLE.items() if char != chr(code))
_TO_KEY = re.compile(rf"[\s{_INVISIBLE}{re.escape(_CHANGED)}]")
"""What a key has none of; few labels have any, and translating takes longer than a search."""

_FORMER_NAME = re.compile("(?:一般)?公共财政预算")

_YEAR = r"(?:20\d\d|20[xX×]{2}|二[〇○零0][〇○零一二三四五六七八九]{2})"
# Not the year of a date: 2026年1月, 2026年1-2月.
_YEAR_AT = re.compile(rf"({_YEAR})年(?!\d{{1,2}}(?:-\d{{1,2}})?月)")
# 2026年初结转 is the carry-over at the start of the year: only the number goes.
_YEAR_PREFIX = re.compile(
    rf"^{_YEAR}(?:年度|年(?![初末终中底])|(?=年[初末终中底])|(?=[预决]算|执行))"
)
_YEAR_BARE = re.compile(rf"({_YEAR})(?=[预决]算|执行)")
_BRACKETED_YEAR = re.compile(r"（(20\d\d)年度?）")
# 中期目标（2026年-2028年）
_YEAR_RANGE = re.compile(r"（20\d\d年?度?[-至~～到]+20\d\d年?度?）$")
_UNITS = "|".join(unit_factors())
_UNIT_NOTE = re.compile(rf"（(?:(?:金额)?单位：|金额：?)?(?:人民币)?({_UNITS})）")
_UNIT_TAIL = re.compile(rf"(?:(?:金额)?单位|(?<=金额))：(?:人民币)?({_UNITS})$")

# No label of a form is longer: 单位名称（项目实施单位）.
_MAX_LABEL: Final = 24
_REMARK = re.compile(r"[（(][^（()）]*[）)]")

_HAN_NUMBER = "[一二三四五六七八九十百]{1,4}"
_ORDINAL = re.compile(
    rf"""\s*(?:
        其\s*中\s*[：:]
      | {_HAN_NUMBER}\s*、 | {_HAN_NUMBER}\s*[．.](?!\d)
      | [（(]\s*(?:{_HAN_NUMBER}|[0-9０-９]{{1,2}})\s*[）)]
      | [0-9０-９]{{1,2}}\s*(?:、|[．.](?![0-9０-９])|[）)])
      | [①-⑳⑴-⒇⒈-⒛]
    )\s*""",
    re.VERBOSE,
)


def fold_radicals(text: str) -> str:
    """Replace CJK radicals (U+2E80..U+2FDF) by the ideographs that they stand for."""
    return text.translate(RADICALS) if _RADICAL.search(text) else text


def strip_han_spaces(text: str) -> str:
    """Delete spaces beside Chinese characters and punctuation, keep one between other words.

    A space between a Chinese character and a digit or Latin letter is the setter's, not the
    author's, and goes too; between two Latin words, or two numbers (where it is suspect), one
    space stays. Zero-width characters are deleted everywhere.
    """
    if not _SPACING.search(text):
        return text
    text = _HAN_SPACE.sub("", _ZERO_WIDTH.sub("", text))
    return _SPACE_RUN.sub(" ", text).strip()


@lru_cache(maxsize=1 << 15)
def clean_text(text: str) -> str:
    """Make the text of a printed line fit to store: radicals folded, Chinese without spaces."""
    return strip_han_spaces(fold_radicals(text)) if _TO_CLEAN.search(text) else text


@lru_cache(maxsize=1 << 15)
def label_key(text: str) -> str:
    """Make the key that a label or header is matched by.

    All white space and quotes are removed, radicals folded, full-width letters and digits made
    ASCII, brackets and colons full-width, dashes ``-``, middle dots ``·``; a colon at the end is
    dropped. Circled numbers stay (no NFKC).
    """
    if _TO_KEY.search(text):
        text = _SPACING.sub("", text).translate(_KEY_TABLE)
    return text.rstrip("：")


@lru_cache(maxsize=1 << 14)
def header_key(text: str) -> str:
    """``label_key`` without a year in front (2026年, 二〇二六年度), years or a unit at its end."""
    key = _UNIT_NOTE.sub("", label_key(text))
    key = _YEAR_RANGE.sub("", _UNIT_TAIL.sub("", key))
    return _YEAR_PREFIX.sub("", key).rstrip("：")


def _year_number(printed: str) -> int | None:
    digits = "".join(_HAN_DIGITS.get(char, char) for char in printed)
    return int(digits) if digits.isdecimal() else None


def modern_wording(key: str) -> str:
    """A key in the words of today: 公共财政预算 has been called 一般公共预算 since 2015."""
    return _FORMER_NAME.sub("一般公共预算", key)


@lru_cache(maxsize=1 << 12)
def header_year(text: str) -> int | None:
    """Return the year in a header (``2025年执行数`` -> 2025); None without one or with two."""
    years = {_year_number(found) for found in _YEAR_AT.findall(label_key(text))}
    if not years and (bare := _YEAR_BARE.match(label_key(text))):
        years = {_year_number(bare[1])}
    return years.pop() if len(years) == 1 else None


@lru_cache(maxsize=1 << 12)
def header_unit(text: str) -> Unit | None:
    """Return the unit printed in a header (``金额（万元）``); None without one."""
    key = label_key(text)
    found = _UNIT_NOTE.search(key) or _UNIT_TAIL.search(key)
    return cast(Unit, found.group(1)) if found else None


@lru_cache(maxsize=1 << 12)
def strip_ordinal(text: str) -> tuple[str | None, str]:
    """Split a leading ordinal off: ``（一）一般公共预算`` -> (``（一）``, ``一般公共预算``).

    Knows 一、 二十六、 （一） (1) 1. 1、 ① and ``其中：``, which may stand before another one; the
    ordinal is as printed without spaces. (None, text) when there is none.
    """
    at = 0
    while found := _ORDINAL.match(text, at):
        at = found.end()
    if at == 0 or at == len(text):
        return None, text
    return _SPACING.sub("", text[:at]), text[at:]


@lru_cache(maxsize=1 << 10)
def year_in_brackets(text: str) -> int | None:
    """Return the year of a text that is nothing but ``（2026年度）``; None for any other."""
    found = _BRACKETED_YEAR.fullmatch(label_key(text))
    return int(found[1]) if found else None


def split_name_label(text: str, words: Container[str]) -> tuple[str, str] | None:
    """Split ``项目名称 某项经费`` or ``项目名称：某项经费`` into the label and the name behind it.

    ``words``: keys of known labels (``header_key``); the longest one that speaks of a name counts.
    None where the text does not begin with one, or nothing but a remark in brackets follows.
    """
    if "称" not in text[:_MAX_LABEL]:  # nearly every cell
        return None
    ends = [i for i in range(2, min(len(text), _MAX_LABEL)) if _is_name_label(text[:i], words)]
    name = text[ends[-1] :].strip(" ：:") if ends else ""
    if not name or _REMARK.fullmatch(name):
        return None
    return text[: ends[-1]].strip(), name


def _is_name_label(text: str, words: Container[str]) -> bool:
    key = header_key(text)
    return "名称" in key and key in words
