"""What the user's list says of a document, beside what the document prints of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from yusuan.inputs.model import Given
from yusuan.normalize.model import Finding
from yusuan.normalize.text import label_key

# Column of ``documents`` -> what a list may say of it.
_PRINTED: Final = {
    "province": "province",
    "city": "city",
    "district": "district",
    "publisher": "publisher",
    "fiscal_year": "year",
}
# What publishing says of lists; nothing else does.
GIVEN_DIFFERS: Final = "given-differs"
# 北京 and 北京市, 内蒙古 and 内蒙古自治区 are the same place.
_PLACE_KIND: Final = re.compile(
    r"(?<=..)(?:省|市|区|县|(?:壮族|回族|维吾尔)?自治区|特别行政区|自治州|自治县|盟|旗)$"
)


def given_columns(given: Given) -> dict[str, str | int | None]:
    """The columns ``given_*`` of a document's row."""
    return {
        "given_province": given.province,
        "given_city": given.city,
        "given_district": given.district,
        "given_publisher": given.publisher,
        "given_year": given.year,
        "given_url": given.url,
    }


def given_findings(printed: Mapping[str, Any], given: Given) -> Iterator[Finding]:
    """A finding for each column in which the list and the document say different things.

    ``printed``: the document's row of ``documents``. Short and full names of a place agree, and so
    does a publisher's name with and without its place in front.
    """
    for column, field in _PRINTED.items():
        read, said = printed.get(column), getattr(given, field)
        if read is None or said is None or _agree(column, str(read), str(said)):
            continue
        note = f"{column}: the list says {said}, the document prints {read}; both are kept."
        yield Finding(GIVEN_DIFFERS, "warning", note, column=column)


def copies_findings(given: Given, others: Iterable[tuple[str, Given]]) -> Iterator[Finding]:
    """A finding for each copy (source, what is said of it) of which the list says otherwise."""
    for source, said in others:
        if field := given.disagrees_with(said):
            if field == "url":
                continue  # the same bytes at two addresses are no disagreement
            first, second = getattr(given, field), getattr(said, field)
            note = (
                f"{field}: the list says {first} of this document and {second} of {source}, "
                "which has the same bytes."
            )
            yield Finding(GIVEN_DIFFERS, "warning", note, column=f"given_{field}")


def _agree(column: str, read: str, said: str) -> bool:
    one, other = label_key(read), label_key(said)
    if column == "publisher":
        return one.endswith(other) or other.endswith(one)
    if column == "fiscal_year":
        return one == other
    return _PLACE_KIND.sub("", one) == _PLACE_KIND.sub("", other)
