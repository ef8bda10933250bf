"""What a report says of a dataset, gathered from its tables; amounts in yuan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from yusuan.report.stored import batches, rows_of, stored, table_of
from yusuan.schemas.model import Schemas

Row = Mapping[str, Any]
_Item = TypeVar("_Item")

PROVED = ("proved", "proved_multi")
CONTRADICTED = ("suspect", "source_inconsistent")
# The amount column that each fact table's ``proof`` speaks of.
AMOUNT_OF = {
    "summary": "amount_yuan",
    "revenue": "amount_yuan",
    "expenditure": "amount_yuan",
    "basic_expenditure": "amount_yuan",
    "three_public": "amount_yuan",
    "procurement": "amount_yuan",
    "purchased_services": "amount_yuan",
    "projects": "total_yuan",
    "department_goals": "budget_total_yuan",
    "amount_details": "amount_yuan",
}
NO_PLACE = "文件未载地点 no place printed"
_N_LARGEST = 12
# Read of tables and findings, which have columns of long text besides.
_TABLE_COLUMNS = (
    "table_id", "doc_id", "family", "title_text", "page_first", "status", "is_empty",
)  # fmt: skip
_CHECK_COLUMNS = (
    "doc_id", "identity", "table_ids", "formula", "lhs_yuan", "rhs_yuan", "diff_yuan", "status",
    "blame",
)  # fmt: skip
_SPENDING_COLUMNS = (
    "doc_id", "table_id", "fund_scope", "flow", "func_code", "amount_yuan", "is_leaf", "measure",
)  # fmt: skip
_ZERO = pa.scalar(Decimal(0), pa.decimal128(20, 2))


@dataclass(frozen=True, slots=True)
class Share:
    """How many non-zero published amounts there are of a kind, by proof status."""

    label: str
    by_proof: Mapping[str, int]

    @property
    def n(self) -> int:
        """All of them."""
        return sum(self.by_proof.values())

    @property
    def n_proved(self) -> int:
        """Those that an identity proves."""
        return sum(self.by_proof.get(proof, 0) for proof in PROVED)

    @property
    def n_contradicted(self) -> int:
        """Those that an identity speaks against."""
        return sum(self.by_proof.get(proof, 0) for proof in CONTRADICTED)

    @property
    def percent(self) -> float | None:
        """Proved, in per cent; None where there is no amount."""
        return 100 * self.n_proved / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled quantity of a plot."""

    label: str
    value: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A hard identity that fails: both sides, the difference, and where."""

    doc_id: str
    title: str
    tables: str
    pages: str
    lhs: Decimal | None
    rhs: Decimal | None
    diff: Decimal | None
    formula: str
    blame: str | None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """One document. ``families``: status of each recognised or missing family.

    ``n_failures``: hard identities that fail; ``n_findings``: those that are no mere information.
    """

    row: Row
    share: Share
    families: Mapping[str, str]
    n_unrecognised: int
    n_failures: int
    n_findings: int

    @property
    def name(self) -> str:
        """Who publishes it, as printed or else as the list of inputs says; else its file."""
        row = self.row
        return str(row["publisher"] or row.get("given_publisher") or row["file_name"])

    @property
    def place(self) -> str:
        """Province, city and district as printed, or else as the list of inputs says."""
        levels = ("province", "city", "district")
        printed = dict.fromkeys(part for level in levels if (part := self.row[level]))
        given = dict.fromkeys(part for level in levels if (part := self.row.get(f"given_{level}")))
        return " ".join(printed) or " ".join(given) or NO_PLACE


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole dataset. ``failures``: of all ``n_failures`` those with the largest difference."""

    documents: tuple[DocumentSummary, ...]
    share: Share
    by_place: tuple[Share, ...]
    by_family: tuple[Share, ...]
    spending: tuple[Bar, ...]
    projects: tuple[Bar, ...]
    failures: tuple[Failure, ...]
    n_failures: int


