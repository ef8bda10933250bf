"""What ``yusuan check`` prints: the checks of a dataset in words, the most telling first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from yusuan.prove.bodies import bodies, body_checks, body_report
from yusuan.schemas.loader import load
from yusuan.schemas.model import Identity

Row = Mapping[str, Any]
FACT_TABLES = (
    "summary",
    "revenue",
    "expenditure",
    "basic_expenditure",
    "three_public",
    "procurement",
    "purchased_services",
    "projects",
    "department_goals",
    "amount_details",
    "narrative_facts",
)
_PROSE = "narrative_facts"
_INFERRED = "figure-inferred"
_ORDER = (
    "proved", "proved_multi", "agreed", "single", "recognised", "source_inconsistent", "suspect",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """The text, and how many hard identities fail."""

    text: str
    n_failed: int


def check_report(out: Path, with_all: bool) -> Report:
    """The checks of the dataset in ``out``. ``with_all``: those that hold too."""
    identities = load().identities
    documents: dict[str, Row] = {
        row["doc_id"]: row for row in _rows(out, "documents", ("file_name", "status"))
    }
    tables: dict[str, Row] = {
        row["table_id"]: row
        for row in _rows(out, "tables", ("title_text", "page_first"), "table_id")
    }
    rows = _rows(out, "checks", _CHECK_COLUMNS, "check_id")
    failed: list[Row] = []
    rest: list[Row] = []
    for row in rows:
        is_failure = row["status"] == "failed" and _is_hard(row, identities)
        (failed if is_failure else rest).append(row)
    parts = [_one(row, documents, tables, identities) for row in sorted(failed, key=_telling)]
    parts += _inferred(out, documents)
    if with_all:
        rest.sort(key=lambda row: (row["status"] != "failed", row["status"], row["check_id"]))
        parts += [_one(row, documents, tables, identities) for row in rest]
    told, n_between = _between_documents(out)
    parts += [told] if told else []
    parts.append(_summaries(out, documents, rows, identities))
    return Report("\n".join(parts), len(failed) + n_between)


def _between_documents(out: Path) -> tuple[str, int]:
    """Departments against their units; in words, and how many codes differ."""
    found = bodies(
        _rows(out, "documents", _BODY_COLUMNS),
        _rows(out, "tables", ("table_id", "family", "is_empty")),
        _rows(out, "expenditure", _ITEM_COLUMNS),
    )
    return body_report(body_checks(found))


_BODY_COLUMNS = (
    "file_name",
    "publisher",
    "parent_department",
    "doc_scope",
    "doc_kind",
    "fiscal_year",
)
_ITEM_COLUMNS = (
    "table_id",
    "func_code",
    "row_type",
    "is_leaf",
    "flow",
    "measure",
    "budget_unit_name",
    "amount_yuan",
    "published_unit",
    "published_decimals",
)


_CHECK_COLUMNS = (
    "identity",
    "table_ids",
    "scope",
    "formula",
    "lhs_yuan",
    "rhs_yuan",
    "diff_yuan",
    "tolerance_yuan",
    "status",
    "blame",
    "suggestion",
)
_BLAMES = {
    "publisher": "every figure in it was read alike by a second reader: as published",
    "extraction": "a second reader reads some of its figures otherwise",
}


def _rows(out: Path, table: str, columns: Sequence[str], *keys: str) -> list[dict[str, Any]]:
    wanted = ["doc_id", *keys, *columns]
    found: list[dict[str, Any]] = ds.dataset(out / table).to_table(columns=wanted).to_pylist()
    return found


def _is_hard(row: Row, identities: Mapping[str, Identity]) -> bool:
    identity = identities.get(row["identity"])
    return identity is None or identity.is_hard


def _telling(row: Row) -> tuple[Decimal, int, Decimal, str]:
    """Large against its sides first, then between few figures, then large in yuan."""
    diff = abs(row["diff_yuan"])
    size = max(abs(row["lhs_yuan"]), abs(row["rhs_yuan"]), Decimal(1))
    return (-round(diff / size, 3), row["formula"].count(" + "), -diff, row["check_id"])


def _one(
    row: Row,
    documents: Mapping[str, Row],
    tables: Mapping[str, Row],
    identities: Mapping[str, Identity],
) -> str:
    identity = identities.get(row["identity"])
    name = f"{identity.title_zh} · {identity.title_en}" if identity else row["identity"]
    mark = row["status"].upper() if _is_hard(row, identities) else f"{row['status']} (soft)"
    lines = [f"{mark}  {name}"]
    if row["diff_yuan"] is not None:
        lines.append(
            f"  {row['lhs_yuan']:,} against {row['rhs_yuan']:,}: off by {row['diff_yuan']:,} yuan"
            f" (tolerance {row['tolerance_yuan']:,})"
        )
    lines.append(f"  {documents[row['doc_id']]['file_name']}")
    for table_id in row["table_ids"]:
        table = tables[table_id]
        local = table_id.rpartition(":")[2]
        lines.append(f"  p. {table['page_first']}  {local}  {table['title_text'] or ''}".rstrip())
    lines.append(f"  {row['scope']}: {_cut(row['formula'])}")
    if told := _BLAMES.get(row["blame"]):
        lines.append(f"  {told}")
    if row["suggestion"]:
        lines.append(f"  perhaps {_cut(row['suggestion'])}")
    return "\n".join(lines) + "\n"


def _cut(text: str, most: int = 400) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _inferred(out: Path, documents: Mapping[str, Row]) -> list[str]:
    """The figures that are not printed and that identities give."""
    columns = ("page_no", "note", "evidence")
    found = [row for row in _rows(out, "findings", columns, "code") if row["code"] == _INFERRED]
    return [
        f"INFERRED  {row['note']}\n  {documents[row['doc_id']]['file_name']}\n"
        f"  p. {row['page_no']}  by {_cut(row['evidence'])}\n"
        for row in sorted(found, key=lambda row: (row["doc_id"], row["page_no"], row["note"]))
    ]


def _summaries(
    out: Path,
    documents: Mapping[str, Row],
    checks: Iterable[Row],
    identities: Mapping[str, Identity],
) -> str:
    """One line a document: how its amounts other than zero are proved, and its identities."""
    proofs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    prose: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in FACT_TABLES:
        counts = prose if name == _PROSE else proofs
        for row in _rows(out, name, ("proof", "value_status")):
            if row["value_status"] == "inferred":
                counts[row["doc_id"]]["inferred"] += 1
            elif row["value_status"] == "published" and row["proof"]:
                counts[row["doc_id"]][row["proof"]] += 1
    results: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for check in checks:
        status = check["status"] if _is_hard(check, identities) else "soft"
        results[check["doc_id"]][status] += 1
    lines = []
    for doc_id, document in sorted(documents.items(), key=lambda item: item[1]["file_name"]):
        count, held = proofs[doc_id], results[doc_id]
        total = sum(count[status] for status in _ORDER)
        share = f"{_n_proved(count) / total:.1%}" if total else "-"
        statuses = (*_ORDER, "inferred")
        told = ", ".join(f"{count[s]} {s}" for s in statuses if count[s]) or "no figures"
        if in_prose := sum(prose[doc_id].values()):
            told += f"; in prose {_n_proved(prose[doc_id])} of {in_prose} proved"
        holds = held["ok"] + held["ok_rounding"]
        lines.append(
            f"{share} proved  {document['file_name']}: {told}; "
            f"identities: {holds} hold, {held['failed']} fail"
        )
    return "\n".join(lines) + "\n"


def _n_proved(count: Mapping[str, int]) -> int:
    return count["proved"] + count["proved_multi"]
