"""The data files of this folder as lines of text, and what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from yusuan.schemas.model import SchemaError

Row = Mapping[str, str]


class Problems:
    """The problems found so far, one line each: ``file:line: what is wrong; what was expected``."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, file: str, line: int, text: str) -> None:
        """Note a problem at a line of a file (line 1 is the header)."""
        self.lines.append(f"{file}:{line}: {text}")

    def raise_if_any(self) -> None:
        """Raise SchemaError naming every problem, if there is one."""
        if self.lines:
            count = len(self.lines)
            head = "1 problem" if count == 1 else f"{count} problems"
            raise SchemaError("\n".join([f"{head} in the schema files", *self.lines]))


class DataFile:
    """A CSV file: UTF-8, a header line, the same number of fields on every line."""

    def __init__(self, folder: Path, name: str, columns: Sequence[str], problems: Problems) -> None:
        self.name = name
        self.problems = problems
        self.rows: list[tuple[int, Row]] = []
        self.bytes = b""
        path = folder / name
        if not path.is_file():
            problems.add(name, 1, f"file is missing; expected the columns {','.join(columns)}")
            return
        self.bytes = path.read_bytes()
        try:
            text = self.bytes.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.bytes[: error.start].count(b"\n") + 1
            problems.add(name, line, "not UTF-8; save the file as CSV UTF-8")
            return
        self._read(text, columns)

    def _read(self, text: str, columns: Sequence[str]) -> None:
        reader = csv.reader(text.splitlines(keepends=True))
        header = next(reader, [])
        if header != list(columns):
            self.problem(1, f"columns are {','.join(header)}; expected {','.join(columns)}")
            return
        for fields in reader:
            line = reader.line_num
            if not any(fields):
                continue
            if len(fields) != len(columns):
                self.problem(line, f"{len(fields)} fields; expected {len(columns)}")
                continue
            self.rows.append((line, dict(zip(columns, (f.strip() for f in fields), strict=True))))

    def problem(self, line: int, text: str) -> None:
        """Note a problem at a line of this file."""
        self.problems.add(self.name, line, text)

    def unique(self, *keys: str) -> Iterator[tuple[int, Row]]:
        """Yield line number and row; a row whose ``keys`` were seen before is a problem."""
        seen: dict[tuple[str, ...], int] = {}
        for line, row in self.rows:
            key = tuple(row[k] for k in keys)
            if key in seen:
                name = ", ".join(f"{k} {row[k]!r}" for k in keys)
                self.problem(line, f"{name} stands in line {seen[key]} already; keep one of them")
                continue
            seen[key] = line
            yield line, row
