"""Tables packed as they are kept between runs, in a fifth of the memory: streams of Arrow IPC.

LZ4, because reading these is most of the work of publishing: zstd saves a third of the space for
ten times the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

import pyarrow as pa

_WRITE: Final = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ: Final = pa.ipc.IpcReadOptions(use_threads=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """A table as one stream. ``schema``: with the labels of the columns, which the stream lacks.

    A table without rows may have an empty stream.
    """

    schema: pa.Schema
    stream: bytes
    n_rows: int

    def table(self) -> pa.Table:
        """The table itself."""
        if not self.stream:
            return pa.Table.from_batches([], schema=self.schema)
        found = unpack(self.stream)
        return pa.Table.from_arrays(found.columns, schema=self.schema)


class PackedTables(Mapping[str, pa.Table]):
    """Tables by name that are unpacked, each time, when asked for."""

    def __init__(self, packed: Mapping[str, Packed]) -> None:
        self._packed = packed

    def __getitem__(self, name: str) -> pa.Table:
        return self._packed[name].table()

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def packed(self) -> Mapping[str, Packed]:
        """The tables as they are."""
        return self._packed


def pack(schema: pa.Schema, parts: Iterable[pa.Table]) -> Packed:
    """Pack a table of this schema that comes in parts; each can be let go before the next."""
    # Without the labels of the columns, which would be repeated for every document.
    bare = pa.schema([field.remove_metadata() for field in schema])
    sink, n_rows = pa.BufferOutputStream(), 0
    with pa.ipc.new_stream(sink, bare, options=_WRITE) as writer:
        for part in parts:
            writer.write_table(part)
            n_rows += len(part)
    return Packed(schema, cast(bytes, sink.getvalue().to_pybytes()), n_rows)


def pack_whole(table: pa.Table) -> Packed:
    """Pack a table that is there as a whole; most tables of a document are empty."""
    return pack(table.schema, (table,)) if len(table) else Packed(table.schema, b"", 0)


def packed(tables: Mapping[str, pa.Table]) -> Mapping[str, Packed]:
    """The tables packed, those that are already as they are."""
    if isinstance(tables, PackedTables):
        return tables.packed()
    return {name: pack_whole(table) for name, table in tables.items()}


def unpack(stream: bytes) -> pa.Table:
    """The table of a stream, without labels. Raises pa.ArrowInvalid where it is damaged."""
    return pa.ipc.open_stream(stream, options=_READ).read_all()
