"""Corrections files that people edit by hand, in a hurry, and several at once."""

import json
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.corrections.apply import apply_corrections, correction_findings
from yusuan.corrections.file import add_correction, read_corrections, to_line
from yusuan.corrections.model import Correction, CorrectionError
from yusuan.normalize.model import Record
from yusuan.schemas.loader import load

SCHEMAS = load()
FIGURE = Record(
    "expenditure",
    {
        "table_id": "T000", "row_id": "T000:0:1", "fund_scope": "all", "measure": "total",
        "func_code": "204", "amount_yuan": Decimal("100.00"), "amount_text": "100",
        "published_decimals": 2, "check_ids": ("C1",), "value_status": "published",
    },
)  # fmt: skip
ONE = Correction(
    "d" * 64, "expenditure", "T000:0:1", "amount_yuan", "correct", "100.00", "110.00",
    "li", "2026-11-23", "the page says 110",
)  # fmt: skip


def states(*ones: Correction, record: Record = FIGURE) -> list[str]:
    return [one.state for one in apply_corrections([record], ones, SCHEMAS).outcomes]


def test_who_decides_again_means_the_later_decision() -> None:
    result = apply_corrections([FIGURE], [ONE, replace(ONE, new="120.00")], SCHEMAS)
    assert result.records[0].values["amount_yuan"] == Decimal("120.00")
    (finding,) = correction_findings(result.outcomes)
    assert finding.code == "correction-applied" and "1 earlier by li" in finding.note


def test_two_reviewers_who_write_the_same_number_differently_agree() -> None:
    assert states(ONE, replace(ONE, who="wang", new="110")) == ["applied", "applied"]
    assert states(ONE, replace(ONE, who="wang", action="accept")) == ["conflict", "conflict"]


def test_a_decision_on_an_old_reading_is_stale_beside_one_on_the_new() -> None:
    now = FIGURE._replace(values={**FIGURE.values, "amount_yuan": Decimal("105.00")})
    again = replace(ONE, who="wang", old="105.00", new="111.00")
    assert states(ONE, again, record=now) == ["stale", "applied"]


@pytest.mark.parametrize(
    "change",
    [
        {"column": "check_ids", "old": "C1", "new": "C2"},
        {"column": "amount_text", "old": "100", "new": "110"},
        {"column": "row_id", "old": "T000:0:1", "new": "T000:0:2"},
        {"column": "measure", "old": "total", "new": None},
        {"column": "measure", "old": "total", "new": "anything"},
        {"column": "published_decimals", "old": "2", "new": "300"},
        {"new": "1e999999999"},
        {"new": "999999999999999999999.99"},
        {"new": "0.001"},
        {"new": "NaN"},
        {"new": "-Infinity"},
        {"new": "twelve"},
        {"table": "nothing"},
        {"column": "nothing"},
    ],
)
def test_what_cannot_be_taken_is_an_orphan_and_changes_nothing(change: dict[str, str]) -> None:
    result = apply_corrections([FIGURE], [replace(ONE, **change)], SCHEMAS)  # type: ignore[arg-type]
    assert [one.state for one in result.outcomes] == ["orphan"]
    assert result.records == (FIGURE,) and not result.figures


def test_a_project_is_reassigned_and_not_corrected() -> None:
    values = {
        "table_id": "T1",
        "row_id": "T1:0",
        "project_id": "T1:P0",
        "value_status": "published",
    }
    row = Record("project_indicators", values)
    one = replace(
        ONE, table="project_indicators", row="T1:0", column="project_id", old="T1:P0", new="T1:P1"
    )
    assert states(one, record=row) == ["orphan"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_word_on_a_name_leaves_the_corrected_amount_marked(order: tuple[int, int]) -> None:
    both = [ONE, replace(ONE, column="func_code", action="accept", old="204", new=None)]
    result = apply_corrections([FIGURE], [both[at] for at in order], SCHEMAS)
    assert result.figures == {("expenditure", "T000:0:1"): "correct"}


@given(st.text(min_size=1).filter(str.strip))
def test_any_reason_is_read_back(tmp_path_factory: pytest.TempPathFactory, why: str) -> None:
    path = tmp_path_factory.mktemp("c") / "c.jsonl"
    ones = (replace(ONE, why=why), replace(ONE, why="a\u2028b\x85c\x0bd"))
    for one in ones:
        add_correction(path, one)
    assert read_corrections(path) == ones


def test_windows_line_ends_and_a_bom_are_read(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\xef\xbb\xbf# ours\r\n\r\n" + to_line(ONE).encode() + b"\r\n")
    assert read_corrections(path) == (ONE,)


def test_half_a_character_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps({**json.loads(to_line(ONE)), "why": "\ud800"}), encoding="utf-8")
    with pytest.raises(CorrectionError, match=r"c\.jsonl:1: why holds half a character"):
        read_corrections(path)


def test_two_who_write_at_once_keep_every_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"

    def write(who: str) -> None:
        for number in range(50):
            add_correction(path, replace(ONE, who=who, why=f"{number} " + "长" * 2000))

    threads = [threading.Thread(target=write, args=(who,)) for who in ("li", "wang")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_corrections(path)) == 100
