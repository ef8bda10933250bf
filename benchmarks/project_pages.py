"""What a page of 预算12表 costs beside a simple page with as many glyphs.

    python benchmarks/project_pages.py PDF_OR_FOLDER... [--rounds N]

Simple are the pages of tables with labels and amounts (支出预算总表 and its kin). What reading one
costs is taken as a sum for the page and for each glyph of the file, printed or hidden under a
clip (least squares over all of them); a project page is held against that sum for its own glyphs.
Normalising works on whole tables and is compared by the printed glyph. CPU time, the least of all
rounds, so that other programs count little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from yusuan.extract.model import RawDocument
from yusuan.extract.pdfium.reader import PdfiumReader
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Index, normalize, prepare
from yusuan.normalize.model import Record
from yusuan.schemas.loader import load

_PROJECTS: Final = "project_perf"
_SIMPLE: Final = frozenset(
    {"expenditure_fn", "general_fn", "basic_econ", "summary", "fiscal_summary", "revenue_fn"}
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of one kind: glyphs printed and in the file, seconds of reading; one entry a page.

    ``normalising``: seconds for the tables of all of these pages.
    """

    printed: Floats
    in_file: Floats
    reading: Floats
    normalising: float


def pages_of(tables: Iterable[Record]) -> tuple[list[int], list[int]]:
    """The numbers of the project pages and of the simple ones; pages of both kinds are neither."""
    kinds: dict[int, set[object]] = {}
    for table in tables:
        first, last = table.values.get("page_first"), table.values.get("page_last")
        if isinstance(first, int) and isinstance(last, int):  # else it is missing
            for number in range(first, last + 1):
                kinds.setdefault(number, set()).add(table.values["family"])
    projects = [n for n, families in sorted(kinds.items()) if families == {_PROJECTS}]
    return projects, [n for n, families in sorted(kinds.items()) if families <= _SIMPLE]


def measure(file: Path, index: Index, rounds: int) -> tuple[Pages, Pages]:
    """The project pages and the simple pages of a document."""
    raw = read_document(open_source(file))
    projects, simple = pages_of(normalize(raw, index).tables)
    return (
        _measure_pages(file, raw, projects, index, rounds),
        _measure_pages(file, raw, simple, index, rounds),
    )


def _measure_pages(
    file: Path, raw: RawDocument, numbers: Sequence[int], index: Index, rounds: int
) -> Pages:
    if not numbers:
        return Pages(np.empty(0), np.empty(0), np.empty(0), 0.0)
    part = replace(raw, pages=tuple(page for page in raw.pages if page.number in set(numbers)))
    data = open_source(file).data
    reading = np.min([_times_of_pages(data, numbers) for _ in range(rounds)], axis=0)
    normalising = min(_time_of(lambda: normalize(part, index)) for _ in range(rounds))
    printed = np.array([page.n_glyphs for page in part.pages], np.float64)
    hidden = np.array([page.n_hidden for page in part.pages], np.float64)
    return Pages(printed, printed + hidden, reading, normalising)


def _times_of_pages(data: bytes, numbers: Sequence[int]) -> list[float]:
    """Seconds for each page; opening the file falls on the page before them, where there is one."""
    before = [numbers[0] - 1] if numbers[0] > 1 else []
    pages = iter(PdfiumReader().read_pages(data, [*before, *numbers]))
    for _ in before:
        next(pages)
    return [_time_of(lambda: next(pages)) for _ in numbers]


def _time_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def joined(found: Sequence[Pages]) -> Pages:
    """The pages of several documents."""
    return Pages(
        np.concatenate([p.printed for p in found]),
        np.concatenate([p.in_file for p in found]),
        np.concatenate([p.reading for p in found]),
        sum(p.normalising for p in found),
    )


def reading_expected(simple: Pages, projects: Pages) -> float:
    """Seconds in which simple pages with the glyphs of the project pages would be read."""
    ones = np.ones_like(simple.in_file)
    (page, glyph), *_ = np.linalg.lstsq(np.stack((ones, simple.in_file), 1), simple.reading)
    return float(page * len(projects.reading) + glyph * projects.in_file.sum())


def main() -> int:
    """Print both kinds of pages, and how much more the project pages cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = [f for p in options.inputs for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    index = prepare(load())
    found = [measure(file, index, options.rounds) for file in files]
    projects, simple = (joined(pages) for pages in zip(*found, strict=True))
    print(
        "pages      number  glyphs/page  in file  read ms/page  read us/glyph  normalise us/glyph"
    )
    for name, pages in (("simple", simple), ("projects", projects)):
        n, printed = len(pages.reading), pages.printed.sum()
        print(
            f"{name:10s} {n:6d} {printed / n:11.0f} {pages.in_file.sum() / n:7.0f}"
            f" {1e3 * pages.reading.sum() / n:12.2f} {1e6 * pages.reading.sum() / printed:13.2f}"
            f" {1e6 * pages.normalising / printed:18.2f}"
        )
    expected = reading_expected(simple, projects)
    rate = simple.normalising / simple.printed.sum()
    wanted = expected + rate * projects.printed.sum()
    spent = projects.reading.sum() + projects.normalising
    print(f"reading: {projects.reading.sum() / expected:.2f} times a simple page of as many glyphs")
    print(f"reading and normalising: {spent / wanted:.2f} times")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
