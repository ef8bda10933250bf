"""All documents that are elsewhere, host by host."""

from __future__ import annotations

import queue
import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from yusuan.fetch.cache import Cache, CacheError, Entry
from yusuan.fetch.hosts import StoppedError
from yusuan.fetch.http import Downloader
from yusuan.fetch.model import FetchError, FetchSettings
from yusuan.fetch.objects import fetch_object, local_path
from yusuan.inputs.find import is_address
from yusuan.inputs.model import Fetched, Input


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
    by_host: dict[str, deque[Input]] = defaultdict(deque)
    for one in waiting:
        by_host[_host_of(one.source)].append(one)
    stop = threading.Event()
    results: queue.SimpleQueue[Input | Exception] = queue.SimpleQueue()
    downloader = Downloader(cache, settings, stop)

    def lane(todo: deque[Input]) -> None:
        try:
            while not stop.is_set():
                one = todo.popleft()
                results.put(_one(one, downloader, cache, settings))
        except (IndexError, StoppedError):  # the lane is empty, or the run interrupted
            return
        except Exception as error:  # ours: raised where the results are taken
            results.put(error)

    with ThreadPoolExecutor(settings.hosts) as pool:
        try:
            for todo in by_host.values():
                # Object storage is made for many requests at a time.
                n_lanes = settings.per_host if _is_web(todo[0].source) else settings.hosts
                for _ in range(min(n_lanes, len(todo))):
                    pool.submit(lane, todo)
            for _ in waiting:
                result = results.get()
                if isinstance(result, Exception):
                    raise result
                yield result
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            downloader.close()


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
    return replace(one, path=str(cache.object_path(entry.sha256)), fetched=_fetched_of(entry))


def _fetched_of(entry: Entry) -> Fetched:
    at = datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Fetched(entry.final, at, entry.size, entry.etag, entry.last_modified)
