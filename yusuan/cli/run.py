"""``yusuan run``: many documents to one Parquet dataset."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from yusuan.cli.downloads import (
    CacheOption,
    ClusterOption,
    DelayOption,
    InputsArgument,
    MaxAgeOption,
    MaxDownloadOption,
    OfflineOption,
    PerHostOption,
    UploadOption,
    fetch_settings,
    fetched,
    tell,
)
from yusuan.cli.options import ENGINE_HELP, EngineChoice, wrong_usage
from yusuan.cli.settings import parse_size, read_settings
from yusuan.printable import printable, printable_lines
from yusuan.ready import make_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yusuan.cluster import Crew
    from yusuan.inputs import Input
    from yusuan.progress import Meter
    from yusuan.run import Outcome, RunSettings
    from yusuan.workers import WorkerPool

# Processes that start before it is known how many documents there are.
_STARTED_AHEAD: Final = 2
# Seconds between two lines of progress where there is no terminal.
_TELL_EVERY: Final = 30.0


def run(
    inputs: InputsArgument,
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
        float | None, typer.Option(min=0.1, help="Seconds for one document. [default: 600]")
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Memory for one document, as 512M or 2G. [default: 2G]"),
    ] = None,
    max_pages: Annotated[
        int | None, typer.Option(min=1, help="Refuse longer documents. [default: 20000]")
    ] = None,
    max_file_size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Refuse larger files. [default: 512M]")
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help="Convert only the I-th of N parts of the inputs, for instance one per machine; "
            "see yusuan merge.",
        ),
    ] = None,
    engine: Annotated[
        EngineChoice | None,
        typer.Option("--engine", "-e", help=f"{ENGINE_HELP} [default: auto]"),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="TOML file with engine, workers, timeout, memory, for what is not given.",
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            "-c",
            metavar="FILE",
            help="Decisions of reviewers (see yusuan review), applied to what they were made on.",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit code 1 also where a decision could not be applied: the reading changed, the "
            "row is gone, or decisions contradict each other.",
        ),
    ] = False,
    ocr_pages: Annotated[
        int,
        typer.Option(
            min=0,
            help="Pages of a document that are recognised where they are pictures (extra ocr).",
        ),
    ] = 100,
    cluster: ClusterOption = None,
    upload: UploadOption = None,
    cache: CacheOption = None,
    delay: DelayOption = 1.0,
    per_host: PerHostOption = 1,
    max_download: MaxDownloadOption = None,
    max_age: MaxAgeOption = 24.0,
    offline: OfflineOption = False,
) -> None:
    """Convert PDFs to a Parquet dataset: one folder per table.

    Documents of earlier runs stay; an input given again is replaced. A document that crashes its
    reader, or exceeds its time or memory, fails alone. Ctrl-C keeps what is done: the same command
    goes on from there. Exit code 0: all converted, 1: some failed or are partial (the table
    documents says why), 2: wrong usage.
    """
    part = _parse_shard(shard) if shard else None
    filed = read_settings(settings)
    n_memory = parse_size(memory, "--memory") or filed.memory
    n_file = parse_size(max_file_size, "--max-file-size")
    fetching = fetch_settings(cache, delay, per_host, max_download, max_age, offline)

    from yusuan.workers import STANDARD_MEMORY, STANDARD_TIMEOUT, PoolError, WorkerPool, cpu_count

    n_workers = workers or filed.workers or cpu_count()
    seconds = timeout or filed.timeout or STANDARD_TIMEOUT
    pool = WorkerPool(n_workers, seconds, n_memory or STANDARD_MEMORY, make_ready)
    if not cluster and not out.exists():  # then there is something to convert
        is_one = len(inputs) == 1 and inputs[0].lower().endswith(".pdf")
        for _ in range(min(n_workers, 1 if is_one else _STARTED_AHEAD)):
            pool.start_one()  # it loads what it needs while we do

    from yusuan.arrow import leave_pandas_out
    from yusuan.cluster import ClusterError, Crew
    from yusuan.corrections.file import by_document, read_corrections
    from yusuan.corrections.model import CorrectionError
    from yusuan.fetch import CacheError
    from yusuan.inputs import InputError, find_inputs, shard_of
    from yusuan.limits import Limits
    from yusuan.result import Settings, loaded_schemas
    from yusuan.run import RunSettings
    from yusuan.store import Store, StoreError, WriteError
    from yusuan.upload import AddressError, UploadError, check_address, copy_dataset

    leave_pandas_out()
    standard = RunSettings()
    try:
        documents = find_inputs(inputs, tell)
        if part:
            documents = shard_of(documents, *part)
        chosen = RunSettings(
            convert=Settings(
                engine=(engine or filed.engine or EngineChoice.auto).value, ocr_pages=ocr_pages
            ),
            workers=workers or filed.workers,
            timeout=seconds,
            memory=n_memory or STANDARD_MEMORY,
            resume=resume,
            limits=Limits(
                pages=max_pages or standard.limits.pages, file=n_file or standard.limits.file
            ),
            corrections=by_document(read_corrections(corrections)) if corrections else {},
        )
        crew = Crew(cluster, chosen.workers, chosen.timeout, chosen.memory) if cluster else None
        if upload:
            check_address(upload)
        Store(out, loaded_schemas()).prepare()  # tells before hours of fetching
        with _stopped_by_sigterm():
            documents = fetched(documents, fetching)
            outcomes = _run_with_progress(documents, out, chosen, crew, pool)
            if upload:
                copy_dataset(out, upload)
    except (WriteError, PoolError, ClusterError, UploadError) as error:
        typer.echo(f"yusuan run: {printable(str(error))}", err=True)
        raise typer.Exit(1) from error
    except (InputError, StoreError, CacheError, AddressError, CorrectionError) as error:
        wrong_usage(printable(str(error)))
    except KeyboardInterrupt as stop:
        typer.echo("Stopped. What is done is kept: the same command goes on from there.", err=True)
        raise typer.Exit(130) from stop
    finally:
        pool.close()
    typer.echo(_summary(outcomes, out))
    is_refused = False
    if chosen.corrections:
        from yusuan.corrections.telling import corrections_told  # imports pandas

        text, n_refused = corrections_told(out, chosen.corrections)
        typer.echo(printable_lines(text))
        is_refused = strict and n_refused > 0
    is_done = all(done.status == "ok" for done in outcomes) and not is_refused
    raise typer.Exit(0 if is_done else 1)


@contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """Batch systems end a job with SIGTERM: the same as Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parse_shard(text: str) -> tuple[int, int]:
    index, slash, count = text.partition("/")
    if not (slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        wrong_usage(f"--shard {text}: expected I/N with 1 <= I <= N, for instance 2/8")
    return int(index), int(count)


def _run_with_progress(
    inputs: Sequence[Input],
    out: Path,
    settings: RunSettings,
    crew: Crew | None,
    pool: WorkerPool,
) -> tuple[Outcome, ...]:
    """Convert, and tell on stderr how far it is, and each problem as it comes."""
    from yusuan.progress import Meter
    from yusuan.run import run as run_all
    from yusuan.run import total_size

    meter = Meter(len(inputs), total_size(inputs))
    with (_on_terminal if sys.stderr.isatty() else _in_log)(meter) as advance:

        def take(done: Outcome) -> None:
            meter.add(done)
            problem = f"{done.status}  {done.source}: {done.error}"
            advance(printable(problem) if done.status != "ok" else None)

        elsewhere = crew.convert_all if crew else None
        return run_all(inputs, out, settings, take, elsewhere, pool=pool)


@contextmanager
def _on_terminal(meter: Meter) -> Iterator[Callable[[str | None], None]]:
    """A bar that moves, with problems as lines above it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("converting"), BarColumn(), TextColumn("{task.fields[line]}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=meter.n_bytes, line="")

        def advance(problem: str | None) -> None:
            bar.update(task, completed=meter.done_bytes, line=meter.line)
            if problem is not None:
                console.print(problem, markup=False, soft_wrap=True)

        yield advance


@contextmanager
def _in_log(meter: Meter) -> Iterator[Callable[[str | None], None]]:
    """Problems as lines, and now and then one that tells how far it is."""
    told = time.monotonic()

    def advance(problem: str | None) -> None:
        nonlocal told
        if problem is not None:
            typer.echo(problem, err=True)
        if time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            typer.echo(meter.line, err=True)

    yield advance


def _summary(outcomes: Sequence[Outcome], out: Path) -> str:
    count = dict.fromkeys(("ok", "partial", "failed"), 0)
    for done in outcomes:
        count[done.status] += 1
    reused = sum(done.reused for done in outcomes)
    told = ", ".join(f"{n} {status}" for status, n in count.items())
    return f"{len(outcomes)} inputs: {told} ({reused} unchanged) -> {printable(str(out))}"
