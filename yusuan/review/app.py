"""The web application: queue, page with its tables, a figure with its identities, decisions.

For one person on their own machine: it listens on the loopback address only, answers only
requests that name that address (no other site's name may point to it), and takes a decision only
with the token that its own pages carry.
"""

from __future__ import annotations

import io
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from yusuan.corrections.apply import new_problem
from yusuan.corrections.columns import decidable
from yusuan.corrections.file import add_correction, read_corrections
from yusuan.corrections.model import ACTIONS, Correction
from yusuan.corrections.telling import document_told
from yusuan.extract.picture import POINTS_PER_INCH, page_picture
from yusuan.extract.source import ExtractError
from yusuan.report.escaping import environment
from yusuan.report.pages import one_page, pdf_of
from yusuan.report.stored import stored
from yusuan.result import loaded_schemas
from yusuan.review.again import Again, asserted_again
from yusuan.review.figures import Fact, fact_at, facts_in, projects_of
from yusuan.review.queue import TITLES, Item, make_queue, open_items
from yusuan.review.words import word
from yusuan.schemas.model import Schemas

LOOPBACK = ("127.0.0.1", "localhost")
_DPI = 110
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MAX_FORM = 1 << 16
_MAX_PAGE = 1 << 20  # of a PDF; more are no page numbers and would not fit the tables' columns
_ITEMS_PER_PAGE = 200
_NULL = "null"
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not for several threads
_WRITING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Review:
    """What is reviewed. ``sample``: items of an audit, instead of the dataset's own queue."""

    root: Path
    corrections: Path
    who: str
    sample: tuple[Item, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def decided(self) -> tuple[Correction, ...]:
        """The decisions so far."""
        return read_corrections(self.corrections) if self.corrections.is_file() else ()


def make_app(review: Review) -> Starlette:
    """The application for one dataset; start it with any ASGI server on the loopback address."""
    queue = review.sample or make_queue(review.root)
    handlers = _Handlers(review, queue, loaded_schemas(), _environment())
    return Starlette(
        routes=[
            Route("/", handlers.queue_page),
            Route("/page/{doc_id}/{number:int}", handlers.document_page),
            Route("/picture/{doc_id}/{number:int}.png", handlers.picture),
            Route("/figure/{doc_id}", handlers.figure),
            Route("/decide", handlers.decide, methods=["POST"]),
            Mount("/static", _Static(packages=[("yusuan.review", "static")])),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK])],
    )


