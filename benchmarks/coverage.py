"""Numeric-cell coverage: of the amounts printed in tables, how many became facts.

    python benchmarks/coverage.py PDF_OR_FOLDER... [--rest] [--write docs/coverage.md]

Per document: published tables, those of a known family, non-blank numeric cells of the latter, how
many of them are the source of a canonical amount with the same text, and the ledger's word on the
rest (``--rest`` lists each). ``--write`` makes docs/coverage.md: the same by place (the folder that
a file stands in), with the share that is proved, and without each place's own data lines
(``places.py``). Everything else writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from yusuan.extract.model import RawDocument
from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import CellKey
from yusuan.schemas.loader import load

_GOALS = "department_goals"
_DETAILS = "amount_details"
# Reasons of cells that hold no amount of this budget: other years, differences, weights, numbers
# of another kind, and second prints of a column.
NO_AMOUNT = frozenset(
    {"prior_year", "change", "change between years", "other_version", "indicator_detail", "remark",
     "department_detail", "repeats another column", "quantity"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts for one document; ``rest`` holds (cell, text, what became of it).

    ``numeric``: numeric cells of recognised tables; ``landed``: those that became facts, of which
    ``details`` are in ``amount_details``, as parts of others;
    ``other``: named as no amount of this budget; ``finer``: amounts of this budget left out by
    name, since no canonical table has a place for their breakdown; ``drawn``: amounts in all ruled
    tables, recognised or not.
    """

    name: str
    tables: int
    known: int
    numeric: int
    landed: int
    rest: tuple[tuple[CellKey, str, str], ...]
    other: int = 0
    finer: int = 0
    drawn: int = 0
    details: int = 0

    @property
    def lost(self) -> int:
        """Numeric cells that are neither a fact nor left out by name."""
        return self.numeric - self.landed - self.other - self.finer


def measure(path: Path, index: Index) -> Coverage:
    """Read and normalise one PDF and count its numeric cells."""
    return cover(path.name, normalize(read_document(open_source(path)), index))


def cover(name: str, result: Normalized) -> Coverage:
    """Count the numeric cells of recognised tables against the canonical records."""
    landed_texts: dict[CellKey, set[str]] = {}
    anywhere: set[str] = set()
    for record in result.records:
        if record.origin is not None:
            texts = landed_texts.setdefault(record.origin.key, set())
            texts.update(str(v) for k, v in record.values.items() if k.endswith("_text") and v)
            anywhere |= texts
    goals = {
        value
        for record in result.records
        if record.table == _GOALS
        for value in record.values.values()
        if isinstance(value, Decimal)
    }
    parts = {r.origin.key for r in result.records if r.table == _DETAILS and r.origin is not None}
    counts = {"numeric": 0, "landed": 0, "other": 0, "finer": 0, "details": 0}
    rest: list[tuple[CellKey, str, str]] = []
    for key, (use, reason) in result.uses.items():
        text = result.texts.get(key, "")
        if use in ("header", "title", "note") or (use, reason) == ("ignored", "seq"):
            continue
        if not _is_number(text):
            continue
        if use == "value" and key not in landed_texts and text.isdecimal():
            continue  # codes and other labels made of digits
        counts["numeric"] += 1
        # A project's amounts stand in other cells than the one its record points at.
        known = landed_texts.get(key, anywhere if use == "value" else ())
        if text in known or (use == "value" and _in_yuan(text) & goals):
            counts["landed"] += 1
            counts["details"] += key in parts
            continue
        if use == "ignored":
            counts["other" if reason in NO_AMOUNT else "finer"] += 1
        rest.append((key, text, f"{use}: {reason}"))
    known_tables = sum(t.values["family"] is not None for t in result.tables)
    drawn = counts["numeric"] + sum(
        key not in result.uses and _is_number(text) and not text.isdecimal()
        for key, text in result.texts.items()
    )
    return Coverage(
        name, len(result.tables), known_tables, counts["numeric"], counts["landed"], tuple(rest),
        counts["other"], counts["finer"], drawn, counts["details"],
    )  # fmt: skip


def _is_number(text: str) -> bool:
    return parse_amount(text).kind in ("number", "zero")


def _in_yuan(text: str) -> set[Decimal | None]:
    """What the text may be worth; the goals record keeps figures of a form without their text."""
    amount = parse_amount(text)
    return {to_yuan(amount, "元"), to_yuan(amount, "万元")}


def share(part: int, whole: int) -> str:
    """A percentage for print; a dash where there is nothing to count."""
    return f"{part / whole:.2%}" if whole else "-"


def read_all(files: Iterable[Path]) -> Mapping[Path, RawDocument]:
    """The documents that can be read; others are named on the error stream."""
    raws = {}
    for file in files:
        try:
            raws[file] = read_document(open_source(file))
        except SourceError as error:
            print(f"{file.name}: {error}", file=sys.stderr)
    return raws


def print_documents(files: Iterable[Path], *, show_rest: bool) -> None:
    """Print one line a document and the overall share."""
    index = prepare(load())
    total = [0, 0, 0, 0]
    for file in files:
        try:
            c = measure(file, index)
        except SourceError as error:
            print(f"{file.name}: {error}")
            continue
        total = [
            a + b for a, b in zip(total, (c.landed, c.numeric, c.known, c.tables), strict=True)
        ]
        counts = f"{c.landed:6d}/{c.numeric:<6d} tables {c.known:3d}/{c.tables:<3d}"
        print(f"{share(c.landed, c.numeric):>7} {counts} {c.name}")
        if show_rest:
            for key, text, why in c.rest:
                print("        ", key, text, why)
    print(f"{share(*total[:2]):>7} {total[0]:6d}/{total[1]:<6d} tables {total[2]}/{total[3]} all")


def main(arguments: list[str]) -> int:
    """Print the coverage of documents, or write it by place."""
    target = None
    if "--write" in arguments:
        at = arguments.index("--write")
        target = Path(arguments[at + 1])
        arguments = arguments[:at] + arguments[at + 2 :]
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    files = [f for p in paths for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    if target is None:
        print_documents(files, show_rest="--rest" in arguments)
        return 0
    from places import write_places  # beside this script

    write_places(read_all(files), target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
