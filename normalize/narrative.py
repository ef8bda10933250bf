"""Amounts that the prose states, by a strict grammar: what names no known label is not taken.

An amount is read with the words before it in its clause (its head). A head is a label of
``schemas/narrative.csv``, a path of the functional classification, a comparison (比上年增加), or
nothing but 预算为 after a sentence that was a label. Source: DOMAIN section 3 item 26.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, NamedTuple, cast

from yusuan.extract.model import RawPage
from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.model import Record, Unit, Value
from yusuan.normalize.narrative_heads import (
    Heads,
    Metric,
    Subject,
    is_listed,
    read_head,
    with_projects,
)
from yusuan.normalize.prose import Paragraph, paragraphs
from yusuan.normalize.sections import Section, section_of, year_of
from yusuan.normalize.text import label_key, strip_ordinal

_AMOUNT = re.compile(
    r"(?<![\d.,，])(?<![\d.,] )(?P<minus>-)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>亿元|万元|元)"
)
_UNIT_END: Final = "元"  # all units of money end with it
_CLAUSE_END = re.compile(r"[，；：。;:!！？]|,(?!\d{3})|(?<!\d),")
_SENTENCE_END: Final = "。"
_HAN_NUMBER = re.compile("[一二三四五六七八九十]")
_TOP = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+部分)")
_MAX_HEADING: Final = 40
# Without a number, what is no heading. Titles and labels of a drawn chart: 图2：支出结构, 对比图,
# 2025年度2026年度, 82%, 金额（万元）, 基本支出600. Sentences, also such as lack their stop.
_UNTITLED = re.compile(
    r"图\s*\d.*|.*图|(?:[\d.,%％\s（）()-]|年度?|单位[：:]?|[万亿]?元)+|\d+(?![\d年]).*"
    r"|.*金额(?:（.*）)?|\D{1,20}\d[\d.,]*[%％]?|.*(?:。|[，；].*|主要(?:原因)?是.*)"
)
_FUNDS: Final = (
    ("一般公共预算", "general_public"),
    ("政府性基金", "gov_fund"),
    ("国有资本经营", "state_capital"),
    ("财政拨款", "fiscal"),
)
_ALL_MONEY = re.compile("收支|支出预算|支出决算|收入支出|收入预算|收入决算")
# Statements of these set what 其中：基本支出 below them is part of.
_WHOLES: Final = frozenset({"expenditure", "expenditure_year", "revenue_expenditure", "basic"})
_FUNCTION: Final = frozenset({"class", "group", "function_item"})
_PROCUREMENT: Final = "procurement."
_THREE_PUBLIC: Final = "three_public."
_AGENCY: Final = "three_public.agency_operation"
# Money that pays meals and cars too, though not all of those of “三公”经费.
_COSTS: Final = frozenset({_AGENCY, "basic", "personnel", "public"})
_ALL_THREE: Final = "three_public.total"
_REASON = re.compile("原因|由于|主要(?:是|为)")
Kind = Literal["budget", "final"]
_SHARES: Final = frozenset({"basic", "project", "personnel", "public"})
# 工资福利支出（301）: a class that no label knows; what follows is of it.
_CODED_END = re.compile(r"[（(]\d{3,7}[）)]$")
Owner = Literal["whole", "part", "function", "item", "unknown"]


class _Context(NamedTuple):
    """What the headings above say: the section, the money it is of, a class, a label.

    ``owner``: what 其中 would be part of: all of that money, a part of it (项目支出), a code, the
    shares of one code (其人员经费), or something that was not understood.
    ``headings``: level and money of each heading above, the upper ones first; ``scope`` is also of
    what the sentences say.
    """

    top: str = ""
    sub: str = ""
    headings: tuple[tuple[int, str | None], ...] = ()
    scope: str | None = None
    class_name: str = ""
    pending: Subject | None = None
    owner: Owner = "whole"

    @property
    def section(self) -> str:
        """The headings, the upper one first."""
        return " / ".join(filter(None, (self.top, self.sub)))

    @property
    def heading_scope(self) -> str | None:
        """The money that the nearest heading that tells speaks of."""
        return next((scope for _, scope in reversed(self.headings) if scope), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """An amount in the prose: what it is of, its characters ``start:end`` of the paragraph."""

    subject: Subject
    metric: Metric
    start: int
    end: int
    number: str
    unit: Unit
    sentence: str
    section: str


def narrative_facts(
    pages: Sequence[RawPage],
    meta: Mapping[str, Value],
    heads: Heads,
    tables: Sequence[Record] = (),
    covers: Sequence[Section] = (),
) -> tuple[Record, ...]:
    """Records of ``narrative_facts`` in reading order. ``meta``: year and kind of the document.

    ``tables``: the records of its tables, whose projects the prose may name. ``covers``: those in
    the document, where books of several years or kinds are bound in one.
    """
    names = (r.values.get("project_name") for r in tables if r.table == "projects")
    heads = with_projects(heads, (name for name in names if isinstance(name, str)))
    context = _Context()
    records: list[Record] = []
    run = 0
    for paragraph in paragraphs(pages):
        if paragraph.run != run:  # a table stands between
            run, context = paragraph.run, context._replace(pending=None)
        period = _period(meta, paragraph.pages[0], covers)
        context, statements = read_paragraph(paragraph.text, context, heads, *period)
        for statement in statements:
            records.append(_record(paragraph, statement, len(records)))
    return tuple(records)


def _period(
    meta: Mapping[str, Value], page: int, covers: Sequence[Section]
) -> tuple[int | None, Kind]:
    """The year of a page, and whether its amounts are planned or spent."""
    told, kind = meta.get("fiscal_year"), meta.get("doc_kind")
    year = year_of(page, covers, told if isinstance(told, int) else None)
    cover = section_of(page, covers)
    if kind is None and cover is not None:
        kind = cover.kind
    return year, "final" if kind == "final" else "budget"


def read_paragraph(
    text: str, context: _Context, heads: Heads, year: int | None, kind: Kind
) -> tuple[_Context, list[Statement]]:
    """The amounts of one paragraph that name what they are of, and the context after it."""
    if _UNIT_END not in text or not _AMOUNT.search(text):
        return _after_heading(text, context, heads), []
    if is_listed(text):
        context = _without_pending(context)
    found: list[Statement] = []
    for start, sentence in _sentences(text):
        context, statements = _read_sentence(sentence, start, context, heads, year, kind)
        found += statements
    return context, found


def _without_pending(context: _Context) -> _Context:
    return context if context.pending is None else context._replace(pending=None)


def _after_heading(text: str, context: _Context, heads: Heads) -> _Context:
    """What a paragraph without amounts says of those below it."""
    ordinal, rest = strip_ordinal(text)
    is_top = _TOP.match(text) is not None
    is_heading = len(text) <= _MAX_HEADING and _SENTENCE_END not in text.rstrip("。")
    if ordinal is None and not is_top:
        is_heading = is_heading and not _UNTITLED.fullmatch(text)
    if not is_heading:
        return _without_pending(context)
    head = read_head(rest.rstrip("。"), heads)
    scope = _scope_of(rest)
    if ordinal is None and text.endswith(("：", ":")):
        # 其中： says nothing, 财政拨款支出主要内容如下： whose parts follow.
        return context._replace(scope=scope, owner="whole") if scope else context
    subject = head.subject if head else None
    if ordinal is None or is_top:
        return _Context(top=text, headings=((0, scope),), scope=scope, pending=subject)
    if subject and subject.item == "class":
        return context._replace(class_name=subject.label, sub=text, pending=None)
    context = _below(context, _level(ordinal), scope)
    return context._replace(sub=text, pending=subject)


def _level(ordinal: str) -> int:
    """How deep a heading stands: （一） 1, 1. 2, （1） and ① 3."""
    if _HAN_NUMBER.search(ordinal):
        return 1
    return 2 if ordinal[0].isdecimal() else 3


def _below(context: _Context, level: int, scope: str | None) -> _Context:
    """The context below a heading of a level; the money of its elder siblings is not its own."""
    above = tuple(heading for heading in context.headings if heading[0] < level)
    is_left = any(told for at, told in context.headings if at >= level)
    context = context._replace(headings=(*above, (level, scope)))
    if scope or is_left:
        return context._replace(scope=context.heading_scope, owner="whole")
    return context


def _scope_of(heading: str) -> str | None:
    """The money that a heading speaks of."""
    key = label_key(heading)
    funds = [scope for word, scope in _FUNDS if word in key]
    if len(funds) > 1 and funds[-1] == "fiscal":
        funds.pop()  # 一般公共预算财政拨款
    if len(funds) == 1:
        return funds[0]
    return "all" if not funds and _ALL_MONEY.search(key) else None


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while (end := text.find(_SENTENCE_END, start)) >= 0:
        yield start, text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield start, text[start:]


def _read_sentence(
    sentence: str, offset: int, context: _Context, heads: Heads, year: int | None, kind: Kind
) -> tuple[_Context, list[Statement]]:
    found: list[Statement] = []
    last: Subject | None = None
    outer: list[Subject | None] = []
    end = 0
    is_item = is_listed(sentence)
    is_first = offset == 0 or is_item
    is_new = offset == 0 or (is_item and not sentence.startswith("其中"))
    of_costs = not is_new and context.pending is not None and context.pending.item in _COSTS
    if is_item and offset:
        context = _without_pending(context)
    if _UNIT_END not in sentence or not _AMOUNT.search(sentence):
        head = read_head(sentence.rstrip("。"), heads, context.class_name)
        named = head.subject if head else None
        return (context._replace(pending=named) if named else context), []
    for match in _AMOUNT.finditer(sentence):
        begin = max([end, *(c.end() for c in _CLAUSE_END.finditer(sentence, end, match.start()))])
        is_opening = is_item and end == 0  # （一）基本支出：2026年基本支出为
        between, text = sentence[end : match.start()], sentence[begin : match.start()]
        last, end = _after_brackets(between, last, outer), match.end()
        head = read_head(text, heads, context.class_name)
        if head is not None and head.is_bare_change and _REASON.search(between):
            continue  # 主要原因是厉行节约，压减0.3万元
        subject = None
        if head is not None:
            before = last if head.is_comparison else last or context.pending
            subject = head.subject or before
        subject = _in_sentence(subject, found, of_costs) if subject else None
        has_number = is_listed(text)
        if subject and _is_share_of_code(subject, context, has_number or is_opening):
            last, context = None, context._replace(owner="item")
            continue
        if head is None or subject is None:
            last = None
            is_item_of = context.owner == "item" or _CODED_END.search(label_key(text))
            context = context._replace(owner="item" if is_item_of else "unknown")
            continue
        subject, context = _with_scope(subject, context, head.is_comparison, has_number)
        if subject.item in _WHOLES and _names_other_funds(subject, found):
            context = context._replace(scope=None, owner="unknown")
        if is_first and not found:
            context = context._replace(pending=subject)  # 预算安排 in a later sentence is of it
        last = subject
        metric: Metric = head.metric or kind
        if head.year is not None and year is not None and head.year != year:
            if head.year > year:  # a plan, or another book bound into the same file
                continue
            metric = "prior"
        number = (match["minus"] or "") + match["number"]
        place = (offset + match.start(), offset + match.end("number"))
        unit = cast(Unit, match["unit"])
        found.append(Statement(subject, metric, *place, number, unit, sentence, context.section))
    return context, found


def _after_brackets(
    between: str, last: Subject | None, outer: list[Subject | None]
) -> Subject | None:
    """What a comparison after ``between`` is of: 同比 after （其中：…） of what stood before it.

    ``outer``: the subjects before the brackets that are open; the brackets passed are entered.
    """
    for char in between:
        if char in "（(":
            outer.append(last)
        elif char in "）)" and outer:
            last = outer.pop()
    return last


def _is_share_of_code(subject: Subject, context: _Context, has_number: bool) -> bool:
    """Whether 人员经费 and the like are those of the one code before, not of the whole body."""
    is_under_code = context.owner in ("function", "item")
    return subject.item in _SHARES and is_under_code and not has_number


def _with_scope(
    subject: Subject, context: _Context, is_comparison: bool, has_number: bool
) -> tuple[Subject, _Context]:
    """A subject with the money it is of: its own words', the context's, else unknown."""
    is_function = subject.item in _FUNCTION
    if context.heading_scope not in (None, "all") and _is_of_heading(subject):
        subject = subject._replace(scope=context.heading_scope)
    if subject.scope is None and subject.needs_scope:
        is_of_whole = context.owner in _OF_WHOLE
        if is_function:
            is_of_whole = has_number or context.owner in ("whole", "function")
        subject = subject._replace(scope=context.scope if is_of_whole else None)
        if not is_comparison:
            owner: Owner = "function" if is_function else "part"
            context = context._replace(owner=owner if is_of_whole else "unknown")
    elif subject.item in _WHOLES and not is_comparison:
        context = context._replace(scope=subject.scope, owner="whole")
    return subject, context


def _is_of_heading(subject: Subject) -> bool:
    """Whether a heading tells the money of what its own words do not.

    支出预算总计 under 财政拨款收支情况, 公务接待费 under 一般公共预算“三公”经费.
    """
    if subject.item.startswith(_THREE_PUBLIC):
        return subject.scope is None
    return subject.scope == "all" and subject.item.partition("_")[0] in ("revenue", "expenditure")


def _names_other_funds(subject: Subject, found: Sequence[Statement]) -> bool:
    """Whether a sentence goes through the funds: what follows it is of all of them."""
    funds = {s.subject.scope for s in found if s.subject.item in _WHOLES} - {"all", "fiscal"}
    return subject.scope not in ("all", "fiscal") and bool(funds - {subject.scope})


_OF_WHOLE: Final = frozenset({"whole", "part"})


def _in_sentence(subject: Subject, found: Sequence[Statement], of_costs: bool) -> Subject | None:
    """A subject after the others of its sentence; None where it is not what its word says.

    货物, 工程 and 服务 are procurement only after it, and of the same money; 公务接待费 after
    机关运行经费 or 公用经费 is a part of that. ``of_costs``: the paragraph began with one of these.
    """
    items = [s.subject.item for s in found]
    is_part = subject.item.startswith(_THREE_PUBLIC) and subject.item not in (_AGENCY, _ALL_THREE)
    if is_part and (of_costs or not _COSTS.isdisjoint(items)) and _ALL_THREE not in items:
        return None
    part = subject.item.removeprefix(_PROCUREMENT)
    if part == subject.item or part == "total":
        return subject
    totals = [s.subject for s in found if s.subject.item == f"{_PROCUREMENT}total"]
    return subject._replace(scope=totals[-1].scope) if totals else None


def _record(paragraph: Paragraph, statement: Statement, number: int) -> Record:
    amount = parse_amount(statement.number)
    yuan: Decimal | None = to_yuan(amount, statement.unit)
    subject = statement.subject
    page = paragraph.pages[statement.start]
    last = statement.end - 1
    # An amount over two pages keeps the place of its beginning.
    span = (paragraph.offsets[statement.start], paragraph.offsets[last] + 1)
    return Record(
        "narrative_facts",
        {
            "table_id": None,
            "row_id": f"N{paragraph.run}:{number}",
            "section": statement.section,
            "subject": subject.label,
            "item": subject.item,
            "fund_scope": subject.scope,
            "func_code": subject.func_code,
            "metric": statement.metric,
            "amount_yuan": yuan,
            "amount_text": statement.number,
            "published_unit": statement.unit,
            "published_decimals": amount.decimals,
            "page_no": page,
            "char_span": span if paragraph.pages[last] == page else None,
            "sentence_text": statement.sentence,
            "value_status": "zero" if amount.kind == "zero" else "published",
            "proof": None,
        },
    )