class _Static(StaticFiles):
    """The page's own files, never older than the program."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file with the headers of every other answer."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers.update(_HEADERS)
        return answer


def _environment() -> jinja2.Environment:
    made = environment("yusuan.review")
    made.globals |= {"titles": TITLES, "word": word}
    return made


@dataclass(frozen=True, slots=True)
class _Handlers:
    """One method per route."""

    review: Review
    queue: tuple[Item, ...]
    schemas: Schemas
    templates: jinja2.Environment

    def queue_page(self, request: Request) -> Response:
        """What is still to be looked at, by kind."""
        kind = request.query_params.get("kind")
        todo = open_items(self.queue, self.review.decided())
        shown = [item for item in todo if kind is None or item.kind == kind]
        n_pages = max(1, -(-len(shown) // _ITEMS_PER_PAGE))
        text = request.query_params.get("at", "1")
        at = min(int(text), n_pages) if text.isascii() and text.isdigit() and len(text) < 9 else 1
        begin = (max(at, 1) - 1) * _ITEMS_PER_PAGE
        counts = {name: sum(item.kind == name for item in todo) for name in TITLES}
        return self._html(
            "queue.html.j2",
            items=shown[begin : begin + _ITEMS_PER_PAGE],
            n_items=len(shown),
            at=max(at, 1),
            n_pages=n_pages,
            tables={name: table.title_zh for name, table in self.schemas.tables.items()},
            counts=counts,
            n_decided=len(self.queue) - len(todo),
            documents=_documents(self.review.root),
            kind=kind,
        )

    def document_page(self, request: Request) -> Response:
        """A page's picture and its tables side by side, with the item that led to it."""
        doc_id, number = request.path_params["doc_id"], request.path_params["number"]
        document = _documents(self.review.root).get(doc_id)
        if document is None or not 1 <= number <= _MAX_PAGE:
            return self._missing("no such document or page")
        cell = request.query_params.get("cell")
        table, row = request.query_params.get("table"), request.query_params.get("row")
        tables, rotation = one_page(self.review.root, doc_id, number)
        size = _size(str(document["source"]), doc_id, number, rotation)
        todo = open_items(self.queue, self.review.decided())
        return self._html(
            "page.html.j2",
            document=document,
            doc_id=doc_id,
            number=number,
            tables=tables,
            size=size,
            turn=rotation,
            cell=cell,
            panel=self._panel(doc_id, cell, table, row),
            next_item=todo[0] if todo else None,
            n_left=len(todo),
        )

    def figure(self, request: Request) -> Response:
        """What is known of a cell: its figures, their identities, and the forms to decide."""
        query = request.query_params
        doc_id = request.path_params["doc_id"]
        if doc_id not in _documents(self.review.root):
            return self._missing("no such document")
        panel = self._panel(doc_id, query.get("cell"), query.get("table"), query.get("row"))
        return HTMLResponse(panel, headers=_HEADERS)

    def picture(self, request: Request) -> Response:
        """The page as PNG; 404 where the PDF is no longer at its place or holds other bytes."""
        doc_id, number = request.path_params["doc_id"], request.path_params["number"]
        document = _documents(self.review.root).get(doc_id)
        turn = request.query_params.get("turn", "0")
        is_page = 1 <= number <= _MAX_PAGE and turn in ("0", "90", "180", "270")
        if document is None or not is_page:
            return self._missing("no such document")
        picture = _picture(str(document["source"]), doc_id, number, int(turn))
        if picture is None:
            return self._missing("the PDF is no longer where it was read")
        return Response(picture[0], media_type="image/png", headers=_HEADERS)

    async def decide(self, request: Request) -> Response:
        """Write one decision and go on to the next item.

        After a corrected amount the figure is shown again: do its identities hold now?
        """
        body = b""
        async for part in request.stream():  # a large form is not even read
            body += part
            if len(body) > _MAX_FORM:
                return PlainTextResponse("the form is too large", 413, headers=_HEADERS)
        form = _form(body)
        if not secrets.compare_digest(form.get("token", "").encode(), self.review.token.encode()):
            return PlainTextResponse("wrong token: open the page again", 403, headers=_HEADERS)
        # The dataset is read in a thread, so that pictures go on being served.
        return await run_in_threadpool(self._decide, form)

    def _decide(self, form: Mapping[str, str]) -> Response:
        document = _documents(self.review.root).get(form.get("doc_id", ""))
        fact = document and fact_at(
            self.review.root,
            form["doc_id"],
            self.schemas,
            form.get("table", ""),
            form.get("row", ""),
        )
        problem = _problem(form, fact or None, self._is_table_item(form))
        if problem is None and fact:
            problem = self._new_problem(form, fact)
        if problem:
            return PlainTextResponse(problem, 400, headers=_HEADERS)
        with _WRITING:
            add_correction(self.review.corrections, self._correction(form, fact or None))
        if fact and form["action"] == "correct" and form["column"].endswith("_yuan"):
            link = _link(fact.page, form["doc_id"], fact.table, fact.row, fact.cell_id)
        else:
            todo = open_items(self.queue, self.review.decided())
            link = item_link(todo[0]) if todo else "/"
        return RedirectResponse(link, 303, headers=_HEADERS)

    def _is_table_item(self, form: Mapping[str, str]) -> bool:
        key = tuple(form.get(name, "") for name in ("doc_id", "table", "row", "column"))
        return form.get("table") == "tables" and any(item.key == key for item in self.queue)

    def _new_problem(self, form: Mapping[str, str], fact: Fact) -> str | None:
        """Why the new value cannot be taken: what the next run would refuse is not written."""
        if form["action"] not in ("correct", "reassign"):
            return None
        new = form.get("new", "").strip()
        if not new:
            return f"give the new value; write {_NULL} where nothing is printed"
        known = decidable(self.schemas.tables[fact.table])
        column = next(one for one in known if one.name == form["column"])
        projects = [key for key, _ in projects_of(self.review.root, form["doc_id"])]
        return new_problem(form["action"], None if new == _NULL else new, column, projects)

    def _correction(self, form: Mapping[str, str], fact: Fact | None) -> Correction:
        action = form["action"]
        new = form.get("new", "").strip() if action in ("correct", "reassign") else ""
        return Correction(
            doc_id=form["doc_id"],
            table=form["table"],
            row=form["row"],
            column=form["column"],
            action=action,  # type: ignore[arg-type]
            old=self._as_read(form, fact) if fact else None,
            new=new if new and new != _NULL else None,
            who=self.review.who,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            why=form["why"].strip(),
            document=document_told(_documents(self.review.root)[form["doc_id"]]),
        )

    def _as_read(self, form: Mapping[str, str], fact: Fact) -> str | None:
        """The value as it is read from the PDF: without a decision that the dataset has applied."""
        shown = fact.values.get(form["column"])
        key = (form["table"], form["row"], form["column"])
        for one in reversed(self.review.decided()):
            applied = one.action in ("correct", "reassign") and one.new == shown
            if (one.doc_id, one.key) == (form["doc_id"], key) and applied:
                return one.old
        return shown

    def _panel(self, doc_id: str, cell: str | None, table: str | None, row: str | None) -> str:
        one = fact_at(self.review.root, doc_id, self.schemas, table, row) if table and row else None
        facts = (one,) if one else facts_in(self.review.root, doc_id, self.schemas, cell)
        item = None
        if not facts and table == "tables" and row:
            item = next((i for i in self.queue if i.key[:3] == (doc_id, table, row)), None)
        decided = tuple(one for one in self.review.decided() if one.doc_id == doc_id)
        return self.templates.get_template("figure.html.j2").render(
            facts=facts,
            item=item,
            doc_id=doc_id,
            token=self.review.token,
            decided=[
                one
                for one in decided
                if (one.table, one.row)
                in ({(fact.table, fact.row) for fact in facts} | {(table, row)})
            ],
            again=_again(self.review.root, _version(self.review.root), doc_id, decided)
            if facts
            else {},
            projects=projects_of(self.review.root, doc_id)
            if any(fact.table == "project_indicators" for fact in facts)
            else [],
        )

    def _html(self, name: str, **values: object) -> Response:
        text = self.templates.get_template(name).render(
            link=item_link, root=self.review.root.resolve().name, **values
        )
        return HTMLResponse(text, headers=_HEADERS)

    def _missing(self, text: str) -> Response:
        return PlainTextResponse(text, 404, headers=_HEADERS)


