"""Numeric-cell coverage: of the amounts printed in recognised tables, how many became facts.

    python benchmarks/coverage.py PDF_OR_FOLDER... [--rest]

Per document: published tables, those of a known family, non-blank numeric cells of the latter, how
many of them are the source of a canonical amount with the same text, and the ledger's word on the
rest (``--rest`` lists each). Reads and normalises only; writes nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import CellKey
from yusuan.schemas.loader import load

_GOALS = "department_goals"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts for one document; ``rest`` holds (cell, text, what became of it)."""

    name: str
    tables: int
    known: int
    numeric: int
    landed: int
    rest: tuple[tuple[CellKey, str, str], ...]


def measure(path: Path, index: Index) -> Coverage:
    """Read and normalise one PDF and count its numeric cells."""
    result = normalize(read_document(open_source(path)), index)
    return cover(path.name, result)


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
    numeric = 0
    landed = 0
    rest: list[tuple[CellKey, str, str]] = []
    for key, (use, reason) in result.uses.items():
        text = result.texts.get(key, "")
        if use in ("header", "title", "note") or (use, reason) == ("ignored", "seq"):
            continue
        if parse_amount(text).kind not in ("number", "zero"):
            continue
        if use == "value" and key not in landed_texts and text.isdecimal():
            continue  # codes and other labels made of digits
        numeric += 1
        # A project's amounts stand in other cells than the one its record points at.
        known = landed_texts.get(key, anywhere if use == "value" else ())
        if text in known or (use == "value" and _in_yuan(text) & goals):
            landed += 1
        else:
            rest.append((key, text, f"{use}: {reason}"))
    known = sum(t.values["family"] is not None for t in result.tables)
    return Coverage(name, len(result.tables), known, numeric, landed, tuple(rest))


def _in_yuan(text: str) -> set[Decimal | None]:
    """What the text may be worth; the goals record keeps figures of a form without their text."""
    amount = parse_amount(text)
    return {to_yuan(amount, "元"), to_yuan(amount, "万元")}


def main(arguments: list[str]) -> int:
    """Print one line a document and the overall share."""
    show_rest = "--rest" in arguments
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    files = [f for p in paths for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    index = prepare(load())
    total: Counter[str] = Counter()
    for file in files:
        try:
            c = measure(file, index)
        except SourceError as error:
            print(f"{file.name}: {error}")
            continue
        total.update(numeric=c.numeric, landed=c.landed, tables=c.tables, known=c.known)
        share = c.landed / c.numeric if c.numeric else 1.0
        counts = f"{c.landed:6d}/{c.numeric:<6d} tables {c.known:3d}/{c.tables:<3d}"
        print(f"{share:7.2%} {counts} {c.name}")
        if show_rest:
            for key, text, why in c.rest:
                print("        ", key, text, why)
    share = total["landed"] / total["numeric"] if total["numeric"] else 1.0
    print(f"{share:7.2%} {total['landed']:6d}/{total['numeric']:<6d} tables "
          f"{total['known']}/{total['tables']} all")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
