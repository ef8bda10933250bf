"""Looking at thousands of documents: time and memory of report, review, diff and exports.

    python benchmarks/browsing.py --documents 2000          made of the samples (the same pages,
                                                            other bytes), in a temporary folder
    python benchmarks/browsing.py --dataset out             a dataset that is there

Each step runs in a process of its own, so that its memory is its own: the report, the queue and
its first page, a document's page, the panel of a figure, a decision on it. Exits 1 where a step
takes longer or more than it may.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from yusuan.convert import convert
from yusuan.inputs import find_inputs
from yusuan.result import DocumentResult, loaded_schemas
from yusuan.run import Job, Outcome, RunSettings, Task, run
from yusuan.store import Store

MIB = 1 << 20
# What may be used, of 2,000 documents on two cores: seconds, MiB of memory, MiB of output.
MOST: dict[str, dict[str, float]] = {
    "report": {"MiB": 600},
    "one document": {"size": 3},
    "queue": {"seconds": 2, "MiB": 600},
    "paint": {"seconds": 2},
    "again": {"seconds": 0.5},
    "page": {"seconds": 2},
    "panel": {"seconds": 0.5},
    "decide": {"seconds": 2},  # the next page included
}
Told = dict[str, float]


def make_dataset(folder: Path, count: int) -> Path:
    """A dataset of variants of the samples, whose PDFs are there; each sample is read once."""
    from endurance import make_variants

    (folder / "in").mkdir()
    make_variants(folder / "in", count, None)
    known: dict[int, DocumentResult] = {}
    n_samples = 5

    def copies(tasks: Iterable[Task], job: Job) -> Iterator[tuple[Task, Outcome]]:
        store = Store(job.root, loaded_schemas())
        for task in tasks:
            number = int(Path(task.path).stem) % n_samples
            if number not in known:
                known[number] = convert(task.path)
            result = _as_other(known[number], task)
            store.keep(result, job.made_of(task.doc_id))
            yield task, Outcome(task.source, task.doc_id, result.status, size=task.size)

    run(find_inputs([str(folder / "in")]), folder / "out", RunSettings(), convert_all=copies)
    return folder / "out"


def _as_other(result: DocumentResult, task: Task) -> DocumentResult:
    """The result as that of other bytes elsewhere."""
    tables = {name: _renamed(t, result.doc_id, task) for name, t in result.tables.items()}
    return replace(result, doc_id=task.doc_id, source=task.source, tables=tables, raw=None)


def _renamed(table: pa.Table, before: str, task: Task) -> pa.Table:
    for at, field in enumerate(table.schema):
        column = table.column(at).combine_chunks()
        if field.name in ("source", "file_name"):
            text = task.source if field.name == "source" else Path(task.path).name
            new = pa.array([text] * len(table), pa.string())
        elif field.name.endswith("_ids"):
            values = pc.replace_substring(column.flatten(), before, task.doc_id)
            new = pa.ListArray.from_arrays(column.offsets, values, mask=column.is_null())
        elif field.name.endswith("_id"):
            new = pc.replace_substring(column, before, task.doc_id)
        else:
            continue
        table = table.set_column(at, field, new.cast(field.type))
    return table


# Steps, each in a process of its own -------------------------------------------------------------


def report(root: Path) -> Told:
    """The report of the whole dataset."""
    from yusuan.report.html import write_report

    with tempfile.TemporaryDirectory() as name:
        begin = time.perf_counter()
        path = write_report(root, Path(name) / "r.html")
        return {"seconds": time.perf_counter() - begin, "size": path.stat().st_size / MIB}


def one_document(root: Path) -> Told:
    """The report of the document with most pages alone, as ``yusuan run FILE`` would give it."""
    from yusuan.report.html import ReportSettings, write_report
    from yusuan.report.stored import stored

    documents = stored(root, "documents").to_table(columns=["source", "page_count"])
    largest = max(documents.to_pylist(), key=lambda row: row["page_count"] or 0)
    with tempfile.TemporaryDirectory() as name:
        run(find_inputs([largest["source"]]), Path(name) / "out", RunSettings(workers=1))
        path = write_report(Path(name) / "out", Path(name) / "r.html", ReportSettings())
        return {"pages": largest["page_count"], "size": path.stat().st_size / MIB}


def queue(root: Path) -> Told:
    """The first answer of the review page after its start; the start counts."""
    begin = time.perf_counter()
    with _client(root) as client:
        answer = client.get("/")
        seconds = time.perf_counter() - begin
        return {"seconds": seconds, "items": _n_items(root), "size": len(answer.content) / MIB}


def paint(root: Path) -> Told:
    """The first paint of the queue in Chromium, from the address to the picture, and the start.

    Needs playwright and a chromium on the path; tells nothing where they are not installed.
    """
    chromium = shutil.which("chromium")
    try:
        import uvicorn
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        return {}

    from yusuan.review.app import Review, make_app

    begin = time.perf_counter()
    app = make_app(Review(root, root / "no-decisions.jsonl", "li"))
    start = time.perf_counter() - begin
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 8329, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    first = "performance.getEntriesByName('first-contentful-paint')[0]"
    try:
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(bypass_csp=True)
            page.goto("http://127.0.0.1:8329/")
            page.wait_for_function(first)
            painted = page.evaluate(f"{first}.startTime")
            browser.close()
    finally:
        server.should_exit = True
        thread.join()
    return {"seconds": painted / 1000, "start": start}


def again(root: Path) -> Told:
    """The queue's first and last page, once it was shown."""
    with _client(root) as client:
        client.get("/")
        return {"seconds": _median(lambda: client.get("/")), "last": _median(
            lambda: client.get("/?at=999999"))}  # fmt: skip


