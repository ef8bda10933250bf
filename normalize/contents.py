"""Read a table of contents: which tables a document says it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yusuan.extract.model import RawPage
from yusuan.normalize.captions import title_key
from yusuan.normalize.family import TitleIndex, match_title
from yusuan.normalize.text import clean_text, label_key

# Leaders and page numbers behind a title: 收支总表……12, 收支总表 (12), 收支总表-12-.
_PAGE_NUMBER = re.compile(r"[.．·…。\-—_（(\s]*\d{0,3}[)）\-—\s]*$")
# Three titles on one page without a table are a list; one or two may be prose.
MIN_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A table announced in the contents: its family, title as printed, page of the contents."""

    family: str
    title: str
    page: int


def announced_families(pages: Sequence[RawPage], titles: TitleIndex) -> tuple[Entry, ...]:
    """The families listed on contents pages (pages without a table that name three or more)."""
    entries: dict[str, Entry] = {}
    for page in pages:
        if page.tables:
            continue
        listed = []
        for line in page.lines:
            if "表" not in line.text:
                continue  # most lines of prose
            text = _PAGE_NUMBER.sub("", clean_text(line.text))
            if not label_key(text).endswith("表") or len(text) > 60:
                continue
            rule = match_title((title_key(text),), titles)
            if rule is not None and rule.family != "-":
                listed.append(Entry(rule.family, text, page.number))
        if len(listed) >= MIN_ENTRIES:
            for entry in listed:
                entries.setdefault(entry.family, entry)
    return tuple(entries.values())
