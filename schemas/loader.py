"""Read the reviewed data files of this folder into ``Schemas``, refusing anything doubtful.

A mistake in a data file would turn into wrong figures far away, so loading checks every line and
names all problems at once, each with its file, its line and what was expected there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from yusuan.schemas import rules, units
from yusuan.schemas.files import DataFile, Problems, Row
from yusuan.schemas.model import (
    CodeList,
    Column,
    Family,
    FindingRule,
    HeaderRule,
    Identity,
    LabelRule,
    NarrativeLabel,
    Schemas,
    TableSchema,
    TitleRule,
    TitleWords,
)
from yusuan.schemas.words import read_header_words

FOLDER = Path(__file__).resolve().parent
CODE_LISTS = ("functional", "econ_dept", "econ_gov")
Item = TypeVar("Item")


@lru_cache(maxsize=1)
def _load_default() -> Schemas:
    return _load(FOLDER)


def load(folder: Path | None = None) -> Schemas:
    """Load and check the data files; the project's own folder (kept in memory) by default.

    Raises SchemaError with one line per problem, naming file, line and what was expected.
    """
    return _load_default() if folder is None else _load(folder)


def _load(folder: Path) -> Schemas:
    problems = Problems()
    files: list[DataFile] = []

    def open_file(name: str, columns: str) -> DataFile:
        files.append(DataFile(folder, name, columns.split(), problems))
        return files[-1]

    tables = _tables(
        open_file("tables.csv", "table title_zh title_en description key source"),
        open_file(
            "columns.csv",
            "table column type label_zh label_en meaning nullable values source",
        ),
    )
    families = _families(
        open_file(
            "families.csv",
            "family table layout fund_scope title_zh title_en reads_as otherwise source",
        ),
        tables,
    )
    vocabularies = _vocabularies(open_file("vocabularies.csv", "name value note"))
    titles = _titles(
        open_file("titles.csv", "suffix family kind fund_scope reason source"), families
    )
    title_words = _title_words(
        open_file("title_words.csv", "family all_of any_of none_of source"), families
    )
    check = rules.Checker(tables, families)
    headers = _headers(open_file("headers.csv", "families path attributes source"), check)
    labels = _labels(open_file("labels.csv", "families label attributes source"), check)
    word_file = open_file("header_words.csv", "families words attributes source")
    codes = {
        name: _codes(open_file(f"codes/{name}.csv", "code name older_names source"), name)
        for name in CODE_LISTS
    }
    econ_map = _econ_map(open_file("codes/econ_map.csv", "gov_code dept_code note"))
    findings = _findings(
        open_file("findings.csv", "code severity meaning_en meaning_zh what_to_do")
    )
    identities = _identities(
        open_file(
            "identities.csv",
            "id title_en title_zh scope target formula kinds strength premise source",
        ),
        tables,
    )
    narrative = _narrative(open_file("narrative.csv", "item label_zh words source"))
    _check_units(open_file("units.csv", " ".join(units.COLUMNS)))
    header_words = read_header_words(word_file.rows, word_file.problem, check)
    problems.raise_if_any()
    digest = hashlib.sha256(b"\0".join(f.bytes for f in files)).hexdigest()
    return Schemas(
        version=digest[:12],
        tables=MappingProxyType(tables),
        families=MappingProxyType(families),
        titles=titles,
        title_words=title_words,
        headers=headers,
        labels=labels,
        header_words=header_words,
        codes=MappingProxyType(codes),
        vocabularies=MappingProxyType(vocabularies),
        findings=MappingProxyType(
            {c: f"{f.meaning_en} {f.what_to_do}" for c, f in findings.items()}
        ),
        finding_rules=MappingProxyType(findings),
        econ_map=econ_map,
        identities=MappingProxyType(identities),
        narrative=narrative,
    )


def _tables(table_file: DataFile, column_file: DataFile) -> dict[str, TableSchema]:
    declared = {
        row["table"]: (line, row) for line, row in table_file.unique("table") if row["table"]
    }
    columns: dict[str, list[Column]] = {name: [] for name in declared}
    for line, row in column_file.unique("table", "column"):
        if row["table"] not in declared:
            expected = f"one of tables.csv: {', '.join(declared)}"
            column_file.problem(line, f"table {row['table']!r} is unknown; expected {expected}")
            continue
        for text in rules.column_problems(row):
            column_file.problem(line, text)
        columns[row["table"]].append(
            Column(
                name=row["column"],
                type=row["type"],
                label_zh=row["label_zh"],
                label_en=row["label_en"],
                meaning=row["meaning"],
                nullable=row["nullable"] == "yes",
                values=tuple(row["values"].split("|")) if row["values"] else (),
            )
        )
    tables: dict[str, TableSchema] = {}
    for name, (line, row) in declared.items():
        key = tuple(row["key"].split("|")) if row["key"] else ()
        by_name = {c.name: c for c in columns[name]}
        if not by_name:
            table_file.problem(line, f"table {name!r} has no line in columns.csv")
        for part in key:
            if part not in by_name or by_name[part].nullable:
                table_file.problem(line, f"key {part!r} must be a column that is never null")
        for field in ("title_zh", "title_en", "description"):
            if not row[field]:
                table_file.problem(line, f"{field} is empty")
        tables[name] = TableSchema(
            name, row["title_zh"], row["title_en"], row["description"], key, tuple(columns[name])
        )
    return tables


def _families(file: DataFile, tables: Mapping[str, TableSchema]) -> dict[str, Family]:
    families: dict[str, Family] = {}
    for line, row in file.unique("family"):
        if row["table"] not in tables:
            file.problem(
                line, f"table {row['table']!r} is unknown; expected one of {', '.join(tables)}"
            )
        layout = rules.choice(row["layout"], rules.LAYOUTS)
        if layout is None:
            file.problem(line, f"layout {row['layout']!r}; expected {' or '.join(rules.LAYOUTS)}")
            continue
        if row["fund_scope"] and row["fund_scope"] not in rules.FUND_SCOPES:
            file.problem(line, rules.not_in("fund_scope", row["fund_scope"], rules.FUND_SCOPES))
        families[row["family"]] = Family(
            row["family"],
            row["table"],
            layout,
            row["fund_scope"] or None,
            row["title_zh"],
            row["title_en"],
            tuple(name for name in row["reads_as"].split("|") if name),
            row["otherwise"] or None,
        )
    for line, row in file.rows:
        for name in filter(None, (*row["reads_as"].split("|"), row["otherwise"])):
            if name not in families:
                file.problem(line, rules.not_in("family", name, tuple(families)))
    return families


def _titles(file: DataFile, families: Mapping[str, Family]) -> tuple[TitleRule, ...]:
    titles = []
    for line, row in file.unique("suffix"):
        for text in rules.title_problems(row, families):
            file.problem(line, text)
        kind = rules.choice(row["kind"], rules.KINDS)
        titles.append(
            TitleRule(
                row["suffix"],
                row["family"],
                kind,
                row["reason"],
                row["source"],
                row["fund_scope"] or None,
            )
        )
    return tuple(titles)


def _title_words(file: DataFile, families: Mapping[str, Family]) -> tuple[TitleWords, ...]:
    found = []
    for line, row in file.unique("family"):
        if row["family"] not in families:
            file.problem(line, rules.not_in("family", row["family"], tuple(families)))
        words = [tuple(w for w in row[c].split("|") if w) for c in ("all_of", "any_of", "none_of")]
        if not words[0] and not words[1]:
            file.problem(line, "all_of and any_of are both empty; expected a word of the title")
        found.append(TitleWords(row["family"], *words))
    return tuple(found)


def _rule_lines(
    file: DataFile, key: str, check: rules.Checker, spelled: Callable[[str], Iterable[str]]
) -> Iterator[tuple[Row, tuple[str, ...], Mapping[str, str]]]:
    """Yield row, families and attributes of headers.csv or labels.csv.

    Two lines with the same path or label may not claim the same family (and side: 财政拨款 stands
    in both lists): which one holds would depend on their order.
    """
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in file.rows:
        families = tuple(row["families"].split("|"))
        attributes, texts = check.attributes(row["attributes"], families)
        for text in (*check.family_problems(families), *spelled(row[key]), *texts):
            file.problem(line, text)
        side = attributes.get("side", "") if key == "label" else ""
        for family in families:
            first = seen.setdefault((family, row[key], side), line)
            if first != line:
                file.problem(
                    line, f"{key} {row[key]!r} for {family!r} stands in line {first} already"
                )
        yield row, families, MappingProxyType(attributes)


def _headers(file: DataFile, check: rules.Checker) -> tuple[HeaderRule, ...]:
    return tuple(
        HeaderRule(families, tuple(row["path"].split("/")), attributes, row["source"])
        for row, families, attributes in _rule_lines(file, "path", check, rules.path_problems)
    )


def _labels(file: DataFile, check: rules.Checker) -> tuple[LabelRule, ...]:
    return tuple(
        LabelRule(families, row["label"], attributes, row["source"])
        for row, families, attributes in _rule_lines(file, "label", check, rules.label_problems)
    )


def _codes(file: DataFile, name: str) -> CodeList:
    names: dict[str, tuple[str, ...]] = {}
    lengths = rules.CODE_LENGTHS[name]
    for line, row in file.unique("code"):
        code = row["code"]
        if not code.isascii() or not code.isdigit() or len(code) not in lengths:
            expected = " or ".join(str(n) for n in lengths)
            file.problem(line, f"code {code!r}; expected {expected} digits")
        if not row["name"]:
            file.problem(line, f"code {code} has no name")
        older = tuple(n for n in row["older_names"].split("|") if n)
        names[code] = tuple(dict.fromkeys((row["name"], *older)))
    return CodeList(name, MappingProxyType(names))


def _econ_map(file: DataFile) -> tuple[tuple[str, str], ...]:
    pairs = []
    for line, row in file.unique("gov_code", "dept_code"):
        for column, first in (("gov_code", "5"), ("dept_code", "3")):
            code = row[column]
            if not (code.isdigit() and len(code) == 5 and code.startswith(first)):
                file.problem(line, f"{column} {code!r}; expected five digits starting with {first}")
        pairs.append((row["gov_code"], row["dept_code"]))
    return tuple(pairs)


def _vocabularies(file: DataFile) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for line, row in file.unique("name", "value"):
        if not row["name"] or not row["value"]:
            file.problem(line, "name or value is empty")
        values.setdefault(row["name"], []).append(row["value"])
    for name in rules.VOCABULARIES:
        if name not in values and file.rows:
            file.problem(1, f"vocabulary {name!r} has no line")
    return {name: tuple(items) for name, items in values.items()}


def _findings(file: DataFile) -> dict[str, FindingRule]:
    found: dict[str, FindingRule] = {}
    for line, row in file.unique("code"):
        severity = rules.choice(row["severity"], rules.SEVERITIES)
        for text in rules.finding_problems(row):
            file.problem(line, text)
        if severity is not None:
            found[row["code"]] = FindingRule(
                row["code"], severity, row["meaning_en"], row["meaning_zh"], row["what_to_do"]
            )
    return found


def _identities(file: DataFile, tables: Mapping[str, TableSchema]) -> dict[str, Identity]:
    found: dict[str, Identity] = {}
    for line, row in file.unique("id"):
        for text in rules.identity_problems(row, tables):
            file.problem(line, text)
        scope = rules.choice(row["scope"], rules.IDENTITY_SCOPES)
        if scope is None:
            continue
        found[row["id"]] = Identity(
            id=row["id"],
            title_en=row["title_en"],
            title_zh=row["title_zh"],
            scope=scope,
            targets=tuple(row["target"].split("|")),
            formula=row["formula"],
            kinds=tuple(k for k in rules.KINDS if row["kinds"] in (k, "both")),
            is_hard=row["strength"] == "hard",
            premise=row["premise"],
            source=row["source"],
            twins=rules.twin_codes(row["formula"]) if scope == "twin" else None,
        )
    return found


def _check_units(file: DataFile) -> None:
    """The units are read by ``schemas.units`` where they are needed; here they are checked."""
    for line, row in file.unique("unit"):
        if not row["unit"].endswith("元") or not row["yuan"].isdecimal() or not int(row["yuan"]):
            file.problem(line, f"unit {row['unit']!r} is {row['yuan']!r} yuan; expected a number")


def _narrative(file: DataFile) -> tuple[NarrativeLabel, ...]:
    owners: dict[str, str] = {}
    labels = []
    for line, row in file.unique("item"):
        words = tuple(word for word in row["words"].split("|") if word)
        if not row["label_zh"] or not words:
            file.problem(line, "label_zh or words is empty")
        for word in words:
            first = owners.setdefault(word, row["item"])
            if first != row["item"]:
                file.problem(line, f"word {word!r} is of {first!r} already")
        labels.append(NarrativeLabel(row["item"], row["label_zh"], words))
    return tuple(labels)
