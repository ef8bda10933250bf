"""Classification and project codes as they are printed.

Source: DOMAIN section 1 (how codes appear) and section 4 item 8. Functional classification codes
have 3, 5 or 7 digits (类, 款, 项) and start with 2; economic ones have 3 or 5, department ones
starting with 3, government ones with 5.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from yusuan.normalize.text import clean_text

Level = Literal["类", "款", "项"]

CLASS_LENGTHS: Final = (3, 5, 7)
_LEVELS: Final[dict[int, Level]] = {3: "类", 5: "款", 7: "项"}
_DIGITS: Final = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}
_SPACE = re.compile(r"\s+")
_ONLY_DIGITS = re.compile(r"[0-9][0-9\s]*")
# 【2010301】行政运行, [50101]工资奖金津补贴
_BRACKETED = re.compile(
    r"[【\[［〔(（]\s*([0-9]{1,12})\s*[】\]］〕)）]\s*[-－—–_:：]?\s*(.*)",
    re.DOTALL,
)
# 2120101-行政运行; not 2024-2026年规划, and not a date
_SEPARATED = re.compile(r"([0-9]{1,12})\s*[-－—–_:：]+\s*(?![0-9])(\S.*)", re.DOTALL)
# 30207邮电费. What follows must not be a measure.
_FUSED = re.compile(
    r"([0-9]{1,12})(?![0-9.,，．%％‰年月日号元万亿人次个家户项台套])([^\s0-9].*)", re.DOTALL
)
# 201 03 01行政运行, 208-05-05: 类, 款 and 项 apart in one cell. No point: 230.05万元 is an amount.
_GROUPED = re.compile(
    r"([235][0-9]{2})((?:\s?[\s\-－—–]\s?[0-9]{2}){1,2})(?![0-9.,，．%％年月日])"
    r"\s*[-－—–_:：]?\s*([^\s0-9\-－—–_:：].*)?",
    re.DOTALL,
)
# 行政运行（2010301）
_BEHIND = re.compile(r"(.*[^\s0-9])\s*[【\[［〔(（]\s*([235][0-9]{2,6})\s*[】\]］〕)）]", re.DOTALL)
# The first digit of classification codes: functional 2, economic 3 (department) and 5 (government).
_CLASS_FIRST: Final = frozenset("235")
# Unit codes such as 310001 have six digits or more.
_UNIT_CODE_LENGTH: Final = 6
_PART = re.compile(
    r"\s*[【\[［(（]?\s*([0-9]{1,7})\s*[】\]］)）]?\s*[-－—–]?\s*([^0-9]*)\s*",
    re.DOTALL,
)

_BUDGET_SYSTEM_CODE = re.compile(r"(?:[0-9]\s*){8}[A-Z]\s*(?:[0-9]\s*){11}[0-9]")
# Codes of other systems: at least 15 digits and letters, most of them digits, ended by a dash, a
# bracket or the end.
_OTHER_CODE = re.compile(r"(?:[0-9A-Za-z]\s*){14,}[0-9A-Za-z](?=\s*(?:[-－—–_:：】\])）］]|$))")
_CODE_OPEN = re.compile(r"[【\[［(（]?\s*")
_CODE_END = re.compile(r"\s*[】\]）)］]?\s*[-－—–_:：]*\s*")
_MIN_DIGITS: Final = 10


@lru_cache(maxsize=1 << 14)
def split_code_name(text: str, lengths: tuple[int, ...] = CLASS_LENGTHS) -> tuple[str | None, str]:
    """Split ``2120101-行政运行``, ``30207邮电费``, ``【2010301】行政运行``, ``205 教育支出``.

    With the lengths of classification codes also ``201 03 01 行政运行``, ``行政运行（2010301）``.
    A bare or fused code must have one of ``lengths`` digits. A fused one must not be followed by a
    measure word (``300个``) and, with the lengths of classification codes, must start with 2, 3 or
    5 (``12345热线`` is a name). A code set off by a dash or brackets may also have six digits or
    more (``310001-…`` is a unit). Returns (None, text) when there is no code, (code, "") when there
    is nothing else; the text is cleaned. A name may still start like a code by chance (301医院):
    check the code against its list.
    """
    plain = clean_text(text).translate(_DIGITS).strip()
    if not plain or not (plain[0].isdecimal() or plain[0] in "【[［〔(（"):
        behind = _BEHIND.fullmatch(plain) if plain and plain[-1] in "】]］〕)）" else None
        if behind and set(lengths) <= set(CLASS_LENGTHS) and len(behind[2]) in lengths:
            return behind[2], behind[1]
        return None, plain
    if _ONLY_DIGITS.fullmatch(plain):
        code = _SPACE.sub("", plain)
        return (code, "") if len(code) in lengths else (None, plain)
    if set(lengths) <= set(CLASS_LENGTHS) and (found := _GROUPED.fullmatch(plain)):
        code = found[1] + "".join(char for char in found[2] if char.isdecimal())
        return (code, (found[3] or "").strip()) if len(code) in lengths else (None, plain)
    if found := _BRACKETED.fullmatch(plain) or _SEPARATED.fullmatch(plain):
        code = found[1]
        fits = len(code) in lengths or len(code) >= _UNIT_CODE_LENGTH
    elif found := _FUSED.fullmatch(plain):
        code = found[1]
        fits = len(code) in lengths and (lengths != CLASS_LENGTHS or code[0] in _CLASS_FIRST)
    else:
        return None, plain
    return (code, found[2].strip()) if fits else (None, plain)


def join_code_parts(parts: Sequence[str]) -> tuple[str | None, bool]:
    """Join the cells of 类, 款, 项 columns to one code; True when a dropped zero was restored.

    ``("301", "2", "")`` -> (``30102``, True). A column may print the code so far instead of its
    own two digits (208, 20805, 2080505), and a cell may hold code and name. (None, False) when
    there is no code (合计), the upper levels are missing, or the parts contradict each other.
    """
    code = ""
    padded = False
    for depth, part in enumerate(parts):
        if not part or part.isspace():
            continue
        found = _PART.fullmatch(part.translate(_DIGITS))
        if found is None:
            if any(char.isdecimal() for char in part):
                return None, False
            continue
        digits = found[1]
        if len(digits) >= 3:
            if len(digits) not in CLASS_LENGTHS or not digits.startswith(code):
                return None, False
            code = digits
        elif len(code) != 1 + 2 * depth:
            return None, False
        else:
            code += digits.zfill(2)
            padded = padded or len(digits) == 1
    return (code, padded) if code else (None, False)


def func_level(code: str) -> Level | None:
    """类, 款 or 项 of a functional code by its length (3, 5, 7); None for any other."""
    return _LEVELS.get(len(code)) if code.isdecimal() else None


def econ_level(code: str) -> Level | None:
    """类 or 款 of an economic code by its length (3, 5); 项 where a place prints seven digits."""
    return _LEVELS.get(len(code)) if code.isdecimal() else None


def project_code(text: str) -> tuple[str | None, str]:
    """Split the project code off a project's name; spaces inside the code are dropped.

    The code of the national budget system has 21 characters (``11010522T000000437074``); other
    systems' codes of 15 digits and letters or more are known when a dash, a bracket or the end
    follows. (None, text) when there is none; the rest is cleaned.
    """
    plain = clean_text(text).translate(_DIGITS)
    start = _CODE_OPEN.match(plain)
    at = start.end() if start else 0
    found = _BUDGET_SYSTEM_CODE.match(plain, at) or _OTHER_CODE.match(plain, at)
    if found is None:
        return None, plain
    code = _SPACE.sub("", found.group())
    if sum(char.isdecimal() for char in code) < _MIN_DIGITS:
        return None, plain
    tail = _CODE_END.match(plain, found.end())
    return code, plain[tail.end() if tail else found.end() :]
