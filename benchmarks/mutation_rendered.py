"""Change one printed amount of generated books, draw them again and read them: `--rendered`.

The books are those of the samples (a final account in 万元, a district budget in 元 and 万元) with
other money each time, and the same again with all amounts rounded for print, drawn by reportlab.
Each book is drawn once as it is and then with one digit of one amount changed, several times.
"""

from __future__ import annotations

import importlib
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

from mutation import (
    SAMPLES,
    Book,
    book_of,
    changed_digit,
    class_of,
    judged,
    note_miss,
    note_undamaged,
    proved,
)

from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Index, Normalized, normalize
from yusuan.normalize.model import Record

_FORMS = {"final": ("final_books", "final_account"), "shanghai": ("shanghai_books", "shanghai")}
_PER_BOOK = 8
"""Changes of one book before another is made: an undamaged one has to be read as well."""
_FINE = 100
"""How much finer than the printed step the money of a rounded book is."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The sheets of a book, and where it is drawn to."""

    name: str
    grids: Sequence[Any]
    path: Path

    def read(self, grids: Sequence[Any], index: Index) -> Normalized:
        """Draw sheets and read them."""
        canvas, make = importlib.import_module("canvas"), importlib.import_module("make")
        canvas.draw(grids, self.path, "", make.UMING)
        return normalize(read_document(open_source(self.path)), index)


def made(form: str, seed: int, is_rounded: bool, folder: Path) -> Drawn:
    """A book of a form with money drawn by another seed.

    The generators make their money when they are imported. Rounded: it is drawn a hundred times
    finer, added up so, and rounded for print alone.
    """
    books, sheets = _FORMS[form]

    class Money(random.Random):
        def __init__(self, own: int) -> None:
            super().__init__(own + seed)

        def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:  # type: ignore[override]
            drawn = super().randrange(start, stop, step)
            return drawn * _FINE + super().randrange(_FINE) if is_rounded else drawn

    for name in (books, sheets):
        sys.modules.pop(name, None)
    with mock.patch("random.Random", Money):
        money = importlib.import_module(books)
    if is_rounded:
        for name in ("wan", "yuan"):
            if hasattr(money, name):
                printed = getattr(money, name)
                setattr(money, name, lambda value, printed=printed: printed(_rounded(value)))
    grids = importlib.import_module(sheets).grids()
    return Drawn(f"{form} {seed}{' rounded' if is_rounded else ''}", grids, folder / f"{form}.pdf")


def _rounded(value: int) -> int:
    return (value + _FINE // 2) // _FINE


def rendered(
    n: int, seed: int, index: Index, told: dict[tuple[str, str], Counter[str]], misses: list[str]
) -> None:
    """Change ``n`` amounts in books of both forms, each as they are and rounded for print."""
    sys.path.insert(0, str(SAMPLES / "generators"))
    rng = random.Random(seed)
    folder = Path(tempfile.mkdtemp())
    kinds = [(form, is_rounded) for form in _FORMS for is_rounded in (False, True)]
    done = number = 0
    while done < n:
        form, is_rounded = kinds[number % len(kinds)]
        drawn = made(form, seed * 1000 + number, is_rounded, folder)
        number += 1
        book = book_of(drawn.name, drawn.read(drawn.grids, index), index.schemas.identities)
        note_undamaged(book, told)
        for change, result in _changes(drawn, book, rng, index, min(_PER_BOOK, n - done)):
            proof = proved(result, result.records, index.schemas.identities)
            count = judged(book, proof, change, index.schemas.identities)
            told[(class_of(book), "in PDF")] += count
            note_miss(book, "in PDF", change, count, misses)
            done += 1


def _changes(
    drawn: Drawn, book: Book, rng: random.Random, index: Index, n: int
) -> Iterator[tuple[dict[int, Record], Normalized]]:
    """``n`` times the book with one printed amount changed: the record that differs, and all."""
    texts = {str(book.shown[i].values["amount_text"]) for i in book.covered}
    places = [
        (g, s)
        for g, grid in enumerate(drawn.grids)
        for s, slot in enumerate(grid.slots)
        if slot.text in texts
    ]
    found = 0
    while found < n:
        g, s = rng.choice(places)
        slots = list(drawn.grids[g].slots)
        slots[s] = replace(slots[s], text=changed_digit(str(slots[s].text), rng))
        changed = [*drawn.grids[:g], replace(drawn.grids[g], slots=tuple(slots))]
        result = drawn.read([*changed, *drawn.grids[g + 1 :]], index)
        if len(result.records) != len(book.result.records):
            continue  # a digit of a year or a code that only looked like an amount
        differing = {
            i: record
            for i, record in enumerate(result.records)
            if record.values.get("amount_text") != book.result.records[i].values.get("amount_text")
        }
        if len(differing) == 1 and differing.keys() <= set(book.covered):
            found += 1
            yield differing, result
