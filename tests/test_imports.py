"""Imports point one way: schemas <- extract <- normalize <- yusuan."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "schemas": {"schemas"},
    "extract": {"schemas", "extract"},
    "normalize": {"schemas", "extract", "normalize"},
}
# Of extract, normalisation knows the model and its geometry, never a library that reads PDF.
PDF_LIBRARIES = {"pypdfium2", "pypdfium2_raw", "pdfplumber", "pdfminer", "camelot", "pikepdf"}


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ["yusuan", *path.relative_to(ROOT).parent.parts]
            parents = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*parents, *filter(None, [node.module])])
            found.add(module)
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def stage_of(module: str) -> str | None:
    """``yusuan.extract.model`` -> extract; what is yusuan's own -> yusuan; others -> None."""
    parts = module.split(".")
    if parts[0] != "yusuan":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "yusuan"


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    for path in modules:
        for module in imported_modules(path):
            stage = stage_of(module)
            # "from yusuan.x import y" also lists yusuan.x.y, which has the same stage
            assert stage is None or stage in MAY_IMPORT[package], f"{path} imports {module}"


@pytest.mark.parametrize("package", ["normalize", "schemas"])
def test_only_extract_knows_pdf_libraries(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        tops = {module.split(".")[0] for module in imported_modules(path)}
        assert not tops & PDF_LIBRARIES, path


def test_stage_of_tells_packages_apart() -> None:
    assert stage_of("yusuan.extract.model") == "extract"
    assert stage_of("yusuan.convert") == "yusuan"
    assert stage_of("yusuan") == "yusuan"
    assert stage_of("numpy.typing") is None
