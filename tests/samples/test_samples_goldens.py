"""The samples are what their goldens and SOURCES.csv say, checked without our own reader."""

import csv
import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

import pdfplumber
import pikepdf
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(p.stem for p in SAMPLES.glob("*.pdf"))
FAMILIES = {
    "summary",
    "revenue_fn",
    "expenditure_fn",
    "procurement",
    "fiscal_summary",
    "general_fn",
    "basic_econ",
    "fund_fn",
    "capital_fn",
    "three_public",
    "purchased_service",
    "project_perf",
    "dept_perf",
}


def golden(name: str) -> dict:
    return json.loads((SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def cells() -> dict[str, set[str]]:
    """Per sample the texts of all ruled cells, without white space."""
    found: dict[str, set[str]] = {}
    for name in NAMES:
        texts: set[str] = set()
        with pdfplumber.open(SAMPLES / f"{name}.pdf") as pdf:
            for page in pdf.pages:
                # A merged cell cut by the page's end has no rule there: close it.
                ends = [y for e in page.vertical_edges for y in (e["top"], e["bottom"])]
                closed = {"explicit_horizontal_lines": [min(ends), max(ends)]} if ends else {}
                for table in page.extract_tables(closed):
                    texts |= {squeezed(c) for row in table for c in row if c}
        found[name] = texts
    return found


def test_every_sample_has_a_golden_and_a_source_line() -> None:
    with (SAMPLES / "SOURCES.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert NAMES
    assert set(rows) == {f"{n}.pdf" for n in NAMES}
    for name in NAMES:
        assert (SAMPLES / f"{name}.truth.json").is_file()
        data = (SAMPLES / f"{name}.pdf").read_bytes()
        assert rows[f"{name}.pdf"]["sha256"] == hashlib.sha256(data).hexdigest()
        assert len(data) < 300_000
        assert all(rows[f"{name}.pdf"].values())


@pytest.mark.parametrize("name", NAMES)
def test_every_true_amount_is_a_cell_of_the_pdf(name: str, cells: dict[str, set[str]]) -> None:
    missing = [
        (table["table_title"], amount["labels"], amount["text"])
        for table in golden(name)["tables"]
        for amount in table["amounts"]
        if amount["printed"] and squeezed(amount["text"]) not in cells[name]
    ]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_every_true_text_is_a_cell_of_the_pdf(name: str, cells: dict[str, set[str]]) -> None:
    missing = [
        (table["table_title"], column, row[column])
        for table in golden(name)["tables"]
        for row in table["rows"]
        for column in table["columns"]
        if row[column]
        and column not in row.get("inferred", ())
        and squeezed(row[column]) not in cells[name]
    ]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_goldens_are_well_formed(name: str) -> None:
    truth = golden(name)
    assert truth["sample"] == name
    assert truth["document"]["doc_kind"] in {"budget", "final"}
    for table in truth["tables"]:
        assert table["family"] in FAMILIES
        assert table["unit"] in {"元", "万元"}
        assert table["n_data_rows"] == len(table["rows"])
        for amount in table["amounts"]:
            assert re.fullmatch(r"-?[\d,]+(\.\d+)?|-|—", amount["text"]), amount
            assert amount["row"] is None or (
                table["rows"][amount["row"]][amount["column"]] == amount["text"]
            )


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_empty_when_it_prints_no_figure(name: str) -> None:
    for table in golden(name)["tables"]:
        figures = [a for a in table["amounts"] if a["text"].strip("-—") != ""]
        assert table["is_empty"] == (not figures), table["table_title"]


def value(text: str | None) -> Decimal:
    return Decimal(text.replace(",", "")) if text and text not in {"-", "—"} else Decimal(0)


@pytest.mark.parametrize("name", ["shanghai-form", "final-account", "empty-set"])
def test_invented_tables_add_up(name: str) -> None:
    tables = {t["family"]: t for t in golden(name)["tables"]}
    checked = 0
    for table in tables.values():
        money = {a["column"] for a in table["amounts"]}
        leaves = [r for r in table["rows"] if r["row_type"] == "detail" and r.get("code")]
        totals = [r for r in table["rows"] if r["row_type"] == "total" and "code" in r]
        for column in money if leaves else ():
            assert sum(value(r[column]) for r in leaves) == value(totals[0][column])
            checked += 1
    sides = [
        {
            a["column"].split("/")[0]: value(a["text"])
            for a in tables[f]["amounts"]
            if tables[f]["rows"][a["row"]]["row_type"] == "total"
            and a["column"].split("/")[1] in {"预算数", "金额", "合计"}
        }
        for f in ("summary", "fiscal_summary")
    ]
    for side in sides:
        assert len(side) == 2
        assert len(set(side.values())) == 1
    assert checked or name == "empty-set"


@pytest.mark.parametrize("name", NAMES)
def test_fonts_are_embedded_subsets(name: str) -> None:
    fonts = 0
    with pikepdf.open(SAMPLES / f"{name}.pdf") as pdf:
        for obj in pdf.objects:
            if not isinstance(obj, pikepdf.Dictionary) or obj.get("/Type") != "/Font":
                continue
            if "/DescendantFonts" in obj or obj.get("/Subtype") == "/Type3":
                continue
            fonts += 1
            assert re.match(r"/[A-Z]{6}\+", str(obj["/BaseFont"])), obj["/BaseFont"]
            descriptor = obj["/FontDescriptor"]
            assert any(k in descriptor for k in ("/FontFile", "/FontFile2", "/FontFile3"))
    assert fonts


@pytest.mark.parametrize("name", NAMES)
def test_metadata_names_no_machine_and_no_person(name: str) -> None:
    with pikepdf.open(SAMPLES / f"{name}.pdf") as pdf:
        info = {str(k): str(v) for k, v in pdf.docinfo.items()}
        assert "/Metadata" not in pdf.Root
        assert info["/CreationDate"] == "D:20260301000000Z"
        assert not info.get("/Author")
        assert not [v for v in info.values() if re.search(r"/(home|root|tmp|work|usr)\b|\\", v)]
        assert info.get("/Producer") or info.get("/Creator")


@pytest.mark.parametrize("name", ["seed-calc", "seed-report"])
def test_the_lost_values_of_the_seed_are_blank(name: str) -> None:
    lost = [
        (table["family"], amount["text"])
        for table in golden(name)["tables"]
        for amount in table["amounts"]
        if not amount["printed"]
    ]
    assert lost == [("summary", "263.108814"), ("three_public", "3.149800")]
    with pdfplumber.open(SAMPLES / f"{name}.pdf") as pdf:
        first = next(p for p in pdf.pages if "收支总表" in squeezed(p.extract_text()))
        assert "263.108814" not in first.extract_text()


def test_the_seed_orphans_stand_a_page_before_their_project() -> None:
    table = next(t for t in golden("seed-report")["tables"] if t["family"] == "project_perf")
    moved = [row["三级指标"] for row in table["rows"] if row["owner_changed"]]
    assert moved == ["成本控制在预算内", "严格审核我中心合同及相关法律事项", "服务对象满意度"]
    with pdfplumber.open(SAMPLES / "seed-report.pdf") as pdf:
        pages = [
            [[squeezed(c or "") for c in row] for t in p.extract_tables() for row in t]
            for p in pdf.pages
        ]
    for text in moved[:2]:
        page = next(p for p in pages if any(text in row for row in p))
        assert page[-1][8] == text
        assert page[-1][:6] == [""] * 6
