"""What a server's processes use, as Linux tells it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Use:
    """Of one process: its command line, resident memory in bytes, open files and threads."""

    command: str
    resident: int
    files: int
    threads: int


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += sorted(children.get(one, []))
    return found


def watch(pid: int) -> dict[int, Use]:
    """What each process of a family uses now; those that end meanwhile are left out."""
    found = {}
    for one in family(pid):
        with suppress(OSError):
            folder = Path("/proc") / str(one)
            found[one] = Use(
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip(),
                int((folder / "statm").read_text().split()[1]) * _PAGE,
                len(list((folder / "fd").iterdir())),
                len(list((folder / "task").iterdir())),
            )
    return found


def files_of(pid: int) -> int:
    """How many files a family holds open, all together."""
    return sum(use.files for use in watch(pid).values())
