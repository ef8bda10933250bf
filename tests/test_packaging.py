"""What pyproject.toml says about the packages is what the folders hold."""

import tomllib
from pathlib import Path

import yusuan

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
STAGES = ("extract", "normalize", "schemas")


def test_every_package_is_listed() -> None:
    own = (ROOT / "yusuan").rglob("__init__.py")
    found = {".".join(init.parent.relative_to(ROOT).parts) for init in own}
    for stage in STAGES:
        for init in (ROOT / stage).rglob("__init__.py"):
            found.add(".".join(["yusuan", *init.parent.relative_to(ROOT).parts]))
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_every_data_file_is_installed() -> None:
    installed = Path(next(iter(yusuan.__path__))) / "schemas"
    if not installed.is_dir():  # a checkout: the folder beside the package
        installed = ROOT / "schemas"
    for path in (ROOT / "schemas").rglob("*.csv"):
        assert (installed / path.relative_to(ROOT / "schemas")).is_file(), path.name
    for package in ("yusuan", *(f"yusuan.{stage}" for stage in STAGES)):
        assert "py.typed" in PROJECT["tool"]["setuptools"]["package-data"][package]


def test_one_version() -> None:
    assert PROJECT["project"]["version"] == yusuan.__version__
