"""Findings about whole pages: scans, hidden text, no table at all."""

from __future__ import annotations

from collections.abc import Iterable

from yusuan.extract.model import MAX_SCAN_GLYPHS, RawPage, RawTable
from yusuan.extract.text_layer import is_broken
from yusuan.normalize.model import Finding

_MAX_DOUBTS = 20


def is_scan(page: RawPage) -> bool:
    """Whether the page is a picture without a text layer, and nobody has read it."""
    return page.is_picture


def page_findings(pages: Iterable[RawPage]) -> tuple[Finding, ...]:
    """What a reader should know of single pages, and of a document without any table."""
    pages = tuple(pages)
    findings: list[Finding] = []
    if not any(page.tables for page in pages) and any(page.n_glyphs for page in pages):
        findings.append(
            Finding(
                code="no-tables",
                note=f"no ruled table on any of the {len(pages)} pages; the text was not turned "
                "into figures",
            )
        )
    for page in pages:
        if is_scan(page):
            findings.append(
                Finding(
                    code="scanned-page",
                    note=f"page {page.number} is a picture without text; nothing was read from "
                    "it: pip install 'yusuan[ocr]' to have it recognised" + _told_of_layer(page),
                    page=page.number,
                )
            )
        findings.extend(_unruled(table) for table in page.tables if not table.is_ruled)
        if page.text_source == "ocr":
            findings.append(_recognised(page))
        if page.text_source == "pdfminer":
            findings.append(_decoded(page))
        if is_broken(page):
            findings.append(_undecodable(page))
        if page.n_covered > MAX_SCAN_GLYPHS:
            findings.append(
                Finding(
                    code="text-under-picture",
                    note=f"page {page.number}: a picture of the whole page is drawn over its text "
                    f"({page.n_covered} glyphs), as over text that a program recognised in a scan",
                    page=page.number,
                )
            )
        if page.watermarks:
            findings.append(_watermarked(page))
        n_hidden = page.n_hidden - page.n_watermark
        if n_hidden:
            findings.append(
                Finding(
                    code="hidden-text-dropped",
                    note=f"page {page.number}: {n_hidden} glyphs are in the file but not "
                    "printed (clipped away, white, invisible or off the page); not read",
                    page=page.number,
                )
            )
    return tuple(findings)


def _told_of_layer(page: RawPage) -> str:
    """What to say of the invisible text that some programs lay over a scan."""
    if page.n_hidden <= MAX_SCAN_GLYPHS:
        return ""
    return f"; its invisible text ({page.n_hidden} glyphs), which nobody has checked, was not read"


def _watermarked(page: RawPage) -> Finding:
    """That text stands across the page and was not read with it."""
    return Finding(
        code="watermark-dropped",
        note=f"page {page.number}: {page.n_watermark} glyphs are written across the page's text "
        "(slanted, pale or large); not read",
        page=page.number,
        evidence="; ".join(page.watermarks)[:_LONG_EVIDENCE],
    )


_LONG_EVIDENCE = 200


def _unruled(table: RawTable) -> Finding:
    """That rules do not tell where all columns and rows of a table part."""
    return Finding(
        code="unruled-table",
        severity="warning",
        note=f"page {table.page} table {table.index}: not all of its rules are drawn; its "
        f"{table.n_rows} rows and {table.n_cols} columns follow from how the text stands"
        + (f"; {table.column_note}" if table.column_note else ""),
        page=table.page,
        evidence="columns part at " + ", ".join(f"{x:.0f}" for x in table.col_edges[1:-1]) + " pt",
    )


def _decoded(page: RawPage) -> Finding:
    """That the second text stack told the letters which PDFium could not."""
    return Finding(
        code="text-decoded",
        severity="warning",
        note=f"page {page.number}: {page.n_mended} of {page.n_glyphs} characters are decoded by "
        "pdfminer, from tables within their fonts; PDFium cannot tell them",
        page=page.number,
    )


def _undecodable(page: RawPage) -> Finding:
    """That glyphs of a page stand for no letter that anybody can tell."""
    return Finding(
        code="text-undecodable",
        severity="error",
        note=f"page {page.number}: {page.n_unreadable} of {page.n_glyphs} characters cannot be "
        "decoded, for their fonts tell no letters; no figure is made of them"
        + ("" if page.text_source == "ocr" else ": pip install 'yusuan[ocr]' to have them "
           "recognised where the shapes are in the file"),
        page=page.number,
    )  # fmt: skip


def _recognised(page: RawPage) -> Finding:
    """That a page's text is OCR's, with the lines that were recognised with little certainty."""
    doubts = "; ".join(page.doubts[:_MAX_DOUBTS])
    what = (
        f"the fonts of page {page.number} tell no letters: {page.n_mended} of its {page.n_glyphs}"
        if page.n_mended
        else f"page {page.number} is a picture: its {page.n_glyphs}"
    )
    return Finding(
        code="ocr-read",
        severity="warning",
        note=f"{what} characters were recognised",
        page=page.number,
        evidence=f"uncertain: {doubts}" if doubts else None,
    )
