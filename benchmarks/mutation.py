"""The power of proof: change one figure of a document and see whether the identities notice.

    python benchmarks/mutation.py                        the samples, 200 changes of each kind
    python benchmarks/mutation.py ../shared/real/北京 -n 50
    python benchmarks/mutation.py --rendered -n 60        change the figure in the PDF instead

Kinds: ``digit`` (one digit of one amount is another), ``point`` (the decimal point is moved by one
place), ``lost`` (the cell is blank), ``rows`` (the amounts of two adjacent rows are exchanged).
Without ``--rendered`` the records of normalisation are changed, just before proof.

Counted are changes to amounts that an identity covers (those that are proved in the undamaged
document). ``flagged``: a hard identity fails that held before. ``noticed``: that, or a finding
that a sum is off by a step where all others hold exactly. ``named``: the changed cell is among the
suspects of a failing identity. ``believed``: the wrong amount is still proved, and nothing fails.
Undamaged documents are counted too: the hard identities that fail in them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import Record, Value
from yusuan.prove.proof import Proof, prove
from yusuan.schemas.loader import load
from yusuan.schemas.model import Identity

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
KINDS = ("digit", "point", "lost", "rows")
_PROVED = ("proved", "proved_multi")
_SHARES = ("flagged", "noticed", "named", "believed")
_FINE = {"元": 2, "万元": 6, "亿元": 10}
"""Decimals at which an amount is printed to the fen."""


@dataclass(frozen=True, slots=True)
class Book:
    """A document, and what is known of it undamaged."""

    name: str
    result: Normalized
    shown: tuple[Record, ...]
    failed: frozenset[str]
    unusual: frozenset[str | None]
    covered: tuple[int, ...]
    """Positions of the records that can be changed: published and proved."""

    @property
    def is_rounded(self) -> bool:
        """Whether most amounts are printed rounded, not to the fen."""
        steps = [
            record.values["published_decimals"] < _FINE[str(record.values["published_unit"])]  # type: ignore[operator]
            for i in self.covered
            if (record := self.shown[i]).values["published_unit"] in _FINE
        ]
        return sum(steps) * 2 > len(steps)


def book_of(name: str, result: Normalized, identities: Mapping[str, Identity]) -> Book:
    """Prove a document as it is."""
    proof = _prove(result, result.records, identities)
    covered = tuple(
        i
        for i, record in enumerate(_printed(proof))
        if record.values.get("value_status") == "published"
        and record.values.get("proof") in _PROVED
        and isinstance(record.values.get("amount_yuan"), Decimal)
        and parse_amount(str(record.values.get("amount_text"))).kind == "number"
        and record.table != "narrative_facts"
    )
    unusual = frozenset(f.evidence for f in proof.findings if f.code == "rounding-unusual")
    return Book(name, result, _printed(proof), _failed(proof, identities), unusual, covered)


def _printed(proof: Proof) -> tuple[Record, ...]:
    """The records without those that were inferred: as many as went in, in the same order."""
    return tuple(r for r in proof.records if r.values.get("value_status") != "inferred")


def _prove(
    result: Normalized, records: Sequence[Record], identities: Mapping[str, Identity]
) -> Proof:
    kind = result.meta.get("doc_kind")
    return prove(records, result.tables, identities, kind if isinstance(kind, str) else None)


def _failed(proof: Proof, identities: Mapping[str, Identity]) -> frozenset[str]:
    return frozenset(
        str(check.values["check_id"])
        for check in proof.checks
        if check.values["status"] == "failed" and identities[str(check.values["identity"])].is_hard
    )


def changed_digit(text: str, rng: random.Random) -> str:
    """The amount with one digit changed, still an amount of as many digits."""
    places = [i for i, char in enumerate(text) if char.isdecimal()]
    while True:
        place = rng.choice(places)
        digit = rng.choice("0123456789")
        shown = f"{text[:place]}{digit}{text[place + 1 :]}"
        if shown != text and parse_amount(shown).kind == "number":
            return shown


def moved_point(text: str, rng: random.Random) -> str | None:
    """The amount with its point one place to the left or right; None where it has none."""
    plain = text.replace(",", "")
    if "." not in plain:
        return None
    whole, decimals = plain.split(".")
    right = f"{whole}{decimals[0]}.{decimals[1:]}".rstrip(".")
    left = f"{whole[:-1] or '0'}.{whole[-1]}{decimals}"
    choices = [s for s in (left, right) if parse_amount(s).kind == "number"]
    return rng.choice(choices) if choices else None


def with_text(record: Record, text: str | None) -> Record | None:
    """The record as if the cell printed ``text`` (None: nothing); None where it is no fen."""
    values: dict[str, Value] = {**record.values, "amount_text": text}
    if text is None:
        values |= {"amount_yuan": None, "value_status": "blank", "published_decimals": None}
        return replace(record, values=values)
    amount = parse_amount(text)
    yuan = to_yuan(amount, str(record.values["published_unit"]))  # type: ignore[arg-type]
    if yuan is None:
        return None
    values |= {"amount_yuan": yuan, "published_decimals": amount.decimals}
    values["value_status"] = "zero" if amount.kind == "zero" else "published"
    return replace(record, values=values)


def damaged(book: Book, kind: str, rng: random.Random) -> dict[int, Record] | None:
    """The records that a damage changes, by position; None where it changes nothing."""
    place = rng.choice(book.covered)
    record = book.result.records[place]
    text = str(record.values["amount_text"])
    if kind == "rows":
        return _exchanged(book.result.records, place)
    wanted = changed_digit(text, rng) if kind == "digit" else None
    if kind == "point":
        wanted = moved_point(text, rng)
        if wanted is None:
            return None
    made = with_text(record, wanted)
    if made is None or made.values["amount_yuan"] == record.values["amount_yuan"]:
        return None
    return {place: made}


_MONEY = ("amount_text", "amount_yuan", "value_status", "published_decimals")


def _exchanged(records: Sequence[Record], place: int) -> dict[int, Record] | None:
    """The amounts of a row and of the next one, exchanged column by column."""
    table, row, _ = _cell(records[place])
    rows: dict[int, dict[str, int]] = defaultdict(dict)
    for i, record in enumerate(records):
        if record.table == records[place].table and "amount_yuan" in record.values:
            own_table, own_row, column = _cell(record)
            if own_table == table and own_row in (row, row + 1):
                rows[own_row][column] = i
    made: dict[int, Record] = {}
    for column in rows[row].keys() & rows[row + 1].keys():
        pair = rows[row][column], rows[row + 1][column]
        for here, there in (pair, pair[::-1]):
            taken = {name: records[there].values.get(name) for name in _MONEY}
            made[here] = replace(records[here], values={**records[here].values, **taken})
    is_same = all(
        m.values["amount_yuan"] == records[i].values["amount_yuan"] for i, m in made.items()
    )
    return None if is_same else made


def _cell(record: Record) -> tuple[str, int, str]:
    table, row, column = str(record.values["row_id"]).rsplit(":", 2)
    return table, int(row) if row.isdecimal() else -1, column


def outcome(
    book: Book, change: Mapping[int, Record], identities: Mapping[str, Identity]
) -> Counter[str]:
    """What proof says of a damaged document."""
    records = [change.get(i, record) for i, record in enumerate(book.result.records)]
    proof = _prove(book.result, records, identities)
    return _judged(book, proof, change, identities)


def _judged(
    book: Book, proof: Proof, change: Mapping[int, Record], identities: Mapping[str, Identity]
) -> Counter[str]:
    new = _failed(proof, identities) - book.failed
    cells = {
        ":".join(map(str, record.origin.key))
        for record in change.values()
        if record.origin is not None
    }
    named = {
        cell
        for check in proof.checks
        if check.values["check_id"] in new
        for cell in _suspects(check.values.get("suspect_cell_ids"))
    }
    shown = _printed(proof)
    is_proved = any(shown[i].values.get("proof") in _PROVED for i in change)
    told = Counter({"tried": 1})
    told["flagged"] = bool(new)
    unusual = {f.evidence for f in proof.findings if f.code == "rounding-unusual"}
    told["noticed"] = bool(new or unusual - book.unusual)
    told["named"] = bool(cells & named)
    told["believed"] = not new and is_proved
    return told


def _suspects(value: Value) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def rendered(n: int, seed: int, index: Index, told: dict[tuple[str, str], Counter[str]]) -> None:
    """Change one printed amount of the generated samples, draw them again and read them."""
    sys.path.insert(0, str(SAMPLES / "generators"))
    import tempfile

    import canvas
    import final_account
    import make
    import shanghai

    identities = index.schemas.identities
    rng = random.Random(seed)
    folder = Path(tempfile.mkdtemp())
    sheets: dict[str, Callable[[], Any]] = {
        "final-account": final_account.grids,
        "shanghai-form": shanghai.grids,
    }
    for name, grids_of in sheets.items():
        grids = grids_of()
        path = folder / f"{name}.pdf"

        def read(drawn: Sequence[Any], out: Path = path) -> Normalized:
            canvas.draw(drawn, out, "", make.UMING)
            return normalize(read_document(open_source(out)), index)

        book = book_of(name, read(grids), identities)
        rows = {book.shown[i].values["row_id"]: i for i in book.covered}
        texts = {str(book.shown[i].values["amount_text"]) for i in book.covered}
        places = [
            (g, s)
            for g, grid in enumerate(grids)
            for s, slot in enumerate(grid.slots)
            if slot.text in texts
        ]
        told[(name, "alarms")]["failed"] += len(book.failed)
        for _ in range(n // len(sheets)):
            g, s = rng.choice(places)
            slots = list(grids[g].slots)
            slots[s] = replace(slots[s], text=changed_digit(str(slots[s].text), rng))
            changed = [*grids[:g], replace(grids[g], slots=tuple(slots)), *grids[g + 1 :]]
            result = read(changed)
            after = {r.values.get("row_id"): r for r in result.records}
            change = {
                i: after[row]
                for row, i in rows.items()
                if row in after
                and after[row].values.get("amount_text")
                != book.result.records[i].values.get("amount_text")
            }
            if len(change) == 1:
                proof = _prove(result, result.records, identities)
                told[(_class(book), "digit in the PDF")] += _judged(book, proof, change, identities)


def _class(book: Book) -> str:
    return "rounded" if book.is_rounded else "to the fen"


def _books(paths: Iterable[Path], index: Index) -> Iterator[Book]:
    for path in paths:
        for file in sorted(path.rglob("*.pdf")) if path.is_dir() else [path]:
            try:
                result = normalize(read_document(open_source(file)), index)
            except SourceError as error:
                print(f"{file.name}: {error}", file=sys.stderr)
                continue
            book = book_of(file.name, result, index.schemas.identities)
            if book.covered:
                yield book


def _shown(told: Mapping[tuple[str, str], Counter[str]]) -> str:
    lines = []
    for (name, kind), count in sorted(told.items()):
        if kind == "alarms":
            lines.append(f"{name}: {count['failed']} hard identities fail in it undamaged")
            continue
        n = count["tried"]
        shares = (f"{key} {count[key] / n:6.1%}" for key in _SHARES)
        lines.append(f"{name:12} {kind:18} {n:5d} changes  {'  '.join(shares)}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print shares by kind of damage, apart for documents printed to the fen and rounded ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*", type=Path, default=[SAMPLES])
    parser.add_argument("-n", type=int, default=200, help="changes of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rendered", action="store_true")
    options = parser.parse_args(arguments)
    index = prepare(load())
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    if options.rendered:
        rendered(options.n, options.seed, index, told)
    else:
        measure(list(_books(options.paths, index)), options.n, options.seed, index, told)
    print(_shown(told))
    return 0


def measure(
    books: Sequence[Book],
    n: int,
    seed: int,
    index: Index,
    told: dict[tuple[str, str], Counter[str]],
) -> None:
    """Damage documents at random, each as often as the others."""
    rng = random.Random(seed)
    for book in books:
        told[(book.name, "alarms")]["failed"] += len(book.failed)
    for kind in KINDS:
        done = tries = 0
        while done < n and tries < 20 * n:
            tries += 1
            book = books[done % len(books)]
            change = damaged(book, kind, rng)
            if change is not None:
                told[(_class(book), kind)] += outcome(book, change, index.schemas.identities)
                done += 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
