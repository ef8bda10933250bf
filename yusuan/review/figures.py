"""The figures and rows that stand in a cell, with the identities that speak of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yusuan.corrections.apply import value_text
from yusuan.corrections.columns import decidable
from yusuan.report.stored import rows_of, table_of
from yusuan.report.summary import AMOUNT_OF
from yusuan.review.queue import local_row
from yusuan.review.words import label_of
from yusuan.schemas.model import Schemas

Row = Mapping[str, Any]
Other = tuple[str, int, str]  # cell_id, page, amount as published
_FACTS = (*AMOUNT_OF, "project_indicators", "department_indicators")
_MAX_OTHERS = 200


@dataclass(frozen=True, slots=True)
class Check:
    """An identity on the figure. ``others``: the cells of its other figures."""

    row: Row
    title: str
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A column of a row that can be decided on. ``value``: as text, an id without its document."""

    name: str
    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a fact table. ``title``: of the table; ``column``: the one most decisions are on.

    ``published``: its text as printed, in ``unit`` (None: no amount). ``within``: an error of so
    many yuan could have stayed unseen where it is proved.
    """

    table: str
    title: str
    row: str
    label: str
    proof: str | None
    column: str
    published: str | None
    unit: str | None
    choices: tuple[Choice, ...]
    checks: tuple[Check, ...]
    cell_id: str | None
    page: int | None
    within: Decimal | None = None

    @property
    def values(self) -> dict[str, str | None]:
        """Column -> value as text, of what can be decided on."""
        return {choice.name: choice.value for choice in self.choices}


def facts_in(root: Path, doc_id: str, schemas: Schemas, cell_id: str | None) -> tuple[Fact, ...]:
    """The facts whose figure or text stands in the cell."""
    if cell_id is None:
        return ()
    wanted = pc.field("cell_id") == cell_id
    return tuple(
        _fact(root, name, row, schemas)
        for name in _FACTS
        for row in _printed(rows_of(root, name, doc_id, wanted))
    )


def fact_at(root: Path, doc_id: str, schemas: Schemas, table: str, row: str) -> Fact | None:
    """One row of a fact table, by its row_id without the document."""
    if table not in _FACTS:
        return None
    wanted = pc.field("row_id") == f"{doc_id}:{row}"
    rows = _printed(rows_of(root, table, doc_id, wanted))
    return _fact(root, table, rows[0], schemas) if rows else None


def projects_of(root: Path, doc_id: str) -> list[tuple[str, str]]:
    """The projects of a document: id without the document, and name, in printed order."""
    names = {
        local_row(row["project_id"], doc_id): " ".join(
            str(row[name]) for name in ("project_code", "project_name") if row[name]
        )
        for row in rows_of(root, "projects", doc_id)
    }
    return [(key, name or "（无名 no name）") for key, name in names.items()]


def _printed(rows: Iterable[Row]) -> list[Row]:
    """Without the rows that proof inferred: they share the row_id of what was printed there."""
    return [row for row in rows if row["value_status"] != "inferred"]


def _fact(root: Path, table: str, row: Row, schemas: Schemas) -> Fact:
    doc_id = row["doc_id"]
    choices = _choices(row, schemas, table, doc_id)
    main = AMOUNT_OF.get(table, "project_id" if table == "project_indicators" else "value_text")
    schema = schemas.tables[table]
    return Fact(
        table,
        schema.title_zh,
        local_row(row["row_id"], doc_id),
        label_of(row),
        row.get("proof"),
        main,
        row.get(main.replace("_yuan", "_text")) if main.endswith("_yuan") else row["value_text"],
        row.get("published_unit"),
        choices,
        _checks(root, row, schemas),
        row["cell_id"],
        row["page_no"],
        row.get("proof_within_yuan"),
    )


def _choices(row: Row, schemas: Schemas, table: str, doc_id: str) -> tuple[Choice, ...]:
    found = []
    for column in decidable(schemas.tables[table]):
        if column.name not in row:  # a dataset of an earlier version
            continue
        text = value_text(row[column.name])
        is_id = text is not None and column.name.endswith("_id")
        found.append(
            Choice(column.name, column.label_zh, local_row(text or "", doc_id) if is_id else text)
        )
    return tuple(found)


def _checks(root: Path, fact: Row, schemas: Schemas) -> tuple[Check, ...]:
    """The identities on a fact, those that fail first."""
    ids = list(fact.get("check_ids") or ())
    if not ids:
        return ()
    rows = rows_of(root, "checks", fact["doc_id"], pc.field("check_id").isin(ids))
    rows.sort(key=lambda row: (row["status"] != "failed", -abs(row["diff_yuan"] or Decimal(0))))
    others = _others(root, fact, rows)
    return tuple(
        Check(row, _title(row["identity"], schemas), tuple(others[row["check_id"]][:_MAX_OTHERS]))
        for row in rows
    )


def _title(identity: str, schemas: Schemas) -> str:
    known = schemas.identities.get(identity)
    return f"{known.title_zh} · {known.title_en}" if known else identity


def _others(root: Path, fact: Row, checks: Sequence[Row]) -> Mapping[str, list[Other]]:
    """Check -> its other figures; one pass over the tables that any of the checks is about."""
    found: dict[str, list[Other]] = defaultdict(list)
    asked = {check["check_id"] for check in checks}
    tables = sorted({table for check in checks for table in check["table_ids"]})
    wanted = pc.field("table_id").isin(pa.array(tables, pa.string()))
    wanted &= pc.field("cell_id").is_valid()
    for name, amount in AMOUNT_OF.items():
        text = amount.replace("_yuan", "_text")
        columns = ["row_id", "cell_id", "page_no", "check_ids", text]
        own = table_of(root, name, fact["doc_id"]).filter(wanted).select(columns)
        for row in own.to_pylist():
            if row["row_id"] == fact["row_id"]:
                continue
            for check in asked.intersection(row["check_ids"] or ()):
                found[check].append((row["cell_id"], row["page_no"], row[text] or ""))
    return found
