"""Thousands of documents in one run: memory must stay flat, the last go as fast as the first.

``python benchmarks/endurance.py --documents 2000`` converts that many variants of the samples (the
same pages, other bytes) and prints a line per hundred: documents per second, processor seconds of
the workers for one document (which other work on the machine disturbs less), memory of the parent
and of the largest worker. Exits 1 where the parent grows, or the last hundred takes more than 15 %
more processor time than the first after the start. Two thousand take some six minutes on two cores
that have nothing else to do.
"""

from __future__ import annotations

import argparse
import io
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import psutil

from yusuan.inputs import find_inputs
from yusuan.run import Outcome, RunSettings, run

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
EVERY = 100
MAX_SLOWDOWN = 1.15
# What a run may hold per document: its outcome and its line of the manifest.
MAX_GROWTH_PER_DOCUMENT = 4 << 10


@dataclass(slots=True)
class Watch:
    """What is seen each hundred documents."""

    begin: float = field(default_factory=time.monotonic)
    cpu: float = 0.0
    n_done: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)

    def take(self, _: Outcome) -> None:
        """Count a document."""
        self.n_done += 1
        if self.n_done % EVERY:
            return
        me = psutil.Process()
        now, cpu = time.monotonic(), _worker_cpu(me)
        self.seconds.append((now - self.begin) / EVERY)
        self.cpu_seconds.append((cpu - self.cpu) / EVERY)
        self.parent.append(me.memory_info().rss)
        self.begin, self.cpu = now, cpu
        largest = max((child.memory_info().rss for child in me.children()), default=0)
        print(
            f"{self.n_done:6}  {1 / self.seconds[-1]:6.2f}/s  {self.cpu_seconds[-1]:.3f} s each  "
            f"parent {self.parent[-1] >> 20} MiB  worker {largest >> 20} MiB",
            flush=True,
        )


def _worker_cpu(me: psutil.Process) -> float:
    """Processor seconds of all workers, also of those that were replaced."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    for child in me.children():
        times = child.cpu_times()
        total += times.user + times.system
    return total


def _first_pages(path: Path, n_pages: int | None) -> bytes:
    with pikepdf.open(path) as pdf:
        del pdf.pages[n_pages or len(pdf.pages) :]
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()


def make_variants(folder: Path, count: int, n_pages: int | None) -> None:
    """The samples in turn, each with another comment, all of one size: they go in turn, too."""
    samples = [_first_pages(path, n_pages) for path in sorted(SAMPLES.glob("*.pdf"))]
    size = max(map(len, samples)) + 32
    for number in range(count):
        data = samples[number % len(samples)]
        comment = f"\n%{number}".encode()
        padding = b" " * (size - len(data) - len(comment) - 7)
        (folder / f"{number:06}.pdf").write_bytes(data + comment + padding + b"\n%%EOF\n")


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--pages", type=int, help="only so many of each sample; all by default")
    parser.add_argument("--workers", type=int, default=None)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        make_variants(folder / "in", chosen.documents, chosen.pages)
        watch = Watch()
        inputs = find_inputs([str(folder / "in")])
        begin = time.monotonic()
        outcomes = run(
            inputs, folder / "out", RunSettings(workers=chosen.workers), progress=watch.take
        )
        seconds = time.monotonic() - begin
    wrong = sum(done.status != "ok" for done in outcomes)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    ratio = watch.cpu_seconds[-1] / watch.cpu_seconds[1]
    growth = (watch.parent[-1] - watch.parent[0]) / chosen.documents
    print(f"{len(outcomes)} documents in {seconds:.0f} s, {wrong} not ok")
    clock = watch.seconds[-1] / watch.seconds[1]
    print(f"of the last hundred / the second: processor time {ratio:.2f}, clock {clock:.2f}")
    print(f"most memory of the parent, publishing included: {after >> 20} MiB")
    print(f"growth of the parent while converting: {growth / 1024:.1f} KiB per document")
    failed = wrong or ratio > MAX_SLOWDOWN or growth > MAX_GROWTH_PER_DOCUMENT
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
