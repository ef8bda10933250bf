"""Mutated PDFs through the whole line: no dead run, no hang past the limit, no unnamed failure.

``python benchmarks/fuzz.py --documents 10000`` makes each document from its number alone: a few
pages of a sample, changed in its bytes (flipped, cut, doubled, blanked), in its objects (swapped,
replaced, removed, of another type) or in its unfolded streams (content, fonts, maps). Each is
converted in a worker with limits; the ends are counted and those that should not be (a crash, a
hang, an internal error) are told with their number, to be looked at by ``--only NUMBER -o FILE``.
Exits 1 where one escaped: a result that is missing, or an exception that convert did not turn into
a failed document.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pikepdf

from yusuan.convert import convert
from yusuan.limits import LimitError, Limits, check_document
from yusuan.workers import Lost, map_in_processes

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
TIMEOUT = 60.0
MEMORY = 1 << 30
REMARKABLE = frozenset({"internal-error", "timeout", "crashed", "out-of-memory"})


@lru_cache(maxsize=32)
def _sample(number: int) -> bytes:
    paths = sorted(SAMPLES.glob("*.pdf"))
    return paths[number % len(paths)].read_bytes()


def mutated(seed: int) -> bytes:
    """The document of this number."""
    chance = random.Random(seed)
    data = _some_pages(chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice((_flip, _cut, _double, _blank, _objects, _streams))(data, chance)
    return data


def _some_pages(chance: random.Random) -> bytes:
    with pikepdf.open(io.BytesIO(_sample(chance.randrange(1000)))) as pdf:
        first = chance.randrange(len(pdf.pages))
        keep = range(first, min(first + chance.choice((1, 1, 2)), len(pdf.pages)))
        for number in reversed(range(len(pdf.pages))):
            if number not in keep:
                del pdf.pages[number]
        return _saved(pdf, chance)


def _saved(pdf: pikepdf.Pdf, chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    mode = chance.choice((pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate))
    pdf.save(buffer, object_stream_mode=mode, compress_streams=chance.random() < 0.5)
    return buffer.getvalue()


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 100))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:start] + data[end:] if chance.random() < 0.5 else data[: max(end, 100)]


def _double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 2000)]
    at = chance.randrange(len(data))
    return data[:at] + piece * chance.choice((1, 2, 50)) + data[at:]


def _blank(data: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(data)), chance.randrange(1, 4000)
    return data[:start] + bytes([chance.randrange(256)]) * length + data[start + length :]


def _objects(data: bytes, chance: random.Random) -> bytes:
    """Swap, replace or remove entries of dictionaries and arrays."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            objects = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
            for _ in range(chance.choice((1, 2, 5))):
                target = chance.choice(objects)
                keys = list(target.keys())
                if keys:
                    target[chance.choice(keys)] = _value(pdf, chance)
            return _saved(pdf, chance)
    except Exception:  # qpdf refuses much of what was changed before; then bytes are changed
        return _flip(data, chance)


def _value(pdf: pikepdf.Pdf, chance: random.Random) -> object:
    """Something of another type or size than it should be, or another object of the file."""
    return chance.choice(
        (
            -1,
            0,
            2**31 - 1,
            10**12,
            pikepdf.Name("/Nothing"),
            pikepdf.String("x" * 300),
            pikepdf.Array([]),
            pikepdf.Array([0] * 500),
            pikepdf.Dictionary(),
            chance.choice(list(pdf.objects)),
        )
    )


def _streams(data: bytes, chance: random.Random) -> bytes:
    """Change an unfolded stream: content, fonts, character maps."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            streams = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
            stream = chance.choice(streams)
            change = chance.choice((_flip, _cut, _double, _numbers))
            stream.write(change(stream.read_bytes() or b" ", chance))
            return _saved(pdf, chance)
    except Exception:  # see _objects
        return _flip(data, chance)


def _numbers(data: bytes, chance: random.Random) -> bytes:
    """Replace numbers by extreme ones."""
    words = data.split(b" ")
    for _ in range(chance.choice((1, 5, 50))):
        words[chance.randrange(len(words))] = chance.choice(
            (
                b"0",
                b"-1",
                b"1e9",
                b"99999999999",
                b"-32769",
                b"0.0000001",
                b"nan",
                b"[",
                b"BT",
                b"Q",
            )
        )
    return b" ".join(words)


def end_of(seed: int) -> tuple[str, str | None]:
    """How the document of this number ends: status or finding code, and the error."""
    data = mutated(seed)
    try:
        check_document(data, Limits())
    except LimitError as error:
        return "limit-exceeded", str(error)
    result = convert(data, source=f"{seed}.pdf")
    if result.status != "failed":
        return result.status, result.error
    (code,) = result.tables["findings"].column("code").to_pylist()
    return code, result.error


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first document")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="write this document to -o and convert it here")
    parser.add_argument("-o", "--out", type=Path)
    chosen = parser.parse_args()
    if chosen.only is not None:
        if chosen.out:
            chosen.out.write_bytes(mutated(chosen.only))
        print(*end_of(chosen.only))
        return
    seeds = range(chosen.first, chosen.first + chosen.documents)
    ends: Counter[str] = Counter()
    begin = time.monotonic()
    for seed, end in map_in_processes(end_of, seeds, chosen.workers, TIMEOUT, MEMORY):
        code, error = (end.reason, str(end)) if isinstance(end, Lost) else end
        ends[code] += 1
        if code in REMARKABLE:
            print(f"{seed}: {code}: {error}", flush=True)
    print(f"{ends.total()} documents in {time.monotonic() - begin:.0f} s: {dict(ends)}")
    sys.exit(0 if ends.total() == chosen.documents else 1)


if __name__ == "__main__":
    main()
