"""The embedded store: graphs in memory, answered by the governed pool of worker processes (``store.pool``)."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lumbarkg.errors import StoreBusyError, StoreError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES
from lumbarkg.store.failures import raised_by
from lumbarkg.store.frames import Frame, Kind, Unpacker, pack, pack_written, write_head
from lumbarkg.store.limits import Limits
from lumbarkg.store.port import Answer, GraphSelection, StoreState, WritableGraphs

_READ = 256 * 1024
_LONGEST_FOLDER = 90
"""Bytes: the address of a socket has 107 (Linux, unix(7)), and the name of a file follows."""
# The pool answers by itself at the deadline; a connection that is silent for much longer is broken.
_GRACE_SECONDS = 30.0
# A connection breaks a moment before the process is known to have ended.
_DYING_SECONDS = 0.5
_LOST = "The query service broke off. Try again."


class EmbeddedStore:
    """A connection to a pool; the first process starts it, others connect to the address that it is given."""

    def __init__(
        self,
        graphs: Mapping[Iri, bytes],
        default: tuple[Iri, ...],
        *,
        prefixes: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        owners: str = "",
        address: str | None = None,
        places: int | None = None,
        launched: LaunchedPool | None = None,
    ) -> None:
        """``default`` is the merge that most queries see, made ahead of them; below the namespace ``owners`` each
        owner's graphs are limited in size.

        The pool starts with the first call, or with ``start``. With an ``address`` none is started: the pool of
        another process is used, which then holds the graphs. It may be a symbolic link, which that process points to
        each new pool. Of ``places`` requests at once, which None leaves open, each holds one until its answer is read.
        ``launched`` is a process that will be the first pool.
        """
        self._graphs, self._default, self._prefixes = dict(graphs), default, dict(prefixes or {})
        self.limits, self._owners = limits or Limits(), owners
        self._lock = threading.Lock()
        self._free: list[_Connection] = []
        self._places = None if places is None else threading.BoundedSemaphore(places)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: str | None = None
        self._address, self._launched = address, launched
        self._owns_pool = address is None

    @property
    def address(self) -> str:
        """Where other processes reach the pool; starts it, where it is ours to start."""
        if not self._owns_pool and self._address is not None:
            return os.path.realpath(self._address)
        return self._address or self.start()

    def start(self) -> str:
        """Start the pool, unless it runs; returns its address. The graphs load while the caller goes on."""
        with self._lock:
            if self._address is None:
                launched, self._launched = self._launched or launch_pool(), None
                self._folder, self._process = launched.folder, launched.process
                launched.configure(self._settings(), self._graphs)
                self._address = launched.path
            return self._address

    def restart(self) -> bool:
        """Start the pool anew where it has ended by itself; returns whether that was so."""
        had_one = self._process is not None
        self._check_pool(0)
        if not had_one or self._process is not None:
            return False
        self.start()
        return True

    def leave_to_parent(self) -> None:
        """After a fork, in the child: the pool ends when the parent does, and not only when the child does too."""
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()
        self._process, self._folder, self._free, self._owns_pool = None, None, [], False
        self._graphs = {}

    def close(self) -> None:
        """Let go of the connections, and end the pool if it was started here."""
        with self._lock:
            self._hang_up()
            if self._owns_pool:
                self._forget_pool()

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        """As the port says."""
        answer = self._stream(pack_written(Kind.JOB, _query_head(graphs, accepted), text.encode()))
        if answer is None:
            raise StoreError(_LOST)
        return answer

    def update(self, text: str, graphs: GraphSelection, writable: WritableGraphs) -> None:
        """As the port says: the update is tried on a copy of what the caller may see, and then committed."""
        head = {
            "op": "update",
            "default": graphs.default,
            "named": graphs.named,
            "writable": writable.namespaces,
            "every": writable.every,
        }
        self._ask(pack(Kind.JOB, head, text.encode()))

    def graph_names(self) -> tuple[Iri, ...]:
        """As the port says."""
        return tuple(Iri(name) for name in self._ask(pack(Kind.JOB, {"op": "names"}), needs_place=False)["names"])

    def state(self) -> StoreState:
        """As the port says."""
        return StoreState(**self._ask(pack(Kind.JOB, {"op": "state"}), needs_place=False))

    def read_graph(self, name: Iri, accepted: tuple[str, ...] = GRAPH_MEDIA_TYPES) -> Answer | None:
        """As the port says."""
        return self._stream(pack(Kind.JOB, {"op": "read", "name": name, "accepted": accepted}))

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """As the port says."""
        return self._write("replace", name, content, media_type)

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """As the port says."""
        return self._write("extend", name, content, media_type)

    def drop_graph(self, name: Iri) -> bool:
        """As the port says."""
        return bool(self._ask(pack(Kind.JOB, {"op": "drop", "name": name}))["existed"])

    def load_graphs(self, graphs: Mapping[Iri, bytes | None]) -> None:
        """Put many graphs in place in one step: N-Triples that were made here, None for a graph that goes."""
        if graphs:
            listed = [[name, None if content is None else len(content)] for name, content in graphs.items()]
            self._ask(pack(Kind.JOB, {"op": "load", "graphs": listed}, b"".join(c for c in graphs.values() if c)))

    def _write(self, operation: str, name: Iri, content: bytes, media_type: str) -> bool:
        head = {"op": operation, "name": name, "mediaType": media_type}
        return bool(self._ask(pack(Kind.JOB, head, content))["created"])

    def _ask(self, job: bytes, *, needs_place: bool = True) -> dict[str, Any]:
        """The head of an answer that has no more than one. What the pool answers at once needs no place."""
        connection, first = self._send(job, needs_place=needs_place)
        self._keep(connection, has_place=needs_place)
        return first.head

    def _stream(self, job: bytes) -> Answer | None:
        """An answer as it arrives, None where the pool says that there is nothing."""
        connection, first = self._send(job)
        if first.kind is Kind.END:
            self._keep(connection)
            if first.head.get("missing"):
                return None
            return Answer(first.head["mediaType"], iter((first.content,)), is_whole=True)
        return Answer(first.head["mediaType"], _Rest(connection, self._keep, self._drop))

    def _send(self, job: bytes, *, needs_place: bool = True) -> tuple[_Connection, Frame]:
        """Send a job; the connection and the first frame of the answer. Raises what that frame tells of."""
        if needs_place and self._places is not None and not self._places.acquire(blocking=False):
            raise StoreBusyError("Too many queries are under way.", 1)
        try:
            connection = self._connect()
        except StoreError:
            self._leave_place(has_place=needs_place)
            raise
        try:
            connection.send(job)
            first = connection.receive()
        except StoreError:
            self._drop(connection, has_place=needs_place)
            self._check_pool()
            raise
        if first.kind is Kind.FAILURE:
            self._keep(connection, has_place=needs_place)
            raise raised_by(first.head)
        return connection, first

    def _keep(self, connection: _Connection, *, has_place: bool = True) -> None:
        """The answer is read to its end: the connection is free for the next job."""
        self._free.append(connection)
        self._leave_place(has_place=has_place)

    def _drop(self, connection: _Connection, *, has_place: bool = True) -> None:
        """The answer is not read to its end: the connection is not used again."""
        connection.close()
        self._leave_place(has_place=has_place)

    def _leave_place(self, *, has_place: bool) -> None:
        if has_place and self._places is not None:
            self._places.release()

    def _connect(self) -> _Connection:
        with contextlib.suppress(IndexError):
            return self._free.pop()
        try:
            return _Connection(self.address, self.limits.seconds + _GRACE_SECONDS)
        except OSError as problem:
            self._check_pool()
            raise StoreError(_LOST) from problem

    def _check_pool(self, seconds: float = _DYING_SECONDS) -> None:
        """Where the pool has died, forget it and every connection to it, so that the next call finds another."""
        with self._lock:
            if self._process is None:
                self._hang_up()  # they lead to the pool that was lost, or can be made again
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            if self._process.poll() is not None:
                self._hang_up()
                self._forget_pool()

    def _hang_up(self) -> None:
        while self._free:
            self._free.pop().close()

    def _forget_pool(self) -> None:
        if self._process is not None:
            if self._process.stdin:
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._process, self._folder, self._address = None, None, None

    def _settings(self) -> dict[str, Any]:
        return {
            "limits": asdict(self.limits),
            "default": self._default,
            "prefixes": self._prefixes,
            "owners": self._owners,
        }


class _Rest:
    """The contents after the first frame; let go of at its end, when it is closed, and when it is forgotten."""

    def __init__(
        self,
        connection: _Connection,
        keep: Callable[[_Connection], None],
        drop: Callable[[_Connection], None],
    ) -> None:
        self._connection: _Connection | None = connection
        self._keep, self._drop = keep, drop

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while self._connection is not None:
            try:
                frame = self._connection.receive()
            except StoreError:
                self.close()
                raise
            if frame.kind is not Kind.CONTENT:
                connection, self._connection = self._connection, None
                self._keep(connection)
            if frame.kind is Kind.FAILURE:
                raise raised_by(frame.head)
            if frame.content:
                return frame.content
        raise StopIteration

    def close(self) -> None:
        """Hang up, where the end was not reached: whoever answers stops."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._drop(connection)

    def __del__(self) -> None:
        self.close()


