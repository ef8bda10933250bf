"""All indicators of a project in one cell: ``1、1－产出指标，11－数量指标，…；年度指标值：…;2、…``.

Guangzhou's book prints them so: number, code and name of both levels, the indicator, its value for
the whole term and for the year. Nothing is taken but by those words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_DASH: Final = "[－—–-]"
# 3、1－产出指标，12－质量指标，  at the start of the cell, behind the end of the one before, or
# behind its value's name where no value is printed.
_START: Final = re.compile(
    rf"(?:^|(?<=[;；。])|(?<=年度指标值：))\s*\d{{1,3}}\s*[.、．]\s*\d{{1,3}}\s*{_DASH}\s*(?P<level1>[^，,；;：:]+)"
    rf"[，,]\s*\d{{1,4}}\s*{_DASH}\s*(?P<level2>[^，,；;：:]+)[，,]"
)
_REST: Final = re.compile(
    r"(?P<level3>.*?)[；;，,。]\s*实施周期指标值[：:]?(?P<term>.*?)"
    r"[，,。；;]?\s*年度指标值[：:]?(?P<value>.*?)[；;。]?\s*",
    re.DOTALL,
)
_VALUE_WORD: Final = "年度指标值"


class ListedIndicator(NamedTuple):
    """One indicator of the cell: levels, the indicator, the year's value as printed."""

    level1: str
    level2: str
    level3: str
    value: str


def split_indicator_list(text: str) -> tuple[list[ListedIndicator], list[str]]:
    """The indicators of a cell, and the pieces of its text that are not understood.

    A piece that begins like an indicator and does not go on like one is an indicator whose text
    is all that follows its levels, without value; it is among the pieces, and so is what stands in
    front of the first. ``""`` gives nothing.
    """
    starts = list(_START.finditer(text))
    if not starts:
        return [], [text] if text.strip() else []
    ends = [m.start() for m in starts[1:]] + [len(text)]
    unread = [text[: starts[0].start()]]
    found: list[ListedIndicator] = []
    for start, end in zip(starts, ends, strict=True):
        rest = _REST.fullmatch(text[start.end() : end])
        if rest is None or _count(rest.group()) != 1:
            unread.append(text[start.start() : end])
            whole = text[start.end() : end].strip()
            found.append(ListedIndicator(start["level1"], start["level2"], whole, ""))
            continue
        parts = (start["level1"], start["level2"], rest["level3"], rest["value"])
        found.append(ListedIndicator(*(part.strip() for part in parts)))
    return found, [piece for piece in unread if piece.strip()]


def _count(text: str) -> int:
    return text.count(_VALUE_WORD)


def as_texts(indicator: ListedIndicator) -> dict[str, str]:
    """The indicator's texts by role, as if they stood in columns of their own."""
    return {role: text for role, text in indicator._asdict().items() if text}


def unread_note(pieces: Sequence[str]) -> str:
    """What a finding says of pieces that are not understood."""
    return f"not understood as an indicator: {' / '.join(p[:80] for p in pieces)}"
