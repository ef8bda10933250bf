"""What of a row a reviewer can decide on, and new values as a column's type."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from yusuan.normalize.model import Value
from yusuan.schemas.model import Column, TableSchema

# Columns that say where a value stands or what proof says of it: nothing to correct.
_FIXED = frozenset(
    {"of_column", "of_table", "page_no", "proof", "proof_within_yuan", "value_status"}
)
_FIXED_ENDS = ("_id", "_ids", "_level")
_INTEGERS = {"int8": 1 << 7, "int16": 1 << 15, "int32": 1 << 31, "int64": 1 << 63}


def decidable(table: TableSchema) -> tuple[Column, ...]:
    """The columns of a table that a decision may be about.

    Not where a value stands, not what proof says, and not an amount's text as published; of ids
    only the project that an indicator belongs to.
    """
    names = {column.name for column in table.columns}
    return tuple(
        column
        for column in table.columns
        if column.name not in _FIXED
        and not column.type.startswith("list")
        and not _is_text_of_amount(column.name, names)
        and (not column.name.endswith(_FIXED_ENDS) or _is_owner(table.name, column.name))
    )


def is_money(column: Column) -> bool:
    """Whether the column holds an amount in yuan."""
    return column.type.startswith("decimal") and column.name.endswith("_yuan")


def parsed(text: str, column: Column) -> Value:
    """A new value as the column's type. Raises ValueError, which says what is wrong."""
    kind = column.type
    if kind == "string":
        if column.values and text not in column.values:
            raise ValueError(f"{text!r} is none of {', '.join(column.values)}")
        return text
    if kind == "bool":
        if text not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return text == "true"
    try:
        if kind.startswith("decimal"):
            return _decimal(text, kind)
        return _integer(text, _INTEGERS[kind])
    except (InvalidOperation, ValueError, KeyError) as error:
        reason = f": {error}" if type(error) is ValueError and "literal" not in str(error) else ""
        raise ValueError(f"{text!r} is no value of type {kind}{reason}") from error


def same(column: Column, seen: str | None, expected: str | None) -> bool:
    """Whether two values, as text, are the same; decimals are compared as numbers."""
    if seen is None or expected is None or not column.type.startswith("decimal"):
        return seen == expected
    try:
        return Decimal(seen.replace(",", "")) == Decimal(expected.replace(",", ""))
    except InvalidOperation:
        return seen == expected


def _is_text_of_amount(name: str, names: set[str]) -> bool:
    return name.endswith("_text") and f"{name.removesuffix('_text')}_yuan" in names


def _is_owner(table: str, name: str) -> bool:
    return (table, name) == ("project_indicators", "project_id")


def _integer(text: str, end: int) -> int:
    value = int(text)
    if not -end <= value < end:
        raise ValueError("too large")
    return value


def _decimal(text: str, kind: str) -> Decimal:
    """An exact decimal that fits ``decimal128(precision,scale)``. Raises ValueError."""
    precision, scale = (int(part) for part in kind[len("decimal128(") : -1].split(","))
    value = Decimal(text.replace(",", ""))
    if not value.is_finite():
        raise ValueError("not a number")
    if value.adjusted() >= precision - scale:
        raise ValueError("too large")
    step = Decimal(1).scaleb(-scale)
    if value != value.quantize(step):
        raise ValueError("finer than the column holds")
    return value.quantize(step)
