"""The review page in a real browser: look, choose, decide, by mouse and by keys.

Needs playwright (pip install playwright) and a Chromium of the system; YUSUAN_CHROMIUM names one.
"""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from yusuan.corrections.file import read_corrections
from yusuan.inputs import find_inputs
from yusuan.review.app import Review, item_link, make_app
from yusuan.review.queue import make_queue
from yusuan.run import RunSettings, run

playwright = pytest.importorskip("playwright.sync_api")
uvicorn = pytest.importorskip("uvicorn")
CHROMIUM = os.environ.get("YUSUAN_CHROMIUM") or shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("YUSUAN_SLOW"), reason="set YUSUAN_SLOW=1 to run"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium; set YUSUAN_CHROMIUM"),
]
# A page that only shows local text needs no service of its maker.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip


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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(make_app(review), "127.0.0.1", port, log_level="error")
    one = uvicorn.Server(config)
    thread = threading.Thread(target=one.run)
    thread.start()
    while not one.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    one.should_exit = True
    thread.join()


@pytest.fixture
def page(tmp_path: Path) -> Iterator["playwright.Page"]:
    with playwright.sync_playwright() as player:
        context = player.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            args=QUIET,
            viewport={"width": 1400, "height": 900},
        )
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda told: problems.append(told.text) if told.type == "error" else None,
        )
        yield page
        context.close()
        assert not problems


def shown(page: "playwright.Page", name: str) -> None:
    """Keep a picture of the page where YUSUAN_SCREENSHOTS names a folder."""
    if folder := os.environ.get("YUSUAN_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_from_the_queue_to_a_decision_by_keys(
    dataset: Path, review: Review, server: str, page: "playwright.Page"
) -> None:
    first, second = make_queue(dataset)[:2]
    page.goto(server)
    shown(page, "queue")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(first.doc_id))
    shown(page, "figure")
    assert page.locator("rect.chosen").get_attribute("data-cell") == first.cell_id
    page.keyboard.press("c")
    page.keyboard.type("1234.50")
    page.keyboard.press("Enter")
    assert not review.corrections.exists()  # the reason is still to be given
    page.keyboard.type("the page says so")
    shown(page, "decide")
    page.keyboard.press("Enter")
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
    dataset: Path, review: Review, server: str, page: "playwright.Page"
) -> None:
    page.goto(server + item_link(make_queue(dataset)[0]))
    page.fill("#panel input[name=new]", "1.00")
    page.fill("#panel input[name=why]", "a reason")
    page.press("#panel input[name=why]", "Enter")
    page.wait_for_function("() => document.querySelector('#panel output').textContent !== ''")
    assert not review.corrections.exists()


def test_a_click_lights_the_box_where_the_figure_is_printed(
    dataset: Path, server: str, page: "playwright.Page"
) -> None:
    rows = ds.dataset(dataset / "expenditure").to_table().to_pylist()
    row = next(r for r in rows if r["proof"] == "proved_multi" and r["amount_yuan"])
    cells = ds.dataset(dataset / "cells").to_table().to_pylist()
    cell = next(c for c in cells if c["cell_id"] == row["cell_id"])
    page.goto(f"{server}/page/{row['doc_id']}/{row['page_no']}")
    page.click(f'td[data-cell="{row["cell_id"]}"]')
    page.wait_for_selector("#panel article")
    shown(page, "clicked")
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


def test_every_field_has_a_label_and_text_can_be_read(
    dataset: Path, server: str, page: "playwright.Page"
) -> None:
    page.goto(server + item_link(make_queue(dataset)[0]))
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(e => !e.labels.length).length"
    )
    assert unnamed == 0
