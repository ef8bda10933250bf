"""Decisions through the command line: applied on every run, redone only where they changed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from yusuan.corrections.file import add_correction
from yusuan.corrections.model import Correction
from yusuan.corrections.telling import corrections_told, document_told


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    return ds.dataset(out / table).to_table().to_pylist()


@pytest.fixture
def made(tmp_path: Path, samples_dir: Path, cli) -> tuple[Path, Path, Correction]:  # type: ignore[no-untyped-def]
    """A dataset of two samples, a corrections file beside it, and a decision on one figure."""
    out = tmp_path / "out"
    assert cli("run", *inputs(samples_dir), "-o", out, "--workers", 1)[0] == 0
    row = next(r for r in rows(out, "expenditure") if r["proof"] == "proved_multi")
    one = Correction(
        row["doc_id"], "expenditure", row["row_id"].removeprefix(f"{row['doc_id']}:"),
        "amount_yuan", "correct", f"{row['amount_yuan']:f}", "1234.50", "li", "2026-11-23", "seen",
    )  # fmt: skip
    return out, tmp_path / "corrections.jsonl", one


def inputs(samples_dir: Path) -> list[Path]:
    return [samples_dir / "seed-report.pdf", samples_dir / "empty-set.pdf"]


def test_a_decision_is_applied_and_only_its_document_redone(
    made: tuple[Path, Path, Correction], samples_dir: Path, cli
) -> None:  # type: ignore[no-untyped-def]
    out, path, one = made
    add_correction(path, one)
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out, "-c", path, "--strict")
    assert code == 0 and "(1 unchanged)" in told and "1 applied, 0 stale" in told
    (row,) = [r for r in rows(out, "expenditure") if r["value_status"] == "corrected"]
    assert f"{row['amount_yuan']:f}" == "1234.50" and row["proof"] == "corrected"
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out, "-c", path)
    assert "(2 unchanged)" in told and "1 applied" in told
    assert cli("verify", out)[0] == 0
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out)
    assert "(1 unchanged)" in told
    assert not [r for r in rows(out, "expenditure") if r["value_status"] == "corrected"]


@pytest.mark.parametrize(
    ("change", "state"), [({"old": "7.00"}, "stale"), ({"row": "T999:0:0"}, "orphan")]
)
def test_what_cannot_be_applied_is_told_and_strict_refuses_it(
    made: tuple[Path, Path, Correction], samples_dir: Path, cli, change: dict[str, str], state: str
) -> None:  # type: ignore[no-untyped-def]
    out, path, one = made
    add_correction(path, replace(one, **change))
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out, "-c", path)
    assert code == 0 and f"1 {state}" in told
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out, "-c", path, "--strict")
    assert code == 1 and "li, 2026-11-23: seen" in told


def test_decisions_on_other_documents_are_no_orphans(
    made: tuple[Path, Path, Correction], samples_dir: Path, cli
) -> None:  # type: ignore[no-untyped-def]
    out, path, one = made
    add_correction(path, replace(one, doc_id="e" * 64))
    code, told, _ = cli("run", *inputs(samples_dir), "-o", out, "-c", path, "--strict")
    assert code == 0 and "1 on other documents" in told


@pytest.mark.parametrize("name", ["the same file.pdf", "renamed.pdf"])
def test_decisions_on_a_file_that_was_replaced_are_stale(
    made: tuple[Path, Path, Correction], name: str
) -> None:
    out, _, one = made
    (row,) = [row for row in rows(out, "documents") if row["doc_id"] == one.doc_id]
    before = replace(one, doc_id="e" * 64, document=document_told({**row, "file_name": name}))
    told, n_refused = corrections_told(out, {before.doc_id: (before,)})
    assert n_refused == 1 and "1 stale" in told and name in told and "seen" in told
    other = replace(before, document=document_told({**row, "fiscal_year": 1999}))
    assert corrections_told(out, {other.doc_id: (other,)})[1] == 0


def test_a_wrong_file_is_wrong_usage(tmp_path: Path, samples_dir: Path, cli) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "c.jsonl"
    path.write_text("nothing\n", encoding="utf-8")
    code, _, err = cli("run", *inputs(samples_dir), "-o", tmp_path / "out", "-c", path)
    assert code == 2 and "c.jsonl:1" in err
