"""The codebook of a dataset, in Chinese or English: every table and column, with its values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from yusuan.export.dataset import DatasetTable
from yusuan.schemas.loader import load

Language = Literal["zh", "en"]

_HEAD = {
    "zh": "# 编码手册\n\n金额为元，精确小数；`*_text` 为公布原文。页码从 1 起。\n",
    "en": "# Codebook\n\nAmounts are exact, in yuan; `*_text` is the text as published. Pages count"
    " from 1.\n",
}
_COLUMNS = {
    "zh": "| 列 | 名称 | 类型 | 可空 | 取值 | 说明（英文） |",
    "en": "| column | label | type | null | values | meaning |",
}
_ROWS = {"zh": "行", "en": "rows"}
_YES = {"zh": "是", "en": "yes"}
_NO = {"zh": "否", "en": "no"}


def codebook(tables: Iterable[DatasetTable], language: Language) -> str:
    """The codebook as Markdown. Titles and labels are in the language; meanings in English."""
    known = load().tables
    parts = [_HEAD[language]]
    for table in tables:
        title = table.title_zh if language == "zh" else table.title_en
        parts.append(f"## {table.name} · {title} ({table.count()} {_ROWS[language]})\n")
        parts.append(f"{table.description}\n")
        parts.append(f"{_COLUMNS[language]}\n| --- | --- | --- | --- | --- | --- |")
        values = {column.name: column.values for column in known[table.name].columns}
        for field in table.fields:
            label = field.label_zh if language == "zh" else field.label_en
            null = (_YES if field.nullable else _NO)[language]
            allowed = ", ".join(f"`{value}`" for value in values.get(field.name, ()))
            parts.append(
                f"| `{field.name}` | {label} | {field.type} | {null} | {allowed} "
                f"| {_cell(field.meaning)} |"
            )
        parts.append("")
    return "\n".join(parts)


def write_codebooks(tables: tuple[DatasetTable, ...], folder: Path) -> list[Path]:
    """Write ``codebook.zh-CN.md`` and ``codebook.en.md`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    languages: tuple[tuple[Language, str], ...] = (("zh", "zh-CN"), ("en", "en"))
    for language, tag in languages:
        path = folder / f"codebook.{tag}.md"
        path.write_text(codebook(tables, language), encoding="utf-8")
        written.append(path)
    return written


def _cell(text: str) -> str:
    """Text that does not break a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
