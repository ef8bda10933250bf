"""The reviewed data files load, hold the contract, and say what is wrong with a bad line."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path

import pytest

from yusuan.schemas import SchemaError, load
from yusuan.schemas.loader import FOLDER
from yusuan.schemas.model import Schemas

TABLES = {
    "documents", "tables", "summary", "revenue", "expenditure", "basic_expenditure",
    "three_public", "procurement", "purchased_services", "projects", "project_indicators",
    "department_goals", "department_indicators", "amount_details", "narrative_facts", "checks",
    "findings", "cells",
}  # fmt: skip
FAMILIES = {
    "summary", "revenue_fn", "expenditure_fn", "procurement", "fiscal_summary", "general_fn",
    "basic_econ", "fund_fn", "capital_fn", "three_public", "purchased_service", "project_perf",
    "dept_perf", "revenue_detail", "expenditure_detail", "basic_detail", "project_detail",
    "procurement_detail", "running_cost", "fund_balance",
}  # fmt: skip
FACTS = TABLES - {"documents", "tables", "checks", "findings", "cells"}
MONEY_FACTS = {
    "summary", "revenue", "expenditure", "basic_expenditure", "three_public", "procurement",
    "purchased_services", "amount_details", "narrative_facts",
}  # fmt: skip
DOCUMENTS = {
    "doc_id", "source", "file_name", "status", "error", "publisher", "parent_department",
    "province", "city", "district", "doc_scope", "doc_kind", "fiscal_year", "page_count",
    "producer", "text_layer", "n_tables", "n_amounts", "n_proved", "tool_version",
}  # fmt: skip


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data files, to be spoilt."""
    for path in sorted(FOLDER.rglob("*.csv")):
        target = tmp_path / path.relative_to(FOLDER)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def columns_of(schemas: Schemas, table: str) -> set[str]:
    return {c.name for c in schemas.tables[table].columns}


def complaint(folder: Path) -> str:
    with pytest.raises(SchemaError) as caught:
        load(folder)
    return str(caught.value)


def append(folder: Path, file: str, *fields: str) -> int:
    """Add a line to a data file; returns its number."""
    path = folder / file
    with path.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerow(fields)
    return len(path.read_text(encoding="utf-8").splitlines())


def test_contract_tables_and_families(schemas: Schemas) -> None:
    assert set(schemas.tables) == TABLES
    assert set(schemas.families) == FAMILIES


def test_contract_columns_of_documents_and_facts(schemas: Schemas) -> None:
    assert columns_of(schemas, "documents") >= DOCUMENTS
    for table in FACTS:
        assert {"doc_id", "table_id", "row_id", "page_no", "cell_id"} <= columns_of(schemas, table)
    for table in MONEY_FACTS:
        types = {c.name: c.type for c in schemas.tables[table].columns}
        assert types["amount_yuan"] == "decimal128(20,2)", table
        money = {"amount_text", "published_unit", "published_decimals", "value_status", "proof"}
        assert money | {"check_ids"} <= set(types), table


def test_contract_vocabularies(schemas: Schemas) -> None:
    values = {
        (t.name, c.name): c.values for t in schemas.tables.values() for c in t.columns if c.values
    }
    assert values["documents", "status"] == ("ok", "partial", "failed")
    assert values["expenditure", "proof"] == (
        "proved", "proved_multi", "agreed", "single", "source_inconsistent", "suspect",
        "corrected", "recognised",
    )  # fmt: skip
    assert values["summary", "value_status"] == (
        "published", "blank", "zero", "dash", "inferred", "corrected",
    )  # fmt: skip
    assert values["revenue", "published_unit"] == ("元", "千元", "万元", "百万元", "亿元")


@pytest.mark.shared
def test_every_column_of_the_contract_is_kept(schemas: Schemas, shared_dir: Path) -> None:
    with (shared_dir / "schema.csv").open(encoding="utf-8", newline="") as file:
        contract = list(csv.DictReader(file))
    assert len(contract) > 200
    for row in contract:
        column = next(c for c in schemas.tables[row["table"]].columns if c.name == row["column"])
        assert (column.type, column.label_zh) == (row["type"], row["label_zh"]), row


def test_loads_fast() -> None:
    load(FOLDER)
    best = min(_seconds() for _ in range(5))
    assert best < 0.2, "a worker loads the schemas when it starts"


