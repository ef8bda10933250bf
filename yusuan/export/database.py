"""One DuckDB file: every table with its comments, and views that people would write first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from yusuan.export.dataset import DatasetTable, ExportError


@dataclass(frozen=True, slots=True)
class View:
    """A view of ``views.sql``: its name, the statement that makes it, what it is for."""

    name: str
    sql: str
    comment: str


def write_database(tables: Sequence[DatasetTable], path: Path) -> Path:
    """Write the database; it replaces an older one as a whole.

    Raises ExportError where the package duckdb is missing or the file cannot be written.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ExportError(
            "the package duckdb is not installed: pip install 'yusuan[duckdb]'"
        ) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    # An absolute path: DuckDB takes names such as md:x or :memory: for something else than a file.
    temporary = path.absolute().with_name(f"{path.name}.tmp")
    try:
        _remove(temporary)
        with duckdb.connect(str(temporary)) as database:
            _fill(database, tables)
        temporary.replace(path)
    except duckdb.BinderException as error:  # a view asks for a column that is not there
        _remove(temporary)
        told = str(error).partition("\n")[0]
        raise ExportError(f"the dataset is of an earlier version, run it again: {told}") from error
    except (duckdb.Error, OSError) as error:
        _remove(temporary)
        raise ExportError(f"{path} cannot be written: {error}; is it open elsewhere?") from error
    return path


def _fill(database: Any, tables: Sequence[DatasetTable]) -> None:
    for table in tables:
        _copy(database, table)
    made = {table.name for table in tables}
    for view in views():
        if _needs(view) <= made:
            database.execute(view.sql)
            database.execute(f"COMMENT ON VIEW {view.name} IS {_literal(view.comment)}")
            made.add(view.name)


def _remove(temporary: Path) -> None:
    """Remove what an export that was broken off left, its journal too."""
    for path in (temporary, temporary.with_name(f"{temporary.name}.wal")):
        path.unlink(missing_ok=True)


def views() -> Iterator[View]:
    """The views, in an order in which each needs only earlier ones."""
    text = (files("yusuan.export") / "views.sql").read_text(encoding="utf-8")
    for part in text.split(";\n"):
        if match := re.search(r"CREATE OR REPLACE VIEW (\w+)", part):
            comment = " ".join(
                line.removeprefix("-- ")
                for line in part[: match.start()].strip().split("\n\n")[-1].splitlines()
            )
            yield View(match[1], part[match.start() :], comment)


def _needs(view: View) -> set[str]:
    """The tables and earlier views that a view reads."""
    return set(re.findall(r"(?:FROM|JOIN) (\w+)", view.sql)) - {"long"}


def _copy(database: Any, table: DatasetTable) -> None:
    # Read by Arrow: read_parquet would take [ and * in a path as patterns, and a=b in it as a
    # column. One reader, so that rows keep the order of the dataset.
    database.register("stored", table.reader())
    database.execute(f"CREATE TABLE {table.name} AS SELECT * FROM stored")
    database.unregister("stored")
    titles = f"{table.title_zh} · {table.title_en}. {table.description}"
    database.execute(f"COMMENT ON TABLE {table.name} IS {_literal(titles)}")
    for field in table.fields:
        text = f"{field.label_zh} · {field.label_en}: {field.meaning}"
        database.execute(f'COMMENT ON COLUMN {table.name}."{field.name}" IS {_literal(text)}')


def _literal(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
