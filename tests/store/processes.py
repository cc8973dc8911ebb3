"""The processes of a pool, found in /proc."""

from __future__ import annotations

from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes whose parent is this one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def workers(pool: int) -> list[int]:
    """The query workers of a pool: children of its fork server."""
    return [worker for server in children(pool) for worker in children(server)]


def niceness(pid: int) -> int:
    """How far a process stands back for others; less than any where it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return -100
    return int(stat.rpartition(")")[2].split()[16])


def longest_running(pids: list[int]) -> int:
    """The worker of a query that has turned long: it stands back most."""
    return max(pids, key=niceness)
