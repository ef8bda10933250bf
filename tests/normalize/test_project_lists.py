"""Lists of projects as places print them whose books were not at hand."""

from yusuan.normalize.document import normalize

LIST_OF_PROJECTS = [
    ["单位代码", "某种名称", "资金总额", "一级指标", "二级指标", "三级指标", "指标值"],
    ["305", "某甲项目", "9.00", "产出指标", "数量指标", "场次", "20"],
    ["^", "^", "^", "^", "质量指标", "合格率", "95"],
    ["305", "某乙项目", "8.00", "产出指标", "数量指标", "人次", "20"],
]


def test_a_list_of_projects_with_an_unknown_column_of_names_is_no_form_of_one_project(read_one):
    found, told = read_one(LIST_OF_PROJECTS, "项目支出绩效目标表", "单位：万元")
    assert "projects" not in found
    assert "header-unknown" in told


def test_a_list_of_projects_under_units_and_special_funds(read_one):
    head = [*LIST_OF_PROJECTS[0]]
    head[1] = "单位（专项）名称"
    found, _ = read_one([head, *LIST_OF_PROJECTS[1:]], "项目支出绩效目标表", "单位：万元")
    assert [p["project_name"] for p in found["projects"]] == ["某甲项目", "某乙项目"]
    assert len(found["project_indicators"]) == 3


def test_goals_reached_are_no_goals(read_one):
    found, told = read_one(LIST_OF_PROJECTS, "2022年度项目支出绩效自评表", "单位：万元")
    assert not found.keys() & {"projects", "project_indicators"}
    assert "title-out-of-scope" in told


def repeated(name, total, indicator, goal="做好工作。"):
    return [name, total, goal, "产出指标", "数量指标", indicator, "≥", "2", "次"]


PROJECT_HEAD = ["项目名称", "预算金额", "年度绩效目标", "一级指标", "二级指标", "三级指标",
                "指标性质", "指标值", "计量单位"]  # fmt: skip


def test_a_project_printed_again_beside_each_indicator_is_one_project(read_one):
    found, told = read_one(
        [
            PROJECT_HEAD,
            repeated("甲项目", "9.00", "场次"),
            repeated("甲项目", "9.00", "人次"),
            repeated("乙项目", "8.00", "场次"),
            repeated("乙项目", "8.00", "人次"),
            repeated("乙项目", "7.00", "次数"),
        ],
        "项目支出绩效目标表",
        "单位：万元",
    )
    named = [(p["project_name"], p["total_text"]) for p in found["projects"]]
    assert named == [("甲项目", "9.00"), ("乙项目", "8.00"), ("乙项目", "7.00")]
    owners = [i["project_id"] for i in found["project_indicators"]]
    ids = [p["project_id"] for p in found["projects"]]
    assert owners == [ids[0], ids[0], ids[1], ids[1], ids[2]]
    assert {i["owner_status"] for i in found["project_indicators"]} == {"printed"}
    assert not told & {"cell-unaccounted"}


def test_equal_rows_with_the_same_indicator_stay_two_projects(read_one):
    rows = [PROJECT_HEAD, *[repeated("甲项目", "9.00", "场次")] * 2]
    found, _ = read_one(rows, "项目支出绩效目标表", "单位：万元")
    assert len(found["projects"]) == 2


LEVEL_HEAD = ["项目名称", "项目总额", "一级指标", "二级指标", "三级指标", "指标值"]


def level_rows(table, page, document, index, below):
    above = table(
        [
            LEVEL_HEAD,
            ["甲项目", "9.00", "产出指标", "数量指标", "场次", "20"],
            ["^", "^", "^", "质量指标", "合格率", "95"],
        ],
        caption=["项目支出绩效目标表", "单位：万元"],
    )
    result = normalize(document(page(above), page(table(below, page=2), number=2)), index)
    rows = [r.values for r in result.records if r.table == "project_indicators"]
    return [(r["level1"], r["level3"]) for r in rows]


def test_a_blank_level_at_a_pages_head_is_the_rest_of_the_one_above(table, page, document, index):
    below = [
        ["", "", "", "时效指标", "按期率", "100"],
        ["^", "^", "效益指标", "社会效益指标", "知晓率", "90"],
    ]
    assert level_rows(table, page, document, index, below)[2:] == [
        ("产出指标", "按期率"),
        ("效益指标", "知晓率"),
    ]


def test_a_blank_level_beside_a_project_that_begins_there_stays_blank(table, page, document, index):
    below = [
        ["乙项目", "8.00", "", "时效指标", "按期率", "100"],
        ["^", "^", "效益指标", "社会效益指标", "知晓率", "90"],
    ]
    assert level_rows(table, page, document, index, below)[2] == (None, "按期率")


def test_the_column_with_signs_is_the_nature_beside_one_of_directions(read_one):
    found, told = read_one(
        [
            ["项目名称", "预算金额", "一级指标", "二级指标", "三级指标", "指标方向", "计算符号",
             "指标值", "分值"],
            ["甲项目", "9.00", "产出指标", "数量指标", "场次", "正向指标", "≥", "20", "10"],
            ["^", "^", "^", "质量指标", "合格率", "反向指标", "≤", "5", "10"],
        ],
        "项目支出绩效目标表",
        "单位：万元",
    )  # fmt: skip
    assert [i["nature"] for i in found["project_indicators"]] == ["≥", "≤"]
    assert "cell-unaccounted" not in told


def test_the_sum_of_all_projects_from_the_column_of_numbers_on_is_no_project(read_one):
    found, told = read_one(
        [
            ["序号", "项目名称", "预算金额", "绩效目标"],
            ["1", "甲项目", "9.00", "做好工作。"],
            ["2", "乙项目", "8.00", "做好工作。"],
            ["合计", "<", "17.00", ""],
        ],
        "项目支出绩效目标表",
        "单位：万元",
    )
    assert [p["total_text"] for p in found["projects"]] == ["9.00", "8.00"]
    assert "project-amount-repeated" not in told
