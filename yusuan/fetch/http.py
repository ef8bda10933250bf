"""One document by http or https: conditional, resumable, patient, and only where it is welcome."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import replace
from typing import NoReturn

import httpx2
from protego import Protego

from yusuan.fetch.answers import (
    TryAgainError,
    can_be_sent,
    range_start,
    range_total,
    refusal,
    retry_after,
    validator_of,
    web_page_reason,
)
from yusuan.fetch.cache import Cache, Entry, Part
from yusuan.fetch.hosts import ROBOT_NAME, ROBOTS_BYTES, Host, Hosts, crawl_delay, parse_robots
from yusuan.fetch.model import FetchError, FetchSettings


class Downloader:
    """Fetches documents into a cache. Safe to use from several threads."""

    def __init__(self, cache: Cache, settings: FetchSettings, stop: threading.Event) -> None:
        self._cache, self._settings, self._stop = cache, settings, stop
        self._hosts = Hosts(settings.per_host, settings.delay, stop)
        self._client = httpx2.Client(
            follow_redirects=False,  # each step is looked at here
            # Bytes of the file itself: a compressed answer could not be resumed.
            headers={"User-Agent": settings.user_agent, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(settings.read, connect=settings.connect, pool=None),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=settings.hosts),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, address: str) -> Entry:
        """The document at an address, from the cache where that is fresh. Raises FetchError.

        Raises StoppedError where the run is interrupted; what came so far is kept.
        """
        known = self._cache.entry(address)
        # A copy from the future is one from before the clock was set back: it may be old.
        is_fresh = known and 0 <= time.time() - known.at <= self._settings.max_age
        if known and (self._settings.offline or is_fresh):
            return known
        if self._settings.offline:
            raise FetchError(
                "not-cached", "the cache has no copy and --offline asks nobody; fetch it first."
            )
        host = self._hosts.host(_parsed(address).host)
        if host.n_unreachable >= self._settings.unreachable_after:
            raise FetchError(
                "download-failed",
                f"left out: no connection to its host for {host.n_unreachable} documents in a row; "
                "run again later.",
            )
        try:
            with self._cache.part(address) as part:
                entry = self._attempts(address, known, part, host)
        except FetchError as error:
            host.n_unreachable = host.n_unreachable + 1 if error.is_connection else 0
            raise
        host.n_unreachable = 0
        return entry

    def _attempts(self, address: str, known: Entry | None, part: Part, host: Host) -> Entry:
        deadline = time.monotonic() + self._settings.total
        for attempt in range(1, self._settings.attempts + 1):
            try:
                return self._attempt(address, known, part, deadline)
            except TryAgainError as again:
                wait = again.wait
                if wait is None:
                    wait = self._settings.backoff * 2 ** (attempt - 1) * _spread(address, attempt)
                if wait > self._settings.max_wait:
                    _give_up(again, f"; the server asks to wait {wait:g} s")
                if time.monotonic() + wait > deadline:
                    _give_up(again, f"; its {self._settings.total:g} s are over")
                if attempt == self._settings.attempts:
                    _give_up(again, f"; tried {attempt} times" if attempt > 1 else "")
                if again.wait is not None:
                    host.hold(wait)  # meant for all that is asked of the host
                host.pause(wait)
        raise AssertionError("attempts is at least 1")

    def _attempt(self, address: str, known: Entry | None, part: Part, deadline: float) -> Entry:
        """Ask once, along redirects. Raises TryAgainError where another try may do better."""
        url = _parsed(address)
        passed = [url]
        while True:
            self._refuse_if_unwelcome(url)
            try:
                with (
                    self._hosts.host(url.host).turn(),
                    self._client.stream("GET", url, headers=_conditions(known, part)) as response,
                ):
                    if not response.has_redirect_location:
                        return self._take(response, address, known, part, deadline)
                    url = self._next_url(response, passed)
                    passed.append(url)
            except httpx2.RequestError as error:
                raise _again_after(error, part) from error

    def _next_url(self, response: httpx2.Response, passed: list[httpx2.URL]) -> httpx2.URL:
        """Where an answer redirects to. Raises FetchError where that is not gone along with."""
        target = response.headers["Location"]
        try:
            url = passed[-1].join(target)
        except (httpx2.InvalidURL, ValueError) as error:
            raise FetchError("download-failed", f"redirected to no address: {target}") from error
        if url.scheme not in ("http", "https"):
            reason = f"redirected to {url.scheme}:, which is not followed ({url})."
            raise FetchError("download-failed", reason)
        if url in passed:
            raise FetchError("download-failed", f"redirected in a circle, back to {url}.")
        if len(passed) > self._settings.max_redirects:
            reason = f"redirected more than {self._settings.max_redirects} times, last to {url}."
            raise FetchError("download-failed", reason)
        return url

    def _take(
        self,
        response: httpx2.Response,
        address: str,
        known: Entry | None,
        part: Part,
        deadline: float,
    ) -> Entry:
        """What a final answer gives."""
        now = int(time.time())
        if response.status_code == 304 and known:
            entry = replace(known, at=now)
            self._cache.record(entry)
            return entry
        if response.status_code == 206 and range_start(response) == part.size:
            pass  # goes on where the part ends
        elif response.status_code == 200:
            part.restart(validator_of(response))
        elif response.status_code in (206, 416):
            part.drop()
            raise TryAgainError(
                f"the server answered {response.status_code} with another part than asked for", 0.0
            )
        else:
            raise refusal(response, retry_after(response))
        self._read_body(response, part, deadline)
        whole = range_total(response) if response.status_code == 206 else None
        if whole is not None and part.size != whole:
            raise TryAgainError(f"the server gave {part.size} of {whole} bytes")
        if reason := web_page_reason(part.path, response.headers.get("Content-Type", "")):
            part.drop()
            raise FetchError("html-not-pdf", reason)
        size = part.size
        entry = Entry(
            address=address,
            sha256=self._cache.adopt(part),
            size=size,
            at=now,
            final=str(response.url),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
        )
        self._cache.record(entry)
        return entry

    def _read_body(self, response: httpx2.Response, part: Part, deadline: float) -> None:
        limit = self._settings.max_size
        length = response.headers.get("Content-Length", "")
        self._refuse_if_large(part.size + (int(length) if length.isdecimal() else 0), part)
        for piece in response.iter_bytes():  # as they come: what came is kept
            part.append(piece)
            self._refuse_if_large(part.size, part)
            if self._stop.is_set():
                self._hosts.host(response.url.host).pause(0)
            if time.monotonic() > deadline:
                reason = f"not complete after {self._settings.total:g} s ({part.size} bytes)"
                raise FetchError("download-failed", f"{reason}; run again, it goes on from there.")
        if part.size == 0 and limit:
            raise TryAgainError("the server sent no content")

    def _refuse_if_large(self, size: int, part: Part) -> None:
        limit = self._settings.max_size
        if size > limit:
            part.drop()
            reason = f"larger than the limit of {limit >> 20} MiB ({size >> 20} MiB or more)"
            raise FetchError("download-too-large", f"{reason}; see --max-download.")

    # robots.txt -----------------------------------------------------------------------------

    def _refuse_if_unwelcome(self, url: httpx2.URL) -> None:
        """Raise FetchError where robots.txt forbids the address, or could not be read."""
        origin = f"{url.scheme}://{url.netloc.decode()}"
        rules = self._hosts.robots(origin, lambda: self._read_robots(origin))
        if isinstance(rules, FetchError):
            raise rules
        if not rules.can_fetch(str(url), ROBOT_NAME):
            raise FetchError(
                "download-not-allowed",
                f"{origin}/robots.txt forbids programs to fetch it; "
                "get it by hand and list the path.",
            )

    def _read_robots(self, origin: str) -> Protego | FetchError:
        """RFC 9309, 2.3.1: absent means all is allowed, a server in trouble that nothing is."""
        trouble = FetchError("download-failed", "")
        for attempt in range(1, self._settings.attempts + 1):
            if attempt > 1:
                self._hosts.host(httpx2.URL(origin).host).pause(
                    self._settings.backoff * 2 ** (attempt - 2) * _spread(origin, attempt)
                )
            told: str
            try:
                status, body = self._robots_answer(httpx2.URL(f"{origin}/robots.txt"))
            except httpx2.RequestError as error:
                told, is_connection = _told(error), _is_connection(error)
            else:
                if status < 500 and status != 429:
                    rules = parse_robots(body if status < 300 else b"")
                    host = self._hosts.host(httpx2.URL(origin).host)
                    host.delay = max(host.delay, crawl_delay(rules))
                    return rules
                told, is_connection = f"the server answered {status}", False
            trouble = FetchError(
                "download-failed",
                f"{origin}/robots.txt could not be read ({told}), so nothing was asked of it; "
                "run again later.",
                is_connection,
            )
        return trouble

    def _robots_answer(self, url: httpx2.URL) -> tuple[int, bytes]:
        """Status and body; a redirect that leads nowhere counts as absent (404)."""
        deadline = time.monotonic() + 2 * self._settings.read
        for _ in range(self._settings.max_redirects + 1):
            with self._hosts.host(url.host).turn(), self._client.stream("GET", url) as response:
                if not response.has_redirect_location:
                    body = b""
                    for piece in response.iter_bytes():
                        body += piece
                        if len(body) >= ROBOTS_BYTES:
                            break
                        if time.monotonic() > deadline:
                            raise httpx2.ReadTimeout("its robots.txt does not end")
                    return response.status_code, body
                try:
                    url = url.join(response.headers["Location"])
                except (httpx2.InvalidURL, ValueError):
                    break
                if url.scheme not in ("http", "https"):
                    break
        return 404, b""


def _parsed(address: str) -> httpx2.URL:
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError("download-failed", f"not an address: {error}; correct it.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError("download-failed", "not an http or https address; correct it.")
    return url


def _conditions(known: Entry | None, part: Part) -> dict[str, str]:
    """Go on where the part ends, if the file is still the same; else only if it has changed."""
    if part.size and can_be_sent(part.validator):
        return {"Range": f"bytes={part.size}-", "If-Range": part.validator}
    headers = {}
    if known and can_be_sent(known.etag):
        headers["If-None-Match"] = known.etag
    if known and can_be_sent(known.last_modified):
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _spread(address: str, attempt: int) -> float:
    """A factor from 1 to 1.5, so that those who failed together do not come back together."""
    digest = hashlib.sha256(f"{attempt} {address}".encode()).digest()
    return 1 + digest[0] / 510


def _is_connection(error: httpx2.RequestError) -> bool:
    return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)


def _told(error: httpx2.RequestError) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__


def _again_after(error: httpx2.RequestError, part: Part) -> TryAgainError:
    if _is_connection(error):
        return TryAgainError(f"no connection: {_told(error)}", is_connection=True)
    after = f" after {part.size} bytes" if part.size else ""
    return TryAgainError(f"the connection broke off{after}: {_told(error)}")


def _give_up(again: TryAgainError, told: str) -> NoReturn:
    raise FetchError(
        "download-failed", f"{again}{told}; run again later.", again.is_connection
    ) from again
