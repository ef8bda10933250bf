"""End to end over the samples: every printed figure is a record once, with the right meaning."""

import re
from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from .meanings import ATTRIBUTES, MONEY, TABLE_OF_FAMILY
from .oracle import (
    NAMES,
    TrueTable,
    expected_facts,
    fund_scope,
    golden,
    known,
    squeezed,
    true_tables,
)

MONEY_TABLES = true_tables(*TABLE_OF_FAMILY)


def compared(table: str, values: Any, without: Collection[str] = ()) -> dict[str, Any]:
    columns = (ATTRIBUTES[table] + " " + MONEY).split()
    return {c: values.get(c) for c in columns if c not in without}


def told(facts: Counter[frozenset]) -> str:
    """Facts of a difference, one a line, for reading."""
    return "\n".join(
        f"{n} x " + ", ".join(f"{k}={v}" for k, v in sorted(fact, key=str) if v is not None)
        for fact, n in list(facts.items())[:12]
    )


def as_counter(facts: list[dict[str, Any]]) -> Counter[frozenset]:
    return Counter(frozenset(f.items()) for f in facts)


# Defects of the product, by table; each test below must fail on them until they are mended.
WRONG_FACTS: dict[str, str] = {}
# Only these columns are wrong: everything else of the tables is compared all the same.
WRONG_COLUMNS: dict[str, tuple[set[str], str]] = {}
WRONG_FAMILY: dict[str, str] = {}
WRONG_UNIT: dict[str, str] = {}
WRONG_EMPTY: dict[str, str] = {}
LEAF_TABLES = [
    t for t in MONEY_TABLES if TABLE_OF_FAMILY[t.family] not in {"summary", "three_public"}
]


# --- documents and tables -----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_found_once_in_order(name: str, converted: Any) -> None:
    truth = golden(name)["tables"]
    found = converted(name).published
    assert len(found) == len(truth)
    for record, table in zip(found, truth, strict=True):
        number, title = record.values["table_no_text"] or "", record.values["title_text"]
        assert squeezed(table["table_title"]) in {title, number + title}
        assert record.values["page_first"] <= record.values["page_last"]
    ids = [t.values["table_id"] for t in converted(name).result.tables]
    assert len(ids) == len(set(ids))
    spans = [(t.values["page_first"], t.values["page_last"]) for t in found]
    assert all(a[1] < b[0] for a, b in pairwise(spans)), "each sample's tables begin on a new page"


@pytest.mark.parametrize("table", known(true_tables(), WRONG_FAMILY), ids=str)
def test_family(table: TrueTable, converted: Any) -> None:
    record = converted(table.sample).published[table.number]
    assert record.values["family"] == table.family


@pytest.mark.parametrize("table", known(true_tables(), WRONG_UNIT), ids=str)
def test_unit(table: TrueTable, converted: Any) -> None:
    record = converted(table.sample).published[table.number]
    assert record.values["published_unit"] == table.data["unit"]


@pytest.mark.parametrize("table", known(true_tables(), WRONG_EMPTY), ids=str)
def test_is_empty(table: TrueTable, converted: Any) -> None:
    record = converted(table.sample).published[table.number]
    assert record.values["is_empty"] == table.data["is_empty"]


@pytest.mark.parametrize("table", true_tables(), ids=str)
def test_what_the_title_tells(table: TrueTable, converted: Any) -> None:
    values = converted(table.sample).published[table.number].values
    document = golden(table.sample)["document"]
    assert values["fund_scope"] == fund_scope(table)
    assert values["doc_kind"] in {None, document["doc_kind"]}
    assert values["publisher"] in {None, document.get("publisher")}
    year = re.match(r"(20\d\d)年", table.data["table_title"])
    if table.family == "dept_perf":  # (2026年度) stands on a line of its own
        assert values["title_year"] == 2026
    else:
        assert values["title_year"] == (int(year[1]) if year else None)


@pytest.mark.parametrize("name", NAMES)
def test_no_table_is_reported_missing_that_is_there(name: str, converted: Any) -> None:
    there = {t["family"] for t in golden(name)["tables"]}
    missing = [t for t in converted(name).result.tables if t.values["status"] == "missing"]
    assert not [t.values["title_text"] for t in missing if t.values["family"] in there]


@pytest.mark.parametrize("name", NAMES)
def test_document_metadata(name: str, converted: Any) -> None:
    truth, meta = golden(name)["document"], converted(name).result.meta
    assert meta["fiscal_year"] == truth["fiscal_year"]
    assert meta["doc_kind"] == truth["doc_kind"]
    if "publisher" in truth:
        assert meta["publisher"] == truth["publisher"]
        assert meta["doc_scope"] == truth["doc_scope"]
        assert meta["province"] is None
        assert meta["city"] == "某某市"
        assert meta["district"] == "示例区"
    else:
        assert meta["publisher"] in {truth["publisher_unit"], truth["department"]}
        assert meta["unit_code"] == truth["unit_code"]
        assert f"{meta['province']}{meta['district']}" == truth["district"]


