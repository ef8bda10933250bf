"""The report: what it says is what the dataset holds, and it carries nothing that runs."""

import re
import shutil
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from yusuan.inputs import find_inputs
from yusuan.report.html import ReportSettings, report_html, write_report
from yusuan.report.plots import bar_plot, share_plot
from yusuan.report.summary import Bar, Share, summarise
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load


class _Reader(HTMLParser):
    """Collects the text, the tags and every address of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    names = ("seed-report.pdf", "shanghai-form.pdf", "empty-set.pdf")
    run(find_inputs([str(samples_dir / name) for name in names]), out, RunSettings(workers=1))
    return out


def test_the_summary_counts_what_the_tables_hold(dataset: Path) -> None:
    summary = summarise(dataset, load())
    kept = ds.dataset(dataset / "expenditure").to_table().to_pylist()
    nonzero = [r for r in kept if r["amount_yuan"] and r["proof"] and r["amount_yuan"] != 0]
    of_family = {
        r["table_id"]: r["family"] for r in ds.dataset(dataset / "tables").to_table().to_pylist()
    }
    families = {of_family[row["table_id"]] for row in nonzero}
    shares = [s for s in summary.by_family if s.label.split()[-1] in families]
    assert sum(share.n for share in shares) == len(nonzero)
    proved = [row for row in nonzero if row["proof"].startswith("proved")]
    assert sum(share.n_proved for share in shares) == len(proved)
    assert summary.share.n == sum(one.share.n for one in summary.documents)
    checks = ds.dataset(dataset / "checks").to_table()
    failed = checks.filter(pc.equal(checks["status"], "failed")).to_pylist()
    hard = [row for row in failed if load().identities[row["identity"]].is_hard]
    assert sorted(one.diff for one in summary.failures) == sorted(row["diff_yuan"] for row in hard)


def test_the_largest_failures_are_told_and_all_are_counted(dataset: Path) -> None:
    whole = summarise(dataset, load())
    assert len(whole.failures) == whole.n_failures > 1
    one = summarise(dataset, load(), n_failures=1)
    assert one.failures == whole.failures[:1] and one.n_failures == whole.n_failures
    assert sum(document.n_failures for document in one.documents) == one.n_failures


def test_spending_by_class_is_the_total_of_one_table_per_document(dataset: Path) -> None:
    summary = summarise(dataset, load())
    rows = ds.dataset(dataset / "summary").to_table().to_pylist()
    years = [
        row["amount_yuan"]
        for row in rows
        if row["line_kind"] == "year_total"
        and row["side"] == "expenditure"
        and row["fund_scope"] == "all"
        and row["measure"] == "total"
    ]
    assert sum(bar.value for bar in summary.spending) >= max(year for year in years if year)


def test_the_report_tells_documents_failures_and_pages(dataset: Path, tmp_path: Path) -> None:
    html = write_report(dataset, tmp_path / "r.html").read_text(encoding="utf-8")
    page = read(html)
    text = " ".join(page.text)
    for row in ds.dataset(dataset / "documents").to_table().to_pylist():
        assert row["publisher"] in text and row["file_name"] in text
    drawn = ds.dataset(dataset / "cells").to_table(columns=["text"])["text"].to_pylist()
    shown = {part.strip() for part in page.text}
    assert {one for one in drawn if one and "\n" not in one} <= shown
    assert page.tags.count("img") > 10
    assert "svg" in page.tags


def test_the_report_runs_nothing_and_fetches_nothing(dataset: Path) -> None:
    html = report_html(dataset, ReportSettings(documents=2, pictures=3))
    page = read(html)
    assert "script" not in page.tags and "link" not in page.tags and "iframe" not in page.tags
    assert all(re.match(r"#|data:image/webp;base64,", address) for address in page.addresses)
    assert "default-src 'none'" in html
    assert page.tags.count("img") <= 3


def test_text_of_documents_is_escaped(dataset: Path, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    copy = tmp_path / "copy"
    shutil.copytree(dataset, copy)
    for name, column in (
        ("documents", "publisher"),
        ("cells", "text"),
        ("projects", "project_name"),
    ):
        path = next((copy / name).glob("*.parquet"))
        table = pq.read_table(path)
        at = table.schema.get_field_index(column)
        values = pa.array([hostile] * len(table), pa.string())
        pq.write_table(table.set_column(at, table.schema.field(column), values), path)
    html = report_html(copy, ReportSettings())
    page = read(html)
    assert "script" not in page.tags
    assert "<script" not in html and "onerror=alert(1)>" not in html.replace("&gt;", "")
    assert any(hostile in text for text in page.text)


def test_pictures_are_left_out_where_the_pdf_is_gone(samples_dir: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    shutil.copy(samples_dir / "empty-set.pdf", pdf)
    run(find_inputs([str(pdf)]), tmp_path / "out", RunSettings(workers=1))
    pdf.unlink()
    page = read(report_html(tmp_path / "out", ReportSettings()))
    assert "img" not in page.tags and "td" in page.tags


def test_a_very_long_document_is_shown_in_part(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = report_html(dataset, ReportSettings(1, 0))
    monkeypatch.setattr("yusuan.report.pages._MAX_CELLS", 400)
    part = report_html(dataset, ReportSettings(1, 0))
    assert len(part) < len(whole) and part.count("<td") < whole.count("<td")
    assert part.count("此页的表未收入") > 3 and "此页的表未收入" not in whole
    numbers = r"<b>p\. \d+</b>"
    assert re.findall(numbers, part) == re.findall(numbers, whole)


def test_bars_are_as_long_as_their_share() -> None:
    svg = share_plot([Share("a<b", {"proved": 3, "suspect": 1})])
    assert re.findall(r'class="(\w+)"[^>]* width="([\d.]+)"', svg) == [
        ("proved", "270.0"),
        ("single", "0.0"),
        ("contradicted", "90.0"),
    ]
    assert "a&lt;b" in svg and "75.0 % / 4" in svg
    bars = bar_plot([Bar("x", Decimal(200)), Bar("y", Decimal(-50))])
    assert re.findall(r' width="([\d.]+)"', bars) == ["360.0", "90.0"]
    assert bar_plot([]) and share_plot([Share("none", {})])


def test_through_the_command_line(dataset: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "r.html"
    code, out, _ = cli("report", dataset, "-o", target, "--pictures", 0)
    assert code == 0 and str(target) in out and target.stat().st_size > 10_000
    code, _, err = cli("report", tmp_path, "-o", target)
    assert code == 2 and "manifest" in err
