"""Texts that their cell is too small for: told as clipped, kept as printed."""

from dataclasses import replace

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
CAPTION = ["预算表12 项目支出绩效目标表", "金额单位：万元"]
ROWS = [
    ["项目名称", "项目总额", "其中：", "<", "绩效目标", "一级指标", "二级指标", "三级指标",
     "绩效指标性质", "本年绩效指标值", "绩效度量单位"],
    ["^", "^", "财政资金", "其他资金", "^", "^", "^", "^", "^", "^", "^"],
    ["政府热线", "7.000000", "7.000000", "", "保障运转", "产出指标", "数量指标", "签订合同数", "=",
     "1", "份"],
    ["^", "^", "^", "^", "^", "产出指标", "质量指标", "系统正常", "定性", "优", ""],
]  # fmt: skip


def clipped(table, hidden):
    cells = [c._replace(hidden_glyphs=hidden.get((c.row, c.col), 0)) for c in table.cells]
    return replace(table, cells=tuple(cells))


def test_a_cut_amount_is_kept_as_printed_and_told(table, page, document) -> None:
    drawn = clipped(table(ROWS, caption=CAPTION), {(2, 1): 1, (2, 3): 9})
    result = normalize(document(page(drawn)), INDEX)
    (project,) = [r.values for r in result.records if r.table == "projects"]
    # What is left of 57.000000 is no figure to count with.
    assert (project["total_text"], project["total_yuan"]) == ("7.000000", None)
    told = [(f.code, f.before, f.origin and f.origin.key) for f in result.findings
            if "clipped" in f.code]  # fmt: skip
    # A cell in which nothing is printed is blank, whatever hides behind its edge.
    assert told == [("amount-clipped", "7.000000", (1, 0, 2, 1))]


def test_a_cut_indicator_is_marked(table, page, document) -> None:
    drawn = clipped(table(ROWS, caption=CAPTION), {(3, 7): 4})
    result = normalize(document(page(drawn)), INDEX)
    marks = [r.values["text_clipped"] for r in result.records if r.table == "project_indicators"]
    assert marks == [False, True]
    told = [(f.code, f.before) for f in result.findings if "clipped" in f.code]
    assert told == [("text-clipped", "系统正常")]


def test_the_visible_part_of_a_label_names_no_item(table, page, document) -> None:
    rows = [["项目", "预算数"], ["合计", "3.00"], ["公务接待费", "2.00"], ["公务用车", "1.00"]]
    drawn = table(rows, caption=["“三公”经费支出表", "单位：万元"])
    result = normalize(document(page(clipped(drawn, {(3, 0): 7}))), INDEX)
    items = [r.values["item"] for r in result.records if r.table == "three_public"]
    assert items == ["total", "reception"]  # 公务用车 may begin 公务用车购置费 or …运行维护费
    assert "column-unmapped" in {f.code for f in result.findings}
