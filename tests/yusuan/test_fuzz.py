"""Each kind of damage that ``benchmarks/fuzz.py`` does: converted, or failed with a reason."""

import importlib.util
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from yusuan.convert import convert
from yusuan.limits import LimitError, Limits, check_document
from yusuan.result import Settings


def documents() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "fuzz_documents.py"
    spec = importlib.util.spec_from_file_location("fuzz_documents", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUZZ = documents()
# What eats memory by intention is for a worker with limits.
KINDS = [change for change in FUZZ.CHANGES if change.__name__ not in ("_laughs", "_crowd")]


@pytest.mark.parametrize("change", KINDS, ids=lambda change: change.__name__)
def test_a_damaged_document_is_converted_or_says_why(
    change: Callable[[bytes, random.Random], bytes], small_pdf: bytes
) -> None:
    for seed in range(4):
        data = change(small_pdf, random.Random(seed))
        assert data == change(small_pdf, random.Random(seed)), "made from its number alone"
        try:
            check_document(data, Limits())
        except LimitError:
            continue
        result = convert(data, Settings(ocr_pages=0))
        codes = result.tables["findings"].column("code").to_pylist()
        assert "internal-error" not in codes, result.error
        assert (result.status == "failed") <= (len(codes) == 1 and bool(result.error))
