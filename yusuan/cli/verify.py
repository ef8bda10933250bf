"""``yusuan verify``: whether a dataset is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage
from yusuan.printable import printable


def verify(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    inputs: Annotated[
        bool,
        typer.Option("--inputs", help="Also read the input files: do they have the same bytes?"),
    ] = False,
) -> None:
    """Check a dataset against its manifest: nothing missing, changed, doubled or mixed.

    Exit code 0: sound, 1: something is wrong (one line each, with what to do), 2: wrong usage.
    """
    if not out.is_dir():
        wrong_usage(f"no such folder: {out}")

    from yusuan.arrow import leave_pandas_out
    from yusuan.result import loaded_schemas
    from yusuan.verify import verify as problems_of

    leave_pandas_out()
    n_wrong = 0
    for problem in problems_of(out, loaded_schemas(), inputs):
        n_wrong += not problem.is_harmless
        kind = "note" if problem.is_harmless else "wrong"
        typer.echo(f"{kind}: {printable(problem.told)}")
    if not n_wrong:
        typer.echo(f"{printable(str(out))} is as it was written")
    raise typer.Exit(1 if n_wrong else 0)
