"""The same figures after the last pure step: Arrow tables as they are written."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from yusuan.convert import convert
from yusuan.result import DocumentResult

from .meanings import TABLE_OF_FAMILY
from .oracle import DASHES, NAMES, golden, squeezed, true_tables

MONEY_TABLES = sorted({*TABLE_OF_FAMILY.values()})
_done: dict[str, DocumentResult] = {}


@pytest.fixture(scope="module")
def written(samples_dir: Path) -> Any:
    def of(name: str) -> DocumentResult:
        if name not in _done:
            _done[name] = convert(samples_dir / f"{name}.pdf")
        return _done[name]

    yield of
    _done.clear()


def printed_rows(table: Any) -> list[dict[str, Any]]:
    """The rows but for inferred figures, which are printed nowhere."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return [row for row in rows if row.get("value_status") != "inferred"]


@pytest.mark.parametrize("name", NAMES)
def test_the_document_says_what_was_found(name: str, written: Any) -> None:
    (row,) = written(name).tables["documents"].to_pylist()
    figures = [
        a for t in golden(name)["tables"] for a in t["amounts"]
        if a["printed"] and a["text"] not in DASHES
    ]  # fmt: skip
    assert row["status"] == "ok"
    assert row["error"] is None
    assert row["text_layer"] is True
    assert row["n_amounts"] == len(figures)
    assert row["file_name"] == f"{name}.pdf"


@pytest.mark.parametrize("name", NAMES)
def test_no_record_is_lost_on_the_way_to_arrow(name: str, written: Any, converted: Any) -> None:
    records = converted(name).result.records
    counts = Counter(r.table for r in records)
    tables = written(name).tables
    assert {t: len(printed_rows(tables[t])) for t in counts} == dict(counts)
    for target in MONEY_TABLES:
        ours: Counter[Any] = Counter(
            (r.values["amount_text"], r.values["amount_yuan"], r.values["page_no"])
            for r in records
            if r.table == target
        )
        rows = printed_rows(tables[target])
        names = ("amount_text", "amount_yuan", "page_no")
        assert Counter(tuple(row[name] for name in names) for row in rows) == ours


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_joins_to_the_cell_that_shows_it(name: str, written: Any) -> None:
    tables = written(name).tables
    cells = {c["cell_id"]: c for c in tables["cells"].to_pylist()}
    assert len(cells) == tables["cells"].num_rows
    joined = 0
    for target in MONEY_TABLES:
        for row in tables[target].to_pylist():
            cell = cells[row["cell_id"]]
            joined += 1
            assert squeezed(cell["text"]) == row["amount_text"]
            assert cell["page_no"] == row["page_no"]
            assert cell["table_id"] == row["table_id"]
            assert cell["use"] == ("value" if row["amount_text"] else None)
    assert joined
    for row in tables["projects"].to_pylist():
        assert cells[row["cell_id"]]["text"] == row["total_text"]
    for row in tables["project_indicators"].to_pylist():
        assert cells[row["cell_id"]]["text"].endswith(row["level3"])


@pytest.mark.parametrize("name", NAMES)
def test_indicators_join_to_their_projects(name: str, written: Any) -> None:
    tables = written(name).tables
    projects = {p["project_id"]: p for p in tables["projects"].to_pylist()}
    owners = [i["project_id"] for i in tables["project_indicators"].to_pylist()]
    assert set(owners) == set(projects)
    total = sum((p["total_yuan"] for p in projects.values()), Decimal(0))
    printed = sum(
        Decimal(a["text"].replace(",", "")) * 10_000
        for t in true_tables("project_perf")
        if t.sample == name
        for a in t.data["amounts"]
        if a["column"] == "项目总额"
    )
    assert total == printed
