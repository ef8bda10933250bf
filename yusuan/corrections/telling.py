"""What became of the decisions in a dataset, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds

from yusuan.corrections.model import Correction

_STATES = ("applied", "stale", "orphan", "conflict")


def corrections_told(out: Path, corrections: Mapping[str, Sequence[Correction]]) -> tuple[str, int]:
    """A line with the numbers, a line for each decision not applied; and how many these are.

    Decisions on documents that the dataset does not hold are told too, and are no orphans: the
    file may be of a larger collection.
    """
    codes = [f"correction-{state}" for state in _STATES]
    rows = ds.dataset(out / "findings").to_table(filter=pc.field("code").isin(codes)).to_pylist()
    counts = Counter(row["code"].removeprefix("correction-") for row in rows)
    held = set(ds.dataset(out / "documents").to_table(columns=["doc_id"])["doc_id"].to_pylist())
    elsewhere = sum(len(ones) for doc_id, ones in corrections.items() if doc_id not in held)
    told = ", ".join(f"{counts[state]} {state}" for state in _STATES)
    lines = [f"decisions: {told}" + (f", {elsewhere} on other documents" if elsewhere else "")]
    refused = [row for row in rows if row["code"] != "correction-applied"]
    lines += [
        f"  {row['code'].removeprefix('correction-')}: {row['note']} ({row['evidence']})"
        for row in refused
    ]
    return "\n".join(lines), len(refused)
