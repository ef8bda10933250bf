"""Each sample read and normalised once; what pdfplumber sees in a box, as a second reader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
import pytest

from yusuan.extract.model import Box, RawDocument
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Normalized, normalize, prepare
from yusuan.normalize.model import Record
from yusuan.schemas.loader import load


@dataclass(frozen=True)
class Converted:
    """A sample after the two pure stages."""

    raw: RawDocument
    result: Normalized

    @property
    def published(self) -> list[Record]:
        """The records of ``tables`` that stand in the document."""
        return [t for t in self.result.tables if t.values["status"] != "missing"]

    @property
    def facts(self) -> list[Record]:
        """What stands in tables; amounts in the prose are tested with their grammar."""
        return [r for r in self.result.records if r.table != "narrative_facts"]

    def of_table(self, number: int) -> list[Record]:
        """The facts of the n-th published table, in printed order."""
        table_id = self.published[number].values["table_id"]
        found = [r for r in self.facts if r.values["table_id"] == table_id]
        return sorted(found, key=lambda r: r.origin.key if r.origin else (0, 0, 0, 0))


Convert = Callable[[str], Converted]
TextIn = Callable[[str, int, Box], str]


@pytest.fixture(scope="session")
def converted(samples_dir: Path) -> Convert:
    index = prepare(load())
    done: dict[str, Converted] = {}

    def convert(name: str) -> Converted:
        if name not in done:
            raw = read_document(open_source(samples_dir / f"{name}.pdf"))
            done[name] = Converted(raw, normalize(raw, index))
        return done[name]

    return convert


@pytest.fixture(scope="session")
def text_in(samples_dir: Path) -> Iterator[TextIn]:
    """A function (sample, page, box) -> the glyphs whose centre lies in the box, unspaced."""
    files: dict[str, pdfplumber.PDF] = {}
    pages: dict[tuple[str, int], list[tuple[float, float, str]]] = {}

    def read(name: str, number: int, box: Box) -> str:
        if name not in files:
            files[name] = pdfplumber.open(samples_dir / f"{name}.pdf")
        if (name, number) not in pages:
            page = files[name].pages[number - 1]
            pages[name, number] = [
                ((c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2, c["text"])
                for c in page.chars
                if c["text"].strip()
            ]
            page.close()
        return "".join(
            text
            for x, y, text in pages[name, number]
            if box.x0 <= x <= box.x1 and box.top <= y <= box.bottom
        )

    yield read
    for file in files.values():
        file.close()
