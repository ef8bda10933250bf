"""Find the family of a published table: by title suffix, checked against its header tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from yusuan.normalize.columns import (
    CLASSIFICATIONS,
    HeaderIndex,
    column_attributes,
    header_index,
    is_headed,
)
from yusuan.normalize.model import LeafColumn
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.schemas.model import Schemas, TitleRule

# Roles without which a table of that layout cannot be mapped at all.
_NEEDED: Mapping[str, frozenset[str]] = {
    "matrix": frozenset({"measure"}),
    "lanes": frozenset({"label", "measure"}),
    "projects": frozenset({"project", "project_code", "project_name"}),
    "form": frozenset(),
    "listing": frozenset({"measure"}),
}
# A list of projects is one of performance by a column of goals or indicators.
_PERFORMANCE = frozenset({"goal", "level1", "level3", "indicator"})
# With a known title a header may hold some unknown columns; without one nearly all must be known.
_MIN_KNOWN_WITH_TITLE = 0.4
# Columns that a family can't do without, beside those of its layout.
_NEEDED_OF_FAMILY: Mapping[str, frozenset[str]] = {"procurement": frozenset({"category"})}
_MIN_KNOWN_ALONE = 0.85
# An unknown wording with the family's words needs most columns known.
_MIN_KNOWN_BY_WORDS = 0.7
_FUND_BEFORE = re.compile("(?:财政拨款|一般公共预算|政府性基金(?:预算)?|国有资本经营(?:预算)?)$")
_OTHER_MATTER = re.compile("三公经?费?|政府采购|购买服务|绩效目标|机关运行经费")
_PART_OF_ALL = re.compile(
    "(?:基本|项目|专项)$|财政拨款|财政专户|一般公共预算|政府性基金|国有资本经营|社会保险基金"
)
# Listings by project, purchase or item, which may have no code.
_BY_NAME = frozenset({"project_detail", "procurement_detail", "fund_balance"})
# The listing whose rows are sources of money, in which no column says what they are.
_BY_SOURCE = "revenue_detail"
_OF_DEPARTMENTS = re.compile("事业收入|经营收入|拨款|附属单位|单位资金|其他资金")
# Tables with a row for each code or unit; the revenue of one unit may be a single row.
_BY_CODE = frozenset({"revenue", "expenditure", "basic_expenditure"})
_BY_FUNCTION = frozenset({"expenditure_fn", "general_fn", "fund_fn", "capital_fn"})
_ECONOMIC = re.compile("经济(?:分类|科目)")
_MIN_SOURCES = 3
_TELLING_WORD = {"procurement": "采购", "purchased_service": "目录"}
# Families whose title may speak of 财政拨款 where their usual funds are others.
_FISCAL_TITLES = frozenset({"expenditure_fn", "basic_econ", "three_public"})
_TITLE_ENDS = ("表", "情况", "明细", "一览", "预算", "决算")


@dataclass(frozen=True, slots=True)
class TitleIndex:
    """Title rules by suffix, and how long suffixes are, the longest first: they may nest."""

    by_suffix: Mapping[str, TitleRule]
    lengths: tuple[int, ...]

    def longest(self, key: str) -> TitleRule | None:
        """The rule with the longest suffix that a key ends with."""
        rules = (self.by_suffix.get(key[-length:]) for length in self.lengths)
        return next((rule for rule in rules if rule is not None), None)


def title_index(rules: Iterable[TitleRule]) -> TitleIndex:
    """Index title rules; of two with one suffix the first counts."""
    by_suffix: dict[str, TitleRule] = {}
    for rule in rules:
        by_suffix.setdefault(rule.suffix, rule)
    return TitleIndex(by_suffix, tuple(sorted({len(suffix) for suffix in by_suffix}, reverse=True)))


@dataclass(frozen=True, slots=True)
class FamilyIndex:
    """Title rules and header rules by family, prepared once for a run.

    ``sources``: labels of rows that say where a department's money comes from.
    """

    titles: TitleIndex
    headers: Mapping[str, HeaderIndex]
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class FamilyMatch:
    """The outcome: ``family`` None when unmatched, with ``code`` and ``reason`` for the finding.

    ``titled``: the family that the title names, whether or not the header bears it out.
    """

    family: str | None
    kind: str | None = None
    fund_scope: str | None = None
    code: str = ""
    reason: str = ""
    titled: str | None = None


def family_index(schemas: Schemas) -> FamilyIndex:
    """Prepare the rules of titles and headers."""
    headers = {name: header_index(schemas, name) for name in schemas.families}
    sources = [r.label for r in schemas.labels if r.attributes.get("line_kind") == "source"]
    return FamilyIndex(title_index(schemas.titles), headers, frozenset(sources))


def match_title(keys: Iterable[str], titles: TitleIndex) -> TitleRule | None:
    """The rule with the longest suffix that one of the caption's keys ends with."""
    best: TitleRule | None = None
    for key in keys:
        rule = titles.longest(key)
        if rule is not None and (best is None or len(rule.suffix) > len(best.suffix)):
            best = None if _names_a_part(key, rule) else rule
    return best


