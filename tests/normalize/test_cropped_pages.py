"""Pages of which an edge was cut off: figures that may go on, rows without labels."""

from dataclasses import replace

import pytest

from yusuan.normalize.document import normalize, prepare, unwrap_cells
from yusuan.normalize.form_pages import join_form_pages
from yusuan.normalize.fragments import TableGroup, read_fragment
from yusuan.schemas.loader import load

INDEX = prepare(load())
HEAD = ["科目编码", "科目名称", "合计"]
ROWS = [["205", "教育支出", "3.00"], ["208", "社会保障和就业支出", "123.4"]]
CAPTION = ["支出预算总表", "单位：万元"]


def moved_to(table, text, x1, edges):
    """The table with the end of one text at x1 and its cell without rules on those sides."""
    cells = []
    for cell in table.cells:
        if cell.lines and cell.lines[0].text == text:
            line = cell.lines[0]._replace(box=cell.lines[0].box._replace(x1=x1))
            cell = cell._replace(lines=(line,), open_edges=frozenset(edges))
        cells.append(cell)
    return replace(table, cells=tuple(cells))


@pytest.mark.parametrize(
    ("x1", "edges", "is_cut"),
    [(599.6, {"right"}, True), (599.6, (), False), (580.0, {"right"}, False)],
)
def test_figure_at_the_edge_of_a_cropped_page_is_none(table, page, document, x1, edges, is_cut):
    drawn = table([HEAD, *ROWS], caption=CAPTION, widths=[100.0, 300.0, 150.0])
    result = normalize(document(page(moved_to(drawn, "123.4", x1, edges))), INDEX)
    facts = {r.values["amount_text"]: r.values["amount_yuan"] for r in result.records}
    assert (facts["123.4"] is None) == is_cut
    assert facts["3.00"] is not None
    assert [f.before for f in result.findings if f.code == "amount-clipped"] == ["123.4"] * is_cut


def test_rows_without_labels_are_told(table, page, document):
    rows = [HEAD, ["", "", "9.00"], ["", "", "4.00"], ["208", "社会保障和就业支出", "5.00"]]
    result = normalize(document(page(table(rows, caption=CAPTION))), INDEX)
    (finding,) = [f for f in result.findings if f.code == "row-unlabelled"]
    assert finding.note.startswith("2 row(s) of 3")
    assert len(result.records) == 3
    whole = normalize(document(page(table([HEAD, *ROWS], caption=CAPTION))), INDEX)
    assert "row-unlabelled" not in {f.code for f in whole.findings}


def test_pages_beside_others_keep_their_place_in_a_joined_form(table, page, document):
    form = [
        ["项目名称", "甲项目", "<", "<"],
        ["项目总额", "3.00", "<", "<"],
        ["一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "甲", "1"],
    ]
    more = [["产出指标", "质量指标", "乙", "2"], ["效益指标", "社会效益指标", "丙", "3"]]
    drawn = [
        table(form, caption=["项目支出绩效目标表"]),
        table(more, page=2),
        table([["丁"], ["戊"]], page=3, left=500.0),
    ]
    raw = document(*(page(t, number=t.page) for t in drawn))
    first, below, beside = (read_fragment(t) for t in drawn)
    groups = [TableGroup((first,)), TableGroup((below, replace(beside, beside=0)))]
    (joined,), _ = join_form_pages(groups, unwrap_cells(raw.pages), INDEX.families, INDEX.levels)
    assert [f.beside for f in joined.fragments] == [None, None, 1]
    assert joined.fragments[2].table.page == 3
