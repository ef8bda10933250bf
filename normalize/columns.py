"""What each leaf column means: header rules of ``schemas/headers.csv`` merged per column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yusuan.normalize.model import LeafColumn
from yusuan.normalize.text import modern_wording
from yusuan.normalize.wording import (
    Attributes as Attributes,  # known here to all mappers
)
from yusuan.normalize.wording import (
    HeaderWords,
    Wording,
    add_parents,
    classification,
    comparison,
    is_carried,
    read_wording,
    wording,
)
from yusuan.schemas.model import CodeList, HeaderRule, Schemas

CLASSIFICATIONS = ("func", "gov_econ", "dept_econ")
"""Role prefixes: functional, government economic and department economic classification."""

LABEL_ROLES = frozenset(
    {
        "label", "func", "func_code", "func_code_1", "func_code_2", "func_code_3", "func_name",
        "gov_econ", "gov_econ_code", "gov_econ_code_1", "gov_econ_code_2", "gov_econ_name",
        "dept_econ", "dept_econ_code", "dept_econ_code_1", "dept_econ_code_2", "dept_econ_name",
        "unit", "unit_code", "unit_name", "category", "catalog_l1", "catalog_l2", "catalog_l3",
        "service_field",
    }
)  # fmt: skip

_FIGURE = ("预算数",)
"""How a column of amounts is read that has nothing but a year over it."""
_MAX_READ = 4096
"""Headers remembered for each family."""


@dataclass(frozen=True, slots=True)
class HeaderIndex:
    """Header rules of one family, keyed by the last segment, and those that match anywhere.

    ``words``: all segments of these rules, and the headings that change nothing. ``wording``: the
    words by which a header that no rule lists is read. ``functional``: the
    functional classes, whose names may stand without codes.
    """

    by_leaf: Mapping[str, tuple[HeaderRule, ...]] = field(default_factory=dict)
    anywhere: Mapping[str, tuple[HeaderRule, ...]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    wording: Wording = field(default_factory=Wording)
    functional: CodeList | None = None
    _read: dict[tuple[tuple[str, ...], str], Attributes] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Attributes of the headers read before: forms are asked of every text that may be a label."""

    def knows(self, segment: str) -> bool:
        """Whether a header segment is understood, by a rule or by its words."""
        return segment in self.words or self.wording.knows(segment)


def header_index(schemas: Schemas, family: str) -> HeaderIndex:
    """Index the rules that apply to a family (its own and those for all)."""
    by_leaf: dict[str, list[HeaderRule]] = {}
    anywhere: dict[str, list[HeaderRule]] = {}
    names = (*schemas.families[family].reads_as, family)
    # Of rules that are as specific the later ones win: the family's own.
    for rule in sorted(schemas.headers, key=lambda rule: family in rule.families):
        if "*" not in rule.families and not any(name in rule.families for name in names):
            continue
        if rule.path[-1] == "*":
            anywhere.setdefault(rule.path[-2], []).append(rule)
        else:
            by_leaf.setdefault(rule.path[-1], []).append(rule)
    rules = [r for group in (*by_leaf.values(), *anywhere.values()) for r in group]
    return HeaderIndex(
        {k: tuple(v) for k, v in by_leaf.items()},
        {k: tuple(v) for k, v in anywhere.items()},
        frozenset(s for r in rules for s in r.path) | frozenset(schemas.vocabularies["heading"]),
        wording(schemas.header_words, schemas.vocabularies["heading"], schemas.families[family]),
        schemas.codes.get("functional"),
    )


def header_words(schemas: Schemas) -> frozenset[str]:
    """Every known header segment, of all families; and what is made of their words."""
    by_rule = {s for rule in schemas.headers for s in rule.path if s != "*"}
    by_word = {word for rule in schemas.header_words for word in rule.words}
    return HeaderWords(by_rule | by_word | set(schemas.vocabularies["heading"]))


def column_attributes(columns: Sequence[LeafColumn], index: HeaderIndex) -> tuple[Attributes, ...]:
    """The merged attributes of each column; empty where no rule matches."""
    attributes = [_of_heading(column, _attributes(column, index)) for column in columns]
    for col, kind in _code_parts(columns).items():
        role = attributes[col].get("role", "")
        level = _LEVELS.index(columns[col].path[-1]) + 1
        if f"{kind}_code_{level}" in LABEL_ROLES and (not role or role in LABEL_ROLES):
            attributes[col] = {**attributes[col], "role": f"{kind}_code_{level}"}
    return tuple(attributes)


def label_attributes(path: tuple[str, ...], index: HeaderIndex) -> Attributes:
    """What the rules say of a label of a form under those above it, as of a column by itself."""
    key = (path, _LABEL)
    known = index._read.get(key)
    if known is None:
        (known,) = column_attributes([LeafColumn(0, path, 0.0, 0.0)], index)
        index._read[key] = known
    return known


_LABEL = "label"
"""No content of a column."""
_LEVELS = ("类", "款", "项")


def _of_heading(column: LeafColumn, attributes: Attributes) -> Attributes:
    """A column 科目名称 or 科目编码 is of the classification that the heading over it names."""
    role = attributes.get("role", "")
    kind = next((kind for kind in CLASSIFICATIONS if role.startswith(kind)), None)
    if kind is None or classification(column.path[-1:]):
        return attributes
    above = classification(column.path[:-1])
    if above in (None, kind):
        return attributes
    return {**attributes, "role": f"{above}{role.removeprefix(kind)}"}


