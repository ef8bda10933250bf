"""Convert many documents into one dataset."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path

import yusuan.extract
import yusuan.normalize
import yusuan.schemas
from yusuan import __version__
from yusuan.convert import Settings, Status, convert, doc_id_of, failed, loaded_schemas
from yusuan.inputs import Input
from yusuan.store import Entry, Kept, Store, StoreError, columns_digest
from yusuan.workers import Lost, map_in_processes

_DISTRIBUTIONS = {"pdfium": "pypdfium2", "pdfplumber": "pdfplumber", "camelot": "camelot-py"}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run. ``timeout``: seconds for one document; ``resume``: keep what is unchanged."""

    convert: Settings = field(default_factory=Settings)
    workers: int | None = None
    timeout: float | None = None
    resume: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. ``reused``: its bytes were converted before, with the same tool."""

    source: str
    doc_id: str
    status: Status
    error: str | None = None
    reused: bool = False


@dataclass(frozen=True, slots=True)
class _Task:
    source: str
    doc_id: str


def run(
    inputs: Sequence[Input],
    out: Path,
    settings: RunSettings | None = None,
    progress: Callable[[Outcome], None] = lambda outcome: None,
) -> tuple[Outcome, ...]:
    """Convert the inputs and publish the dataset in ``out``; one Outcome per input, by source.

    ``progress`` is called with each outcome as it comes. Raises StoreError where ``out`` cannot
    be used.
    """
    settings = settings or RunSettings()
    store = Store(out, loaded_schemas())
    store.prepare()
    _refuse_other_columns(store, inputs)

    outcomes: dict[str, Outcome] = {}
    copies: dict[str, str] = {}
    for outcome in _convert_all(inputs, store, settings, copies):
        outcomes[outcome.source] = outcome
        progress(outcome)
    for source, original in copies.items():
        outcomes[source] = replace(outcomes[original], source=source, reused=True)
        progress(outcomes[source])

    schemas = store.schemas
    made_with = (settings.convert.engine, schemas.version, __version__, columns_digest(schemas))
    store.publish(
        Entry(done.source, done.doc_id, done.status, *made_with) for done in outcomes.values()
    )
    return tuple(outcomes[source] for source in sorted(outcomes))


def reuse_key(settings: Settings) -> str:
    """What kept rows must agree in, besides the bytes, to be used again.

    The settings, the version of the engine's library, and our own code and data files: a version
    number alone would let a changed checkout reuse what its earlier code had made.
    """
    engine_version = version(_DISTRIBUTIONS[settings.reader])
    parts = (settings.reader, engine_version, repr(settings.pages), _code_digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Of all modules and data files of the stages and of this package."""
    digest = hashlib.sha256()
    for package in (yusuan, yusuan.extract, yusuan.normalize, yusuan.schemas):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".csv"}:
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _refuse_other_columns(store: Store, inputs: Sequence[Input]) -> None:
    foreign = store.foreign(one.source for one in inputs)
    if foreign:
        raise StoreError(
            f"{store.root} holds {len(foreign)} inputs of a version with other columns, for "
            f"instance {foreign[0].source}: give them again together with these, or write elsewhere"
        )


def _convert_all(
    inputs: Sequence[Input], store: Store, settings: RunSettings, copies: dict[str, str]
) -> Iterator[Outcome]:
    """Convert each distinct document once; ``copies`` gets the others: source -> same bytes."""
    key = reuse_key(settings.convert)
    todo: list[_Task] = []
    seen: dict[str, str] = {}
    for one in inputs:
        task = _Task(one.source, doc_id_of(one.source, one.source))
        if task.doc_id in seen:
            copies[task.source] = seen[task.doc_id]
            continue
        seen[task.doc_id] = task.source
        if one.error is not None:
            store.keep(failed(task.doc_id, one.source, "input-missing", one.error), key)
            yield Outcome(task.source, task.doc_id, "failed", one.error)
        elif settings.resume and (kept := _reusable(store, task.doc_id, key)):
            yield Outcome(task.source, task.doc_id, kept.status, kept.error, reused=True)
        else:
            todo.append(task)

    work = partial(_convert_and_keep, settings=settings.convert, root=store.root, key=key)
    n_workers = min(settings.workers or _cpu_count(), max(len(todo), 1))
    for task, done in map_in_processes(work, todo, n_workers, settings.timeout):
        if isinstance(done, Lost):
            result = failed(task.doc_id, task.source, *_blame(done, settings))
            store.keep(result, key)
            done = Outcome(task.source, task.doc_id, "failed", result.error)
        yield done


def _reusable(store: Store, doc_id: str, key: str) -> Kept | None:
    """What is kept of a document, if it can be used again; failures are worth another try."""
    kept = store.kept(doc_id)
    return kept if kept and kept.key == key and kept.status != "failed" else None


def _convert_and_keep(task: _Task, settings: Settings, root: Path, key: str) -> Outcome:
    """What a worker does."""
    result = convert(task.source, settings)
    Store(root, loaded_schemas()).keep(result, key)
    return Outcome(task.source, result.doc_id, result.status, result.error)


def _blame(lost: Lost, settings: RunSettings) -> tuple[str, str]:
    """Finding code and error of a document whose worker was lost."""
    if lost.reason == "timeout":
        return "timeout", (
            f"not done after {settings.timeout:g} s and stopped; "
            "give it more time with --timeout, or try another --engine."
        )
    return "worker-crashed", (
        f"the PDF library crashed on this file (exit code {lost.exit_code}); "
        "try another --engine, and please report it with the file."
    )


def _cpu_count() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
