"""What rows are made with: settings, libraries, our own code and data files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import yusuan.extract
import yusuan.normalize
import yusuan.schemas
from yusuan import __version__
from yusuan.extract.ocr import is_installed
from yusuan.kept import MadeWith
from yusuan.result import Settings
from yusuan.schemas.model import Schemas
from yusuan.store import columns_digest

_DISTRIBUTIONS: Final = {
    "pdfium": "pypdfium2",
    "pdfplumber": "pdfplumber",
    "camelot": "camelot-py",
}


def made_with(settings: Settings, schemas: Schemas) -> MadeWith:
    """What rows made now are made with."""
    library = _DISTRIBUTIONS[settings.reader]
    return MadeWith(
        reuse_key(settings),
        f"{library} {version(library)}",
        __version__,
        schemas.version,
        columns_digest(schemas),
    )


def reuse_key(settings: Settings) -> str:
    """What kept rows must agree in, besides the bytes, to be used again.

    The settings, the version of the engine's library, and our own code and data files: a version
    number alone would let a changed checkout reuse what its earlier code had made.
    """
    engine_version = version(_DISTRIBUTIONS[settings.reader])
    chosen = repr(replace(settings, engine="auto"))  # auto is the reader that it stands for
    others = (_witness_versions(settings), _ocr_version(settings))
    parts = (settings.reader, engine_version, *others, chosen, _code_digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _witness_versions(settings: Settings) -> str:
    """Of the libraries that read pages again where identities fail."""
    names = ("pdfplumber", "camelot") if settings.witness_pages else ()
    return " ".join(version(_DISTRIBUTIONS[name]) for name in names)


def _ocr_version(settings: Settings) -> str:
    """Of the library that recognises scans; documents are read again once it is installed."""
    return version("rapidocr") if settings.ocr_pages and is_installed() else "none"


_STAGES = ("extract", "normalize", "schemas")


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Of all modules and data files of the stages and of this package.

    The same in a checkout, where the stages stand beside this package, and installed, where they
    are inside it.
    """
    digest = hashlib.sha256()
    for package in (yusuan, yusuan.extract, yusuan.normalize, yusuan.schemas):
        folder = Path(str(package.__file__)).parent
        inside = {folder / stage for stage in _STAGES} if package is yusuan else set()
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".csv"} and inside.isdisjoint(path.parents):
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
