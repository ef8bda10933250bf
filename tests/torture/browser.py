"""The same sheets through Chromium: real tables with row spans, cut by a real page layout.

Chromium is driven over a pipe (DevTools protocol), so that one start prints all documents and
nothing goes over a network.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from .sheet import Entry, Sheet
from .style import Style

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
ALIGN = {"header": "center", "label": "center", "amount": "right", "prose": "left"}
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Page:
    """How the browser prints; see ``strategies.web_pages``.

    ``collapse``: one border between two cells instead of one for each. ``keep_rows``: no row is
    cut by a page's edge. ``repeat``: the header, or header and title, at the top of every page.
    ``break_all``: lines may end inside a word. ``backgrounds``: white and coloured cells are
    painted.
    """

    collapse: bool = True
    keep_rows: bool = False
    repeat: str = "nothing"
    break_all: bool = False
    backgrounds: bool = False
    font: str = "Noto Sans CJK SC"


def program() -> str | None:
    """The browser, None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def web_page(sheet: Sheet, style: Style, page: Page) -> str:
    """The sheet as HTML in the style's size, width, breaks and alignment."""
    scale = style.width / sum(sheet.weights)
    columns = "".join(f'<col style="width:{w * scale:.2f}pt">' for w in sheet.weights)
    anchors = {(e.row, e.col): e for e in sheet.entries}
    breaks = {sheet.n_header + b for b in style.breaks}
    rows = [_row(sheet, anchors, r, is_cut=r in breaks) for r in range(sheet.n_rows)]
    header, body = "".join(rows[: sheet.n_header]), "".join(rows[sheet.n_header :])
    title = _captions(sheet)
    if page.repeat == "title and header":
        span = f'<tr><td class="caption" colspan="{sheet.n_cols}">{title}</td></tr>'
        header, title = span + header, ""
    # A cell cannot reach from one section into the next: a form is one section.
    is_one = any(e.row < sheet.n_header < e.row + e.row_span for e in sheet.entries)
    if is_one:
        header, body = "", header + body
    part = "tbody" if page.repeat == "nothing" or is_one else "thead"
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><style>{_css(style, page)}</style>'
        f"{title}<table><colgroup>{columns}</colgroup><{part}>{header}</{part}>"
        f"<tbody>{body}</tbody></table></html>"
    )


def _css(style: Style, page: Page) -> str:
    model = "collapse" if page.collapse else "separate"
    background = "background:#fff" if page.backgrounds else ""
    rules = [
        f"body{{margin:0;font:{style.size}pt '{page.font}';line-height:1.3}}",
        f"table{{border-collapse:{model};border-spacing:0;table-layout:fixed;"
        f"width:{style.width:.2f}pt}}",
        f"td{{border:1px solid #000;padding:2pt;vertical-align:{style.valign};{background}}}",
        "td.caption{border:none}",
        ".header{text-align:center;vertical-align:middle}",
        "thead,thead tr{break-inside:avoid}",
        ".cut{break-before:page}",
        f".title{{text-align:center;font-size:{style.size + 2}pt}}",
        ".unit{text-align:right}",
        *(f".{kind}{{text-align:{align}}}" for kind, align in ALIGN.items()),
    ]
    if not page.collapse:
        # As pages do that want single lines: every cell draws two of its sides only.
        rules += [
            "td{border-width:0 1px 1px 0}td.left{border-left-width:1px}",
            "tr.first td{border-top-width:1px}",
        ]
    if page.keep_rows:
        rules.append("tr{break-inside:avoid}")
    rules.append(f"td{{word-break:{'break-all' if page.break_all else 'normal'};"
                 "overflow-wrap:anywhere}")  # fmt: skip
    if page.backgrounds:
        rules.append(".header{background:#dde;-webkit-print-color-adjust:exact}"
                     "td{-webkit-print-color-adjust:exact}")  # fmt: skip
    if style.bold_header:
        rules.append(".header{font-weight:bold}")
    return "".join(rules)


def _captions(sheet: Sheet) -> str:
    return (
        f'<div>{sheet.number}</div><div class="title">2026年{escape(sheet.title)}</div>'
        f'<div>编制单位：城市管理指挥中心</div><div class="unit">单位：{sheet.unit}</div>'
    )


def _row(sheet: Sheet, anchors: dict[tuple[int, int], Entry], row: int, *, is_cut: bool) -> str:
    cells = []
    for col in range(sheet.n_cols):
        entry = anchors.get((row, col))
        if entry is None:
            continue
        spans = f' rowspan="{entry.row_span}"' if entry.row_span > 1 else ""
        spans += f' colspan="{entry.col_span}"' if entry.col_span > 1 else ""
        side = " left" if col == 0 else ""
        cells.append(f'<td class="{entry.kind}{side}"{spans}>{escape(entry.text)}</td>')
    names = ["first"] * (row == 0) + ["cut"] * is_cut
    return f'<tr class="{" ".join(names)}">{"".join(cells)}</tr>'


class Browser:
    """A running Chromium with one tab."""

    def __init__(self, to_browser: Any, from_browser: Any) -> None:
        self._to, self._from = to_browser, from_browser
        self._number = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def print(self, html: str, style: Style) -> bytes:
        """The page as PDF, on paper of the style's width and height."""
        self._call("Page.setDocumentContent", frameId=self._frame, html=html)
        margin = style.margin / POINTS_PER_INCH
        answer = self._call(
            "Page.printToPDF",
            paperWidth=(max(style.width, 300) + 2) / POINTS_PER_INCH + 2 * margin,
            paperHeight=style.paper_height / POINTS_PER_INCH,
            marginTop=margin, marginBottom=margin, marginLeft=margin, marginRight=margin,
            printBackground=True,
        )  # fmt: skip
        return base64.b64decode(answer["data"])

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = json.loads(self._receive())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _receive(self) -> bytes:
        """The next message; messages end with a zero byte."""
        pieces = []
        while (byte := self._from.read(1)) not in (b"\0", b""):
            pieces.append(byte)
        if byte == b"":
            raise RuntimeError("the browser has gone")
        return b"".join(pieces)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in the folder, ended at the end."""
    path = program()
    assert path is not None, "needs Chromium"
    read_end, to_browser = os.pipe()
    from_browser, write_end = os.pipe()
    # The browser reads commands from descriptor 3 and answers on 4.
    command = 'exec "$@" 3<&$IN 4>&$OUT'
    environment = {**os.environ, "IN": str(read_end), "OUT": str(write_end)}
    process = subprocess.Popen(
        ["bash", "-c", command, "bash", path, *FLAGS, f"--user-data-dir={folder}/profile"],
        pass_fds=(read_end, write_end), env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(read_end)
    os.close(write_end)
    try:
        with os.fdopen(to_browser, "wb") as to, os.fdopen(from_browser, "rb") as answers:
            yield Browser(to, answers)
    finally:
        process.terminate()
        process.wait(timeout=30)


def prints(pages: Sequence[tuple[str, Style]], folder: Path) -> list[bytes]:
    """All pages as PDFs, in one start of the browser."""
    with browser(folder) as running:
        return [running.print(html, style) for html, style in pages]
