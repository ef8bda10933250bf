"""What a line of a data file may say. Each check returns the problems as text, none when fine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeVar

from yusuan.schemas.model import Family, TableSchema

Layout = Literal["matrix", "lanes", "projects", "form", "listing"]
Kind = Literal["budget", "final"]
Severity = Literal["info", "warning", "error"]
LAYOUTS: Final[tuple[Layout, ...]] = ("matrix", "lanes", "projects", "form", "listing")
KINDS: Final[tuple[Kind, ...]] = ("budget", "final")
IdentityScope = Literal["row", "column", "cross", "twin"]
IDENTITY_SCOPES: Final[tuple[IdentityScope, ...]] = ("row", "column", "cross", "twin")
STRENGTHS: Final = ("hard", "soft")
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "error")
FUND_SCOPES: Final = ("all", "fiscal", "general_public", "gov_fund", "state_capital")
TYPES: Final = (
    "string",
    "bool",
    "int8",
    "int16",
    "int32",
    "float32",
    "list<string>",
    "list<int32>",
)
CODE_LENGTHS: Final = {"functional": (3, 5, 7), "econ_dept": (3, 5, 7), "econ_gov": (3, 5, 7)}
VOCABULARIES: Final = (
    "empty_word",
    "heading",
    "indicator_level1",
    "indicator_level2",
    "nature",
    "total_word",
    "unit_yuan",
    "unit_wan_yuan",
    "unit_yi_yuan",
)

# fmt: off
ROLES: Final = (
    "measure", "label", "func_code", "func_code_1", "func_code_2", "func_code_3", "func_name",
    "func", "gov_econ", "gov_econ_code", "gov_econ_code_1", "gov_econ_code_2", "gov_econ_name",
    "dept_econ", "dept_econ_code", "dept_econ_code_1", "dept_econ_code_2", "dept_econ_name",
    "unit", "unit_code", "unit_name", "seq", "year", "remark", "category", "catalog_l1",
    "catalog_l2", "catalog_l3", "service_field", "project", "project_code", "project_name",
    "project_total", "project_fiscal", "project_other", "goal", "level1", "level2", "level3",
    "nature", "value", "measure_unit", "activity", "indicator", "term_total", "term_goal",
    "section", "field", "detail", "ignore",
)
# fmt: on
"""What a column (or a form's field) holds; docs/adding-a-place.md explains each."""

DETAILS: Final = "amount_details"
"""The table of the columns with role detail, whatever table the family fills."""

COLUMN_ATTRIBUTES: Final = (
    "measure",
    "fund_scope",
    "period",
    "revenue_source",
    "item",
    "version",
    "side",
    "flow",
    "line_kind",
    "dimension",
)
"""Attributes whose values are those of the canonical column of the same name."""

# fmt: off
FIELDS: Final = (
    "department_name", "budget_total", "fiscal_total", "fiscal_basic", "fiscal_project",
    "other_total", "other_basic", "other_project", "goal", "other_text",
)
# fmt: on
"""Fields of 部门整体支出绩效目标表 (table department_goals)."""

Choice = TypeVar("Choice", bound=str)


def choice(value: str, options: Sequence[Choice]) -> Choice | None:
    """Return the option that equals ``value``, None where there is none."""
    return next((option for option in options if option == value), None)


def not_in(name: str, value: str, options: Sequence[str]) -> str:
    """Say that a value is not among the options, and which those are."""
    return f"{name} {value!r} is not allowed; expected one of {', '.join(options)}"


def column_problems(row: Mapping[str, str]) -> Iterator[str]:
    """Check a line of columns.csv: name, type, bilingual label, meaning, nullable."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row["column"]):
        yield f"column {row['column']!r}; expected small letters, digits and _"
    if row["type"] not in TYPES and not re.fullmatch(r"decimal128\(\d+,\d+\)", row["type"]):
        yield not_in("type", row["type"], (*TYPES, "decimal128(p,s)"))
    if row["nullable"] not in ("yes", "no"):
        yield not_in("nullable", row["nullable"], ("yes", "no"))
    for field in ("label_zh", "label_en", "meaning"):
        if not row[field]:
            yield f"{field} of {row['table']}.{row['column']} is empty"
    values = row["values"].split("|") if row["values"] else []
    if values and row["type"] != "string":
        yield f"values are given for type {row['type']}; only a string column may have them"
    if "" in values or len(set(values)) < len(values):
        yield f"values {row['values']!r} hold an empty or repeated entry"


def title_problems(row: Mapping[str, str], families: Mapping[str, Family]) -> Iterator[str]:
    """Check a line of titles.csv: spelling, family (or ``-`` with a reason), kind, fund scope."""
    yield from spelling_problems("suffix", row["suffix"])
    if re.match(r"(部门|单位|预算单位|本级)", row["suffix"]):
        yield f"suffix {row['suffix']!r} starts with a word that is stripped from titles; drop it"
    if row["family"] == "-":
        if not row["reason"]:
            yield "family '-' needs a reason: why is this known title not mapped?"
    elif row["family"] not in families:
        yield not_in("family", row["family"], (*families, "-"))
    if row["kind"] and row["kind"] not in KINDS:
        yield not_in("kind", row["kind"], (*KINDS, "(empty)"))
    if row["fund_scope"] and row["fund_scope"] not in FUND_SCOPES:
        yield not_in("fund_scope", row["fund_scope"], FUND_SCOPES)


def spelling_problems(name: str, text: str) -> Iterator[str]:
    """Check that a text is normalised as published titles, headers and labels are.

    Without spaces and quotes, full-width brackets and colons, no year in front.
    """
    if not text:
        yield f"{name} is empty"
    if re.search(r"\s", text):
        yield f"{name} {text!r} has a space; published text is matched without spaces"
    if re.search("[“”\"'‘’]", text):
        yield f"{name} {text!r} has a quotation mark; published text is matched without them"
    if re.search(r"[():,;]", text):
        yield f"{name} {text!r} has half-width punctuation; write （）：，；"
    if wide := re.search(r"[\uff01-\uff5e]", re.sub("[（），：；！？]", "", text)):
        yield f"{name} {text!r} has the full-width {wide[0]!r}; write it half-width"
    if re.match(r"20\d\d年?度?", text):
        yield f"{name} {text!r} starts with a year; years are stripped before matching"


def path_problems(path: str) -> Iterator[str]:
    """Check a header path: normalised segments joined by ``/``; ``*`` only as the last one."""
    segments = path.split("/")
    body = segments[:-1] if segments[-1] == "*" else segments
    if not body:
        yield f"path {path!r} needs a header text before '*'"
    for segment in body:
        yield from spelling_problems("path segment", segment)
        if segment == "*":
            yield f"path {path!r} has '*' in the middle; it may only end a path"
        if segment.endswith("："):
            yield f"path segment {segment!r} ends with a colon; it is stripped before matching"
        if re.search(r"（(万|亿)?元）$", segment):
            yield f"path segment {segment!r} ends with a unit; units are stripped before matching"


def label_problems(label: str) -> Iterator[str]:
    """Check a row label: normalised, and without the ordinal that is stripped."""
    yield from spelling_problems("label", label)
    if re.match(r"([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、．])", label):
        yield f"label {label!r} starts with an ordinal; ordinals are stripped before matching"


def finding_problems(row: Mapping[str, str]) -> Iterator[str]:
    """Check a line of findings.csv: code form, severity, nothing empty."""
    if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", row["code"]):
        yield f"code {row['code']!r}; expected small letters joined by '-'"
    if row["severity"] not in SEVERITIES:
        yield not_in("severity", row["severity"], SEVERITIES)
    for field in ("meaning_en", "meaning_zh", "what_to_do"):
        if not row[field]:
            yield f"{field} of {row['code']!r} is empty"


def identity_problems(row: Mapping[str, str], tables: Mapping[str, TableSchema]) -> Iterator[str]:
    """Check a line of identities.csv: id, scope, tables, kinds, strength, nothing empty."""
    if not re.fullmatch(r"[a-z_]+(\.[a-z0-9_.+<=]+)?", row["id"]):
        yield f"id {row['id']!r}; expected small letters, digits and _ . + < ="
    for field, options in (
        ("scope", IDENTITY_SCOPES),
        ("kinds", (*KINDS, "both")),
        ("strength", STRENGTHS),
    ):
        if row[field] not in options:
            yield not_in(field, row[field], options)
    for target in row["target"].split("|"):
        if target not in tables:
            yield not_in("target", target, tuple(tables))
    for field in ("title_en", "title_zh", "formula", "premise", "source"):
        if not row[field]:
            yield f"{field} of {row['id']!r} is empty"
    if row["scope"] == "twin" and twin_codes(row["formula"]) is None:
        yield f"formula {row['formula']!r}; expected 30110 = 2101101 + 2101102 for a twin"


def twin_codes(formula: str) -> tuple[str, tuple[str, ...]] | None:
    """``30110 = 2101101 + 2101102`` -> economic code, functional codes; None if it is not that."""
    if not re.fullmatch(r"3\d{4} = 2\d{6}( \+ 2\d{6})*", formula):
        return None
    econ, *functional = re.findall(r"\d+", formula)
    return econ, tuple(functional)


class Checker:
    """Checks families and attributes of headers.csv and labels.csv against the tables."""

    def __init__(self, tables: Mapping[str, TableSchema], families: Mapping[str, Family]) -> None:
        self._families = families
        self._values = {
            (table.name, column.name): column.values
            for table in tables.values()
            for column in table.columns
        }

    def family_problems(self, families: Sequence[str]) -> Iterator[str]:
        """Check the family names of a rule; ``*`` stands alone."""
        if families == ("*",):
            return
        for family in families:
            if family not in self._families:
                yield not_in("family", family, (*self._families, "*"))

    def attributes(
        self, text: str, families: Sequence[str]
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        """Parse ``k=v;k=v``; return the attributes and the problems."""
        attributes: dict[str, str] = {}
        problems: list[str] = []
        for part in text.split(";"):
            key, sign, value = part.partition("=")
            if not sign or not value:
                problems.append(f"attribute {part!r}; expected name=value")
            elif key in attributes:
                problems.append(f"attribute {key!r} is given twice")
            else:
                attributes[key] = value
        is_detail = attributes.get("role") == "detail"
        for key, value in attributes.items():
            problems.extend(self._attribute_problems(key, value, families, is_detail))
        if attributes.get("role") == "ignore" and "reason" not in attributes:
            problems.append("role=ignore needs reason=...")
        return attributes, tuple(problems)

    def _attribute_problems(
        self, key: str, value: str, families: Sequence[str], is_detail: bool
    ) -> Iterator[str]:
        if key == "role":
            if value not in ROLES:
                yield not_in("role", value, ROLES)
        elif key == "field":
            if value not in FIELDS:
                yield not_in("field", value, FIELDS)
        elif key == "reason":
            if not re.fullmatch(r"[a-z][a-z_]*", value):
                yield f"reason {value!r}; expected small letters and _"
        elif key == "func_code":
            if not re.fullmatch(r"\d{3}", value):
                yield f"func_code {value!r}; expected three digits"
        elif key in COLUMN_ATTRIBUTES:
            tables = (DETAILS,) if is_detail else self._tables_of(families)
            yield from self._value_problems(key, value, families, tables)
        else:
            known = ("role", "field", "reason", "func_code", *COLUMN_ATTRIBUTES)
            yield not_in("attribute", key, known)

    def _value_problems(
        self, key: str, value: str, families: Sequence[str], tables: Sequence[str]
    ) -> Iterator[str]:
        for table in tables:
            values = self._values.get((table, key))
            if values is None:
                if families != ("*",):
                    yield f"{key}={value}: table {table!r} has no column {key!r}"
            elif value not in values:
                yield not_in(f"{key} for table {table!r}", value, values)

    def _tables_of(self, families: Sequence[str]) -> tuple[str, ...]:
        names = self._families if families == ("*",) else families
        return tuple(dict.fromkeys(self._families[n].table for n in names if n in self._families))
