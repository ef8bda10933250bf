"""``yusuan inspect``: one page with what was read drawn over it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import ENGINE_HELP, EngineChoice, wrong_usage


def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF.")],
    page: Annotated[int, typer.Option("--page", "-p", min=1, help="Page, counted from 1.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="PNG to write. [default: FILE's name and the page]"),
    ] = None,
    dpi: Annotated[float, typer.Option(min=36, max=400, help="Pixels per inch.")] = 110,
    engine: Annotated[
        EngineChoice, typer.Option("--engine", "-e", help=ENGINE_HELP)
    ] = EngineChoice.auto,
) -> None:
    """Draw a page with its cells, captions and other text, and print its tables.

    The whole document is read, for a table may begin on an earlier page. Exit code 0: done, 1: the
    document or page cannot be read, 2: wrong usage.
    """
    if not file.is_file():
        wrong_usage(f"no such file: {file}")

    from yusuan.convert import convert
    from yusuan.extract.source import ExtractError, open_source
    from yusuan.inspection import LEGEND, in_words, overlay, page_of
    from yusuan.printable import printable_lines
    from yusuan.result import Settings

    result = convert(file, Settings(engine=engine.value))
    raw = page_of(result, page)
    if raw is None:
        count = result.tables["documents"]["page_count"][0].as_py()
        if result.raw is not None and count is not None and page > count:
            wrong_usage(f"{file.name} has pages 1 to {count}; page {page} was asked for")
        typer.echo(f"yusuan inspect: {result.error or f'page {page} cannot be read'}", err=True)
        raise typer.Exit(1)
    target = output or Path(f"{file.stem}-p{page}.png")
    try:
        overlay(open_source(file).data, result, raw, dpi).save(target)
    except ExtractError as error:
        typer.echo(f"yusuan inspect: {error}", err=True)
        raise typer.Exit(1) from error
    except (OSError, ValueError) as error:
        wrong_usage(f"{target} cannot be written: {error}; give a name that ends with .png")
    typer.echo(printable_lines(in_words(result, raw)), nl=False)
    typer.echo(f"{target}: {LEGEND}", err=True)
