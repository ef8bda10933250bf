"""Books set without upright rules give the facts of the same books with all rules drawn."""

import io
from collections.abc import Sequence

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

import yusuan

FONT = "STSong-Light"
LISTS = (
    ("收入项目", "预算数", "支出项目", "预算数"),
    ("一、一般公共预算拨款收入", "6,140.12", "一、一般公共服务支出", "1,315.50"),
    ("二、政府性基金预算拨款收入", "", "四、公共安全支出", "12.00"),
    ("三、国有资本经营预算拨款收入", "0.00", "五、教育支出", "4,900.92"),
    ("五、事业收入", "88.30", "六、科学技术支出", ""),
    ("本年收入合计", "6,228.42", "本年支出合计", "6,228.42"),
    ("收入总计", "6,228.42", "支出总计", "6,228.42"),
)
FUNCTIONS = (
    ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
    ("201", "一般公共服务支出", "1,315.50", "1,112.00", "203.50"),
    ("20103", "政府办公厅及相关机构事务", "1,315.50", "1,112.00", "203.50"),
    ("2010301", "行政运行", "1,112.00", "1,112.00", ""),
    ("2010302", "一般行政管理事务", "203.50", "", "203.50"),
    ("204", "公共安全支出", "12.00", "12.00", ""),
    ("20402", "公安", "12.00", "12.00", ""),
    ("2040201", "行政运行", "12.00", "12.00", ""),
    ("205", "教育支出", "4,900.92", "4,900.92", ""),
    ("20502", "普通教育", "4,900.92", "4,900.92", ""),
    ("2050202", "小学教育", "4,900.92", "4,900.92", ""),
    ("", "合计", "6,228.42", "6,024.92", "203.50"),
)
SHEETS = (
    ("部门收支总表", LISTS, (60, 215, 300, 455, 540), "lrlr"),
    ("部门支出总表", FUNCTIONS, (50, 120, 290, 370, 450, 530), "llrrr"),
)
HEADINGS = (
    ("功能分类科目", 0, 2, 0, 1), ("预算数", 2, 7, 0, 1), ("科目编码", 0, 1, 1, 3),
    ("科目名称", 1, 2, 1, 3), ("合计", 2, 3, 1, 3), ("基本支出", 3, 6, 1, 2),
    ("项目支出", 6, 7, 1, 3), ("小计", 3, 4, 2, 3), ("人员经费", 4, 5, 2, 3),
    ("公用经费", 5, 6, 2, 3),
)  # fmt: skip
"""Text, first and end column, first and end header row."""
GENERAL_XS = (40, 95, 240, 300, 355, 410, 465, 525)
FACTS = {
    "summary": ["label_text", "amount_text", "amount_yuan", "value_status", "proof"],
    "expenditure": ["func_code", "measure", "amount_text", "amount_yuan", "value_status", "proof"],
}


def book(ruling: str) -> bytes:
    """Both tables, a page each. ``ruling``: all, none, or three (top, under the header, bottom)."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for title, rows, xs, aligns in SHEETS:
        canvas.setFont(FONT, 16)
        canvas.drawCentredString(300, 790, title)
        canvas.setFont(FONT, 10)
        canvas.drawRightString(xs[-1], 765, "单位：万元")
        ys = [758 - 20 * i for i in range(len(rows) + 1)]
        draw_rows(canvas, rows, xs, ys, aligns)
        if ruling == "all":
            canvas.grid(xs, ys)
        elif ruling == "three":
            for y in (ys[0], ys[1], ys[-1]):
                canvas.line(xs[0], y, xs[-1], y)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_rows(
    canvas: Canvas,
    rows: Sequence[Sequence[str]],
    xs: Sequence[float],
    ys: Sequence[float],
    aligns: str,
) -> None:
    for number, texts in enumerate(rows):
        for col, text in enumerate(texts):
            y = ys[number + 1] + 6
            if number == 0:
                canvas.drawCentredString((xs[col] + xs[col + 1]) / 2, y, text)
            elif aligns[col] == "r":
                canvas.drawRightString(xs[col + 1] - 3, y, text)
            else:
                canvas.drawString(xs[col] + 3, y, text)


@pytest.mark.parametrize("ruling", ["none", "three"])
def test_facts_are_those_of_the_ruled_book(ruling: str) -> None:
    ruled, unruled = yusuan.read(book("all")), yusuan.read(book(ruling))
    for table, columns in FACTS.items():
        assert len(ruled.tables[table]) > 10
        assert (
            unruled.tables[table][columns].to_dict("records")
            == ruled.tables[table][columns].to_dict("records")
        )  # fmt: skip
    codes = list(unruled.tables["findings"]["code"])
    assert codes.count("unruled-table") == 2
    assert "unruled-table" not in set(ruled.tables["findings"]["code"])


def general(is_ruled: bool) -> bytes:
    """一般公共预算支出表 below three header rows: one half of each basic amount is for staff."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont(FONT, 16)
    canvas.drawCentredString(285, 790, "一般公共预算支出表")
    canvas.setFont(FONT, 10)
    canvas.drawRightString(523, 765, "单位：万元")
    for text, first, end, top, bottom in HEADINGS:
        x0, x1, y0, y1 = GENERAL_XS[first], GENERAL_XS[end], 758 - 20 * top, 758 - 20 * bottom
        canvas.drawCentredString((x0 + x1) / 2, (y0 + y1) / 2 - 4, text)
        if is_ruled:
            canvas.rect(x0, y1, x1 - x0, y0 - y1)
    rows = []
    for code, name, total, basic, project in FUNCTIONS[1:]:
        half = f"{float(basic.replace(',', '')) / 2:,.2f}" if basic else ""
        rows.append((code, name, total, basic, half, half, project))
    ys = [698 - 20 * i for i in range(len(rows) + 1)]
    canvas.setFont(FONT, 9)
    for number, texts in enumerate(rows):
        for col, text in enumerate(texts):
            if col > 1:
                canvas.drawRightString(GENERAL_XS[col + 1] - 3, ys[number + 1] + 6, text)
            else:
                canvas.drawString(GENERAL_XS[col] + 3, ys[number + 1] + 6, text)
    if is_ruled:
        canvas.grid(GENERAL_XS, ys)
    canvas.save()
    return buffer.getvalue()


def test_each_amount_below_three_header_rows_is_that_of_the_ruled_table() -> None:
    columns = FACTS["expenditure"]
    ruled, unruled = (
        yusuan.read(general(is_ruled)).tables["expenditure"] for is_ruled in (True, False)
    )
    assert set(ruled["measure"]) == {"total", "basic", "basic_personnel", "basic_public", "project"}
    assert unruled[columns].to_dict("records") == ruled[columns].to_dict("records")
