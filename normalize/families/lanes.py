"""Summary tables: independent lists of labels and amounts side by side (收入 | 支出).

A printed row pairs unrelated items, so each lane is read on its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yusuan.normalize.codes import split_code_name
from yusuan.normalize.columns import Attributes, split_lanes
from yusuan.normalize.families.cut_lines import join_cut_lines
from yusuan.normalize.families.facts import Draft, add_amount, rows_of
from yusuan.normalize.families.label_meaning import label_meaning
from yusuan.normalize.families.matrix import account_other_columns
from yusuan.normalize.families.outline import Outline, inner_lines, place, rank_of
from yusuan.normalize.model import LogicalCell, LogicalTable, Mapped, Value
from yusuan.normalize.text import label_key, modern_wording, strip_ordinal
from yusuan.schemas.model import LabelRule, Schemas

_SIDE_WORDS = (("收入", "revenue"), ("支出", "expenditure"))
# The head of the expenditure in a list that holds both sides, and the end of the revenue.
_EXPENDITURE = re.compile("(?:本年|当年|部门)?(?:财政拨款)?支出(?:合计|总计|小计)?")
_INCOME_END = re.compile("(?:部门)?(?:财政拨款)?(?:收入总计|总收入|收入合计)")
# A list by another classification keeps its own kind of lines, its totals excepted.
_TOTAL_KINDS = frozenset({"year_total", "grand_total", "carry_in", "carry_out"})
# Lines that no part of a numbered line comes after.
_ENDING_KINDS = _TOTAL_KINDS | {"surplus_used", "surplus_alloc"}
# One by nature and economic class (项目（按支出性质和经济分类）) begins with 基本支出 and 项目支出.
_OWN_KINDS = _TOTAL_KINDS | {"nature"}
# Lists of expenditure that are by something else than function.
_OTHER_LISTS = ("nature", "dept_econ_class", "gov_econ_class")
_CLASS_LENGTH = 3  # digits of a 类 code
_DEFAULT_KIND = {"revenue": "source", "expenditure": "function_class"}


@dataclass(frozen=True, slots=True)
class LabelIndex:
    """Label rules of one family by label key, the 类 codes by name, the names of 款 and 项."""

    family: str
    rules: Mapping[str, tuple[LabelRule, ...]]
    class_codes: Mapping[str, str]
    detail_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Label:
    """A summary line's label: its ordinal's depth, parent and attributes."""

    text: str
    norm: str
    depth: int
    parent: str | None
    attributes: Attributes
    func_code: str | None


def label_index(schemas: Schemas, family: str) -> LabelIndex:
    """Index the label rules of a family and the names of the function classes."""
    rules: dict[str, list[LabelRule]] = {}
    for rule in schemas.labels:
        if family in rule.families or "*" in rule.families:
            rules.setdefault(rule.label, []).append(rule)
    functional = schemas.codes.get("functional")
    names = functional.names.items() if functional else ()
    classes: dict[str, str] = {}
    for code, seen in names:
        for name in map(label_key, seen if len(code) == 3 else ()):
            # 教育 beside 教育支出: some places leave the word out.
            classes[name] = classes[name.removesuffix("支出")] = code
    details = frozenset(label_key(n) for code, seen in names if len(code) > 3 for n in seen)
    return LabelIndex(family, {k: tuple(v) for k, v in rules.items()}, classes, details)


def map_lanes(table: LogicalTable, attributes: Sequence[Attributes], index: LabelIndex) -> Mapped:
    """Map a 收支总表 or 财政拨款收支总表 onto ``summary``. ``index``: its family's labels."""
    labels, measures = (
        [col for col, a in enumerate(attributes) if a.get("role") == role]
        for role in ("label", "measure")
    )
    whole, joined = join_cut_lines(table, labels, measures, lambda text: _is_known(text, index))
    draft = Draft(whole, findings=joined)
    lanes = split_lanes(attributes, is_list=True)
    for number, lane in enumerate(lanes):
        turn = _turn(whole, lane, attributes, index) if len(lanes) == 1 else None
        _map_lane(draft, number, lane, attributes, index, turn)
    account_other_columns(draft, attributes)
    return draft.mapped()


def _is_known(text: str, index: LabelIndex) -> bool:
    """Whether a label means something by itself, with or without its ordinal."""
    key = label_key(text)
    rest = strip_ordinal(key)[1]
    known = (index.rules, index.class_codes, index.detail_names)
    return any(word in names for names in known for word in (key, rest))


