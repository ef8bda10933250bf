from pathlib import Path

import pytest

from yusuan.extract.model import Box, Line
from yusuan.extract.pdfium.reader import PdfiumReader
from yusuan.normalize.captions import (
    Caption,
    is_page_footer,
    parse_caption,
    title_candidates,
    title_key,
    title_kind,
)


def lines_of(*texts: str, size: float = 12.0, leading: float = 24.0) -> list[Line]:
    """Lines one under another, well apart."""
    return [
        Line(text, Box(50, row * leading, 50 + size * len(text), row * leading + size), size)
        for row, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("printed", "caption"),
    [
        (
            ("2026年部门财务收支预算总表", "编制部门：上海市某局    单位：元"),
            Caption(
                "2026年部门财务收支预算总表", "财务收支预算总表", None, "元",
                "上海市某局", "编制部门", 2026, "budget",
            ),
        ),
        (
            ("预算01表 收支总表", "金额单位：万元"),
            Caption("收支总表", "收支总表", "预算01表", "万元"),
        ),
        (
            ("预算表12", "项目支出绩效表", "单 位 : 万 元"),
            Caption("项目支出绩效表", "项目支出绩效表", "预算表12", "万元"),
        ),
        (
            ("公开 08 表", "收支总体情况表", "部门：某市交通运输局 单位：万元"),
            Caption(
                "收支总体情况表", "收支总体情况表", "公开08表", "万元", "某市交通运输局", "部门"
            ),
        ),
        (
            ("表十一", "2026年政府采购预算明细表", "单位名称:某市商务委员会", "单位:万元"),
            Caption(
                "2026年政府采购预算明细表", "政府采购预算明细表", "表十一", "万元",
                "某市商务委员会", "单位名称", 2026, "budget",
            ),
        ),
        (
            ("财政拨款 三公 经费支出决算表", "“ ”", "单位：人民币万元", "- 17 -"),
            Caption(
                "财政拨款三公经费支出决算表", "财政拨款三公经费支出决算表", None, "万元",
                kind="final",
            ),
        ),
        (
            ("收入支出决算总表", "单位：某区财政局  2024年度  金额单位：万元"),
            Caption(
                "收入支出决算总表", "收入支出决算总表", None, "万元", "某区财政局", "单位",
                2024, "final", ("2024年度",),
            ),
        ),
        (
            ("预算13表 部门整体支出绩效目标表", "（2026年度）"),
            Caption(
                "部门整体支出绩效目标表", "整体支出绩效目标表", "预算13表", year=2026,
                rest=("（2026年度）",),
            ),
        ),
        (
            ("2026年部门收入总表   公开02表", "第 3 页，共 29 页"),
            Caption("2026年部门收入总表", "收入总表", "公开02表", year=2026),
        ),
        (
            ("八、一般公共预算支出经济分类情况表", "部门（单位）：某市统计局    单位：万元"),
            Caption(
                "八、一般公共预算支出经济分类情况表", "一般公共预算支出经济分类情况表", None,
                "万元", "某市统计局", "部门（单位）",
            ),
        ),
        (("单位：个",), Caption()),
        ((), Caption()),
    ],
)  # fmt: skip
def test_parse_caption(printed, caption):
    assert parse_caption(lines_of(*printed)) == caption


def test_a_title_over_two_lines_is_read_whole():
    caption = parse_caption(
        [
            *lines_of("2026年一般公共预算“三公”经费及", "会议费、培训费支出预算表", leading=14),
            Line("单位：元", Box(400, 40, 450, 52), 9),
        ]
    )
    assert caption.title == "2026年一般公共预算“三公”经费及会议费、培训费支出预算表"
    assert caption.unit == "元"


def test_two_titles_are_not_joined_and_the_nearer_one_counts():
    caption = parse_caption(lines_of("第二部分 2026年部门预算表", "收支总表", leading=14))
    assert caption.title == "收支总表"
    assert caption.rest == ("第二部分2026年部门预算表",)
    assert caption.year == 2026


def test_prose_above_a_table_is_no_title():
    caption = parse_caption(
        lines_of(
            "从预算单位构成看，某局部门决算包括：",
            "纳入某局2024年度部门决算编",
            "制范围的单位包括：",
        )
    )
    assert caption.title is None
    assert caption.title_key == ""


def test_a_name_that_wraps_is_read_whole():
    lines = [
        Line("支出预算表", Box(200, 0, 300, 20), 20),
        Line("部门：某省委员会办", Box(50, 30, 140, 40), 10),
        Line("单位：万元", Box(400, 30, 450, 40), 10),
        Line("公厅", Box(50, 42, 70, 52), 10),
    ]
    assert parse_caption(lines).publisher == "某省委员会办公厅"


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("预算05表 一般公共预算支出表（续）", "一般公共预算支出表"),
        ("2025年预算单位收入预算总表", "收入预算总表"),
        ("附件1-2 项目支出绩效目标表", "项目支出绩效目标表"),
        ("4．部门财政拨款收支预算总表", "财政拨款收支预算总表"),
        ("一般公共预算基本支出表(按经济分类)", "一般公共预算基本支出表"),
        ("表1：收支总表", "收支总表"),
        ("表一收支总表", "表一收支总表"),
        ("财政拨款（含一般公共预算）“三公”经费支出表", "财政拨款（含一般公共预算）三公经费支出表"),
        ("部门", "部门"),
        ("二〇二六年度本级部门支出总表", "支出总表"),
    ],
)
def test_title_key(title, key):
    assert title_key(title) == key


def test_title_kind_is_not_misled_by_the_names_of_funds():
    assert title_kind("一般公共预算支出表") is None
    assert title_kind("一般公共预算支出预算表") == "budget"
    assert title_kind("一般公共预算财政拨款支出决算表") == "final"


def test_title_candidates_start_at_the_table():
    keys = title_candidates(
        lines_of(
            "表6", "2021年部门综合预算一般公共预算支出明细表", "（按支出经济分类科目）", "单位：元"
        )
    )
    assert keys.index("（按支出经济分类科目）") < keys.index("综合预算一般公共预算支出明细表")
    assert "部门综合预算一般公共预算支出明细表（按支出经济分类科目）" in keys


@pytest.mark.parametrize(
    ("text", "footer"),
    [
        ("第 3 页，共 29 页", True),
        ("- 3 -", True),
        ("— 12 —", True),
        ("3/29", True),
        ("17", True),
        ("Page 3 of 10", True),
        ("共29页 第3页", True),
        ("预算01表", False),
        ("2026年", False),
        ("1,234.00", False),
    ],
)
def test_page_footers(text, footer):
    assert is_page_footer(lines_of(text)[0]) is footer


@pytest.mark.shared
def test_titles_units_and_publisher_of_a_real_disclosure(shared_dir: Path):
    path = next((shared_dir / "real" / "上海普陀").glob("dept_budget.pdf"))
    pages = PdfiumReader().read_pages(path.read_bytes())
    captions = [parse_caption(t.caption) for page in pages for t in page.tables if t.caption]
    assert [c.unit for c in captions] == ["元"] * 8 + ["万元"]
    assert {c.publisher for c in captions} == {"上海市普陀区司法局"}
    assert {c.year for c in captions} == {2026}
    assert captions[0].title_key == "财务收支预算总表"
    assert captions[-1].title == "2026年部门“三公”经费和机关运行经费预算表"
