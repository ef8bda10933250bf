"""Converters that do harm, importable by name in the processes of a cluster."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from yusuan.convert import convert
from yusuan.result import DocumentResult, Settings

MARK = "YUSUAN_TEST_MARK"


def _marked(data: bytes | str, word: bytes) -> bool:
    return isinstance(data, bytes) and word in data


def _kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)  # until the system ends us, too


def harmful(data: bytes | str, settings: Settings, source: str) -> DocumentResult:
    """As the document asks: die, hang, take the actor along, always or the first time."""
    acts: dict[bytes, Callable[[], None]] = {
        b"%act die": os.abort,
        b"%act hang": lambda: time.sleep(600),
        b"%act kill": _kill_parent,
        b"%act once": _kill_once,
    }
    for word, act in acts.items():
        if _marked(data, word):
            act()
    return convert(data, settings, source)


def _kill_once() -> None:
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        _kill_parent()


def noting(data: bytes | str, settings: Settings, source: str) -> DocumentResult:
    """Leave a file named after the actor, and take time, so that others get their turn."""
    (Path(os.environ[MARK]).parent / f"actor-{os.getppid()}").touch()
    time.sleep(1)
    return convert(data, settings, source)
