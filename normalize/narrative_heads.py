"""The words before an amount in the prose: what it is of, and whether budget, final or change.

``2026年某市信访办公室财政拨款的机关运行经费预算为`` is read from the left (year, body, funds,
label, tail) and counts only where every word of it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.normalize.wording import lengths_by_first
from yusuan.schemas.model import Schemas

Metric = Literal["budget", "final", "prior", "increase", "decrease"]

_YEAR = re.compile(r"(20\d\d)年度?")
_FILLER = re.compile(
    r"(?:其中|包括|相应安排|安排|拟|共|另|即|和|、|当年|本年度?|全年|年度|部门|本部门|本单位|单位|"
    r"本级|综合|用于|的|年初|（部门）|下属(?:\d家(?:机关|(?:参公)?事业单位)[和、]?)+)"
)
_BODY_END = re.compile(
    r"局|委员会|委|办公室|办公厅|厅|院|政府|中心|队|所|站|处|署|会|学校|机关|街道|镇|乡|馆|部|"
    r"（本级）|（汇总）"
)
_NOT_BODY = re.compile(r"支出|收入|经费|预算|决算|资金|拨款|采购|基金|费用|\d|主要|原因|用于")
_MAX_BODY: Final = 40
_FUND = (
    (
        re.compile(r"一般公共(?:预算)?(?:财政拨款|拨款|财政)?(?:资金)?(?:预算)?(?:安排)?的?"),
        "general_public",
    ),
    (
        re.compile(r"政府性基金(?:预算)?(?:财政拨款|拨款)?(?:资金)?(?:安排)?的?"),
        "gov_fund",
    ),
    (
        re.compile(r"国有资本经营(?:预算)?(?:财政拨款|拨款)?(?:资金)?(?:安排)?的?"),
        "state_capital",
    ),
    (re.compile(r"财政(?:拨款|性资金)(?:安排)?的?(?:预算(?!支出|收入))?"), "fiscal"),
)
_TAIL = re.compile(
    r"(?:年初|(?P<year>20\d\d)年度?|财政拨款|一般公共预算|支出|收入|预算|决算|执行|费用|安排|金额|资金|"
    r"总额|总计|合计|总数|数|共计|共|为|是|计|科目|有|（以合同签订为准）)*"
)
_BARE = re.compile(
    r"(?:(?P<year>20\d\d)年度?)?(?:当年)?(?:支出年初预算|支出决算|年初预算|预算|决算)"
    r"(?:执行|金额|数|安排|支出|总额|为|是|共)*"
)
_CHANGE = re.compile(
    r"(?P<label>.*?)(?:(?:比|较|与|同)[^，；]{1,24}?(?:相比)?)?(?:各|均|总体|分别)?"
    r"(?P<way>增加|增长|上升|减少|下降|降低|压减)(?:了|额)?为?"
)
_WAY = re.compile("增加|增长|上升|减少|下降|降低|压减")
_MAX_WAY: Final = 4  # 减少了为: how far from the end of a change its way begins, at most
_DOWN: Final = frozenset({"减少", "下降", "降低", "压减"})
_PRIOR = re.compile(
    r"(?:比|较|与|同)(?:20\d\d年度?|上年度?|去年)(?:年初)?(?:部门)?(?:预算|决算|执行)*数?[为的]?"
)
_PATH = re.compile(
    r"(?:(?P<class>[^（）]{2,30})（类）)?(?:(?P<group>.{2,40}?)（款）)?(?:(?P<item>.{2,40}?)（项）)?"
)
# 公共安全支出（204类）司法（06款）: the level without its own digits.
_LEVEL_CODE = re.compile(r"(?<=（)\d{2,3}(?=[类款项]）)")
_CODED = re.compile(r"(?P<code>2\d{2}(?:\d{2}){0,2})-?(?P<name>[^\d（）-].*)")
_NAMED = re.compile(r"(?P<name>.{2,40}?)（(?P<code>2\d{2}(?:\d{2}){0,2})）")
# 1 行政运行（2010301）: a number of a list whose stop was not set, or is drawn.
_LOOSE_ORDINAL = re.compile(r"\d{1,2}(?=[^\d（）]{2,40}（2\d{2}(?:\d{2}){0,2}）)")
# Labels that are part of the money that the sentence before them, or the heading, speaks of.
_PARTS: Final = frozenset(
    {"basic", "project", "personnel", "public", "class", "group", "function_item"}
)
_MIN_PROJECT: Final = 4
_TOTALS: Final = {"收入": "revenue", "支出": "expenditure"}
# Sources of money: 事业收入支出 is what is spent of it, not the revenue.
_SOURCES: Final = frozenset(
    {"business", "operating_revenue", "superior", "affiliate", "other", "special_account"}
)


class Subject(NamedTuple):
    """What an amount is of. ``item``: of narrative.csv, or class, group, function_item.

    ``label``: the label, or the path with ``/``. ``scope``: fund scope; None: not told.
    """

    item: str
    label: str
    scope: str | None = None
    func_code: str | None = None

    @property
    def needs_scope(self) -> bool:
        """Whether the label alone does not tell which money it is part of."""
        return self.item in _PARTS


@dataclass(frozen=True, slots=True)
class Head:
    """A head read whole. ``subject`` None: the one before it. ``metric`` None: the document's.

    ``is_bare_change``: 压减 alone, which does not tell against what.
    """

    subject: Subject | None
    metric: Metric | None = None
    year: int | None = None
    is_comparison: bool = False
    is_bare_change: bool = False


@dataclass(frozen=True, slots=True)
class Heads:
    """Labels of the prose by word, and functional codes by name, prepared once.

    ``lengths``: of the words and ``_TOTALS`` that begin with a character, the longest first.
    ``longest_name``: characters of the longest name.
    """

    words: Mapping[str, tuple[str, str]]
    codes: Mapping[str, tuple[str, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    longest_name: int


def prepare_heads(schemas: Schemas) -> Heads:
    """Index the labels of narrative.csv and the names of the functional classification."""
    words = {w: (rule.item, rule.label_zh) for rule in schemas.narrative for w in rule.words}
    codes: dict[str, list[str]] = {}
    for code, names in schemas.codes["functional"].names.items():
        for name in names:
            codes.setdefault(label_key(name), []).append(code)
    lengths, longest_name = lengths_by_first((*words, *_TOTALS)), max(map(len, codes), default=0)
    return Heads(words, {k: tuple(v) for k, v in codes.items()}, lengths, longest_name)


def with_projects(heads: Heads, names: Iterable[str]) -> Heads:
    """Labels with the projects that the document's own tables name.

    Names of a few characters, and those that are labels or codes anyway, are left out.
    """
    own = {label_key(name): ("project_item", name) for name in names}
    words = {
        key: item
        for key, item in own.items()
        if len(key) >= _MIN_PROJECT and key not in heads.words and key not in heads.codes
    }
    if not words:
        return heads
    words |= heads.words
    lengths = lengths_by_first((*words, *_TOTALS))
    return Heads(words, heads.codes, lengths, heads.longest_name)


def read_head(text: str, heads: Heads, class_name: str = "") -> Head | None:
    """Read the words before an amount; None where they are not all known.

    ``class_name``: the 类 that the heading above names, for paths that begin with the 款.
    """
    key = _bare_key(text)
    if _PRIOR.fullmatch(key):
        return Head(None, "prior", is_comparison=True)
    is_change = _WAY.search(key, max(len(key) - _MAX_WAY, 0)) is not None
    if is_change and (found := _CHANGE.fullmatch(key)) is not None:
        way: Metric = "decrease" if found["way"] in _DOWN else "increase"
        label = found["label"]
        if not label:
            is_bare = found.start("way") == 0
            return Head(None, way, is_comparison=True, is_bare_change=is_bare)
        named = _label_head(label, heads) or _function_head(label, heads, class_name)
        if named is None or named.subject is None:
            return None
        return Head(named.subject, way, named.year, is_comparison=True)
    return _function_head(key, heads, class_name) or _label_head(key, heads)


def is_listed(text: str) -> bool:
    """Whether a number of a list stands in front, which begins a statement of its own."""
    return strip_ordinal(text)[0] is not None or _LOOSE_ORDINAL.match(label_key(text)) is not None


def _bare_key(text: str) -> str:
    """The head as a key, without ordinals and the bracket that opens a remark."""
    key = _LEVEL_CODE.sub("", label_key(text)).lstrip("、")
    key = _LOOSE_ORDINAL.sub("", key, count=1) if _LOOSE_ORDINAL.match(key) else key
    for _ in range(3):
        ordinal, rest = strip_ordinal(key)
        if ordinal is None:
            break
        key = rest
    if key.count("（") > key.count("）"):
        key = key.lstrip("（")
    return key


def _function_head(key: str, heads: Heads, class_name: str) -> Head | None:
    """A path (类) (款) (项), a code with its name, or the name of a 类."""
    if "（类）" in key or "（款）" in key or "（项）" in key:
        end = max(key.rfind(f"（{level}）") for level in "类款项") + 3
        path, tail = _PATH.fullmatch(key[:end]), _TAIL.fullmatch(key[end:])
        if path is None or tail is None:
            return None
        names = [path["class"] or class_name, path["group"] or "", path["item"] or ""]
        return _with_tail(_path_subject(names, heads), tail)
    for found in (_CODED.match(key), _NAMED.match(key)):
        if found is None:
            continue
        name = found["name"] if found.re is _NAMED else _without_tail(found["name"], heads)
        tail = _TAIL.fullmatch(key[found.start("name") + len(name) :]) if name else None
        if found.re is _NAMED:
            tail = _TAIL.fullmatch(key[found.end() :])
        if name and tail is not None:
            item = _LEVEL_ITEMS[len(found["code"])]
            return _with_tail(Subject(item, name, None, found["code"]), tail)
    if key.count("-") == 2:  # 类-款-项
        *upper, last = key.split("-")
        lowest = _without_tail(last, heads)
        tail = _TAIL.fullmatch(last[len(lowest) :])
        subject = _path_subject([*upper, lowest], heads)
        return _with_tail(subject, tail) if tail is not None and subject.func_code else None
    name = _without_tail(key, heads)
    codes = [code for code in heads.codes.get(name, ()) if len(code) == 3]
    tail = _TAIL.fullmatch(key[len(name) :])
    if len(codes) == 1 and tail is not None:
        return _with_tail(Subject("class", name, None, codes[0]), tail)
    return None


_LEVEL_ITEMS: Final = {3: "class", 5: "group", 7: "function_item"}


def _without_tail(text: str, heads: Heads) -> str:
    """The longest beginning that is a name of the functional classification; else all of it."""
    for end in range(min(len(text), heads.longest_name), 1, -1):
        if text[:end] in heads.codes and _TAIL.fullmatch(text[end:]):
            return text[:end]
    return text


def _path_subject(names: list[str], heads: Heads) -> Subject:
    """The subject of a path; its code where the names, level by level, leave only one."""
    codes: list[str] = [""]
    depth = -1
    for level, name in enumerate(names):
        if not name:
            continue
        depth = level
        length = 3 + 2 * level
        known = [c for c in heads.codes.get(name, ()) if len(c) == length]
        codes = [c for c in known if any(c.startswith(upper) for upper in codes)]
    label = "/".join(filter(None, names))
    item = ("class", "group", "function_item")[depth]
    return Subject(item, label, None, codes[0] if len(codes) == 1 else None)


def _with_tail(subject: Subject | None, tail: re.Match[str], year: int | None = None) -> Head:
    words = tail.group()
    metric: Metric | None = "final" if "决算" in words else "budget" if "预算" in words else None
    if tail["year"]:
        year = int(tail["year"])
    return Head(subject, metric, year)


def _label_head(key: str, heads: Heads) -> Head | None:
    """A label of narrative.csv with what may stand before and after it; 预算为 alone."""
    bare = _BARE.fullmatch(key)
    if bare is not None and key not in heads.words:
        return _with_tail(None, bare)
    return next(iter(_readings(key, heads, None, None)), None)


def _readings(
    key: str, heads: Heads, scope: str | None, year: int | None, is_after_body: bool = False
) -> Iterator[Head]:
    """Every way to read a head from the left, the most direct first."""
    for end in heads.lengths.get(key[:1], ()):
        if end > len(key):
            continue
        named = heads.words.get(key[:end])
        if named is None and scope is not None and key[:end] in _TOTALS:
            named = (_TOTALS[key[:end]], key[:end])
        tail = _TAIL.fullmatch(key[end:]) if named else None
        is_spent = named is not None and named[0] in _SOURCES and tail and "支出" in tail.group()
        if named is not None and tail is not None and not is_spent:
            yield _labelled(named, key[:end], scope, tail, year)
    if scope is None:
        for pattern, fund in _FUND:
            if found := pattern.match(key):
                yield from _readings(key[found.end() :], heads, fund, year, is_after_body)
    if year is None and (found := _YEAR.match(key)):
        yield from _readings(key[found.end() :], heads, scope, int(found[1]), is_after_body)
    if found := _FILLER.match(key):
        yield from _readings(key[found.end() :], heads, scope, year, is_after_body)
    if scope is None and not is_after_body:
        yield from _after_body(key, heads, year)


def _after_body(key: str, heads: Heads, year: int | None) -> Iterator[Head]:
    """Readings after the name of a public body (上海市信访办公室)."""
    for found in reversed(list(_BODY_END.finditer(key, 1, _MAX_BODY))):
        if not _NOT_BODY.search(key[: found.end()]):
            yield from _readings(key[found.end() :], heads, None, year, is_after_body=True)


def _labelled(
    named: tuple[str, str], word: str, scope: str | None, tail: re.Match[str], year: int | None
) -> Head:
    item, label = named
    if scope is None and item not in _PARTS:
        scope = "all" if item.partition("_")[0] in ("revenue", "expenditure") else None
    head = _with_tail(Subject(item, label, scope), tail, year)
    if head.metric is None and "决算" in word:
        return Head(head.subject, "final", head.year)
    if head.metric is None and "预算" in word:
        return Head(head.subject, "budget", head.year)
    return head
