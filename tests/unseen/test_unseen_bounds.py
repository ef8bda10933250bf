"""What is no department's money, and figures that the end of a page cut in two."""

import pytest

from yusuan.extract.model import Box
from yusuan.normalize.families.cut_matrix_rows import cut_amounts
from yusuan.normalize.model import LogicalCell, Origin

from .draw_forms import Form, money, read
from .test_unseen_forms import body

ECONOMIC = [["50101", "工资奖金津补贴"], ["50102", "社会保障缴费"]]


@pytest.mark.parametrize(
    ("cover", "is_read"),
    [
        ("白河县2026年政府预算公开", False),
        ("2026年白河县本级财政预算", False),
        ("白河县2025年预算执行情况和2026年预算草案的报告", False),
        ("白河镇人民政府2026年部门预算", True),
        ("白河县人民政府办公室2026年预算公开", True),
        ("白河县财政局2026年部门预算", True),
    ],
)
def test_the_book_of_a_whole_government_has_no_department_s_figures(
    cover: str, is_read: bool
) -> None:
    form = Form("“三公”经费预算汇总表", "项目|2026年预算数",
                body([["因公出国（境）费"], ["公务接待费"]], 1), [None, None],
                name="", cover=cover)  # fmt: skip
    assert bool(money(read(form))) is is_read


def test_goals_of_projects_count_in_the_book_of_a_government() -> None:
    form = Form("重点项目支出绩效目标表", "项目名称|一级指标|二级指标|三级指标|指标值",
                [["修路", "产出指标", "数量指标", "里程", "30公里"]], [None] * 5,
                name="", cover="白河县2026年政府预算公开")  # fmt: skip
    assert [r.values["level3"] for r in read(form).records if r.table == "project_indicators"]


def _row(page: int, *texts: str) -> dict[int, LogicalCell]:
    box = Box(0, 0, 10, 10)
    return {
        c: LogicalCell(0, c, 1, 1, text, (Origin(page, 0, 0, c, box),))
        for c, text in enumerate(texts)
    }


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        (("22,504,84", "5,879,620"), ("1.16", ".76"), ["22,504,841.16", "5,879,620.76"]),
        (("12", "34"), ("56", "78"), []),  # whole numbers of a row without a label
        (("22,504.84", "5,879,620"), ("1.16", ".76"), []),  # a finished number above
        (("22,504,84", ""), ("1.16", "7.00"), []),  # nothing above the second
        (("22,504,84", "5"), ("1.16", ""), ["22,504,841.16"]),
    ],
)
def test_rests_of_amounts(
    above: tuple[str, ...], below: tuple[str, ...], joined: list[str]
) -> None:
    found = cut_amounts(_row(1, *above), _row(2, *below), (0, 1))
    assert [cell.text for cell in found.values()] == joined
    assert all(len(cell.origins) == 2 for cell in found.values())
