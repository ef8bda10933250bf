"""The shapes of inputs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


class InputError(ValueError):
    """The command line or a list is wrong; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user's list says of a document, as written there; None: nothing.

    It is kept beside what the document itself prints and never replaces it.
    """

    province: str | None = None
    city: str | None = None
    district: str | None = None
    publisher: str | None = None
    year: int | None = None
    url: str | None = None

    def disagrees_with(self, other: Given) -> str | None:
        """The first field in which both say something and not the same."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if mine is not None and theirs is not None and mine != theirs:
                return field.name
        return None

    def filled_from(self, other: Given) -> Given:
        """What this says, and where it says nothing what the other says."""
        missing = [field.name for field in fields(self) if getattr(self, field.name) is None]
        return replace(self, **{name: getattr(other, name) for name in missing})


@dataclass(frozen=True, slots=True)
class Fetched:
    """How bytes came from elsewhere: for the manifest, never for the tables.

    ``at``: when the server last confirmed them (UTC, ISO 8601, whole seconds). ``url``: where they
    came from after redirects.
    """

    url: str
    at: str
    size: int
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A document to convert.

    ``source``: the path or address as given, what the tables record. ``error``: why there is
    nothing to convert, ``code`` the finding code of that. ``path``: the file with its bytes, where
    that is another than ``source`` (the copy in the cache).
    """

    source: str
    error: str | None = None
    path: str | None = None
    code: str = "input-missing"
    given: Given = Given()
    fetched: Fetched | None = None

    @property
    def file(self) -> str:
        """The file to read."""
        return self.path or self.source


def recorded_source(source: str) -> str:
    r"""A source as tables can hold it: bytes of a file name that are no UTF-8 as ``\xff``."""
    return source.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
