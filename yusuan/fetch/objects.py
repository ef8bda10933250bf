"""Object storage: ``s3://``, ``gs://`` and what else pyarrow or fsspec know, as input and output.

pyarrow brings S3 and Google clients with it, so these need nothing installed; an address of another
scheme goes through fsspec where that (and its driver) is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyarrow import fs

from yusuan.fetch.cache import Cache, CacheError, Entry
from yusuan.fetch.model import FetchError, FetchSettings

_PIECE = 1 << 20
_BY_BUCKET = frozenset({"s3", "gs", "gcs"})
_BY_PYARROW = frozenset({"file", "hdfs", "viewfs", "abfs", "abfss"})
_PARTS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<path>[^?]*)(?P<query>\?.*)?", re.I | re.S)
_MAGIC = re.compile(r"[*\[]")


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: the file system, the path in it, and how paths become addresses."""

    filesystem: fs.FileSystem
    path: str
    scheme: str
    query: str

    def address(self, path: str) -> str:
        """The address of a path of the file system."""
        return f"{self.scheme}://{path}{self.query}"


def open_place(address: str) -> Place:
    """The file system of an address. Raises FetchError where there is none for it."""
    match = _PARTS.fullmatch(address)
    if match is None:
        raise FetchError("download-failed", "not an address; correct it.")
    scheme, path, query = match["scheme"].lower(), match["path"], match["query"] or ""
    try:
        if scheme in _BY_BUCKET:
            bucket = path.partition("/")[0]
            return Place(_bucket(f"{scheme}://{bucket}/{query}"), path, scheme, query)
        if scheme in _BY_PYARROW:
            # The path is a name, not yet encoded: 预算.pdf and 100%.pdf are meant as they stand.
            encoded = quote(path, safe="/@:")
            filesystem, inner = fs.FileSystem.from_uri(f"{scheme}://{encoded}{query}")
        else:
            filesystem, inner = _by_fsspec(scheme, path)
    except Exception as error:  # whatever its driver raises
        raise FetchError(
            "download-failed", f"{scheme}:// cannot be used: {_told(error)}"
        ) from error
    return Place(filesystem, inner, scheme, query)


@lru_cache(maxsize=64)
def _bucket(root: str) -> fs.FileSystem:
    """One client for all objects of a bucket: making it asks the server for the region."""
    return fs.FileSystem.from_uri(root)[0]


def _by_fsspec(scheme: str, path: str) -> tuple[fs.FileSystem, str]:
    try:
        import fsspec
    except ImportError as error:
        raise ImportError("install fsspec and its driver for this scheme") from error
    inner: Any = fsspec.filesystem(scheme)
    return fs.PyFileSystem(fs.FSSpecHandler(inner)), inner._strip_protocol(f"{scheme}://{path}")


def means_one(address: str) -> bool:
    """Whether an address names one document, as far as its wording tells (``….pdf``)."""
    path = address.partition("?")[0]
    return path.lower().endswith(".pdf") and not _MAGIC.search(path)


def list_objects(address: str) -> Iterator[str]:
    """The addresses of the documents meant: one object, all ``*.pdf`` below a folder, a pattern.

    ``*`` stands for anything but ``/`` in a pattern, ``**/`` for any folders. Nothing where there
    is no such object. Raises FetchError where the storage cannot be asked.
    """
    place = open_place(address)
    try:
        # A name that is there is no pattern: 预算[1].pdf
        if place.filesystem.get_file_info(place.path).type == fs.FileType.File:
            yield place.address(place.path)
            return
        if magic := _MAGIC.search(place.path):
            base = place.path[: magic.start()].rpartition("/")[0]
            wanted = _pattern(place.path)
        else:
            base, wanted = place.path.rstrip("/"), re.compile(r".*\.pdf", re.I | re.S)
        selector = fs.FileSelector(base, recursive=True, allow_not_found=True)
        for info in place.filesystem.get_file_info(selector):
            if info.type == fs.FileType.File and wanted.fullmatch(info.path):
                yield place.address(info.path)
    except Exception as error:  # whatever its driver raises
        raise FetchError("download-failed", f"cannot be listed: {_told(error)}") from error


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*|\[[^\]]+\])", path)
    made = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile(
        "".join(
            made.get(part)
            or (part.replace("[!", "[^") if part.startswith("[") else re.escape(part))
            for part in parts
        ),
        re.S,
    )


def fetch_object(address: str, cache: Cache, settings: FetchSettings) -> Entry:
    """The document at an address, from the cache where size and time are the same still.

    Raises FetchError.
    """
    known = cache.entry(address)
    if settings.offline:
        if known is None:
            raise FetchError("not-cached", "the cache has no copy and --offline asks nobody.")
        return known
    place = open_place(address)
    try:
        info = place.filesystem.get_file_info(place.path)
        if info.type != fs.FileType.File:
            raise FetchError("download-failed", "there is no such object; check the address.")
        now = int(datetime.now(UTC).timestamp())
        version = f"{info.size}-{info.mtime_ns}" if info.mtime_ns else None
        if known and version and known.etag == version:
            entry = Entry(address, known.sha256, known.size, now, address, version)
        else:
            sha256, size = _copy(place, address, cache, settings.max_size)
            entry = Entry(address, sha256, size, now, address, version)
    except (FetchError, CacheError):
        raise
    except Exception as error:  # whatever its driver raises
        raise FetchError("download-failed", f"cannot be read: {_told(error)}") from error
    cache.record(entry)
    return entry


def _copy(place: Place, address: str, cache: Cache, max_size: int) -> tuple[str, int]:
    with cache.part(address) as part:
        part.restart(None)
        with place.filesystem.open_input_stream(place.path, compression=None) as stream:
            while piece := stream.read(_PIECE):
                try:
                    part.append(piece)
                except OSError as error:  # of the cache's disk, not of the storage
                    raise CacheError(f"the cache {cache.root} cannot be used: {error}") from error
                if part.size > max_size:
                    part.drop()
                    reason = f"larger than the limit of {max_size >> 20} MiB; see --max-download."
                    raise FetchError("download-too-large", reason)
        size = part.size
        return cache.adopt(part), size


def local_path(address: str) -> Path | None:
    """The path of a ``file://`` address; None for others."""
    place = open_place(address) if address.lower().startswith("file://") else None
    return Path(place.path) if place else None


def _told(error: Exception) -> str:
    """The first line of a client's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
