"""Work on documents in processes of their own, so that no document can take the others with it.

PDF libraries are native code: a broken file may crash or hang them. Each worker does one task at
a time and the parent knows which, so a worker that dies or exceeds its time costs exactly the
document it was on; the next task gets a new worker. (``concurrent.futures`` loses every queued
task when one worker dies, and cannot stop a task that hangs.)
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

# Native libraries leak a little with each file; a fresh process now and then keeps memory flat.
_TASKS_PER_WORKER = 200


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a task has no result: ``reason`` crashed (with the exit code) or timeout."""

    reason: str
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """What a worker sends: first that it is up (its imports take a second), then results."""

    is_up: bool = False
    result: Any = None
    error: Exception | None = None


class _Worker(Generic[Task, Result]):
    """A process and the task that it is on."""

    def __init__(self, work: Callable[[Task], Result]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        with _ignoring_ctrl_c():
            self.process.start()
        theirs.close()
        self.is_up = False
        self.task: Task | None = None
        self.started = time.monotonic()
        self.n_done = 0

    def start(self, task: Task) -> None:
        """Hand over a task. Raises ConnectionError where the process is gone."""
        self.connection.send(task)
        self.task, self.started = task, time.monotonic()

    def seconds_left(self, timeout: float | None) -> float | None:
        """Until the task's time is up; None where it has no limit, or the process is not up yet."""
        if timeout is None or not self.is_up:
            return None
        return self.started + timeout - time.monotonic()

    def receive(self) -> list[Result | Lost]:
        """What is waiting to be received: nothing yet, a result, or that the process is gone."""
        try:
            message: _Message = self.connection.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            return [Lost("crashed", self.process.exitcode)]
        if message.is_up:
            self.is_up, self.started = True, time.monotonic()
            return []
        if message.error is not None:
            raise message.error
        self.n_done += 1
        return [message.result]

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self.connection.close()
        self.process.kill()
        self.process.join()


def map_in_processes(
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    n_workers: int,
    timeout: float | None = None,
) -> Iterator[tuple[Task, Result | Lost]]:
    """Yield each task with its result, as they finish. ``timeout``: seconds for one task.

    ``work`` must be picklable; an exception that it raises is raised here (after all, it is ours).
    """
    waiting = iter(tasks)
    busy: list[_Worker[Task, Result]] = []
    idle: list[_Worker[Task, Result]] = []
    try:
        while True:
            for task in waiting:
                busy.append(_started(idle, work, task))
                if len(busy) >= n_workers:
                    break
            if not busy:
                return
            for worker, outcome in _next_outcomes(busy, timeout):
                busy.remove(worker)
                if isinstance(outcome, Lost) or worker.n_done >= _TASKS_PER_WORKER:
                    worker.stop()
                else:
                    idle.append(worker)
                assert worker.task is not None
                yield worker.task, outcome
    finally:
        for worker in (*busy, *idle):
            worker.stop()


def _started(
    idle: list[_Worker[Task, Result]], work: Callable[[Task], Result], task: Task
) -> _Worker[Task, Result]:
    """A worker that is on the task: an idle one that still lives, or a new one."""
    while idle:
        worker = idle.pop()
        try:
            worker.start(task)
        except ConnectionError:
            worker.stop()
        else:
            return worker
    worker = _Worker(work)
    worker.start(task)
    return worker


def _next_outcomes(
    busy: list[_Worker[Task, Result]], timeout: float | None
) -> list[tuple[_Worker[Task, Result], Result | Lost]]:
    """Wait until a worker has news or runs out of time; the outcomes that came of it."""
    limits = [left for worker in busy if (left := worker.seconds_left(timeout)) is not None]
    ready = wait(
        [worker.connection for worker in busy],
        timeout=max(min(limits), 0) if limits else None,
    )
    outcomes: list[tuple[_Worker[Task, Result], Result | Lost]] = []
    for worker in busy:
        left = worker.seconds_left(timeout)
        if worker.connection in ready:
            outcomes.extend((worker, outcome) for outcome in worker.receive())
        elif left is not None and left <= 0:
            outcomes.append((worker, Lost("timeout")))
    return outcomes


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


def _serve(connection: Connection, work: Callable[[Task], Result]) -> None:
    """A worker's life: take a task, send its result, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection.send(_Message(is_up=True))
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            message = _Message(result=work(task))
        except Exception as error:  # handed to the parent, which raises it
            message = _Message(error=error)
        connection.send(message)
