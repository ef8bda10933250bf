"""Figures that were recognised in a picture: said to be so, unless an identity proves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from yusuan.extract.model import RawPage
from yusuan.normalize.model import Record
from yusuan.prove.figures import is_money
from yusuan.prove.proof import PRINTED, PROSE, Proof


def recognised_pages(pages: Iterable[RawPage]) -> frozenset[int]:
    """The numbers of the pages that OCR read."""
    return frozenset(page.number for page in pages if page.text_source == "ocr")


def mark_recognised(proof: Proof, numbers: frozenset[int]) -> Proof:
    """The proof with ``recognised`` in place of ``single`` on the pages of these numbers.

    A second reading of the same picture would be OCR's as well, so nothing else can confirm them.
    """
    if not numbers:
        return proof
    counts: Counter[str] = Counter(proof.counts)
    records: list[Record] = []
    for record in proof.records:
        if not _is_lone_reading(record, numbers):
            records.append(record)
            continue
        if record.table != PROSE and is_money(record):
            counts["single"] -= 1
            counts["recognised"] += 1
        records.append(record._replace(values={**record.values, "proof": "recognised"}))
    return replace(proof, records=tuple(records), counts=counts)


def _is_lone_reading(record: Record, numbers: frozenset[int]) -> bool:
    return (
        record.origin is not None
        and record.origin.page in numbers
        and record.values.get("value_status") in PRINTED
        and record.values.get("proof") in (None, "single")
    )