# --- money --------------------------------------------------------------------------------------


def check_facts(table: TrueTable, converted: Any, without: Collection[str] = ()) -> None:
    target = TABLE_OF_FAMILY[table.family]
    records = converted(table.sample).of_table(table.number)
    assert {r.table for r in records} <= {target}
    expected = [compared(target, f, without) for f in expected_facts(table)]
    actual = [compared(target, r.values, without) for r in records]
    lost, invented = (
        as_counter(expected) - as_counter(actual),
        as_counter(actual) - as_counter(expected),
    )
    assert not lost and not invented, (
        f"{lost.total()} printed facts are missing:\n{told(lost)}\n"
        f"{invented.total()} facts are not in the document:\n{told(invented)}"
    )
    assert actual == expected, "the facts are right and their places are not"


@pytest.mark.parametrize("table", known(MONEY_TABLES, WRONG_FACTS), ids=str)
def test_facts_are_what_is_printed(table: TrueTable, converted: Any) -> None:
    without, _ = WRONG_COLUMNS.get(str(table), ((), ""))
    check_facts(table, converted, without)


@pytest.mark.parametrize(
    "table",
    known(
        [t for t in MONEY_TABLES if str(t) in WRONG_COLUMNS],
        {name: reason for name, (_, reason) in WRONG_COLUMNS.items()},
    ),
    ids=str,
)
def test_columns_known_to_be_wrong(table: TrueTable, converted: Any) -> None:
    check_facts(table, converted)


@pytest.mark.parametrize("name", NAMES)
def test_every_printed_amount_is_one_record(name: str, converted: Any) -> None:
    """Counted apart from what the figures mean, over the whole document."""
    printed = Counter(
        amount["text"]
        for table in golden(name)["tables"]
        for amount in table["amounts"]
        if amount["printed"]
    )
    texts: Counter[str] = Counter()
    for record in converted(name).facts:
        for column, value in record.values.items():
            if column == "amount_text" or (column.endswith("_text") and column.removesuffix("_text")
                                           + "_yuan" in record.values):  # fmt: skip
                texts.update([value] if value is not None else [])
    assert texts == printed


@pytest.mark.parametrize("name", NAMES)
def test_what_is_lost_in_print_is_blank(name: str, converted: Any) -> None:
    for table in true_tables():
        lost = [a for a in table.data["amounts"] if not a["printed"]]
        if table.sample != name or not lost:
            continue
        records = converted(name).of_table(table.number)
        for amount in lost:
            label = amount["labels"][0].partition("、")[2] if amount["labels"] else None
            yuan = Decimal(amount["text"].replace(",", "")) * 10_000
            cells = [
                r.values
                for r in records
                if (r.values.get("label_norm") == label if label
                    else r.values.get("item") == "vehicle_operation")
            ]  # fmt: skip
            assert [c["value_status"] for c in cells] == ["blank"]
            assert cells[0]["amount_yuan"] is None
            others = [r.values for r in records if r.values["amount_yuan"] == yuan]
            # 小计 of the vehicles is the same figure and is printed.
            assert [o.get("item") for o in others] == ([] if label else ["vehicle_total"])


def test_the_samples_show_every_status() -> None:
    facts = [f["value_status"] for t in MONEY_TABLES for f in expected_facts(t)]
    assert set(facts) == {"published", "zero", "dash", "blank"}


@pytest.mark.parametrize("table", LEAF_TABLES, ids=str)
def test_leaves_sum_to_the_total(table: TrueTable, converted: Any) -> None:
    """Per printed column; the goldens' own figures add up exactly (tests of the samples)."""
    leaves: Counter[tuple[Any, ...]] = Counter()
    totals: dict[tuple[Any, ...], Decimal] = {}
    for record in converted(table.sample).of_table(table.number):
        v = record.values
        column = tuple(
            v.get(c) for c in ("measure", "flow", "period", "revenue_source", "fund_scope")
        )
        if v["row_type"] == "total":
            assert column not in totals
            totals[column] = v["amount_yuan"] or Decimal(0)
            assert not v.get("is_leaf")
            assert not any(v.get(c) for c in v if c.endswith("_code"))
        elif v.get("is_leaf", True):
            leaves[column] += v["amount_yuan"] or 0
    assert set(leaves) <= set(totals)
    assert {c: leaves[c] for c in totals} == totals


