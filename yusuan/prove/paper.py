"""Looking at a page again: what a second engine reads in the cells that figures came from."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from yusuan.extract.model import Box, Cell, RawDocument, RawPage, RawTable
from yusuan.extract.source import EngineError, past_refused
from yusuan.extract.witness_text import Witness, WitnessCell, WitnessPage, read_cells
from yusuan.normalize.amounts import parse_amount
from yusuan.normalize.document import Normalized
from yusuan.normalize.model import CellKey

_SAME_CELL = 0.6
"""Two engines place a rule within about 1.5 pt; the lowest rows are 8 pt high."""
_STICKS_OUT = 1.0
"""pt; a line that leaves its cell by more is not wholly in it for the witness."""
_SAME_SIZE = 1.0  # pt

_PAGES_A_SINGLE = 60
"""A page costs a second reader five to ten times what it costs the first one, and so does opening
the document; one of which nothing fails should not pay a quarter more."""

Result = Literal["same", "other"]
ReadCells = Callable[[bytes, Sequence[int], Witness], Iterator[WitnessPage]]


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages behind the records of a document.

    ``uses``, ``texts``: ledger and unwrapped text by cell. ``table_pages``: first and last page of
    each recognised table; ``strange``: pages with a drawn table that has neither family nor title
    and may be the rest of another; ``doubtful``:
    tables with warnings of their own. ``max_pages``: how many pages may be read again.
    ``pages_a_single``: of so many pages one may be, for figures that no identity holds.
    """

    data: bytes
    raw: RawDocument
    uses: Mapping[CellKey, tuple[str, str]]
    texts: Mapping[CellKey, str]
    table_pages: Mapping[str, tuple[int, int]]
    strange: frozenset[int]
    doubtful: frozenset[str]
    max_pages: int
    read: ReadCells = read_cells
    pages_a_single: int = _PAGES_A_SINGLE

    def cell(self, key: CellKey) -> Cell | None:
        """The drawn cell of that key."""
        table = self._table(key)
        cells = () if table is None else table.cells
        return next((c for c in cells if (c.row, c.col) == key[2:]), None)

    def of_pages(self, numbers: Container[int]) -> Paper:
        """The paper of these pages (from 1) alone: enough to hear witnesses on them."""
        pages = tuple(page for page in self.raw.pages if page.number in numbers)
        raw = replace(self.raw, pages=pages)
        if not pages:
            return replace(self, raw=raw, uses={}, texts={})
        return replace(
            self,
            raw=raw,
            uses={key: use for key, use in self.uses.items() if key[0] in numbers},
            texts={key: text for key, text in self.texts.items() if key[0] in numbers},
        )

    def _table(self, key: CellKey) -> RawTable | None:
        page = next((page for page in self.raw.pages if page.number == key[0]), None)
        return page.tables[key[1]] if page is not None and key[1] < len(page.tables) else None

    @property
    def readable(self) -> frozenset[int]:
        """Pages with text of their own: of a picture no engine but the one that recognised it."""
        return frozenset(page.number for page in self.raw.pages if page.text_source == "pdf")

    def can_be_told(self, key: CellKey) -> bool:
        """Whether a witness can say what is printed in the cell of that key."""
        table, cell = self._table(key), self.cell(key)
        return table is not None and cell is not None and can_be_told(cell, table)


