"""``yusuan diff``: every change is told once, and nothing else."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yusuan.compare import compare
from yusuan.inputs import find_inputs
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load


def edit(folder: Path, column: str, change) -> None:  # type: ignore[no-untyped-def]
    """Rewrite a column of a one-file table."""
    (path,) = folder.glob("*.parquet")
    table = pq.read_table(path)
    at = table.schema.get_field_index(column)
    field = table.schema.field(at)
    values = change(table[column].to_pylist())
    pq.write_table(table.set_column(at, field, pa.array(values, field.type)), path)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    out = tmp_path_factory.mktemp("diff") / "out"
    names = ("seed-report.pdf", "shanghai-form.pdf")
    run(find_inputs([str(samples_dir / name) for name in names]), out, RunSettings(workers=1))
    return out


@pytest.fixture
def copy(samples: Path, tmp_path: Path) -> Path:
    shutil.copytree(samples, tmp_path / "copy")
    return tmp_path / "copy"


def test_a_dataset_is_the_same_as_itself(samples: Path, cli) -> None:  # type: ignore[no-untyped-def]
    found = compare(samples, samples, load())
    assert not found.differences and found.n_same_bytes == 2
    assert cli("diff", samples, samples)[0] == 0


def test_a_changed_figure_is_told_with_both_values(samples: Path, copy: Path, cli) -> None:  # type: ignore[no-untyped-def]
    changed: list[int] = []

    def one_more(values: list) -> list:  # type: ignore[type-arg]
        at = next(i for i, value in enumerate(values) if value)
        changed.append(at)
        return [value + 1 if i == at else value for i, value in enumerate(values)]

    row = pq.read_table(next((samples / "expenditure").glob("*.parquet"))).to_pylist()
    edit(copy / "expenditure", "amount_yuan", one_more)
    (one,) = compare(samples, copy, load()).differences
    was = row[changed[0]]
    assert one.change == "changed" and one.old == f"{was['amount_yuan']:f}"
    assert one.new == f"{was['amount_yuan'] + 1:f}"
    assert was["func_name"] in one.figure and one.new_place == f"p. {was['page_no']}"
    code, out, _ = cli("diff", samples, copy)
    assert code == 1 and one.new in out and "(+1.00)" in out
    assert out.splitlines()[-1].startswith("1 difference (1 changed); documents: 2 with the same")
    code, out, _ = cli("diff", samples, copy, "--format", "csv")
    assert out.splitlines()[0].startswith("change,document,table") and len(out.splitlines()) == 2


def test_other_rows_and_pages_are_no_difference(samples: Path, copy: Path) -> None:
    edit(copy / "summary", "page_no", lambda values: [value + 3 for value in values])
    edit(copy / "revenue", "row_id", lambda values: [f"{value}x" for value in values])
    assert not compare(samples, copy, load()).differences


def test_a_row_that_is_gone_is_removed_and_one_more_added(samples: Path, copy: Path) -> None:
    (path,) = (copy / "procurement").glob("*.parquet")
    table = pq.read_table(path)
    filled = [i for i, one in enumerate(table["amount_yuan"].to_pylist()) if one]
    pq.write_table(table.take([i for i in range(len(table)) if i != filled[0]]), path)
    (removed,) = compare(samples, copy, load()).differences
    (added,) = compare(copy, samples, load()).differences
    assert (removed.change, added.change) == ("removed", "added")
    assert removed.old == added.new and removed.new is None and removed.new_place is None


def test_a_disclosure_published_again_is_paired_by_what_it_is_of(samples: Path, copy: Path) -> None:
    for folder in copy.iterdir():
        if folder.is_dir() and folder.name[0] != "_" and list(folder.glob("*.parquet")):
            edit(folder, "doc_id", lambda values: ["f" + value[1:] for value in values])
    found = compare(samples, copy, load())
    assert (found.n_same_bytes, found.n_same_disclosure) == (0, 2)
    assert not found.differences and not found.only_old
    edit(copy / "documents", "fiscal_year", lambda values: [1999 for _ in values])
    found = compare(samples, copy, load())
    assert len(found.only_old) == len(found.only_new) == 2


def nth(at: int, change):  # type: ignore[no-untyped-def]
    return lambda values: [change(v) if i == at else v for i, v in enumerate(values)]


def test_a_project_worded_anew_is_renamed_also_where_its_amount_changed(
    samples: Path, copy: Path
) -> None:
    edit(copy / "projects", "project_name", nth(0, lambda name: f"{name}（二期）"))
    (one,) = compare(samples, copy, load()).differences
    assert (one.change, one.column, one.new) == ("renamed", "project_name", f"{one.old}（二期）")
    edit(copy / "projects", "total_yuan", nth(0, lambda yuan: yuan + 1))
    name, amount = compare(samples, copy, load()).differences
    assert (name.change, amount.change, amount.column) == ("renamed", "changed", "total_yuan")


def test_one_indicator_more_is_one_difference_and_tells_its_project(
    samples: Path, copy: Path
) -> None:
    (path,) = (copy / "project_indicators").glob("*.parquet")
    table = pq.read_table(path)
    row = table.slice(3, 1).to_pylist()[0]
    new = pa.Table.from_pylist([{**row, "level3": "新增指标"}], schema=table.schema)
    pq.write_table(pa.concat_tables([table.slice(0, 4), new, table.slice(4)]), path)
    found = compare(samples, copy, load()).differences
    names = {one["project_id"]: one["project_name"] for one in pq.read_table(
        next((copy / "projects").glob("*.parquet"))).to_pylist()}  # fmt: skip
    assert {one.change for one in found} == {"added"} and "新增指标" in {one.new for one in found}
    assert all(names[row["project_id"]] in one.figure for one in found)


def test_a_document_without_a_publisher_is_paired_by_its_file(
    samples: Path, copy: Path, tmp_path: Path
) -> None:
    for folder in copy.iterdir():
        if folder.is_dir() and folder.name[0] != "_" and list(folder.glob("*.parquet")):
            edit(folder, "doc_id", lambda values: ["f" + value[1:] for value in values])
    edit(copy / "documents", "publisher", lambda values: [None for _ in values])
    assert len(compare(samples, copy, load()).only_new) == 2
    old = tmp_path / "old"
    shutil.copytree(samples, old)
    edit(old / "documents", "publisher", lambda values: [None for _ in values])
    found = compare(old, copy, load())
    assert found.n_same_disclosure == 2 and not found.differences and not found.only_old


def test_a_dataset_of_an_earlier_version_is_compared(samples: Path, copy: Path) -> None:
    (path,) = (copy / "summary").glob("*.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["proof_within_yuan", "label_norm"]), path)
    shutil.rmtree(copy / "amount_details")
    assert compare(samples, copy, load()).only_new == ()


def test_text_of_documents_does_not_steer_the_terminal(samples: Path, copy: Path, cli) -> None:  # type: ignore[no-untyped-def]
    edit(copy / "documents", "publisher", lambda values: ["\x1b[2J坏\u202e" for _ in values])
    edit(copy / "projects", "project_name", nth(0, lambda name: f"{name}\x1b]0;x\x07\n"))
    code, out, _ = cli("diff", samples, copy)
    assert code == 1 and "\\x1b[2J坏\\u202e" in out
    assert not set(out) & {"\x1b", "\u202e", "\x07"}


def test_what_is_no_dataset_is_said(samples: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    code, _, err = cli("diff", samples, tmp_path)
    assert code == 2 and "manifest" in err
