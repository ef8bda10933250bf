"""The units that money is published in: ``units.csv``, beside the other data files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

FILE = Path(__file__).resolve().parent / "units.csv"
COLUMNS = ("unit", "yuan", "note")


@lru_cache(maxsize=1)
def unit_factors() -> Mapping[str, Decimal]:
    """Yuan in a unit, the longest names first, so that 万元 is found before 元.

    Raises ValueError where a line of the file is no unit with a number; the loader names it.
    """
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        factors = {row["unit"]: Decimal(row["yuan"]) for row in csv.DictReader(file)}
    return MappingProxyType({unit: factors[unit] for unit in sorted(factors, key=len)[::-1]})
