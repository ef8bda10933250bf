"""``yusuan schema``: the data dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage

app = typer.Typer(
    rich_markup_mode=None, help="The data dictionary of the output: tables and columns, bilingual."
)


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_tables()


@app.command("list")
def list_tables() -> None:
    """List the tables."""
    from yusuan.result import loaded_schemas

    for table in loaded_schemas().tables.values():
        typer.echo(f"{table.name}\t{table.title_zh}\t{table.title_en}")


@app.command("show")
def show_table(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A table, as in: yusuan schema list.")
    ],
) -> None:
    """Show the columns of a table: name, type, labels, meaning, allowed values."""
    from yusuan.result import loaded_schemas

    tables = loaded_schemas().tables
    if name not in tables:
        wrong_usage(f"no table {name!r}; there are: {', '.join(tables)}")
    table = tables[name]
    typer.echo(f"{table.name}: {table.title_zh} / {table.title_en}")
    typer.echo(table.description)
    typer.echo(f"key: {', '.join(table.key)}")
    for column in table.columns:
        null = "null" if column.nullable else "not null"
        typer.echo(f"\n{column.name}  {column.type}  {null}  {column.label_zh} / {column.label_en}")
        if column.meaning:
            typer.echo(f"    {column.meaning}")
        if column.values:
            typer.echo(f"    one of: {' | '.join(column.values)}")


@app.command("learn")
def learn(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF.", dir_okay=False)],
    source: Annotated[
        str, typer.Option(help="Where the lines were seen: written in their last field.")
    ] = "",
) -> None:
    """Propose data lines for what a document's tables have and nobody knows; see adding-a-place."""
    from yusuan.extract.readers import read_document
    from yusuan.extract.source import SourceError, open_source
    from yusuan.learn import as_text, propose
    from yusuan.normalize.document import normalize, prepare
    from yusuan.result import loaded_schemas

    try:
        raw = read_document(open_source(file))
    except SourceError as error:
        wrong_usage(error.message)
    index = prepare(loaded_schemas())
    proposals = propose(normalize(raw, index), index, source or file.name)
    if proposals:
        typer.echo(as_text(proposals))
    told = f"{len(proposals)} lines proposed; review each before adding it to schemas/"
    typer.echo(told if proposals else "every table is known", err=True)
