"""Convert on a Ray cluster that is already there: ``yusuan run --cluster ADDRESS``.

On each core of the cluster an actor keeps one worker process (``yusuan.workers``), the same that
converts on this machine: so time, memory and crashes are bounded as they are here, and a document
that fails does so for the same reason, in the same words. Bytes travel to the actor and rows come
back; the nodes need no common disk, and what is kept is written here, as if made here.

A document whose actor or node dies is given to another actor, and is failed after some deaths: it
may be what kills them.
"""

from __future__ import annotations

import importlib
import logging
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from yusuan.files import FileError, read_same
from yusuan.kept import encode
from yusuan.made import reuse_key
from yusuan.manifest import now
from yusuan.ready import make_ready
from yusuan.result import DocumentResult, failed, loaded_schemas
from yusuan.run import Job, Outcome, Task, convert_elsewhere, convert_within
from yusuan.store import Store
from yusuan.workers import Lost, WorkerPool

_ATTEMPTS: Final = 3
_START_FAILURES: Final = 3
# Seconds until the first actor must be up; clusters that grow on demand take minutes.
_START_LIMIT: Final = 900.0
_CONNECT: Final = 10.0

Converted = tuple[Outcome, bytes]
"""An outcome, and what the store is to keep of it."""


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Crew:
    """How to use a cluster. ``workers``: actors, by default one per core.

    ``timeout``, ``memory``: seconds and bytes for one document, as on this machine.
    """

    address: str
    workers: int | None = None
    timeout: float | None = None
    memory: int | None = None

    def convert_all(self, tasks: Iterable[Task], job: Job) -> Iterator[tuple[Task, Outcome | Lost]]:
        """Convert on the cluster and keep here: a ``run.ConvertAll``. Raises ClusterError."""
        store = Store(job.root, loaded_schemas())
        with _connected(self.address) as ray:
            n_actors = self.workers or max(int(ray.cluster_resources().get("CPU", 0)), 1)
            remote = ray.remote(Keeper).options(
                num_cpus=1, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD"
            )
            make = partial(remote.remote, job, self.timeout, self.memory)
            shift = _Shift(ray, make, n_actors, job)
            try:
                for task, done in shift.run(tasks):
                    if isinstance(done, Lost):
                        yield task, done
                        continue
                    outcome, data = done
                    store.keep_encoded(outcome.doc_id, data)
                    yield task, outcome
            finally:
                shift.end()


class Keeper:
    """An actor: it has one worker process and gives it one document at a time."""

    def __init__(self, job: Job, timeout: float | None, memory: int | None) -> None:
        self._work = partial(_convert, job=job)
        self._settings = job.settings
        self._pool = WorkerPool(1, timeout, memory, make_ready)

    def key(self) -> str:
        """Of the code and libraries of this node (see ``made.reuse_key``)."""
        return reuse_key(self._settings)

    def convert(self, task: Task, data: bytes) -> Converted | Lost:
        """Convert one document."""
        ((_, done),) = self._pool.map(self._work, [(task, data)])
        return done


def _convert(given: tuple[Task, bytes], job: Job) -> Converted:
    """What the worker process does."""
    task, data = given
    return convert_elsewhere(task, job, data)


@dataclass(slots=True)
class _Assigned:
    task: Task
    n_deaths: int = 0