def summarise(root: Path, schemas: Schemas, n_failures: int = 500) -> Summary:
    """Gather the summary of the dataset in ``root``; ``n_failures``: how many to tell in full."""
    rows = _rows(root, "documents")
    tables = _rows(root, "tables", _TABLE_COLUMNS)
    shares = _count_proofs(root, {row["table_id"]: row["family"] for row in tables})
    counts, failures = _failures(root, tables, schemas, n_failures)
    tables_of = _by_document(tables, lambda row: row["doc_id"])
    shares_of = _by_document(shares, lambda share: share[0])
    findings_of = _telling_findings(root)
    documents = tuple(
        sorted(
            (
                _document(
                    row,
                    tables_of.get(row["doc_id"], []),
                    shares_of.get(row["doc_id"], []),
                    counts[row["doc_id"]],
                    findings_of[row["doc_id"]],
                )
                for row in rows
            ),
            key=lambda one: (-one.n_failures, one.share.percent or 0, one.name),
        )
    )
    return Summary(
        documents,
        _share("all", (count for _, _, count in shares)),
        _by_place(documents),
        _by_family(shares, schemas),
        _spending(root, schemas),
        _largest_projects(root, {row["doc_id"]: row for row in rows}),
        failures,
        counts.total(),
    )


def telling_findings(root: Path, doc_id: str) -> list[dict[str, Any]]:
    """The findings of a document that are no mere information."""
    return rows_of(root, "findings", doc_id, pc.field("severity") != "info")


_ProofCount = tuple[str, str | None, Counter[str]]  # document, family, amounts by proof


def _rows(root: Path, table: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        stored(root, table).to_table(columns=None if columns is None else list(columns)).to_pylist()
    )
    return found


def _by_document(items: Iterable[_Item], doc_of: Callable[[_Item], str]) -> dict[str, list[_Item]]:
    grouped: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        grouped[doc_of(item)].append(item)
    return grouped


def _count_proofs(root: Path, family_of: Mapping[str, str | None]) -> list[_ProofCount]:
    counts: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for name, amount in AMOUNT_OF.items():
        nonzero = (pc.field(amount) != _ZERO) & pc.field("proof").is_valid()
        for batch in batches(root, name, ["doc_id", "table_id", "proof", amount], nonzero):
            grouped = batch.group_by(["doc_id", "table_id", "proof"]).aggregate([([], "count_all")])
            for row in grouped.to_pylist():
                key = (row["doc_id"], family_of.get(row["table_id"]))
                counts[key][row["proof"]] += row["count_all"]
    return [(document, family, count) for (document, family), count in counts.items()]


def _share(label: str, counts: Iterable[Counter[str]]) -> Share:
    return Share(label, dict(sum(counts, Counter())))


def _document(
    row: Row,
    tables: Iterable[Row],
    shares: Iterable[_ProofCount],
    n_failures: int,
    n_findings: int,
) -> DocumentSummary:
    families: dict[str, str] = {}
    unrecognised = 0
    for table in tables:
        unrecognised += table["family"] is None
        if table["family"] is not None and families.get(table["family"]) != "ok":
            is_empty = table["status"] == "ok" and table["is_empty"]
            families[table["family"]] = "empty" if is_empty else table["status"]
    return DocumentSummary(
        row,
        _share(row["doc_id"], (count for _, _, count in shares)),
        families,
        unrecognised,
        n_failures,
        n_findings,
    )


def _by_place(documents: Iterable[DocumentSummary]) -> tuple[Share, ...]:
    counts: dict[str, list[Counter[str]]] = defaultdict(list)
    for one in documents:
        counts[one.place].append(Counter(one.share.by_proof))
    names = sorted(counts, key=lambda place: (place == NO_PLACE, place))
    return tuple(_share(place, counts[place]) for place in names)


def _by_family(shares: Iterable[_ProofCount], schemas: Schemas) -> tuple[Share, ...]:
    counts: dict[str, list[Counter[str]]] = defaultdict(list)
    for _, family, count in shares:
        counts[family or "?"].append(count)
    known = [name for name in schemas.families if name in counts]
    titles = {name: f"{schemas.families[name].title_zh} {name}" for name in known}
    return tuple(_share(titles[name], counts[name]) for name in known)


