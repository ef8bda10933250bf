"""Looks that spare work: they may say yes too often, but never no to what would be found."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Line
from yusuan.normalize.document import normalize, prepare
from yusuan.normalize.families.form_cells import LIST_ROLES, read_form, role_of
from yusuan.normalize.families.form_head import find_list, may_hold_list
from yusuan.normalize.family import match_title, title_index
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable, Origin
from yusuan.normalize.nearest import likeness, nearest
from yusuan.normalize.wording import lengths_by_first
from yusuan.schemas.loader import load
from yusuan.schemas.model import TitleRule

INDEX = prepare(load())
LEVELS = [sorted(names) for names in INDEX.forms["project_perf"].levels]
HEADERS = ["一级指标", "二级指标", "三级指标", "指标性质", "指 标 值", "计量单位。", "绩效指标"]
TEXTS = st.one_of(
    st.sampled_from([*HEADERS, *LEVELS[0][:4], *LEVELS[1][:4]]),
    st.sampled_from(["项目名称 某项经费", "指标名称 计量单位", "预算数", "100.00", "≥95%", ""]),
    st.text(alphabet="指标性质单位值号效一二三级名称（）万元", max_size=6),
)
ROWS = st.lists(st.lists(st.tuples(TEXTS, st.integers(1, 2)), max_size=5), max_size=4)


def form_table(rows: Sequence[Sequence[tuple[str, int]]]) -> LogicalTable:
    """A form as drawn: each cell a text and how many columns it covers."""
    width = max((sum(span for _, span in row) for row in rows), default=1) or 1
    placed = []
    for number, row in enumerate(rows):
        cells, col = [], 0
        for text, span in row:
            box = Box(50.0 * col, 20.0 * number, 50.0 * (col + span), 20.0 * number + 20)
            origins = (Origin(1, 0, number, col, box),)
            lines = (Line(text, box, 10.0),) if text else ()
            cells.append(LogicalCell(number, col, 1, span, text, origins, lines))
            col += span
        placed.append(tuple(cells))
    columns = tuple(LeafColumn(i, (), 50.0 * i, 50.0 * i + 50) for i in range(width))
    pages = (1,) * len(rows)
    return LogicalTable("T000", "", None, None, columns, tuple(placed), pages, ((1, 0),))


@pytest.mark.parametrize("family", sorted(INDEX.forms))
@given(ROWS)
@example([[("指标名称 计量单位", 2), ("指标值", 1)]])
@example([[("产出指标", 1), ("数量指标", 1), ("补助人数", 1), ("100", 1)]])
def test_no_list_is_overlooked(family: str, rows: list[list[tuple[str, int]]]) -> None:
    words = INDEX.forms[family]
    form = read_form(form_table(rows), words)
    if find_list(form) is not None:
        assert may_hold_list([[text for text, _ in row] for row in rows], words)
    for cell in form.cells:
        if role_of(form, (cell.text,)).get("role") in LIST_ROLES:
            assert words.count_marked([cell.text]) == 1


def test_names_and_amounts_of_a_long_list_hold_no_list() -> None:
    rows = [["项目实施单位", "债券性质"], ["某市高质量发展项目", "专项债券"], ["101.94", "2022-06"]]
    assert not may_hold_list(rows, INDEX.forms["project_perf"])


SUFFIXES = st.lists(st.text(alphabet="收支总表", min_size=1, max_size=4), max_size=8)


@given(SUFFIXES, st.text(alphabet="收支总表", max_size=6))
def test_a_title_is_known_by_its_longest_suffix(suffixes: list[str], key: str) -> None:
    rules = [TitleRule(suffix, f"family {i}", None, None, "") for i, suffix in enumerate(suffixes)]
    found = match_title([key], title_index(rules))
    ends = [rule for rule in rules if key.endswith(rule.suffix)]
    assert found == max(ends, key=lambda rule: len(rule.suffix), default=None)


@given(st.lists(st.text(alphabet="预算", max_size=4)))
def test_words_have_one_of_the_lengths_of_their_first_character(words: list[str]) -> None:
    lengths = lengths_by_first(words)
    assert {(w[0], len(w)) for w in words if w} == {(c, n) for c in lengths for n in lengths[c]}
    assert all(list(found) == sorted(found, reverse=True) for found in lengths.values())


@given(
    st.text(alphabet="基本支出费", max_size=6),
    st.lists(st.text(alphabet="基本支出费", max_size=6), max_size=5),
)
def test_the_nearest_keys_are_the_most_alike(text: str, known: list[str]) -> None:
    alike = [other for other in set(known) if likeness(text, other) >= 0.55]
    ranked = sorted(alike, key=lambda other: (-likeness(text, other), other))
    assert nearest(text, known) == tuple(ranked[:3])


def test_a_table_nobody_knows_has_as_many_rows_without_its_cells(table, page, document) -> None:
    rows = [["甲物", "乙物"], ["某某", "1"], ["", ""], ["某某", "2"], ["注：无", "<"]]
    raw = document(page(table(rows, caption=["某某一览"])))
    with_rows, without = (normalize(raw, INDEX, keep_rows=keep) for keep in (True, False))
    assert with_rows.tables == without.tables
    assert [row.values["n_rows"] for row in without.tables] == [2]
    assert len(with_rows.logical[0].rows) == 4
    assert without.logical[0].rows == ()
