"""Politeness: how often and how many at a time a host is asked, and what its robots.txt allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from protego import Protego

from yusuan.fetch.model import FetchError

ROBOT_NAME: Final = "yusuan"
# RFC 9309, 2.5: at least the first 500 kibibytes of robots.txt are read.
ROBOTS_BYTES: Final = 500 << 10
# A Crawl-delay beyond this says "do not", which robots.txt has a word for.
_LONGEST_CRAWL_DELAY: Final = 120.0

Robots = Protego | FetchError
"""The rules of an origin, or why there are none to go by (then nothing is asked of it)."""


class StoppedError(Exception):
    """The run was interrupted while waiting."""


class Host:
    """One host: ``per_host`` requests at a time, begun at least ``delay`` seconds apart."""

    def __init__(self, per_host: int, delay: float, stop: threading.Event) -> None:
        self._slots = threading.Semaphore(per_host)
        self._lock = threading.Lock()
        self._stop = stop
        self._next = 0.0
        self.delay = delay
        self.n_unreachable = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn; it lasts until the answer is read. Raises StoppedError."""
        with self._slots:
            while True:
                with self._lock:
                    wait = self._next - time.monotonic()
                    if wait <= 0:
                        self._next = time.monotonic() + self.delay
                        break
                self.pause(wait)
            yield

    def pause(self, seconds: float) -> None:
        """Wait, unless the run is interrupted. Raises StoppedError."""
        if self._stop.wait(seconds):
            raise StoppedError

    def hold(self, seconds: float) -> None:
        """Begin no request before that many seconds from now (the host asked for it)."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


class Hosts:
    """All hosts of a run, and the robots.txt of each origin, read once."""

    def __init__(self, per_host: int, delay: float, stop: threading.Event) -> None:
        self._settings = (per_host, delay, stop)
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}
        self._robots: dict[str, Robots] = {}
        self._reading: dict[str, threading.Lock] = {}

    def host(self, name: str) -> Host:
        """The host of that name."""
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = Host(*self._settings)
            return self._hosts[name]

    def robots(self, origin: str, read: Callable[[], Robots]) -> Robots:
        """The rules of an origin; ``read`` gets them the first time."""
        with self._lock:
            reading = self._reading.setdefault(origin, threading.Lock())
        with reading:
            if origin not in self._robots:
                self._robots[origin] = read()
            return self._robots[origin]


def parse_robots(body: bytes) -> Protego:
    """The rules of a robots.txt (RFC 9309). A web page in its place has none: all is allowed."""
    return Protego.parse(body[:ROBOTS_BYTES].decode("utf-8", errors="replace"))


def crawl_delay(rules: Protego) -> float:
    """Seconds between requests that the rules ask for; 0 without a word, at most two minutes."""
    return min(float(rules.crawl_delay(ROBOT_NAME) or 0.0), _LONGEST_CRAWL_DELAY)
