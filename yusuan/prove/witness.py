"""What second readers settle: agreed figures, the publisher's errors, and our own misreadings.

Three outcomes for a figure in question. Its witness reads the same: it is ``agreed``, and where a
hard identity fails although all of it is confirmed, the publisher's arithmetic is at fault. Its
witness reads something else and with that an identity holds: that reading wins. Something else and
no identity decides: it is ``suspect``, and nothing is changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from yusuan.normalize.amounts import looks_like_amount, parse_amount, to_yuan
from yusuan.normalize.model import Amount, CellKey, Record, Value
from yusuan.prove.assess import PROVED, Assessment, Standing
from yusuan.prove.claims import Outcome
from yusuan.prove.figures import ZERO, Figure, printed_amount
from yusuan.prove.paper import Paper, Reading, Readings, same_amount
from yusuan.prove.suspects import Suspect
from yusuan.prove.web import Web, excess, holds
from yusuan.schemas.units import unit_factors

Blame = Literal["extraction", "publisher", "unknown"]


@dataclass(frozen=True, slots=True)
class Questions:
    """Pages to read again, the most telling first; the cells in question.

    ``left_out``: pages of failing identities for which there was no room. ``singles``: positions
    of records whose figure no identity holds.
    """

    pages: tuple[int, ...]
    cells: frozenset[CellKey]
    singles: frozenset[int]
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A reading that an identity confirms against ours. ``evidence``: the identities that hold."""

    figure: Figure
    amount: Amount
    yuan: Decimal
    reading: Reading
    evidence: tuple[str, ...] = ()

    @property
    def change(self) -> Decimal:
        """By how much it differs from our reading, in yuan."""
        return self.yuan - (self.figure.value or ZERO)


