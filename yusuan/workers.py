"""Work on documents in processes of their own, so that no document can take the others with it.

PDF libraries are native code: a broken file may crash them, hang them or eat all memory. Each
worker does one task at a time, over a pipe of its own, and the parent knows which; so a worker that
dies, exceeds its time or its memory costs exactly the document it was on, and the next task gets
a new worker.

Why not a library: ``concurrent.futures`` loses every queued task when one worker dies, and cannot
stop a task that hangs. Pebble has time limits, but its workers share one pipe and its lock: in
version 5.2.3 a worker killed from outside while idle (as by the system, for memory) ends the whole
pool with ``BrokenProcessPool``, workers outlive a parent that is killed, and memory has no limit.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Final, Literal, TypeVar

import psutil

from yusuan.worker import RENEW, Message, serve

Task = TypeVar("Task")
Result = TypeVar("Result")

Prepare = Callable[[], None]
Reason = Literal["crashed", "timeout", "out-of-memory"]

STANDARD_TIMEOUT: Final = 600.0
"""Seconds for one document."""
STANDARD_MEMORY: Final = 2 << 30
"""Bytes for its process."""

# Native libraries leak a little with each file; a fresh process now and then keeps memory flat.
_TASKS_PER_WORKER: Final = 200
# Bytes that a long document may leave a process with: scattered, the next needs as much on top.
# A process that has everything loaded has 86 MB; to renew it takes some milliseconds, or a second.
_LEFT_BEHIND: Final = 120 << 20
_LEFT_WITHOUT_FORK: Final = 160 << 20
# Seconds between two looks at the memory of the workers.
_MEMORY_POLL: Final = 0.1
# Seconds that a worker may need for its imports (slow network disks), and how many may fail.
_START_LIMIT: Final = 180.0
_STARTS: Final = 3
# Seconds that a worker without a task may take to end.
_END_LIMIT: Final = 1.0
# What libraries ask for when they are imported.
_ENVIRONMENT: Final[Mapping[str, str]] = {
    # A worker has one core: more threads would only take turns with the other workers'.
    "OMP_NUM_THREADS": "1",  # also Arrow's pool
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "ARROW_IO_THREADS": "1",
    # Arrow's own allocator keeps what it has freed: twenty megabytes after writing a long table.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # Its thread would be the second of a process that is to fork.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # So does glibc, of blocks up to 32 MB, unless it is told from what size on to give them back.
    "MALLOC_MMAP_THRESHOLD_": "131072",
}
_KILLED: Final = -9  # the exit code after SIGKILL, a name that Windows lacks


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a task has no result. ``exit_code``: of a crashed process, negative for a signal.

    ``memory``: bytes that the process was last seen with.
    """

    reason: Reason
    exit_code: int | None = None
    memory: int | None = None


def as_it_is() -> None:
    """Prepare nothing."""


class PoolError(RuntimeError):
    """Worker processes do not start; the message says what was seen."""


class _NeverUpError(Exception):
    """The process ended before it took its task, which is not to blame."""


