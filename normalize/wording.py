"""Read a header that no rule lists by the words it is made of.

Every place words the same standard columns its own way (一般公共预算拨款收入, 本年一般公共预算财政
拨款). ``schemas/header_words.csv`` holds the words; a header is understood only where its words
leave nothing over and agree with each other. What is doubtful has no meaning here: the column then
becomes a finding, not a fact. Words of comparison are looked for first, since last year's figures
and percentages stand under headers that otherwise read like this year's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from yusuan.schemas.model import Family, HeaderWord

Attributes = Mapping[str, str]

# A difference or a share, whatever else the header says.
_CHANGE = re.compile(
    r"增减|增长|增幅|降幅|同比|[与比较]上年|[与比较]20\d\d年|[与比较]去年|占.{0,20}(?:比|[%％])|"
    r"占比|比重|比例|比率|[执进]行率|完成率|进度|[%％‰±]|变动|变化|差异"
)
_EARLIER = re.compile(r"上年|去年|上一年|前年|以前年度|往年")
# Money left over from an earlier year is money of this one.
_CARRIED = re.compile(r"结转|结余|余额|节余|滚存|未完")
# What was spent by the time of printing: in a book of this year it is of another year.
_DONE = re.compile(r"执行|完成数|完成情况")

_SHARE: Attributes = {"role": "ignore", "reason": "change"}
_PRIOR: Attributes = {"role": "ignore", "reason": "prior_year"}

# 支出功能分类科目编码, 部门预算支出经济分类科目名称, 科目代码, 功能分类科目（类款项）
_CLASSIFICATION = re.compile(
    r"(?:支出|收入)?(?:(?P<func>功能)|(?P<gov>政府(?:预算)?(?:支出)?经济)"
    r"|(?P<dept>(?:部门(?:预算)?)?(?:支出)?经济))?(?:预算|支出)?(?:分类?)?(?:预算)?(?:科目|分类)"
    r"(?P<part>编码|代码|编号|名称|编码及名称|编码和名称|代码及名称)?(?:（(?:类|款|项|、)+）)?"
)
# The labels of a list by another classification: 按支出性质, 按部门预算经济分类
_BY = re.compile("按([^（）]{0,8}(?:功能|经济|性质|用途)(?:分类|科目|分)*)")
_BY_CLASS = re.compile(r"（按.{1,12}）$")
_UNIT = re.compile(
    r"(?:预算|主管|基层|二级|下属|所属)?(?:单位|部门)(?:（(?:单位|部门)）)?(?P<part>编码|代码|编号|名称)?"
)
# Names of units, each over the names of its classes: 单位名称（科目）, 科目名称（单位名称）
_UNIT_OR_CLASS = re.compile(
    "(?:单位|部门)(?:名称)?（(?:支出)?(?:功能)?(?:分类)?科目(?:名称)?）(?:名称)?"
    "|(?:支出)?(?:功能)?(?:分类)?科目(?:名称)?（(?:单位|部门)(?:名称)?）(?:名称)?"
    "|(?:单位|部门)(?:名称)?[/／、或及和](?:功能)?(?:分类)?科目(?:名称)?"
    "|(?:功能)?(?:分类)?科目(?:名称)?[/／、或及和](?:单位|部门)(?:名称)?"
)
# Codes of units, each over those of its classes: 单位编码/科目编码
_UNIT_OR_CLASS_CODE = re.compile(
    "(?:单位|部门)(?:编码|代码)?[（/／、或及和](?:功能)?(?:分类)?科目(?:编码|代码)）?"
    "|(?:功能)?(?:分类)?科目(?:编码|代码)?[（/／、或及和](?:单位|部门)(?:编码|代码)）?"
)
# What a figure holds, or which kind of projects pays it, said behind its name:
# 人员经费（含对个人和家庭的补助）, 公用经费（运转类）
_INCLUDING = re.compile("（(?:(?:含|包含|包括)[^（）]*|(?:人员|运转|特定目标)类(?:项目)?)）$")
_PART = re.compile("编码|代码|编号|名称")
_YEAR = re.compile(r"20\d\d年度?")
# Attribute values that a more exact one on the same path replaces.
_GENERIC = {"total": 0, "project_total": 0, "all": 0, "current": 1, "fiscal": 1, "expenditure": 1}
_SPECIFIC = 2
_MAX_SPLITS = 4
# A value and those that may stand below it in the header tree.
_FINER = {
    ("of_which_procurement", "of_which_procurement_sme"),
    ("of_which_procurement", "of_which_procurement_micro"),
    ("basic", "basic_personnel"), ("basic", "basic_public"),
    ("unit_funds", "business"), ("unit_funds", "operating"), ("unit_funds", "superior"),
    ("unit_funds", "affiliate"), ("unit_funds", "other"),
    ("vehicle_total", "vehicle_purchase"), ("vehicle_total", "vehicle_operation"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one family.

    ``kind``: the classification that bare 科目 columns hold. ``is_list``: lists of labels with
    their amounts, side by side.
    """

    words: Mapping[str, Attributes] = field(default_factory=dict)
    headings: frozenset[str] = frozenset()
    kind: str | None = None
    has_units: bool = False
    is_list: bool = False
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    """See ``lengths_by_first``."""

    def __post_init__(self) -> None:
        """Sort the words by what they begin with."""
        self._lengths.update(lengths_by_first(self.words))

    def knows(self, segment: str) -> bool:
        """Whether the words leave nothing of a header segment over."""
        return bool(self.words) and (
            _segment(segment, self) is not None or bool(_label_role((segment,), self))
        )

    def ends(self, segment: str, at: int) -> list[int]:
        """Where the words end that a segment has at a place, the longest first."""
        ends = [at + length for length in self._lengths.get(segment[at], ())]
        return [end for end in ends if end <= len(segment) and segment[at:end] in self.words]


