"""identities.csv: complete, checked on loading, and all of it in use."""

import re
import shutil
from pathlib import Path

import pytest

from yusuan.schemas.loader import FOLDER, load
from yusuan.schemas.model import SchemaError

ROOT = Path(__file__).resolve().parents[2]


def test_every_identity_of_the_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "yusuan/prove").glob("*.py"))
    quoted = set(
        re.findall(
            r'"((?:row|column|list|lines|cross|three_public|project|goal|narrative|body|detail)'
            r'\.[^" ]+)"',
            code,
        )
    )
    named = {q for q in quoted if "{" not in q}
    made = {re.sub(r"\\{\w+\\}", r"\\w+", re.escape(q)) for q in quoted if "{" in q}
    identities = load().identities
    assert named <= identities.keys()
    for identity in identities.values():
        is_made = any(re.fullmatch(pattern, identity.id) for pattern in made)
        assert identity.id in named or is_made or identity.twins, identity.id


def test_twins_are_read_from_their_formula() -> None:
    assert load().identities["twin.30110"].twins == ("30110", ("2101101", "2101102"))
    assert not load().identities["twin.30110"].is_hard
    assert load().identities["row.total=basic+project"].kinds == ("budget", "final")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("30109 = 2080506", "30109 is 2080506", "expected 30110 = 2101101 + 2101102"),
        (",twin,basic_expenditure|", ",twins,basic_expenditure|", "scope 'twins' is not allowed"),
        ("total = Σ details,both,hard", "total = Σ details,both,firm", "strength 'firm'"),
        ("list.procurement", "List procurement", "id 'List procurement'"),
        (",column,procurement,", ",column,purchases,", "target 'purchases' is not allowed"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "identities.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=r"identities\.csv:\d+: ") as error:
        load(folder)
    assert told in str(error.value)
