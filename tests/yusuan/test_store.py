"""The dataset on disk: exact in every reader, the same bytes for the same inputs."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yusuan import parts as parts_module
from yusuan.arrow import empty_tables, layout_of, records_to_table
from yusuan.inputs import Fetched, Given
from yusuan.kept import MadeWith
from yusuan.manifest import Entry
from yusuan.normalize.model import Record
from yusuan.parts import PartTask, Published, bounds, write_part
from yusuan.result import DocumentResult, failed, loaded_schemas
from yusuan.store import Store, StoreError, columns_digest

TABLES = 18
CENTS = st.integers(-(10**20) + 1, 10**20 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


def result_of(doc_id: str, amounts: Iterable[Decimal | None]) -> DocumentResult:
    """A converted document with these amounts in ``procurement``."""
    schemas = loaded_schemas()
    records = [
        Record(
            "procurement",
            {
                "table_id": "T000",
                "row_id": f"T000:{number}:1",
                "category_name": "货物",
                "row_type": "detail",
                "amount_yuan": amount,
                "amount_text": None if amount is None else f"{amount:,}",
                "published_unit": "元",
                "page_no": 1,
                "value_status": "blank" if amount is None else "published",
            },
        )
        for number, amount in enumerate(amounts)
    ]
    table = schemas.tables["procurement"]
    tables = empty_tables(schemas) | {
        "documents": failed(doc_id, "x", "unreadable", "x").tables["documents"],
        "procurement": records_to_table(layout_of(table, schemas.version), records, doc_id),
    }
    return DocumentResult(doc_id, "x", "ok", None, tables)


MADE = MadeWith("key", "auto", "0", "0", columns_digest(loaded_schemas()))


def entry(source: str, doc_id: str) -> Entry:
    return Entry(source, doc_id, 1)


def new_store(root: Path) -> Store:
    store = Store(root, loaded_schemas())
    store.prepare()
    return store


def dataset_bytes(root: Path) -> dict[str, bytes]:
    """Every file of a dataset but the state, and the manifest, which tells the time."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in ("_state", "manifest.parquet")
    }


def doc_ids(root: Path) -> list[str]:
    return ds.dataset(root / "documents").to_table().column("doc_id").to_pylist()


@given(st.lists(st.none() | CENTS, max_size=20))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_amounts_are_exact_in_every_reader(
    tmp_path_factory: pytest.TempPathFactory, amounts: list[Decimal | None]
) -> None:
    root = tmp_path_factory.mktemp("out")
    store = new_store(root)
    store.keep(result_of("d" * 64, amounts), MADE)
    store.publish([entry("x.pdf", "d" * 64)])
    folder = root / "procurement"

    by_arrow = ds.dataset(folder).to_table().column("amount_yuan")
    assert by_arrow.type == pa.decimal128(20, 2)
    assert by_arrow.to_pylist() == amounts

    by_pandas = pd.read_parquet(folder)["amount_yuan"]
    assert [None if value is None else value for value in by_pandas] == amounts
    assert all(isinstance(value, Decimal | None) for value in by_pandas)

    by_polars = pl.read_parquet(folder / "*.parquet")["amount_yuan"]
    assert by_polars.dtype == pl.Decimal(20, 2)
    assert by_polars.to_list() == amounts
    assert pl.scan_parquet(folder).collect()["amount_yuan"].to_list() == amounts

    query = f"select amount_yuan, typeof(amount_yuan) from read_parquet('{folder}/*.parquet')"
    rows = duckdb.sql(query).fetchall()
    assert [row[0] for row in rows] == amounts
    assert {row[1] for row in rows} <= {"DECIMAL(20,2)"}


def test_all_tables_are_written_with_labels(tmp_path: Path) -> None:
    new_store(tmp_path / "out").publish([])
    schemas = loaded_schemas()
    folders = {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()}
    assert folders == {*schemas.tables, "_state"}
    assert len(schemas.tables) == TABLES
    for name, table in schemas.tables.items():
        read = ds.dataset(tmp_path / "out" / name)
        assert read.schema.names == [column.name for column in table.columns]
        assert read.count_rows() == 0
        assert pd.read_parquet(tmp_path / "out" / name).empty
    written = pq.read_schema(tmp_path / "out" / "expenditure" / "part-00000.parquet")
    assert written.metadata[b"title_zh"].decode() == schemas.tables["expenditure"].title_zh
    field = written.field("amount_yuan")
    assert field.metadata[b"label_zh"].decode() == "金额(元)"
    assert not written.field("doc_id").nullable


