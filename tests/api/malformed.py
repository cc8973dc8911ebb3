"""Malformed bodies sent to a server of its own, whose memory and files are watched.

``python -m tests.api.malformed --count 10000``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from tests.api.fuzz import make_token
from tests.api.malformed_bodies import Body, draw_bodies
from tests.sparql.server import Server, running_server

SAMPLES = 40


def held_kilobytes(pid: int) -> int:
    """The memory of a process and of all below it, in kB; what several share counts once (PSS)."""
    total = 0
    for one in _tree(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total


def open_files(pid: int) -> int:
    """How many file handles a process and all below it hold."""
    return sum(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _tree(int(child))
    return found


def send(server: Server, body: Body, token: str) -> int:
    """The status of the answer. Raises AssertionError where it is no problem, or no 4xx."""
    headers = {"Authorization": f"Bearer {token}"}
    if body.media_type:
        headers["Content-Type"] = body.media_type
    reply = server.send(body.method, body.path, headers, body.content)
    assert 400 <= reply.status < 500, f"{body.kind}: {reply.status} for {body.content[:200]!r}"
    assert reply.media_type == "application/problem+json", f"{body.kind}: {reply.media_type}"
    assert json.loads(reply.body)["issues"], body.kind
    return reply.status


def main() -> int:
    """Send them all; print what came back, and what the server held on the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    statuses: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    memory: list[float] = []
    files: list[int] = []
    # With an arena for each of the server's threads, memory goes up and down by a third from moment to moment.
    os.environ["MALLOC_ARENA_MAX"] = "2"
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.sqlite"
        token = make_token(record, "update")
        with running_server("--record", str(record), "--rate", "0") as server:
            for number, body in enumerate(draw_bodies(options.seed, options.count), 1):
                statuses[send(server, body, token)] += 1
                kinds[body.kind] += 1
                if number % max(1, options.count // SAMPLES) == 0:
                    memory.append(held_kilobytes(server.pid) / 1024)
                    files.append(open_files(server.pid))
    print(f"of each kind: {dict(sorted(kinds.items()))}")
    print(f"{options.count} bodies: {dict(sorted(statuses.items()))}")
    # It goes up and down by what the last large body left behind: single moments say nothing.
    early, late = memory[SAMPLES // 10 : SAMPLES // 2], memory[SAMPLES // 2 :]
    print(f"memory in MB: {[round(m) for m in memory]}; median {median(early):.0f} early, {median(late):.0f} late")
    print(f"file handles: {files}")
    return (
        0 if max(files[SAMPLES // 2 :]) <= max(files[: SAMPLES // 2]) + 5 and median(late) <= median(early) * 1.1 else 1
    )


if __name__ == "__main__":
    sys.exit(main())
