"""Runs that convert in the process of the test: no worker to start."""

from collections.abc import Iterable, Iterator

from yusuan.run import Job, Outcome, Task, _convert_and_keep
from yusuan.workers import Lost

Done = Iterator[tuple[Task, Outcome | Lost]]


def here(tasks: Iterable[Task], job: Job) -> Done:
    """A ``run.ConvertAll``."""
    return ((task, _convert_and_keep(task, job)) for task in tasks)
