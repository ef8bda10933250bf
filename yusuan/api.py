"""One document in Python: ``yusuan.read``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from yusuan.convert import convert
from yusuan.extract.model import RawTable
from yusuan.head import Status, file_name_of
from yusuan.result import DocumentResult, Engine, Settings

if TYPE_CHECKING:
    import pandas as pd


class DocumentError(Exception):
    """The document could not be converted; the message says why and what to do."""


class Frames(Mapping[str, "pd.DataFrame"]):
    """Canonical tables as pandas DataFrames, by name, each made when it is asked for.

    Columns are Arrow-backed: amounts are exact decimals, whole numbers stay whole beside nulls.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        import pandas as pd

        frame: pd.DataFrame = self._tables[name].to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        rows = ", ".join(f"{name}: {len(table)}" for name, table in self._tables.items())
        return f"<tables and their rows: {rows}>"


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A converted document."""

    result: DocumentResult

    @property
    def doc_id(self) -> str:
        """The sha256 of its bytes, hex."""
        return self.result.doc_id

    @property
    def status(self) -> Status:
        """``ok``, or ``partial`` where pages could not be read; ``error`` then says which."""
        return self.result.status

    @property
    def error(self) -> str | None:
        """What could not be read and what to do."""
        return self.result.error

    @property
    def tables(self) -> Frames:
        """All canonical tables as pandas DataFrames: ``doc.tables["expenditure"]``."""
        return Frames(self.result.tables)

    def arrow(self, name: str) -> pa.Table:
        """A canonical table as an Arrow table. Raises KeyError."""
        return self.result.tables[name]

    @property
    def raw_tables(self) -> tuple[RawTable, ...]:
        """The tables as drawn on the pages, recognised or not."""
        raw = self.result.raw
        return tuple(table for page in raw.pages for table in page.tables) if raw else ()

    @property
    def checks(self) -> pd.DataFrame:
        """The accounting identities and how they came out."""
        return self.tables["checks"]

    @property
    def findings(self) -> pd.DataFrame:
        """What a user should know of the conversion."""
        return self.tables["findings"]

    def __repr__(self) -> str:
        name = self.result.tables["documents"].column("file_name")[0]
        return f"<Document {name}, {self.status}, {len(self.raw_tables)} tables>"


def read(
    given: str | Path | bytes, engine: Engine = "auto", pages: tuple[int, ...] | None = None
) -> Document:
    """Convert one PDF, given by path or as bytes. Raises DocumentError."""
    result = convert(given, Settings(engine=engine, pages=pages))
    if result.status == "failed":
        raise DocumentError(f"{file_name_of(result.source)}: {result.error}")
    return Document(result)
