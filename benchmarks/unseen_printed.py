"""Forms of tests/unseen as programs print them: python benchmarks/unseen_printed.py.

Each form is one HTML page, printed by Chromium and by LibreOffice Writer; for each program and form
it tells the share of figures that are read right, read wrong (another meaning, or where no fact may
be) and not read. What is wrong is told in words. Exit code 1 where any is wrong.

Every figure of a form is different, so that a fact's text tells which cell it was read from.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

draw_forms = importlib.import_module("unseen.draw_forms")
SOURCES = ("test_unseen_forms", "test_unseen_provinces", "test_unseen_departments")
# Import and export filter. (Calc gives all columns of a page one width and hides what has no room;
# sheets are in tests/torture/office.py.)
OFFICE = {"writer": ("HTML (StarWriter)", "writer_pdf_Export")}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STYLE = (
    "@page{size:A3 landscape;margin:1.5cm}body{font:10pt 'Noto Sans CJK SC'}"
    "table{border-collapse:collapse}td{border:1px solid #000;padding:2pt 4pt;font-size:9pt}"
    ".title{text-align:center;font-size:15pt}.unit{text-align:right}"
)


def forms() -> dict[str, Any]:
    """Every form of the tests by its name."""
    found: dict[str, Any] = {}
    for name in SOURCES:
        found |= importlib.import_module(f"unseen.{name}").FORMS
    return found


def page(form: Any) -> str:
    """The form as HTML: a cover line, captions, and a table with merged cells."""
    header = [[cell.strip() for cell in line.split("|")] for line in form.header.splitlines()]
    grid = [*header, *map(list, form.rows)]
    rows = "".join(_rows(grid))
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><style>{STYLE}</style>'
        f'<p class="title">{escape(form.cover)}</p><p class="title">{escape(form.title)}</p>'
        f'<p>{escape(form.name)}</p><p class="unit">{escape(form.unit)}</p>'
        f'<table border="1">{rows}</table></html>'
    )


def _rows(grid: list[list[str]]) -> Iterator[str]:
    for r, line in enumerate(grid):
        cells = []
        for c, text in enumerate(line):
            if text in ("<", "^"):
                continue
            right = c + 1
            while right < len(line) and line[right] == "<":
                right += 1
            low = r + 1
            while low < len(grid) and grid[low][c] == "^":
                low += 1
            cells.append(f'<td colspan="{right - c}" rowspan="{low - r}">{escape(text)}</td>')
        yield f"<tr>{''.join(cells)}</tr>"


def printed(folder: Path, names: list[str]) -> Iterator[tuple[str, str, Path]]:
    """Print all pages of the folder; producer, form and file of each."""
    pages = [str(folder / f"{i}.html") for i in range(len(names))]
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is not None:
        for i, name in enumerate(names):
            file = folder / f"{i}.chromium.pdf"
            _call(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                  f"--user-data-dir={folder}/browser", f"--print-to-pdf={file}",
                  pages[i])  # fmt: skip
            yield "chromium", name, file
    office = shutil.which("soffice")
    for producer, (infilter, outfilter) in OFFICE.items() if office else ():
        target = folder / producer
        _call(str(office), f"-env:UserInstallation=file://{folder}/office", "--headless",
              f"--infilter={infilter}", "--convert-to", f"pdf:{outfilter}",
              "--outdir", str(target), *pages)  # fmt: skip
        for i, name in enumerate(names):
            yield producer, name, target / f"{i}.pdf"


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def judge(form: Any, file: Path) -> tuple[Counter[str], list[str]]:
    """How many figures are right, wrong and unread, and what is wrong in words."""
    read = importlib.import_module("yusuan.extract.readers").read_document
    source = importlib.import_module("yusuan.extract.source").open_source
    normalize = importlib.import_module("yusuan.normalize.document").normalize
    result = normalize(read(source(file.read_bytes(), file.name)), draw_forms.index())
    facts = {
        str(r.values["amount_text"]): r.values
        for r in result.records
        if r.origin is not None and r.values.get("amount_text") and r.table != "amount_details"
    }
    counts: Counter[str] = Counter()
    told = []
    for row in form.rows:
        for text, wanted in zip(row, form.columns, strict=True):
            said = facts.pop(text, None)
            if text in ("", "<", "^") or (wanted is None and said is None):
                continue
            verdict = _verdict(wanted, form.row_facts.get(row[0], {}), said)
            counts[verdict or "right"] += 1
            if verdict == "wrong":
                told.append(f"{text} of {row[0] or 'a row'}: {dict(said or {})}")
    counts["wrong"] += len(facts)
    return counts, [*told, *(f"{text} comes from nowhere" for text in facts)]


def _verdict(
    wanted: Mapping[str, object] | None,
    of_row: Mapping[str, object],
    said: Mapping[str, object] | None,
) -> str:
    if said is None:
        return "unread"
    if wanted is None:
        return "wrong"
    same = all(said.get(name) == value for name, value in {**wanted, **of_row}.items())
    return "" if same else "wrong"


def main() -> int:
    """Print every form with every program that is there and tell what is read of it."""
    wanted = forms()
    totals: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for i, form in enumerate(wanted.values()):
            (folder / f"{i}.html").write_text(page(form), encoding="utf-8")
        for producer, form_name, file in printed(folder, list(wanted)):
            counts, told = judge(wanted[form_name], file)
            totals.setdefault(producer, Counter()).update(counts)
            if counts["wrong"] or counts["unread"]:
                print(f"{producer:9} {form_name}: {dict(counts)}")
                print(*(f"          {line[:200]}" for line in told[:5]), sep="\n")
    for producer, counts in totals.items():
        n = max(counts.total(), 1)
        shares = " ".join(f"{k} {100 * counts[k] / n:.1f} %" for k in ("right", "wrong", "unread"))
        print(f"{producer:9} {counts.total()} figures: {shares}")
    return int(any(counts["wrong"] for counts in totals.values()))


if __name__ == "__main__":
    sys.exit(main())
