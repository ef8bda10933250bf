"""One decision of a reviewer, and what became of it when it was applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Action = Literal["accept", "correct", "publisher_error", "reassign"]
State = Literal["applied", "stale", "orphan", "conflict"]
ACTIONS: tuple[str, ...] = get_args(Action)


class CorrectionError(ValueError):
    """The corrections file is wrong; the message names file and line and what to do."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision.

    ``doc_id`` (sha256 of the PDF's bytes), ``table``, ``row`` (row_id without the document) and
    ``column`` say what it is about. ``old``: the value that the reviewer saw, as text (null: None);
    it is applied only while that is still what is read. ``new``: the value to take, for ``correct``
    and ``reassign`` (there the project's id without the document); None makes the value null.

    accept: right as it is. correct: misread; take ``new``. publisher_error: read right, and the
    publisher's. reassign: an indicator belongs to another project. ``document``: what the document
    is, for people, and to find it where its file has been replaced (see ``telling``).
    """

    doc_id: str
    table: str
    row: str
    column: str
    action: Action
    old: str | None
    new: str | None
    who: str
    when: str
    why: str
    document: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about, within its document."""
        return self.table, self.row, self.column


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a correction. ``note``: why, where it was not applied."""

    correction: Correction
    state: State
    note: str = ""
