"""What is kept of one converted document between runs: a file of its rows, table by table.

A line of JSON (what made the rows, and where each table stands), then one Arrow IPC stream per
table that has rows (``packed.py``). Publishing one table thus reads nothing of the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from yusuan.head import Status
from yusuan.packed import packed, unpack
from yusuan.result import DocumentResult

_FORMAT: Final = 2


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
    return b"".join(file_of(result, made, made_at))


def file_of(result: DocumentResult, made: MadeWith, made_at: str) -> list[bytes]:
    """The file of a converted document, in pieces to be written one after the other."""
    body: list[bytes] = []
    pieces: dict[str, tuple[int, int, int]] = {}
    n_bytes = 0
    for name, table in packed(result.tables).items():
        if table.n_rows:
            pieces[name] = (n_bytes, len(table.stream), table.n_rows)
            body.append(table.stream)
            n_bytes += len(table.stream)
    head: dict[str, Any] = {
        "yusuan": _FORMAT,
        "doc_id": result.doc_id,
        "status": result.status,
        "error": result.error,
        "made": {name: getattr(made, name) for name in MadeWith.__slots__},
        "made_at": made_at,
        "n_bytes": n_bytes,
        "pieces": pieces,
    }
    return [json.dumps(head).encode() + b"\n", *body]


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
        return unpack(file.read(piece.length))
