"""A document's pages for the report: each page's picture and its tables as HTML data."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from yusuan.extract.picture import page_picture
from yusuan.extract.source import ExtractError, open_source
from yusuan.report.stored import rows_of, table_of
from yusuan.report.summary import AMOUNT_OF, Row, cells_of

_DPI = 64  # text of 10 pt can just be read; a page takes some 20 kB
_QUALITY = 45
_MAX_PICTURES = 1_200_000  # bytes of a document's pictures: the report is to be sent by mail
_MAX_CELLS = 30_000  # of a document's tables, some 40 bytes each beside their text


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of an HTML table. ``kind``: its use, and for a figure its proof, as class names.

    ``box``: x0, top, x1, bottom in points of the page as it was read.
    """

    cell_id: str
    row_span: int
    col_span: int
    text: str
    kind: str
    title: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of a page: what it was recognised as, and its rows of cells."""

    heading: str
    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """A page with tables. ``picture``: a data URL, None where none was made.

    ``tables`` is empty where the document has more cells than a report should hold.
    """

    number: int
    picture: str | None
    tables: tuple[TableView, ...]


def page_views(root: Path, document: Row, n_pictures: int) -> list[PageView]:
    """The pages of a document that hold tables, in order; the first ``n_pictures`` with a picture.

    Pictures need the PDF at the place where it was read; where it is no longer there, or holds
    other bytes, the tables stand alone.
    """
    doc_id = document["doc_id"]
    proofs = _proofs(root, doc_id)
    titles = _headings(root, doc_id)
    by_page = _by_page(cells_of(root, doc_id).to_pylist())
    wanted = {number: _rotation(by_page[number]) for number in list(by_page)[:n_pictures]}
    pictures = _pictures(document, wanted)
    views, n_cells = [], 0
    for number, tables in by_page.items():
        n_cells += sum(map(len, tables.values()))
        shown = tables.values() if n_cells <= _MAX_CELLS else ()
        own = tuple(_table(cells, titles, proofs) for cells in shown)
        views.append(PageView(number, pictures.get(number), own))
    return views


def one_page(root: Path, doc_id: str, number: int) -> tuple[tuple[TableView, ...], int]:
    """The tables of one page (from 1), and by how many degrees it was turned for reading."""
    cells = cells_of(root, doc_id, number).to_pylist()
    tables = _by_page(cells).get(number, {})
    proofs = _proofs(root, doc_id)
    titles = _headings(root, doc_id)
    views = tuple(_table(own, titles, proofs) for own in tables.values())
    return views, _rotation(tables)


_Tables = dict[int, list[Row]]  # the cells of each table of a page, by its index


def _by_page(cells: Iterable[Row]) -> dict[int, _Tables]:
    found: dict[int, _Tables] = {}
    for cell in cells:
        found.setdefault(cell["page_no"], {}).setdefault(cell["table_index"], []).append(cell)
    return found


def _rotation(tables: _Tables) -> int:
    """Degrees by which the page of these cells was turned."""
    return next((int(cells[0]["page_rotation"]) for cells in tables.values()), 0)


def _table(cells: Iterable[Row], titles: Mapping[str, str], proofs: Mapping[str, str]) -> TableView:
    rows: dict[int, list[CellView]] = {}
    heading = ""
    for cell in cells:
        heading = heading or titles.get(cell["table_id"] or "", "")
        proof = proofs.get(cell["cell_id"])
        kinds = [cell["use"] or "unused", *([proof] if proof else [])]
        told = " · ".join(filter(None, (cell["use"], cell["use_reason"], proof)))
        rows.setdefault(cell["row"], []).append(
            CellView(
                cell["cell_id"],
                cell["row_span"],
                cell["col_span"],
                cell["text"] or "",
                " ".join(kinds),
                told,
                (cell["x0"], cell["top"], cell["x1"], cell["bottom"]),
            )
        )
    n_rows = max(rows, default=-1) + 1
    return TableView(heading, tuple(tuple(rows.get(row, ())) for row in range(n_rows)))


def _proofs(root: Path, doc_id: str) -> dict[str, str]:
    """Cell -> proof of the figure in it; where several figures share it, the first."""
    found: dict[str, str] = {}
    for name in AMOUNT_OF:
        rows = table_of(root, name, doc_id).filter(pc.field("proof").is_valid())
        for row in rows.select(["cell_id", "proof"]).to_pylist():
            if row["cell_id"]:
                found.setdefault(row["cell_id"], row["proof"])
    return found


def _headings(root: Path, doc_id: str) -> dict[str, str]:
    return {row["table_id"]: _heading(row) for row in rows_of(root, "tables", doc_id)}


def _heading(table: Mapping[str, Any]) -> str:
    parts = (table["table_no_text"], table["title_text"], table["published_unit"], table["family"])
    return " · ".join(part for part in parts if part)


def _pictures(document: Row, wanted: Mapping[int, int]) -> dict[int, str]:
    """Page -> its picture as a data URL. ``wanted``: page -> rotation."""
    data = pdf_of(document["source"], document["doc_id"]) if wanted else None
    if data is None:
        return {}
    made: dict[int, str] = {}
    room = _MAX_PICTURES
    for number, turn in wanted.items():
        try:
            url = _data_url(data, number, turn)
        except ExtractError:
            continue
        room -= len(url)
        if room < 0:
            break
        made[number] = url
    return made


def pdf_of(source: str, doc_id: str) -> bytes | None:
    """The PDF's bytes where it still is at the path that was read; None where it is not."""
    path = Path(source)
    try:
        read = open_source(path) if path.is_file() else None
    except ExtractError:
        return None
    return read.data if read is not None and read.doc_id == doc_id else None


def _data_url(data: bytes, number: int, rotation: int) -> str:
    buffer = io.BytesIO()
    page_picture(data, number, _DPI, rotation).save(buffer, "WEBP", quality=_QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
