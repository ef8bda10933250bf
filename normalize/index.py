"""What normalisation prepares once from the schemas, for any number of documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yusuan.normalize.columns import (
    header_words,
)
from yusuan.normalize.families.form_cells import PROJECT, FormWords, form_words
from yusuan.normalize.families.labels import total_words
from yusuan.normalize.families.lanes import LabelIndex, label_index
from yusuan.normalize.family import (
    FamilyIndex,
    family_index,
)
from yusuan.normalize.narrative_heads import Heads, prepare_heads
from yusuan.schemas.model import Schemas


@dataclass(frozen=True, slots=True)
class Index:
    """What normalisation prepares once from the schemas, for any number of documents.

    ``words``: every known header segment. ``totals``: words that mark a total row. ``levels``:
    names of first level indicators. ``labels``: of each family of lanes. ``forms``: of each family
    that is printed as forms.
    """

    schemas: Schemas
    families: FamilyIndex
    words: frozenset[str]
    heads: Heads
    totals: frozenset[str]
    levels: frozenset[str]
    labels: Mapping[str, LabelIndex]
    forms: Mapping[str, FormWords]


def prepare(schemas: Schemas) -> Index:
    """Index the schemas' rules for ``normalize``."""
    families = family_index(schemas)
    lanes, forms = (
        [name for name, family in schemas.families.items() if family.layout == layout]
        for layout in ("lanes", "form")
    )
    return Index(
        schemas,
        families,
        words=header_words(schemas),
        heads=prepare_heads(schemas),
        totals=total_words(schemas),
        levels=frozenset(schemas.vocabularies["indicator_level1"]),
        labels={name: label_index(schemas, name) for name in lanes},
        forms={
            name: form_words(schemas, name, families.headers[name]) for name in (*forms, PROJECT)
        },
    )
