"""One query worker: a process with its own copy of the graphs, no way to the network, and a deadline.

pyoxigraph cannot cancel a query and follows SERVICE from Rust. So a query runs in a process that may open no file or
socket once its data is loaded, and that is killed and replaced when a query runs past its deadline.
"""

from __future__ import annotations

import multiprocessing
import resource
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import Dataset, QueryAnswer

_START_SECONDS = 30.0
_MEMORY_BYTES = 2 * 1024**3
_ANSWER_BYTES = 50 * 1024**2


class QueryTimeoutError(QueryError):
    """A query that ran past its deadline."""


class QueryWorker:
    """Runs one query at a time; others wait their turn until their own deadline."""

    def __init__(self, graphs: Mapping[Iri, bytes], deadline_seconds: float = 10.0) -> None:
        self._graphs, self._deadline = dict(graphs), deadline_seconds
        self._context = multiprocessing.get_context("forkserver")
        self._lock = threading.Lock()
        self._process: ForkServerProcess | None = None
        self._connection: Connection | None = None

    def query(self, text: str, accepted: tuple[str, ...]) -> QueryAnswer:
        """The answer to a query.

        Raises QueryTimeoutError past the deadline, else QueryError where the query is refused or fails.
        """
        if not self._lock.acquire(timeout=self._deadline):
            raise QueryTimeoutError("Another query is running; try again.")
        try:
            connection = self._started()
            connection.send((text, accepted))
            if not connection.poll(self._deadline):
                self._stop()
                raise QueryTimeoutError(f"The query ran longer than {self._deadline:g} s and was stopped.")
            answer = connection.recv()
        except (EOFError, OSError) as problem:
            self._stop()
            raise QueryError("The query needed more memory than it may have, and was stopped.") from problem
        finally:
            self._lock.release()
        if isinstance(answer, QueryAnswer):
            return answer
        raise QueryError(str(answer))

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _started(self) -> Connection:
        if self._connection is None or self._process is None or not self._process.is_alive():
            self._stop()
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_serve, args=(theirs, self._graphs), daemon=True)
            self._process.start()
            theirs.close()
            if not ours.poll(_START_SECONDS):
                self._stop()
                raise QueryError("The query worker did not start.")
            ours.recv()
            self._connection = ours
        return self._connection

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process, self._connection = None, None


def _serve(connection: Connection, graphs: Mapping[Iri, bytes]) -> None:
    dataset = Dataset(graphs)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    connection.send("ready")
    while True:
        try:
            text, accepted = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: QueryAnswer | str = dataset.query(text, accepted)
            if isinstance(answer, QueryAnswer) and len(answer.content) > _ANSWER_BYTES:
                answer = "The answer is too large; add a LIMIT."
        except (QueryError, MemoryError) as problem:
            answer = str(problem) or "The query needed more memory than it may have."
        connection.send(answer)
