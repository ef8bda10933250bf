"""Text objects of a page: which of them each glyph belongs to, and what they share for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .clips import Place
from .geometry import Floats, quarter_turns
from .objects import (
    INK_NONE,
    Inks,
    Orders,
    PageObjects,
    Texts,
    concat_all,
    read_floats,
    read_inks,
    read_matrices,
)
from .watermarks import slanted

Ints = npt.NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)

_INVISIBLE_MODES = (3, 7)
_STROKED_MODES = (1, 5)


@dataclass(frozen=True, slots=True)
class TextObjects:
    """What the text objects of a page have in common for their glyphs, as parallel arrays.

    ``sizes`` in displayed points, ``turns`` quarter turns, ``clips`` (m, 4) displayed boxes,
    ``inks`` what they leave on paper, ``orders`` drawing order, ``ranks`` the same, counting those
    with glyphs only.
    ``pens`` (m, 2): where their first glyph stands, in user space; NaN where they are not written
    level on the page itself. ``askew``: whether they are written slanted. ``colors`` (m, 4): red,
    green, blue and alpha of their fill.
    """

    sizes: Floats
    turns: npt.NDArray[np.uint8]
    clips: Floats
    inks: Inks
    orders: Orders
    ranks: Ints
    pens: Floats
    askew: npt.NDArray[np.bool_]
    colors: npt.NDArray[np.uint32]


def texts_of_glyphs(pointers: pdf.Words, found: PageObjects) -> tuple[Sequence[Texts], Ints]:
    """The page's text objects by container, and which of them all each character (n,) is of.

    Objects that the walk has not met (of forms nested too deep) count as the page's own.
    """
    is_first = np.ones(len(pointers), np.bool_)
    np.not_equal(pointers[1:], pointers[:-1], out=is_first[1:])
    asked = pointers[is_first]
    known = _joined([texts.handles for texts in found.texts])
    sorter = known.argsort()
    ordered = known[sorter]
    at = ordered.searchsorted(asked)
    at[at == len(ordered)] = 0
    is_known = ordered[at] == asked if len(ordered) else np.zeros(len(asked), np.bool_)
    texts, which = found.texts, sorter[at] if len(ordered) else at
    if not is_known.all():
        handles, _, places = pdf.distinct(asked[~is_known])
        which[~is_known] = len(known) + places
        clips = np.tile(np.array(found.places[0].clip, np.float32), (len(handles), 1))
        texts = [*texts, Texts(0, handles, np.zeros(len(handles)), clips)]
    return texts, which[is_first.cumsum() - 1]


def read_text_objects(
    texts: Sequence[Texts], owner: Ints, places: Sequence[Place], white: int
) -> TextObjects:
    """Properties of the text objects of all containers, end to end.

    ``owner`` (n,): which of them each character is of.
    """
    handles = _joined([one.handles for one in texts])
    orders = _joined([one.orders for one in texts])
    own = read_matrices(handles)
    numbers = np.repeat([one.place for one in texts], [len(one.handles) for one in texts])
    is_level = (numbers == 0) & (own[:, 1] == 0)
    pens = np.where(is_level[:, None], own[:, 4:], np.float32(np.nan))
    ends = np.cumsum([len(one.handles) for one in texts]).tolist()
    matrices = _joined(
        [
            concat_all(own[end - len(one.handles) : end], places[one.place].matrix)
            for one, end in zip(texts, ends, strict=True)
        ]
    )
    sizes = read_floats(pdf.text_size, handles)
    modes = pdf.text_mode(len(handles), handles)
    inks, colors = read_inks(pdf.fill_color, handles, white)
    if modes.any():  # mode 0 fills, as nearly all text does
        is_outline = _is_one_of(modes, _STROKED_MODES).nonzero()[0]
        if len(is_outline):
            inks[is_outline] = read_inks(pdf.stroke_color, handles[is_outline], white)[0]
        inks[_is_one_of(modes, _INVISIBLE_MODES)] = INK_NONE
    ahead = matrices[:, :2] * np.where(sizes < 0, -1, 1)[:, None]
    has_glyphs = np.zeros(len(handles), np.bool_)
    has_glyphs[owner] = True
    ranks = has_glyphs.cumsum()
    if len(texts) > 1:
        drawn = np.argsort(orders, kind="stable")
        ranks[drawn] = has_glyphs[drawn].cumsum()
    return TextObjects(
        sizes=np.abs(sizes) * np.hypot(matrices[:, 2], matrices[:, 3]),
        turns=quarter_turns(ahead),
        clips=_joined([one.clips for one in texts]),
        inks=inks,
        orders=orders,
        ranks=ranks,
        pens=pens,
        askew=slanted(ahead),
        colors=colors,
    )


def has_turned_text(found: PageObjects) -> bool:
    """Whether any text of the page is written in another direction than to the right."""
    for texts in found.texts:
        matrices = read_matrices(texts.handles)
        ahead = concat_all(matrices, found.places[texts.place].matrix)[:, :2]
        if quarter_turns(ahead).any():
            return True
    return False


def _joined(parts: Sequence[npt.NDArray[Number]]) -> npt.NDArray[Number]:
    """Arrays end to end; most pages have text in one container, which is taken as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _is_one_of(modes: Ints, some: tuple[int, int]) -> npt.NDArray[np.bool_]:
    return np.asarray((modes == some[0]) | (modes == some[1]))
