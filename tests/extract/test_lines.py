"""Glyphs to lines: spaces, reading order, and whose text a run is."""

from dataclasses import replace

import numpy as np
import pytest

from yusuan.extract.glyph_places import OUTSIDE, assign_glyphs
from yusuan.extract.grid import Grid, merge_rules, rules_to_grids
from yusuan.extract.lines import glyphs_to_lines
from yusuan.extract.model import Glyphs
from yusuan.extract.settings import GridSettings, RuleSettings, TextSettings

TEXT = TextSettings()
SIZE = 10.0


class Page:
    """Writes runs of glyphs: Han one em wide, others half an em."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float, float, float, float, float, int, int]] = []
        self.run = 0

    def write(self, x: float, y: float, text: str, spacing: float = 0, same_run: bool = False):
        self.run += not same_run
        for char in text:
            width = SIZE if ord(char) > 0x2E80 else SIZE / 2
            box = (x, y - 8, x + width, y + 2)
            self.rows.append((ord(char), *box, x, y, self.run, 0))
            x += width + spacing
        return self

    def write_turned(self, x: float, y: float, text: str, turn: int):
        """Upwards (3) or downwards (1) from (x, y)."""
        self.run += 1
        for char in text:
            step = SIZE if turn == 1 else -SIZE
            box = (x - 5, min(y, y + step), x + 5, max(y, y + step))
            self.rows.append((ord(char), *box, x, y, self.run, turn))
            y += step
        return self

    def glyphs(self) -> Glyphs:
        table = np.array(self.rows, np.float64).reshape(-1, 9)
        return Glyphs(
            codes=table[:, 0].astype(np.uint32),
            boxes=table[:, 1:5].astype(np.float32),
            origins=table[:, 5:7].astype(np.float32),
            sizes=np.full(len(table), SIZE, np.float32),
            runs=table[:, 7].astype(np.int64),
            turns=table[:, 8].astype(np.uint8),
        )

    def lines(self) -> list[str]:
        glyphs = self.glyphs()
        owner = np.full(len(glyphs), OUTSIDE)
        return [owned.line.text for owned in glyphs_to_lines(glyphs, owner, TEXT)]


def grid(xs: list[float], ys: list[float]) -> Grid:
    h = np.array([(y, xs[0], xs[-1]) for y in ys], np.float32)
    v = np.array([(x, ys[0], ys[-1]) for x in xs], np.float32)
    (found,) = rules_to_grids(merge_rules(h, v, RuleSettings()), GridSettings())
    return found


def cell_texts(page: Page, *grids: Grid) -> dict[int, str]:
    glyphs = page.glyphs()
    texts: dict[int, str] = {}
    for owned in glyphs_to_lines(glyphs, assign_glyphs(glyphs, grids, TEXT), TEXT):
        before = texts.get(owned.owner)
        texts[owned.owner] = owned.line.text if before is None else f"{before}/{owned.line.text}"
    return texts


def test_lines_go_down_and_glyphs_to_the_right_whatever_the_order_of_drawing() -> None:
    assert Page().write(50, 40, "lower").write(75, 20, "right").write(50, 20, "left ").lines() == [
        "left right",
        "lower",
    ]


def test_a_line_holds_small_baseline_shifts() -> None:
    assert Page().write(50, 20, "PM").write(60, 22, "2.5").write(75, 20, "浓度").lines() == [
        "PM2.5浓度"
    ]


@pytest.mark.parametrize(
    ("text", "spacing", "expected"),
    [
        ("收入", 20, "收 入"),
        ("收入", 5, "收入"),
        ("123.45", 1, "123.45"),
        ("123", 6, "1 2 3"),
        ("  ab  cd  ", 0, "ab cd"),
        ("一　二", 0, "一 二"),
    ],
)
def test_spaces_come_from_wide_gaps_and_written_spaces(
    text: str, spacing: float, expected: str
) -> None:
    assert Page().write(50, 20, text, spacing).lines() == [expected]


def test_a_space_hidden_under_a_letter_is_none() -> None:
    assert Page().write(50, 20, "ab").write(58, 20, " ").write(60, 20, "cd").lines() == ["abcd"]


def test_text_beyond_a_column_gap_is_a_line_of_its_own_outside_cells() -> None:
    page = Page().write(50, 20, "编制部门").write(400, 20, "单位：元")
    assert page.lines() == ["编制部门", "单位：元"]
    wide = grid([40, 500, 600], [5, 30])
    assert cell_texts(page, wide) == {0: "编制部门 单位：元"}


def test_turned_text_reads_along_its_direction() -> None:
    assert Page().write_turned(50, 100, "向上", 3).lines() == ["向上"]
    assert Page().write_turned(50, 100, "向下", 1).lines() == ["向下"]


def test_stacked_characters_come_from_top_to_bottom() -> None:
    page = Page().write(50, 45, "标").write(50, 20, "绩").write(50, 32, "效")
    assert page.lines() == ["绩", "效", "标"]


def test_numbers_that_touch_at_a_rule_are_split_there() -> None:
    page = Page().write(65, 20, "123.456").write(100, 20, "789.01")
    assert cell_texts(page, grid([0, 100, 200], [0, 30])) == {0: "123.456", 1: "789.01"}


def test_numbers_of_one_text_object_are_split_at_a_gap_on_the_rule() -> None:
    page = Page().write(64, 20, "123.45").write(102, 20, "789.01", same_run=True)
    assert cell_texts(page, grid([0, 100, 200], [0, 30])) == {0: "123.45", 1: "789.01"}


def test_a_label_that_overflows_to_the_right_stays_with_its_cell() -> None:
    page = Page().write(3, 20, "机关事业单位基本养老保险缴费支出")
    assert cell_texts(page, grid([0, 60, 200], [0, 30])) == {0: "机关事业单位基本养老保险缴费支出"}


def test_an_overflow_in_another_font_follows() -> None:
    page = Page().write(3, 20, "其他商品和服务").write(73, 20, "30299")
    assert cell_texts(page, grid([0, 60, 200], [0, 30])) == {0: "其他商品和服务30299"}


def test_a_number_that_overflows_to_the_left_stays_with_its_cell() -> None:
    page = Page().write(87, 20, "1,234,567,890.12")
    assert cell_texts(page, grid([0, 100, 170], [0, 30])) == {1: "1,234,567,890.12"}


def test_a_centred_overflow_belongs_to_the_cell_in_the_middle() -> None:
    page = Page().write(85, 20, "公务用车购置费")
    assert cell_texts(page, grid([0, 100, 140, 240], [0, 30])) == {1: "公务用车购置费"}


def test_text_outside_all_cells_has_no_owner_and_nested_tables_win() -> None:
    outer, inner = grid([0, 300, 400], [0, 200]), grid([20, 100, 180], [50, 80])
    page = Page().write(5, 20, "outer").write(30, 70, "inner").write(5, 250, "below")
    assert cell_texts(page, outer, inner) == {0: "outer", 2: "inner", OUTSIDE: "below"}


def test_a_line_cut_by_the_page_stays_with_its_open_cell() -> None:
    h = np.array([(20, 0, 200), (50, 100, 200)], np.float32)
    v = np.array([(x, 0, 50) for x in (0, 100, 200)], np.float32)
    (cut,) = rules_to_grids(merge_rules(h, v, RuleSettings()), GridSettings())
    assert cut.slots.tolist() == [[0, 1], [2, 3]]
    page = (
        Page().write(5, 57, "foot").write(105, 57, "note").write(5, 2, "head").write(5, 70, "far")
    )
    assert cell_texts(page, cut) == {0: "head", 2: "foot", OUTSIDE: "note/far"}


def test_a_line_that_the_clip_halves_stays_with_its_cell() -> None:
    page = Page().write(5, 20, "绿化成果").write(5, 34, "环境质量").write(5, 46, "3383140")
    cells, glyphs = grid([0, 100], [0, 30, 60]), page.glyphs()
    clips = np.tile(np.array((0, 0, 400, 300), np.float32), (len(glyphs), 1))
    clips[4:8] = (0, 0, 100, 30)  # of which the lower half is hidden
    assert assign_glyphs(glyphs, [cells], TEXT).tolist() == [0] * 4 + [1] * 11
    owner = assign_glyphs(replace(glyphs, clips=clips), [cells], TEXT)
    assert owner.tolist() == [0] * 8 + [1] * 7


def test_no_glyph_is_lost_or_doubled() -> None:
    page = Page()
    for row in range(4):
        page.write(3, 20 + 15 * row, "语ab12，。", spacing=row)
    texts = cell_texts(page, grid([0, 30, 200], [0, 40, 70]))
    joined = "".join(texts.values()).replace("/", "").replace(" ", "")
    assert sorted(joined) == sorted("语ab12，。" * 4)


def test_an_engine_without_runs_and_turns_is_served() -> None:
    full = Page().write(65, 20, "123.456").write(100, 20, "789.01").glyphs()
    glyphs = Glyphs(full.codes, full.boxes, full.origins, full.sizes)
    owner = assign_glyphs(glyphs, [grid([0, 100, 200], [0, 30])], TEXT)
    assert [o.line.text for o in glyphs_to_lines(glyphs, owner, TEXT)] == ["123.456", "789.01"]


def test_an_empty_page_has_no_lines() -> None:
    assert Page().lines() == []


def test_a_space_written_within_a_run_counts_by_the_pen_not_by_wide_boxes() -> None:
    page = Page().write(50, 20, "ab").write(58, 20, " ").write(60, 20, "cd")
    glyphs = replace(page.glyphs(), runs=np.zeros(5, np.int64))
    found = glyphs_to_lines(glyphs, np.full(5, -1), TextSettings())
    assert [owned.line.text for owned in found] == ["ab cd"]


def test_narrow_gaps_between_words_of_close_letters_are_spaces() -> None:
    page = Page().write(50, 20, "Red").write(67.2, 20, "Hat").write(84.4, 20, "7运")
    assert page.lines() == ["Red Hat 7运"]


def test_evenly_spaced_letters_and_digits_are_no_words() -> None:
    assert Page().write(50, 20, "Redhat", 2.2).lines() == ["Redhat"]
    assert Page().write(50, 20, "12").write(62.2, 20, "34").lines() == ["1234"]


@pytest.mark.parametrize("spacing", [2.0, 4.0])
def test_a_number_with_its_digits_set_apart_is_one(spacing: float) -> None:
    assert text_of(Page().write(10, 50, "12,345.60", spacing)) == ["12,345.60"]
    assert text_of(Page().write(10, 50, "1 2 . 5 0")) == ["12.50"]


def test_numbers_side_by_side_stay_apart() -> None:
    assert text_of(Page().write(10, 50, "12.50 3.40")) == ["12.50 3.40"]
    assert text_of(Page().write(10, 50, "1 2 3 4 5")) == ["1 2 3 4 5"]
    both = Page().write(10, 50, "12.50", 2.0).write(52, 50, "3.40", 2.0)
    assert text_of(both) != ["12.503.40"] and " " in text_of(both)[0]


def text_of(page: Page) -> list[str]:
    glyphs = page.glyphs()
    owner = np.zeros(len(glyphs), np.int64)  # all in one cell
    return [owned.line.text for owned in glyphs_to_lines(glyphs, owner, TEXT)]
