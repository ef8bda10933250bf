import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Line
from yusuan.normalize.text import clean_text
from yusuan.normalize.unwrap import is_filled_up, join_lines

SIZE = 10.0
PADDING = 2.0


def width(text: str) -> float:
    """Chinese characters are one em wide, digits and letters half."""
    return sum(SIZE if ord(char) > 0x2E7F or char in "“”" else SIZE / 2 for char in text)


def lines_of(*texts: str, left: float = PADDING, leading: float = 12.0) -> list[Line]:
    return [
        Line(text, Box(left, row * leading, left + width(text), row * leading + SIZE), SIZE)
        for row, text in enumerate(texts)
    ]


def cell(units: int) -> Box:
    """A cell that holds ``units`` half-width characters between its paddings."""
    return Box(0.0, 0.0, units * SIZE / 2 + 2 * PADDING, 100.0)


def wrap_anywhere(text: str, units: int) -> list[str]:
    """Break where the next character does not fit, as reporting systems and browsers do."""
    broken = [""]
    for char in text:
        if broken[-1] and width(broken[-1] + char) > units * SIZE / 2:
            broken.append("")
        broken[-1] += char
    return broken


@pytest.mark.parametrize("align", [0.0, 0.5, 1.0])
@given(
    text=st.one_of(
        st.text(alphabet="预算支出（）“”、接诉即办费", min_size=1, max_size=40),
        st.from_regex(r"[1-9][0-9]{7}[TYR][0-9]{12}-[项目热线经费]{1,20}", fullmatch=True),
        st.decimals(1, 10**12, places=6, allow_nan=False).map("{:,f}".format),
        st.from_regex(r"[费支]{0,6}[0-9]{1,9}(\.[0-9]{1,6})?[万元个%]{1,6}", fullmatch=True),
    ),
    units=st.integers(6, 40),
)
def test_text_broken_anywhere_is_restored(align, text, units):
    box = cell(units)
    broken = wrap_anywhere(text, units)
    lines = [
        Line(part, Box(left, row * 12.0, left + width(part), row * 12.0 + SIZE), SIZE)
        for row, part in enumerate(broken)
        for left in [PADDING + align * (units * SIZE / 2 - width(part))]
    ]
    assert join_lines(lines, box) == text


@given(st.text(alphabet="预算 ⻔12a", max_size=12))
def test_one_line_is_cleaned_only(text):
    assert join_lines(lines_of(text), cell(30)) == clean_text(text)


def test_no_line_at_all():
    assert join_lines([], cell(10)) == ""


@pytest.mark.parametrize(
    ("printed", "units", "text"),
    [
        # a code of 21 characters where 17 fit, as in 预算12表
        (("11010522T00000043", "7074-政府热线经", "费"), 17, "11010522T000000437074-政府热线经费"),
        # the same measured with a wider font than drawn: there seems to be room
        (("11010522T00000043", "7074-政府热线经", "费"), 21, "11010522T000000437074-政府热线经费"),
        (("11010522", "T000000437074-费"), 30, "11010522T000000437074-费"),
        (("440000260000000012", "345-费"), 21, "440000260000000012345-费"),
        (("机关事业单位基本养老保险缴", "费支出"), 26, "机关事业单位基本养老保险缴费支出"),
        (("其 他 商 品 和 服 务 支", "出"), 23, "其他商品和服务支出"),
        (("1,234,", "567.89"), 7, "1,234,567.89"),
        (("24995.9", "4"), 7, "24995.94"),
        (("Oracle", "19c RAC"), 20, "Oracle 19c RAC"),
        (("Windows", "Server"), 8, "Windows Server"),
        (("manage", "ment"), 6, "management"),
        (("DF-", "ICU"), 20, "DF-ICU"),
        (("www.", "abc.com"), 20, "www.abc.com"),
        (("≥", "80"), 20, "≥80"),
        (("80", "%"), 20, "80%"),
        (("⽀", "出"), 2, "支出"),
        (("合", "", "计"), 10, "合计"),
    ],
)
def test_lines_of_one_text(printed, units, text):
    assert join_lines(lines_of(*printed), cell(units)) == text


def test_two_numbers_on_lines_of_their_own_are_not_one_amount():
    assert join_lines(lines_of("859.13", "859.00"), cell(20)) == "859.13 859.00"
    assert join_lines(lines_of("12", "345"), cell(20)) == "12 345"
    assert join_lines(lines_of("12.", "34"), cell(20)) == "12. 34"
    assert join_lines(lines_of("12345678", "9876"), cell(20)) == "12345678 9876"


def test_pieces_of_one_printed_line_are_not_one_word():
    left, right = Box(2, 0, 22, 10), Box(32, 0, 52, 10)
    assert join_lines([Line("1234", left, 10), Line("5678", right, 10)], Box(0, 0, 54, 12)) == (
        "1234 5678"
    )


def test_alignment_does_not_matter_for_fullness():
    # 12 of 20 half-width characters, centred: there was room, so the numbers are two
    line = lines_of("123456", left=35.0)[0]
    below = Line("789", Box(42.5, 12, 57.5, 22), SIZE)
    assert join_lines([line, below], cell(20)) == "123456 789"


def test_a_line_is_full_where_the_next_character_may_not_stand_before_a_closing_bracket():
    line = Line("动物疫", Box(PADDING, 0.0, PADDING + 30.0, SIZE), SIZE)
    box = Box(0.0, 0.0, 2 * PADDING + 45.0, 20.0)
    assert is_filled_up([line], "病）", box)
    assert not is_filled_up([line], "病害", box)


def test_a_line_in_small_print_is_full_within_the_padding_of_word():
    line = Line("服务对象满意", Box(5.4, 0.0, 5.4 + 48.0, 8.0), 8.0)
    assert is_filled_up([line], "度", Box(0.0, 0.0, 66.3, 20.0))
