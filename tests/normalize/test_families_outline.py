"""Summary lines stand under the right line, by ordinals, indents and carry-over lines."""

from yusuan.normalize.families.outline import Outline, place
from yusuan.normalize.text import strip_ordinal


def parents(*lines):
    """The parent of each (text, kind, indent in em)."""
    outline = Outline()
    found = []
    for text, kind, indent in lines:
        ordinal, label = strip_ordinal(text)
        parent, outline = place(ordinal, label, indent, kind=kind, outline=outline)
        found.append(parent)
    return found


def test_ordinals_of_every_depth():
    assert parents(
        ("一、部门预算", "source", 0),
        ("1、财政拨款", "source", 0),
        ("(1)一般公共预算拨款", "source", 0),
        ("其中：专项资金", None, 0),
        ("(2)政府性基金拨款", "source", 0),
        ("2、事业收入", "source", 0),
        ("二、上年结余", "carry_in", 0),
    ) == [None, "部门预算", "财政拨款", "一般公共预算拨款", "财政拨款", "部门预算", None]


def test_funds_of_the_carry_over_with_and_without_ordinals():
    assert parents(
        ("一、一般公共预算资金", "source", 0),
        ("本年收入合计", "year_total", 3),
        ("上年结转结余", "carry_in", 0),
        ("一般公共预算拨款", "source", 0),
        ("收入总计", "grand_total", 3),
    ) == [None, None, None, "上年结转结余", None]
    assert parents(
        ("上年结转结余", "carry_in", 0),
        ("一、一般公共预算拨款", "source", 0),
        ("二、政府性基金预算拨款", "source", 0),
    ) == [None, "上年结转结余", "上年结转结余"]


def test_a_line_set_in_is_under_the_one_above():
    assert parents(
        ("一、财政拨款收入", "source", 0.2),
        ("一般公共预算收入", "source", 2.2),
        ("政府性基金收入", "source", 2.2),
        ("二、事业收入", "source", 0.2),
        ("本年收入合计", "year_total", 5.0),
    ) == [None, "财政拨款收入", "财政拨款收入", None, None]


def test_numbers_under_a_plain_line():
    assert parents(
        ("财政拨款", "source", 0), ("1.一般公共预算拨款", "source", 0), ("事业收入", "source", 0)
    ) == [None, "财政拨款", None]
