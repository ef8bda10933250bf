"""Unruled tables whose figures do not add up are read again, on the columns that camelot parts.

The reading with fewer failing identities and no fewer proved figures is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from yusuan.extract.model import RawDocument
from yusuan.prove.proof import Proof

Read = Callable[[frozenset[int]], RawDocument]
"""Reads the document again, with camelot's columns on the pages of these numbers."""


Judge = Callable[[RawDocument], Proof]
"""Asserts the identities on a reading, without asking any witness."""


def settle(
    raw: RawDocument,
    judge: Judge,
    read: Read,
    max_pages: int,
) -> RawDocument:
    """The better reading of a document; the given one where no unruled table is in doubt.

    ``max_pages``: so many pages camelot may be asked of.
    """
    pages = [page.number for page in raw.pages if any(not t.is_ruled for t in page.tables)]
    if not pages or not max_pages:
        return raw
    first = judge(raw)
    if not _n_failed(first):
        return raw
    other = read(frozenset(pages[:max_pages]))
    if other.pages == raw.pages:
        return raw
    second = judge(other)
    is_better = _n_failed(second) < _n_failed(first) and second.n_proved >= first.n_proved
    return other if is_better else raw


def _n_failed(proof: Proof) -> int:
    """How many identities fail."""
    return sum(check.values.get("status") == "failed" for check in proof.checks)
