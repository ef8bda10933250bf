"""Processes that crash or hang cost one task each. Tasks are expressions, the work is ``eval``."""

import multiprocessing
import time

import pytest

from yusuan.workers import Lost, map_in_processes

CRASH = "__import__('os')._exit(7)"
HANG = "__import__('time').sleep(600)"


def outcomes(tasks: list[str], n_workers: int, timeout: float | None = None) -> dict[str, object]:
    return dict(map_in_processes(eval, tasks, n_workers, timeout))


@pytest.mark.parametrize("n_workers", [1, 3])
def test_results_of_all_tasks(n_workers: int) -> None:
    tasks = [f"{n} * 2" for n in range(7)]
    assert outcomes(tasks, n_workers) == {f"{n} * 2": n * 2 for n in range(7)}


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_crash_costs_one_task(n_workers: int) -> None:
    assert outcomes(["1", CRASH, "2", "3"], n_workers) == {
        "1": 1,
        CRASH: Lost("crashed", 7),
        "2": 2,
        "3": 3,
    }


def test_a_hanging_task_is_stopped_at_its_time() -> None:
    begin = time.monotonic()
    assert outcomes(["1", HANG, "2"], 1, timeout=0.5) == {"1": 1, HANG: Lost("timeout"), "2": 2}
    assert time.monotonic() - begin < 60


def test_an_exception_of_the_work_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        outcomes(["1 / 0"], 1)


def test_no_tasks() -> None:
    assert outcomes([], 2) == {}


def test_stopping_early_ends_the_processes() -> None:
    working = map_in_processes(eval, ["1", HANG, HANG], 2)
    assert next(working) == ("1", 1)
    working.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
