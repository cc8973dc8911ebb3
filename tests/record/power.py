"""Lets the power fail while cases are stored, thousands of times, and counts what is lost (``make power-loss``).

A program is watched by strace: every write and sync of its files, in order with what it told its clients. Then, for
many moments, the files are rebuilt as a disk may hold them had the power failed there (``disks.py``), and the record is
opened: every revision that was acknowledged before is there with its document, none is torn, and it takes new writes.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.record.record import open_record
from tests.record.crash import Told, check, crash_server
from tests.record.disks import Disk, draws
from tests.record.tracing import Call, read_calls, trace_command
from tests.record.writing import put

_MEMORY = Path("/dev/shm")  # noqa: S108 - the images are files of a simulated disk
# Writes from four threads and two lives, and says so line by line once each is on disk.
_WRITER = """
import hashlib, json, os, random, sys, threading, uuid
from pathlib import Path
import lumbarkg.record.database as database
path, seed, writes, synchronous, life = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
database._PRAGMAS = tuple(p.replace("= FULL", "= " + synchronous) for p in database._PRAGMAS)
from lumbarkg.record.record import open_record
from tests.record.writing import entry, put
record = open_record(path)
cases = record.cases
record.key
def write(number, draw):
    for _ in range(writes // 4):
        case_id = uuid.UUID(int=draw.randint(1, 8))
        document = json.dumps([draw.random()] * draw.choice([1, 50, 2000, 8000]))
        told = hashlib.sha256(document.encode()).hexdigest()
        revision = put(cases, case_id, document).revision
        os.write(1, f"done {case_id} {revision} {told}\\n".encode())
    with closing:  # only who closes alone, and last, removes the log
        record.database.close()
closing = threading.Lock()
threads = [threading.Thread(target=write, args=(n, random.Random(f"{seed} {life} {n}"))) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
_DONE = re.compile(rb"done (\S+) (\d+) (\S+)\n")
_ANSWER = re.compile(rb'\{"id": ?"([0-9a-f-]{36})", ?"revision": ?(\d+)\}')


@dataclass(frozen=True)
class Recording:
    """What a program did to the files below ``folder``; the record is at ``path``, relative to it."""

    folder: Path
    path: Path
    calls: list[Call]
    acknowledged: list[tuple[int, str, int, str]]  # when, case, revision, SHA-256
    sent: set[str]
    key: bytes


@dataclass(frozen=True)
class Verdict:
    """How many images of the disk were looked at, and how many of them lost or spoilt something."""

    images: int
    losses: list[str]


def record_writer(folder: Path, seed: int, writes: int, synchronous: str = "FULL") -> Recording:
    """Watch the record written by one process after another, from a folder that is not there yet."""
    path = folder / "new" / "folder" / "record.sqlite"
    calls: list[Call] = []
    for life in ("first", "second"):
        log = folder.with_name(f"{folder.name}.{life}.log")
        arguments = [str(path), str(seed), str(writes // 2), synchronous, life]
        command = trace_command([sys.executable, "-c", _WRITER, *arguments], log)
        subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=300)
        calls += _after(calls, read_calls(log, folder))
        log.unlink()
    found = [(c.begun, *m) for c in calls if c.kind == "say" for m in _DONE.findall(c.content)]
    acknowledged = [(when, a.decode(), int(n), sha256.decode()) for when, a, n, sha256 in found]
    return Recording(folder, path, calls, acknowledged, {a[3] for a in acknowledged}, _key(path))


def record_server(folder: Path, seed: int, writes: int) -> Recording:
    """Watch ``lumbarkg serve`` while clients PUT cases, and kill it in the end."""
    path, log = folder / "new" / "folder" / "record.sqlite", folder.with_name(f"{folder.name}.log")
    told = crash_server(path, writes, seed, most_kills=0, wrap=lambda command: trace_command(command, log))
    calls = read_calls(log, folder)
    log.unlink()
    acknowledged = []
    for call in calls:
        if call.kind == "say" and (answer := _ANSWER.search(call.content)):
            case_id, revision = answer[1].decode(), int(answer[2])
            sha256 = told.acknowledged.get(case_id, {}).get(revision)
            if sha256:
                acknowledged.append((call.begun, case_id, revision, sha256))
    assert len(acknowledged) == told.writes, "an answer that strace did not see"
    return Recording(folder, path, calls, acknowledged, told.sent, _key(path))


def lose_power(recording: Recording, moments: int, seed: int, calls: Sequence[Call] | None = None) -> Verdict:
    """Let the power fail at ``moments`` places of a recording, and look at what five disks may hold each time."""
    calls = recording.calls if calls is None else calls
    dice = random.Random(seed)  # noqa: S311 - seeded
    changing = [n for n, call in enumerate(calls) if call.kind != "say"]
    # Just after an acknowledgement is where a loss would show; anywhere is where a file would be torn.
    said = [n for n, call in enumerate(calls) if call.kind == "say" and n > changing[0]]
    chosen = {*dice.sample(changing, min(moments // 2, len(changing)))}
    chosen |= {*dice.sample(said, min(moments - len(chosen), len(said)))}
    disk, losses, images = Disk(recording.folder), [], 0
    for number, call in enumerate(calls):
        if call.kind != "say":
            disk.replay(call)
        if number not in chosen:
            continue
        told = Told({}, recording.sent)
        for when, case_id, revision, sha256 in recording.acknowledged:
            if when <= call.begun:
                told.acknowledged.setdefault(case_id, {})[revision] = sha256
        for draw in draws(dice.randrange(1 << 30)):
            images += 1
            with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
                disk.image(Path(folder), draw)
                loss = _look(Path(folder) / recording.path.relative_to(recording.folder), told, recording.key)
            if loss:
                losses.append(f"after call {number} ({call.kind} {call.path}): {loss}")
    return Verdict(images, losses)


def _look(path: Path, told: Told, key: bytes) -> str:
    """What is wrong with a record after a power failure, nothing where all is well."""
    try:
        if told.acknowledged or _has_tables(path):
            check(path, told)
        if told.acknowledged:
            assert _key(path) == key, "the key of the audit log is lost"
        before = len(open_record(path).cases.ids("lab")) if path.exists() else 0
        record = open_record(path)
        put(record.cases, uuid.UUID(int=99), "{}")
        assert len(record.cases.ids("lab")) == before + 1
        assert record.key.digest(b"")
        record.database.close()
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def _key(path: Path) -> bytes:
    return path.with_name(f"{path.name}.key").read_bytes()


def _has_tables(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit'").fetchone()[0])


def _after(calls: Sequence[Call], more: Sequence[Call]) -> list[Call]:
    """The calls of a later process, numbered on."""
    start = max((call.ended for call in calls), default=0) + 1
    return [Call(c.kind, c.begun + start, c.ended + start, c.path, c.other, c.content, c.offset) for c in more]


def main() -> None:
    """``python -m tests.record.power [WRITES [MOMENTS [SEED]]]``."""
    writes, moments, seed = (int(a) for a in [*sys.argv[1:], *("240", "800", "1")[len(sys.argv) - 1 :]])
    lost = 0
    for name, make in (("the record layer, two processes", record_writer), ("lumbarkg serve", record_server)):
        top = Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR", "/var/tmp")))  # noqa: S108 - a disk
        try:
            started = time.monotonic()
            recording = make(top / "files", seed, writes)
            verdict = lose_power(recording, moments, seed)
        finally:
            shutil.rmtree(top)
        lost += len(verdict.losses)
        print(
            f"{name}: {len(recording.acknowledged)} acknowledged writes, {len(recording.calls)} calls, "
            f"{verdict.images} disks after a power failure, {time.monotonic() - started:.0f} s: "
            f"{len(verdict.losses)} lost or spoilt something",
            *verdict.losses[:5],
            sep="\n  ",
            flush=True,
        )
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