def _code_parts(columns: Sequence[LeafColumn]) -> dict[int, str]:
    """The classification that a column 类, 款 or 项 is a code part of, where a heading names it.

    A table may have several such groups (功能科目 and 部门经济科目, each over 类 and 款). A part on
    the right of an upper one and without a heading of its own goes with it.
    """
    found: dict[int, str] = {}
    for col, column in enumerate(columns):
        if not column.path or column.path[-1] not in _LEVELS:
            continue
        level = _LEVELS.index(column.path[-1])
        above = classification(column.path[:-1]) or _economic(column.path[:-1], columns)
        left, upper = columns[col - 1].path, _LEVELS[max(level - 1, 0) : level]
        if above:
            found[col] = above
        elif len(column.path) == 1 and col - 1 in found and left[-1:] == upper:
            found[col] = found[col - 1]
    return found


def _economic(heading: tuple[str, ...], columns: Sequence[LeafColumn]) -> str | None:
    """部门预算支出 and 政府预算支出 over 类 and 款 are classes of those names; 项 is functional."""
    below = {column.path[-1] for column in columns if column.path[:-1] == heading}
    if not heading or "项" in below or "款" not in below:
        return None
    return next(
        (
            kind
            for word, kind in (("政府", "gov_econ"), ("部门", "dept_econ"))
            if word in heading[-1]
        ),
        None,
    )


def is_headed(column: LeafColumn) -> bool:
    """Whether anything stands over a column: words, or a year over amounts."""
    return bool(column.path) or (column.year is not None and column.content == "amounts")


def _attributes(column: LeafColumn, index: HeaderIndex) -> Attributes:
    """What the column's header says; looked up where it was read before."""
    key = (column.path, column.content if column.path or column.year else "")
    known = index._read.get(key)
    if known is None:
        if len(index._read) >= _MAX_READ:
            index._read.clear()
        known = index._read[key] = _read_attributes(column, index)
    return known


def _read_attributes(column: LeafColumn, index: HeaderIndex) -> Attributes:
    """By the rules; by its words where no rule gives the column a role. Comparisons are no facts.

    What stands under 增减变化 is a difference, whatever its own header says.
    """
    path = tuple(map(modern_wording, column.path))
    if not path and is_headed(column):
        path = _FIGURE
    if not path:
        return {}
    matched = matching_rules(path, index)
    by_rule: dict[str, str] = {}
    for rule in matched:
        by_rule.update(rule.attributes)
    is_period = by_rule.get("period") in ("current", "total")
    if is_period and any(is_carried(segment) for segment in path[:-1]):
        by_rule["period"] = "carry_in"  # whatever fund the column is of, or their 合计
    if not index.wording.words or by_rule.get("role", "measure") != "measure":
        return by_rule
    named = frozenset(segment for rule in matched for segment in rule.path)
    if compared := comparison(path, named):
        return compared
    if "role" in by_rule:
        unnamed = [segment for segment in path[:-1] if segment not in named]
        return add_parents(by_rule, unnamed, index.wording) or {}
    by_words = read_wording(path, index.wording, column.content)
    return {**by_words, **by_rule} if by_words else by_rule


def matching_rules(path: Sequence[str], index: HeaderIndex) -> tuple[HeaderRule, ...]:
    """The rules that a column's path matches, the more specific ones last.

    A rule that ignores all below a header stands alone, unless another rule names that header.
    """
    if not path:
        return ()
    matched = [r for r in index.by_leaf.get(path[-1], ()) if _matches(r.path, path)]
    above = [
        r for s in path for r in index.anywhere.get(s, ()) if _is_subsequence(r.path[:-1], path)
    ]
    for rule in above:
        named = any(set(rule.path[:-1]) <= set(m.path) for m in matched)
        if rule.attributes.get("role") == "ignore" and not named:
            return (rule,)
    return tuple(sorted([*matched, *above], key=_specificity))


def _matches(rule: Sequence[str], path: Sequence[str]) -> bool:
    return rule[-1] == path[-1] and _is_subsequence(rule[:-1], path[:-1])


def _is_subsequence(wanted: Sequence[str], path: Sequence[str]) -> bool:
    segments = iter(path)
    return all(segment in segments for segment in wanted)


def _specificity(rule: HeaderRule) -> tuple[int, bool, bool]:
    """More segments, then anchored at the leaf, then the family named: the later ones win."""
    anchored = rule.path[-1] != "*"
    return (len(rule.path) - (not anchored), anchored, "*" not in rule.families)


def split_lanes(
    attributes: Sequence[Attributes], *, is_list: bool = False
) -> tuple[tuple[int, ...], ...]:
    """Column indexes of each lane: lists printed side by side in one table.

    A lane starts where a label role comes again after an amount column, or where the labels of
    another classification do. ``is_list``: the table is made of such lists; a column between two
    labels that was left out is then one of amounts, too.
    """
    lanes: list[list[int]] = [[]]
    seen: set[str] = set()
    has_amount = False
    for position, attribute in enumerate(attributes):
        role = attribute.get("role", "")
        if role in LABEL_ROLES:
            if has_amount and (role in seen or _is_other_list(role, seen)):
                lanes.append([])
                seen, has_amount = set(), False
            seen.add(role)
        is_left_out = is_list and role in ("", "ignore", "detail")
        has_amount = has_amount or role == "measure" or (is_left_out and bool(seen))
        lanes[-1].append(position)
    return tuple(tuple(lane) for lane in lanes)


def _is_other_list(role: str, seen: Iterable[str]) -> bool:
    """Whether labels are of another classification than those seen to their left."""
    is_class = role.startswith(CLASSIFICATIONS)
    return is_class and not any(other.startswith(role[:3]) for other in seen)
