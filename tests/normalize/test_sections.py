"""Covers inside a document, titles of documents without one, and bodies told apart."""

from dataclasses import replace

import pytest

from yusuan.extract.model import Box, Line, RawPage
from yusuan.normalize.captions import Caption
from yusuan.normalize.metadata import document_meta, read_cover
from yusuan.normalize.narrative import narrative_facts
from yusuan.normalize.narrative_heads import prepare_heads
from yusuan.normalize.sections import (
    is_bound,
    publisher_of,
    sections,
    several_books,
    several_publishers,
    without_contradictions,
    year_of,
)
from yusuan.schemas.loader import load


def page(number: int, *texts: str) -> RawPage:
    lines = tuple(
        Line(text, Box(50, 30.0 * row, 400, 30.0 * row + 20), 20) for row, text in enumerate(texts)
    )
    return RawPage(number, 595, 842, 0, lines=lines)


def with_paragraph(over: RawPage, text: str) -> RawPage:
    return replace(over, lines=(*over.lines, Line(text, Box(90, 300, 400, 320), 20)))


BOUND = (page(1, "江北区司法局", "2026年部门预算"), page(2, "目录", *["一、部门概况"] * 9),
         page(3, "江北区信访局2026年部门预算"))  # fmt: skip
OWN_UNITS = (page(1, "西岭县教育局2026年部门预算"), page(2, "西岭县第一中学", "2026年单位预算"))


def test_covers_of_several_departments_make_a_bound_file() -> None:
    found = sections(BOUND)
    assert [(s.page, s.name) for s in found] == [(1, "江北区司法局"), (3, "江北区信访局")]
    assert is_bound(found)
    assert [publisher_of(p, found) for p in (1, 2, 3, 9)] == [
        "江北区司法局", "江北区司法局", "江北区信访局", "江北区信访局",
    ]  # fmt: skip
    assert document_meta(BOUND, [], "", is_bound=True)["publisher"] is None


def test_covers_of_a_department_s_own_units_do_not() -> None:
    found = sections(OWN_UNITS)
    assert not is_bound(found)
    assert publisher_of(2, found) == "西岭县第一中学"
    assert document_meta(OWN_UNITS, [], "")["publisher"] == "西岭县教育局"


BY_LABEL = (
    page(1, "江北区2026年区级部门预算", "预算主管部门：江北区司法局"),
    page(4, "江北区2025年区级部门预算", "预算主管部门：江北区信访局"),
    page(7, "江北区2025年区级单位预算", "预算单位：江北区信访接待中心"),
)


def test_a_line_below_the_title_of_a_cover_names_its_body() -> None:
    found = sections(BY_LABEL)
    assert [(s.name, s.scope, s.year) for s in found] == [
        ("江北区司法局", "department", 2026),
        ("江北区信访局", "department", 2025),
        ("江北区信访接待中心", "unit", 2025),
    ]
    assert is_bound(found)
    assert [year_of(p, found, None) for p in (3, 5, 8)] == [2026, 2025, 2025]
    assert not sections((page(1, "编制部门：江北区司法局"),))  # a page of a name is no cover


def test_in_what_bound_books_differ_the_document_says_nothing() -> None:
    found = sections(BY_LABEL)
    meta = without_contradictions(document_meta(BY_LABEL, [], "", is_bound=is_bound(found)), found)
    assert {name: value for name, value in meta.items() if value} == {"doc_kind": "budget"}
    (finding,) = several_books(found)
    assert finding.code in load().findings and "2026 budget, 2025 budget" in finding.note
    own = sections(OWN_UNITS)
    meta = document_meta(OWN_UNITS, [], "")
    assert without_contradictions(meta, own) == meta and not several_books(own)


def test_each_bound_book_has_its_own_year_and_kind() -> None:
    prose = "2025年“三公”经费20万元，2026年“三公”经费18万元。"
    pages = (
        page(1, "江北区司法局2026年部门预算"), with_paragraph(page(2, "说明。"), prose),
        page(3, "江北区司法局2025年部门决算"),
        with_paragraph(page(4, "说明。"), "2025年“三公”经费支出16万元。"),
    )  # fmt: skip
    covers = sections(pages)
    assert not is_bound(covers)
    meta = without_contradictions(document_meta(pages, [], ""), covers)
    assert (meta["publisher"], meta["fiscal_year"]) == ("江北区司法局", None)
    facts = narrative_facts(pages, meta, prepare_heads(load()), (), covers)
    assert [(f.values["metric"], f.values["amount_text"]) for f in facts] == [
        ("prior", "20"),
        ("budget", "18"),
        ("final", "16"),
    ]


def test_one_cover_says_nothing_of_single_tables() -> None:
    found = sections(OWN_UNITS[:1])
    assert publisher_of(5, found) is None
    assert sections((page(1, *["某局2026年部门预算"] * 9),)) == ()  # no cover: a list of links
    prose = ("公务用车运行维护费及其他费用。", "附件：某局2018年度部门预算公开表")
    assert sections((page(17, *prose),)) == ()


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["柳溪镇人民政府2026年部门预算公开说明"], "柳溪镇人民政府"),
        (["柳溪镇人民政府", "2026年部门预算"], "柳溪镇人民政府"),
        (["2026年部门预算收支总表"], None),
        (["某局2026年部门预算支出总表"], None),
    ],
)
def test_title_above_the_first_table_of_a_document_without_a_cover(
    lines: list[str], name: str | None, table
) -> None:
    drawn = table([["项目", "金额"], ["一、收入", "1.00"]])
    first = page(1, *lines)
    moved = replace(drawn, box=Box(0, 300, 100, 400))
    cover = read_cover((replace(first, tables=(moved,)),))
    assert cover.title_name == name
    assert (cover.year is not None) is (name is not None)


def test_tables_of_the_same_kind_of_several_bodies_are_told() -> None:
    own = [("summary", "all", "某局"), ("general_fn", "general_public", "某局")]
    unit = [(family, scope, "某中学") for family, scope, _ in own]
    (finding,) = several_publishers([*own, *unit])
    assert finding.code == "several-publishers" and "某局、某中学" in finding.note
    assert finding.code in load().findings
    assert several_publishers(own) == ()
    assert several_publishers([*own, ("summary", "all", "某局本级")]) == ()  # one other name
    assert several_publishers([(None, None, "某局"), (None, None, "某中学")]) == ()


def test_year_of_a_cover_in_chinese_figures() -> None:
    cover = read_cover((page(1, "永昌县教育局二〇二六年部门预算"),))
    assert (cover.year, cover.title_name) == (2026, "永昌县教育局")


def test_captions_still_name_the_one_body() -> None:
    named = [Caption(publisher="某局", publisher_label="编制单位")]
    assert document_meta((), named, "")["publisher"] == "某局"
