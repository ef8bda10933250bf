"""Row labels of matrix tables: codes and names of the classifications, units, row types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from yusuan.normalize.codes import econ_level, func_level, join_code_parts, split_code_name
from yusuan.normalize.columns import CLASSIFICATIONS, Attributes
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.model import LogicalCell, Value
from yusuan.normalize.text import label_key, strip_ordinal
from yusuan.schemas.model import Schemas

_PART_ENDS = ("_code_1", "_code_2", "_code_3")
_LEVEL = re.compile(r"\d\d")
_YEAR = re.compile(r"20\d\d")
_UNIT_CODE = re.compile(r"\d{6}|\d{9}")
_UNIT_HEADING = re.compile("(?:预算|下属|二级)?(?:单位|部门)(?:名称)?：")
# Label and amount columns of a lane that a heading reaches over.
_MIN_HEADED = 3
_NO_LABELS = frozenset({"", "measure", "detail", "ignore", "seq", "remark"})
_SUBTOTAL = "小计"
# 201.03.01 in a column of codes
_DOTTED = re.compile(r"[235]\d\d(?:\.\d\d){1,2}")
_LENGTHS = {"func": (3, 5, 7), "gov_econ": (3, 5), "dept_econ": (3, 5)}
_PART_ROLES = {k: tuple(f"{k}_code_{level}" for level in (1, 2, 3)) for k in CLASSIFICATIONS}
_CODE_ROLES = {k: (f"{k}_code", *_PART_ROLES[k]) for k in CLASSIFICATIONS}
_ROLES = {k: frozenset((k, f"{k}_name", *_CODE_ROLES[k])) for k in CLASSIFICATIONS}
"""The roles of the columns that print a classification: its parts, its codes, all of them."""
_UNIT_ROLES = ("unit", "unit_name", "unit_code")


class RowLabels(NamedTuple):
    """What a row is about. ``codes`` and ``names`` by kind: func, gov_econ, dept_econ.

    ``year``: of a table with a row a year. ``is_change``: the row of the change between them.
    ``is_clipped``: a cell was too narrow for its label; the rest of it is not printed.
    ``is_headed``: the unit is told by a row of its own above (``unit_heading``).
    """

    codes: Mapping[str, str | None] = MappingProxyType({})
    names: Mapping[str, str | None] = MappingProxyType({})
    unit_code: str | None = None
    unit_name: str | None = None
    is_total: bool = False
    total_word: str | None = None
    texts: tuple[str, ...] = ()
    year: int | None = None
    is_change: bool = False
    is_clipped: bool = False
    is_headed: bool = False


@dataclass(frozen=True, slots=True)
class LabelLane:
    """The columns of a lane that label its rows.

    ``roles``: column and role of each, from the left. ``parts``: roles of parts of codes (类).
    ``numbers``: columns of line numbers. ``unit_roles``: the roles of units among them.
    ``is_shared``: whether units and classes stand in one column of names (单位名称（科目）), beside
    codes.
    """

    roles: tuple[tuple[int, str], ...]
    parts: tuple[str, ...]
    numbers: tuple[int, ...]
    unit_roles: frozenset[str]
    is_shared: bool


def label_lane(lane: Sequence[int], attributes: Sequence[Attributes]) -> LabelLane:
    """What the columns of a lane are, looked up once for all of its rows."""
    roles = [(col, attributes[col].get("role", "")) for col in lane]
    has_codes = any("_code" in role for _, role in roles)
    return LabelLane(
        tuple((col, role) for col, role in roles if role not in _NO_LABELS),
        tuple(role for _, role in roles if role.endswith(_PART_ENDS)),
        tuple(col for col, role in roles if role == "seq"),
        frozenset(role for _, role in roles if role in _UNIT_ROLES),
        has_codes and any(attributes[col].get("shared") for col in lane),
    )


def unit_heading(cells: Mapping[int, LogicalCell], lane: Sequence[int]) -> str | None:
    """The unit that a row of one cell over all columns of a lane names: 单位：某局本级."""
    filled = [cell for cell in cells.values() if cell.text]
    if len(filled) != 1 or len(lane) < _MIN_HEADED:
        return None
    cell = filled[0]
    found = _UNIT_HEADING.match(label_key(cell.text))
    if found is None or cell.col > lane[0] or cell.col_span < len(lane):
        return None
    return label_key(cell.text)[found.end() :] or None


def total_words(schemas: Schemas) -> frozenset[str]:
    """Words that mark a total row."""
    return frozenset(schemas.vocabularies["total_word"])


def read_labels(
    cells: Mapping[int, LogicalCell],
    lane: LabelLane,
    totals: frozenset[str],
    before: RowLabels,
    draft: Draft,
) -> RowLabels:
    """Read the label cells of one row of a lane.

    ``before`` are the labels of the row above: upper code parts left blank repeat them.
    """
    by_role: dict[str, list[LogicalCell]] = {}
    for col, role in lane.roles:
        if col in cells:
            by_role.setdefault(role, []).append(cells[col])
    for role in lane.parts:  # a 类 merged over its 款 has no cell in their rows
        by_role.setdefault(role, [])
    _part_units(by_role)
    filled = [cell for group in by_role.values() for cell in group if cell.text]
    texts = tuple([cell.text for cell in filled])
    for cell in filled:
        draft.use(cell, "value")
    word = next((label_key(t) for t in texts if _total_key(t) in totals), None)
    word = word or _word_at_number(cells, lane, totals, draft)
    codes: dict[str, str | None] = dict.fromkeys(CLASSIFICATIONS)
    names: dict[str, str | None] = dict.fromkeys(CLASSIFICATIONS)
    for kind in CLASSIFICATIONS:
        if not _ROLES[kind].isdisjoint(by_role):
            codes[kind], names[kind] = _code_and_name(kind, by_role, before, draft)
    is_total = word is not None and not any(codes.values())
    # The subtotal of the unit that a row above names, or that is merged over its rows.
    is_merged = bool(lane.unit_roles) and not any(map(by_role.get, lane.unit_roles))
    is_own = word == _SUBTOTAL and (before.is_headed or is_merged)
    unit_code, unit_name = _unit(by_role, RowLabels() if is_total and not is_own else before)
    if word == _SUBTOTAL and unit_name and _total_key(unit_name) not in totals:
        # 301001 | 某单位 | 小计 is the unit's own line, not that of the table.
        is_total, names = False, {}
    elif is_total or (unit_name and _total_key(unit_name) in totals):
        unit_code, unit_name = None, None
    if unit_code and unit_name is None:
        unit_name, names = _named_unit(unit_code, codes, names, before)
    if not is_total and not unit_code and not any(codes.values()) and lane.is_shared:
        # The department's line over those of its units has neither a code nor a class.
        unit_name, names = next(filter(None, names.values()), unit_name), {}
    year, is_change = _row_year(by_role)
    cut = any(cell.hidden_glyphs for cell in filled)
    if is_total:
        return RowLabels({}, {}, unit_code, unit_name, True, word, texts, year, is_change, cut)
    headed = before.is_headed
    return RowLabels(
        codes, names, unit_code, unit_name, False, None, texts, year, is_change, cut, headed
    )


def _word_at_number(
    cells: Mapping[int, LogicalCell], lane: LabelLane, totals: frozenset[str], draft: Draft
) -> str | None:
    """The word for a total (合计) that is written from the column of line numbers on."""
    for col in lane.numbers:
        cell = cells.get(col)
        if cell and _total_key(cell.text) in totals:
            draft.use(cell, "value")
            return label_key(cell.text)
    return None


def _part_units(by_role: dict[str, list[LogicalCell]]) -> None:
    """Take the code of a unit out of the column of class codes that it shares (156001 over 20103).

    Codes of classes have three, five or seven digits; those of units six or nine.
    """
    if any(cell.text for cell in by_role.get("unit_code", ())):
        return
    for kind in CLASSIFICATIONS:
        if _ROLES[kind].isdisjoint(by_role):
            continue
        cells = [c for c in by_role.get(f"{kind}_code", ()) if c.text]
        if len(cells) == 1 and _UNIT_CODE.fullmatch(label_key(cells[0].text)):
            by_role["unit_code"] = by_role.pop(f"{kind}_code")
            return
        for role in (kind, f"{kind}_name"):
            code, name = split_code_name(_joined(by_role.get(role, ())) or "", _LENGTHS[kind])
            if code and name and _UNIT_CODE.fullmatch(code):
                by_role["unit"] = by_role.pop(role)  # 156001-某局 over 2010301-行政运行
                return


def _row_year(by_role: Mapping[str, Sequence[LogicalCell]]) -> tuple[int | None, bool]:
    """The year a row is of; a row without one among such rows (增减变化) is their change."""
    text = _joined(by_role.get("year", ()))
    if text is None:
        return None, False
    found = _YEAR.search(label_key(text))
    return (int(found[0]), False) if found else (None, True)


@lru_cache(maxsize=1 << 12)
def _total_key(text: str) -> str:
    """The label without ordinal, colon or footnote, for comparing with total words."""
    return strip_ordinal(label_key(text))[1].rstrip("：")


def _code_and_name(
    kind: str, by_role: Mapping[str, Sequence[LogicalCell]], before: RowLabels, draft: Draft
) -> tuple[str | None, str | None]:
    """Code and name of one classification from whatever columns carry them."""
    lengths = _LENGTHS[kind]
    name = _joined(by_role.get(f"{kind}_name", ()))
    code: str | None = None
    whole = by_role.get(kind, ())
    if any(c.text for c in whole):
        code, rest = split_code_name(_joined(whole) or "", lengths)
        name = name or rest or None
    parts = _parts(kind, by_role)
    if any(parts):
        above = before.codes.get(kind)
        code, padded = join_code_parts(_inherited(parts, above))
        restored = "a dropped zero" if padded else ""
        if code is None and above and len(parts) == 1 and _LEVEL.fullmatch(parts[0]):
            # One column with 208, 01, 2080101 below each other prints of a 款 its own level only.
            code, restored = above[:3] + parts[0], "the 类 of the rows above"
        if restored:
            cell = next(c for c in _part_cells(kind, by_role) if c.text)
            draft.note("code-padded", f"{restored} restored: {'|'.join(parts)} -> {code}", cell)
    if parts and not name:
        # A rule through a wide cell leaves the name in a code column; so do headings.
        name = "".join(p for p in parts if not p.isdecimal()) or None
    if code is None and any(p.isdecimal() for p in parts):
        cell = next(c for c in _part_cells(kind, by_role) if c.text)
        draft.note("code-unreadable", f"no code can be made of {'|'.join(parts)}", cell)
    if name and code is None:
        code, rest = split_code_name(name, lengths)
        name = rest or None
    return code, name


def _parts(kind: str, by_role: Mapping[str, Sequence[LogicalCell]]) -> list[str]:
    """The code column(s) from left to right: one, or 类|款|项, blank where there is no cell."""
    names = [role for role in _PART_ROLES[kind] if role in by_role]
    if f"{kind}_code" in by_role or not any(by_role[name] for name in names):
        keys = (label_key(c.text) for c in _part_cells(kind, by_role))
        return [key.replace(".", "") if _DOTTED.fullmatch(key) else key for key in keys]
    return ["".join(label_key(c.text) for c in by_role[name]) for name in names]


def _part_cells(kind: str, by_role: Mapping[str, Sequence[LogicalCell]]) -> list[LogicalCell]:
    cells = [c for role in _CODE_ROLES[kind] for c in by_role.get(role, ())]
    return sorted(cells, key=lambda c: c.col) if len(cells) > 1 else cells


def _inherited(parts: Sequence[str], before: str | None) -> list[str]:
    """Fill blank upper parts from the row above (``''|06|01`` under ``204|06``)."""
    if not before or len(parts) < 2 or parts[0] or not any(p.isdigit() for p in parts):
        return list(parts)
    pieces = [before[:3], before[3:5], before[5:7]]
    first = next(i for i, p in enumerate(parts) if p)
    if first >= len(pieces) or len(parts[first]) > 2 or not all(pieces[:first]):
        return list(parts)
    return pieces[:first] + list(parts[first:])


def _unit(
    by_role: Mapping[str, Sequence[LogicalCell]], before: RowLabels
) -> tuple[str | None, str | None]:
    """Budget unit of the row. A merged, cut or blank cell keeps the one above.

    Units are printed once above their codes, or merged over them.
    """
    cells = [c for role in _UNIT_ROLES for c in by_role.get(role, ())]
    if not any(c.text for c in cells):
        return before.unit_code, before.unit_name
    code = _joined(by_role.get("unit_code", ()))
    name = _joined(by_role.get("unit_name", ()))
    if by_role.get("unit"):
        split, rest = split_code_name(_joined(by_role["unit"]) or "", (3, 6, 9))
        code, name = code or split, name or rest or None
    return code, name


def _named_unit(
    code: str,
    codes: Mapping[str, str | None],
    names: dict[str, str | None],
    before: RowLabels,
) -> tuple[str | None, dict[str, str | None]]:
    """The unit's name where units and classes share a column of names (单位名称（科目）).

    The line of the unit itself has its name and no class; the lines below it are of the same unit.
    """
    if not any(codes.values()):
        return next(filter(None, names.values()), None), {}
    return (before.unit_name if before.unit_code == code else None), names


def _joined(cells: Sequence[LogicalCell]) -> str | None:
    return "".join([c.text for c in cells]) or None if cells else None


def label_values(labels: RowLabels, columns: frozenset[str]) -> dict[str, Value]:
    """The label columns of a record, as far as the target table has them."""
    func, gov, dept = (labels.codes.get(k) for k in CLASSIFICATIONS)
    everything: dict[str, Value] = {
        "func_code": func,
        "func_level": func_level(func) if func else None,
        "func_name": labels.names.get("func"),
        "gov_econ_code": gov,
        "gov_econ_name": labels.names.get("gov_econ"),
        "dept_econ_code": dept,
        "dept_econ_level": econ_level(dept) if dept else None,
        "dept_econ_name": labels.names.get("dept_econ"),
        "budget_unit_code": labels.unit_code,
        "budget_unit_name": labels.unit_name,
    }
    return {k: v for k, v in everything.items() if k in columns}
