"""The cheap question: may an unruled table stand on a page? Asked of every page that was read."""

from __future__ import annotations

from ..model import RawPage
from .half_ruled import is_suspect
from .pieces import is_figure

_MIN_ROWS = 3
_MANY = 2
"""So many figures in one row are a table's, though it may be the only one."""
_DIGITS = frozenset("0123456789０１２３４５６７８９%％)）")
_ENDS = _DIGITS | frozenset("-－—–")


def may_hold_unruled(page: RawPage, has_glyphs: bool = False) -> bool:
    """Whether three rows outside tables end with a figure, or hold three pieces apart.

    Or one row two figures, or whether a ruled table has cells that look like several.

    Only the text of lines is asked, so that pages of ruled tables and of prose cost next to
    nothing. ``has_glyphs``: its letters were recognised, but stand where the file has them.
    """
    if page.text_source != "pdf" and not has_glyphs:
        return False
    if any(is_suspect(table) for table in page.tables):
        return True
    if len(page.lines) < _MIN_ROWS:
        return False
    n_ending = 0
    n_beside: dict[int, int] = {}
    n_figures: dict[int, int] = {}
    for line in page.lines:
        text = line.text
        y = round(line.box.bottom)
        n_beside[y] = n_beside.get(y, 0) + 1
        if text[-1:] in _DIGITS and is_figure(text.rsplit(" ", 1)[-1]):
            n_ending += 1
        if text[-1:] in _ENDS:
            n_figures[y] = n_figures.get(y, 0) + sum(map(is_figure, text.split()))
    return (
        n_ending >= _MIN_ROWS
        or sum(n >= 3 for n in n_beside.values()) >= _MIN_ROWS
        or any(n >= _MANY for n in n_figures.values())
    )
