"""Reading a dataset on disk again and again: its files' footers are read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds


def stored(root: Path, table: str) -> ds.Dataset:
    """A table of the dataset in ``root``, as its files are now."""
    files = sorted((root / table).glob("*.parquet"))
    seen = tuple((str(file), (told := file.stat()).st_mtime_ns, told.st_size) for file in files)
    return _opened(seen)


def rows_where(root: Path, table: str, wanted: pc.Expression) -> list[dict[str, Any]]:
    """The rows that fulfil a condition, where few do.

    The condition's columns are read of all rows, the others only of documents with such rows.
    """
    data = stored(root, table)
    documents = data.to_table(columns=["doc_id"], filter=wanted)["doc_id"].unique()
    if not len(documents):
        return []
    found: list[dict[str, Any]] = data.to_table(
        filter=wanted & pc.field("doc_id").isin(documents)
    ).to_pylist()
    return found


@lru_cache(maxsize=64)
def _opened(files: tuple[tuple[str, int, int], ...]) -> ds.Dataset:
    return ds.dataset([path for path, _, _ in files], format="parquet")