def questions(
    paper: Paper,
    records: Sequence[Record],
    assessment: Assessment,
    failed: Sequence[Outcome],
    named: Mapping[str, Sequence[Suspect]],
) -> Questions:
    """Which pages to read again: of suspected cells, of failing identities, of single figures.

    ``failed``: the hard identities that fail; ``named``: their suspects.
    """
    readable = paper.readable
    cells: set[CellKey] = set()
    pages: dict[int, None] = {}
    left: dict[int, None] = {}

    def take(wanted: Sequence[int], most: int) -> None:
        fresh = [p for p in dict.fromkeys(wanted) if p not in pages and p in readable]
        (pages if len(pages) + len(fresh) <= most else left).update(dict.fromkeys(fresh))

    for chosen in named.values():
        for suspect in chosen:
            if _is_open(records, assessment, suspect.figure):
                take([suspect.figure.page], paper.max_pages)
    needs = [(_pages_wanted(paper, records, assessment, outcome), outcome) for outcome in failed]
    for wanted, outcome in sorted(needs, key=lambda need: len(need[0])):
        take(wanted, paper.max_pages)
        keys = (cell_of(records, f) for f in (*outcome.claim.left, *outcome.claim.right))
        cells.update(key for key in keys if key is not None)
    left_out = tuple(sorted(left.keys() - pages.keys()))
    singles = dict(_singles(paper, records, assessment))
    most = min(paper.max_pages, len(pages) + len(paper.raw.pages) // paper.pages_a_single)
    for page, _ in Counter(key[0] for key in singles.values()).most_common():
        take([page], most)
    cells.update(singles.values())
    return Questions(tuple(pages), frozenset(cells), frozenset(singles), left_out)


def cell_of(records: Sequence[Record], figure: Figure) -> CellKey | None:
    """The cell that a figure is printed in (or would be); None for a second amount of a record."""
    if figure.record is None:
        return None
    origin = records[figure.record].origin
    return origin.key if origin is not None else None


def _singles(
    paper: Paper, records: Sequence[Record], assessment: Assessment
) -> Iterator[tuple[int, CellKey]]:
    """Records (by position) whose printed figure other than zero no identity holds; their cells."""
    for position, record in enumerate(records):
        if record.origin is None or record.values.get("value_status") != "published":
            continue
        if assessment.statuses.get(position, Standing()).proof is None:
            yuan, text = printed_amount(record)
            # The cell of a record with several amounts is that of the first; make sure of it.
            if yuan and same_amount(paper.texts.get(record.origin.key, ""), text):
                yield position, record.origin.key


def _is_open(records: Sequence[Record], assessment: Assessment, figure: Figure) -> bool:
    """Whether a figure has a cell and no identity proves that it is read right."""
    if figure.record is None or cell_of(records, figure) is None:
        return False
    return assessment.statuses.get(figure.record, Standing()).proof not in PROVED


def _pages_wanted(
    paper: Paper, records: Sequence[Record], assessment: Assessment, outcome: Outcome
) -> list[int]:
    """The pages to read again for a failing identity.

    Prose has no cells, so an identity with it is never confirmed: only its open figures are read.
    """
    figures = (*outcome.claim.left, *outcome.claim.right)
    if all(cell_of(records, figure) is not None for figure in figures):
        return _pages_of(paper, outcome)
    return sorted({f.page for f in figures if _is_open(records, assessment, f)})


def _pages_of(paper: Paper, outcome: Outcome) -> list[int]:
    """The pages on which anything may stand that makes an identity fail.

    For one within a printed row its page; else all pages of its tables, for what fails a sum may
    be a row that was lost.
    """
    figures = (*outcome.claim.left, *outcome.claim.right)
    found = {figure.page for figure in figures}
    if len({(figure.table_id, figure.row) for figure in figures}) > 1:
        for table_id in {figure.table_id for figure in figures} & paper.table_pages.keys():
            first, last = paper.table_pages[table_id]
            found.update(range(first, last + 1))
    return sorted(found)


def corrections(
    records: Sequence[Record], web: Web, failed: Sequence[Outcome], readings: Readings
) -> tuple[Correction, ...]:
    """The witness's readings that make failing hard identities hold and break none that holds.

    All cells that are read differently are tried together, then those of one identity, then each
    alone.
    """
    differing: dict[str, Correction] = {}
    tries: list[list[str]] = []
    for outcome in failed:
        keys = []
        for figure in (*outcome.claim.left, *outcome.claim.right):
            if (correction := _other_reading(records, figure, readings)) is not None:
                differing[figure.key] = correction
                keys.append(figure.key)
        tries.append(keys)
    settled: dict[str, Correction] = {}
    for keys in (list(differing), *tries, *([key] for key in differing)):
        changes = {key: differing[key].change for key in keys}
        if not changes or settled.keys() & changes.keys():
            continue
        mended = _mended(web, changes)
        # Each reading needs an identity of its own that fails without it and holds with it.
        if all(mended.get(key) for key in keys):
            settled.update({key: replace(differing[key], evidence=mended[key]) for key in keys})
    return tuple(settled.values())


def _other_reading(
    records: Sequence[Record], figure: Figure, readings: Readings
) -> Correction | None:
    """What a witness reads in a figure's cell, if that is another amount."""
    key = cell_of(records, figure)
    reading = readings.cells.get(key) if key is not None else None
    if figure.record is None or reading is None or reading.result == "same":
        return None
    values = records[figure.record].values
    unit = values.get("published_unit")
    amount = parse_amount(reading.text)
    if "amount_yuan" not in values or amount.kind == "unreadable" or unit not in unit_factors():
        return None
    yuan = to_yuan(amount, str(unit)) if amount.value is not None else ZERO
    if yuan is None or yuan == figure.value:
        return None
    return Correction(figure, amount, yuan, reading)


def _mended(web: Web, changes: Mapping[str, Decimal]) -> dict[str, tuple[str, ...]]:
    """By changed figure the ids of its failing equalities that all changes together mend.

    {} where a hard identity breaks. An identity of which only 0 = 0 is left mends nothing.
    """
    outcomes: dict[int, Outcome] = {}
    differences: dict[int, Decimal] = {}
    members: defaultdict[int, list[str]] = defaultdict(list)
    for key, change in changes.items():
        for stake in web.stakes.get(key, ()):
            if stake.is_hard:
                outcomes[stake.number] = stake.outcome
                start = differences.get(stake.number, excess(stake.outcome))
                differences[stake.number] = start + stake.weight * change
                members[stake.number].append(key)
    mended: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for number, difference in differences.items():
        outcome = outcomes[number]
        if outcome.status != "failed":
            if not holds(outcome, difference):
                return {}
        elif holds(outcome, difference) and _says_more(outcome, changes):
            for key in members[number]:
                mended[key] = (*mended[key], outcome.check_id)
    return mended


def _says_more(outcome: Outcome, changes: Mapping[str, Decimal]) -> bool:
    """Whether it is an equality of more than zeros once the figures have changed."""
    figures = (*outcome.claim.left, *outcome.claim.right)
    amounts = ((f.value or ZERO) + changes.get(f.key, ZERO) for f in figures)
    return outcome.claim.relation == "=" and any(amounts)


def blames(
    paper: Paper,
    records: Sequence[Record],
    assessment: Assessment,
    failed: Sequence[Outcome],
    readings: Readings,
) -> dict[str, Blame]:
    """Whose fault each failing hard identity is, by its id.

    The publisher's only where every cell in it is read alike (or proved by another identity that
    would have seen the error), the witnesses know of no other number on all the pages concerned,
    and we are in no doubt about the tables.
    """
    found: dict[str, Blame] = {}
    for outcome in failed:
        figures = (*outcome.claim.left, *outcome.claim.right)
        if any(_reads_otherwise(records, f, readings) for f in figures):
            found[outcome.check_id] = "extraction"
        elif all(_is_confirmed(records, assessment, f, readings) for f in figures) and _is_whole(
            paper, outcome, readings
        ):
            found[outcome.check_id] = "publisher"
        else:
            found[outcome.check_id] = "unknown"
    return found


def _reads_otherwise(records: Sequence[Record], figure: Figure, readings: Readings) -> bool:
    key = cell_of(records, figure)
    reading = readings.cells.get(key) if key is not None else None
    return reading is not None and reading.result == "other"


def _is_confirmed(
    records: Sequence[Record], assessment: Assessment, figure: Figure, readings: Readings
) -> bool:
    if figure.record is None:
        return False
    status = assessment.statuses.get(figure.record, Standing()).proof
    key = cell_of(records, figure)
    reading = readings.cells.get(key) if key is not None else None
    return (figure.printed and status in PROVED) or (
        reading is not None and reading.result == "same"
    )


def _is_whole(paper: Paper, outcome: Outcome, readings: Readings) -> bool:
    """Whether nothing that belongs to an identity can have been lost on the way to its figures."""
    figures = (*outcome.claim.left, *outcome.claim.right)
    tables = {figure.table_id for figure in figures}
    if tables & paper.doubtful or not tables <= paper.table_pages.keys():
        return False
    pages = set(_pages_of(paper, outcome))
    # A drawn table that belongs to nothing, or begins where ours ends, may be the rest of it.
    around = pages | {page + 1 for page in pages}
    if not pages <= readings.complete or around & paper.strange:
        return False
    return not any(
        key[0] in pages and use == "finding" and looks_like_amount(paper.texts.get(key, ""))
        for key, (use, _) in paper.uses.items()
    )


def corrected_records(
    records: Sequence[Record], corrected: Sequence[Correction]
) -> tuple[Record, ...]:
    """The records with the witness's readings in place of ours."""
    changed = list(records)
    for correction in corrected:
        assert correction.figure.record is not None
        record = changed[correction.figure.record]
        amount = correction.amount
        values: dict[str, Value] = {
            **record.values,
            "amount_yuan": correction.yuan if amount.value is not None else None,
            "amount_text": amount.raw or None,
            "published_decimals": amount.decimals,
            "value_status": "published" if amount.kind == "number" else amount.kind,
        }
        changed[correction.figure.record] = Record(record.table, values, record.origin)
    return tuple(changed)
