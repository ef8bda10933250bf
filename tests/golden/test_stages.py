"""What each stage makes of a sample, frozen beside it: ``<name>.raw.json``, ``<name>.rows.csv``.

``pytest --regen`` writes them anew and fails, so that a change is looked at before it is kept.
"""

import csv
import difflib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from yusuan.extract.model import RawDocument, RawTable
from yusuan.normalize.document import Normalized
from yusuan.normalize.model import Origin, Record

from .oracle import NAMES

# Same for every figure of a record, or told by the column ``place``.
OF_THE_PLACE = ("row_id", "table_id", "page_no")
MAX_BYTES = 400_000


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def table_text(table: RawTable) -> str:
    """A raw table in one line: grid, caption, and its cells that are merged, open or printed."""
    cells = [
        [
            *(cell.row, cell.col, cell.row_span, cell.col_span),
            sorted(cell.open_edges),
            "\n".join(line.text for line in cell.lines),
        ]
        for cell in table.cells
    ]
    caption = [line.text for line in table.caption]
    head = {"index": table.index, "n_rows": table.n_rows, "n_cols": table.n_cols}
    return compact({**head, "caption": caption, "cells": cells})


def raw_text(raw: RawDocument) -> str:
    """The extracted document as JSON: a table a line; printed lines, no coordinates."""
    pages = []
    for page in raw.pages:
        size = [round(page.width), round(page.height), page.rotation]
        lines = compact([line.text for line in page.lines])
        tables = ",\n".join(f"  {table_text(t)}" for t in page.tables)
        body = f"\n{tables}\n" if tables else ""
        pages.append(
            f'{{"page":{page.number},"size":{compact(size)},"n_hidden":{page.n_hidden},\n'
            f' "lines":{lines},\n "tables":[{body}]}}'
        )
    return '{"pages":[\n' + ",\n".join(pages) + "\n]}\n"


def place_text(origin: Origin | None) -> str:
    return f"p{origin.page} t{origin.table} r{origin.row} c{origin.col}" if origin else ""


def rows_text(result: Normalized) -> str:
    """All canonical records as CSV: what is null is left out, texts as they are."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["table", "row_id", "place", "values"])
    for record in (*result.tables, *result.records):
        writer.writerow([record.table, row_id(record), place_text(record.origin), told(record)])
    return out.getvalue()


def row_id(record: Record) -> str:
    return str(record.values.get("row_id") or record.values.get("table_id"))


def told(record: Record) -> str:
    return " | ".join(
        f"{column}={value}"
        for column, value in sorted(record.values.items())
        if value is not None and column not in OF_THE_PLACE
    )


@pytest.mark.parametrize("stage", ["raw.json", "rows.csv"])
@pytest.mark.parametrize("name", NAMES)
def test_stage_is_as_reviewed(
    name: str, stage: str, converted: Any, samples_dir: Path, regen: bool
) -> None:
    done = converted(name)
    text = raw_text(done.raw) if stage == "raw.json" else rows_text(done.result)
    assert len(text.encode()) < MAX_BYTES
    path = samples_dir / f"{name}.{stage}"
    if regen:
        path.write_text(text, encoding="utf-8", newline="")
        pytest.fail(f"{path.name} was written: review before proceeding", pytrace=False)
    if not path.is_file():
        pytest.fail(f"{path.name} is missing: write it with pytest --regen", pytrace=False)
    reviewed = path.read_bytes().decode("utf-8")
    if text != reviewed:
        lines = difflib.unified_diff(
            reviewed.splitlines(), text.splitlines(), "reviewed", "now", "", "", 0, ""
        )
        change = "\n".join(line[:400] for line in list(lines)[:40])
        pytest.fail(f"{path.name} has changed (pytest --regen writes it):\n{change}", pytrace=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_raw_golden_is_json(name: str, samples_dir: Path) -> None:
    pages = json.loads((samples_dir / f"{name}.raw.json").read_text(encoding="utf-8"))["pages"]
    assert [p["page"] for p in pages] == list(range(1, len(pages) + 1))
    assert any(p["tables"] for p in pages)
