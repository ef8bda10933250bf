"""A wrong digit and a doubtful owner: found, seen in place, mended, kept, and doubted again.

The whole way of a reviewer in a real browser, by keys alone but for one click.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pyarrow.dataset as ds
import pytest

from yusuan.corrections.file import read_corrections
from yusuan.review.app import Review
from yusuan.review.queue import make_queue

from .browser import chromium, new_page, served

PAGES = (3, 4, 5, 15, 16, 17)  # of the sample: a table of expenditure, and one of projects
AT = 3  # the page where the digit is planted, of those that are kept
RIGHT, WRONG = "4.000000", "9.000000"  # 万元


@pytest.fixture
def planted(tmp_path: Path, samples_dir: Path) -> Path:
    """Some pages of a sample, one digit of one amount another."""
    path = tmp_path / "in" / "budget.pdf"
    path.parent.mkdir()
    with pikepdf.open(samples_dir / "seed-report.pdf") as pdf:
        for number in range(len(pdf.pages), 0, -1):
            if number not in PAGES:
                del pdf.pages[number - 1]
        contents = pdf.pages[AT - 1].Contents
        drawn = contents.read_bytes()
        assert f"({RIGHT}) Tj".encode() in drawn
        contents.write(drawn.replace(f"({RIGHT}) Tj".encode(), f"({WRONG}) Tj".encode(), 1))
        pdf.save(path)
    return path


@pytest.fixture
def browser() -> Iterator[Any]:
    with chromium() as one:
        yield one


def word_box(path: Path) -> tuple[float, float, float, float]:
    """Where the planted amount is printed, as another library reads the page."""
    with pdfplumber.open(path) as pdf:
        words = [w for w in pdf.pages[AT - 1].extract_words() if w["text"] == WRONG]
    (word,) = words
    return word["x0"], word["top"], word["x1"], word["bottom"]


def assert_box_in_place(page: Any, path: Path) -> None:
    """The box that is lit up holds the printed amount, and hardly more than its cell."""
    box, sheet = page.locator("rect.chosen").bounding_box(), page.locator("image").bounding_box()
    width = float(page.locator(".paper svg").get_attribute("viewBox").split()[2])
    scale = sheet["width"] / width
    left, top = (box["x"] - sheet["x"]) / scale, (box["y"] - sheet["y"]) / scale
    right, bottom = left + box["width"] / scale, top + box["height"] / scale
    x0, y0, x1, y1 = word_box(path)
    assert left - 1 <= x0 < x1 <= right + 1 and top - 1 <= y0 < y1 <= bottom + 1
    assert right - left < 90 and bottom - top < 30  # points: one cell of that table


def type_and_enter(page: Any, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def test_a_planted_digit_is_found_mended_kept_and_doubted_again(
    planted: Path, tmp_path: Path, browser: Any, cli: Any
) -> None:
    out, again, decisions = tmp_path / "out", tmp_path / "again", tmp_path / "corrections.jsonl"
    folder = planted.parent
    assert cli("run", folder, "-o", out, "--workers", 1)[0] == 0
    wrong, owner = make_queue(out)
    assert (wrong.page, f"{wrong.amount:f}", owner.kind) == (AT, "90000.00", "ambiguous_owner")

    with served(Review(out, decisions, "li")) as address, new_page(browser) as page:
        page.goto(address)
        tags = page.locator("table.queue .tag").all_inner_texts()
        assert [tag.split()[-1] for tag in tags] == [wrong.kind.split("_")[-1], "owner"]

        # Its page; another cell, and back to it with one click: the box is where it is printed.
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_selector("rect.chosen")
        assert_box_in_place(page, planted)
        assert WRONG in page.inner_text("#panel") and page.locator("#panel li.failed").count() == 2
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("c => document.querySelector('main').dataset.cell !== c",
                               arg=wrong.cell_id)  # fmt: skip
        page.click(f'td[data-cell="{wrong.cell_id}"]')
        page.wait_for_selector("#panel li.failed")
        assert_box_in_place(page, planted)

        # Corrected by keys: its identities turn green at once.
        page.keyboard.press("c")
        type_and_enter(page, "40000", "the other column says 4.000000")
        page.wait_for_selector("#panel li.ok b.now")
        assert page.locator("#panel li.failed").count() == 0
        assert page.evaluate(
            "getComputedStyle(document.querySelector('#panel li.ok b.now')).color"
        ) == "rgb(27, 94, 32)"  # fmt: skip

        # The other item: the indicator goes to another project.
        page.keyboard.press("n")
        page.wait_for_url(re.compile("project_indicators"))
        project = page.locator("#projects option").first.get_attribute("value")
        page.keyboard.press("r")
        type_and_enter(page, project, "its goal speaks of it")
        page.wait_for_url(f"{address}/")
        assert "没有待看的了" in page.inner_text("main")

    # From scratch: the decisions are applied.
    code, told, _ = cli("run", folder, "-o", again, "-c", decisions, "--strict", "--workers", 1)
    assert code == 0 and "2 applied, 0 stale" in told
    rows = ds.dataset(again / "expenditure").to_table().to_pylist()
    (row,) = [one for one in rows if one["proof"] == "corrected"]
    assert (f"{row['amount_yuan']:f}", row["amount_text"]) == ("40000.00", WRONG)
    checks = ds.dataset(again / "checks").to_table().to_pylist()
    assert {one["status"] for one in checks if one["check_id"] in row["check_ids"]} == {"ok"}
    assert not make_queue(again)

    # Another file in its place: nobody has looked at that one.
    planted.write_bytes(planted.read_bytes() + b"\n% published again\n")
    code, told, _ = cli("run", folder, "-o", again, "-c", decisions, "--strict", "--workers", 1)
    assert code == 1 and "0 applied, 2 stale" in told and "look again (li" in told
    assert len(make_queue(again)) == 2
    assert [one.action for one in read_corrections(decisions)] == ["correct", "reassign"]
