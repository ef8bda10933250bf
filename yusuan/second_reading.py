"""Unruled tables whose figures do not add up are read again, on the columns that camelot parts.

The reading with fewer failing identities and no fewer proved figures is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from yusuan.extract.model import RawDocument

Read = Callable[[frozenset[int]], RawDocument]
"""Reads the document again, with camelot's columns on the pages of these numbers."""


class Judgement(Protocol):
    """What the identities make of a reading."""

    @property
    def n_failed(self) -> int:
        """How many identities fail."""
        ...

    @property
    def n_proved(self) -> int:
        """How many figures are proved."""
        ...


_Judged = TypeVar("_Judged", bound=Judgement)


def settle(
    raw: RawDocument, judge: Callable[[RawDocument], _Judged], read: Read, max_pages: int
) -> tuple[RawDocument, _Judged | None]:
    """The better reading of a document; the given one where no unruled table is in doubt.

    ``judge`` asserts the identities on a reading, without asking any witness; what it made of the
    reading is returned too, unless it was not asked or has been let go: of a long document two of
    them are too much at a time. ``max_pages``: so many pages camelot may be asked of.
    """
    pages = [page.number for page in raw.pages if any(not t.is_ruled for t in page.tables)]
    if not pages or not max_pages:
        return raw, None
    first = judge(raw)
    n_failed, n_proved = first.n_failed, first.n_proved
    if not n_failed:
        return raw, first
    del first
    other = read(frozenset(pages[:max_pages]))
    if other.pages == raw.pages:
        return raw, None
    second = judge(other)
    is_better = second.n_failed < n_failed and second.n_proved >= n_proved
    return (other, second) if is_better else (raw, None)
