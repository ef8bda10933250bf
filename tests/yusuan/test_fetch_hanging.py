"""Servers that never end: a run is bounded all the same, and stops at once when it is told to."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from yusuan.fetch import FetchSettings, fetch_inputs
from yusuan.inputs import Input

from .webserver import Answer, serving

PDF = b"%PDF-1.7\n" + bytes(1000) + b"\n%%EOF\n"


@contextmanager
def dripping(begin: bytes, drop: bytes) -> Iterator[str]:
    """The address of a server that answers with ``begin``, then a drop now and then for ever."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def answer(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.recv(4096)
            connection.sendall(begin)
            while True:
                time.sleep(0.05)
                connection.sendall(drop)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                open_ones.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"  # another host than the site
    finally:
        listening.close()
        for connection in open_ones:
            connection.close()


@pytest.fixture
def settings(tmp_path: Path) -> FetchSettings:
    return FetchSettings(
        cache=tmp_path / "cache", delay=0, read=2, connect=2, total=2, give_up=3, attempts=1
    )


def test_headers_that_never_end_cost_their_host_alone(settings: FetchSettings) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n", b"X") as slow, serving() as site:
        good = [site.page(f"/{n}.pdf", Answer(200, PDF)) for n in range(3)]
        begin = time.monotonic()
        inputs = [Input(f"{slow}/{n}.pdf") for n in range(4)] + list(map(Input, good))
        done = fetch_inputs(inputs, replace(settings, hosts=1))
    assert time.monotonic() - begin < 30
    errors = [one.error or "" for one in done]
    assert "no end after 3 s" in errors[0]
    assert all("left out: its server did not end an earlier answer" in e for e in errors[1:4])
    assert errors[4:] == ["", "", ""]


def test_a_robots_txt_that_never_ends_is_left(settings: FetchSettings) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    with dripping(head, b"x") as slow:
        (one,) = fetch_inputs([Input(f"{slow}/x.pdf")], replace(settings, read=0.5, give_up=60))
    assert one.error is not None
    assert "robots.txt could not be read (no answer in time)" in one.error


def test_ctrl_c_does_not_wait_for_a_server(tmp_path: Path) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n", b"") as silent:
        command = [sys.executable, "-m", "yusuan", "run", f"{silent}/x.pdf"]
        command += ["-o", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
        process = subprocess.Popen(command, stdout=-1, stderr=-1, text=True)
        wait_for(lambda: any((tmp_path / "cache" / "parts").glob("*.lock")), process)
        time.sleep(0.3)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert time.monotonic() - begin < 5, "the read limit is 30 s"
    assert process.returncode == 130
    assert stderr.endswith("the same command goes on from there.\n")


def wait_for(is_so: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    while not is_so():
        assert process.poll() is None
        time.sleep(0.02)


def test_an_address_that_is_no_text_fails_alone(settings: FetchSettings) -> None:
    (one,) = fetch_inputs([Input(os.fsdecode(b"http://127.0.0.1:1/\xff.pdf"))], settings)
    assert one.error is not None
