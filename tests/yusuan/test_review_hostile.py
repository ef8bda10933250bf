"""The review page against other sites, hostile documents and wrong input."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import html5lib
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from yusuan.corrections.file import add_correction, read_corrections
from yusuan.corrections.model import Correction
from yusuan.inputs import find_inputs
from yusuan.report.html import ReportSettings, report_html
from yusuan.review.app import Review, item_link, make_app
from yusuan.review.queue import Item, make_queue
from yusuan.run import RunSettings, run

SCRIPT = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\"'\x00\x1b"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    """A dataset whose names, cells and formulas are script, with doubted figures of all kinds."""
    out = tmp_path_factory.mktemp("hostile") / "<b>out</b>"
    run(find_inputs([str(samples_dir / "seed-report.pdf")]), out, RunSettings(workers=1))
    changes = {
        "documents": ("publisher", "file_name", "error"),
        "tables": ("title_text",),
        "expenditure": ("func_name", "amount_text"),
        "checks": ("formula", "suggestion"),
        "cells": ("text", "use_reason"),
        "projects": ("project_name",),
        "findings": ("note",),
    }
    for name, columns in changes.items():
        (path,) = (out / name).glob("*.parquet")
        table = pq.read_table(path)
        for column in columns:
            at = table.schema.get_field_index(column)
            texts = pa.array([f"{SCRIPT}{n}" for n in range(len(table))], pa.string())
            table = table.set_column(at, table.schema.field(at), texts)
        if name == "expenditure":
            at = table.schema.get_field_index("proof")
            doubt = pa.array(["suspect"] * len(table), pa.string())
            table = table.set_column(at, table.schema.field(at), doubt)
        pq.write_table(table, path)
    return out


@pytest.fixture
def review(dataset: Path, tmp_path: Path) -> Review:
    return Review(dataset, tmp_path / "corrections.jsonl", "li<script>")


@pytest.fixture
def client(review: Review) -> Iterator[TestClient]:
    with TestClient(
        make_app(review), base_url="http://127.0.0.1:8321", follow_redirects=False
    ) as one:
        yield one


@pytest.fixture
def item(dataset: Path) -> Item:
    return next(one for one in make_queue(dataset) if one.table == "expenditure")


def form(review: Review, item: Item, **changes: str) -> dict[str, str]:
    return {
        "token": review.token, "doc_id": item.doc_id, "table": item.table, "row": item.row,
        "column": item.column, "action": "correct", "new": "1.00", "why": SCRIPT, **changes,
    }  # fmt: skip


def assert_harmless(html: str) -> None:
    """Valid HTML 5 without script of a document and without control characters."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    assert not parser.errors, parser.errors[:3]
    scripts = [one for one in tree.iter("script") if one.get("src") != "/static/review.js"]
    assert not scripts
    assert not [one for one in tree.iter() if any(name.startswith("on") for name in one.attrib)]
    assert not set(html) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)}


def test_no_page_runs_what_a_document_holds(review: Review, client: TestClient, item: Item) -> None:
    assert client.post("/decide", data=form(review, item)).status_code == 303
    owner = next(one for one in make_queue(review.root) if one.kind == "ambiguous_owner")
    for link in (
        "/",
        item_link(item),
        item_link(owner),
        f"/?{urlencode({'kind': SCRIPT})}",
        "/?at=-3",
        "/?at=²",
    ):
        answer = client.get(link)
        assert answer.status_code == 200
        assert_harmless(answer.text)
    panel = client.get(f"/figure/{item.doc_id}", params={"cell": item.cell_id}).text
    assert_harmless(f"<!doctype html><title>x</title>{panel}")
    assert "li&lt;script&gt;" in panel  # who decided is told


def test_the_report_runs_nothing_and_is_valid(dataset: Path) -> None:
    assert_harmless(report_html(dataset, ReportSettings(documents=2, pictures=1)))


@pytest.mark.parametrize("token", ["密码", "\x00", "x" * 2000])
def test_any_wrong_token_is_refused(
    review: Review, client: TestClient, item: Item, token: str
) -> None:
    assert client.post("/decide", data=form(review, item, token=token)).status_code == 403


