"""What is kept of one converted document between runs: a file of its rows, table by table.

A line of JSON (what made the rows, and where each table stands), then one Arrow IPC stream per
table that has rows. Publishing one table thus reads nothing of the others. LZ4, because reading
these is most of the work of publishing: zstd saves a third of the space for ten times the time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import pyarrow as pa

from yusuan.convert import DocumentResult, Status

_FORMAT: Final = 2
_WRITE: Final = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ: Final = pa.ipc.IpcReadOptions(use_threads=False)


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What made rows. ``key``: all that must agree for using them again (see ``made.reuse_key``).

    ``engine``: the library that reads, with its version. ``columns``: digest of the columns of all
    tables (see ``store.columns_digest``). ``corrections``: digest of what reviewers decided on
    this document, empty where nothing.
    """

    key: str
    engine: str
    tool_version: str
    schema_version: str
    columns: str
    corrections: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a table stands in the file: bytes from its start, length in bytes, number of rows."""

    start: int
    length: int
    n_rows: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The head of a kept document. ``made_at``: UTC, ISO 8601, whole seconds."""

    doc_id: str
    status: Status
    error: str | None
    made: MadeWith
    made_at: str
    pieces: Mapping[str, Piece]


def encode(result: DocumentResult, made: MadeWith, made_at: str) -> bytes:
    """The file of a converted document."""
    body = bytearray()
    pieces: dict[str, tuple[int, int, int]] = {}
    for name, table in result.tables.items():
        if len(table):
            stream = _stream(table)
            pieces[name] = (len(body), len(stream), len(table))
            body += stream
    head: dict[str, Any] = {
        "yusuan": _FORMAT,
        "doc_id": result.doc_id,
        "status": result.status,
        "error": result.error,
        "made": {name: getattr(made, name) for name in MadeWith.__slots__},
        "made_at": made_at,
        "n_bytes": len(body),
        "pieces": pieces,
    }
    return json.dumps(head).encode() + b"\n" + body


def _stream(table: pa.Table) -> bytes:
    """Without the labels of the columns, which would be repeated for every document."""
    bare = pa.schema([field.remove_metadata() for field in table.schema])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, bare, options=_WRITE) as writer:
        writer.write_table(pa.Table.from_arrays(table.columns, schema=bare))
    return cast(bytes, sink.getvalue().to_pybytes())


def read_head(path: Path) -> Kept | None:
    """The head of a kept document; None where there is none, or it is of another format or cut."""
    try:
        with path.open("rb") as file:
            line = file.readline()
            size = os.fstat(file.fileno()).st_size
        head = json.loads(line)
        if head["yusuan"] != _FORMAT or len(line) + head["n_bytes"] != size:
            return None
        pieces = {
            name: Piece(len(line) + start, length, n_rows)
            for name, (start, length, n_rows) in head["pieces"].items()
        }
        made = MadeWith(**head["made"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kept(head["doc_id"], head["status"], head["error"], made, head["made_at"], pieces)


def read_piece(path: Path, piece: Piece) -> pa.Table:
    """One table of a kept document. Raises OSError or pa.ArrowInvalid where the file is damaged."""
    with path.open("rb") as file:
        file.seek(piece.start)
        data = file.read(piece.length)
    return pa.ipc.open_stream(data, options=_READ).read_all()