def lengths_by_first(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the words that begin with a character, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in filter(None, words):
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


class HeaderWords(frozenset[str]):
    """Known header segments; it also holds every segment that known words leave nothing of."""

    def __contains__(self, segment: object) -> bool:
        if super().__contains__(segment):
            return True
        return isinstance(segment, str) and bool(segment) and _is_made_of(segment, self)


@lru_cache(maxsize=1 << 14)
def _is_made_of(segment: str, words: HeaderWords) -> bool:
    """Whether a segment of two words or more is nothing but known words, each of two or more."""
    reached = {0}
    for end in range(2, len(segment) + 1):
        if any(frozenset.__contains__(words, segment[at:end]) for at in reached if end - at > 1):
            reached.add(end)
    return len(segment) in reached


def wording(words: Sequence[HeaderWord], headings: Sequence[str], family: Family) -> Wording:
    """Collect the words of a family."""
    name, table = family.name, family.table
    kinds = {"revenue": "func", "expenditure": "func", "basic_expenditure": "dept_econ"}
    kinds["amount_details"] = "func"
    own: dict[str, Attributes] = {}
    for read in (*family.reads_as, name):
        for rule in words:
            if read in rule.families:
                own |= {word: {**own.get(word, {}), **rule.attributes} for word in rule.words}
    has_units = table in (
        *kinds, "three_public", "procurement", "purchased_services", "amount_details"
    )  # fmt: skip
    is_list = family.layout == "lanes"
    return Wording(own, frozenset(headings), kinds.get(table), has_units, is_list)


def comparison(path: Sequence[str], known: frozenset[str] = frozenset()) -> Attributes | None:
    """What to do with a column of comparison: its role and reason; None for any other column.

    ``known``: segments that a rule of the family names, which has settled what they mean.
    """
    for segment in path:
        if segment in known:
            continue
        if _CHANGE.search(segment):
            return _SHARE
        if _EARLIER.search(segment) and not _CARRIED.search(segment):
            return _PRIOR
        if _DONE.search(segment):
            return _PRIOR
    return None


def add_parents(
    attributes: Attributes, parents: Sequence[str], own: Wording
) -> dict[str, str] | None:
    """A figure's attributes with what the headings above it add; None where they contradict it.

    ``parents``: headings that the rules it was read by do not name: 财政拨款 over 小计 tells which
    fund the 小计 is of, 项目支出 over 人员经费 that it is no basic expenditure.
    """
    merged = dict(attributes)
    for segment in parents:
        for name, value in (_segment(segment, own) or {}).items():
            held = merged.get(name)
            if name == "role":
                if value == "ignore":
                    return {"role": value, "reason": "below a heading that is left out"}
                continue
            if held is None or _rank(value) > _rank(held):
                merged[name] = value
            elif held != value and _rank(held) == _rank(value) == _SPECIFIC:
                is_finer = (value, held) in _FINER
                if not is_finer:
                    return None
    return merged


def is_carried(segment: str) -> bool:
    """Whether a header speaks of money carried over from an earlier year."""
    return bool(_CARRIED.search(segment) and (_EARLIER.search(segment) or "年初" in segment))


def read_wording(path: Sequence[str], own: Wording, content: str = "") -> Attributes:
    """The attributes of a column by the words of its header path; empty where any is doubtful.

    ``content``: words or amounts, of a column that shares its header cell with its neighbour, as
    the two below 收入 do.
    """
    if not path:
        return {}
    labelled = _label_role(path, own)
    if labelled:
        return labelled
    merged: dict[str, str] = {}
    for segment in path:
        is_heading = segment in own.headings and segment not in own.words
        if is_heading and segment is not path[-1]:
            continue
        found = _segment(segment, own)
        if found is None and is_heading:
            continue
        if found is None:
            return {}
        if found.get("role") in ("ignore", "detail") and segment is path[-1]:
            return found
        if not _merge(merged, found):
            return {}
    if own.is_list and content and "role" not in merged:
        amount = {"role": "measure", "measure": "total"}
        merged |= {"role": "label"} if content == "words" else amount
    return merged if "role" in merged else {}


def _label_of_list(by: str) -> Attributes:
    """The labels of a list by what these words say: an economic classification, or something."""
    kind = "gov_econ" if "政府" in by else "dept_econ" if "经济" in by else None
    return {"role": "label"} | ({"line_kind": f"{kind}_class"} if kind else {})


def _label_role(path: Sequence[str], own: Wording) -> Attributes:
    """A column of codes, names or units."""
    leaf = path[-1]
    bare = _BY_CLASS.sub("", leaf)
    if own.is_list and bare != leaf and own.words.get(bare, {}).get("role") == "label":
        return _label_of_list(leaf)
    if own.is_list and (by := _BY.fullmatch(leaf)):
        return _label_of_list(by[1])
    if own.is_list and (found := _CLASSIFICATION.fullmatch(bare)):
        kind = _kind(found)
        economic = {"line_kind": f"{kind}_class"} if kind and kind != "func" else {}
        return {"role": "label", **economic} if not found["part"] or kind else {}
    if _PART.fullmatch(leaf) and len(path) > 1:
        leaf = path[-2] + leaf  # 经济分类科目 over 编码 | 名称
    if own.kind and (found := _CLASSIFICATION.fullmatch(leaf)):
        kind = _kind(found) or classification(path[:-1]) or own.kind
        return {"role": kind + _part(found["part"])}
    if own.has_units and _UNIT_OR_CLASS.fullmatch(leaf):
        return {"role": f"{own.kind}_name" if own.kind else "unit_name", "shared": "units"}
    if own.has_units and own.kind and _UNIT_OR_CLASS_CODE.fullmatch(leaf):
        return {"role": f"{own.kind}_code", "shared": "units"}
    if own.has_units and (found := _UNIT.fullmatch(leaf)):
        return {"role": "unit" + _part(found["part"])}
    return {}


def classification(path: Sequence[str]) -> str | None:
    """The classification that the nearest of these headings names: func, gov_econ, dept_econ."""
    return next(
        (k for s in path[::-1] if (m := _CLASSIFICATION.fullmatch(s)) and (k := _kind(m))), None
    )


def _kind(found: re.Match[str]) -> str | None:
    if found["func"]:
        return "func"
    if found["gov"]:
        return "gov_econ"
    return "dept_econ" if found["dept"] else None


def _part(word: str | None) -> str:
    if word in ("编码", "代码", "编号"):
        return "_code"
    return "_name" if word == "名称" else ""


def _segment(segment: str, own: Wording) -> Attributes | None:
    """The merged attributes of a segment's words; None where a part of it is not understood.

    A year says nothing here: which year a column is of has been read from its cell.
    """
    plain = _YEAR.sub("", segment)
    for text in dict.fromkeys((plain, _INCLUDING.sub("", plain) or plain)):
        for words in _splits(text, own):
            merged: dict[str, str] = {}
            if all(_merge(merged, own.words[word]) for word in words):
                return merged
    return None


def _splits(segment: str, own: Wording) -> list[tuple[str, ...]]:
    """Ways to cut a segment into words, longest words first; at most the first few.

    From a place once found to lead nowhere nothing is tried again: what is asked may be a sentence.
    """
    found: list[tuple[str, ...]] = []
    dead: set[int] = set()

    def cut(at: int, taken: tuple[str, ...]) -> None:
        if at == len(segment):
            found.append(taken)
            return
        before = len(found)
        for end in own.ends(segment, at):
            if len(found) < _MAX_SPLITS and end not in dead:
                cut(end, (*taken, segment[at:end]))
        if len(found) == before:
            dead.add(at)

    cut(0, ())
    return found


def _merge(merged: dict[str, str], more: Attributes) -> bool:
    """Add the attributes of a word below or beside; False where they contradict each other."""
    for name, value in more.items():
        held = merged.get(name)
        if held is None or held == value:
            merged[name] = value
            continue
        ranks = _rank(held), _rank(value)
        if ranks[0] == ranks[1] == _SPECIFIC and (held, value) not in _FINER:
            return False
        if ranks[1] >= ranks[0]:
            merged[name] = value
    return True


@lru_cache(maxsize=256)
def _rank(value: str) -> int:
    return _GENERIC.get(value, _SPECIFIC)