class _Shift:
    """Actors and what they are on. Nothing is lost: a task is queued, on an actor, or done."""

    def __init__(self, ray: Any, make: Callable[[], Any], n_actors: int, job: Job) -> None:
        self._ray, self._make, self._n_actors, self._job = ray, make, n_actors, job
        self._queue: deque[_Assigned] = deque()
        self._starting: dict[Any, Any] = {}  # promise of the key -> actor
        self._free: list[Any] = []
        self._busy: dict[Any, tuple[Any, _Assigned]] = {}  # promise of the result -> actor, task
        self._n_failed_starts = 0
        self._was_up = False
        self._began = time.monotonic()

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Converted | Lost]]:
        """Yield each task with its result, as they finish."""
        waiting = iter(tasks)
        while True:
            yield from self._hand_out(waiting)
            if not (self._busy or self._queue):
                return
            for promise in self._next():
                if promise in self._starting:
                    self._take_up(promise)
                elif (done := self._take_result(promise)) is not None:
                    yield done

    def end(self) -> None:
        """Stop the actors, whatever they are doing."""
        on_tasks = (actor for actor, _ in self._busy.values())
        for actor in (*self._free, *self._starting.values(), *on_tasks):
            self._kill(actor)

    def _hand_out(self, waiting: Iterator[Task]) -> Iterator[tuple[Task, Converted | Lost]]:
        """Give tasks to free actors; begin a new actor where a task has none in sight."""
        while True:
            if len(self._queue) <= len(self._starting):
                task = next(waiting, None)
                if task is None and not (self._queue and self._free):
                    return
                if task is not None:
                    self._queue.append(_Assigned(task))
            if self._free:
                assigned = self._queue.popleft()
                data = _bytes_of(assigned.task, self._job)
                if data is None:
                    result = convert_within(assigned.task, self._job)
                    yield assigned.task, _converted(result, assigned.task, self._job)
                    continue
                actor = self._free.pop()
                self._busy[actor.convert.remote(assigned.task, data)] = (actor, assigned)
            elif len(self._starting) + len(self._busy) < self._n_actors:
                actor = self._make()
                self._starting[actor.key.remote()] = actor
            else:
                return

    def _next(self) -> list[Any]:
        """Wait for news of an actor."""
        limit = None if self._was_up else self._began + _START_LIMIT - time.monotonic()
        promises = [*self._starting, *self._busy]
        ready, _ = self._ray.wait(promises, timeout=limit and max(limit, 0))
        if not ready:
            raise ClusterError(
                f"the cluster gave no core within {_START_LIMIT:g} s; is it busy, or without CPUs?"
            )
        return list(ready)

    def _take_up(self, promise: Any) -> None:
        actor = self._starting.pop(promise)
        try:
            key = self._ray.get(promise)
        except self._ray.exceptions.RayError as error:
            self._kill(actor)
            self._n_failed_starts += 1
            if self._n_failed_starts >= _START_FAILURES:
                raise ClusterError(
                    f"processes do not start on the cluster ({_last_line(error)}); "
                    "is yusuan[ray] installed on all nodes?"
                ) from error
            return
        if key != self._job.made.key:
            self._kill(actor)
            raise ClusterError(
                "a node has another version of yusuan or of its PDF libraries than this machine; "
                "install the same everywhere"
            )
        self._was_up, self._n_failed_starts = True, 0
        self._free.append(actor)

    def _take_result(self, promise: Any) -> tuple[Task, Converted | Lost] | None:
        """A task and its result; None where its actor died and it is to be tried again."""
        actor, assigned = self._busy.pop(promise)
        try:
            done = self._ray.get(promise)
        except self._ray.exceptions.RayTaskError as error:  # raised by our own code there
            self._kill(actor)
            raise ClusterError(f"a node failed: {_last_line(error)}") from error
        except self._ray.exceptions.RayError:  # the actor, its node, or the result is gone
            self._kill(actor)
            assigned.n_deaths += 1
            if assigned.n_deaths < _ATTEMPTS:
                self._queue.appendleft(assigned)
                return None
            return assigned.task, _given_up(assigned.task, self._job)
        self._free.append(actor)
        return assigned.task, done

    def _kill(self, actor: Any) -> None:
        with suppress(Exception):  # it may be gone, and the cluster too
            self._ray.kill(actor)


def _given_up(task: Task, job: Job) -> Converted:
    error = (
        f"the cluster's process that converted it died {_ATTEMPTS} times; "
        "convert it alone without --cluster to see why."
    )
    result = failed(task.doc_id, task.source, "worker-crashed", error)
    return _converted(result, task, job)


def _bytes_of(task: Task, job: Job) -> bytes | None:
    """What to send; None for what is not to be read, or cannot be: that fails here, at once."""
    if task.size > job.limits.file:
        return None
    try:
        return read_same(task.path, task.doc_id, job.limits.file)
    except (OSError, FileError):
        return None


def _converted(result: DocumentResult, task: Task, job: Job) -> Converted:
    outcome = Outcome(task.source, task.doc_id, result.status, result.error, size=task.size)
    return outcome, encode(result, job.made_of(task.doc_id), now())


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """The module ``ray``, connected; disconnected at the end if it was not before."""
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        raise ClusterError("Ray is not installed: pip install 'yusuan[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    _look_for(address)
    in_main = threading.current_thread() is threading.main_thread()
    on_term = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # whatever its clients raise: it cannot be reached
        raise ClusterError(f"no Ray cluster at {address}: {_last_line(error)}") from error
    if in_main:
        signal.signal(signal.SIGTERM, on_term)  # ray replaces it with its own
    try:
        with redirect_stdout(sys.stderr):  # where Ray tells of processes that died
            yield ray
    finally:
        ray.shutdown()


def _look_for(address: str) -> None:
    """Raise ClusterError where nothing answers at ``host:port``: Ray tries for many minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no Ray cluster at {address}: {error}") from error


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
