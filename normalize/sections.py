"""Covers inside a document: disclosures of several bodies in one file, and whose a page is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from yusuan.extract.model import RawPage
from yusuan.normalize.captions import Kind, is_page_footer
from yusuan.normalize.metadata import Scope, place_of, read_cover
from yusuan.normalize.model import Finding, Value

# A cover has a name, a year, 部门预算, perhaps an office and a date; prose and contents have more.
_MAX_COVER_LINES: Final = 8
_MAX_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Section:
    """What follows a cover: from ``page`` on, the body that it names and the year it is of."""

    page: int
    name: str
    scope: Scope | None
    year: int | None = None
    kind: Kind | None = None


def sections(pages: Iterable[RawPage]) -> tuple[Section, ...]:
    """The covers of a document that name a body, one for each run of covers of the same book.

    The title names it (某市民政局2026年部门预算), or a line below (预算单位：某市民政局).
    """
    found: list[Section] = []
    for page in pages:
        body = (line for line in page.lines if not is_page_footer(line))
        if page.tables or not 0 < len(list(islice(body, _MAX_COVER_LINES + 1))) <= _MAX_COVER_LINES:
            continue
        cover = read_cover((page,))
        name = cover.title_name or (cover.kind and (cover.unit or cover.department))
        if not name:
            continue
        book = Section(page.number, name, cover.scope, cover.year, cover.kind)
        if not found or _book(found[-1]) != _book(book):
            found.append(book)
    return tuple(found)


def _book(section: Section) -> tuple[str, int | None, Kind | None]:
    return section.name, section.year, section.kind


def is_bound(found: Sequence[Section]) -> bool:
    """Whether several departments have covers: disclosures bound in one file, of no one body.

    The covers of a department's own units (单位预算) are parts of its document.
    """
    return len({s.name for s in found if s.scope == "department"}) > 1


def publisher_of(page: int, found: Sequence[Section]) -> str | None:
    """The body of the last cover before a page, where a document has covers of several."""
    if len({s.name for s in found}) < 2:
        return None
    cover = section_of(page, found)
    return cover.name if cover else None


def section_of(page: int, found: Sequence[Section]) -> Section | None:
    """The last cover before a page."""
    return next((s for s in reversed(found) if s.page <= page), None)


def year_of(page: int, found: Sequence[Section], year: int | None) -> int | None:
    """The year of a page: its cover's where the covers are of several, else the document's."""
    if not has_several_years(found):
        return year
    cover = section_of(page, found)
    return cover.year if cover else None


def has_several_years(found: Sequence[Section]) -> bool:
    """Whether the covers are of books of different years."""
    return len({s.year for s in found if s.year}) > 1


def without_contradictions(meta: Mapping[str, Value], found: Sequence[Section]) -> dict[str, Value]:
    """What the document is, without that in which the books bound in it differ.

    A department and its own units have the year and the kind in common.
    """
    values = dict(meta)
    for name, told in (
        ("fiscal_year", {s.year for s in found if s.year}),
        ("doc_kind", {s.kind for s in found if s.kind}),
    ):
        if len(told) > 1:
            values[name] = None
    if is_bound(found):
        values["parent_department"] = values["unit_code"] = None
        if len({s.scope for s in found}) > 1:
            values["doc_scope"] = None
        places = [place_of(s.name) for s in found]
        for at, name in enumerate(("province", "city", "district")):
            if len({place[at] for place in places if place[at]}) > 1:
                values[name] = None
    return values


def several_books(found: Sequence[Section]) -> tuple[Finding, ...]:
    """A finding where covers are of different years, or of a budget and a final account."""
    books = dict.fromkeys((s.year, s.kind) for s in found if s.year)
    if len(books) < 2:
        return ()
    told = ", ".join(f"{year} {kind}" for year, kind in books)
    return (
        Finding(
            code="several-years",
            note=f"covers in the document are of {told}: several disclosures are bound in one "
            "file; documents tells only what they have in common",
        ),
    )


def several_publishers(
    tables: Iterable[tuple[str | None, str | None, str | None]],
) -> tuple[Finding, ...]:
    """A finding where tables of the same kind are of different bodies.

    ``tables``: family, fund scope and publisher of each. One name may be another's short form; two
    kinds of tables with several names are several books of tables.
    """
    names: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for family, scope, publisher in tables:
        if family and publisher and publisher not in names[family, scope]:
            names[family, scope].append(publisher)
    repeated = [found for found in names.values() if len(found) > 1]
    if len(repeated) < 2:
        return ()
    every = list(dict.fromkeys(name for found in repeated for name in found))
    told = "、".join(every[:_MAX_NAMED]) + ("…" if len(every) > _MAX_NAMED else "")
    return (
        Finding(
            code="several-publishers",
            note=f"tables of the same kind are of {len(every)} bodies ({told}): a department and "
            "its units, or disclosures bound in one file; tables.publisher tells whose each is",
        ),
    )
