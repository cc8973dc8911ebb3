"""A query worker: a process with its own copy of the graphs, no way to the network, and nothing that it could spoil.

pyoxigraph cannot cancel a query, and follows SERVICE and LOAD from Rust. So a query runs in a process that can open
no file or socket once its first graphs are loaded, whose memory is bounded, and which can be killed at any moment.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from lumbarkg.errors import LumbarkgError, QueryLimitError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import BASE_IRI
from lumbarkg.rdf.documents import read_triples, write_triples
from lumbarkg.rdf.scratch import Scratch
from lumbarkg.store.failures import failure_head
from lumbarkg.store.frames import Frame, Kind, Unpacker, pack
from lumbarkg.store.limits import Limits
from lumbarkg.store.port import DEFAULT_GRAPH, WritableGraphs
from lumbarkg.store.rows import RowCounter
from lumbarkg.store.template import TEMPLATE, Template

_CHUNK = 64 * 1024
_READ = 256 * 1024
# A graph in the store needs about this many times the bytes of its N-Triples (measured: 4 to 6).
_GRAPH_FACTOR = 10
# How a process ends whose library panicked.
PANICKED = 3
MEMORY_MESSAGE = "The query needed more memory than a query may have, and was stopped. Ask for less, or add a LIMIT."
T = TypeVar("T")


class _Sink:
    """Sends a result in frames as it is written, and ends the query where it grows past its limits."""

    def __init__(self, send: Callable[[bytes], None], limits: Limits) -> None:
        self._send, self._limits = send, limits
        self._buffer = bytearray()
        self._taken = 0
        self._has_begun = False
        self._media_type = ""
        self._rows = RowCounter("")

    def begin(self, media_type: str) -> None:
        """Say the media type; the bytes follow."""
        self._media_type = media_type
        self._rows = RowCounter(media_type)

    def write(self, content: bytes) -> int:
        """Take the next bytes, and send what makes a frame."""
        self._buffer += content
        if len(self._buffer) >= _CHUNK:
            self._check()
            self._send_begin()
            self._send(pack(Kind.CONTENT, None, bytes(self._buffer)))
            self._buffer.clear()
        return len(content)

    def flush(self) -> None:
        """Called by the writer of results; frames are sent when they are full."""

    def count(self, triples: Iterable[T]) -> Iterable[T]:
        """The triples of a graph up to the limit."""
        for number, triple in enumerate(triples):
            if number >= self._limits.rows:
                self._refuse(f"more than {self._limits.rows} triples")
            yield triple

    def end(self) -> None:
        """Send what is left; a short answer is one frame."""
        self._check()
        head = None if self._has_begun else {"mediaType": self._media_type}
        self._send(pack(Kind.END, head, bytes(self._buffer)))

    def _send_begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._send(pack(Kind.BEGIN, {"mediaType": self._media_type}))

    def _check(self) -> None:
        self._taken += len(self._buffer)
        if self._taken > self._limits.answer_bytes:
            self._refuse(f"more than {self._limits.answer_bytes} bytes")
        # A row has at least two bytes, so that a short answer need not be counted.
        is_short = not self._has_begun and self._taken <= 2 * self._limits.rows
        if not (is_short and len(self._buffer) < _CHUNK) and self._rows.feed(bytes(self._buffer)) > self._limits.rows:
            self._refuse(f"more than {self._limits.rows} rows")

    def _refuse(self, what: str) -> None:
        raise QueryLimitError(
            f"The answer has {what}, which is the limit. Add a LIMIT, and ask for the rest by OFFSET."
        )


class _Worker:
    """Does one job after another, on the graphs that it was fed."""

    def __init__(self, connection: socket.socket, limits: Limits, template: Template) -> None:
        self._socket, self._limits = connection, limits
        self._dataset = template.dataset
        self._scratch = Scratch(self._dataset)
        self._sizes = dict(template.sizes)
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._base = 0

    def run(self) -> None:
        """Until the pool hangs up."""
        unpacker = Unpacker()
        while content := self._socket.recv(_READ):
            for frame in unpacker.feed(content):
                self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.FEED:
            name = Iri(frame.head["name"])
            self._dataset.replace(name, frame.content)
            self._sizes[name] = len(frame.content)
            self._bound_memory()
        elif frame.kind is Kind.DROP:
            self._dataset.drop(Iri(frame.head["name"]))
            self._sizes.pop(Iri(frame.head["name"]), None)
        elif frame.kind is Kind.READY:
            self._seal()
        elif frame.kind is Kind.JOB:
            self._answer(frame)

    def _seal(self) -> None:
        """From here on no file and no socket can be opened."""
        pages = int(os.pread(self._statm, 64, 0).split()[0])
        self._base = pages * os.sysconf("SC_PAGE_SIZE") - sum(self._sizes.values()) * _GRAPH_FACTOR
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        self._bound_memory()
        self._socket.sendall(pack(Kind.READY))

    def _bound_memory(self) -> None:
        if self._base:
            bound = self._base + sum(self._sizes.values()) * _GRAPH_FACTOR + self._limits.memory_bytes
            resource.setrlimit(resource.RLIMIT_AS, (bound, resource.RLIM_INFINITY))

    def _answer(self, frame: Frame) -> None:
        # Where the pool should die, nobody is left to stop this process: it stops itself.
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + self._limits.seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
        try:
            self._do(frame.head, frame.content)
        except LumbarkgError as problem:
            self._fail(problem)
        except MemoryError:
            self._fail(QueryLimitError(MEMORY_MESSAGE))
        except BrokenPipeError:
            raise
        except BaseException:  # a panic of the Rust library is one: the process is not to be trusted after it
            os._exit(PANICKED)

    def _fail(self, problem: LumbarkgError) -> None:
        self._socket.sendall(pack(Kind.FAILURE, failure_head(problem)))

    def _do(self, head: dict[str, Any], content: bytes) -> None:
        operation = head["op"]
        if operation in ("query", "read"):
            sink = _Sink(self._socket.sendall, self._limits)
            accepted = tuple(head["accepted"])
            if operation == "query":
                default, named = _iris(head["default"]), _iris(head["named"])
                self._dataset.query(content.decode(), default, named, accepted, sink)
            else:
                self._dataset.write_graph(self._dataset.triples(Iri(head["name"])), accepted, sink)
            sink.end()
        elif operation == "update":
            writable = WritableGraphs(tuple(head["writable"]), head["every"])
            default, named = _iris(head["default"]), _iris(head["named"])
            self._report(self._scratch.try_update(content.decode(), default, named, writable.includes))
        else:
            name = Iri(head["name"])
            triples = read_triples(content, head["mediaType"], Iri(BASE_IRI) if name == DEFAULT_GRAPH else name)
            if operation == "extend":
                triples |= frozenset(self._dataset.triples(name))
            self._report({name: write_triples(triples)})

    def _report(self, changes: dict[Iri, bytes | None]) -> None:
        listed = [[name, None if content is None else len(content)] for name, content in changes.items()]
        self._socket.sendall(pack(Kind.CHANGES, {"graphs": listed}, b"".join(c for c in changes.values() if c)))


def _iris(names: list[str]) -> tuple[Iri, ...]:
    return tuple(Iri(name) for name in names)


def serve(connection: Connection, limits: Limits) -> None:
    """The life of a worker, at lower priority than whoever answers requests."""
    if TEMPLATE is None:
        raise RuntimeError("A query worker is forked from a server that holds the graphs.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(limits.short_nice)
    # What Rust says when it runs out of memory belongs in no log: it may quote the query.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with socket.socket(fileno=os.dup(connection.fileno())) as ours:
        connection.close()
        try:
            _Worker(ours, limits, TEMPLATE).run()
        except (BrokenPipeError, ConnectionResetError):
            return
