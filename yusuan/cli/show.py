"""``yusuan show``: a look at a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage
from yusuan.printable import printable_lines


def show(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    table: Annotated[
        str | None, typer.Option("--table", "-t", help="Show the rows of this table only.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, help="Rows to show.")] = 8,
) -> None:
    """Show what a dataset holds: documents, tables by family, row counts, and some rows."""
    from yusuan.look import dataset_overview, table_rows

    if not (out / "manifest.parquet").is_file():
        wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")
    if table is not None and not (out / table).is_dir():
        wrong_usage(f"no table {table!r} in {out}; see: yusuan schema list")
    text = dataset_overview(out, rows) if table is None else table_rows(out, table, rows)
    typer.echo(printable_lines(text), nl=False)
