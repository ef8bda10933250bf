"""One measured task of speed.py, in a process of its own, so that time and memory are its own.

    python benchmarks/speed_tasks.py TASK < SPEC.json > RESULT.json

SPEC: ``{"files": [[path, pages or null], ...]}``, pages from 1. RESULT: pages, seconds (wall clock,
imports left out), cpu and rss_mb (seconds and peak of this process and its children) and, where the
task has stages, their seconds.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

Files = list[tuple[Path, list[int] | None]]
Stages = dict[str, float]

# Where the time of a conversion goes: module, function, stage. What is under none of them is rest.
STAGES = (
    ("yusuan.convert", "open_source", "open"),
    ("yusuan.extract.pdfium.reader", "_read_page", "read"),
    ("yusuan.extract.pdfium.reader", "merge_rules", "grid"),
    ("yusuan.extract.pdfium.reader", "rules_to_grids", "grid"),
    ("yusuan.extract.pdfium.reader", "assemble_page", "text"),
    ("yusuan.convert", "normalize", "normalise"),
    ("yusuan.convert", "inquire", "prove"),
    ("yusuan.convert", "conclude", "prove"),
)


def floor(files: Files, stages: Stages) -> int:
    """What PDFium itself takes through bare pypdfium2: page, text with character boxes, paths.

    Its raw functions in plain loops, as anybody would call them; nothing is kept or computed.
    """
    import ctypes

    import pypdfium2.raw as c

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, y = ctypes.c_float(), ctypes.c_float()
    done = 0
    for path, wanted in files:
        data = path.read_bytes()
        document = c.FPDF_LoadMemDocument64(data, len(data), None)
        for number in wanted or range(1, c.FPDF_GetPageCount(document) + 1):
            begin = perf_counter()
            page = c.FPDF_LoadPage(document, number - 1)
            loaded = perf_counter()
            text = c.FPDFText_LoadPage(page)
            for i in range(c.FPDFText_CountChars(text)):
                c.FPDFText_GetUnicode(text, i)
                c.FPDFText_GetCharBox(text, i, left, right, bottom, top)
            c.FPDFText_ClosePage(text)
            with_text = perf_counter()
            for i in range(c.FPDFPage_CountObjects(page)):
                item = c.FPDFPage_GetObject(page, i)
                if c.FPDFPageObj_GetType(item) == c.FPDF_PAGEOBJ_PATH:
                    for k in range(c.FPDFPath_CountSegments(item)):
                        segment = c.FPDFPath_GetPathSegment(item, k)
                        c.FPDFPathSegment_GetPoint(segment, x, y)
            c.FPDF_ClosePage(page)
            stages["load"] += loaded - begin
            stages["character boxes"] += with_text - loaded
            stages["path segments"] += perf_counter() - with_text
            done += 1
        c.FPDF_CloseDocument(document)
    return done


def tables(files: Files, stages: Stages) -> int:
    """``yusuan tables``: open, read, JSON text."""
    from yusuan.extract.readers import read_document
    from yusuan.extract.source import open_source
    from yusuan.rawtables import document_to_json

    done = 0
    for path, wanted in files:
        document = read_document(open_source(path), pages=wanted, only_tables=True)
        begin = perf_counter()
        document_to_json(document)
        stages["JSON"] += perf_counter() - begin
        done += len(document.pages)
    return done


def convert(files: Files, stages: Stages) -> int:
    """All of ``yusuan run`` but processes and files, with the share of each stage."""
    from yusuan.ready import make_ready

    make_ready()  # as workers do, without pandas
    from yusuan.convert import convert
    from yusuan.result import Settings

    for module, name, stage in STAGES:
        _time_calls(module, name, stage, stages)
    done = 0
    begin = perf_counter()
    for path, wanted in files:
        chosen = tuple(wanted) if wanted else None
        result = convert(path, Settings(pages=chosen, keep_raw=False))
        done += len(chosen or ()) or result.tables["documents"]["page_count"][0].as_py() or 0
    stages["rest"] = perf_counter() - begin - sum(stages.values())
    return done


def _time_calls(module: str, name: str, stage: str, stages: Stages) -> None:
    """Let calls of a function add to their stage; a function that is gone is in the rest."""
    home = importlib.import_module(module)
    function: Callable[..., Any] | None = getattr(home, name, None)
    if function is None:
        return

    def timed(*arguments: Any, **options: Any) -> Any:
        begin = perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            stages[stage] += perf_counter() - begin

    setattr(home, name, timed)


def _run(files: Files, workers: int) -> int:
    """The command itself, start of the processes included, into a dataset that is thrown away."""
    import pypdfium2

    out = Path(tempfile.mkdtemp(prefix="yusuan-speed-"))
    try:
        listing = out / "inputs.txt"
        listing.write_text("\n".join(str(path.resolve()) for path, _ in files), "utf-8")
        command = [sys.executable, "-m", "yusuan", "run", str(listing), "-o", str(out / "data")]
        command += ["--workers", str(workers)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode not in (0, 1):
            raise RuntimeError(f"yusuan run failed: {ended.stderr[-500:]}")
    finally:
        shutil.rmtree(out)
    return sum(len(pypdfium2.PdfDocument(path)) for path, _ in files)


def run1(files: Files, stages: Stages) -> int:
    """``yusuan run --workers 1``."""
    return _run(files, 1)


def run2(files: Files, stages: Stages) -> int:
    """``yusuan run --workers 2``."""
    return _run(files, 2)


def pdfplumber(files: Files, stages: Stages) -> int:
    """Tables found and extracted by pdfplumber."""
    import pdfplumber as library

    done = 0
    for path, wanted in files:
        with library.open(path, pages=wanted) as document:
            for page in document.pages:
                for table in page.find_tables():
                    table.extract()
                page.close()
                done += 1
    return done


def camelot(files: Files, stages: Stages) -> int:
    """Lattices of camelot with its vector engine, which renders nothing."""
    import logging

    import camelot as library

    logging.disable(logging.WARNING)
    done = 0
    for path, wanted in files:
        numbers = ",".join(map(str, wanted)) if wanted else "all"
        found = library.read_pdf(str(path), pages=numbers, flavor="lattice", engine="vector")
        for table in found:
            _ = table.data
        done += len(wanted or found)
    return done


def tablers(files: Files, stages: Stages) -> int:
    """Tables found by tablers, with the cells' text and boxes handed to Python."""
    import tablers as library

    done = 0
    for path, wanted in files:
        document = library.Document(str(path))
        numbers = [n - 1 for n in wanted] if wanted else range(document.page_count)
        for number in numbers:
            for table in library.find_tables(document.get_page(number), extract_text=True):
                _ = [(cell.bbox, cell.text) for cell in table.cells]
            done += 1
        document.close()
    return done


