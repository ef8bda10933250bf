from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yusuan.normalize.amounts import looks_like_amount, parse_amount, to_yuan
from yusuan.normalize.model import Amount


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [
        ("1,234.50", "1234.50", 2),
        ("1234.5", "1234.5", 1),
        ("６，１４０．１２", "6140.12", 2),
        ("12", "12", 0),
        ("-3.00", "-3.00", 2),
        ("－3", "-3", 0),
        ("−3", "-3", 0),
        ("–3", "-3", 0),
        ("—3", "-3", 0),
        ("―3", "-3", 0),
        ("﹣3", "-3", 0),
        ("△3", "-3", 0),
        ("▲ 3", "-3", 0),
        ("(1,000.10)", "-1000.10", 2),
        ("（7）", "-7", 0),
        ("　0.5 ", "0.5", 1),
        ("263.108814", "263.108814", 6),
    ],
)
def test_numbers(printed, value, decimals):
    assert parse_amount(printed) == Amount(printed, "number", Decimal(value), decimals)


@pytest.mark.parametrize("printed", ["0", "0.00", "-0.00", "（0）", "０"])
def test_zero_is_a_fact(printed):
    amount = parse_amount(printed)
    assert amount.kind == "zero"
    assert amount.value == 0
    assert looks_like_amount(printed)


@pytest.mark.parametrize("printed", ["-", "－", "—", "——", "--", "- -", "无", "/", "／"])
def test_dashes(printed):
    assert parse_amount(printed) == Amount(printed, "dash")
    assert not looks_like_amount(printed)


@pytest.mark.parametrize("printed", ["", " ", "\u3000", "\xa0"])
def test_blank(printed):
    assert parse_amount(printed) == Amount(printed, "blank")


@pytest.mark.parametrize(
    "printed",
    [
        "1,23", "12,34", "1234,567", "1,23,456", ",123", "1,234,", "1,234.", ".5", "5.", "05",
        "1.2.3", "1 234", "12 34.00", "1,2O3", "12%", "12％", "3万元", "合计", "+5", "(5", "5)",
        "(-5)", "1e5", "１２３①", "²", "一", "0,123", "/1", "1,538.89 374.19", "١",
    ],
)  # fmt: skip
def test_what_the_grammar_does_not_know_is_unreadable(printed):
    assert parse_amount(printed) == Amount(printed, "unreadable")
    assert looks_like_amount(printed) == (printed == "3万元")


MONEY = st.decimals(
    min_value=Decimal("-1e13"), max_value=Decimal("1e13"), allow_nan=False, places=6
)


@given(MONEY, st.integers(0, 6), st.booleans(), st.sampled_from("-－−–—△"))
def test_round_trip(money, places, grouped, minus):
    value = money.quantize(Decimal(1).scaleb(-places))
    body = f"{abs(value):,f}" if grouped else f"{abs(value):f}"
    amount = parse_amount(f"{minus}{body}" if value < 0 else body)
    assert amount.kind == ("number" if value else "zero")
    assert amount.value == value
    assert amount.decimals == places


@given(st.text(alphabet="0123456789,.-() 元", max_size=12))
def test_a_number_is_never_read_from_other_digits(text):
    amount = parse_amount(text)
    if amount.value is not None:
        digits = "".join(char for char in text if char.isdigit())
        assert f"{abs(amount.value):f}".replace(".", "") == digits


@given(st.from_regex(r"[1-9][0-9]{0,4}(,[0-9]{1,4}){1,3}", fullmatch=True))
def test_wrong_grouping_is_never_a_number(text):
    assume(any(len(group) != 3 for group in text.split(",")[1:]))
    assert parse_amount(text).kind == "unreadable"


@pytest.mark.parametrize(
    ("printed", "unit", "yuan"),
    [
        ("263.108814", "万元", "2631088.14"),
        ("12.5", "元", "12.50"),
        ("3", "亿元", "300000000.00"),
        ("0.00", "万元", "0.00"),
        ("-0.000001", "万元", "-0.01"),
        ("1.2345670", "万元", "12345.67"),
    ],
)
def test_to_yuan(printed, unit, yuan):
    result = to_yuan(parse_amount(printed), unit)
    assert str(result) == yuan


def test_to_yuan_never_rounds():
    assert to_yuan(parse_amount("1.2345678"), "万元") is None
    assert to_yuan(parse_amount("0.001"), "元") is None
    assert to_yuan(parse_amount("0.000"), "元") == 0


def test_to_yuan_of_what_is_no_number():
    assert to_yuan(parse_amount("-"), "元") is None
    assert to_yuan(parse_amount(""), "元") is None
    assert to_yuan(parse_amount("abc"), "元") is None
