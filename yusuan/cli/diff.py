"""``yusuan diff``: figures that changed between two datasets."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.cli.options import wrong_usage

if TYPE_CHECKING:
    from yusuan.compare import Comparison, Difference


class Format(StrEnum):
    """How differences are printed."""

    text = "text"
    csv = "csv"


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A dataset made by yusuan run.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Another one.")],
    format: Annotated[
        Format, typer.Option("--format", "-f", help="text, or csv with every difference.")
    ] = Format.text,
) -> None:
    """Print the figures that differ between two versions of a disclosure, or between two runs.

    A document is paired with the same bytes, else with the one of the same publisher, year, kind
    and scope, else (where it does not print these) with the file of the same name. Exit code 0:
    all figures are the same, 1: some differ or documents have no pair, 2: wrong usage.
    """
    for out in (old, new):
        if not (out / "manifest.parquet").is_file():
            wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")

    from yusuan.compare import compare
    from yusuan.schemas.loader import load

    found = compare(old, new, load())
    typer.echo(_csv(found) if format is Format.csv else _text(found), nl=False)
    raise typer.Exit(1 if found.differences or found.only_old or found.only_new else 0)


_COLUMNS = (
    "change", "document", "table", "figure", "column", "old", "new", "old_place", "new_place",
)  # fmt: skip


def _csv(found: Comparison) -> str:
    from yusuan.export.guard import guarded

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found.differences:
        writer.writerow(guarded(getattr(one, column) or "") for column in _COLUMNS)
    return text.getvalue()


def _text(found: Comparison) -> str:
    from yusuan.printable import printable

    lines = []
    document = None
    for one in found.differences:
        if one.document != document:
            document = one.document
            lines.append(printable(document))
        was = f"{one.old} ({one.old_place})" if one.old_place else "-"
        now = f"{one.new} ({one.new_place})" if one.new_place else "-"
        told = f"  {one.change} {one.table} {one.figure} {one.column}: {was} -> {now}{_by(one)}"
        lines.append(printable(told))
    lines += [printable(f"only in OLD: {name}") for name in found.only_old]
    lines += [printable(f"only in NEW: {name}") for name in found.only_new]
    n = len(found.differences)
    kinds = Counter(one.change for one in found.differences)
    told = ", ".join(f"{count} {change}" for change, count in kinds.most_common())
    lines.append(
        f"{n} {'difference' if n == 1 else 'differences'}{told and f' ({told})'}; documents: "
        f"{found.n_same_bytes} with the same bytes, {found.n_same_disclosure} published again, "
        f"{len(found.only_old)} only in OLD, {len(found.only_new)} only in NEW"
    )
    return "\n".join(lines) + "\n"


def _by(one: Difference) -> str:
    """By how much an amount changed."""
    if one.old is None or one.new is None or not one.column.endswith("_yuan"):
        return ""
    return f" ({Decimal(one.new) - Decimal(one.old):+,.2f})"
