"""``--settings FILE``: a TOML file with what would otherwise be repeated on every command line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from yusuan.cli.options import EngineChoice, wrong_usage

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B?", re.I)
_MULTIPLES: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class FileSettings:
    """The keys that the file may have; what the command line says goes before them."""

    engine: EngineChoice | None = None
    workers: int | None = None
    timeout: float | None = None
    memory: int | None = None


def parse_size(text: str | None, name: str) -> int | None:
    """Bytes of ``512M``, ``2G`` (binary multiples); None of None. Otherwise wrong usage."""
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _MULTIPLES[match[2].upper()]) if match else 0
    if size < 1 << 20:
        wrong_usage(f"{name} {text}: expected a size of 1M or more, for instance 512M or 2G")
    return size


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
    engine, workers, timeout, memory = (values.get(name) for name in known)
    if engine is not None and engine not in list(EngineChoice):
        wrong_usage(f"--settings {path}: engine is one of {', '.join(EngineChoice)}")
    if workers is not None and (type(workers) is not int or workers < 1):
        wrong_usage(f"--settings {path}: workers is a whole number from 1")
    if timeout is not None and (type(timeout) not in (int, float) or timeout <= 0):
        wrong_usage(f"--settings {path}: timeout is a number of seconds")
    if memory is not None and not isinstance(memory, str):
        wrong_usage(f'--settings {path}: memory is a size in quotes, for instance "2G"')
    n_memory = parse_size(memory, f"--settings {path}: memory")
    return FileSettings(EngineChoice(engine) if engine else None, workers, timeout, n_memory)
