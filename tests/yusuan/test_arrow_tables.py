"""Values that do not fit the data dictionary never reach a file."""

from decimal import Decimal

import pyarrow as pa
import pytest

from yusuan.arrow import DataError, arrow_type, records_to_rows, rows_to_table
from yusuan.extract.model import Box
from yusuan.normalize.model import Origin, Record
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
        (GOOD | {"row_id": 2}, r"facts\.row_id row 1 \(2\)"),
        (GOOD | {"row_id": "d:2", "colour": "red"}, r"facts row 1: no such column: \['colour'\]"),
        (GOOD, r"facts rows 0 and 1 have the same key"),
    ],
)
def test_a_misfit_is_named_with_table_column_and_row(row: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        rows_to_table(TABLE, "1", [GOOD, row])


def test_shared_columns_are_filled() -> None:
    origin = Origin(3, 0, 5, 2, Box(0, 0, 1, 1))
    values = {"row_id": "T000:5:2", "value_status": "zero", "amount_yuan": Decimal("0.00")}
    rows = records_to_rows(TABLE, [Record("facts", values, origin)], "d")
    (row,) = rows_to_table(TABLE, "1", rows).to_pylist()
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
    (row,) = records_to_rows(TABLE, [record], "d")
    assert row["proof"] == proof


def test_types_by_name() -> None:
    assert arrow_type("decimal128(22,6)") == pa.decimal128(22, 6)
    assert arrow_type("list<int32>") == pa.list_(pa.int32())
    with pytest.raises(DataError, match="unknown column type 'money'"):
        arrow_type("money")
