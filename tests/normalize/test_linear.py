"""Work grows with the pages of a document, not with their square: calls are counted, not time."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import pytest

from yusuan.extract.model import RawDocument
from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
CAPTION = ["一般公共预算支出表", "单位：元"]
MATRIX = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    *([f"20103{n:02d}", "行政运行", f"{n}.00", f"{n}.00", ""] for n in range(1, 11)),
]
PROJECTS = [
    [
        "单位名称",
        "项目名称",
        "项目总额",
        "绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "绩效指标值",
    ],
    *(
        [f"某局{n}", f"某项目{n}", f"{n}.00", "目标", "产出指标", "数量指标", "件数", f"{n}"]
        for n in range(1, 11)
    ),
]


def calls_of(work: Callable[[], object]) -> int:
    """How many Python functions are called."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("is_open", [False, True], ids=["ruled", "without outer rules"])
@pytest.mark.parametrize(
    ("rows", "caption"),
    [(MATRIX, CAPTION), (PROJECTS, ["项目支出绩效目标表", "单位：元"])],
    ids=["matrix", "projects"],
)
def test_one_table_over_four_times_the_pages_takes_four_times_the_calls(
    table, page, rows, caption, is_open
):
    def book(n_pages: int) -> RawDocument:
        pages = []
        for number in range(1, n_pages + 1):
            drawn = table(rows, page=number, caption=caption)
            if is_open:
                sides = frozenset({"left", "right"})
                cells = tuple(cell._replace(open_edges=sides) for cell in drawn.cells)
                drawn = replace(drawn, cells=cells)
            pages.append(page(drawn, number=number))
        return RawDocument("0" * 64, "made", "made.pdf", tuple(pages))

    few, many = book(10), book(40)
    assert len(normalize(many, INDEX).logical) == 1
    normalize(few, INDEX)  # what is cached is in the cache
    assert calls_of(lambda: normalize(many, INDEX)) < 4.4 * calls_of(lambda: normalize(few, INDEX))
