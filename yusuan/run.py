"""Convert many documents into one dataset."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from yusuan.arrow import leave_pandas_out
from yusuan.corrections.file import to_line
from yusuan.corrections.model import Correction
from yusuan.extract.pdfium.library import give_memory_back
from yusuan.files import FileError, digest_of, digest_of_name, read_same
from yusuan.head import Status
from yusuan.inputs import Input, recorded_source
from yusuan.kept import Kept, MadeWith, encode
from yusuan.limits import LimitError, Limits, check_document, check_size
from yusuan.made import made_with
from yusuan.manifest import Entry, Recorded, now
from yusuan.parts import PartDone, PartTask, write_part
from yusuan.ready import make_ready
from yusuan.result import DocumentResult, Settings, failed, loaded_schemas
from yusuan.store import Store, StoreError, WriteError
from yusuan.workers import STANDARD_MEMORY, STANDARD_TIMEOUT, Lost, WorkerPool, cpu_count

# So many are published sooner than processes are up.
_FEW_DOCUMENTS = 100

Convert = Callable[[bytes | str, Settings, str], DocumentResult]
"""The unit of work (``yusuan.convert.convert``): bytes or path, settings, source."""


def convert_here(given: bytes | str, settings: Settings, source: str) -> DocumentResult:
    """``yusuan.convert.convert``, imported in the process that converts and in no other."""
    from yusuan.convert import convert

    return convert(given, settings, source)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run.

    ``timeout``: seconds for one document; ``memory``: bytes for its process; ``resume``: keep what
    is unchanged. ``corrections``: what reviewers decided, by document.
    """

    convert: Settings = field(default_factory=Settings)
    workers: int | None = None
    timeout: float | None = STANDARD_TIMEOUT
    memory: int | None = STANDARD_MEMORY
    resume: bool = True
    limits: Limits = field(default_factory=Limits)
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. ``reused``: its bytes were converted before, with the same tool.

    ``size``: bytes of the file, 0 where there is none.
    """

    source: str
    doc_id: str
    status: Status
    error: str | None = None
    reused: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A document to convert: what the tables call it, the file, and the sha256 of its bytes."""

    source: str
    path: str
    doc_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for all tasks; picklable. ``root``: the folder of the dataset."""

    root: Path
    made: MadeWith
    settings: Settings
    limits: Limits
    convert: Convert = convert_here
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)

    def made_of(self, doc_id: str) -> MadeWith:
        """What the rows of a document are made with: the same for all but those corrected."""
        decided = self.corrections.get(doc_id)
        if not decided:
            return self.made
        lines = "\n".join(map(to_line, decided))
        return replace(self.made, corrections=hashlib.sha256(lines.encode()).hexdigest())

    def settings_of(self, doc_id: str) -> Settings:
        """How to convert a document."""
        corrections = self.corrections.get(doc_id, ())
        return replace(self.settings, corrections=corrections, keep_raw=False)


ConvertAll = Callable[[Iterable[Task], Job], Iterator[tuple[Task, Outcome | Lost]]]


def run(
    inputs: Sequence[Input],
    out: Path,
    settings: RunSettings | None = None,
    progress: Callable[[Outcome], None] = lambda outcome: None,
    convert_all: ConvertAll | None = None,
    convert_one: Convert = convert_here,
    pool: WorkerPool | None = None,
) -> tuple[Outcome, ...]:
    """Convert the inputs and publish the dataset in ``out``; one Outcome per input, by source.

    ``progress`` is called with each outcome as it comes. ``convert_all`` converts elsewhere than
    in processes of this machine: it yields tasks with their outcomes in any order, each kept in
    the store. ``convert_one`` must be importable by name in other processes. ``pool``: processes
    to use and to end, where some were started before. Raises StoreError where ``out`` cannot be
    used, PoolError where processes cannot be started.
    """
    settings = settings or RunSettings()
    store = Store(out, loaded_schemas())
    store.prepare()
    _refuse_other_columns(store, inputs)
    made = made_with(settings.convert, store.schemas)
    job = Job(out, made, settings.convert, settings.limits, convert_one, dict(settings.corrections))
    if pool is None:
        n_workers = settings.workers or cpu_count()
        pool = WorkerPool(n_workers, settings.timeout, settings.memory, make_ready)
    with pool:
        if convert_all is None:
            convert_all = partial(_convert_in_pool, pool=pool)
        ledger = _Ledger(store, settings, job, progress)
        for task, done in convert_all(ledger.tasks(inputs), job):
            ledger.done(task, done)
        ledger.add_copies()
        store.publish(ledger.entries(inputs), partial(_write_parts, pool=pool))
    return tuple(ledger.outcomes[source] for source in sorted(ledger.outcomes))


def merge_all(parts: Sequence[Path | str], out: Path, workers: int | None = None) -> list[Recorded]:
    """``merge.merge`` with processes that write. Raises StoreError."""
    from yusuan.merge import merge  # what fetches parts from elsewhere is not for every worker

    with WorkerPool(workers or cpu_count(), prepare=leave_pandas_out) as pool:
        return merge(parts, out, loaded_schemas(), partial(_write_parts, pool=pool))


def _refuse_other_columns(store: Store, inputs: Sequence[Input]) -> None:
    foreign = store.foreign(recorded_source(one.source) for one in inputs)
    if foreign:
        raise StoreError(
            f"{store.root} holds {len(foreign)} inputs of a version with other columns, for "
            f"instance {foreign[0].source}: give them again together with these, or write elsewhere"
        )


def total_size(inputs: Iterable[Input]) -> int:
    """Bytes of all files together; what is not there counts nothing."""
    return sum(_size_of(one.file) for one in inputs)


class _Ledger:
    """Which inputs are done, and what became of them."""

    def __init__(
        self,
        store: Store,
        settings: RunSettings,
        job: Job,
        progress: Callable[[Outcome], None],
    ) -> None:
        self._store, self._settings, self._job = store, settings, job
        self._progress = progress
        self._first: dict[str, str] = {}  # document -> the source that is converted
        self._copies: dict[str, tuple[str, int]] = {}  # source -> the source with the same bytes
        self.outcomes: dict[str, Outcome] = {}

    def tasks(self, inputs: Sequence[Input]) -> Iterator[Task]:
        """What has to be converted, large files first, each content once.

        A long document that comes last would keep one worker busy and the others waiting. Bytes
        are read (for their sha256) when a worker is free, not before.
        """
        sized = sorted(((_size_of(one.file), one) for one in inputs), key=_by_size)
        for size, one in sized:
            source = recorded_source(one.source)
            doc_id, code, error = _identified(one, source, self._job.limits)
            if doc_id in self._first:
                self._copies[source] = (self._first[doc_id], size)
                continue
            self._first[doc_id] = source
            task = Task(source, one.file, doc_id, size)
            if error is not None:
                self._fail(task, code, error)
            elif self._settings.resume and (kept := self._reusable(doc_id)):
                self._add(Outcome(source, doc_id, kept.status, kept.error, True, size))
            else:
                yield task

    def done(self, task: Task, done: Outcome | Lost) -> None:
        """Take what became of a task."""
        if isinstance(done, Lost):
            self._fail(task, *_blame(done, self._settings))
        else:
            self._add(done)

    def add_copies(self) -> None:
        """Inputs with the same bytes share what became of the first."""
        for source, (original, size) in self._copies.items():
            self._add(replace(self.outcomes[original], source=source, reused=True, size=size))

    def entries(self, inputs: Iterable[Input]) -> Iterator[Entry]:
        """The inputs for the manifest."""
        for one in inputs:
            done = self.outcomes[recorded_source(one.source)]
            yield Entry(done.source, done.doc_id, done.size or None, one.given, one.fetched)

    def _add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.source] = outcome
        self._progress(outcome)

    def _fail(self, task: Task, code: str, error: str) -> None:
        result = failed(task.doc_id, task.source, code, error)
        self._store.keep(result, self._job.made_of(task.doc_id))
        self._add(Outcome(task.source, task.doc_id, "failed", result.error, size=task.size))

    def _reusable(self, doc_id: str) -> Kept | None:
        """What is kept of a document, if it fits; failures are worth another try."""
        kept = self._store.kept(doc_id)
        made = self._job.made_of(doc_id)
        fits = kept and kept.made == made and kept.status != "failed"
        return kept if fits else None


def _identified(one: Input, source: str, limits: Limits) -> tuple[str, str, str | None]:
    """The document that an input is; finding code and error where it is not to be converted.

    A file that cannot be read has no error here: of that ``convert`` tells.
    """
    if one.error is not None:
        return digest_of_name(source), one.code, one.error
    try:
        if (doc_id := digest_of(one.file, limits.file)) is not None:
            return doc_id, "", None
        check_size(max(_size_of(one.file), limits.file + 1), limits)
    except LimitError as error:
        return digest_of_name(source), "limit-exceeded", str(error)
    except FileError as error:
        return digest_of_name(source), error.code, error.message
    except (OSError, ValueError):  # ValueError: a name that no file can have
        pass
    return digest_of_name(source), "", None


def _size_of(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 (one call for each of many files)
    except (OSError, ValueError):
        return 0


def _by_size(sized: tuple[int, Input]) -> tuple[int, str]:
    return -sized[0], sized[1].source


# In processes -----------------------------------------------------------------------------------


def _convert_in_pool(
    tasks: Iterable[Task], job: Job, pool: WorkerPool
) -> Iterator[tuple[Task, Outcome | Lost]]:
    return pool.map(partial(_convert_and_keep, job=job), tasks)


def _convert_and_keep(task: Task, job: Job) -> Outcome:
    """What a worker does."""
    result = convert_within(task, job)
    Store(job.root, loaded_schemas()).keep(result, job.made_of(task.doc_id))
    done = Outcome(task.source, result.doc_id, result.status, result.error, size=task.size)
    del result
    give_memory_back()
    return done


def convert_elsewhere(task: Task, job: Job, data: bytes) -> tuple[Outcome, bytes]:
    """Convert bytes without a disk: the outcome, and what ``Store.keep_encoded`` is to keep."""
    result = convert_within(task, job, data)
    outcome = Outcome(task.source, result.doc_id, result.status, result.error, size=task.size)
    return outcome, encode(result, job.made_of(task.doc_id), now())


def convert_within(task: Task, job: Job, data: bytes | None = None) -> DocumentResult:
    """Convert a document unless it exceeds a limit. ``data``: its bytes, where not in the file."""
    try:
        check_size(task.size, job.limits)
        if data is None:
            data = read_same(task.path, task.doc_id, job.limits.file)
        check_document(data, job.limits)
    except LimitError as error:
        return failed(task.doc_id, task.source, "limit-exceeded", str(error))
    except FileError as error:
        return failed(task.doc_id, task.source, error.code, error.message)
    except OSError:  # of which convert tells
        return job.convert(task.path, job.settings_of(task.doc_id), task.source)
    return job.convert(data, job.settings_of(task.doc_id), task.source)


def _write_parts(tasks: Sequence[PartTask], pool: WorkerPool) -> Iterator[PartDone]:
    """Write files in the workers; a small dataset here, if no workers are up."""
    is_small = max(len(task.documents) for task in tasks) <= _FEW_DOCUMENTS
    if is_small and not pool.is_started:
        yield from map(write_part, tasks)
        return
    largest_first = sorted(tasks, key=lambda task: (task.table != "cells", task.name))
    for task, done in pool.map(write_part, largest_first, limited=False, grows=not is_small):
        if isinstance(done, Lost):
            raise WriteError(f"the process that wrote {task.name} died; give the command again")
        yield done


def _blame(lost: Lost, settings: RunSettings) -> tuple[str, str]:
    """Finding code and error of a document whose worker was lost."""
    if lost.reason == "timeout":
        return "timeout", (
            f"not done after {settings.timeout:g} s and stopped; "
            "give it more time with --timeout, or try another --engine."
        )
    if lost.reason == "out-of-memory":
        if settings.memory is None or lost.exit_code == -9:
            return "out-of-memory", (
                "the system stopped its process, as it does for want of memory; "
                "give the same command again with fewer --workers."
            )
        return "out-of-memory", (
            f"it needs more than {settings.memory >> 20} MiB of memory and was stopped; "
            "give it more with --memory, or try another --engine."
        )
    return "worker-crashed", (
        f"the PDF library crashed on this file ({_ending(lost.exit_code)}); "
        "try another --engine, and please report it with the file."
    )


def _ending(exit_code: int | None) -> str:
    """An exit code in words: signals by name."""
    if exit_code is not None and exit_code < 0:
        try:
            return signal.Signals(-exit_code).name
        except ValueError:
            pass
    return f"exit code {exit_code}"
