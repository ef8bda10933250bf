"""``yusuan report``: one HTML file that tells what a dataset holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="HTML file to write. [default: OUT.html beside OUT]"),
    ] = None,
    documents: Annotated[
        int, typer.Option(min=0, help="Documents whose pages are shown, those with most to see.")
    ] = 20,
    pictures: Annotated[
        int, typer.Option(min=0, help="Page pictures in all; each adds some 30 kB.")
    ] = 120,
) -> None:
    """Write a report to read or to send: documents, what is proved, what fails, pages and tables.

    One file without script that needs no network. Pictures are made where the PDFs still are at
    the paths that were read. Exit code 0: written, 2: wrong usage.
    """
    if not (out / "manifest.parquet").is_file():
        wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")

    from yusuan.report.html import ReportSettings, write_report

    whole = out.resolve()
    target = output or whole.with_name(f"{whole.name}.html")
    try:
        typer.echo(str(write_report(out, target, ReportSettings(documents, pictures))))
    except OSError as error:
        wrong_usage(f"{target} cannot be written: {error.strerror}")
