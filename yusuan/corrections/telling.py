"""What became of the decisions in a dataset, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from yusuan.corrections.model import Correction

_STATES = ("applied", "stale", "orphan", "conflict")
_DOCUMENT = ["doc_id", "file_name", "publisher", "fiscal_year", "doc_kind", "doc_scope"]
_BETWEEN = " · "


def corrections_told(out: Path, corrections: Mapping[str, Sequence[Correction]]) -> tuple[str, int]:
    """A line with the numbers, a line for each decision not applied; and how many these are.

    Decisions on documents that the dataset does not hold are told too, and are no orphans: the
    file may be of a larger collection. But where it holds the same disclosure with other bytes,
    they are stale: the file was replaced, and nobody has looked at the new one.
    """
    codes = [f"correction-{state}" for state in _STATES]
    rows = ds.dataset(out / "findings").to_table(filter=pc.field("code").isin(codes)).to_pylist()
    counts = Counter(row["code"].removeprefix("correction-") for row in rows)
    documents = ds.dataset(out / "documents").to_table(columns=_DOCUMENT).to_pylist()
    held = {row["doc_id"] for row in documents}
    others = [one for key, ones in corrections.items() if key not in held for one in ones]
    replaced = _replaced(others, documents)
    counts["stale"] += len(replaced)
    elsewhere = len(others) - len(replaced)
    told = ", ".join(f"{counts[state]} {state}" for state in _STATES)
    lines = [f"decisions: {told}" + (f", {elsewhere} on other documents" if elsewhere else "")]
    refused = [row for row in rows if row["code"] != "correction-applied"]
    lines += [
        f"  {row['code'].removeprefix('correction-')}: {row['note']} ({row['evidence']})"
        for row in refused
    ]
    lines += [
        f"  stale: {one.document} is another file now: {one.action} {one.table} {one.row} "
        f"{one.column} {one.old} is not applied; look again ({one.who}, {one.when}: {one.why})"
        for one in replaced
    ]
    return "\n".join(lines), len(refused) + len(replaced)


def document_told(row: Mapping[str, Any]) -> str:
    """What a row of ``documents`` is, in one line: publisher, year, kind and scope; the file."""
    name = str(row["file_name"])
    return _BETWEEN.join((_disclosure(row), name)) if row["publisher"] else name


def _disclosure(row: Mapping[str, Any]) -> str:
    parts = (row["publisher"], row["fiscal_year"], row["doc_kind"], row["doc_scope"])
    return " ".join(str(part) for part in parts if part)


def _replaced(
    decisions: Iterable[Correction], documents: Iterable[Mapping[str, Any]]
) -> list[Correction]:
    """Decisions on files that are no longer there, while their disclosure is, in another file.

    A document without a publisher is known by the name of its file alone.
    """
    there = {_disclosure(row) if row["publisher"] else document_told(row) for row in documents}
    return [
        one
        for one in decisions
        if one.document
        and not there.isdisjoint((one.document, one.document.partition(_BETWEEN)[0]))
    ]
