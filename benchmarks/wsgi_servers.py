"""The same application under several WSGI servers: rates, and whether clients that send slowly stop the others.

Each has two workers with 16 threads (docs/decisions/0059). Servers are measured in turn, and the turns are repeated;
the median counts. Needs wrk (Debian: apt-get install wrk); Granian is measured where it is installed, and Lumbarkg does
not need it: `pip install granian`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from benchmarks.http_api import CASE, draw_bodies, rate_of
from lumbarkg.web.app import create_app

SLOW_CLIENTS = 100
COMPACT = "/api/v1/assessments?view=compact"
_APP = "benchmarks.wsgi_servers:make_app()"
SERVERS = {
    "lumbarkg serve": ("lumbarkg", "serve", "--port", "{port}", "--workers", "2", "--threads", "16"),
    "gunicorn gthread": (
        *("gunicorn", "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "16"),
        *("--bind", "127.0.0.1:{port}", "--log-level", "error", _APP),
    ),
    "granian": (
        *("granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "16", "--port", "{port}"),
        *("--no-log", "--factory", "benchmarks.wsgi_servers:make_app"),
    ),
}

make_app = create_app


@contextmanager
def running(name: str) -> Iterator[tuple[int, float]]:
    """The port of a server, and the seconds until it was ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [part.format(port=port) for part in SERVERS[name]]
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL)
    try:
        while not _answers(port, "/readyz", 5):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.02)
        yield port, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int, path: str, seconds: float) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _longest_beside_slow_clients(port: int) -> float:
    """The longest of ten answers while clients hold back the ends of their bodies, in seconds; 10 where none came."""
    body = json.dumps(CASE).encode()
    head = (
        f"POST {COMPACT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(SLOW_CLIENTS)]
    try:
        for client in slow:
            client.sendall(head.encode() + body[:10])
        time.sleep(0.5)
        longest = 0.0
        for _ in range(10):
            begun = time.perf_counter()
            longest = max(longest, time.perf_counter() - begun if _answers(port, "/healthz", 10) else 10.0)
            if longest >= 10:
                break
        return longest
    finally:
        for client in slow:
            with suppress(OSError):
                client.close()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian: apt-get install wrk).")
        return 0
    names = [name for name in SERVERS if name != "granian" or find_spec("granian") is not None]
    rates: dict[str, dict[str, list[float]]] = {name: {"/healthz": [], COMPACT: []} for name in names}
    starts: dict[str, list[float]] = {name: [] for name in names}
    waits: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.turns):
            for name in names:
                with running(name) as (port, seconds):
                    starts[name].append(seconds)
                    for path, found in rates[name].items():
                        bodies = draw_bodies(1) if path == COMPACT else ()
                        address = f"http://127.0.0.1:{port}{path}"
                        rate_of(address, 1, bodies, Path(folder))  # warm
                        found.append(rate_of(address, options.seconds, bodies, Path(folder)))
                    if name not in waits:
                        waits[name] = _longest_beside_slow_clients(port)
    print(
        f"                    healthz/s  compact/s  ready in s  longest answer beside {SLOW_CLIENTS} slow bodies in s"
    )
    for name in names:
        health, compact = (statistics.median(found) for found in rates[name].values())
        print(f"{name:18} {health:10.0f} {compact:10.0f} {statistics.median(starts[name]):11.2f}  {waits[name]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
