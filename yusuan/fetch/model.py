"""How to fetch, and why a document could not be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yusuan import __version__

FetchCode = Literal[
    "download-failed", "download-too-large", "download-not-allowed", "html-not-pdf", "not-cached"
]

USER_AGENT = f"yusuan/{__version__}"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch; times in seconds, sizes in bytes.

    ``delay``: between two requests to a host; ``per_host``: connections to it at a time; ``hosts``:
    hosts at a time. ``max_age``: a copy that the server confirmed within it is used unasked.
    ``offline``: take what the cache has and ask nobody. ``attempts``: for one document, with
    ``backoff``, twice that, … between them. ``max_wait``: the longest ``Retry-After`` that is
    waited for. ``total``: the time for one document, all attempts together; ``give_up``: when one
    is left that keeps to no limit, as of a server that sends a byte of its headers now and then.
    ``unreachable_after``: so many documents in a row without a connection, and the rest of the
    host is left out.
    """

    cache: Path
    delay: float = 1.0
    per_host: int = 1
    hosts: int = 16
    max_size: int = 200 << 20
    max_age: float = 24 * 3600
    offline: bool = False
    attempts: int = 4
    backoff: float = 2.0
    max_wait: float = 300.0
    connect: float = 15.0
    read: float = 30.0
    total: float = 900.0
    give_up: float = 2700.0
    max_redirects: int = 5
    unreachable_after: int = 5
    user_agent: str = USER_AGENT


class FetchError(Exception):
    """A document could not be fetched; the message says why and what to do.

    ``is_connection``: no connection to the host came about, so its other documents hardly fare
    better.
    """

    def __init__(self, code: FetchCode, message: str, is_connection: bool = False) -> None:
        super().__init__(message)
        self.code: FetchCode = code
        self.message = message
        self.is_connection = is_connection
