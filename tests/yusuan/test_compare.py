"""``yusuan diff``: every change is told once, and nothing else."""

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
    import shutil

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
    assert code == 1 and one.new in out
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


def test_what_is_no_dataset_is_said(samples: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    code, _, err = cli("diff", samples, tmp_path)
    assert code == 2 and "manifest" in err
