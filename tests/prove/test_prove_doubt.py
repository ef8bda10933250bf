"""What keeps all sums of a table and is wrong all the same: another unit, another's column."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from yusuan.normalize.document import Normalized
from yusuan.normalize.model import Record
from yusuan.prove.assess import PROVED, assess
from yusuan.prove.doubt import doubted_columns
from yusuan.schemas.loader import load

SCHEMAS = load()
_MONEY = ("amount_text", "amount_yuan", "value_status", "published_decimals")


def wrong_and_proved(document: Normalized, records: list[Record]) -> tuple[list[str], list[str]]:
    """Rows of changed amounts other than zero that are proved; of unchanged ones that are not."""
    kind = str(document.meta["doc_kind"])
    assessment = assess(records, document.tables, SCHEMAS.identities, kind)
    wrong, lost = [], []
    for i, (before, after) in enumerate(zip(document.records, records, strict=True)):
        yuan = after.values.get("amount_yuan")
        if after.table == "narrative_facts" or not yuan or i not in assessment.statuses:
            continue
        is_proved = assessment.statuses[i].proof in PROVED
        if (yuan != before.values.get("amount_yuan")) == is_proved:
            (wrong if is_proved else lost).append(str(after.values["row_id"]))
    return wrong, lost


def of_family(document: Normalized, family: str, fund: str | None) -> list[int]:
    tables = {
        t.values["table_id"]
        for t in document.tables
        if t.values.get("family") == family and t.values.get("fund_scope") == fund
    }
    found = [i for i, r in enumerate(document.records) if r.values.get("table_id") in tables]
    assert found
    return found


def exchanged(document: Normalized, places: list[int], names: tuple[str, str]) -> list[Record]:
    """The records with two measures of every row in each other's place."""
    records = list(document.records)
    rows: dict[str, dict[str, int]] = {}
    for i in places:
        values = records[i].values
        row = str(values["row_id"]).rpartition(":")[0]
        rows.setdefault(row, {})[str(values.get("measure"))] = i
    for cells in rows.values():
        for name, other in (names, names[::-1]):
            taken = {m: document.records[cells[other]].values.get(m) for m in _MONEY}
            here = cells[name]
            records[here] = records[here]._replace(values={**records[here].values, **taken})
    return records


@pytest.mark.parametrize(
    ("sample", "family", "fund"),
    [
        ("final-account", "general_fn", "general_public"),
        ("final-account", "basic_econ", "general_public"),
        ("shanghai-form", "expenditure_fn", "all"),
        ("shanghai-form", "revenue_fn", "all"),
    ],
)
def test_a_table_in_another_unit_is_not_proved_by_its_own_sums(
    read: Callable[[str], Normalized], sample: str, family: str, fund: str
) -> None:
    document = read(sample)
    records = list(document.records)
    for i in of_family(document, family, fund):
        values = records[i].values
        if isinstance(yuan := values.get("amount_yuan"), Decimal):
            records[i] = records[i]._replace(values={**values, "amount_yuan": yuan * 10_000})
    wrong, lost = wrong_and_proved(document, records)
    assert wrong == []
    # What the others say of each other stands.
    assert len(lost) < len(document.records) / 50


@pytest.mark.parametrize(
    ("sample", "family", "fund", "names"),
    [
        ("shanghai-form", "expenditure_fn", "all", ("basic", "project")),
        ("final-account", "expenditure_fn", "all", ("basic", "project")),
        ("shanghai-form", "general_fn", "general_public", ("basic", "project")),
        ("shanghai-form", "basic_econ", "general_public", ("personnel", "public")),
    ],
)
def test_columns_in_each_others_place_are_not_proved_by_their_own_sums(
    read: Callable[[str], Normalized],
    sample: str,
    family: str,
    fund: str,
    names: tuple[str, str],
) -> None:
    document = read(sample)
    records = exchanged(document, of_family(document, family, fund), names)
    wrong, _ = wrong_and_proved(document, records)
    assert wrong == []


@pytest.mark.parametrize("sample", ["seed-calc", "final-account", "shanghai-form", "empty-set"])
def test_no_column_of_a_document_as_it_is_nor_of_one_wrong_figure_is_in_doubt(
    read: Callable[[str], Normalized], sample: str
) -> None:
    document = read(sample)
    kind, identities = str(document.meta["doc_kind"]), SCHEMAS.identities
    outcomes = assess(document.records, document.tables, identities, kind).outcomes
    assert doubted_columns(outcomes, identities) == frozenset()
    amounts = [i for i, r in enumerate(document.records) if r.values.get("amount_yuan")]
    for place in amounts[:: len(amounts) // 6]:
        records = list(document.records)
        values = records[place].values
        yuan = values["amount_yuan"]
        assert isinstance(yuan, Decimal)
        records[place] = records[place]._replace(values={**values, "amount_yuan": yuan + 70_000})
        outcomes = assess(records, document.tables, identities, kind).outcomes
        assert doubted_columns(outcomes, identities) == frozenset()
