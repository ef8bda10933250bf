"""Project tables at a glance: what a reader of 预算12表 would check first.

    python benchmarks/projects.py PDF_OR_FOLDER...

Per document: projects, indicator rows, projects without code, name or indicators, indicators
without a known owner, and the sum of the project totals beside the project expenditure that the
document's other tables print (general public budget plus government funds). The list of projects
may leave some out, so the sum may be lower; it must not be higher.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from yusuan.extract.readers import read_document
from yusuan.extract.source import SourceError, open_source
from yusuan.normalize.document import Normalized, normalize, prepare
from yusuan.schemas.loader import load

_HEAD = "projects rows  no-code no-name no-rows orphans printed inferred ambiguous"


def describe(result: Normalized) -> str | None:
    """One line of counts, None where the document has no project."""
    projects = [r.values for r in result.records if r.table == "projects"]
    rows = [r.values for r in result.records if r.table == "project_indicators"]
    if not projects and not rows:
        return None
    known = {p["project_id"] for p in projects}
    owned = Counter(r["project_id"] for r in rows)
    status = Counter(r["owner_status"] for r in rows)
    counts = (
        f"{len(projects):8d} {len(rows):5d} "
        f"{sum(p['project_code'] is None for p in projects):8d} "
        f"{sum(not p['project_name'] for p in projects):7d} "
        f"{sum(owned[p['project_id']] == 0 for p in projects):7d} "
        f"{sum(r['project_id'] not in known for r in rows):7d} "
        f"{status['printed']:7d} {status['inferred']:8d} {status['ambiguous']:9d}"
    )
    total = _sum(p["total_yuan"] for p in projects)
    return f"{counts}  {total:>18,} of {_project_expenditure(result):>18,}"


def _sum(values: Iterable[object]) -> Decimal:
    return sum((v for v in values if isinstance(v, Decimal)), Decimal(0))


def _project_expenditure(result: Normalized) -> Decimal:
    """Project expenditure of all funds in 支出总表; its total row, else its leaves."""
    facts = [
        r.values
        for r in result.records
        if r.table == "expenditure"
        and r.values["measure"] == "project"
        and r.values["fund_scope"] == "all"
    ]
    totals = [f["amount_yuan"] for f in facts if f["row_type"] == "total"]
    return _sum(totals) if totals else _sum(f["amount_yuan"] for f in facts if f["is_leaf"])


def main(arguments: list[str]) -> int:
    """Print a line a document."""
    paths = [Path(a) for a in arguments]
    files = [f for p in paths for f in (sorted(p.rglob("*.pdf")) if p.is_dir() else [p])]
    index = prepare(load())
    print(f"{_HEAD}  Σ of the projects (yuan)  project expenditure  document")
    for file in files:
        try:
            line = describe(normalize(read_document(open_source(file)), index))
        except SourceError as error:
            print(f"{file.name}: {error}")
            continue
        if line is not None:
            print(f"{line}  {file.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
