"""The shapes of the reviewed data in this folder. See docs/adding-a-place.md for the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


class SchemaError(ValueError):
    """A data file in ``schemas/`` is wrong; the message names file and line and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a canonical table.

    ``type``: string, bool, int8, int16, int32, float32, decimal128(p,s), list<string>,
    list<int32>. ``values``: the closed vocabulary, if there is one.
    """

    name: str
    type: str
    label_zh: str
    label_en: str
    meaning: str
    nullable: bool
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A canonical table: bilingual title, key columns (unique together), columns in order."""

    name: str
    title_zh: str
    title_en: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of published tables (DOMAIN section 1), the canonical table it fills, its defaults.

    ``layout``: matrix (labels then amounts), lanes (label and amounts side by side), projects,
    form, listing (labels then amounts of any kind, told by their headings).
    ``fund_scope``: all, fiscal, general_public, gov_fund, state_capital or None.
    ``reads_as``: families by whose headers it is read beside its own. ``otherwise``: the family of
    a table that has the title of this one and is made by something else (units, items, sources).
    """

    name: str
    table: str
    layout: Literal["matrix", "lanes", "projects", "form", "listing"]
    fund_scope: str | None
    title_zh: str
    title_en: str
    reads_as: tuple[str, ...] = ()
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class TitleRule:
    """A title variant: the normalised title ends with ``suffix`` -> ``family``; the longest wins.

    ``family`` ``-`` marks a title that is known and not mapped (``reason`` says why).
    ``kind`` is set where the title alone tells budget from final; ``fund_scope`` where it speaks
    of other funds than the family's default (财政拨款基本支出表 in family basic_econ).
    """

    suffix: str
    family: str
    kind: Literal["budget", "final"] | None
    reason: str
    source: str
    fund_scope: str | None = None


@dataclass(frozen=True, slots=True)
class TitleWords:
    """Words by which a title of unknown wording may be of a family; its header must bear it out.

    ``all_of``: every one is in the title; ``any_of``: at least one (if there are any);
    ``none_of``: none is.
    """

    family: str
    all_of: tuple[str, ...]
    any_of: tuple[str, ...]
    none_of: tuple[str, ...]

    def fit(self, key: str) -> bool:
        """Whether a normalised title has these words."""
        return (
            all(word in key for word in self.all_of)
            and (not self.any_of or any(word in key for word in self.any_of))
            and not any(word in key for word in self.none_of)
        )


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """A header path variant -> attributes of its column.

    ``path``: normalised header segments; they must occur in this order in a column's path (other
    segments may stand between). The last one must be the leaf, unless ``path`` ends with ``*``,
    which means: anywhere above the leaf or the leaf itself. ``families``: where it applies
    (``*`` = all). All matching rules of a column are merged, the more specific (more segments,
    then leaf-anchored, then family named) winning attribute by attribute.
    """

    families: tuple[str, ...]
    path: tuple[str, ...]
    attributes: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class HeaderWord:
    """Words that a header segment may be made of, and what they say (nothing, or attributes).

    A header that no rule lists is read by its words, if they leave nothing of it over.
    """

    families: tuple[str, ...]
    words: tuple[str, ...]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A row label of the summary tables -> attributes (side, line_kind, fund_scope, func_code)."""

    families: tuple[str, ...]
    label: str
    attributes: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """A classification list. ``names``: code -> names seen, official name first."""

    name: str
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A stable finding code: how severe, what it means in both languages, what a user can do."""

    code: str
    severity: Literal["info", "warning", "error"]
    meaning_en: str
    meaning_zh: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An accounting identity (勾稽关系) of the catalogue: what has to add up, and when.

    ``scope``: row, column, cross (between tables), twin (codes of two classifications).
    ``targets``: canonical tables. ``kinds``: documents it is asserted of. ``is_hard``: its failure
    is a finding; a soft one may fail in a correct document and proves only where it holds exactly.
    ``twins``: of a twin identity the economic code and the functional codes it equals.
    """

    id: str
    title_en: str
    title_zh: str
    scope: Literal["row", "column", "cross", "twin"]
    targets: tuple[str, ...]
    formula: str
    kinds: tuple[Literal["budget", "final"], ...]
    is_hard: bool
    premise: str
    source: str
    twins: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class NarrativeLabel:
    """What an amount in the prose can be of. ``words``: how prose names it, as label keys."""

    item: str
    label_zh: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schemas:
    """Everything in this folder, loaded and checked."""

    version: str
    tables: Mapping[str, TableSchema]
    families: Mapping[str, Family]
    titles: tuple[TitleRule, ...]
    title_words: tuple[TitleWords, ...]
    headers: tuple[HeaderRule, ...]
    labels: tuple[LabelRule, ...]
    codes: Mapping[str, CodeList]
    vocabularies: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, str]
    """Finding code -> what it means and what to do (English; docs/findings.md is made from it)."""
    finding_rules: Mapping[str, FindingRule] = field(default_factory=dict)
    """The same codes with every column of findings.csv."""
    econ_map: tuple[tuple[str, str], ...] = ()
    """(government code, department code) pairs that belong together; partial, a soft check."""
    header_words: tuple[HeaderWord, ...] = ()
    """Words by which headers of unknown wording are read."""
    identities: Mapping[str, Identity] = field(default_factory=dict)
    """Accounting identities by id, in the order of identities.csv."""
    narrative: tuple[NarrativeLabel, ...] = ()
    """Labels of amounts in the prose, in the order of narrative.csv."""