def _names_a_part(key: str, rule: TitleRule) -> bool:
    """Whether the title speaks of a part only: 基本支出总表 is no 支出总表 of everything.

    What stands in front of a suffix is the publisher's name, else a word that changes the meaning;
    a table without a place stays so unless the words are part of its name.
    """
    front = key.removesuffix(rule.suffix)
    if rule.family != "-" and _OTHER_MATTER.search(front):
        return True  # 三公经费财政拨款支出表 is no table of all expenditure
    part = _FUND_BEFORE if rule.family == "-" else _PART_OF_ALL
    return bool(front) and part.search(front) is not None


def match_family(
    keys: Sequence[str], columns: Sequence[LeafColumn], index: FamilyIndex, schemas: Schemas
) -> FamilyMatch:
    """Settle the family from the title keys (nearest the table first) and the header tree."""
    rule = match_title(keys, index.titles)
    if rule is not None and rule.family == "-":
        return FamilyMatch(None, rule.kind, None, "title-out-of-scope", rule.reason)
    if rule is not None and (note := _economic_note(keys, rule)):
        reason = f"the title says {rule.family}, but {note}: the same money by economic class"
        return FamilyMatch(None, rule.kind, None, "header-unknown", reason, titled=rule.family)
    if rule is not None:
        share, complete = header_fit(columns, rule.family, index, schemas)
        if complete and share >= _MIN_KNOWN_WITH_TITLE:
            return FamilyMatch(rule.family, rule.kind, rule.fund_scope, titled=rule.family)
        return FamilyMatch(
            None,
            rule.kind,
            None,
            "header-unknown",
            f"the title says {rule.family}, but {share:.0%} of its columns are known "
            f"({_paths(columns)}): add the missing ones to schemas/headers.csv",
            titled=rule.family,
        )
    by_words = _match_by_words(keys, columns, index, schemas)
    if by_words is not None:
        return by_words
    best = [s for s in families_by_header(columns, index, schemas) if s[0] >= _MIN_KNOWN_ALONE]
    is_one = bool(best) and (len(best) == 1 or best[0][0] > best[1][0])
    is_told = is_one and (len(columns) > 2 or _speaks_of_three_public(columns))
    if is_told and not _is_denied(keys, best[0][1], schemas):
        return FamilyMatch(best[0][1])
    return FamilyMatch(
        None,
        None,
        None,
        "family-unmatched",
        f"no known title near the table and its header fits no single family "
        f"({_paths(columns)}): add a line to schemas/titles.csv",
    )


