"""Fault drill: whatever documents do, and whenever the run is killed, nothing is lost or doubled.

``python benchmarks/faults.py`` runs both parts and exits 1 where anything is not as it must be:

- drill: good documents among some whose reader segfaults, aborts, hangs (also holding the
  interpreter's lock), eats memory, and others that are broken or hostile by themselves. The run
  must end in bounded time, each bad one failed with its reason, each good one present.
- kills: runs of the good documents are killed (SIGKILL) at random moments, again and again with
  other numbers of workers, and then finished. The tables must be the bytes of an undisturbed run.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pikepdf
import psutil
import pyarrow.dataset as ds

from yusuan.convert import convert
from yusuan.inputs import find_inputs
from yusuan.limits import Limits
from yusuan.result import DocumentResult, Settings, loaded_schemas
from yusuan.run import RunSettings, run
from yusuan.verify import verify

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
MEMORY = 512 << 20
TIMEOUT = 8.0


def _eat() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(os.urandom(1 << 20) * 16))


# What a reader may do to us, asked for by a comment in the document; with the reason expected.
ACTS: Mapping[str, tuple[Callable[[], object], str]] = {
    "segfault": (lambda: ctypes.string_at(0), "worker-crashed"),
    "abort": (os.abort, "worker-crashed"),
    "exit": (lambda: os._exit(0), "worker-crashed"),
    "hang": (lambda: time.sleep(3600), "timeout"),
    "hang-with-lock": (lambda: ctypes.PyDLL(None).sleep(3600), "timeout"),
    "loop": (lambda: any(iter(int, 1)), "timeout"),
    "memory": (_eat, "out-of-memory"),
    "memory-at-once": (lambda: bytearray(1 << 46), "out-of-memory"),
    "killed": (lambda: os.kill(os.getpid(), signal.SIGKILL), "out-of-memory"),
    "bug": (lambda: {}["款"], "internal-error"),
}


def act_or_convert(given: bytes | str, settings: Settings, source: str) -> DocumentResult:
    """``convert``, with a reader that does what the document asks for."""
    data = given if isinstance(given, bytes) else b""
    for name, (act, reason) in ACTS.items():
        if data.endswith(f"\n%act {name}\n".encode()):
            if reason == "internal-error":
                return _failing_inside(data, settings, source, act)
            act()
    return convert(given, settings, source)


def _failing_inside(
    data: bytes, settings: Settings, source: str, act: Callable[[], object]
) -> DocumentResult:
    import yusuan.convert as module

    module.normalize, whole = lambda *_: act(), module.normalize  # type: ignore[assignment]
    try:
        return convert(data, settings, source)
    finally:
        module.normalize = whole


def broken_documents(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and expected reason of documents that are bad by themselves."""
    yield "truncated", good[:300], "truncated-file"
    yield "encrypted", _saved(good, encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"
    yield "html", "<!DOCTYPE html><title>出错了</title>".encode(), "html-not-pdf"
    yield "empty", b"", "empty-file"
    yield "zero-page", _without_pages(good), "zero-pages"
    yield "zeros", bytes(1 << 20), "empty-file"
    yield "word", b"PK\x03\x04" + b"word/document.xml" * 9, "not-a-pdf"
    yield "flate-bomb", _drawing(bytes(300 << 20)), "limit-exceeded"
    yield "path-bomb", _drawing(b"0 0 m 9 9 l S\n" * (16 << 20)), "out-of-memory"
    yield "pages", _many_pages(200), "limit-exceeded"


def _saved(pdf: bytes, **options: object) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(buffer, **options)
    return buffer.getvalue()


def _without_pages(pdf: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.pages[:]
        document.save(buffer)
    return buffer.getvalue()


def _many_pages(count: int) -> bytes:
    document, buffer = pikepdf.new(), io.BytesIO()
    for _ in range(count):
        document.add_blank_page()
    document.save(buffer)
    return buffer.getvalue()


def _drawing(content: bytes) -> bytes:
    """A page with this content, deflated as far as it goes."""
    document, buffer = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    stream = pikepdf.Stream(document, b"")
    stream.write(zlib.compress(content, 9), filter=pikepdf.Name("/FlateDecode"))
    document.pages[0].Contents = stream
    document.save(buffer, compress_streams=False)
    return buffer.getvalue()


# Enough for a quick look: each kind of end once.
SMALL = frozenset({"segfault", "hang", "memory", "bug"})


def drill(folder: Path, workers: int, is_small: bool) -> list[str]:
    """What is not as it must be."""
    samples = sorted(SAMPLES.glob("*.pdf"))
    good = samples[0].read_bytes()
    documents = folder / "in"
    documents.mkdir()
    expected: dict[str, str | None] = {}
    for path in samples:
        shutil.copy(path, documents)
        expected[path.name] = None
    bad = [*broken_documents(good)]
    acts = {name: why for name, (_, why) in ACTS.items() if name in SMALL or not is_small}
    bad += [(name, good + f"\n%act {name}\n".encode(), why) for name, why in acts.items()]
    for name, data, reason in bad:
        (documents / f"{name}.pdf").write_bytes(data)
        expected[f"{name}.pdf"] = reason

    begin = time.monotonic()
    settings = RunSettings(
        workers=workers, timeout=TIMEOUT, memory=MEMORY, limits=Limits(pages=150)
    )
    inputs = find_inputs([str(documents)])
    run(inputs, folder / "out", settings, convert_one=act_or_convert)
    seconds = time.monotonic() - begin
    print(f"drill: {len(expected)} documents, {workers} workers, {seconds:.0f} s")
    wrong = [*_compare(folder / "out", expected)]
    # Each bad document may cost its time limit and a new process, and no more.
    if seconds > 60 + len(bad) * (TIMEOUT + 5):
        wrong.append(f"took {seconds:.0f} s")
    return wrong


def _compare(out: Path, expected: Mapping[str, str | None]) -> Iterator[str]:
    rows = ds.dataset(out / "documents").to_table().to_pylist()
    codes: dict[str, list[str]] = {}
    for row in ds.dataset(out / "findings").to_table().to_pylist():
        codes.setdefault(row["doc_id"], []).append(row["code"])
    if len(rows) != len(expected):
        yield f"{len(rows)} documents instead of {len(expected)}"
    for row in rows:
        name, status, reason = row["file_name"], row["status"], expected[row["file_name"]]
        found = codes.get(row["doc_id"], [])
        print(f"  {name:24} {status:8} {', '.join(found) if status == 'failed' else ''}")
        if reason is None:
            if status != "ok" or not row["n_tables"]:
                yield f"{name}: {status}, {row['error']}"
        elif status != "failed" or found != [reason]:
            yield f"{name}: {status} {found} instead of {reason}: {row['error']}"
    yield from (problem.told for problem in verify(out, loaded_schemas()))


def kills(folder: Path, documents: Path, seeds: range, n_kills: int) -> list[str]:
    """Kill runs at random moments, finish them, and compare with a run that nobody disturbed."""
    begin = time.monotonic()
    _command(documents, folder / "whole", 2).wait()
    seconds = time.monotonic() - begin
    whole = (folder / "whole" / "SHA256SUMS").read_bytes()
    wrong: list[str] = []
    for seed in seeds:
        chance = random.Random(seed)
        out = folder / f"killed-{seed}"
        n_killed = 0
        for _ in range(n_kills):
            process = _command(documents, out, chance.randint(1, 3))
            workers = _wait_and_kill(process, chance.uniform(0.1, 1.05) * seconds)
            n_killed += process.returncode == -signal.SIGKILL
            wrong += [f"seed {seed}: worker {pid} lives on" for pid in workers]
        process = _command(documents, out, chance.randint(1, 3))
        process.wait()
        if process.returncode != 0:
            wrong.append(f"seed {seed}: exit code {process.returncode}")
        elif (out / "SHA256SUMS").read_bytes() != whole:
            wrong.append(f"seed {seed}: the tables differ from those of an undisturbed run")
        wrong += [f"seed {seed}: {problem.told}" for problem in verify(out, loaded_schemas())]
        shutil.rmtree(out)
        print(f"kills: seed {seed}, killed {n_killed} times, then finished", flush=True)
    return wrong


def _command(documents: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    arguments = ["run", documents, "-o", out, "--workers", workers]
    return subprocess.Popen(
        [sys.executable, "-m", "yusuan", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_and_kill(process: subprocess.Popen[bytes], seconds: float) -> list[int]:
    """Kill the run alone; the workers that are still there some seconds later."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(workers, timeout=10)
        return [worker.pid for worker in alive]
    return []


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=("drill", "kills"))
    parser.add_argument("--documents", type=Path, default=SAMPLES, help="for kills: a folder")
    parser.add_argument("--seeds", type=int, default=20, help="for kills: runs to disturb")
    parser.add_argument("--kills", type=int, default=3, help="for kills: times to kill each")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="for the drill")
    parser.add_argument("--small", action="store_true", help="a shorter drill")
    chosen = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only != "kills":
            (Path(folder) / "drill").mkdir()
            wrong += drill(Path(folder) / "drill", chosen.workers, chosen.small)
        if chosen.only != "drill":
            seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
            wrong += kills(Path(folder), chosen.documents, seeds, chosen.kills)
    print("\n".join(wrong) or "all as it must be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