def _seconds() -> float:
    start = time.perf_counter()
    load(FOLDER)
    return time.perf_counter() - start


def test_version_follows_the_files(schemas: Schemas, folder: Path) -> None:
    assert load(folder).version == schemas.version
    append(folder, "vocabularies.csv", "total_word", "共计", "")
    assert load(folder).version != schemas.version


LINES = [
    ("tables.csv", ("cells", "格", "Cells", "x", "", ""), "table 'cells' stands in line 19"),
    ("tables.csv", ("ghost", "无", "Ghost", "x", "", ""), "has no line in columns.csv"),
    ("tables.csv", ("ghost", "", "Ghost", "x", "", ""), "title_zh is empty"),
    ("tables.csv", ("ghost", "无", "Ghost", "x", "nowhere", ""), "key 'nowhere' must be a column"),
    ("columns.csv", ("ghost", "a", "string", "甲", "a", "m", "yes", "", ""), "'ghost' is unknown"),
    ("columns.csv", ("cells", "Bad", "string", "甲", "a", "m", "yes", "", ""), "small letters"),
    ("columns.csv", ("cells", "a", "text", "甲", "a", "m", "yes", "", ""), "type 'text' is not"),
    ("columns.csv", ("cells", "a", "string", "甲", "", "m", "yes", "", ""), "label_en of cells.a"),
    ("columns.csv", ("cells", "a", "string", "甲", "a", "m", "True", "", ""), "nullable 'True'"),
    ("columns.csv", ("cells", "a", "int32", "甲", "a", "m", "no", "1|2", ""), "only a string"),
    ("columns.csv", ("cells", "a", "string", "甲", "a", "m", "no", "x|x", ""), "repeated entry"),
    ("columns.csv", ("cells", "row", "int32", "甲", "a", "m", "no", "", ""), "stands in line"),
    (
        "families.csv",
        ("new", "ghost", "matrix", "", "新", "New", "", "", ""),
        "table 'ghost' is unknown",
    ),
    (
        "families.csv",
        ("new", "summary", "round", "", "新", "New", "", "", ""),
        "layout 'round'; expected",
    ),
    (
        "families.csv",
        ("new", "summary", "lanes", "gold", "新", "New", "", "", ""),
        "fund_scope 'gold'",
    ),
    ("titles.csv", ("某新表", "ghost", "", "", "", ""), "family 'ghost' is not allowed"),
    ("titles.csv", ("某新表", "-", "", "", "", ""), "family '-' needs a reason"),
    ("titles.csv", ("某 新表", "summary", "", "", "", ""), "has a space"),
    ("titles.csv", ("“三公”经费新表", "three_public", "", "", "", ""), "quotation mark"),
    ("titles.csv", ("新表(一)", "summary", "", "", "", ""), "half-width punctuation"),
    ("titles.csv", ("新表Ａ", "summary", "", "", "", ""), "full-width 'Ａ'"),
    ("titles.csv", ("2026年新表", "summary", "", "", "", ""), "starts with a year"),
    ("titles.csv", ("部门新表", "summary", "", "", "", ""), "a word that is stripped"),
    ("titles.csv", ("某新表", "summary", "plan", "", "", ""), "kind 'plan' is not allowed"),
    ("titles.csv", ("某新表", "summary", "", "gold", "", ""), "fund_scope 'gold' is not allowed"),
    ("titles.csv", ("收支总表", "summary", "", "", "", ""), "suffix '收支总表' stands in line"),
    ("headers.csv", ("ghost", "新", "role=seq", ""), "family 'ghost' is not allowed"),
    ("headers.csv", ("summary", "新", "role=king", ""), "role 'king' is not allowed"),
    ("headers.csv", ("summary", "新", "colour=red", ""), "attribute 'colour' is not allowed"),
    ("headers.csv", ("summary", "新", "role", ""), "attribute 'role'; expected name=value"),
    ("headers.csv", ("summary", "新", "role=seq;role=seq", ""), "'role' is given twice"),
    ("headers.csv", ("summary", "新", "role=ignore", ""), "needs reason"),
    ("headers.csv", ("summary", "新", "role=ignore;reason=Old!", ""), "reason 'Old!'"),
    ("headers.csv", ("summary", "新", "measure=gold", ""), "measure for table 'summary' 'gold'"),
    ("headers.csv", ("procurement", "新", "measure=total", ""), "has no column 'measure'"),
    ("headers.csv", ("dept_perf", "新", "role=field;field=x", ""), "field 'x' is not allowed"),
    ("headers.csv", ("summary", "*", "role=seq", ""), "needs a header text before '*'"),
    ("headers.csv", ("summary", "新/*/旧", "role=seq", ""), "'*' in the middle"),
    ("headers.csv", ("summary", "新：", "role=seq", ""), "ends with a colon"),
    ("headers.csv", ("summary", "新（万元）", "role=seq", ""), "ends with a unit"),
    ("headers.csv", ("summary", "新//旧", "role=seq", ""), "path segment is empty"),
    ("headers.csv", ("*", "序号", "role=seq", ""), "path '序号' for '*' stands in line"),
    ("labels.csv", ("ghost", "新", "line_kind=source", ""), "family 'ghost' is not allowed"),
    ("labels.csv", ("summary", "一、新", "line_kind=source", ""), "starts with an ordinal"),
    ("labels.csv", ("summary", "新", "line_kind=gold", ""), "line_kind for table 'summary'"),
    ("labels.csv", ("summary", "新", "func_code=20401", ""), "expected three digits"),
    ("codes/functional.csv", ("20A", "新", "", ""), "code '20A'; expected 3 or 5 or 7 digits"),
    ("codes/econ_dept.csv", ("30101A", "新", "", ""), "expected 3 or 5 or 7 digits"),
    ("codes/econ_gov.csv", ("509", "", "", ""), "code '509'"),
    ("codes/econ_gov.csv", ("598", "", "", ""), "code 598 has no name"),
    ("codes/econ_map.csv", ("30101", "50101", ""), "gov_code '30101'; expected five digits"),
    ("vocabularies.csv", ("total_word", "", ""), "name or value is empty"),
    ("vocabularies.csv", ("total_word", "合计", ""), "stands in line"),
    ("findings.csv", ("Bad", "info", "m", "义", "do"), "small letters joined by '-'"),
    ("findings.csv", ("bad", "fatal", "m", "义", "do"), "severity 'fatal' is not allowed"),
    ("findings.csv", ("bad", "info", "m", "", "do"), "meaning_zh of 'bad' is empty"),
    ("findings.csv", ("bad", "info"), "2 fields; expected 5"),
]


