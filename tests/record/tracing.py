"""What a program did to the files of a folder, in order, as strace saw it: writes, syncs, names, and what it said."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync,sync_file_range,ftruncate,truncate,"
    "fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat,mkdir,mkdirat,rmdir"
)
_LONGEST = 1_000_000
_WHOLE = re.compile(rb"^(\d+) +(\w+)\((.*)\) += (-?\d+)", re.DOTALL)
_BEGUN = re.compile(rb"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$", re.DOTALL)
_ENDED = re.compile(rb"^(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+)", re.DOTALL)
_TEXT = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_HANDLE = re.compile(rb"^\d+<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")
_SAID = {"write", "writev", "sendto", "sendmsg"}


@dataclass(frozen=True)
class Call:
    """A system call that succeeded: ``begun`` and ``ended`` are its places in the order of all that was seen.

    ``path`` is the file or folder, ``other`` what it is renamed or linked to, ``offset`` -1 for the end of the file.
    ``kind`` is one of write, sync, size, make, folder, remove, rename, link, and say, whose ``content`` went elsewhere.
    """

    kind: str
    begun: int
    ended: int
    path: str = ""
    other: str = ""
    content: bytes = b""
    offset: int = -1


def trace_command(command: list[str], log: Path) -> list[str]:
    """A command that runs another one and writes a log of it."""
    options = [
        "-f",
        "-y",
        "-xx",
        "-qq",
        "-s",
        str(_LONGEST),
        "--seccomp-bpf",
        "-e",
        f"trace={_CALLS}",
        "-e",
        "signal=none",
    ]
    return ["strace", *options, "-o", str(log), *command]


def is_tracing_possible() -> bool:
    """Whether there is an strace that may trace."""
    try:
        done = subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null", "true"],  # noqa: S607 - as installed
            capture_output=True,
            timeout=30,
        )
    except OSError:
        return False
    return done.returncode == 0


def read_calls(log: Path, folder: Path) -> list[Call]:
    """The calls that concern a folder, and everything that was said to pipes and sockets, by their beginnings."""
    return sorted(_calls(log, str(folder)), key=lambda call: call.begun)


def _calls(log: Path, folder: str) -> Iterator[Call]:
    begun: dict[bytes, tuple[int, bytes, bytes]] = {}
    with log.open("rb") as lines:
        for number, line in enumerate(lines):
            if found := _WHOLE.match(line):
                yield from _read(found[2], found[3], int(found[4]), number, number, folder)
            elif found := _BEGUN.match(line.rstrip(b"\n")):
                begun[found[1]] = number, found[2], found[3]
            elif (found := _ENDED.match(line)) and found[1] in begun:
                at, name, arguments = begun.pop(found[1])
                yield from _read(name, arguments, int(found[3]), at, number, folder)
    # What was begun and not ended when the program died may have reached the disk, and may have been heard.
    for at, name, arguments in begun.values():
        if name in (b"write", b"pwrite64", b"sendto"):
            yield from _read(name, arguments, 0, at, 1 << 60, folder)


def _read(name: bytes, arguments: bytes, result: int, begun: int, ended: int, folder: str) -> Iterator[Call]:
    if result < 0:
        return
    kind = name.decode()
    handle = _HANDLE.match(arguments)
    path = _text(handle[1]).decode("utf-8", "replace") if handle else ""
    is_ours = path == folder or path.startswith(folder + "/")
    if handle and (handle[2] or path.endswith(" (deleted)")):
        return  # no name leads to it any more
    if kind in _SAID and not is_ours:
        if path.startswith(("pipe:", "socket:", "TCP:", "UNIX:")) or kind.startswith("send"):
            yield Call("say", begun, ended, content=b"".join(_texts(arguments, is_whole=False)))
    elif kind in ("write", "pwrite64"):
        if is_ours and not path.endswith("-shm"):
            (content,) = _texts(arguments)
            offset = int(arguments.rpartition(b", ")[2]) if kind == "pwrite64" else -1
            yield Call("write", begun, ended, path, content=content, offset=offset)
    elif kind in ("fsync", "fdatasync"):
        if is_ours:
            yield Call("sync", begun, ended, path)
    elif kind == "ftruncate":
        if is_ours and not path.endswith("-shm"):
            yield Call("size", begun, ended, path, offset=int(arguments.rpartition(b", ")[2]))
    else:
        yield from _read_name(kind, arguments, begun, ended, folder)


def _read_name(kind: str, arguments: bytes, begun: int, ended: int, folder: str) -> Iterator[Call]:
    """Calls that name files, absolutely, as Lumbarkg and SQLite do."""
    paths = [text.decode("utf-8", "replace") for text in _texts(arguments)] if b'"' in arguments else []
    if not any(path.startswith(folder + "/") for path in paths) or paths[0].endswith("-shm"):
        return
    if kind in ("openat", "open", "creat"):
        if b"O_CREAT" in arguments:
            assert b"O_TRUNC" not in arguments, "a file that is made anew is not known to this model"
            yield Call("make", begun, ended, paths[0])
    elif kind in ("unlink", "unlinkat", "rmdir"):
        yield Call("remove", begun, ended, paths[0])
    elif kind in ("mkdir", "mkdirat"):
        yield Call("folder", begun, ended, paths[0])
    elif kind in ("rename", "renameat", "renameat2", "link", "linkat"):
        yield Call("link" if kind.startswith("link") else "rename", begun, ended, paths[0], paths[1])
    else:
        raise AssertionError(f"{kind} is not known to this model")


def _texts(arguments: bytes, *, is_whole: bool = True) -> list[bytes]:
    found = []
    for match in _TEXT.finditer(arguments):
        assert not (is_whole and match[2]), "strace cut a text short"
        found.append(_text(match[1]))
    return found


def _text(escaped: bytes) -> bytes:
    return bytes.fromhex(escaped.replace(b"\\x", b"").decode("ascii"))
