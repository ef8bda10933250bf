"""部门 = Σ 单位: the documents of one body in a dataset against each other.

Evaluated over a published dataset by ``yusuan check``; nothing is written, for whether it can be
asserted depends on which documents are there. Source: DOMAIN section 3 item 27.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from yusuan.schemas.units import unit_factors

Row = Mapping[str, Any]
Status = Literal["ok", "ok_rounding", "failed", "not_applicable"]
ZERO = Decimal(0)
IDENTITY = "body.department=units"
_UNITS = unit_factors()
_OWN_LEVEL = ("（本级）", "(本级)", "本级")


@dataclass(frozen=True, slots=True)
class Body:
    """What a document says of one body: its general public expenditure by 项, in yuan.

    ``total`` None: not printed once. ``steps``: the step of the last printed digit by code (and of
    the total under ``""``).
    """

    file_name: str
    publisher: str
    parent: str | None
    is_department: bool
    period: tuple[Any, Any]
    total: Decimal | None
    items: Mapping[str, Decimal] = field(default_factory=dict)
    steps: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BodyCheck:
    """A department against its units. ``code``: of the 项; ``""`` the total.

    ``reason`` is set where it is not asserted.
    """

    department: str
    units: tuple[str, ...]
    code: str
    status: Status
    left: Decimal = ZERO
    right: Decimal = ZERO
    reason: str | None = None


def bodies(
    documents: Iterable[Row], tables: Iterable[Row], expenditure: Iterable[Row]
) -> tuple[Body, ...]:
    """The documents that have one table of general public expenditure, read from the dataset."""
    general: defaultdict[str, list[str]] = defaultdict(list)
    for table in tables:
        if table["family"] == "general_fn" and not table["is_empty"]:
            general[table["doc_id"]].append(table["table_id"])
    of_table: defaultdict[str, list[Row]] = defaultdict(list)
    for row in expenditure:
        if row["measure"] == "total" and row["flow"] == "expenditure":
            of_table[row["table_id"]].append(row)
    return tuple(
        _body(document, of_table[found[0]])
        for document in documents
        if len(found := general[document["doc_id"]]) == 1
        and document["publisher"]
        and document["doc_scope"] is not None
    )


def _body(document: Row, rows: Sequence[Row]) -> Body:
    items: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    steps: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        if row["is_leaf"] and row["func_code"]:
            items[row["func_code"]] += row["amount_yuan"] or ZERO
            steps[row["func_code"]] += _step(row)
    totals = [r for r in rows if r["row_type"] == "total" and not r["budget_unit_name"]]
    total = totals[0]["amount_yuan"] if len(totals) == 1 else None
    if total is not None:
        steps[""] = _step(totals[0])
    return Body(
        document["file_name"],
        document["publisher"],
        document["parent_department"],
        document["doc_scope"] == "department",
        (document["fiscal_year"], document["doc_kind"]),
        total,
        dict(items),
        dict(steps),
    )


def _step(row: Row) -> Decimal:
    unit, decimals = _UNITS.get(row["published_unit"]), row["published_decimals"]
    if unit is None or decimals is None or not row["amount_yuan"]:
        return ZERO
    return unit.scaleb(-decimals)


def body_checks(found: Sequence[Body]) -> tuple[BodyCheck, ...]:
    """Each department against its units, 项 by 项.

    That all units are there shows in the totals: a unit's money is part of the department's, so
    where the totals of the units come to the department's, none is missing. Otherwise nothing is
    asserted. Two documents of one department and year are not compared: which one holds is open.
    """
    checks: list[BodyCheck] = []
    for department in sorted(found, key=lambda b: (b.publisher, b.file_name)):
        if not department.is_department:
            continue
        twins = [b for b in found if b.is_department and _is_same(b, department)]
        units = [u for u in found if _is_unit_of(u, department)]
        if units and len(twins) == 1:
            checks += _against_units(department, sorted(units, key=lambda u: u.file_name))
    return tuple(checks)


def _is_same(body: Body, other: Body) -> bool:
    return (body.publisher, body.period) == (other.publisher, other.period)


def _is_unit_of(unit: Body, department: Body) -> bool:
    if unit.is_department or unit.period != department.period:
        return False
    own = unit.publisher
    for word in _OWN_LEVEL:
        own = own.removesuffix(word)
    return department.publisher in (unit.parent, own)


def _against_units(department: Body, units: Sequence[Body]) -> Iterator[BodyCheck]:
    names = tuple(unit.file_name for unit in units)
    known = [unit.total for unit in units if unit.total is not None]
    if department.total is None or len(known) < len(units):
        reason = "a document has no total of general public expenditure"
        yield BodyCheck(department.file_name, names, "", "not_applicable", reason=reason)
        return
    whole = _compared(department.file_name, names, "", department.total, sum(known, ZERO), (
        department, *units))  # fmt: skip
    if whole.status == "failed":
        reason = "the units in the dataset do not come to the department's total"
        yield BodyCheck(
            department.file_name, names, "", "not_applicable", whole.left, whole.right, reason
        )
        return
    yield whole
    codes = dict.fromkeys([*department.items, *(c for unit in units for c in unit.items)])
    for code in sorted(codes):
        left = department.items.get(code, ZERO)
        right = sum((unit.items.get(code, ZERO) for unit in units), ZERO)
        yield _compared(department.file_name, names, code, left, right, (department, *units))


def _compared(
    department: str,
    units: tuple[str, ...],
    code: str,
    left: Decimal,
    right: Decimal,
    printed: Iterable[Body],
) -> BodyCheck:
    steps = [body.steps.get(code, ZERO) for body in printed]
    is_book = all(step <= Decimal("0.01") for step in steps)
    tolerance = ZERO if is_book else sum(steps, ZERO) / 2
    status: Status = "ok" if left == right else "failed"
    if left != right and abs(left - right) <= tolerance:
        status = "ok_rounding"
    return BodyCheck(department, units, code, status, left, right)


def body_report(checks: Sequence[BodyCheck]) -> tuple[str, int]:
    """The checks in words, one paragraph a department, and how many fail."""
    by_department: defaultdict[tuple[str, tuple[str, ...]], list[BodyCheck]] = defaultdict(list)
    for check in checks:
        by_department[(check.department, check.units)].append(check)
    parts: list[str] = []
    n_failed = 0
    for (department, units), own in by_department.items():
        lines = [f"部门＝Σ单位 · a department is the sum of its units ({IDENTITY}): {department}"]
        lines.append(f"  units: {', '.join(units)}")
        for check in own:
            if check.status == "not_applicable":
                told = f" ({check.left:,} against {check.right:,})" if check.left else ""
                lines.append(f"  not applicable: {check.reason}{told}")
            elif check.status == "failed":
                n_failed += 1
                lines.append(
                    f"  FAILED  {check.code}: {check.left:,} against {check.right:,},"
                    f" off by {check.left - check.right:,} yuan"
                )
        held = sum(check.status in ("ok", "ok_rounding") for check in own)
        lines.append(f"  {held} hold")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts), n_failed
