"""Keep spreadsheets from running text as a formula.

A cell of a published PDF may begin with ``=``, ``+``, ``-`` or ``@``; opened from CSV, Excel and
others would run it (OWASP: CSV injection). Such text gets an apostrophe in front. So does text
that begins with an apostrophe, so that taking away one leading apostrophe always gives back what
was published.
"""

from __future__ import annotations

import re

# Spaces and control characters in front do not count: some spreadsheets strip them on import.
_STARTS_A_FORMULA = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n']")
# What cannot be a formula: a lone sign (绩效指标性质 "="), dashes, a signed number or per cent.
_HARMLESS = re.compile(r"[=+\-]|[-－]+|[+-]?[\d,]+(?:\.\d+)?%?", re.ASCII)


def guarded(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet could take it for a formula."""
    if _STARTS_A_FORMULA.match(text) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text[1:] if text.startswith("'") else text
