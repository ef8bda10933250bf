"""What it takes to convert every department budget in China, from a measured run.

``python benchmarks/plan.py`` prints the plan of docs/scale.md from the run named there. With your
own: ``time yusuan run FOLDER -o OUT --workers 1 --fresh``, then
``python benchmarks/plan.py --out OUT --pdfs FOLDER --seconds S``, S the seconds that it took.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Measured:
    """A run. ``cores``: at work on average; sizes in bytes, ``state``: what is kept to resume."""

    documents: int = 73
    pages: int = 3036
    seconds: float = 33.7
    cores: float = 1.8
    pdfs: int = 42_985_751
    tables: int = 5_442_285
    state: int = 14_767_520


@dataclass(frozen=True, slots=True)
class Assumed:
    """What was not measured. Prices in yuan.

    ``hosts``: sites fetched from at a time; ``polite``: seconds from one document of a site to the
    next; ``reserve``: for documents that need second readers, scans, cores that slow each other.
    """

    core_hour: float = 0.3
    gb_month: float = 0.12
    hosts: int = 16
    polite: float = 2.0
    reserve: float = 3.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents. ``bodies``: that publish; ``books``: documents of each in all."""

    name: str
    bodies: int
    books: int

    @property
    def documents(self) -> int:
        """How many."""
        return self.bodies * self.books


DEPARTMENTS = 3_700 * 60  # finance offices of all levels, and departments of each
BUDGET_UNITS = 600_000
SCOPES = (
    Scope("departments, budget", DEPARTMENTS, 1),
    Scope("departments, both books", DEPARTMENTS, 2),
    Scope("all units, both books", BUDGET_UNITS, 2),
    Scope("all units, both books, ten years", BUDGET_UNITS, 20),
)


def plan(measured: Measured, assumed: Assumed) -> Iterator[tuple[str, list[str]]]:
    """The rows of the plan: what, and its figure for each scope."""
    documents = [float(scope.documents) for scope in SCOPES]
    scale = [count / measured.documents for count in documents]
    hours = [measured.seconds * measured.cores * factor / 3600 for factor in scale]
    reserved = [assumed.reserve * each for each in hours]
    pdfs, tables, state = (
        [size * factor / 1e9 for factor in scale]
        for size in (measured.pdfs, measured.tables, measured.state)
    )
    stored = [sum(parts) for parts in zip(pdfs, tables, state, strict=True)]
    fetching = [count * assumed.polite / assumed.hosts / 3600 for count in documents]

    yield "documents", [f"{count:,.0f}" for count in documents]
    yield "pages", [f"{measured.pages * factor / 1e6:,.1f} million" for factor in scale]
    yield "core hours, as measured", _rounded(hours)
    yield f"core hours, × {assumed.reserve:g} reserve", _rounded(reserved)
    yield "… on 64 cores", [f"{each / 64:,.1f} h" for each in reserved]
    yield "… in money", [f"{each * assumed.core_hour:,.0f} yuan" for each in reserved]
    yield "PDFs", [f"{size:,.0f} GB" for size in pdfs]
    yield "tables (Parquet)", [f"{size:,.0f} GB" for size in tables]
    yield "state, to resume", [f"{size:,.0f} GB" for size in state]
    yield "storage of all, a month", [f"{size * assumed.gb_month:,.0f} yuan" for size in stored]
    yield f"fetching, {assumed.hosts} sites at a time", [f"{each / 24:,.1f} d" for each in fetching]


def _rounded(values: list[float]) -> list[str]:
    return [f"{value:,.0f}" for value in values]


def _measured_in(out: Path, pdfs: Path, seconds: float) -> Measured:
    pages = pq.read_table(out / "documents", columns=["page_count"]).column("page_count")
    tables = [path for path in out.iterdir() if path.is_dir() and not path.name.startswith("_")]
    return Measured(
        documents=len(pages),
        pages=sum(count or 0 for count in pages.to_pylist()),
        seconds=seconds,
        cores=1.0,
        pdfs=_size(pdfs),
        tables=sum(map(_size, tables)),
        state=_size(out / "_state"),
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Print the plan as a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, help="dataset of a measured run")
    parser.add_argument("--pdfs", type=Path, help="folder of its PDFs")
    parser.add_argument("--seconds", type=float, help="how long it took, with one worker")
    for name, value in (("core-hour", Assumed().core_hour), ("gb-month", Assumed().gb_month)):
        parser.add_argument(f"--{name}", type=float, default=value, help="price, in yuan")
    given = parser.parse_args()
    own = (given.out, given.pdfs, given.seconds)
    if any(own) and not all(own):
        parser.error("--out, --pdfs and --seconds go together")
    measured = _measured_in(*own) if all(own) else Measured()
    assumed = Assumed(core_hour=given.core_hour, gb_month=given.gb_month)

    pace = measured.pages / (measured.seconds * measured.cores)
    print(
        f"{measured.documents} documents, {measured.pages:,} pages, {measured.seconds:g} s with "
        f"{measured.cores:g} cores at work: {pace:.1f} pages/s on one core; "
        f"{measured.pages / measured.documents:.1f} pages and "
        f"{measured.pdfs / measured.documents / 1e3:.0f} kB a document\n"
    )
    print("| |", " | ".join(scope.name for scope in SCOPES), "|")
    print("| --- |", " | ".join("---:" for _ in SCOPES), "|")
    for name, cells in plan(measured, assumed):
        print(f"| {name} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
