"""The generated pages follow the schema files."""

from __future__ import annotations

from pathlib import Path

import pytest

from yusuan import docs
from yusuan.schemas import load

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_do_not_drift() -> None:
    assert docs.main(["--check"], ROOT / "docs") == 0, "run python -m yusuan.docs"


def test_check_names_a_page_that_is_out_of_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main([], tmp_path) == 0
    assert docs.main(["--check"], tmp_path) == 0
    (tmp_path / "findings.md").write_text("old", encoding="utf-8")
    assert docs.main(["--check"], tmp_path) == 1
    assert "docs/findings.md: out of date" in capsys.readouterr().err


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err


def test_every_column_and_finding_is_documented() -> None:
    schemas = load()
    pages = docs.pages(schemas)
    for table in schemas.tables.values():
        section = pages["output.md"].split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.label_zh} |" in section
    for code in schemas.findings:
        assert f"| `{code}` |" in pages["findings.md"]
