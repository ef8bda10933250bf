"""What the invented bureau of `shanghai` plans to receive and spend, in 元."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from ledger import Item, basic_economy

YEAR = 2026
BODY = "某某市示例区城市管理示例局"
SIZE = 9.0
RNG_SEED = 20260301


def items(rng: random.Random) -> list[Item]:
    """Amounts in 元."""
    take = rng.randrange
    return [
        Item("2050803", public=take(80_000, 160_000)),
        Item("2060702", project=take(50_000, 90_000)),
        Item("2080501", personnel=take(200_000, 400_000), public=take(9_000, 30_000)),
        Item("2080505", personnel=take(2_000_000, 3_000_000)),
        Item("2080506", personnel=take(1_000_000, 1_500_000)),
        Item("2101101", personnel=take(1_200_000, 1_900_000)),
        Item(
            "2120101",
            personnel=take(15_000_000, 19_000_000),
            public=take(2_800_000, 3_900_000),
        ),
        Item("2120102", project=take(4_000_000, 7_000_000), other=take(200_000, 400_000)),
        Item("2120104", project=take(1_000_000, 2_000_000)),
        Item("2120501", project=take(2_000_000, 4_000_000)),
        Item("2121399", project=take(1_000_000, 3_000_000), fund=True),
        Item("2210201", personnel=take(2_000_000, 2_800_000)),
        Item("2210203", personnel=take(900_000, 1_400_000)),
    ]


RNG = random.Random(RNG_SEED)
ITEMS = items(RNG)
GENERAL = [i for i in ITEMS if not i.fund]
FUND = [i for i in ITEMS if i.fund]
# 三公, in 元; whole hundreds, since the form prints 万元 with two decimals.
ABROAD, RECEPTION, PURCHASE, RUNNING = 0, 38_500, 180_000, 124_300
ECONOMY = basic_economy(RNG, ITEMS, 18_500, RUNNING)


def yuan(value: int) -> str:
    return f"{value:,}"


def wan(value: int) -> str:
    return f"{value / 10_000:.2f}"


def sums(found: Iterable[Item], key: Callable[[Item], int]) -> int:
    return sum(key(i) for i in found)
