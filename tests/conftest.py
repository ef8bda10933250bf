"""Shared fixtures: where the project's samples and, on a developer's machine, real PDFs are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    return ROOT / "samples"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Real published documents beside the checkout; tests that need them skip where absent."""
    path = Path(os.environ.get("YUSUAN_SHARED", ROOT.parent / "shared"))
    if not (path / "real").is_dir():
        pytest.skip(f"needs the real documents of {path.name}/, which only developers have")
    return path
