"""``yusuan check``: the accounting identities of a dataset, those that fail first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage
from yusuan.printable import printable_lines


def check(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    all_: Annotated[
        bool,
        typer.Option(
            "--all", help="Also list what holds, soft identities that fail, and what did not apply."
        ),
    ] = False,
) -> None:
    """Print the accounting identities (勾稽关系) that fail, the most telling first.

    Each with its difference, document, page and table; at the end how many figures are proved.
    Exit code 0: none fails, 1: some fail, 2: wrong usage.
    """
    from yusuan.prove.report import check_report

    if not (out / "manifest.parquet").is_file():
        wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")
    report = check_report(out, all_)
    typer.echo(printable_lines(report.text), nl=False)
    raise typer.Exit(1 if report.n_failed else 0)
