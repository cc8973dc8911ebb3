"""What was acknowledged survives SIGKILL; ``make crash`` does the same over HTTP with 2,000 writes, repeated."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lumbarkg.record.record import open_record
from tests.record.crash import Told, check, crash_server

KILLS = 8
# Writes from four threads, and says so line by line once each is on disk.
WRITER = """
import hashlib, json, os, random, sys, threading, uuid
from pathlib import Path
from tests.record.writing import cases_at, put
path, seed = Path(sys.argv[1]), int(sys.argv[2])
cases = cases_at(path)
def write(draw):
    while True:
        case_id = uuid.UUID(int=draw.randint(1, 8))
        document = json.dumps([draw.random()] * draw.randint(1, 3000))
        told = hashlib.sha256(document.encode()).hexdigest()
        os.write(1, f"sent {told}\\n".encode())
        number = put(cases, case_id, document).revision
        os.write(1, f"done {case_id} {number} {told}\\n".encode())
for number in range(4):
    threading.Thread(target=write, args=(random.Random(seed * 10 + number),)).start()
"""


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, measured: Callable[[str], None]) -> None:
    path, draw, told = tmp_path / "record.sqlite", random.Random(7), Told()  # noqa: S311 - seeded
    for kill in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(path), str(kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(draw.randint(20, 120))]
            os.kill(writer.pid, signal.SIGKILL)
            lines += writer.stdout.readlines()
        for line in lines:
            match line.decode().split():
                case ["sent", sha256]:
                    told.sent.add(sha256)
                case ["done", case_id, number, sha256]:
                    told.acknowledged.setdefault(case_id, {})[int(number)] = sha256
        check(path, told)
    assert told.writes > 10 * KILLS
    measured(f"{told.writes} acknowledged writes, {KILLS} kills, none lost")


@pytest.mark.slow
def test_a_server_that_is_killed_has_kept_what_it_answered(tmp_path: Path) -> None:
    told = crash_server(tmp_path / "record.sqlite", writes=150, seed=3, most_kills=1)
    assert told.writes >= 150
    assert told.kills >= 2


def test_the_check_sees_a_lost_and_a_torn_write(tmp_path: Path) -> None:
    import sqlite3
    import uuid

    from tests.record.writing import put

    path = tmp_path / "record.sqlite"
    put(open_record(path).cases, uuid.UUID(int=1), "kept")
    sha256 = hashlib.sha256(b"kept").hexdigest()
    whole = Told({str(uuid.UUID(int=1)): {1: sha256}}, {sha256})
    check(path, whole)
    with pytest.raises(AssertionError, match="lost revision 2"):
        check(path, Told({str(uuid.UUID(int=1)): {1: sha256, 2: sha256}}, {sha256}))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE revisions SET document = 'kep'")
    with pytest.raises(AssertionError, match="torn"):
        check(path, whole)


def test_commits_are_flushed(tmp_path: Path) -> None:
    """The file is opened so that SQLite promises it; whether it keeps that promise, test_power_loss.py looks at."""
    with open_record(tmp_path / "record.sqlite").database.read() as connection:
        found = {n: connection.execute(f"PRAGMA {n}").fetchone()[0] for n in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
