"""The power of proof: change one figure of a document and see whether the identities notice.

    python benchmarks/mutation.py                        the samples, 200 changes of each kind
    python benchmarks/mutation.py ../shared/real/北京 -n 50 --kinds digit,lost
    python benchmarks/mutation.py --rendered -n 240       change the figure in the PDF instead

Kinds: ``digit`` (one digit of one amount is another), ``point`` (the decimal point is moved by one
place), ``lost`` (the cell is blank), ``rows`` (the amounts of two adjacent rows are exchanged).
Without ``--rendered`` the records of normalisation are changed, just before proof.

Changed are published amounts that an identity covers: those that are proved in the undamaged
document. How many are not is printed (``uncovered``); nothing can be said of them. Of a change
that is no larger than the figure's ``proof_within_yuan`` proof says beforehand that it may stay
unseen: these are counted apart (``inside``) and within all. Documents are of three classes:
``fen`` (amounts to the fen), ``step`` (coarser amounts whose sums all hold to the last digit) and
``rounded`` (sums are off by steps, as rounding does).

``flagged``: a hard identity fails that held before, or a warning tells a sum or copy that rounding
does not explain. ``failed``: the first of both. ``named``: the changed cell is among the three
suspects. ``believed``: nothing is told, and the wrong amount is still proved, to within less than
the change. ``inside``: share of changes inside, and how many of them are flagged all the same.
Undamaged documents are counted too: the hard identities that fail in them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import Record, Value
from yusuan.prove.proof import PROVED, Proof, prove
from yusuan.schemas.loader import load
from yusuan.schemas.model import Identity

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
KINDS = ("digit", "point", "lost", "rows")
_SHARES = ("flagged", "failed", "named", "believed")
_FINE = {"元": 2, "万元": 6, "亿元": 10}
"""Decimals at which an amount is printed to the fen."""


@dataclass(frozen=True, slots=True)
class Book:
    """A document, and what is known of it undamaged."""

    name: str
    result: Normalized
    shown: tuple[Record, ...]
    failed: frozenset[str]
    unusual: frozenset[str]
    covered: tuple[int, ...]
    """Positions of the records that can be changed: published and proved."""
    n_amounts: int
    """Published amounts other than zero in tables, covered or not."""

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
    proof = proved(result, result.records, identities)
    amounts = [
        i
        for i, record in enumerate(_printed(proof))
        if record.values.get("value_status") == "published"
        and isinstance(record.values.get("amount_yuan"), Decimal)
        and parse_amount(str(record.values.get("amount_text"))).kind == "number"
        and record.table != "narrative_facts"
    ]
    n_amounts = len(amounts)
    covered = tuple(i for i in amounts if _printed(proof)[i].values.get("proof") in PROVED)
    failed, unusual = _failed(proof, identities), _unusual(proof)
    return Book(name, result, _printed(proof), failed, unusual, covered, n_amounts)


def _printed(proof: Proof) -> tuple[Record, ...]:
    """The records without those that were inferred: as many as went in, in the same order."""
    return tuple(r for r in proof.records if r.values.get("value_status") != "inferred")


def proved(
    result: Normalized, records: Sequence[Record], identities: Mapping[str, Identity]
) -> Proof:
    """The proof of records in place of a document's own."""
    kind = result.meta.get("doc_kind")
    return prove(records, result.tables, identities, kind if isinstance(kind, str) else None)


def _failed(proof: Proof, identities: Mapping[str, Identity]) -> frozenset[str]:
    return frozenset(
        str(check.values["check_id"])
        for check in proof.checks
        if check.values["status"] == "failed" and identities[str(check.values["identity"])].is_hard
    )


def _unusual(proof: Proof) -> frozenset[str]:
    """The checks that a warning tells although they hold within their tolerance."""
    found = (f for f in proof.findings if f.code == "rounding-unusual")
    return frozenset(str(finding.evidence) for finding in found)


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
        return record._replace(values=values)
    amount = parse_amount(text)
    yuan = to_yuan(amount, str(record.values["published_unit"]))  # type: ignore[arg-type]
    if yuan is None:
        return None
    values |= {"amount_yuan": yuan, "published_decimals": amount.decimals}
    values["value_status"] = "zero" if amount.kind == "zero" else "published"
    return record._replace(values=values)


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
            made[here] = records[here]._replace(values={**records[here].values, **taken})
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
    proof = proved(book.result, records, identities)
    return judged(book, proof, change, identities)


