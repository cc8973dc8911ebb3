"""Cases stored per second, each on disk before its answer: a server with two workers, and clients that keep sending.

Printed beside what the disk can do: flushes of a file one after the other, which is what one commit a case would cost.
Run on a machine that does nothing else; the clients use the same cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

from lumbarkg.record.record import open_record
from lumbarkg.resources import release_dir

WORKERS, CONNECTIONS, SECONDS, WARM_SECONDS = 2, 32, 8.0, 2.0
TARGET = 500


def _flushes_per_second(folder: Path) -> float:
    """How often the disk flushes a page."""
    handle = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY)
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 1.5:
        os.pwrite(handle, b"x" * 4096, 4096 * count)
        os.fsync(handle)
        count += 1
    os.close(handle)
    return count / (time.perf_counter() - started)


async def _client(port: int, body: bytes, end: float, answered: list[float]) -> None:
    """PUT new cases over one connection until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < end:
        head = (
            f"PUT /api/v1/cases/{uuid.uuid4()} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201"), answer
        length = next(int(row[15:]) for row in answer.split(b"\r\n") if row.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        answered.append(time.perf_counter())
    writer.close()


async def _load(port: int, body: bytes) -> tuple[float, int]:
    answered: list[float] = []
    started = time.perf_counter() + WARM_SECONDS
    end = started + SECONDS
    clients = [_client(port, body, end, answered) for _ in range(CONNECTIONS)]
    await asyncio.gather(*clients)
    return sum(started <= moment <= end for moment in answered) / SECONDS, len(answered)


def _start(record: Path) -> tuple[subprocess.Popen[bytes], int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    options = ["--port", str(port), "--record", str(record), "--workers", str(WORKERS)]
    command = [sys.executable, "-m", "lumbarkg", "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL), port


def _wait(port: int) -> None:
    for _ in range(1200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise SystemExit("a server did not start")


def main() -> None:
    """Print the table."""
    # Read again, so that blanks of the file are not measured.
    example = json.loads((release_dir() / "examples" / "leg-pain-after-rowing.json").read_text("utf-8"))
    body = json.dumps(example).encode()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as name:  # noqa: S108 - a disk
        folder = Path(name)
        flushes = _flushes_per_second(folder)
        record = folder / "record.sqlite"
        process, port = _start(record)
        try:
            _wait(port)
            rate, total = asyncio.run(_load(port, body))
        finally:
            process.terminate()
            process.wait(20)
        kept = len(open_record(record).cases.ids("local"))
        assert kept == total, (kept, total)
    print(f"load average of the machine            {os.getloadavg()[0]:8.1f}   ({os.cpu_count()} cores)")
    print(f"flushes of the disk, one by one        {flushes:8.0f} /s")
    print(f"PUT of a case, durable ({WORKERS} workers)      {rate:8.0f} /s   (target: at least {TARGET}/s)")
    print(f"PUT / flush                            {rate / flushes:8.2f}")
    print(f"every one of {total} cases is there")


if __name__ == "__main__":
    main()
