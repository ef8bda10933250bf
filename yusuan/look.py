"""A dataset in words, for people: what ``yusuan show`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
from rich.cells import cell_len, set_cell_size

# Identifiers and constants of the contract that say nothing at a glance.
_DULL = frozenset(
    {"doc_id", "table_id", "row_id", "cell_id", "check_ids", "project_id", "published_decimals"}
)
_MAX_CELL = 36
_MAX_LINE = 150


def dataset_overview(out: Path, n_rows: int) -> str:
    """Documents, tables by family, rows per canonical table, and some rows of facts."""
    names = (path.name for path in out.iterdir() if path.is_dir() and path.name[0] != "_")
    counts = {name: ds.dataset(out / name).count_rows() for name in sorted(names)}
    filled = [[name, str(count)] for name, count in counts.items() if count]
    empty = ", ".join(name for name, count in counts.items() if not count)
    parts = [_documents(out, n_rows), _families(out)]
    parts.append(_grid(["canonical table", "rows"], filled) + f"without rows: {empty or 'none'}\n")
    for name in ("expenditure", "project_indicators"):
        if counts.get(name):
            parts.append(f"{name}, first rows:\n" + table_rows(out, name, n_rows))
    return "\n".join(parts)


def table_rows(out: Path, name: str, n_rows: int) -> str:
    """The first rows of a table, without identifiers and columns that are empty in them."""
    rows = ds.dataset(out / name).head(n_rows).to_pylist()
    if not rows:
        return f"{name}: no rows\n"
    shown = [
        column
        for column in rows[0]
        if column not in _DULL and any(row[column] not in (None, []) for row in rows)
    ]
    return _grid(shown, [[_told(row[column]) for column in shown] for row in rows])


def _documents(out: Path, n_rows: int) -> str:
    columns = ["status", "fiscal_year", "doc_kind", "page_count", "n_tables", "n_amounts"]
    columns += ["file_name", "publisher", "error"]
    rows = ds.dataset(out / "documents").to_table(columns=columns).to_pylist()
    statuses = Counter(row["status"] for row in rows)
    told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    listed = [[_told(row[column]) for column in columns] for row in rows[:n_rows]]
    more = f"... and {len(rows) - n_rows} more\n" if len(rows) > n_rows else ""
    return f"{len(rows)} documents: {told}\n{_grid(columns, listed)}{more}"


def _families(out: Path) -> str:
    families = ds.dataset(out / "tables").to_table(columns=["family"]).column("family")
    counts = Counter(families.to_pylist())
    rows = [[family or "(not recognised)", str(n)] for family, n in counts.most_common()]
    return _grid(["published tables by family", "count"], rows)


def _told(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if not isinstance(value, str | bool | int | list) else str(value)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns (a Chinese character is two wide); long cells and lines are cut."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [min(max(map(cell_len, column)), _MAX_CELL) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [_cut(text, width) for text, width in zip(row, widths, strict=True)]
        lines.append(_cut("  ".join(cells).rstrip(), _MAX_LINE).rstrip())
    lines.insert(1, "-" * min(sum(widths) + 2 * len(widths) - 2, _MAX_LINE))
    return "\n".join(lines) + "\n"


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width or width < 2:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"
