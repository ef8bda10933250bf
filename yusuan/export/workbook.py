"""One Excel workbook: a sheet per table, the sources, the failed checks, and the codebook.

Codes are text, so that no zero and no digit is lost; text is never taken for a formula. Amounts
are numbers; one too long for a spreadsheet's 15 digits is written as text rather than rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yusuan.export.dataset import (
    DatasetTable,
    ExportError,
    Field,
    Labels,
    headings,
    plain_text,
)

# Limits of the format (ECMA-376, Excel specifications): rows of a sheet, characters of a cell.
MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_MAX_NAME = 31
# What a spreadsheet's double shows of a number; more digits would be rounded without a word.
_MAX_DIGITS = 15
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ufffe\uffff]")
_NOT_IN_XML = re.compile(r"[\ufffe\uffff]")  # other control characters xlsxwriter escapes
_DOCUMENT_COLUMNS = (
    "source",
    "file_name",
    "doc_id",
    "status",
    "error",
    "publisher",
    "fiscal_year",
    "doc_kind",
    "page_count",
    "n_amounts",
    "n_proved",
)


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Format
    text: Format
    money: Format
    wrap: Format


def write_workbook(
    tables: Sequence[DatasetTable], path: Path, labels: Labels = "zh", title: str = ""
) -> Path:
    """Write the workbook. Raises ExportError where the file cannot be written."""
    by_name = {table.name: table for table in tables}
    temporary = path.with_suffix(".tmp.xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(str(temporary), options) as book:
            formats = _Formats(
                book.add_format({"bold": True, "bg_color": "#DDE7F0", "bottom": 1}),
                book.add_format({"num_format": "@"}),
                book.add_format({"num_format": "#,##0.00"}),
                book.add_format({"text_wrap": True, "valign": "top"}),
            )
            _about(book, tables, title, formats)
            if "documents" in by_name:
                fields, rows = _chosen(by_name["documents"], _DOCUMENT_COLUMNS)
                _sheets(book, "来源 sources", fields, rows, labels, formats)
            if "checks" in by_name:
                checks = by_name["checks"]
                at = [field.name for field in checks.fields].index("status")
                failed = (row for row in checks.rows() if row[at] == "failed")
                _sheets(book, "未通过勾稽 failed checks", checks.fields, failed, labels, formats)
            for table in tables:
                name = f"{table.title_zh} {table.name}"
                _sheets(book, name, table.fields, table.rows(), labels, formats)
            _codebook(book, tables, formats)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise ExportError(f"{path} cannot be written: {error}; is it open in Excel?") from error
    temporary.replace(path)
    return path


def _about(
    book: xlsxwriter.Workbook, tables: Sequence[DatasetTable], title: str, formats: _Formats
) -> None:
    """The first sheet: what this is and how to read it, in both languages."""
    sheet = book.add_worksheet("说明 about")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 90)
    lines = [
        ("数据集 dataset", title),
        ("金额 amounts", "元，精确小数；原文见 *_text 列。Yuan, exact; as published in *_text."),
        (
            "证明 proof",
            "proved、proved_multi：勾稽关系成立。Filter these for figures that identities prove.",
        ),
        (
            "出处 provenance",
            "cell_id 指向文件、页和单元格位置。cell_id leads to document, page and box.",
        ),
        (
            "合计 totals",
            "合计与小计也是行；求和只用 is_leaf。Totals are rows too; sum over is_leaf only.",
        ),
        *((f"{table.title_zh} {table.name}", f"{table.count()} rows") for table in tables),
    ]
    for number, (head, text) in enumerate(lines):
        sheet.write_string(number, 0, head, formats.head)
        sheet.write_string(number, 1, _fitting(text), formats.wrap)


def _chosen(
    table: DatasetTable, names: Sequence[str]
) -> tuple[tuple[Field, ...], Iterator[tuple[Any, ...]]]:
    """Some columns of a table, in the given order; those that it does not have are left out."""
    have = {field.name: at for at, field in enumerate(table.fields)}
    places = [have[name] for name in names if name in have]
    rows = (tuple(row[at] for at in places) for row in table.rows())
    return tuple(table.fields[at] for at in places), rows


def _sheets(
    book: xlsxwriter.Workbook,
    name: str,
    fields: Sequence[Field],
    rows: Iterable[tuple[Any, ...]],
    labels: Labels,
    formats: _Formats,
) -> None:
    """Rows under a frozen header; a table longer than a sheet goes on in another one."""
    sheet = _sheet(book, name, fields, labels, formats)
    part, line = 1, 1
    for row in rows:
        if line == MAX_ROWS:
            part, line = part + 1, 1
            sheet = _sheet(book, f"{name} ({part})", fields, labels, formats)
        for column, value in enumerate(row):
            _write(sheet, line, column, value, formats)
        line += 1


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    fields: Sequence[Field],
    labels: Labels,
    formats: _Formats,
) -> Worksheet:
    sheet = book.add_worksheet(_free_name(book, name))
    sheet.freeze_panes(1, 0)
    for column, (field, heading) in enumerate(zip(fields, headings(fields, labels), strict=True)):
        sheet.set_column(column, column, _width(field, heading))
        sheet.write_string(0, column, heading, formats.head)
    sheet.autofilter(0, 0, MAX_ROWS - 1, len(fields) - 1)
    return sheet


def _free_name(book: xlsxwriter.Workbook, name: str) -> str:
    """A name that Excel accepts for a sheet: short, of allowed characters, and of no other sheet.

    A number in brackets at the end is kept; Excel does not tell upper from lower case.
    """
    plain = _NOT_IN_NAME.sub(" ", name).strip("' ") or "sheet"
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    stem, tail = re.fullmatch(r"(.*?)((?: \(\d+\))?)", plain, re.DOTALL).groups("")  # type: ignore[union-attr]
    found = _shortened(stem, _MAX_NAME - len(tail)) + tail
    number = 2
    while found.casefold() in taken:
        ending = f"~{number}{tail}"
        found = _shortened(stem, _MAX_NAME - len(ending)) + ending
        number += 1
    return found


def _shortened(text: str, length: int) -> str:
    """The beginning of a text that is not longer than ``length`` UTF-16 units, as Excel counts."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * length].decode("utf-16-le", "ignore")


