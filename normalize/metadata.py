"""What a document is: year, publisher, place, scope, kind, each from what it prints.

Sources: DOMAIN section 1 (部门 and 单位 documents have the same tables), section 2 (where the year
and the publisher stand). Nothing is guessed: what is not printed stays None, and a file's name is
no evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from yusuan.extract.model import RawPage
from yusuan.normalize.captions import Caption, is_page_footer, title_kind
from yusuan.normalize.text import clean_text, header_year, label_key

# The cover and what may follow it before the contents page.
_COVER_PAGES: Final = 2
_COVER = re.compile(
    r"^(?P<name>.*?)（?20\d\d年度?）?(?P<name2>.*?)(?P<scope>部门|单位)?(?P<kind>预算|决算)"
)
_DATE = re.compile(r"20\d\d年\d{1,2}月")
_PARENT = re.compile(r"(?:预算主管部门|主管部门)：?(.+)")
_PUBLISHER = re.compile(r"(?:预算单位|编制部门|编制单位|部门名称|单位名称|填报单位)：?(.+)")
_DEPARTMENT_LABELS: Final = frozenset({"编制部门", "部门名称", "填报部门", "预算部门", "部门"})
_UNIT_LABELS: Final = frozenset({"编制单位", "单位名称", "填报单位", "预算单位"})
_MUNICIPALITY = re.compile(r"^(?P<province>(?:北京|上海|天津|重庆)市)(?P<rest>.*)$")
_DISTRICT = re.compile(r"^([一-鿿]{1,6}?(?:新区|区|县))")
_PROVINCE = re.compile(r"^([一-鿿]{2,7}?(?:省|自治区))")
_CITY = re.compile(r"^([一-鿿]{2,6}?(?:市|自治州|地区|盟))")
_UNIT_CODE = re.compile(r"^(\d{3,12})-")


def _most_common(values: Iterable[str | int | None]) -> str | int | None:
    """Return the value that is most often given; None when two are given equally often."""
    ranked = Counter(value for value in values if value is not None and value != "").most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def place_of(publisher: str | None) -> tuple[str | None, str | None, str | None]:
    """Return province, city and district as far as the publisher's name itself says them.

    A municipality is its own province and city. 福州市仓山生态环境局 says no district.
    """
    name = publisher or ""
    if found := _MUNICIPALITY.match(name):
        district = _DISTRICT.match(found["rest"])
        return found["province"], found["province"], district[1] if district else None
    province = _PROVINCE.match(name)
    rest = name[province.end() :] if province else name
    city = _CITY.match(rest)
    rest = rest[city.end() :] if city else rest
    district = _DISTRICT.match(rest) if province or city else None
    return (
        province[1] if province else None,
        city[1] if city else None,
        district[1] if district else None,
    )


def _cover_lines(pages: Sequence[RawPage]) -> list[str]:
    """Text of the lines on the cover pages, page numbers left out."""
    return [
        clean_text(line.text)
        for page in pages[:_COVER_PAGES]
        if not page.tables
        for line in page.lines
        if not is_page_footer(line)
    ]


def _labelled(lines: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    for line in lines:
        if found := pattern.match(line):
            return found[1].strip("：: ")
    return None


def document_meta(
    pages: Sequence[RawPage], captions: Sequence[Caption], file_name: str
) -> dict[str, str | int | None]:
    """Return the descriptive columns of ``documents``: year, publisher, place, scope, kind, code.

    Keys: fiscal_year, publisher, parent_department, province, city, district, doc_scope, doc_kind,
    unit_code. Tables speak before the cover; where they disagree the majority counts and a tie is
    None. ``file_name`` is not evidence and only named here to say so.
    """
    del file_name
    cover = _cover_lines(pages)
    cover_title = next((m for line in cover if (m := _COVER.match(label_key(line)))), None)
    publisher = _publisher(captions, cover, cover_title)
    code = _UNIT_CODE.match(publisher or "")
    if code and publisher:
        publisher = publisher[code.end() :]
    province, city, district = place_of(publisher)
    return {
        "fiscal_year": _fiscal_year(captions, cover),
        "publisher": publisher,
        "parent_department": _labelled(cover, _PARENT),
        "province": province,
        "city": city,
        "district": district,
        "doc_scope": _scope(captions, cover_title),
        "doc_kind": _kind(captions, cover_title),
        "unit_code": code[1] if code else None,
    }


def _fiscal_year(captions: Sequence[Caption], cover: Sequence[str]) -> int | None:
    """Return the year that most titles name, else the cover; a date (2026年1月) is no fiscal year."""
    year = _most_common(caption.year for caption in captions)
    if year is None:
        titles = (line for line in cover if ("算" in line) and not _DATE.search(label_key(line)))
        year = _most_common(header_year(line) for line in titles)
    return year if isinstance(year, int) else None


def _publisher(
    captions: Sequence[Caption], cover: Sequence[str], cover_title: re.Match[str] | None
) -> str | None:
    """Return the name that most captions give, else the cover's label or title."""
    name = _most_common(caption.publisher for caption in captions) or _labelled(cover, _PUBLISHER)
    if name is None and cover_title is not None:
        name = cover_title["name"].strip("（）") or None
    return name if isinstance(name, str) else None


def _scope(captions: Sequence[Caption], cover_title: re.Match[str] | None) -> str | None:
    """部门 or 单位: the cover's title says it, else what the captions call the publisher."""
    if cover_title is not None and cover_title["scope"]:
        return "department" if cover_title["scope"] == "部门" else "unit"
    label = _most_common(caption.publisher_label for caption in captions)
    if label in _DEPARTMENT_LABELS:
        return "department"
    return "unit" if label in _UNIT_LABELS else None


def _kind(captions: Sequence[Caption], cover_title: re.Match[str] | None) -> str | None:
    if kind := _most_common(caption.kind for caption in captions):
        return str(kind)
    return title_kind(cover_title.group()) if cover_title is not None else None
