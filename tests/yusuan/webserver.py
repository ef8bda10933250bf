"""A web server in a thread that answers each path as a test scripts it."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """``cut``: send only so many bytes of the body, then break the connection."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    at: float


Script = Callable[[Asked, int], Answer]


class Site:
    """The site: ``site.page(path, answer, answer…)``; the last answer is given from then on."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self._scripts: dict[str, Script] = {}
        self._counts: dict[str, int] = defaultdict(int)

    def page(self, path: str, *answers: Answer) -> str:
        self.script(path, lambda asked, nth: answers[min(nth, len(answers) - 1)])
        return self.root + path

    def script(self, path: str, script: Script) -> str:
        self._scripts[path] = script
        return self.root + path

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        nth = self._counts[asked.path]
        self._counts[asked.path] += 1
        script = self._scripts.get(asked.path)
        return script(asked, nth) if script else Answer(404)

    def count(self, path: str) -> int:
        return self._counts[path]

    def last(self, path: str) -> dict[str, str]:
        """The headers of the last request to a path."""
        return next(asked.headers for asked in reversed(self.asked) if asked.path == path)


@contextmanager
def serving() -> Iterator[Site]:
    import time

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(self.path, dict(self.headers), time.monotonic())
            answer = site.answer(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers and answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.cut])
            if answer.cut is not None:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
