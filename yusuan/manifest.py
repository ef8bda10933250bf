"""``manifest.parquet`` and ``SHA256SUMS``: what a dataset was made from, how, and what came out.

The manifest has a row per input; ``SHA256SUMS`` a line per Parquet file, as ``sha256sum -c`` reads
it. The manifest is put in place last and names the digest of ``SHA256SUMS``, so that a dataset with
a manifest is whole, and the two can be told to belong together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from yusuan.head import Status
from yusuan.inputs import Fetched, Given
from yusuan.kept import Kept, MadeWith

MANIFEST: Final = "manifest.parquet"
SUMS: Final = "SHA256SUMS"
_SUMS_DIGEST: Final = b"yusuan.sums_sha256"

NOTHING_GIVEN: Final = Given()

_TIME: Final = pa.timestamp("s", tz="UTC")
_COLUMNS: Final = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("duplicate_of", pa.string()),
        pa.field("size_bytes", pa.int64()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("error", pa.string()),
        pa.field("converted_at", _TIME, nullable=False),
        pa.field("engine", pa.string(), nullable=False),
        pa.field("tool_version", pa.string(), nullable=False),
        pa.field("schema_version", pa.string(), nullable=False),
        pa.field("columns", pa.string(), nullable=False),
        pa.field("reuse_key", pa.string(), nullable=False),
        pa.field("corrections_sha256", pa.string()),
        *(
            pa.field(f"given_{field.name}", pa.int16() if field.name == "year" else pa.string())
            for field in fields(Given)
        ),
        pa.field("fetched_at", _TIME),
        pa.field("fetched_from", pa.string()),
        pa.field("fetched_bytes", pa.int64()),
        pa.field("etag", pa.string()),
        pa.field("last_modified", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An input and the document that its bytes are. ``size``: bytes, None where there are none."""

    source: str
    doc_id: str
    size: int | None = None
    given: Given = NOTHING_GIVEN
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of the manifest: an entry, what became of it, with what and when it was made."""

    entry: Entry
    status: Status
    error: str | None
    made: MadeWith
    made_at: str

    @classmethod
    def of(cls, entry: Entry, kept: Kept) -> Recorded:
        """An entry and what is kept of its document."""
        return cls(entry, kept.status, kept.error, kept.made, kept.made_at)


class ManifestError(ValueError):
    """The manifest cannot be read; the message says why."""


def write_manifest(path: Path, recorded: Sequence[Recorded], sums: bytes) -> None:
    """Write the rows, by source; ``sums``: the content of ``SHA256SUMS``."""
    first: dict[str, str] = {}
    for one in recorded:
        first.setdefault(one.entry.doc_id, one.entry.source)
    rows = [_row(one, first[one.entry.doc_id]) for one in recorded]
    schema = _COLUMNS.with_metadata({_SUMS_DIGEST: hashlib.sha256(sums).hexdigest()})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")


def read_manifest(path: Path) -> list[Recorded]:
    """The rows, by source; none where there is no manifest. Raises ManifestError."""
    if not path.exists():
        return []
    try:
        return [_recorded(row) for row in pq.read_table(path).to_pylist()]
    except (pa.ArrowException, OSError, KeyError, TypeError) as error:
        raise ManifestError(
            f"{path} cannot be read ({type(error).__name__}): it is damaged, or of a version of "
            "yusuan that is no longer supported; write to a new folder"
        ) from error


def sums_digest(path: Path) -> str | None:
    """The sha256 of ``SHA256SUMS`` that the manifest was written with."""
    digest = (pq.read_schema(path).metadata or {}).get(_SUMS_DIGEST)
    return digest.decode() if digest else None


def sums_text(files: Mapping[str, str]) -> bytes:
    """The content of ``SHA256SUMS``: file (path below the dataset) -> digest."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(files.items())).encode()


def parse_sums(text: bytes) -> dict[str, str]:
    """File -> digest. Raises ValueError where a line is none."""
    files: dict[str, str] = {}
    for line in text.decode().splitlines():
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64:
            raise ValueError(f"not a line of sha256sum: {line!r}")
        files[name] = digest
    return files


def first_entries(recorded: Iterable[Recorded]) -> dict[str, list[Entry]]:
    """Each document and its inputs, by source: the first gives the document its name."""
    inputs: dict[str, list[Entry]] = {}
    for one in recorded:
        inputs.setdefault(one.entry.doc_id, []).append(one.entry)
    return inputs


def _row(one: Recorded, first: str) -> dict[str, Any]:
    entry, fetched = one.entry, one.entry.fetched
    row: dict[str, Any] = {
        "source": entry.source,
        "doc_id": entry.doc_id,
        "duplicate_of": first if first != entry.source else None,
        "size_bytes": entry.size,
        "status": one.status,
        "error": one.error,
        "converted_at": _time(one.made_at),
        "engine": one.made.engine,
        "tool_version": one.made.tool_version,
        "schema_version": one.made.schema_version,
        "columns": one.made.columns,
        "reuse_key": one.made.key,
        "corrections_sha256": one.made.corrections or None,
    }
    row |= {f"given_{field.name}": getattr(entry.given, field.name) for field in fields(Given)}
    if fetched is not None:
        row |= {
            "fetched_at": _time(fetched.at),
            "fetched_from": fetched.url,
            "fetched_bytes": fetched.size,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
        }
    return row


def _recorded(row: Mapping[str, Any]) -> Recorded:
    given = Given(**{field.name: row[f"given_{field.name}"] for field in fields(Given)})
    fetched = None
    if row["fetched_from"] is not None:
        fetched = Fetched(
            row["fetched_from"],
            _iso(row["fetched_at"]),
            row["fetched_bytes"],
            row["etag"],
            row["last_modified"],
        )
    made = MadeWith(
        row["reuse_key"],
        row["engine"],
        row["tool_version"],
        row["schema_version"],
        row["columns"],
        row.get("corrections_sha256") or "",
    )
    entry = Entry(row["source"], row["doc_id"], row["size_bytes"], given, fetched)
    return Recorded(entry, row["status"], row["error"], made, _iso(row["converted_at"]))


def now() -> str:
    """The time: UTC, ISO 8601, whole seconds."""
    return _iso(datetime.now(UTC))


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(iso: str) -> datetime:
    return datetime.strptime(iso, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
