"""``lumbarkg serve`` as a process of its own, for tests of what the world does to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.robustness.watching import family, files_of

_START_SECONDS = 90
_STOP_SECONDS = 20


@dataclass(frozen=True)
class Served:
    """A server that runs; ``process`` is its master."""

    process: subprocess.Popen[bytes]
    port: int
    record: Path

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, seconds: float = 30) -> bytes:
        with urllib.request.urlopen(self.url(path), timeout=seconds) as answer:
            return bytes(answer.read())

    def settle(self, most_files: int, seconds: float = 15) -> int:
        """How many files the server holds open, once they are no more than ``most_files`` or the time is over."""
        deadline = time.monotonic() + seconds
        while (files := files_of(self.process.pid)) > most_files and time.monotonic() < deadline:
            time.sleep(0.2)
        return files


@contextmanager
def serve(folder: Path, *options: str, through: str = "") -> Iterator[Served]:
    """Start a server with a record in ``folder``, by a shell that does something before; ended with all it started."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    record, log = folder / "record.sqlite", folder / "log"
    command = [sys.executable, "-m", "lumbarkg", "serve", "--port", str(port), "--record", str(record), *options]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f'{through or ":"}; exec "$@"', "sh", *command],
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        served = Served(process, port, record)
        _wait_for(served, log)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(served: Served, log: Path) -> None:
    """Until the server answers, and a query has been answered too, after which no more processes are to come."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            served.get("/healthz", 5)
            served.get("/sparql?query=ASK%7B%7D")
            break
        except OSError:
            assert served.process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
    counted = -1
    while (now := len(family(served.process.pid))) != counted and time.monotonic() < deadline:
        counted = now
        time.sleep(1)
