"""The review page: what it shows is in the dataset, and only its own user can decide."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from yusuan.corrections.file import read_corrections
from yusuan.corrections.model import Correction
from yusuan.inputs import find_inputs
from yusuan.review.again import asserted_again
from yusuan.review.app import Review, item_link, make_app
from yusuan.review.audit import (
    AuditError,
    draw_sample,
    estimate,
    read_sample,
    sample_items,
    write_sample,
)
from yusuan.review.queue import make_queue, open_items
from yusuan.run import RunSettings, run
from yusuan.schemas.loader import load

HERE = "http://127.0.0.1:8321"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, samples_dir: Path) -> Path:
    out = tmp_path_factory.mktemp("review") / "out"
    names = ("seed-report.pdf", "shanghai-form.pdf")
    run(find_inputs([str(samples_dir / name) for name in names]), out, RunSettings(workers=1))
    _doubt(out / "expenditure", "suspect", 3)
    _doubt(out / "summary", "source_inconsistent", 2)
    return out


def _doubt(folder: Path, proof: str, n: int) -> None:
    """Give some proved figures another proof: the samples have none that is doubted."""
    (path,) = folder.glob("*.parquet")
    table = pq.read_table(path)
    proofs = table["proof"].to_pylist()
    for at in [at for at, one in enumerate(proofs) if one == "proved_multi"][:n]:
        proofs[at] = proof
    at = table.schema.get_field_index("proof")
    changed = pa.array(proofs, pa.string())
    pq.write_table(table.set_column(at, table.schema.field(at), changed), path)


@pytest.fixture
def review(dataset: Path, tmp_path: Path) -> Review:
    return Review(dataset, tmp_path / "corrections.jsonl", "li")


@pytest.fixture
def client(review: Review) -> Iterator[TestClient]:
    with TestClient(make_app(review), base_url=HERE, follow_redirects=False) as one:
        yield one


def rows(dataset: Path, table: str) -> list[dict[str, object]]:
    return ds.dataset(dataset / table).to_table().to_pylist()


def a_figure(dataset: Path) -> dict[str, object]:
    return next(
        row
        for row in rows(dataset, "expenditure")
        if row["amount_yuan"] and row["check_ids"] and row["cell_id"]
    )


def decision(review: Review, figure: dict[str, object], **changes: str) -> dict[str, str]:
    doc_id = str(figure["doc_id"])
    return {
        "token": review.token,
        "doc_id": doc_id,
        "table": "expenditure",
        "row": str(figure["row_id"]).removeprefix(f"{doc_id}:"),
        "column": "amount_yuan",
        "action": "correct",
        "new": "1.00",
        "why": "seen on the page",
        **changes,
    }


def test_the_queue_holds_what_proof_doubts_and_nothing_else(
    dataset: Path, client: TestClient
) -> None:
    queue = make_queue(dataset)
    doubted = [
        row
        for table in ("summary", "expenditure", "three_public", "revenue", "basic_expenditure")
        for row in rows(dataset, table)
        if row["proof"] in ("suspect", "source_inconsistent")
    ]
    kinds = [item.kind for item in queue]
    assert len([k for k in kinds if k in ("suspect", "source_inconsistent")]) == len(doubted)
    ambiguous = [r for r in rows(dataset, "project_indicators") if r["owner_status"] == "ambiguous"]
    assert kinds.count("ambiguous_owner") == len(ambiguous)
    text = client.get("/").text
    assert all(item.label.split()[0] in text for item in queue[:5])


def test_a_figure_is_shown_on_its_page_with_its_identities(
    dataset: Path, client: TestClient
) -> None:
    row = a_figure(dataset)
    link = f"/page/{row['doc_id']}/{row['page_no']}?" + urlencode({"cell": row["cell_id"]})
    page = client.get(link)
    assert page.status_code == 200
    assert str(row["amount_text"]) in page.text
    assert f'data-cell="{row["cell_id"]}"' in page.text
    assert len(re.findall(r'<rect class="box', page.text)) == len(
        re.findall(r'<td class="[^"]*" data-cell=', page.text)
    )
    check = next(c for c in rows(dataset, "checks") if c["check_id"] in row["check_ids"])  # type: ignore[operator]
    assert str(check["formula"]).split(" = ")[0][:20] in page.text
    picture = client.get(f"/picture/{row['doc_id']}/{row['page_no']}.png?turn=0")
    assert picture.headers["content-type"] == "image/png" and len(picture.content) > 5000


def test_boxes_are_where_the_cells_are(dataset: Path, client: TestClient) -> None:
    row = a_figure(dataset)
    cell = next(c for c in rows(dataset, "cells") if c["cell_id"] == row["cell_id"])
    page = client.get(f"/page/{row['doc_id']}/{row['page_no']}").text
    found = re.search(
        rf'data-cell="{cell["cell_id"]}" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page
    )
    assert found is not None
    x, y, width = map(float, found.groups())
    assert x == pytest.approx(cell["x0"], abs=0.06)
    assert y == pytest.approx(cell["top"], abs=0.06)
    assert width == pytest.approx(cell["x1"] - cell["x0"], abs=0.11)  # type: ignore[operator]


def test_a_decision_is_one_line_and_leaves_the_queue(
    dataset: Path, review: Review, client: TestClient
) -> None:
    item = next(i for i in make_queue(dataset) if i.kind in ("suspect", "source_inconsistent"))
    form = {
        "token": review.token, "doc_id": item.doc_id, "table": item.table, "row": item.row,
        "column": item.column, "action": "publisher_error", "why": "looked at it",
    }  # fmt: skip
    answer = client.post("/decide", data=form)
    assert answer.status_code == 303
    (one,) = read_corrections(review.corrections)
    assert (one.action, one.who, one.why) == ("publisher_error", "li", "looked at it")
    assert one.key == (item.table, item.row, item.column)
    assert item not in open_items(make_queue(dataset), review.decided())
    assert answer.headers["location"] != item_link(item)


def test_identities_asserted_again_are_those_of_the_dataset(dataset: Path) -> None:
    """A decision that changes no figure changes none of them."""
    for document in rows(dataset, "documents"):
        doc_id = str(document["doc_id"])
        idle = Correction(doc_id, "summary", "none", "amount_yuan", "correct", "1", "2", "", "", "")
        found = asserted_again(dataset, doc_id, [idle], load())
        kept = [row for row in rows(dataset, "checks") if row["doc_id"] == doc_id]
        assert len(kept) > 100
        for row in kept:
            now = found[str(row["check_id"])]
            assert (now.status, now.lhs, now.rhs) == (
                row["status"], row["lhs_yuan"], row["rhs_yuan"],
            )  # fmt: skip
        assert not asserted_again(dataset, doc_id, [replace(idle, action="accept")], load())


def test_a_corrected_figure_is_shown_again_with_what_became_of_its_identities(
    dataset: Path, review: Review, client: TestClient
) -> None:
    row = a_figure(dataset)
    answer = client.post("/decide", data=decision(review, row))
    page = client.get(answer.headers["location"]).text
    assert page.count("更正后 with your decision: 不成立 failed") == len(row["check_ids"])  # type: ignore[arg-type]
    assert client.post("/decide", data=decision(review, row, new=f"{row['amount_yuan']:f}"))
    page = client.get(answer.headers["location"]).text
    assert "with your decision" not in page and "seen on the page" in page


def test_what_the_reviewer_saw_is_kept_with_the_decision(
    dataset: Path, review: Review, client: TestClient
) -> None:
    row = a_figure(dataset)
    assert client.post("/decide", data=decision(review, row)).status_code == 303
    (one,) = read_corrections(review.corrections)
    assert one.old == f"{row['amount_yuan']:f}" and one.new == "1.00"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"token": "guessed"}, 403),
        ({"token": ""}, 403),
        ({"row": "T999:0:0"}, 400),
        ({"table": "documents"}, 400),
        ({"table": "../x"}, 400),
        ({"action": "delete"}, 400),
        ({"column": "doc_id"}, 400),
        ({"why": "  "}, 400),
        ({"action": "reassign"}, 400),
        ({"doc_id": "nothing"}, 400),
    ],
)
def test_what_is_no_decision_of_the_user_is_refused(
    dataset: Path, review: Review, client: TestClient, change: dict[str, str], status: int
) -> None:
    form = decision(review, a_figure(dataset), **change)
    assert client.post("/decide", data=form).status_code == status
    assert not review.corrections.exists()


def test_only_the_loopback_address_is_answered(review: Review) -> None:
    with TestClient(make_app(review), base_url="http://evil.example") as other:
        assert other.get("/").status_code == 400
    with TestClient(make_app(review), base_url=HERE) as client:
        answer = client.get("/")
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "no-store" in answer.headers["cache-control"]


def test_pages_and_documents_that_are_not_there(dataset: Path, client: TestClient) -> None:
    assert client.get("/page/nothing/1").status_code == 404
    assert client.get("/picture/nothing/1.png").status_code == 404
    doc_id = a_figure(dataset)["doc_id"]
    assert client.get(f"/page/{doc_id}/9999").status_code == 200
    assert client.get(f"/picture/{doc_id}/9999.png").status_code == 404
    assert client.get(f"/picture/{doc_id}/1.png?turn=45").status_code == 404
    assert client.get("/static/review.js").status_code == 200


def test_a_page_without_its_pdf_still_shows_the_tables(samples_dir: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    shutil.copy(samples_dir / "empty-set.pdf", pdf)
    run(find_inputs([str(pdf)]), tmp_path / "out", RunSettings(workers=1))
    pdf.unlink()
    review = Review(tmp_path / "out", tmp_path / "c.jsonl", "li")
    cell = rows(tmp_path / "out", "cells")[0]
    with TestClient(make_app(review), base_url=HERE) as client:
        text = client.get(f"/page/{cell['doc_id']}/{cell['page_no']}").text
    assert "no longer where it was read" in text and "<td" in text


def test_a_sample_is_drawn_the_same_twice_and_from_every_stratum(
    dataset: Path, tmp_path: Path
) -> None:
    sample = draw_sample(dataset, 40, seed=3)
    assert sample == draw_sample(dataset, 40, seed=3)
    assert sample != draw_sample(dataset, 40, seed=4)
    assert {one.stratum for one in sample.drawn} == set(sample.sizes)
    assert len(set(sample.drawn)) == len(sample.drawn)
    write_sample(sample, tmp_path / "s.jsonl")
    assert read_sample(tmp_path / "s.jsonl") == sample
    items = sample_items(dataset, sample)
    assert [item.key[:3] for item in items] == [(o.doc_id, o.table, o.row) for o in sample.drawn]


def test_the_error_rate_counts_what_was_corrected(dataset: Path, tmp_path: Path) -> None:
    sample = draw_sample(dataset, 30, seed=1)
    items = sample_items(dataset, sample)
    review = Review(dataset, tmp_path / "c.jsonl", "li", items)
    with TestClient(make_app(review), base_url=HERE, follow_redirects=False) as client:
        for number, item in enumerate(items[:20]):
            form = {
                "token": review.token, "doc_id": item.doc_id, "table": item.table,
                "row": item.row, "column": item.column, "why": "seen",
                "action": "correct" if number == 0 else "accept", "new": "1.00",
            }  # fmt: skip
            assert client.post("/decide", data=form).status_code == 303
    found = estimate(sample, review.decided())
    assert (found.n_drawn, found.n_seen, found.n_wrong) == (len(sample.drawn), 20, 1)
    assert 0 < found.low < found.rate < found.high < 0.6


def test_nothing_wrong_among_many_still_has_an_upper_bound(dataset: Path) -> None:
    sample = draw_sample(dataset, 30, seed=1)
    found = estimate(sample, ())
    assert (found.n_seen, found.low, found.high) == (0, 0.0, 1.0)


def test_a_sample_of_another_dataset_is_refused(dataset: Path, tmp_path: Path) -> None:
    sample = draw_sample(dataset, 5, seed=1)
    path = tmp_path / "s.jsonl"
    write_sample(sample, path)
    path.write_text(path.read_text().replace('"row": "T', '"row": "X'), encoding="utf-8")
    with pytest.raises(AuditError, match="draw a new sample"):
        sample_items(dataset, read_sample(path))
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(AuditError, match="no sample"):
        read_sample(path)


def test_audit_through_the_command_line(dataset: Path, tmp_path: Path, cli) -> None:  # type: ignore[no-untyped-def]
    sample = tmp_path / "s.jsonl"
    code, out, err = cli("audit", dataset, "--n", 10, "--sample", sample, "-c", tmp_path / "c")
    assert code == 0 and "drawn" in err and "0 looked at" in out
    code, _, err = cli("review", dataset, "--audit", tmp_path / "none.jsonl")
    assert code == 2 and "no sample" in err
    code, _, err = cli("review", tmp_path)
    assert code == 2 and "manifest" in err
