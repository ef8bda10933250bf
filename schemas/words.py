"""Reading ``header_words.csv``: the words that headers of the standard tables are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from yusuan.schemas import rules
from yusuan.schemas.model import HeaderWord


def read_header_words(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    problem: Callable[[int, str], None],
    check: rules.Checker,
) -> tuple[HeaderWord, ...]:
    """Check and collect the lines; a word may mean one thing only in a family.

    ``rows``: line number and fields. ``problem`` takes a line number and what is wrong there.
    """
    seen: dict[tuple[str, str], int] = {}
    found = []
    for line, row in rows:
        families = tuple(row["families"].split("|"))
        texts = list(check.family_problems(families))
        attributes: Mapping[str, str] = {}
        if row["attributes"]:
            attributes, wrong = check.attributes(row["attributes"], families)
            texts.extend(wrong)
        words = tuple(row["words"].split("|"))
        for word in words:
            texts.extend(rules.spelling_problems("word", word))
            for family in families:
                first = seen.setdefault((family, word), line)
                if first != line:
                    texts.append(f"word {word!r} for {family!r} stands in line {first} already")
        for text in texts:
            problem(line, text)
        found.append(HeaderWord(families, words, MappingProxyType(dict(attributes))))
    return tuple(found)