def item_link(item: Item) -> str:
    """The address of an item: its page, with the figure chosen."""
    return _link(item.page, item.doc_id, item.table, item.row, item.cell_id)


def _link(page: int | None, doc_id: str, table: str, row: str, cell: str | None) -> str:
    query = {"table": table, "row": row} | ({"cell": cell} if cell else {})
    return f"/page/{doc_id}/{page or 1}?{urlencode(query)}"


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _problem(form: Mapping[str, str], fact: Fact | None, is_table: bool) -> str | None:
    """Why a decision cannot be taken; None where it can."""
    if fact is None and not is_table:
        return "no such row: open the page again"
    if form.get("action") not in ACTIONS:
        return "choose what to do"
    if fact is not None and form.get("column") not in fact.values:
        return "choose a column of the row"
    if not form.get("why", "").strip():
        return "give a reason"
    if form["action"] == "reassign" and form.get("column") != "project_id":
        return "only an indicator is given to another project"
    return None


@lru_cache(maxsize=4)
def _documents(root: Path) -> Mapping[str, Mapping[str, object]]:
    columns = [
        "doc_id", "source", "file_name", "publisher", "fiscal_year", "doc_kind", "doc_scope",
        "page_count",
    ]  # fmt: skip
    rows = stored(root, "documents").to_table(columns=columns).to_pylist()
    return {row["doc_id"]: row for row in rows}


def _version(root: Path) -> int:
    """Another number for another publication of the dataset."""
    return (root / "manifest.parquet").stat().st_mtime_ns


@lru_cache(maxsize=8)
def _again(
    root: Path, version: int, doc_id: str, decided: tuple[Correction, ...]
) -> Mapping[str, Again]:
    """The identities of a document with the decisions on it; ``version``: of the dataset."""
    return asserted_again(root, doc_id, decided, loaded_schemas())


@lru_cache(maxsize=32)
def _picture(
    source: str, doc_id: str, number: int, rotation: int
) -> tuple[bytes, float, float] | None:
    """The page as PNG, with its width and height in points; None where the PDF is gone."""
    with _ONE_AT_A_TIME:
        data = pdf_of(source, doc_id)
        if data is None:
            return None
        try:
            picture = page_picture(data, number, _DPI, rotation)
        except ExtractError:
            return None
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    points = POINTS_PER_INCH / _DPI
    return buffer.getvalue(), picture.width * points, picture.height * points


def _size(source: str, doc_id: str, number: int, rotation: int) -> tuple[float, float] | None:
    """Width and height of the page in points; None where there is no picture."""
    picture = _picture(source, doc_id, number, rotation)
    return picture[1:] if picture else None
