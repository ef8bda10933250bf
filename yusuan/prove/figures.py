"""The printed figures of a document, found by table and row: what identities are asserted on.

A figure is one money fact record; its grain is the smallest step of print. A record with several
amounts (projects, department goals) gives several figures, of which the first carries its proof.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple

from yusuan.normalize.amounts import parse_figure
from yusuan.normalize.model import Record, Value
from yusuan.schemas.units import unit_factors

_YUAN = unit_factors()
_DECIMALS = re.compile(r"\.(\d+)")
_PLAIN = re.compile(r"\d+\.\d+")
_GENERAL_WIDTH = 11
"""Excel's format General: 535987052.43 is shown as 535987052.4, beside 0.00 of another format."""
BOOK_GRAIN = Decimal("0.01")
"""A fen: amounts printed to it are not rounded."""

ZERO = Decimal(0)
NARRATIVE = "narrative"
"""The family that stands for the prose; its table has no id."""
DETAILS = "amount_details"
"""The canonical table of figures that are parts of others."""


class Figure(NamedTuple):
    """A figure: ``value`` in yuan, 0 where it is blank or a dash, None where it can't be read.

    ``record``: position of its record; None for a second amount of a record, which has no proof
    column of its own. ``key``: unique (the record's row, the field where there are several).
    ``ulp``: the step of its last printed digit in yuan; 0 where nothing is printed.

    A named tuple, for they are made by the ten thousand, in half the time of a dataclass.
    """

    key: str
    record: int | None
    table_id: str
    row: str
    column: str
    page: int
    value: Decimal | None
    ulp: Decimal
    printed: bool
    values: Mapping[str, Value]

    def get(self, name: str) -> str | None:
        """A label of its record (a column of type string)."""
        label: Any = self.values.get(name)
        return label  # type: ignore[no-any-return]


# Without a call into Python for each.
_figure_of: Callable[[Iterable[object]], Figure] = partial(tuple.__new__, Figure)


