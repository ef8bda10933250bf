"""项目支出绩效表 and 部门整体支出绩效目标表 over the samples: owners, levels, values, amounts."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from .oracle import NAMES, SAMPLES, TrueTable, golden, known, squeezed, true_tables

PROJECT_TABLES = true_tables("project_perf")
FORMS = true_tables("dept_perf")
INDICATOR = ("level1", "level2", "level3", "nature", "value_text", "measure_unit")
PRINTED = ("一级指标", "二级指标", "三级指标", "绩效指标性质", "本年绩效指标值", "绩效度量单位")


def number(value: str | None) -> Decimal | None:
    try:
        return Decimal(value.replace(",", "")) if value else None
    except ArithmeticError:
        return None


def indicators_of(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of an indicator for a row of a golden."""
    texts = dict(zip(INDICATOR, (squeezed(row[c]) for c in PRINTED), strict=True))
    return {**texts, "value_num": number(texts["value_text"])}


def projects_of(table: TrueTable) -> dict[str, dict[str, Any]]:
    """The golden's projects by code, in printed order."""
    found: dict[str, dict[str, Any]] = {}
    for row in table.data["rows"]:
        found.setdefault(row["project_code"], row)
    return found


def records(converted: Any, table: TrueTable, target: str) -> list[dict[str, Any]]:
    return [r.values for r in converted(table.sample).of_table(table.number) if r.table == target]


# --- projects -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_projects_are_as_printed(table: TrueTable, converted: Any) -> None:
    found = records(converted, table, "projects")
    truth = projects_of(table)
    assert [p["project_code"] for p in found] == list(truth)
    for project in found:
        row = truth[project["project_code"]]
        assert project["project_name"] == row["project_name"]
        assert project["goal_text"] == squeezed(row["绩效目标"])
        assert project["published_unit"] == table.data["unit"]
        for kind, column in (
            ("total", "项目总额"),
            ("fiscal", "其中：/财政资金"),
            ("other", "其中：/其他资金"),
        ):
            text = row[column]
            assert project[f"{kind}_text"] == text
            yuan = None if text is None else Decimal(text.replace(",", "")) * 10_000
            assert project[f"{kind}_yuan"] == yuan
        assert project["value_status"] == "published"
        assert project["published_decimals"] == 6
    ids = [p["project_id"] for p in found]
    assert len(set(ids)) == len(ids)


def test_a_sample_has_eleven_projects_with_fifty_seven_indicators() -> None:
    sizes = {t.sample: (len(projects_of(t)), len(t.data["rows"])) for t in PROJECT_TABLES}
    assert sizes == {"seed-calc": (11, 57), "seed-report": (11, 57), "empty-set": (0, 0)}


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_no_indicator_is_lost_or_changed(table: TrueTable, converted: Any) -> None:
    """The printed rows in printed order, whoever owns them."""
    expected = [indicators_of(row) for row in table.data["rows"]]
    found = [
        {c: r.get(c) for c in (*INDICATOR, "value_num")}
        for r in records(converted, table, "project_indicators")
    ]
    assert found == expected


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_indicators_have_their_owners(table: TrueTable, converted: Any) -> None:
    owner_of = {p["project_id"]: p["project_code"] for p in records(converted, table, "projects")}
    found = records(converted, table, "project_indicators")
    # In the spreadsheet print the merged cell itself shows the owner; the reporting system
    # prints the moved rows apart from it.
    is_apart = table.sample == "seed-report"
    codes = list(projects_of(table))
    neighbours = dict(zip(codes[1:], codes, strict=False))  # the project before each one
    wrong = []
    for row, record in zip(table.data["rows"], found, strict=True):
        owner = owner_of.get(record["project_id"])
        allowed = {"printed", "inferred"}
        if is_apart and row["owner_changed"]:
            allowed = {"inferred"}
        if is_apart and row["ambiguous"]:
            allowed = {"ambiguous"}
        is_right = owner == row["project_code"] or (
            "ambiguous" in allowed and owner == neighbours[row["project_code"]]
        )
        if not is_right or record["owner_status"] not in allowed:
            wrong.append((row["三级指标"], row["project_code"], owner, record["owner_status"]))
        if not row["owner_changed"] and record["owner_status"] != "printed":
            wrong.append((row["三级指标"], "stands in its owner's cell", record["owner_status"]))
    assert not wrong


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_indicators_count_up_under_their_owner(table: TrueTable, converted: Any) -> None:
    found = records(converted, table, "project_indicators")
    for owner in {r["project_id"] for r in found}:
        own = [r["seq"] for r in found if r["project_id"] == owner]
        assert own == list(range(1, len(own) + 1))
    if not any(r["owner_status"] == "ambiguous" for r in found):
        assert [r["seq"] for r in found] == [r["indicator_seq"] for r in table.data["rows"]]


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_no_whole_text_is_called_clipped(table: TrueTable, converted: Any) -> None:
    found = records(converted, table, "project_indicators")
    marked = [
        row["三级指标"]
        for row, record in zip(table.data["rows"], found, strict=True)
        if record["text_clipped"] and not row["text_clipped"]
    ]
    assert not marked


