"""A line that a page's edge cuts lengthwise is whole again, whatever each half prints."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yusuan.extract.model import Box, Line
from yusuan.normalize.families.cut_glyphs import merged_halves

EM = 10.0
HIGH, LOW, FLAT = "“”", "，。、", "一"
TALL = "保障政府热线回访工作正常开展"


def line(text, x0=100.0):
    return Line(text, Box(x0, 50.0, x0 + EM * len(text), 50.0 + EM), EM)


def half(text, hidden):
    """The text with gaps for the glyphs of ``hidden``, from its first printed glyph on."""
    shown = "".join(" " if char in hidden else char for char in text)
    n_before = len(shown) - len(shown.lstrip())
    return line(shown.strip(), 100.0 + EM * n_before)


@given(st.text(alphabet=TALL + HIGH + LOW + FLAT, min_size=2, max_size=16), st.booleans())
def test_halves_make_the_whole_line(text, is_flat_above):
    assume(any(char in TALL for char in text))
    marks = HIGH + LOW + FLAT
    assume(not any(a in marks and b in marks for a, b in pairwise(text)))
    upper = half(text, LOW + (FLAT if not is_flat_above else ""))
    lower = half(text, HIGH + (FLAT if is_flat_above else ""))
    assert "".join((merged_halves(upper, lower) or "").split()) == text


@pytest.mark.parametrize("mark", ["，", "一", "“"])
@pytest.mark.parametrize("at", [1, 5, 9])
@pytest.mark.parametrize("is_below", [True, False])
def test_mark_alone_is_put_into_the_gap_at_its_place(mark, at, is_below):
    whole = "提高响应率和满意度为领导"
    text = whole[:at] + " " + whole[at:]
    alone = Line(mark, Box(100.0 + EM * at, 50.0, 104.0 + EM * at, 54.0), EM)
    halves = (line(text), alone) if is_below else (alone, line(text))
    assert merged_halves(*halves) == whole[:at] + mark + whole[at:]


def test_mark_that_both_halves_print_is_taken_once():
    alone = Line("一", Box(120.0, 50.0, 130.0, 51.0), EM)
    assert merged_halves(line("系统一网统管"), alone) == "系统一网统管"


def test_spaces_between_latin_words_stay():
    assert merged_halves(line("Windows Server，"), line("Windows Server")) == "Windows Server，"


def test_two_lines_of_a_text_are_no_halves():
    assert merged_halves(line("解决群众诉求"), line("提高响应率")) is None


def test_half_that_prints_few_glyphs_adds_nothing():
    """2026 一 is what shows of 2026年系统运行一网统 above the cut."""
    whole = "2026年系统运行一网统"
    assert merged_halves(line("2026 一"), line(whole)) == whole
