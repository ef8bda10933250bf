"""Loops that are compiled: all of them where one is, and from the source that lies beside."""

import importlib
import tomllib
from pathlib import Path

import pytest

from yusuan.extract.pdfium import library

ROOT = Path(__file__).resolve().parents[2]


def _compiled_modules() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    modules = project["tool"]["setuptools"]["ext-modules"]
    assert all(module["optional"] for module in modules)
    return [module["name"] for module in modules if module["sources"][0].endswith(".py")]


@pytest.mark.skipif(library._compiled is None, reason="installed without a C compiler")
@pytest.mark.parametrize("name", _compiled_modules())
def test_where_there_is_a_compiler_every_loop_is_compiled(name: str) -> None:
    """An optional extension that Cython or the compiler refuses is left out without an error."""
    file = importlib.import_module(name).__file__
    assert file is not None
    compiled = Path(file)
    assert compiled.suffix in (".so", ".pyd")
    source = compiled.with_name(f"{name.rsplit('.', 1)[1]}.py")
    is_older = source.stat().st_mtime < compiled.stat().st_mtime + 2  # installed in any order
    assert is_older, f"{source.name} has changed since: pip install -e . --no-deps"