@pytest.mark.parametrize(
    "table",
    known(
        PROJECT_TABLES,
        dict.fromkeys(
            ("seed-calc-10-project_perf", "seed-report-10-project_perf"),
            "the publisher cut these texts before printing: the file hides nothing to tell by",
        ),
    ),
    ids=str,
)
def test_clipped_texts_are_marked(table: TrueTable, converted: Any) -> None:
    found = records(converted, table, "project_indicators")
    missed = [
        row["三级指标"]
        for row, record in zip(table.data["rows"], found, strict=True)
        if row["text_clipped"] and not record["text_clipped"]
    ]
    assert not missed


# --- the department's form ----------------------------------------------------------------------


def printed_form() -> dict[str, Any]:
    """What the generator prints in the form's head (texts; the golden has its figures)."""
    data = json.loads((SAMPLES / "generators/data/seed.json").read_text(encoding="utf-8"))
    form: dict[str, Any] = next(t["form"] for t in data["tables"] if "form" in t)
    return form


@pytest.mark.parametrize("table", FORMS, ids=str)
def test_the_head_of_the_form(table: TrueTable, converted: Any) -> None:
    (goal,) = records(converted, table, "department_goals")
    truth = {a["column"]: a["text"] for a in table.data["amounts"]}
    for name, column in (
        ("budget_total", "预算支出总额"),
        ("fiscal_total", "财政拨款/合计"),
        ("fiscal_basic", "财政拨款/基本支出"),
        ("fiscal_project", "财政拨款/项目支出"),
        ("other_total", "其他资金/合计"),
        ("other_basic", "其他资金/基本支出"),
        ("other_project", "其他资金/项目支出"),
    ):
        text = truth.pop(column, None)
        assert goal[f"{name}_text"] == text, name
        yuan = None if text is None else Decimal(text.replace(",", "")) * 10_000
        assert goal[f"{name}_yuan"] == yuan, name
    assert not truth
    assert goal["published_unit"] == table.data["unit"]
    assert goal["published_decimals"] == 6
    assert goal["value_status"] == "published"
    form = printed_form()
    assert goal["department_name"] == golden(table.sample)["document"]["department"]
    assert goal["goal_text"] == squeezed(form["整体绩效目标"])
    assert goal["other_text"] is None


@pytest.mark.parametrize("table", FORMS, ids=str)
def test_the_indicators_of_the_form(table: TrueTable, converted: Any) -> None:
    columns = ("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位")
    expected = []
    for row in table.data["rows"]:
        texts = dict(zip(INDICATOR, (squeezed(row[c]) for c in columns), strict=True))
        expected.append({**texts, "activity": row["活动"], "value_num": number(row["指标值"])})
    rows = records(converted, table, "department_indicators")
    assert [{c: r.get(c) for c in expected[0]} for r in rows] == expected
    assert len(rows) == 18
    # An activity is one group or several, and no group mixes two activities.
    groups: dict[int, set[str]] = {}
    for row in rows:
        groups.setdefault(row["activity_group"], set()).add(row["activity"])
    assert all(len(names) == 1 for names in groups.values())
    assert [r["activity_group"] for r in rows] == sorted(r["activity_group"] for r in rows)
    for group in groups:
        seqs = [r["seq"] for r in rows if r["activity_group"] == group]
        assert seqs == list(range(1, len(seqs) + 1))


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_box_of_every_indicator_shows_it(name: str, converted: Any, text_in: Any) -> None:
    """By pdfplumber's glyphs, hidden ones included: the box contains the indicator's text."""
    wrong = []
    for record in converted(name).facts:
        if record.table not in {"project_indicators", "department_indicators"}:
            continue
        assert record.origin is not None
        assert record.origin.page == record.values["page_no"]
        text = text_in(name, record.origin.page, record.origin.box)
        level3 = record.values["level3"]
        if not text.endswith(level3):
            wrong.append((record.origin.key, level3, text))
    assert not wrong


@pytest.mark.parametrize("table", PROJECT_TABLES, ids=str)
def test_projects_of_the_goldens_are_all_placed_on_a_page_of_the_table(
    table: TrueTable, converted: Any, text_in: Any
) -> None:
    """The box of a project's record shows its amount: the cell that ``cell_id`` joins to."""
    for record in converted(table.sample).of_table(table.number):
        if record.table == "projects":
            assert record.origin is not None
            text = text_in(table.sample, record.origin.page, record.origin.box)
            assert record.values["total_text"] in text


@pytest.mark.parametrize("table", FORMS, ids=str)
def test_the_goal_is_placed_at_its_budget_total(
    table: TrueTable, converted: Any, text_in: Any
) -> None:
    (record,) = (
        r for r in converted(table.sample).of_table(table.number) if r.table == "department_goals"
    )
    text = text_in(table.sample, record.origin.page, record.origin.box)
    assert text == record.values["budget_total_text"]


@pytest.mark.parametrize("name", NAMES)
def test_no_performance_record_without_a_table(name: str, converted: Any) -> None:
    rows = Counter(r.table for r in converted(name).facts)
    truth = Counter()
    for table in true_tables("project_perf", "dept_perf"):
        if table.sample == name and table.family == "project_perf":
            truth["projects"] += len(projects_of(table))
            truth["project_indicators"] += len(table.data["rows"])
        elif table.sample == name:
            truth["department_goals"] += 1
            truth["department_indicators"] += len(table.data["rows"])
    for target in (
        "projects",
        "project_indicators",
        "department_goals",
        "department_indicators",
    ):
        assert rows[target] == truth[target]