def _width(field: Field, heading: str) -> int:
    """A column's width in characters: ids short, amounts whole, names wide."""
    if field.name.endswith("_id"):
        return 12
    if pa.types.is_decimal(field.type):
        return 18
    least = sum(2 if ord(letter) > 0x2E80 else 1 for letter in heading) + 3
    return max(least, 24 if field.name.endswith(("_name", "_text", "title")) else 10)


def _write(sheet: Worksheet, line: int, column: int, value: Any, formats: _Formats) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, Decimal):
        if len(value.normalize().as_tuple().digits) <= _MAX_DIGITS:
            sheet.write_number(line, column, float(value), formats.money)
        else:
            sheet.write_string(line, column, f"{value:f}", formats.text)
    elif isinstance(value, float) and not math.isfinite(value):
        sheet.write_string(line, column, str(value), formats.text)
    elif isinstance(value, (int, float)):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, _fitting(plain_text(value)), formats.text)


def _fitting(text: str) -> str:
    """Text that a cell can hold; what is cut off is said."""
    text = _NOT_IN_XML.sub("\ufffd", text)
    whole = _shortened(text, _MAX_TEXT)
    if whole == text:
        return text
    note = f"… [{len(text)} characters; whole in the Parquet files]"
    return _shortened(text, _MAX_TEXT - len(note)) + note


def _codebook(book: xlsxwriter.Workbook, tables: Sequence[DatasetTable], formats: _Formats) -> None:
    sheet = book.add_worksheet("字段说明 codebook")
    sheet.freeze_panes(1, 0)
    heads = (("表 table", 24), ("列 column", 22), ("中文", 18), ("English", 24), ("meaning", 60))
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats.head)
    line = 1
    for table in tables:
        for field in table.fields:
            texts = (table.name, field.name, field.label_zh, field.label_en, field.meaning)
            for column, text in enumerate(texts):
                sheet.write_string(line, column, text, formats.text)
            line += 1
