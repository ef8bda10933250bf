"""``yusuan run``: many documents to one Parquet dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.cli.options import ENGINE_HELP, EngineChoice, wrong_usage
from yusuan.cli.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yusuan.inputs import Input
    from yusuan.run import Outcome, RunSettings


def run(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="PDF files, folders (searched for *.pdf at any depth), quoted patterns, or lists "
            "of paths (.txt, one a line; .csv, a column named path, or the first).",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the dataset; made if not there.")
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to convert with. [default: all cores]")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume/--fresh",
            help="Reuse documents that were converted before and have not changed, or convert "
            "all inputs again. Failed ones are always tried again.",
        ),
    ] = True,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for one document; no limit by default.")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(metavar="I/N", help="Convert only the I-th of N parts of the inputs."),
    ] = None,
    engine: Annotated[
        EngineChoice | None,
        typer.Option("--engine", "-e", help=f"{ENGINE_HELP} [default: auto]"),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="TOML file with engine, workers, timeout, for what is not given."
        ),
    ] = None,
) -> None:
    """Convert PDFs to a Parquet dataset: one folder per table.

    Documents of earlier runs stay; an input given again is replaced. Exit code 0: all converted,
    1: some failed or are partial (the table documents says why), 2: wrong usage.
    """
    part = _parse_shard(shard) if shard else None
    filed = read_settings(settings)

    from yusuan.convert import Settings
    from yusuan.inputs import InputError, find_inputs, shard_of
    from yusuan.run import RunSettings
    from yusuan.store import StoreError

    try:
        documents = find_inputs(inputs)
        if part:
            documents = shard_of(documents, *part)
        chosen = RunSettings(
            convert=Settings(engine=(engine or filed.engine or EngineChoice.auto).value),
            workers=workers or filed.workers,
            timeout=timeout or filed.timeout,
            resume=resume,
        )
        outcomes = _run_with_progress(documents, out, chosen)
    except (InputError, StoreError) as error:
        wrong_usage(str(error))
    except KeyboardInterrupt as stop:
        typer.echo("Stopped. What is done is kept: the same command goes on from there.", err=True)
        raise typer.Exit(130) from stop
    typer.echo(_summary(outcomes, out))
    raise typer.Exit(0 if all(done.status == "ok" for done in outcomes) else 1)


def _parse_shard(text: str) -> tuple[int, int]:
    index, slash, count = text.partition("/")
    if not (slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        wrong_usage(f"--shard {text}: expected I/N with 1 <= I <= N, for instance 2/8")
    return int(index), int(count)


def _run_with_progress(
    inputs: Sequence[Input], out: Path, settings: RunSettings
) -> tuple[Outcome, ...]:
    """Convert, with a progress bar on stderr where that is a terminal; problems as they come."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    from yusuan.run import run as run_all

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("converting"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=len(inputs))

        def advance(done: Outcome) -> None:
            bar.advance(task)
            if done.status != "ok":
                told = f"{done.status}  {done.source}: {done.error}"
                console.print(told, markup=False, soft_wrap=True)

        return run_all(inputs, out, settings, advance)


def _summary(outcomes: Sequence[Outcome], out: Path) -> str:
    count = dict.fromkeys(("ok", "partial", "failed"), 0)
    for done in outcomes:
        count[done.status] += 1
    reused = sum(done.reused for done in outcomes)
    told = ", ".join(f"{n} {status}" for status, n in count.items())
    return f"{len(outcomes)} inputs: {told} ({reused} unchanged) -> {out}"
