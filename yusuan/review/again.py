"""Identities asserted again with what was decided, before a run applies it to the dataset.

Witnesses are not asked again: this tells whether the sums come out, not whose fault it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from yusuan.corrections.apply import apply_corrections
from yusuan.corrections.model import Correction
from yusuan.normalize.model import Record, Value
from yusuan.prove.assess import assess
from yusuan.report.stored import rows_of
from yusuan.report.summary import AMOUNT_OF
from yusuan.review.queue import local_row
from yusuan.schemas.model import Schemas

_CHANGES = ("correct", "reassign")


@dataclass(frozen=True, slots=True)
class Again:
    """An identity as it is with the decisions: its status, both sides and their difference."""

    status: str
    lhs: Decimal | None
    rhs: Decimal | None

    @property
    def diff(self) -> Decimal | None:
        """Left minus right, yuan; None where a side is not known."""
        return None if self.lhs is None or self.rhs is None else self.lhs - self.rhs


def asserted_again(
    root: Path, doc_id: str, decided: Iterable[Correction], schemas: Schemas
) -> Mapping[str, Again]:
    """The identities of a document by ``check_id`` with the decisions on it.

    Empty where no decision changes a value, for then they are as the dataset tells.
    """
    own = tuple(one for one in decided if one.doc_id == doc_id)
    if not any(one.action in _CHANGES for one in own):
        return {}
    records = [
        record
        for name in (*AMOUNT_OF, "narrative_facts")
        for record in _records(root, name, doc_id)
        if record.values.get("value_status") != "inferred"
    ]
    corrected = apply_corrections(records, own, schemas)
    tables = list(_records(root, "tables", doc_id))
    kinds = rows_of(root, "documents", doc_id)
    kind = kinds[0]["doc_kind"] if kinds else None
    found = assess(corrected.records, tables, schemas.identities, kind)
    return {
        f"{doc_id}:{outcome.check_id}": Again(outcome.status, outcome.left, outcome.right)
        for outcome in (*found.trivial, *found.outcomes)
    }


def _records(root: Path, table: str, doc_id: str) -> Iterator[Record]:
    """The rows of a document as they were before they went into the dataset."""
    for row in rows_of(root, table, doc_id):
        yield Record(table, {name: _local(name, value, doc_id) for name, value in row.items()})


def _local(name: str, value: Any, doc_id: str) -> Value:
    if isinstance(value, str) and name.endswith("_id"):
        return local_row(value, doc_id)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(one) for one in value)
    local: Value = value
    return local
