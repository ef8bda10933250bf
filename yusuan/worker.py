"""What a process of the pool does: its life from the first import to its end.

It sends ``Message``s: that it is up, that it has begun a task, and the result. It is sent a
function that prepares it, then ``(work, task)`` for each task, and ``RENEW`` when the next task is
to find it as it was at the beginning.

On Linux the process that was started works on nothing itself. It prepares (imports, reviewed data:
most of a second) and forks; its child works and ends with the memory that documents leave behind,
and is followed by another in some milliseconds. Elsewhere forking is not safe, and the process
works itself until the pool starts another.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

RENEW: Final = None
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_SIGKILL: Final = 9  # a name that Windows lacks


@dataclass(frozen=True, slots=True)
class Message:
    """What a worker sends. ``pid``: it is up, and this is who works; ``can_renew``: it can.

    ``has_begun``: the task has come whole.
    """

    pid: int | None = None
    can_renew: bool = False
    has_begun: bool = False
    result: Any = None
    error: Exception | None = None
    out_of_memory: bool = False


def serve(connection: Connection, memory: int | None) -> None:
    """A worker's life: prepare, then take a task and send its result, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # sent to the group: the parent decides
    is_tied = _tie_to(multiprocessing.parent_process())
    _bound_memory(memory)
    # Some libraries import it unasked; no task makes data frames.
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        prepare = connection.recv()
    except EOFError:
        return
    prepare()
    _be_silent()
    if not is_tied:
        _work(connection, can_renew=False)
        return
    gc.freeze()  # what is here stays, and is not to be copied for looking through it
    while (ending := _ending_of_fork(connection)) == 0:
        pass
    _end_like(ending)


def _work(connection: Connection, can_renew: bool) -> None:
    """Work until told to renew, or until the parent is gone."""
    connection.send(Message(pid=os.getpid(), can_renew=can_renew))
    while True:
        try:
            given = connection.recv()
        except EOFError:
            os._exit(1)
        if given is RENEW:
            return
        connection.send(Message(has_begun=True))
        work, task = given
        try:
            message = Message(result=work(task))
        except MemoryError:
            message = Message(out_of_memory=True)
        except Exception as error:  # handed to the parent, which raises it
            message = Message(error=error)
        connection.send(message)


def _ending_of_fork(connection: Connection) -> int:
    """Fork, let the child work, and return its exit code: negative for a signal, 0 to go on."""
    begetter = os.getpid()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        _die_with(begetter)
        _work(connection, can_renew=True)
        code = 0
    finally:
        os._exit(code)  # what the process that was started has to do at its end is not ours


def _end_like(ending: int) -> None:
    """End as the child has ended, so that the parent sees what became of it."""
    if ending < 0:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        if -ending != _SIGKILL:
            signal.signal(-ending, signal.SIG_DFL)
        os.kill(os.getpid(), -ending)
    os._exit(ending)


def _tie_to(parent: Any) -> bool:
    """End with the parent even in the middle of a task. Whether the system sees to it (Linux).

    Elsewhere a thread waits for the parent's end; it cannot run while native code holds the
    interpreter's lock.
    """
    if parent is None:
        return False
    if sys.platform == "linux":
        try:
            _die_with(parent.pid)
        except (OSError, AttributeError):  # a C library without it
            pass
        else:
            return True

    def wait_for_the_end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    return False


def _die_with(parent: int) -> None:
    """Have the system kill this process when its parent ends. Raises OSError, AttributeError."""
    import ctypes

    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL):
        raise OSError("prctl failed")
    if os.getppid() != parent:  # it has ended already
        os._exit(1)


def _be_silent() -> None:
    """What libraries print of broken files, tracebacks included, is for their authors.

    What there is to tell of a document is in its result.
    """
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 (os.devnull is a name, not a path)
        for output in (1, 2):
            os.dup2(nothing.fileno(), output)


def _bound_memory(memory: int | None) -> None:
    """Let the system refuse what the parent is too slow to see: far beyond the limit.

    Allocators reserve more than they use, so that this bound cannot be the limit itself.
    """
    if memory is None:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    bound, hard = 2 * memory + (4 << 30), resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or bound < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
