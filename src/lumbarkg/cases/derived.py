"""The graphs of cases in a store, kept up with the record: whoever is about to read them brings them up to date first.

So a query sees every write that was answered before it was sent, whichever process answered it, and a store that was
lost is filled again. How far a store is stands in a file beside it, which is locked while the graphs are written.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.cases.graphs import case_graphs, entailed_graph_of, graph_of
from lumbarkg.errors import LumbarkgError
from lumbarkg.identifiers import Iri
from lumbarkg.record.cases import Cases, Change, State
from lumbarkg.store.port import Answer, GraphSelection, Store, StoreState, WritableGraphs

_CHUNK = 200


class GraphLoader(Store, Protocol):
    """A store that takes many graphs at once, N-Triples of ours or None for one that goes."""

    @property
    def address(self) -> str:
        """Where the store is; another address is another store."""

    def start(self) -> str:
        """Make sure that the store answers; returns its address."""

    def load_graphs(self, graphs: Mapping[Iri, bytes | None]) -> None:
        """Put the graphs in place in one step."""


class CaseGraphs:
    """The graphs of a record's cases in a store."""

    def __init__(self, store: GraphLoader, cases: Cases, engine: Engine, folder: Path) -> None:
        """``folder`` is where the marker of a store that is no file on this machine is kept."""
        self._store, self._cases, self._engine, self._folder = store, cases, engine, folder
        self._lock = threading.Lock()
        self._seen = ("", State(0, ""))

    def refresh(self) -> None:
        """Bring the graphs up to the record as it is now. Raises as the store and the record do."""
        address, state = self._store.address, self._cases.state()
        if self._seen == (address, state):
            return
        with self._lock, _marker(self._marker_path(address)) as marker:
            # Read under the lock: whoever writes a graph writes the newest state of its case.
            state = self._cases.state()
            # Another ontology entails other things.
            key = f"{self._engine.digest}-{state.generation}"
            done = marker.read(key)
            if done is None or done > state.change:
                self._drop_all()
                done = 0
            while changes := self._cases.changes(done, _CHUNK):
                self._store.load_graphs(self._graphs(changes))
                done = changes[-1].number
                marker.write(key, done)
            marker.write(key, done)
            self._seen = (address, State(done, state.generation))

    def _drop_all(self) -> None:
        self._store.load_graphs({name: None for name in self._store.graph_names() if name.startswith(v.CASE_GRAPHS)})

    def _graphs(self, changes: tuple[Change, ...]) -> dict[Iri, bytes | None]:
        found: dict[Iri, bytes | None] = {}
        for change in changes:
            if change.document is None:
                found |= {graph_of(change.case_id): None, entailed_graph_of(change.case_id): None}
            else:
                found |= case_graphs(change.case_id, change.document, self._engine)
        return found

    def _marker_path(self, address: str) -> Path:
        if address.startswith("/"):
            return Path(f"{address}.cases")
        return self._folder / f"graphs-{hashlib.sha256(address.encode()).hexdigest()[:16]}"


class _Marker:
    """Under which ontology and up to which change the graphs of a store were made."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def read(self, key: str) -> int | None:
        """The number of the last change, None where the graphs were made with something else."""
        words = os.pread(self._handle, 512, 0).decode("ascii", "replace").split()
        return int(words[1]) if len(words) == 3 and words[0] == key and words[1].isdecimal() else None

    def write(self, key: str, number: int) -> None:
        """Say that all is done up to a change."""
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{key} {number} .".encode("ascii"), 0)


@contextmanager
def _marker(path: Path) -> Iterator[_Marker]:
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield _Marker(handle)
    finally:
        os.close(handle)


class StoreWithCases:
    """A store whose graphs of cases are up to date whenever somebody reads them; all else is the store's own."""

    def __init__(self, store: GraphLoader, graphs: CaseGraphs) -> None:
        self._store, self.graphs = store, graphs

    def start(self) -> str:
        """Start the store; returns its address. The graphs are brought up to date while the caller goes on."""
        address = self._store.start()
        threading.Thread(target=self._refresh_quietly, name="case graphs", daemon=True).start()
        return address

    @property
    def address(self) -> str:
        """Where the store is."""
        return self._store.address

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        """As the port says."""
        self._refresh((*graphs.default, *graphs.named))
        return self._store.query(text, graphs, accepted)

    def update(self, text: str, graphs: GraphSelection, writable: WritableGraphs) -> None:
        """As the port says."""
        self._refresh((*graphs.default, *graphs.named))
        self._store.update(text, graphs, writable)

    def graph_names(self) -> tuple[Iri, ...]:
        """As the port says."""
        return self._store.graph_names()

    def read_graph(self, name: Iri, accepted: tuple[str, ...]) -> Answer | None:
        """As the port says."""
        self._refresh((name,))
        return self._store.read_graph(name, accepted)

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """As the port says."""
        return self._store.replace_graph(name, content, media_type)

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """As the port says."""
        return self._store.extend_graph(name, content, media_type)

    def drop_graph(self, name: Iri) -> bool:
        """As the port says."""
        return self._store.drop_graph(name)

    def state(self) -> StoreState:
        """As the port says."""
        return self._store.state()

    def close(self) -> None:
        """As the port says."""
        self._store.close()

    def _refresh_quietly(self) -> None:
        with suppress(LumbarkgError, OSError):  # whoever reads them next tries again, and is told
            self.graphs.refresh()

    def _refresh(self, names: tuple[Iri, ...]) -> None:
        if any(name.startswith(v.CASE_GRAPHS) for name in names):
            self.graphs.refresh()
