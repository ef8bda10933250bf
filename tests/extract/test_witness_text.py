"""The cells of a second engine, with text assembled apart from the fast reader's code."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from yusuan.extract.grid import Grid
from yusuan.extract.model import Box
from yusuan.extract.readers import reader
from yusuan.extract.source import EngineError, PageError
from yusuan.extract.witness_grid import Char, Frame, Scan, boxes_to_grid
from yusuan.extract.witness_text import Witness, read_cells, scan_cells

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ENGINES: tuple[Witness, ...] = get_args(Witness)


def char(
    text: str, x: float, y: float, turn: int = 0, size: float = 10.0, white: bool = False
) -> Char:
    return Char(text, Box(x, y, x + 5, y + size), (x, y + 8), size, turn, white)


def scan(*chars: Char, boxes: tuple[Box, ...] = (Box(0, 0, 50, 40), Box(50, 0, 99, 40))) -> Scan:
    grid: Grid = boxes_to_grid(boxes)
    return Scan(1, Frame(100, 100, 0, 0, 0), (grid,), chars, (), ())


def test_a_character_is_in_the_cell_that_holds_its_middle() -> None:
    written = (char("1", 40, 5), char("2", 46, 5), char("3", 49, 5))
    assert [cell.text for cell in scan_cells(scan(*written))] == ["12", "3"]


def test_order_in_the_file_does_not_matter_and_lines_go_down() -> None:
    written = (char("4", 20, 21), char("3", 10, 20), char("2", 20, 5), char("1", 10, 6.5))
    assert scan_cells(scan(*written))[0].text == "1234"


def test_a_comma_of_another_font_stands_in_its_line() -> None:
    low = Char(",", Box(15, 9, 18, 13), (15, 13), 10.0, 0)
    assert scan_cells(scan(char("1", 10, 5), char("2", 20, 5), low))[0].text == "1,2"


def test_white_space_white_letters_and_doubles_are_left_out() -> None:
    written = (char("1", 10, 5), char(" ", 15, 5), char("1", 10.2, 5), char("9", 20, 5, white=True))
    assert scan_cells(scan(*written))[0].text == "1"


def test_sideways_text_is_not_read() -> None:
    first, second = scan_cells(scan(char("1", 10, 5), char("2", 10, 20, turn=1), char("5", 60, 5)))
    assert (first.text, second.text) == (None, "5")


@pytest.mark.parametrize("engine", ENGINES)
def test_witnesses_read_the_amounts_of_a_sample_like_the_fast_reader(engine: Witness) -> None:
    data = (SAMPLES / "shanghai-form.pdf").read_bytes()
    pages = [4, 5, 6]
    fast = {page.number: page for page in reader("pdfium").read_pages(data, pages)}
    amounts = 0
    for page in read_cells(data, pages, engine):
        boxes = np.array([cell.box for cell in page.cells])
        assert (page.width, page.height) == pytest.approx(
            (fast[page.number].width, fast[page.number].height)
        )
        for table in fast[page.number].tables:
            for cell in table.cells:
                ours = "".join(line.text for line in cell.lines).replace(" ", "")
                if ours.replace(",", "").replace(".", "").isdecimal():
                    nearest = int(np.abs(boxes - np.array(cell.box)).sum(axis=1).argmin())
                    assert page.cells[nearest].text == ours
                    amounts += 1
    assert amounts > 30


@pytest.mark.parametrize("engine", ENGINES)
def test_errors_are_those_of_the_readers(engine: Witness) -> None:
    with pytest.raises(EngineError):
        list(read_cells(b"no PDF at all", [1], engine))
    with pytest.raises(PageError):
        list(read_cells((SAMPLES / "empty-set.pdf").read_bytes(), [99], engine))
