"""The plan in docs/scale.md is what benchmarks/plan.py prints, and its sums are right."""

import re
import shutil
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
    plan = re.split(r"<!-- plan \{.*\} -->\n", text)[1].partition("<!-- /plan -->")[0]
    assert plan == printed()


@pytest.fixture
def measured(tmp_path: Path) -> list[object]:
    """The options that tell of a run."""
    out, pdfs = tmp_path / "out", tmp_path / "pdfs"
    (out / "documents").mkdir(parents=True)
    (out / "_state").mkdir()
    pdfs.mkdir()
    pq.write_table(pa.table({"page_count": [3, 7, None, 2]}), out / "documents" / "part-0.parquet")
    (pdfs / "x.pdf").write_bytes(bytes(4_000_000))
    return ["--out", out, "--pdfs", pdfs, "--seconds", "36"]


def test_a_run_takes_the_place_of_that_of_the_page(tmp_path: Path, measured: list[object]) -> None:
    page = tmp_path / "scale.md"
    shutil.copy(ROOT / "docs" / "scale.md", page)
    assert printed(*measured, "--note", "By hand.", "--write", page) == ""
    text = page.read_text(encoding="utf-8")
    plan = re.split(r"<!-- plan \{.*\} -->\n", text)[1].partition("<!-- /plan -->")[0]
    assert plan == printed(*measured, "--note", "By hand.")
    assert plan.splitlines()[1] == "By hand."
    before = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert text.partition("<!-- plan")[0] == before.partition("<!-- plan")[0]
    assert text.partition("<!-- /plan")[2] == before.partition("<!-- /plan")[2]


def test_a_plan_from_a_run(measured: list[object]) -> None:
    head, _, _, _, documents, pages, hours, *_ = printed(*measured).splitlines()
    assert head.startswith(
        "4 documents, 12 pages, 36 s with 1 cores at work: 0.3 pages/s on one core"
    )
    assert "3.0 pages and 1000 kB a document; 0.0 MB of tables" in head
    assert head.endswith("of state of 4.0 MB of PDFs.")
    assert documents.startswith("| documents | 222,000 |")
    assert pages.startswith("| pages | 0.7 million |")  # 222,000 × 3
    assert hours.startswith("| core hours, as measured | 555 |")  # 222,000 × 9 s


def test_a_run_is_told_whole() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        printed("--seconds", "36")
