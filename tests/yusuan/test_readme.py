"""What the READMEs show is true: their Python runs, and both languages show the same."""

import re
from pathlib import Path

import pytest

from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run

ROOT = Path(__file__).resolve().parents[2]


def blocks(readme: str, language: str) -> list[str]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.M | re.S)


def without_comments(code: str) -> list[str]:
    return [line.partition("#")[0].rstrip() for line in code.splitlines()]


@pytest.mark.parametrize("language", ["sh", "python"])
def test_both_languages_show_the_same_code(language: str) -> None:
    english, chinese = (blocks(name, language) for name in ("README.md", "README.zh-CN.md"))
    assert english
    assert list(map(without_comments, english)) == list(map(without_comments, chinese))


def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    outcomes = run(find_inputs(["samples"]), Path("out"), RunSettings())
    assert {done.status for done in outcomes} == {"ok"}, outcomes
    one, many = blocks("README.md", "python")
    names: dict[str, object] = {}
    exec(one, names)
    exec(many.replace("duckdb.sql", "rows = duckdb.sql"), names)
    rows = names["rows"].fetchall()  # type: ignore[attr-defined]
    assert rows
    assert all(
        amount is None or amount.as_tuple().exponent == -2 for *_, amount, _, _, _, _ in rows
    )
