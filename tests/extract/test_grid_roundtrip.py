"""Any grid with spans, drawn in any usual way, is read back as it was drawn."""

import io
from dataclasses import dataclass
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.pdfium import PdfiumReader

Style = Literal["boxes", "edges", "fills", "path"]
Span = tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawing:
    xs: tuple[int, ...]
    ys: tuple[int, ...]
    spans: tuple[Span, ...]
    style: Style
    rotation: int


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    n_rows, n_cols = draw(st.integers(1, 7)), draw(st.integers(2, 6))
    widths = draw(st.lists(st.integers(25, 90), min_size=n_cols, max_size=n_cols))
    heights = draw(st.lists(st.integers(14, 60), min_size=n_rows, max_size=n_rows))
    taken: set[tuple[int, int]] = set()
    spans: list[Span] = []
    for row in range(n_rows):
        for col in range(n_cols):
            if (row, col) in taken:
                continue
            wide = draw(st.integers(1, n_cols - col))
            while any((row, c) in taken for c in range(col, col + wide)):
                wide -= 1
            high = draw(st.integers(1, n_rows - row))
            spans.append((row, col, high, wide))
            taken |= {(r, c) for r in range(row, row + high) for c in range(col, col + wide)}
    xs = tuple(40 + sum(widths[:i]) for i in range(n_cols + 1))
    ys = tuple(50 + sum(heights[:i]) for i in range(n_rows + 1))
    style = draw(st.sampled_from(("boxes", "edges", "fills", "path")))
    return Drawing(xs, ys, tuple(spans), style, draw(st.sampled_from((0, 90, 270))))


def visible(drawing: Drawing) -> dict[tuple[float, ...], str]:
    """Box (top left origin) -> text of every cell."""
    return {
        (drawing.xs[c], drawing.ys[r], drawing.xs[c + w], drawing.ys[r + h]): f"{r}.{c}"
        for r, c, h, w in drawing.spans
    }


def render(drawing: Drawing, page: float = 700) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(page, page), invariant=1)
    canvas.setPageRotation(drawing.rotation)
    canvas.translate(*{0: (0, 0), 90: (page, 0), 270: (0, page)}[drawing.rotation])
    canvas.rotate(drawing.rotation)
    canvas.setFont("Helvetica", 8)
    canvas.setLineWidth(0.5)
    path = canvas.beginPath()
    for (x0, top, x1, bottom), text in visible(drawing).items():
        corners = [(x0, page - top), (x1, page - top), (x1, page - bottom), (x0, page - bottom)]
        sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
        if drawing.style == "boxes":
            canvas.rect(x0, page - bottom, x1 - x0, bottom - top)
        for (ax, ay), (bx, by) in sides:
            if drawing.style == "edges":
                canvas.line(ax, ay, bx, by)
            elif drawing.style == "path":
                path.moveTo(ax, ay)
                path.lineTo(bx, by)
            elif drawing.style == "fills":
                left, low = min(ax, bx) - 0.3, min(ay, by) - 0.3
                canvas.rect(left, low, abs(bx - ax) + 0.6, abs(by - ay) + 0.6, stroke=0, fill=1)
        canvas.drawString(x0 + 3, page - bottom + 3, text)
    if drawing.style == "path":
        canvas.drawPath(path)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@given(drawings())
@settings(max_examples=60, deadline=None)
def test_a_drawn_grid_is_read_back(drawing: Drawing) -> None:
    (page,) = PdfiumReader().read_pages(render(drawing))
    expected = visible(drawing)
    if len(expected) < 2:
        assert page.tables == ()
        return
    (table,) = page.tables
    read = {
        tuple(round(side) for side in cell.box): "".join(line.text for line in cell.lines)
        for cell in table.cells
    }
    assert read == expected
    assert not any(cell.open_edges for cell in table.cells)
    assert page.lines == ()


@given(drawings())
@settings(max_examples=20, deadline=None)
def test_reading_is_deterministic(drawing: Drawing) -> None:
    data = render(drawing)
    assert list(PdfiumReader().read_pages(data)) == list(PdfiumReader().read_pages(data))
