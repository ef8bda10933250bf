import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.normalize.codes import (
    econ_level,
    func_level,
    join_code_parts,
    project_code,
    split_code_name,
)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("2120101-行政运行", "2120101", "行政运行"),
        ("50101-工资奖金津补贴", "50101", "工资奖金津补贴"),
        ("30207邮电费", "30207", "邮电费"),
        ("310资本性支出", "310", "资本性支出"),
        ("301工资福利支出", "301", "工资福利支出"),
        ("205 教育支出", "205", "教育支出"),
        ("310001-北京市某某中心", "310001", "北京市某某中心"),
        ("【2010301】行政运行", "2010301", "行政运行"),
        ("[50101]工资奖金津补贴", "50101", "工资奖金津补贴"),
        ("２０５０１０１－行政运行", "2050101", "行政运行"),
        ("2080505", "2080505", ""),
        ("2 0 8", "208", ""),
        ("30113—住房公积金", "30113", "住房公积金"),
        ("509对个人和家庭的补助", "509", "对个人和家庭的补助"),
        ("201 03 01 行政运行", "2010301", "行政运行"),
        ("208-05 行政事业单位养老支出", "20805", "行政事业单位养老支出"),
        ("208 05 05", "2080505", ""),
        ("201 03年", None, "201 03年"),
        ("行政运行（2010301）", "2010301", "行政运行"),
        ("一般公共服务支出[201]", "201", "一般公共服务支出"),
    ],
)
def test_split_code_name(text, code, name):
    assert split_code_name(text) == (code, name)


@pytest.mark.parametrize(
    "text",
    [
        "12345热线",
        "12345-6789",
        "2024-2026年规划",
        "2026年一般公共预算",
        "300个",
        "205万元",
        "230.05万元",
        "项目（一）",
        "某计划（2026）",
        "某热线（12345）",
        "1234",
        "合计",
        "",
        "1.一般公共预算",
        "（一）工资",
        "北京12345朝阳分中心公众号平台运维项目",
        "2021行政",
    ],
)
def test_names_stay_names(text):
    assert split_code_name(text) == (None, text)


def test_lengths_of_other_codes():
    assert split_code_name("103001深圳市气象局", (6,)) == ("103001", "深圳市气象局")
    assert split_code_name("103001", (3, 6, 9)) == ("103001", "")
    assert split_code_name("103001") == (None, "103001")
    assert split_code_name("0115-公共信息与宣传服务", (2, 4, 6)) == ("0115", "公共信息与宣传服务")
    assert split_code_name("01-公共服务", (2, 4, 6)) == ("01", "公共服务")


@pytest.mark.parametrize(
    ("parts", "code", "padded"),
    [
        (("208", "05", "05"), "2080505", False),
        (("208", "05", ""), "20805", False),
        (("208", "", ""), "208", False),
        (("301", "2"), "30102", True),
        (("208", "5", "5"), "2080505", True),
        (("208", "20805", "2080505"), "2080505", False),
        (("208", "05", "2080505"), "2080505", False),
        (("", "", "2080505"), "2080505", False),
        (("2080505",), "2080505", False),
        (("２０８", "０５"), "20805", False),
        (("208 社会保障和就业支出", "05"), "20805", False),
        (("208", "社会保障和就业支出"), "208", False),
        (("合计", "", ""), None, False),
        (("", "05", "01"), None, False),
        (("208", "", "05"), None, False),
        (("208", "30105", ""), None, False),
        (("20", "05"), None, False),
        (("208", "1,234.00"), None, False),
        ((), None, False),
    ],
)
def test_join_code_parts(parts, code, padded):
    assert join_code_parts(parts) == (code, padded)


CLASS = st.integers(201, 599).map(str)
TWO = st.integers(1, 99).map("{:02d}".format)


@given(CLASS, st.lists(TWO, max_size=2), st.booleans(), st.booleans())
def test_joined_code_is_the_same_in_every_form(first, deeper, cumulative, dropped):
    code = first + "".join(deeper)
    if cumulative:
        parts = [code[: 3 + 2 * depth] for depth in range(len(deeper) + 1)]
        assert join_code_parts(parts) == (code, False)
    else:
        parts = [first, *(part.lstrip("0") if dropped else part for part in deeper)]
        short = dropped and any(part.startswith("0") for part in deeper)
        assert join_code_parts(parts) == (code, short)


def test_levels():
    assert [func_level(code) for code in ("208", "20805", "2080505", "2080", "")] == [
        "类", "款", "项", None, None,
    ]  # fmt: skip
    assert econ_level("301") == "类"
    assert econ_level("30102") == "款"


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("11010522T000000437074-政府热线经费", "11010522T000000437074", "政府热线经费"),
        ("11010522T00000043 7074-政府热线经费", "11010522T000000437074", "政府热线经费"),
        ("11010526T000003780041", "11010526T000003780041", ""),
        ("11010526T000003780041- 公众号", "11010526T000003780041", "公众号"),
        ("【11010526T000003780041】公众号", "11010526T000003780041", "公众号"),
        ("31010726Y000000000001ABC系统", "31010726Y000000000001", "ABC系统"),
        ("440000260000000012345-系统", "440000260000000012345", "系统"),
        ("政府热线经费", None, "政府热线经费"),
        ("12345热线-经费", None, "12345热线-经费"),
        ("ABCDEFGHIJKLMNOPQ-说明", None, "ABCDEFGHIJKLMNOPQ-说明"),
    ],
)
def test_project_code(text, code, rest):
    assert project_code(text) == (code, rest)
