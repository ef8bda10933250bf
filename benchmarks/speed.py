"""Speed and memory, side by side in one run on the same files.

    python benchmarks/speed.py [--quick] [--parts engines,stages,...] [--json F] [--markdown F]

Parts: ``engines`` (the floor of bare pypdfium2, ``yusuan tables``, ``yusuan run``, tablers,
pdfplumber, camelot), ``workers`` (1 and 2), ``length`` (the same pages in books of 10 to 1,000),
``documents`` (10 to 1,000 small ones), ``memory`` (one process over all real documents).

Files: samples/ and, where present, ../shared/real (or $YUSUAN_SHARED), of which every third
document is taken (``--every``); scans are left out. Every measurement is a process of its own that
times itself without its imports (see speed_tasks.py); the tasks take turns, ``--runs`` times, and
the median counts. pdfplumber and camelot are so slow that they get every so-and-so-many-th page,
and ``yusuan tables`` the same pages beside them.

``--check`` compares the ratios of CPU time with baseline.json and exits with 1 where one fell by
more than its tolerance: a ratio within one run depends little on the machine and on what else it
does. ``--keep`` writes baseline.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from speed_report import ratios, to_markdown

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BASELINE = HERE / "baseline.json"
TOLERANCE = 0.25
"""Ratios of one machine's runs differ by up to a tenth; machines differ in caches and clocks."""
PARTS = ("engines", "workers", "length", "documents", "memory")
TASKS = {
    "engines": ("floor", "tablers", "tables", "convert", "run1", "pdfplumber", "camelot"),
    "workers": ("run1", "run2"),
}
SAMPLED = {"pdfplumber": 8, "camelot": 32}
"""Of how many pages the slow libraries get one."""
QUICK_PAGES = 40
"""Longer documents are left out of a quick run."""

Files = list[tuple[str, list[int] | None]]
Result = dict[str, Any]


