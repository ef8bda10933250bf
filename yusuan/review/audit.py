"""A random sample of the figures to be looked at by a person, and the error rate it tells.

The sample is stratified by table and proof status, so that rare kinds are seen too; the estimate
weighs each stratum by its size. The interval is Wilson's (1927) at 95 %, with the effective sample
size of the weights (Kish 1965).
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import sqrt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from yusuan.corrections.model import Correction
from yusuan.report.stored import stored
from yusuan.report.summary import AMOUNT_OF
from yusuan.review.queue import Item, figure_item, local_row

_Z = 1.959964  # of the normal distribution, two-sided 95 %
_ZERO = pa.scalar(Decimal(0), pa.decimal128(20, 2))


class AuditError(ValueError):
    """A sample cannot be drawn or read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of the sample; ``row`` is its row_id without the document."""

    doc_id: str
    table: str
    row: str
    column: str
    stratum: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures drawn, and how many figures each stratum has in the dataset."""

    drawn: tuple[Drawn, ...]
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Share of figures that were misread, with its interval; counts of the sample."""

    n_drawn: int
    n_seen: int
    n_wrong: int
    rate: float
    low: float
    high: float
    by_stratum: Mapping[str, tuple[int, int]]


def draw_sample(root: Path, n: int, seed: int) -> Sample:
    """Draw ``n`` non-zero published figures; the same dataset and seed give the same sample."""
    strata: dict[str, list[Drawn]] = defaultdict(list)
    for table, column in AMOUNT_OF.items():
        wanted = (pc.field(column) != _ZERO) & pc.field("value_status").isin(["published"])
        columns = ["doc_id", "row_id", "proof"]
        for row in stored(root, table).to_table(columns=columns, filter=wanted).to_pylist():
            stratum = f"{table} {row['proof']}"
            place = local_row(row["row_id"], row["doc_id"])
            strata[stratum].append(Drawn(row["doc_id"], table, place, column, stratum))
    total = sum(map(len, strata.values()))
    if not total:
        raise AuditError(f"{root} has no published figures to draw from")
    generator = random.Random(seed)
    drawn: list[Drawn] = []
    for stratum in sorted(strata):
        figures = sorted(strata[stratum], key=lambda one: (one.doc_id, one.row))
        share = max(1, round(n * len(figures) / total))
        drawn += generator.sample(figures, min(share, len(figures)))
    generator.shuffle(drawn)
    return Sample(tuple(drawn), {name: len(figures) for name, figures in strata.items()})


def write_sample(sample: Sample, path: Path) -> None:
    """Write a sample; a figure a line, behind a line with the sizes of the strata."""
    lines = [json.dumps({"sizes": dict(sample.sizes)}, ensure_ascii=False)]
    lines += [json.dumps(asdict(one), ensure_ascii=False) for one in sample.drawn]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_sample(path: Path) -> Sample:
    """Read what ``write_sample`` wrote. Raises AuditError."""
    try:
        head, *rest = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        return Sample(tuple(Drawn(**one) for one in rest), head["sizes"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AuditError(f"{path} is no sample of yusuan audit: {error}") from error


def sample_items(root: Path, sample: Sample) -> tuple[Item, ...]:
    """The figures of a sample as items to look at, in the order drawn. Raises AuditError."""
    rows: dict[tuple[str, str], Item] = {}
    for table, column in AMOUNT_OF.items():
        ids = [f"{one.doc_id}:{one.row}" for one in sample.drawn if one.table == table]
        found = (
            stored(root, table)
            .to_table(filter=pc.field("row_id").isin(pa.array(ids, pa.string())))
            .to_pylist()
        )
        for row in found:
            if row["value_status"] != "inferred":
                rows[table, row["row_id"]] = figure_item(row, table, column, "sample")
    missing = [one for one in sample.drawn if (one.table, f"{one.doc_id}:{one.row}") not in rows]
    if missing:
        raise AuditError(
            f"{len(missing)} figures of the sample are not in {root}, the first: "
            f"{missing[0].table} {missing[0].row}; draw a new sample"
        )
    return tuple(rows[one.table, f"{one.doc_id}:{one.row}"] for one in sample.drawn)


def estimate(sample: Sample, decided: Iterable[Correction]) -> Estimate:
    """The share of figures that ``correct`` was decided on; what was not looked at is left out."""
    verdicts = {(c.doc_id, *c.key): c.action for c in decided}
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in sample.drawn:
        action = verdicts.get((one.doc_id, one.table, one.row, one.column))
        if action is not None:
            seen[one.stratum] += 1
            wrong[one.stratum] += action == "correct"
    weights = {name: sample.sizes[name] / seen[name] for name in seen}
    mass = sum(weights[name] * seen[name] for name in seen)
    rate = sum(weights[name] * wrong[name] for name in seen) / mass if mass else 0.0
    low, high = _wilson(rate, _effective([(weights[name], seen[name]) for name in seen]))
    return Estimate(
        len(sample.drawn),
        seen.total(),
        wrong.total(),
        rate,
        low,
        high,
        {name: (wrong[name], seen[name]) for name in sorted(seen)},
    )


def _effective(weights: Sequence[tuple[float, int]]) -> float:
    """Kish's effective sample size of (weight, count) pairs."""
    total = sum(weight * count for weight, count in weights)
    squares = sum(weight**2 * count for weight, count in weights)
    return total**2 / squares if squares else 0.0


def _wilson(rate: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in ``n`` cases; (0, 1) where none was seen."""
    if n <= 0:
        return 0.0, 1.0
    middle = (rate + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
