"""The report as one HTML file: no script, no network, so it opens from an e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from markupsafe import Markup

from yusuan import __version__
from yusuan.report.escaping import environment
from yusuan.report.pages import PageView, page_views
from yusuan.report.plots import bar_plot, share_plot
from yusuan.report.summary import Summary, summarise, telling_findings
from yusuan.schemas.loader import load

# A report stays small enough to open and to send, however large the dataset is.
_MOST = 500
_MOST_FINDINGS = 200
_STATUS_ZH = {"ok": "有", "empty": "空表", "missing": "缺", "template": "模板", "partial": "不全"}


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """``documents``: how many get their pages shown; ``pictures``: page pictures in all."""

    documents: int = 20
    pictures: int = 120


def write_report(root: Path, path: Path, settings: ReportSettings | None = None) -> Path:
    """Write the report of the dataset in ``root`` to ``path``; it appears whole or not at all."""
    settings = settings or ReportSettings()
    text = report_html(root, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return path


def report_html(root: Path, settings: ReportSettings) -> str:
    """The text of the report; everything that comes from a document is escaped."""
    schemas = load()
    summary = summarise(root, schemas, _MOST)
    templates = environment("yusuan.report")
    templates.filters["yuan"] = _yuan
    return templates.get_template("report.html.j2").render(
        name=root.resolve().name,
        version=__version__,
        summary=summary,
        most_findings=_MOST_FINDINGS,
        families=schemas.families,
        status_zh=_STATUS_ZH,
        by_place=Markup(share_plot(summary.by_place)),
        by_family=Markup(share_plot(summary.by_family)),
        spending=Markup(bar_plot(summary.spending[:20])),
        projects=Markup(bar_plot(summary.projects)),
        pages=_pages(root, summary, settings),
        findings_of=lambda doc_id: telling_findings(root, doc_id),
    )


def _pages(root: Path, summary: Summary, settings: ReportSettings) -> Mapping[str, list[PageView]]:
    """The pages of the first documents, those with most to look at; pictures shared out fairly."""
    left = settings.pictures
    shown: dict[str, list[PageView]] = {}
    chosen = summary.documents[: settings.documents]
    for at, document in enumerate(chosen):
        views = page_views(root, document.row, left // (len(chosen) - at))
        left -= sum(view.picture is not None for view in views)
        shown[document.row["doc_id"]] = views
    return shown


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
