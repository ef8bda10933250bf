"""Shared fixtures: where the project's samples and, on a developer's machine, real PDFs are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regen",
        action="store_true",
        help="write the stage goldens of samples/ anew; the run fails: review before proceeding",
    )


@pytest.fixture(scope="session")
def regen(pytestconfig: pytest.Config) -> bool:
    """Whether goldens are to be written instead of compared."""
    return bool(pytestconfig.getoption("--regen"))


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
