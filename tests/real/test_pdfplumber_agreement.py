"""Published documents read twice: our reading against pdfplumber's own, cell by cell.

pdfplumber (on pdfminer) shares no code with PDFium or with our grid. Here its own ``find_tables``
and ``extract`` are used with their default settings, not the ``pdfplumber`` engine of this package.
Differences must fall into a named class whose evidence is looked up in the file; any other one
fails. docs/verification.md tells what a run found.

Sampled so that it stays below 90 s on one core: every page up to the first performance table, then
every tenth. ``YUSUAN_VERIFY_ALL=1`` compares every page.
"""

import importlib.util
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pdfplumber
import pytest
from pdfplumber.page import Page

from yusuan.extract.model import Box, RawDocument, RawPage
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.amounts import parse_amount
from yusuan.normalize.document import Index, Normalized, normalize, prepare, unwrap_cells
from yusuan.normalize.model import CellKey
from yusuan.schemas.loader import load

PLACES = ("上海普陀", "上海", "北京")
EVERY = 1 if os.environ.get("YUSUAN_VERIFY_ALL") else 10
PERFORMANCE = frozenset({"project_perf", "dept_perf"})
LANDED_SHARE = 0.995
REAL = Path(os.environ.get("YUSUAN_SHARED", Path(__file__).parents[3] / "shared")) / "real"
_COLUMNS = ("pages", "ours", "theirs", "landed", "numeric")
DOCUMENTS = sorted(p for place in PLACES for p in (REAL / place).glob("*.pdf"))


class Theirs(NamedTuple):
    """A cell as pdfplumber sees it; the box counts from the displayed page's top left."""

    box: Box
    text: str


class Ours(NamedTuple):
    """A cell as we see it, its unwrapped text and where its first line is printed."""

    box: Box
    text: str
    ink: Box | None
    is_open: bool
    is_recognised: bool
    hidden: int


class Difference(NamedTuple):
    """``name`` is a class of EXPLAINED, or ``unexplained``."""

    name: str
    page: int
    ours: str
    theirs: str


