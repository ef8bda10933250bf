"""``--settings FILE``: a TOML file with what would otherwise be repeated on every command line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from yusuan.cli.options import EngineChoice, wrong_usage


@dataclass(frozen=True, slots=True)
class FileSettings:
    """The keys that the file may have; what the command line says goes before them."""

    engine: EngineChoice | None = None
    workers: int | None = None
    timeout: float | None = None


def read_settings(path: Path | None) -> FileSettings:
    """The settings of a file; none without one. A mistake in it is wrong usage."""
    if path is None:
        return FileSettings()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        wrong_usage(f"--settings {path}: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong_usage(f"--settings {path}: not TOML: {error}")
    known = [field.name for field in fields(FileSettings)]
    if unknown := sorted(values.keys() - set(known)):
        wrong_usage(f"--settings {path}: unknown {unknown[0]!r}; there are: {', '.join(known)}")
    engine, workers, timeout = (values.get(name) for name in known)
    if engine is not None and engine not in list(EngineChoice):
        wrong_usage(f"--settings {path}: engine is one of {', '.join(EngineChoice)}")
    if workers is not None and (type(workers) is not int or workers < 1):
        wrong_usage(f"--settings {path}: workers is a whole number from 1")
    if timeout is not None and (type(timeout) not in (int, float) or timeout <= 0):
        wrong_usage(f"--settings {path}: timeout is a number of seconds")
    return FileSettings(EngineChoice(engine) if engine else None, workers, timeout)
