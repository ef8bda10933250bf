"""What a document is: year, publisher, place, scope, kind, each from what it prints.

Sources: DOMAIN section 1 (部门 and 单位 documents have the same tables) and section 2 (where year
and publisher stand). Nothing is guessed: what is not printed, or is printed in contradiction,
stays None, and a file's name is no evidence (it may name another year or body).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from yusuan.extract.model import Cell, RawPage, RawTable
from yusuan.normalize.captions import Caption, Kind, is_page_footer
from yusuan.normalize.text import header_year, label_key, year_in_brackets
from yusuan.normalize.unwrap import join_lines

Scope = Literal["department", "unit"]

# A cover's title takes at most this many printed lines (name, year, 部门预算).
_COVER_LINES: Final = 6
_COVER = re.compile(
    r"(?P<before>.*?)（?(?<![-—–~至])(?P<year>(?:20\d\d|二[〇○零0][〇○零一二三四五六七八九]{2})年度?)）?(?P<after>.*?)"
    r"(?:(?:省|市|区|县|州)级)?(?:(?P<scope>部门|单位)(?:综合)?(?P<kind>预算|决算))"
)
# 某镇人民政府2026年部门预算公开说明: the first words of a document without a cover
_OPENING = re.compile(
    _COVER.pattern + "(?:信息|情况)?(?:公开)?(?:编制)?(?:情况)?(?:说明|报告|文本|材料|表)?(?:公开)?"
)
_OPENING_LINES: Final = 3
# 关于2023年某省政府性基金收入预算的说明: a text on public money at large, of no one body.
_ABOUT = re.compile(
    r"关于[^，。；0-9]{0,12}(?P<year>20\d\d)年度?(?P<what>[^，。；0-9]*)的?(?:说明|报告|公告)"
)
_HEADING = re.compile(
    r"第[一二三四五六七八九十]部分|目录|[一二三四五六七八九十]+、|-?\d+-?$"
    # of a web page: where it stands, when it was put there
    # of a letter: whose paper it is on, its number
    r"|.*文件$|.*[〔\[（]20\d\d[〕\]）].{0,4}\d+号$"
    r"|.*[>＞»]|当前位置|首页|(?:发布|成文|公开)(?:时间|日期)|(?:信息)?来源|索引号|文号"
)
_LABELLED = re.compile(
    r"(?P<label>预算主管部门|预算单位|编制部门|编制单位|部门名称|单位名称)：(?P<name>.+)"
)
# What a cover names before 2026年区级部门预算 may be a place only.
_PLACE_ONLY = re.compile(r"[一-鿿]{1,12}(?:省|市|区|县|州|盟|旗)")
_PROSE = re.compile("[。，；：]")
# 附件1：某局2026年部门预算, 关于某局2026年部门预算的说明, 某局关于公开2026年部门预算的说明
_AROUND_NAME = re.compile(r"^附件[\d一二三四五六七八九十]*：?|^关于|关于(?:公开|公布)?$")
_PLACEHOLDER = re.compile(r"[xX×＊*○]{2}|\.\.\.|…")
_UNIT_START = re.compile(r"\s*\d{6}\s*-")
_UNIT_CELL = re.compile(r"(\d{6})-([一-鿿].+)")
_UNIT_NAME_KEYS: Final = frozenset({"部门名称", "单位名称", "预算单位", "部门（单位）名称"})
_BODY_NAME = re.compile(
    r".*(?:局|委|委员会|办公室|办公厅|厅|院|中心|队|所|站|校|学|园|馆|台|社|处|署|政府|法院|联合会"
    r"|联|会|协会|机关|本级|（本级）|集团|公司|总站|大队|支队|总队|街道|镇|乡)"
)
_DEPARTMENT_LABELS: Final = frozenset({"编制部门", "填报部门", "公开部门", "预算部门", "部门"})
_UNIT_LABELS: Final = frozenset({"编制单位", "填报单位", "公开单位", "预算单位"})

_YEARLESS: Final = re.compile(
    "(?P<before>.+?)(?P<scope>部门|单位)(?P<kind>预算|决算)(?:信息)?(?:公开)?(?:报告|说明|文本|表|资料)?"
)
_YEAR_ALONE: Final = re.compile(r"[（(]?(20\d\d年度?)[）)]?")
_PARTY = re.compile("中国共产党|中共")
_MUNICIPALITY = re.compile("(?:北京|上海|天津|重庆)市")
_PROVINCE = re.compile(
    "(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾)省|(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区"
)
# 市场监督管理局 and 社区服务中心 name no place.
_CITY = re.compile("[一-鿿]{2,6}?(?:市(?!场|级|直)|自治州|盟)")
_DISTRICT = re.compile(
    "[一-鿿]{1,6}?(?:(?<![社地园景校院辖灾库牧疫发税能范])区(?!域|划|级|直)|县(?!级|直))"
)


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first page says when it is a cover, that is, when it has no table.

    ``place``: what stands in front of the title's year (上海市2026年市级单位预算).
    """

    year: int | None = None
    title_name: str | None = None
    scope: Scope | None = None
    kind: Kind | None = None
    department: str | None = None
    unit: str | None = None
    place: str | None = None


