"""camelot, without pandas in processes that are to do without it: 33 MB and a third of a second.

camelot makes a data frame of each table and leaves out its blank rows and columns; nothing here
asks for the frame. A process says that it does without as Python provides for, by None in
``sys.modules`` (see ``yusuan.workers``). There cv2 is imported when first used, too: only where
pages are drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_NEVER: Final = object()


class Frame:
    """What camelot asks of a data frame of texts."""

    def __init__(self, rows: Sequence[Sequence[object]] = ()) -> None:
        width = len(rows[0]) if rows else 0
        self._cells = np.array(rows, np.object_).reshape(len(rows), width)

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of rows and columns."""
        return self._cells.shape

    @property
    def empty(self) -> bool:
        """Whether there is no cell."""
        return not self._cells.size

    @property
    def loc(self) -> Frame:
        """What is indexed with rows, or rows and columns, told by truth values."""
        return self

    def __getitem__(self, chosen: Any) -> Frame:
        part = Frame()
        part._cells = self._cells[chosen]
        return part

    def __eq__(self, text: object) -> npt.NDArray[np.bool_]:  # type: ignore[override]
        return np.asarray(self._cells == text, np.bool_)

    __hash__ = None  # type: ignore[assignment]


class _Later(ModuleType):
    """A module that is imported when it is first asked for something."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def _standing_in() -> Iterator[None]:
    """In here, ``import pandas`` and ``import cv2`` give what camelot needs of them."""
    pandas = ModuleType("pandas")
    pandas.DataFrame = Frame  # type: ignore[attr-defined]
    modules: dict[str, Any] = sys.modules
    modules["pandas"] = pandas
    later = modules.setdefault("cv2", _Later("cv2"))
    try:
        yield
    finally:
        modules["pandas"] = None
        if type(later) is _Later:
            del modules["cv2"]


def import_camelot() -> None:
    """Import camelot in the way that this process wants it, unless it is imported."""
    if "camelot.handlers" in sys.modules:
        return
    is_without = sys.modules.get("pandas", _NEVER) is None
    with _standing_in() if is_without else nullcontext():
        import_module("camelot.handlers")  # which imports all parsers