def make_paper(normalized: Normalized, raw: RawDocument, data: bytes, max_pages: int) -> Paper:
    """The paper of a document as the stages before left it."""
    known = [table for table in normalized.logical if table.family is not None]
    # What has a title of its own is a table of its own, whether its family is known or not.
    drawn = {
        place
        for table in normalized.logical
        if table.family is not None or table.title.endswith("表")
        for place in table.fragments
    }
    return Paper(
        data=data,
        raw=raw,
        uses=normalized.uses,
        texts=normalized.texts,
        table_pages={table.table_id: (table.page_first, table.page_last) for table in known},
        strange=frozenset(
            page.number
            for page in raw.pages
            for table in page.tables
            if (page.number, table.index) not in drawn
        ),
        doubtful=frozenset(
            finding.table_id
            for finding in normalized.findings
            if finding.table_id is not None and finding.severity != "info"
        ),
        max_pages=max_pages,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a second engine reads in a cell, white space left out; whether it is what we read."""

    engine: Witness
    text: str
    result: Result


@dataclass(frozen=True, slots=True)
class Readings:
    """What the witnesses said. ``pages``: those that were read again.

    ``complete``: pages where every number in a cell of the witness is one of ours. ``failed``:
    pages that no witness could read.
    """

    cells: Mapping[CellKey, Reading] = field(default_factory=dict)
    pages: frozenset[int] = frozenset()
    complete: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()

    def without(self, keys: Container[CellKey | None]) -> Readings:
        """The readings of all other cells."""
        return replace(self, cells={k: r for k, r in self.cells.items() if k not in keys})


def ask_witnesses(paper: Paper, pages: Iterable[int], asked: frozenset[CellKey]) -> Readings:
    """Have pages (from 1) read by pdfplumber, and by camelot where that says nothing of a cell.

    ``asked``: the cells in question. Of a page with hidden text only what is read alike counts: a
    witness that can't see clips reads what is not printed.
    """
    by_number = {page.number: page for page in paper.raw.pages}
    wanted = sorted(paper.readable.intersection(pages))
    open_cells = {key for key in asked if key[0] in wanted and paper.can_be_told(key)}
    cells: dict[CellKey, Reading] = {}
    complete: set[int] = set()
    seen: set[int] = set()
    engines: tuple[Witness, ...] = ("pdfplumber", "camelot")
    waiting = wanted
    for engine in engines:
        for witness in _pages_read(paper, waiting, engine):
            seen.add(witness.number)
            page = by_number[witness.number]
            told, is_complete = compare(page, witness, paper.texts, engine)
            cells = {**told, **cells}
            if is_complete:
                complete.add(witness.number)
        waiting = sorted({key[0] for key in open_cells - cells.keys()})
        if not waiting:
            break
    return Readings(cells, frozenset(seen), frozenset(complete), frozenset(wanted) - seen)


def _pages_read(paper: Paper, pages: Sequence[int], engine: Witness) -> Iterator[WitnessPage]:
    """What an engine makes of the pages; those that it can't read are left out."""
    with suppress(EngineError):
        yield from past_refused(lambda some: paper.read(paper.data, some, engine), pages)


def compare(
    page: RawPage, witness: WitnessPage, texts: Mapping[CellKey, str], engine: Witness
) -> tuple[dict[CellKey, Reading], bool]:
    """What a witness says of our cells, and whether all of its numbers are ours.

    Nothing of a page that it sees turned in another way.
    """
    size = abs(page.width - witness.width) + abs(page.height - witness.height)
    if page.rotation != witness.rotation or size > _SAME_SIZE:
        return {}, False
    ours = [(t, cell) for t in page.tables for cell in t.cells]
    matched = _matches([cell.box for _, cell in ours], [cell.box for cell in witness.cells])
    told: dict[CellKey, Reading] = {}
    confirmed: set[int] = set()
    for (table, cell), number in zip(ours, matched, strict=True):
        if number is None or (text := witness.cells[number].text) is None:
            continue
        key = (page.number, table.index, cell.row, cell.col)
        is_same = same_amount(texts.get(key, ""), text)
        if is_same:
            confirmed.add(number)
        if can_be_told(cell, table) and (is_same or not page.n_hidden):
            told[key] = Reading(engine, text, "same" if is_same else "other")
    numbers = {i for i, cell in enumerate(witness.cells) if _is_number(cell)}
    is_whole = all(table.is_ruled for table in page.tables)  # else its cells are no cells to them
    return told, is_whole and numbers <= confirmed


def _is_number(cell: WitnessCell) -> bool:
    return cell.text is None or parse_amount(cell.text).kind in ("number", "zero")


def can_be_told(cell: Cell, table: RawTable) -> bool:
    """Whether a witness can say what is printed in a cell of a table.

    It knows no clips, no open cells, and no columns where no rules are drawn.
    """
    box = cell.box
    return (
        table.is_ruled
        and not cell.hidden_glyphs
        and not cell.open_edges
        and all(
            line.box.x0 > box.x0 - _STICKS_OUT
            and line.box.x1 < box.x1 + _STICKS_OUT
            and line.box.top > box.top - _STICKS_OUT
            and line.box.bottom < box.bottom + _STICKS_OUT
            for line in cell.lines
        )
    )


def same_amount(ours: str, theirs: str) -> bool:
    """Whether two readings are the same text, or the same amount with as many decimals."""
    one, other = ("".join(text.split()) for text in (ours, theirs))
    if one == other:
        return True
    a, b = parse_amount(one), parse_amount(other)
    is_amount = a.kind in ("number", "zero")
    return is_amount and (a.kind, a.value, a.decimals) == (b.kind, b.value, b.decimals)


def _matches(ours: Sequence[Box], theirs: Sequence[Box]) -> list[int | None]:
    """For each of our cells the witness's cell that covers the same place; None without one."""
    if not ours or not theirs:
        return [None] * len(ours)
    a = np.array(ours, np.float64)[:, None, :]
    b = np.array(theirs, np.float64)[None, :, :]
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    common = width.clip(0) * height.clip(0)
    share = common / np.maximum(_areas(a) + _areas(b) - common, 1e-9)
    best = share.argmax(axis=1)
    enough = share[np.arange(len(ours)), best] >= _SAME_CELL
    return [int(i) if good else None for i, good in zip(best, enough, strict=True)]


def _areas(boxes: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