def _settled(values: Iterable[str | None]) -> str | None:
    """Return the value given most often; None when two are given equally often."""
    ranked = Counter(value for value in values if value).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def place_of(publisher: str | None) -> tuple[str | None, str | None, str | None]:
    """Return province, city and district as far as the publisher's name itself says them.

    A municipality (北京市) is its own province and city. 某市东山生态环境局 says no district, and
    a name without province or city says nothing.
    """
    name = _PARTY.sub("", publisher or "", count=1)
    if found := _MUNICIPALITY.match(name):
        district = _DISTRICT.match(name, found.end())
        return found.group(), found.group(), district.group() if district else None
    province = _PROVINCE.match(name)
    at = province.end() if province else 0
    city = _CITY.match(name, at)
    at = city.end() if city else at
    district = _DISTRICT.match(name, at) if at else None
    return (
        province.group() if province else None,
        city.group() if city else None,
        district.group() if district else None,
    )


def read_cover(pages: Sequence[RawPage]) -> Cover:
    """Read the first page as a cover; an empty Cover where it has no such title.

    Of a page with a table only what stands above it is read: it must be such a title alone.
    """
    if not pages:
        return Cover()
    if pages[0].tables:
        return _read_opening(pages[0])
    keys = [label_key(line.text) for line in pages[0].lines if not is_page_footer(line)]
    names: dict[str, str] = {}
    titles = []
    for key in keys:
        if found := _LABELLED.fullmatch(key):
            names.setdefault(found["label"], found["name"])
        elif not _HEADING.match(key):
            titles.append(key)
    text = "".join(titles[:_COVER_LINES])
    title = _COVER.match(text)
    department = names.get("预算主管部门") or names.get("编制部门") or names.get("部门名称")
    unit = names.get("预算单位") or names.get("编制单位") or names.get("单位名称")
    name = _body_name(title["before"] + title["after"]) if title else None
    other = _COVER.match(text, title.end()) if title else None
    if title is not None and not title["before"] + title["after"]:
        # 2026年部门预算 with the body's name on the line below
        below = [key for key in titles[:_COVER_LINES] if text.find(key) >= title.end()]
        name = next(filter(None, map(_body_name, below[:2])), None)
    if title is None:
        # 第一部分 2026年度部门预算情况说明 on a first page that is a table of contents
        title = next((found for key in keys if (found := _COVER.search(key))), None)
    if title is None:
        about = _read_about(titles)
        if about == Cover():
            about = _read_year_behind(titles)
        return replace(about, department=department, unit=unit)
    cover = replace(_cover_of(title, name), department=department, unit=unit)
    if other is None:
        return cover
    # 2025年部门决算和2026年部门预算: two books
    second = _cover_of(other, None)
    return replace(
        cover,
        year=cover.year if second.year == cover.year else None,
        kind=cover.kind if second.kind == cover.kind else None,
    )


def _read_about(titles: Sequence[str]) -> Cover:
    """Year and kind where the first lines are a title that names one of each."""
    for end in range(1, min(len(titles), _OPENING_LINES) + 1):
        title = _ABOUT.fullmatch("".join(titles[:end]))
        if title and ("预算" in title["what"]) != ("决算" in title["what"]):
            kind: Kind = "budget" if "预算" in title["what"] else "final"
            return Cover(year=int(title["year"]), kind=kind)
    return Cover()


def _read_year_behind(titles: Sequence[str]) -> Cover:
    """Year, kind and name of a cover that prints its year below the title: （2025年度）."""
    for above, below in pairwise(titles[:_COVER_LINES]):
        title, year = _YEARLESS.fullmatch(above), _YEAR_ALONE.fullmatch(below)
        if title and year:
            return replace(_cover_of(title, _body_name(title["before"])), year=header_year(year[1]))
    return Cover()


def _cover_of(title: re.Match[str], name: str | None) -> Cover:
    """What a title matched by ``_COVER`` says."""
    return Cover(
        year=header_year(title["year"]) if "year" in title.groupdict() else None,
        title_name=name,
        scope="department" if title["scope"] == "部门" else "unit",
        kind="budget" if title["kind"] == "预算" else "final",
        place=title["before"] or None,
    )


def _read_opening(page: RawPage) -> Cover:
    """The title of a document that begins without a cover, over prose or its first table."""
    top = min(table.box.top for table in page.tables)
    above = (label_key(line.text) for line in page.lines if line.box.bottom <= top)
    keys = [key for key in above if not _HEADING.match(key)]
    for end in range(1, min(len(keys), _OPENING_LINES) + 1):
        title = _OPENING.fullmatch("".join(keys[:end]))
        name = _body_name(title["before"] + title["after"]) if title else None
        if title is not None and name is not None:
            return _cover_of(title, name)
    return Cover()


