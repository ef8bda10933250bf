"""How well pages are read from their picture: cell exactness of OCR against the vector text.

    python benchmarks/scans.py FILE[:PAGES]... [--dpi 150,200,300] [--skew 0.7] [--noise 6] [--seal]

Each document's pages (``4,5,7``; by default all) are drawn, spoilt, bound into a PDF of pictures
and converted like any other. A cell is exact where OCR has its text at the same place of the page.
An amount is a cell whose vector text is a number; ``wrong proved`` are amounts that OCR reads as
another number and that still come out proved: there must be none.
"""

from __future__ import annotations

import argparse
import io
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from yusuan.convert import convert
from yusuan.normalize.amounts import parse_amount
from yusuan.result import DocumentResult, Settings

_PROVED = ("proved", "proved_multi")
_FACTS = ("summary", "revenue", "expenditure", "basic_expenditure", "three_public")
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")


@dataclass(slots=True)
class Score:
    """Counts of one setting. ``missing``: cells of the vector text that OCR has not in place."""

    cells: int = 0
    exact: int = 0
    missing: int = 0
    amounts: int = 0
    amounts_exact: int = 0
    figures: int = 0
    proved: int = 0
    wrong_proved: int = 0

    def add(self, other: Score) -> None:
        """Add the counts of another document."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def drawn(path: Path, pages: Sequence[int], dpi: int, options: argparse.Namespace) -> bytes:
    """A PDF of pictures of the pages (from 1)."""
    random = np.random.default_rng(1)
    pictures = []
    with pypdfium2.PdfDocument(path) as document:
        for number in pages:
            picture = document[number - 1].render(scale=dpi / 72).to_pil().convert("RGB")
            picture = picture.rotate(
                options.skew, fillcolor="white", resample=Image.Resampling.BICUBIC
            )
            if options.seal:
                picture = _stamped(picture, dpi)
            noise = random.normal(0, options.noise, (picture.height, picture.width, 1))
            spoilt = (np.asarray(picture) + noise).clip(0, 255).astype(np.uint8)
            pictures.append(Image.fromarray(spoilt))
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "PDF", resolution=dpi, quality=85, save_all=True, append_images=pictures[1:]
    )
    return buffer.getvalue()


def _stamped(picture: Image.Image, dpi: int) -> Image.Image:
    """With a round red seal over the middle of the page, 42 mm wide; print shows through."""
    radius, width, height = 42 / 25.4 * dpi / 2, *picture.size
    x, y = width * 0.55, height * 0.45
    seal = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(seal)
    ring = (x - radius, y - radius, x + radius, y + radius)
    pen.ellipse(ring, outline=(210, 40, 40), width=round(dpi / 22))
    pen.regular_polygon((x, y, radius * 0.3), 5, fill=(210, 40, 40))
    return ImageChops.multiply(picture, seal)


def texts(result: DocumentResult, pages: Sequence[int]) -> dict[str, str]:
    """Text without white space of the filled cells, by page (from 1), table, row and column.

    Page ``pages[i]`` counts as page i + 1: the drawn document holds these alone.
    """
    place = {number: str(i) for i, number in enumerate(pages, 1)}
    found = {}
    cells = result.tables["cells"].select(["cell_id", "page_no", "text"]).to_pylist()
    for cell in cells:
        text = "".join((cell["text"] or "").split())
        if text and cell["page_no"] in place:
            rest = cell["cell_id"].split(":")[2:]
            found[":".join([place[cell["page_no"]], *rest])] = text
    return found


def proved(result: DocumentResult) -> Iterator[tuple[str, bool]]:
    """Place of each printed figure that came out, and whether it is proved."""
    for name in _FACTS:
        for row in result.tables[name].select(["cell_id", "proof", "value_status"]).to_pylist():
            if row["cell_id"] and row["value_status"] in ("published", "zero"):
                yield row["cell_id"].split(":", 1)[1], row["proof"] in _PROVED


def compare(vector: dict[str, str], read: DocumentResult, n_pages: int) -> Score:
    """The score of one drawn document."""
    seen = texts(read, range(1, n_pages + 1))
    score = Score(cells=len(vector))
    for place, text in vector.items():
        is_amount = bool(_NUMBER.fullmatch(text))
        score.exact += seen.get(place) == text
        score.missing += place not in seen
        score.amounts += is_amount
        score.amounts_exact += is_amount and seen.get(place) == text
    for place, is_proved in proved(read):
        score.figures += 1
        score.proved += is_proved
        if is_proved and place in vector:
            score.wrong_proved += (
                parse_amount(vector[place]).value != parse_amount(seen[place]).value
            )
    return score


def main() -> None:
    """Print a line for each resolution."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--dpi", default="150,200,300")
    parser.add_argument("--skew", type=float, default=0.0, help="degrees")
    parser.add_argument("--noise", type=float, default=6.0, help="grey levels of 255")
    parser.add_argument("--seal", action="store_true")
    options = parser.parse_args()
    print("dpi  cells  exact  missing  amounts  exact  figures  proved  wrong proved  s/page")
    for dpi in map(int, options.dpi.split(",")):
        total, n_pages, began = Score(), 0, time.process_time()
        for given in options.files:
            name, _, chosen = given.partition(":")
            vector = convert(Path(name), Settings(ocr_pages=0))
            count = int(vector.tables["documents"]["page_count"][0].as_py())
            pages = [int(n) for n in chosen.split(",")] if chosen else range(1, count + 1)
            data = drawn(Path(name), pages, dpi, options)
            read = convert(data, Settings(ocr_pages=len(pages)), source="scan.pdf")
            total.add(compare(texts(vector, pages), read, len(pages)))
            n_pages += len(pages)
        share, amounts = total.exact / total.cells, total.amounts_exact / max(total.amounts, 1)
        seconds = (time.process_time() - began) / n_pages
        print(f"{dpi:>3} {total.cells:>6} {share:>6.1%} {total.missing:>8} {total.amounts:>8} "
              f"{amounts:>6.1%} {total.figures:>8} {total.proved:>7} {total.wrong_proved:>13} "
              f"{seconds:>7.1f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
