"""Draw grids with LibreOffice Calc: a flat ODF spreadsheet, one sheet per grid, printed to PDF."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from model import Grid, Slot

A4 = (595.3, 841.9)
MARGIN = 28.0

NS = " ".join(
    f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"'
    for p, u in [
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("number", "datastyle"),
    ]
)


def cell_style(slot: Slot, grid: Grid, font: str) -> str:
    """The inner XML of the style that a slot needs; equal slots share one style."""
    size = slot.size or grid.font_size
    rule = "0.5pt solid #000000" if slot.ruled else "none"
    vertical = slot.valign
    wrapping = "no-wrap" if slot.nowrap else "wrap"
    weight = "bold" if slot.bold else "normal"
    align = {"left": "start", "center": "center", "right": "end"}[slot.align]
    return (
        f'<style:table-cell-properties fo:border="{rule}" style:vertical-align="{vertical}" '
        f'fo:wrap-option="{wrapping}" fo:padding="1.5pt" style:text-align-source="fix"/>'
        f'<style:paragraph-properties fo:text-align="{align}" fo:margin-left="0pt"/>'
        f'<style:text-properties style:font-name="{font}" style:font-name-asian="{font}" '
        f'fo:font-size="{size}pt" style:font-size-asian="{size}pt" fo:font-weight="{weight}" '
        f'style:font-weight-asian="{weight}" fo:language="zh" fo:country="CN"/>'
    )


class Styles:
    """Automatic styles, one per distinct content, named in order of first use."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str, str], str] = {}

    def name(self, family: str, inner: str, attributes: str = "") -> str:
        key = (family, inner, attributes)
        return self._names.setdefault(key, f"s{len(self._names)}")

    def xml(self) -> str:
        return "".join(
            f'<style:style style:name="{n}" style:family="{f}" {a}>{i}</style:style>'
            for (f, i, a), n in self._names.items()
        )


def paragraphs(text: str | tuple[str, ...]) -> str:
    lines = text.split("\n") if isinstance(text, str) else text
    return "".join(f"<text:p>{escape(line)}</text:p>" for line in lines if line)


def sheet_rows(grid: Grid, styles: Styles, font: str) -> str:
    owners = {
        (r, c): s
        for s in grid.slots
        for r in range(s.row, s.row + s.row_span)
        for c in range(s.col, s.col + s.col_span)
    }
    out: list[str] = []
    for row, height in enumerate(grid.heights):
        cells: list[str] = []
        for col in range(len(grid.widths)):
            slot = owners.get((row, col))
            if slot is None:
                cells.append("<table:table-cell/>")
                continue
            style = styles.name("table-cell", cell_style(slot, grid, font))
            if (slot.row, slot.col) != (row, col):
                cells.append(f'<table:covered-table-cell table:style-name="{style}"/>')
                continue
            body = paragraphs(slot.text)
            kind = ' office:value-type="string"' if body else ""
            cells.append(
                f'<table:table-cell table:style-name="{style}"{kind} '
                f'table:number-columns-spanned="{slot.col_span}" '
                f'table:number-rows-spanned="{slot.row_span}">{body}</table:table-cell>'
            )
        brk = "page" if row in grid.breaks else "auto"
        style = styles.name(
            "table-row",
            f'<style:table-row-properties style:row-height="{height:.2f}pt" '
            f'style:use-optimal-row-height="false" fo:break-before="{brk}"/>',
        )
        xml = f'<table:table-row table:style-name="{style}">{"".join(cells)}</table:table-row>'
        if grid.header_rows and row == grid.header_rows[0]:
            xml = "<table:table-header-rows>" + xml
        if grid.header_rows and row == grid.header_rows[1] - 1:
            xml += "</table:table-header-rows>"
        out.append(xml)
    return "".join(out)


def page_layout(name: str, landscape: bool, footer: bool) -> str:
    width, height = (A4[1], A4[0]) if landscape else A4
    return (
        f'<style:page-layout style:name="{name}"><style:page-layout-properties '
        f'fo:page-width="{width}pt" fo:page-height="{height}pt" fo:margin="{MARGIN}pt" '
        f'style:print-orientation="{"landscape" if landscape else "portrait"}" '
        f'style:scale-to-X="1" style:scale-to-Y="0" style:table-centering="horizontal" '
        f'style:print="objects charts drawings zero-values"/></style:page-layout>'
    )


def flat_ods(grids: Sequence[Grid], title: str, font: str, page_numbers: bool) -> str:
    """The whole workbook as flat ODF XML."""
    styles = Styles()
    sheets: list[str] = []
    for number, grid in enumerate(grids, 1):
        master = "land" if grid.landscape else "port"
        table_style = styles.name(
            "table",
            '<style:table-properties table:display="true"/>',
            f'style:master-page-name="{master}"',
        )
        columns = "".join(
            '<table:table-column table:style-name="'
            + styles.name(
                "table-column",
                f'<style:table-column-properties style:column-width="{w:.2f}pt"/>',
            )
            + '"/>'
            for w in grid.widths
        )
        sheets.append(
            f"<table:table table:name={quoteattr(f'表{number}')} "
            f'table:style-name="{table_style}">{columns}{sheet_rows(grid, styles, font)}'
            "</table:table>"
        )
    footer = (
        "<style:footer><text:p>第 <text:page-number/> 页</text:p></style:footer>"
        if page_numbers
        else '<style:footer style:display="false"/>'
    )
    masters = "".join(
        f'<style:master-page style:name="{m}" style:page-layout-name="pl{m}">'
        f'<style:header style:display="false"/>{footer}</style:master-page>'
        for m in ("port", "land")
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NS} '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:meta><dc:title>{escape(title)}</dc:title></office:meta>"
        f'<office:font-face-decls><style:font-face style:name="{font}" '
        f"svg:font-family=\"'{font}'\"/></office:font-face-decls>"
        '<office:styles><style:default-style style:family="table-cell">'
        f'<style:text-properties style:font-name="{font}" style:font-name-asian="{font}"/>'
        "</style:default-style></office:styles>"
        f"<office:automatic-styles>{styles.xml()}"
        f"{page_layout('plport', False, page_numbers)}{page_layout('plland', True, page_numbers)}"
        "</office:automatic-styles>"
        f"<office:master-styles>{masters}</office:master-styles>"
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
        "</office:document>"
    )


def draw(
    grids: Sequence[Grid], out: Path, title: str, font: str, page_numbers: bool = False
) -> None:
    """Write ``out`` through ``soffice --convert-to pdf`` with a throw-away user profile."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{out.stem}.fods"
        source.write_text(flat_ods(grids, title, font, page_numbers), encoding="utf-8")
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                folder,
                str(source),
            ],
            check=True,
            capture_output=True,
        )
        out.write_bytes((Path(folder) / f"{out.stem}.pdf").read_bytes())
