"""What a server's answer means: try again, give up, resume, or a web page in place of the file."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, TypeGuard

import httpx2

from yusuan.fetch.model import FetchError

# RFC 9110 (408, 429, 5xx) and RFC 8470 (425): the same request may do better later.
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REASONS: Final = {
    401: "it wants a login",
    403: "it refuses programs, or wants a login",
    404: "there is no such file",
    410: "the file was taken down",
    451: "it withholds the file",
}
_BY_HAND: Final = "open it in a browser, save the file, and list its path."
# As much of a page as a title, a login form and the first links are looked for in.
_PAGE_BYTES: Final = 1 << 18
_PDF_WINDOW: Final = 1024
_PAGE_START: Final = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|script|meta|title|!--)", re.I
)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title", re.I | re.S)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.I)
_PASSWORD: Final = re.compile(r"<input[^>]+type\s*=\s*[\"']?password", re.I)
_PDF_LINK: Final = re.compile(r"href\s*=\s*[\"']([^\"'<>]+\.pdf)(?=[\"'?#])", re.I)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


class TryAgainError(Exception):
    """Another try may do better. ``wait``: how many seconds the server asks for."""

    def __init__(
        self, message: str, wait: float | None = None, is_connection: bool = False
    ) -> None:
        super().__init__(message)
        self.wait = wait
        self.is_connection = is_connection


def refusal(response: httpx2.Response, wait: float | None) -> TryAgainError | FetchError:
    """What to raise for an answer that is neither the file nor a redirect."""
    status = response.status_code
    if status in _PASSING:
        return TryAgainError(f"the server answered {status}", wait)
    reason = _REASONS.get(status, "it does not give the file")
    hint = "check the address." if status in (404, 410) else _BY_HAND
    return FetchError("download-failed", f"the server answered {status}: {reason}; {hint}")


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds that ``Retry-After`` asks for (RFC 9110, 10.2.3: seconds or a date)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    if (when := _date(text)) is None:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def validator_of(response: httpx2.Response) -> str | None:
    """What tells later that the rest of a file is of the same file (RFC 9110, 8.8 and 13.1.5).

    A strong ETag, or a Last-Modified at least a second before the answer; None where the answer
    is encoded or the server serves no ranges.
    """
    headers = response.headers
    if headers.get("Accept-Ranges", "").lower() == "none" or "Content-Encoding" in headers:
        return None
    etag: str = headers.get("ETag", "")
    if etag.startswith('"') and can_be_sent(etag):
        return etag
    text: str = headers.get("Last-Modified", "")
    modified, answered = _date(text), _date(headers.get("Date", ""))
    if modified and answered and (answered - modified).total_seconds() >= 1:
        return text
    return None


def can_be_sent(text: str | None) -> TypeGuard[str]:
    """Whether what a server called a version can be sent back to it (RFC 9110, 5.5)."""
    return bool(text) and text is not None and text.isascii() and text.isprintable()


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def range_start(response: httpx2.Response) -> int | None:
    """Where the bytes of a 206 begin; None where it does not say."""
    match = re.match(r"bytes (\d+)-\d+/", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def range_total(response: httpx2.Response) -> int | None:
    """How many bytes the whole file of a 206 has; None where it does not say."""
    match = re.search(r"/(\d+)$", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def web_page_reason(path: Path, content_type: str) -> str | None:
    """Why a download is a web page and no document; None where it is none.

    What begins like a PDF is one, whatever the server calls it.
    """
    with path.open("rb") as file:
        body = file.read(_PAGE_BYTES)
    if b"%PDF-" in body[:_PDF_WINDOW]:
        return None
    is_called_page = "html" in content_type.lower() and b"<" in body[:_PDF_WINDOW]
    if not (_PAGE_START.match(body) or is_called_page):
        return None
    text = _decoded(body, content_type)
    titled = _TITLE.search(text)
    title = _CONTROL.sub(" ", html.unescape(titled[1])).strip()[:60] if titled else ""
    kind = "a login page" if _PASSWORD.search(text) else "a web page"
    named = f" “{title}”" if title else ""
    links = dict.fromkeys(_CONTROL.sub("", html.unescape(link)) for link in _PDF_LINK.findall(text))
    if links:
        first = next(iter(links))[:200]
        hint = f"it links to PDF files ({len(links)}; the first: {first}): list those."
    else:
        hint = _BY_HAND
    return f"the server gave {kind}{named} in place of the file; {hint}"


def _decoded(body: bytes, content_type: str) -> str:
    """The text of a page in the encoding it names, else UTF-8."""
    named = _CHARSET.search(content_type.encode()) or _CHARSET.search(body[:2048])
    encoding = named[1].decode().lower() if named else "utf-8"
    if encoding in ("gb2312", "gbk"):
        encoding = "gb18030"
    try:
        return body.decode(encoding, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")
