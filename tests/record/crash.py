"""Kills a server with SIGKILL while it writes, again and again, and counts what is lost (``make crash``).

Clients PUT cases and remember every answer. After a kill the file is looked at: every acknowledged revision is there
with its document, none is torn, and nothing is there that nobody sent.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

_CLIENTS = 8
_START_SECONDS = 90


@dataclass
class Told:
    """What the clients were told: case → revision → the document's SHA-256; and all that they sent."""

    acknowledged: dict[str, dict[int, str]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    kills: int = 0

    @property
    def writes(self) -> int:
        with self.lock:
            return sum(len(revisions) for revisions in self.acknowledged.values())


def check(path: Path, told: Told) -> None:
    """Assert that a record holds what was acknowledged, whole, and nothing else."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute("SELECT case_id, number, document, sha256 FROM revisions").fetchall()
        current = dict(connection.execute("SELECT id, revision FROM cases"))
        audited = connection.execute("SELECT count(*) FROM audit WHERE action = 'case.write'").fetchone()[0]
    kept: dict[str, dict[int, str]] = {}
    for case_id, number, document, sha256 in rows:
        assert hashlib.sha256(document.encode()).hexdigest() == sha256, "a torn document"
        assert sha256 in told.sent, "a document that nobody sent"
        kept.setdefault(case_id, {})[number] = sha256
    for case_id, revisions in told.acknowledged.items():
        for number, sha256 in revisions.items():
            assert kept.get(case_id, {}).get(number) == sha256, f"{case_id} lost revision {number}"
    for case_id, revision in current.items():
        assert set(kept[case_id]) == set(range(1, revision + 1)), f"{case_id} has gaps"
        assert revision >= max(told.acknowledged.get(case_id, {0: ""}))
    assert audited == len(rows), "writes and audit log differ"


def crash_server(
    path: Path,
    writes: int,
    seed: int,
    most_kills: int = 1_000,
    wrap: Callable[[list[str]], list[str]] = lambda command: command,
) -> Told:
    """Write over HTTP until ``writes`` are acknowledged, killing the server at random moments.

    ``wrap`` makes of the server's command one that runs it.
    """
    draw, told = random.Random(seed), Told()  # noqa: S311 - seeded
    case_ids = [str(uuid.UUID(int=draw.getrandbits(128), version=4)) for _ in range(64)]
    while told.writes < writes:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "lumbarkg", "serve", "--port", str(port), "--record", str(path)]
        server = subprocess.Popen(wrap(command), stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            _wait_for(port, server)
            stop = threading.Event()
            draws = [random.Random(draw.random()) for _ in range(_CLIENTS)]  # noqa: S311 - seeded
            clients = [threading.Thread(target=_write, args=(port, told, stop, d, case_ids)) for d in draws]
            for client in clients:
                client.start()
            target = min(writes, told.writes + draw.randint(writes // 40 + 1, writes // 8 + 2))
            if told.kills >= most_kills:
                target = writes
            while told.writes < target and server.poll() is None:
                time.sleep(draw.uniform(0.001, 0.01))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        told.kills += 1
        stop.set()
        for client in clients:
            client.join()
        check(path, told)
    return told


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert server.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.05)


def _write(port: int, told: Told, stop: threading.Event, draw: random.Random, case_ids: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while not stop.is_set():
        case_id = draw.choice(case_ids)
        body = json.dumps({"findings": [], "age": draw.randint(0, 120), "exposures": [{}] * draw.randint(0, 400)})
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        with told.lock:
            told.sent.add(sha256)
        try:
            connection.request("PUT", f"/api/v1/cases/{case_id}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return  # the server is gone
        assert answer.status in (200, 201), content
        with told.lock:
            told.acknowledged.setdefault(case_id, {})[json.loads(content)["revision"]] = sha256


def main() -> None:
    """``python -m tests.record.crash [WRITES [ROUNDS [SEED]]]``."""
    writes, rounds, seed = (int(a) for a in [*sys.argv[1:], *("2000", "3", "1")[len(sys.argv) - 1 :]])
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:  # noqa: S108 - a disk
            started = time.monotonic()
            told = crash_server(Path(folder) / "record.sqlite", writes, seed + number)
            took = time.monotonic() - started
            print(
                f"round {number + 1}: {told.writes} acknowledged writes, {told.kills} kills, {took:.0f} s: "
                "every one is there with its document, none is torn",
                flush=True,
            )


if __name__ == "__main__":
    main()
