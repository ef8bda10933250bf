import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.normalize.radicals import RADICALS
from yusuan.normalize.text import (
    clean_text,
    fold_radicals,
    header_key,
    header_unit,
    header_year,
    label_key,
    strip_han_spaces,
    strip_ordinal,
    year_in_brackets,
)


def test_kangxi_radicals_agree_with_nfkc():
    for code in range(0x2F00, 0x2FD6):
        assert RADICALS[code] == unicodedata.normalize("NFKC", chr(code))


def test_every_named_radical_of_the_supplement_but_the_repeat_mark_is_folded():
    named = {code for code in range(0x2E80, 0x2EF4) if unicodedata.name(chr(code), "")}
    assert named - RADICALS.keys() == {0x2E80}
    assert all(len(ideograph) == 1 for ideograph in RADICALS.values())


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("部⻔⺠政⾏⽀", "部门民政行支"),
        ("⻓⻢⻜⻋⻅⻉⻚⻛⻥⻦⻨⻩⻬⻮⻰⻳", "长马飞车见贝页风鱼鸟麦黄齐齿龙龟"),
        ("⻝⻘⻣⻤⺟⽣⾦⽤⼯⼈⼤", "食青骨鬼母生金用工人大"),
        ("部门", "部门"),
    ],
)
def test_fold_radicals(printed, text):
    assert fold_radicals(printed) == text


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("收 入", "收入"),
        ("公 务　用 车", "公务用车"),
        ("市民服务热线“接 诉即办” 工作", "市民服务热线“接诉即办”工作"),
        ("2026 年 12 月", "2026年12月"),
        ("205641- 市民服务热线", "205641-市民服务热线"),
        ("Oracle  19c RAC 的 运维", "Oracle 19c RAC的运维"),
        ("12 345", "12 345"),
        ("  1,234.00 ", "1,234.00"),
        ("合\u200b计\ufeff", "合计"),
        ("维修 (护) 费", "维修(护)费"),
    ],
)
def test_strip_han_spaces(printed, text):
    assert strip_han_spaces(printed) == text


@given(st.text(alphabet="预算支出（）“”、12aB .-\u3000\u200b⻔", max_size=30))
def test_cleaning_twice_changes_nothing_and_loses_only_space(text):
    once = clean_text(text)
    assert clean_text(once) == once
    bare = fold_radicals(text)
    for space in " \u3000\u200b":
        bare = bare.replace(space, "")
    assert once.replace(" ", "") == bare


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("因公出国 (境) 费用", "因公出国（境）费用"),
        ("“三公”经费", "三公经费"),
        ("项　目:", "项目"),
        ("其中：", "其中"),
        ("１．财政拨款", "1.财政拨款"),
        ("部⻔名称", "部门名称"),
        ("产出 — 数量", "产出-数量"),
        ("①数量", "①数量"),
        ("ＡＢＣ", "ABC"),
    ],
)
def test_label_key(printed, key):
    assert label_key(printed) == key


def test_label_key_does_not_turn_a_circled_number_into_a_digit():
    assert label_key("100①") != label_key("1001")


@pytest.mark.parametrize(
    ("printed", "key", "year", "unit"),
    [
        ("2026年预算数", "预算数", 2026, None),
        ("2026 年度预算数（万元）", "预算数", 2026, "万元"),
        ("二〇二六年预算数", "预算数", 2026, None),
        ("2025年“三公”经费预算数", "三公经费预算数", 2025, None),
        ("2026年初结转和结余", "年初结转和结余", 2026, None),
        ("金额(单位：元)", "金额", None, "元"),
        ("金额单位：亿元", "", None, "亿元"),
        ("20XX年决算数", "决算数", None, None),
        ("本年绩效指标值", "本年绩效指标值", None, None),
        ("2025年比2026年", "比2026年", None, None),
        ("权重（%）", "权重（%）", None, None),
    ],
)
def test_header_parts(printed, key, year, unit):
    assert header_key(printed) == key
    assert header_year(printed) == year
    assert header_unit(printed) == unit


def test_a_date_is_no_year_of_a_header():
    assert header_year("填报日期：2026年1月") is None
    assert header_year("2026年1-2月执行数") is None


def test_year_in_brackets():
    assert year_in_brackets("( 2026 年度 )") == 2026
    assert year_in_brackets("项目（2026年度）") is None


@pytest.mark.parametrize(
    ("label", "ordinal", "rest"),
    [
        ("一、一般公共服务支出", "一、", "一般公共服务支出"),
        ("二十六、其他支出", "二十六、", "其他支出"),
        ("（一）一般公共预算", "（一）", "一般公共预算"),
        ("(1)货物", "(1)", "货物"),
        ("1．政府性基金", "1．", "政府性基金"),
        ("2. 因公出国", "2.", "因公出国"),
        ("① 购置费", "①", "购置费"),
        ("其中：1.人员经费", "其中：1.", "人员经费"),
        ("其 中：购置费", "其中：", "购置费"),
        ("一般公共预算", None, "一般公共预算"),
        ("三公经费", None, "三公经费"),
        ("1.5倍", None, "1.5倍"),
        ("其中：", None, "其中："),
        ("2026年", None, "2026年"),
    ],
)
def test_strip_ordinal(label, ordinal, rest):
    assert strip_ordinal(label) == (ordinal, rest)
