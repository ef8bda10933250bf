"""Keep spreadsheets from running text as a formula.

A cell of a published PDF may begin with ``=``, ``+``, ``-`` or ``@``; opened from CSV, Excel and
others would run it (OWASP: CSV injection). Such text gets an apostrophe in front. Where a system
separates lists by semicolons, a file with commas is cut at the semicolons and line breaks within
its texts: what follows one is guarded as a text of its own. An apostrophe in such a place gets
another one, so that taking one away everywhere gives back what was published.
"""

from __future__ import annotations

import re

# Spaces and control characters in front do not count: some spreadsheets strip them on import.
_STARTS_A_FORMULA = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r\n']")
# What cannot be a formula: a lone sign (绩效指标性质 "="), dashes, a signed number or per cent.
_HARMLESS = re.compile(r"[=+\-]|[-－]+|[+-]?[\d,]+(?:\.\d+)?%?", re.ASCII)
_ANY = re.compile(r"[=+\-@＝＋－＠'\t\r\n]")
# Where a cell may begin, and the text up to the next one.
_CELL = re.compile(r"(?:^|(?<=[;\t\r\n]))[^;\t\r\n]*")
_GUARDED = re.compile(r"(^|[;\t\r\n])'")


def guarded(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet could take what follows for a formula."""
    if not _ANY.search(text):  # nearly every text
        return text
    return _CELL.sub(lambda cell: _guarded_cell(text, cell), text)


def _guarded_cell(text: str, cell: re.Match[str]) -> str:
    is_formula = _STARTS_A_FORMULA.match(text, cell.start()) and not _HARMLESS.fullmatch(cell[0])
    return f"'{cell[0]}" if is_formula else cell[0]


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return _GUARDED.sub(r"\1", text)
