"""Decisions of reviewers: kept in a file, applied to records, never to what they did not see."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.convert import convert
from yusuan.corrections.apply import apply_corrections, correction_findings, value_text
from yusuan.corrections.file import add_correction, by_document, read_corrections, to_line
from yusuan.corrections.model import Correction, CorrectionError
from yusuan.normalize.model import Record
from yusuan.result import Settings
from yusuan.schemas.loader import load

SCHEMAS = load()
DOC = "d" * 64


def figure(row: str = "T000:0:1", amount: str = "100.00", text: str = "100.00") -> Record:
    values = {
        "table_id": "T000",
        "row_id": row,
        "measure": "total",
        "func_code": "204",
        "amount_yuan": Decimal(amount),
        "amount_text": text,
        "value_status": "published",
    }
    return Record("expenditure", values)


def decision(**changes: object) -> Correction:
    one = Correction(
        DOC, "expenditure", "T000:0:1", "amount_yuan", "correct", "100.00", "110.00",
        "li", "2026-11-23", "the page says 110",
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def test_a_correction_changes_the_value_and_keeps_what_was_published() -> None:
    result = apply_corrections([figure(), figure("T000:1:1")], [decision()], SCHEMAS)
    changed, other = result.records
    assert changed.values["amount_yuan"] == Decimal("110.00")
    assert changed.values["value_status"] == "corrected"
    assert changed.values["amount_text"] == "100.00"
    assert other == figure("T000:1:1")
    assert [one.state for one in result.outcomes] == ["applied"]
    assert result.figures == {("expenditure", "T000:0:1"): "correct"}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"old": "99.00"}, "stale"),
        ({"old": None}, "stale"),
        ({"old": "100"}, "applied"),  # the same number
        ({"row": "T000:9:9"}, "orphan"),
        ({"column": "nothing"}, "orphan"),
        ({"column": "row_id", "old": "T000:0:1"}, "orphan"),
        ({"new": "abc"}, "orphan"),
        ({"new": "1.005"}, "orphan"),
        ({"new": "1,234.50"}, "applied"),
        ({"new": None}, "applied"),
        ({"column": "func_code", "old": "204", "new": "205"}, "applied"),
        ({"column": "measure", "old": "total", "new": "no such"}, "orphan"),
        ({"action": "publisher_error", "new": None}, "applied"),
    ],
)
def test_a_decision_is_applied_only_to_what_the_reviewer_saw(
    change: dict[str, object], state: str
) -> None:
    result = apply_corrections([figure()], [decision(**change)], SCHEMAS)
    assert [one.state for one in result.outcomes] == [state]
    if state != "applied":
        assert result.records == (figure(),)
        assert result.outcomes[0].note


def test_accepting_changes_nothing() -> None:
    for action in ("accept", "publisher_error"):
        result = apply_corrections([figure()], [decision(action=action, new=None)], SCHEMAS)
        assert result.records == (figure(),)
        assert result.figures == {("expenditure", "T000:0:1"): action}


def test_decisions_that_contradict_each_other_are_not_applied() -> None:
    both = [decision(), decision(new="120.00", who="wang")]
    result = apply_corrections([figure()], both, SCHEMAS)
    assert [one.state for one in result.outcomes] == ["conflict", "conflict"]
    assert result.records == (figure(),)
    assert "li" in result.outcomes[0].note and "wang" in result.outcomes[0].note


def test_the_same_decision_twice_is_no_conflict() -> None:
    result = apply_corrections([figure()], [decision(), decision(who="wang")], SCHEMAS)
    assert {one.state for one in result.outcomes} == {"applied"}


def indicator(project: str) -> Record:
    return Record(
        "project_indicators",
        {
            "table_id": "T001",
            "row_id": "T001:3",
            "project_id": project,
            "owner_status": "ambiguous",
        },
    )


def test_an_indicator_is_given_to_another_project_of_the_document() -> None:
    records = [
        Record("projects", {"row_id": "T001:0", "project_id": "T001:P0"}),
        Record("projects", {"row_id": "T001:5", "project_id": "T001:P1"}),
        indicator("T001:P0"),
    ]
    one = decision(
        table="project_indicators", row="T001:3", column="project_id", action="reassign",
        old="T001:P0", new="T001:P1",
    )  # fmt: skip
    result = apply_corrections(records, [one], SCHEMAS)
    assert result.records[2].values["project_id"] == "T001:P1"
    assert result.records[2].values["owner_status"] == "reviewed"
    nowhere = apply_corrections(records, [replace(one, new="T001:P9")], SCHEMAS)
    assert [outcome.state for outcome in nowhere.outcomes] == ["orphan"]


def test_every_decision_is_a_finding_with_who_and_why() -> None:
    ones = [decision(), decision(row="T000:9:9")]
    findings = correction_findings(apply_corrections([figure()], ones, SCHEMAS).outcomes)
    assert [one.code for one in findings] == ["correction-applied", "correction-orphan"]
    assert findings[0].evidence == "li, 2026-11-23: the page says 110"
    assert (findings[0].before, findings[0].after) == ("100.00", "110.00")
    assert all(one.code in SCHEMAS.findings for one in findings)


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "corrections.jsonl"
    ones = [decision(), decision(why='"quoted"\nand more', new=None)]
    for one in ones:
        add_correction(path, one)
    assert read_corrections(path) == tuple(ones)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    assert by_document(read_corrections(path)) == {DOC: tuple(ones)}


def test_a_file_without_a_last_newline_is_continued_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("# decisions\n\n" + to_line(decision()), encoding="utf-8")
    add_correction(path, decision(new="1.00"))
    assert len(read_corrections(path)) == 2


@given(st.text(), st.text(min_size=1).filter(str.strip))
def test_any_text_is_kept_on_one_line(old: str, why: str) -> None:
    line = to_line(decision(old=old, why=why))
    assert "\n" not in line and json.loads(line)["old"] == old


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "c.jsonl:1: not a JSON object"),
        ("[]", "c.jsonl:1: not a JSON object"),
        ("{}", "doc_id, table"),
        (to_line(decision()).replace('"correct"', '"mend"'), "accept, correct"),
        (to_line(decision(why=" ")), "why is empty"),
        (to_line(decision(action="reassign")), "only project_id"),
        (to_line(decision()).replace('"who": "li"', '"who": 3'), "who must be text"),
        (to_line(decision())[:-1] + ', "more": "x"}', "unknown field 'more'"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CorrectionError, match=r"c\.jsonl:1") as error:
        read_corrections(path)
    assert told in str(error.value)


def test_values_as_text() -> None:
    assert value_text(Decimal("1E+3")) == "1000"
    assert value_text(None) is None
    assert value_text(("a", "b")) == "a;b"
    assert value_text(True) == "true"


def test_converting_with_decisions_proves_anew(samples_dir: Path) -> None:
    path = samples_dir / "seed-report.pdf"
    before = convert(path)
    rows = before.tables["expenditure"].to_pylist()
    row = next(r for r in rows if r["proof"] == "proved_multi" and r["amount_yuan"])
    wrong = decision(
        doc_id=before.doc_id, row=row["row_id"].removeprefix(f"{before.doc_id}:"),
        old=f"{row['amount_yuan']:f}", new=f"{row['amount_yuan'] + 1000:f}",
    )  # fmt: skip
    after = convert(path, Settings(corrections=(wrong,)))
    changed = after.tables["expenditure"].to_pylist()
    now = next(r for r in changed if r["row_id"] == row["row_id"])
    assert now["amount_yuan"] == row["amount_yuan"] + 1000
    assert (now["value_status"], now["proof"]) == ("corrected", "corrected")
    assert now["amount_text"] == row["amount_text"]
    failed = {r["check_id"] for r in after.tables["checks"].to_pylist() if r["status"] == "failed"}
    assert failed & set(row["check_ids"])
    assert after.tables["cells"] == before.tables["cells"]
    n_proved = [one.tables["documents"]["n_proved"][0].as_py() for one in (before, after)]
    assert n_proved[1] < n_proved[0]


def test_a_publishers_error_is_blamed_and_kept(samples_dir: Path) -> None:
    path = samples_dir / "seed-report.pdf"
    before = convert(path)
    checks = [c for c in before.tables["checks"].to_pylist() if c["status"] == "failed"]
    rows = before.tables["summary"].to_pylist()
    row = next(
        r
        for r in rows
        if r["amount_yuan"] and set(r["check_ids"] or ()) & {c["check_id"] for c in checks}
    )
    one = decision(
        doc_id=before.doc_id, table="summary", row=row["row_id"].removeprefix(f"{before.doc_id}:"),
        action="publisher_error", old=f"{row['amount_yuan']:f}", new=None,
    )  # fmt: skip
    after = convert(path, Settings(corrections=(one,)))
    now = next(
        r
        for r in after.tables["summary"].to_pylist()
        if r["row_id"] == row["row_id"] and r["value_status"] == "published"
    )
    assert now["proof"] == "source_inconsistent" and now["amount_yuan"] == row["amount_yuan"]
    blamed = {c["check_id"]: c["blame"] for c in after.tables["checks"].to_pylist()}
    mine = [c["check_id"] for c in checks if c["check_id"] in row["check_ids"]]
    assert mine and all(blamed[check] == "publisher" for check in mine)
    codes = after.tables["findings"]["code"].to_pylist()
    assert codes.count("correction-applied") == 1