@lru_cache(maxsize=256)
def _query_head(graphs: GraphSelection, accepted: tuple[str, ...]) -> bytes:
    """The head of a query's job; most queries have the same."""
    return write_head({"op": "query", "default": graphs.default, "named": graphs.named, "accepted": accepted})


class _Connection:
    """A socket to the pool, and the frames that came over it and were not taken yet."""

    def __init__(self, address: str, seconds: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        self._unpacker = Unpacker()
        self._frames: deque[Frame] = deque()
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise

    def send(self, content: bytes) -> None:
        """Send a job. Raises StoreError."""
        try:
            self._socket.sendall(content)
        except OSError as problem:
            raise StoreError(_LOST) from problem

    def receive(self) -> Frame:
        """The next frame. Raises StoreError where none comes."""
        while not self._frames:
            try:
                content = self._socket.recv(_READ)
            except OSError as problem:
                raise StoreError(_LOST) from problem
            if not content:
                raise StoreError(_LOST)
            self._frames.extend(self._unpacker.feed(content))
        return self._frames.popleft()

    def close(self) -> None:
        """Hang up: the pool ends what it does for this connection."""
        self._socket.close()


@dataclass(frozen=True)
class LaunchedPool:
    """A pool's process, which waits for what it is to hold, and the folder of its socket."""

    process: subprocess.Popen[bytes]
    folder: str

    @property
    def path(self) -> str:
        """Where its socket will be."""
        return str(Path(self.folder) / "queries")

    def configure(self, settings: Mapping[str, Any], graphs: Mapping[Iri, bytes]) -> None:
        """Tell it what it is to be; returns when it listens. Raises StoreError where it does not."""
        try:
            self._send(pack(Kind.JOB, dict(settings)))
            for name, content in graphs.items():
                self._send(pack(Kind.FEED, {"name": name}, content))
            self._send(pack(Kind.READY))
            is_ready = self.process.stdout is not None and bool(os.read(self.process.stdout.fileno(), 64))
        except OSError:
            is_ready = False
        if not is_ready:
            self.discard()
            where = Path(self.folder).parent
            raise StoreError(f"The query service did not start. Is there room in {where}? TMPDIR names another folder.")

    def discard(self) -> None:
        """End it; it is not wanted."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, content: bytes) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(content)
            self.process.stdin.flush()


def launch_pool() -> LaunchedPool:
    """Start a pool's process, so that it and its fork server are up when the graphs are made. Raises StoreError."""
    command = [sys.executable, "-c", "from lumbarkg.store.pool import main; main()"]
    folder = tempfile.mkdtemp(prefix="lumbarkg-")
    if len(os.fsencode(folder)) > _LONGEST_FOLDER:
        Path(folder).rmdir()
        raise StoreError(f"{folder} is too long a name for a socket's folder. TMPDIR names another.")
    launched = LaunchedPool(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE), folder)
    launched._send(pack(Kind.JOB, {"path": launched.path}))
    return launched
