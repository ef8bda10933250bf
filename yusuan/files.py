"""Input files as they are met: pipes, devices, files that grow or change while they are read.

A folder of documents may hold anything under the name ``x.pdf``. The parent of a run reads each
file for its sha256, without a clock; so it must not wait for a pipe, nor read a device that never
ends. What is read later by a worker is looked at again: it must still be those bytes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import BinaryIO, Final

_PIECE: Final = 1 << 20


class FileError(Exception):
    """Nothing can be converted of such a file; the message says why and what to do.

    ``code``: the finding.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both in args, so that it survives pickling
        self.code = code
        self.message = message


def open_file(path: str) -> BinaryIO:
    """Open a file to read. Raises FileError where it is a pipe, device or socket; OSError."""
    # Opening a pipe would wait for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        kind = os.fstat(handle).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not stat.S_ISREG(kind):
            raise FileError(
                "not-a-pdf",
                "this is a pipe, a device or a socket, not a file; save what it gives as a file.",
            )
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def digest_of(path: str, limit: int) -> str | None:
    """The sha256 (hex) of a file; None where it has more than ``limit`` bytes, or grows to it.

    Raises FileError, OSError.
    """
    digest, size = hashlib.sha256(), 0
    with open_file(path) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > limit:
                return None
            digest.update(piece)
    return digest.hexdigest()


def read_same(path: str, digest: str, limit: int) -> bytes:
    """The bytes of a file that had this sha256 when it was looked at first.

    Raises FileError where it has others now, OSError where it cannot be read.
    """
    with open_file(path) as file:
        data = file.read(limit + 1)
    if hashlib.sha256(data).hexdigest() != digest:
        raise FileError(
            "input-changed",
            "the file changed while the run read it (is it still being written?); "
            "give the same command again when it is done.",
        )
    return data


def digest_of_name(source: str) -> str:
    """In place of the sha256 of bytes where none are read: of ``source:`` and the name."""
    return hashlib.sha256(f"source:{source}".encode()).hexdigest()
