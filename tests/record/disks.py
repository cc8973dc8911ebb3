"""What a disk may hold after the power failed: of each file what was synced, and of the rest anything.

The model is harder than real file systems are. After the last completed sync of a file, any subset of its writes may
be there, whole or torn at sectors of 512 bytes, later ones without earlier ones, with or without its changes of size.
A name (made, removed, renamed, linked) is there for certain only after a sync of its folder; a sync of the file does
not keep its name, and of the names changed since, any subset may be there.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.record.tracing import Call

_SECTOR = 512


@dataclass(eq=False)
class _Node:
    """A file or folder on the disk: what is certainly in it, and the calls since, as (begun, ended, change)."""

    content: bytearray = field(default_factory=bytearray)
    names: dict[str, _Node] | None = None
    pending: list[tuple[int, Call]] = field(default_factory=list)
    changes: list[tuple[int, str, _Node | None]] = field(default_factory=list)


class Disk:
    """The disk while calls are replayed; ``image`` draws what it may hold if the power fails now."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._root = _Node(names={})
        self._live: dict[str, _Node] = {self._folder: self._root}

    def replay(self, call: Call) -> None:
        """Carry out one call."""
        if call.kind in ("make", "folder"):
            if call.path not in self._live:
                self._name(call, call.path, _Node(names={} if call.kind == "folder" else None))
        elif call.kind == "remove":
            self._name(call, call.path, None)
        elif call.kind in ("rename", "link"):
            node = self._live[call.path]
            if call.kind == "rename":
                self._name(call, call.path, None)
            self._name(call, call.other, node)
        elif call.kind in ("write", "size"):
            self._live[call.path].pending.append((call.ended, call))
        elif call.kind == "sync":
            _settle(self._live[call.path], call.begun)

    def image(self, folder: Path, draw: Draw) -> None:
        """Write into a folder what the disk may hold."""
        _write_out(self._root, folder, draw)

    def _name(self, call: Call, path: str, node: _Node | None) -> None:
        parent, _, name = path.rpartition("/")
        self._live[parent].changes.append((call.ended, name, node))
        if node is None:
            self._live.pop(path, None)
        else:
            self._live[path] = node


@dataclass(frozen=True)
class Draw:
    """How what is not certain is drawn: ``keep`` for each name and write, ``tear`` for each sector of those kept."""

    keep: Callable[[], bool]
    tear: Callable[[], bool]


def draws(seed: int) -> tuple[Draw, ...]:
    """Nothing of it; all of it; and, seeded, half of the writes whole, then torn, and most of them torn."""
    dice = random.Random(seed)  # noqa: S311 - seeded
    always, never = (lambda: True), (lambda: False)
    return (
        Draw(never, never),
        Draw(always, never),
        Draw(lambda: dice.random() < 0.5, never),
        Draw(lambda: dice.random() < 0.5, lambda: dice.random() < 0.3),
        Draw(lambda: dice.random() < 0.9, lambda: dice.random() < 0.05),
    )


def without_syncs_of(calls: Sequence[Call], is_meant: Callable[[str], bool]) -> list[Call]:
    """The same calls, had those syncs not been asked for: to see that a test would notice."""
    return [call for call in calls if call.kind != "sync" or not is_meant(call.path)]


def _settle(node: _Node, begun: int) -> None:
    """What had ended when a sync began is certain; the sync says nothing of what was written beside it."""
    for ended, call in node.pending:
        if ended <= begun:
            _apply(node.content, call)
    node.pending = [(ended, call) for ended, call in node.pending if ended > begun]
    if node.names is not None:
        for ended, name, child in node.changes:
            if ended <= begun:
                _rename(node.names, name, child)
        node.changes = [change for change in node.changes if change[0] > begun]


def _apply(content: bytearray, call: Call, tear: Callable[[], bool] | None = None) -> None:
    if call.kind == "size":
        del content[call.offset :]
        content.extend(bytes(call.offset - len(content)))
        return
    start = len(content) if call.offset < 0 else call.offset
    for part, at in _sectors(call.content, start):
        if tear is None or not tear():
            content.extend(bytes(max(0, at + len(part) - len(content))))
            content[at : at + len(part)] = part


def _sectors(content: bytes, start: int) -> list[tuple[bytes, int]]:
    edges = [start, *range((start // _SECTOR + 1) * _SECTOR, start + len(content), _SECTOR), start + len(content)]
    return [(content[a - start : b - start], a) for a, b in itertools.pairwise(edges)]


def _rename(names: dict[str, _Node], name: str, node: _Node | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def _write_out(node: _Node, path: Path, draw: Draw) -> None:
    if node.names is None:
        content = bytearray(node.content)
        for _, call in node.pending:
            if draw.keep():
                _apply(content, call, draw.tear)
        path.write_bytes(content)
        return
    path.mkdir(exist_ok=True)
    names = dict(node.names)
    for _, name, child in node.changes:
        if draw.keep():
            _rename(names, name, child)
    for name, child in names.items():
        _write_out(child, path / name, draw)
