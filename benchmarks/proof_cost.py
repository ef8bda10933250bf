"""What proof adds to the run time of documents: identities, and second readers.

    python benchmarks/proof_cost.py ../shared/real samples        one line a class, then the dearest
    python benchmarks/proof_cost.py FILE --repeat 5

Counted is user and system time of this process (``time.process_time``), the least of ``--repeat``
conversions of each document. ``added``: time in proof by what the rest of `convert` takes (reading,
normalising, tables). Clean documents are those in which no hard identity fails.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from yusuan import convert as conversion
from yusuan.convert import convert
from yusuan.prove import proof as proving
from yusuan.result import DocumentResult, Settings

_LARGE = 2_000
"""Records from which a document is a large one."""


@dataclass
class Clock:
    """Seconds spent in a function."""

    seconds: float = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time added up."""

        def wrapped(*args: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **named)
            finally:
                self.seconds += time.process_time() - start

        return wrapped


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one conversion. ``proof`` holds ``witnesses``; ``rest`` is all but proof."""

    name: str
    n_records: int
    n_failed: int
    rest: float
    proof: float
    witnesses: float

    @property
    def kind(self) -> str:
        """The class that it is counted in."""
        size = "large" if self.n_records >= _LARGE else "small"
        return f"{size}, {'an identity fails' if self.n_failed else 'clean'}"


@contextmanager
def _clocks() -> Iterator[tuple[Clock, Clock]]:
    proof, witnesses = Clock(), Clock()
    asked = proving.ask_witnesses
    with (
        mock.patch.object(conversion, "_prove", proof.timed(conversion._prove)),
        mock.patch.object(proving, "ask_witnesses", witnesses.timed(asked)),
    ):
        yield proof, witnesses


def cost_of(path: Path, settings: Settings) -> Cost:
    """Convert a document once."""
    with _clocks() as (proof, witnesses):
        start = time.process_time()
        result = convert(path, settings)
        whole = time.process_time() - start
    failed = _failed(result)
    n_records = sum(t.num_rows for name, t in result.tables.items() if name not in _NOT_FACTS)
    rest = whole - proof.seconds
    return Cost(path.name, n_records, failed, rest, proof.seconds, witnesses.seconds)


_NOT_FACTS = ("cells", "checks", "findings", "documents", "tables")


def _failed(result: DocumentResult) -> int:
    codes = result.tables["findings"].column("code").to_pylist()
    return sum(code == "identity-failed" for code in codes)


@dataclass
class Sum:
    """Sums over a class of documents."""

    costs: list[Cost] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Documents, seconds, and what proof adds in percent: all, and second readers alone."""
        rest = sum(c.rest for c in self.costs)
        proof = sum(c.proof for c in self.costs)
        witnesses = sum(c.witnesses for c in self.costs)
        worst = max(c.proof / c.rest for c in self.costs)
        return (
            f"{name:26} {len(self.costs):4d} documents  {rest:7.2f} s without proof, added"
            f" {proof / rest:6.1%} (second readers {witnesses / rest:6.1%}), at most {worst:6.1%}"
        )


def main(arguments: Sequence[str]) -> int:
    """Print what proof adds, by size and whether an identity fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--dearest", type=int, default=10, help="documents to name")
    options = parser.parse_args(arguments)
    files = [f for p in options.paths for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    settings = Settings(ocr_pages=0)
    for file in files[:1]:
        cost_of(file, settings)  # imports are of nobody's document
    sums: dict[str, Sum] = {}
    costs = []
    for file in files:
        cost = min((cost_of(file, settings) for _ in range(options.repeat)), key=lambda c: c.rest)
        if cost.n_records:
            costs.append(cost)
            sums.setdefault(cost.kind, Sum()).costs.append(cost)
    for kind, found in sorted(sums.items()):
        print(found.line(kind))
    for cost in sorted(costs, key=lambda c: c.proof / c.rest, reverse=True)[: options.dearest]:
        print(
            f"  {cost.proof / cost.rest:6.1%} (second readers {cost.witnesses / cost.rest:6.1%})"
            f" of {cost.rest:5.2f} s  {cost.n_records:6d} records  {cost.name}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
