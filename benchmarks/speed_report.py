"""The results of speed.py as ratios and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Result = dict[str, Any]

NAMES = {
    "floor": "bare pypdfium2: page, character boxes, path segments",
    "tablers": "tablers, find_tables with text",
    "tables": "`yusuan tables`",
    "convert": "`yusuan run` without processes and files",
    "run1": "`yusuan run`, 1 worker, from start to end",
    "run2": "`yusuan run`, 2 workers, from start to end",
    "pdfplumber": "pdfplumber, find_tables + extract",
    "camelot": "camelot, lattice, vector engine",
}
# What is to be reached, by issue: ratio of speeds.
TARGETS = {
    "tables / pdfplumber": 16.0,
    "tables / tablers": 0.9,
    "run / pdfplumber": 12.0,
    "run / floor": 0.5,
    "2 workers / 1 worker": 1.7,
}


def ratios(engines: dict[str, Result], by: str = "seconds") -> dict[str, float]:
    """Speeds divided by each other; those that failed are left out.

    ``by`` cpu: pages per second of processor time, which other work on the machine disturbs less.
    """
    speed = {
        name: float(result["pages"]) / float(result[by])
        for name, result in engines.items()
        if result.get(by)
    }
    pairs = {
        "tables / pdfplumber": ("tables on pages of pdfplumber", "pdfplumber"),
        "tables / camelot": ("tables on pages of camelot", "camelot"),
        "tables / tablers": ("tables", "tablers"),
        "tables / floor": ("tables", "floor"),
        "run / pdfplumber": ("run1", "pdfplumber"),
        "run / floor": ("run1", "floor"),
        "convert / floor": ("convert", "floor"),
    }
    if by == "seconds":
        pairs["2 workers / 1 worker"] = ("run2", "run1")
    return {
        name: speed[one] / speed[other]
        for name, (one, other) in pairs.items()
        if one in speed and other in speed
    }


def to_markdown(report: dict[str, Any]) -> str:
    """All parts that were measured, a table each."""
    on = ", ".join(f"{name} {value}" for name, value in report["on"].items() if name != "machine")
    parts = [
        f"`{report['command'].strip()}` on {report['on']['machine']} ({on}): {report['pages']} "
        f"pages in {report['files']} files, median of {report['runs']}, {report['seconds']} s.",
    ]
    if "engines" in report:
        parts += _engines(report["engines"])
    if "length" in report:
        parts += ["## Length of a document", _sizes(report["length"], "pages in a book")]
    if "documents" in report:
        parts += ["## Number of documents", _sizes(report["documents"], "documents")]
    if "memory" in report:
        row = report["memory"]
        told = row.get("error") or f"{row['pages']} pages, peak {row['rss_mb']} MB"
        parts += ["## All real documents, one after the other in one process", told]
    return "\n\n".join(parts) + "\n"


def _engines(engines: dict[str, Result]) -> list[str]:
    rows = []
    for name, result in engines.items():
        label = NAMES.get(name, f"`yusuan tables` on the {name.removeprefix('tables on ')}")
        rows.append((label, *_speed(result)))
    table = _table(("", *_HEAD), rows)
    by_cpu = ratios(engines, "cpu")
    goals = _table(
        ("ratio of speeds", "found", "by CPU time", "wanted"),
        [
            (name, f"{value:.2f}", f"{by_cpu[name]:.2f}" if name in by_cpu else "",
             f"{TARGETS[name]:g}" if name in TARGETS else "")
            for name, value in ratios(engines).items()
        ],
    )  # fmt: skip
    stages = []
    for name in ("floor", "tables", "convert"):
        result = engines.get(name, {})
        for stage, seconds in result.get("stages", {}).items():
            stages.append((NAMES[name], stage, *_cost(seconds, result)))
    if all("seconds" in engines.get(name, {}) for name in ("convert", "run1")):
        outside = engines["run1"]["seconds"] - engines["convert"]["seconds"]
        stages.append((NAMES["run1"], "start, processes, write", *_cost(outside, engines["run1"])))
    shares = _table(("", "stage", "ms/page", "share"), stages)
    return ["## Engines", table, goals, "## Stages", shares]


def _sizes(results: Sequence[Result], head: str) -> str:
    rows = [(NAMES[result["task"]], str(result["size"]), *_speed(result)) for result in results]
    return _table(("", head, *_HEAD), rows)


_HEAD = ("pages", "pages/s", "ms/page", "CPU ms/page", "peak MB")


def _speed(result: Result) -> tuple[str, str, str, str, str]:
    if "error" in result:
        return (result["error"], "", "", "", "")
    pages, cpu = result["pages"], 1000 * result["cpu"] / result["pages"]
    speed = result["pages_per_second"]
    return (
        str(pages),
        f"{speed:.1f}",
        f"{1000 / speed:.2f}",
        f"{cpu:.2f}",
        str(result["rss_mb"]),
    )


def _cost(seconds: float, result: Result) -> tuple[str, str]:
    """Milliseconds per page and share of the whole."""
    return f"{1000 * seconds / result['pages']:.2f}", f"{seconds / result['seconds']:.0%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
