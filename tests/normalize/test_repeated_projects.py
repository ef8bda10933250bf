"""Projects listed in two tables of one book."""

from decimal import Decimal

from yusuan.normalize.model import Record
from yusuan.normalize.repeated_projects import mark_repeated


def project(table, number, name, total="10.00", **more):
    values = {
        "table_id": table, "project_id": f"{table}:P{number}", "project_name": name,
        "total_yuan": Decimal(total), **more,
    }  # fmt: skip
    return Record("projects", values)


def repeated(*projects):
    records, findings = mark_repeated(projects)
    return [r.values.get("repeated_project_id") for r in records], [f.code for f in findings]


def test_the_second_list_names_the_first():
    both = repeated(project("T1", 1, "甲"), project("T1", 2, "乙"), project("T2", 1, "甲"))
    assert both == ([None, None, "T1:P1"], ["projects-repeated"])


def test_a_unit_may_stand_behind_the_name():
    first = project("T1", 1, "购置费", budget_unit_name="某研究院")
    other = project("T1", 2, "购置费", budget_unit_name="某检验所")
    assert repeated(other, first, project("T2", 1, "购置费（某研究院）"))[0][2] == "T1:P1"
    assert repeated(other, project("T2", 1, "购置费（某研究院）")) == ([None, None], [])


def test_equal_rows_of_one_table_and_other_units_codes_or_totals_stay():
    one = project("T1", 1, "甲", budget_unit_name="某院", project_code="1")
    for same in (
        project("T1", 2, "甲"),
        project("T2", 1, "甲", budget_unit_name="某所"),
        project("T2", 1, "甲", project_code="2"),
        project("T2", 1, "甲", total="11.00"),
    ):
        assert repeated(one, same) == ([None, None], [])
    zero = project("T1", 1, "甲", total="0.00")
    assert repeated(zero, project("T2", 1, "甲", total="0.00"))[0] == [None, None]


def test_each_project_is_repeated_once():
    found, _ = repeated(project("T1", 1, "甲"), project("T2", 1, "甲"), project("T2", 2, "甲"))
    assert found == [None, "T1:P1", None]
