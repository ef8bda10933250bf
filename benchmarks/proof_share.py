"""How many published amounts the identities prove, and why the others stay unproved.

    python benchmarks/proof_share.py ../shared/real            one line a place
    python benchmarks/proof_share.py FILE --rest                every unproved amount as well

Counted are the amounts other than zero in tables of a known family. Reasons: ``no-unit`` (no unit
is printed, so there is no amount in yuan), ``unreadable``, ``fails`` (an identity that holds it
fails), ``weak`` (it stands only in containments, or in identities whose tolerance could not have
seen an error in it), ``premise`` (an identity names it, but its premise does not hold), ``none``
(no identity names it).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.document import Index, Normalized, normalize, prepare
from yusuan.normalize.model import Record
from yusuan.prove.claims import evaluate
from yusuan.prove.figures import published_tables
from yusuan.prove.proof import all_claims, prove
from yusuan.schemas.loader import load

_PROVED = ("proved", "proved_multi")


@dataclass(frozen=True, slots=True)
class Share:
    """Counts of one document; ``rest``: (family, reason, record) of what is not proved."""

    name: str
    amounts: int
    proved: int
    narrative: int
    narrative_proved: int
    failed: tuple[str, ...]
    rest: tuple[tuple[str, str, Record], ...]


def share_of(name: str, result: Normalized, index: Index) -> Share:
    """Prove one document and sort its unproved amounts by reason."""
    kind = result.meta.get("doc_kind")
    told = kind if isinstance(kind, str) else None
    identities = index.schemas.identities
    proof = prove(result.records, result.tables, identities, told)
    family = {str(t.values["table_id"]): str(t.values.get("family")) for t in result.tables}
    published = published_tables(proof.records, result.tables, told)
    held: defaultdict[str, set[str]] = defaultdict(set)
    for claim in all_claims(published, identities):
        outcome = evaluate(claim)
        for figure in outcome.printed():
            if not outcome.trivial or outcome.status == "not_applicable":
                held[str(figure.values["row_id"])].add(outcome.status)
    rest = []
    amounts, prose = Counter[bool](), Counter[bool]()
    for record in proof.records:
        if not _is_amount(record):
            continue
        is_proved = record.values.get("proof") in _PROVED
        if record.table == "narrative_facts":
            prose[is_proved] += 1
            continue
        amounts[is_proved] += 1
        if not is_proved:
            row = str(record.values["row_id"])
            reason = _reason(record, held.get(row, set()))
            rest.append((family.get(str(record.values["table_id"]), "-"), reason, record))
    failed = tuple(
        str(check.values["check_id"])
        for check in proof.checks
        if check.values["status"] == "failed" and identities[str(check.values["identity"])].is_hard
    )
    return Share(
        name,
        amounts.total(),
        amounts[True],
        prose.total(),
        prose[True],
        failed,
        tuple(rest),
    )


def _is_amount(record: Record) -> bool:
    values = record.values
    if values.get("value_status") != "published":
        return False
    if "amount_yuan" in values:
        return values["amount_text"] is not None
    return isinstance(values.get("total_yuan") or values.get("budget_total_yuan"), Decimal)


def _reason(record: Record, statuses: set[str]) -> str:
    if "amount_yuan" in record.values and record.values["amount_yuan"] is None:
        return "no-unit" if record.values.get("published_unit") is None else "unreadable"
    if "failed" in statuses:
        return "fails"
    if statuses & {"ok", "ok_rounding"}:
        return "weak"
    return "premise" if "not_applicable" in statuses else "none"


def _told(record: Record) -> str:
    names = ("item", "label_norm", "func_code", "dept_econ_code", "gov_econ_code", "measure")
    more = ("revenue_source", "period", "line_kind", "fund_scope", "version", "budget_unit_name")
    values: Mapping[str, object] = record.values
    words = [str(values[n]) for n in (*names, *more) if values.get(n)]
    return f"p{values.get('page_no')} {values['row_id']} {values.get('amount_text')} {words}"


def _line(name: str, shares: Sequence[Share]) -> str:
    amounts, proved = sum(s.amounts for s in shares), sum(s.proved for s in shares)
    prose, prose_proved = (
        sum(s.narrative for s in shares),
        sum(s.narrative_proved for s in shares),
    )
    rest = Counter((f, r) for s in shares for f, r, _ in s.rest)
    told = ", ".join(f"{n} {family} {reason}" for (family, reason), n in rest.most_common())
    share = f"{proved / amounts:7.2%}" if amounts else "      -"
    fails = sum(len(s.failed) for s in shares)
    return (
        f"{share} {proved:6d}/{amounts:<6d} prose {prose_proved:4d}/{prose:<4d} "
        f"fails {fails:3d}  {name}  {told}"
    )


def _shares(files: Iterable[Path], index: Index) -> Iterable[tuple[str, Share]]:
    for file in files:
        try:
            result = normalize(read_document(open_source(file)), index)
        except SourceError as error:
            print(f"{file.name}: {error}")
            continue
        yield file.parent.name, share_of(file.name, result, index)


def main(arguments: Sequence[str]) -> int:
    """Print one line a place (a document with ``--documents``) and one for all."""
    paths = [Path(a) for a in arguments if not a.startswith("--")]
    files = [f for p in paths for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    places: defaultdict[str, list[Share]] = defaultdict(list)
    for place, share in _shares(files, prepare(load())):
        places[place].append(share)
        if "--documents" in arguments:
            print(_line(share.name, [share]))
        if "--rest" in arguments:
            for family, reason, record in share.rest:
                print("    ", family, reason, _told(record))
            for check in share.failed:
                print("     FAILS", check)
    for place, shares in sorted(places.items()):
        print(_line(place, shares))
    print(_line("all", [s for shares in places.values() for s in shares]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
