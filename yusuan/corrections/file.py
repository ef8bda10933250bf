"""The corrections file: one JSON object per line, so that git shows each decision by itself."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from yusuan.corrections.model import ACTIONS, Correction, CorrectionError

_FIELDS = tuple(field.name for field in fields(Correction))
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NULLABLE = frozenset({"old", "new", "document"})
_OPTIONAL = frozenset({"document"})  # lines written by hand need not have it


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The decisions in a file, in its order; blank lines and lines beginning with ``#`` are none.

    Raises CorrectionError where the file cannot be read or a line is wrong.
    """
    try:
        # Only a newline ends a line: a reason may hold U+2028 and others that splitlines knows.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path} cannot be read: {error}") from error
    return tuple(
        _correction(line, f"{path}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    )


def add_correction(path: Path, correction: Correction) -> None:
    """Write a decision behind the others; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.is_file() and path.stat().st_size > 0
    line = to_line(correction).encode("utf-8") + b"\n"
    if begun and not path.read_bytes().endswith(b"\n"):
        line = b"\n" + line
    # One write, so that two who write at once do not mix their lines.
    with path.open("ab", buffering=0) as file:
        file.write(line)
        os.fsync(file.fileno())


def to_line(correction: Correction) -> str:
    """A decision as it stands in the file."""
    values = asdict(correction)
    kept = {name: values[name] for name in values if name not in _OPTIONAL or values[name]}
    return json.dumps(kept, ensure_ascii=False)


def by_document(corrections: Iterable[Correction]) -> dict[str, tuple[Correction, ...]]:
    """The decisions of each document, in their order."""
    found: dict[str, list[Correction]] = {}
    for one in corrections:
        found.setdefault(one.doc_id, []).append(one)
    return {doc_id: tuple(ones) for doc_id, ones in found.items()}


def _correction(line: str, place: str) -> Correction:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        raise CorrectionError(f"{place}: not a JSON object: {error.msg}") from error
    if not isinstance(values, dict):
        raise CorrectionError(f"{place}: not a JSON object")
    _check(values, place)
    return Correction(**values)


def _check(values: Mapping[str, Any], place: str) -> None:
    if missing := [name for name in _FIELDS if name not in values.keys() | _OPTIONAL]:
        raise CorrectionError(f"{place}: {', '.join(missing)} missing")
    if unknown := sorted(values.keys() - set(_FIELDS)):
        raise CorrectionError(
            f"{place}: unknown field {unknown[0]!r}; fields: {', '.join(_FIELDS)}"
        )
    for name in values:
        if not isinstance(values[name], str) and not (name in _NULLABLE and values[name] is None):
            raise CorrectionError(f"{place}: {name} must be text")
        if _LONE_SURROGATE.search(values[name] or ""):
            raise CorrectionError(f"{place}: {name} holds half a character (\\ud800 to \\udfff)")
    if values["action"] not in ACTIONS:
        raise CorrectionError(f"{place}: action {values['action']!r}; one of {', '.join(ACTIONS)}")
    for name in ("who", "why"):
        if not values[name].strip():
            raise CorrectionError(f"{place}: {name} is empty; a decision needs a name and a reason")
    if values["action"] == "reassign" and (
        values["table"] != "project_indicators" or values["column"] != "project_id"
    ):
        raise CorrectionError(f"{place}: only project_id of project_indicators is reassigned")
