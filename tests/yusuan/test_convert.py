"""``convert``: what it counts, how it fails, and what it does not import."""

import io
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pdfplumber
import playa
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from yusuan.convert import convert
from yusuan.result import Engine, Settings, loaded_schemas

FONT = "STSong-Light"
HEAVY = {"pandas", "pdfplumber", "pdfminer", "camelot", "playa", "polars", "duckdb", "rich"}
# What a worker does with a document.
WORK = """
import sys
from pathlib import Path
from yusuan.arrow import leave_pandas_out
from yusuan.convert import convert
from yusuan.result import Settings
leave_pandas_out()
result = convert(Path(sys.argv[1]), Settings(witness_pages=0))
print(result.status, len(result.tables["cells"]) > 0)
print("MODULES", *sys.modules)
"""


def run_python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_worker_imports_neither_pandas_nor_second_readers(samples_dir: Path) -> None:
    told, _, modules = run_python(WORK, str(samples_dir / "shanghai-form.pdf")).partition("MODULES")
    assert told == "ok True\n"
    assert "pyarrow" in modules.split()
    assert not HEAVY & set(modules.split())


def test_data_frames_can_still_be_made_where_pandas_was_left_out() -> None:
    code = (
        "import sys, pyarrow as pa\nfrom yusuan.arrow import leave_pandas_out\n"
        "leave_pandas_out()\ntable = pa.table({'a': [1, None]})\n"
        "assert 'pandas' not in sys.modules\nprint(table.to_pandas()['a'].count())"
    )
    assert run_python(code) == "1\n"


def test_every_finding_has_the_severity_of_its_code(samples_dir: Path, small_pdf: bytes) -> None:
    rules = loaded_schemas().finding_rules
    seen = set()
    for given in (samples_dir / "shanghai-form.pdf", small_pdf, b"no PDF"):
        for finding in convert(given).tables["findings"].to_pylist():
            seen.add(finding["code"])
            assert finding["severity"] == rules[finding["code"]].severity
    assert {"code-padded", "not-a-pdf"} <= seen


def test_tables_that_only_the_contents_list_are_not_counted() -> None:
    titles = ("一般公共预算支出表", "政府性基金预算支出表", "国有资本经营预算支出表")
    header = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
    tables = convert(book(titles, (header, ("2010301", "行政运行", "5.00", "5.00", "")))).tables
    status = tables["tables"].column("status").to_pylist()
    assert status == ["ok", "missing", "missing"]
    assert tables["documents"].column("n_tables").to_pylist() == [1]


def book(titles: Sequence[str], grid: Sequence[Sequence[str]]) -> bytes:
    """A page that lists titles, then a page with the table of the first of them."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont(FONT, 12)
    for number, title in enumerate(titles):
        canvas.drawString(100, 700 - 30 * number, title)
    canvas.showPage()
    canvas.setFont(FONT, 10)
    canvas.drawString(200, 780, titles[0])
    canvas.drawString(430, 755, "单位：元")
    xs = [60 + 90 * col for col in range(len(grid[0]) + 1)]
    ys = [740 - 24 * row for row in range(len(grid) + 1)]
    canvas.grid(xs, ys)
    for row, texts in enumerate(grid):
        for col, text in enumerate(texts):
            canvas.drawString(xs[col] + 4, ys[row + 1] + 8, text)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("engine", ["pdfplumber", "camelot"])
def test_an_engine_that_cannot_open_a_document_says_what_to_do(
    engine: Engine, small_pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise KeyError("Root")

    monkeypatch.setattr(pdfplumber, "open", refuse)
    monkeypatch.setattr(playa, "parse", refuse)
    result = convert(small_pdf, Settings(engine=engine))
    assert result.status == "failed"
    assert result.error is not None
    assert result.error.startswith(f"{engine} cannot open the document")
    assert "--engine auto" in result.error
    assert result.tables["findings"].column("code").to_pylist() == ["engine-failed"]


def test_second_readers_are_silent_unless_somebody_listens() -> None:
    for library in ("pdfminer", "pdfplumber", "playa"):
        kinds = {type(handler) for handler in logging.getLogger(library).handlers}
        assert logging.NullHandler in kinds
