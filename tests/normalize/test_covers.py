"""Covers of other hands: letters, texts about the disclosure, two books under one title."""

import pytest

from yusuan.extract.model import Box, Line, RawPage
from yusuan.normalize.metadata import Cover, read_cover


def cover(*texts: str) -> Cover:
    lines = tuple(
        Line(text, Box(50, 30.0 * row, 400, 30.0 * row + 20), 20) for row, text in enumerate(texts)
    )
    return read_cover((RawPage(1, 595, 842, 0, lines=lines),))


@pytest.mark.parametrize(
    "lines",
    [
        ("关于柳溪县民政局2026年部门预算公开的说明",),
        ("柳溪县民政局", "关于2026年部门预算公开的说明"),
        ("柳溪县民政局关于公开2026年部门预算的说明",),
        ("附件1", "柳溪县民政局2026年部门预算"),
        ("附件：柳溪县民政局2026年部门预算",),
        ("柳溪县财政局文件", "柳财〔2026〕12号", "柳溪县民政局2026年部门预算"),
        ("2026年部门预算", "柳溪县民政局"),
        ("柳溪县民政局部门预算公开", "（2026年度）"),
        ("柳溪县民政局部门预算", "2026年"),
    ],
)
def test_the_body_is_named_without_what_stands_around_its_name(lines: tuple[str, ...]) -> None:
    found = cover(*lines)
    assert (found.title_name, found.year, found.kind) == ("柳溪县民政局", 2026, "budget")


@pytest.mark.parametrize(
    ("lines", "year", "kind"),
    [
        (("柳溪县民政局2025年部门决算和2026年部门预算",), None, None),
        (("柳溪县民政局2026年部门预算和2026年单位预算",), 2026, "budget"),
        (("柳溪县民政局2026-2028年部门预算",), None, None),
        (
            ("关于2023年某省省级政府性基金", "收入预算的说明", "2023年预算收入5万元，"),
            2023,
            "budget",
        ),
        (("关于某县2025年决算的报告",), 2025, "final"),
        (("关于某县2025年决算和预算的报告",), None, None),
        (("关于提前下达2026年专项资金的通知",), None, None),
    ],
)
def test_a_year_and_a_kind_are_of_the_whole_title(
    lines: tuple[str, ...], year: int | None, kind: str | None
) -> None:
    found = cover(*lines)
    assert (found.year, found.kind) == (year, kind)


def test_approving_letters_are_of_another_body() -> None:
    assert cover("柳溪县财政局关于批复2026年部门预算的通知").title_name is None