def _economic_note(keys: Sequence[str], rule: TitleRule) -> str:
    """The note behind a title by function that says 经济分类: 支出总表（政府经济分类）."""
    if rule.family not in _BY_FUNCTION:
        return ""
    notes = (key.partition(rule.suffix)[2] for key in keys if rule.suffix in key)
    return next((n for n in notes if _ECONOMIC.search(n) and "功能" not in n), "")


def _is_denied(keys: Sequence[str], family: str, schemas: Schemas) -> bool:
    """Whether the nearest title speaks of something else than a family that the header fits.

    支出经济分类汇总表 by funds has the columns of a table of revenue.
    """
    key = next((key for key in keys if key.endswith(_TITLE_ENDS)), "")
    words = [words for words in schemas.title_words if words.family == family]
    return bool(words) and all(any(word in key for word in w.none_of) for w in words)


def as_details(
    match: FamilyMatch,
    keys: Sequence[str],
    columns: Sequence[LeafColumn],
    texts: Iterable[str],
    index: FamilyIndex,
    schemas: Schemas,
) -> FamilyMatch:
    """The listing that a table is whose title is of a canonical family and whose header is not.

    支出总表 may be by unit, 政府采购预算表 by source of funds: the same money, cut another way.
    Titles of unknown wording count by the words of the listings. ``texts``: of all cells. Any
    other match stays as it is.
    """
    if match.family is not None or match.code == "title-out-of-scope":
        return match
    wanted = schemas.families[match.titled].otherwise if match.titled else None
    named = _listings_by_words(keys, schemas) if wanted or not match.titled else []
    names = named or ([wanted] if wanted else [])
    for name in names:
        share, complete = header_fit(columns, name, index, schemas)
        # The book of a whole government has tables of the same names by 项目 alone.
        is_labelled = _is_labelled(columns, name, index, schemas) or name in _BY_NAME
        is_labelled = is_labelled or (name == _BY_SOURCE and _name_sources(texts, index))
        is_fit = complete and is_labelled and share >= _MIN_KNOWN_WITH_TITLE
        if is_fit and len(names) == 1:
            kept = f"{match.reason}; kept in {schemas.families[name].table} as {name}"
            return replace(match, family=name, code="table-as-details", reason=kept)
    return match


def _name_sources(texts: Iterable[str], index: FamilyIndex) -> bool:
    """Whether cells name the sources that a department's money comes from: 事业收入, 经营收入.

    A government's revenue of the same title has taxes, or its funds, in the rows.
    """
    found = index.sources.intersection(strip_ordinal(label_key(text))[1] for text in texts)
    return len(found) >= _MIN_SOURCES and any(map(_OF_DEPARTMENTS.search, found))


def _listings_by_words(keys: Sequence[str], schemas: Schemas) -> list[str]:
    """The listings whose words the nearest title has."""
    key = next((key for key in keys if key.endswith(_TITLE_ENDS)), None)
    return [
        words.family
        for words in schemas.title_words
        if key and schemas.families[words.family].layout == "listing" and words.fit(key)
    ]


def families_by_header(
    columns: Sequence[LeafColumn], index: FamilyIndex, schemas: Schemas
) -> list[tuple[float, str]]:
    """Families that a header alone may tell, with the share of columns known; the best first."""
    fits = []
    for name, family in schemas.families.items():
        if family.layout not in ("form", "listing"):
            share, complete = header_fit(columns, name, index, schemas)
            if complete and _is_told(columns, name, index, schemas):
                fits.append((share, name))
    return sorted(fits, reverse=True)


