"""The same sheets through LibreOffice Calc: real merged ranges, real page breaks, real clipping."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from .layout import text_width, wrap
from .sheet import Entry, Sheet
from .style import PADDING, Style

CJK = "Noto Sans CJK SC"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
ALIGN = {"header": "center", "label": "center", "amount": "end", "prose": "start"}
# The office's font is wider than the measuring one, and it breaks lines earlier than anywhere.
ROOM = 0.72
# Documents in one start: starting takes as long as printing twenty.
AT_ONCE = 100


def flat_sheet(sheet: Sheet, style: Style) -> str:
    """The sheet as a flat ODF spreadsheet, in the style's size, width, breaks, alignment."""
    scale = style.width / sum(sheet.weights)
    widths = [w * scale for w in sheet.weights]
    heights = _row_heights(sheet, style, widths)
    anchors = {(e.row, e.col): e for e in sheet.entries}
    breaks = {sheet.n_header + b for b in style.breaks}
    rows = [
        _row(sheet, anchors, r, f"r{r}b" if r in breaks else f"r{r}") for r in range(sheet.n_rows)
    ]
    header, body = "".join(rows[: sheet.n_header]), "".join(rows[sheet.n_header :])
    if style.repeat_header:
        header = f"<table:table-header-rows>{header}</table:table-header-rows>"
    columns = "".join(f'<table:table-column table:style-name="c{c}"/>' for c in range(len(widths)))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} '
        'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f'<office:font-face-decls><style:font-face style:name="{CJK}" '
        f"svg:font-family=\"'{CJK}'\"/></office:font-face-decls>"
        f"<office:automatic-styles>{_styles(style, widths, heights)}</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="m" style:page-layout-name="p">'
        '<style:header style:display="false"/><style:footer style:display="false"/>'
        "</style:master-page></office:master-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="t" table:style-name="t">{columns}'
        f"{_captions(sheet)}{header}{body}</table:table>"
        "</office:spreadsheet></office:body></office:document>"
    )


def _row_heights(sheet: Sheet, style: Style, widths: list[float]) -> list[float]:
    leading = 1.6 * style.size
    heights = [leading + 2 * PADDING] * sheet.n_rows
    for entry in sorted(sheet.entries, key=lambda e: e.row_span):
        room = ROOM * sum(widths[c] for c in entry.cols)
        lines = wrap(entry.text, max(room, text_width("国", style)), style)
        missing = len(lines) * leading + 2 * PADDING - sum(heights[r] for r in entry.rows)
        if missing > 0:
            for r in entry.rows:
                heights[r] += missing / entry.row_span
    return heights


def _styles(style: Style, widths: Sequence[float], heights: Sequence[float]) -> str:
    width = sum(widths) + 2 * style.margin + 4
    found = [
        '<style:page-layout style:name="p"><style:page-layout-properties '
        f'fo:page-width="{max(width, 300):.1f}pt" fo:page-height="{style.paper_height:.1f}pt" '
        f'fo:margin="{style.margin:.1f}pt" style:print-page-order="ttb"/></style:page-layout>',
        '<style:style style:name="t" style:family="table" style:master-page-name="m">'
        '<style:table-properties table:display="true"/></style:style>',
    ]
    found += [
        f'<style:style style:name="c{c}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{w:.2f}pt"/></style:style>'
        for c, w in enumerate(widths)
    ]
    # Else the office takes one height for all sizes, and the unit runs into the header's first row.
    found.append(
        '<style:style style:name="above" style:family="table-row">'
        f'<style:table-row-properties style:row-height="{1.6 * style.size + 2 * PADDING:.2f}pt" '
        'style:use-optimal-row-height="false"/></style:style>'
    )
    for r, height in enumerate(heights):
        for suffix, before in (("", ""), ("b", ' fo:break-before="page"')):
            found.append(
                f'<style:style style:name="r{r}{suffix}" style:family="table-row">'
                f'<style:table-row-properties style:row-height="{height:.2f}pt" '
                f'style:use-optimal-row-height="false"{before}/></style:style>'
            )
    for kind, align in (*ALIGN.items(), ("caption", "start")):
        border = "" if kind == "caption" else ' fo:border="0.5pt solid #000000"'
        wrapped = "" if kind == "caption" else ' fo:wrap-option="wrap"'
        valign = "middle" if kind == "header" else style.valign
        found.append(
            f'<style:style style:name="{kind}" style:family="table-cell">'
            f'<style:table-cell-properties{border}{wrapped} style:vertical-align="{valign}"/>'
            f'<style:paragraph-properties fo:text-align="{align}"/>'
            f'<style:text-properties fo:font-size="{style.size}pt" '
            f'style:font-size-asian="{style.size}pt" style:font-name="{CJK}" '
            f'style:font-name-asian="{CJK}"/></style:style>'
        )
    return "".join(found)


def _captions(sheet: Sheet) -> str:
    """Number, title, unit-name and unit in rows of their own above the header."""
    lines = (sheet.number, f"2026年{sheet.title}", "编制单位：城市管理指挥中心",
             f"单位：{sheet.unit}")  # fmt: skip
    return "".join(
        f'<table:table-row table:style-name="above"><table:table-cell table:style-name="caption" '
        f'office:value-type="string"><text:p>{line}</text:p></table:table-cell></table:table-row>'
        for line in lines
    )


def _row(sheet: Sheet, anchors: dict[tuple[int, int], Entry], row: int, name: str) -> str:
    cells = []
    for col in range(sheet.n_cols):
        entry = anchors.get((row, col))
        if entry is None:
            cells.append("<table:covered-table-cell/>")
            continue
        spans = (
            f'table:number-rows-spanned="{entry.row_span}" '
            f'table:number-columns-spanned="{entry.col_span}" '
            if entry.row_span * entry.col_span > 1
            else ""
        )
        text = f"<text:p>{escape(entry.text)}</text:p>" if entry.text else ""
        cells.append(
            f'<table:table-cell table:style-name="{entry.kind}" {spans}'
            f'office:value-type="string">{text}</table:table-cell>'
        )
    return f'<table:table-row table:style-name="{name}">{"".join(cells)}</table:table-row>'


def convert(sources: Sequence[Path], folder: Path) -> None:
    """Print spreadsheets to PDF, many in one start of the office, with a profile of its own."""
    for first in range(0, len(sources), AT_ONCE):
        batch = sources[first : first + AT_ONCE]
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", "pdf", "--outdir", str(folder), *map(str, batch)],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
