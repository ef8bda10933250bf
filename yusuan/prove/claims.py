"""An identity asserted on certain figures, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

from yusuan.prove.figures import BOOK_GRAIN, ZERO, Figure

Status = Literal["ok", "ok_rounding", "failed", "not_applicable"]
Relation = Literal["=", "<="]
Unusual = Literal["copy", "far", "lone"]
"""Why a difference within the tolerance is not what rounding does: see ``grain.py``."""

_MAX_NAMED = 12
_MIN_TOLD = 1000
"""Steps; a figure of fewer could be another one's rounding by chance."""
_CODES = ("func_code", "gov_econ_code", "dept_econ_code", "category_code")
_NAMES = ("item", "period", "revenue_source", "flow", "measure", "version")
_NAMES_OF_SPENDING = tuple(name for name in _NAMES if name != "flow")
"""What most figures are of is left unsaid."""


class Claim(NamedTuple):
    """Σ ``left`` = Σ ``right`` (or ``<=``). ``scope``: where, in words; unique per identity.

    ``reason`` is set where the premise of the identity does not hold: then it is not evaluated.
    Claims and outcomes are named tuples as figures are, for there are thousands of them, too.
    """

    identity: str
    table_id: str
    scope: str
    left: tuple[Figure, ...]
    right: tuple[Figure, ...]
    relation: Relation = "="
    reason: str | None = None


class Outcome(NamedTuple):
    """A claim evaluated. ``trivial``: it holds and says nothing (0 = 0, or one figure alone)."""

    claim: Claim
    status: Status
    left: Decimal | None = None
    right: Decimal | None = None
    tolerance: Decimal | None = None
    trivial: bool = False
    unusual: Unusual | None = None
    """It holds within the tolerance, but rounding does not explain the difference."""
    is_tight: bool = False
    """It holds to the last digit, and any difference would have been told."""

    @property
    def check_id(self) -> str:
        """Stable and unique in the document: identity, table, scope."""
        return f"{self.claim.identity}:{self.claim.table_id}:{self.claim.scope}"

    @property
    def blind(self) -> Decimal:
        """How large an error of one figure, in yuan, could be without being told."""
        if self.is_tight or not self.tolerance:
            return ZERO
        return self.tolerance + abs((self.left or ZERO) - (self.right or ZERO))

    def printed(self) -> tuple[Figure, ...]:
        """The figures in print that take part."""
        return tuple([f for f in (*self.claim.left, *self.claim.right) if f.printed])

    def proved(self, printed: tuple[Figure, ...] | None = None) -> tuple[Figure, ...]:
        """The figures that the identity proves. ``printed``: those in print, where they are known.

        Within a tolerance, a figure not larger than it could be anything: it is not proved. Nor
        is anything where rounding does not explain the difference.
        """
        if (
            self.trivial
            or self.unusual is not None
            or self.claim.relation != "="
            or self.status not in ("ok", "ok_rounding")
        ):
            return ()
        printed = self.printed() if printed is None else printed
        if self.status == "ok":
            return printed
        assert self.tolerance is not None
        if is_copy(self.claim):
            return ()
        return tuple(f for f in printed if abs(f.value or ZERO) > self.tolerance)


def evaluate(claim: Claim) -> Outcome:
    """Compare the two sides exactly, within what rounding in print can explain.

    Tolerance 0 where all operands are printed to the fen, else half a step of the last digit of
    each operand. A blank is a zero without a step.
    """
    if claim.reason is not None:
        return Outcome(claim, "not_applicable")
    one, other = _side(claim.left), _side(claim.right)
    if one is None or other is None:
        return Outcome(claim, "not_applicable")
    (left, left_keys, left_steps), (right, right_keys, right_steps) = one, other
    steps = left_steps + right_steps
    is_book = not steps or max(steps) <= BOOK_GRAIN
    # Figures are whole fens, so a part of a fen allows nothing more.
    tolerance = ZERO if is_book else (sum(steps, ZERO) / 2).quantize(BOOK_GRAIN, ROUND_FLOOR)
    excess = left - right
    if not excess or (claim.relation == "<=" and excess < 0):
        status: Status = "ok"
    elif (excess if claim.relation == "<=" else abs(excess)) <= tolerance:
        status = "ok_rounding"
    else:
        return Outcome(claim, "failed", left, right, tolerance)
    # All is zero or blank, one figure stands alone, or a figure is set against itself.
    trivial = (
        not left_keys
        or not right_keys
        or not left_keys.isdisjoint(right_keys)
        or not (left or right or any(f.value for f in (*claim.left, *claim.right)))
    )
    return Outcome(claim, status, left, right, tolerance, trivial)