def _map_lane(
    draft: Draft,
    number: int,
    lane: Sequence[int],
    attributes: Sequence[Attributes],
    index: LabelIndex,
    turn: int | None,
) -> None:
    """Write one list. ``turn``: the row from which on a list of revenue is one of expenditure."""
    labels = [c for c in lane if attributes[c].get("role") == "label"]
    measures = [c for c in lane if attributes[c].get("role") == "measure"]
    side = _lane_side(number, (*labels, *lane), attributes, draft.table)
    line_kind = next((k for c in labels if (k := attributes[c].get("line_kind"))), None)
    by_nature = any("性质" in segment for c in labels for segment in draft.table.columns[c].path)
    own_kinds = _OWN_KINDS if by_nature else _TOTAL_KINDS
    is_other = side == "revenue" or line_kind in _OTHER_LISTS or by_nature
    inner = _inner_rows(draft.table, labels, side, index) if is_other else frozenset()
    line_no = 0
    last_kind: Value = None
    outline = Outline()
    for number, cells in rows_of(draft.table):
        if number == turn:
            side, outline, inner = "expenditure", Outline(), frozenset()
        named = [cells[c] for c in labels if c in cells]
        if not any(cell.text for cell in named):
            named = _reaching_over(cells, labels, draft.table) or named
        text = "".join(cell.text for cell in named)
        if not text and not any(cells[c].text for c in measures if c in cells):
            continue
        for col in labels:
            if col in cells and cells[col].text:
                draft.use(cells[col], "value")
        line_no += 1
        label, outline = _read_label(
            text, _indent(named), side, outline, index, is_inner=number in inner
        )
        if line_kind and label.attributes.get("line_kind") not in own_kinds:
            label = replace(label, attributes={"line_kind": line_kind}, func_code=None)
        elif _is_detail(label, index):
            label = replace(label, attributes={"line_kind": "function_detail"})
        values = _line_values(label, side, line_no)
        is_known = bool(label.attributes.get("line_kind") or label.func_code)
        if is_known and values["line_kind"] not in _TOTAL_KINDS:
            last_kind = values["line_kind"]
        elif not is_known and text and last_kind in _OTHER_LISTS:
            values["line_kind"] = last_kind  # its list is by that, whatever this line is called
        if label.attributes.get("line_kind") is None and label.func_code is None:
            anchor = next((cells[c] for c in labels if c in cells and cells[c].text), None)
            draft.note("label-unknown", f"summary label not known: {text or '(blank)'}", anchor)
        for col in measures:
            if col not in cells:
                continue
            attribute = attributes[col]
            fields: dict[str, Value] = {
                "fund_scope": _fund_scope(draft.table, attribute, label, side),
                "measure": attribute.get("measure", "total"),
            }
            add_amount(draft, "summary", cells[col], draft.table.columns[col], values, fields)


def _turn(
    table: LogicalTable, lane: Sequence[int], attributes: Sequence[Attributes], index: LabelIndex
) -> int | None:
    """The row where the one list of a table goes from revenue to expenditure; None where none does.

    收支 may be printed one below the other: the expenditure begins after 收入总计, else with its
    first heading (一、本年支出) or class.
    """
    if any("side" in attributes[c] or _names_side(table, c) for c in lane):
        return None
    labels = [c for c in lane if attributes[c].get("role") == "label"]
    ended: int | None = None
    has_income = False
    for number, cells in rows_of(table):
        key = label_key("".join(cells[c].text for c in labels if c in cells))
        rest = strip_ordinal(key)[1]
        if _EXPENDITURE.fullmatch(rest) or rest in index.class_codes:
            return (number if ended is None else ended + 1) if has_income else None
        has_income = has_income or "收入" in rest or "拨款" in rest
        if ended is None and _INCOME_END.fullmatch(rest):
            ended = number
    return None


def _names_side(table: LogicalTable, col: int) -> bool:
    """Whether the header over a column says 收入 or 支出 (收支 says neither)."""
    return any(s.endswith(word) for s in table.columns[col].path for word, _ in _SIDE_WORDS)


def _inner_rows(
    table: LogicalTable, labels: Sequence[int], side: str, index: LabelIndex
) -> frozenset[int]:
    """The rows of a list whose lines stand under the numbered line above them."""
    texts = [
        (number, "".join(cells[c].text for c in labels if c in cells))
        for number, cells in rows_of(table)
    ]
    filled = [(number, text) for number, text in texts if text]
    ordinals = [strip_ordinal(label_key(text))[0] for _, text in filled]
    kinds = [_meaning(text, side, index)[0].get("line_kind") for _, text in filled]
    found = inner_lines(ordinals, [kind not in _ENDING_KINDS for kind in kinds])
    return frozenset(filled[at][0] for at in found)