class _Worker:
    """A process and the task that it is on."""

    def __init__(self, memory: int | None, prepare: Prepare) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, memory), daemon=True)
        with _ignoring_ctrl_c(), _frugal():
            self.process.start()
        theirs.close()
        self.connection.send(prepare)
        self.memory_limit = memory
        self.memory = 0  # bytes, when last looked at
        self.pid: int | None = None  # who works: the process or a fork of it
        self.can_renew = False
        self.has_begun = False
        self.task: Any = None
        self.started = time.monotonic()
        self.n_done = 0

    def start(self, work: Callable[[Any], Any], task: Any) -> None:
        """Hand over a task. Raises ConnectionError where the process is gone."""
        self.connection.send((work, task))
        self.task, self.started, self.memory = task, time.monotonic(), 0
        self.has_begun = False

    def is_alive(self) -> bool:
        """Whether its task may still be done."""
        return self.has_begun or self.process.is_alive()

    def seconds_left(self, timeout: float | None) -> float | None:
        """Until the task's time is up; None where it has no limit."""
        limit = timeout if self.has_begun else _START_LIMIT
        return None if limit is None else self.started + limit - time.monotonic()

    def receive(self) -> list[Any]:
        """What is waiting to be received: nothing yet, a result, or that the process is gone."""
        try:
            message: Message = self.connection.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            return [self._gone()]
        if message.pid is not None:
            self.pid, self.can_renew = message.pid, message.can_renew
            # Another one is up though nobody told this one to end: native code did, with code 0.
            return [Lost("crashed", 0, self.memory)] if self.has_begun else []
        if message.has_begun:
            self.has_begun, self.started = True, time.monotonic()
            return []
        if message.error is not None:
            raise message.error
        self.n_done += 1
        return [Lost("out-of-memory") if message.out_of_memory else message.result]

    def _gone(self) -> Lost:
        """Nobody but the system kills a worker from outside, and that for want of memory."""
        if not self.has_begun:
            raise _NeverUpError(f"exit code {self.process.exitcode}")
        code = self.process.exitcode
        limit = self.memory_limit
        if code == _KILLED or (limit is not None and self.memory > limit):
            return Lost("out-of-memory", code, self.memory)
        return Lost("crashed", code, self.memory)

    def exceeds_memory(self) -> bool:
        """Look how much memory the process has, and whether that is too much."""
        if self.memory_limit is None or self.pid is None:
            return False
        try:
            self.memory = psutil.Process(self.pid).memory_info().rss
        except psutil.Error:  # it is gone, which its pipe will tell
            return False
        return self.memory > self.memory_limit

    def is_worn(self) -> bool:
        """Whether a new process should do the next task: after many, or with much memory left."""
        if self.n_done >= _TASKS_PER_WORKER:
            return True
        left = _LEFT_BEHIND if self.can_renew else _LEFT_WITHOUT_FORK
        worn = min((self.memory_limit or 0) // 2, left)
        return self.memory_limit is not None and (self.exceeds_memory() or self.memory > worn)

    def renewed(self) -> bool:
        """Let the next task find the process as it was at the beginning; whether it can."""
        if not self.can_renew:
            return False
        try:
            self.connection.send(RENEW)
        except ConnectionError:
            return False
        self.pid, self.n_done = None, 0
        return True

    def dismiss(self) -> None:
        """End the process while it is on no task; one that is up sees that its pipe is closed."""
        self.connection.close()
        if self.pid is not None:
            self.process.join(_END_LIMIT)
        self.stop()

    def stop(self) -> None:
        """End the process, whatever it is doing; a fork of it ends with it."""
        self.connection.close()
        self.process.kill()
        self.process.join()


class WorkerPool:
    """Processes that work on one task each.

    ``timeout``: seconds for one task; ``memory``: bytes that a process may hold; ``prepare``:
    what each does before its first task, picklable. Processes start as they are needed, stay
    between two calls of ``map`` and end with the pool; they also end, at once, when the parent
    dies, however it dies (on Linux: when the thread ends that uses it).
    """

    def __init__(
        self,
        n_workers: int,
        timeout: float | None = None,
        memory: int | None = None,
        prepare: Prepare = as_it_is,
    ) -> None:
        self._n_workers, self._timeout, self._memory = n_workers, timeout, memory
        self._prepare = prepare
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for worker in self._busy:
            worker.stop()
        for worker in self._idle:
            worker.dismiss()
        self._busy, self._idle = [], []

    @property
    def is_started(self) -> bool:
        """Whether processes are up that need not be started any more."""
        return bool(self._idle or self._busy)

    def start_one(self) -> None:
        """Start a process before there is a task for it, which then does not wait for its start."""
        self._idle.append(_Worker(self._memory, self._prepare))

    def map(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        limited: bool = True,
        grows: bool = True,
    ) -> Iterator[tuple[Task, Result | Lost]]:
        """Yield each task with its result, as they finish. Tasks are taken as workers are free.

        ``limited``: whether the limits of time and memory hold for these tasks. ``grows``: whether
        they are worth starting more processes, where some are up. ``work`` must be picklable; an
        exception that it raises is raised here (after all, it is ours). Raises PoolError where no
        worker comes up.
        """
        waiting = iter(tasks)
        failures = 0
        n_up = len(self._idle) + len(self._busy)
        n_most = self._n_workers if grows or not n_up else n_up
        while True:
            for task in islice(waiting, n_most - len(self._busy)):
                self._busy.append(self._started(work, task))
            if not self._busy:
                return
            try:
                outcomes = self._next_outcomes(limited)
            except _NeverUpError as error:
                failures += 1
                self._start_again(work, failures, error)
                continue
            for worker, outcome in outcomes:
                failures = 0
                yield worker.task, outcome

    def _started(self, work: Callable[[Any], Any], task: Any) -> _Worker:
        """A worker that is on the task: an idle one that still lives, or a new one."""
        while self._idle:
            worker = self._idle.pop()
            try:
                worker.start(work, task)
            except ConnectionError:
                worker.stop()
            else:
                return worker
        worker = _Worker(self._memory, self._prepare)
        worker.start(work, task)
        return worker

    def _start_again(self, work: Callable[[Any], Any], failures: int, error: _NeverUpError) -> None:
        """Give the tasks of workers that never came up to new ones. Raises PoolError."""
        if failures >= _STARTS:
            raise PoolError(
                f"worker processes end before they begin ({error}); in a script, call run() "
                'below: if __name__ == "__main__":'
            ) from error
        for worker in [one for one in self._busy if not one.is_alive()]:
            self._busy.remove(worker)
            worker.stop()
            self._busy.append(self._started(work, worker.task))

    def _next_outcomes(self, limited: bool) -> list[tuple[_Worker, Any]]:
        """Wait until a worker has news or exceeds a limit; the outcomes that came of it."""
        timeout = self._timeout if limited else None
        times = [worker.seconds_left(timeout) for worker in self._busy]
        limits = [left for left in times if left is not None]
        if limited and self._memory is not None:
            limits.append(_MEMORY_POLL)
        connections = [worker.connection for worker in self._busy]
        ready = wait(connections, timeout=max(min(limits), 0) if limits else None)
        outcomes: list[tuple[_Worker, Any]] = []
        for worker in self._busy:
            left = worker.seconds_left(timeout)
            if worker.connection in ready:
                outcomes.extend((worker, outcome) for outcome in worker.receive())
            elif left is not None and left <= 0:
                outcomes.append((worker, self._late(worker)))
            elif limited and worker.exceeds_memory():
                outcomes.append((worker, Lost("out-of-memory", memory=worker.memory)))
        for worker, outcome in outcomes:
            self._busy.remove(worker)
            if isinstance(outcome, Lost) or (worker.is_worn() and not worker.renewed()):
                worker.stop()
            else:
                self._idle.append(worker)
        return outcomes

    def _late(self, worker: _Worker) -> Lost:
        if worker.has_begun:
            return Lost("timeout")
        worker.process.kill()
        worker.process.join()
        raise _NeverUpError(f"not up after {_START_LIMIT:g} s")


def cpu_count() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    n_workers: int,
    timeout: float | None = None,
    memory: int | None = None,
) -> Iterator[tuple[Task, Result | Lost]]:
    """``WorkerPool.map`` with a pool for this call alone."""
    with WorkerPool(n_workers, timeout, memory) as pool:
        yield from pool.map(work, tasks)


@contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """A process that starts in here ignores Ctrl-C from its first moment: the parent decides."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _frugal() -> Iterator[None]:
    """A process that starts in here has libraries that use one thread and keep little memory."""
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
