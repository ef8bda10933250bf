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
