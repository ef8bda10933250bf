"""Every code that a finding can have is documented in schemas/findings.csv."""

import ast
from pathlib import Path
from typing import get_args

from yusuan.convert import FINDING_OF_SOURCE_ERROR
from yusuan.extract.source import SourceCode
from yusuan.head import FINDING_OF_NOTE
from yusuan.schemas.loader import load

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("extract", "normalize", "yusuan")


def literal_codes(path: Path) -> set[str]:
    """The codes in ``Finding("x", ...)``, ``Finding(code="x", ...)`` and ``failed(_, _, "x", _)``.

    Also in a mapper's ``draft.note("x", ...)`` and ``draft.tell("x", ...)``. Both arms of a
    conditional expression count.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        values: list[ast.expr] = [word.value for word in node.keywords if word.arg == "code"]
        if called in ("Finding", "draft.note", "draft.tell"):
            values += node.args[:1]
        elif called == "failed":
            values += node.args[2:3]
        else:
            continue
        literals = (inner for value in values for inner in ast.walk(value))
        found.update(
            inner.value
            for inner in literals
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
        )
    return found


def test_codes_in_the_source_are_documented() -> None:
    used = {
        code
        for stage in STAGES
        for path in (ROOT / stage).rglob("*.py")
        for code in literal_codes(path)
    }
    assert {"internal-error", "page-missing", "row-joined", "amount-unparsed"} <= used
    assert used - load().findings.keys() == set()


def test_codes_of_what_cannot_be_read_are_documented() -> None:
    codes = {FINDING_OF_SOURCE_ERROR.get(code, code) for code in get_args(SourceCode)}
    codes |= set(FINDING_OF_NOTE.values()) | {"timeout", "worker-crashed"}
    assert codes - load().findings.keys() == set()
