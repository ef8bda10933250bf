"""Performance indicators as text (levels, nature, value), of projects and of departments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from yusuan.normalize.amounts import parse_amount
from yusuan.normalize.model import Value
from yusuan.normalize.text import label_key

MAX_VALUE_DECIMALS: Final = 6
"""Digits after the point that ``value_num`` (decimal128(22,6)) can hold."""
MAX_VALUE_DIGITS: Final = 16

QUALITATIVE: Final = "定性"
# One sign, several code points: full width, mathematical variants, typed as two characters.
_SIGNS: Final[Mapping[str, str]] = {
    "＝": "=", "＞": ">", "＜": "<", "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "﹥": ">", "﹤": "<",
    ">=": "≥", "<=": "≤", "＞＝": "≥", "＜＝": "≤", ">＝": "≥", "<＝": "≤", "﹦": "=",
}  # fmt: skip
_COMPARISONS: Final = frozenset("≥≤=><")
_STATUS: Final = {"zero": "zero", "dash": "dash", "blank": "blank"}
# ≥95%, =17074人, 100分: a sign, a number, what it counts. Nothing else may stand there.
_ONE_CELL = re.compile(
    r"(?P<sign>[≥≤=><＝＞＜≧≦⩾⩽﹥﹤﹦]=?)?\s*(?P<number>[\d０-９][\d０-９,，.．]*)\s*(?P<unit>\D*)"
)
_UNIT_PREFIX = re.compile(r"[百千万亿]{1,2}")
# 2026年 is a year, 3年 a stretch of time.
_YEAR_NUMBER: Final = range(1900, 2100)


class Levels(NamedTuple):
    """The three levels of an indicator; None where nothing is printed for one."""

    level1: str | None
    level2: str | None
    level3: str | None


def split_levels(text: str, first: Sequence[str], second: Sequence[str]) -> Levels:
    """Split ``产出指标数量指标对43个街乡…`` into 产出指标, 数量指标 and the indicator itself.

    ``first`` and ``second`` are the closed lists of level 1 and level 2 names; the longest prefix
    wins, so that 服务对象满意度指标 is not cut after 满意度 (DOMAIN section 4 item 16).
    """
    level1, rest = _longest_prefix(text, first)
    level2, rest = _longest_prefix(rest, second)
    return Levels(level1, level2, rest or None)


def _longest_prefix(text: str, names: Sequence[str]) -> tuple[str | None, str]:
    found = max((n for n in names if text.startswith(n)), key=len, default=None)
    return found, text[len(found) :].lstrip("：:-— ") if found else text


def read_nature(text: str) -> str | None:
    """The sign or word of 指标性质; one sign has one form whatever its width. None when blank."""
    key = "".join(text.split())
    return _SIGNS.get(key, key) or None


def read_value(text: str, nature: str | None) -> dict[str, Value]:
    """``value_text``, ``value_num`` and ``value_status`` of an indicator's value.

    ``value_num`` is exact; None for 定性, for text, and for a number that six decimals cannot hold.
    """
    amount = parse_amount(text)
    number: Decimal | None = None
    if nature != QUALITATIVE and amount.value is not None:
        number = amount.value if _fits(amount.value) else None
    return {
        "value_text": text or None,
        "value_num": number,
        "value_status": _STATUS.get(amount.kind, "published"),
    }


def split_value(text: str, units: frozenset[str]) -> tuple[str | None, str, str] | None:
    """(sign, number, unit) of a value that holds all of them in one cell: ``≥95%``, ``100分``.

    None unless the whole text is that and the unit one of ``units`` (with 万 or 亿 in front, or
    several with ``/`` between): ``95%以上`` and ``2026年`` stay text.
    """
    found = _ONE_CELL.fullmatch("".join(text.split()))
    if found is None:
        return None
    sign, number, unit = found["sign"], found["number"], found["unit"].replace("％", "%")
    amount = parse_amount(number)
    if amount.value is None or (unit and not _is_unit(unit, units)) or not (sign or unit):
        return None
    if unit.startswith("年") and amount.value in _YEAR_NUMBER and not sign:
        return None
    return (_SIGNS.get(sign, sign) if sign else None), number, unit


def _is_unit(text: str, units: frozenset[str]) -> bool:
    return all(p in units or _UNIT_PREFIX.sub("", p, count=1) in units for p in text.split("/"))


def read_indicator(texts: Mapping[str, str], units: frozenset[str]) -> dict[str, Value]:
    """``nature``, ``measure_unit`` and the value's columns from an indicator's texts by role.

    Where the form has neither a sign nor a unit of its own, they are read out of the value's text;
    ``value_text`` stays as printed.
    """
    nature = read_nature(texts.get("nature", ""))
    unit = texts.get("measure_unit") or None
    value = read_value(texts.get("value", ""), nature)
    parts = None if nature or unit else split_value(texts.get("value", ""), units)
    if parts is not None:
        nature, unit = parts[0], parts[2] or None
        value = {**read_value(parts[1], nature), "value_text": texts["value"]}
    return {"nature": nature, **value, "measure_unit": unit}


def is_value_unread(values: Mapping[str, Value], nature: str | None) -> bool:
    """Whether a sign asks for a number (``≥``) and the value holds none that can be stored."""
    is_fact = values["value_status"] == "published" and nature in _COMPARISONS
    return is_fact and values["value_num"] is None


def _fits(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # parse_amount yields no NaN or infinity
    return -exponent <= MAX_VALUE_DECIMALS and value.adjusted() < MAX_VALUE_DIGITS


def kind_of(level1: str | None, level2: str | None) -> tuple[str, str]:
    """Which sort of indicator a row is, for comparing the sets that projects have."""
    return label_key(level1 or ""), label_key(level2 or "")
