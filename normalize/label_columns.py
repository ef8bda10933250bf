"""Label columns by what stands in them: codes tell a classification where the header does not.

Functional codes begin with 2, department economic ones with 3, government ones with 5 (DOMAIN
section 1). A table whose codes are of another classification than its title says is no table of
that family: its figures would be summed under the wrong codes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from yusuan.normalize.codes import split_code_name
from yusuan.normalize.columns import CLASSIFICATIONS, HeaderIndex
from yusuan.normalize.model import LogicalTable
from yusuan.normalize.text import label_key, strip_ordinal

_KIND_BY_DIGIT = {"2": "func", "3": "dept_econ", "5": "gov_econ"}
_LENGTHS = (3, 5, 7)
# Codes that must be there, and agree, before they overrule a header.
_MIN_CODES = 3
_AGREEING = 0.8
_YEAR = re.compile(r"20\d\d年?度?(?:[预决]算|执行)?数?")
_HAN = re.compile("[一-鿿]")


def settle_labels(table: LogicalTable, settled: list[dict[str, str]], index: HeaderIndex) -> str:
    """Name label columns by their codes; return why the table cannot be of its family, or "".

    ``settled``: the columns' attributes, changed in place.
    """
    own = index.wording.kind
    if own is None and table.family != "three_public":
        return ""
    texts = _texts(table, settled)
    _name_years(settled, texts)
    if own is None:
        return ""
    kinds = [_kind_of_codes(column) for column in texts]
    _name_unknown(settled, kinds, texts)
    if own == "func" and not any(a.get("role", "").startswith(CLASSIFICATIONS) for a in settled):
        _name_by_names(settled, texts, index)
    for i, attribute in enumerate(settled):
        role = attribute.get("role", "")
        said = next((k for k in CLASSIFICATIONS if role in (k, f"{k}_code", f"{k}_code_1")), None)
        if said is None or kinds[i] in (None, said):
            continue
        if "func" in (said, kinds[i]):
            path = "/".join(table.columns[i].path)
            return (
                f"column {path} should hold {_NAMES[said]} codes by title and header, "
                f"but holds {_NAMES.get(kinds[i] or '', 'other')} codes"
            )
        for other in settled:
            if other.get("role", "").startswith(said) and _is_bare(table, settled, other):
                other["role"] = (kinds[i] or said) + other["role"].removeprefix(said)
    if reason := _other_cut(table, settled):
        return reason
    has_labels = any(a.get("role", "").startswith((*CLASSIFICATIONS, "unit")) for a in settled)
    if not has_labels and _rows_with_figures(table, settled) > 1:
        return f"no column holds the codes or names that a table of {table.family} is made by"
    return ""


_NAMES = {"func": "functional", "dept_econ": "economic", "gov_econ": "economic"}


def _other_cut(table: LogicalTable, settled: Sequence[dict[str, str]]) -> str:
    """Whether the rows are of another classification than the family's table is by.

    The same money cut another way would be summed twice.
    """
    kinds = {
        kind for kind in CLASSIFICATIONS for a in settled if a.get("role", "").startswith(kind)
    }
    if table.family == "revenue_fn" or (not kinds and _rows_with_figures(table, settled) < 2):
        return ""
    if not kinds and table.family == "expenditure_fn":
        return "its rows are units; expenditure is kept by function"
    if not kinds:
        return ""
    if table.family == "basic_econ" and kinds == {"func"}:
        return "its rows are functional classes; basic expenditure is kept by economic class"
    if table.family != "basic_econ" and "func" not in kinds:
        return "its rows are economic classes; expenditure is kept by function"
    return ""


def _name_years(settled: list[dict[str, str]], texts: Sequence[Sequence[str]]) -> None:
    """A column of years: its rows are of several years, whatever its header says."""
    for attribute, column in zip(settled, texts, strict=True):
        years = sum(bool(_YEAR.fullmatch(text)) for text in column)
        if attribute.get("role") in (None, "label", "seq") and years and 2 * years >= len(column):
            attribute.clear()
            attribute["role"] = "year"


def _is_bare(
    table: LogicalTable, settled: Sequence[dict[str, str]], attribute: dict[str, str]
) -> bool:
    """Whether the column's header leaves open of which economic classification it is."""
    i = next(i for i, a in enumerate(settled) if a is attribute)
    return not any("政府" in s or "部门" in s for s in table.columns[i].path)