def test_a_source_given_again_replaces_and_others_stay(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    one, two, three = "1" * 64, "2" * 64, "3" * 64
    for doc_id in (one, two, three):
        store.keep(result_of(doc_id, [Decimal(1)]), MADE)
    store.publish([entry("a.pdf", one), entry("b.pdf", two)])
    store.publish([entry("a.pdf", one)])
    assert doc_ids(tmp_path) == [one, two]

    store.publish([entry("a.pdf", three)])
    assert doc_ids(tmp_path) == [three, two]
    assert ds.dataset(tmp_path / "procurement").count_rows() == 2
    assert store.kept(one) is None
    assert not list((tmp_path / "_state").glob("publishing*"))


def test_order_of_work_does_not_matter(tmp_path: Path) -> None:
    ids = [digit * 64 for digit in "123"]
    entries = [entry(f"{name}.pdf", doc_id) for name, doc_id in zip("zxy", ids, strict=True)]
    for root, order in (("one", ids), ("two", ids[::-1])):
        store = new_store(tmp_path / root)
        for doc_id in order:
            store.keep(result_of(doc_id, [Decimal(int(doc_id[0]))]), MADE)
    new_store(tmp_path / "one").publish(entries)
    new_store(tmp_path / "two").publish(entries[1:])
    new_store(tmp_path / "two").publish(entries[:1])
    assert dataset_bytes(tmp_path / "one") == dataset_bytes(tmp_path / "two")
    assert doc_ids(tmp_path / "one") == [ids[1], ids[2], ids[0]]  # by source: x, y, z


def test_the_same_bytes_twice_are_one_document_under_the_first_name(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.keep(result_of("1" * 64, []), MADE)
    store.publish([entry("b/y.pdf", "1" * 64), entry("a/z.pdf", "1" * 64)])
    (row,) = ds.dataset(tmp_path / "documents").to_table().to_pylist()
    assert (row["source"], row["file_name"]) == ("a/z.pdf", "z.pdf")
    assert row["copies"] == ["b/y.pdf"]
    assert [one.entry.source for one in store.manifest()] == ["a/z.pdf", "b/y.pdf"]
    written = pq.read_table(tmp_path / "manifest.parquet").to_pylist()
    assert [row["duplicate_of"] for row in written] == [None, "a/z.pdf"]


def test_what_the_list_says_stands_beside_what_is_printed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.keep(result_of("1" * 64, []), MADE)
    one, other = Given(province="北京市", year=2026), Given(province="上海市", year=2026)
    fetched = Fetched("https://b/y.pdf", "2026-11-23T01:02:03Z", 7, etag='"x"')
    entries = [Entry("a.pdf", "1" * 64, 7, one), Entry("b.pdf", "1" * 64, 7, other, fetched)]
    store.publish(entries)
    (row,) = ds.dataset(tmp_path / "documents").to_table().to_pylist()
    assert (row["given_province"], row["given_year"], row["copies"]) == ("北京市", 2026, ["b.pdf"])
    findings = ds.dataset(tmp_path / "findings").to_table().to_pylist()
    assert [(f["code"], f["column"]) for f in findings] == [("given-differs", "given_province")]
    assert [recorded.entry for recorded in store.manifest()] == entries


def test_a_document_cut_off_while_kept_is_not_there(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.keep(result_of("1" * 64, []), MADE)
    path = store.document_path("1" * 64)
    assert store.kept("1" * 64) is not None
    assert list(path.parent.iterdir()) == [path]
    assert not any((tmp_path / "_state" / "tmp").iterdir())
    whole = path.read_bytes()
    for size in (0, 10, 100, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert store.kept("1" * 64) is None
    with pytest.raises(StoreError, match="missing or damaged; run again with this input"):
        store.publish([entry("a.pdf", "1" * 64)])


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.docx").write_bytes(b"x")
    with pytest.raises(StoreError, match="not empty and not a dataset"):
        new_store(tmp_path)
    with pytest.raises(StoreError, match="is a file"):
        new_store(tmp_path / "documents" / "thesis.docx")


def test_rows_with_other_columns_are_named(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.keep(result_of("1" * 64, []), replace(MADE, columns="old"))
    store.publish([entry("a.pdf", "1" * 64)])
    assert [one.source for one in store.foreign(["b.pdf"])] == ["a.pdf"]
    assert store.foreign(["a.pdf"]) == []


@pytest.mark.parametrize("sizes", [[0], [3, 4], [10], [9, 9, 9, 9], [1] * 35, [23, 0, 4]])
def test_files_are_bounded_and_hold_whole_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setattr(parts_module, "ROWS_PER_GROUP", 5)
    monkeypatch.setattr(parts_module, "ROWS_PER_FILE", 10)
    store = new_store(tmp_path)
    ids = [f"{number:064x}" for number in range(len(sizes))]
    for doc_id, size in zip(ids, sizes, strict=True):
        store.keep(result_of(doc_id, map(Decimal, range(size))), MADE)
    store.publish([entry(f"{doc_id}.pdf", doc_id) for doc_id in ids])

    owners: list[str] = []
    for path in sorted((tmp_path / "procurement").iterdir()):
        metadata = pq.read_metadata(path)
        groups = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
        assert all(rows == 5 for rows in groups[:-1])
        documents = pq.read_table(path).column("doc_id").unique().to_pylist()
        assert sum(groups) <= 10 or len(documents) == 1
        owners += documents
    assert len(owners) == len(set(owners)), "no document is divided"
    read = ds.dataset(tmp_path / "procurement").to_table()
    expected = [(doc_id, n) for doc_id, size in zip(ids, sizes, strict=True) for n in range(size)]
    columns = (read.column(name).to_pylist() for name in ("doc_id", "amount_yuan"))
    assert list(zip(*columns, strict=True)) == expected


def test_files_begin_where_the_rows_tell() -> None:
    million = 1 << 20
    assert bounds([]) == [0]
    assert bounds([million] * 5) == [0, 2, 4]
    assert bounds([5 * million, 1, 2 * million]) == [0, 1, 2]


def test_a_file_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    store = new_store(tmp_path / "out")
    store.keep(result_of("1" * 64, [Decimal(1)]), MADE)
    documents = [Published("1" * 64, "a.pdf")]
    done = [
        write_part(PartTask(tmp_path / name, store.documents, "procurement", 0, documents))
        for name in ("one", "two")
    ]
    assert done[0] == done[1] and done[0].n_rows == 1
