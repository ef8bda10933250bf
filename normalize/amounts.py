"""Published amounts: a strict grammar, exact decimals.

Source: DOMAIN section 7 item 3. What does not parse is ``unreadable`` and becomes a finding; an
amount is never guessed, and money never meets float.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Context, Decimal
from functools import lru_cache
from typing import Final

from yusuan.normalize.model import Amount, Unit
from yusuan.schemas.units import unit_factors

_DASHES: Final = "-－−–—―﹣‐‑‒─"
_TABLE: Final = (
    {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
    | {ord("，"): ",", ord("．"): ".", ord("（"): "(", ord("）"): ")"}
    | {ord(char): "-" for char in _DASHES}
    | {ord("△"): "△", ord("▲"): "△"}
)
_UNSIGNED = r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?:(?P<minus>[-△]\s*)?(?P<plain>{_UNSIGNED})|\((?P<bracketed>{_UNSIGNED})\))", re.ASCII
)
# A stroke stands for nothing as a dash does.
_ONLY_DASHES = re.compile(r"-(?:\s*-)*|[/／]")
# Without one of these nothing is an amount, nor says that there is none.
_TELLING = re.compile(rf"[0-9０-９/／无{re.escape(_DASHES)}]")
_UNITS = "|".join(unit_factors())
# ￥1,234.56, -￥3, (￥3), 3万元, 3（万元）; a spreadsheet's format for money prints ￥ -
# for nothing. The figure itself is read by the strict grammar.
_WITH_UNIT = re.compile(
    rf"(?P<lead>[-△(]?)\s*(?P<sign>人民币|(?:人民币)?[¥￥])?\s*(?P<figure>[-△(]?[\d,.]+\)?|-)"
    rf"\s*(?:(?P<unit>{_UNITS})|\((?P<bracketed>{_UNITS})\))?",
    re.ASCII,
)
_BLANK: Final = " \t\r\n\f\v\u00a0\u3000\u2002\u2003\u2009\u202f\u200b\ufeff"
_FACTORS: Final = unit_factors()
_CENT: Final = Decimal("0.01")
# More digits than any amount has: multiplication must never round. The store's limit is 18 digits
# before the point.
_EXACT: Final = Context(prec=80, traps=[])


@lru_cache(maxsize=1 << 14)
def parse_amount(text: str) -> Amount:
    """Read a printed amount.

    Full-width digits, comma, point and brackets count as ASCII. Minus is any dash, △ or ▲, or
    brackets round the number. Separators group by three or are absent: ``1,23,456`` and ``12,34``
    are unreadable, as are a number with spaces inside, with leading zeros, a percentage, ``5.``
    and ``.5`` (a digit may have been cut away), and any text. ``0`` and ``0.00`` are kind zero
    (value Decimal 0, decimals as printed); dashes or a stroke alone are kind dash, and so is 无,
    which says the same in words (``raw`` tells them apart); nothing but space is blank.
    """
    if not _TELLING.search(text):
        return Amount(text, "unreadable" if text.strip(_BLANK) else "blank")
    printed = text.translate(_TABLE).strip(_BLANK)
    found = _NUMBER.fullmatch(printed)
    if found is None:
        if printed == "无" or _ONLY_DASHES.fullmatch(printed):
            return Amount(text, "dash")
        return Amount(text, "unreadable")
    digits = (found["plain"] or found["bracketed"]).replace(",", "")
    decimals = len(digits.partition(".")[2])
    value = Decimal(digits)
    if not value:
        return Amount(text, "zero", value, decimals)
    if found["minus"] or found["bracketed"]:
        value = value.copy_negate()
    return Amount(text, "number", value, decimals)


@lru_cache(maxsize=1 << 14)
def parse_figure(text: str) -> Amount:
    """Read an amount with what some cells print round the number: a sign (￥), their own unit.

    ``Amount.unit`` is a unit printed with the number; it says more of this figure than the table's
    does. The sign ￥ says only that it is money (tables in 万元 have it, too). Nothing else may
    stand in the cell: 约3万元, 3万元/年 and 100美元 are unreadable.
    """
    amount = parse_amount(text)
    if amount.kind != "unreadable" or not _TELLING.search(text):
        return amount
    found = _WITH_UNIT.fullmatch(text.translate(_TABLE).strip(_BLANK))
    if found is None:
        return amount
    bare = parse_amount(found["lead"] + found["figure"])
    if bare.kind == "unreadable":
        return amount
    return replace(bare, raw=text, unit=found["unit"] or found["bracketed"])


def looks_like_amount(text: str) -> bool:
    """Whether the text is a number, zero included, also with a sign or unit; no dash, no blank."""
    return parse_figure(text).kind in ("number", "zero")


def in_unit(amount: Amount, unit: Unit | None) -> Amount:
    """The amount as if it were printed in ``unit``, exact, where it has another one of its own."""
    if amount.unit is None or unit is None or amount.unit == unit:
        return amount
    steps = _FACTORS[unit].adjusted() - _FACTORS[amount.unit].adjusted()
    value = None if amount.value is None else amount.value.scaleb(-steps, context=_EXACT)
    decimals = None if amount.decimals is None else amount.decimals + steps
    return replace(amount, value=value, decimals=decimals, unit=unit)


def to_yuan(amount: Amount, unit: Unit) -> Decimal | None:
    """Return the amount in 元 with two decimals, exact.

    None when the amount has no value, or when the published grain is finer than 0.01 元 and digits
    would be lost (the caller's finding).
    """
    return None if amount.value is None else _exact_yuan(amount.value, unit)


@lru_cache(maxsize=1 << 14)
def _exact_yuan(value: Decimal, unit: Unit) -> Decimal | None:
    yuan = _EXACT.multiply(value, _FACTORS[unit])
    cents = yuan.quantize(_CENT, context=_EXACT)
    return cents if cents == yuan else None