@pytest.mark.parametrize("table", true_tables("summary", "fiscal_summary"), ids=str)
def test_lists_sum_to_the_year(table: TrueTable, converted: Any) -> None:
    """Classes of expenditure sum to 本年支出合计 (支出总计 where there is none)."""
    records = [r.values for r in converted(table.sample).of_table(table.number)]
    spent = [
        v for v in records if v["side"] == "expenditure" and v["fund_scope"] in {"all", "fiscal"}
    ]
    classes = sum(v["amount_yuan"] or 0 for v in spent if v["line_kind"] == "function_class")
    kinds = {v["line_kind"]: v["amount_yuan"] for v in spent if v["line_kind"] != "function_class"}
    total = kinds.get("year_total", kinds["grand_total"])
    lost = sum(
        Decimal(a["text"].replace(",", "")) * 10_000
        for a in table.data["amounts"]
        if not a["printed"]
    )
    assert classes + lost == total
    ends = {v["amount_yuan"] for v in records if v["line_kind"] == "grand_total"
            and v["fund_scope"] in {"all", "fiscal"}}  # fmt: skip
    assert len(ends) == 1


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_box_of_every_amount_shows_it(name: str, converted: Any, text_in: Any) -> None:
    """By pdfplumber's glyphs: the figure and nothing else, or nothing where it is blank."""
    wrong, seen = [], 0
    for record in converted(name).facts:
        if "amount_text" not in record.values:
            continue
        origin = record.origin
        assert origin is not None and origin.page == record.values["page_no"]
        text = text_in(name, origin.page, origin.box)
        seen += 1
        if text != (record.values["amount_text"] or ""):
            wrong.append((origin.key, record.values["amount_text"], text))
    assert seen
    assert not wrong


@pytest.mark.parametrize("name", NAMES)
def test_cells_hold_the_glyphs_of_their_boxes(name: str, converted: Any, text_in: Any) -> None:
    """Cell by cell against pdfplumber, which also sees what is hidden under a clip."""
    wrong, seen = [], 0
    for page in converted(name).raw.pages:
        for table in page.tables:
            for cell in table.cells:
                ours = Counter("".join("".join(line.text.split()) for line in cell.lines))
                theirs = Counter(text_in(name, page.number, cell.box))
                seen += ours.total()
                if ours - theirs or (theirs - ours and not page.n_hidden):
                    wrong.append((page.number, cell.row, cell.col, ours - theirs, theirs - ours))
    assert seen > 500
    assert not wrong


def test_what_a_clip_hides_is_not_read(converted: Any) -> None:
    """The spreadsheet print writes a merged cell's text on each page it touches, once visibly."""
    hidden = {n: sum(p.n_hidden for p in converted(n).raw.pages) for n in NAMES}
    assert {n for n, count in hidden.items() if count} == {"seed-calc"}
    done = converted("seed-calc")
    firsts = {t.values["page_first"] for t in done.published}
    continued = [p for p in done.raw.pages if p.tables and p.number not in firsts]
    assert len(continued) == 7
    assert any(p.n_hidden for p in continued)
    # Such pages have no title and no note of their own: every other line would be hidden text.
    assert [p.lines for p in continued] == [()] * 7


@pytest.mark.parametrize("name", NAMES)
def test_every_record_has_its_own_row_id_and_place(name: str, converted: Any) -> None:
    pages = {
        t.values["table_id"]: (t.values["page_first"], t.values["page_last"])
        for t in converted(name).published
    }
    ids = Counter((r.table, r.values["row_id"]) for r in converted(name).facts)
    assert not [i for i, n in ids.items() if n > 1]
    places = Counter(r.origin.key for r in converted(name).facts if "amount_text" in r.values)
    assert not [p for p, n in places.items() if n > 1]
    for record in converted(name).facts:
        first, last = pages[record.values["table_id"]]
        assert first <= record.values["page_no"] <= last


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_a_table_is_accounted_for(name: str, converted: Any) -> None:
    result = converted(name).result
    recognised = {
        key for table in result.logical if table.family is not None for key in table.fragments
    }
    printed = {
        (page.number, table.index, cell.row, cell.col)
        for page in converted(name).raw.pages
        for table in page.tables
        if (page.number, table.index) in recognised
        for cell in table.cells
        if not cell.is_blank
    }
    assert printed == set(result.uses) & printed
    assert not [key for key in printed if result.uses[key][0] == "finding"]
    assert not [key for key in printed if result.uses[key][0] == "ignored"
                and not result.uses[key][1]]  # fmt: skip
    amounts = {r.origin.key for r in converted(name).facts if r.values.get("amount_text")}
    assert not [key for key in amounts if result.uses[key][0] != "value"]


# What a reader should be told of these samples, and nothing else louder than info.
EXPECTED_WARNINGS = {
    "seed-calc": set(),
    "seed-report": {"owner-ambiguous"},
    "shanghai-form": {"code-padded"},
    "final-account": set(),
    "empty-set": set(),
}


@pytest.mark.parametrize("name", NAMES)
def test_no_false_alarm(name: str, converted: Any) -> None:
    loud = {f.code for f in converted(name).result.findings if f.severity != "info"}
    assert loud <= EXPECTED_WARNINGS[name]