def _reaching_over(
    cells: Mapping[int, LogicalCell], labels: Sequence[int], table: LogicalTable
) -> list[LogicalCell]:
    """The label of a row without one: a cell that begins in a list before and covers this label.

    支出合计 is written once over two lists of expenditure, its amount in the second.
    """
    if not labels:
        return []
    x0, x1 = table.columns[labels[0]].x0, table.columns[labels[-1]].x1
    return [
        cell
        for col, cell in cells.items()
        if cell.text
        and col < labels[0]
        and cell.origins[0].box.x0 < x0
        and cell.origins[0].box.x1 >= (x0 + x1) / 2
    ]


def _lane_side(
    number: int, lane: Sequence[int], attributes: Sequence[Attributes], table: LogicalTable
) -> str:
    """Revenue or expenditure: from the header above the lane, else its place.

    ``lane``: its columns, those of labels first: where a page's edge cuts the labels of one list
    off, its amounts stand before the labels of the next.
    """
    for col in lane:
        if "side" in attributes[col]:
            return attributes[col]["side"]
    for col in lane:
        for segment in table.columns[col].path:
            for word, side in _SIDE_WORDS:
                if segment.endswith(word):
                    return side
    return "revenue" if number == 0 else "expenditure"


def _read_label(
    text: str, indent: float, side: str, outline: Outline, index: LabelIndex, *, is_inner: bool
) -> tuple[Label, Outline]:
    """Label without ordinal, its parent, its rule's attributes; and the outline so far.

    ``is_inner``: it has no ordinal and stands under the numbered line above.
    """
    ordinal, rest = strip_ordinal(label_key(text))
    attributes, code = _meaning(text, side, index)
    kind = attributes.get("line_kind")
    parent, outline = place(ordinal, rest, indent, kind=kind, outline=outline, is_inner=is_inner)
    return Label(text, rest, rank_of(ordinal), parent, attributes, code), outline


def _meaning(text: str, side: str, index: LabelIndex) -> tuple[Attributes, str | None]:
    """A label's attributes by its rule, else by its words; and the code of its class."""
    key = modern_wording(label_key(text))
    rest = strip_ordinal(key)[1]
    attributes: Attributes = {}
    for rule in index.rules.get(rest, ()) or index.rules.get(key, ()):
        if rule.attributes.get("side", side) == side:
            attributes = rule.attributes
            break
    code = attributes.get("func_code") or (
        index.class_codes.get(rest) if side == "expenditure" else None
    )
    if not attributes and code is None and side == "expenditure":
        attributes, code = _coded(rest, index)
    if not attributes and code is None:
        attributes = label_meaning(rest, side, index.family)
    return attributes, code


def _coded(label: str, index: LabelIndex) -> tuple[Attributes, str | None]:
    """The class of a label with its code in front (208 社会保障和就业支出); a 款 or 项 so."""
    code, name = split_code_name(label)
    if code is None or not code.startswith("2"):
        return {}, None
    if index.class_codes.get(name) == code:
        return {}, code
    is_detail = len(code) > _CLASS_LENGTH and name in index.detail_names
    return ({"line_kind": "function_detail"} if is_detail else {}), None


def _indent(cells: Sequence[LogicalCell]) -> float:
    """How far the label's first line is set in from its cell's left edge, in em."""
    first = next((c for c in cells if c.text), None)
    if first is None or not first.lines:
        return 0.0
    line = first.lines[0]
    return (line.box.x0 - first.origins[0].box.x0) / max(line.size, 1.0)


def _is_detail(label: Label, index: LabelIndex) -> bool:
    """A 款 or 项 by name, printed without ordinal and code below its class."""
    known = label.attributes.get("line_kind") or label.func_code
    return not known and label.depth == 0 and label.norm in index.detail_names


def _line_values(label: Label, side: str, line_no: int) -> dict[str, Value]:
    kind = label.attributes.get("line_kind") or (_DEFAULT_KIND[side] if label.text else "other")
    if kind == "source" and label.parent and "结转" in label.parent:
        kind = "carry_detail"
    return {
        "side": side,
        "line_no": line_no,
        "label_text": label.text,
        "label_norm": label.norm,
        "parent_label": label.parent,
        "line_kind": kind,
        "func_code": label.func_code,
    }


def _fund_scope(table: LogicalTable, attribute: Attributes, label: Label, side: str) -> str:
    """``all`` in 收支总表; in 财政拨款 tables the fund of column or label, else ``fiscal``."""
    if attribute.get("fund_scope"):
        return attribute["fund_scope"]
    if table.family == "fiscal_summary" and side == "revenue" and "fund_scope" in label.attributes:
        return label.attributes["fund_scope"]
    return table.fund_scope or "all"