def _body_name(text: str) -> str | None:
    """Return the text when it names a body: not a place, not a template's XX局."""
    name = _AROUND_NAME.sub("", text.replace("（）", "").strip("：-"))
    if not name or _PLACEHOLDER.search(name) or _PLACE_ONLY.fullmatch(name):
        return None
    if _PROSE.search(name):
        return None
    return name if _BODY_NAME.fullmatch(name) else None


@dataclass(frozen=True, slots=True)
class _InTables:
    """Names, codes and years that stand in cells of forms and in 单位名称 columns."""

    form_name: str | None
    units: tuple[tuple[str, str], ...]
    year: int | None


def _read_tables(pages: Sequence[RawPage]) -> _InTables:
    forms: set[str] = set()
    units: set[tuple[str, str]] = set()
    years: set[int] = set()
    for table in (table for page in pages for table in page.tables):
        for cell in table.cells:
            first = cell.lines[0].text if cell.lines else ""
            if "-" in first and _UNIT_START.match(first):
                if found := _UNIT_CELL.fullmatch(join_lines(cell.lines, cell.box)):
                    units.add((found[1], found[2]))
            elif "年" in first and (year := year_in_brackets(first)):
                years.add(year)
            elif "称" in first or "位" in first:
                forms.update(_form_value(table, cell))
    return _InTables(
        form_name=forms.pop() if len(forms) == 1 else None,
        units=tuple(sorted(units)),
        year=years.pop() if len(years) == 1 else None,
    )


def _form_value(table: RawTable, label: Cell) -> Iterator[str]:
    """Yield the name beside a 部门名称 cell of a form: the row holds one or two such pairs."""
    if label_key(join_lines(label.lines, label.box)) not in _UNIT_NAME_KEYS:
        return
    row = sorted((c for c in table.cells if c.row == label.row and c.lines), key=lambda c: c.col)
    if len(row) in (2, 4) and row[0] is label:
        name = join_lines(row[1].lines, row[1].box)
        if _body_name(name):
            yield name


def document_meta(
    pages: Sequence[RawPage],
    captions: Sequence[Caption],
    file_name: str,
    *,
    is_bound: bool = False,
) -> dict[str, str | int | None]:
    """Return the descriptive columns of ``documents`` that the document itself states.

    fiscal_year: the cover's title, else what two thirds of the dated table titles name, else a
    form's （2026年度）. publisher: the one name after 编制部门：, 编制单位： and the like; where
    captions name several (a table for each subordinate unit), the cover's label or title, else
    the name most captions give, else a form's 部门名称, else the only unit of 单位名称 columns.
    parent_department: the cover's 预算主管部门 (a department's own document names itself).
    province, city, district: from the publisher's name, else the cover. doc_scope: 部门预算 or
    单位预算 on the cover, else what captions call the publisher. doc_kind: from titles, else the
    cover.
    ``is_bound``: disclosures of several departments in one file, which has no one publisher.
    unit_code: of ``310001-…`` when it is the only one, or the publisher's. ``file_name`` is no
    evidence.
    """
    del file_name
    cover = read_cover(pages)
    inside = _read_tables(pages)
    labelled = [caption for caption in captions if _is_named(caption)]
    names = {caption.publisher for caption in labelled}
    publisher = (
        None
        if is_bound
        else (
            (names.pop() if len(names) == 1 else None)
            or cover.unit
            or cover.department
            or cover.title_name
            or _settled(caption.publisher for caption in labelled)
            or inside.form_name
            or (inside.units[0][1] if len(inside.units) == 1 else None)
        )
    )
    places = (place_of(name) for name in (publisher, cover.department, cover.place))
    province, city, district = next((p for p in places if any(p)), (None, None, None))
    return {
        "fiscal_year": _fiscal_year(captions, cover, inside),
        "publisher": publisher,
        "parent_department": cover.department,
        "province": province,
        "city": city,
        "district": district,
        "doc_scope": cover.scope or _caption_scope(labelled),
        "doc_kind": _settled(caption.kind for caption in captions) or cover.kind,
        "unit_code": _unit_code(inside.units, publisher),
    }


def _is_named(caption: Caption) -> bool:
    return bool(caption.publisher) and not _PLACEHOLDER.search(caption.publisher or "")


def _fiscal_year(captions: Sequence[Caption], cover: Cover, inside: _InTables) -> int | None:
    years = Counter(caption.year for caption in captions if caption.year)
    if cover.year is not None or not years:
        # Titles do not outvote the cover: they may be last year's by mistake.
        return cover.year or inside.year
    year, count = years.most_common(1)[0]
    # A report on two years (执行情况 and 草案) has no one year.
    return year if 3 * count >= 2 * years.total() else None


def _caption_scope(captions: Sequence[Caption]) -> Scope | None:
    labels = [caption.publisher_label for caption in captions]
    if labels and all(label in _DEPARTMENT_LABELS for label in labels):
        return "department"
    return "unit" if labels and all(label in _UNIT_LABELS for label in labels) else None


def _unit_code(units: Sequence[tuple[str, str]], publisher: str | None) -> str | None:
    codes = {code for code, name in units if name == publisher} or {code for code, _ in units}
    return codes.pop() if len(codes) == 1 else None