def _match_by_words(
    keys: Sequence[str], columns: Sequence[LeafColumn], index: FamilyIndex, schemas: Schemas
) -> FamilyMatch | None:
    """The one family whose words an unknown title has and whose columns the header has."""
    for key in keys:
        if not key.endswith(_TITLE_ENDS):
            continue
        fitting = []
        # A bracket at the title's end, 按经济分类 and the like, may take a family out again.
        whole = [k for k in keys if k.startswith(key)]
        for words in schemas.title_words:
            if schemas.families[words.family].layout == "listing":
                continue  # see as_details
            if words.fit(key) and all(words.fit(k) for k in whole):
                share, complete = header_fit(columns, words.family, index, schemas)
                is_labelled = _is_labelled(columns, words.family, index, schemas)
                if complete and is_labelled and share >= _MIN_KNOWN_BY_WORDS:
                    fitting.append(words.family)
        if len(fitting) == 1:
            reason = f"the title {key!r} is in no list; its words and header fit {fitting[0]}"
            scope = _fund_scope(key, fitting[0], schemas)
            return FamilyMatch(fitting[0], None, scope, "family-by-meaning", reason)
    return None


def _fund_scope(key: str, family: str, schemas: Schemas) -> str | None:
    """The funds that a title of unknown wording speaks of; None for the family's own.

    财政拨款 is all fiscal money, unless 一般公共预算 stands beside it.
    """
    if schemas.families[family].table not in _BY_CODE | {"three_public"}:
        return None
    if "一般公共预算" in key:
        return "general_public" if "政府性基金" not in key else "fiscal"
    if family == "three_public" and ("政府性基金" in key or "国有资本" in key):
        return "gov_fund" if "政府性基金" in key else "state_capital"
    return "fiscal" if "财政拨款" in key and family in _FISCAL_TITLES else None


def header_fit(
    columns: Sequence[LeafColumn], family: str, index: FamilyIndex, schemas: Schemas
) -> tuple[float, bool]:
    """(share of named columns that the family's rules know, whether the needed roles are there)."""
    named = [c for c in columns if is_headed(c)]
    attributes = column_attributes(named, index.headers[family])
    roles = {a["role"] for a in attributes if "role" in a}
    known = sum("role" in a for a in attributes)
    layout = schemas.families[family].layout
    needed = _NEEDED[layout] | _NEEDED_OF_FAMILY.get(family, frozenset())
    if layout == "form":
        return (1.0, True)
    is_list = bool(needed & roles) and bool(_PERFORMANCE & roles)
    complete = is_list if layout == "projects" else needed <= roles
    return (known / len(named) if named else 0.0, complete)


def _is_labelled(
    columns: Sequence[LeafColumn], family: str, index: FamilyIndex, schemas: Schemas
) -> bool:
    """Whether a table by code or unit has a column that says so, and lists stand side by side.

    Books of a whole government print tables of the same words by 项目 alone.
    """
    attributes = column_attributes([c for c in columns if c.path], index.headers[family])
    if schemas.families[family].layout == "lanes":
        return sum(a.get("role") == "label" for a in attributes) > 1
    is_listing = schemas.families[family].layout == "listing"
    if schemas.families[family].table not in _BY_CODE and not is_listing:
        return True
    sources = {a.get("revenue_source") for a in attributes} - {None}
    return len(sources) >= _MIN_SOURCES or any(
        a.get("role", "").startswith((*CLASSIFICATIONS, "unit")) for a in attributes
    )


def _is_told(
    columns: Sequence[LeafColumn], family: str, index: FamilyIndex, schemas: Schemas
) -> bool:
    """Whether the header alone tells the family: 项目 and 预算数 stand in tables of all kinds."""
    if family == "three_public":
        attributes = column_attributes([c for c in columns if c.path], index.headers[family])
        items = {a.get("item") for a in attributes} - {None, "total"}
        return len(items) >= _MIN_SOURCES or _speaks_of_three_public(columns)
    if word := _TELLING_WORD.get(family):
        return any(word in segment for c in columns for segment in c.path)
    return _is_labelled(columns, family, index, schemas)


def _speaks_of_three_public(columns: Sequence[LeafColumn]) -> bool:
    """Whether 三公 stands in a header: the rows are its items then, or units."""
    return any("三公" in segment for column in columns for segment in column.path)


def _paths(columns: Sequence[LeafColumn]) -> str:
    return " | ".join("/".join(c.path) for c in columns[:12])
