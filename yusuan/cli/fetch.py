"""``yusuan fetch``: only fill the cache, for machines that have no way out."""

from __future__ import annotations

import typer

from yusuan.cli.downloads import (
    CacheOption,
    DelayOption,
    InputsArgument,
    MaxAgeOption,
    MaxDownloadOption,
    PerHostOption,
    fetch_settings,
    fetched,
    tell,
)
from yusuan.cli.options import wrong_usage
from yusuan.printable import printable


def fetch(
    inputs: InputsArgument,
    cache: CacheOption = None,
    delay: DelayOption = 1.0,
    per_host: PerHostOption = 1,
    max_download: MaxDownloadOption = None,
    max_age: MaxAgeOption = 24.0,
) -> None:
    """Fetch documents into the cache and convert nothing; yusuan run --offline then takes them.

    Prints for each document its source, a tab, and the file or what went wrong. Exit code 0: all
    there, 1: some are not, 2: wrong usage. Interrupted, the same command goes on from there.
    """
    from yusuan.fetch import CacheError
    from yusuan.inputs import InputError, find_inputs

    settings = fetch_settings(cache, delay, per_host, max_download, max_age)
    try:
        done = fetched(find_inputs(inputs, tell), settings)
    except (InputError, CacheError) as error:
        wrong_usage(printable(str(error)))
    except KeyboardInterrupt as stop:
        typer.echo("Stopped. What came is kept: the same command goes on from there.", err=True)
        raise typer.Exit(130) from stop
    for one in done:
        told = f"failed: {one.error}" if one.error else one.file
        typer.echo(f"{printable(one.source)}\t{printable(told)}")
    raise typer.Exit(1 if any(one.error for one in done) else 0)
