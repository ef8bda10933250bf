"""The figures and rows that stand in a cell, with the identities that speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds

from yusuan.corrections.apply import value_text
from yusuan.report.summary import AMOUNT_OF
from yusuan.review.queue import label_of, local_row
from yusuan.schemas.model import Schemas

Row = Mapping[str, Any]
_FACTS = (*AMOUNT_OF, "project_indicators", "department_indicators")
# Columns that a person can decide on in a row, besides its amounts.
_FIXED_ENDS = ("_id", "_ids", "_level", "_text")


@dataclass(frozen=True, slots=True)
class Check:
    """An identity on the figure. ``others``: (cell_id, page) of its other figures."""

    row: Row
    title: str
    others: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a fact table. ``values``: column -> value as text, of what can be decided on."""

    table: str
    row: str
    label: str
    proof: str | None
    column: str
    published: str | None
    values: Mapping[str, str | None]
    checks: tuple[Check, ...]
    cell_id: str | None
    page: int | None


def facts_in(root: Path, doc_id: str, schemas: Schemas, cell_id: str | None) -> tuple[Fact, ...]:
    """The facts whose figure or text stands in the cell."""
    if cell_id is None:
        return ()
    wanted = (pc.field("doc_id") == doc_id) & (pc.field("cell_id") == cell_id)
    return tuple(
        _fact(root, name, row, schemas)
        for name in _FACTS
        for row in ds.dataset(root / name).to_table(filter=wanted).to_pylist()
    )


def fact_at(root: Path, doc_id: str, schemas: Schemas, table: str, row: str) -> Fact | None:
    """One row of a fact table, by its row_id without the document."""
    if table not in _FACTS:
        return None
    wanted = (pc.field("doc_id") == doc_id) & (pc.field("row_id") == f"{doc_id}:{row}")
    rows = ds.dataset(root / table).to_table(filter=wanted).to_pylist()
    return _fact(root, table, rows[0], schemas) if rows else None


def projects_of(root: Path, doc_id: str) -> list[tuple[str, str]]:
    """The projects of a document: id without the document, and name, in printed order."""
    rows = ds.dataset(root / "projects").to_table(filter=pc.field("doc_id") == doc_id).to_pylist()
    return [
        (
            local_row(row["project_id"], doc_id),
            " ".join(str(row[n]) for n in ("project_code", "project_name") if row[n]) or "?",
        )
        for row in rows
    ]


def _fact(root: Path, table: str, row: Row, schemas: Schemas) -> Fact:
    doc_id = row["doc_id"]
    column = AMOUNT_OF.get(table, "project_id" if table == "project_indicators" else "value_text")
    return Fact(
        table,
        local_row(row["row_id"], doc_id),
        label_of(row),
        row.get("proof"),
        column,
        row.get(column.replace("_yuan", "_text")),
        _decidable(row, schemas, table, doc_id),
        tuple(_checks(root, doc_id, row.get("check_ids") or (), row["row_id"], schemas)),
        row["cell_id"],
        row["page_no"],
    )


def _decidable(row: Row, schemas: Schemas, table: str, doc_id: str) -> dict[str, str | None]:
    """Amounts and texts of a row that a reviewer may correct; ids without their document."""
    fixed = {"doc_id", "table_id", "row_id", "page_no", "proof", "value_status", "cell_id"}
    found: dict[str, str | None] = {}
    for column in schemas.tables[table].columns:
        is_id = column.name.endswith(_FIXED_ENDS) and column.name not in ("project_id", "goal_text")
        if column.name in fixed or is_id or column.type.startswith("list"):
            continue
        text = value_text(row[column.name])
        found[column.name] = local_row(text, doc_id) if text else text
    return found


def _checks(
    root: Path, doc_id: str, check_ids: Iterable[str], row_id: str, schemas: Schemas
) -> list[Check]:
    ids = list(check_ids)
    if not ids:
        return []
    wanted = (pc.field("doc_id") == doc_id) & pc.field("check_id").isin(ids)
    rows = ds.dataset(root / "checks").to_table(filter=wanted).to_pylist()
    rows.sort(key=lambda row: (row["status"] != "failed", -abs(row["diff_yuan"] or Decimal(0))))
    return [
        Check(row, _title(row["identity"], schemas), _others(root, doc_id, row, row_id))
        for row in rows
    ]


def _title(identity: str, schemas: Schemas) -> str:
    known = schemas.identities.get(identity)
    return f"{known.title_zh} · {known.title_en}" if known else identity


def _others(root: Path, doc_id: str, check: Row, row_id: str) -> tuple[tuple[str, int, str], ...]:
    """Cells of the other figures of a check, with page and amount as published."""
    found = []
    for table, amount in AMOUNT_OF.items():
        wanted = (pc.field("doc_id") == doc_id) & pc.field("table_id").isin(check["table_ids"])
        columns = ["row_id", "cell_id", "page_no", "check_ids", amount.replace("_yuan", "_text")]
        for row in ds.dataset(root / table).to_table(columns=columns, filter=wanted).to_pylist():
            if check["check_id"] in (row["check_ids"] or ()) and row["row_id"] != row_id:
                text = row[amount.replace("_yuan", "_text")] or ""
                if row["cell_id"]:
                    found.append((row["cell_id"], row["page_no"], text))
    return tuple(found[:200])
