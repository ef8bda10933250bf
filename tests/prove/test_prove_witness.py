"""Second readers: what they confirm, what they correct, and what they must not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from yusuan.convert import convert
from yusuan.extract.readers import read_document
from yusuan.extract.source import EngineError, open_source
from yusuan.extract.witness_text import Witness, WitnessPage
from yusuan.normalize.document import Normalized, normalize, prepare
from yusuan.normalize.model import CellKey, Record
from yusuan.prove.paper import Paper, make_paper, same_amount
from yusuan.prove.proof import Proof, prove
from yusuan.result import Settings
from yusuan.schemas.loader import load

SCHEMAS = load()


@dataclass(frozen=True)
class Document:
    """A sample as the fast reader read it, whose readings a test may damage."""

    normalized: Normalized
    paper: Paper

    def proof(self, paper: Paper | None = None) -> Proof:
        kind = str(self.normalized.meta["doc_kind"])
        tables, identities = self.normalized.tables, SCHEMAS.identities
        return prove(self.normalized.records, tables, identities, kind, paper or self.paper)

    def misread(self, changes: Mapping[int, str]) -> "Document":
        """The document as if the fast reader had read other texts for these records."""
        records, texts = list(self.normalized.records), dict(self.normalized.texts)
        for position, text in changes.items():
            record = records[position]
            assert record.origin is not None
            yuan = Decimal(text.replace(",", "")) * (
                10_000 if record.values["published_unit"] == "万元" else 1
            )
            values = {**record.values, "amount_text": text, "amount_yuan": yuan}
            records[position] = record._replace(values=values)
            texts[record.origin.key] = text
        return Document(
            replace(self.normalized, records=tuple(records), texts=texts),
            replace(self.paper, texts=texts),
        )

    def find(self, **wanted: str) -> list[int]:
        """Positions of published records with these values."""
        return [
            i
            for i, record in enumerate(self.normalized.records)
            if record.values.get("value_status") == "published"
            and all(record.values.get(k) == v for k, v in wanted.items())
        ]

    def leaf(self, measure: str) -> int:
        """A figure of the first 项 with basic expenditure in the table of the general budget."""
        labels = {"fund_scope": "general_public", "row_type": "detail"}
        row = self.normalized.records[self.find(measure="basic", **labels)[0]].values["row_id"]
        stem = str(row).rpartition(":")[0]
        return next(
            i
            for i in self.find(measure=measure, **labels)
            if str(self.normalized.records[i].values["row_id"]).startswith(f"{stem}:")
        )


@pytest.fixture(scope="module")
def read(samples_dir: Path) -> Callable[[str], Document]:
    def of(name: str) -> Document:
        source = open_source(samples_dir / f"{name}.pdf", name)
        raw = read_document(source)
        normalized = normalize(raw, prepare(SCHEMAS))
        paper = make_paper(normalized, raw, source.data, 12)
        return Document(normalized, replace(paper, pages_a_single=1))

    return of


def codes(proof: Proof) -> list[str]:
    return [finding.code for finding in proof.findings]


def hard_failures(proof: Proof) -> list[Record]:
    return [
        c
        for c in proof.checks
        if c.values["status"] == "failed" and SCHEMAS.identities[str(c.values["identity"])].is_hard
    ]


def echo(document: Document) -> Callable[..., Iterator[WitnessPage]]:
    """A witness that sees the same cells and reads in them what the fast reader read."""

    def read(data: bytes, pages: Sequence[int], engine: Witness) -> Iterator[WitnessPage]:
        for page in document.paper.raw.pages:
            if page.number in pages:
                yield WitnessPage(
                    page.number,
                    page.width,
                    page.height,
                    page.rotation,
                    tuple(
                        cell_of(document.paper.texts, (page.number, t.index, c.row, c.col), c.box)
                        for t in page.tables
                        for c in t.cells
                    ),
                )

    return read


def cell_of(texts: Mapping[CellKey, str], key: CellKey, box: Any) -> Any:
    from yusuan.extract.witness_text import WitnessCell

    return WitnessCell(box, "".join(texts.get(key, "").split()))


def test_a_clean_document_asks_nobody(read: Callable[[str], Document]) -> None:
    def refuse(*_: object) -> Iterator[WitnessPage]:
        raise AssertionError("a witness was asked")

    document = read("final-account")
    proof = document.proof(replace(document.paper, read=refuse))
    assert not hard_failures(proof) and proof.counts["single"] == 0


def test_the_second_reader_corrects_what_the_first_misread(
    read: Callable[[str], Document],
) -> None:
    document = read("shanghai-form")
    wrong = document.leaf("basic")
    was = document.normalized.records[wrong].values
    text = str(was["amount_text"])
    damaged = document.misread({wrong: ("9" if text[0] != "9" else "8") + text[1:]})
    proof = damaged.proof()
    assert not hard_failures(proof)
    assert proof.records[wrong].values["amount_yuan"] == was["amount_yuan"]
    assert proof.records[wrong].values["amount_text"] == text.replace(" ", "")
    assert proof.records[wrong].values["proof"] == "proved_multi"
    (finding,) = [f for f in proof.findings if f.code == "reading-corrected"]
    assert (finding.before, finding.after) == (
        damaged.normalized.records[wrong].values["amount_text"],
        text,
    )
    assert finding.rule and finding.evidence and finding.origin is not None
    # Without a witness nothing is changed.
    alone = prove(damaged.normalized.records, damaged.normalized.tables, SCHEMAS.identities)
    assert hard_failures(alone)
    assert [r.values.get("amount_yuan") for r in alone.records if "amount_yuan" in r.values] == [
        r.values["amount_yuan"] for r in damaged.normalized.records if "amount_yuan" in r.values
    ]


def test_two_misread_cells_of_one_row_are_corrected_together(
    read: Callable[[str], Document],
) -> None:
    document = read("shanghai-form")
    both = [document.leaf(measure) for measure in ("total", "basic")]
    texts = {i: str(document.normalized.records[i].values["amount_text"]) for i in both}
    damaged = document.misread({i: "7" + text for i, text in texts.items()})
    proof = damaged.proof()
    assert not hard_failures(proof)
    for i, text in texts.items():
        assert proof.records[i].values["amount_text"] == text


def test_no_witness_overrides_without_an_identity(read: Callable[[str], Document]) -> None:
    document = read("shanghai-form")
    (single,) = document.find(item="agency_operation")
    damaged = document.misread({single: "99.00"})
    proof = damaged.proof()
    values = proof.records[single].values
    assert (values["amount_text"], values["proof"]) == ("99.00", "suspect")
    (finding,) = [f for f in proof.findings if f.code == "readings-differ"]
    assert finding.before == "99.00" and finding.after != "99.00"
    # What no identity holds and two readers read alike.
    other = document.misread({single: "300.00"})
    agreed = other.proof(replace(other.paper, read=echo(other)))
    assert agreed.records[single].values["proof"] == "agreed"


def test_a_short_document_is_not_read_again_for_single_figures(
    read: Callable[[str], Document],
) -> None:
    document = read("shanghai-form")
    (single,) = document.find(item="agency_operation")
    document = document.misread({single: "300.00"})

    def never(data: bytes, pages: Sequence[int], engine: Witness) -> Iterator[WitnessPage]:
        assert not pages, "nothing fails"
        yield from ()

    proof = document.proof(replace(document.paper, pages_a_single=60, read=never))
    assert "proof" not in proof.records[single].values
    assert "witness-limit" not in codes(proof)


def test_a_witness_whose_reading_breaks_what_holds_is_not_followed(
    read: Callable[[str], Document],
) -> None:
    """It reads a figure of a failing identity in a way that fails another one."""
    document = read("shanghai-form")
    wrong = document.leaf("basic")
    total = document.leaf("total")
    text = str(document.normalized.records[wrong].values["amount_text"])
    damaged = document.misread({wrong: "7" + text})
    honest = echo(damaged)
    key = document.normalized.records[total].origin
    assert key is not None
    # The total that would make the damaged row add up: right in its row, wrong everywhere else.
    added = Decimal("7" + text.replace(",", "")) - Decimal(text.replace(",", ""))
    own = Decimal(str(document.normalized.records[total].values["amount_text"]).replace(",", ""))
    lying = echo(damaged.misread({total: str(own + added)}))

    def read_falsely(data: bytes, pages: Sequence[int], engine: Witness) -> Iterator[WitnessPage]:
        yield from lying(data, pages, engine)

    proof = damaged.proof(replace(damaged.paper, read=read_falsely))
    assert "reading-corrected" not in codes(proof)
    assert proof.records[total].values["amount_yuan"] == own
    agreeing = damaged.proof(replace(damaged.paper, read=honest))
    assert "reading-corrected" not in codes(agreeing)


def test_where_witnesses_agree_the_publisher_is_to_blame(
    read: Callable[[str], Document],
) -> None:
    document = read("shanghai-form")
    wrong = document.leaf("basic")
    text = str(document.normalized.records[wrong].values["amount_text"])
    damaged = document.misread({wrong: "7" + text})
    proof = damaged.proof(replace(damaged.paper, read=echo(damaged)))
    assert hard_failures(proof)
    assert {c.values["blame"] for c in hard_failures(proof)} == {"publisher"}
    assert proof.records[wrong].values["proof"] == "source_inconsistent"
    assert proof.records[wrong].values["amount_text"] == "7" + text
    assert proof.counts["source_inconsistent"] >= 1
    # What is only not confirmed is nobody's fault yet.
    alone = prove(damaged.normalized.records, damaged.normalized.tables, SCHEMAS.identities)
    assert {c.values["blame"] for c in hard_failures(alone)} == {"unknown"}
    assert alone.records[wrong].values["proof"] == "suspect"


@pytest.mark.parametrize("reason", ["strange", "doubtful", "a number that is not ours"])
def test_in_doubt_the_publisher_is_not_blamed(read: Callable[[str], Document], reason: str) -> None:
    document = read("shanghai-form")
    wrong = document.leaf("basic")
    text = str(document.normalized.records[wrong].values["amount_text"])
    damaged = document.misread({wrong: "7" + text})
    paper = replace(damaged.paper, read=echo(damaged))
    if reason == "strange":
        paper = replace(paper, strange=frozenset(range(1, 30)))
    elif reason == "doubtful":
        paper = replace(paper, doubtful=frozenset(paper.table_pages))
    else:
        texts = dict(paper.texts)
        # A number that the witness sees and that we lost.
        for key in [k for k, t in texts.items() if t == text][1:]:
            del texts[key]
        for page in paper.raw.pages:
            filled = [k for k in texts if k[0] == page.number and "." in texts[k]]
            texts.update(dict.fromkeys(filled[-1:], ""))
        paper = replace(paper, texts=texts)
    proof = damaged.proof(paper)
    assert "publisher" not in {c.values["blame"] for c in hard_failures(proof)}
    assert proof.counts["source_inconsistent"] == 0


def test_of_a_page_with_hidden_text_no_other_reading_counts(
    read: Callable[[str], Document],
) -> None:
    document = read("shanghai-form")
    (single,) = document.find(item="agency_operation")
    raw = document.paper.raw
    hidden = replace(raw, pages=tuple(replace(page, n_hidden=1) for page in raw.pages))
    kept = Document(document.normalized, replace(document.paper, raw=hidden))
    alike = kept.misread({single: "300.00"})
    agreed = alike.proof(replace(alike.paper, read=echo(alike)))
    assert agreed.records[single].values["proof"] == "agreed"
    damaged = kept.misread({single: "99.00"}).proof()
    assert "proof" not in damaged.records[single].values
    assert not {"readings-differ", "reading-corrected"} & set(codes(damaged))


def test_of_a_recognised_picture_nobody_else_is_asked(read: Callable[[str], Document]) -> None:
    document = read("seed-calc")
    raw = document.paper.raw
    scans = replace(raw, pages=tuple(replace(page, text_source="ocr") for page in raw.pages))
    proof = document.proof(replace(document.paper, raw=scans))
    assert {c.values["blame"] for c in hard_failures(proof)} == {"unknown"}
    assert not {"witness-failed", "readings-differ", "witness-limit"} & set(codes(proof))


def test_pages_are_limited_and_a_witness_may_fail(read: Callable[[str], Document]) -> None:
    def refuse(*_: object) -> Iterator[WitnessPage]:
        raise EngineError("cannot open")

    document = read("seed-calc")
    few = document.proof(replace(document.paper, max_pages=1))
    assert "witness-limit" in codes(few)
    failing = document.proof(replace(document.paper, read=refuse))
    assert "witness-failed" in codes(failing)
    assert {c.values["blame"] for c in hard_failures(failing)} == {"unknown"}


def test_other_engines_and_the_setting_ask_no_witness(samples_dir: Path) -> None:
    path = samples_dir / "seed-calc.pdf"
    for settings in (Settings(witness_pages=0), Settings(engine="pdfplumber")):
        with mock.patch("yusuan.prove.proof.ask_witnesses", side_effect=AssertionError):
            result = convert(path, settings)
        assert "internal-error" not in result.tables["findings"].column("code").to_pylist()


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("1,234.50", "1234.50", True),
        ("1 234.50", "1234.50", True),
        ("１２", "12", True),
        ("12", "12.0", False),
        ("", "12", False),
        ("", "", True),
        ("12", "-12", False),
        ("合计", "合 计", True),
        ("-", "", False),
    ],
)
def test_same_amount(ours: str, theirs: str, same: bool) -> None:
    assert same_amount(ours, theirs) is same
