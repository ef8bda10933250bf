"""Draw a layout as a PDF, with the pens of different producers."""

import io
from itertools import groupby

import pikepdf
from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas

from .layout import Layout, PageDrawing, Text
from .style import Style

Segment = tuple[float, float, float, float]


def render(layout: Layout, style: Style) -> bytes:
    """The PDF's bytes."""
    buffer = io.BytesIO()
    turned = style.rotate in (90, 270)
    size = (layout.height, layout.width) if turned else (layout.width, layout.height)
    canvas = Canvas(buffer, pagesize=size, invariant=True, pageCompression=0)
    for page in layout.pages:
        if style.rotate == 90:  # displayed: turned clockwise; drawn: counter-clockwise
            canvas.translate(size[0], 0)
            canvas.rotate(90)
        elif style.rotate == 270:
            canvas.translate(0, size[1])
            canvas.rotate(-90)
        _draw_page(canvas, page, layout, style)
        canvas.showPage()
    canvas.save()
    if not style.rotate or style.is_turned:
        return buffer.getvalue()
    # Not reportlab's setPageRotation, which turns the media box as well.
    with pikepdf.open(buffer) as pdf:
        for pdf_page in pdf.pages:
            pdf_page.obj.Rotate = style.rotate
        turned_file = io.BytesIO()
        pdf.save(turned_file, deterministic_id=True)
    return turned_file.getvalue()


def _draw_page(canvas: Canvas, page: PageDrawing, layout: Layout, style: Style) -> None:
    if style.decoys:
        _draw_decoys(canvas, page, layout.height)
    canvas.setLineWidth(0.5)
    canvas.setStrokeColor(black)
    canvas.setFillColor(black)
    _draw_rules(canvas, _segments(page, style.rules), layout.height, style.rules)
    for text in page.texts:
        _draw_text(canvas, text, layout.height, style)
    if style.hidden:
        _draw_hidden(canvas, page, layout, style)


def _segments(page: PageDrawing, rules: str) -> list[Segment]:
    """Rules as (x0, y0, x1, y1), y downwards: long ones, or one piece per cell edge."""
    found: list[Segment] = []
    if rules in ("cells", "boxes"):
        found += [(page.xs[j], page.ys[r], page.xs[j], page.ys[r + 1]) for j, r in sorted(page.v)]
        found += [(page.xs[c], page.ys[i], page.xs[c + 1], page.ys[i]) for i, c in sorted(page.h)]
        return found
    for j, pieces in groupby(sorted(page.v), key=lambda p: p[0]):
        for a, b in _runs([r for _, r in pieces]):
            found.append((page.xs[j], page.ys[a], page.xs[j], page.ys[b + 1]))
    for i, pieces in groupby(sorted(page.h), key=lambda p: p[0]):
        for a, b in _runs([c for _, c in pieces]):
            found.append((page.xs[a], page.ys[i], page.xs[b + 1], page.ys[i]))
    return found


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _draw_rules(canvas: Canvas, segments: list[Segment], height: float, rules: str) -> None:
    if rules in ("filled", "boxes"):
        for x0, y0, x1, y1 in segments:
            canvas.rect(x0 - 0.25, height - y1 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, 0, 1)
        return
    if rules == "double":
        for x0, y0, x1, y1 in segments:
            for d in (-0.6, 0.6):
                dx, dy = (d, 0) if x0 == x1 else (0, d)
                canvas.line(x0 + dx, height - y0 - dy, x1 + dx, height - y1 - dy)
        return
    if rules == "one-path":
        path = canvas.beginPath()
        for x0, y0, x1, y1 in segments:
            path.moveTo(x0, height - y0)
            path.lineTo(x1, height - y1)
        canvas.drawPath(path, stroke=1, fill=0)
        return
    for x0, y0, x1, y1 in segments:
        canvas.line(x0, height - y0, x1, height - y1)


def _draw_decoys(canvas: Canvas, page: PageDrawing, height: float) -> None:
    """What is white on white is not there: backgrounds of cells, erased rules."""
    canvas.setFillColor(white)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(0.5)
    for x0, x1 in zip(page.xs, page.xs[1:], strict=False):
        middle = (x0 + x1) / 2
        canvas.line(middle, height - page.ys[0], middle, height - page.ys[-1])
        for y0, y1 in zip(page.ys, page.ys[1:], strict=False):
            canvas.rect(x0 + 1, height - y1 + 1, x1 - x0 - 2, y1 - y0 - 2, 0, 1)
    for y0, y1 in zip(page.ys, page.ys[1:], strict=False):
        canvas.line(page.xs[0], height - (y0 + y1) / 2, page.xs[-1], height - (y0 + y1) / 2)
        canvas.rect(page.xs[0], height - y1, page.xs[-1] - page.xs[0], 0.5, 0, 1)


def _draw_text(canvas: Canvas, text: Text, height: float, style: Style) -> None:
    if text.clip is not None:
        x0, top, x1, bottom = text.clip
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(x0, height - bottom, x1 - x0, bottom - top)
        canvas.clipPath(path, stroke=0, fill=0)
    canvas.setFont(style.font, text.size)
    for shift in (0.0, 0.25) if text.is_bold else (0.0,):
        canvas.drawString(text.x + shift, height - text.y, text.text)
    if text.clip is not None:
        canvas.restoreState()


def _draw_hidden(canvas: Canvas, page: PageDrawing, layout: Layout, style: Style) -> None:
    """Text of the file that no reader sees: clipped away in a cell, and below the paper."""
    x0, y0 = page.xs[0], page.ys[-1]
    clip = (x0, y0 + 12, x0 + 5, y0 + 17)
    _draw_text(canvas, Text("99999.99", x0 + 2, page.ys[-1] - 4, clip), layout.height, style)
    _draw_text(canvas, Text("不应读出的文字", x0, layout.height + 30), layout.height, style)
