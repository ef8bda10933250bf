r"""Text of documents and file names on a terminal: what would steer it is shown, not obeyed.

A file may be named ``\x1b]0;…`` or hold a right-to-left override; printed as it is, it could hide
what is told, move the cursor or type into the user's shell.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Controls, formatting marks (bidirectional overrides, zero-width), surrogates, line separators.
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable_lines(text: str) -> str:
    """A text of several lines, each ``printable``."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    r"""The text in one line, with ``\x1b``, ``\u202e``, ``\n`` for what cannot be seen."""
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape", "surrogatepass").decode()
        if unicodedata.category(character) in _STEERING
        else character
        for character in text
    )
