"""Covers inside a document: disclosures of several bodies in one file, and whose a page is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yusuan.extract.model import RawPage
from yusuan.normalize.captions import is_page_footer
from yusuan.normalize.metadata import Scope, read_cover
from yusuan.normalize.model import Finding

# A cover has a name, a year, 部门预算, perhaps an office and a date; prose and contents have more.
_MAX_COVER_LINES: Final = 8
_MAX_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Section:
    """What follows a cover: from ``page`` on, the body that it names."""

    page: int
    name: str
    scope: Scope | None


def sections(pages: Iterable[RawPage]) -> tuple[Section, ...]:
    """The covers of a document that name a body, one for each run of covers of the same body."""
    found: list[Section] = []
    for page in pages:
        n_lines = sum(not is_page_footer(line) for line in page.lines)
        if page.tables or not 0 < n_lines <= _MAX_COVER_LINES:
            continue
        cover = read_cover((page,))
        name = cover.title_name
        if name and (not found or found[-1].name != name):
            found.append(Section(page.number, name, cover.scope))
    return tuple(found)


def is_bound(found: Sequence[Section]) -> bool:
    """Whether several departments have covers: disclosures bound in one file, of no one body.

    The covers of a department's own units (单位预算) are parts of its document.
    """
    return len({s.name for s in found if s.scope == "department"}) > 1


def publisher_of(page: int, found: Sequence[Section]) -> str | None:
    """The body of the last cover before a page, where a document has covers of several."""
    if len({s.name for s in found}) < 2:
        return None
    return next((s.name for s in reversed(found) if s.page <= page), None)


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
