"""All verbs of the command line, and what becomes of wrong usage.

Only typer is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Annotated, Final

import typer

from yusuan import __version__
from yusuan.cli import (
    audit,
    check,
    diff,
    export,
    fetch,
    inspect,
    merge,
    report,
    review,
    run,
    schema,
    show,
    tables,
    verify,
)
from yusuan.printable import printable
from yusuan.schemas.model import SchemaError

app = typer.Typer(
    name="yusuan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Chinese budget disclosure PDFs (部门预算/决算公开) to Parquet, every figure with its "
    "place on the page.",
    epilog="Exit codes: 0 all documents converted, 1 some failed or are partial, 2 wrong usage. "
    "Data goes to stdout, progress to stderr.",
)
# In the order in which --help lists them.
_COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "run": run.run,
    "audit": audit.audit,
    "check": check.check,
    "diff": diff.diff,
    "export": export.export,
    "fetch": fetch.fetch,
    "inspect": inspect.inspect,
    "merge": merge.merge,
    "report": report.report,
    "review": review.review,
    "show": show.show,
    "tables": tables.tables,
    "verify": verify.verify,
}
for _verb, _command in _COMMANDS.items():
    app.command(_verb)(_command)
app.add_typer(schema.app, name="schema")
_VERBS: Final = frozenset({*_COMMANDS, "schema"})


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yusuan {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Holds the options that stand before the verb."""


def run_command() -> None:
    """Run the command line; wrong usage is one line on stderr and exit code 2."""
    logging.getLogger().addHandler(logging.NullHandler())  # libraries' words on broken files
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        code = app(prog_name="yusuan", standalone_mode=False)
    except typer.TyperException as error:
        message = printable(" ".join(error.format_message().split()))
        command = " ".join(["yusuan", *(word for word in sys.argv[1:2] if word in _VERBS)])
        typer.echo(f"{command}: {message} (see {command} --help)", err=True)
        sys.exit(2)
    except SchemaError as error:
        typer.echo(f"yusuan: {error}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
