"""Tables as streams: nothing of them is lost, and they are written as they are."""

import pyarrow as pa
import pytest

from yusuan.packed import PackedTables, pack, packed, unpack

SCHEMA = pa.schema([pa.field("a", pa.int32(), metadata={"label_en": "A"})], metadata={"title": "T"})


def table(*values: int) -> pa.Table:
    return pa.Table.from_pydict({"a": list(values)}, schema=SCHEMA)


def test_a_table_in_parts_comes_back_whole_with_its_labels() -> None:
    found = pack(SCHEMA, (table(1, 2), table(), table(3)))
    assert found.n_rows == 3
    assert found.table().equals(table(1, 2, 3))
    assert found.table().schema.equals(SCHEMA, check_metadata=True)
    assert unpack(found.stream).schema.field("a").metadata is None


def test_packed_tables_are_read_as_others_and_not_packed_twice() -> None:
    one = pack(SCHEMA, (table(1),))
    tables = PackedTables({"one": one})
    assert list(tables) == ["one"] and len(tables) == 1
    assert tables["one"].equals(table(1))
    assert packed(tables)["one"] is one
    assert packed({"one": table(1)})["one"].stream == one.stream


def test_a_damaged_stream_is_refused() -> None:
    with pytest.raises(pa.ArrowInvalid):
        unpack(pack(SCHEMA, (table(1, 2, 3),)).stream[:40])


def test_a_table_without_rows_takes_no_stream_and_keeps_its_labels() -> None:
    empty = packed({"none": table()})["none"]
    assert (empty.stream, empty.n_rows) == (b"", 0)
    assert empty.table().equals(table())
    assert empty.table().schema.equals(SCHEMA, check_metadata=True)
