"""How far a run is, in words: counts, rate, time left, failures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from yusuan.run import Outcome


@dataclass(slots=True)
class Meter:
    """Takes outcomes as they come. ``n_bytes``: of all inputs together.

    Time left is told by bytes: long documents come first, so that counting documents would
    promise an end that is too late.
    """

    n_inputs: int
    n_bytes: int
    clock: Callable[[], float] = time.monotonic
    counts: Counter[str] = field(default_factory=Counter)
    done_bytes: int = 0
    _worked_bytes: int = 0
    _n_worked: int = 0
    _begin: float | None = None

    def add(self, done: Outcome) -> None:
        """Take an outcome. Time begins with the first, so that starting up does not count."""
        if self._begin is None:
            self._begin = self.clock()
        self.counts[done.status] += 1
        self.done_bytes += done.size
        if not done.reused:
            self._worked_bytes += done.size
            self._n_worked += 1

    @property
    def seconds_left(self) -> float | None:
        """None as long as nothing tells."""
        if self._begin is None or not self._worked_bytes:
            return None
        per_byte = (self.clock() - self._begin) / self._worked_bytes
        return max(self.n_bytes - self.done_bytes, 0) * per_byte

    @property
    def line(self) -> str:
        """For instance ``1,200 of 50,000, 3.4/s, 3 h 59 min left, 2 partial, 3 failed``."""
        parts = [f"{self.counts.total():,} of {self.n_inputs:,}"]
        if self._begin is not None and (seconds := self.clock() - self._begin) > 0:
            parts.append(f"{self._n_worked / seconds:.1f}/s")
        if self.counts.total() < self.n_inputs and (left := self.seconds_left) is not None:
            parts.append(f"{duration(left)} left")
        parts += [f"{n:,} {told}" for told in ("partial", "failed") if (n := self.counts[told])]
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """Two units at most: ``45 s``, ``3 min 20 s``, ``3 h 59 min``, ``2 d 4 h``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for unit, size, smaller, small in (
        ("d", 86400, "h", 3600),
        ("h", 3600, "min", 60),
        ("min", 60, "s", 1),
    ):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // small} {smaller}"
    raise AssertionError("unreachable")
