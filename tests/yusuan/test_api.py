"""``yusuan.read``: one document in Python."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import yusuan
from yusuan.result import loaded_schemas


def test_read_from_path_and_bytes(folder: Path) -> None:
    by_path = yusuan.read(str(folder / "a.pdf"))
    by_bytes = yusuan.read((folder / "a.pdf").read_bytes())
    assert by_path.doc_id == by_bytes.doc_id
    assert by_path.status == "ok" and by_path.error is None
    assert "a.pdf" in repr(by_path)
    assert by_path.arrow("cells").equals(by_bytes.arrow("cells"))
    assert by_path.tables["documents"]["file_name"].tolist() == ["a.pdf"]


def test_tables_are_arrow_backed_frames(samples_dir: Path) -> None:
    document = yusuan.read(samples_dir / "shanghai-form.pdf")
    assert set(document.tables) == set(loaded_schemas().tables)
    assert len(document.tables) == 18
    frame = document.tables["expenditure"]
    assert len(frame) == len(document.arrow("expenditure")) > 0
    assert frame["amount_yuan"].dtype == pd.ArrowDtype(pa.decimal128(20, 2))
    amounts = frame["amount_yuan"].dropna()
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert amounts.sum() == sum(amounts.tolist(), Decimal(0))
    with pytest.raises(KeyError):
        document.tables["incomes"]


def test_raw_tables_checks_and_findings(folder: Path) -> None:
    document = yusuan.read(folder / "b" / "d.pdf")
    assert [table.page for table in document.raw_tables] == [1, 2]
    assert document.checks.empty
    assert list(document.findings.columns) == document.arrow("findings").schema.names


def test_pages_and_engine(folder: Path) -> None:
    document = yusuan.read(folder / "b" / "d.pdf", engine="pdfplumber", pages=(2,))
    assert [(table.page, table.engine) for table in document.raw_tables] == [(2, "pdfplumber")]


def test_what_cannot_be_read_is_raised(tmp_path: Path, small_pdf: bytes) -> None:
    with pytest.raises(yusuan.DocumentError, match="web page"):
        yusuan.read(b"<html></html>")
    with pytest.raises(yusuan.DocumentError, match="no such file"):
        yusuan.read(tmp_path / "none.pdf")
    with pytest.raises(yusuan.DocumentError, match="page 9"):
        yusuan.read(small_pdf, pages=(9,))


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="incomes"):
        getattr(yusuan, "incomes")  # noqa: B009