@dataclass(frozen=True, slots=True)
class Published:
    """A published table: its family, fund scope, and figures in printed order.

    ``details``: figures that break down those of ``figures`` and stand in no sum of theirs.
    """

    table_id: str
    family: str
    fund_scope: str | None
    kind: str | None
    figures: tuple[Figure, ...]
    details: tuple[Figure, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Whether any amount other than zero is printed."""
        return any(figure.value for figure in self.figures)


def published_tables(
    records: Sequence[Record], tables: Iterable[Record], kind: str | None = None
) -> tuple[Published, ...]:
    """The recognised tables with their figures. ``kind``: budget or final, of the document."""
    places = {i: _place(r) for i, r in enumerate(records) if "amount_yuan" in r.values}
    grains = _grains(records, places)
    figures: defaultdict[str, list[Figure]] = defaultdict(list)
    details: defaultdict[str, list[Figure]] = defaultdict(list)
    prose: list[Figure] = []
    for position, record in enumerate(records):
        if (place := places.get(position)) is not None:
            figure = _money(position, record, place, grains)
            held = details if record.table == DETAILS else figures
            (held[figure.table_id] if figure.table_id else prose).append(figure)
        elif record.table in _FIELDS:
            for figure in _fields(position, record):
                figures[figure.table_id].append(figure)
    found = []
    for table in tables:
        table_id, family = str(table.values.get("table_id")), table.values.get("family")
        if isinstance(family, str) and (table_id in figures or table_id in details):
            scope, told = table.values.get("fund_scope"), table.values.get("doc_kind") or kind
            found.append(
                Published(
                    table_id,
                    family,
                    scope if isinstance(scope, str) else None,
                    told if isinstance(told, str) else None,
                    tuple(figures.get(table_id, ())),
                    tuple(details.get(table_id, ())),
                )
            )
    if prose:
        found.append(Published("", NARRATIVE, None, kind, tuple(prose)))
    return tuple(found)


def _grains(
    records: Sequence[Record], places: Mapping[int, tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The most decimals printed by table and column, and by table (column ``""``).

    A spreadsheet that prints 12 beside 3.45 drops closing zeros; it does not round to integers.
    Amounts rounded for print all have the same decimals. ``places``: table and column by position.
    """
    decimals: dict[tuple[str, str], int] = {}
    for position, place in places.items():
        shown = records[position].values.get("published_decimals")
        if isinstance(shown, int) and shown > decimals.get(place, -1):
            decimals[place] = shown
    for (table_id, _), shown in list(decimals.items()):
        decimals[(table_id, "")] = max(shown, decimals.get((table_id, ""), 0))
    return decimals


def _place(record: Record) -> tuple[str, str]:
    """Table and column of an amount; for one of the prose its stretch of prose and its unit.

    Those of a stretch of prose share a grain, as a column does.
    """
    row, _, column = str(record.values["row_id"]).rpartition(":")
    if record.table == "narrative_facts":
        return row, str(record.values.get("published_unit"))
    return str(record.values["table_id"]), column


def _money(
    position: int, record: Record, place: tuple[str, str], grains: Mapping[tuple[str, str], int]
) -> Figure:
    values = record.values
    status, yuan = values.get("value_status"), values.get("amount_yuan")
    table_id, column = place
    printed = status != "blank"
    value = yuan if isinstance(yuan, Decimal) else None if status == "published" else ZERO
    unit, shown = str(values.get("published_unit")), values.get("published_decimals")
    ulp = ZERO
    if unit in _YUAN and isinstance(shown, int):
        # A zero is no rounded figure: it has the grain of its table.
        decimals = grains[place if value else (table_id, "")]
        ulp = _step(unit, shown if _is_cut(values.get("amount_text")) else decimals)
    page = record.origin.page if record.origin else int(str(values.get("page_no") or 0))
    row_id = str(values["row_id"])
    row = row_id.rpartition(":")[0]
    if record.table == "narrative_facts":
        table_id, row, column = "", row_id, ""
    return _figure_of((row_id, position, table_id, row, column, page, value, ulp, printed, values))


def _is_cut(text: Value) -> bool:
    """Whether a spreadsheet rounded a number without a set format to its 11 characters."""
    return isinstance(text, str) and len(text) == _GENERAL_WIDTH and bool(_PLAIN.fullmatch(text))


@lru_cache(maxsize=64)
def _step(unit: str, decimals: int) -> Decimal:
    """A step of print in yuan, not below a fen."""
    return max(_YUAN[unit].scaleb(-decimals), BOOK_GRAIN)


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "projects": ("total", "fiscal", "other"),
    "department_goals": (
        "budget_total",
        "fiscal_total",
        "fiscal_basic",
        "fiscal_project",
        "other_total",
        "other_basic",
        "other_project",
    ),
}
"""The amounts of a record with several; the first is the one that its proof is of."""


def _fields(position: int, record: Record) -> Iterable[Figure]:
    values = record.values
    told = _YUAN.get(str(values.get("published_unit")))
    row = str(values.get("row_id"))
    page = record.origin.page if record.origin else int(str(values.get("page_no") or 0))
    for number, field in enumerate(_FIELDS[record.table]):
        text, yuan = values.get(f"{field}_text"), values.get(f"{field}_yuan")
        printed = bool(text)
        value = yuan if isinstance(yuan, Decimal) else None if _has_digits(text) else ZERO
        own = parse_figure(str(text or "")).unit  # a unit in the cell itself goes before
        unit = _YUAN[own] if own else told
        decimals = _DECIMALS.search(str(text or ""))
        ulp = unit.scaleb(-len(decimals[1]) if decimals else 0) if printed and unit else ZERO
        yield Figure(
            f"{row}:{field}",
            None if number else position,
            str(values.get("table_id")),
            row,
            field,
            page,
            value,
            max(ulp, BOOK_GRAIN) if ulp else ulp,
            printed,
            values,
        )


def is_money(record: Record) -> bool:
    """Whether a record is a figure: of a table or of the prose."""
    return "amount_yuan" in record.values or record.table in _FIELDS


def printed_amount(record: Record) -> tuple[Decimal | None, str]:
    """The amount in yuan that a record's proof is of, and how it is printed."""
    first = _FIELDS[record.table][0] + "_" if record.table in _FIELDS else "amount_"
    yuan, text = record.values.get(f"{first}yuan"), record.values.get(f"{first}text")
    return (yuan if isinstance(yuan, Decimal) else None), str(text or "")


def _has_digits(text: Value) -> bool:
    return isinstance(text, str) and any(char.isdecimal() for char in text)
