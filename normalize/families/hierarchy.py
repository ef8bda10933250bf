"""Which rows of a matrix table sum up others: 类 over 款 over 项, a department over its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import product

from yusuan.normalize.columns import CLASSIFICATIONS
from yusuan.normalize.families.labels import RowLabels
from yusuan.normalize.model import Amount

# Of fewer lines any two equal figures would do.
_MIN_NESTED = 3


def parent_rows(rows: Sequence[RowLabels]) -> set[int]:
    """Positions of rows that another row of the table details.

    A row is above another when each of its codes begins the other's or is left out: 2010301 above
    2010301 | 30101, 301 above 30101, unit 033 above 033001. Among rows with codes a unit's line
    without any code is the sum of its codes. Units without a code are told apart by name.
    """
    keys = [_key(row) for row in rows]
    above: set[tuple[str | None, tuple[str, ...]]] = set()
    for row, (group, key) in zip(rows, keys, strict=True):
        if not row.is_total:
            above.update([(group, general) for general in _above(key)])
    has_codes = any(any(key[1:]) for _, key in keys)
    return {
        i
        for i, (group, key) in enumerate(keys)
        if not rows[i].is_total and ((group, key) in above or (has_codes and not any(key[1:])))
    }


def are_coded(rows: Iterable[RowLabels]) -> bool:
    """Whether codes tell which rows sum up others, so that no figures need to be asked."""
    return any(not row.is_total and any(_key(row)[1]) for row in rows)


def leading_sum(
    rows: Sequence[RowLabels], amounts: Sequence[Sequence[Amount | None]]
) -> str | None:
    """Tell whether the first line of a list of units is the department, the sum of the others.

    Nothing in the labels says so where units have no codes; the figures do: each column of the
    first row equals the sum of the rows below within half a unit of the last digit per figure.
    Returns the evidence, or None.
    """
    if len(rows) < 2 or any(row.is_total for row in rows) or are_coded(rows):
        return None
    checked = 0
    for column in zip(*amounts, strict=True):
        figures = [a for a in column if a is not None and a.value is not None]
        if column[0] is None or column[0].value is None or not column[0].value:
            continue
        rest = sum((a.value for a in column[1:] if a and a.value is not None), Decimal(0))
        grain = Decimal(1).scaleb(-min(a.decimals or 0 for a in figures))
        if abs(column[0].value - rest) > grain * len(figures) / 2:
            return None
        checked += 1
    if not checked:
        return None
    return f"its figures in {checked} columns are the sums of the {len(rows) - 1} rows below"


def nested_sums(
    rows: Sequence[RowLabels], amounts: Sequence[Sequence[Amount | None]]
) -> tuple[frozenset[int], str] | None:
    """Tell by the figures which lines without codes sum up those below them: 类 over 款 over 项.

    Tables that print the names of classes alone say nothing of their levels. A line is above the
    lines after it whose figures add up to its own in every column. That is believed only where the
    outermost lines then add up to the table's total, which all lines together do not; in a table
    without a total, where one line sums up several.

    Returns the positions of the lines above others and the evidence, or None.
    """
    totals = [i for i, row in enumerate(rows) if row.is_total]
    body = [i for i, row in enumerate(rows) if not row.is_total]
    if len(totals) > 1 or len(body) < _MIN_NESTED or are_coded(rows):
        return None
    figures = [tuple(a.value or Decimal(0) if a else Decimal(0) for a in row) for row in amounts]
    outer: list[int] = []  # of the lines read so far, from below; the nearest is the last
    parents: set[int] = set()
    widest = 0
    for i in reversed(body):
        taken = _sums_up(figures[i], [figures[k] for k in reversed(outer)])
        if taken:
            parents.add(i)
            widest = max(widest, taken)
            del outer[-taken:]
        outer.append(i)
    told = f"the figures of {len(parents)} lines are the sums of lines below them"
    if not parents:
        return None
    if not totals:
        # Equal figures of two lines may be chance, a sum of several in all columns hardly is.
        return (frozenset(parents), told) if widest > 1 else None
    if _sums_up(figures[totals[0]], [figures[k] for k in outer]) != len(outer):
        return None
    return frozenset(parents), f"{told}, and those of the other lines add up to the total"


def _sums_up(figures: Sequence[Decimal], below: Sequence[Sequence[Decimal]]) -> int:
    """How many of the first lines below add up to the figures in every column; 0 for none."""
    if not any(figures):
        return 0
    left = list(figures)
    for count, row in enumerate(below, start=1):
        left = [a - b for a, b in zip(left, row, strict=True)]
        if not any(left):
            return count
    return 0


def _key(row: RowLabels) -> tuple[str | None, tuple[str, ...]]:
    """The unit's name where it has no code; unit code and classification codes."""
    codes = (row.unit_code or "", *(row.codes.get(kind) or "" for kind in CLASSIFICATIONS))
    return (None if row.unit_code else row.unit_name, codes)


@lru_cache(maxsize=4096)
def _above(key: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Codes that are as general or more in each place; the same ones stand in many tables."""
    general = product(*(_prefixes(code) for code in key))
    return tuple(above for above in general if above != key)


@lru_cache(maxsize=4096)
def _prefixes(code: str) -> tuple[str, ...]:
    """The code, every level above it (类 3 digits, 款 5, units 3 and 6), and none."""
    upper = tuple(code[:length] for length in (3, 5, 6) if len(code) > length)
    return ("", *upper, code) if code else ("",)