def judged(
    book: Book, proof: Proof, change: Mapping[int, Record], identities: Mapping[str, Identity]
) -> Counter[str]:
    """What the proof of a damaged document tells, against that of the undamaged one."""
    failed = _failed(proof, identities) - book.failed
    new = failed | (_unusual(proof) - book.unusual)
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
    seen = [book.shown[i].values.get("proof_within_yuan") for i in change]
    is_inside = len(change) == 1 and all(
        change_of(book, shown[i], i) <= _yuan(yuan) for i, yuan in zip(change, seen, strict=True)
    )
    told = Counter({"tried": 1})
    told["failed"] = bool(failed)
    told["flagged"] = bool(new)
    told["named"] = bool(cells & named)
    told["inside"] = is_inside
    told["inside flagged"] = is_inside and bool(new)
    told["believed"] = not new and any(_is_believed(book, shown[i], i) for i in change)
    return told


def _is_believed(book: Book, shown: Record, place: int) -> bool:
    """Whether a changed figure is said to be proved more closely than it was changed."""
    within = shown.values.get("proof_within_yuan")
    return (
        shown.values.get("proof") in PROVED
        and isinstance(within, Decimal)
        and change_of(book, shown, place) > within
    )


def change_of(book: Book, shown: Record, place: int) -> Decimal:
    """By how many yuan a record differs from what it was."""
    before, after = (r.values.get("amount_yuan") for r in (book.shown[place], shown))
    return abs(_yuan(after) - _yuan(before))


def _yuan(value: Value) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _suspects(value: Value) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def class_of(book: Book) -> str:
    """``fen``, ``step`` (rounded amounts whose sums all hold exactly), or ``rounded``."""
    if not book.is_rounded:
        return "fen"
    blind = sum(bool(book.shown[i].values.get("proof_within_yuan")) for i in book.covered)
    return "rounded" if blind * 10 > len(book.covered) else "step"


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


def report(told: Mapping[tuple[str, str], Counter[str]]) -> str:
    """A line for each class and kind; sums of the undamaged documents at the end."""
    lines = []
    whole: Counter[str] = Counter()
    for (name, kind), count in sorted(told.items()):
        if kind == "undamaged":
            whole += count
            continue
        n = count["tried"]
        shares = "  ".join(f"{key} {count[key] / n:6.1%}" for key in _SHARES)
        lines.append(
            f"{name:8} {kind:6} {n:5d} changes  {shares}  inside {count['inside'] / n:5.1%}"
            f" (flagged {count['inside flagged']} of {count['inside']})"
        )
    lines.append(
        f"undamaged: {whole['books']} documents, {whole['amounts']} amounts, of which no identity"
        f" covers {whole['uncovered']}; {whole['failed']} hard identities fail,"
        f" {whole['unusual']} differences are told"
    )
    return "\n".join(lines)


def note_undamaged(book: Book, told: dict[tuple[str, str], Counter[str]]) -> None:
    """Count what is covered in a document, and what fails in it as it is."""
    told[(book.name, "undamaged")] += Counter(
        books=1,
        amounts=book.n_amounts,
        uncovered=book.n_amounts - len(book.covered),
        failed=len(book.failed),
        unusual=len(book.unusual),
    )


def main(arguments: Sequence[str]) -> int:
    """Print shares by kind of damage, apart by class of documents."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*", type=Path, default=[SAMPLES])
    parser.add_argument("-n", type=int, default=200, help="changes of each kind")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rendered", action="store_true")
    parser.add_argument("--misses", action="store_true", help="name every change not flagged")
    options = parser.parse_args(arguments)
    index = prepare(load())
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    misses: list[str] = []
    if options.rendered:
        from mutation_rendered import rendered

        rendered(options.n, options.seed, index, told, misses)
    else:
        books = list(_books(options.paths, index))
        measure(books, options.kinds.split(","), options.n, options.seed, index, told, misses)
    print(report(told))
    if options.misses:
        print("\n".join(misses))
    return 0


def measure(
    books: Sequence[Book],
    kinds: Sequence[str],
    n: int,
    seed: int,
    index: Index,
    told: dict[tuple[str, str], Counter[str]],
    misses: list[str],
) -> None:
    """Damage documents at random, each as often as the others."""
    rng = random.Random(seed)
    for book in books:
        note_undamaged(book, told)
    for kind in kinds:
        done = tries = 0
        while done < n and tries < 20 * n:
            tries += 1
            book = books[done % len(books)]
            change = damaged(book, kind, rng)
            if change is not None:
                count = outcome(book, change, index.schemas.identities)
                told[(class_of(book), kind)] += count
                note_miss(book, kind, change, count, misses)
                done += 1


def note_miss(
    book: Book, kind: str, change: Mapping[int, Record], count: Counter[str], misses: list[str]
) -> None:
    """Name a change that is not flagged."""
    if count["flagged"]:
        return
    place, after = next(iter(change.items()))
    before = book.shown[place].values
    misses.append(
        f"{kind} {book.name} p{before.get('page_no')} {before['row_id']}:"
        f" {before['amount_text']} -> {after.values['amount_text']}"
        f" (proved within {before.get('proof_within_yuan')})"
        f"{' INSIDE' if count['inside'] else ''}{' BELIEVED' if count['believed'] else ''}"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
