"""Small plots as SVG text, without any library: bars that print, scale and work from an e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from rich.cells import cell_len

from yusuan.report.escaping import visible
from yusuan.report.summary import Bar, Share

_ROW = 22
_LABEL = 300
_BAR = 360
_NOTE = 420
# Characters of 12 px that fit into the label's width, a Chinese one counting as two.
_LABEL_CELLS = 42


def share_plot(shares: Sequence[Share]) -> str:
    """Proved, unproved and contradicted amounts of each share, as one stacked bar each."""
    rows = []
    for at, share in enumerate(shares):
        parts = [
            (share.n_proved, "proved"),
            (share.n - share.n_proved - share.n_contradicted, "single"),
            (share.n_contradicted, "contradicted"),
        ]
        x = float(_LABEL)
        bars = ""
        for count, kind in parts:
            width = _BAR * count / share.n if share.n else 0
            bars += f'<rect class="{kind}" x="{x:.1f}" y="4" width="{width:.1f}" height="14"/>'
            x += width
        told = "–" if share.percent is None else f"{share.percent:.1f} % / {share.n:,}"
        rows.append(_row(at, share.label, bars, told))
    return _svg(rows, "share of amounts proved")


def bar_plot(bars: Sequence[Bar]) -> str:
    """Quantities in yuan, told in 万元; the longest bar is the largest."""
    largest = max((abs(bar.value) for bar in bars), default=Decimal(0)) or Decimal(1)
    rows = []
    for at, bar in enumerate(bars):
        width = float(_BAR * abs(bar.value) / largest)
        kind = "contradicted" if bar.value < 0 else "amount"
        shape = f'<rect class="{kind}" x="{_LABEL}" y="4" width="{width:.1f}" height="14"/>'
        rows.append(_row(at, bar.label, shape, f"{bar.value / 10000:,.2f} 万元 {bar.note}".strip()))
    return _svg(rows, "amounts")


def _row(at: int, label: str, shapes: str, told: str) -> str:
    return (
        f'<g transform="translate(0 {at * _ROW})"><title>{_escape(label)}</title>'
        f'<text x="{_LABEL - 8}" y="15" text-anchor="end">{_escape(_cut(label))}</text>{shapes}'
        f'<text x="{_LABEL + _BAR + 8}" y="15">{_escape(told)}</text></g>'
    )


def _escape(text: str) -> str:
    return escape(visible(text))


def _svg(rows: Sequence[str], title: str) -> str:
    height = max(len(rows), 1) * _ROW
    return (
        f'<svg viewBox="0 0 {_LABEL + _BAR + _NOTE} {height}" role="img" '
        f'aria-label="{_escape(title)}">{"".join(rows)}</svg>'
    )


def _cut(text: str) -> str:
    """Text short enough for the label's width."""
    if cell_len(text) <= _LABEL_CELLS:
        return text
    kept, width = "", 0
    for letter in text:
        width += cell_len(letter)
        if width > _LABEL_CELLS - 1:
            break
        kept += letter
    return kept + "…"
