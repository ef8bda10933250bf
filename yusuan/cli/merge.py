"""``yusuan merge``: datasets made from shards on several machines to one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage
from yusuan.printable import printable


def merge(
    parts: Annotated[
        list[str],
        typer.Argument(
            metavar="PART...",
            help="Datasets made by yusuan run --shard: folders, or addresses (s3://…) of a dataset "
            "or of a folder of datasets.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the dataset; made if not there.")
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to write with. [default: all cores]")
    ] = None,
) -> None:
    """Make one dataset of several: the same bytes as one run over all inputs would give.

    The parts stay as they are. Exit code 0: merged, 1: writing failed, 2: wrong usage, also where
    the parts do not fit together.
    """
    from yusuan.arrow import leave_pandas_out
    from yusuan.run import merge_all
    from yusuan.store import StoreError, WriteError

    leave_pandas_out()
    try:
        recorded = merge_all(parts, out, workers)
    except WriteError as error:
        typer.echo(f"yusuan merge: {printable(str(error))}", err=True)
        raise typer.Exit(1) from error
    except StoreError as error:
        wrong_usage(printable(str(error)))
    typer.echo(f"{len(recorded)} inputs -> {printable(str(out))}")
