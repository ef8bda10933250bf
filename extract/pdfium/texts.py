"""Text objects of a page: which of them each glyph belongs to, and what they share for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from . import library as pdf
from .characters import are_alike, describe_texts, find_owners, rank_texts
from .clips import Place
from .geometry import Floats
from .objects import (
    Orders,
    PageObjects,
    Texts,
    read_floats,
    read_inks,
    read_matrices,
)
from .walked import INK_NONE, Inks

Ints = npt.NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)

_INVISIBLE_MODES = (3, 7)
_STROKED_MODES = (1, 5)


Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Owners:
    """Which characters of a page are of its text objects, and of which.

    ``texts``: the text objects by container, numbered through. ``indices`` (n,): the characters
    among all, ``owner`` (n,): the text object of each. ``counts`` (m,): how many each has.
    """

    texts: Sequence[Texts]
    indices: Ints
    owner: Ints
    counts: Ints


@dataclass(frozen=True, slots=True)
class TextObjects:
    """What the text objects of a page have in common for their glyphs, as parallel arrays.

    ``sizes`` in displayed points, ``turns`` quarter turns, ``clips`` (m, 4) displayed boxes,
    ``inks`` what they leave on paper, ``orders`` drawing order, ``ranks`` the same, counting those
    with glyphs only.
    ``pens`` (m, 2): where their first glyph stands, in user space; NaN where they are not written
    level on the page itself. ``askew``: whether they are written slanted. ``colors`` (m, 4): red,
    green, blue and alpha of their fill, ``has_one_color``: it is the same of all.
    """

    sizes: Floats
    turns: npt.NDArray[np.uint8]
    clips: Floats
    inks: Inks
    orders: Orders
    ranks: Ints
    pens: Floats
    askew: Bools
    colors: npt.NDArray[np.uint32]
    has_one_color: bool


def find_texts(pointers: pdf.Words, found: PageObjects) -> Owners:
    """Which text objects the characters (n,) of a page are of.

    ``pointers``: their handles, null for a character that PDFium made up (spaces between words,
    line ends). Objects that the walk has not met (of forms nested too deep) count as the page's
    own.
    """
    none = np.empty(0, np.uint64)
    known = _joined([texts.handles for texts in found.texts] or [none])
    indices, owner = np.empty(len(pointers), np.int64), np.empty(len(pointers), np.int64)
    counts = np.zeros(len(known), np.int64)
    n, n_unknown = find_owners(pointers, known, indices, owner, counts)
    indices, owner = indices[:n], owner[:n]
    if not n_unknown:
        return Owners(found.texts, indices, owner, counts)
    is_unknown = owner < 0
    handles, _, which = pdf.distinct(pointers[indices[is_unknown]])
    owner[is_unknown] = len(known) + which
    clips = np.tile(np.array(found.places[0].clip, np.float32), (len(handles), 1))
    unknown = Texts(0, handles, np.zeros(len(handles)), clips)
    return Owners([*found.texts, unknown], indices, owner, np.bincount(owner))


def read_text_objects(owners: Owners, places: Sequence[Place], white: int) -> TextObjects:
    """Properties of the text objects of all containers, end to end."""
    texts = owners.texts
    handles = _joined([one.handles for one in texts])
    orders = _joined([one.orders for one in texts])
    written = [
        _describe(one, read_floats(pdf.text_size, one.handles), places[one.place]) for one in texts
    ]
    modes = pdf.text_mode(len(handles), handles)
    inks, colors = read_inks(pdf.fill_color, handles, white)
    if modes.any():  # mode 0 fills, as nearly all text does
        is_outline = _is_one_of(modes, _STROKED_MODES).nonzero()[0]
        if len(is_outline):
            inks[is_outline] = read_inks(pdf.stroke_color, handles[is_outline], white)[0]
        inks[_is_one_of(modes, _INVISIBLE_MODES)] = INK_NONE
    drawn = np.argsort(orders, kind="stable") if len(texts) > 1 else np.arange(len(orders))
    ranks = np.empty(len(orders), np.int64)
    rank_texts(owners.counts, drawn, ranks)
    return TextObjects(
        sizes=_joined([one.sizes for one in written]),
        turns=_joined([one.turns for one in written]),
        clips=_joined([one.clips for one in texts]),
        inks=inks,
        orders=orders,
        ranks=ranks,
        pens=_joined([one.pens for one in written]),
        askew=_joined([one.askew for one in written]).view(np.bool_),
        colors=colors,
        has_one_color=are_alike(colors),
    )


class _Written(NamedTuple):
    """How the text objects of one container are written: see ``TextObjects``."""

    sizes: Floats
    turns: npt.NDArray[np.uint8]
    askew: npt.NDArray[np.uint8]
    pens: Floats


def _describe(texts: Texts, sizes: Floats, place: Place) -> _Written:
    """``sizes`` (m,): the font sizes, which become those on the displayed page."""
    count = len(texts.handles)
    turns, askew = np.empty(count, np.uint8), np.empty(count, np.uint8)
    written = _Written(sizes, turns, askew, np.empty((count, 2), np.float32))
    matrix = np.array(place.matrix, np.float32)
    describe_texts(read_matrices(texts.handles), matrix, texts.place == 0, *written)
    return written


def has_turned_text(found: PageObjects) -> bool:
    """Whether any text of the page is written in another direction than to the right."""
    for texts in found.texts:
        sizes = np.ones(len(texts.handles), np.float32)
        if _describe(texts, sizes, found.places[texts.place]).turns.any():
            return True
    return False


def _joined(parts: Sequence[npt.NDArray[Number]]) -> npt.NDArray[Number]:
    """Arrays end to end; most pages have text in one container, which is taken as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _is_one_of(modes: Ints, some: tuple[int, int]) -> Bools:
    return np.asarray((modes == some[0]) | (modes == some[1]))
