"""The plan in docs/scale.md is what benchmarks/plan.py prints, and its sums are right."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parent.parent


def printed(*arguments: object) -> str:
    command = [sys.executable, ROOT / "benchmarks" / "plan.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_plan_in_the_docs_is_the_one_that_is_printed() -> None:
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    plan = text.partition("<!-- plan -->\n")[2].partition("<!-- /plan -->")[0]
    assert plan == printed()


def test_a_plan_from_a_run(tmp_path: Path) -> None:
    out, pdfs = tmp_path / "out", tmp_path / "pdfs"
    (out / "documents").mkdir(parents=True)
    (out / "_state").mkdir()
    pdfs.mkdir()
    pq.write_table(pa.table({"page_count": [3, 7, None, 2]}), out / "documents" / "part-0.parquet")
    (pdfs / "x.pdf").write_bytes(bytes(4_000_000))
    head, _, _, _, documents, pages, hours, *_ = printed(
        "--out", out, "--pdfs", pdfs, "--seconds", "36"
    ).splitlines()
    assert head.startswith(
        "4 documents, 12 pages, 36 s with 1 cores at work: 0.3 pages/s on one core"
    )
    assert head.endswith("3.0 pages and 1000 kB a document")
    assert documents.startswith("| documents | 222,000 |")
    assert pages.startswith("| pages | 0.7 million |")  # 222,000 × 3
    assert hours.startswith("| core hours, as measured | 555 |")  # 222,000 × 9 s


def test_a_run_is_told_whole() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        printed("--seconds", "36")
