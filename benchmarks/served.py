"""The server of `lumbarkg serve` with an echo route beside its own, or a bare Flask application in its place."""

from __future__ import annotations

import multiprocessing
import os
import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

_START_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its master process, and the seconds from its start until it was ready."""

    address: str
    pid: int
    seconds: float

    def resident_bytes(self) -> dict[str, int]:
        """Process → resident memory, of the master, of each worker and of the pool, in bytes."""
        return {f"{_name(pid)} {pid}": _resident(pid) for pid in (self.pid, *_children(self.pid))}


@contextmanager
def started(kind: str = "ours", workers: int = 1) -> Iterator[Served]:
    """``ours`` or ``bare``, both with ``POST /echo``, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    begun = time.perf_counter()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(kind, port, workers))
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        while not _is_ready(f"{address}/{'readyz' if kind == 'ours' else 'echo'}"):
            if time.perf_counter() - begun > _START_SECONDS or not process.is_alive():
                raise SystemExit("the server did not start")
            time.sleep(0.01)
        yield Served(address, process.pid or 0, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.join()


def _serve(kind: str, port: int, workers: int) -> None:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(dir="/dev/shm")
    from lumbarkg.server.generation import Generation
    from lumbarkg.server.logs import set_up_logs
    from lumbarkg.server.master import serve
    from lumbarkg.server.settings import ServerSettings
    from lumbarkg.web.app import default_config

    make_app = Generation.make_app

    def make_app_with_echo(self: Generation) -> Flask:
        app = make_app(self) if kind == "ours" else Flask("bare")

        @app.post("/echo")
        def echo() -> Any:
            return request.get_json()

        @app.get("/echo")
        def ready() -> Response:
            return Response("ready")

        return app

    Generation.make_app = make_app_with_echo  # type: ignore[method-assign]
    set_up_logs("text", with_access=False)
    settings = ServerSettings(port=port, workers=workers)
    serve(settings, replace(default_config(), queries=settings.threads // 2))


def _is_ready(address: str) -> bool:
    with suppress(OSError):
        return bool(urllib.request.urlopen(address, timeout=5).status == 200)  # noqa: S310 - our own server
    return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _name(pid: int) -> str:
    return "pool" if "store.pool" in Path(f"/proc/{pid}/cmdline").read_text() else "process"
