"""Processes that crash, hang or eat memory cost one task each. Tasks are for ``eval``."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from yusuan.ready import make_ready
from yusuan.workers import _LEFT_BEHIND, Lost, PoolError, WorkerPool, map_in_processes

CRASH = "__import__('os')._exit(7)"
SEGFAULT = "__import__('ctypes').string_at(0)"
HANG = "__import__('time').sleep(600)"
BOMB = "[bytearray(1 << 22) for _ in range(1 << 20)]"
TOO_MUCH_AT_ONCE = "bytearray(1 << 46)"
KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"
PID = "__import__('os').getpid()"
WITHOUT_PANDAS = "__import__('sys').modules['pandas']"
MIB = 1 << 20


def outcomes(
    tasks: list[str], n_workers: int, timeout: float | None = None, memory: int | None = None
) -> dict[str, object]:
    return dict(map_in_processes(eval, tasks, n_workers, timeout, memory))


@pytest.mark.parametrize("n_workers", [1, 3])
def test_results_of_all_tasks(n_workers: int) -> None:
    tasks = [f"{n} * 2" for n in range(7)]
    assert outcomes(tasks, n_workers) == {f"{n} * 2": n * 2 for n in range(7)}


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_crash_costs_one_task(n_workers: int) -> None:
    done = outcomes(["1", CRASH, "2", SEGFAULT, "3"], n_workers)
    assert {task: done[task] for task in "123"} == {"1": 1, "2": 2, "3": 3}
    assert done[CRASH] == Lost("crashed", 7, 0)
    assert done[SEGFAULT] == Lost("crashed", -signal.SIGSEGV, 0)


def test_a_hanging_task_is_stopped_at_its_time() -> None:
    begin = time.monotonic()
    assert outcomes(["1", HANG, "2"], 1, timeout=0.5) == {"1": 1, HANG: Lost("timeout"), "2": 2}
    assert time.monotonic() - begin < 60


def test_a_task_that_eats_memory_costs_itself_alone() -> None:
    done = outcomes(["1", BOMB, TOO_MUCH_AT_ONCE, KILLED, "2"], 1, memory=256 * MIB)
    assert (done["1"], done["2"]) == (1, 2)
    bomb = done[BOMB]
    assert isinstance(bomb, Lost) and bomb.reason == "out-of-memory"
    assert bomb.memory is not None and bomb.memory > 256 * MIB
    assert done[TOO_MUCH_AT_ONCE] == Lost("out-of-memory")
    killed = done[KILLED]
    assert isinstance(killed, Lost) and killed.reason == "out-of-memory", "who else would kill it"


def test_workers_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    tasks = [
        "print('x')",
        "__import__('logging').getLogger('pdf').error('broken')",
        "__import__('os').system('echo x; echo y >&2')",
        "__import__('warnings').warn('w')",
        SEGFAULT,
    ]
    assert len(outcomes(tasks, 1)) == len(tasks)
    assert capfd.readouterr() == ("", "")


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


def test_a_pool_keeps_its_processes_and_replaces_worn_or_dead_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yusuan.workers._TASKS_PER_WORKER", 3)
    with WorkerPool(1) as pool:
        first = [pid for _, pid in pool.map(eval, [PID, PID])]
        second = [pid for _, pid in pool.map(eval, [PID, PID, PID, PID])]
        assert len({*first, second[0]}) == 1
        assert len({*second}) == 2 and second[1:] == [second[1]] * 3
        ((_, last),) = pool.map(eval, [PID])
        assert isinstance(last, int)
        os.kill(last, signal.SIGKILL)
        psutil.Process(last).wait(10)
        assert [result for _, result in pool.map(eval, ["5"])] == [5]


def test_tasks_are_taken_when_a_worker_is_free() -> None:
    taken: list[int] = []

    def tasks() -> "list[str]":
        for n in range(6):
            taken.append(n)
            yield str(n)  # type: ignore[misc]

    for n_done, _ in enumerate(map_in_processes(eval, tasks(), 2), start=1):
        assert len(taken) <= n_done + 2


def test_libraries_in_workers_use_one_thread() -> None:
    before = dict(os.environ)
    task = "(__import__('os').environ['OPENBLAS_NUM_THREADS'], __import__('pyarrow').cpu_count())"
    assert outcomes([task], 1) == {task: ("1", 1)}
    assert dict(os.environ) == before


def test_libraries_in_workers_keep_little_memory() -> None:
    frugal = "__import__('pyarrow').default_memory_pool().backend_name"
    assert outcomes([frugal, WITHOUT_PANDAS], 1) == {frugal: "system", WITHOUT_PANDAS: None}


def test_arrow_does_without_pandas_in_workers() -> None:
    lean = "__import__('yusuan.arrow').arrow.leave_pandas_out()"
    task = f"({lean}, __import__('pyarrow').array([1])[0].as_py(), {WITHOUT_PANDAS})"
    assert outcomes([task], 1) == {task: (None, 1, None)}


def test_a_process_that_is_left_with_much_memory_is_replaced() -> None:
    hoard = f"(setattr(__import__('sys'), 'hoard', bytearray({_LEFT_BEHIND})), {PID})[1]"
    with WorkerPool(1, memory=4 * _LEFT_BEHIND) as pool:
        (one,), (other,), (third,) = (dict(pool.map(eval, [t])).values() for t in (hoard, PID, PID))
    assert one != other
    assert other == third


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux alone")
def test_a_renewed_process_is_as_it_was_after_it_was_prepared() -> None:
    hoard = f"(setattr(__import__('sys'), 'hoard', bytearray({_LEFT_BEHIND})), {PID})[1]"
    prepare = partial(exec, "import sys, os; sys.begetter = os.getpid()")
    state = f"({PID}, __import__('sys').begetter, hasattr(__import__('sys'), 'hoard'))"
    with WorkerPool(1, memory=4 * _LEFT_BEHIND, prepare=prepare) as pool:
        tasks = [state, hoard, state + " ", state + "  "]
        (first, hoarding, second, third) = (next(pool.map(eval, [task]))[1] for task in tasks)
    assert isinstance(first, tuple) and isinstance(second, tuple)
    assert first[0] == hoarding and second == third
    assert first[0] != second[0] and first[1:] == second[1:] == (first[1], False)


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux alone")
def test_the_process_that_forks_has_one_thread() -> None:
    """Locks that another thread holds would stay locked in the child for ever."""
    of_begetter = "__import__('psutil').Process(__import__('os').getppid()).num_threads()"
    with WorkerPool(1, prepare=make_ready) as pool:
        assert list(pool.map(eval, [of_begetter])) == [(of_begetter, 1)]


def test_an_exit_without_an_error_costs_its_task() -> None:
    exit_code_0 = "__import__('os')._exit(0)"
    assert outcomes(["1", exit_code_0, "2"], 1) == {
        "1": 1,
        exit_code_0: Lost("crashed", 0, 0),
        "2": 2,
    }


def test_a_process_that_is_started_ahead_gets_the_first_task() -> None:
    with WorkerPool(2) as pool:
        pool.start_one()
        (begun,) = multiprocessing.active_children()
        one = "__import__('os').getpid(), __import__('os').getppid()"
        ((_, pids),) = pool.map(eval, [one])
        assert isinstance(pids, tuple) and begun.pid in pids
        assert multiprocessing.active_children() == [begun]
        list(pool.map(eval, ["1", "2", "3"], grows=False))
        assert multiprocessing.active_children() == [begun], "one is up, and it is enough"
        list(pool.map(eval, ["1", "2", "3"]))
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []


def test_preparations_that_fail_are_told() -> None:
    with (
        WorkerPool(1, prepare=partial(exec, "raise SystemExit(3)")) as pool,
        pytest.raises(PoolError, match="exit code 3"),
    ):
        next(pool.map(eval, ["1"]))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("busy", [HANG, "__import__('ctypes').PyDLL(None).sleep(600)"])
def test_workers_die_with_their_parent(tmp_path: Path, ending: signal.Signals, busy: str) -> None:
    """Also one whose native code holds the interpreter's lock (``PyDLL`` does not release it)."""
    script = tmp_path / "parent.py"
    script.write_text(
        "from yusuan.workers import map_in_processes\n"
        "if __name__ == '__main__':\n"
        f"    for task, pid in map_in_processes(eval, [{PID!r}, {busy!r}], 1):\n"
        "        print(pid, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.3)  # it is on the second task
        parent.send_signal(ending)
        worker.wait(10)
        assert parent.wait(10) == -ending


def test_a_script_without_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "from yusuan.workers import map_in_processes\n"
        "print(list(map_in_processes(eval, ['1'], 1)))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert 'if __name__ == "__main__"' in done.stderr.splitlines()[-1]