TASKS: dict[str, tuple[Callable[[Files, Stages], int], tuple[str, ...]]] = {
    "floor": (floor, ("pypdfium2.raw",)),
    "tables": (tables, ("yusuan.rawtables", "yusuan.extract.readers")),
    "convert": (convert, ("yusuan.convert",)),
    "run1": (run1, ()),
    "run2": (run2, ()),
    "pdfplumber": (pdfplumber, ("pdfplumber",)),
    "camelot": (camelot, ("camelot",)),
    "tablers": (tablers, ("tablers",)),
}


def measure(name: str, files: Files) -> dict[str, Any]:
    """Run a task once over the files."""
    task, imports = TASKS[name]
    for module in imports:
        importlib.import_module(module)
    stages: Stages = defaultdict(float)
    begin, used = perf_counter(), sum(os.times()[:4])
    pages = task(files, stages)
    seconds, cpu = perf_counter() - begin, sum(os.times()[:4]) - used
    peaks = (resource.getrusage(who).ru_maxrss for who in _WHO)
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return {
        "task": name,
        "pages": pages,
        "seconds": seconds,
        "cpu": cpu,
        "rss_mb": round(max(peaks) / unit),
        "stages": dict(stages),
    }


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main() -> None:
    """Measure the task named on the command line with the files given on stdin."""
    spec = json.load(sys.stdin)
    files = [(Path(path), pages) for path, pages in spec["files"]]
    json.dump(measure(sys.argv[1], files), sys.stdout)


if __name__ == "__main__":
    main()
