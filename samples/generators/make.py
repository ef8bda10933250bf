"""Make the samples again: ``python samples/generators/make.py [name ...]`` (all when none named).

Writes ``samples/<name>.pdf``, ``samples/<name>.truth.json`` and brings SOURCES.csv up to date.
"""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import calc
import canvas
import empty_set
import final_account
import pikepdf
import reportlab
import seed
import shanghai
import typeset
from model import Table, truth_of

SAMPLES = Path(__file__).resolve().parent.parent
FIXED_DATE = "D:20260301000000Z"
NOTO_SANS = "Noto Sans CJK SC"
NOTO_SERIF = "Noto Serif CJK SC"
UMING = "/usr/share/fonts/truetype/arphic/uming.ttc"
LICENCES = {
    NOTO_SANS: "Noto Sans CJK (SIL OFL 1.1)",
    NOTO_SERIF: "Noto Serif CJK (SIL OFL 1.1)",
    UMING: "AR PL UMing CN (Arphic Public License)",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: how it is drawn, its golden's content, and its line in SOURCES.csv."""

    name: str
    font: str
    producer: Callable[[], str]
    draw: Callable[[Path], None]
    document: Callable[[], dict[str, Any]]
    tables: Callable[[], Sequence[Table]]
    why: str


def libreoffice() -> str:
    said = subprocess.run(["soffice", "--version"], check=True, capture_output=True, text=True)
    return " ".join(said.stdout.split()[:2]) + " Calc"


def typst_version() -> str:
    return f"typst {version('typst')}"


def reportlab_version() -> str:
    return f"reportlab {reportlab.__version__}"


SAMPLES_MADE = (
    Sample(
        "seed-calc",
        NOTO_SANS,
        libreoffice,
        lambda out: calc.draw(
            [seed.cover(), *seed.grids(as_wrapped=False, leading=1.46)],
            out,
            "2026年部门预算",
            NOTO_SANS,
        ),
        seed.document,
        lambda: seed.tables(as_wrapped=False),
        "spreadsheet print: merged project cells cut by page ends and left open, their text "
        "drawn once and hidden a second time outside the clip; headers not repeated",
    ),
    Sample(
        "seed-report",
        UMING,
        reportlab_version,
        lambda out: canvas.draw(
            seed.grids(as_wrapped=True, leading=1.3), out, "2026年部门预算", UMING
        ),
        seed.document,
        lambda: seed.tables(as_wrapped=True),
        "reporting system: ranges split at the page end with all rules closed, the text on the "
        "larger part; rows orphaned from their project as in the text dump",
    ),
    Sample(
        "shanghai-form",
        NOTO_SERIF,
        libreoffice,
        lambda out: calc.draw(shanghai.grids(), out, "某某市示例区2026年区级部门预算", NOTO_SERIF),
        shanghai.document,
        shanghai.tables,
        "nine-table form: 类|款|项 columns with subtotals, contents page that repeats titles, "
        "元 and 万元 in one book, header repeated in one table only, a total row alone on its "
        "page, letter-spaced wrapped names, codes without their zero, fund and other money",
    ),
    Sample(
        "final-account",
        UMING,
        reportlab_version,
        lambda out: canvas.draw(final_account.grids(), out, "2025年度部门决算公开表", UMING),
        final_account.document,
        final_account.tables,
        "final account 公开01–09: 行次 and 栏次 rows, two-lane basic spending with empty codes, "
        "三公 in twelve columns, money carried over, fund and other money, total row first",
    ),
    Sample(
        "empty-set",
        NOTO_SANS,
        typst_version,
        lambda out: typeset.draw(empty_set.grids(), out, "2026年单位预算", NOTO_SANS),
        empty_set.document,
        empty_set.tables,
        "a unit with one figure: 0.00, dash and blank side by side, 无, notes that say 本表为空表, "
        "blank rows, a table that is a header only",
    ),
)


def settle_metadata(path: Path) -> None:
    """Fix dates and the file id; producer and title stay as the producer wrote them."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        info = pdf.docinfo
        for key in ("/CreationDate", "/ModDate"):
            if key in info or key == "/CreationDate":
                info[key] = FIXED_DATE
        for key in ("/Author", "/Subject", "/Keywords"):
            if key in info:
                del info[key]
        if "/Metadata" in pdf.Root:
            del pdf.Root["/Metadata"]
        for key in ("/DocChecksum", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pdf.save(
            path,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )


def pretty(golden: Mapping[str, Any]) -> str:
    """JSON with one line per row and per amount, so that a change shows as a line."""

    def compact(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    tables: list[str] = []
    for table in golden["tables"]:
        parts = [
            f"   {compact(key)}: "
            + (
                "[\n" + ",\n".join(f"    {compact(v)}" for v in value) + "\n   ]"
                if key in {"rows", "amounts"} and value
                else compact(value)
            )
            for key, value in table.items()
        ]
        tables.append("  {\n" + ",\n".join(parts) + "\n  }")
    head = ",\n".join(f" {compact(k)}: {compact(v)}" for k, v in golden.items() if k != "tables")
    return "{\n" + head + ',\n "tables": [\n' + ",\n".join(tables) + "\n ]\n}\n"


def make(sample: Sample) -> dict[str, str]:
    """Draw one sample, write its golden, and return its line for SOURCES.csv."""
    pdf = SAMPLES / f"{sample.name}.pdf"
    sample.draw(pdf)
    settle_metadata(pdf)
    golden = {
        "sample": sample.name,
        "document": sample.document(),
        "tables": [truth_of(t) for t in sample.tables()],
    }
    (SAMPLES / f"{sample.name}.truth.json").write_text(pretty(golden), encoding="utf-8")
    return {
        "file": pdf.name,
        "producer": sample.producer(),
        "generator": "samples/generators/make.py",
        "command": f"python samples/generators/make.py {sample.name}",
        "font": LICENCES[sample.font],
        "why": sample.why,
        "sha256": hashlib.sha256(pdf.read_bytes()).hexdigest(),
    }


def update_sources(made: Sequence[dict[str, str]]) -> None:
    """Replace the lines of the samples made, keep the others, in the samples' order."""
    path = SAMPLES / "SOURCES.csv"
    known: dict[str, dict[str, str]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            known = {row["file"]: row for row in csv.DictReader(file)}
    known |= {row["file"]: row for row in made}
    names = ("file", "producer", "generator", "command", "font", "why", "sha256")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(known[f"{s.name}.pdf"] for s in SAMPLES_MADE if f"{s.name}.pdf" in known)


def main(names: Sequence[str]) -> int:
    by_name = {s.name: s for s in SAMPLES_MADE}
    unknown = [n for n in names if n not in by_name]
    if unknown:
        print(f"unknown sample {', '.join(unknown)}; known: {', '.join(by_name)}", file=sys.stderr)
        return 2
    update_sources([make(by_name[n]) for n in (names or by_name)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