@pytest.mark.parametrize(
    ("file", "fields", "expected"), LINES, ids=[f"{f}-{e}" for f, _, e in LINES]
)
def test_a_bad_line_is_named(
    folder: Path, file: str, fields: tuple[str, ...], expected: str
) -> None:
    line = append(folder, file, *fields)
    said = [text for text in complaint(folder).splitlines() if text.startswith(f"{file}:{line}: ")]
    assert any(expected in text for text in said), said


def test_all_problems_are_named_at_once(folder: Path) -> None:
    first = append(folder, "headers.csv", "summary", "新", "role=king", "")
    second = append(folder, "titles.csv", "某新表", "ghost", "", "", "", "")
    text = complaint(folder)
    assert text.startswith("2 problems")
    assert f"headers.csv:{first}: " in text
    assert f"titles.csv:{second}: " in text


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "codes" / "econ_gov.csv").unlink()
    assert "codes/econ_gov.csv:1: file is missing" in complaint(folder)


def test_a_wrong_header_line_is_named(folder: Path) -> None:
    path = folder / "labels.csv"
    path.write_text(path.read_text("utf-8").replace("families", "family", 1), "utf-8")
    assert "labels.csv:1: columns are family," in complaint(folder)


def test_another_encoding_is_named(folder: Path) -> None:
    """Excel on a Chinese Windows saves GBK unless told otherwise."""
    path = folder / "labels.csv"
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    assert "labels.csv:2: not UTF-8" in complaint(folder)


def test_excels_utf8_mark_and_line_ends_are_accepted(folder: Path, schemas: Schemas) -> None:
    path = folder / "labels.csv"
    text = path.read_text("utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(folder).labels == schemas.labels


def test_a_missing_vocabulary_is_named(folder: Path) -> None:
    path = folder / "vocabularies.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("nature,")), "utf-8")
    assert "vocabularies.csv:1: vocabulary 'nature' has no line" in complaint(folder)


def test_no_machine_paths_in_the_files() -> None:
    for path in FOLDER.rglob("*.csv"):
        text = path.read_text("utf-8")
        assert "/work" not in text, path.name
        assert "/tmp" not in text, path.name
