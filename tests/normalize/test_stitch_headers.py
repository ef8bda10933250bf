"""Pages of one table are joined, its header is read as a tree, and nothing is lost on the way."""

from yusuan.extract.model import Box, Line
from yusuan.normalize.common_grid import common_grid
from yusuan.normalize.document import unwrap_cells
from yusuan.normalize.headers import read_header
from yusuan.normalize.stitch import stitch_pages

WORDS = frozenset(
    {
        "项目", "功能分类科目编码", "类", "款", "项", "功能分类科目名称", "合计", "基本支出",
        "项目支出", "支出预算", "预算数", "小计", "人员经费", "公用经费", "科目编码", "科目名称",
        "栏次", "决算数", "行次",
    }
)  # fmt: skip

SHANGHAI = [
    ["项目", "<", "<", "<", "支出预算", "<", "<"],
    ["功能分类科目编码", "<", "<", "功能分类科目名称", "合计", "基本支出", "项目支出"],
    ["类", "款", "项", "^", "^", "^", "^"],
    ["204", "", "", "公共安全支出", "1.00", "1.00", "0.00"],
    ["204", "06", "", "司法", "1.00", "1.00", "0.00"],
]
CAPTION = ["2026年部门支出预算总表", "编制部门：某局  单位：元"]


def lines_at(top, *texts):
    return [
        Line(text, Box(50, top + 20 * i, 50 + 10 * len(text), top + 20 * i + 10), 10)
        for i, text in enumerate(texts)
    ]


def stitch(*pages):
    texts = unwrap_cells(pages)
    groups, findings = stitch_pages(pages, texts, WORDS)
    return groups, texts, findings


def header_of(group, texts):
    grid = common_grid(group, texts)
    return grid, read_header(grid, WORDS)


def body(grid, header):
    return [tuple(p.text for p in grid.rows[r] if p.text) for r in header.body_rows]


def test_header_tree_becomes_column_paths(table, page):
    groups, texts, _ = stitch(page(table(SHANGHAI, caption=CAPTION)))
    grid, header = header_of(groups[0], texts)
    assert [c.path for c in header.columns] == [
        ("项目", "功能分类科目编码", "类"),
        ("项目", "功能分类科目编码", "款"),
        ("项目", "功能分类科目编码", "项"),
        ("项目", "功能分类科目名称"),
        ("支出预算", "合计"),
        ("支出预算", "基本支出"),
        ("支出预算", "项目支出"),
    ]
    assert body(grid, header) == [
        ("204", "公共安全支出", "1.00", "1.00", "0.00"),
        ("204", "06", "司法", "1.00", "1.00", "0.00"),
    ]


def test_continuation_without_header_keeps_every_row(table, page):
    more = [["204", "06", "01", "行政运行", "1.00", "1.00", "0.00"]]
    groups, texts, findings = stitch(
        page(table(SHANGHAI, caption=CAPTION)),
        page(table(more, page=2), number=2),
    )
    assert len(groups) == 1
    assert [f.code for f in findings] == ["stitch-joined"]
    grid, header = header_of(groups[0], texts)
    assert body(grid, header)[-1] == ("204", "06", "01", "行政运行", "1.00", "1.00", "0.00")


def test_repeated_header_is_dropped_and_nothing_else(table, page):
    again = [*SHANGHAI[:3], ["204", "06", "01", "行政运行", "1.00", "1.00", "0.00"]]
    groups, texts, _ = stitch(
        page(table(SHANGHAI, caption=CAPTION)), page(table(again, page=2), number=2)
    )
    grid, header = header_of(groups[0], texts)
    assert len(groups) == 1
    assert [row[:3] for row in body(grid, header)] == [
        ("204", "公共安全支出", "1.00"),
        ("204", "06", "司法"),
        ("204", "06", "01"),
    ]


def test_total_row_alone_on_a_page_with_a_narrower_grid(table, page):
    total = table([["合计", "9.00", "9.00", "0.00"]], page=2, widths=[240, 60, 60, 60])
    groups, texts, _ = stitch(page(table(SHANGHAI, caption=CAPTION)), page(total, number=2))
    assert len(groups) == 1
    grid, header = header_of(groups[0], texts)
    last = [p for p in grid.rows[header.body_rows[-1]] if p.text]
    assert [(p.text, p.c0, p.c1) for p in last] == [
        ("合计", 0, 4), ("9.00", 4, 5), ("9.00", 5, 6), ("0.00", 6, 7)
    ]  # fmt: skip


def test_a_table_with_its_own_title_is_a_new_one(table, page):
    other = table(SHANGHAI, page=2, caption=["2026年部门一般公共预算支出表", "单位：元"])
    groups, _, findings = stitch(page(table(SHANGHAI, caption=CAPTION)), page(other, number=2))
    assert len(groups) == 2
    assert findings == ()


def test_the_same_table_of_another_body_is_a_new_one(table, page):
    other = table(SHANGHAI, page=2, caption=[CAPTION[0], "编制部门：别的局  单位：元"])
    groups, _, _ = stitch(page(table(SHANGHAI, caption=CAPTION)), page(other, number=2))
    assert len(groups) == 2


def test_title_and_header_repeated_on_every_page_is_one_table(table, page):
    again = table(
        [*SHANGHAI[:3], ["205", "", "", "教育支出", "2.00", "", ""]], page=2, caption=CAPTION
    )
    groups, texts, _ = stitch(page(table(SHANGHAI, caption=CAPTION)), page(again, number=2))
    grid, header = header_of(groups[0], texts)
    assert len(groups) == 1
    assert body(grid, header)[-1] == ("205", "教育支出", "2.00")


