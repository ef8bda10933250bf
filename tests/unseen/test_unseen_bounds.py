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


def test_a_title_s_note_says_that_the_columns_are_economic_classes() -> None:
    form = Form("一般公共预算支出表（政府预算支出经济分类）",
                "功能科目|<|合计|机关工资福利支出|机关商品和服务支出\n编码|名称|^|501|502",
                body([["201", "一般公共服务"], ["2010301", "行政运行"]], 3),
                [None] * 5)  # fmt: skip
    assert {record.table for record in money(read(form)).values()} == {"amount_details"}


@pytest.mark.parametrize("title", ["一般公共预算支出表（万元）", "支出总表（人民币万元）"])
def test_a_unit_in_brackets_behind_the_title(title: str) -> None:
    form = Form(title, "科目编码|科目名称|合计", body([["201", "一般公共服务支出"]], 1), [None] * 3,
                unit="")  # fmt: skip
    assert {r.values["published_unit"] for r in money(read(form)).values()} == {"万元"}


def test_three_lists_of_final_accounts_in_three_versions() -> None:
    versions = "年初预算数|全年预算数|决算数"
    form = Form(
        "收入支出决算总表",
        "收入|<|<|<|支出|<|<|<|<|<|<|<\n"
        f"项目|{versions}|项目（按功能分类）|{versions}|项目（按支出性质和经济分类）|{versions}",
        [["一、财政拨款收入", "1.1", "1.2", "1.3", "一、教育支出", "2.1", "2.2", "2.3",
          "一、基本支出", "3.1", "3.2", "3.3"],
         ["总计", "1.4", "1.5", "1.6", "总计", "2.4", "2.5", "2.6",
          "一、工资福利支出", "3.4", "3.5", "3.6"]],
        [None] * 12,
        cover="某市水务局2025年度部门决算",
    )  # fmt: skip
    kinds = {text: r.values["line_kind"] for text, r in money(read(form)).items()}
    assert kinds == {
        "1.3": "source", "1.6": "grand_total", "2.3": "function_class", "2.6": "grand_total",
        "3.3": "nature", "3.6": "dept_econ_class",
    }  # fmt: skip


def test_three_public_expenses_of_this_year_s_money_alone_are_parts() -> None:
    form = Form("一般公共预算“三公”经费支出预算表",
                "单位名称|总计|当年财政拨款|<|上年结转资金|<\n"
                "^|^|公务接待费|因公出国（境）费|公务接待费|因公出国（境）费",
                body([["某局"]], 5), [None] * 6)  # fmt: skip
    facts = [r for r in read(form).records if r.table == "three_public"]
    assert [r.values["item"] for r in facts] == ["total"]


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
