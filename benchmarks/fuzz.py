"""Mutated PDFs through the command line: no dead run, no hang past the limit, no traceback.

``python benchmarks/fuzz.py --documents 10000`` makes each document from its number alone (see
``fuzz_documents.py``) and gives them to ``yusuan run``, some hundred at a time, with limits of time
and memory. Each run must end in bounded time with exit code 0 or 1 and a summary, say nothing on
stderr but a line per document that is not ok, and leave a dataset that ``yusuan verify`` finds
whole, with each document in it, a failed one with one finding. ``yusuan report`` and ``check`` must
read that dataset; ``tables`` and ``inspect`` must end in a result or one line for some of them.

What of this does not hold is an escape, told as it is found; exits 1 where there is one. Ends of
documents are counted; those that are contained and yet worth a look (crash, hang, memory, internal
error) are told by number, to be written by ``--only NUMBER -o FILE``.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow.dataset as ds
from fuzz_documents import mutated

SAMPLES: Final = Path(__file__).resolve().parent.parent / "samples"
TIMEOUT: Final = 30.0
MEMORY: Final = "1G"
# A batch may take its time limit for each of some documents, and some seconds to start and publish.
BATCH_LIMIT: Final = 1800.0
VERB_LIMIT: Final = 150.0
REMARKABLE: Final = frozenset({"internal-error", "timeout", "worker-crashed", "out-of-memory"})
# Lines of a run's stderr: a document that is not ok, or how far it is.
_TOLD: Final = re.compile(r"(?:partial|failed)  .+\.pdf: .+|[\d,]+ of [\d,]+.*")
_SUMMARY: Final = re.compile(
    r"\d+ inputs: \d+ ok, \d+ partial, \d+ failed \(\d+ unchanged\) -> .+\n"
)


@dataclass(slots=True)
class Ends:
    """What became of all documents. ``escapes``: what must not be."""

    counts: Counter[str] = field(default_factory=Counter)
    escapes: int = 0

    def escape(self, told: str) -> None:
        """Something that must not be."""
        self.escapes += 1
        print(f"ESCAPE {told}", flush=True)


def batch(numbers: Sequence[int], bases: Sequence[Path], workers: int, ends: Ends) -> None:
    """Make these documents and run them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        digests: dict[str, int] = {}
        for number in numbers:
            data = mutated(number, bases)
            digests[hashlib.sha256(data).hexdigest()] = number
            (folder / "in" / f"{number}.pdf").write_bytes(data)
        where = f"batch from {numbers[0]}"
        if _run(folder, workers, where, ends):
            _look_at(folder / "out", digests, where, ends)
            for verb in (("check", "out"), ("report", "out", "-o", "report.html")):
                _verb(folder, verb, where, ends)
            for number in numbers[::50]:
                _verb(folder, ("tables", f"in/{number}.pdf"), str(number), ends)
                page = ("inspect", f"in/{number}.pdf", "--page", "1", "-o", "page.png")
                _verb(folder, page, str(number), ends)


def _run(folder: Path, workers: int, where: str, ends: Ends) -> bool:
    limits = ("--timeout", str(TIMEOUT), "--memory", MEMORY, "--ocr-pages", "0")  # OCR is slow
    command = [sys.executable, "-m", "yusuan", "run", "in", "-o", "out", *limits]
    command += ["--workers", str(workers)]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=BATCH_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        ends.escape(f"{where}: the run is not done after {BATCH_LIMIT:g} s")
        return False
    stdout, stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1) or not _SUMMARY.fullmatch(stdout):
        ends.escape(f"{where}: exit code {done.returncode}, {stdout[-300:]!r} {stderr[-3000:]}")
        return False
    for line in stderr.splitlines():
        if not _TOLD.fullmatch(line) or not line.isprintable():
            ends.escape(f"{where}: stderr {line!r}")
    return True


def _look_at(out: Path, digests: dict[str, int], where: str, ends: Ends) -> None:
    findings: dict[str, list[str]] = {}
    for row in _rows(out, "findings", ["doc_id", "code"]):
        findings.setdefault(row["doc_id"], []).append(row["code"])
    there: set[str] = set()
    for row in _rows(out, "documents", ["doc_id", "status", "error"]):
        doc_id, status = row["doc_id"], row["status"]
        there.add(doc_id)
        code = status
        if status == "failed":
            codes = findings.get(doc_id, [])
            code = codes[0] if len(codes) == 1 else "unnamed"
            if len(codes) != 1 or not row["error"]:
                ends.escape(f"{digests.get(doc_id)}: failed with {codes}: {row['error']}")
        if code in REMARKABLE:
            print(f"{digests.get(doc_id)}: {code}: {row['error']}", flush=True)
        ends.counts[code] += 1
    if there != digests.keys():
        ends.escape(f"{where}: {len(there ^ digests.keys())} documents lost or invented")
    _verb(out.parent, ("verify", "out"), where, ends, wanted=(0,))


def _rows(out: Path, table: str, columns: list[str]) -> Iterator[dict[str, str]]:
    yield from ds.dataset(out / table).to_table(columns=columns).to_pylist()


def _verb(
    folder: Path,
    arguments: Sequence[str],
    where: str,
    ends: Ends,
    wanted: Sequence[int] = (0, 1),
) -> None:
    """Run a command: it must end in time, with one of these exit codes, without a traceback."""
    command = [sys.executable, "-m", "yusuan", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=VERB_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        ends.escape(f"{where}: {arguments[0]} is not done after {VERB_LIMIT:g} s")
        return
    stderr = done.stderr.decode(errors="replace")
    is_told = all(line.startswith(f"yusuan {arguments[0]}: ") for line in stderr.splitlines())
    if done.returncode not in wanted or not is_told:
        told = f"{done.stdout[-300:].decode(errors='replace')} {stderr[-3000:]}"
        ends.escape(f"{where}: {' '.join(arguments)}: exit code {done.returncode} {told}")


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first document")
    parser.add_argument("--batch", type=int, default=500, help="documents of a run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--base", type=Path, action="append", help="PDFs to change [default: the samples]"
    )
    parser.add_argument("--only", type=int, help="write this document to -o, and no more")
    parser.add_argument("-o", "--out", type=Path, default=Path("mutated.pdf"))
    chosen = parser.parse_args()
    bases = chosen.base or [SAMPLES]
    if chosen.only is not None:
        chosen.out.write_bytes(mutated(chosen.only, bases))
        return
    ends, begin = Ends(), time.monotonic()
    last = chosen.first + chosen.documents
    for start in range(chosen.first, last, chosen.batch):
        batch(range(start, min(start + chosen.batch, last)), bases, chosen.workers, ends)
        done = min(start + chosen.batch, last) - chosen.first
        seconds = time.monotonic() - begin
        print(f"{done} documents in {seconds:.0f} s: {dict(ends.counts)}", flush=True)
    print(f"{ends.escapes} escapes")
    sys.exit(1 if ends.escapes else 0)


if __name__ == "__main__":
    main()
