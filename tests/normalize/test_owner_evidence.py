"""Whose the blank part of a cut cell is, by what the rest of the table shows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import Box
from yusuan.normalize.families.owners import BlockFacts, CutCell, assign_owners
from yusuan.normalize.families.parts import Block, Part, join_parts
from yusuan.normalize.families.project_blocks import level_ties
from yusuan.normalize.families.project_rows import Layout
from yusuan.normalize.model import LeafColumn, LogicalCell, LogicalTable, Origin

NOTHING = BlockFacts()
NUMBER = ("产出指标", "数量指标")
QUALITY = ("产出指标", "质量指标")
COST = ("成本指标", "经济成本指标")


def blocks_of(*parts):
    """Blocks of (page, rows, text), one below the other."""
    blocks, row = [], 0
    for page, height, text in parts:
        part = Part(row, row + height - 1, page, None, False, False)
        blocks.append(Block((part,), text))
        row += height
    return blocks


def owned(blocks, facts=None, **more):
    found = assign_owners(blocks, facts or [NOTHING] * len(blocks), **more)
    return [(o.owner, o.status) for o in found]


def kinds(*order):
    return BlockFacts(kinds=frozenset(order), order=tuple(order))


def test_rule_inside_a_page_parts_two_blank_cells():
    blocks = blocks_of((1, 3, "甲"), (2, 2, ""), (2, 1, ""), (3, 3, "乙"))
    assert owned(blocks)[1:3] == [(0, "inferred"), (3, "inferred")]


def test_text_on_the_first_part_elsewhere_goes_before_what_the_kinds_say():
    # The blank part of the second page has more rows than its text: no text on larger parts.
    parts = [(1, 1, "甲"), (2, 3, ""), (2, 2, "乙"), (3, 1, ""), (4, 4, "丙")]
    blocks = blocks_of(*parts)
    facts = [NOTHING, NOTHING, NOTHING, kinds(COST), kinds(NUMBER, COST)]
    facts[2] = kinds(COST, QUALITY)
    facts[4] = kinds(NUMBER)  # lacks the costs that the blank part has
    assert owned(blocks, facts)[3] == (2, "ambiguous")


def test_part_that_is_larger_than_the_text_after_it_is_no_part_of_that_cell():
    blocks = blocks_of((1, 5, "甲"), (2, 1, ""), (3, 1, "乙"))
    facts = [kinds(COST), kinds(COST), kinds(NUMBER)]  # the kinds point to the project after it
    assert owned(blocks, facts)[1] == (0, "ambiguous")


@pytest.mark.parametrize(("cut", "owner"), [((), 0), ((CutCell(7, 4, True),), 2)])
def test_another_column_tells_on_which_part_texts_stand(cut, owner):
    blocks = blocks_of((1, 1, "甲"), (2, 4, ""), (3, 5, "乙"))
    assert owned(blocks, cut=cut)[1][0] == owner


def test_level_that_goes_on_over_the_page_end_ties_its_rows():
    blocks = blocks_of((1, 3, "甲"), (2, 2, ""), (3, 3, "乙"))
    assert owned(blocks, ties={4})[1] == (2, "inferred")
    assert owned(blocks, ties={2})[1] == (0, "inferred")
    assert owned(blocks, ties={2, 4})[1][1] == "ambiguous"


def test_order_of_the_kinds_in_the_other_projects():
    blocks = blocks_of((1, 3, "甲"), (1, 3, "乙"), (2, 1, ""), (3, 3, "丙"))
    usual = kinds(NUMBER, QUALITY, COST)
    facts = [usual, usual, kinds(NUMBER), kinds(NUMBER, QUALITY, COST)]
    assert owned(blocks, facts)[2] == (3, "ambiguous")
    facts[0] = kinds(COST, NUMBER)  # no order that all keep
    assert owned(blocks, facts)[2][0] == 1


def test_amount_outweighs_the_way_of_printing():
    blocks = blocks_of((1, 5, "甲"), (2, 1, ""), (3, 1, "乙"))
    facts = [NOTHING, BlockFacts(costs=frozenset({Decimal(90)})), BlockFacts(total=Decimal(90))]
    assert owned(blocks, facts)[1] == (2, "inferred")


PARTS = st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.booleans()), min_size=2, max_size=9)


@given(PARTS)
def test_owners_never_cross_and_a_text_owns_itself(drawn):
    page, parts = 1, []
    for number, (new_page, height, has_text) in enumerate(drawn):
        page += new_page
        parts.append((page, height, f"项目{number}" if has_text else ""))
    found = owned(blocks_of(*parts))
    known = [owner for owner, _ in found if owner is not None]
    assert known == sorted(known)
    for number, (_, _, text) in enumerate(parts):
        assert not text or found[number] == (number, "printed")
    has_any = any(text for *_, text in parts)
    assert all((owner is not None) == has_any for owner, _ in found)


def level_table(levels):
    """Rows of (page, level 1; None where a cell above covers the row) beside names of level 3."""
    rows = []
    for row, (page, text) in enumerate(levels):
        box = (0.0, row * 10.0, 10.0, row * 10.0 + 10)
        cells = [LogicalCell(row, 1, 1, 1, f"指标{row}", (Origin(page, 0, row, 1, box),))]
        if text is not None:
            span = 1
            while row + span < len(levels) and levels[row + span] == (page, None):
                span += 1
            cells.append(LogicalCell(row, 0, span, 1, text, (Origin(page, 0, row, 0, box),)))
        rows.append(tuple(cells))
    columns = tuple(LeafColumn(i, (), 0.0, 1.0) for i in range(2))
    table = LogicalTable("T000", "", None, None, columns, tuple(rows),
                         tuple(page for page, _ in levels), ((1, 0),))  # fmt: skip
    return table, Layout({"level1": 0, "level3": 1}, tuple(range(len(levels))))


@pytest.mark.parametrize(
    ("levels", "ties", "cut"),
    [
        # A blank part at a page's head, then another level: the rest of the one above.
        ([(1, "产出"), (2, ""), (2, "成本")], {0}, [CutCell(1, 1, False)]),
        # At a page's foot, under another level: the start of the one below.
        ([(1, "产出"), (1, ""), (2, "成本"), (2, None)], {1}, [CutCell(2, 1, True)]),
        # One that fills its page may be either; with its rest on the next page it is the first.
        ([(1, "产出"), (2, ""), (3, "成本")], set(), []),
        ([(1, "产出"), (2, ""), (3, ""), (3, "成本")], {0, 1}, [CutCell(1, 1, False)]),
        # Blank cells inside a page: the table leaves levels out, and blanks say nothing.
        ([(1, "产出"), (1, ""), (1, "成本"), (2, ""), (2, "效益")], set(), []),
    ],
)  # fmt: skip
def test_ties_of_levels(levels, ties, cut):
    found, cells = level_ties(*level_table(levels))
    assert found == ties
    assert list(cells) == cut


def test_whole_names_are_two_cells_and_a_blank_part_is_none():
    def parts(above, below):
        cells = [
            LogicalCell(row, 0, 1, 1, text, (Origin(row, 0, 0, 0, Box(0.0, 0.0, 9.0, 9.0)),))
            for row, text in ((1, above), (2, below))
        ]
        return [Part(c.row, c.row, c.row, c, c.row == 2, c.row == 1) for c in cells]

    def joined(above, below):
        texts = {1: above, 2: below}
        names = {"产出指标", "效益指标"}
        return [
            block.text
            for block in join_parts(parts(above, below), texts, lambda a, b: False, names=names)
        ]

    assert joined("产出指标", "效益指标") == ["产出指标", "效益指标"]
    assert joined("产出指标", "") == ["产出指标"]
    assert joined("产出", "指标") == ["产出指标"]
    assert joined("产出指标", "产出指标") == ["产出指标"]
