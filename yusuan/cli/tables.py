"""``yusuan tables``: the raw tables of any PDF, without knowledge of budgets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import ENGINE_HELP, EngineChoice, wrong_usage


class Format(StrEnum):
    """How tables are printed."""

    json = "json"
    csv = "csv"
    md = "md"


def tables(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF.")],
    pages: Annotated[
        str | None, typer.Option(help="Pages, counted from 1, for instance 3,5-7. [default: all]")
    ] = None,
    engine: Annotated[
        EngineChoice, typer.Option("--engine", "-e", help=ENGINE_HELP)
    ] = EngineChoice.auto,
    format: Annotated[
        Format,
        typer.Option(
            "--format", "-f", help="json: cells with spans and places; csv, md: grids of text."
        ),
    ] = Format.json,
) -> None:
    """Print the tables of any PDF as they are drawn, on stdout.

    Exit code 0: read, 1: the file cannot be read as a PDF, or not all of it, 2: wrong usage.
    """
    wanted = _parse_pages(pages) if pages else None
    if not file.is_file():
        wrong_usage(f"no such file: {file}")

    from yusuan.extract.readers import PageNumberError, read_document
    from yusuan.extract.source import EngineError, SourceError, open_source
    from yusuan.rawtables import document_to_csv, document_to_json, document_to_markdown
    from yusuan.result import Settings

    try:
        source = open_source(file)
        raw = read_document(source, Settings(engine=engine.value).reader, wanted, only_tables=True)
    except PageNumberError as error:
        wrong_usage(str(error))
    except SourceError as error:
        typer.echo(f"yusuan tables: {error.message}", err=True)
        raise typer.Exit(1) from error
    except EngineError as error:
        typer.echo(f"yusuan tables: {file}: {error}; give --engine auto", err=True)
        raise typer.Exit(1) from error
    written = {
        Format.json: document_to_json,
        Format.csv: document_to_csv,
        Format.md: document_to_markdown,
    }
    typer.echo(written[format](raw), nl=False)
    for note in raw.notes:
        typer.echo(f"yusuan tables: {raw.file_name}: {note}", err=True)
    if any(not note.startswith("repaired:") for note in raw.notes):
        raise typer.Exit(1)


def _parse_pages(text: str) -> tuple[int, ...]:
    """``3,5-7`` -> (3, 5, 6, 7)."""
    pages: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
            wrong_usage(f"--pages {text}: expected page numbers from 1, for instance 3,5-7")
        pages.update(range(int(first), int(last) + 1))
    return tuple(sorted(pages))
