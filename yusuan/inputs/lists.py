"""Lists of documents: ``.txt`` with one a line, ``.csv`` with what the user knows of each."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yusuan.inputs.model import Given, InputError

LIST_SUFFIXES: Final = frozenset({".txt", ".csv"})

# Headings as people write them, without spaces and in lower case. Of two columns that name the
# document, path goes before url, which then is what the list says of it.
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "path": ("path", "file", "source", "文件", "文件路径", "路径"),
    "url": ("url", "link", "网址", "链接", "文件链接", "来源网址", "下载地址"),
    "province": ("province", "省", "省份", "省级", "省（自治区、直辖市）"),
    "city": ("city", "市", "城市", "地市", "地级市"),
    "district": ("district", "county", "区", "县", "区县", "区（县）", "区/县", "县区", "县（区）"),
    "publisher": (
        *("publisher", "department", "unit", "编制单位", "编制部门", "发布单位", "公开单位"),
        *("部门", "单位", "部门名称", "单位名称", "预算单位"),
    ),
    "year": ("year", "fiscal_year", "年", "年度", "年份", "预算年度", "财政年度", "会计年度"),
}
_FIELD_OF: Final = {name: field for field, names in _HEADINGS.items() for name in names}
_YEAR: Final = re.compile(r"((?:19|20)\d\d)(?:\.0+)?年?度?")  # spreadsheets save 2026.0


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry: the path or address as written, what is said of it, and the line it stands on."""

    name: str
    given: Given
    line: int


@dataclass(frozen=True, slots=True)
class DocumentList:
    """A list as read. ``unused``: headings of columns that mean nothing to yusuan."""

    entries: tuple[Listed, ...]
    unused: tuple[str, ...] = ()


def read_list(path: Path) -> DocumentList:
    """The entries of a list in UTF-8 (with or without mark), UTF-16 with mark, or GB18030.

    Raises InputError where the file cannot be read, lists nothing, or a year is none.
    """
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is neither UTF-8 nor GB18030 text; save it as UTF-8") from error
    listed = _read_csv(text, path) if path.suffix.lower() == ".csv" else _read_lines(text)
    if not listed.entries:
        raise InputError(f"{path} lists no files")
    return listed


def read_names(data: bytes) -> DocumentList:
    """What another program pipes in: a name a line as in ``.txt``, or as ``find -print0`` has it.

    The latter are taken as they are, whatever characters they have. Raises InputError.
    """
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in data and not is_utf16:
        names = [os.fsdecode(name) for name in data.split(b"\0") if name]
        return DocumentList(tuple(Listed(name, Given(), n) for n, name in enumerate(names, 1)))
    try:
        listed = _read_lines(_decoded(data))
    except UnicodeDecodeError as error:
        raise InputError("stdin is neither UTF-8 nor GB18030 text") from error
    if not listed.entries:
        raise InputError("stdin lists no files")
    return listed


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")  # a spreadsheet's "Unicode text"
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _read_lines(text: str) -> DocumentList:
    # Not splitlines: a name may hold other characters that it takes for ends of lines.
    lines = ((n, line.strip()) for n, line in enumerate(re.split(r"\r\n?|\n", text), start=1))
    return DocumentList(
        tuple(Listed(line, Given(), n) for n, line in lines if line and not line.startswith("#"))
    )


def _read_csv(text: str, path: Path) -> DocumentList:
    """Columns by their headings; without a heading that names documents, the first column."""
    first_line = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first_line and "," not in first_line else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{path} line {reader.line_num}: not CSV: {error}") from error
    if not rows:
        return DocumentList(())
    fields = [_FIELD_OF.get(_heading(cell)) for cell in rows[0][1]]
    if not {"path", "url"} & set(fields):
        return DocumentList(_without_headings(rows))
    _refuse_repeated(fields, rows[0][1], path)
    pairs = zip(rows[0][1], fields, strict=True)
    unused = tuple(cell.strip() for cell, field in pairs if field is None and cell.strip())
    return DocumentList(tuple(_by_heading(rows[1:], fields, path)), unused)


def _heading(cell: str) -> str:
    return "".join(cell.split()).lower().replace("(", "（").replace(")", "）")


def _refuse_repeated(fields: Sequence[str | None], header: Sequence[str], path: Path) -> None:
    for at, field in enumerate(fields):
        if field is not None and field in fields[:at]:
            first, second = header[fields.index(field)], header[at]
            raise InputError(f"{path}: two columns mean the {field}: {first!r} and {second!r}")


def _without_headings(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[Listed, ...]:
    return tuple(Listed(row[0].strip(), Given(), n) for n, row in rows if row[0].strip())


def _by_heading(
    rows: Sequence[tuple[int, Sequence[str]]], fields: Sequence[str | None], path: Path
) -> Iterator[Listed]:
    for line, row in rows:
        cells = zip(fields, row, strict=False)
        values = {field: cell.strip() for field, cell in cells if field and cell.strip()}
        name = values.pop("path", None) or values.get("url")
        if name is None:
            raise InputError(f"{path} line {line}: the row names no file and no address")
        year = values.pop("year", None)
        yield Listed(name, Given(**values, year=_year(year, path, line)), line)


def _year(text: str | None, path: Path, line: int) -> int | None:
    if text is None:
        return None
    if (match := _YEAR.fullmatch("".join(text.split()))) is None:
        raise InputError(f"{path} line {line}: {text!r} is no year (expected e.g. 2026 or 2026年)")
    return int(match[1])
