"""From the exec of `lumbarkg serve` until `/readyz` answers 200, and the resident memory of a worker then.

Default settings, two workers, a record of its own. Beside it, in turns, a Python that only imports the libraries which
the server uses: a machine that is busy or slow slows both, so the ratio says more than the seconds. Bytecode is kept in
a folder of the benchmark and files are in memory, as after `pip install` and a first start; the first turn, which
makes both so, does not count.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIBRARIES = "flask, gunicorn.app.base, numpy, prometheus_client, pydantic, pyoxigraph, rdflib, waitress"
TARGET_SECONDS, TARGET_MEGABYTES = 1.5, 200
_POLL_SECONDS, _MOST_SECONDS = 0.005, 60.0


def measure_imports(environment: dict[str, str]) -> float:
    """The seconds that a process takes which imports the libraries and ends."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {LIBRARIES}"], env=environment, check=True)
    return time.perf_counter() - begun


def measure_start(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """The seconds until a server is ready, and the megabytes of its largest worker."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    record = str(folder / "record.sqlite")
    command = [sys.executable, "-m", "lumbarkg", "serve", "--port", str(port), "--record", record]
    begun = time.perf_counter()
    with _running(command, environment) as process:
        while not _is_ready(port):
            if process.poll() is not None or time.perf_counter() - begun > _MOST_SECONDS:
                raise SystemExit("the server did not start")
            time.sleep(_POLL_SECONDS)
        return time.perf_counter() - begun, max(_worker_megabytes(process.pid))


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=silent, stderr=silent)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(port: int) -> bool:
    with suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        finally:
            connection.close()
    return False


def _worker_megabytes(master: int) -> Iterator[float]:
    for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split():
        if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes():
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            yield pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    """Measure, print, and say which targets hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    imports, starts, memories = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
        for turn in range(options.turns + 1):
            alone = measure_imports(environment)
            seconds, megabytes = measure_start(Path(folder), environment)
            if turn:
                imports.append(alone)
                starts.append(seconds)
                memories.append(megabytes)
    start, alone, memory = map(statistics.median, (starts, imports, memories))
    print(f"the libraries alone: {alone:.2f} s")
    print(f"start to ready: {start:.2f} s ({min(starts):.2f} to {max(starts):.2f}), {start / alone:.1f} times that")
    print(f"  target {TARGET_SECONDS:g} s: {'holds' if start <= TARGET_SECONDS else 'MISSED'}")
    print(f"a worker when ready: {memory:.0f} MB resident (target {TARGET_MEGABYTES} under load)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
