"""Starts the query pool, which is a process of its own (``store.pool``)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumbarkg.errors import StoreError
from lumbarkg.identifiers import Iri
from lumbarkg.store.frames import Kind, pack

_LONGEST_FOLDER = 90
"""Bytes: the address of a socket has 107 (Linux, unix(7)), and the name of a file follows."""


@dataclass(frozen=True)
class LaunchedPool:
    """A pool's process, which takes the graphs that it is to hold, and the folder of its socket."""

    process: subprocess.Popen[bytes]
    folder: str
    fed: set[Iri] = field(default_factory=set)

    @property
    def path(self) -> str:
        """Where its socket will be."""
        return str(Path(self.folder) / "queries")

    def feed(self, name: Iri, content: bytes) -> None:
        """Give it a graph, which it loads while the caller goes on. Raises StoreError where it has ended."""
        with self._giving_up():
            self._send(pack(Kind.FEED, {"name": name}, content))
        self.fed.add(name)

    def configure(self, settings: Mapping[str, Any], graphs: Mapping[Iri, bytes]) -> None:
        """Tell it what it is to be, and give it the graphs that it was not fed; returns when it listens.

        Raises StoreError where it does not.
        """
        for name in graphs.keys() - self.fed:
            self.feed(name, graphs[name])
        with self._giving_up():
            self._send(pack(Kind.JOB, dict(settings)))
            if self.process.stdout is None or not os.read(self.process.stdout.fileno(), 64):
                raise BrokenPipeError

    def discard(self) -> None:
        """End it; it is not wanted."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            self.discard()
            where = Path(self.folder).parent
            raise StoreError(
                f"The query service did not start. Is there room in {where}? TMPDIR names another folder."
            ) from problem

    def _send(self, content: bytes) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(content)
            self.process.stdin.flush()


def launch_pool(default: tuple[Iri, ...]) -> LaunchedPool:
    """Start a pool's process, so that it and its fork server are up when the graphs are made.

    ``default`` are the graphs whose merge is made ahead. Raises StoreError.
    """
    command = [sys.executable, "-c", "from lumbarkg.store.pool import main; main()"]
    folder = tempfile.mkdtemp(prefix="lumbarkg-")
    if len(os.fsencode(folder)) > _LONGEST_FOLDER:
        Path(folder).rmdir()
        raise StoreError(f"{folder} is too long a name for a socket's folder. TMPDIR names another.")
    launched = LaunchedPool(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE), folder)
    launched._send(pack(Kind.JOB, {"path": launched.path, "default": default}))
    return launched
