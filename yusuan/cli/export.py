"""``yusuan export``: a dataset as CSV, a workbook, a DuckDB file or a Data Package."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.cli.options import wrong_usage

if TYPE_CHECKING:
    from yusuan.export.dataset import DatasetTable

# One row per cell as drawn: the bulk of a dataset, and of use only beside the pages.
_BULKY = ("cells",)


class Form(StrEnum):
    """What a dataset can be exported to."""

    csv = "csv"
    xlsx = "xlsx"
    duckdb = "duckdb"
    datapackage = "datapackage"


class Heading(StrEnum):
    """What stands above the columns."""

    names = "names"
    zh = "zh"
    en = "en"


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    to: Annotated[Form, typer.Option("--to", help="What to write.")],
    target: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="File (xlsx, duckdb) or folder (csv, datapackage) to write; default: OUT with "
            "the form as its suffix.",
        ),
    ] = None,
    table: Annotated[
        list[str] | None,
        typer.Option("--table", "-t", help="Only this table; may be given several times."),
    ] = None,
    headings: Annotated[
        Heading | None,
        typer.Option(
            "--headings", help="Column headings of csv (default names) and xlsx (default zh)."
        ),
    ] = None,
) -> None:
    """Write a dataset in another form; the codebook comes with csv and datapackage.

    The table cells is left out of csv, xlsx and datapackage unless named with --table. Text that a
    spreadsheet could run as a formula gets an apostrophe in front in CSV files. Exit code 0: done,
    2: wrong usage, no dataset, or a file that cannot be written.
    """
    from yusuan.export.dataset import ExportError, open_dataset

    names = table or None
    try:
        tables = open_dataset(out, names)
        if names is None and to is not Form.duckdb:
            tables = tuple(one for one in tables if one.name not in _BULKY)
        written = _write(tables, to, target or _default_target(out, to), headings, out)
    except (ExportError, OSError) as error:
        wrong_usage(str(error))
    typer.echo(str(written))


def _default_target(out: Path, to: Form) -> Path:
    """Beside the dataset: a folder for forms of several files, else one file."""
    whole = out.resolve()
    is_folder = to in (Form.csv, Form.datapackage)
    return whole.parent / (f"{whole.name}-{to}" if is_folder else f"{whole.name}.{to}")


def _write(
    tables: tuple[DatasetTable, ...], to: Form, target: Path, headings: Heading | None, out: Path
) -> Path:
    """Write the form; what was written. Libraries are imported where they are needed."""
    if to is Form.csv:
        from yusuan.export.codebook import write_codebooks
        from yusuan.export.csv_files import write_csv_files

        write_csv_files(tables, target, (headings or Heading.names).value)
        write_codebooks(tables, target)
        return target
    if to is Form.xlsx:
        from yusuan.export.workbook import write_workbook

        return write_workbook(tables, target, (headings or Heading.zh).value, out.resolve().name)
    if to is Form.duckdb:
        from yusuan.export.database import write_database

        return write_database(tables, target)
    from yusuan.export.package import write_package

    return write_package(tables, target)
