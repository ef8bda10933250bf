"""What several verbs share, and the one way to say that the usage is wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

import typer


class EngineChoice(StrEnum):
    """Engines by name; kept apart from ``yusuan.convert`` so that help needs no Arrow."""

    auto = "auto"
    pdfium = "pdfium"
    pdfplumber = "pdfplumber"
    camelot = "camelot"


ENGINE_HELP = "What reads the pages; auto is pdfium, our own reader."


def wrong_usage(message: str) -> NoReturn:
    """End with exit code 2 and this one line."""
    raise typer.BadParameter(message)
