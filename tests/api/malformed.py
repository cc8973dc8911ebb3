"""Malformed bodies sent to a server of its own, whose memory and files are watched.

``python -m tests.api.malformed --count 10000``
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.api.fuzz import make_token
from tests.api.malformed_bodies import Body, draw_bodies
from tests.sparql.server import Server, running_server


def resident_kilobytes(pid: int) -> int:
    """The memory of a process and of its children, that is the query workers, in kB."""
    total = 0
    for one in (pid, *_children(pid)):
        status = Path(f"/proc/{one}/status").read_text()
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total


def open_files(pid: int) -> int:
    """How many file handles a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


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
    """Send them all; print what came back, and what the server held before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warm = options.count // 10
    statuses: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    before = (0, 0)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.sqlite"
        token = make_token(record, "update")
        with running_server("--record", str(record)) as server:
            for number, body in enumerate(draw_bodies(options.seed, options.count)):
                if number == warm:
                    before = (resident_kilobytes(server.pid), open_files(server.pid))
                statuses[send(server, body, token)] += 1
                kinds[body.kind] += 1
            after = (resident_kilobytes(server.pid), open_files(server.pid))
    print(f"of each kind: {dict(sorted(kinds.items()))}")
    print(f"{options.count} bodies: {dict(sorted(statuses.items()))}")
    print(
        f"after {warm}: {before[0] / 1024:.0f} MB, {before[1]} files; at the end {after[0] / 1024:.0f} MB, {after[1]}"
    )
    return 0 if after[1] <= before[1] + 5 and after[0] <= before[0] * 1.1 + 8 * 1024 else 1


if __name__ == "__main__":
    sys.exit(main())
