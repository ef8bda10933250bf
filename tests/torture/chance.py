"""Which tables are drawn: always the same ones, or those of a seed; all, or long ones only.

``YUSUAN_TORTURE_SEED`` is a number; other numbers draw other tables. ``YUSUAN_TORTURE_ROWS``: only
tables of so many rows or more are printed, as most drawn ones fit on a page.
"""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

SEED = os.environ.get("YUSUAN_TORTURE_SEED", "")
MIN_ROWS = int(os.environ.get("YUSUAN_TORTURE_ROWS", "") or 0)

Test = Callable[..., Any]


def drawn_by_chance(n_examples: int) -> Callable[[Test], Test]:
    """Draw so many examples and shrink none, as each is printed by a slow program."""
    profile = settings(
        max_examples=n_examples,
        derandomize=not SEED,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: profile(seed(int(SEED))(test) if SEED else test)