def test_code_words_in_the_total_row_are_header_and_the_total_is_data(table, page):
    rows = [
        ["项目", "<", "<", "<", "合计", "基本支出"],
        ["功能分类科目编码", "<", "<", "科目名称", "^", "^"],
        ["类", "款", "项", "合计", "10.00", "10.00"],
        ["204", "", "", "公共安全支出", "10.00", "10.00"],
    ]
    groups, texts, _ = stitch(page(table(rows, caption=CAPTION)))
    grid, header = header_of(groups[0], texts)
    assert [c.path[-1] for c in header.columns] == [
        "类",
        "款",
        "项",
        "科目名称",
        "合计",
        "基本支出",
    ]
    kept = {p.key for p in header.header_cells}
    first = [p.text for p in grid.rows[header.body_rows[0]] if p.text and p.key not in kept]
    assert first == ["合计", "10.00", "10.00"]


def test_column_numbers_are_header_not_amounts(table, page):
    rows = [
        ["项目", "行次", "决算数", "项目", "行次", "决算数"],
        ["栏次", "", "1", "栏次", "", "2"],
        ["一、一般公共预算财政拨款收入", "1", "12.00", "一、一般公共服务支出", "31", "3.00"],
    ]
    groups, texts, _ = stitch(page(table(rows, caption=["收入支出决算总表"])))
    _, header = header_of(groups[0], texts)
    assert len(header.body_rows) == 1
    assert [c.path for c in header.columns][2] == ("决算数",)


def test_code_columns_under_one_header_cell_are_split_by_the_body(table, page):
    rows = [
        ["科目编码", "<", "<", "科目名称", "合计"],
        ["204", "06", "01", "行政运行", "5.00"],
        ["204", "06", "02", "一般行政管理事务", "5.00"],
    ]
    groups, texts, _ = stitch(page(table(rows, caption=CAPTION)))
    _, header = header_of(groups[0], texts)
    assert [c.path for c in header.columns] == [
        ("科目编码",), ("科目编码",), ("科目编码",), ("科目名称",), ("合计",)
    ]  # fmt: skip


def test_a_sheet_too_wide_for_the_paper_continues_to_the_right(table, page):
    left = [
        ["合计", "本年收入", "<", "<"],
        ["^", "小计", "一般公共预算资金", "事业收入"],
        ["9.00", "7.00", "5.00", "2.00"],
    ]
    right = [
        ["上年结转结余", "<"],
        ["小计", "单位资金"],
        ["2.00", "2.00"],
    ]
    words = WORDS | {"本年收入", "一般公共预算资金", "事业收入", "上年结转结余", "单位资金"}
    pages = (
        page(table(left, caption=["预算02表 收入总表"])),
        page(table(right, page=2, caption=["金额单位：万元"], left=80.0), number=2),
    )
    texts = unwrap_cells(pages)
    groups, _ = stitch_pages(pages, texts, words)
    assert len(groups) == 1
    grid = common_grid(groups[0], texts)
    header = read_header(grid, words)
    assert [c.path for c in header.columns] == [
        ("合计",), ("本年收入", "小计"), ("本年收入", "一般公共预算资金"), ("本年收入", "事业收入"),
        ("上年结转结余", "小计"), ("上年结转结余", "单位资金"),
    ]  # fmt: skip
    assert body(grid, header) == [("9.00", "7.00", "5.00", "2.00", "2.00", "2.00")]


def test_the_right_part_may_merge_header_rows(table, page):
    left = [["项目", "<", "支出预算"], ["类", "款", "合计"], ["201", "01", "1.00"]]
    right = [["项目支出"], ["^"], ["3.00"]]
    pages = (
        page(table(left, caption=["支出预算总表", "单位：元"])),
        page(table(right, page=2), number=2),
    )
    texts = unwrap_cells(pages)
    groups, _ = stitch_pages(pages, texts, WORDS)
    assert len(groups) == 1
    grid = common_grid(groups[0], texts)
    header = read_header(grid, WORDS)
    assert [c.path[-1] for c in header.columns] == ["类", "款", "合计", "项目支出"]
    assert body(grid, header) == [("201", "01", "1.00", "3.00")]


def test_header_repeated_over_columns_of_other_widths(table, page):
    again = [*SHANGHAI[:3], ["205", "", "", "教育支出", "2.00", "", ""]]
    second = table(again, page=2, caption=CAPTION, widths=[30, 50, 50, 90, 70, 65, 60])
    groups, texts, _ = stitch(page(table(SHANGHAI, caption=CAPTION)), page(second, number=2))
    assert len(groups) == 1
    grid, header = header_of(groups[0], texts)
    assert len(header.columns) == 7
    assert body(grid, header)[-1] == ("205", "教育支出", "2.00")


def test_caption_alone_at_the_foot_of_the_page_before(table, page):
    foot = ["表三", "2026年部门支出预算总表", "编制部门：某局", "单位：元", "第 3 页"]
    pages = (
        page(
            table(SHANGHAI, caption=["2026年部门收入预算总表", "单位：元"]),
            lines=lines_at(600, *foot),
        ),
        page(table(SHANGHAI, page=2), number=2),
    )
    groups, _, _ = stitch(*pages)
    assert [g.first.caption.title_key for g in groups] == ["收入预算总表", "支出预算总表"]
    assert groups[1].first.caption.unit == "元"


def test_text_at_a_page_foot_without_a_unit_is_no_caption(table, page):
    note = lines_at(600, "注：详见部门支出预算总表")
    pages = (
        page(table(SHANGHAI, caption=CAPTION), lines=note),
        page(table([["204", "06", "01", "行政运行", "1.00", "1.00", "0.00"]], page=2), number=2),
    )
    groups, _, _ = stitch(*pages)
    assert len(groups) == 1
