"""Raw tables as JSON, CSV and Markdown: what ``yusuan tables`` prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import orjson

from yusuan.export.guard import guarded
from yusuan.extract.model import RawDocument, RawPage, RawTable
from yusuan.normalize.unwrap import join_lines

_DECIMALS = 2  # of a point: a hundredth is finer than any printer


def document_to_json(document: RawDocument) -> str:
    """The JSON of the command line's contract; pages from 1, rows and columns from 0."""
    head = json.dumps({"file": document.source, "sha256": document.doc_id}, ensure_ascii=False)
    # A page at a time, each on a line.
    pages = ",\n".join(orjson.dumps(_page_to_dict(page)).decode() for page in document.pages)
    return f'{head[:-1]}, "pages": [\n{pages}\n]}}\n'


def _page_to_dict(page: RawPage) -> dict[str, Any]:
    return {
        "page": page.number,
        "width": round(float(page.width), _DECIMALS),
        "height": round(float(page.height), _DECIMALS),
        "rotation": page.rotation,
        "tables": [_table_to_dict(table) for table in page.tables],
    }


def _table_to_dict(table: RawTable) -> dict[str, Any]:
    rounded = _Rounded().__getitem__
    return {
        "index": table.index,
        "bbox": tuple(map(rounded, table.box)),
        "caption": [line.text for line in table.caption],
        "engine": table.engine,
        "n_rows": table.n_rows,
        "n_cols": table.n_cols,
        "cells": [
            {
                "row": row,
                "col": col,
                "row_span": row_span,
                "col_span": col_span,
                "bbox": tuple(map(rounded, box)),
                "text": join_lines(lines, box) if lines else "",
                "lines": [line.text for line in lines],
            }
            for row, col, row_span, col_span, box, lines, _, _ in table.cells
        ],
    }


class _Rounded(dict[float, float]):
    """Edges in points by what they are exactly; the cells of a table share theirs."""

    def __missing__(self, edge: float) -> float:
        self[edge] = found = round(float(edge), _DECIMALS)
        return found


def document_to_csv(document: RawDocument) -> str:
    """All tables as one CSV: page, table, row, then the cells by column.

    A merged cell's text stands in its first row and column. Narrower tables are padded. Text that a
    spreadsheet would run as a formula has an apostrophe in front, as in exported CSV.
    """
    tables = list(_tables(document))
    width = max((table.n_cols for table in tables), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["page", "table", "row", *(f"col_{col}" for col in range(width))])
    for table in tables:
        for number, row in enumerate(_grid(table)):
            texts = [guarded(text) for text in row] + [""] * (width - len(row))
            writer.writerow([table.page, table.index, number, *texts])
    return text.getvalue()


def document_to_markdown(document: RawDocument) -> str:
    """Each table with its caption; the first row is the head, as Markdown wants one."""
    return "\n".join(_table_to_markdown(table) for table in _tables(document))


def _table_to_markdown(table: RawTable) -> str:
    head, *body = ([_escaped(text) for text in row] for row in _grid(table))
    rows = [head, ["---"] * table.n_cols, *body]
    lines = [f"## page {table.page}, table {table.index}", ""]
    lines += [line.text + "  " for line in table.caption] + [""]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _tables(document: RawDocument) -> Iterator[RawTable]:
    return (table for page in document.pages for table in page.tables)


def _grid(table: RawTable) -> list[list[str]]:
    grid = [[""] * table.n_cols for _ in range(table.n_rows)]
    for cell in table.cells:
        grid[cell.row][cell.col] = join_lines(cell.lines, cell.box)
    return grid
