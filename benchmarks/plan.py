"""What it takes to convert every department budget in China, from a measured run.

``python benchmarks/plan.py`` prints the plan of docs/scale.md from the run named there. With your
own: ``time yusuan run FOLDER -o OUT --workers 1 --fresh``, then
``python benchmarks/plan.py --out OUT --pdfs FOLDER --seconds S``, S the seconds that it took; with
``--write docs/scale.md`` that run and its plan take the place of those of the page.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scale.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """A run. ``cores``: at work on average; sizes in bytes, ``state``: what is kept to resume.

    ``note``: sentences on where and how it was measured.
    """

    documents: int
    pages: int
    seconds: float
    cores: float
    pdfs: int
    tables: int
    state: int
    note: str = ""


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


def _measured_in(out: Path, pdfs: Path, seconds: float, cores: float, note: str) -> Measured:
    pages = pq.read_table(out / "documents", columns=["page_count"]).column("page_count")
    tables = [path for path in out.iterdir() if path.is_dir() and not path.name.startswith("_")]
    return Measured(
        documents=len(pages),
        pages=sum(count or 0 for count in pages.to_pylist()),
        seconds=seconds,
        cores=cores,
        pdfs=sum(path.stat().st_size for path in pdfs.rglob("*.pdf")),
        tables=sum(map(_size, tables)),
        state=_size(out / "_state"),
        note=note,
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def told(measured: Measured, assumed: Assumed) -> str:
    """The plan as Markdown."""
    pace = measured.pages / (measured.seconds * measured.cores)
    lines = [
        f"{measured.documents} documents, {measured.pages:,} pages, {measured.seconds:g} s with "
        f"{measured.cores:g} cores at work: {pace:.1f} pages/s on one core; "
        f"{measured.pages / measured.documents:.1f} pages and "
        f"{measured.pdfs / measured.documents / 1e3:.0f} kB a document; "
        f"{measured.tables / 1e6:.1f} MB of tables and {measured.state / 1e6:.1f} MB of state of "
        f"{measured.pdfs / 1e6:.1f} MB of PDFs.",
        *([measured.note] if measured.note else []),
        "",
        "| | " + " | ".join(scope.name for scope in SCOPES) + " |",
        "| --- | " + " | ".join("---:" for _ in SCOPES) + " |",
        *(f"| {name} | " + " | ".join(cells) + " |" for name, cells in plan(measured, assumed)),
    ]
    return "\n".join(lines) + "\n"


def measured_of(text: str) -> Measured:
    """The run that a page was written from: a comment of it holds its figures."""
    found = re.search(r"<!-- plan (\{.*\}) -->", text)
    if found is None:
        raise SystemExit("the page has no line <!-- plan {…} -->")
    return Measured(**json.loads(found[1]))


def rewritten(text: str, measured: Measured, assumed: Assumed) -> str:
    """The page with this run and its plan in place of the old ones."""
    head, mark, rest = text.partition("<!-- plan {")
    _, end, tail = rest.partition("<!-- /plan -->")
    if not (mark and end):
        raise SystemExit("the page has no <!-- plan {…} --> and <!-- /plan -->")
    figures = json.dumps(asdict(measured), ensure_ascii=False)
    return f"{head}<!-- plan {figures} -->\n{told(measured, assumed)}{end}{tail}"


def main() -> None:
    """Print the plan, or write it into the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, help="dataset of a measured run")
    parser.add_argument("--pdfs", type=Path, help="folder of its PDFs")
    parser.add_argument("--seconds", type=float, help="how long it took, with one worker")
    parser.add_argument("--cores", type=float, default=1.0, help="at work on average")
    parser.add_argument("--note", default="", help="where and how it was measured")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="docs/scale.md")
    for name, value in (("core-hour", Assumed().core_hour), ("gb-month", Assumed().gb_month)):
        parser.add_argument(f"--{name}", type=float, default=value, help="price, in yuan")
    given = parser.parse_args()
    own = (given.out, given.pdfs, given.seconds)
    if any(own) and not all(own):
        parser.error("--out, --pdfs and --seconds go together")
    page = given.write or PAGE
    text = page.read_text(encoding="utf-8")
    measured = _measured_in(*own, given.cores, given.note) if all(own) else measured_of(text)
    assumed = Assumed(core_hour=given.core_hour, gb_month=given.gb_month)
    if given.write:
        page.write_text(rewritten(text, measured, assumed), encoding="utf-8")
    else:
        print(told(measured, assumed), end="")


if __name__ == "__main__":
    main()