def _telling_findings(root: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for batch in batches(root, "findings", ["doc_id", "severity"], pc.field("severity") != "info"):
        found.update(batch["doc_id"].to_pylist())
    return found


def _failures(
    root: Path, tables: Iterable[Row], schemas: Schemas, most: int
) -> tuple[Counter[str], tuple[Failure, ...]]:
    """How many hard identities fail in each document, and those with the largest difference."""
    hard = [name for name, identity in schemas.identities.items() if identity.is_hard]
    wanted = (pc.field("status") == "failed") & pc.field("identity").isin(pa.array(hard))
    counts: Counter[str] = Counter()
    largest: list[Row] = []
    for batch in batches(root, "checks", _CHECK_COLUMNS, wanted):
        counts.update(batch["doc_id"].to_pylist())
        largest += batch.to_pylist()
        if len(largest) > 2 * most:
            largest = sorted(largest, key=_off_by, reverse=True)[:most]
    of_table = {table["table_id"]: table for table in tables}
    largest = sorted(largest, key=_off_by, reverse=True)[:most]
    return counts, tuple(_failure(row, of_table, schemas) for row in largest)


def _off_by(check: Row) -> Decimal:
    diff: Decimal = check["diff_yuan"] or Decimal(0)
    return abs(diff)


def _failure(row: Row, of_table: Mapping[str, Row], schemas: Schemas) -> Failure:
    identity = schemas.identities[row["identity"]]
    own = [of_table[key] for key in row["table_ids"] if key in of_table]
    pages = sorted({page for one in own if (page := one["page_first"]) is not None})
    return Failure(
        row["doc_id"],
        f"{identity.title_zh} · {identity.title_en}",
        "; ".join(one["title_text"] or one["family"] or "?" for one in own),
        ", ".join(map(str, pages)),
        row["lhs_yuan"],
        row["rhs_yuan"],
        row["diff_yuan"],
        row["formula"],
        row["blame"],
    )


def _spending(root: Path, schemas: Schemas) -> tuple[Bar, ...]:
    """Expenditure by function class (类): leaves of one table per document, the widest scope."""
    sums: dict[tuple[str, str, bool], dict[str, Decimal]] = {}
    wanted = (
        pc.field("is_leaf")
        & (pc.field("measure") == "total")
        & pc.field("func_code").is_valid()
        & pc.field("amount_yuan").is_valid()
    )
    for batch in batches(root, "expenditure", _SPENDING_COLUMNS, wanted):
        for row in batch.to_pylist():
            key = (row["doc_id"], row["table_id"], row["fund_scope"] != "all")
            own = sums.setdefault(key, defaultdict(Decimal))
            if row["flow"] == "expenditure":
                own[row["func_code"][:3]] += row["amount_yuan"]
    chosen: dict[str, str] = {}
    for doc_id, table_id, _ in sorted(sums, key=lambda key: (key[2], key[1])):
        chosen.setdefault(doc_id, table_id)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for (doc_id, table_id, _), own in sums.items():
        if chosen[doc_id] == table_id:
            for code, amount in own.items():
                totals[code] += amount
    names = schemas.codes["functional"].names
    bars = [
        Bar(f"{code} {names.get(code, ('',))[0]}".strip(), total) for code, total in totals.items()
    ]
    return tuple(sorted(bars, key=lambda bar: bar.value, reverse=True))


def _largest_projects(root: Path, documents: Mapping[str, Row]) -> tuple[Bar, ...]:
    columns = ["doc_id", "project_name", "project_code", "total_yuan", "page_no"]
    data = stored(root, "projects").to_table(
        columns=columns, filter=pc.field("total_yuan").is_valid()
    )
    order = (
        pc.select_k_unstable(data, _N_LARGEST, [("total_yuan", "descending")]) if len(data) else []
    )
    rows = data.take(order).to_pylist() if len(data) else []
    return tuple(
        Bar(
            row["project_name"] or row["project_code"] or "（无名 no name）",
            row["total_yuan"],
            f"{documents[row['doc_id']]['publisher'] or ''} p. {row['page_no']}".strip(),
        )
        for row in rows
    )


def cells_of(root: Path, doc_id: str, page: int | None = None) -> pa.Table:
    """The cells of a document's tables as drawn, by page, table, row and column."""
    found = table_of(root, "cells", doc_id)
    if page is not None:
        found = found.filter(pc.field("page_no") == page)
    return found.sort_by([(name, "ascending") for name in ("page_no", "table_index", "row", "col")])
