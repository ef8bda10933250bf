"""A content-addressed cache: bytes under their sha256, and what each address gave last.

``objects/ab/abcd….pdf`` holds bytes, ``index/12/1234….json`` (sha256 of the address) says which of
them an address gave and when, ``parts/`` holds downloads that are not complete. Objects and index
entries appear by rename, so a process that dies leaves no half of one; several processes may share
a cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


class CacheError(Exception):
    """The cache folder cannot be used; the message says why."""


def default_cache() -> Path:
    """The folder for downloads in the user's cache folder (as each system has it)."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "yusuan"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an address gave. ``final``: the address after redirects; ``at``: when it was confirmed.

    ``at`` is UTC in seconds since 1970.
    """

    address: str
    sha256: str
    size: int
    at: int
    final: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True)
class Part:
    """A download that is not complete. ``validator``: what tells that the rest is of the same file.

    None where the server gave nothing of the kind; then the file begins anew.
    """

    path: Path
    validator: str | None
    size: int

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")

    def restart(self, validator: str | None) -> None:
        """Drop what there is; what comes next is of the file with this validator."""
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps({"validator": validator}))
        self.validator, self.size = validator, 0

    def append(self, piece: bytes) -> None:
        """Add bytes at the end."""
        with self.path.open("ab") as file:
            file.write(piece)
        self.size += len(piece)

    def drop(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self.validator, self.size = None, 0


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache in the folder ``root``."""

    root: Path

    def prepare(self) -> None:
        """Make the folders. Raises CacheError."""
        try:
            for name in ("objects", "index", "parts"):
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CacheError(f"the cache {self.root} cannot be made: {error.strerror}") from error

    def object_path(self, sha256: str) -> Path:
        """Where bytes with this hash are."""
        return self.root / "objects" / sha256[:2] / f"{sha256}.pdf"

    def entry(self, address: str) -> Entry | None:
        """What an address gave last; None where nothing, or where its bytes are gone or damaged."""
        try:
            values = json.loads(self._index_path(address).read_text(encoding="utf-8"))
            entry = Entry(**values)
        except (OSError, ValueError, TypeError):
            return None
        path = self.object_path(entry.sha256)
        if entry.address != address or not path.is_file() or sha256_of(path) != entry.sha256:
            return None
        return entry

    def record(self, entry: Entry) -> None:
        """Write down what an address gave."""
        path = self._index_path(entry.address)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{uuid.uuid4().hex}.tmp")
        temporary.write_text(json.dumps(asdict(entry)), encoding="utf-8")
        temporary.replace(path)

    def adopt(self, part: Part) -> str:
        """Make a complete download an object; its sha256."""
        sha256 = sha256_of(part.path)
        path = self.object_path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        part.path.replace(path)
        part.drop()
        return sha256

    @contextmanager
    def part(self, address: str) -> Iterator[Part]:
        """The incomplete download of an address, for one process at a time.

        Where another process has it, an empty one of our own, dropped at the end.
        """
        name = _name_of(address)
        path = self.root / "parts" / f"{name}.part"
        lock = path.with_suffix(".lock")
        with lock.open("w") as file:
            if _try_lock(file.fileno(), lock):
                try:
                    yield _resumed(path)
                finally:
                    lock.unlink(missing_ok=True)
                return
        ours = Part(path.with_name(f"{name}.{uuid.uuid4().hex}.part"), None, 0)
        ours.restart(None)
        try:
            yield ours
        finally:
            ours.drop()

    def _index_path(self, address: str) -> Path:
        name = _name_of(address)
        return self.root / "index" / name[:2] / f"{name}.json"


def _name_of(address: str) -> str:
    """Also of an address from the command line whose bytes are no UTF-8."""
    return hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()


def sha256_of(path: Path) -> str:
    """The hash of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resumed(path: Path) -> Part:
    part = Part(path, None, 0)
    try:
        validator = json.loads(part._note.read_text())["validator"]
        size = path.stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        part.restart(None)
        return part
    return Part(path, validator, size)


def _try_lock(file: int, path: Path) -> bool:
    """Lock an open lock file; False where another process has it, or has just removed it."""
    try:
        import fcntl
    except ImportError:  # Windows: caches are not shared there
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file).st_ino == path.stat().st_ino
    except OSError:
        return False
