"""Write docs/output.md and docs/findings.md from the schema files.

``python -m yusuan.docs`` writes them, ``python -m yusuan.docs --check`` only compares and exits 1
where a page is out of date. Run from a checkout: the pages are not part of the installed package.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from yusuan.schemas.loader import load
from yusuan.schemas.model import Column, FindingRule, Schemas, TableSchema

DOCS = Path("docs")  # of the checkout that it is run in

_OUTPUT_HEAD = """\
# Output: the data dictionary · 输出数据字典

<!-- Made by `python -m yusuan.docs` from schemas/tables.csv and schemas/columns.csv. -->

`yusuan run` writes a folder for each of the {count} tables, with Parquet files in it. All tables
are written, empty ones with their columns. Money is exact: `decimal128`, in yuan (元), beside the
text as published. Pages count from 1; rows, columns and tables on a page from 0.

每张表一个文件夹，内为 Parquet 文件；空表也写出并带列定义。金额以元为单位，精确小数，
并保留公布原文。页码从 1 起，行、列和页内表序从 0 起。

- One printed figure is one row of a fact table; `cell_id` joins it to `cells`, where it stands.
- Totals and subtotals are rows too (`row_type`); sum over `is_leaf` to count nothing twice.
- Several published tables may tell the same money (部门 and 单位 books, 财政拨款 and 一般公共预算):
  choose by `tables.family`, `fund_scope` and `table_id` before summing.
"""

_FAMILY_HEAD = """\
## Families of published tables · 表类

`tables.family` is one of these; null where a table was not recognised.

| family | 表 | published table | fills | layout |
| --- | --- | --- | --- | --- |
"""

_FINDINGS_HEAD = """\
# Findings · 发现

<!-- Made by `python -m yusuan.docs` from schemas/findings.csv. -->

A finding tells what you should know of a document: what was unknown, repaired, unreadable or
missing. Codes are stable. Severity: `info` needs nothing, `warning` deserves a look, `error` means
that data is missing or not to be trusted.

发现记录文件中未知、经修复、无法读取或缺失之处；代码保持稳定。

| code | severity | meaning · 含义 | what to do |
| --- | --- | --- | --- |
"""


def output_page(schemas: Schemas) -> str:
    """The data dictionary: every table with its key and its columns, in both languages."""
    parts = [_OUTPUT_HEAD.format(count=len(schemas.tables)), _contents(schemas), _families(schemas)]
    parts.extend(_table(table) for table in schemas.tables.values())
    return "\n".join(parts)


def findings_page(findings: Mapping[str, FindingRule]) -> str:
    """Every finding code: severity, meaning, what a user can do."""
    lines = [
        f"| `{f.code}` | {f.severity} | {_cell(f.meaning_en)}<br>{_cell(f.meaning_zh)} "
        f"| {_cell(f.what_to_do)} |"
        for f in sorted(findings.values(), key=lambda f: f.code)
    ]
    return _FINDINGS_HEAD + "\n".join(lines) + "\n"


def pages(schemas: Schemas) -> dict[str, str]:
    """File name -> text of every generated page."""
    return {
        "output.md": output_page(schemas),
        "findings.md": findings_page(schemas.finding_rules),
    }


def _contents(schemas: Schemas) -> str:
    lines = [
        f"| [`{t.name}`](#{t.name}) | {t.title_zh} | {_cell(t.description)} |"
        for t in schemas.tables.values()
    ]
    return "\n".join(["| table | 表 | holds |", "| --- | --- | --- |", *lines, ""])


def _families(schemas: Schemas) -> str:
    lines = [
        f"| `{f.name}` | {f.title_zh} | {_cell(f.title_en)} | [`{f.table}`](#{f.table}) "
        f"| {f.layout} |"
        for f in schemas.families.values()
    ]
    return _FAMILY_HEAD + "\n".join(lines) + "\n"


def _table(table: TableSchema) -> str:
    key = ", ".join(f"`{k}`" for k in table.key) or "none"
    return "\n".join(
        [
            f"## {table.name}",
            "",
            f"**{table.title_zh} · {table.title_en}.** {table.description} Key: {key}.",
            "",
            "| column | 列 | label | type | null | meaning |",
            "| --- | --- | --- | --- | --- | --- |",
            *(_column(column) for column in table.columns),
            "",
        ]
    )


def _column(column: Column) -> str:
    values = f" One of: {', '.join(f'`{v}`' for v in column.values)}." if column.values else ""
    meaning = f"{_cell(column.meaning)}{'.' if values else ''}{values}"
    null = "yes" if column.nullable else "no"
    return (
        f"| `{column.name}` | {column.label_zh} | {column.label_en} | {_cell(column.type)} "
        f"| {null} | {meaning} |"
    )


def _cell(text: str) -> str:
    """Text that does not break a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def main(arguments: Sequence[str] | None = None, folder: Path = DOCS) -> int:
    """Write the pages, or with ``--check`` compare them; 1 where one is out of date."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given not in ([], ["--check"]):
        sys.stderr.write("usage: python -m yusuan.docs [--check]\n")
        return 2
    stale = []
    for name, text in pages(load()).items():
        path = folder / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not given:
            path.write_text(text, encoding="utf-8")
    if given and stale:
        names = ", ".join(f"docs/{name}" for name in stale)
        sys.stderr.write(f"{names}: out of date; run python -m yusuan.docs\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
