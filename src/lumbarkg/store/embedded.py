"""The embedded store: graphs in memory, answered by the governed pool of worker processes (``store.pool``)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lumbarkg.errors import StoreError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES
from lumbarkg.store.connection import LOST, Connection, Rest
from lumbarkg.store.failures import raised_by
from lumbarkg.store.frames import Frame, Kind, pack, pack_written, write_head
from lumbarkg.store.launch import LaunchedPool, launch_pool
from lumbarkg.store.limits import Limits
from lumbarkg.store.places import Places
from lumbarkg.store.port import Answer, GraphSelection, StoreState, WritableGraphs

# The pool answers by itself at the deadline; a connection that is silent for much longer is broken.
_GRACE_SECONDS = 30.0
# A connection breaks a moment before the process is known to have ended.
_DYING_SECONDS = 0.5


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
        ``launched`` is a process that will be the first pool, with the same ``default``.
        """
        self._graphs, self._default, self._prefixes = dict(graphs), default, dict(prefixes or {})
        self.limits, self._owners = limits or Limits(), owners
        self._lock = threading.Lock()
        self._free: list[Connection] = []
        self._places = Places(places)
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
                launched, self._launched = self._launched or launch_pool(self._default), None
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
            raise StoreError(LOST)
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
        return Answer(first.head["mediaType"], Rest(connection, self._keep, self._drop))

    def _send(self, job: bytes, *, needs_place: bool = True) -> tuple[Connection, Frame]:
        """Send a job; the connection and the first frame of the answer. Raises what that frame tells of."""
        if needs_place:
            self._places.take()
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

    def _keep(self, connection: Connection, *, has_place: bool = True) -> None:
        """The answer is read to its end: the connection is free for the next job."""
        self._free.append(connection)
        self._leave_place(has_place=has_place)

    def _drop(self, connection: Connection, *, has_place: bool = True) -> None:
        """The answer is not read to its end: the connection is not used again."""
        connection.close()
        self._leave_place(has_place=has_place)

    def _leave_place(self, *, has_place: bool) -> None:
        if has_place:
            self._places.leave()

    def _connect(self) -> Connection:
        with contextlib.suppress(IndexError):
            return self._free.pop()
        try:
            return Connection(self.address, self.limits.seconds + _GRACE_SECONDS)
        except OSError as problem:
            self._check_pool()
            raise StoreError(LOST) from problem

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
            "prefixes": self._prefixes,
            "owners": self._owners,
        }


@lru_cache(maxsize=256)
def _query_head(graphs: GraphSelection, accepted: tuple[str, ...]) -> bytes:
    """The head of a query's job; most queries have the same."""
    return write_head({"op": "query", "default": graphs.default, "named": graphs.named, "accepted": accepted})
