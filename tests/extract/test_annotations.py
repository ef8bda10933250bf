"""Fields of forms and typed annotations are part of what a page says; comments on it are not."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.model import RawPage
from yusuan.extract.pdfium import PdfiumReader

XS, YS = (50, 150, 250), (50, 80, 110)


def table() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(300, 200), invariant=1)
    canvas.setFont("Helvetica", 10)
    canvas.grid(XS, YS)
    canvas.drawString(55, 90, "total")
    canvas.save()
    return buffer.getvalue()


def with_annotation(kind: str, text: str, flags: int = 4, **more: object) -> RawPage:
    """The table with one annotation, drawn by a stream of its own, in its second cell."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(table())) as pdf:
        look = pdf.make_stream(f"BT /F1 10 Tf 3 10 Td ({text}) Tj ET".encode())
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        look.update(
            Dictionary(
                Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 30],
                Resources=Dictionary(Font=Dictionary(F1=font)),
            )
        )  # fmt: skip
        note = Dictionary(
            Type=Name.Annot, Subtype=Name("/" + kind), Rect=[150, 80, 250, 110], F=flags,
            AP=Dictionary(N=look), **more,
        )  # fmt: skip
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])
        if kind == "Widget":
            pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].obj.Annots)
        pdf.save(out)
    (page,) = PdfiumReader().read_pages(out.getvalue())
    return page


def texts(page: RawPage) -> dict[tuple[int, int], str]:
    (found,) = page.tables
    return {(c.row, c.col): "".join(line.text for line in c.lines) for c in found.cells}


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("Widget", {"FT": Name.Tx, "T": pikepdf.String("a")}),
        ("Widget", {"FT": Name.Ch, "T": pikepdf.String("a")}),
        ("FreeText", {"DA": pikepdf.String("/Helv 10 Tf")}),
    ],
)
def test_what_is_typed_on_a_page_is_read(kind: str, more: dict[str, object]) -> None:
    assert texts(with_annotation(kind, "12.50", **more))[0, 1] == "12.50"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("Widget", {"FT": Name.Sig, "T": pikepdf.String("a")}),
        ("Widget", {"FT": Name.Btn, "T": pikepdf.String("a")}),
        ("Stamp", {}),
        ("Highlight", {"QuadPoints": Array([150, 110, 250, 110, 150, 80, 250, 80])}),
        ("Text", {}),
    ],
)
def test_what_comments_on_a_page_is_not(kind: str, more: dict[str, object]) -> None:
    assert texts(with_annotation(kind, "99.99", **more))[0, 1] == ""


def test_a_hidden_field_is_not_shown() -> None:
    assert texts(with_annotation("Widget", "12.50", flags=2, FT=Name.Tx))[0, 1] == ""