def page(root: Path) -> Told:
    """The page of the first items of the queue, with pictures."""
    from yusuan.review.app import item_link

    links = [item_link(item) for item in _items(root)[:8]]
    with _client(root) as client:
        return {"seconds": max(_seconds(partial(client.get, link)) for link in links)}


def panel(root: Path) -> Told:
    """The panel of figures with most identities, the slowest of some; of a document on show."""
    figures = _figures(root)
    with _client(root) as client:
        client.get(figures[0])
        first = [_seconds(partial(client.get, link)) for link in figures[1:]]
        seconds = [_seconds(partial(client.get, link)) for link in figures[1:]]
    return {"seconds": max(seconds), "of a new document": max(first)}


def decide(root: Path) -> Told:
    """A decision on the first item, the next page included."""
    from starlette.testclient import TestClient

    from yusuan.review.app import Review, make_app

    item = _items(root)[0]
    with tempfile.TemporaryDirectory() as name:
        review = Review(root, Path(name) / "c.jsonl", "li")
        form = {
            "token": review.token, "doc_id": item.doc_id, "table": item.table, "row": item.row,
            "column": item.column, "action": "accept", "why": "looked at it",
        }  # fmt: skip
        with TestClient(make_app(review), base_url="http://127.0.0.1") as client:
            client.get("/")
            return {"seconds": _seconds(lambda: client.post("/decide", data=form))}


def diff(root: Path) -> Told:
    """The dataset with itself."""
    from yusuan.compare import compare

    return {"seconds": _seconds(lambda: compare(root, root, loaded_schemas()))}


def export_csv(root: Path) -> Told:
    """All tables but ``cells`` as CSV."""
    return _export(root, "csv")


def export_xlsx(root: Path) -> Told:
    """The same as a workbook."""
    return _export(root, "xlsx")


def _export(root: Path, form: str) -> Told:
    from yusuan.export.csv_files import write_csv_files
    from yusuan.export.dataset import open_dataset
    from yusuan.export.workbook import write_workbook

    tables = open_dataset(root, [name for name in loaded_schemas().tables if name != "cells"])
    with tempfile.TemporaryDirectory() as name:
        if form == "csv":
            return {"seconds": _seconds(lambda: write_csv_files(tables, Path(name)))}
        return {"seconds": _seconds(lambda: write_workbook(tables, Path(name) / "x.xlsx"))}


STEPS: dict[str, Callable[[Path], Told]] = {
    "report": report,
    "one document": one_document,
    "queue": queue,
    "paint": paint,
    "again": again,
    "page": page,
    "panel": panel,
    "decide": decide,
    "diff": diff,
    "csv": export_csv,
    "xlsx": export_xlsx,
}


def _client(root: Path):  # type: ignore[no-untyped-def]
    from starlette.testclient import TestClient

    from yusuan.review.app import Review, make_app

    return TestClient(
        make_app(Review(root, root / "no-decisions.jsonl", "li")), base_url="http://127.0.0.1"
    )


def _items(root: Path):  # type: ignore[no-untyped-def]
    from yusuan.review.queue import make_queue

    return make_queue(root)


def _n_items(root: Path) -> int:
    return len(_items(root))


def _figures(root: Path) -> list[str]:
    """Addresses of the panels of eight figures with most identities, of different documents."""
    from yusuan.report.stored import stored

    rows = stored(root, "expenditure").to_table(columns=["doc_id", "cell_id", "check_ids"])
    counts = pc.fill_null(pc.list_value_length(rows["check_ids"]), 0)
    order = pc.sort_indices(counts, sort_keys=[("", "descending")])[:400]
    firsts = {row["doc_id"]: row["cell_id"] for row in rows.take(order).to_pylist()}
    return [
        f"/figure/{doc_id}?{urlencode({'cell': cell})}" for doc_id, cell in list(firsts.items())[:9]
    ]


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(5))


def _in_process(step: str, root: Path) -> Told:
    """A step's numbers, with the most memory that it held."""
    done = subprocess.run(
        [sys.executable, __file__, "--dataset", str(root), "--step", step],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--dataset", type=Path, help="look at this one instead")
    parser.add_argument("--only", action="append", choices=STEPS, help="only this step")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        told = STEPS[chosen.step](chosen.dataset)
        told["cpu"] = time.process_time()
        told["MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(told))
        return
    with tempfile.TemporaryDirectory() as name:
        root = chosen.dataset or make_dataset(Path(name), chosen.documents)
        wrong = 0
        for step in chosen.only or STEPS:
            told = _in_process(step, root)
            over = [key for key, most in MOST.get(step, {}).items() if told.get(key, 0) > most]
            wrong += len(over)
            numbers = "  ".join(f"{key} {value:,.2f}" for key, value in told.items())
            print(f"{step:13} {numbers}  {'TOO MUCH: ' + ', '.join(over) if over else ''}".rstrip())
            sys.stdout.flush()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
