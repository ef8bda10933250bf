"""Loops that are compiled: all of them where one is, and from the source that lies beside."""

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import yusuan.extract
import yusuan.schemas
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


_READ = """
import sys
from yusuan.extract import lines
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
print(lines.__file__.endswith(".py"))
for path in sys.argv[1:]:
    print(repr(read_document(open_source(path))))
"""


def _read_apart(folder: Path, names: tuple[str, ...], env: dict[str, str]) -> list[str]:
    """Whether lines are read by Python, and what is read of each document."""
    paths = [str(folder / f"{name}.pdf") for name in names]
    env = {**os.environ, "PYTHONHASHSEED": "0", **env}
    command = [sys.executable, "-c", _READ, *paths]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=env, cwd=folder, encoding="utf-8"
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(library._compiled is None, reason="installed without a C compiler")
def test_without_a_compiler_documents_are_read_alike(samples_dir: Path, tmp_path: Path) -> None:
    """The whole reader as Python runs it, from a copy without compiled files."""
    package = tmp_path / "yusuan"
    package.mkdir()
    shutil.copy(yusuan.__file__, package)
    for stage in (yusuan.extract, yusuan.schemas):
        folder, leaf = Path(next(iter(stage.__path__))), stage.__name__.rsplit(".", 1)[1]
        left_out = shutil.ignore_patterns("*.so", "*.pyd", "*.c", "__pycache__")
        shutil.copytree(folder, package / leaf, ignore=left_out)
    names = "seed-calc", "shanghai-form"
    by_python, *texts = _read_apart(samples_dir, names, {"PYTHONPATH": str(tmp_path)})
    compiled, *expected = _read_apart(samples_dir, names, {})
    assert (by_python, compiled) == ("True", "False")
    assert len(texts) == len(names)
    assert texts == expected
