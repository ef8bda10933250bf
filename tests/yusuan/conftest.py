"""Small PDFs made on the spot: a cover, and one ruled table with a caption."""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
Grid = Sequence[Sequence[str]]


def pdf_bytes(
    grid: Grid,
    title: str = "一般公共预算财政拨款支出表",
    n_pages: int = 1,
    col_width: float = 120,
) -> bytes:
    """A PDF with the same ruled table on each page; the same arguments give the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for _ in range(n_pages):
        canvas.setFont(FONT, 12)
        canvas.drawString(200, 780, title)
        canvas.drawString(430, 755, "单位：元")
        xs = [60 + col_width * col for col in range(len(grid[0]) + 1)]
        ys = [740 - 24 * row for row in range(len(grid) + 1)]
        canvas.grid(xs, ys)
        for row, texts in enumerate(grid):
            for col, text in enumerate(texts):
                canvas.drawString(xs[col] + 4, ys[row + 1] + 8, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


GRID = (("项目", "预算数"), ("甲", "1,234.50"), ("乙", "0.00"))


@pytest.fixture(scope="session")
def small_pdf() -> bytes:
    return pdf_bytes(GRID)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three different documents in a tree, one with an upper-case ending."""
    root = tmp_path / "in"
    (root / "b").mkdir(parents=True)
    (root / "a.pdf").write_bytes(pdf_bytes(GRID))
    (root / "b" / "c.PDF").write_bytes(pdf_bytes((("项目", "预算数"), ("丙", "7"))))
    (root / "b" / "d.pdf").write_bytes(pdf_bytes(GRID, n_pages=2))
    return root


RunCli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> RunCli:
    """The command line in this process: exit code, stdout, stderr."""
    from yusuan.cli import main

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yusuan", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capfd.readouterr()
        code = end.value.code
        assert code is None or isinstance(code, int)
        return code or 0, captured.out, captured.err

    return call
