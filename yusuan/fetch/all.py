"""All documents that are elsewhere, host by host."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from yusuan.fetch.cache import Cache, CacheError, Entry
from yusuan.fetch.hosts import StoppedError
from yusuan.fetch.http import Downloader
from yusuan.fetch.model import FetchError, FetchSettings
from yusuan.fetch.objects import fetch_object, local_path
from yusuan.inputs.find import is_address
from yusuan.inputs.model import Fetched, Input

# Seconds between two looks at whether a download hangs.
_LOOK: Final = 1.0


def fetch_inputs(
    inputs: Sequence[Input],
    settings: FetchSettings,
    progress: Callable[[Input], None] = lambda one: None,
) -> tuple[Input, ...]:
    """The inputs in the same order, each with a file, or with the error why there is none.

    Files on this machine pass unchanged. ``progress`` is called with each of the others as it is
    done. Interrupted (KeyboardInterrupt), it ends at once; what came so far is in the cache and
    the next call goes on from there. Raises CacheError.
    """
    waiting = [one for one in inputs if one.error is None and is_address(one.source)]
    if not waiting:
        return tuple(inputs)
    cache = Cache(settings.cache)
    cache.prepare()
    done: dict[str, Input] = {}
    for one in _fetched(waiting, cache, settings):
        done[one.source] = one
        progress(one)
    return tuple(done.get(one.source, one) for one in inputs)


def _fetched(waiting: Sequence[Input], cache: Cache, settings: FetchSettings) -> Iterator[Input]:
    """Each input as it is done. A lane takes the documents of one host, one after the other."""
    stop = threading.Event()
    downloader = Downloader(cache, settings, stop)
    crew = _Crew(lambda one: _one(one, downloader, cache, settings), settings, stop)
    try:
        yield from crew.fetched(waiting)
    finally:
        stop.set()
        downloader.close()


@dataclass(slots=True, eq=False)
class _Lane:
    """Documents of one host, and the one that is being fetched, since when."""

    todo: deque[Input]
    at: Input | None = None
    since: float = 0.0
    is_given_up: bool = False


class _Crew:
    """Threads that take a lane each, and a clock on what they do.

    They are daemons: who waits for a server need not be waited for, neither when the run is stopped
    nor when the server (by a byte now and then, which no limit of a single read ends) never does.
    """

    def __init__(
        self, fetch: Callable[[Input], Input], settings: FetchSettings, stop: threading.Event
    ) -> None:
        self._fetch, self._settings, self._stop = fetch, settings, stop
        self._lanes: list[_Lane] = []
        self._free: queue.SimpleQueue[_Lane] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Input, Input | Exception]] = queue.SimpleQueue()
        self._look_at = 0.0
        n_turns = settings.max_redirects + 2  # robots.txt, the address, where it leads
        self._limit = settings.give_up + n_turns * settings.per_host * settings.delay

    def fetched(self, waiting: Sequence[Input]) -> Iterator[Input]:
        """Each input as it is done, or given up."""
        by_host: dict[str, deque[Input]] = defaultdict(deque)
        for one in waiting:
            by_host[_host_of(one.source)].append(one)
        for todo in by_host.values():
            # Object storage is made for many requests at a time.
            is_web = _is_web(todo[0].source)
            n_lanes = self._settings.per_host if is_web else self._settings.hosts
            self._lanes += [_Lane(todo) for _ in range(min(n_lanes, len(todo)))]
        for lane in self._lanes:
            self._free.put(lane)
        for _ in range(min(len(self._lanes), self._settings.hosts)):
            self._start()
        pending = {one.source for one in waiting}
        while pending:
            for one, result in self._next():
                if isinstance(result, Exception):
                    raise result
                if one.source in pending:  # one that was given up may come late
                    pending.remove(one.source)
                    yield result

    def _start(self) -> None:
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        """What a thread does: take lanes until there are none."""
        while not self._stop.is_set():
            try:
                lane = self._free.get_nowait()
            except queue.Empty:
                return
            self._go_along(lane)
            if lane.is_given_up:  # another thread took its place
                return

    def _go_along(self, lane: _Lane) -> None:
        while not self._stop.is_set():
            try:
                one = lane.todo.popleft()
            except IndexError:
                return
            lane.since, lane.at = time.monotonic(), one
            try:
                self._results.put((one, self._fetch(one)))
            except StoppedError:
                return
            except Exception as error:  # ours: raised where the results are taken
                self._results.put((one, error))
            lane.at = None

    def _next(self) -> Iterator[tuple[Input, Input | Exception]]:
        """What is done or given up within a moment."""
        with suppress(queue.Empty):
            yield self._results.get(timeout=_LOOK)
        if (now := time.monotonic()) < self._look_at:
            return
        self._look_at = now + _LOOK
        for lane in self._lanes:
            one = lane.at
            if one is not None and not lane.is_given_up and now - lane.since > self._limit:
                lane.is_given_up = True
                self._start()
                yield from self._given_up(lane, one)

    def _given_up(self, lane: _Lane, one: Input) -> Iterator[tuple[Input, Input]]:
        """The document that does not end, and the rest of its host, which may hang on the same."""
        error = (
            f"no end after {self._limit:g} s: its server keeps the connection open and gives next "
            "to nothing; run again later."
        )
        yield one, replace(one, error=error, code="download-failed")
        error = "left out: its server did not end an earlier answer; run again later."
        with suppress(IndexError):
            while True:
                other = lane.todo.popleft()
                yield other, replace(other, error=error, code="download-failed")


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _host_of(address: str) -> str:
    """Host and port as written; only to sort documents into lanes, so nothing is refused here."""
    return re.split(r"[/?#]", address.partition("://")[2])[0].rpartition("@")[2].lower()


def _one(one: Input, downloader: Downloader, cache: Cache, settings: FetchSettings) -> Input:
    try:
        if _is_web(one.source):
            entry = downloader.fetch(one.source)
        elif path := local_path(one.source):
            if path.is_file():
                return replace(one, path=str(path))
            raise FetchError("download-failed", "there is no such file; check the address.")
        else:
            entry = fetch_object(one.source, cache, settings)
    except FetchError as error:
        return replace(one, error=error.message, code=error.code)
    except OSError as error:  # a full disk stops the run, it is not each document's fault
        raise CacheError(f"the cache {settings.cache} cannot be used: {error}") from error
    except (CacheError, StoppedError):
        raise
    except Exception as error:  # as in convert: a bug on one document is not to end the run
        told = " ".join(f"{type(error).__name__}: {error}".split())
        why = f"could not be fetched: {told}. Please report it with the address."
        return replace(one, error=why, code="download-failed")
    return replace(one, path=str(cache.object_path(entry.sha256)), fetched=_fetched_of(entry))


def _fetched_of(entry: Entry) -> Fetched:
    at = datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Fetched(entry.final, at, entry.size, entry.etag, entry.last_modified)
