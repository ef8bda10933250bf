"""``yusuan inspect``: the picture agrees with the page, the words with the tables."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from yusuan.convert import convert
from yusuan.extract.picture import page_picture
from yusuan.extract.source import PageError
from yusuan.inspection import USE_COLOURS, in_words, overlay, page_of


def test_cells_are_framed_where_they_are_printed(samples_dir: Path) -> None:
    path = samples_dir / "seed-report.pdf"
    result = convert(path)
    page = next(page for page in result.raw.pages if page.tables)  # type: ignore[union-attr]
    dpi = 144.0
    plain = np.asarray(page_picture(path.read_bytes(), page.number, dpi, page.rotation)).astype(int)
    drawn = np.asarray(overlay(path.read_bytes(), result, page, dpi)).astype(int)
    assert drawn.shape == plain.shape == (round(page.height * 2), round(page.width * 2), 3)
    changed = np.abs(drawn - plain).sum(axis=2) > 0
    cell = next(cell for cell in page.tables[0].cells if cell.lines and cell.row > 1)
    x0, top, x1, bottom = (round(edge * 2) for edge in cell.box)
    assert changed[top + 2 : bottom - 2, x0 + 2 : x1 - 2].mean() > 0.9
    margin = round(page.tables[0].box.top * 2) // 8
    assert not changed[:margin].any()


def test_headers_and_values_have_their_colours(samples_dir: Path) -> None:
    path = samples_dir / "seed-report.pdf"
    result = convert(path)
    page = next(page for page in result.raw.pages if page.tables)  # type: ignore[union-attr]
    pixels = np.asarray(overlay(path.read_bytes(), result, page, 72)).reshape(-1, 3)
    seen = {tuple(pixel) for pixel in pixels.tolist()}
    assert USE_COLOURS["value"] in seen
    assert USE_COLOURS["header"] in seen


def test_words_name_family_unit_and_owner(samples_dir: Path) -> None:
    result = convert(samples_dir / "seed-report.pdf")
    pages = [row["page_no"] for row in result.tables["project_indicators"].to_pylist()]
    page = page_of(result, min(pages))
    assert page is not None
    text = in_words(result, page)
    assert "[project_perf, 万元]" in text
    assert "owner: 11010522T000000437074 政府热线经费 514520.00" in text


def test_a_turned_page_is_shown_as_it_was_read(tmp_path: Path, samples_dir: Path) -> None:
    data = (samples_dir / "seed-report.pdf").read_bytes()
    upright = page_picture(data, 1, 36, 0)
    turned = page_picture(data, 1, 36, 90)
    assert turned.size == upright.size[::-1]
    with pytest.raises(PageError, match="pages 1 to"):
        page_picture(data, 999, 36)


def test_through_the_command_line(samples_dir: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "page.png"
    file = samples_dir / "shanghai-form.pdf"
    code, out, err = cli("inspect", file, "--page", 5, "-o", target)
    assert code == 0 and "table 0:" in out and "green" in err
    assert Image.open(target).size[0] > 300
    code, _, err = cli("inspect", file, "--page", 500, "-o", target)
    assert code == 2 and "500" in err
    code, _, err = cli("inspect", file, "--page", 1, "-o", tmp_path / "page.nothing")
    assert code == 2 and ".png" in err
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    code, _, err = cli("inspect", broken, "--page", 1)
    assert code == 1 and err


def test_a_document_does_not_steer_the_terminal(
    tmp_path: Path, samples_dir: Path, cli, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("yusuan.inspection.in_words", lambda *_: "a\x1b]0;x\x07\nb\u202e\n")
    pdf = samples_dir / "empty-set.pdf"
    code, out, _ = cli("inspect", pdf, "--page", 1, "-o", tmp_path / "x.png")
    assert code == 0 and out == "a\\x1b]0;x\\x07\nb\\u202e\n"