def test_a_very_large_form_is_not_read(review: Review, client: TestClient, item: Item) -> None:
    n_read = 0

    def parts() -> Iterator[bytes]:
        nonlocal n_read
        for _ in range(1000):
            n_read += 1
            yield b"x" * 65536

    assert client.post("/decide", content=parts()).status_code == 413
    assert client.post("/decide", data=form(review, item, why="长" * 30_000)).status_code == 413
    assert client.post("/decide", content=b"\xff&&%zz=1").status_code == 403
    assert not review.corrections.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"new": ""},
        {"new": "twelve"},
        {"new": "1e99"},
        {"column": "amount_text"},
        {"column": "check_ids"},
        {"column": "measure", "new": "null"},
        {"column": "measure", "new": "all of it"},
    ],
)
def test_what_the_next_run_would_refuse_is_not_written(
    review: Review, client: TestClient, item: Item, change: dict[str, str]
) -> None:
    assert client.post("/decide", data=form(review, item, **change)).status_code == 400
    assert not review.corrections.exists()


def test_a_figure_is_emptied_only_in_so_many_words(
    review: Review, client: TestClient, item: Item
) -> None:
    assert client.post("/decide", data=form(review, item, new="null")).status_code == 303
    assert read_corrections(review.corrections)[0].new is None


def test_an_indicator_goes_only_to_a_project_of_its_document(
    review: Review, client: TestClient
) -> None:
    owner = next(one for one in make_queue(review.root) if one.kind == "ambiguous_owner")
    for new, action in (("T999:P1", "reassign"), ("T999:P1", "correct")):
        answer = client.post("/decide", data=form(review, owner, new=new, action=action))
        assert answer.status_code == 400
    project = ds.dataset(review.root / "projects").to_table()["project_id"][0].as_py()
    own = project.removeprefix(f"{owner.doc_id}:")
    answer = client.post("/decide", data=form(review, owner, new=own, action="reassign"))
    assert answer.status_code == 303


def test_deciding_on_a_corrected_figure_keeps_what_was_read(
    review: Review, client: TestClient, item: Item
) -> None:
    """The dataset may have been made with the file: ``old`` is still the value of the PDF."""
    shown = f"{item.amount:f}"
    first = Correction(
        item.doc_id, item.table, item.row, item.column, "correct", "7.00", shown, "li<script>",
        "2026", "x",
    )  # fmt: skip
    add_correction(review.corrections, first)
    assert client.post("/decide", data=form(review, item, new="9.00")).status_code == 303
    assert read_corrections(review.corrections)[-1].old == "7.00"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
        "/picture/../../etc/passwd/1.png", "/page/%00/1", "/page/x/99999999999999999999999",
        "/figure/..%2f..",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404, 405)


@pytest.mark.parametrize("number", ["0", "1048577", "99999999999999999999999"])
def test_pages_that_no_document_has(client: TestClient, item: Item, number: str) -> None:
    assert client.get(f"/page/{item.doc_id}/{number}").status_code == 404
    assert client.get(f"/picture/{item.doc_id}/{number}.png").status_code == 404


def test_the_queue_is_paged_and_figures_of_nothing_come_last(
    review: Review, client: TestClient, dataset: Path
) -> None:
    queue = make_queue(dataset)
    idle = [one.kind == "suspect" and not one.amount for one in queue]
    assert any(idle) and idle == sorted(idle)
    assert len(queue) > 200
    first, last = client.get("/").text, client.get("/?at=999").text
    assert first.count('class="item"') == 200 and 'id="after"' in first
    assert 'id="before"' in last and 'id="after"' not in last
    assert last.count('class="item"') == len(queue) - 200 * ((len(queue) - 1) // 200)


def test_the_report_of_many_failures_and_pictures_is_bounded(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yusuan.report.html._MOST", 1)
    monkeypatch.setattr("yusuan.report.html._MOST_FINDINGS", 2)
    monkeypatch.setattr("yusuan.report.pages._MAX_PICTURES", 100_000)
    text = report_html(dataset, ReportSettings(documents=1, pictures=50))
    pictures = re.findall(r'src="(data:[^"]+)"', text)
    assert pictures and sum(map(len, pictures)) <= 100_000
    findings = ds.dataset(dataset / "findings").to_table().to_pylist()
    n_telling = sum(row["severity"] != "info" for row in findings)
    assert n_telling > 2 and f"… {n_telling - 2} more in the table findings" in text
    whole = report_html(dataset, ReportSettings(documents=0, pictures=0))
    assert f"{n_telling} 条发现 findings: table findings" in whole and "<img" not in whole
