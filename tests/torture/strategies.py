"""Whole examples: a sheet and how it is printed."""

from dataclasses import dataclass

from hypothesis import strategies as st

from .families import SHEETS
from .sheet import Sheet
from .style import FONTS, Style

RULES = ("cells", "long", "one-path", "filled", "boxes", "double")


@dataclass(frozen=True)
class Example:
    sheet: Sheet
    style: Style


def _splittable(sheet: Sheet) -> list[int]:
    """Columns before which a page may end sideways: no cell spans it, labels stay together.

    Two columns or more on either side: one column's single row is a box, not a table.
    """
    spanned = {c for e in sheet.entries for c in e.cols[1:]}
    first_amount = min(e.col for e in sheet.entries if e.kind == "amount")
    return [c for c in range(max(first_amount, 2), sheet.n_cols - 1) if c not in spanned]


@st.composite
def styles(draw, sheet: Sheet) -> Style:
    """Everything that producers do differently, drawn apart from what the table says."""
    n_body = sheet.n_rows - sheet.n_header
    size = draw(st.sampled_from([7.0, 8.0, 9.0, 10.5]))
    em_per_column = draw(st.sampled_from([4.0, 6.0, 9.0]))
    cuts = st.lists(st.integers(1, max(n_body - 1, 1)), max_size=4, unique=True)
    is_form = sheet.family == "dept_perf"  # its head is no header, and its list mixes levels
    can_split = _splittable(sheet) if sheet.family not in ("project_perf", "dept_perf") else []
    sideways = draw(st.none() | st.sampled_from(can_split)) if can_split else None
    repeated = draw(st.sampled_from(["nothing", "header", "title and header", "title"]))
    split = draw(st.sampled_from(["native", "first", "larger", "repeat"]))
    is_native_block = split == "native" and sheet.family in ("project_perf", "dept_perf")
    return Style(
        size=size,
        width=size * em_per_column * sheet.n_cols,
        margin=draw(st.sampled_from([28.0, 42.5, 72.0])),
        # Of a total row alone the label's half would be one box, which is no table.
        breaks=tuple(b for b in draw(cuts) if not sideways or 1 < b < n_body - 1),
        split=split,
        repeat_header=repeated in ("header", "title and header") and not is_form,
        repeat_title=repeated in ("title", "title and header"),
        sideways=sideways,
        down_first=draw(st.booleans()) if sideways else False,
        rules=draw(st.sampled_from(RULES)),
        # A sheet over two pages is ruled all round; for the left one see test_open_defects.py.
        open_left=not sideways and not is_native_block and draw(st.booleans()),
        open_right=not sideways and draw(st.booleans()),
        decoys=draw(st.booleans()),
        letter_spaced=draw(st.booleans()),
        bold_header=draw(st.booleans()),
        overflow=draw(st.booleans()),
        max_lines=None if is_form else draw(st.none() | st.integers(2, 3)),
        hidden=draw(st.booleans()),
        rotate=draw(st.sampled_from([0, 0, 90, 270])),
        running_title=draw(st.booleans()),
        page_numbers=draw(st.booleans()),
        cut_lines=split == "native" and draw(st.booleans()),
        cut_rows=draw(st.integers(0, 3)) == 0,
        keep_words=draw(st.booleans()),
        is_turned=draw(st.booleans()),
        valign=draw(st.sampled_from(["top", "middle"])),
        font=draw(st.sampled_from(FONTS)),
        paper_height=draw(st.sampled_from([300.0, 595.3, 841.9])),
    )


@st.composite
def examples(draw, family: str) -> Example:
    sheet = draw(SHEETS[family])
    return Example(sheet, draw(styles(sheet)))
