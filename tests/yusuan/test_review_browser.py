"""The review page in a real browser: look, choose, decide, by mouse and by keys."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from yusuan.corrections.file import read_corrections
from yusuan.inputs import find_inputs
from yusuan.report.html import ReportSettings, write_report
from yusuan.review.app import Review, item_link
from yusuan.review.queue import make_queue
from yusuan.run import RunSettings, run

from .browser import chromium, new_page, served


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    """A run over a sample of which three proved figures are then doubted."""
    out = tmp_path_factory.mktemp("browser") / "out"
    run(find_inputs([str(samples_dir / "seed-report.pdf")]), out, RunSettings(workers=1))
    (path,) = (out / "expenditure").glob("*.parquet")
    table = pq.read_table(path)
    proofs = table["proof"].to_pylist()
    for at in [at for at, one in enumerate(proofs) if one == "proved_multi"][:3]:
        proofs[at] = "suspect"
    at = table.schema.get_field_index("proof")
    table = table.set_column(at, table.schema.field(at), pa.array(proofs, pa.string()))
    pq.write_table(table, path)
    return out


@pytest.fixture
def review(dataset: Path, tmp_path: Path) -> Review:
    return Review(dataset, tmp_path / "corrections.jsonl", "li")


@pytest.fixture
def server(review: Review) -> Iterator[str]:
    with served(review) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    with new_page(browser) as one:
        yield one


def test_from_the_queue_to_a_decision_by_keys(
    dataset: Path, review: Review, server: str, page: Any
) -> None:
    first, second = make_queue(dataset)[:2]
    page.goto(server)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(first.doc_id))
    assert page.locator("rect.chosen").get_attribute("data-cell") == first.cell_id
    page.keyboard.press("c")
    page.keyboard.type("1234.50")
    page.keyboard.press("Enter")
    assert not review.corrections.exists()  # the reason is still to be given
    page.keyboard.type("the page says so")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .said")  # the figure again, with what was decided
    page.keyboard.press("n")
    page.wait_for_url(f"{server}{item_link(second)}")
    (one,) = read_corrections(review.corrections)
    assert (one.doc_id, *one.key) == first.key
    assert (one.action, one.new, one.why) == ("correct", "1234.50", "the page says so")
    page.keyboard.press("a")
    page.keyboard.type("right")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('#panel .decide button.on')")
    assert [one.action for one in review.decided()] == ["correct", "accept"]


def test_enter_decides_nothing_before_an_action_is_chosen(
    dataset: Path, review: Review, server: str, page: Any
) -> None:
    page.goto(server + item_link(make_queue(dataset)[0]))
    page.fill("#panel input[name=new]", "1.00")
    page.fill("#panel input[name=why]", "a reason")
    page.press("#panel input[name=why]", "Enter")
    page.wait_for_function("() => document.querySelector('#panel output').textContent !== ''")
    assert not review.corrections.exists()


def test_a_click_lights_the_box_where_the_figure_is_printed(
    dataset: Path, server: str, page: Any
) -> None:
    rows = ds.dataset(dataset / "expenditure").to_table().to_pylist()
    row = next(r for r in rows if r["proof"] == "proved_multi" and r["amount_yuan"])
    cells = ds.dataset(dataset / "cells").to_table().to_pylist()
    cell = next(c for c in cells if c["cell_id"] == row["cell_id"])
    page.goto(f"{server}/page/{row['doc_id']}/{row['page_no']}")
    page.click(f'td[data-cell="{row["cell_id"]}"]')
    page.wait_for_selector("#panel article")
    assert row["amount_text"] in page.inner_text("#panel")
    assert page.locator("#panel li").count() == len(row["check_ids"])
    box = page.locator("rect.chosen").bounding_box()
    sheet = page.locator(".paper svg").bounding_box()
    width = float(page.locator(".paper svg").get_attribute("viewBox").split()[2])
    scale = (sheet["width"] - 2) / width  # its border
    assert box["x"] - sheet["x"] - 1 == pytest.approx(cell["x0"] * scale, abs=3)
    assert box["y"] - sheet["y"] - 1 == pytest.approx(cell["top"] * scale, abs=3)
    assert page.locator("td.related").count() > 0
    # And the reverse: a click on the page chooses the cell of the table.
    other = page.locator("rect.box.value").last
    page.evaluate(
        "e => e.dispatchEvent(new MouseEvent('click', {bubbles: true}))", other.element_handle()
    )
    page.wait_for_function(
        "id => document.querySelector('td.chosen')?.dataset.cell === id",
        arg=other.get_attribute("data-cell"),
    )


def serious(page: Any) -> list[str]:
    """What axe-core finds of weight in the page: rule, impact, places."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]} {node.get('failureSummary', '')}"
        for one in found
        if one["impact"] in ("moderate", "serious", "critical")
        for node in one["nodes"][:3]
    ]


def test_axe_finds_nothing_of_weight_in_queue_page_and_report(
    dataset: Path, review: Review, server: str, page: Any, tmp_path: Path
) -> None:
    items = make_queue(dataset)
    owner = next(one for one in items if one.kind == "ambiguous_owner")
    for link in ("/", item_link(items[0]), item_link(owner)):
        page.goto(server + link)
        assert serious(page) == [], link
    page.goto(write_report(dataset, tmp_path / "r.html", ReportSettings(1, 2)).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert serious(page) == []


def test_keys_alone_reach_everything(dataset: Path, server: str, page: Any) -> None:
    """Tab visits links, the chosen cell, the panel and its form, and leaves no trap."""
    page.goto(server + item_link(make_queue(dataset)[0]))
    seen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("(e => e.tagName + (e.name || e.id || ''))(document.activeElement)")
        )
        if "SELECTcolumn" in seen and "BODY" in seen[3:]:
            break
    wanted = {"Aqueue", "Anext", "SELECTcolumn", "INPUTnew", "INPUTwhy", "BUTTONaction", "SUMMARY"}
    assert wanted <= set(seen)