def measure(task: str, files: Files, timeout: float = 300) -> Result:
    """One run of a task of speed_tasks.py in a process of its own."""
    command = [sys.executable, str(HERE / "speed_tasks.py"), task]
    spec = json.dumps({"files": files})
    try:
        ended = subprocess.run(
            command, input=spec, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return {"task": task, "error": f"no result within {timeout:.0f} s"}
    if ended.returncode:
        return {"task": task, "error": (ended.stderr.strip().splitlines() or ["?"])[-1]}
    result: Result = json.loads(ended.stdout)
    return result | {"pages_per_second": result["pages"] / result["seconds"]}


def middle(results: Sequence[Result]) -> Result:
    """The run of median speed, with the highest memory of all and the speeds of each."""
    good = sorted((r for r in results if "error" not in r), key=lambda r: r["seconds"])
    if not good:
        return results[0]
    speeds = [r["pages_per_second"] for r in good]
    chosen = dict(good[(len(good) - 1) // 2])
    chosen["pages_per_second"] = median(speeds)
    chosen["cpu"] = median(r["cpu"] for r in good)
    chosen["rss_mb"] = max(r["rss_mb"] for r in good)
    return chosen | {"speeds": speeds}


def documents_to_measure(every: int) -> tuple[list[Path], list[Path]]:
    """The files to compare on, and all real documents (none where they are not there)."""
    shared = Path(os.environ.get("YUSUAN_SHARED", ROOT.parent / "shared"))
    real = sorted((shared / "real").rglob("*.pdf"))
    return sorted((ROOT / "samples").glob("*.pdf")) + real[::every], real


def page_counts(paths: Sequence[Path]) -> dict[Path, int]:
    """Pages of each file that is compared: it opens, and every page has its text.

    Scans are left out: the other libraries read nothing of them, ours takes seconds for OCR.
    """
    import pypdfium2

    counts = {}
    for path in paths:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:
            continue
        if not any(map(_is_scan, document)):
            counts[path] = len(document)
        document.close()
    return counts


def _is_scan(page: Any) -> bool:
    """Whether a page (of pypdfium2) has pictures and no character."""
    import pypdfium2.raw as c

    text = page.get_textpage()
    is_blank = not text.count_chars()
    text.close()
    found = is_blank and any(page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    page.close()
    return bool(found)


def every_nth_page(counts: dict[Path, int], step: int) -> Files:
    """One page of ``step``, counted through all files."""
    files: Files = []
    before = 0
    for path, count in counts.items():
        chosen = [n for n in range(1, count + 1) if (before + n) % step == 0]
        before += count
        if chosen:
            files.append((str(path), chosen))
    return files


def compare_engines(counts: dict[Path, int], runs: int, names: Sequence[str]) -> dict[str, Result]:
    """The tasks in turn, ``runs`` times."""
    files: Files = [(str(path), None) for path in counts]
    jobs: dict[str, tuple[str, Files]] = {}
    for name in names:
        jobs[name] = (name, files)
        if name in SAMPLED:
            some = every_nth_page(counts, SAMPLED[name])
            jobs[name] = (name, some)
            jobs[f"tables on pages of {name}"] = ("tables", some)
    found: dict[str, list[Result]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, (task, some) in jobs.items():
            tell(name)
            found[name].append(measure(task, some))
    return {name: middle(results) for name, results in found.items()}


def compare_lengths(counts: dict[Path, int], sizes: Sequence[int], folder: Path) -> list[Result]:
    """The same pages, bound into books of each size: what a page costs in a longer book."""
    rows = []
    for size in sizes:
        books = bind(counts, size, max(sizes), folder)
        for task in ("tables", "convert"):
            tell(f"{task} of books of {size} pages")
            rows.append(measure(task, [(str(book), None) for book in books]) | {"size": size})
    return rows


def bind(counts: dict[Path, int], size: int, total: int, folder: Path) -> list[Path]:
    """Bind the first ``total`` pages of the files, over and over, into books of ``size`` pages."""
    import pikepdf

    sources = [pikepdf.open(path) for path in counts]
    pages = [page for source in sources for page in source.pages]
    books = []
    for number, begin in enumerate(range(0, total, size)):
        with pikepdf.new() as book:
            for i in range(begin, min(begin + size, total)):
                book.pages.append(pages[i % len(pages)])
            books.append(folder / f"book-{size}-{number}.pdf")
            book.save(books[-1])
    for source in sources:
        source.close()
    return books


def compare_numbers(counts: dict[Path, int], sizes: Sequence[int], folder: Path) -> list[Result]:
    """Many short documents: the first pages of a sample, each copy with a changed byte."""
    rows = []
    (original,) = bind({min(counts, key=lambda path: counts[path]): 3}, 3, 3, folder)
    for size in sizes:
        copies = folder / f"copies-{size}"
        copies.mkdir()
        for i in range(size):
            path = copies / f"{i:05}.pdf"
            path.write_bytes(original.read_bytes() + b"%% copy %d\n" % i)
        tell(f"run of {size} documents")
        files: Files = [(str(path), None) for path in sorted(copies.iterdir())]
        rows.append(measure("run2", files) | {"size": size})
    return rows


def tell(what: str) -> None:
    """Say on stderr what is being measured."""
    print(f"{perf_counter() - STARTED:5.0f} s  {what}", file=sys.stderr)


STARTED = perf_counter()


def machine() -> dict[str, str]:
    """What was measured on and with."""
    from importlib.metadata import PackageNotFoundError, version

    model = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), model)
    versions = {}
    for name in ("yusuan", "pypdfium2", "pdfplumber", "camelot-py", "tablers", "numpy", "pyarrow"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    cores = f"{os.cpu_count()} cores"
    return {"machine": f"{model}, {cores}", "python": platform.python_version(), **versions}


def measure_all(options: argparse.Namespace) -> dict[str, Any]:
    """All parts asked for."""
    paths, real = documents_to_measure(options.every)
    counts = page_counts(paths)
    if options.quick:
        counts = {path: count for path, count in counts.items() if count <= QUICK_PAGES}
    lengths = (10, 100) if options.quick else (10, 100, 1000)
    report: dict[str, Any] = {
        "command": "python benchmarks/speed.py " + " ".join(sys.argv[1:]),
        "on": machine(),
        "files": len(counts),
        "pages": sum(counts.values()),
        "runs": options.runs,
    }
    with tempfile.TemporaryDirectory(prefix="yusuan-speed-") as name:
        tasks = [name for part in options.parts for name in TASKS.get(part, ())]
        if tasks:
            names = list(dict.fromkeys(tasks))  # one worker belongs to two parts
            report["engines"] = compare_engines(counts, options.runs, names)
            report["ratios"] = ratios(report["engines"])
            report["cpu_ratios"] = ratios(report["engines"], "cpu")
        if "length" in options.parts:
            report["length"] = compare_lengths(counts, lengths, Path(name))
        if "documents" in options.parts:
            numbers = (10, 50) if options.quick else (10, 100, 1000)
            samples = {path: n for path, n in counts.items() if path.parent.name == "samples"}
            report["documents"] = compare_numbers(samples, numbers, Path(name))
        if "memory" in options.parts and real and not options.quick:
            tell("all real documents")
            report["memory"] = measure("convert", [(str(path), None) for path in page_counts(real)])
    report["seconds"] = round(perf_counter() - STARTED)
    return report


def fallen(found: dict[str, float], baseline: dict[str, Any]) -> list[str]:
    """The ratios that are worse than in the baseline by more than its tolerance."""
    least = 1 - float(baseline["tolerance"])
    return [
        f"{name}: {found[name]:.2f}, was {was:.2f}"
        for name, was in baseline["ratios"].items()
        if name in found and found[name] < least * was
    ]


def main() -> None:
    """Measure, print a Markdown report, and compare with the baseline if told so."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few files, one run: two minutes")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of " + ", ".join(PARTS))
    parser.add_argument("--every", type=int, help="take every n-th real document [3; quick: 12]")
    parser.add_argument("--runs", type=int, help="runs of which the median counts [3; quick: 1]")
    parser.add_argument("--json", type=Path, help="write all results here")
    parser.add_argument("--markdown", type=Path, help="write the tables here, besides stdout")
    parser.add_argument("--check", action="store_true", help="compare with baseline.json")
    parser.add_argument("--keep", action="store_true", help="write the ratios to baseline.json")
    options = parser.parse_args()
    options.parts = options.parts.split(",")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    options.every = options.every or (12 if options.quick else 3)
    options.runs = options.runs or (1 if options.quick else 3)
    report = measure_all(options)
    text = to_markdown(report)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if options.markdown:
        options.markdown.write_text(text, "utf-8")
    if options.keep:
        found = {name: round(value, 3) for name, value in report["cpu_ratios"].items()}
        kept = {"tolerance": TOLERANCE, "ratios": found}
        BASELINE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    if options.check:
        baseline = json.loads(BASELINE.read_text("utf-8"))
        if worse := fallen(report.get("cpu_ratios", {}), baseline):
            sys.exit("slower than the baseline:\n" + "\n".join(worse))


if __name__ == "__main__":
    main()
