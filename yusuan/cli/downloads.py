"""Options about documents that are elsewhere, shared by ``run`` and ``fetch``; fetching, told."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from yusuan.cli.settings import parse_size
from yusuan.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yusuan.fetch import FetchSettings
    from yusuan.inputs import Input

# Seconds between two lines of progress where there is no terminal.
_TELL_EVERY: Final = 30.0

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="PDF files, folders (searched for *.pdf at any depth), quoted patterns, addresses "
        "(https://, s3://, gs://), or lists of these (.txt, one a line; .csv, a column named path "
        "or url, or the first; - for a list on stdin).",
    ),
]
CacheOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where downloads are kept. [default: yusuan in your cache folder]",
    ),
]
DelayOption = Annotated[
    float,
    typer.Option(min=0, help="Seconds between two requests to the same host."),
]
PerHostOption = Annotated[int, typer.Option(min=1, help="Downloads from a host at a time.")]
MaxDownloadOption = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="Refuse larger downloads. [default: 200M]"),
]
MaxAgeOption = Annotated[
    float,
    typer.Option(
        min=0,
        metavar="HOURS",
        help="Ask the server again about copies older than that.",
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Convert on this Ray cluster (host:port, or auto on one of its nodes); --workers is "
        "then the number of its cores to use. Needs yusuan[ray].",
    ),
]
UploadOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Copy the dataset there when it is done, for instance s3://bucket/dataset.",
    ),
]
OfflineOption = Annotated[
    bool,
    typer.Option("--offline", help="Take only what the cache has."),
]


def fetch_settings(
    cache: Path | None,
    delay: float,
    per_host: int,
    max_download: str | None,
    max_age: float,
    offline: bool = False,
) -> FetchSettings:
    """The settings that these options mean."""
    max_size = parse_size(max_download, "--max-download")

    from yusuan.fetch import FetchSettings, default_cache

    standard = FetchSettings(cache=cache or default_cache())
    return replace(
        standard,
        delay=delay,
        per_host=per_host,
        max_size=max_size or standard.max_size,
        max_age=max_age * 3600,
        offline=offline,
    )


def tell(told: str) -> None:
    """A word about the inputs, on stderr."""
    typer.echo(printable(told), err=True)


def fetched(inputs: Sequence[Input], settings: FetchSettings) -> tuple[Input, ...]:
    """The inputs, each with its file; problems and how far it is on stderr."""
    from yusuan.fetch import fetch_inputs
    from yusuan.inputs.find import is_address

    n_waiting = sum(one.error is None and is_address(one.source) for one in inputs)
    if not n_waiting:
        return tuple(inputs)
    if not sys.stderr.isatty():
        return fetch_inputs(inputs, settings, _Log(n_waiting).advance)

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("fetching"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=n_waiting)
        return fetch_inputs(inputs, settings, lambda one: bar.advance(task))


class _Log:
    """A line now and then, where there is no terminal."""

    def __init__(self, n_waiting: int) -> None:
        self._n_waiting, self._n_done, self._told = n_waiting, 0, time.monotonic()
        typer.echo(f"fetching {n_waiting:,} documents", err=True)

    def advance(self, one: Input) -> None:
        """Another document is done."""
        self._n_done += 1
        if time.monotonic() - self._told > _TELL_EVERY:
            self._told = time.monotonic()
            typer.echo(f"fetched {self._n_done:,} of {self._n_waiting:,}", err=True)