def name_by_codes(table: LogicalTable, settled: list[dict[str, str]]) -> None:
    """Name label columns by the codes in them, whatever classification their headers say.

    科目编码 may hold economic codes as well as functional ones. What follows a code column, its
    款, its name, is of the same classification, unless its own header names one.

    ``settled``: the columns' attributes, changed in place.
    """
    renamed: dict[str, str] = {}
    kinds = [_kind_of_codes(column) for column in _texts(table, settled)]
    for i, attribute in enumerate(settled):
        role = attribute.get("role", "")
        said = next((k for k in CLASSIFICATIONS if role.startswith(k)), None)
        if said is None:
            continue
        if kinds[i] in CLASSIFICATIONS:
            renamed[said] = kinds[i] or said
        elif role in (said, f"{said}_code", f"{said}_code_1") or not _is_bare(
            table, settled, attribute
        ):
            continue
        attribute["role"] = renamed.get(said, said) + role.removeprefix(said)


def _texts(table: LogicalTable, settled: Sequence[dict[str, str]]) -> list[list[str]]:
    """The filled body cells of each column that holds labels or what nobody knows; else none."""
    roles = [attribute.get("role") for attribute in settled]
    asked = [r in (None, "label", "seq") or (r or "").startswith(CLASSIFICATIONS) for r in roles]
    texts: list[list[str]] = [[] for _ in table.columns]
    for row in table.rows:
        for cell in row:
            if cell.text and asked[cell.col]:
                texts[cell.col].append(label_key(cell.text))
    return texts


def _kind_of_codes(texts: Sequence[str]) -> str | None:
    """The classification of a column's codes; "other" for codes of none; None without codes."""
    firsts = Counter(
        code[0]
        for text in texts
        if (code := split_code_name(text, _LENGTHS)[0]) is not None and len(code) in _LENGTHS
    )
    total = sum(firsts.values())
    if total < _MIN_CODES or 2 * total < len(texts):
        return None
    first, count = firsts.most_common(1)[0]
    return _KIND_BY_DIGIT.get(first, "other") if count >= _AGREEING * total else None


def _name_unknown(
    settled: list[dict[str, str]], kinds: Sequence[str | None], texts: Sequence[Sequence[str]]
) -> None:
    """A column without a known header, left of the figures, that is full of codes."""
    for i, attribute in enumerate(settled):
        role = attribute.get("role")
        if role == "measure":
            return
        if role is None and kinds[i] not in (None, "other"):
            has_names = sum(bool(_HAN.search(text)) for text in texts[i]) * 2 > len(texts[i])
            attribute["role"] = f"{kinds[i]}" if has_names else f"{kinds[i]}_code"


def _name_by_names(
    settled: list[dict[str, str]], texts: Sequence[Sequence[str]], index: HeaderIndex
) -> None:
    """A column of labels, left of the figures, that is full of names of functional classes.

    项目 over 社会保障和就业支出, 行政单位离退休 and so on: such tables print no codes. A whole
    government's expenditure is printed so, too, but only a department's as basic and project.
    """
    measures = {a.get("measure") for a in settled if a.get("role") == "measure"}
    if index.functional is None or not {"basic", "project"} <= measures:
        return
    names = {label_key(name) for seen in index.functional.names.values() for name in seen}
    for attribute, column in zip(settled, texts, strict=True):
        if attribute.get("role") == "measure":
            return
        known = sum(strip_ordinal(text)[1] in names for text in column)
        if attribute.get("role") in (None, "label") and known >= max(
            _MIN_CODES, _AGREEING * (len(column) - 1)
        ):
            attribute["role"] = "func_name"
            return


def _rows_with_figures(table: LogicalTable, settled: Sequence[dict[str, str]]) -> int:
    return sum(
        any(c.text for c in row if settled[c.col].get("role") == "measure") for row in table.rows
    )
