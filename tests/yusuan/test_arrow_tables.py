"""Values that do not fit the data dictionary never reach a file."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yusuan.arrow import (
    DataError,
    Runs,
    arrow_type,
    columns_to_table,
    layout_of,
    records_to_table,
    rows_to_table,
)
from yusuan.cells import cells_in_parts, drained, joined
from yusuan.extract.model import Box, Cell, Line, RawDocument, RawPage, RawTable
from yusuan.normalize.model import Origin, Record
from yusuan.result import loaded_schemas
from yusuan.schemas.model import Column, TableSchema


def column(name: str, kind: str, nullable: bool = True, values: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, name, name, "", nullable, values)


TABLE = TableSchema(
    "facts",
    "事实",
    "Facts",
    "",
    ("row_id",),
    (
        column("doc_id", "string", nullable=False),
        column("row_id", "string", nullable=False),
        column("amount_yuan", "decimal128(20,2)"),
        column("side", "string", values=("revenue", "expenditure")),
        column("page_no", "int32"),
        column("cell_id", "string"),
        column("value_status", "string"),
        column("proof", "string"),
        column("check_ids", "list<string>"),
    ),
)
LAYOUT = layout_of(TABLE, "1")
GOOD = {"doc_id": "d", "row_id": "d:1"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"row_id": "d:2"}, r"facts\.doc_id row 1: null"),
        (GOOD | {"row_id": "d:2", "side": "left"}, r"facts\.side row 1: 'left' is none of"),
        (GOOD | {"row_id": "d:2", "amount_yuan": 1.5}, r"facts\.amount_yuan row 1 \(1\.5\)"),
        (GOOD | {"row_id": "d:2", "amount_yuan": Decimal("0.001")}, r"facts\.amount_yuan row 1"),
        (GOOD | {"row_id": "d:2", "amount_yuan": Decimal(10) ** 19}, r"facts\.amount_yuan row 1"),
        (GOOD | {"row_id": "d:2", "page_no": "3"}, r"facts\.page_no row 1 \('3'\)"),
        (GOOD | {"row_id": "d:2", "page_no": 2.5}, r"facts\.page_no row 1 \(2\.5\)"),
        (GOOD | {"row_id": 2}, r"facts\.row_id row 1 \(2\)"),
        (GOOD | {"row_id": "d:2", "colour": "red"}, r"facts row 1: no such column: \['colour'\]"),
        (GOOD, r"facts rows 0 and 1 have the same key"),
    ],
)
def test_a_misfit_is_named_with_table_column_and_row(row: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        rows_to_table(LAYOUT, [GOOD, row])


def test_shared_columns_are_filled() -> None:
    origin = Origin(3, 0, 5, 2, Box(0, 0, 1, 1))
    values = {"row_id": "T000:5:2", "value_status": "zero", "amount_yuan": Decimal("0.00")}
    (row,) = records_to_table(LAYOUT, [Record("facts", values, origin)], "d").to_pylist()
    assert row == {
        "doc_id": "d",
        "row_id": "d:T000:5:2",
        "amount_yuan": Decimal("0.00"),
        "side": None,
        "page_no": 3,
        "cell_id": "d:3:0:5:2",
        "value_status": "zero",
        "proof": "single",
        "check_ids": [],
    }


@pytest.mark.parametrize(
    ("status", "proof"), [("published", "single"), ("dash", "single"), ("blank", None)]
)
def test_proof_of_a_reading_that_nothing_confirms(status: str, proof: str | None) -> None:
    record = Record("facts", {"row_id": "1", "value_status": status})
    (row,) = records_to_table(LAYOUT, [record], "d").to_pylist()
    assert row["proof"] == proof


def test_a_value_of_the_record_goes_before_a_shared_one() -> None:
    record = Record("facts", {"row_id": "1", "page_no": 9, "check_ids": ("c",), "proof": "proved"})
    (row,) = records_to_table(LAYOUT, [record], "d").to_pylist()
    assert (row["page_no"], row["check_ids"], row["proof"]) == (9, ["d:c"], "proved")


def test_records_with_an_unknown_column_or_the_same_key_are_refused() -> None:
    one = Record("facts", {"row_id": "1"})
    with pytest.raises(DataError, match=r"facts row 1: no such column: \['colour'\]"):
        records_to_table(LAYOUT, [one, Record("facts", {"row_id": "2", "colour": "red"})], "d")
    with pytest.raises(DataError, match="facts rows 0 and 1 have the same key"):
        records_to_table(LAYOUT, [one, one], "d")


def test_no_records_make_an_empty_table_of_the_declared_types() -> None:
    assert records_to_table(LAYOUT, (), "d").schema == LAYOUT.schema


def pages_of_cells(n_pages: int, n_rows: int) -> RawDocument:
    """Pages with one table of one column each; a line in every second cell."""
    box = Box(0.0, 0.0, 10.0, 10.0)
    pages = []
    for number in range(1, n_pages + 1):
        cells = tuple(
            Cell(row, 0, 1, 1, box, (Line(f"{number}.{row}", box),) if row % 2 else ())
            for row in range(n_rows)
        )
        table = RawTable(number, 0, box, n_rows, 1, cells, (0.0, 10.0), (0.0,) * (n_rows + 1))
        pages.append(RawPage(number, 10.0, 10.0, 0, (table,)))
    return RawDocument("d", "made", "made.pdf", tuple(pages))


def test_cells_are_all_written_and_joined_with_their_use() -> None:
    raw = pages_of_cells(30, 700)
    layout = layout_of(loaded_schemas().tables["cells"], "1")
    uses = {(2, 0, 1, 0): ("ignored", "seq"), (2, 0, 3, 0): ("value", "")}
    texts = {(p, 0, row, 0): f"{p}.{row}" for p in range(1, 31) for row in range(1, 700, 2)}
    pages = drained(list(raw.pages))
    parts = cells_in_parts(layout, "d", pages, uses.get, texts.get, {(2, 0): "T000"})
    table = joined(parts)
    assert table.column("row").num_chunks > 2
    rows = table.to_pylist()
    assert [row["cell_id"] for row in rows] == [
        f"d:{page}:0:{row}:0" for page in range(1, 31) for row in range(700)
    ]
    assert [row["lines"] for row in rows] == [[row["text"]] if row["text"] else [] for row in rows]
    assert {row["table_id"] for row in rows if row["page_no"] == 2} == {"d:T000"}
    assert {row["table_id"] for row in rows if row["page_no"] != 2} == {None}
    used = [(row["row"], row["use"], row["use_reason"]) for row in rows if row["use"]]
    assert used == [(1, "ignored", "seq"), (3, "value", None)]


def test_a_document_without_tables_has_no_cells() -> None:
    layout = layout_of(loaded_schemas().tables["cells"], "1")
    pages = pages_of_cells(0, 0).pages
    table = joined(cells_in_parts(layout, "d", pages, {}.get, {}.get, {}))
    assert len(table) == 0
    assert table.schema == layout.schema


def test_types_by_name() -> None:
    assert arrow_type("decimal128(22,6)") == pa.decimal128(22, 6)
    assert arrow_type("list<int32>") == pa.list_(pa.int32())
    with pytest.raises(DataError, match="unknown column type 'money'"):
        arrow_type("money")


@given(st.lists(st.tuples(st.sampled_from(["revenue", "expenditure", None]), st.integers(0, 3))))
def test_runs_make_the_same_column_as_their_values_one_by_one(
    runs: list[tuple[str | None, int]],
) -> None:
    sides = [side for side, length in runs for _ in range(length)]
    ids = [str(number) for number in range(len(sides))]
    shared = {"doc_id": ["d"] * len(ids), "row_id": ids}
    in_runs = Runs([side for side, _ in runs], [length for _, length in runs])
    told, found = (
        columns_to_table(LAYOUT, {**shared, "side": side}, len(ids)) for side in (sides, in_runs)
    )
    assert found.equals(told)


def test_a_run_outside_its_vocabulary_is_refused() -> None:
    columns = {"doc_id": ["d"], "row_id": ["d:1"], "side": Runs(["left"], [1])}
    with pytest.raises(DataError, match=r"facts\.side row 0: 'left' is none of"):
        columns_to_table(LAYOUT, columns, 1)
