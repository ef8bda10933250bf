"""The cells of a form, and which of them are labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yusuan.normalize.columns import Attributes, HeaderIndex, label_attributes
from yusuan.normalize.model import LogicalCell, LogicalTable
from yusuan.normalize.text import header_key, label_key, split_name_label
from yusuan.schemas.model import Schemas

DEPARTMENT: Final = "dept_perf"
PROJECT: Final = "project_perf"
LIST_ROLES: Final = frozenset(
    {"activity", "indicator", "level1", "level2", "level3", "nature", "value", "measure_unit"}
)
"""What the columns of an indicator list are."""
NAME_LABELS: Final = frozenset(
    {"部门名称", "部门（单位）名称", "单位名称", "部门单位名称", "预算部门", "部门"}
)
GOAL_LABELS: Final = frozenset(
    {
        "整体绩效目标",
        "部门整体绩效目标",
        "当年整体绩效目标",
        "年度整体绩效目标",
        "整体目标",
        "总体目标",
        "总体绩效目标",
        "年度总体目标",
        "年度绩效目标",
    }
)
OTHER_LABELS: Final = frozenset({"其他说明", "其他需要说明的问题", "其他需要说明的情况"})
# Shorter words of header_words.csv stand in cells of values too.
_MIN_WORD: Final = 4
# A cell over the whole form may leave a narrow column of stubs beside it.
_WIDE_SHARE: Final = 0.8
_MONEY_LABELS: Final = frozenset({"总体资金情况", "资金情况", "年度预算", "预算资金"})
_FUND_LABELS: Final = frozenset({"财政拨款", "其他资金", "财政资金"})


@dataclass(frozen=True, slots=True)
class FormWords:
    """The words of one family of forms, prepared once from the schemas.

    ``labels``: keys of all labels. ``index``: what they mean. ``levels``: keys of the known names
    of first and second level indicators. ``list_marks``: a few characters, of which every header
    of an indicator list and every name of a level holds one (指标, 性质).
    """

    labels: frozenset[str]
    index: HeaderIndex
    levels: tuple[frozenset[str], frozenset[str]]
    list_marks: frozenset[str]

    def count_marked(self, texts: Iterable[str]) -> int:
        """How many texts may be a header of an indicator list, or the name of a level."""
        return sum([not self.list_marks.isdisjoint(text) for text in texts])


@dataclass(frozen=True, slots=True)
class Form:
    """All cells of the form, ``at`` by the (row, column) slots that they cover."""

    table: LogicalTable
    cells: tuple[LogicalCell, ...]
    at: Mapping[tuple[int, int], LogicalCell]
    words: FormWords

    def is_label(self, cell: LogicalCell) -> bool:
        """Whether the cell prints a known label of the form."""
        return header_key(cell.text) in self.words.labels

    def right(self, cell: LogicalCell) -> LogicalCell | None:
        """The next cell to the right of a cell's first row.

        Slots may be free between them: an amount that is drawn over several columns stands in the
        one where it ends.
        """
        start = cell.col + cell.col_span
        slots = range(start, len(self.table.columns))
        return next((c for col in slots if (c := self.at.get((cell.row, col)))), None)

    def below(self, cell: LogicalCell) -> LogicalCell | None:
        """The first cell below a cell, from left to right within its width."""
        row = cell.row + cell.row_span
        slots = range(cell.col, cell.col + max(1, cell.col_span))
        return next((c for col in slots if (c := self.at.get((row, col)))), None)


def form_words(schemas: Schemas, family: str, index: HeaderIndex) -> FormWords:
    """Prepare the words of a family's forms: those of ``headers.csv`` and the lists above.

    ``index``: the family's header rules.
    """
    words = {
        segment
        for rule in schemas.headers
        if family in rule.families or "*" in rule.families
        for segment in rule.path
    }
    words |= {
        word
        for rule in schemas.header_words
        if family in rule.families and "role" in rule.attributes
        for word in rule.words
        if len(word) >= _MIN_WORD
    }
    if family == DEPARTMENT:
        words |= NAME_LABELS | GOAL_LABELS | OTHER_LABELS | _MONEY_LABELS | _FUND_LABELS
    first, second = (
        frozenset(map(label_key, schemas.vocabularies.get(name, ())))
        for name in ("indicator_level1", "indicator_level2")
    )
    marks = _marks(_list_headers(index) | first | second)
    return FormWords(frozenset(words - {"*"}), index, (first, second), marks)


def _list_headers(index: HeaderIndex) -> set[str]:
    """The words without which nothing is read as a header of an indicator list."""
    rules = [r for by in (index.by_leaf, index.anywhere) for group in by.values() for r in group]
    by_rule = {
        next(segment for segment in reversed(rule.path) if segment != "*")
        for rule in rules
        if rule.attributes.get("role") in LIST_ROLES
    }
    words = index.wording.words.items()
    return by_rule | {word for word, means in words if means.get("role") in LIST_ROLES}


def _marks(words: Collection[str]) -> frozenset[str]:
    """Few characters of which each of these words holds at least one: the commonest first."""
    marks: set[str] = set()
    while left := [word for word in words if marks.isdisjoint(word)]:
        counts = Counter(char for word in left for char in set(word))
        marks.add(max(sorted(counts), key=counts.__getitem__))
    return frozenset(marks)


def read_form(table: LogicalTable, words: FormWords) -> Form:
    """Lay out the form's cells."""
    drawn = (part for row in table.rows for part in _without_lost_rule(row, table, words))
    cells = tuple(sorted(drawn, key=lambda c: (c.row, c.col)))
    at = {
        (row, col): cell
        for cell in cells
        for row in range(cell.row, cell.row + (cell.row_span or 1))
        for col in range(cell.col, cell.col + (cell.col_span or 1))
    }
    return Form(table, cells, at, words)


def _without_lost_rule(
    row: Sequence[LogicalCell], table: LogicalTable, words: FormWords
) -> Iterable[LogicalCell]:
    """The cells of a row; label and name where one cell holds both.

    The rule between them is missing: the cell is all there is in a row of the form, or white space
    stands where the rule would be. Where further labels stand in the cell nothing tells where each
    value ends, and it stays whole.
    """
    n_filled = sum(bool(cell.text) for cell in row)
    for cell in row:
        is_alone = n_filled == 1 and cell.col_span >= _WIDE_SHARE * len(table.columns)
        found = split_name_label(cell.text, words.labels) if cell.col_span > 1 else None
        if found is None:
            yield cell
            continue
        apart = [header_key(word) for line in cell.lines for word in line.text.split()]
        is_apart = apart[:1] == [header_key(found[0])]
        if not (is_alone or is_apart) or words.labels.intersection(apart[1:]):
            yield cell
            continue
        yield cell._replace(text=found[0], col_span=1)
        yield cell._replace(text=found[1], col=cell.col + 1, col_span=cell.col_span - 1)


def rest_of(form: Form, label: LogicalCell, value: LogicalCell) -> LogicalCell | None:
    """The part of a value cell on the next page: below it, its label's part blank."""
    rest = form.below(value)
    beside = form.at.get((rest.row, label.col)) if rest else None
    if rest is None or rest.col != value.col or rest.col_span != value.col_span:
        return None
    if beside is None or beside.text or beside is rest:
        return None
    return rest if rest.origins[0].page != value.origins[0].page else None


def role_of(form: Form, path: Sequence[str]) -> Attributes:
    """What ``headers.csv`` says of a label under those above it; empty when it is not known."""
    return label_attributes(tuple(path), form.words.index)