EXPLAINED = {
    "open-edge": "our cell has an edge without a rule, so pdfplumber has no cell there; it reads "
    "the same characters at that place",
    "their-grid": "pdfplumber draws its cells otherwise (none, a part, several in one); it reads "
    "the same characters inside our cell",
    "not-printed": "the further characters that pdfplumber reads leave no ink on the page",
    "spilled": "text is drawn over the edge of its cell, so that pdfplumber reads it in the next "
    "one; no digit is lost by that",
    "clipped": "a clip hides the rest of the number; we read the part that shows, count what is "
    "hidden, claim no amount and say so",
    "sideways": "the page's text runs sideways; we turn it upright and pdfplumber does not",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numeric cells of one document compared both ways."""

    ours: int
    theirs: int
    differences: tuple[Difference, ...]
    pages: int


def _number(text: str) -> str | None:
    """The text without white space where it is a number by the product's grammar."""
    bare = re.sub(r"\s", "", text)
    return bare if parse_amount(bare).kind in ("number", "zero") else None


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2


def _is_spilled(cell: Ours, number: str, inside: str, read: list[str], cells: list[Ours]) -> bool:
    """Whether the readings differ only by characters that are drawn over a cell's edge.

    They are theirs at the wrong place, then: without a digit, or part of our neighbour's text.
    Or they are ours: drawn left or right of the cell, and read there by pdfplumber too.
    """
    ink = cell.ink
    assert ink is not None
    if number in inside and (ink.x0 < cell.box.x0 or ink.x1 > cell.box.x1):
        return True
    for text in read:
        if not text.endswith(number) and not text.startswith(number):
            continue
        extra = text.removesuffix(number) if text.endswith(number) else text.removeprefix(number)
        if not any(char.isdigit() for char in extra):
            return True
        for other in cells:
            near = other.ink is not None and abs(other.ink.x0 - ink.x1) < 6
            if near and other is not cell and other.text.startswith(extra):
                return True
    return False


def _is_clipped(cell: Ours, number: str, read: tuple[str, ...], cells: list[Ours]) -> bool:
    """Whether a clip hides what pdfplumber reads beyond the number.

    The clip of the cell itself, or of its neighbour, whose hidden glyphs lie over the rule.
    """
    beside = [
        c
        for c in cells
        if abs(c.box.top - cell.box.top) < 1
        and min(abs(c.box.x0 - cell.box.x1), abs(c.box.x1 - cell.box.x0)) < 1
    ]
    hidden = sum(c.hidden for c in (cell, *beside))
    return any(number in text and 0 < len(text) - len(number) <= hidden for text in read)


def _union(box: Box, ink: Box) -> Box:
    """A row cut by the page's edge may be printed a little beyond the edge of its cell."""
    return Box(
        min(box.x0, ink.x0),
        min(box.top, ink.top),
        max(box.x1, ink.x1),
        max(box.bottom, ink.bottom),
    )


def _their_cells(page: Page) -> list[Theirs]:
    left, top = float(page.bbox[0]), float(page.bbox[1])
    found = []
    for table in page.find_tables():
        for row, texts in zip(table.rows, table.extract(), strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                if cell is not None:
                    x0, y0, x1, y1 = map(float, cell)
                    box = Box(x0 - left, y0 - top, x1 - left, y1 - top)
                    found.append(Theirs(box, text or ""))
    return found


def _our_cells(
    page: RawPage, texts: dict[CellKey, str], recognised: set[tuple[int, int]]
) -> list[Ours]:
    return [
        Ours(
            cell.box,
            texts.get((page.number, table.index, cell.row, cell.col), ""),
            cell.lines[0].box if cell.lines else None,
            bool(cell.open_edges),
            (page.number, table.index) in recognised,
            cell.hidden_glyphs,
        )
        for table in page.tables
        for cell in table.cells
    ]


def _their_characters(page: Page, box: Box) -> str:
    """What pdfplumber reads inside a box of ours, whatever its grid: characters by their middle."""
    left, top = float(page.bbox[0]), float(page.bbox[1])
    inside = [
        char
        for char in page.chars
        if _holds(
            box,
            (char["x0"] + char["x1"]) / 2 - left,
            (char["top"] + char["bottom"]) / 2 - top,
        )
    ]
    inside.sort(key=lambda char: (round(char["top"]), char["x0"]))
    return re.sub(r"\s", "", "".join(char["text"] for char in inside))


def _has_ink(page: Page, box: Box) -> bool:
    """Whether anything dark is painted well inside the box (rules lie on its edge)."""
    left, top = float(page.bbox[0]), float(page.bbox[1])
    image = page.to_image(resolution=144).original.convert("L")
    inner = (box.x0 + left + 2, box.top + top + 2, box.x1 + left - 2, box.bottom + top - 2)
    x0, y0, x1, y1 = (round(edge * 2) for edge in inner)
    return x1 > x0 and y1 > y0 and min(image.crop((x0, y0, x1, y1)).tobytes()) < 128


def compare_page(page: Page, raw: RawPage, cells: list[Ours]) -> tuple[int, int, list[Difference]]:
    """Compare the numeric cells of one page both ways."""
    theirs = _their_cells(page)
    sideways = raw.rotation != int(page.rotation)
    differences: list[Difference] = []
    counts = Counter[str]()
    matched: set[int] = set()
    for cell in cells:
        number = _number(cell.text) if cell.is_recognised else None
        if number is None or cell.ink is None:
            continue
        counts["ours"] += 1
        x, y = _middle(cell.ink)
        hits = [k for k, their in enumerate(theirs) if _holds(their.box, x, y)]
        matched.update(hits)
        read = [re.sub(r"\s", "", theirs[k].text) for k in hits]
        if number in read:
            continue
        inside = _their_characters(page, _union(cell.box, cell.ink))
        if sideways:
            name = "sideways"
        elif inside == number:
            name = "open-edge" if cell.is_open and not hits else "their-grid"
        elif _is_clipped(cell, number, (inside, *read), cells):
            name = "clipped"
        elif _is_spilled(cell, number, inside, read, cells):
            name = "spilled"
        else:
            name = "unexplained"
        differences.append(Difference(name, raw.number, number, " / ".join(read)))
    for k, their in enumerate(theirs):
        number = _number(their.text)
        if number is None:
            continue
        counts["theirs"] += 1
        x, y = _middle(their.box)
        at_place = [re.sub(r"\s", "", c.text) for c in cells if _holds(c.box, x, y)]
        if k in matched or number in at_place:
            continue
        if sideways:
            name = "sideways"
        elif not _has_ink(page, their.box):
            name = "not-printed"
        elif any(number in text for text in at_place):
            name = "their-grid"
        else:
            name = "unexplained"
        differences.append(Difference(name, raw.number, " / ".join(at_place), number))
    return counts["ours"], counts["theirs"], differences


def _sampled(raw: RawDocument) -> RawDocument:
    """All pages before the first performance table, then every EVERY-th."""
    first = next(
        (
            page.number
            for page in raw.pages
            if any("绩效目标" in line.text for table in page.tables for line in table.caption)
        ),
        len(raw.pages) + 1,
    )
    pages = [p for p in raw.pages if p.number < first or (p.number - first) % EVERY == 0]
    return replace(raw, pages=tuple(pages))


def _pages_side_by_side(path: Path, raw: RawDocument) -> Iterator[tuple[Page, RawPage]]:
    numbers = [page.number for page in raw.pages]
    with pdfplumber.open(path, pages=numbers) as document:
        for page, ours in zip(document.pages, raw.pages, strict=True):
            yield page, ours
            page.close()


def compare(path: Path, raw: RawDocument, result: Normalized) -> Comparison:
    """Compare all pages of a (sampled) document that hold a table by either reading."""
    texts = unwrap_cells(raw.pages)
    recognised = {piece for t in result.logical if t.family for piece in t.fragments}
    ours, theirs, pages = 0, 0, 0
    differences: list[Difference] = []
    for page, raw_page in _pages_side_by_side(path, raw):
        mine, their, found = compare_page(page, raw_page, _our_cells(raw_page, texts, recognised))
        ours, theirs, pages = ours + mine, theirs + their, pages + bool(mine or their)
        differences += found
    return Comparison(ours, theirs, tuple(differences), pages)


def _coverage() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_benchmark", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@cache
def _index() -> Index:
    return prepare(load())


@cache
def _read(path: Path) -> tuple[RawDocument, Normalized]:
    """The sampled document and what became of it; both tests look at the same reading."""
    raw = _sampled(read_document(open_source(path)))
    return raw, normalize(raw, _index())


def _named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in paths]


@pytest.mark.usefixtures("shared_dir")
@pytest.mark.parametrize("path", _named(DOCUMENTS))
def test_every_difference_from_pdfplumber_is_explained(path: Path) -> None:
    raw, result = _read(path)
    outcome = compare(path, raw, result)
    unexplained = [d for d in outcome.differences if d.name not in EXPLAINED]
    assert not unexplained, f"{len(unexplained)} differences without an explanation"
    if any(t.family for t in result.logical):
        assert outcome.ours, "tables were recognised and no numeric cell was compared"
    assert sum(d.name == "their-grid" for d in outcome.differences) <= 0.01 * max(outcome.ours, 100)


@pytest.mark.usefixtures("shared_dir")
@pytest.mark.parametrize("place", PLACES)
def test_numeric_cells_become_facts(place: str) -> None:
    """Of the numeric cells of recognised tables nearly all are facts; the rest is named."""
    cover = _coverage().cover
    numeric, landed = 0, 0
    nameless: list[str] = []
    elsewhere: list[str] = []
    for path in DOCUMENTS:
        if path.parent.name != place:
            continue
        result = _without_performance(_read(path)[1])
        outcome = cover(path.name, result)
        numeric, landed = numeric + outcome.numeric, landed + outcome.landed
        tables = {piece: t.table_id for t in result.logical for piece in t.fragments}
        named = {(f.table_id, f.page) for f in result.findings}
        nameless += [
            f"{path.name} {key} {text}: {why}"
            for key, text, why in outcome.rest
            if not why.startswith(("ignored", "finding"))
            and (tables.get(key[:2]), key[0]) not in named
        ]
        elsewhere += [f"{path.name} {key}" for key in _not_at_their_cell(result)]
    assert numeric > 1000
    assert landed >= LANDED_SHARE * numeric, f"{landed} of {numeric}"
    assert nameless == []
    assert elsewhere == []


def _not_at_their_cell(result: Normalized) -> list[CellKey]:
    """Cells used as values whose amount is no fact that points at this very cell.

    Numbers without a separator are left out: most of them are codes.
    """
    facts = {
        (record.origin.key, record.values.get("amount_text"))
        for record in result.records
        if record.origin is not None
    }
    return [
        key
        for key, (use, _) in result.uses.items()
        if use == "value"
        and _number(text := result.texts.get(key, "")) is not None
        and not text.isdecimal()
        and (key, text) not in facts
    ]


def _without_performance(result: Normalized) -> Normalized:
    """Leave out the performance tables: their pages are sampled, so their rows are not whole."""
    dropped = {p for t in result.logical if t.family in PERFORMANCE for p in t.fragments}
    return replace(
        result, uses={key: use for key, use in result.uses.items() if key[:2] not in dropped}
    )


def main() -> int:
    """Write the table of docs/verification.md: one line a document, then the sums."""
    cover = _coverage().cover
    total = Counter[str]()
    for path in DOCUMENTS:
        raw, result = _read(path)
        outcome = compare(path, raw, result)
        named = Counter(d.name for d in outcome.differences)
        facts = cover(path.name, _without_performance(result))
        counts = (outcome.pages, outcome.ours, outcome.theirs, facts.landed, facts.numeric)
        total.update(named)
        total.update(dict(zip(_COLUMNS, counts, strict=True)), documents=1)
        cells = " | ".join(map(str, (*counts, dict(named) or "")))
        sys.stdout.write(f"| {path.parent.name}/{path.stem} | {cells} |\n")
        for difference in outcome.differences:
            if difference.name not in EXPLAINED:
                sys.stdout.write(f"    {difference}\n")
    sys.stdout.write(f"{dict(total)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
