"""Adjacency-relation F1 on the public corpus icdar2013/eu, side by side with other readers.

    python benchmarks/icdar.py SHARED/icdar2013/eu [--engine ours] [--seconds 300]

A relation is a cell and its nearest non-empty neighbour to the right or below, spans honoured,
white space removed. Relations are pooled per page, counted per document; the figure is the mean of
the documents' F1. Nothing found counts as zero. Ours is what ``yusuan tables`` reads.
"""

from __future__ import annotations

import argparse
import logging
import time
import warnings
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Relation = tuple[int, str, str, str]
"""Page, direction, text of the cell, text of its neighbour."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell: half-open rows and columns, text without white space."""

    row: int
    end_row: int
    col: int
    end_col: int
    text: str


def relations(page: int, cells: Sequence[Slot]) -> Counter[Relation]:
    """Nearest non-empty neighbours to the right and below, each pair once."""
    filled = [cell for cell in cells if cell.text]
    taken = {
        (row, col): cell
        for cell in filled
        for row in range(cell.row, cell.end_row)
        for col in range(cell.col, cell.end_col)
    }
    last_row = max((cell.end_row for cell in filled), default=0)
    last_col = max((cell.end_col for cell in filled), default=0)
    found: Counter[Relation] = Counter()
    for cell in filled:
        right = {
            _first(taken, [(row, col) for col in range(cell.end_col, last_col)])
            for row in range(cell.row, cell.end_row)
        }
        below = {
            _first(taken, [(row, col) for row in range(cell.end_row, last_row)])
            for col in range(cell.col, cell.end_col)
        }
        found.update((page, "right", cell.text, other.text) for other in right if other)
        found.update((page, "below", cell.text, other.text) for other in below if other)
    return found


def _first(taken: dict[tuple[int, int], Slot], path: Sequence[tuple[int, int]]) -> Slot | None:
    return next((taken[place] for place in path if place in taken), None)


def truth(path: Path) -> Counter[Relation]:
    """The relations of a ground truth file (-str.xml)."""
    found: Counter[Relation] = Counter()
    for region in ElementTree.parse(path).iter("region"):
        shift_row = int(region.get("row-increment", 0))
        shift_col = int(region.get("col-increment", 0))
        cells = []
        for cell in region.iter("cell"):
            row, col = int(cell.get("start-row", 0)), int(cell.get("start-col", 0))
            end_row, end_col = int(cell.get("end-row", row)), int(cell.get("end-col", col))
            text = _bare(cell.findtext("content") or "")
            cells.append(Slot(row + shift_row, end_row + shift_row + 1, col + shift_col,
                              end_col + shift_col + 1, text))  # fmt: skip
        found += relations(int(region.get("page", 1)), cells)
    return found


def ours(path: Path) -> Counter[Relation]:
    """What ``yusuan tables`` reads."""
    from yusuan.extract.readers import read_document
    from yusuan.extract.source import open_source

    found: Counter[Relation] = Counter()
    for page in read_document(open_source(path), only_tables=True).pages:
        for table in page.tables:
            cells = [
                Slot(c.row, c.row + c.row_span, c.col, c.col + c.col_span,
                     _bare("".join(line.text for line in c.lines)))
                for c in table.cells
            ]  # fmt: skip
            found += relations(page.number, cells)
    return found


def camelot(flavour: str) -> Callable[[Path], Counter[Relation]]:
    """The reading of camelot with that flavour, on its vector engine where it has one."""

    def read(path: Path) -> Counter[Relation]:
        import camelot

        options: dict[str, Any] = {"engine": "vector"} if flavour in ("hybrid", "lattice") else {}
        found: Counter[Relation] = Counter()
        for table in camelot.read_pdf(str(path), pages="all", flavor=flavour, **options):
            rows = table.df.values.tolist()
            found += relations(int(table.page), _grid(rows))
        return found

    return read


def pdfplumber(path: Path) -> Counter[Relation]:
    """The reading of pdfplumber with its default settings."""
    import pdfplumber as library

    found: Counter[Relation] = Counter()
    with library.open(path) as document:
        for page in document.pages:
            for table in page.extract_tables():
                found += relations(page.page_number, _grid(table))
    return found


def _grid(rows: Sequence[Sequence[Any]]) -> list[Slot]:
    return [
        Slot(r, r + 1, c, c + 1, _bare(str(text or "")))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]


def _bare(text: str) -> str:
    return "".join(text.split())


ENGINES: dict[str, Callable[[Path], Counter[Relation]]] = {
    "ours": ours,
    "camelot-hybrid": camelot("hybrid"),
    "camelot-network": camelot("network"),
    "pdfplumber": pdfplumber,
}


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of one document."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean; 0 where nothing is right."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(found: Counter[Relation], expected: Counter[Relation]) -> Score:
    """Relations found that are right, and expected ones that are found."""
    right = (found & expected).total()
    return Score(right / max(found.total(), 1), right / max(expected.total(), 1))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def main() -> None:
    """Print a line per document and the means of each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--seconds", type=float, default=300.0, help="for all; then it stops")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    engines = asked.engine or list(ENGINES)
    files = [path for path in sorted(asked.folder.glob("*.pdf"))
             if list(asked.folder.glob(f"{path.stem}*-str.xml"))]  # fmt: skip
    scores: dict[str, list[Score]] = {engine: [] for engine in engines}
    end = time.monotonic() + asked.seconds
    print("document", *engines, sep="\t")
    for path in files:
        if time.monotonic() > end:
            print(f"stopped after {asked.seconds:.0f} s, before {path.name}")
            break
        expected = truth(path.with_name(f"{path.stem}-str.xml"))
        for engine in engines:
            scores[engine].append(score(ENGINES[engine](path), expected))
        print(path.stem, *(f"{scores[e][-1].f1:.2f}" for e in engines), sep="\t", flush=True)
    for name in ("precision", "recall", "f1"):
        means = (_mean([getattr(s, name) for s in scores[engine]]) for engine in engines)
        print(f"mean {name}", *(f"{mean:.3f}" for mean in means), sep="\t")


if __name__ == "__main__":
    main()
