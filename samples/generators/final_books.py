"""What the invented bureau of `final_account` received and spent, in steps of 0.01 万元."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from ledger import NAMES, Item, basic_economy

YEAR = 2025
BODY = "某某市示例区示例发展局"
SIZE = 8.5
RNG_SEED = 20250901


def items(rng: random.Random) -> list[Item]:
    """What was spent, in 0.01 万元."""
    take = rng.randrange
    return [
        Item("2050803", public=take(300, 900)),
        Item("2080501", personnel=take(2_000, 4_000), public=take(80, 200)),
        Item("2080505", personnel=take(20_000, 30_000)),
        Item("2080506", personnel=take(10_000, 15_000)),
        Item("2101101", personnel=take(12_000, 19_000)),
        Item("2120101", personnel=take(150_000, 190_000), public=take(28_000, 39_000)),
        Item("2120102", project=take(90_000, 160_000), other=take(2_000, 4_000)),
        Item("2210201", personnel=take(20_000, 28_000)),
        Item("2296002", project=take(4_000, 9_000), fund=True),
    ]


RNG = random.Random(RNG_SEED)
SPENT = items(RNG)
GENERAL = [i for i in SPENT if not i.fund]
FUND = [i for i in SPENT if i.fund]
# Money carried over from and to other years: (into, out of the year) by 项.
CARRIED = {"2120102": (3_250, 1_875), "2296002": (1_200, 450)}
RECEPTION, RUNNING, PURCHASE = 215, 1_043, 0
ECONOMY = basic_economy(RNG, SPENT, RECEPTION, RUNNING)


def wan(value: int) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100:,}.{abs(value) % 100:02d}"


def some(value: int) -> str | None:
    """Blank for nothing, as these forms print it."""
    return wan(value) if value else None


def sums(found: Iterable[Item], key: Callable[[Item], int]) -> int:
    return sum(key(i) for i in found)


def carried_in(item: Item) -> int:
    return CARRIED.get(item.code, (0, 0))[0]


def carried_out(item: Item) -> int:
    return CARRIED.get(item.code, (0, 0))[1]


def received(item: Item) -> int:
    """Income of the year for this 项: what was spent, less what was there, plus what is left."""
    return item.total - carried_in(item) + carried_out(item)


def above(number: int, unit: str = "万元") -> tuple[tuple[str, str], ...]:
    return (("", f"公开{number:02d}表"), (f"部门：{BODY}", f"单位：{unit}"))


def class_spent(found: Sequence[Item], name: str) -> int:
    return sums([i for i in found if NAMES[i.code[:3]] == name], lambda i: i.total)