def _side(figures: Sequence[Figure]) -> tuple[Decimal, set[str], list[Decimal]] | None:
    """The sum, the keys and the steps of what is printed; None where a figure can't be read.

    One pass, for a document has thousands of sides.
    """
    total = ZERO
    keys: set[str] = set()
    steps: list[Decimal] = []
    for figure in figures:
        value = figure.value
        if value is None:
            return None
        if value:
            total += value
        if figure.printed:
            keys.add(figure.key)
            steps.append(figure.ulp)
    return total, keys, steps


def is_copy(claim: Claim) -> bool:
    """Whether one figure other than zero stands on each side, printed to the same step."""
    sides = [[f.ulp for f in side if f.value] for side in (claim.left, claim.right)]
    return all(len(steps) == 1 for steps in sides) and sides[0] == sides[1]


def rounded_one(outcome: Outcome) -> tuple[Figure, ...]:
    """Of two figures of different steps that say the same the coarser one; () else.

    It has to be the finer one rounded, and have digits enough not to be so by chance.
    """
    claim = outcome.claim
    if outcome.status != "ok_rounding" or claim.relation != "=":
        return ()
    if len(claim.left) != 1 or len(claim.right) != 1:
        return ()
    fine, coarse = sorted((*claim.left, *claim.right), key=lambda figure: figure.ulp)
    if fine.ulp >= coarse.ulp or not fine.value or not coarse.value:
        return ()
    steps = (fine.value / coarse.ulp).quantize(Decimal(1), ROUND_HALF_UP)
    is_told = abs(steps) >= _MIN_TOLD and steps * coarse.ulp == coarse.value
    return (coarse,) if is_told else ()


class Namer:
    """Puts figures into words, each once: they stand in several identities."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def place(self, figure: Figure) -> str:
        """What a figure is and where it stands: ``合计 total p4 T001:4:3``."""
        told = self._places.get(figure.key)
        if told is None:
            told = f"{name_of(figure)} p{figure.page} {figure.key}".lstrip()
            self._places[figure.key] = told
        return told


def formula(claim: Claim, namer: Namer | None = None) -> str:
    """The claim with the places of its figures: ``total p4 T001:4:3 = basic p4 T001:4:4 + …``."""
    if claim.reason is not None:
        return claim.reason
    namer = namer or Namer()
    return f"{_told(claim.left, namer)} {claim.relation} {_told(claim.right, namer)}"


def _told(side: Sequence[Figure], namer: Namer) -> str:
    shown = side if len(side) <= _MAX_NAMED else [f for f in side if f.printed]
    more = f" + … ({len(shown) - _MAX_NAMED} more)" if len(shown) > _MAX_NAMED else ""
    return (" + ".join(map(namer.place, shown[:_MAX_NAMED])) or "0") + more


def name_of(figure: Figure) -> str:
    """What a figure is, in words and codes."""
    get: Callable[[str], Any] = figure.values.get
    label = get("label_norm") or "/".join(filter(None, map(get, _CODES))) or get("row_type")
    names = _NAMES if get("flow") != "expenditure" else _NAMES_OF_SPENDING
    words = list(filter(None, map(get, names)))
    if not words and "amount_yuan" not in figure.values:
        words = [figure.column]
    return " ".join(filter(None, (label, *words)))
